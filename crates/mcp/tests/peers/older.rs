//! Older revisions, as implemented by the official SDKs.

use serde_json::json;

use crate::house::{House, toolbox};
use crate::process::{Sdk, TOKEN};

/// A gateway may know the current revision and be configured not to use it. It answers with -32022, and the client and
/// the SDK must negotiate another one.
#[tokio::test]
async fn a_server_with_only_older_revisions_is_spoken_to_in_the_newest_of_them() {
    let rows: [(&'static [&'static str], &str); 4] = [
        (&["2025-03-26", "2025-11-25"], "2025-11-25"),
        (&["2025-06-18"], "2025-06-18"),
        (&["2025-03-26", "2099-01-01"], "2025-03-26"),
        (&[], "2025-11-25"),
    ];
    for sdk in [Sdk::Python1, Sdk::Python2, Sdk::TypeScript] {
        let house = House::of(sdk, ["sessions", "sse"]).await;
        for (enabled, spoken) in rows {
            house.tap.enable(enabled);
            let discovery = house.discover(TOKEN).await.unwrap_or_else(|error| panic!("{sdk:?} {enabled:?}: {error}"));
            let sum = house.call(&toolbox(discovery), "add", json!({"a": 1})).await.unwrap();
            assert_eq!((&sum, house.tap.version().as_str()), (&json!({"sum": 1}), spoken), "{sdk:?} {enabled:?}");
        }
    }
}

#[tokio::test]
async fn an_unsupported_server_is_reported_with_the_revisions_that_it_names() {
    let house = House::of(Sdk::TypeScript, ["sessions", "json"]).await;
    house.tap.enable(&["2099-01-01", "2098-01-01"]);
    let error = house.discover(TOKEN).await.unwrap_err().to_string();
    let expected = "the MCP server peer: it speaks none of our versions of the protocol (2026-07-28, 2025-11-25, \
        2025-06-18, 2025-03-26), only \"2099-01-01, 2098-01-01\"";
    assert_eq!(error, expected);
}
