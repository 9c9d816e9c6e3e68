//! The end of a connection.

use serde_json::json;

use crate::house::{House, toolbox};
use crate::process::{Sdk, TOKEN};

#[tokio::test]
async fn a_slow_end_of_a_session_loses_no_answer() {
    let house = House::of(Sdk::TypeScript, ["sessions", "json"]).await;
    house.tap.silence("DELETE");
    let tools = toolbox(house.discover(TOKEN).await.unwrap());
    assert_eq!(house.call(&tools, "add", json!({"a": 1})).await.unwrap(), json!({"sum": 1}));
}
