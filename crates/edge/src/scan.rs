//! The address of a request's page as a QR code, so that a phone opens it. The address holds no secret: whoever opens it
//! must be signed in as a person whom the request asks.

use crate::current_user::CurrentUser;
use crate::logout::Auth;
use crate::page_error::PageError;
use agent::approval::ApprovalId;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// Width of the margin in modules (ISO/IEC 18004 demands four).
const MARGIN: i32 = 4;

/// `GET /approve/{id}/code.svg`: the code of a request's page.
pub(crate) async fn code(
    State(auth): State<Auth>,
    CurrentUser(_): CurrentUser,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let absent = || PageError::absent("There is no such request.");
    let id = ApprovalId::try_from(id).map_err(|_| absent())?;
    let address = format!("{}/approve/{id}", auth.home.trim_end_matches('/'));
    let drawn = draw(&address).ok_or_else(absent)?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawn).into_response())
}

/// Draws a text as a QR code in SVG, dark on light whatever the reader's theme. `None` if it is too long.
fn draw(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{},{}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    let whole = size + 2 * MARGIN;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0,0h{whole}v{whole}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_drawn_with_its_margin_and_nothing_else() {
        let drawn = draw("https://help.acme.example/approve/0123456789ABCDEFGHJKMNPQRS").unwrap_or_default();
        assert!(drawn.contains("viewBox=\"0 0 41 41\""), "{drawn}");
        assert!(drawn.contains("M4,4h1v1h-1z") && !drawn.contains("acme") && !drawn.contains("script"), "{drawn}");
        assert_eq!(draw(&"x".repeat(5_000)), None);
    }
}
