//! Answers a form without script whose message was not accepted: the answer itself contains the text, the problem, and
//! a form to send it again. Nothing is stored.

use agent::ids::{ConversationId, IdempotencyKey};
use app::backend::{Unsent, UnsentMessage, status};
use app::pages::notice::{Notice, Way};
use app::ui::escape::escaped;
use app::wire::ApiError;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;
use system::random;

/// Returns the message to the person, instead of the library's redirect, which would lose it.
pub(crate) async fn give_back(mut request: Request, next: Next) -> Response {
    let message = UnsentMessage::default();
    request.extensions_mut().insert(message.clone());
    let response = next.run(request).await;
    match message.take() {
        Some(unsent) => (status(&unsent.error), page(unsent)).into_response(),
        None => response,
    }
}

/// Returns the form's conversation, its action, and the page that it belongs to. An invalid conversation is replaced by
/// a new one: of the request, only the text is repeated.
fn target(unsent: &Unsent) -> Option<(ConversationId, &'static str, String)> {
    let id = ConversationId::try_from(unsent.conversation.clone()).ok();
    match (id, unsent.begins) {
        (Some(id), true) => Some((id, "/api/chat/start", "/".to_owned())),
        (Some(id), false) => Some((id.clone(), "/api/chat/post", format!("/c/{id}"))),
        (None, _) => Some((random::conversation().ok()?, "/api/chat/start", "/".to_owned())),
    }
}

fn page(unsent: Unsent) -> Html<String> {
    let t = app::texts();
    let target = target(&unsent);
    let back = target.as_ref().map_or_else(|| "/".to_owned(), |(.., back)| back.clone());
    let sign_in = (unsent.error == ApiError::SignedOut).then(|| {
        let href = format!("/auth/login?return_to={back}");
        view! {
            <p>{t.unsent_lead()}</p>
            <p class="row"><a class="btn first" href=href target="_blank" rel="noopener">{t.unsent_way()}</a></p>
        }
    });
    // The same idempotency key: a message that was accepted after all is not sent twice.
    let key = IdempotencyKey::try_from(unsent.client_id).map(|key| key.as_str().to_owned()).or_else(|_| random::text());
    let replaces = unsent.replaces.map(|said| view! { <input type="hidden" name="replaces" value=said.to_string()/> });
    let fields = target.zip(key.ok()).map(|((id, action, _), key)| {
        let fields = view! {
            <input type="hidden" name="conversation" value=id.to_string()/>
            <input type="hidden" name="client_id" value=key/>
            {replaces}
        };
        (action, fields)
    });
    let text = escaped(&unsent.text);
    let (action, fields) = fields.unzip();
    let body = view! {
        <div class="problem" role="alert"><p>{unsent.error.text(t)}</p></div>
        {sign_in}
        <form method="post" action=action>
            {fields}
            <div class="box">
                <textarea name="text" rows="8" aria-label=t.composer_label() inner_html=text></textarea>
                <button class="btn" type="submit">{t.composer_send()}</button>
            </div>
        </form>
    };
    let way = Way { href: back, label: "Go back without sending" };
    Html(Notice { heading: "Your message was not sent", body: body.into_any(), way }.document(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsent(conversation: &str, text: &str, begins: bool, error: ApiError) -> Unsent {
        let [conversation, text] = [conversation, text].map(str::to_owned);
        Unsent { begins, conversation, client_id: "key-00000001".to_owned(), text, replaces: Some(7), error }
    }

    #[test]
    fn the_page_holds_the_text_and_the_form_that_it_came_by() {
        const ID: &str = "0123456789ABCDEFGHJKMNPQRS";
        let down = ApiError::NotNow { service: "the session store".to_owned() };
        for (conversation, begins, action, back) in [
            (ID, false, "/api/chat/post", "/c/0123456789ABCDEFGHJKMNPQRS"),
            (ID, true, "/api/chat/start", "/"),
            ("\"><script>", false, "/api/chat/start", "/"),
            ("", true, "/api/chat/start", "/"),
        ] {
            let Html(page) = page(unsent(conversation, "1 < 2 & </textarea><b>", begins, down.clone()));
            assert!(page.contains(">1 &lt; 2 &amp; &lt;/textarea&gt;&lt;b&gt;</textarea>"), "{page}");
            assert!(page.contains(&format!("action=\"{action}\"")), "{page}");
            assert!(page.contains(&format!("href=\"{back}\"")), "{page}");
            assert!(page.contains("value=\"key-00000001\"") && !page.contains("<script>"), "{page}");
            assert!(page.contains("name=\"replaces\" value=\"7\""), "{page}");
            assert!(!page.contains("Sign in"), "{page}");
        }
    }

    #[test]
    fn a_person_who_is_signed_out_is_shown_the_way_to_sign_in() {
        let Html(page) = page(unsent("", "Keep me", true, ApiError::SignedOut));
        assert!(page.contains("href=\"/auth/login?return_to=/\"") && page.contains("target=\"_blank\""), "{page}");
        assert!(page.contains(">Keep me</textarea>"), "{page}");
    }
}
