//! The audit log: lines are written once, read latest first, and expire.

use model::{AuditLine, Error, Page, PageRequest};

use crate::{
    Store,
    item::{to_value, whole_item},
    keys::{self, AUDIT, TTL},
    listing::{Listing, Source},
};

/// What was done longer ago is forgotten.
const KEPT_SECONDS: i64 = 400 * 24 * 3_600;

impl Store {
    /// Writes a line of the audit log.
    pub async fn put_audit_line(&self, line: &AuditLine) -> Result<(), Error> {
        let key = keys::audit_line(line);
        let mut item = whole_item(&key, Some((AUDIT.to_owned(), key.sk.clone())), line)?;
        item.insert(TTL.to_owned(), to_value(&line.at.plus_seconds(KEPT_SECONDS).unix_seconds())?);
        self.put(item).await
    }

    /// The audit log, latest first.
    pub async fn list_audit(&self, page: &PageRequest) -> Result<Page<AuditLine>, Error> {
        let listing = Listing { source: Source::index(AUDIT), ascending: false };
        self.list(listing, page, |place| Some(keys::audit_line_at(place.to_owned()))).await
    }
}
