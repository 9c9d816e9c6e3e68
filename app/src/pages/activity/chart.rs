//! The decisions of each day as bars: the height is the number, and refused ones are hatched as well as coloured. The
//! same numbers stand in a table.

use crate::texts::texts;
use leptos::prelude::*;

/// Width of a bar with its gap, in units of the picture.
const STEP: usize = 12;

/// Height of the highest bar.
const HEIGHT: usize = 96;

/// The decisions of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The day, `2026-01-31`.
    pub day: String,
    /// The number of allowed actions.
    pub allowed: usize,
    /// The number of refused actions.
    pub refused: usize,
}

/// Renders the chart, oldest day first; nothing without decisions.
pub(super) fn chart(days: &[DayCount]) -> Option<AnyView> {
    let t = texts();
    let most = days.iter().map(|day| day.allowed + day.refused).max().filter(|most| *most > 0)?;
    let (allowed, refused) =
        days.iter().fold((0, 0), |(allowed, refused), day| (allowed + day.allowed, refused + day.refused));
    let label = t.activity_days_label(allowed as u64, refused as u64);
    let bars = days.iter().enumerate().map(|(place, day)| bar(place, day, most)).collect_view();
    let picture = view! {
        <svg class="days" role="img" aria-label=label viewBox=format!("0 0 {} {HEIGHT}", days.len() * STEP)>
            <defs>
                <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse">
                    <path d="M0 4 4 0M-1 1 1-1M3 5 5 3"/>
                </pattern>
            </defs>
            {bars}
        </svg>
    };
    Some(
        view! {
            <figure class="chart">
                <figcaption>{t.activity_days()}" "<span class="key allowed">{t.activity_allowed()}</span>" "<span class="key refused">{t.activity_refused()}</span></figcaption>
                {picture}
                {table(days)}
            </figure>
        }
        .into_any(),
    )
}

/// A bar of two parts: the allowed decisions, and above them the refused ones.
fn bar(place: usize, day: &DayCount, most: usize) -> AnyView {
    let height = |count: usize| (count * HEIGHT).div_ceil(most);
    let (allowed, all) = (height(day.allowed), height(day.allowed + day.refused));
    let part = |class: &'static str, bottom: usize, top: usize| {
        (top > bottom).then(|| {
            let (x, width) = (place * STEP + 1, STEP - 2);
            view! { <rect class=class x=x.to_string() y=(HEIGHT - top).to_string() width=width.to_string() height=(top - bottom).to_string()/> }
        })
    };
    view! {
        <g>
            <title>{texts().activity_day_label(&day.day, day.allowed as u64, day.refused as u64)}</title>
            {part("allowed", 0, allowed)}
            {part("refused", allowed, all)}
            {hatched(place, allowed, all)}
        </g>
    }
    .into_any()
}

/// The hatching over a part. The pattern is named by an attribute, since a style sheet would look for it in itself.
fn hatched(place: usize, bottom: usize, top: usize) -> Option<AnyView> {
    let (x, width) = (place * STEP + 1, STEP - 2);
    (top > bottom).then(|| {
        view! { <rect fill="url(#hatch)" x=x.to_string() y=(HEIGHT - top).to_string() width=width.to_string() height=(top - bottom).to_string()/> }
            .into_any()
    })
}

fn table(days: &[DayCount]) -> AnyView {
    let t = texts();
    let rows = days.iter().filter(|day| day.allowed + day.refused > 0).map(|day| {
        view! { <tr><th scope="row">{day.day.clone()}</th><td>{day.allowed}</td><td>{day.refused}</td></tr> }
    });
    view! {
        <details>
            <summary>{t.activity_table()}</summary>
            <table class="counts">
                <thead><tr><th scope="col">{t.activity_day()}</th><th scope="col">{t.activity_allowed()}</th><th scope="col">{t.activity_refused()}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    }
    .into_any()
}
