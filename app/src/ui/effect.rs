//! The consequence of an action, in words, wherever somebody decides about the action.

use crate::texts::texts;
use crate::wire::{Effect as Consequence, Permanence};
use leptos::prelude::*;

/// Renders the consequence of an action.
pub(crate) fn effect(effect: Consequence) -> AnyView {
    let warning = (effect.permanence == Permanence::Permanent).then(|| view! { <b>" "{texts().ask_permanent()}</b> });
    view! { <p class="effect">{effect.text}{warning}</p> }.into_any()
}
