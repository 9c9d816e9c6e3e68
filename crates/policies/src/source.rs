//! Texts of policies, from files or from elsewhere.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::load::{LoadError, Problem, ProblemKind};

/// Bytes of one file of policies: a thousand policies of 10 KB.
pub(crate) const LARGEST_FILE: usize = 10 * 1024 * 1024;
/// Files of a directory.
pub(crate) const MOST_FILES: usize = 1_000;

/// A text of policies with the name that errors show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// The name, such as `roles.cedar`. Policies without `@id` are named after it.
    pub name: String,
    /// Policies in Cedar.
    pub text: String,
}

/// All texts of one set of policies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyFiles(pub Vec<PolicyFile>);

impl PolicyFiles {
    /// Takes one text of policies.
    #[must_use]
    pub fn one(name: &str, text: &str) -> Self {
        Self(vec![PolicyFile { name: name.to_owned(), text: text.to_owned() }])
    }

    /// Reads one file, or the files `*.cedar` of a directory in the order of their names. Reading blocks.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        let paths = if path.is_dir() { list(path)? } else { vec![path.to_owned()] };
        if paths.len() > MOST_FILES {
            return Err(at(path, ProblemKind::TooManyFiles).into());
        }
        let files = paths.iter().map(|path| {
            let text = read(path).map_err(|kind| LoadError::from(at(path, kind)))?;
            Ok(PolicyFile { name: name(path), text })
        });
        Ok(Self(files.collect::<Result<_, LoadError>>()?))
    }
}

/// Reads a text of bounded length.
pub(crate) fn read(path: &Path) -> Result<String, ProblemKind> {
    let most = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST_FILE {
        return Err(ProblemKind::FileTooLarge);
    }
    String::from_utf8(bytes).map_err(|_| ProblemKind::NotUtf8)
}

fn list(directory: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let entries = fs::read_dir(directory).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, io::Error>>()
    });
    let mut paths = entries.map_err(|error| LoadError::from(at(directory, error.into())))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "cedar"));
    paths.sort();
    Ok(paths)
}

fn at(path: &Path, kind: ProblemKind) -> Problem {
    Problem { file: path.display().to_string(), line: None, policy: None, kind }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
