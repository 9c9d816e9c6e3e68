//! A call without a permit runs nothing.
use agent::{ToolCall, Toolbox};
use std::time::Duration;

async fn bare(toolbox: &Toolbox, call: ToolCall) {
    let _ = toolbox.run(call, Duration::ZERO).await;
}

fn main() {}
