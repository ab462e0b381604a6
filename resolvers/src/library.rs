//! The library as a whole.

use async_graphql::{Context, Object, SimpleObject};
use model::{Error, Gallery, MAX_PAGE_SIZE, Page, PageRequest};

use crate::{
    context::store,
    directives::{aws_cognito_user_pools, groups},
    error::answer,
};

/// What the library keeps. The trash is included; uploads that are on their way are not.
#[derive(SimpleObject)]
pub(crate) struct StorageUsage {
    /// Bytes of the photos and videos as they were uploaded.
    originals_bytes: f64,
    /// Bytes of the smaller pictures that were made of them.
    renditions_bytes: f64,
    /// How many photos and videos there are.
    media_count: i32,
}

/// Queries about the library as a whole.
#[derive(Default)]
pub(crate) struct LibraryQueries;

#[Object]
impl LibraryQueries {
    /// What the library keeps, in bytes. For admins.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn storage_usage(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<StorageUsage>> {
        let kept = answer(ctx, kept(ctx).await)?;
        #[expect(clippy::cast_precision_loss, reason = "a family keeps far less than 2^53 bytes")]
        let (originals_bytes, renditions_bytes) = (kept.originals_bytes as f64, kept.renditions_bytes as f64);
        let media_count = i32::try_from(kept.count).unwrap_or(i32::MAX);
        Ok(Some(StorageUsage { originals_bytes, renditions_bytes, media_count }))
    }
}

#[derive(Default)]
struct Kept {
    originals_bytes: u64,
    renditions_bytes: u64,
    count: u64,
}

/// Sums what the galleries count. Deleted ones count too: what they held lies in the trash.
async fn kept(ctx: &Context<'_>) -> Result<Kept, Error> {
    let mut kept = Kept::default();
    let store = store(ctx);
    add_all(&mut kept, |page| async move { store.list_galleries(&page).await }).await?;
    add_all(&mut kept, |page| async move { store.list_deleted_galleries(&page).await }).await?;
    Ok(kept)
}

async fn add_all<F>(kept: &mut Kept, list: impl Fn(PageRequest) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<Page<Gallery>, Error>>,
{
    let mut request = PageRequest { first: MAX_PAGE_SIZE, after: None };
    loop {
        let page = list(request.clone()).await?;
        for (cursor, gallery) in page.rows {
            kept.originals_bytes += gallery.originals_bytes;
            kept.renditions_bytes += gallery.renditions_bytes;
            kept.count += gallery.stored_count;
            request.after = Some(cursor);
        }
        if !page.has_next {
            return Ok(());
        }
    }
}
