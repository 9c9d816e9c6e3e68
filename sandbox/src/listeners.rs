//! One loopback listener for each service.

use std::net::SocketAddr;

use anyhow::Context;
use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::settings::Ports;

/// The services' listeners. They are bound before any service is created, because the issuer's URL contains its port.
pub(crate) struct Listeners {
    pub(crate) console: TcpListener,
    pub(crate) identity: TcpListener,
    pub(crate) okta: TcpListener,
    pub(crate) fga: TcpListener,
    pub(crate) bedrock: TcpListener,
    pub(crate) dynamodb: TcpListener,
    pub(crate) secrets_manager: TcpListener,
    pub(crate) github: TcpListener,
    pub(crate) open_meteo: TcpListener,
    pub(crate) mcp: TcpListener,
    pub(crate) push: TcpListener,
    pub(crate) lambda: TcpListener,
    pub(crate) orders: TcpListener,
    pub(crate) sts: TcpListener,
    pub(crate) agent_core: TcpListener,
}

impl Listeners {
    pub(crate) async fn bind(ports: Ports) -> anyhow::Result<Self> {
        Ok(Self {
            console: bind(ports, 0).await?,
            identity: bind(ports, 1).await?,
            okta: bind(ports, 2).await?,
            fga: bind(ports, 3).await?,
            bedrock: bind(ports, 4).await?,
            dynamodb: bind(ports, 5).await?,
            secrets_manager: bind(ports, 6).await?,
            github: bind(ports, 7).await?,
            open_meteo: bind(ports, 8).await?,
            mcp: bind(ports, 9).await?,
            push: bind(ports, 10).await?,
            lambda: bind(ports, 11).await?,
            orders: bind(ports, 12).await?,
            sts: bind(ports, 13).await?,
            agent_core: bind(ports, 14).await?,
        })
    }

    pub(crate) fn addresses(&self) -> anyhow::Result<Addresses> {
        Ok(Addresses {
            console: self.console.local_addr()?,
            identity: self.identity.local_addr()?,
            okta: self.okta.local_addr()?,
            fga: self.fga.local_addr()?,
            bedrock: self.bedrock.local_addr()?,
            dynamodb: self.dynamodb.local_addr()?,
            secrets_manager: self.secrets_manager.local_addr()?,
            github: self.github.local_addr()?,
            open_meteo: self.open_meteo.local_addr()?,
            mcp: self.mcp.local_addr()?,
            push: self.push.local_addr()?,
            lambda: self.lambda.local_addr()?,
            orders: self.orders.local_addr()?,
            sts: self.sts.local_addr()?,
            agent_core: self.agent_core.local_addr()?,
        })
    }
}

/// The addresses of the services.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addresses {
    pub(crate) console: SocketAddr,
    pub(crate) identity: SocketAddr,
    pub(crate) okta: SocketAddr,
    pub(crate) fga: SocketAddr,
    pub(crate) bedrock: SocketAddr,
    pub(crate) dynamodb: SocketAddr,
    pub(crate) secrets_manager: SocketAddr,
    pub(crate) github: SocketAddr,
    pub(crate) open_meteo: SocketAddr,
    pub(crate) mcp: SocketAddr,
    pub(crate) push: SocketAddr,
    pub(crate) lambda: SocketAddr,
    pub(crate) orders: SocketAddr,
    pub(crate) sts: SocketAddr,
    pub(crate) agent_core: SocketAddr,
}

/// Returns the URL of a service that browsers visit. It uses the host name, by which cookies and `Sec-Fetch-Site`
/// distinguish sites; for requests between services, [`called`] uses the IP address.
pub(crate) fn browsed(address: SocketAddr) -> String {
    format!("http://localhost:{}", address.port())
}

pub(crate) fn called(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Serves a router until the set is dropped.
pub(crate) fn serve(tasks: &mut JoinSet<()>, listener: TcpListener, router: Router) {
    // Nagle's algorithm would delay the small frames of a stream.
    let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
    tasks.spawn(async move {
        // Never returns, because `axum::serve` retries after accept errors.
        drop(axum::serve(listener, router).await);
    });
}

async fn bind(ports: Ports, offset: u16) -> anyhow::Result<TcpListener> {
    let port = match ports {
        Ports::From(base) => base.checked_add(offset).context("the port base is too high")?,
        Ports::Free => 0,
    };
    TcpListener::bind(("127.0.0.1", port)).await.with_context(|| format!("port {port} of 127.0.0.1 is not free"))
}
