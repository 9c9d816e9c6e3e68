//! The server of Countersign: configuration, wiring, and the commands of the binary.

pub mod audit;
pub mod cedar;
pub mod config;
pub mod doctor;
pub mod instructions;
pub mod invoke;
mod offered;
mod serve;
pub mod telemetry;
mod tenant_tools;
pub mod wiring;

pub use crate::serve::serve;

use crate::config::Config;
use crate::wiring::Application;
use app::pages::StyleGuide;
use axum::Router;
use edge::Site;

/// Returns the routes of the pages, and those of the MCP door if the file of doors describes one: clients then find it at the
/// same address.
///
/// # Errors
/// The file of doors contradicts itself.
pub fn routes(config: &Config, application: &Application) -> anyhow::Result<Router> {
    let pages = router(config, application);
    if !config.doors.doors.contains_key(edge::doors::mcp::NAME) {
        return Ok(pages);
    }
    let door = wiring::door(config, application, edge::doors::mcp::NAME)?;
    Ok(pages.merge(edge::doors::mcp::router(&door)))
}

/// Returns the routes of the pages of the assembled server, at the place that the configuration names.
pub fn router(config: &Config, application: &Application) -> Router {
    let site = Site {
        origin: config.origin(),
        listen: config.listen,
        root: config.site_root.clone(),
        style_guide: config.style_guide.then_some(StyleGuide),
    };
    edge::router(&site, &application.state)
}
