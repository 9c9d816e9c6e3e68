//! A person's browser at a provider other than the sandbox's.

use crate::world::browser::{Answer, Browser};
use crate::world::{TestApp, chat::Failure};

/// Most pages between the sign-in link and the end of the sign-in.
const MOST_PAGES: usize = 4;

/// Signs in with the provider's own form and returns the last page.
pub(crate) async fn sign_in(browser: &Browser, account: &str) -> Answer {
    let page = browser.follow("/auth/login").await;
    forms(browser, page, &[("account", account)]).await
}

/// Submits the forms of other origins until a page has none.
pub(crate) async fn forms(browser: &Browser, mut page: Answer, fields: &[(&str, &str)]) -> Answer {
    for _ in 0..MOST_PAGES {
        if page.url.origin() == browser.url("/").origin() || !page.body.contains("<form") {
            return page;
        }
        let action = page.url.join(attribute(&page.body, "action=\"").unwrap_or("")).unwrap();
        let token = attribute(&page.body, "name=\"xsrf\" value=\"").map(|value| ("xsrf", value));
        let fields: Vec<_> = fields.iter().copied().chain(token).collect();
        let answer = browser.post_to(action.as_str(), &fields).await;
        page =
            if (300..400).contains(&answer.status) { browser.follow(answer.location().as_str()).await } else { answer };
    }
    page
}

fn attribute<'a>(body: &'a str, before: &str) -> Option<&'a str> {
    body.split_once(before)?.1.split('"').next()
}

/// Describes an error page by its visible text.
pub(crate) fn words(page: &Answer) -> String {
    let between = |before, after| Some(page.body.split_once(before)?.1.split_once(after)?.0);
    let text = match (between("<h1>", "</h1>"), between("<p>", "</p>")) {
        (Some(title), Some(sentence)) => format!("{title}: {sentence}"),
        _ => page.body.lines().next().unwrap_or_default().chars().take(200).collect(),
    };
    format!("{} “{text}”", page.status)
}

/// Returns the signed-in person, as the page's data names them.
pub(crate) async fn known(browser: &Browser) -> Result<app::wire::Me, Failure> {
    browser.load(None).await.map(|page| page.rail.me)
}

/// Returns `true` if the server is ready.
pub(crate) async fn ready(app: &TestApp) -> bool {
    app.browser().visit("/health/ready").await.status == 200
}
