//! The initial data: tables, the authorization model, and its tuples.

use anyhow::Context;
use sandbox_cloud::Dynamo;
use sandbox_cloud::dynamo::Table;
use sandbox_fga::Fga;
use sandbox_fga::tuple::Tuple;
use sandbox_kit::People;

/// The store's id. It is constant, so that the product's server works after a restart of the sandbox.
pub(crate) const STORE: &str = "01SANDBX000000000000000000";

/// The product's authorization model, in the JSON that its own build writes.
const MODEL: &str = include_str!("../../authz/model.json");

const TABLES: [Table<'_>; 2] = [
    Table { name: "bedrock-sessions", partition: "session_id", sort: None, ttl: "ttl" },
    Table { name: "countersign", partition: "pk", sort: Some("sk"), ttl: "ttl" },
];

/// The initial tuples: user, relation, object.
const TUPLES: [(&str, &str, &str); 31] = [
    ("user:auth0|ada", "read_okta", "okta:groups"),
    ("user:auth0|ada", "read_okta", "okta:users"),
    ("user:auth0|ada", "manage_okta", "okta:users"),
    ("user:auth0|ada", "can_call", "tool:tasks/get_tasks"),
    ("user:auth0|ada", "operator", "tenant:default"),
    // Grace, the auditor, is the second person for changes of Okta users.
    ("user:auth0|grace", "can_approve", "okta:users"),
    ("user:auth0|bob", "can_call", "tool:tasks/get_tasks"),
    ("user:auth0|ada", "can_call", "tool:countersign/calculate"),
    ("agent:supervisor@clients", "can_call", "tool:countersign/calculate"),
    ("user:auth0|ada", "can_call", "tool:countersign/weather"),
    ("group:everyone#member", "can_call", "tool:countersign/calculate"),
    ("group:everyone#member", "can_call", "tool:countersign/weather"),
    ("group:everyone#member", "read_okta", "okta:groups"),
    ("user:auth0|ada", "read_github", "github:repositories"),
    ("group:everyone#member", "read_github", "github:repositories"),
    ("user:auth0|bob", "member", "group:everyone"),
    ("user:auth0|grace", "member", "group:everyone"),
    ("user:auth0|grace", "auditor", "tenant:default"),
    // Ada may grant access to these for a limited time.
    ("user:auth0|ada", "admin", "okta:groups"),
    ("user:auth0|ada", "admin", "okta:users"),
    ("user:auth0|ada", "admin", "github:repositories"),
    ("user:auth0|ada", "admin", "tool:tasks/get_tasks"),
    ("user:auth0|ada", "admin", "tool:countersign/calculate"),
    ("user:auth0|ada", "admin", "tool:countersign/weather"),
    // The tools of the demo's targets. Ada may read one order, and not the other.
    ("user:auth0|ada", "can_call", "tool:orders/order/A-1001"),
    ("user:auth0|ada", "can_call", "tool:orders/add_note"),
    ("user:auth0|ada", "can_call", "tool:shop/order_status"),
    ("user:auth0|ada", "can_call", "tool:shop/refund"),
    // The help desk, which has no members yet, may reset everybody's passwords except those of Ada's group,
    // `IT Helpdesk`.
    ("group:helpdesk#member", "read_okta", "okta:users"),
    ("group:helpdesk#member", "reset_passwords", "okta_group:00g0000000000001acme"),
    ("user:*", "barred_from", "okta_group:00g0000000000002acme"),
];

pub(crate) fn tables(dynamo: &Dynamo) -> anyhow::Result<()> {
    for table in TABLES {
        dynamo.ensure_table(table)?;
    }
    Ok(())
}

/// The permissions of each person of the crowd: relation and object.
const RIGHTS: [(&str, &str); 3] =
    [("read_okta", "okta:groups"), ("read_okta", "okta:users"), ("manage_okta", "okta:users")];

/// Number of tuples per write request.
const AT_A_TIME: usize = 90;

/// Creates the store, writes the model and the tuples, and returns the model's id.
pub(crate) fn authorization(fga: &Fga, people: &People) -> anyhow::Result<String> {
    fga.create_store_with_id(STORE, "countersign")?;
    let model = fga.write_model(STORE, serde_json::from_str(MODEL).context("authz/model.json")?)?;
    let tuples = TUPLES.iter().map(|(user, relation, object)| Tuple::parse(user, relation, object));
    let crowd = people
        .crowd()
        .flat_map(|sub| RIGHTS.map(|(relation, object)| Tuple::parse(&format!("user:{sub}"), relation, object)));
    let tuples = tuples.chain(crowd).collect::<Option<Vec<_>>>().context("a tuple of the seed is malformed")?;
    for some in tuples.chunks(AT_A_TIME) {
        fga.write(STORE, some.to_vec())?;
    }
    Ok(model)
}
