//! The export of entries as a stream of CSV or JSON Lines. What is not listed here does not leave the server. The last
//! line says whether the export is complete, so that a part is never taken for the whole.

mod csv;
mod json;

use agent::ports::{PastEntry, Unavailable};
use futures::stream::{BoxStream, StreamExt, unfold};
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::Instant;
use turns::Place;

/// Longest time of an export.
const LONGEST_EXPORT: Duration = Duration::from_secs(15 * 60);

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    JsonLines,
}

impl Form {
    /// Returns the form that a query names.
    pub(super) fn named(name: Option<&str>) -> Option<Self> {
        match name {
            Some("csv") => Some(Self::Csv),
            Some("json") | None => Some(Self::JsonLines),
            Some(_) => None,
        }
    }

    /// The media type and the ending of the file.
    pub(super) const fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("text/csv; charset=utf-8", "csv"),
            Self::JsonLines => ("application/x-ndjson", "jsonl"),
        }
    }
}

/// The end of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// All entries were written.
    Complete,
    /// The ledger stopped answering.
    Unavailable,
    /// The time was over.
    OutOfTime,
}

impl End {
    /// The end in words.
    const fn text(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Unavailable => "cut: the ledger did not answer; entries are missing",
            Self::OutOfTime => "cut: the export took too long; entries are missing",
        }
    }
}

struct Export {
    parts: BoxStream<'static, Result<Vec<PastEntry>, Unavailable>>,
    form: Form,
    until: Instant,
    written: usize,
    stage: Stage,
    /// The export's place within the person's limit of streams.
    _place: Option<Place>,
}

enum Stage {
    Begin,
    Entries,
    Ended,
}

/// Returns the export as chunks of text, each of bounded size.
pub(super) fn chunks(
    parts: BoxStream<'static, Result<Vec<PastEntry>, Unavailable>>,
    form: Form,
    place: Option<Place>,
) -> BoxStream<'static, Result<String, Infallible>> {
    let until = Instant::now() + LONGEST_EXPORT;
    let export = Export { parts, form, until, written: 0, stage: Stage::Begin, _place: place };
    unfold(export, |mut export| async move { export.next().await.map(|chunk| (Ok(chunk), export)) }).boxed()
}

impl Export {
    async fn next(&mut self) -> Option<String> {
        match self.stage {
            Stage::Ended => None,
            Stage::Begin => {
                self.stage = Stage::Entries;
                Some(match self.form {
                    Form::Csv => csv::head(),
                    Form::JsonLines => String::new(),
                })
            }
            Stage::Entries => Some(match tokio::time::timeout_at(self.until, self.parts.next()).await {
                Ok(Some(Ok(entries))) => self.write(&entries),
                Ok(None) => self.end(End::Complete),
                Ok(Some(Err(error))) => {
                    tracing::warn!(%error, "an export of the ledger was cut");
                    self.end(End::Unavailable)
                }
                Err(_) => self.end(End::OutOfTime),
            }),
        }
    }

    fn write(&mut self, entries: &[PastEntry]) -> String {
        self.written += entries.len();
        entries
            .iter()
            .map(|entry| match self.form {
                Form::Csv => csv::line(entry),
                Form::JsonLines => json::line(entry),
            })
            .collect()
    }

    fn end(&mut self, end: End) -> String {
        self.stage = Stage::Ended;
        match self.form {
            Form::Csv => csv::end(end, self.written),
            Form::JsonLines => json::end(end, self.written),
        }
    }
}

#[cfg(test)]
mod tests;
