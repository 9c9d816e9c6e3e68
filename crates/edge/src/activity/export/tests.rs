#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use agent::ToolName;
use agent::intent::Risk;
use agent::ports::{EntryId, Verdict};
use futures::stream;

fn past(text: &str) -> PastEntry {
    PastEntry {
        id: EntryId(text.to_owned()),
        at: 0,
        issuer: "https://idp.example/".to_owned(),
        kind: agent::actor::ActorKind::Person,
        subject: "ada".to_owned(),
        name: Some(text.to_owned()),
        email: None,
        place: None,
        tool: ToolName("okta_groups".to_owned()),
        intent: text.to_owned(),
        relation: "read_okta".to_owned(),
        object: "okta:groups".to_owned(),
        risk: Risk::Read,
        approval: None,
        policy: None,
        way: None,
        verdict: Verdict::Allowed,
        ending: None,
    }
}

async fn exported(parts: Vec<Result<Vec<PastEntry>, Unavailable>>, form: Form) -> String {
    let chunks: Vec<_> = chunks(stream::iter(parts).boxed(), form, None).collect().await;
    chunks.into_iter().map(|chunk| chunk.unwrap()).collect()
}

#[tokio::test]
async fn the_last_line_says_whether_an_export_is_complete() {
    for form in [Form::Csv, Form::JsonLines] {
        let whole = exported(vec![Ok(vec![past("a"), past("b")]), Ok(vec![past("c")])], form).await;
        let last = whole.lines().last().unwrap();
        assert!(last.contains("complete") && last.contains('3') && !last.contains("cut"), "{last}");
        let cut = exported(vec![Ok(vec![past("a")]), Err(Unavailable::new("the ledger", "down"))], form).await;
        let last = cut.lines().last().unwrap();
        assert!(last.contains("cut: the ledger did not answer"), "{last}");
        assert!(!last.contains("\"complete\":true"), "{last}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_export_that_takes_too_long_ends_and_says_so() {
    let never = stream::iter([Ok(vec![past("a")])]).chain(stream::pending()).boxed();
    let chunks: Vec<_> = chunks(never, Form::JsonLines, None).collect().await;
    assert!(chunks.last().unwrap().as_ref().unwrap().contains("took too long"), "{chunks:?}");
}

#[tokio::test]
async fn no_field_is_a_formula_or_breaks_out_of_its_quotes() {
    let text = exported(vec![Ok(vec![past("=HYPERLINK(\"x\")"), past("a\",\"b\r\nc")])], Form::Csv).await;
    assert!(text.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{text}");
    assert!(text.contains("\"a\"\",\"\"b\r\nc\""), "{text}");
}
