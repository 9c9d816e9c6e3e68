//! The data of a page's island. The page holds it once, in a JSON block: as properties of the island it would be read
//! by a second decoder, and `serde` would have to write it in the browser too.

use crate::wire::Talk;
use leptos::prelude::*;

/// The id of the block.
const BLOCK: &str = "talk";

/// Gives the data to the islands that are rendered after this call, and returns the block.
#[cfg(feature = "ssr")]
pub(super) fn block(talk: Talk) -> impl IntoView {
    // `<` could end the element; JSON has no other use for it than within texts.
    let json = serde_json::to_string(&talk).unwrap_or_default().replace('<', "\\u003c");
    provide_context(talk);
    view! { <script type="application/json" id=BLOCK inner_html=json></script> }
}

/// Returns the data of the page.
#[cfg(feature = "ssr")]
pub(super) fn data() -> Option<Talk> {
    use_context()
}

/// Returns the data of the page, whose person every request names from now on; `None` if the page has none that this
/// version can read.
#[cfg(not(feature = "ssr"))]
pub(super) fn data() -> Option<Talk> {
    let text = document().get_element_by_id(BLOCK)?.text_content()?;
    let talk: Talk = crate::wire::decode::parse(&text)?;
    crate::api::belong_to(talk.owner.clone());
    Some(talk)
}

/// Marks the page as alive: end-to-end tests wait for it before they press buttons.
pub(super) fn mark_alive() {
    Effect::new(|_| {
        if let Some(body) = document().body() {
            let _ = body.set_attribute("data-hydrated", "");
        }
    });
}
