//! Lists galleries, and what they hold.

use serde_json::json;

use crate::{
    api::Api,
    fault::Outcome,
    galleries::{self, visibility_name},
    originals::{self, GallerySort, Original, Status},
    output::Output,
    shown::{count, shown, shown_size},
};

/// Lists all galleries.
pub(crate) fn galleries(api: &Api, output: Output) -> Outcome<()> {
    let cards = galleries::all(api)?;
    let mut rows = Vec::new();
    for card in &cards {
        let visibility = visibility_name(&card.visibility);
        output.event(&json!({
            "id": card.id, "title": card.title, "description": card.description, "visibility": visibility,
            "mediaCount": card.media_count, "firstTakenOn": card.first_taken_on, "lastTakenOn": card.last_taken_on,
        }));
        let day = |day: &Option<String>| day.clone().unwrap_or_default();
        rows.push(vec![
            card.id.clone(),
            card.media_count.to_string(),
            visibility.to_owned(),
            day(&card.first_taken_on),
            day(&card.last_taken_on),
            shown(&card.title),
        ]);
    }
    output.table(&["id", "files", "for", "from", "to", "title"], &rows);
    Ok(())
}

/// Lists what a gallery holds, oldest first.
pub(crate) fn media(api: &Api, gallery: &str, output: Output) -> Outcome<()> {
    let gallery = galleries::get(api, gallery)?;
    let (mut files, mut bytes) = (0, 0);
    originals::each_page(api, &gallery.id, &GallerySort::TAKEN_AT_ASC, |page| {
        for media in &page {
            files += 1;
            bytes += size(media);
            let event = json!({
                "id": media.id, "fileName": media.file_name, "contentType": media.content_type, "sizeBytes": size(media),
                "sha256": media.sha256, "status": Status::from(&media.status).name(), "takenAt": media.taken_at,
                "takenAtOffsetMinutes": media.taken_at_offset_minutes, "caption": media.caption,
                "placeName": media.place_name, "liked": media.viewer_has_liked,
            });
            let taken = media.taken_at.as_deref().map_or("-", |taken| taken.get(..16).unwrap_or(taken));
            let line = format!(
                "{}  {taken:16}  {:>9}  {:10}  {}",
                media.id,
                shown_size(size(media)),
                Status::from(&media.status).name(),
                shown(&media.file_name)
            );
            output.tell(&event, line);
        }
        Ok(true)
    })?;
    output.line(format!("{}, {}", count(files, "file", "files"), shown_size(bytes)));
    Ok(())
}

/// Bytes of an original.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers below 2^53, by the schema")]
pub(crate) fn size(media: &Original) -> u64 {
    media.size_bytes as u64
}
