//! What tools from elsewhere were when they were first seen, for each organization and server by itself.
//! It must never know what a definition says: bodies are kept and compared as they are.

use crate::item::{Item, n, number, s, text};
use crate::keys::part;
use crate::{SERVICE, unavailable};
use agent::ports::{Millis, Unavailable};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;

/// Pins in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoPins {
    client: Client,
    table: String,
}

/// What is pinned for one tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedBody {
    /// What the tool was when it was first seen, or as it was accepted.
    pub body: String,
    /// Since when.
    pub at: Millis,
    /// Who accepted it, if anybody had to.
    pub by: Option<String>,
    /// What stands against it and waits to be accepted.
    pub proposed: Option<String>,
}

/// What is proposed in place of what is pinned.
#[derive(Debug, Clone, Copy)]
pub struct Proposal<'a> {
    /// The body.
    pub body: &'a str,
    /// Its digest, by which it is accepted.
    pub digest: &'a str,
}

/// Whether what was to be accepted was still proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// It was, and is pinned now.
    Yes,
    /// It was not, and nothing changed.
    No,
}

/// Names of attributes, some of which are reserved words.
const NAMES: [(&str, &str); 5] =
    [("#body", "body"), ("#at", "at"), ("#by", "by"), ("#proposed", "proposed"), ("#digest", "proposed_digest")];

impl DynamoPins {
    /// Pins in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Everything that is pinned of this server in this organization.
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

    /// What is pinned for this tool: `body` from now on, if nothing was.
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
        read(&found.item.ok_or_else(|| Unavailable::new(SERVICE, "a pin was there and is gone"))?)
    }

    /// Notes what stands against what is pinned; nothing does, without a proposal.
    ///
    /// # Errors
    /// [`Unavailable`], also when nothing is pinned.
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

    /// Pins what is proposed, if its digest is still this one.
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
