//! What is asked on the command line.

use crate::wiring::ledger::Day;
use std::path::PathBuf;

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Whether the ledger holds.
    Verify {
        /// What of it.
        range: Range,
        /// A file of heads that were printed before.
        heads: Option<PathBuf>,
    },
    /// The heads of its chains.
    Heads {
        /// Of which chains.
        range: Range,
    },
    /// Its public keys.
    Key,
    /// Whether a receipt holds.
    Receipt {
        /// Where it is.
        file: PathBuf,
        /// Public keys to check it with; without any, those of the ledger.
        keys: Vec<String>,
    },
}

/// A part of the ledger; what is `None` has no bound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// One tenant.
    pub tenant: Option<String>,
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
}

/// Words that are no command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Usage(String);

impl Command {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    /// [`Usage`] says which word is wrong.
    pub fn parse(words: &[&str]) -> Result<Self, Usage> {
        let (command, rest) = words.split_at_checked(2).ok_or_else(|| Usage("which command?".to_owned()))?;
        let mut options = Options::default();
        let command = match command {
            ["ledger", "verify"] => {
                options.read(rest, &["--tenant", "--from", "--to", "--heads"])?;
                Self::Verify { heads: options.one("--heads")?.map(PathBuf::from), range: options.range()? }
            }
            ["ledger", "heads"] => {
                options.read(rest, &["--tenant", "--from", "--to"])?;
                Self::Heads { range: options.range()? }
            }
            ["ledger", "key"] => {
                options.read(rest, &[])?;
                Self::Key
            }
            ["receipt", "verify"] => {
                let (file, rest) = rest.split_first().ok_or_else(|| Usage("which file?".to_owned()))?;
                options.read(rest, &["--key"])?;
                Self::Receipt { file: PathBuf::from(file), keys: options.all("--key") }
            }
            other => return Err(Usage(format!("there is no command `{}`", other.join(" ")))),
        };
        Ok(command)
    }
}

/// Names and values, in their order.
#[derive(Default)]
struct Options(Vec<(String, String)>);

impl Options {
    fn read(&mut self, words: &[&str], known: &[&str]) -> Result<(), Usage> {
        for pair in words.chunks(2) {
            match pair {
                [name, value] if known.contains(name) => self.0.push(((*name).to_owned(), (*value).to_owned())),
                [name] if known.contains(name) => return Err(Usage(format!("{name} wants a value"))),
                [name, ..] => return Err(Usage(format!("`{name}` is not known here"))),
                [] => {}
            }
        }
        Ok(())
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.clone()).collect()
    }

    fn one(&self, name: &str) -> Result<Option<String>, Usage> {
        let mut all = self.all(name);
        if all.len() > 1 { Err(Usage(format!("{name} twice"))) } else { Ok(all.pop()) }
    }

    fn day(&self, name: &str) -> Result<Option<Day>, Usage> {
        let day = self.one(name)?.map(|text| text.parse::<Day>());
        day.transpose().map_err(|error| Usage(format!("{name}: {error}")))
    }

    fn range(&self) -> Result<Range, Usage> {
        Ok(Range { tenant: self.one("--tenant")?, from: self.day("--from")?, to: self.day("--to")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_what_to_do() {
        let rows = [
            ("ledger verify", "Ok(Verify { range: Range { tenant: None, from: None, to: None }, heads: None })"),
            ("ledger verify --to 2026-02-30", "Err(Usage(\"--to: a day looks like 2026-01-31\"))"),
            ("ledger verify --from", "Err(Usage(\"--from wants a value\"))"),
            ("ledger verify --tenant a --tenant b", "Err(Usage(\"--tenant twice\"))"),
            ("ledger verify --key k", "Err(Usage(\"`--key` is not known here\"))"),
            ("ledger heads --tenant a", "Ok(Heads { range: Range { tenant: Some(\"a\"), from: None, to: None } })"),
            ("ledger heads --heads f", "Err(Usage(\"`--heads` is not known here\"))"),
            ("ledger key", "Ok(Key)"),
            ("ledger key extra", "Err(Usage(\"`extra` is not known here\"))"),
            ("ledger", "Err(Usage(\"which command?\"))"),
            ("ledger write", "Err(Usage(\"there is no command `ledger write`\"))"),
            ("receipt verify", "Err(Usage(\"which file?\"))"),
            ("receipt verify f", "Ok(Receipt { file: \"f\", keys: [] })"),
            ("receipt verify f --key a --key b", "Ok(Receipt { file: \"f\", keys: [\"a\", \"b\"] })"),
        ];
        for (words, expected) in rows {
            let words: Vec<_> = words.split(' ').collect();
            assert_eq!(format!("{:?}", Command::parse(&words)), expected, "{words:?}");
        }
    }
}
