//! Reads the policies again when their files change. Policies that do not load leave the old ones in force.

use super::tools::report;
use policies::Engine;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Interval of the looks at the files.
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

/// Reads the policies again.
pub(super) async fn reload(engine: &Engine) {
    let engine = engine.clone();
    match tokio::task::spawn_blocking(move || engine.reload()).await {
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
