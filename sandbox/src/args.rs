//! Parses the command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use sandbox::{Ports, Settings, Storage};

const USAGE: &str = "sandbox [--port-base N] [--data DIR] [--app-url URL] [--model-pace-ms N] \
    [--poll-interval SECONDS] [--lent-token SECONDS] [--crowd N] [--print-env] [--env-file PATH]";

/// The parsed command line.
#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) settings: Settings,
    pub(crate) print: Print,
    pub(crate) env_file: Option<PathBuf>,
}

/// The output on standard output once every service answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Print {
    Nothing,
    Environment,
}

impl Args {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut args = Self { settings: Settings::default(), print: Print::Nothing, env_file: None };
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value; {USAGE}"));
            match word.as_str() {
                "--port-base" => args.settings.ports = Ports::From(value()?.parse().context("--port-base")?),
                "--data" => args.settings.storage = Storage::Directory(value()?.into()),
                "--app-url" => args.settings.app_url = value()?.trim_end_matches('/').to_owned(),
                "--model-pace-ms" => {
                    args.settings.model_pace = Duration::from_millis(value()?.parse().context("--model-pace-ms")?);
                }
                "--poll-interval" => args.settings.ciba.interval_s = value()?.parse().context("--poll-interval")?,
                "--lent-token" => args.settings.lent_token_s = value()?.parse().context("--lent-token")?,
                "--crowd" => args.settings.crowd = value()?.parse().context("--crowd")?,
                "--print-env" => args.print = Print::Environment,
                "--env-file" => args.env_file = Some(value()?.into()),
                _ => bail!("unknown argument {word}; {USAGE}"),
            }
        }
        Ok(args)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn arguments_become_settings() {
        let words = "--port-base 4200 --data d --app-url http://localhost:3000/ --model-pace-ms 0 --poll-interval 1 \
            --lent-token 60 --crowd 7 --print-env --env-file e";
        let args = Args::parse(words.split_whitespace().map(str::to_owned)).unwrap();
        assert_eq!(args.settings.ports, Ports::From(4200));
        assert_eq!(args.settings.storage, Storage::Directory("d".into()));
        assert_eq!(args.settings.app_url, "http://localhost:3000");
        assert_eq!(args.settings.model_pace, Duration::ZERO);
        let Settings { ciba, lent_token_s, crowd, .. } = args.settings;
        assert_eq!((ciba.interval_s, lent_token_s, crowd), (1, 60, 7));
        assert_eq!((args.print, args.env_file), (Print::Environment, Some("e".into())));
    }

    #[test]
    fn an_unknown_argument_or_a_missing_value_is_refused() {
        for words in ["--colour", "--data", "--port-base x", "--port-base 70000", "data"] {
            assert!(Args::parse(words.split(' ').map(str::to_owned)).is_err(), "{words}");
        }
    }
}
