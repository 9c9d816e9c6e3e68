//! Inline icons. They are hidden from screen readers, because text accompanies each one.

use leptos::prelude::*;

/// The product's name and logo.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <div class="brand">
            <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"
                stroke-linejoin="round" aria-hidden="true">
                <path d="M4 17c3-6 5-9 7-9s-1 7 1 7 3-4 5-4 1 3 3 3"/>
                <path d="M4 21h16"/>
            </svg>
            "Countersign"
        </div>
    }
}

/// An icon drawn with one path.
#[component]
pub fn Icon(
    /// The `d` attribute of the path.
    path: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"
            stroke-linejoin="round" aria-hidden="true">
            <path d=path/>
        </svg>
    }
}

/// A tick.
pub const TICK: &str = "m4 10 4 4 8-8";
/// A circle with a bar across.
pub const BARRED: &str = "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M5.2 14.8l9.6-9.6";
/// Two links of a chain.
pub const CHAIN: &str = "M8 12 12 8M7 9 5 11a3 3 0 0 0 4 4l2-2M13 11l2-2a3 3 0 0 0-4-4L9 7";
/// A clock.
pub const CLOCK: &str = "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l3 2";
/// A question mark in a circle.
pub const QUESTION: &str = "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M8 8a2 2 0 1 1 2 2v1M10 14v.1";
/// A turning arrow.
pub const RUNNING: &str = "M16 10a6 6 0 1 1-2-4.5M16 3v3h-3";
/// A phone.
pub const PHONE: &str = "M7 2.5h6a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-11a2 2 0 0 1 2-2M9 14.8h2";
/// An arrow up.
pub const UP: &str = "M10 16V4M5 9l5-5 5 5";
/// An arrow down.
pub const DOWN: &str = "M10 4v12M5 11l5 5 5-5";
/// A square.
pub const SQUARE: &str = "M6 6h8v8H6z";
