//! A reader of the part of CBOR (RFC 8949) that authenticators write (CTAP2 canonical form): definite lengths, no tags,
//! no floating-point numbers, at most eight levels.

/// Deepest nesting. CTAP2 allows four levels; an attestation statement is skipped, whatever it holds.
const DEEPEST: u8 = 8;

/// The input is not CBOR of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadCbor;

/// The rest of an input that is being read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    /// Reads a map header; returns the number of its pairs.
    pub(crate) fn map(&mut self) -> Result<u64, BadCbor> {
        match self.head()? {
            (5, pairs) => Ok(pairs),
            _ => Err(BadCbor),
        }
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, BadCbor> {
        match self.head()? {
            (3, length) => std::str::from_utf8(self.take(length)?).map_err(|_| BadCbor),
            _ => Err(BadCbor),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], BadCbor> {
        match self.head()? {
            (2, length) => self.take(length),
            _ => Err(BadCbor),
        }
    }

    /// Reads an integer of either sign.
    pub(crate) fn integer(&mut self) -> Result<i64, BadCbor> {
        let (major, number) = self.head()?;
        let number = i64::try_from(number).map_err(|_| BadCbor)?;
        match major {
            0 => Ok(number),
            1 => Ok(-1 - number),
            _ => Err(BadCbor),
        }
    }

    /// Skips one item, whatever it is.
    pub(crate) fn skip(&mut self) -> Result<(), BadCbor> {
        self.skip_within(DEEPEST)
    }

    fn skip_within(&mut self, levels: u8) -> Result<(), BadCbor> {
        let levels = levels.checked_sub(1).ok_or(BadCbor)?;
        let (major, number) = self.head()?;
        let inner = match major {
            0 | 1 | 7 => 0,
            2 | 3 => {
                self.take(number)?;
                0
            }
            4 => number,
            5 => number.checked_mul(2).ok_or(BadCbor)?,
            _ => return Err(BadCbor),
        };
        // Each item takes at least a byte, so the input bounds the loop.
        (0..inner).try_for_each(|_| self.skip_within(levels))
    }

    /// Reads the major type and the argument of the next item, in its shortest form.
    fn head(&mut self) -> Result<(u8, u64), BadCbor> {
        let first = self.take(1)?[0];
        let (major, short) = (first >> 5, first & 31);
        let (argument, least) = match short {
            0..=23 => (u64::from(short), 0),
            24 => (u64::from(self.take(1)?[0]), 24),
            25 => (self.number(2)?, 1 << 8),
            26 => (self.number(4)?, 1 << 16),
            27 => (self.number(8)?, 1 << 32),
            _ => return Err(BadCbor),
        };
        // Simple values above 23 and floating-point numbers have other forms; nobody needs them here.
        if argument < least || (major == 7 && short > 23) { Err(BadCbor) } else { Ok((major, argument)) }
    }

    fn number(&mut self, length: u64) -> Result<u64, BadCbor> {
        Ok(self.take(length)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub(crate) fn take(&mut self, length: u64) -> Result<&'a [u8], BadCbor> {
        let length = usize::try_from(length).map_err(|_| BadCbor)?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or(BadCbor)?;
        self.0 = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_items_are_read() {
        // RFC 8949 appendix A, as far as authenticators use it, and forms that CTAP2 forbids.
        for (input, expected) in [
            (&[0x17][..], Ok(23)),
            (&[0x18, 0x18], Ok(24)),
            (&[0x19, 0x03, 0xe8], Ok(1000)),
            (&[0x38, 0x63], Ok(-100)),
            (&[0x39, 0x01, 0x00], Ok(-257)),
            (&[0x18, 0x17], Err(BadCbor)),
            (&[0x19, 0x00, 0xff], Err(BadCbor)),
            (&[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Err(BadCbor)),
            (&[0x1f], Err(BadCbor)),
            (&[0x19, 0x03], Err(BadCbor)),
            (&[], Err(BadCbor)),
        ] {
            assert_eq!(Reader(input).integer(), expected, "{input:x?}");
        }
    }

    #[test]
    fn a_hostile_item_ends_neither_late_nor_deep() {
        let deep = [0x81; 64];
        for (input, fits) in [
            (&[0xa1, 0x61, b'a', 0x82, 0x01, 0x41, 0x00][..], true),
            (&deep, false),
            (&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], false),
            (&[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], false),
            (&[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], false),
            (&[0xc0, 0x00], false),
            (&[0xf9, 0x00, 0x00], false),
            (&[0x9f, 0xff], false),
        ] {
            assert_eq!(Reader(input).skip().is_ok(), fits, "{input:x?}");
        }
    }
}
