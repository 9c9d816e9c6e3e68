//! The rule that links between documents lead to existing files and headings.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path};

use anyhow::Result;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    let pages: Vec<Page> =
        repository.sources.iter().filter(|source| source.has_extension("md")).map(Page::of).collect();
    let headings: HashMap<&str, &HashSet<String>> = pages.iter().map(|page| (page.path, &page.headings)).collect();
    let exists = |path: &str| repository.workspace.path(path).exists();
    Ok(pages.iter().flat_map(|page| page.broken(&headings, exists)).collect())
}

/// A document with the anchors of its headings and its links.
struct Page<'a> {
    path: &'a str,
    headings: HashSet<String>,
    links: Vec<String>,
}

impl<'a> Page<'a> {
    fn of(source: &'a Source) -> Self {
        let mut page = Self { path: &source.path, headings: HashSet::new(), links: Vec::new() };
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(&source.text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.headings.extend(heading.take().map(|text| anchor(&text))),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                _ => {}
            }
        }
        page
    }

    fn broken(&self, headings: &HashMap<&str, &HashSet<String>>, exists: impl Fn(&str) -> bool) -> Findings {
        let mut findings = Findings::new();
        for link in self.links.iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let (file, heading) = link.split_once('#').map_or((link.as_str(), None), |(file, it)| (file, Some(it)));
            let path = if file.is_empty() { self.path.to_owned() } else { resolved(self.path, file) };
            let has = |heading| headings.get(path.as_str()).is_some_and(|headings| headings.contains(heading));
            if !exists(&path) {
                findings.push(format!("{}: there is no {path}", self.path));
            } else if heading.is_some_and(|heading| !has(heading)) {
                findings.push(format!("{}: {path} has no heading for {link}", self.path));
            }
        }
        findings
    }
}

/// Resolves a link on a page to a path from the root.
fn resolved(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(part) => parts.extend(part.to_str()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    parts.join("/")
}

/// Returns the anchor that mdBook and code hosts give a heading: lower case, hyphens for spaces, no other punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn links_lead_to_files_and_headings_that_exist() {
        let rows = [
            ("[a](other.md)", 0),
            ("[a](other.md#the-first-one)", 0),
            ("[a](#here)", 0),
            ("![a](../shots/a.png)", 0),
            ("[a](https://example.org/gone)", 0),
            ("[a](gone.md)", 1),
            ("[a](other.md#gone)", 1),
            ("[a](#gone)", 1),
            ("`[a](gone.md)`", 0),
            ("| a |\n| - |\n| [b](gone.md) |", 1),
        ];
        let other = source("docs/other.md", "## The *first* `one`!\n");
        for (text, expected) in rows {
            let own = source("docs/page.md", &format!("# Here\n\n{text}\n"));
            let pages = [Page::of(&own), Page::of(&other)];
            let headings = pages.iter().map(|page| (page.path, &page.headings)).collect();
            let exists = |path: &str| ["docs/page.md", "docs/other.md", "shots/a.png"].contains(&path);
            assert_eq!(pages[0].broken(&headings, exists).len(), expected, "{text}");
        }
    }
}
