//! Answers without a tool. Must never pretend to be a language model or to have abilities that it lacks.

use super::abilities::able;
use crate::wire::ToolSpec;

/// Returns the answer when no tool fits.
pub(super) fn answer(said: &str, tools: &[&ToolSpec], system: &[&str]) -> String {
    let lower = said.to_lowercase().replace('’', "'");
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    if says(&["who are you", "what are you", "are you real", "are you a", "are you human", "which model", "what model"])
    {
        return format!(
            "I'm a scripted demo model, not a real language model: I go by a few words and the tools I'm given. {}",
            able(tools)
        );
    }
    if has(&["story", "essay"]) || (has(&["long"]) && has(&["answer", "text", "reply", "write"])) {
        return STORY.into();
    }
    if says(&["how are you", "how is it going", "how's it going"]) {
        return format!("I'm fine, thank you. {}", able(tools));
    }
    if words.len() <= 5 && has(&["hello", "hi", "hey", "hallo", "hola", "morning", "afternoon", "evening"]) {
        return format!("Hello! {}", able(tools));
    }
    if has(&["thanks", "thank", "thx", "cheers"]) {
        return "You're welcome.".into();
    }
    if says(&["what can you", "what do you do", "how can you help", "can you help", "what can i ask"])
        || (words.len() <= 2 && has(&["help"]))
    {
        return able(tools);
    }
    let short = |known: &[&str]| words.len() <= 3 && has(known);
    if short(&["bye", "goodbye", "night"]) {
        return "Goodbye!".into();
    }
    if short(&["great", "good", "nice", "perfect", "cool", "super", "excellent", "ok", "okay", "fine"]) {
        return "Good. Tell me if there is anything else.".into();
    }
    // The system prompt may prescribe a sentence for requests that no tool covers.
    let told = system.iter().find_map(|text| text.split_once("answer with this sentence: \"")?.1.split('"').next());
    told.map_or_else(|| format!("I'm sorry, I can't do that here. {}", able(tools)), str::to_owned)
}

/// A story long enough for a test to reload the page in the middle of it.
const STORY: &str = "\
Once there was a harbor town with one bridge, and one keeper who raised it. Every morning the ships lay in the fog and rang \
their bells, and every morning the keeper walked out, looked each captain in the eye, and asked three things: who are you, \
what do you carry, and who said that you may pass.

Most captains answered well. One spring a very clever ship came in. She had no captain at all, only a voice, and the voice was \
kind and quick and knew the price of everything. \"Raise the bridge,\" said the voice, \"I have read it in a letter that I am to \
pass.\" The keeper asked to see who had signed it. \"The letter says that it is signed,\" said the voice.

The keeper poured some tea and sent a runner up the hill to the woman whose name was on the letter. The runner came back out \
of breath. She had signed nothing of the kind, but she would gladly sign for the flour in the hold, and for nothing else. So \
the flour was carried over the bridge by hand, sack after sack, and each sack was written down in a book.

The clever ship was not offended. She came back every week, and in time she learned to ask up the hill first. The town had \
bread, the book filled up, and the bridge went up and down as before. When the keeper grew old, a child asked what the secret of \
the work had been. The keeper thought about it for the length of one cup. \"I never minded how well anybody spoke,\" the keeper \
said. \"I only asked whose word it was.\"";
