//! The targets file, as an operator would write it for the sandbox's Lambda and its API of orders.

use sandbox::Sandbox;
use std::path::PathBuf;

/// The `OpenAPI` document of the API of orders.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sandbox/cloud/src/orders/openapi.json");

/// Two targets: an HTTP API that people call with their own tokens, and functions that the server signs for.
pub(crate) fn demo(sandbox: &Sandbox) -> Option<String> {
    let variable = |name| sandbox.variable(name).unwrap();
    let (orders, audience, lambda) =
        (variable("ORDERS_URL"), variable("ORDERS_AUDIENCE"), variable("LAMBDA_ENDPOINT_URL"));
    let function = |name: &str| sandbox.lambda().arn(name);
    let (status, refund) = (function("order_status"), function("refund"));
    Some(format!(
        r#"
allow = ["{orders}", "{lambda}"]

[targets.orders]
kind = "openapi"
url = "{orders}"
document = "{DOCUMENT}"
credential = {{ kind = "person", audience = "{audience}", scopes = ["orders:read", "orders:write"] }}
[targets.orders.tools.getOrder]
name = "get_order"
risk = "read"
object = "tool:orders/order/{{order_id}}"
summary = "Read the order {{order_id}}"
[targets.orders.tools.addNote]
name = "add_note"

[targets.shop]
kind = "lambda"
function = "{refund}"
url = "{lambda}"
[targets.shop.tools.refund]
summary = "Refund {{cents}} cents of the order {{order_id}}"
verb = "Refund order"
[targets.shop.tools.refund.parameters.order_id]
type = "string"
[targets.shop.tools.refund.parameters.cents]
type = "integer"

[targets.status]
kind = "lambda"
function = "{status}"
url = "{lambda}"
[targets.status.tools.order_status]
risk = "read"
object = "tool:shop/order_status"
parameters = {{ order_id = {{ type = "string" }} }}
"#
    ))
}

/// Writes the file; its name is the server's port.
pub(super) fn write(port: u16, text: &str) -> PathBuf {
    let path = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/targets")).join(format!("{port}.toml"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}
