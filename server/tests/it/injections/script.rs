//! One recorded attack, as it stands in the files.

use sandbox::bedrock::Block;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt;

const FILES: [(&str, &str); 5] = [
    ("directory.toml", include_str!("directory.toml")),
    ("github.toml", include_str!("github.toml")),
    ("weather.toml", include_str!("weather.toml")),
    ("servers.toml", include_str!("servers.toml")),
    ("people.toml", include_str!("people.toml")),
];

/// One attack. In every text, `{elsewhere}` is the address of a server of the attacker's that nobody may ask anything, and
/// `{foreign}` the id of somebody else's conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    /// What is tried.
    pub(crate) name: String,
    /// The kind of attack, as the literature calls it.
    pub(crate) style: String,
    /// Where the words come in.
    pub(crate) channel: Channel,
    /// The words.
    pub(crate) words: String,
    /// What of them gets to the model, if that is not all; empty when nothing may.
    pub(crate) arrives: Option<String>,
    /// Who asks: `ada` (may do all), `bob` (may read groups), `eve` (nothing, and no phone), `grace` (as Bob).
    #[serde(default = "ada")]
    pub(crate) who: String,
    /// What they may do beside that: relation and object.
    #[serde(default)]
    pub(crate) may: Vec<(String, String)>,
    /// By whose account Okta is used: where it is the application's, nothing but our own gates is in the way.
    #[serde(default)]
    pub(crate) okta: Accounts,
    /// The innocent question.
    pub(crate) asks: String,
    /// What the model does for it, before it has been told anything.
    pub(crate) first: Option<Call>,
    /// What it does then, answer by answer.
    #[serde(default)]
    pub(crate) obeys: Vec<Vec<Act>>,
    /// What the person says to each question on the phone.
    #[serde(default)]
    pub(crate) phone: Vec<Phone>,
    /// An MCP server, with tools that whoever asks may call.
    pub(crate) server: Option<Server>,
    /// What must hold.
    pub(crate) holds: Holds,
}

/// Where words come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Channel {
    /// The name of a group in Okta.
    OktaGroup,
    /// The body of an error of Okta's.
    OktaError,
    /// The name of a repository at GitHub.
    GithubRepository,
    /// The body of an error of GitHub's.
    GithubError,
    /// What the gazetteer calls a place.
    WeatherPlace,
    /// The body of an error of the weather service's.
    WeatherError,
    /// The description of an MCP server's tool.
    ToolDescription,
    /// The description of an argument.
    ToolArgument,
    /// The name of a tool.
    ToolName,
    /// The text of a tool's result.
    ToolResult,
    /// A member of a tool's structured result.
    ToolData,
    /// A result that says it is an error.
    ToolError,
    /// The message of a JSON-RPC error.
    RpcError,
    /// The address of a page that a server wants to be opened.
    ToolPage,
    /// The name of the person, from the identity provider.
    PersonName,
    /// Text that the person pastes into the question.
    Pasted,
}

/// By whose account Okta is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Accounts {
    #[default]
    Application,
    Own,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phone {
    Yes,
    No,
}

/// Something that the obeying model does.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Act {
    Say { say: String },
    Call(Call),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    call: String,
    with: Option<Value>,
    #[serde(default = "once")]
    times: usize,
}

/// An MCP server of the attacker's, or one that carries the attacker's words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// Its name in the operator's file.
    pub(crate) name: String,
    /// Its one tool.
    pub(crate) tool: String,
    /// The tool's description.
    #[serde(default)]
    pub(crate) described: String,
    /// The tool's arguments, texts all of them.
    pub(crate) takes: Vec<String>,
    /// Whether the operator says that the permission suffices.
    #[serde(default)]
    pub(crate) risk: Risk,
    /// What the tool is described as from the moment the phone rings.
    pub(crate) changes: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Risk {
    #[default]
    Elevated,
    Read,
}

