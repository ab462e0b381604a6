//! What the caller may do with something, so that a client shows no control in vain. The server decides all the same.

use async_graphql::{Context, SimpleObject};
use model::{
    Error,
    access::{Action, Subject, Verdict, decide},
};

use crate::{context::caller, gate};

/// What you may do with a gallery.
#[derive(SimpleObject)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub(crate) struct GalleryPermissions {
    /// Change its title, description, rules and cover.
    edit: bool,
    /// Delete it.
    delete: bool,
    /// Add photos and videos.
    upload: bool,
    /// Say who may see it.
    share: bool,
}

/// What you may do with a photo or video.
#[derive(SimpleObject)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub(crate) struct MediaPermissions {
    /// Change its caption, date, turn and gallery.
    edit: bool,
    /// Put it into the trash.
    delete: bool,
    /// Say something about it.
    comment: bool,
    /// Download the original.
    download: bool,
}

/// What you may do with a comment.
#[derive(SimpleObject)]
pub(crate) struct CommentPermissions {
    /// Change its text.
    edit: bool,
    /// Remove it.
    delete: bool,
    /// Reply to it.
    reply: bool,
}

pub(crate) async fn of_gallery(ctx: &Context<'_>, gallery: &model::Gallery) -> Result<GalleryPermissions, Error> {
    let subject = Subject::Gallery(gate::access_to(ctx, gallery).await?);
    let manages = may(ctx, Action::ManageGallery, &subject);
    Ok(GalleryPermissions {
        edit: manages,
        delete: manages,
        upload: may(ctx, Action::Contribute, &subject),
        share: manages,
    })
}

pub(crate) async fn of_media(ctx: &Context<'_>, media: &model::Media) -> Result<Option<MediaPermissions>, Error> {
    let Some(gallery) = gate::access_around(ctx, media).await? else { return Ok(None) };
    let subject = Subject::Media(gallery, gate::access_of(media));
    Ok(Some(MediaPermissions {
        edit: may(ctx, Action::EditMedia, &subject),
        delete: may(ctx, Action::TrashMedia, &subject),
        comment: may(ctx, Action::Comment, &subject),
        download: may(ctx, Action::Download, &subject),
    }))
}

pub(crate) async fn of_comment(
    ctx: &Context<'_>,
    comment: &model::Comment,
    media: &model::Media,
) -> Result<Option<CommentPermissions>, Error> {
    let Some(gallery) = gate::access_around(ctx, media).await? else { return Ok(None) };
    let subject = Subject::Comment(gallery, gate::access_of(media), comment.author);
    // A removed comment has nothing left to change.
    let there = comment.text.is_some();
    Ok(Some(CommentPermissions {
        edit: there && may(ctx, Action::EditComment, &subject),
        delete: there && may(ctx, Action::RemoveComment, &subject),
        reply: may(ctx, Action::Comment, &subject),
    }))
}

fn may(ctx: &Context<'_>, action: Action, subject: &Subject) -> bool {
    decide(&caller(ctx).requester, action, subject) == Verdict::Allowed
}
