//! `share`: links that open a gallery without an account.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde_json::json;

use crate::{
    api::{Api, check_mistakes},
    cli::Share,
    fault::{Fault, Outcome},
    galleries,
    notes::written,
    operations::{CreateShareLink, RevokeShareLink, ShareLinks, create_share_link, revoke_share_link, share_links},
    output::Output,
    shown::shown,
    sign_in::line_of_input,
};

/// Does one of the commands.
pub(crate) fn run(command: Share, api: &Api, output: Output) -> Outcome<()> {
    match command {
        Share::Ls { gallery } => list(api, &gallery, output),
        Share::Create { gallery, label, password_stdin, until, allow_download } => {
            let input = create_share_link::CreateShareLinkInput {
                gallery_id: galleries::get(api, &gallery)?.id,
                label,
                password: password_stdin.then(line_of_input).transpose()?,
                expires_at: until.map(end_of).transpose()?,
                allow_download,
            };
            create(api, input, output)
        }
        Share::Revoke { id } => {
            let input = revoke_share_link::RevokeShareLinkInput { id: id.clone() };
            let data = api.call::<RevokeShareLink>(revoke_share_link::Variables { input })?;
            let payload = data.revoke_share_link.ok_or_else(nothing)?;
            check_mistakes!(payload)?;
            output.tell(&json!({ "event": "revoked", "id": id }), "The link opens nothing any more.");
            Ok(())
        }
    }
}

fn nothing() -> Fault {
    Fault::Failed("The server did not do it.".into())
}

/// The end of a day, by the clock on the wall here.
fn end_of(day: Date) -> Outcome<String> {
    let next = day.checked_add(1.day()).and_then(|next| next.to_zoned_datetime(TimeZone::system()));
    next.map(|next| written(next.timestamp())).map_err(|_| Fault::Usage("There is no such day.".into()))
}

fn create(api: &Api, input: create_share_link::CreateShareLinkInput, output: Output) -> Outcome<()> {
    let data = api.call_once::<CreateShareLink>(create_share_link::Variables { input })?;
    let payload = data.create_share_link.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let link = payload.share_link.ok_or_else(nothing)?;
    let url = link.url.ok_or_else(nothing)?;
    output.tell(&json!({ "event": "created", "id": link.id, "url": url, "expiresAt": link.expires_at }), shown(&url));
    Ok(())
}

fn list(api: &Api, gallery: &str, output: Output) -> Outcome<()> {
    let id = galleries::get(api, gallery)?.id;
    let data = api.call::<ShareLinks>(share_links::Variables { id })?;
    let links = data.gallery.and_then(|gallery| gallery.share_links).ok_or_else(nothing)?;
    let mut rows = Vec::new();
    for link in &links {
        output.event(&json!({
            "id": link.id, "label": link.label, "hasPassword": link.has_password, "allowDownload": link.allow_download,
            "expiresAt": link.expires_at, "revokedAt": link.revoked_at, "openCount": link.open_count,
        }));
        let day = |moment: &Option<String>| moment.as_deref().and_then(|text| text.get(..10)).unwrap_or("-").to_owned();
        rows.push(vec![
            link.id.clone(),
            link.open_count.to_string(),
            if link.has_password { "yes" } else { "no" }.to_owned(),
            if link.allow_download { "yes" } else { "no" }.to_owned(),
            day(&link.expires_at),
            day(&link.revoked_at),
            link.label.as_deref().map(shown).unwrap_or_default(),
        ]);
    }
    output.table(&["id", "opened", "password", "download", "until", "revoked", "label"], &rows);
    Ok(())
}
