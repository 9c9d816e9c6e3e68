#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::conversations::tests::{World, said};
use crate::item::{Item, s};
use crate::test_table::TABLE;
use agent::ports::{AppendError, Conversations, EntryId, Found, Glances, Header, Numbered, ReadError, Search};
use agent::search::SearchQuery;
use agent::turn::Event;
use agent::{CallId, ToolCall, ToolName};
use ledger::fakes::NOON;

fn id(number: u8) -> ConversationId {
    ConversationId::from_random([number; 26])
}

const UNTIL: Millis = NOON + 60_000;

fn hiding(events: &[Numbered]) -> Hiding<'_> {
    Hiding { events, last: None, until: UNTIL, if_last_used: None }
}

fn words(text: &str) -> SearchWords {
    let mut words = SearchWords::default();
    words.add(text);
    words
}

fn started(number: u64) -> Numbered {
    let event = Event::CallStarted { call: CallId("c".to_owned()), entry: EntryId("e".to_owned()) };
    Numbered { number, at: NOON, event }
}

/// A world with this many conversations, each with a message.
async fn world(conversations: u8) -> World {
    let world = World::new().await;
    for number in 0..conversations {
        let header = Header::new(id(number), format!("Title {number}"), NOON + i64::from(number));
        world.conversations.begin(&world.ada, &header).await.unwrap();
        world.post(&id(number), &said(1, "printer")).await.unwrap();
    }
    world
}

impl World {
    async fn found(&self) -> usize {
        let query = SearchQuery::parse("printer").unwrap();
        let Found { hits, .. } = self.conversations.search(&self.ada, &query, 50, None).await.unwrap();
        hits.len()
    }

    async fn listed(&self) -> usize {
        self.conversations.list(&self.ada, 50, None).await.unwrap().headers.len()
    }

    /// The items of the table that belong to a conversation or mention it.
    async fn traces(&self, id: &ConversationId) -> Vec<String> {
        let all = self.client().scan().table_name(TABLE).send().await.unwrap();
        let place = |item: &Item| format!("{} {}", text(item, "pk").unwrap(), text(item, "sk").unwrap());
        all.items().iter().map(place).filter(|place| place.contains(id.as_str())).collect()
    }

    async fn erase(&self, now: Millis) -> usize {
        let due = self.conversations.due(now).await.unwrap();
        for erasure in &due {
            self.conversations.mark(erasure).await.unwrap();
            while self.conversations.erase_some(erasure).await.unwrap() == Progress::More {}
            self.conversations.complete(erasure).await.unwrap();
        }
        due.len()
    }
}

#[tokio::test]
async fn a_hidden_conversation_is_nowhere_until_it_is_restored_to_its_place() {
    let world = world(3).await;
    let stop = Numbered { number: 2, at: NOON, event: Event::StopAsked { said: 1 } };
    let stamp = async || world.conversations.glance(&world.ada, Some((&id(1), 9)), NOON).await.unwrap();
    let before = stamp().await;
    let hide = async || world.conversations.hide(&world.ada, &id(1), hiding(std::slice::from_ref(&stop))).await;
    assert_eq!(hide().await.unwrap(), UNTIL);
    assert_eq!(hide().await.unwrap(), UNTIL, "again");
    assert_eq!((world.listed().await, world.found().await), (2, 2));
    let glance = stamp().await;
    assert!(glance.header.is_none() && glance.list != before.list);
    assert_eq!(world.conversations.header(&world.ada, &id(1)).await.unwrap(), None);
    let posted = world.post(&id(1), &said(3, "more")).await;
    assert!(matches!(posted, Err(AppendError::Deleted)), "{posted:?}");
    let log = world.conversations.read_after(&world.ada, &id(1), 1).await.unwrap();
    assert_eq!(log, std::slice::from_ref(&stop), "the turn's end can still be written");
    let title = agent::title::Title::parse("Mine").unwrap();
    assert!(matches!(world.conversations.rename(&world.ada, &id(1), &title).await, Err(ChangeError::NotFound)));
    let eve = ledger::fakes::actor("acme", "eve");
    assert!(matches!(world.conversations.hide(&eve, &id(1), hiding(&[])).await, Err(HideError::NotFound)));
    let restore = async |now| world.conversations.restore(&world.ada, &id(1), &words("printer"), now).await;
    assert!(matches!(restore(UNTIL).await, Err(ChangeError::NotFound)), "too late");
    restore(UNTIL - 1).await.unwrap();
    restore(UNTIL - 1).await.unwrap();
    let titles: Vec<_> = world.conversations.list(&world.ada, 9, None).await.unwrap().headers;
    assert_eq!(titles.iter().map(|header| &*header.title).collect::<Vec<_>>(), ["Title 2", "Title 1", "Title 0"]);
    assert_eq!(world.found().await, 3);
    world.post(&id(1), &said(3, "more")).await.unwrap();
    assert_eq!(world.erase(UNTIL + 1).await, 0, "nothing is due");
}

