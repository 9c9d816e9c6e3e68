//! Differential test of the evaluator against the real server, with random models and tuples and every possible query.
//! Writes this evaluator's answers as expectations of a `store.fga.yaml`, which the `OpenFGA` CLI, with its embedded
//! server, verifies.
//!
//! Usage: `cargo run -p sandbox-fga --example differential -- <models> <seed>
//! [plain|conditions|missing|wildcards|cycles|recursion]`.
//! Requires the `OpenFGA` CLI `fga` on the PATH. Prints disagreements and keeps their files in the directory named at
//! the end.

mod generate;
mod judge;
mod random;

use std::io::{self, Write};

use generate::Flavour;
use random::Random;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |index: usize, default: u64| arguments.get(index).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (models, seed) = (number(0, 100), number(1, 1));
    let flavour = match arguments.get(2).map(String::as_str) {
        Some("conditions") => Flavour::Conditions,
        Some("missing") => Flavour::Missing,
        Some("wildcards") => Flavour::Wildcards,
        Some("cycles") => Flavour::Cycles,
        Some("recursion") => Flavour::Recursion,
        _ => Flavour::Plain,
    };
    let directory = std::env::temp_dir()
        .join(format!("fga-differential-{}-{seed}", arguments.get(2).map_or("plain", String::as_str)));
    std::fs::create_dir_all(&directory)?;
    let mut out = io::stdout();
    let (mut agreed, mut disagreed, mut refused, mut raced, mut contradicted) = (0, 0, 0, 0, 0);
    for index in 0..models {
        let case = generate::case(&mut Random::new(seed.wrapping_mul(1_000_003).wrapping_add(index)), flavour);
        let path = directory.join(format!("{index}.fga.yaml"));
        let verdict = judge::judge(&case, &path)?;
        agreed += verdict.agreed;
        raced += verdict.raced;
        contradicted += verdict.contradicted;
        refused += usize::from(verdict.refused);
        disagreed += verdict.disagreements.len();
        for disagreement in &verdict.disagreements {
            writeln!(out, "{}: {disagreement}", path.display())?;
        }
        if verdict.disagreements.is_empty() {
            std::fs::remove_file(&path)?;
        }
    }
    writeln!(out, "{models} models in {}; the server refused {refused} of them", directory.display())?;
    writeln!(out, "{raced} answers race in the server, {contradicted} lists of users contradict its own checks")?;
    writeln!(out, "{agreed} passed, {disagreed} failed")
}
