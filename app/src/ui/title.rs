//! The page's title. On the server it goes into the head; in the browser, which has a head already, it is only changed:
//! what Leptos brings for that would be a hundredth of all code there.

use leptos::prelude::*;

/// Gives the page the title `text`, again whenever that changes. It must not read a signal that the page owns: the server
/// reads the title when those may be out of its reach.
#[component]
pub fn PageTitle<F: Fn() -> String + Send + Sync + 'static>(
    /// The title.
    text: F,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        view! { <leptos_meta::Title text/> }
    }
    #[cfg(not(feature = "ssr"))]
    Effect::new(move |_| document().set_title(&text()));
}