#[tokio::test]
async fn an_erased_conversation_leaves_nothing_behind_and_is_not_begun_anew() {
    let world = world(2).await;
    for number in 2..=60 {
        world.conversations.append(&world.ada, &id(1), &said(number, "more")).await.unwrap();
    }
    world.conversations.hide(&world.ada, &id(1), hiding(&[])).await.unwrap();
    assert_eq!(world.erase(UNTIL).await, 0, "it can still be restored");
    let due = world.conversations.due(UNTIL + 1).await.unwrap().remove(0);
    world.conversations.mark(&due).await.unwrap();
    assert!(matches!(
        world.conversations.restore(&world.ada, &id(1), &words(""), NOON).await,
        Err(ChangeError::NotFound)
    ));
    // An instance dies in the middle, and another one goes on.
    assert_eq!(world.conversations.erase_some(&due).await.unwrap(), Progress::More);
    for after in [0, 40, 60] {
        let read = world.conversations.read_after(&world.ada, &id(1), after).await;
        assert!(matches!(read, Err(ReadError::Deleted)), "half erased, read after {after}: {read:?}");
    }
    assert_eq!(world.erase(UNTIL + 1).await, 1);
    // Frozen instances wake up, and a lost request is repeated.
    world.conversations.append(&world.ada, &id(1), &said(61, "late")).await.unwrap();
    let late = world.conversations.append(&world.ada, &id(1), &started(62)).await;
    assert!(matches!(late, Err(AppendError::Deleted)), "{late:?}");
    world.conversations.begin(&world.ada, &Header::new(id(1), String::new(), NOON)).await.unwrap();
    assert!(matches!(world.post(&id(1), &said(1, "hello")).await, Err(AppendError::Deleted)));
    assert_eq!((world.listed().await, world.found().await), (1, 1));
    assert_eq!(world.erase(UNTIL + 2).await, 0, "the last pass is due later");
    assert_eq!(world.erase(UNTIL + 3_600_001).await, 1);
    let traces = world.traces(&id(1)).await;
    assert!(traces.iter().all(|place| place.starts_with("work#")), "{traces:?}");
    assert!(world.conversations.due(Millis::MAX / 2).await.unwrap().is_empty());
    assert_eq!(world.traces(&id(0)).await.len(), 6, "the other one is whole: {:?}", world.traces(&id(0)).await);
}

