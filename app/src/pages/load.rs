//! Loads the data of a page and renders it in the frame.

use super::PageFailure;
use crate::backend::{Backend, backend};
use crate::ui::nav::Destination;
use crate::ui::shell::text_page;
use crate::wire::Rail;
use leptos::prelude::*;
use std::sync::Arc;

/// A page of the frame: its place in the navigation, and its name.
#[derive(Clone, Copy)]
pub(super) struct Named(pub(super) Destination, pub(super) &'static str);

/// Renders the page `named` once `load` has its data, which `render` shows. The response waits for it, because the
/// status depends on it.
pub(super) fn page<T, L>(
    named: Named,
    load: impl FnOnce(Arc<dyn Backend>, String) -> L + Send + 'static,
    render: impl FnOnce(&Rail, T) -> AnyView + Send + 'static,
) -> AnyView
where
    T: Send + 'static,
    L: Future<Output = Result<T, PageFailure>> + Send + 'static,
{
    let here = here();
    let query = here.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    let backend = backend();
    view! {
        <Suspense>
            {Suspend::new(async move {
                let loaded = async {
                    let backend = backend.map_err(PageFailure::Api)?;
                    let rail = backend.rail();
                    let data = load(backend.clone(), query);
                    let (rail, data) = futures::join!(rail, data);
                    Ok::<_, PageFailure>((rail?, data?))
                };
                match loaded.await {
                    Ok((rail, data)) => {
                        let content = render(&rail, data);
                        text_page(&rail, named.0, named.1, content)
                    }
                    Err(failure) => failure.view(here),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// Returns the path and query of the request.
fn here() -> String {
    let parts = use_context::<http::request::Parts>();
    parts.and_then(|parts| parts.uri.path_and_query().map(ToString::to_string)).unwrap_or_else(|| "/".to_owned())
}
