//! The addresses of the built files. Their folder is named after their contents, so a browser keeps them for good, and a
//! page always loads the files that it was written for.

use leptos::prelude::use_context;
use std::sync::Arc;

/// The folder of the built files below the site's root: `pkg/0123456789abcdef`.
#[derive(Debug, Clone)]
pub struct Assets(pub Arc<str>);

/// Returns the address of a built file.
pub(crate) fn asset(name: &str) -> String {
    let folder = use_context::<Assets>();
    format!("/{}/{name}", folder.as_ref().map_or("pkg", |Assets(folder)| folder))
}