#[tokio::test]
async fn a_conversation_restored_at_the_last_moment_is_not_erased() {
    let world = world(1).await;
    world.conversations.hide(&world.ada, &id(0), hiding(&[])).await.unwrap();
    let due = world.conversations.due(UNTIL + 1).await.unwrap().remove(0);
    world.conversations.restore(&world.ada, &id(0), &words("printer"), UNTIL - 1).await.unwrap();
    assert!(matches!(world.conversations.mark(&due).await, Err(ChangeError::NotFound)));
    let again = Hiding { until: UNTIL + 5, ..hiding(&[]) };
    world.conversations.hide(&world.ada, &id(0), again).await.unwrap();
    assert!(matches!(world.conversations.mark(&due).await, Err(ChangeError::NotFound)), "of the earlier deletion");
    assert_eq!(world.conversations.due(UNTIL + 6).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_log_that_grew_is_not_hidden_with_outdated_events() {
    let world = world(1).await;
    let stale = Numbered { number: 1, at: NOON, event: Event::Withdrawn { said: 1 } };
    let hidden = world.conversations.hide(&world.ada, &id(0), hiding(&[stale])).await;
    assert!(matches!(hidden, Err(HideError::Changed)), "{hidden:?}");
    // A message came after the log was read, and nothing is known that would have to be stopped.
    let hidden = world.conversations.hide(&world.ada, &id(0), Hiding { last: Some(0), ..hiding(&[]) }).await;
    assert!(matches!(hidden, Err(HideError::Changed)), "{hidden:?}");
    assert_eq!(world.listed().await, 1, "nothing has changed");
    world.conversations.hide(&world.ada, &id(0), Hiding { last: Some(1), ..hiding(&[]) }).await.unwrap();
}

#[tokio::test]
async fn of_a_deletion_and_a_message_at_the_same_time_one_sees_the_other() {
    let world = world(12).await;
    for number in 0..12 {
        let conversation = id(number);
        let at = NOON + if number % 2 == 0 { 90_000 } else { 20 };
        let said = crate::conversations::tests::said_at(2, at);
        let hiding = Hiding { last: Some(1), ..hiding(&[]) };
        let (posted, hidden) =
            tokio::join!(world.post(&conversation, &said), world.conversations.hide(&world.ada, &conversation, hiding));
        assert!(posted.is_ok() != hidden.is_ok(), "{number}: {posted:?} {hidden:?}");
    }
}

#[tokio::test]
async fn only_what_was_not_used_is_retired_and_its_timer_follows_the_use() {
    let world = world(2).await;
    let later = NOON + 1_000_000;
    world.post(&id(1), &crate::conversations::tests::said_at(2, later)).await.unwrap();
    let unused = world.conversations.unused(later).await.unwrap();
    assert_eq!(unused.len(), 2, "the timer does not move with each use");
    for Unused { actor, conversation, at } in &unused {
        let hiding = Hiding { if_last_used: Some(*at), ..hiding(&[]) };
        let hidden = world.conversations.hide(actor, conversation, hiding).await;
        match (conversation == &id(0), hidden) {
            (true, Ok(_)) | (false, Err(HideError::Used)) => {}
            other => panic!("{other:?}"),
        }
    }
    let check = TimerCheck { now: later, swept: later, before: Some(later) };
    for unused in &unused {
        assert_eq!(world.conversations.check_timer(unused, check).await.unwrap(), None);
    }
    assert!(world.conversations.unused(later).await.unwrap().is_empty());
    let left = world.conversations.unused(later + 1).await.unwrap();
    assert_eq!(left.iter().map(|unused| (&unused.conversation, unused.at)).collect::<Vec<_>>(), [(&id(1), later)]);
    assert_eq!(world.listed().await, 1);
}

#[tokio::test]
async fn a_conversation_that_is_kept_longer_is_looked_at_again_and_retired_in_its_own_time() {
    const DAY: i64 = 86_400_000;
    let world = world(1).await;
    let used = world.conversations.header(&world.ada, &id(0)).await.unwrap().unwrap().used;
    // Retention of 65 days for this conversation and of 30 for others. Days since its use, found timers, last use if due.
    for (days, found, due) in
        [(30, 0, None), (31, 1, None), (61, 0, None), (62, 1, None), (65, 0, None), (66, 1, Some(used))]
    {
        let now = used + days * DAY;
        let check = TimerCheck { now, swept: now - 30 * DAY, before: Some(now - 65 * DAY) };
        let timers = world.conversations.unused(check.swept).await.unwrap();
        assert_eq!(timers.len(), found, "{days} days");
        for timer in &timers {
            assert_eq!(world.conversations.check_timer(timer, check).await.unwrap(), due, "{days} days");
        }
        let left = world.conversations.unused(check.swept).await.unwrap();
        assert_eq!(left.len(), usize::from(due.is_some()), "{days} days: only what is due is read again");
    }
    let hiding = Hiding { if_last_used: Some(used), ..hiding(&[]) };
    world.conversations.hide(&world.ada, &id(0), hiding).await.unwrap();
    assert!(world.conversations.unused(i64::MAX).await.unwrap().is_empty(), "its timer is gone");
}

#[tokio::test]
async fn a_forged_timer_erases_nothing_and_stops_nobody() {
    let world = world(3).await;
    world.conversations.hide(&world.ada, &id(0), hiding(&[])).await.unwrap();
    let (pk, sk) = keys::timer(Timer::Deleted, UNTIL, &world.ada, &id(0));
    let get = world.client().get_item().table_name(TABLE).key("pk", s(pk)).key("sk", s(sk));
    let own = get.send().await.unwrap().item.unwrap();
    let (pk, sk) = keys::timer(Timer::Deleted, NOON, &world.ada, &id(1));
    let mut moved = own.clone();
    moved.extend([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))]);
    let plain = Item::from([("pk".to_owned(), s("deleted#0")), ("sk".to_owned(), s("0000000000001#x"))]);
    for item in [moved, plain] {
        world.client().put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
    }
    let due = world.conversations.due(UNTIL + 1).await.unwrap();
    assert_eq!(due.iter().map(|due| &due.conversation).collect::<Vec<_>>(), [&id(0)]);
}

