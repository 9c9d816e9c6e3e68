//! The steps from Cargo's output to `target/site`, which the server serves.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::artifacts::Profile;
use crate::shell::run;
use crate::workspace::Workspace;

/// The base name of loader, WebAssembly and style sheet; the pages refer to it.
const NAME: &str = "countersign";

/// The script of the service worker.
const WORKER: &str = "sw.js";

/// The WebAssembly features of rustc's target ("wasm32-unknown-unknown" in the rustc book). `wasm-opt` would also write
/// additional features into the file, and no browser would load it.
const FEATURES: [&str; 6] =
    ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];

pub(super) struct Site<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) profile: Profile,
    /// The WebAssembly file that Cargo built.
    pub(super) wasm: PathBuf,
}

impl Site<'_> {
    /// Returns `true` if the site was built from the current inputs.
    pub(super) fn is_current(&self) -> Result<bool> {
        Ok(match fs::read_to_string(self.stamp()) {
            Ok(stamp) => stamp == self.digest()?,
            Err(_) => false,
        })
    }

    pub(super) fn write(&self) -> Result<()> {
        let stamp = self.stamp();
        let _ = fs::remove_file(&stamp);
        let _ = fs::remove_dir_all(self.root());
        fs::create_dir_all(self.package())?;
        self.bind()?;
        self.minify(self.style_sheet()?, &format!("{NAME}.css"))?;
        self.publish()?;
        if self.profile == Profile::Release {
            self.shrink()?;
        }
        self.name_package()?;
        if self.profile == Profile::Release {
            self.compress()?;
        }
        Ok(fs::write(stamp, self.digest()?)?)
    }

    fn root(&self) -> PathBuf {
        self.workspace.path(super::root(self.profile))
    }

    /// The file with a digest of the inputs and of the site built from them.
    fn stamp(&self) -> PathBuf {
        self.root().with_extension("stamp")
    }

    fn package(&self) -> PathBuf {
        self.root().join("pkg")
    }

    /// Splits Cargo's output into WebAssembly and its loader.
    fn bind(&self) -> Result<()> {
        let bound = self.workspace.built("front/bound");
        let _ = fs::remove_dir_all(&bound);
        let mut bindgen = Bindgen::new();
        bindgen.input_path(&self.wasm).out_name(NAME).typescript(false);
        bindgen.web(true)?.generate(&bound)?;
        self.minify(bound.join(format!("{NAME}.js")), &format!("{NAME}.js"))?;
        fs::copy(bound.join(format!("{NAME}_bg.wasm")), self.package().join(format!("{NAME}.wasm")))?;
        let snippets = bound.join("snippets");
        if snippets.exists() {
            copy(&snippets, &self.package().join("snippets"))?;
        }
        Ok(())
    }

    /// Copies the public files. Scripts stand beside the program, so that a page has those of its own version; a service
    /// worker does not, because it serves the pages below its own address only.
    fn publish(&self) -> Result<()> {
        for path in entries(&self.workspace.path("public"))? {
            let name = path.file_name().unwrap_or_default();
            let is_script = path.extension().is_some_and(|kind| kind == "js") && name != WORKER;
            let folder = if is_script { self.package() } else { self.root() };
            fs::copy(&path, folder.join(name)).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    /// Moves the package into a folder that is named after its contents. The server finds it by the form of its name.
    fn name_package(&self) -> Result<()> {
        let mut digest = DefaultHasher::new();
        for path in entries(&self.package())? {
            add(&mut digest, &path, Path::new(path.file_name().unwrap_or_default()))?;
        }
        let (package, moved) = (self.package(), self.root().join("package"));
        fs::rename(&package, &moved)?;
        fs::create_dir(&package)?;
        Ok(fs::rename(moved, package.join(format!("{:016x}", digest.finish())))?)
    }

    /// Joins the style sheets: `main.css`, which orders the layers, then the others.
    fn style_sheet(&self) -> Result<PathBuf> {
        let folder = self.workspace.path("style");
        let main = folder.join("main.css");
        let others = entries(&folder)?.into_iter().filter(|path| *path != main);
        let texts = [main.clone()].into_iter().chain(others).map(fs::read_to_string).collect::<Result<Vec<_>, _>>()?;
        let whole = self.workspace.built("front/style.css");
        fs::write(&whole, texts.concat())?;
        Ok(whole)
    }

    /// Minifies a style sheet or script for browsers of recent years, or copies it into the demo, which needs no Node.
    fn minify(&self, from: impl AsRef<Path>, name: &str) -> Result<()> {
        if self.profile == Profile::Demo {
            fs::copy(self.workspace.path(from), self.package().join(name))?;
            return Ok(());
        }
        let mut esbuild = self.workspace.program("esbuild");
        esbuild.arg(self.workspace.path(from)).args(["--minify", "--target=chrome109,firefox115,safari16.4"]);
        esbuild.arg("--log-level=warning").arg(format!("--outfile={}", self.package().join(name).display()));
        run(esbuild)
    }

    fn shrink(&self) -> Result<()> {
        let wasm = self.package().join(format!("{NAME}.wasm"));
        let mut optimizer = self.workspace.program("wasm-opt");
        optimizer.arg("-Oz").args(FEATURES.map(|feature| format!("--enable-{feature}")));
        optimizer.arg("-o").args([&wasm, &wasm]);
        run(optimizer)
    }

    /// Writes a Brotli and a gzip version of each file.
    fn compress(&self) -> Result<()> {
        let mut node = self.workspace.program("node");
        node.arg("end2end/scripts/compress.mjs").arg(self.root());
        run(node)
    }

    fn digest(&self) -> Result<String> {
        let inputs = [self.wasm.clone(), self.workspace.path("style"), self.workspace.path("public")];
        let mut digest = DefaultHasher::new();
        for path in inputs.into_iter().chain([self.root()]) {
            add(&mut digest, &path, &path)?;
        }
        Ok(format!("{:?} {:016x}", self.profile, digest.finish()))
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for path in entries(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, target)?;
        }
    }
    Ok(())
}

/// Adds a file, or all files of a directory, under this name.
fn add(digest: &mut DefaultHasher, path: &Path, name: &Path) -> Result<()> {
    if path.is_dir() {
        return entries(path)?
            .iter()
            .try_for_each(|path| add(digest, path, &name.join(path.file_name().unwrap_or_default())));
    }
    digest.write(name.as_os_str().as_encoded_bytes());
    digest.write(&fs::read(path).with_context(|| path.display().to_string())?);
    Ok(())
}

/// Returns the entries of a directory, sorted by name.
fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn digest(path: &Path) -> u64 {
        let mut digest = DefaultHasher::new();
        add(&mut digest, path, path).unwrap();
        digest.finish()
    }

    #[test]
    fn a_digest_covers_contents_and_names_and_a_copy_keeps_both() {
        let directory = std::env::temp_dir().join(format!("countersign-digest-{}", std::process::id()));
        fs::create_dir_all(directory.join("a/b")).unwrap();
        let file = directory.join("a/b/one");
        fs::write(&file, "1").unwrap();
        let first = digest(&directory);
        assert_eq!(first, digest(&directory));
        fs::write(&file, "2").unwrap();
        let second = digest(&directory);
        fs::rename(&file, directory.join("a/b/two")).unwrap();
        let third = digest(&directory);
        copy(&directory.join("a"), &directory.join("c")).unwrap();
        let copied = fs::read(directory.join("c/b/two")).unwrap();
        fs::remove_dir_all(&directory).unwrap();
        assert!(first != second && second != third);
        assert_eq!(copied, b"2");
    }
}
