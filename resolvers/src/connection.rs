//! Relay connections: pages of a list, by the specification of cursor connections.

use async_graphql::SimpleObject;
use model::{Error, Page, PageRequest};

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
            page_info: crate::connection::PageInfo,
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
    let mut rows = Vec::new();
    // One more than asked for tells whether a next page exists.
    let mut wanted = PageRequest { first: request.first + 1, after: request.after.clone() };
    loop {
        let page = fetch(wanted.clone()).await?;
        let (cursors, values): (Vec<_>, Vec<_>) = page.rows.into_iter().unzip();
        wanted.after = cursors.last().cloned().or(wanted.after);
        let kept = keep(values).await?;
        rows.extend(cursors.into_iter().zip(kept).filter_map(|(cursor, value)| Some((cursor, value?))));
        if rows.len() > request.first || !page.has_next {
            let has_next = rows.len() > request.first;
            rows.truncate(request.first);
            return Ok(Page { rows, has_next });
        }
    }
}
