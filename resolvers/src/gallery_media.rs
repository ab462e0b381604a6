//! What a gallery shows, a page at a time.

use async_graphql::Context;
use model::{Error, Gallery, GallerySort, Media, MediaId, MediaKind, Page, PageRequest};

use crate::{
    connection::{Reading, fill_page},
    context::store,
    days::Days,
    loaders::{loader, shared},
    media::MediaConnection,
};

/// How many rows are read at once, at least, where some of them are left out: a page of few need not take many reads.
const LEAST_READ: usize = 50;

/// What of a gallery is wanted.
pub(crate) struct Wanted {
    pub(crate) sort: GallerySort,
    pub(crate) kind: Option<MediaKind>,
    pub(crate) days: Days,
}

impl Wanted {
    fn hold(&self, media: &Media) -> bool {
        self.kind.is_none_or(|kind| media.kind == kind) && self.days.hold(&media.day())
    }

    fn reading(&self, request: &PageRequest) -> Reading {
        // One more than asked for tells whether a next page exists.
        let asked = request.first + 1;
        let leaves_out = self.kind.is_some() || self.days.range().is_some();
        let rows_at_once = if leaves_out { asked.max(LEAST_READ) } else { asked };
        Reading { rows_at_once, most_reads: usize::MAX }
    }
}

/// A page of what a gallery shows, as far as it is wanted.
pub(crate) async fn page(
    ctx: &Context<'_>,
    gallery: &Gallery,
    request: &PageRequest,
    wanted: &Wanted,
) -> Result<MediaConnection, Error> {
    let (page, _) = fill_page(
        request,
        &wanted.reading(request),
        |request| listed(ctx, gallery, request, wanted),
        |ids: Vec<MediaId>| async move {
            // An index lags behind the table, which says what is still so.
            let mut found = loader(ctx).load_many(&ids).await.map_err(shared)?;
            let shown = |media: &Media| media.is_shown_in(gallery.id) && wanted.hold(media);
            Ok(ids.iter().map(|id| found.remove(id).filter(shown)).collect())
        },
    )
    .await?;
    Ok(MediaConnection::new(page, request))
}

async fn listed(
    ctx: &Context<'_>,
    gallery: &Gallery,
    request: PageRequest,
    wanted: &Wanted,
) -> Result<Page<MediaId>, Error> {
    let Some(range) = wanted.days.range() else {
        return store(ctx).list_media(gallery.id, &request, wanted.sort).await;
    };
    let ascending = match wanted.sort {
        GallerySort::TakenAtAsc => true,
        GallerySort::TakenAtDesc => false,
        GallerySort::UploadedAtDesc | GallerySort::Manual => {
            let message = "`from` and `to` need an order by date: pass `sort: TAKEN_AT_ASC` or `sort: TAKEN_AT_DESC`.";
            return Err(Error::BadRequest(message.to_owned()));
        }
    };
    store(ctx).list_media_taken(gallery.id, &request, ascending, range).await
}
