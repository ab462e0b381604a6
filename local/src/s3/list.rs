//! A page of a listing, by seeking in the index: what a delimiter folds away is skipped, not read.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use model::Timestamp;
use rusqlite::{Connection, params};
use s3s::{S3Result, s3_error};

use super::error::Error;

/// What to list.
pub(super) struct Query {
    pub(super) bucket: String,
    pub(super) prefix: String,
    /// Empty for none.
    pub(super) delimiter: String,
    pub(super) from: Cursor,
    pub(super) limit: usize,
}

/// Where a listing starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cursor {
    Start,
    AfterKey(String),
    /// After all keys that start so.
    AfterPrefix(String),
}

pub(super) struct Listed {
    pub(super) key: String,
    pub(super) size_bytes: u64,
    pub(super) etag: String,
    pub(super) modified: Timestamp,
    pub(super) storage_class: Option<String>,
}

pub(super) enum Entry {
    Object(Listed),
    CommonPrefix(String),
}

/// Entries in the order of their UTF-8 bytes, and where to go on if there are more.
pub(super) struct Page {
    pub(super) entries: Vec<Entry>,
    pub(super) next: Option<Cursor>,
}

impl Cursor {
    /// The opaque continuation token.
    pub(super) fn token(&self) -> String {
        let text = match self {
            Self::Start => "s".to_owned(),
            Self::AfterKey(key) => format!("k{key}"),
            Self::AfterPrefix(prefix) => format!("p{prefix}"),
        };
        BASE64_URL_SAFE_NO_PAD.encode(text)
    }

    pub(super) fn from_token(token: &str) -> S3Result<Self> {
        let text = BASE64_URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.as_deref();
        if let Some(key) = text.and_then(|text| text.strip_prefix('k')) {
            Ok(Self::AfterKey(key.to_owned()))
        } else if let Some(prefix) = text.and_then(|text| text.strip_prefix('p')) {
            Ok(Self::AfterPrefix(prefix.to_owned()))
        } else {
            Err(s3_error!(InvalidArgument, "The continuation token provided is incorrect"))
        }
    }

    /// The least key that comes at or after this place.
    fn lower_bound(&self) -> Vec<u8> {
        match self {
            Self::Start => Vec::new(),
            Self::AfterKey(key) => [key.as_bytes(), &[0]].concat(),
            Self::AfterPrefix(prefix) => after_prefix(prefix),
        }
    }
}

impl Entry {
    fn cursor(&self) -> Cursor {
        match self {
            Self::Object(listed) => Cursor::AfterKey(listed.key.clone()),
            Self::CommonPrefix(prefix) => Cursor::AfterPrefix(prefix.clone()),
        }
    }
}

pub(super) fn page(db: &Connection, query: &Query) -> Result<Page, Error> {
    let mut entries = Vec::new();
    if query.limit == 0 {
        return Ok(Page { entries, next: None });
    }
    let mut lower = query.from.lower_bound().max(query.prefix.as_bytes().to_vec());
    // One more than asked for tells whether there are more.
    while entries.len() <= query.limit {
        let Some(prefix) = run_of_objects(db, query, &lower, &mut entries)? else { break };
        lower = after_prefix(&prefix);
        entries.push(Entry::CommonPrefix(prefix));
    }
    let has_more = entries.len() > query.limit;
    entries.truncate(query.limit);
    let next = if has_more { entries.last().map(Entry::cursor) } else { None };
    Ok(Page { entries, next })
}

const SELECT: &str = "SELECT key, size_bytes, etag, modified, properties ->> 'storage_class' FROM object
    INDEXED BY object_present
    WHERE bucket = ? AND key >= ? AND key < ? AND present = 1 AND blob IS NOT NULL ORDER BY key LIMIT ?";

/// Adds objects from `lower` on, up to the first key that a common prefix stands for, and returns that prefix.
fn run_of_objects(
    db: &Connection,
    query: &Query,
    lower: &[u8],
    entries: &mut Vec<Entry>,
) -> Result<Option<String>, Error> {
    let mut statement = db.prepare(SELECT)?;
    let limit = query.limit + 1 - entries.len();
    let mut rows = statement.query(params![query.bucket, lower, upper_bound(&query.prefix), limit])?;
    while let Some(row) = rows.next()? {
        let key = String::from_utf8(row.get(0)?).map_err(|_| rusqlite::Error::InvalidQuery)?;
        if let Some(prefix) = common_prefix(query, &key) {
            return Ok(Some(prefix.to_owned()));
        }
        entries.push(Entry::Object(Listed {
            key,
            size_bytes: row.get(1)?,
            etag: row.get(2)?,
            modified: Timestamp::from_unix_millis(row.get(3)?),
            storage_class: row.get(4)?,
        }));
    }
    Ok(None)
}

fn common_prefix<'a>(query: &Query, key: &'a str) -> Option<&'a str> {
    if query.delimiter.is_empty() {
        return None;
    }
    let rest = key.get(query.prefix.len()..)?;
    let end = rest.find(&query.delimiter)?;
    key.get(..query.prefix.len() + end + query.delimiter.len())
}

/// No UTF-8 has the byte 255, so it is above all keys.
pub(super) fn upper_bound(prefix: &str) -> Vec<u8> {
    if prefix.is_empty() { vec![u8::MAX] } else { after_prefix(prefix) }
}

/// The least byte string above all that start with `prefix`. The last byte of UTF-8 is never the greatest byte.
fn after_prefix(prefix: &str) -> Vec<u8> {
    let mut bytes = prefix.as_bytes().to_vec();
    if let Some(last) = bytes.last_mut() {
        *last += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{super::database::Database, *};

    #[test]
    fn a_page_is_a_seek_in_the_index() -> Result<(), Box<dyn std::error::Error>> {
        let dir = tempfile::tempdir()?;
        let database = Database::open(&dir.path().join("objects.sqlite"))?;
        let plan: Vec<String> = database.read(|db| {
            let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {SELECT}"))?;
            let steps = statement.query_map(params!["b", [0_u8], [1_u8], 1], |row| row.get(3))?;
            Ok(steps.collect::<Result<_, _>>()?)
        })?;
        assert_eq!(plan, ["SEARCH object USING INDEX object_present (bucket=? AND key>? AND key<?)"]);
        Ok(())
    }
}
