//! A permit is consumed by use.
use agent::{Permit, Toolbox};
use std::time::Duration;

async fn twice(toolbox: &Toolbox, permit: Permit) {
    let _ = toolbox.run(permit, Duration::ZERO).await;
    let _ = toolbox.run(permit, Duration::ZERO).await;
}

fn main() {}
