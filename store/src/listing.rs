//! Lists of the table and its indexes, read a page at a time.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use model::{Cursor, Error, Page, PageRequest};
use serde::de::DeserializeOwned;

use crate::{
    Store,
    error::from_sdk,
    item::from_item,
    keys::{GSI1, Index, Item, Key, SK, text},
};

/// A list to read: a partition of the table or of an index.
pub(crate) struct Listing {
    pub(crate) source: Source,
    pub(crate) ascending: bool,
}

pub(crate) enum Source {
    /// The items of one partition of the table whose sort key begins with a text; strongly consistent. A cursor holds
    /// what follows that text.
    Table { pk: String, sk_prefix: String },
    /// One partition of an index, or the part of it whose sort key lies in a range, its ends included.
    Index { index: Index, pk: String, range: Option<(String, String)> },
}

/// Where reading begins.
enum Start {
    Beginning,
    Behind(Item),
    /// The cursor lies behind all that there is.
    End,
}

impl Source {
    /// One partition of the first index.
    pub(crate) fn index(pk: impl Into<String>) -> Self {
        Self::Index { index: GSI1, pk: pk.into(), range: None }
    }

    /// The attribute that the list is ordered by, and what it begins with in every row.
    fn order(&self) -> (&str, &str) {
        match self {
            Self::Table { sk_prefix, .. } => (SK, sk_prefix),
            Self::Index { index, .. } => (index.sk, ""),
        }
    }

    fn narrow(&self, query: QueryFluentBuilder) -> QueryFluentBuilder {
        match self {
            Self::Table { pk, sk_prefix } => query
                .consistent_read(true)
                .key_condition_expression("PK = :pk AND begins_with(SK, :prefix)")
                .expression_attribute_values(":pk", text(pk))
                .expression_attribute_values(":prefix", text(sk_prefix)),
            Self::Index { index, pk, range: None } => query
                .index_name(index.name)
                .key_condition_expression(format!("{} = :pk", index.pk))
                .expression_attribute_values(":pk", text(pk)),
            Self::Index { index, pk, range: Some((from, to)) } => query
                .index_name(index.name)
                .key_condition_expression(format!("{} = :pk AND {} BETWEEN :from AND :to", index.pk, index.sk))
                .expression_attribute_values(":pk", text(pk))
                .expression_attribute_values(":from", text(from))
                .expression_attribute_values(":to", text(to)),
        }
    }
}

impl Listing {
    /// A cursor may come from a longer list than this part of it: DynamoDB refuses to start outside of a range.
    fn start(&self, after: Option<&Cursor>, key_of: impl Fn(&str) -> Option<Key>) -> Result<Start, Error> {
        let Some(place) = after.map(Cursor::sort_key) else { return Ok(Start::Beginning) };
        let (index, pk, range) = match &self.source {
            Source::Table { pk, sk_prefix } => {
                let key = Key { pk: pk.clone(), sk: format!("{sk_prefix}{place}") };
                return Ok(Start::Behind(key.attributes()));
            }
            Source::Index { index, pk, range } => (index, pk, range),
        };
        let key = key_of(place).ok_or_else(|| Error::BadRequest("`after` is not a cursor of this list.".to_owned()))?;
        let mut start = key.attributes();
        start.insert(index.pk.to_owned(), text(pk));
        start.insert(index.sk.to_owned(), text(place));
        let is_below = range.as_ref().is_some_and(|(from, _)| place < from.as_str());
        let is_above = range.as_ref().is_some_and(|(_, to)| place > to.as_str());
        Ok(match (is_below, is_above, self.ascending) {
            (true, _, true) | (_, true, false) => Start::Beginning,
            (true, _, false) | (_, true, true) => Start::End,
            (false, false, _) => Start::Behind(start),
        })
    }
}

impl Store {
    /// Reads one page of a list with one query.
    ///
    /// `key_of` gives the key of the row that a cursor stands for; the cursor holds its place in the list.
    pub(crate) async fn list<T: DeserializeOwned>(
        &self,
        listing: Listing,
        page: &PageRequest,
        key_of: impl Fn(&str) -> Option<Key>,
    ) -> Result<Page<T>, Error> {
        let start = match listing.start(page.after.as_ref(), key_of)? {
            Start::Beginning => None,
            Start::Behind(start) => Some(start),
            Start::End => return Ok(Page::empty()),
        };
        let query = self
            .dynamodb
            .query()
            .table_name(&self.settings.table)
            .scan_index_forward(listing.ascending)
            .limit(i32::try_from(page.first + 1).map_err(Error::internal)?)
            .set_exclusive_start_key(start);
        let answer = listing.source.narrow(query).send().await.map_err(from_sdk)?;
        let items = answer.items.unwrap_or_default();
        let has_next = items.len() > page.first || answer.last_evaluated_key.is_some();
        let (sort_attribute, prefix) = listing.source.order();
        let rows = items.into_iter().take(page.first).map(|item| {
            let sort = item.get(sort_attribute).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default();
            let place = sort.strip_prefix(prefix).unwrap_or(&sort);
            Ok((Cursor::new(place), from_item(item)?))
        });
        Ok(Page { rows: rows.collect::<Result<_, Error>>()?, has_next })
    }
}
