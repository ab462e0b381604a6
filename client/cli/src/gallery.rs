//! `gallery`: makes, changes and deletes galleries, and says who may see them.

use serde_json::json;

use crate::{
    api::{Api, check_mistakes},
    cli::{Gallery, Level, Visibility},
    fault::{Fault, Outcome},
    galleries, ls,
    operations::{
        CreateGallery, DeleteGallery, GalleryAccess, SetGalleryAccess, UpdateGallery, create_gallery, delete_gallery,
        gallery_access, set_gallery_access, update_gallery,
    },
    output::Output,
    shown::shown,
    user,
};

/// Does one of the commands.
pub(crate) fn run(command: Gallery, api: &Api, output: Output) -> Outcome<()> {
    match command {
        Gallery::Ls => ls::galleries(api, output),
        Gallery::Create { title, description, visibility } => create(api, title, description, visibility, output),
        Gallery::Update { gallery, title, description, visibility } => {
            let input = update_gallery::UpdateGalleryInput {
                id: galleries::get(api, &gallery)?.id,
                title,
                description,
                visibility: visibility.map(changed_visibility),
                sort: None,
                cover_media_id: None,
            };
            update(api, input, output)
        }
        Gallery::Delete { gallery, with_media } => {
            let id = galleries::get(api, &gallery)?.id;
            let input = delete_gallery::DeleteGalleryInput { id: id.clone(), with_media };
            let data = api.call::<DeleteGallery>(delete_gallery::Variables { input })?;
            let payload = data.delete_gallery.ok_or_else(nothing)?;
            check_mistakes!(payload)?;
            output.tell(&json!({ "event": "deleted", "id": id }), format!("Deleted {}.", shown(&gallery)));
            Ok(())
        }
        Gallery::Access { gallery } => access(api, &gallery, output),
        Gallery::Grant { gallery, person, level } => set_access(api, &gallery, &person, Some(level), output),
        Gallery::Revoke { gallery, person } => set_access(api, &gallery, &person, None, output),
    }
}

fn nothing() -> Fault {
    Fault::Failed("The server did not do it.".into())
}

fn create(
    api: &Api,
    title: String,
    description: Option<String>,
    visibility: Visibility,
    output: Output,
) -> Outcome<()> {
    let visibility = match visibility {
        Visibility::Family => create_gallery::Visibility::FAMILY,
        Visibility::Restricted => create_gallery::Visibility::RESTRICTED,
        Visibility::Private => create_gallery::Visibility::PRIVATE,
    };
    let sort = create_gallery::GallerySort::TAKEN_AT_ASC;
    let input = create_gallery::CreateGalleryInput { title, description, visibility, sort };
    let data = api.call_once::<CreateGallery>(create_gallery::Variables { input })?;
    let payload = data.create_gallery.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let gallery = payload.gallery.ok_or_else(nothing)?;
    let event = json!({ "event": "created", "id": gallery.id, "title": gallery.title });
    output.tell(&event, format!("{}  {}", gallery.id, shown(&gallery.title)));
    Ok(())
}

fn changed_visibility(visibility: Visibility) -> update_gallery::Visibility {
    match visibility {
        Visibility::Family => update_gallery::Visibility::FAMILY,
        Visibility::Restricted => update_gallery::Visibility::RESTRICTED,
        Visibility::Private => update_gallery::Visibility::PRIVATE,
    }
}

fn update(api: &Api, input: update_gallery::UpdateGalleryInput, output: Output) -> Outcome<()> {
    if input.title.is_none() && input.description.is_none() && input.visibility.is_none() {
        return Err(Fault::Usage("Please say what is to change: --title, --description or --visibility.".into()));
    }
    let data = api.call::<UpdateGallery>(update_gallery::Variables { input })?;
    let payload = data.update_gallery.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let gallery = payload.gallery.ok_or_else(nothing)?;
    let event = json!({ "event": "updated", "id": gallery.id, "title": gallery.title });
    output.tell(&event, format!("{}  {}", gallery.id, shown(&gallery.title)));
    Ok(())
}

fn access(api: &Api, gallery: &str, output: Output) -> Outcome<()> {
    let id = galleries::get(api, gallery)?.id;
    let data = api.call::<GalleryAccess>(gallery_access::Variables { id })?;
    let lines = data.gallery.and_then(|gallery| gallery.access_list).ok_or_else(nothing)?;
    let mut rows = Vec::new();
    for line in &lines {
        let level = match &line.level {
            gallery_access::GalleryAccessLevel::VIEW => "view",
            gallery_access::GalleryAccessLevel::COMMENT => "comment",
            gallery_access::GalleryAccessLevel::CONTRIBUTE => "contribute",
            gallery_access::GalleryAccessLevel::Other(other) => other,
        };
        output.event(&json!({ "userId": line.user.id, "name": line.user.display_name, "level": level }));
        rows.push(vec![line.user.id.clone(), level.to_owned(), shown(&line.user.display_name)]);
    }
    output.table(&["id", "may", "name"], &rows);
    Ok(())
}

fn set_access(api: &Api, gallery: &str, person: &str, level: Option<Level>, output: Output) -> Outcome<()> {
    let (gallery, person) = (galleries::get(api, gallery)?, user::get(api, person)?);
    let level = level.map(|level| match level {
        Level::View => set_gallery_access::GalleryAccessLevel::VIEW,
        Level::Comment => set_gallery_access::GalleryAccessLevel::COMMENT,
        Level::Contribute => set_gallery_access::GalleryAccessLevel::CONTRIBUTE,
    });
    let taken_off = level.is_none();
    let input =
        set_gallery_access::SetGalleryAccessInput { gallery_id: gallery.id.clone(), user_id: person.id.clone(), level };
    let data = api.call::<SetGalleryAccess>(set_gallery_access::Variables { input })?;
    let payload = data.set_gallery_access.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let what = if taken_off { "is no longer" } else { "is" };
    let text = format!("{} {what} on the access list of {}.", shown(&person.display_name), shown(&gallery.title));
    let event =
        json!({ "event": if taken_off { "revoked" } else { "granted" }, "galleryId": gallery.id, "userId": person.id });
    output.tell(&event, text);
    Ok(())
}
