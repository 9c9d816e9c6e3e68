//! The stream of the runtime door as text for a terminal. Everything that the door sends is foreign text: terminal controls are
//! shown, never obeyed.

use super::InvokeError;
use reqwest::Response;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Write;

/// Longest line of a stream, in bytes.
const LONGEST_LINE: usize = 1024 * 1024;
/// Most calls whose sentence is remembered.
const MOST_CALLS: usize = 256;

/// One event (docs/doors.md). Later versions may send others.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Told {
    Words {
        text: String,
    },
    Void,
    Call {
        call: String,
        state: String,
        #[serde(default)]
        tool: String,
        #[serde(default)]
        text: String,
    },
    ApprovalWanted {
        code: String,
        url: String,
    },
    AccountWanted {
        #[serde(default)]
        text: String,
        url: String,
    },
    End {
        outcome: String,
        #[serde(default)]
        text: String,
    },
    Error {
        kind: String,
    },
    #[serde(other)]
    Unknown,
}

/// The end of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The turn is done.
    Done,
    /// The turn ended in another way, which this sentence tells.
    Other(String),
    /// The stream ended with a reason, and the turn may go on.
    GoesOn(String),
    /// The stream has no last event.
    Cut,
}

/// Prints a stream until its last event. A stream that is not what the contract says counts as cut: it never counts as success.
pub(super) async fn follow(
    mut answer: Response,
    transcript: &mut Transcript<impl Write>,
) -> Result<Ending, InvokeError> {
    let mut buffer = Vec::new();
    loop {
        let Ok(Some(chunk)) = answer.chunk().await else { return Ok(Ending::Cut) };
        buffer.extend_from_slice(&chunk);
        while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = buffer.drain(..=end).collect();
            // Comments are heartbeats; an event is one `data` line.
            let Some(json) = line.trim_ascii().strip_prefix(b"data:") else { continue };
            let Ok(told) = serde_json::from_slice(json) else { return Ok(Ending::Cut) };
            if let Some(ending) = transcript.take(told)? {
                return Ok(ending);
            }
        }
        if buffer.len() > LONGEST_LINE {
            return Ok(Ending::Cut);
        }
    }
}

/// The text that was printed.
pub(super) struct Transcript<W> {
    out: W,
    /// The last line is not complete.
    open: bool,
    /// The sentence about each call.
    calls: BTreeMap<String, String>,
}

impl<W: Write> Transcript<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, open: false, calls: BTreeMap::new() }
    }

    /// Completes the last line.
    pub(super) fn finish(&mut self) -> std::io::Result<()> {
        if std::mem::take(&mut self.open) {
            writeln!(self.out)?;
        }
        self.out.flush()
    }

    fn line(&mut self, text: &str) -> std::io::Result<()> {
        self.finish()?;
        writeln!(self.out, "{}", text::prose(text))?;
        self.out.flush()
    }

    fn take(&mut self, told: Told) -> std::io::Result<Option<Ending>> {
        match told {
            Told::Words { text } => {
                write!(self.out, "{}", words(&text))?;
                self.out.flush()?;
                self.open = if text.is_empty() { self.open } else { !text.ends_with('\n') };
            }
            Told::Void => self.line("(The text after the last call is void. The answer begins again.)")?,
            Told::Call { call, state, tool, text } => self.call(call, &state, &tool, &text)?,
            Told::ApprovalWanted { code, url } => {
                self.line(&format!("Waiting for your confirmation, code {code}. You can also answer at {url}"))?;
            }
            Told::AccountWanted { text, url } => self.line(&format!("{text} Connect it at {url}"))?,
            Told::End { outcome, text } => return Ok(Some(ended(&outcome, &text))),
            Told::Error { kind } => return Ok(Some(Ending::GoesOn(reason(&kind)))),
            Told::Unknown => {}
        }
        Ok(None)
    }

    fn call(&mut self, call: String, state: &str, tool: &str, text: &str) -> std::io::Result<()> {
        if state == "proposed" {
            self.line(&format!("> {text} ({tool})"))?;
            if self.calls.len() < MOST_CALLS {
                self.calls.insert(call, text.to_owned());
            }
            return Ok(());
        }
        let what = self.calls.get(&call).cloned().unwrap_or(call);
        let state = state.replace('_', " ");
        self.line(&if text.is_empty() { format!("> {what}: {state}") } else { format!("> {what}: {state}. {text}") })
    }
}

/// Escapes also `\r`, with which foreign text would overwrite its line.
fn words(text: &str) -> String {
    text::prose(&text.replace("\r\n", "\n")).replace('\r', "⟨U+000D⟩")
}

fn ended(outcome: &str, text: &str) -> Ending {
    match outcome {
        "done" => Ending::Done,
        _ if text.is_empty() => Ending::Other(format!("The turn ended: {}.", text::line(outcome, 40))),
        _ => Ending::Other(text::line(text, super::SHOWN)),
    }
}

fn reason(kind: &str) -> String {
    match kind {
        "expired" => "The access token has ended.".to_owned(),
        "closing" => "The server is closing.".to_owned(),
        "deleted" => "The conversation was deleted.".to_owned(),
        "unavailable" => "A service does not answer.".to_owned(),
        kind => format!("The stream ended: {}.", text::line(kind, 40)),
    }
}
