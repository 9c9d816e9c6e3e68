//! Makes the methods of `Texts` from the Fluent files. A file that is wrong stops the build: unknown syntax, a message
//! that English does not have, other variables than the English message has. A missing translation does not: English is
//! shown, and a test fails.

#[path = "build/catalog.rs"]
mod catalog;
#[path = "build/pattern.rs"]
mod pattern;
#[path = "build/write.rs"]
mod write;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build");
    for language in catalog::LANGUAGES {
        println!("cargo::rerun-if-changed={language}");
    }
    let browser = std::env::var_os("CARGO_FEATURE_BROWSER").is_some();
    let made = catalog::Catalog::read(Path::new(".")).and_then(|catalog| {
        let out = std::env::var("OUT_DIR").map_err(|error| error.to_string())?;
        std::fs::write(Path::new(&out).join("texts.rs"), write::methods(&catalog, browser))
            .map_err(|error| error.to_string())
    });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}
