use crate::Texts;
use crate::pages::Waiting as Approval;
use crate::pages::inbox::{Inbox, content};
use crate::ui::samples::{head, rail};
use crate::wire::{Day, Head, Waiting};
use languages::Language;
use leptos::prelude::*;

/// Renders the inbox with these conversations, of which some wait: those of the person's own and those of requests with a page.
fn inbox(heads: &[Head], phone: &[&str], page: &[&str], language: Language) -> String {
    let waiting = |id: &&str| Waiting { conversation: (*id).to_owned(), summary: "Disable bob".to_owned() };
    let approval = |id: &&str| Approval {
        id: "request".to_owned(),
        conversation: Some((*id).to_owned()),
        code: "N4-5QF".to_owned(),
        asker: None,
        summary: "Reset the password".to_owned(),
        effect: None,
        details: Vec::new(),
        until: "14:39".to_owned(),
        obstacle: None,
        standing: None,
    };
    let rail = rail(heads.to_vec(), phone.iter().chain(page).map(waiting).collect());
    let approvals = page.iter().map(approval).collect();
    let inbox = Inbox { approvals, requests: Vec::new(), standing: Ok(Vec::new()), notifications: Ok(None) };
    let owner = Owner::new();
    owner.with(|| {
        provide_context(Texts::of(language));
        content(&rail, inbox).to_html()
    })
}

/// Returns title and time of each conversation in the section.
fn listed(html: &str) -> Vec<(String, String)> {
    let Some((_, section)) = html.split_once("<h2>Recently used</h2>") else { return Vec::new() };
    let text =
        |html: &str| html.split_once('>').and_then(|(_, rest)| rest.split('<').next()).unwrap_or_default().to_owned();
    let items = section.split("<a href=\"/c/").skip(1);
    items.map(|item| (text(item), item.split_once("<time ").map(|(_, time)| text(time)).unwrap_or_default())).collect()
}

#[test]
fn the_inbox_lists_what_was_used_lately_and_does_not_wait() {
    let today = |id: &str| head(id, &format!("Talk {id}"), Day::Today);
    let yesterday = |id: &str| head(id, &format!("Talk {id}"), Day::Yesterday);
    let older = [head("o", "Talk o", Day::Week), head("p", "Talk p", Day::Older)];
    let many: Vec<Head> = ["1", "2", "3", "4", "5", "6"].map(today).into();
    /// Conversations, those that wait on the phone, those that wait on a page, and those that are listed.
    type Row<'a> = (&'a [Head], &'a [&'a str], &'a [&'a str], &'a [&'a str]);
    let rows: [Row<'_>; 6] = [
        (&[], &[], &[], &[]),
        (&older, &[], &[], &[]),
        (&[today("1"), yesterday("2"), older[0].clone()], &[], &[], &["1", "2"]),
        (&many, &[], &[], &["1", "2", "3", "4", "5"]),
        (&many, &["2"], &["4"], &["1", "3", "5", "6"]),
        (&[today("1")], &["1"], &[], &[]),
    ];
    for (heads, phone, page, expected) in rows {
        let html = inbox(heads, phone, page, Language::English);
        let expected: Vec<String> = expected.iter().map(|id| format!("Talk {id}")).collect();
        let titles: Vec<String> = listed(&html).into_iter().map(|(title, _)| title).collect();
        assert_eq!(titles, expected, "{phone:?} {page:?}: {html}");
        assert_eq!(html.contains("Recently used"), !expected.is_empty());
    }
}

#[test]
fn a_recently_used_conversation_has_its_time_in_the_readers_zone_and_language() {
    let own = |day, clock: &str| Head {
        utc: "2026-11-27T23:30:05.000Z".to_owned(),
        clock: clock.to_owned(),
        ..head("1", "Talk <1>", day)
    };
    let html = inbox(&[own(Day::Today, "00:30"), own(Day::Yesterday, "23:10")], &[], &[], Language::English);
    let title = "Talk &lt;1&gt;".to_owned();
    assert_eq!(listed(&html), [(title.clone(), "Today, 00:30".to_owned()), (title, "Yesterday, 23:10".to_owned())]);
    assert!(html.contains("datetime=\"2026-11-27T23:30:05.000Z\""), "{html}");
    for (language, heading, time) in
        [(Language::German, "Zuletzt verwendet", "Heute, 00:30"), (Language::Spanish, "Usadas hace poco", "Hoy, 00:30")]
    {
        let html = inbox(&[own(Day::Today, "00:30")], &[], &[], language);
        assert!(html.contains(heading) && html.contains(time), "{html}");
    }
}
