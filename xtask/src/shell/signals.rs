//! Signals such as Ctrl-C are recorded, so that child processes can be stopped first.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

static CAUGHT: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Records signals from now on, instead of terminating.
pub(crate) fn listen() -> Result<()> {
    let flag = CAUGHT.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(flag))?;
    }
    Ok(())
}

pub(crate) fn caught() -> bool {
    CAUGHT.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// Sleeps between two polls of a child process.
pub(crate) fn pause() {
    thread::sleep(Duration::from_millis(20));
}
