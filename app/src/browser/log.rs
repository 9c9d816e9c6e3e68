//! The log in the document. Each item stands in an element of its own, `.item`, with its number and a key that changes
//! whenever the item does; so the page keeps what has not changed, with its focus and its open parts.

use crate::wire::{Activity, Earlier, Now, Piece};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTemplateElement};

/// The error for a page that does not hold what the server takes for granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotThere;

/// The message that is on its way.
const SENT: &str = "#log > [data-place=sending]";

/// Makes the items after event `since` those of `pieces`.
pub(super) fn put(since: u64, pieces: &[Piece]) -> Result<(), NotThere> {
    let is_late = |item: &Element| number(item).is_some_and(|n| n == 0 || n > since);
    let old = all("#log > .item").into_iter().filter(is_late);
    let (kept, gone): (Vec<_>, Vec<_>) = old.partition(|item| pieces.iter().any(|piece| is(item, piece)));
    gone.iter().for_each(Element::remove);
    // From the end, which the templates mark.
    let mut next = one("#log > template").ok_or(NotThere)?;
    for piece in pieces.iter().rev() {
        let item = kept.iter().find(|item| is(item, piece)).cloned();
        let item = item.or_else(|| made(piece)).ok_or(NotThere)?;
        if following(&item).as_ref() != Some(&next) {
            before(&next, &item);
        }
        next = item;
    }
    Ok(())
}

/// Shows the state of the conversation to screen readers.
pub(super) fn tell(now: &Now) {
    let busy = if now.activity == Activity::Idle { "false" } else { "true" };
    if let Some(log) = one("#log") {
        let _ = log.set_attribute("aria-busy", busy);
    }
    if let Some(line) = one("#announcement").filter(|line| line.text_content().as_ref() != Some(&now.announcement)) {
        line.set_text_content(Some(&now.announcement));
    }
}

/// Moves the line above the first message that the model still receives. If that message is not loaded, it comes with its
/// line.
pub(super) fn cut(kept_from: u64, html: &str) {
    all(".logs .cut").iter().for_each(Element::remove);
    if let (Some(first), Some(line)) = (one(&format!(".logs .item[data-n='{kept_from}']")), first_of(html)) {
        before(&first, &line);
    }
}

/// Moves the items from message `from` up to message `by` into an element of their own. A message that is not loaded stands
/// before or behind the loaded ones.
pub(super) fn replaced(from: u64, by: u64, html: &str) {
    for list in ["#past > .item", "#log > .item"] {
        let items = all(list);
        let place = |said| items.iter().position(|item| number(item) == Some(said));
        let Some(first) = items.first().and_then(number) else { continue };
        let start = place(from).or((first > from).then_some(0));
        let end = place(by).or((first < by).then_some(items.len()));
        let (Some(items), Some(fold)) = (start.zip(end).and_then(|(start, end)| items.get(start..end)), first_of(html))
        else {
            continue;
        };
        if let Some(first) = items.first() {
            before(first, &fold);
            items.iter().for_each(|item| _ = fold.append_child(item));
            // A message in it can be neither edited nor sent again.
            within(&fold, ".mine > .acts").iter().for_each(Element::remove);
        }
    }
}

/// Shows the unfinished block: appends HTML to its finished parts, or replaces them, and sets or continues its open part.
pub(super) fn write(html: Html, text: Text) {
    let (Some(finished), Some(open)) = (one("#log [data-key=speaking] div"), one("#log [data-key=speaking] .typing"))
    else {
        return;
    };
    match html {
        Html::Whole(html) => finished.set_inner_html(&html),
        Html::More(html) => _ = finished.insert_adjacent_html("beforeend", &html),
    }
    let text = match text {
        Text::Whole(text) => text,
        Text::More(text) => open.text_content().unwrap_or_default() + &text,
    };
    open.set_text_content(Some(&text));
}

/// Finished parts of a block.
pub(super) enum Html {
    Whole(String),
    More(String),
}

/// The open part of a block.
pub(super) enum Text {
    Whole(String),
    More(String),
}

/// Puts earlier turns in above the others, unless those after event `before` are not the first any more.
pub(super) fn put_earlier(conversation: &str, asked: u64, page: &Earlier) {
    let link = one("#past a[data-before]").filter(|link| link.get_attribute("data-before") == Some(asked.to_string()));
    let Some((link, line)) = link.and_then(|link| Some((link.clone(), link.parent_element()?))) else { return };
    let _ = line.insert_adjacent_html("afterend", &page.html);
    match page.earlier {
        Some(before) => {
            let _ = link.set_attribute("data-before", &before.to_string());
            let _ = link.set_attribute("href", &format!("/c/{conversation}?before={before}"));
        }
        None => line.remove(),
    }
}

/// Shows the message that is on its way by its template, or none.
pub(crate) fn show_sent(sent: Option<(&str, &str)>) {
    all(SENT).iter().for_each(Element::remove);
    let Some((template, text)) = sent else { return };
    let template = document().get_element_by_id(template).and_then(|own| own.dyn_into::<HtmlTemplateElement>().ok());
    let copy = template.and_then(|template| template.content().clone_node_with_deep(true).ok());
    if let (Some(log), Some(copy)) = (one("#log"), copy) {
        let _ = log.append_child(&copy);
    }
    if let Some(words) = one(&format!("{SENT} p")) {
        words.set_text_content(Some(text));
    }
}

/// Returns `true` if the log holds this message of the person after event number `since`.
pub(crate) fn holds_own(since: u64, own: &str) -> bool {
    let said = |item: &Element| {
        within(item, ".mine > p").iter().any(|words| words.text_content().is_some_and(|text| text.trim() == own.trim()))
    };
    all("#log > .item").iter().any(|item| number(item).is_some_and(|n| n > since) && said(item))
}

/// Makes the element of a piece.
fn made(piece: &Piece) -> Option<Element> {
    let item = document().create_element("div").ok()?;
    item.set_class_name("item");
    item.set_attribute("data-n", &piece.n.to_string()).ok()?;
    item.set_attribute("data-key", &piece.key).ok()?;
    item.set_inner_html(piece.html.as_deref()?);
    Some(item)
}

fn is(item: &Element, piece: &Piece) -> bool {
    item.get_attribute("data-key").as_deref() == Some(&piece.key)
}

fn number(item: &Element) -> Option<u64> {
    item.get_attribute("data-n")?.parse().ok()
}

/// Returns the next element that is an item or the end.
fn following(item: &Element) -> Option<Element> {
    let mut next = item.next_element_sibling();
    while let Some(other) = next.as_ref().filter(|other| other.matches(".cut, .replaced").unwrap_or_default()) {
        next = other.next_element_sibling();
    }
    next
}

fn before(next: &Element, item: &Element) {
    if let Some(parent) = next.parent_node() {
        let _ = parent.insert_before(item, Some(next));
    }
}

/// Returns the element that the HTML describes.
fn first_of(html: &str) -> Option<Element> {
    let around = document().create_element("div").ok()?;
    around.set_inner_html(html);
    around.first_element_child()
}

fn one(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn all(selector: &str) -> Vec<Element> {
    document().document_element().map(|root| within(&root, selector)).unwrap_or_default()
}

fn within(element: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = element.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok()).collect()
}
