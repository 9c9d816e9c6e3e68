//! The index of sign-ins at the provider. It holds the sessions of each sign-in, for back-channel logout; the
//! sign-ins that ended recently, so that none of them begins a session afterwards; and the logout tokens that were
//! already processed.

use crate::item::{Item, n, s, text};
use crate::keys::{hash, part};
use crate::{SERVICE, sessions, unavailable};
use agent::Actor;
use agent::ports::{self, Millis, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem};
use sealing::LiveKeyring;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Time in seconds for which an ended sign-in and a processed logout token are remembered: longer than the lifetime
/// of the provider's authorization codes.
const REMEMBERED_S: i64 = 3600;

/// The sign-in at the provider that a session belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInKey {
    /// Issuer of the ID token.
    pub issuer: String,
    /// The `sub` claim.
    pub subject: String,
    /// The `sid` claim, if the provider issues it.
    pub sid: Option<String>,
    /// The `iat` claim of the ID token, in seconds since 1970 by the provider's clock.
    pub issued_at: i64,
}

impl SignInKey {
    /// Name of the field in the session's data that holds its sign-in.
    pub const FIELD: &'static str = "sign_in";
}

/// The sign-ins that a logout token ends: the one with this `sid`, or all of the subject.
#[derive(Debug, Clone)]
pub struct EndedSignIn {
    /// Issuer of the logout token.
    pub issuer: String,
    /// The `sub` claim, if present.
    pub subject: Option<String>,
    /// The `sid` claim, if present.
    pub sid: Option<String>,
    /// The `iat` claim of the logout token, in seconds since 1970 by the provider's clock.
    pub issued_at: i64,
}

/// The index of sign-ins in the table `countersign`.
#[derive(Debug, Clone)]
pub struct SignIns {
    client: Client,
    table: String,
    sessions: String,
    /// Decrypts the sessions.
    keyring: Arc<LiveKeyring>,
}

