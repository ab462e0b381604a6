//! Pages: how many rows, and where the next page begins.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::super::error::{Failure, invalid_parameter};

const MAX_LIMIT: usize = 60;

/// What part of a list is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The key of the last row before it; blank for the first page.
    pub(super) after: String,
    pub(super) limit: usize,
}

impl Page {
    pub(super) fn parse(limit: Option<usize>, token: Option<&str>) -> Result<Self, Failure> {
        let limit = match limit {
            None | Some(0) => MAX_LIMIT,
            Some(limit) if limit <= MAX_LIMIT => limit,
            Some(_) => return Err(invalid_parameter("Limit must be at most 60.")),
        };
        Ok(Self { after: token.map_or(Ok(String::new()), decode)?, limit })
    }

    /// One row more than asked for, to learn whether a page follows.
    pub(super) fn probe(&self) -> usize {
        self.limit + 1
    }

    /// Cuts the probed rows to the page, and gives the token of the next one if rows are left.
    pub(super) fn cut<T>(&self, rows: &mut Vec<T>, key: impl Fn(&T) -> &str) -> Option<String> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        rows.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(key(last)))
    }
}

fn decode(token: &str) -> Result<String, Failure> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| !bytes.is_empty());
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| invalid_parameter("Invalid pagination token."))
}
