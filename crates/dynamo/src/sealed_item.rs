//! Encrypted values in items: the attributes `key` and `sealed`.

use crate::item::{Item, b, s};
use sealing::Sealed;

/// Returns the encrypted value of an item; `None` if one of the attributes is missing.
pub(crate) fn read(item: &Item) -> Option<Sealed> {
    let key = item.get("key")?.as_s().ok()?.clone();
    let bytes = item.get("sealed")?.as_b().ok()?.as_ref().to_vec();
    Some(Sealed { key, bytes })
}

/// Returns the attributes of an encrypted value.
pub(crate) fn write(sealed: Sealed) -> Item {
    Item::from([("key".to_owned(), s(sealed.key)), ("sealed".to_owned(), b(sealed.bytes))])
}

/// Returns the encrypted bytes of an item; empty bytes, which fail to decrypt, if it has none.
pub(crate) fn bytes(item: &Item) -> Vec<u8> {
    item.get("sealed").and_then(|value| value.as_b().ok()).map(|blob| blob.as_ref().to_vec()).unwrap_or_default()
}
