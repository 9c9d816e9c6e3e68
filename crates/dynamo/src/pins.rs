//! Pinned definitions of MCP tools, as they were first seen or last accepted, for each organization and server. This
//! crate does not interpret them: bodies are stored and compared as text.

use crate::item::{Item, n, number, s, text};
use crate::keys::part;
use crate::{SERVICE, unavailable};
use agent::ports::{Millis, Unavailable};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;

/// Pinned tool definitions in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoPins {
    client: Client,
    table: String,
}

/// The pinned definition of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedBody {
    /// Definition as it was first seen, or as it was last accepted.
    pub body: String,
    /// Time at which it was pinned, in milliseconds since 1970.
    pub at: Millis,
    /// The person who accepted it; `None` if it was pinned at first sight.
    pub by: Option<String>,
    /// A different definition that waits to be accepted.
    pub proposed: Option<String>,
}

/// A definition that differs from the pinned one.
#[derive(Debug, Clone, Copy)]
pub struct Proposal<'a> {
    /// The proposed definition.
    pub body: &'a str,
    /// Digest of the definition. The person who accepts it names this digest.
    pub digest: &'a str,
}

/// The result of accepting a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// The proposal is now pinned.
    Yes,
    /// The proposal has changed or is gone. Nothing was written.
    No,
}

/// Names of attributes as expression placeholders, because some are reserved words of DynamoDB.
const NAMES: [(&str, &str); 5] =
    [("#body", "body"), ("#at", "at"), ("#by", "by"), ("#proposed", "proposed"), ("#digest", "proposed_digest")];

impl DynamoPins {
    /// Creates the store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Returns all pinned definitions of a server in an organization.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn all(&self, tenant: &str, server: &str) -> Result<Vec<PinnedBody>, Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(partition(tenant, server)));
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let page = request.clone().set_exclusive_start_key(from).send().await.map_err(unavailable)?;
            for item in page.items.unwrap_or_default() {
                all.push(read(&item)?);
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(all);
            }
        }
    }

    /// Returns the pinned definition of a tool. Pins `body` if the tool has none.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn first(
        &self,
        (tenant, server): (&str, &str),
        tool: &str,
        body: &str,
        now: Millis,
    ) -> Result<PinnedBody, Unavailable> {
        let pk = partition(tenant, server);
        let request = self.client.put_item().table_name(&self.table).item("pk", s(pk.clone())).item("sk", s(tool));
        let request = request.item("body", s(body)).item("at", n(now));
        match request.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => return Ok(PinnedBody { body: body.to_owned(), at: now, by: None, proposed: None }),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {}
            Err(error) => return Err(unavailable(error)),
        }
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let found = request.key("pk", s(pk)).key("sk", s(tool)).send().await.map_err(unavailable)?;
        read(&found.item.ok_or_else(|| Unavailable::new(SERVICE, "a pin has disappeared"))?)
    }

    /// Stores the proposal for a tool, or removes it if `proposal` is `None`.
    ///
    /// # Errors
    /// [`Unavailable`], also if the tool has no pinned definition.
    pub async fn propose(
        &self,
        (tenant, server): (&str, &str),
        tool: &str,
        proposal: Option<Proposal<'_>>,
    ) -> Result<(), Unavailable> {
        let request = self.client.update_item().table_name(&self.table).key("pk", s(partition(tenant, server)));
        let request = request.key("sk", s(tool)).condition_expression("attribute_exists(pk)");
        let [_, _, _, (proposed, kept_as), (digest, digest_as)] = NAMES;
        let request = request.expression_attribute_names(proposed, kept_as);
        let request = request.expression_attribute_names(digest, digest_as);
        let request = match proposal {
            Some(own) => request
                .update_expression("SET #proposed = :proposed, #digest = :digest")
                .expression_attribute_values(":proposed", s(own.body))
                .expression_attribute_values(":digest", s(own.digest)),
            None => request.update_expression("REMOVE #proposed, #digest"),
        };
        request.send().await.map(|_| ()).map_err(unavailable)
    }

    /// Pins the proposed definition if its digest is still `digest`.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn accept(
        &self,
        (tenant, server): (&str, &str),
        tool: &str,
        digest: &str,
        by: &str,
        now: Millis,
    ) -> Result<Renewed, Unavailable> {
        let request = self.client.update_item().table_name(&self.table).key("pk", s(partition(tenant, server)));
        let names = NAMES.map(|(name, of)| (name.to_owned(), of.to_owned()));
        let request = request
            .key("sk", s(tool))
            .update_expression("SET #body = #proposed, #at = :at, #by = :by REMOVE #proposed, #digest")
            .condition_expression("#digest = :digest")
            .set_expression_attribute_names(Some(names.into()))
            .expression_attribute_values(":digest", s(digest))
            .expression_attribute_values(":at", n(now))
            .expression_attribute_values(":by", s(by));
        match request.send().await {
            Ok(_) => Ok(Renewed::Yes),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                Ok(Renewed::No)
            }
            Err(error) => Err(unavailable(error)),
        }
    }
}

fn partition(tenant: &str, server: &str) -> String {
    format!("pins#{}#{}", part(tenant), part(server))
}

fn read(item: &Item) -> Result<PinnedBody, Unavailable> {
    let optional = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Ok(PinnedBody {
        body: text(item, "body")?.to_owned(),
        at: number(item, "at")?,
        by: optional("by"),
        proposed: optional("proposed"),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests;
