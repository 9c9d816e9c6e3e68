//! The real program as a child process, with its memory and processor time.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; dropping this value kills it.
pub(crate) struct Server {
    child: Child,
    /// Time from the start to the first response.
    pub(crate) began_in: Duration,
}

/// Memory of a process, in KiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident memory, including the pages of the program itself.
    pub(crate) resident: u64,
    /// Allocated memory: heap and stacks.
    pub(crate) anonymous: u64,
}

/// Returns a port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

impl Server {
    pub(crate) async fn start(variables: &[(String, String)], port: u16) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.env_clear().envs(variables.iter().map(|(name, value)| (name, value)));
        // The many people have no accounts of their own that may manage Okta.
        command
            .env_remove("OKTA_CONNECTION")
            .env("COUNTERSIGN_LISTEN", format!("127.0.0.1:{port}"))
            .env("MAX_POSTS_A_MINUTE", "60000")
            .env("LOG_LEVEL", "error");
        command.env("LEPTOS_SITE_ROOT", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/site"));
        let begun = Instant::now();
        let child = command.stdin(Stdio::null()).spawn().expect("the server starts");
        let url = format!("http://127.0.0.1:{port}/health/live");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        while http.get(&url).send().await.is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not answer");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Self { child, began_in: begun.elapsed() }
    }

    pub(crate) fn memory(&self) -> Memory {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        Memory { resident: kib("VmRSS:"), anonymous: kib("RssAnon:") }
    }

    /// Returns the processor time so far. The kernel counts in hundredths of a second (`proc_pid_stat(5)`, fields 14
    /// and 15).
    pub(crate) fn busy(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The second field, the name, is in parentheses and may contain anything.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl std::fmt::Display for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mib = |kib: u64| kib / 1024;
        write!(f, "{} MiB resident, {} MiB of it its own", mib(self.resident), mib(self.anonymous))
    }
}
