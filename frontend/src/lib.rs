//! The browser's entry: makes the islands of the server's page alive.

// The islands are found by name among the exports of this program, so it must contain the crate that defines them.
use app as _;

/// Prepares the islands. Called once by the page's own script, which then starts each of them.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
