//! Sends what is known of a file beside its bytes.

use std::time::Duration;

use super::Transfer;
use crate::{
    api::check_mistakes,
    fault::{Fault, Outcome},
    item::Item,
    operations::{LikeMedia, UpdateMedia, like_media, update_media},
};

/// How often it is tried while the server changes the same record.
const MAX_TRIES: u32 = 10;

/// Notes caption, date and place, and likes what is liked. Done twice, it comes to the same.
pub(super) fn describe(transfer: &Transfer<'_>, item: &Item, media: &str) -> Outcome<()> {
    if item.notes.is_empty() {
        return transfer.journal.note_described(media);
    }
    let partly = |fault: Fault| match fault {
        Fault::Failed(reason) => Fault::Failed(format!("Uploaded, but without its caption and date: {reason}")),
        other => other,
    };
    update(transfer, item, media).map_err(partly)?;
    if item.notes.liked {
        let input = like_media::LikeMediaInput { media_id: media.to_owned() };
        let data = transfer.api.call::<LikeMedia>(like_media::Variables { input }).map_err(partly)?;
        if let Some(payload) = data.like_media {
            check_mistakes!(payload).map_err(partly)?;
        }
    }
    transfer.journal.note_described(media)
}

fn update(transfer: &Transfer<'_>, item: &Item, media: &str) -> Outcome<()> {
    let notes = &item.notes;
    if notes.caption.is_none() && notes.taken.is_none() && notes.place_name.is_none() {
        return Ok(());
    }
    let input = update_media::UpdateMediaInput {
        id: media.to_owned(),
        caption: notes.caption.clone(),
        place_name: notes.place_name.clone(),
        taken_at: notes.taken.as_ref().map(|taken| taken.at.clone()),
        taken_at_offset_minutes: notes.taken.as_ref().and_then(|taken| taken.offset_minutes),
        gallery_id: None,
        rotate: None,
    };
    for tries in 1.. {
        let data = transfer.api.call::<UpdateMedia>(update_media::Variables { input: input.clone() })?;
        let payload = data.update_media.ok_or_else(|| Fault::Failed("The server did not take it.".into()))?;
        let conflict = payload.user_errors.iter().any(|mistake| mistake.code == update_media::UserErrorCode::CONFLICT);
        if !conflict || tries >= MAX_TRIES {
            return check_mistakes!(payload);
        }
        transfer.api.stop.wait(Duration::from_millis(200))?;
    }
    Ok(())
}
