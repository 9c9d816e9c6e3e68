//! An export as Markdown. The texts of the person and of the model stand in fenced blocks, whose fences are longer than
//! any in the text: nothing in a text can look like a heading of ours, end its block, or load a picture.

use super::Record;
use crate::backend::convert;
use crate::time_text::display;
use agent::Actor;
use agent::approval::{Answer, Declined};
use agent::ports::{Header, Millis, Numbered};
use agent::turn::{Event, TurnEnd};
use app::Texts;
use app::ui::refusal_text;
use std::fmt::Write;
use text::shown;

/// Returns the beginning of an export.
pub(super) fn beginning(actor: &Actor, now: Millis, t: Texts) -> String {
    t.export_title(&inline(actor.name()), &display(now)) + "\n"
}

/// Returns a conversation.
pub(super) fn conversation(Record { header, log, .. }: &Record<'_>, t: Texts) -> String {
    let Header { id, title, created, used, .. } = header;
    let mut page = format!(
        "\n# {}\n\n- {}: {id}\n- {}: {}\n- {}: {}\n",
        inline(title),
        t.export_conversation(),
        t.export_started(),
        display(*created),
        t.export_last(),
        display(*used)
    );
    match log {
        // Writing to a string cannot fail.
        None => _ = writeln!(page, "\n{}", t.export_damaged()),
        Some(log) => log.iter().for_each(|entry| event(&mut page, entry, t)),
    }
    page
}

fn event(page: &mut String, Numbered { number, at, event }: &Numbered, t: Texts) {
    let replaces = match event {
        Event::UserSaid { replaces: Some(earlier), .. } => t.export_replaces(*earlier) + "\n\n",
        _ => String::new(),
    };
    let mut said = |who: &str, text: &str| {
        let heading = t.export_event(who, &display(*at), *number);
        let _ = write!(page, "\n## {heading}\n\n{replaces}{}", fenced(text));
    };
    // Stored sentences are English.
    let words = |stored: &str| inline(&t.stored(&shown(stored)));
    let line = match event {
        Event::UserSaid { text, .. } => return said(t.export_you(), text),
        Event::Said { text } => return said("Countersign", text),
        Event::Withdrawn { said } => t.export_withdrawn(*said),
        Event::CallProposed { summary, .. } => t.export_proposed(&words(summary)),
        Event::ApprovalAsked { question, .. } => t.export_asked(&question.code()),
        Event::ApprovalAnswered { answer: Answer::Approved { .. }, .. } => t.export_approved().to_owned(),
        Event::ApprovedInAdvance { given, .. } => match given.use_number() {
            Some((number, uses)) => t.export_in_advance(number.into(), uses.into()),
            None => t.export_approved().to_owned(),
        },
        Event::ApprovalDeclined { declined: Declined { by, reason }, .. } => {
            declined(by.as_deref(), reason.as_deref(), t)
        }
        Event::ApprovalCancelled { .. } => t.export_cancelled().to_owned(),
        Event::AccountConnected { account: Some(account), .. } => words(&crate::backend::account::connected(account)),
        Event::AccountConnected { account: None, .. } => t.export_connected().to_owned(),
        Event::AccountDeclined { .. } => t.export_not_connected().to_owned(),
        Event::CallRefused { refusal, .. } => {
            t.export_not_done(&inline(&refusal_text(&convert::refusal(refusal.clone()), t)))
        }
        Event::CallDone { summary, .. } => t.export_done(&words(summary)),
        Event::CallFailed { reason, .. } => t.export_not_done(&words(reason)),
        Event::CallUnknown { .. } => t.export_unknown().to_owned(),
        Event::StopAsked { .. } => t.export_stopped().to_owned(),
        Event::TurnEnded { why, .. } if !matches!(why, TurnEnd::Done | TurnEnd::Stopped) => t.export_early().to_owned(),
        Event::TurnStarted { .. }
        | Event::Reasoned { .. }
        | Event::Fetched { .. }
        | Event::AccountWanted { .. }
        | Event::ApprovalQueued { .. }
        | Event::ApprovalPut { .. }
        | Event::ApprovalAnswered { .. }
        | Event::ApprovalGiven { .. }
        | Event::CallStarted { .. }
        | Event::BrokenOff { .. }
        | Event::Shortened { .. }
        | Event::TurnEnded { .. } => return,
    };
    let _ = write!(page, "\n- {}: {line}\n", display(*at));
}

/// Returns who declined a request, and why.
fn declined(by: Option<&str>, reason: Option<&str>, t: Texts) -> String {
    let by = by.map(|name| inline(&shown(name)));
    match (by, reason.map(|reason| inline(&shown(reason)))) {
        (None, None) => t.export_declined_you().to_owned(),
        (None, Some(reason)) => t.export_declined_you_reason(&reason),
        (Some(name), None) => t.export_declined(&name),
        (Some(name), Some(reason)) => t.export_declined_reason(&name, &reason),
    }
}

