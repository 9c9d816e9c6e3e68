//! `gallery`: pictures of every page and state, and the moving picture of the README.

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::shell::{self, say, step};
use crate::workspace::Workspace;
use crate::{e2e, setup};

/// The choice of pictures.
#[derive(Debug, PartialEq, Eq, Args)]
pub(crate) struct Gallery {
    /// Take only pictures whose name holds this text; `movie` is the moving picture.
    #[arg(long)]
    pub(crate) only: Option<String>,
    /// Take the pictures in this language only.
    #[arg(long)]
    pub(crate) language: Option<Language>,
}

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    En,
    Es,
    De,
}

impl Language {
    const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::De => "de",
        }
    }
}

/// Takes the pictures. With `UPDATE_PICTURES=1` the moving picture goes into `docs/images` as well.
pub(crate) fn gallery(workspace: &mut Workspace, choice: &Gallery) -> Result<()> {
    setup::ensure(workspace, setup::BROWSER)?;
    e2e::with_server(workspace, |plan| {
        step("gallery", || {
            let mut playwright = e2e::client(workspace, plan, "playwright")?;
            playwright.current_dir(workspace.path("end2end")).args(["test", "--config=gallery.config.ts"]);
            if let Some(language) = choice.language {
                playwright.arg(format!("--project={}", language.code()));
            }
            if let Some(only) = &choice.only {
                playwright.env("ONLY", only);
            }
            let status = shell::status(&mut playwright)?;
            if !status.success() {
                bail!("some pictures are missing");
            }
            Ok(())
        })
    })?;
    say("target/gallery/index.html");
    Ok(())
}
