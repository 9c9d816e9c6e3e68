//! The page's title. The server writes it into the head; the browser only changes it. Using `leptos_meta` there too
//! would add a hundredth to the browser's code.

/// Sets the page's title to `text`, and again whenever its signals change. `text` must not read a signal that the page
/// owns: the server reads the title when those may already be disposed. The title is not part of a view, so server and
/// browser render the same one.
pub fn page_title(text: impl Fn() -> String + Send + Sync + 'static) {
    #[cfg(feature = "ssr")]
    let _ = leptos_meta::Title(leptos_meta::TitleProps::builder().text(text).build());
    #[cfg(not(feature = "ssr"))]
    leptos::prelude::Effect::new(move |_| leptos::prelude::document().set_title(&text()));
}
