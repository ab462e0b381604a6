//! A gallery with photos, of which the first have comments with replies.

use anyhow::ensure;
use local::System;
use model::{Comment, CommentId, CommentText, DisplayName, GalleryId, MediaId, Role, User};
use ulid::Ulid;

use super::home::{add_gallery, add_photo, now, person};

const PEOPLE: u16 = 12;
/// So many that a page of 60 has a next one.
const PHOTOS: u16 = 70;
const PHOTOS_WITH_COMMENTS: u16 = 20;
const COMMENTS: u16 = 3;
const REPLIES: u16 = 2;

/// Fills the library, and gives its gallery.
pub(crate) async fn fill(system: &System) -> anyhow::Result<GalleryId> {
    for number in 0..PEOPLE {
        add_person(system, number).await?;
    }
    let gallery = add_gallery(system, 0).await?;
    for number in 0..PHOTOS {
        let photo = add_photo(system, gallery, number).await?;
        if number < PHOTOS_WITH_COMMENTS {
            comment_on(system, photo).await?;
        }
    }
    Ok(gallery)
}

async fn add_person(system: &System, number: u16) -> anyhow::Result<()> {
    let user = User {
        id: person(number)?,
        username: format!("person-{number}"),
        display_name: DisplayName::parse(&format!("Person {number}"), "displayName")?,
        email: None,
        role: Role::Visitor,
        disabled: false,
        offered_at_sign_in: false,
        invited_at: now(),
        last_seen_at: None,
        tokens_valid_from: None,
        avatar_media_id: None,
        activity_read_until: None,
    };
    ensure!(system.store.put_user(&user).await?, "the person is there already");
    Ok(())
}

async fn comment_on(system: &System, media: MediaId) -> anyhow::Result<()> {
    for number in 0..COMMENTS {
        let thread = CommentId { media, thread: None, own: Ulid::from_parts(1, u128::from(number)) };
        add_comment(system, thread, number).await?;
        for reply in 0..REPLIES {
            let own = Ulid::from_parts(2, u128::from(10 * number + reply));
            add_comment(system, CommentId { thread: Some(thread.own), own, ..thread }, number + reply + 1).await?;
        }
    }
    Ok(())
}

async fn add_comment(system: &System, id: CommentId, by: u16) -> anyhow::Result<()> {
    let comment = Comment {
        id,
        text: Some(CommentText::parse("What a day that was", "text")?),
        author: person(by)?,
        author_name: None,
        reply_count: 0,
        created_at: now(),
        edited_at: None,
    };
    ensure!(system.store.put_comment(&comment).await?, "the comment was not taken");
    Ok(())
}
