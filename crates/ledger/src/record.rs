//! One record and the head of its chain: what is hashed, what is signed, and the rows that they lie in.

use crate::SERVICE;
use crate::body::Body;
use crate::names::{self, hash};
use crate::row::{Key, Row, Value, broken};
use crate::signing::{BadSignature, LedgerKeys, PublicKeys, Signature};
use agent::ports::Unavailable;
use serde::{Deserialize, Serialize};

/// The hash that the first record of the first chain follows.
pub(crate) const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One record, written once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The chain that it belongs to.
    pub chain: String,
    /// Its number there, from 1, without gaps.
    pub seq: u64,
    /// The hash of the record before it.
    pub previous: String,
    /// What it says.
    pub body: Body,
    /// SHA-256 in hexadecimal over the canonical JSON (RFC 8785) of `body`, `chain`, `previous` and `seq`.
    pub hash: String,
    /// The signature over the canonical JSON of `chain`, `hash`, `kind` and `seq`, where `kind` is
    /// `countersign ledger record 1`.
    pub signed: Signature,
}

/// The newest record of a chain, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The chain.
    pub chain: String,
    /// The number of the record.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
    /// As [`Record::signed`], where `kind` is `countersign ledger head 1`.
    pub signed: Signature,
}

/// A flaw of a record by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Its hash is not that of what it says.
    #[error("it was changed")]
    Changed,
    /// Its signature does not count.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

impl Record {
    /// Makes the record that follows `previous`.
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

    /// Returns whether its hash is that of what it says.
    pub(crate) fn is_whole(&self) -> bool {
        fingerprint(&self.chain, self.seq, &self.previous, &self.body).as_ref() == Some(&self.hash)
    }

    /// Checks the record by itself.
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

    /// Reads a row as a record of `chain`, wherever it lies there.
    ///
    /// # Errors
    /// When it is not what was written, to the letter: no more, no less, and not spelled otherwise.
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

    /// The head of the chain when this record is its newest.
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

/// The kind of a signed message: a signature of one kind never counts for the other.
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
