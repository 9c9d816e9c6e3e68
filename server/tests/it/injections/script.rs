//! A recorded attack, as written in the files.

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

/// One attack. In every text, `{elsewhere}` is the address of the attacker's server, which must not receive any
/// request, and `{foreign}` is the id of another person's conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    /// The attack in a few words.
    pub(crate) name: String,
    /// The kind of attack, as the literature calls it.
    pub(crate) style: String,
    /// The channel through which the text arrives.
    pub(crate) channel: Channel,
    /// The injected text.
    pub(crate) words: String,
    /// The part of the text that reaches the model, if not all of it; empty if nothing may.
    pub(crate) arrives: Option<String>,
    /// The person who asks: `ada` (may do everything), `bob` (may read groups), `eve` (may do nothing and has no
    /// phone), `grace` (like Bob).
    #[serde(default = "ada")]
    pub(crate) who: String,
    /// Additional permissions of the person: relation and object.
    #[serde(default)]
    pub(crate) may: Vec<(String, String)>,
    /// The kind of account for Okta. With the application's account only our own checks stand in the way.
    #[serde(default)]
    pub(crate) okta: Accounts,
    /// The innocent question.
    pub(crate) asks: String,
    /// The model's first call, before the text has reached it.
    pub(crate) first: Option<Call>,
    /// The model's answers once the text has reached it.
    #[serde(default)]
    pub(crate) obeys: Vec<Vec<Act>>,
    /// The person's answers on the phone, in order.
    #[serde(default)]
    pub(crate) phone: Vec<Phone>,
    /// An MCP server whose tool the person may call.
    pub(crate) server: Option<Server>,
    /// The expected results.
    pub(crate) holds: Holds,
}

/// The channel through which the text arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Channel {
    /// The name of a group in Okta.
    OktaGroup,
    /// The body of an Okta error.
    OktaError,
    /// The name of a repository at GitHub.
    GithubRepository,
    /// The body of a GitHub error.
    GithubError,
    /// The gazetteer's name of a place.
    WeatherPlace,
    /// The body of an error of the weather service.
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
    /// A result marked as an error.
    ToolError,
    /// The message of a JSON-RPC error.
    RpcError,
    /// The URL of a page that a server asks to open.
    ToolPage,
    /// The name of the person, from the identity provider.
    PersonName,
    /// Text that the person pastes into the question.
    Pasted,
}

/// The kind of account for Okta.
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

/// One act of the obedient model.
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

/// An MCP server that belongs to the attacker or carries the attacker's text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// Name in the operator's file.
    pub(crate) name: String,
    /// Name of its only tool.
    pub(crate) tool: String,
    /// The tool's description.
    #[serde(default)]
    pub(crate) described: String,
    /// Names of the tool's arguments; all are strings.
    pub(crate) takes: Vec<String>,
    /// The tool's risk according to the operator; for `read` the permission suffices.
    #[serde(default)]
    pub(crate) risk: Risk,
    /// The tool's description from the moment the approval request is on the phone.
    pub(crate) changes: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Risk {
    #[default]
    Elevated,
    Read,
}

/// The expected results, exactly; a missing list means that nothing of the kind may happen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holds {
    /// The model's calls and their outcomes.
    pub(crate) calls: Vec<String>,
    /// The approval requests: verb, arguments, and the parts that are not the person's words.
    #[serde(default)]
    pub(crate) asked: Vec<String>,
    /// Actions performed at Okta.
    #[serde(default)]
    pub(crate) effects: Vec<String>,
    /// Calls that MCP servers received, whether or not they carried the text.
    #[serde(default)]
    pub(crate) sent: Vec<String>,
    /// Requested accounts, with their scopes.
    #[serde(default)]
    pub(crate) wanted: Vec<String>,
    /// The reason for the end of the turn.
    #[serde(default = "done")]
    pub(crate) ends: String,
    /// Texts that must not reach the model.
    #[serde(default)]
    pub(crate) untold: Vec<String>,
    /// Texts that the page must show.
    #[serde(default)]
    pub(crate) shown: Vec<String>,
    /// Texts that neither the page's HTML nor its events may contain.
    #[serde(default)]
    pub(crate) unshown: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    script: Vec<Script>,
}

/// Reads all scripts, in the order of the files; panics if a name repeats or a script has no text.
pub(crate) fn all() -> Vec<Script> {
    let files =
        FILES.map(|(name, text)| toml::from_str::<File>(text).unwrap_or_else(|error| panic!("{name}: {error}")));
    let scripts: Vec<_> = files.into_iter().flat_map(|file| file.script).collect();
    let names: BTreeSet<_> = scripts.iter().map(|script| &script.name).collect();
    assert_eq!(names.len(), scripts.len(), "each name once");
    for Script { name, words, arrives, obeys, channel, .. } in &scripts {
        assert!(!words.is_empty(), "{name}: there are no words");
        let moved = arrives.as_deref() != Some("") && *channel != Channel::Pasted;
        assert_eq!(moved, !obeys.is_empty(), "{name}: only a script with text from outside has something to obey");
    }
    scripts
}

impl Script {
    /// Returns the script with the given addresses filled in.
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

    /// Returns the text that must reach the model before it obeys; empty if nothing may reach it.
    pub(crate) fn arriving(&self) -> &str {
        self.arrives.as_deref().unwrap_or(&self.words)
    }

    /// Returns the recorded answers of the model.
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
