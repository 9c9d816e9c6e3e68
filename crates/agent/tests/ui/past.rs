//! A tool runs only through the toolbox, even for a holder of a permit: an execution cannot be constructed.
use agent::{Execution, Permit, Tool};

async fn past(tool: &dyn Tool, permit: Permit) {
    let _ = tool.run(permit).await;
}

async fn made_up(tool: &dyn Tool, permit: Permit) {
    let _ = tool.run(Execution(permit)).await;
}

fn main() {}
