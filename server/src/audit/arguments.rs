//! Parses the command line of the ledger and receipt commands.

use ledger::Day;
use std::path::PathBuf;
use std::time::Duration;

/// Allowed interval between two polls of a witness, in seconds.
const EVERY_S: std::ops::RangeInclusive<u32> = 1..=3600;

/// Default interval between two polls of a witness, in seconds.
const USUALLY_S: u32 = 10;

/// A ledger or receipt command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Verifies the ledger.
    Verify {
        /// The part to verify.
        range: Range,
        /// Files with heads that were kept elsewhere.
        witness: Vec<PathBuf>,
    },
    /// Prints the heads of the ledger's chains.
    Heads {
        /// The chains whose heads are printed.
        range: Range,
    },
    /// Prints the heads as they are written.
    Witness {
        /// The file that the heads are appended to; standard output if `None`.
        file: Option<PathBuf>,
        /// Interval between two polls.
        every: Duration,
        /// Number of polls; unlimited, until the command is stopped, if `None`.
        looks: Option<u32>,
    },
    /// Prints the ledger's public keys.
    Key,
    /// Verifies a receipt.
    Receipt {
        /// The file that holds the receipt.
        file: PathBuf,
        /// The public keys to verify it with; those of the ledger if empty.
        keys: Vec<String>,
    },
}

/// A part of the ledger. `None` sets no bound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// The tenant to include.
    pub tenant: Option<String>,
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
}

/// An invalid command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Usage(String);

impl Command {
    /// Parses the words after the program's name.
    ///
    /// # Errors
    /// [`Usage`] says which word is wrong.
    pub fn parse(words: &[&str]) -> Result<Self, Usage> {
        let (command, rest) = words.split_at_checked(2).ok_or_else(|| Usage("the command is missing".to_owned()))?;
        let mut options = Options::default();
        let command = match command {
            ["ledger", "verify"] => {
                options.read(rest, &["--tenant", "--from", "--to", "--witness"])?;
                let witness = options.all("--witness").into_iter().map(PathBuf::from).collect();
                Self::Verify { witness, range: options.range()? }
            }
            ["ledger", "heads"] => {
                options.read(rest, &["--tenant", "--from", "--to"])?;
                Self::Heads { range: options.range()? }
            }
            ["ledger", "witness"] => {
                options.read(rest, &["--file", "--every", "--looks"])?;
                let every = options.number("--every", EVERY_S)?.unwrap_or(USUALLY_S);
                Self::Witness {
                    file: options.one("--file")?.map(PathBuf::from),
                    every: Duration::from_secs(every.into()),
                    looks: options.number("--looks", 1..=u32::MAX)?,
                }
            }
            ["ledger", "key"] => {
                options.read(rest, &[])?;
                Self::Key
            }
            ["receipt", "verify"] => {
                let (file, rest) = rest.split_first().ok_or_else(|| Usage("the file is missing".to_owned()))?;
                options.read(rest, &["--key"])?;
                Self::Receipt { file: PathBuf::from(file), keys: options.all("--key") }
            }
            other => return Err(Usage(format!("there is no command `{}`", other.join(" ")))),
        };
        Ok(command)
    }
}

/// The options, as names and values in their order.
#[derive(Default)]
struct Options(Vec<(String, String)>);

impl Options {
    fn read(&mut self, words: &[&str], known: &[&str]) -> Result<(), Usage> {
        for pair in words.chunks(2) {
            match pair {
                [name, value] if known.contains(name) => self.0.push(((*name).to_owned(), (*value).to_owned())),
                [name] if known.contains(name) => return Err(Usage(format!("{name} needs a value"))),
                [name, ..] => return Err(Usage(format!("`{name}` is not an option of this command"))),
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
        if all.len() > 1 { Err(Usage(format!("{name} is given twice"))) } else { Ok(all.pop()) }
    }

    fn day(&self, name: &str) -> Result<Option<Day>, Usage> {
        let day = self.one(name)?.map(|text| text.parse::<Day>());
        day.transpose().map_err(|error| Usage(format!("{name}: {error}")))
    }

    fn number(&self, name: &str, within: std::ops::RangeInclusive<u32>) -> Result<Option<u32>, Usage> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| within.contains(number));
        let wrong = || Usage(format!("{name} must be a number from {} to {}", within.start(), within.end()));
        number.map(Some).ok_or_else(wrong)
    }

    fn range(&self) -> Result<Range, Usage> {
        Ok(Range { tenant: self.one("--tenant")?, from: self.day("--from")?, to: self.day("--to")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_parsed_or_refused_with_a_reason() {
        let rows = [
            ("ledger verify", "Ok(Verify { range: Range { tenant: None, from: None, to: None }, witness: [] })"),
            ("ledger verify --to 2026-02-30", "Err(Usage(\"--to: a day looks like 2026-01-31\"))"),
            ("ledger verify --from", "Err(Usage(\"--from needs a value\"))"),
            ("ledger verify --tenant a --tenant b", "Err(Usage(\"--tenant is given twice\"))"),
            ("ledger verify --key k", "Err(Usage(\"`--key` is not an option of this command\"))"),
            ("ledger heads --tenant a", "Ok(Heads { range: Range { tenant: Some(\"a\"), from: None, to: None } })"),
            ("ledger heads --witness f", "Err(Usage(\"`--witness` is not an option of this command\"))"),
            ("ledger witness", "Ok(Witness { file: None, every: 10s, looks: None })"),
            (
                "ledger witness --file f --every 1 --looks 2",
                "Ok(Witness { file: Some(\"f\"), every: 1s, looks: Some(2) })",
            ),
            ("ledger witness --every 0", "Err(Usage(\"--every must be a number from 1 to 3600\"))"),
            ("ledger key", "Ok(Key)"),
            ("ledger key extra", "Err(Usage(\"`extra` is not an option of this command\"))"),
            ("ledger", "Err(Usage(\"the command is missing\"))"),
            ("ledger write", "Err(Usage(\"there is no command `ledger write`\"))"),
            ("receipt verify", "Err(Usage(\"the file is missing\"))"),
            ("receipt verify f", "Ok(Receipt { file: \"f\", keys: [] })"),
            ("receipt verify f --key a --key b", "Ok(Receipt { file: \"f\", keys: [\"a\", \"b\"] })"),
        ];
        for (words, expected) in rows {
            let words: Vec<_> = words.split(' ').collect();
            assert_eq!(format!("{:?}", Command::parse(&words)), expected, "{words:?}");
        }
    }
}
