//! The page's title. On the server it goes into the head; in the browser, which has a head already, it is only changed:
//! what Leptos brings for that would be a hundredth of all code there.

/// Gives the page the title `text`, again whenever that changes. It must not read a signal that the page owns: the server
/// reads the title when those may be out of its reach. It is no part of any view, so that both sides make the same one.
pub fn page_title(text: impl Fn() -> String + Send + Sync + 'static) {
    #[cfg(feature = "ssr")]
    let _ = leptos_meta::Title(leptos_meta::TitleProps::builder().text(text).build());
    #[cfg(not(feature = "ssr"))]
    leptos::prelude::Effect::new(move |_| leptos::prelude::document().set_title(&text()));
}