/// More planted timers than one reading passes do not keep a conversation from being erased.
#[tokio::test]
async fn timers_that_cannot_be_opened_starve_no_erasure() {
    let world = world(1).await;
    world.conversations.hide(&world.ada, &id(0), hiding(&[])).await.unwrap();
    let (pk, _) = keys::timer(Timer::Deleted, UNTIL, &world.ada, &id(0));
    let padding = s("x".repeat(100));
    let planted = (0..2_500).map(|number| {
        let place = [("pk".to_owned(), s(&pk)), ("sk".to_owned(), s(format!("{number:013}#x")))];
        let item = Item::from(place).into_iter().chain([("sealed".to_owned(), padding.clone())]).collect();
        let put = aws_sdk_dynamodb::types::PutRequest::builder().set_item(Some(item)).build().unwrap();
        aws_sdk_dynamodb::types::WriteRequest::builder().put_request(put).build()
    });
    let planted: Vec<_> = planted.collect();
    for some in planted.chunks(25) {
        world.client().batch_write_item().request_items(TABLE, some.to_vec()).send().await.unwrap();
    }
    let due = async || world.conversations.due(UNTIL + 1).await.unwrap().len();
    assert_eq!(
        [due().await, due().await, due().await, due().await],
        [0, 1, 0, 1],
        "each reading goes on behind the last"
    );
}

#[tokio::test]
async fn the_first_call_names_a_conversation_once_and_never_against_its_owner() {
    let world = world(2).await;
    let title = |text: &str| agent::title::Title::parse(text).unwrap();
    let proposed = |number| {
        let call =
            ToolCall { id: CallId("c".to_owned()), tool: ToolName("t".to_owned()), input: serde_json::json!({}) };
        let event = Event::CallProposed { call, summary: String::new(), target: String::new() };
        Numbered { number, at: NOON, event }
    };
    let named = async |at: u8| world.conversations.header(&world.ada, &id(at)).await.unwrap().unwrap().title;
    let call = async |at: u8, number, text: &str| {
        world.conversations.append_and_title(&world.ada, &id(at), &proposed(number), &title(text)).await
    };
    assert!(matches!(call(0, 1, "Taken").await, Err(AppendError::Taken)));
    assert_eq!(named(0).await, "Title 0", "an event that is not appended names nothing");
    let (one, two) = tokio::join!(call(0, 2, "Reset Bob"), call(0, 2, "Reset Eve"));
    assert_eq!([&one, &two].iter().filter(|result| result.is_ok()).count(), 1, "{one:?} {two:?}");
    let first = named(0).await;
    assert!(first.starts_with("Reset "), "{first}");
    call(0, 3, "Something else").await.unwrap();
    assert_eq!(named(0).await, first, "once");
    world.conversations.rename(&world.ada, &id(1), &title("My printer")).await.unwrap();
    call(1, 2, "Reset Bob").await.unwrap();
    assert_eq!(named(1).await, "My printer");
    let list = world.conversations.list(&world.ada, 9, None).await.unwrap().headers;
    assert_eq!(list.iter().map(|header| &*header.title).collect::<Vec<_>>(), ["My printer", &first]);
    // A message that moves the conversation takes the new title and the words along.
    world.post(&id(0), &crate::conversations::tests::said_at(4, NOON + 90_000)).await.unwrap();
    world.conversations.rename(&world.ada, &id(0), &title("Renamed")).await.unwrap();
    let found = async |query| {
        let query = SearchQuery::parse(query).unwrap();
        let hits = world.conversations.search(&world.ada, &query, 9, None).await.unwrap().hits;
        hits.into_iter().map(|hit| hit.header.title).collect::<Vec<_>>()
    };
    assert_eq!((found("hello").await, found("renam").await), (vec!["Renamed".to_owned()], vec!["Renamed".to_owned()]));
    assert_eq!(found("reset").await, Vec::<String>::new());
}
