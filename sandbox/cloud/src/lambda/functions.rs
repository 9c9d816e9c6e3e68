//! The sample functions.

use serde_json::{Value, json};

/// A function: returns its result, or the error that its runtime would report.
pub(super) type Function = fn(&Value) -> Result<Value, Value>;

/// The orders and their states.
const ORDERS: [(&str, &str); 2] = [("A-1001", "shipped"), ("A-1002", "delivered")];

pub(super) fn named(name: &str) -> Option<Function> {
    match name {
        "order_status" => Some(order_status),
        "refund" => Some(refund),
        _ => None,
    }
}

fn order_status(event: &Value) -> Result<Value, Value> {
    let (id, state) = order(event)?;
    Ok(json!({"order_id": id, "status": state}))
}

fn refund(event: &Value) -> Result<Value, Value> {
    let (id, _) = order(event)?;
    let cents = event["cents"].as_i64().filter(|cents| *cents > 0);
    let cents = cents.ok_or_else(|| raised("ValueError", "cents must be positive"))?;
    Ok(json!({"order_id": id, "refunded_cents": cents}))
}

fn order(event: &Value) -> Result<(&'static str, &'static str), Value> {
    let wanted = event["order_id"].as_str().ok_or_else(|| raised("KeyError", "'order_id'"))?;
    let found = ORDERS.into_iter().find(|(id, _)| *id == wanted);
    found.ok_or_else(|| raised("LookupError", "there is no such order"))
}

/// The error that the Python runtime reports for an exception.
fn raised(kind: &str, message: &str) -> Value {
    json!({"errorMessage": message, "errorType": kind, "requestId": "", "stackTrace": []})
}
