//! Pages of lists in which most rows may be of no use to the caller: how much is read for one page has a limit.

use async_graphql::Context;
use model::{Cursor, Error, Page, PageRequest};
use ulid::Ulid;

use crate::{
    connection::{Reading, fill_page},
    context::{caller, services, store},
};

/// How much is read for one page.
pub(crate) const READING: Reading = Reading { rows_at_once: model::MAX_PAGE_SIZE, most_reads: 5 };

/// What the cursor of a bookmark begins with; no place in a list does.
const BOOKMARK: char = '~';

/// Fills a page with what `keep` leaves of the rows (in their places). Where the limit comes first, the page is short, and
/// the cursor that is given beside it goes on where reading stopped. That cursor names a bookmark: the place itself could
/// tell of something that the caller may not see.
pub(crate) async fn bounded_page<T, R, F, K>(
    ctx: &Context<'_>,
    request: &PageRequest,
    fetch: impl Fn(PageRequest) -> F,
    keep: impl Fn(Vec<T>) -> K,
) -> Result<(Page<R>, Option<Cursor>), Error>
where
    F: Future<Output = Result<Page<T>, Error>>,
    K: Future<Output = Result<Vec<Option<R>>, Error>>,
{
    let after = match &request.after {
        Some(after) => Some(place(ctx, after).await?),
        None => None,
    };
    let (page, stopped_at) = fill_page(&PageRequest { after, ..*request }, &READING, fetch, keep).await?;
    let bookmark = match stopped_at {
        Some(place) => Some(bookmark(ctx, &place).await?),
        None => None,
    };
    Ok((page, bookmark))
}

async fn place(ctx: &Context<'_>, after: &Cursor) -> Result<Cursor, Error> {
    let Some(id) = after.sort_key().strip_prefix(BOOKMARK) else { return Ok(after.clone()) };
    let kept = match Ulid::from_string(id) {
        Ok(id) => store(ctx).get_bookmark(id).await?,
        Err(_) => None,
    };
    kept.ok_or_else(|| Error::BadRequest("`after` is too old. Please read the list from its beginning.".to_owned()))
}

async fn bookmark(ctx: &Context<'_>, place: &Cursor) -> Result<Cursor, Error> {
    let now = caller(ctx).now;
    let id = services(ctx).new_ulid(now);
    store(ctx).put_bookmark(id, place, now).await?;
    Ok(Cursor::new(format!("{BOOKMARK}{id}")))
}
