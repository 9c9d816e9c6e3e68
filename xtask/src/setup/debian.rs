//! The fallback for WebAssembly on a machine that reaches only package registries: Debian's compiler, with the standard
//! library built from its sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup::privileged::privileged;
use crate::setup::toolchain::{LINKED, TARGET};
use crate::shell::{output, run, say};

const PACKAGES: [&str; 6] =
    ["rustc-web", "cargo-web", "rust-web-src", "libstd-rust-web-dev", "rust-web-clippy", "rustfmt-web"];
const LIBRARIES: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

/// Creates the toolchain [`LINKED`].
pub(super) fn install() -> Result<()> {
    packages(&PACKAGES)?;
    say(format!("  building std for {TARGET}, about a minute"));
    let built = build_std()?;
    run(with(privileged("mkdir")?, ["-p", LIBRARIES]))?;
    for library in rlibs(&built)? {
        run(with(privileged("cp")?, [&library, Path::new(LIBRARIES)]))?;
    }
    link_linker()?;
    run(with(Command::new("rustup"), ["toolchain", "link", LINKED, "/usr"]))
}

/// Installs Debian packages; updates the package list if the first attempt fails.
pub(super) fn packages(names: &[&str]) -> Result<()> {
    let install = || -> Result<()> {
        let mut apt = privileged("env")?;
        apt.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", "--no-install-recommends"]);
        apt.args(names);
        output(apt).map(drop)
    };
    say(format!("  apt-get install {}", names.join(" ")));
    if install().is_ok() {
        return Ok(());
    }
    output(with(privileged("apt-get")?, ["update", "-q"]))?;
    install()
}

/// Builds the standard library and returns the directory of its rlibs. The crate is empty, because its dependencies
/// would be among them.
fn build_std() -> Result<PathBuf> {
    let directory = std::env::temp_dir().join("countersign-std");
    fs::create_dir_all(directory.join("src"))?;
    fs::write(directory.join("src/lib.rs"), "")?;
    fs::write(directory.join("Cargo.toml"), "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n")?;
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo.current_dir(&directory).env("CARGO_TARGET_DIR", directory.join("target"));
    cargo.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
    // A later build with LTO needs the bitcode.
    cargo.env("RUSTFLAGS", "-Cembed-bitcode=yes").env_remove("RUSTUP_TOOLCHAIN");
    cargo.args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort"]);
    run(cargo)?;
    Ok(directory.join("target").join(TARGET).join("release/deps"))
}

fn rlibs(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter(|path| is_library(path)).collect())
}

fn is_library(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".rlib") && !name.starts_with("libempty")
}

/// Links the linker instead of copying it: a copy of rustup's linker would not find its LLVM.
fn link_linker() -> Result<()> {
    let sysroot = output(with(Command::new("rustc"), ["--print", "sysroot"]))?;
    let host = output(with(Command::new("rustc"), ["--print", "host-tuple"]))?;
    let inside = format!("lib/rustlib/{host}/bin/rust-lld");
    let rustups = Path::new(&sysroot).join(&inside);
    let linker = if rustups.exists() {
        rustups
    } else {
        packages(&["lld"])?;
        PathBuf::from("/usr/bin/lld")
    };
    if !linker.exists() {
        bail!("no linker for WebAssembly: neither rust-lld of rustup's toolchain nor {}", linker.display());
    }
    let link = Path::new("/usr").join(&inside);
    let parent = link.parent().context("the linker has no directory")?;
    run(with(privileged("mkdir")?, ["-p".as_ref(), parent.as_os_str()]))?;
    run(with(privileged("ln")?, ["-sfn".as_ref(), linker.as_os_str(), link.as_os_str()]))
}

fn with<W: AsRef<std::ffi::OsStr>>(mut command: Command, words: impl IntoIterator<Item = W>) -> Command {
    command.args(words);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_crate_stays_out_of_the_sysroot() {
        let rows = [
            ("d/libstd-1f.rlib", true),
            ("d/libempty-1f.rlib", false),
            ("d/libstd-1f.rmeta", false),
            ("d/std-1f.d", false),
        ];
        for (path, expected) in rows {
            assert_eq!(is_library(Path::new(path)), expected, "{path}");
        }
    }
}
