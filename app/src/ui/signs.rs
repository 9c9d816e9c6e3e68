//! The icons of the navigation and of pages that only the server renders.

/// A pen on paper.
pub const PEN: &str = "M11 4H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V9M14.5 3.5l2 2L10 12H8v-2z";
/// A magnifying glass.
pub const GLASS: &str = "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4M13 13l4 4";
/// Three lines of text.
pub const LINES: &str = "M4 5h12M4 10h12M4 15h7";
/// Three bars.
pub const MENU: &str = "M3 6h14M3 10h14M3 14h14";
/// Three dots.
pub const DOTS: &str = "M4.5 10h.6M9.7 10h.6M14.9 10h.6";
/// A spanner.
pub const SPANNER: &str = "M12.5 3.5a4 4 0 0 0-4.7 5.2L3 13.5 5.5 16l4.8-4.8a4 4 0 0 0 5.2-4.7L13 9l-2-2z";
/// A shield.
pub const SHIELD: &str = "M10 3l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V5z";
/// A tray.
pub const TRAY: &str = "M3 11l2.5-7h9L17 11v5H3zM3 11h4l1 2h4l1-2h4";
/// A light bulb.
pub const BULB: &str = "M7.5 13.5a5 5 0 1 1 5 0V15h-5zM8 17.5h4";
/// A key.
pub const KEY: &str = "M7.5 12.5a3.5 3.5 0 1 1 3.3-4.7H17v2.5h-2v2h-2.5v-2h-1.7a3.5 3.5 0 0 1-3.3 2.2";
/// Two speech bubbles.
pub const TALKS: &str = "M3 4h10v7H8l-3 2.5V11H3zM15 7h2v7h-2v2.5L12 14H9";
/// A finger print.
pub const PRINT: &str = "M5 12V9.5a5 5 0 0 1 10 0V13M8 16v-6a2 2 0 0 1 4 0v6.5";
