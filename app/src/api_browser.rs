//! The browser's client of the server functions in `api.rs`: the same names and arguments, by `fetch`. The client that
//! Leptos generates would be a tenth of the program that a page loads.

use crate::wire::decode::{FromJs, parse};
use crate::wire::{ApiError, Earlier, OWNER_HEADER, Posted};
use leptos::prelude::window;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, FormData, Headers, HtmlFormElement, ReadableStreamDefaultReader, RequestInit,
    Response, UrlSearchParams,
};

/// Longest wait for an answer, in milliseconds; the server answers within 45 seconds.
const LONGEST_WAIT_MS: u32 = 50_000;

/// See `api::earlier`.
///
/// # Errors
/// See [`ApiError`].
pub async fn earlier(conversation: &str, before: u64) -> Result<Earlier, ApiError> {
    let query = form(&[("conversation", conversation), ("before", &before.to_string())])?;
    read(fetch(&address("/api/chat/earlier", &query), &with_deadline()).await?).await
}

/// Sends a form of the log: withdraws a message or a request, or posts a message again. The log shows the result.
///
/// # Errors
/// See [`ApiError`].
pub async fn submit(form: &HtmlFormElement) -> Result<(), ApiError> {
    let fields = FormData::new_with_form(form).map_err(|_| ApiError::Transport)?;
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&fields).map_err(|_| ApiError::Transport)?;
    let action = form.get_attribute("action").unwrap_or_default();
    post_form(&action, &fields).await
}

/// See `api::start`; the page of the new conversation opens.
///
/// # Errors
/// See [`ApiError`].
pub async fn start(conversation: String, text: String, client_id: String) -> Result<Posted, ApiError> {
    let posted: Posted = send("/api/chat/start", &message(&conversation, &text, &client_id)).await?;
    let _ = window().location().set_href(&format!("/c/{}", posted.conversation));
    Ok(posted)
}

/// See `api::post`.
///
/// # Errors
/// See [`ApiError`].
pub async fn post(
    conversation: String,
    text: String,
    client_id: String,
    replaces: Option<u64>,
) -> Result<Posted, ApiError> {
    let replaces = replaces.map(|said| said.to_string());
    let mut pairs = message(&conversation, &text, &client_id).to_vec();
    pairs.extend(replaces.as_deref().map(|said| ("replaces", said)));
    send("/api/chat/post", &pairs).await
}

/// See `api::stop`.
///
/// # Errors
/// See [`ApiError`].
pub async fn stop(conversation: String) -> Result<(), ApiError> {
    send("/api/chat/stop", &[("conversation", &conversation)]).await
}

/// Opens the stream of `api::live`. It has no time-out; its reader watches for silence.
///
/// # Errors
/// See [`ApiError`].
pub async fn live(conversation: &str, settled: u64, after: u64) -> Result<Watch, ApiError> {
    let abort = AbortController::new().map_err(|_| ApiError::Transport)?;
    let (settled, after) = (settled.to_string(), after.to_string());
    let query = form(&[("conversation", conversation), ("settled", &settled), ("after", &after)])?;
    let request = RequestInit::new();
    request.set_signal(Some(&abort.signal()));
    let answer = fetch(&address("/api/chat/live", &query), &request).await?;
    if !answer.ok() {
        return Err(error(&answer).await);
    }
    let reader = answer.body().ok_or(ApiError::Transport)?.get_reader();
    Ok(Watch { reader: reader.unchecked_into(), abort })
}

/// An open stream; dropping it closes the connection.
#[derive(Debug)]
pub struct Watch {
    reader: ReadableStreamDefaultReader,
    abort: AbortController,
}

impl Watch {
    /// Returns the next bytes; `None` at the end.
    pub async fn next(&self) -> Option<Result<Vec<u8>, ApiError>> {
        let Ok(next) = JsFuture::from(self.reader.read()).await else { return Some(Err(ApiError::Transport)) };
        let value = js_sys::Reflect::get(&next, &"value".into()).ok()?;
        let bytes: js_sys::Uint8Array = value.dyn_into().ok()?;
        Some(Ok(bytes.to_vec()))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

const fn message<'a>(conversation: &'a str, text: &'a str, client_id: &'a str) -> [(&'static str, &'a str); 3] {
    [("conversation", conversation), ("text", text), ("client_id", client_id)]
}

async fn send<T: FromJs>(path: &str, pairs: &[(&str, &str)]) -> Result<T, ApiError> {
    post_form(path, &form(pairs)?).await
}

async fn post_form<T: FromJs>(path: &str, form: &UrlSearchParams) -> Result<T, ApiError> {
    let request = with_deadline();
    request.set_method("POST");
    request.set_body(form);
    read(fetch(path, &request).await?).await
}

fn with_deadline() -> RequestInit {
    let request = RequestInit::new();
    request.set_signal(Some(&AbortSignal::timeout_with_u32(LONGEST_WAIT_MS)));
    request
}

fn form(pairs: &[(&str, &str)]) -> Result<UrlSearchParams, ApiError> {
    let form = UrlSearchParams::new().map_err(|_| ApiError::Transport)?;
    pairs.iter().for_each(|(name, value)| form.append(name, value));
    Ok(form)
}

fn address(path: &str, query: &UrlSearchParams) -> String {
    format!("{path}?{}", String::from(query.to_string()))
}

thread_local! {
    /// The person to whom the page belongs.
    static OWNER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Says to whom the page belongs. Every request names this person, so that nothing is done in the name of somebody else who
/// has signed in in another tab.
pub fn belong_to(owner: String) {
    OWNER.with_borrow_mut(|own| *own = owner);
}

async fn fetch(address: &str, request: &RequestInit) -> Result<Response, ApiError> {
    let headers = Headers::new().map_err(|_| ApiError::Transport)?;
    headers.set(OWNER_HEADER, &OWNER.with_borrow(Clone::clone)).map_err(|_| ApiError::Transport)?;
    request.set_headers(&headers);
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, request)).await;
    answer.and_then(JsValue::dyn_into).map_err(|_| ApiError::Transport)
}

async fn read<T: FromJs>(answer: Response) -> Result<T, ApiError> {
    if !answer.ok() {
        return Err(error(&answer).await);
    }
    text(&answer).await.and_then(|json| parse(&json)).ok_or(ApiError::Transport)
}

/// Reads the error of a server function, which is its JSON; anything else did not come from one.
async fn error(answer: &Response) -> ApiError {
    text(answer).await.and_then(|json| parse(&json)).unwrap_or(ApiError::Transport)
}

async fn text(answer: &Response) -> Option<String> {
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}
