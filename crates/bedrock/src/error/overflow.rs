//! Detection of a conversation that is too long for the model. The service has no error of its own for it: it returns a
//! `ValidationException` with a message that differs by model, and models of other vendors use messages of their own.

/// The code of a request that is too large for the endpoint (HTTP 413).
pub(super) const TOO_LARGE: &str = "RequestEntityTooLargeException";

/// Parts of such messages, in lower case, from Bedrock, Anthropic, Amazon and other vendors.
const SIGNS: [&str; 9] = [
    "input is too long",
    "exceed context limit",
    "too many total text bytes",
    "prompt is too long",
    "input tokens exceeds",
    "input tokens exceeded",
    "maximum context length",
    "context window",
    "context_length_exceeded",
];

/// A rejected request of this size is assumed to be too long, whatever the message says and in whichever language. The
/// smallest context window of a model that supports tools is 128,000 tokens, which is about this much text. A request
/// that was rejected for another reason is rejected again after shortening, and then reports that reason.
const SUSPECT_BYTES: usize = 400_000;

/// Returns whether the conversation is too long. `sent` is the size of the request in bytes.
pub(super) fn is_overflow(code: &str, message: &str, sent: usize) -> bool {
    let message = message.to_lowercase();
    match code {
        TOO_LARGE => true,
        "ValidationException" => sent >= SUSPECT_BYTES || SIGNS.iter().any(|sign| message.contains(sign)),
        // A model's own error, passed on by Bedrock.
        "ModelErrorException" => SIGNS.iter().any(|sign| message.contains(sign)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overflow_is_recognised_by_code_wording_and_size() {
        const VALIDATION: &str = "ValidationException";
        for (code, message, sent, expected) in [
            (VALIDATION, "Input is too long for requested model.", 10, true),
            (VALIDATION, "input length and `max_tokens` exceed context limit: 199000 + 16384 > 200000", 10, true),
            (
                VALIDATION,
                "The model returned the following errors: prompt is too long: 201 tokens > 200 maximum",
                10,
                true,
            ),
            (
                VALIDATION,
                "The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length.",
                10,
                true,
            ),
            (VALIDATION, "too many total text bytes: 26214401 > 25000000", 10, true),
            (VALIDATION, "This model's maximum context length is 131072 tokens.", 10, true),
            ("ModelErrorException", "context_length_exceeded", 10, true),
            (TOO_LARGE, "", 10, true),
            (VALIDATION, "Die Eingabe ist zu lang.", 10, false),
            (VALIDATION, "Die Eingabe ist zu lang.", 500_000, true),
            (VALIDATION, "`temperature` is deprecated for this model.", 10, false),
            ("AccessDeniedException", "Input is too long", 500_000, false),
        ] {
            assert_eq!(is_overflow(code, message, sent), expected, "{code}: {message}, {sent} bytes");
        }
    }
}
