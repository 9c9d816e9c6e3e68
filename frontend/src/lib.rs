//! The browser's entry: hydrates the page that the server rendered.

/// Makes the server's page alive. Called once by the page's own script.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(app::App);
}
