//! The server's log, in both formats, without the lines of the sandbox, which is another program.

use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;
use tracing_subscriber::fmt::{MakeWriter, layer};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// More detailed than the default, so that no leak hides at a finer level.
const LEVELS: &str = "debug,sandbox=off,sandbox_identity=off,sandbox_cloud=off,sandbox_bedrock=off,sandbox_fga=off,\
    sandbox_kit=off,dynoxide=off";

static TEXT: Page = Page(Mutex::new(Vec::new()));
static JSON: Page = Page(Mutex::new(Vec::new()));

struct Page(Mutex<Vec<u8>>);

/// Starts to collect log lines, once in a process.
pub(crate) fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let text = layer().with_ansi(false).with_writer(&TEXT).with_filter(EnvFilter::new(LEVELS));
        let json = layer().json().flatten_event(true).with_writer(&JSON).with_filter(EnvFilter::new(LEVELS));
        tracing_subscriber::registry().with(text).with(json).init();
    });
}

/// Returns all lines of the text format.
pub(crate) fn text() -> String {
    TEXT.read()
}

/// Waits until the log contains these words; fails after 20 seconds.
pub(crate) async fn wait_for(words: &str) {
    let said = async {
        while !text().contains(words) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), said)
        .await
        .unwrap_or_else(|_| panic!("the log does not contain: {words}"));
}

/// Returns all lines of the JSON format.
pub(crate) fn json() -> String {
    JSON.read()
}

impl Page {
    fn read(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap()
    }
}

impl<'a> MakeWriter<'a> for &'static Page {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self
    }
}

impl Write for &'static Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
