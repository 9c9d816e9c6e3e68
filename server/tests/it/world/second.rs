//! A second instance of the server over the same stores.

use super::browser::Browser;
use super::{Instance, TestApp};
use tokio::net::TcpListener;

/// Another running server. [`Second::finish`] must end it before the first one ends.
pub(crate) struct Second {
    url: String,
    instance: Instance,
}

impl TestApp {
    /// Starts another instance with the same configuration, as behind a load balancer.
    pub(crate) async fn second(&self) -> Second {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let instance = Instance::start(listener, &self.sandbox, &self.config, self.bounds.clone()).await.unwrap();
        Second { url, instance }
    }
}

impl Second {
    /// Returns a browser that uses this instance with a session of another one.
    pub(crate) fn browser(&self, session: &str) -> Browser {
        let browser = Browser::new(&self.url);
        browser.plant(session);
        browser
    }

    pub(crate) async fn finish(mut self) {
        self.instance.stop().await;
    }
}
