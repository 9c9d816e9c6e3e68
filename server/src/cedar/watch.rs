//! Reads the policies again when they change, in their files or in the table. Policies that do not load, or cannot be read, leave
//! the old ones in force.

use super::PolicySet;
use super::tools::report;
use policies::{Engine, LoadError, Warning};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Interval of the looks at the files or the table.
const INTERVAL: Duration = Duration::from_secs(5);

/// Follows the files for as long as the process lives.
pub(crate) async fn watch(engine: Engine, path: PathBuf) {
    let mut seen = look(&path).await;
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = look(&path).await;
        if now == seen {
            continue;
        }
        seen = now;
        reload(&engine).await;
    }
}

/// Follows the table for as long as the process lives; `version` is in force. An older version, which only somebody who can
/// write the table brings back, is refused.
pub(crate) async fn follow(engine: Engine, published: impl PolicySet, mut version: u64) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        catch_up(&engine, &published, &mut version).await;
    }
}

/// Looks at the table once.
pub(super) async fn catch_up(engine: &Engine, published: &dyn PolicySet, version: &mut u64) {
    match published.read().await {
        Ok(Some((_, now))) if now == *version => {}
        Ok(Some((files, now))) if now > *version => {
            *version = now;
            change(engine, move |engine| engine.replace_policies(&files)).await;
        }
        Ok(Some((_, now))) => {
            tracing::error!(
                version = now,
                in_force = *version,
                "the table holds older policies; the newer ones stay in force"
            );
        }
        Ok(None) => tracing::error!("the table holds no policies any more; the old ones stay in force"),
        Err(error) => tracing::error!(error = %error.cause, "the policies cannot be read; the old ones stay in force"),
    }
}

/// Reads the policies again.
pub(super) async fn reload(engine: &Engine) {
    change(engine, Engine::reload).await;
}

/// Changes the policies on a thread that may block.
async fn change(engine: &Engine, how: impl FnOnce(&Engine) -> Result<Vec<Warning>, LoadError> + Send + 'static) {
    let engine = engine.clone();
    match tokio::task::spawn_blocking(move || how(&engine)).await {
        Ok(reloaded) => {
            if reloaded.is_ok() {
                tracing::info!("the policies were read again");
            }
            report(reloaded, "the new policies do not load; the old ones stay in force");
        }
        Err(error) => tracing::error!(error = %error, "the policies could not be read again"),
    }
}

/// Name, length and time of each file.
type Stamp = Vec<(PathBuf, u64, Option<SystemTime>)>;

async fn look(path: &Path) -> Stamp {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || stamp(&path)).await.unwrap_or_default()
}

fn stamp(path: &Path) -> Stamp {
    let directory = std::fs::read_dir(path).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
    let files: Vec<PathBuf> = directory.unwrap_or_else(|_| vec![path.to_owned()]);
    let mut stamp: Stamp = files
        .into_iter()
        .filter_map(|file| {
            let about = std::fs::metadata(&file).ok()?;
            Some((file, about.len(), about.modified().ok()))
        })
        .collect();
    stamp.sort();
    stamp
}
