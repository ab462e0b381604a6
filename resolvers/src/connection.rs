//! Relay connections: pages of a list, by the specification of cursor connections.

use async_graphql::SimpleObject;
use model::{Cursor, Error, Page, PageRequest};

/// Where a page lies in its list.
#[derive(SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether more follow.
    has_next_page: bool,
    /// Whether the page was asked for by a cursor, so that others go before it.
    has_previous_page: bool,
    /// Place of the first row.
    start_cursor: Option<String>,
    /// Place of the last row: pass it as `after` for the next page.
    end_cursor: Option<String>,
}

impl PageInfo {
    pub(crate) fn of<T>(page: &Page<T>, request: &PageRequest) -> Self {
        Self {
            has_next_page: page.has_next,
            has_previous_page: request.after.is_some(),
            start_cursor: page.rows.first().map(|(cursor, _)| cursor.encode()),
            end_cursor: page.rows.last().map(|(cursor, _)| cursor.encode()),
        }
    }

    /// Lets the next page begin elsewhere than behind the last row.
    pub(crate) fn go_on_at(&mut self, place: Option<Cursor>) {
        self.end_cursor = place.map(|place| place.encode()).or(self.end_cursor.take());
    }
}

/// Makes the connection and edge types of a list.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $what:literal) => {
        #[doc = concat!("One of the ", $what, ".")]
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $edge {
            /// Its place in the list.
            cursor: String,
            /// What is there.
            node: $node,
        }

        #[doc = concat!("A page of ", $what, ".")]
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $connection {
            /// What the page holds, in order.
            edges: Vec<$edge>,
            /// Where the page lies in the list.
            pub(crate) page_info: crate::connection::PageInfo,
        }

        impl $connection {
            pub(crate) fn new<T: Into<$node>>(page: model::Page<T>, request: &model::PageRequest) -> Self {
                let page_info = crate::connection::PageInfo::of(&page, request);
                let edges = page
                    .rows
                    .into_iter()
                    .map(|(cursor, row)| $edge { cursor: cursor.encode(), node: row.into() })
                    .collect();
                Self { edges, page_info }
            }
        }
    };
}
pub(crate) use connection;

/// How much of a list is read to fill one page.
pub(crate) struct Reading {
    pub(crate) rows_at_once: usize,
    pub(crate) most_reads: usize,
}

/// Fills a page with those rows that `keep` leaves (as `Some`, in their places), reading on while rows are missing.
pub(crate) async fn filtered_page<S, T, F, K>(
    request: &PageRequest,
    fetch: impl Fn(PageRequest) -> F,
    keep: impl Fn(Vec<S>) -> K,
) -> Result<Page<T>, Error>
where
    F: Future<Output = Result<Page<S>, Error>>,
    K: Future<Output = Result<Vec<Option<T>>, Error>>,
{
    // One more than asked for tells whether a next page exists.
    let reading = Reading { rows_at_once: request.first + 1, most_reads: usize::MAX };
    let (page, _) = fill_page(request, &reading, fetch, keep).await?;
    Ok(page)
}

/// Fills a page with what `keep` makes of the rows (in their places), and says where reading stopped, if that was neither
/// because the page is full nor because the list has ended.
pub(crate) async fn fill_page<T, R, F, K>(
    request: &PageRequest,
    reading: &Reading,
    fetch: impl Fn(PageRequest) -> F,
    keep: impl Fn(Vec<T>) -> K,
) -> Result<(Page<R>, Option<Cursor>), Error>
where
    F: Future<Output = Result<Page<T>, Error>>,
    K: Future<Output = Result<Vec<Option<R>>, Error>>,
{
    let mut rows = Vec::new();
    let mut wanted = PageRequest { first: reading.rows_at_once, after: request.after.clone() };
    for _ in 0..reading.most_reads {
        let page = fetch(wanted.clone()).await?;
        let (cursors, values): (Vec<_>, Vec<_>) = page.rows.into_iter().unzip();
        wanted.after = cursors.last().cloned().or(wanted.after);
        let kept = keep(values).await?;
        rows.extend(cursors.into_iter().zip(kept).filter_map(|(cursor, value)| Some((cursor, value?))));
        if rows.len() > request.first || !page.has_next {
            let has_next = rows.len() > request.first;
            rows.truncate(request.first);
            return Ok((Page { rows, has_next }, None));
        }
    }
    Ok((Page { rows, has_next: true }, wanted.after))
}
