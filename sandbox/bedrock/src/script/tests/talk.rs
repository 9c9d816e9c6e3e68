//! Answers without a tool.

use serde_json::json;

use super::{after, answer, says, shown, tools};

#[test]
fn small_talk_is_answered_briefly() {
    for (said, beginning) in [
        ("Hi there", "Hello! I can do this for you:"),
        ("Good morning", "Hello!"),
        ("How are you?", "I'm fine, thank you."),
        ("thx", "You're welcome."),
        ("Thank you very much!", "You're welcome."),
        ("Bye", "Goodbye!"),
        ("Great", "Good. Tell me"),
        ("What do you do?", "I can do this for you:"),
        ("help", "I can do this for you:"),
        ("Book me a flight", "I'm sorry, I can't do that here."),
    ] {
        let text = shown(&answer(json!([says(said)])));
        assert!(text[0].starts_with(beginning), "{said}: {text:?}");
    }
}

#[test]
fn abilities_are_said_in_everyday_words() {
    let text = shown(&answer(json!([says("What can you do?")]))).join("");
    for tool in tools()["tools"].as_array().unwrap() {
        let spec = &tool["toolSpec"];
        let (name, description) = (spec["name"].as_str().unwrap(), spec["description"].as_str().unwrap());
        assert!(!text.contains(name) && !text.contains(description.trim_end_matches('.')), "{text}");
    }
    for ability in ["- reset a password\n", "- calculate: percentages, units and dates as well\n", "- send invoice\n"] {
        assert!(text.contains(ability), "{text}");
    }
}

#[test]
fn a_script_comes_in_a_fenced_block() {
    for (said, language) in [
        ("Give me a script that checks the disk space", "sh"),
        ("write a Python script to rename files", "python"),
        ("I need a PowerShell snippet for services", "powershell"),
        ("Show me a script that lists my groups", "sh"),
        ("give me some code", "sh"),
    ] {
        let text = shown(&answer(json!([says(said)])));
        assert_eq!(text.len(), 1, "{said}: {text:?}");
        assert!(text[0].contains(&format!("\n\n```{language}\n")) && text[0].contains("\n```\n\n"), "{said}: {text:?}");
    }
}

#[test]
fn known_results_are_put_into_sentences() {
    let json = |value: serde_json::Value| json!({ "content": [{ "json": value }] });
    for (tool, value, expected) in [
        (
            "okta_user_status",
            json!({ "user": "eve@acme.example", "status": "DEPROVISIONED" }),
            "The account eve@acme.example is disabled.",
        ),
        (
            "get_weather",
            json!({ "place": "Oslo", "sky": "clear", "temperature_c": 3.5, "feels_like_c": 1 }),
            "In Oslo it is 3.5 °C, clear. It feels like 1 °C.",
        ),
    ] {
        assert_eq!(after("do it", tool, None, json(value)), expected);
    }
    for (expression, result, expected) in [
        ("2*3*4", "24", "`2*3*4` = **24**"),
        ("@2026-11-28", "Saturday, 28 November 2026", "That is **Saturday, 28 November 2026**."),
        ("@2026-12-25 - @2026-11-28", "27 days", "**27 days**."),
    ] {
        let messages = json!([
            says("do it"),
            { "role": "assistant", "content": [{ "toolUse": { "toolUseId": "t1", "name": "calculator", "input": { "expression": expression } } }] },
            { "role": "user", "content": [{ "toolResult": { "toolUseId": "t1", "content": [{ "json": { "expression": expression, "result": result } }] } }] },
        ]);
        assert_eq!(shown(&answer(messages)), [expected]);
    }
}

#[test]
fn odd_text_is_answered_as_well() {
    let pieces = [
        "",
        "İ",
        "ß",
        "١٢ + ٣",
        "５ + ６",
        "🚲",
        " if ",
        " unless ",
        ", and ",
        "°",
        "\u{0}",
        "%",
        "(((",
        "-",
        "3x",
        "12,",
        "’s",
        "'s",
        "@",
        "a@b.c",
        "2026-13-99",
        "2026-11-28",
        "in ",
        "how many ",
        "days until ",
        "look up ",
        "1,2,3",
        ". ",
        "look up İ",
    ];
    for first in pieces {
        for second in pieces {
            let said = format!("{first}{second}{first}");
            assert!(!shown(&answer(json!([says(&said)]))).is_empty(), "{said:?}");
        }
    }
}
