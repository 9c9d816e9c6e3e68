//! The language of a visitor: theirs, then the browser's, then English; on pages, in streams, and in notices.

use crate::world::TestApp;
use app::wire::Event;
use reqwest::Method;

const GROUPS: &str = "What are my Okta groups?";

#[tokio::test]
async fn the_language_of_a_visitor_is_chosen_and_kept() {
    let app = TestApp::start().await;
    let nobody = app.browser();
    let asks = |accepted: &str| nobody.request(Method::GET, "/").header("accept-language", accepted);
    for (accepted, language, title) in [
        ("de-CH,en;q=0.5", "de", "IT-Hilfe, die nur kann, was Sie können"),
        ("fr,es;q=0.2", "es", "Ayuda de TI que solo puede hacer lo que tú puedes hacer"),
        ("fr", "en", "IT help that can only do what you can do"),
    ] {
        let page = nobody.send(asks(accepted)).await;
        assert!(page.body.contains(&format!("<html lang=\"{language}\">")), "{accepted}");
        assert!(page.body.contains(title), "{accepted}: {title}");
    }
    let chosen = nobody.call("/language", &[("language", "de")]).await;
    assert_eq!((chosen.status, chosen.location().path()), (303, "/"));
    let page = nobody.send(asks("es")).await;
    assert!(page.body.contains("<html lang=\"de\">"), "the choice goes before the browser's languages");
    let missing = nobody.visit("/nowhere").await;
    assert!(missing.status == 404 && missing.body.contains("Hier ist nichts"), "{}", missing.body);
    app.finish().await;
}

#[tokio::test]
async fn a_page_and_its_stream_speak_the_language_of_their_reader_and_the_log_stays_english() {
    let app = TestApp::start().await;
    let (ada, again) = (app.signed_in("ada").await, app.signed_in("ada").await);
    ada.call("/language", &[("language", "de")]).await;
    let (conversation, events) = ada.ask(GROUPS).await;
    let summaries = |events: &[Event]| -> Vec<String> {
        let summary = |event: &Event| match event {
            Event::CallProposed { summary, .. } => Some(summary.clone()),
            _ => None,
        };
        events.iter().filter_map(summary).collect()
    };
    assert_eq!(summaries(&events), ["Ihre Okta-Gruppen lesen"]);
    let page = ada.visit(&format!("/c/{conversation}")).await;
    assert!(page.body.contains("Ihre Okta-Gruppen lesen") && page.body.contains("erledigt · "), "{}", page.body);
    let english = again.watch(&conversation, 0).await.turn().await;
    assert_eq!(summaries(&english), ["Read your Okta groups"], "another session of the same person");
    app.finish().await;
}
