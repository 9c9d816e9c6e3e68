//! The chat page, for an existing conversation or a new one.

use super::permissions::data::permissions_backend;
use super::{PageFailure, SignedOut};
use crate::api;
use crate::backend::backend;
use crate::ui::Chat;
use crate::wire::{ApiError, Edit, Event, Frame, Talk};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// The page at `/` and `/c/<id>`. The response waits for the data, because the status depends on it.
#[component]
pub fn ChatPage() -> impl IntoView {
    let (params, query) = (use_params_map().get_untracked(), use_query_map().get_untracked());
    let number = |name| query.get(name).and_then(|number| number.parse().ok());
    let (before, edit) = (number("before"), number("edit"));
    let at = edit.or(number("at"));
    let (id, older) = (params.get("id"), query.get("older"));
    let (own, backend) = (permissions_backend(), backend());
    view! {
        <Suspense>
            {Suspend::new(async move {
                let tries = async {
                    match own {
                        Ok(own) if id.is_none() => own.suggestions().await,
                        _ => Vec::new(),
                    }
                };
                let roles = async {
                    match backend {
                        Ok(backend) => backend.roles().await,
                        Err(_) => Vec::new(),
                    }
                };
                let (chat, tries, roles) = futures::join!(api::load(id.clone(), before, at, older), tries, roles);
                match chat {
                    Ok(mut chat) => {
                        chat.rail.roles = roles;
                        chat.talk.edit = edit.and_then(|said| edited(&chat.talk, said));
                        view! { <Chat chat tries/> }.into_any()
                    }
                    Err(ApiError::SignedOut) => view! { <SignedOut return_to=here(id)/> }.into_any(),
                    Err(error) => PageFailure::Api(error).view(here(id)),
                }
            })}
        </Suspense>
    }
}

/// Returns the own message with this number for the composer, if the page shows it and nothing has replaced it.
fn edited(talk: &Talk, said: u64) -> Option<Edit> {
    if talk.replaced.iter().any(|replaced| (replaced.from..replaced.by).contains(&said)) {
        return None;
    }
    let past = talk.past.iter().flat_map(|past| &past.frames);
    past.chain(&talk.frames).find_map(|frame| match frame {
        Frame::Event { n, event: Event::UserSaid { text, .. }, .. } if *n == said => {
            Some(Edit { said, text: text.clone() })
        }
        _ => None,
    })
}

fn here(conversation: Option<String>) -> String {
    conversation.map_or_else(|| "/".to_owned(), |id| format!("/c/{id}"))
}
