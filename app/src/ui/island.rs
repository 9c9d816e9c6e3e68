//! The data of a page's island. The page holds it once, in a JSON block: as properties of the island it would be read
//! by a second decoder, and `serde` would have to write it in the browser too.

use crate::wire::Seed;
#[cfg(feature = "ssr")]
use languages::Language;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use std::sync::LazyLock;

/// The id of the block.
const BLOCK: &str = "seed";
/// The id of the block with the texts of the page's language.
const TEXTS: &str = "texts";

/// The texts of each language as JSON, in the order of [`Language::ALL`].
#[cfg(feature = "ssr")]
static WRITTEN: LazyLock<[String; Language::ALL.len()]> =
    LazyLock::new(|| Language::ALL.map(|language| json(&crate::Texts::of(language).browser())));

/// Gives the data to the islands that are rendered after this call, and returns the block.
#[cfg(feature = "ssr")]
pub(super) fn block(seed: Seed) -> impl IntoView {
    let data = json(&seed);
    let texts = WRITTEN.get(crate::texts().language() as usize).map(String::as_str);
    provide_context(seed);
    view! {
        <script type="application/json" id=TEXTS inner_html=texts></script>
        <script type="application/json" id=BLOCK inner_html=data></script>
    }
}

/// Writes JSON for the inside of an element. `<` could end the element; JSON has no other use for it than within texts.
#[cfg(feature = "ssr")]
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default().replace('<', "\\u003c")
}

/// Returns the data of the page.
#[cfg(feature = "ssr")]
pub(super) fn data() -> Option<Seed> {
    use_context()
}

/// Returns the data of the page, whose person every request names from now on; `None` if the page has none that this
/// version can read.
#[cfg(not(feature = "ssr"))]
pub(super) fn data() -> Option<Seed> {
    let read = |id| document().get_element_by_id(id)?.text_content();
    languages::Texts::load(crate::wire::decode::parse(&read(TEXTS)?)?);
    let seed: Seed = crate::wire::decode::parse(&read(BLOCK)?)?;
    crate::api::belong_to(seed.owner.clone());
    Some(seed)
}

/// Marks the page as alive: end-to-end tests wait for it before they press buttons.
pub(super) fn mark_alive() {
    Effect::new(|_| {
        if let Some(body) = document().body() {
            let _ = body.set_attribute("data-hydrated", "");
        }
    });
}
