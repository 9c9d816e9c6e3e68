//! Reads the Fluent files of all languages.

use super::pattern::{self, Pattern};
use fluent_syntax::ast::Entry;
use std::collections::BTreeMap;
use std::path::Path;

/// The directories of the languages. The first is the one that all others are compared with.
pub(crate) const LANGUAGES: [&str; 3] = ["en", "es", "de"];

/// The file whose texts the browser's program has too.
pub(crate) const BROWSER: &str = "browser.ftl";

/// The file whose texts are stored in English and looked up by their text.
const STORED: &str = "stored.ftl";

/// A message.
#[derive(Debug)]
pub(crate) struct Message {
    /// Its id in the files.
    pub(crate) id: String,
    /// `true` if it is a form of stored sentences.
    pub(crate) stored: bool,
    /// `true` if the browser's program has it too.
    pub(crate) browser: bool,
    /// Its variables, in the order of the parameters.
    pub(crate) variables: Vec<Variable>,
    /// Its pattern in each language, in the order of [`LANGUAGES`].
    pub(crate) patterns: Vec<Option<String>>,
}

/// A variable of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// `true` if it is a number.
    pub(crate) number: bool,
}

/// All messages; those of the browser come first.
#[derive(Debug)]
pub(crate) struct Catalog(pub(crate) Vec<Message>);

impl Catalog {
    /// Reads the files below `root`.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let languages: Vec<_> =
            LANGUAGES.iter().map(|language| messages(&root.join(language))).collect::<Result<_, _>>()?;
        let (english, others) = languages.split_first().ok_or("no language")?;
        for (other, name) in others.iter().zip(&LANGUAGES[1..]) {
            for ((id, file), (_, pattern)) in other.iter().map(|(id, (file, pattern))| ((id, file), (file, pattern))) {
                let Some((own, reference)) = english.get(id) else {
                    return Err(format!("{name}/{file}: English has no message {id}"));
                };
                if own != file {
                    return Err(format!("{name}/{file}: {id} belongs into {own}"));
                }
                let (mut here, mut there) = (pattern.variables.clone(), reference.variables.clone());
                here.sort_by(|a, b| a.name.cmp(&b.name));
                there.sort_by(|a, b| a.name.cmp(&b.name));
                if here != there {
                    return Err(format!("{name}/{file}: the variables of {id} differ from the English ones"));
                }
            }
        }
        let mut all: Vec<_> = english
            .iter()
            .map(|(id, (file, pattern))| {
                let names: Vec<_> = pattern.variables.iter().map(|variable| variable.name.as_str()).collect();
                let patterns = languages.iter().map(|own| own.get(id).map(|(_, pattern)| pattern.encoded(&names)));
                Message {
                    id: id.clone(),
                    browser: file == BROWSER,
                    stored: file == STORED,
                    variables: pattern.variables.clone(),
                    patterns: patterns.collect(),
                }
            })
            .collect();
        all.sort_by_key(|message| !message.browser);
        Ok(Self(all))
    }
}

/// The messages of a language by their ids, each with the name of its file.
fn messages(directory: &Path) -> Result<BTreeMap<String, (String, Pattern)>, String> {
    let mut found = BTreeMap::new();
    let entries = std::fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let at = |id: &str, error: &str| format!("{}: {id}: {error}", path.display());
        let resource = fluent_syntax::parser::parse(text.as_str())
            .map_err(|(_, errors)| format!("{}: {errors:?}", path.display()))?;
        for entry in resource.body {
            let message = match entry {
                Entry::Message(message) => message,
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
                Entry::Term(_) | Entry::Junk { .. } => return Err(at("?", "only messages and comments are known")),
            };
            let id = message.id.name.to_owned();
            let value = message.value.ok_or_else(|| at(&id, "it has no text"))?;
            if !message.attributes.is_empty() {
                return Err(at(&id, "attributes are not known"));
            }
            let pattern = pattern::read(&value).map_err(|error| at(&id, &error))?;
            if found.insert(id.clone(), (name.clone(), pattern)).is_some() {
                return Err(at(&id, "it stands twice"));
            }
        }
    }
    Ok(found)
}
