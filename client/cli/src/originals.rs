//! What a gallery, or the trash, holds: page by page.

use crate::{
    api::Api,
    fault::{Fault, Outcome},
    operations::{GalleryOriginals, TrashOriginals, finish_upload, gallery_originals, request_upload, trash_originals},
};

/// Where a photo or video is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Announced; its bytes are not all there yet.
    Uploading,
    /// Its bytes are safe; its small pictures are being made.
    Processing,
    /// All there.
    Ready,
    /// Its bytes are safe, but no picture could be made of them.
    Failed,
    /// In the trash.
    Trashed,
    /// What this version does not know.
    Unknown,
}

impl Status {
    /// In lower case.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Processing => "processing",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Trashed => "trashed",
            Self::Unknown => "unknown",
        }
    }
}

macro_rules! status_of {
    ($($operation:ident)*) => {$(
        impl From<&$operation::MediaStatus> for Status {
            fn from(status: &$operation::MediaStatus) -> Self {
                match status {
                    $operation::MediaStatus::UPLOADING => Self::Uploading,
                    $operation::MediaStatus::PROCESSING => Self::Processing,
                    $operation::MediaStatus::READY => Self::Ready,
                    $operation::MediaStatus::FAILED => Self::Failed,
                    $operation::MediaStatus::TRASHED => Self::Trashed,
                    $operation::MediaStatus::Other(_) => Self::Unknown,
                }
            }
        }
    )*};
}

status_of!(finish_upload gallery_originals request_upload);

/// A photo or video with all that a copy of it needs.
pub(crate) type Original = gallery_originals::GalleryOriginalsGalleryMediaEdgesNode;
pub(crate) use gallery_originals::GallerySort;

const PAGE: i64 = 100;

/// Hands over what a gallery holds, a page at a time, until `take` says that it has enough.
pub(crate) fn each_page(
    api: &Api,
    gallery: &str,
    sort: &GallerySort,
    mut take: impl FnMut(Vec<Original>) -> Outcome<bool>,
) -> Outcome<()> {
    let mut after = None;
    loop {
        let variables =
            gallery_originals::Variables { id: gallery.to_owned(), first: PAGE, after, sort: Some(sort.clone()) };
        let data = api.call::<GalleryOriginals>(variables)?;
        let page = data.gallery.and_then(|gallery| gallery.media);
        let page = page.ok_or_else(|| Fault::Failed("The gallery is gone, or may not be seen any more.".into()))?;
        let goes_on = take(page.edges.into_iter().map(|edge| edge.node).collect())?;
        after = page.page_info.end_cursor;
        if !goes_on || !page.page_info.has_next_page || after.is_none() {
            return Ok(());
        }
    }
}

/// The SHA-256 of all that is in the trash, in base64, with the id of the gallery that it was in.
pub(crate) fn trashed(api: &Api) -> Outcome<Vec<(String, String)>> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let data = api.call::<TrashOriginals>(trash_originals::Variables { first: PAGE, after })?;
        let page = data.trash.ok_or_else(|| Fault::Failed("The trash may not be seen.".into()))?;
        let known = page.edges.into_iter().filter_map(|edge| Some((edge.node.gallery?.id, edge.node.sha256?)));
        found.extend(known);
        after = page.page_info.end_cursor;
        if !page.page_info.has_next_page || after.is_none() {
            return Ok(found);
        }
    }
}
