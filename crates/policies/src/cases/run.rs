//! Cases against an engine.

use std::fmt;

use super::{Call, CaseError, Cases, Expected, Listing, principal, time};
use crate::decision::{Effect, Request};
use crate::{Catalog, Engine};

/// The results of a run. `Display` prints one line for each failure, and the count.
#[derive(Debug, Default)]
pub struct Report {
    /// The number of cases that were as expected.
    pub passed: usize,
    /// Names of cases with what came instead.
    pub failures: Vec<(String, String)>,
}

/// Asks every case. Listings ask for all tools of the catalog.
#[must_use]
pub fn run(cases: &Cases, engine: &Engine, catalog: &Catalog) -> Report {
    let mut report = Report::default();
    for call in &cases.calls {
        report.add(&call.name, check_call(call, &cases.gateway, engine));
    }
    for listing in &cases.listings {
        report.add(&listing.name, check_listing(listing, &cases.gateway, engine, catalog));
    }
    report
}

fn check_call(call: &Call, gateway: &str, engine: &Engine) -> Result<Option<String>, CaseError> {
    let request = Request {
        principal: principal(call.claims.as_ref(), call.role.as_deref())?,
        action: call.tool.clone(),
        gateway: gateway.to_owned(),
        input: call.input.clone(),
        now: time(call.now.as_deref())?,
    };
    let answer = engine.decide(&request);
    let came = match &answer {
        Err(_) => Expected::BadInput,
        Ok(decision) if decision.effect() == Effect::Allow => Expected::Allow,
        Ok(_) => Expected::Deny,
    };
    let policies = answer.iter().flat_map(|decision| &decision.verdict.determining);
    let policies = policies.map(ToString::to_string).collect::<Vec<_>>();
    let same_policies = call.determining.as_ref().is_none_or(|expected| {
        let mut expected = expected.clone();
        expected.sort();
        expected == policies
    });
    Ok((came != call.expect || !same_policies).then(|| {
        let explanation = engine.explain(&request).to_string();
        format!("{came}, by [{}], was not expected.\n{explanation}", policies.join(", "))
    }))
}

fn check_listing(
    listing: &Listing,
    gateway: &str,
    engine: &Engine,
    catalog: &Catalog,
) -> Result<Option<String>, CaseError> {
    let principal = principal(listing.claims.as_ref(), listing.role.as_deref())?;
    let actions = catalog.actions().collect::<Vec<_>>();
    let listed = engine.may_allow(&principal, gateway, &actions);
    let mut expected = listing.expect.iter().map(String::as_str).collect::<Vec<_>>();
    expected.sort_unstable();
    Ok((listed != expected).then(|| format!("these are listed: {}", listed.join(", "))))
}

impl Report {
    /// Returns `true` if there was a case, and none failed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.passed > 0 && self.failures.is_empty()
    }

    fn add(&mut self, name: &str, result: Result<Option<String>, CaseError>) {
        match result {
            Ok(None) => self.passed += 1,
            Ok(Some(difference)) => self.failures.push((name.to_owned(), difference)),
            Err(error) => self.failures.push((name.to_owned(), error.to_string())),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, difference) in &self.failures {
            writeln!(f, "FAILED {name}: {difference}")?;
        }
        writeln!(f, "{} passed, {} failed.", self.passed, self.failures.len())
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::BadInput => "bad input",
        })
    }
}
