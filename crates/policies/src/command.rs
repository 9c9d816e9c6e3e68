//! The commands `countersign policy check | test | explain`, without a command line: each returns what is printed and
//! what the exit code says. They work offline, on files.

use std::fmt::{self, Write as _};
use std::path::Path;

use crate::cases::{Cases, Example, run};
use crate::load::ProblemKind;
use crate::{Catalog, Engine, Mode, PolicyFiles, Warning, source};

/// The result of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The text for standard output.
    pub text: String,
    /// The meaning of the exit code.
    pub exit: Exit,
}

/// The meaning of an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything is as it should be, or the call is allowed.
    Good = 0,
    /// The policies have problems, a case failed, or the call is denied.
    Bad = 1,
    /// A file is not readable, so nothing is known.
    Unknown = 2,
}

/// Checks policies against a catalog. A name that the catalog lacks is a problem here, for the catalog is whole.
#[must_use]
pub fn check(policies: &Path, catalog: &Path) -> Output {
    match open(policies, catalog) {
        Err(output) => output,
        Ok((engine, _)) => {
            let warnings = engine.warnings();
            let is_bad = |warning: &Warning| matches!(warning, Warning::UnknownAction { .. });
            let mut text = lines(&warnings);
            if warnings.iter().any(is_bad) {
                return Output { text, exit: Exit::Bad };
            }
            // Writing to a string cannot fail.
            let _ = writeln!(text, "The policies are valid.");
            Output { text, exit: Exit::Good }
        }
    }
}

/// Runs a file of cases against policies.
#[must_use]
pub fn test(policies: &Path, cases: &Path, catalog: &Path) -> Output {
    let (engine, catalog) = match open(policies, catalog) {
        Ok(opened) => opened,
        Err(output) => return output,
    };
    let cases = match read(cases).and_then(|text| Cases::from_toml(&text).map_err(|error| unknown(cases, &error))) {
        Ok(cases) => cases,
        Err(output) => return output,
    };
    let report = run(&cases, &engine, &catalog);
    Output { text: report.to_string(), exit: if report.is_good() { Exit::Good } else { Exit::Bad } }
}

/// Explains the decision on one request.
#[must_use]
pub fn explain(policies: &Path, request: &Path, catalog: &Path) -> Output {
    let (engine, _) = match open(policies, catalog) {
        Ok(opened) => opened,
        Err(output) => return output,
    };
    let read = read(request).and_then(|text| {
        Example::read(&text).and_then(|example| example.request()).map_err(|error| unknown(request, &error))
    });
    match read {
        Err(output) => output,
        Ok(request) => {
            let explanation = engine.explain(&request);
            let allowed = explanation.decision.as_ref().is_ok_and(|decision| decision.effect() == crate::Effect::Allow);
            Output { text: explanation.to_string(), exit: if allowed { Exit::Good } else { Exit::Bad } }
        }
    }
}

fn open(policies: &Path, catalog: &Path) -> Result<(Engine, Catalog), Output> {
    let read = read(catalog)?;
    let catalog = Catalog::from_json(&read).map_err(|error| unknown(catalog, &error))?;
    let files = PolicyFiles::read(policies).map_err(|error| unknown(policies, &error))?;
    let engine = Engine::new(&files, &catalog, Mode::Enforce);
    let engine = engine.map_err(|error| Output { text: format!("{error}\n"), exit: Exit::Bad })?;
    Ok((engine, catalog))
}

fn read(path: &Path) -> Result<String, Output> {
    source::read(path).map_err(|error: ProblemKind| unknown(path, &error))
}

fn unknown(path: &Path, error: &dyn fmt::Display) -> Output {
    Output { text: format!("{}: {error}\n", path.display()), exit: Exit::Unknown }
}

fn lines(warnings: &[Warning]) -> String {
    warnings.iter().map(|warning| format!("{warning}\n")).collect()
}
