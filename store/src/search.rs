//! Finds things by their words: an inverted index in the table itself.

use model::{Error, NodeId, Page, PageRequest, Word};
use serde::Deserialize;

use crate::{
    Store, keys,
    listing::{Listing, Source},
};

/// Says that something may be found by a word. Only the thing itself knows whether that is still so, and who may know.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The whole word.
    pub word: String,
    /// What has it.
    pub id: NodeId,
}

/// An entry as it lies in the table: it is nothing but its key.
#[derive(Deserialize)]
struct Row {
    #[serde(rename = "SK")]
    sk: String,
}

impl Store {
    /// What has a word that begins with `start`: the words backwards, under each the latest first.
    pub async fn list_entries(&self, start: &Word, page: &PageRequest) -> Result<Page<Entry>, Error> {
        let source = Source::Table { pk: keys::word_partition(start), sk_prefix: start.to_string() };
        let rows: Page<Row> = self.list(Listing { source, ascending: false }, page, |_| None).await?;
        let entries = rows.rows.into_iter().map(|(cursor, row)| Ok((cursor, entry(&row.sk)?)));
        Ok(Page { rows: entries.collect::<Result<_, Error>>()?, has_next: rows.has_next })
    }
}

fn entry(sk: &str) -> Result<Entry, Error> {
    let mut parts = sk.split('#');
    let (word, id) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
    Ok(Entry { word: word.to_owned(), id: id.parse().map_err(Error::internal)? })
}