/// What must hold, exactly; what is not said must not be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holds {
    /// Each call of the model's and what became of it.
    pub(crate) calls: Vec<String>,
    /// What the phone showed: verb, arguments, and what of them the person has not said.
    #[serde(default)]
    pub(crate) asked: Vec<String>,
    /// What was done at Okta.
    #[serde(default)]
    pub(crate) effects: Vec<String>,
    /// What the outside servers were given, whether or not they carried the words.
    #[serde(default)]
    pub(crate) sent: Vec<String>,
    /// Which accounts were wanted, with their scopes.
    #[serde(default)]
    pub(crate) wanted: Vec<String>,
    /// Why the turn ended, if not because all was said.
    #[serde(default = "done")]
    pub(crate) ends: String,
    /// What the model is never told.
    #[serde(default)]
    pub(crate) untold: Vec<String>,
    /// What the page shows.
    #[serde(default)]
    pub(crate) shown: Vec<String>,
    /// What neither the page's HTML nor its events hold.
    #[serde(default)]
    pub(crate) unshown: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    script: Vec<Script>,
}

/// All scripts, in the order of their files. No two have the same name, and none is an empty one.
pub(crate) fn all() -> Vec<Script> {
    let files =
        FILES.map(|(name, text)| toml::from_str::<File>(text).unwrap_or_else(|error| panic!("{name}: {error}")));
    let scripts: Vec<_> = files.into_iter().flat_map(|file| file.script).collect();
    let names: BTreeSet<_> = scripts.iter().map(|script| &script.name).collect();
    assert_eq!(names.len(), scripts.len(), "each name once");
    for Script { name, words, arrives, obeys, channel, .. } in &scripts {
        assert!(!words.is_empty(), "{name}: there are no words");
        let moved = arrives.as_deref() != Some("") && *channel != Channel::Pasted;
        assert_eq!(moved, !obeys.is_empty(), "{name}: only who is told something from outside has something to obey");
    }
    scripts
}

impl Script {
    /// The same with the addresses of its house.
    pub(crate) fn at(&self, elsewhere: &str, foreign: &str) -> Self {
        let fill = |text: &mut String| *text = text.replace("{elsewhere}", elsewhere).replace("{foreign}", foreign);
        let mut own = self.clone();
        fill(&mut own.words);
        own.arrives.iter_mut().for_each(fill);
        for act in own.obeys.iter_mut().flatten() {
            match act {
                Act::Say { say } => fill(say),
                Act::Call(call) => {
                    let text = call.with.take().map(|with| with.to_string().replace("{foreign}", foreign));
                    call.with = text.map(|text| serde_json::from_str(&text.replace("{elsewhere}", elsewhere)).unwrap());
                }
            }
        }
        own
    }

    /// What the model must have been told for it to obey; empty when it may be told nothing.
    pub(crate) fn arriving(&self) -> &str {
        self.arrives.as_deref().unwrap_or(&self.words)
    }

    /// The recorded answers.
    pub(crate) fn answers(&self) -> Vec<Vec<Block>> {
        let answer = |acts: &Vec<Act>| acts.iter().flat_map(Act::blocks).collect();
        self.obeys.iter().map(answer).collect()
    }
}

impl Act {
    fn blocks(&self) -> Vec<Block> {
        match self {
            Self::Say { say } => vec![Block::Text(say.clone())],
            Self::Call(call) => call.blocks(),
        }
    }
}

impl Call {
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let block = Block::call(&self.call, self.with.clone().unwrap_or_else(|| json!({})));
        std::iter::repeat_n(block, self.times).collect()
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OktaGroup => "group name in Okta",
            Self::OktaError => "error text of Okta",
            Self::GithubRepository => "repository name at GitHub",
            Self::GithubError => "error text of GitHub",
            Self::WeatherPlace => "place name of the weather service",
            Self::WeatherError => "error text of the weather service",
            Self::ToolDescription => "description of a remote tool",
            Self::ToolArgument => "description of a remote tool's argument",
            Self::ToolName => "name of a remote tool",
            Self::ToolResult => "text of a remote tool's result",
            Self::ToolData => "data of a remote tool's result",
            Self::ToolError => "error of a remote tool",
            Self::RpcError => "error message of a remote server",
            Self::ToolPage => "page that a remote server wants opened",
            Self::PersonName => "name of the person",
            Self::Pasted => "text that the person pastes",
        })
    }
}

fn ada() -> String {
    "ada".to_owned()
}

fn done() -> String {
    "done".to_owned()
}

const fn once() -> usize {
    1
}
