//! The browser's entry: makes the islands of the server's page alive.

// The islands are found by name among the exports of this program, so it must contain the crate that defines them.
use app as _;
use leptos::prelude::window;
use leptos::server_fn::redirect::set_redirect_hook;

/// Prepares the islands. Called once by the page's own script, which then starts each of them.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    // A first message is answered with the address of its conversation. The page has no router that would follow.
    let _ = set_redirect_hook(|address: &str| {
        let _ = window().location().set_href(address);
    });
    leptos::mount::hydrate_islands();
}
