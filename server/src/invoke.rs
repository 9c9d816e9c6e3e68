//! `countersign invoke`: a client of the runtime door, for a person's token, an agent's own and a role of AWS. It reads no
//! settings: only its arguments, the variables that they name, and for a role those of the AWS SDK.

mod arguments;
mod stream;
mod token;

pub use arguments::{Credential, Invocation, InvokeUsage};

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Response};
use std::io::Write;
use std::time::Duration;
use stream::{Ending, Transcript};

/// The usage text of this command.
pub const USAGE: &str = "\
countersign invoke URL --token-env NAME [--session ID] [--key KEY] PROMPT
                             ask at the runtime door of another server, with the access token in the variable NAME
    --agent --token-url URL --client-id ID --secret-env NAME [--audience AUDIENCE]
                             in place of --token-env: get a token for this client itself (client credentials)
    --aws [--audience AUDIENCE]
                             in place of --token-env: get a web identity token of AWS STS for the role of this environment
    It exits with 0 if the turn is done, 1 if it is not, 2 if the arguments are wrong, and 3 if the stream was cut.
";

/// Longest wait for a connection.
const CONNECTING: Duration = Duration::from_secs(10);
/// Longest silence: the door sends a heartbeat every ten seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// Longest answer, which no turn reaches: a person's approval included.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// Largest body of an error, in bytes.
const LARGEST_ERROR: usize = 64 * 1024;
/// Most characters that are shown of a text of an error.
const SHOWN: usize = 300;

/// The outcome of the command, which is its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvokeExit {
    /// The turn is done.
    Done = 0,
    /// The turn was refused, or ended in another way.
    NotDone = 1,
    /// The stream ended before the turn did, which may go on.
    Cut = 3,
}

/// An invocation that received no stream. The text is for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvokeError {
    #[error("the variable {0} is not set")]
    Variable(String),
    #[error("AWS STS gave no token: {0}")]
    Sts(String),
    #[error("no HTTP client can be created here: {0}")]
    Client(#[source] reqwest::Error),
    #[error("{place} cannot be reached: {source}")]
    Unreachable { place: &'static str, source: reqwest::Error },
    #[error("{place} answered {status}: {text}")]
    Refused { place: &'static str, status: u16, text: String },
    #[error("{0} answered something else than its protocol says")]
    Answer(&'static str),
    #[error("this machine provides no random bytes, so give --session and --key")]
    Randomness,
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

impl Invocation {
    /// Asks the door and prints the turn to `out` as it happens, and to `notes` what the person needs to join it again. `variable`
    /// returns the value of a variable of the environment.
    pub async fn run(
        &self,
        variable: impl Fn(&str) -> Option<String>,
        out: &mut impl Write,
        notes: &mut impl Write,
    ) -> InvokeExit {
        match self.attempt(&variable, out, notes).await {
            Ok(exit) => exit,
            Err(error) => {
                let _ = writeln!(notes, "countersign: {}", text::line(&error.to_string(), 2 * SHOWN));
                InvokeExit::NotDone
            }
        }
    }

    async fn attempt(
        &self,
        variable: &impl Fn(&str) -> Option<String>,
        out: &mut impl Write,
        notes: &mut impl Write,
    ) -> Result<InvokeExit, InvokeError> {
        let http = http_client::builder(LONGEST).connect_timeout(CONNECTING).read_timeout(SILENCE);
        let http = http.build().map_err(InvokeError::Client)?;
        let token = token::obtain(&http, &self.credential, &self.url, variable).await?;
        let (session, key) = (given_or_random(self.session.as_deref())?, given_or_random(self.key.as_deref())?);
        let answer = self.ask(&http, &token, &session, &key).await?;
        let mut transcript = Transcript::new(out);
        let ending = stream::follow(answer, &mut transcript).await?;
        transcript.finish()?;
        match ending {
            Ending::Done => return Ok(InvokeExit::Done),
            Ending::Other(text) => writeln!(notes, "{text}")?,
            Ending::GoesOn(text) => writeln!(notes, "{text} {}", joining(&session, &key))?,
            Ending::Cut => {
                writeln!(notes, "The stream was cut before the turn ended. {}", joining(&session, &key))?;
                return Ok(InvokeExit::Cut);
            }
        }
        Ok(InvokeExit::NotDone)
    }

    async fn ask(
        &self,
        http: &Client,
        token: &secrecy::SecretString,
        session: &str,
        key: &str,
    ) -> Result<Response, InvokeError> {
        const DOOR: &str = "the door";
        let request = http
            .post(self.url.clone())
            .bearer_auth(secrecy::ExposeSecret::expose_secret(token))
            .header("x-amzn-bedrock-agentcore-runtime-session-id", session)
            .header("idempotency-key", key)
            .header(ACCEPT, "text/event-stream")
            .json(&serde_json::json!({ "prompt": self.prompt }));
        let answer = request.send().await;
        let answer = answer.map_err(|error| InvokeError::Unreachable { place: DOOR, source: error.without_url() })?;
        if answer.status().as_u16() != 200 {
            return Err(refused(DOOR, answer).await);
        }
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/event-stream") { Ok(answer) } else { Err(InvokeError::Answer(DOOR)) }
    }
}

fn given_or_random(given: Option<&str>) -> Result<String, InvokeError> {
    let random = || system::random::text().map_err(|_| InvokeError::Randomness);
    // A session id has at least 33 characters.
    given.map_or_else(|| Ok(format!("invoke-{}{}", random()?, random()?)), |given| Ok(given.to_owned()))
}

fn joining(session: &str, key: &str) -> String {
    format!("It may go on: join it with the same prompt and --session {session} --key {key}")
}

/// Reads a refusal: the sentence for people of our doors, or the error of a token endpoint.
async fn refused(place: &'static str, answer: Response) -> InvokeError {
    let status = answer.status().as_u16();
    let body = http_client::body(answer, LARGEST_ERROR).await.unwrap_or_default();
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let told = ["message", "error_description", "error"].iter().find_map(|name| json[*name].as_str());
    let text = text::line(told.unwrap_or("it does not say why"), SHOWN);
    InvokeError::Refused { place, status, text }
}
