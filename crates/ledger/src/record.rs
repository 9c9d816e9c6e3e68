//! Records and heads: what is hashed, what is signed, and the rows that store them.

use crate::SERVICE;
use crate::body::Body;
use crate::names::{self, hash};
use crate::row::{Key, Row, Value, broken};
use crate::signing::{BadSignature, LedgerKeys, PublicKeys, Signature};
use agent::ports::Unavailable;
use serde::{Deserialize, Serialize};

/// The value of [`Record::previous`] in the first record of a chain that follows no other.
pub(crate) const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An immutable record in a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Name of its chain.
    pub chain: String,
    /// Number of the record in its chain, counted from 1 without gaps.
    pub seq: u64,
    /// Hash of the record before it. The first record of a chain names the last record of the chain that it follows.
    pub previous: String,
    /// Content of the record.
    pub body: Body,
    /// SHA-256 in hexadecimal of the canonical JSON (RFC 8785) of `body`, `chain`, `previous` and `seq`.
    pub hash: String,
    /// Signature of the canonical JSON of `chain`, `hash`, `kind` and `seq`, where `kind` is
    /// `countersign ledger record 1`.
    pub signed: Signature,
}

/// The signed pointer to the newest record of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Name of the chain.
    pub chain: String,
    /// Number of the newest record.
    pub seq: u64,
    /// Hash of the newest record.
    pub hash: String,
    /// Signature as in [`Record::signed`], where `kind` is `countersign ledger head 1`.
    pub signed: Signature,
}

/// A defect of a record that shows without looking at other records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The hash does not match the content.
    #[error("it was changed")]
    Changed,
    /// The signature is invalid.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

impl Record {
    /// Hashes and signs the record that follows the one with the hash `previous`.
    pub(crate) fn seal(
        chain: &str,
        seq: u64,
        previous: &str,
        body: &Body,
        keys: &LedgerKeys,
    ) -> Result<Self, Unavailable> {
        let hash = fingerprint(chain, seq, previous, body).ok_or_else(unwritable)?;
        let signed = sign(Kind::Record, chain, seq, &hash, keys)?;
        Ok(Self { chain: chain.to_owned(), seq, previous: previous.to_owned(), body: body.clone(), hash, signed })
    }

    /// Returns whether the hash matches the content.
    pub(crate) fn is_whole(&self) -> bool {
        fingerprint(&self.chain, self.seq, &self.previous, &self.body).as_ref() == Some(&self.hash)
    }

    /// Checks the hash and the signature, but not the link to the record before it.
    pub(crate) fn check(&self, keys: &PublicKeys) -> Result<(), Flaw> {
        if !self.is_whole() {
            return Err(Flaw::Changed);
        }
        Ok(check(Kind::Record, &self.chain, self.seq, &self.hash, &self.signed, keys)?)
    }

    pub(crate) fn row(&self) -> Result<Row, Unavailable> {
        let mut row = signed(names::record(&self.chain, self.seq), self.seq, &self.hash, &self.signed);
        let body = serde_json_canonicalizer::to_string(&self.body).map_err(|_| unwritable())?;
        let more = [("previous", Value::text(&self.previous)), ("body", Value::text(body))];
        row.attributes.extend(more.map(|(name, value)| (name.to_owned(), value)));
        Ok(row)
    }

    /// Reads a row as a record of `chain`. Its key is not checked.
    ///
    /// # Errors
    /// If the attributes are not byte for byte those that the ledger would write: one is missing, added or spelled
    /// otherwise.
    pub(crate) fn read(chain: &str, row: &Row) -> Result<Self, Unavailable> {
        let record = Self {
            chain: chain.to_owned(),
            seq: row.number("seq")?,
            previous: row.text("previous")?.to_owned(),
            body: serde_json::from_str(row.text("body")?).map_err(|_| broken("body"))?,
            hash: row.text("hash")?.to_owned(),
            signed: signature(row)?,
        };
        if record.row()?.attributes == row.attributes { Ok(record) } else { Err(broken("body")) }
    }

    /// Signs the head that names this record as the newest of its chain.
    pub(crate) fn head(&self, keys: &LedgerKeys) -> Result<Head, Unavailable> {
        let Self { chain, seq, hash, .. } = self;
        let signed = sign(Kind::Head, chain, *seq, hash, keys)?;
        Ok(Head { chain: chain.clone(), seq: *seq, hash: hash.clone(), signed })
    }
}

impl Head {
    /// Checks the signature.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub(crate) fn check(&self, keys: &PublicKeys) -> Result<(), BadSignature> {
        check(Kind::Head, &self.chain, self.seq, &self.hash, &self.signed, keys)
    }

    pub(crate) fn row(&self) -> Row {
        signed(names::head(&self.chain), self.seq, &self.hash, &self.signed)
    }

    /// Reads a row as the head of `chain`.
    ///
    /// # Errors
    /// As [`Record::read`].
    pub(crate) fn read(chain: &str, row: &Row) -> Result<Self, Unavailable> {
        let head = Self {
            chain: chain.to_owned(),
            seq: row.number("seq")?,
            hash: row.text("hash")?.to_owned(),
            signed: signature(row)?,
        };
        if head.row().attributes == row.attributes { Ok(head) } else { Err(broken("head")) }
    }
}

/// The kind of a signed message. It is part of the message, so a record's signature is never valid for a head.
#[derive(Clone, Copy)]
enum Kind {
    Record,
    Head,
}

fn sign(kind: Kind, chain: &str, seq: u64, hash: &str, keys: &LedgerKeys) -> Result<Signature, Unavailable> {
    message(kind, chain, seq, hash).and_then(|message| keys.sign(&message)).ok_or_else(unwritable)
}

fn check(
    kind: Kind,
    chain: &str,
    seq: u64,
    hash: &str,
    signed: &Signature,
    keys: &PublicKeys,
) -> Result<(), BadSignature> {
    keys.check(&message(kind, chain, seq, hash).ok_or(BadSignature::Forged)?, signed)
}

fn message(kind: Kind, chain: &str, seq: u64, hash: &str) -> Option<Vec<u8>> {
    #[derive(Serialize)]
    struct Message<'a> {
        kind: &'static str,
        chain: &'a str,
        seq: u64,
        hash: &'a str,
    }
    let kind = match kind {
        Kind::Record => "countersign ledger record 1",
        Kind::Head => "countersign ledger head 1",
    };
    serde_json_canonicalizer::to_vec(&Message { kind, chain, seq, hash }).ok()
}

fn fingerprint(chain: &str, seq: u64, previous: &str, body: &Body) -> Option<String> {
    #[derive(Serialize)]
    struct Hashed<'a> {
        chain: &'a str,
        seq: u64,
        previous: &'a str,
        body: &'a Body,
    }
    serde_json_canonicalizer::to_string(&Hashed { chain, seq, previous, body }).ok().map(|text| hash(&text))
}

fn signed(key: Key, seq: u64, hash: &str, signed: &Signature) -> Row {
    let attributes = [
        ("seq", Value::number(seq)),
        ("hash", Value::text(hash)),
        ("key", Value::text(&signed.key)),
        ("signature", Value::text(&signed.signature)),
    ];
    Row::new(key, attributes)
}

fn signature(row: &Row) -> Result<Signature, Unavailable> {
    Ok(Signature { key: row.text("key")?.to_owned(), signature: row.text("signature")?.to_owned() })
}

fn unwritable() -> Unavailable {
    Unavailable::new(SERVICE, "a record of the ledger cannot be written")
}