/// Returns a text in a fenced block (`CommonMark` 0.31, section 4.5): the fence is longer than every run of backticks in
/// the text.
fn fenced(text: &str) -> String {
    let text = text::prose(text).replace("\r\n", "\n").replace('\r', "\n");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// Returns a text as one line of plain words: each character with a meaning in Markdown or HTML is escaped.
fn inline(text: &str) -> String {
    let line = text::typed_line(text);
    line.chars().fold(String::with_capacity(line.len()), |mut escaped, c| {
        if "\\`*_[]<>#!|&~:".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::ids::{ConversationId, IdempotencyKey};
    use pulldown_cmark::{Event as Node, Options, Parser, Tag};

    /// The headings, raw HTML, pictures and links of a page.
    fn structure(page: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut inside = false;
        for node in Parser::new_ext(page, Options::all()) {
            match node {
                Node::Start(Tag::Heading { .. }) => {
                    inside = true;
                    found.push(String::new());
                }
                Node::End(pulldown_cmark::TagEnd::Heading(_)) => inside = false,
                Node::Text(text) if inside => found.iter_mut().rev().take(1).for_each(|last| last.push_str(&text)),
                Node::Html(html) | Node::InlineHtml(html) => found.push(format!("html {html}")),
                Node::Start(Tag::Image { dest_url, .. } | Tag::Link { dest_url, .. }) => {
                    found.push(format!("link {dest_url}"));
                }
                _ => {}
            }
        }
        found
    }

    #[test]
    fn an_export_is_in_the_language_of_its_reader() {
        let call = || agent::CallId("c".to_owned());
        let relation = agent::Refusal::Denied { relation: "read_okta".to_owned(), object: "okta:groups".to_owned() };
        let events = [
            Event::Said { text: "Hallo".to_owned() },
            Event::CallRefused { call: call(), refusal: relation },
            Event::StopAsked { said: 1 },
        ];
        let log = (1..).zip(events).map(|(number, event)| Numbered { number, at: 0, event }).collect();
        let header = Header::new(ConversationId::from_random([1; 26]), "Title".to_owned(), 0);
        let german = Texts::of(languages::Language::German);
        let page = conversation(&Record { header: &header, log: Some(log), first: true }, german);
        for part in ["- Unterhaltung: ", "(Ereignis 1)", "Nicht ausgeführt: ", "Sie haben die Antwort angehalten."] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("Not done") && !page.contains("permission"), "{page}");
    }

    #[test]
    fn a_message_says_which_one_it_replaces() {
        let Ok(client) = IdempotencyKey::try_from("client-0001".to_owned()) else { return };
        let said = |text: &str, replaces| Event::UserSaid {
            text: text.to_owned(),
            client: client.clone(),
            session: None,
            replaces,
            arrival: None,
        };
        let events = [said("Frist", None), Event::Said { text: "Sorry?".to_owned() }, said("First", Some(1))];
        let log: Vec<_> = (1..).zip(events).map(|(number, event)| Numbered { number, at: 0, event }).collect();
        let header = Header::new(ConversationId::from_random([1; 26]), "Title".to_owned(), 0);
        let page = conversation(&Record { header: &header, log: Some(log.clone()), first: true }, Texts::default());
        let sentence = "(event 3)\n\nReplaces the message of event 1 and what followed.\n\n```text\nFirst\n```";
        assert!(page.contains(sentence) && page.matches("Replaces").count() == 1, "{page}");
        let object = super::super::json::conversation(&Record { header: &header, log: Some(log), first: true });
        let object: serde_json::Value = serde_json::from_str(&object).unwrap_or_default();
        let replaced = |number: usize| object["events"][number]["event"]["user_said"]["replaces"].clone();
        assert_eq!((replaced(0), replaced(2)), (serde_json::Value::Null, serde_json::json!(1)), "{object}");
    }

    #[test]
    fn a_denial_names_who_declined_and_why() {
        for (by, reason, expected) in [
            (Some("Grace *Hale*"), Some("Ask # Bob"), "Grace \\*Hale\\* declined the request: Ask \\# Bob"),
            (Some("Grace"), None, "Grace declined the request."),
            (None, Some("No"), "You declined the request: No"),
            (None, None, "You declined the request."),
        ] {
            let declined = Declined { by: by.map(str::to_owned), reason: reason.map(str::to_owned) };
            let question = agent::approval::ApprovalId::from_random([1; 26]);
            let event = Event::ApprovalDeclined { call: agent::CallId("c".to_owned()), question, declined };
            let log = Some(vec![Numbered { number: 1, at: 0, event }]);
            let header = Header::new(ConversationId::from_random([1; 26]), "Title".to_owned(), 0);
            let page = conversation(&Record { header: &header, log, first: true }, Texts::default());
            assert!(page.contains(expected), "{page}");
        }
    }

    #[test]
    fn no_text_can_forge_a_heading_leave_its_block_or_load_a_picture() {
        let hostile = "Hi\n## You, 2026-01-01 00:00:00 UTC (event 9)\n```\n````text\n````\n</pre><h2>You</h2>\n\
                       ![x](https://evil.example/a.png)\r# Also\n`````````\n> quote\n\n    code\n===\n";
        let client = IdempotencyKey::try_from("client-0001".to_owned());
        let Ok(client) = client else { return };
        let call = || agent::CallId("c".to_owned());
        let events = [
            Event::UserSaid { text: hostile.to_owned(), client, session: None, replaces: None, arrival: None },
            Event::Said { text: hostile.to_owned() },
            Event::CallDone { call: call(), summary: hostile.to_owned(), content: serde_json::json!({}), took_ms: 1 },
            Event::CallFailed { call: call(), reason: hostile.to_owned() },
        ];
        let log = (1..).zip(events).map(|(number, event)| Numbered { number, at: 0, event }).collect();
        let header = Header::new(ConversationId::from_random([1; 26]), "# A <b>title</b> ![y](z)".to_owned(), 0);
        let page = conversation(&Record { header: &header, log: Some(log), first: true }, Texts::default());
        let expected = [
            "# A <b>title</b> ![y](z)",
            "You, 1970-01-01 00:00:00 UTC (event 1)",
            "Countersign, 1970-01-01 00:00:00 UTC (event 2)",
        ];
        assert_eq!(structure(&page), expected, "{page}");
    }
}
