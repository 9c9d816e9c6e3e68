//! Mistakes in the configuration.

/// A mistake in the configuration. The text says which setting is meant and how it must look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the texts of the errors")]
pub enum ConfigError {
    #[error("the name of a target has 1 to 24 characters out of a-z, 0-9 and -")]
    Name,
    #[error("the targets {0} and {1} look the same")]
    Alike(String, String),
    #[error(
        "the targets {0} and {1} have different origins and the same audience: each could use its tokens at the other"
    )]
    SharedAudience(String, String),
    #[error("the target {0} may not be reached: {1}")]
    Egress(String, egress::EgressError),
    #[error("an address must be an https or http URL without user information, query and fragment")]
    Url,
    #[error("`kind` is openapi, and needs `url` and `document`, and neither `function` nor `tools.<name>.path`")]
    OpenApi,
    #[error(
        "`kind` is http, and needs `url`, and `method` and `path` in each tool, and neither `document`, `function` nor `only`"
    )]
    Http,
    #[error(
        "`kind` is lambda, and needs `function` and tools without `method`, `path` and `in`, and neither `document`, `only` nor `credential`: it is called with the server's own AWS credentials"
    )]
    Lambda,
    #[error("a target needs at least one tool")]
    NoTools,
    #[error("`function` must be the ARN of a function, such as arn:aws:lambda:us-east-1:123456789012:function:refund")]
    Function,
    #[error("limits: `seconds` must be 1 to 18, and `answer_bytes` 1024 to 8388608")]
    Limits,
    #[error("exactly one of `secret_id`, the name of a secret in Secrets Manager, and `secret_env` must be given")]
    Secret,
    #[error("exactly one of `header` and `query` must be given, and `prefix` only with `header`")]
    KeyPlace,
    #[error("a person's token needs exactly one of `audience` and `account`")]
    Person,
    #[error("`{0}` is the name of a header that no parameter or key may set")]
    Header(String),
    #[error("`relation` must be the name of a relation, such as can_call")]
    Relation,
    #[error("`object` must be type:id, such as order:{{order_id}}, with a mark such as / between two arguments")]
    Object,
    #[error("`summary` must have 1 to 120 characters and arguments in braces, such as Refund the order {{order_id}}")]
    Summary,
    #[error("`verb` must have 1 to 24 letters and spaces")]
    Verb,
    #[error("`description` must have 1 to 600 characters")]
    Description,
    #[error("`method` must be GET, HEAD, POST, PUT, PATCH or DELETE")]
    Method,
    #[error("`path` must begin with / and have its path parameters, and no others, in braces")]
    Path,
    #[error(
        "a parameter must be a JSON Schema of `type`, `description`, `enum`, `items`, `properties`; `in` is path, query, header or body, and `required` is true or false; a path parameter is required"
    )]
    Parameter,
    #[error(
        "an interceptor needs `url`, or `function` and no `credential`: a function is called with the server's own AWS credentials"
    )]
    Interceptor,
    #[error("the credential of an interceptor must be none, api_key or sigv4")]
    InterceptorCredential,
    #[error("`seconds` of an interceptor must be 1 to 15")]
    InterceptorSeconds,
    #[error("`pass_authorization` needs `pass_request_headers`")]
    PassAuthorization,
    #[error("the {0} interceptor may not be reached: {1}")]
    EgressOfInterceptor(&'static str, egress::EgressError),
    #[error("only a tool that calls GET or HEAD can have the risk `read`")]
    Risk,
}
