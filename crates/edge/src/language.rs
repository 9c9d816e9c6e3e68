//! The language of a request: the person's choice, which a cookie keeps; else the browser's; else English.

use crate::cookies;
use crate::headers::Transport;
use crate::logout::Auth;
use crate::return_to::ReturnTo;
use app::Texts;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use languages::Language;
use serde::Deserialize;

/// The cookie with the code of the chosen language. Its value is public and changes nothing but texts.
const COOKIE: &str = "language";

/// The time that the choice is kept, in seconds: a year.
const KEPT_S: u32 = 31_536_000;

/// Returns the texts in the language of a request.
#[must_use]
pub(crate) fn texts(headers: &HeaderMap) -> Texts {
    let accepted = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(Language::accepted);
    Texts::of(chosen(headers).or_else(accepted).unwrap_or_default())
}

fn chosen(headers: &HeaderMap) -> Option<Language> {
    cookies::all(headers).find_map(|(name, value)| (name == COOKIE).then(|| Language::of_code(value)).flatten())
}

/// The choice of a language.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    language: String,
}

/// `POST /language`: keeps the choice and leads back to the page that it was made on. An unknown language changes nothing.
pub(crate) async fn choose(State(auth): State<Auth>, headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    answer(auth.cookies.0, &headers, &choice)
}

fn answer(transport: Transport, headers: &HeaderMap, choice: &Choice) -> Response {
    let mut response = Redirect::to(came_from(headers).as_str()).into_response();
    if let Some(language) = Language::of_code(&choice.language) {
        let secure = if transport == Transport::Tls { "; Secure" } else { "" };
        let cookie = format!("{COOKIE}={}; Path=/; Max-Age={KEPT_S}; SameSite=Lax; HttpOnly{secure}", language.code());
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// Returns the page that a form was sent from, which the browser names in `Referer` within one origin.
fn came_from(headers: &HeaderMap) -> ReturnTo {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let path = referer.and_then(|referer| referer.parse::<Uri>().ok()).map(|uri| uri.path().to_owned());
    ReturnTo::parse(path.as_deref())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_choice_goes_before_the_browsers_languages_and_those_before_english() {
        for (cookie, accepted, expected) in [
            ("", "", Language::English),
            ("", "de-CH,en;q=0.5", Language::German),
            ("zone=UTC; language=es", "de", Language::Spanish),
            ("language=xx", "de", Language::German),
            ("language=", "fr", Language::English),
            ("language=../../etc", "", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(texts(&headers).language(), expected, "{cookie} {accepted}");
        }
    }

    #[test]
    fn a_choice_leads_back_to_the_page_and_never_elsewhere() {
        for (referer, language, place, kept) in [
            ("http://localhost:3000/help", "de", "/help", true),
            (
                "http://localhost:3000/c/0123456789ABCDEFGHJKMNPQRS?before=3",
                "es",
                "/c/0123456789ABCDEFGHJKMNPQRS",
                true,
            ),
            ("https://evil.example//evil.example", "de", "/", true),
            ("not an address", "klingon", "/", false),
        ] {
            let headers = HeaderMap::from_iter([(header::REFERER, referer.parse().unwrap())]);
            let response = answer(Transport::Tls, &headers, &Choice { language: language.to_owned() });
            assert_eq!(response.headers()[header::LOCATION], place, "{referer}");
            assert_eq!(response.headers().contains_key(header::SET_COOKIE), kept, "{language}");
        }
    }
}
