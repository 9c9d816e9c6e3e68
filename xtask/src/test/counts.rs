//! The numbers of passed and failed tests, from the reports of the test runners.

use std::fmt;
use std::ops::Add;

use anyhow::{Context, Result};
use serde_json::Value;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Parses nextest's `JUnit` report: `<testsuites tests="5" failures="1" errors="0" …>`.
pub(crate) fn of_nextest(report: &str) -> Result<Counts> {
    let (_, rest) = report.split_once("<testsuites ").context("nextest's report has no testsuites")?;
    let (head, _) = rest.split_once('>').context("nextest's report is truncated")?;
    let number = |name: &str| -> Result<u64> {
        let (_, rest) = head.split_once(&format!("{name}=\"")).with_context(|| format!("no {name}: {head}"))?;
        let digits = rest.split('"').next().unwrap_or_default();
        digits.parse().with_context(|| format!("{name}: {digits}"))
    };
    let failed = number("failures")? + number("errors")?;
    Ok(Counts { passed: number("tests")?.saturating_sub(failed), failed })
}

/// Parses Playwright's JSON report. A test that passed only on retry counts as failed.
pub(crate) fn of_playwright(report: &str) -> Result<Counts> {
    let report: Value = serde_json::from_str(report).context("cannot parse Playwright's report")?;
    let number = |name: &str| report["stats"][name].as_u64().with_context(|| format!("the report has no {name}"));
    // Errors outside of any test, such as a syntax error, appear only here.
    let errors = report["errors"].as_array().map_or(0, |errors| errors.len() as u64);
    Ok(Counts { passed: number("expected")?, failed: number("unexpected")? + number("flaky")? + errors })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nextest_reports_are_counted() {
        let head =
            r#"<?xml version="1.0"?><testsuites name="nextest-run" tests="12" failures="2" errors="1" uuid="x">"#;
        let rows = [(head, Some((9, 3))), ("<testsuites name=\"x\">", None), ("", None), ("<testsuites tests=", None)];
        for (report, expected) in rows {
            let counts = of_nextest(report).ok().map(|counts| (counts.passed, counts.failed));
            assert_eq!(counts, expected, "{report}");
        }
    }

    #[test]
    fn playwright_reports_are_counted() {
        let stats = r#""stats":{"expected":7,"skipped":2,"unexpected":1,"flaky":1}"#;
        let rows = [
            (format!("{{{stats},\"errors\":[]}}"), Some((7, 2))),
            (format!("{{{stats},\"errors\":[{{\"message\":\"m\"}}]}}"), Some((7, 3))),
            ("{\"stats\":{}}".to_owned(), None),
            (String::new(), None),
        ];
        for (report, expected) in rows {
            let counts = of_playwright(&report).ok().map(|counts| (counts.passed, counts.failed));
            assert_eq!(counts, expected, "{report}");
        }
    }

    #[test]
    fn counts_add_up_and_print() {
        let total = Counts { passed: 3, failed: 0 } + Counts { passed: 4, failed: 1 };
        assert_eq!(total.to_string(), "7 passed, 1 failed");
    }
}
