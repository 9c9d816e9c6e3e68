//! Which sessions belong to which sign-in at the provider, so that a back-channel logout finds them,
//! and which logout tokens were taken already.

use crate::item::{Item, n, s, text};
use crate::keys::{hash, part};
use crate::sessions::key;
use crate::{SERVICE, unavailable};
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use tower_sessions::session::Id;

/// Whom a session belongs to.
#[derive(Debug, Clone)]
pub struct SignInKey {
    /// The issuer.
    pub issuer: String,
    /// The `sub` claim.
    pub subject: Option<String>,
    /// The `sid` claim.
    pub sid: Option<String>,
}

/// The index of sign-ins.
#[derive(Debug, Clone)]
pub struct SignIns {
    client: Client,
    table: String,
}

impl SignIns {
    /// The index in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Remembers that session `id` belongs to `who`, until `until` (seconds since 1970).
    ///
    /// # Errors
    /// [`Unavailable`]: then nobody must be signed in, for they could not be signed out.
    pub async fn remember(&self, who: &SignInKey, id: &Id, until: i64) -> Result<(), Unavailable> {
        let mut request = self.client.transact_write_items();
        for partition in partitions(who) {
            let item = Item::from([
                ("pk".to_owned(), s(partition)),
                ("sk".to_owned(), s(key(id))),
                ("sid".to_owned(), s(who.sid.clone().unwrap_or_default())),
                ("ttl".to_owned(), n(until)),
            ]);
            let put = Put::builder().table_name(&self.table).set_item(Some(item)).build();
            let put = put.map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
            request = request.transact_items(TransactWriteItem::builder().put(put).build());
        }
        request.send().await.map(|_| ()).map_err(unavailable)
    }

    /// The stored keys of the sessions that a logout token ends: those of its `sid`, or else all of its subject.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find(&self, who: &SignInKey) -> Result<Vec<String>, Unavailable> {
        let Some(partition) = partitions(who).pop() else { return Ok(Vec::new()) };
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let mut pages = request
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(partition))
            .into_paginator()
            .items()
            .send();
        let mut keys = Vec::new();
        while let Some(item) = pages.next().await {
            keys.push(text(&item.map_err(unavailable)?, "sk")?.to_owned());
        }
        Ok(keys)
    }

    /// Takes a logout token by its `jti`: `false` when it was taken before.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn take_once(&self, issuer: &str, jti: &str, until: i64) -> Result<bool, Unavailable> {
        let request = self.client.put_item().table_name(&self.table);
        let request = request
            .item("pk", s(format!("jti#{}", hash(&format!("{issuer} {jti}")))))
            .item("sk", s("taken"))
            .item("ttl", n(until))
            .condition_expression("attribute_not_exists(pk)");
        match request.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }
}

/// The partitions of a sign-in, the narrowest last.
fn partitions(who: &SignInKey) -> Vec<String> {
    let issuer = hash(&who.issuer);
    let subject = who.subject.iter().map(|subject| format!("subject#{issuer}#{}", part(subject)));
    let sid = who.sid.iter().map(|sid| format!("sid#{issuer}#{}", part(sid)));
    subject.chain(sid).collect()
}
