//! A page of one message with one way on: for failures, and for the ends of processes that lead through other sites.

use crate::document::document;
use crate::texts::texts;
use crate::ui::icons::Brand;
use crate::ui::title::page_title;
use leptos::prelude::*;
use std::fmt;

/// The link of a notice.
#[derive(Debug, Clone)]
pub struct Way {
    /// Address.
    pub href: String,
    /// Label.
    pub label: &'static str,
}

impl Way {
    /// Returns the way back to the person's conversations.
    #[must_use]
    pub fn home() -> Self {
        Self { href: "/".to_owned(), label: texts().way_home() }
    }

    /// Returns the way back to the page of connected accounts.
    #[must_use]
    pub fn accounts() -> Self {
        Self { href: "/connections".to_owned(), label: texts().nav_accounts() }
    }
}

/// A message with a way on.
pub struct Notice {
    /// The heading.
    pub heading: &'static str,
    /// The content below it.
    pub body: AnyView,
    /// The way on.
    pub way: Way,
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice").field("heading", &self.heading).field("way", &self.way).finish_non_exhaustive()
    }
}

impl Notice {
    /// Returns a notice of one sentence, in the language of the request.
    #[must_use]
    pub fn new(heading: &'static str, sentence: String, way: Way) -> Self {
        let sentence = texts().stored(&sentence).into_owned();
        Self { heading, body: view! { <p>{sentence}</p> }.into_any(), way }
    }

    /// Renders the notice within a page.
    pub(crate) fn view(self) -> AnyView {
        page_title(format!("{} · Countersign", texts().stored(self.heading)));
        self.main()
    }

    /// Renders the notice as a document of its own, for an answer outside the pages. `head` is added to its head.
    #[must_use]
    pub fn document(self, head: Option<AnyView>) -> String {
        document(&texts().stored(self.heading), None, head, self.main())
    }

    fn main(self) -> AnyView {
        view! {
            <header class="head"><a class="home" href="/"><Brand/></a></header>
            <main class="plain" id="content">{self.content()}</main>
        }
        .into_any()
    }

    /// Renders heading, text and the way on.
    pub(super) fn content(self) -> AnyView {
        let Self { heading, body, way } = self;
        let t = texts();
        let (heading, label) = (t.stored(heading).into_owned(), t.stored(way.label).into_owned());
        view! {
            <h1>{heading}</h1>
            {body}
            <p class="row"><a class="btn first" href=way.href>{label}</a></p>
        }
        .into_any()
    }
}
