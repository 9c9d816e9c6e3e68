//! A page in the frame that is rendered by a handler of its own, because it needs more than the routes give it.

use crate::assets::asset;
use crate::document::document;
use crate::ui::nav::Destination;
use crate::ui::shell::text_frame;
use crate::ui::title::prefix;
use crate::wire::Rail;
use leptos::prelude::*;

/// A page in the frame.
pub struct Framed<'a> {
    /// The data of the frame.
    pub rail: &'a Rail,
    /// Its place in the navigation.
    pub destination: Destination,
    /// Its heading.
    pub title: &'a str,
    /// The nonce of its scripts; without one, none runs.
    pub nonce: Option<String>,
    /// The content.
    pub content: AnyView,
}

impl Framed<'_> {
    /// Renders the document. It loads the script of passkeys.
    #[must_use]
    pub fn document(self) -> String {
        let Self { rail, destination, title, nonce, content } = self;
        let script = nonce
            .clone()
            .map(|nonce| view! { <script type="module" src=asset("passkey.js") nonce=nonce></script> }.into_any());
        document(
            &format!("{}{title}", prefix(rail.count)),
            nonce,
            script,
            text_frame(rail, destination, title, content),
        )
    }
}

impl std::fmt::Debug for Framed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Framed").field("title", &self.title).finish_non_exhaustive()
    }
}
