//! The page before a grant is taken back: the calls that are no longer possible then, and the permissions before and
//! after as sets.

use super::data::{RevocationPreview, permissions_backend};
use crate::pages::load::{Named, page};
use crate::texts::texts;
use crate::ui::nav::Destination;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page at `/access/{id}/revoke`.
#[component]
pub fn RevokePage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let own = permissions_backend();
    page(
        Named(Destination::Permissions, texts().revoke_title()),
        move |_, _| async move {
            let preview = own?.revocation_preview(id.clone()).await?;
            Ok((id, preview))
        },
        |_, (id, preview)| content(id, preview),
    )
}

fn content(id: String, preview: RevocationPreview) -> AnyView {
    let t = texts();
    let RevocationPreview { before, after, lost } = preview;
    let lost = if lost.is_empty() {
        view! { <p>{t.revoke_nothing()}</p> }.into_any()
    } else {
        let tools = lost.into_iter().map(|tool| view! { <li><code>{tool}</code></li> }).collect_view();
        view! { <p>{t.revoke_lost()}</p><ul class="sets">{tools}</ul> }.into_any()
    };
    let stays = |permission: &String| after.contains(permission);
    let rows = before.iter().map(|permission| {
        let now = if stays(permission) {
            view! { <span class="tag good">{t.revoke_stays()}</span> }.into_any()
        } else {
            view! { <span class="tag bad">{t.revoke_removed()}</span> }.into_any()
        };
        view! { <tr><th scope="row"><code>{permission.clone()}</code></th><td>{now}</td></tr> }
    });
    view! {
        <h2>{t.revoke_changes()}</h2>
        {lost}
        <table class="counts">
            <caption>{t.revoke_counts(before.len() as u64, after.len() as u64)}</caption>
            <thead><tr><th scope="col">{t.revoke_before()}</th><th scope="col">{t.revoke_after()}</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        <form class="row" method="post" action=format!("/access/{id}/revoke")>
            <button class="btn first" type="submit">{t.revoke_now()}</button>
            <a class="btn quiet" href="/permissions">{t.revoke_keep()}</a>
        </form>
    }
    .into_any()
}