impl SignIns {
    /// Creates the index in `table`, for sessions in the table `sessions`.
    #[must_use]
    pub fn new(client: Client, table: String, sessions: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, sessions, keyring }
    }

    /// Returns the writes that index the session stored under `session` until `until` (seconds since 1970), and the
    /// checks that its sign-in has not been ended.
    pub(crate) fn entries(
        &self,
        who: &SignInKey,
        session: &str,
        until: i64,
    ) -> Result<Vec<TransactWriteItem>, Unavailable> {
        let subject = Partition::Subject(&who.issuer, &who.subject);
        let sid = who.sid.as_deref().map(|sid| Partition::Sid(&who.issuer, sid));
        let mut items = Vec::new();
        for partition in [Some(subject), sid].into_iter().flatten() {
            let item = Item::from([
                ("pk".to_owned(), s(partition.sessions())),
                ("sk".to_owned(), s(session)),
                ("ttl".to_owned(), n(until)),
            ]);
            let put = Put::builder().table_name(&self.table).set_item(Some(item)).build().map_err(incomplete)?;
            let check = ConditionCheck::builder()
                .table_name(&self.table)
                .key("pk", s(partition.ended()))
                .key("sk", s(ENDED))
                .condition_expression("attribute_not_exists(pk) OR allowed_from <= :issued")
                .expression_attribute_values(":issued", n(who.issued_at))
                .build()
                .map_err(incomplete)?;
            items.push(TransactWriteItem::builder().put(put).build());
            items.push(TransactWriteItem::builder().condition_check(check).build());
        }
        Ok(items)
    }

    /// Records that the provider ended a sign-in, so that one in progress does not begin a session. A `sid` stays
    /// ended; a subject may sign in again with an ID token that is not older than the logout token.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn note_ended(&self, who: &EndedSignIn, now: i64) -> Result<(), Unavailable> {
        let Some(partition) = who.partition() else { return Ok(()) };
        let allowed_from = match partition {
            Partition::Subject(..) => who.issued_at,
            Partition::Sid(..) => i64::MAX,
        };
        let request = self.client.put_item().table_name(&self.table);
        let request = request
            .item("pk", s(partition.ended()))
            .item("sk", s(ENDED))
            .item("allowed_from", n(allowed_from))
            .item("ttl", n(now + REMEMBERED_S));
        request.send().await.map(|_| ()).map_err(unavailable)
    }

    /// Returns the keys of the sessions that belong to an ended sign-in.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find(&self, who: &EndedSignIn) -> Result<Vec<String>, Unavailable> {
        match who.partition() {
            Some(partition) => self.sessions_in(partition).await,
            None => Ok(Vec::new()),
        }
    }

    /// Returns whether any session of the person has not expired at `now`, in milliseconds since 1970.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn any_lives(&self, actor: &Actor, now: Millis) -> Result<bool, Unavailable> {
        let all = self.sessions_in(Partition::Subject(actor.issuer(), actor.subject())).await?;
        let now = now.div_euclid(1000);
        sessions::any_lives(&self.client, &self.sessions, &self.keyring, actor, &all, now).await
    }

    /// Returns whether the logout token `jti` was already processed.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn was_served(&self, issuer: &str, jti: &str) -> Result<bool, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.key("pk", s(served(issuer, jti))).key("sk", s("taken"));
        Ok(request.send().await.map_err(unavailable)?.item.is_some())
    }

    /// Records that the logout token `jti` was processed. Recording it twice succeeds, because the SDK retries slow
    /// writes.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn note_served(&self, issuer: &str, jti: &str, now: i64) -> Result<(), Unavailable> {
        let request = self.client.put_item().table_name(&self.table);
        let request =
            request.item("pk", s(served(issuer, jti))).item("sk", s("taken")).item("ttl", n(now + REMEMBERED_S));
        request.send().await.map(|_| ()).map_err(unavailable)
    }

    async fn sessions_in(&self, partition: Partition<'_>) -> Result<Vec<String>, Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let mut items = request
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(partition.sessions()))
            .into_paginator()
            .items()
            .send();
        let mut keys = Vec::new();
        while let Some(item) = items.next().await {
            keys.push(text(&item.map_err(unavailable)?, "sk")?.to_owned());
        }
        Ok(keys)
    }
}

#[async_trait]
impl ports::SignIns for SignIns {
    async fn is_signed_in(&self, actor: &Actor, now: Millis) -> Result<bool, Unavailable> {
        self.any_lives(actor, now).await
    }
}

/// Sort key of the item that marks a sign-in as ended.
const ENDED: &str = "ended";

/// The partition of the index that holds sessions of a sign-in.
#[derive(Debug, Clone, Copy)]
enum Partition<'a> {
    /// All sessions of a subject of an issuer: issuer, subject.
    Subject(&'a str, &'a str),
    /// The sessions of one session at an issuer: issuer, `sid`.
    Sid(&'a str, &'a str),
}

impl Partition<'_> {
    fn sessions(self) -> String {
        match self {
            Self::Subject(issuer, subject) => format!("subject#{}#{}", hash(issuer), part(subject)),
            Self::Sid(issuer, sid) => format!("sid#{}#{}", hash(issuer), part(sid)),
        }
    }

    fn ended(self) -> String {
        format!("ended#{}", self.sessions())
    }
}

impl EndedSignIn {
    /// Returns the partition of the `sid` if the logout token has one, and of the subject otherwise.
    fn partition(&self) -> Option<Partition<'_>> {
        let sid = self.sid.as_deref().map(|sid| Partition::Sid(&self.issuer, sid));
        sid.or_else(|| self.subject.as_deref().map(|subject| Partition::Subject(&self.issuer, subject)))
    }
}

fn served(issuer: &str, jti: &str) -> String {
    format!("jti#{}", hash(&format!("{issuer} {jti}")))
}

fn incomplete(error: impl std::fmt::Display) -> Unavailable {
    Unavailable::new(SERVICE, error.to_string())
}
