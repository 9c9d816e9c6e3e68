//! A tool runs by way of the toolbox alone, whoever holds the permit: an execution cannot be made up.
use agent::{Execution, Permit, Tool};

async fn past(tool: &dyn Tool, permit: Permit) {
    let _ = tool.run(permit).await;
}

async fn made_up(tool: &dyn Tool, permit: Permit) {
    let _ = tool.run(Execution(permit)).await;
}

fn main() {}
