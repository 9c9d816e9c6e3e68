//! Checks that the table and the in-memory store keep the same contract, so that the ledger's tests on the latter
//! hold for the former.

use crate::ledger_store::DynamoLedgerStore;
use crate::test_table::{TABLE, table};
use ledger::fakes::MemoryStore;
use ledger::{Expected, Key, LedgerStore, NotWritten, Row, RowKind, SortRange, Value, Write};
use std::collections::BTreeSet;

async fn stores() -> [Box<dyn LedgerStore>; 2] {
    [Box::new(MemoryStore::default()), Box::new(DynamoLedgerStore::new(table().await, TABLE.to_owned()))]
}

fn row(partition: &str, sort: &str, seq: u64) -> Row {
    let attributes = [("seq", Value::Number(seq.to_string())), ("hash", Value::Text(format!("h{seq}")))];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value)).into();
    Row { key: Key::new(partition, sort), attributes }
}

fn new(part: RowKind, row: Row) -> Write {
    Write { row, part, expected: Expected::Absent }
}

fn head(seq: u64, before: u64, hash: &str) -> Write {
    let expected = Expected::Head { seq: before, hash: hash.to_owned() };
    Write { row: row("ledger#a", "head", seq), part: RowKind::Chain, expected }
}

/// Returns the sort keys of rows.
fn sorts(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.key.sort.as_str()).collect()
}

#[tokio::test]
async fn a_transaction_is_written_whole_or_not_at_all() {
    for store in stores().await {
        let first = [("1", RowKind::Chain), ("head", RowKind::Chain), ("mark", RowKind::Mark)];
        let first = first.map(|(sort, part)| new(part, row("ledger#a", sort, 1))).to_vec();
        store.write(first).await.unwrap();
        let record = |sort: &str| new(RowKind::Chain, row("ledger#a", sort, 2));
        let mark = |sort: &str| new(RowKind::Mark, row("ledger#a", sort, 2));
        let rows = [
            ("a record is there", vec![record("2"), record("1")], "Raced"),
            ("a line is there", vec![record("2"), new(RowKind::Own, row("ledger#a", "1", 2))], "Raced"),
            ("a mark is there", vec![record("2"), mark("mark")], "Marked"),
            ("a mark is there as well", vec![record("1"), mark("mark")], "Marked"),
            ("the head has another number", vec![record("2"), head(2, 2, "h1")], "Raced"),
            ("the head has another hash", vec![record("2"), head(2, 1, "h2")], "Raced"),
            ("a mark is new, the head another", vec![mark("other"), head(2, 2, "h2")], "Raced"),
        ];
        for (what, writes, expected) in rows {
            let error = store.write(writes).await.unwrap_err();
            let fits = match error {
                NotWritten::Raced => expected == "Raced",
                NotWritten::Marked => expected == "Marked",
                NotWritten::Unavailable(_) => false,
            };
            assert!(fits, "{what}: {error:?} of {store:?}");
            assert_eq!(sorts(&store.partition("ledger#a").await.unwrap()), ["1", "head", "mark"], "{what}");
        }
        store.write(vec![record("2"), mark("other"), head(2, 1, "h1")]).await.unwrap();
        assert_eq!(store.partition("ledger#a").await.unwrap().len(), 5);
        assert_eq!(store.row(&Key::new("ledger#a", "head")).await.unwrap(), Some(row("ledger#a", "head", 2)));
        let missing = Write { row: row("ledger#b", "head", 2), ..head(2, 1, "h1") };
        assert!(matches!(store.write(vec![missing]).await, Err(NotWritten::Raced)), "there is no head");
    }
}

#[tokio::test]
async fn rows_are_read_by_key_and_by_range() {
    for store in stores().await {
        for number in 0..250_u64 {
            let own = new(RowKind::Chain, row("ledger#a", &format!("{number:03}"), number));
            store.write(vec![own]).await.unwrap();
        }
        store.write(vec![new(RowKind::Own, row("user#a", "a", 1))]).await.unwrap();
        store.write(vec![new(RowKind::Chain, row("ledgerindex", "1", 1))]).await.unwrap();
        assert_eq!(store.row(&Key::new("ledger#a", "007")).await.unwrap(), Some(row("ledger#a", "007", 7)));
        assert_eq!(store.row(&Key::new("ledger#b", "007")).await.unwrap(), None);
        let keys: BTreeSet<Key> = (100..400).map(|number| Key::new("ledger#a", format!("{number:03}"))).collect();
        let mut found = store.rows(keys).await.unwrap();
        found.sort_by(|one, other| one.key.cmp(&other.key));
        let expected: Vec<_> = (100..250).map(|number| row("ledger#a", &format!("{number:03}"), number)).collect();
        assert_eq!(found, expected);
        assert_eq!(store.partition("ledger#a").await.unwrap().len(), 250);
        assert_eq!(store.partition("ledger#b").await.unwrap(), []);
        let range = |from: &str, to: &str| SortRange {
            partition: "ledger#a".to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        for (from, to, most, first, last) in [
            ("007", "009", 9, vec!["007", "008", "009"], vec!["009", "008", "007"]),
            ("007", "009", 2, vec!["007", "008"], vec!["009", "008"]),
            ("248", "999", 9, vec!["248", "249"], vec!["249", "248"]),
            ("0065", "007", 9, vec!["007"], vec!["007"]),
            ("500", "600", 9, vec![], vec![]),
        ] {
            assert_eq!(sorts(&store.first(&range(from, to), most).await.unwrap()), first, "{from} {to} {most}");
            assert_eq!(sorts(&store.last(&range(from, to), most).await.unwrap()), last, "{from} {to} {most}");
        }
        assert_eq!(store.first(&range("000", "999"), 240).await.unwrap().len(), 240);
        let partitions = store.partitions("ledger").await.unwrap();
        assert_eq!(partitions.into_iter().collect::<Vec<_>>(), ["ledger#a", "ledgerindex"]);
    }
}
