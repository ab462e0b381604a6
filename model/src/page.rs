//! Pages of a list, and the opaque cursors between them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::Error;

/// The most rows a page may have.
pub const MAX_PAGE_SIZE: usize = 100;

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// How many rows, 1 to [`MAX_PAGE_SIZE`].
    pub first: usize,
    /// Only what comes after this place.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// From the arguments of a connection field.
    ///
    /// # Errors
    /// [`Error::BadRequest`] when `first` is out of range or `after` was not given out by us.
    pub fn parse(first: i32, after: Option<&str>) -> Result<Self, Error> {
        let first = usize::try_from(first)
            .ok()
            .filter(|n| (1..=MAX_PAGE_SIZE).contains(n))
            .ok_or_else(|| Error::BadRequest(format!("`first` must be from 1 to {MAX_PAGE_SIZE}.")))?;
        Ok(Self { first, after: after.map(Cursor::decode).transpose()? })
    }
}

/// A place in a list: the sort key of a row. Its text is opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

const CURSOR_VERSION: &str = "1:";
const MAX_CURSOR_BYTES: usize = 1_400;

impl Cursor {
    /// The place of the row with this sort key.
    pub fn new(sort_key: impl Into<String>) -> Self {
        Self(sort_key.into())
    }

    /// The sort key of the row.
    #[must_use]
    pub fn sort_key(&self) -> &str {
        &self.0
    }

    /// The text that clients get.
    #[must_use]
    pub fn encode(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(format!("{CURSOR_VERSION}{}", self.0))
    }

    /// From the text that a client sent.
    ///
    /// # Errors
    /// [`Error::BadRequest`] when it was not given out by us.
    pub fn decode(text: &str) -> Result<Self, Error> {
        let unknown = || Error::BadRequest("`after` is not a cursor that this server gave out.".to_owned());
        if text.len() > MAX_CURSOR_BYTES {
            return Err(unknown());
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| unknown())?;
        let plain = String::from_utf8(bytes).map_err(|_| unknown())?;
        let sort_key = plain.strip_prefix(CURSOR_VERSION).ok_or_else(unknown)?;
        if sort_key.is_empty() || sort_key.chars().any(char::is_control) {
            return Err(unknown());
        }
        Ok(Self(sort_key.to_owned()))
    }
}

/// Some rows of a list, in order.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, each with its place.
    pub rows: Vec<(Cursor, T)>,
    /// Whether more rows follow.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// A page of nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self { rows: Vec::new(), has_next: false }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_decodes_to_its_place(sort_key in "[^\\p{Cc}]{1,200}") {
            let cursor = Cursor::new(sort_key);
            prop_assert_eq!(Cursor::decode(&cursor.encode()).ok(), Some(cursor));
        }

        #[test]
        fn foreign_text_is_refused_without_panic(text in "\\PC{0,60}") {
            if let Ok(cursor) = Cursor::decode(&text) {
                prop_assert_eq!(cursor.encode(), text);
            }
        }
    }

    #[test]
    fn a_page_has_1_to_100_rows() {
        assert!(PageRequest::parse(0, None).is_err());
        assert!(PageRequest::parse(1, None).is_ok());
        assert!(PageRequest::parse(100, None).is_ok());
        assert!(PageRequest::parse(101, None).is_err());
        assert!(PageRequest::parse(-1, None).is_err());
    }
}
