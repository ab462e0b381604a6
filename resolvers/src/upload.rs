//! Bringing photos and videos in. Their bytes go straight to the bucket, never through here.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use model::{
    Announcement, Caption, Error, FileName, InputError, InputErrorCode, Media as Record, MediaId, MediaStatus, Sha256,
    Timestamp, Upload,
    access::Action,
    upload::{self, Part, UPLOAD_LIFETIME_SECONDS},
};
use store::{Announced, MediaChange, StoredPart, UploadTarget};

use crate::{
    audit::notes,
    context::{caller, presigner, services, store},
    directives::{aws_cognito_user_pools, groups},
    error::{UserError, to_payload},
    gallery_edit::DeletePayload,
    gate,
    media::Media,
    media_edit::MediaPayload,
    scalars::{AwsDateTime, AwsUrl},
};

/// The most parts that one ticket names: the rest comes when the client asks again.
const PARTS_PER_TICKET: usize = 100;

/// A file that is to come.
#[derive(InputObject)]
pub(crate) struct RequestUploadInput {
    /// The gallery that it is for.
    gallery_id: ID,
    /// Its name, without a path.
    file_name: String,
    /// Its type, `image/…` or `video/…`; the content decides in the end.
    content_type: String,
    /// Its length in bytes.
    size_bytes: f64,
    /// Its SHA-256 in base64: finds duplicates, and proves that what arrives is what was sent.
    sha256: String,
    /// When the file was last changed, as the clock on the wall showed it, written like UTC: stands in where the file itself does
    /// not say when it was taken.
    file_modified_at: Option<AwsDateTime>,
}

/// One HTTP header.
#[derive(SimpleObject)]
pub(crate) struct HttpHeader {
    /// Its name.
    name: String,
    /// Its value.
    value: String,
}

/// One request to send: these bytes of the file, to this address, with exactly these headers.
#[derive(SimpleObject)]
pub(crate) struct UploadPart {
    /// Counted from 1.
    part_number: u32,
    /// The HTTP method.
    method: String,
    /// The address.
    url: AwsUrl,
    /// The headers. `Content-Length` is signed too: it must be `length`, as HTTP clients set it by themselves.
    headers: Vec<HttpHeader>,
    /// The first byte.
    offset: f64,
    /// How many bytes.
    length: f64,
}

/// What to send. Send each part, then call `finishUpload`.
#[derive(SimpleObject)]
pub(crate) struct UploadTicket {
    /// Id of the photo or video that is to be.
    media_id: ID,
    /// Until when the addresses work. Ask again for new ones; what was sent stays.
    expires_at: AwsDateTime,
    /// How many parts the file has.
    part_count: u32,
    /// The next parts that are missing, at most 100. Once they are sent, ask again with the same input for more.
    parts: Vec<UploadPart>,
}

/// What to send, or what is there already, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct RequestUploadPayload {
    /// What to send.
    ticket: Option<UploadTicket>,
    /// The gallery has this file already: nothing to send.
    duplicate_of: Option<Media>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// Says that all parts were sent.
#[derive(InputObject)]
pub(crate) struct FinishUploadInput {
    /// From the ticket.
    media_id: ID,
    /// What to say under it, up to 4,000 characters.
    caption: Option<String>,
    /// When it was taken, where the caller knows better than the file.
    taken_at: Option<AwsDateTime>,
}

/// Names the upload to give up.
#[derive(InputObject)]
pub(crate) struct CancelUploadInput {
    /// From the ticket.
    media_id: ID,
}

/// Uploading.
#[derive(Default)]
pub(crate) struct UploadMutations;

#[Object]
impl UploadMutations {
    /// Announces a file and gets the addresses to send it to. Asking again for the same file resumes the upload.
    /// Visitors may do this where the gallery's access list says CONTRIBUTE.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn request_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: RequestUploadInput,
    ) -> async_graphql::Result<Option<RequestUploadPayload>> {
        notes(ctx).about_given(&input.gallery_id);
        let (requested, user_errors) = to_payload(ctx, request(ctx, &input).await)?;
        match &requested {
            Some(Requested::Ticket(ticket)) => notes(ctx).about(ticket.media_id.as_str()),
            Some(Requested::Duplicate(media)) => notes(ctx).about(&media.id),
            None => {}
        }
        let (ticket, duplicate_of) = match requested {
            Some(Requested::Ticket(ticket)) => (Some(ticket), None),
            Some(Requested::Duplicate(media)) => (None, Some(Media::from(*media))),
            None => (None, None),
        };
        Ok(Some(RequestUploadPayload { ticket, duplicate_of, user_errors }))
    }

    /// Ends an upload: the photo or video appears in its gallery. Calling it twice is harmless.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn finish_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which upload.")] input: FinishUploadInput,
    ) -> async_graphql::Result<Option<MediaPayload>> {
        notes(ctx).about_given(&input.media_id);
        MediaPayload::of(ctx, finish(ctx, &input).await)
    }

    /// Gives up an upload and forgets what was sent.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn cancel_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which upload.")] input: CancelUploadInput,
    ) -> async_graphql::Result<Option<DeletePayload>> {
        notes(ctx).about_given(&input.media_id);
        let (deleted_id, user_errors) = to_payload(ctx, cancel(ctx, &input).await)?;
        Ok(Some(DeletePayload { deleted_id, user_errors }))
    }
}

enum Requested {
    Ticket(UploadTicket),
    Duplicate(Box<Record>),
}

async fn request(ctx: &Context<'_>, input: &RequestUploadInput) -> Result<Requested, Error> {
    let gallery = input.gallery_id.parse().map_err(|_| InputError::not_found("galleryId"))?;
    let gallery =
        gate::gallery(ctx, gallery, Action::Contribute).await?.ok_or_else(|| InputError::not_found("galleryId"))?;
    let announced = announcement(ctx, input, gallery.id)?;
    if let Some(known) = store(ctx).find_by_sha256(gallery.id, announced.sha256).await? {
        return meet(ctx, known, &announced).await;
    }
    let mut upload = Upload { multipart_id: None, expires_at: caller(ctx).now.plus_seconds(UPLOAD_LIFETIME_SECONDS) };
    if upload::is_multipart(announced.size_bytes) {
        upload.multipart_id = Some(store(ctx).create_multipart(announced.id, &announced.content_type).await?);
    }
    let record = Record { upload: Some(upload.clone()), ..announced };
    match store(ctx).announce_media(&record).await? {
        Announced::New => Ok(Requested::Ticket(ticket(ctx, &record, &[]).await?)),
        Announced::Claimed(known) => {
            // Somebody announced the same bytes at this moment: go on with theirs.
            if let Some(multipart_id) = &upload.multipart_id {
                store(ctx).abort_multipart(record.id, multipart_id).await?;
            }
            meet(ctx, known, &record).await
        }
    }
}

fn announcement(ctx: &Context<'_>, input: &RequestUploadInput, gallery_id: model::GalleryId) -> Result<Record, Error> {
    let now = caller(ctx).now;
    Ok(Announcement {
        id: MediaId::new(services(ctx).new_ulid(now)),
        gallery_id,
        kind: upload::declared_kind(&input.content_type, "contentType")?,
        file_name: FileName::parse(&input.file_name, "fileName")?,
        content_type: input.content_type.clone(),
        size_bytes: upload::check_size(input.size_bytes, "sizeBytes")?,
        sha256: Sha256::from_base64(&input.sha256, "sha256")?,
        file_modified_at: input.file_modified_at.map(|time| time.0),
        uploaded_by: caller(ctx).user_id()?,
        created_at: now,
    }
    .into())
}

/// The gallery knows these bytes: as a duplicate, or as an upload to go on with.
async fn meet(ctx: &Context<'_>, known: MediaId, announced: &Record) -> Result<Requested, Error> {
    let Some(media) = store(ctx).get_media(known).await? else {
        store(ctx).release_stale_claim(announced.gallery_id, announced.sha256, known).await?;
        return Err(Error::Unavailable("the claim on these bytes had outlived its media".into()));
    };
    if media.status != MediaStatus::Uploading {
        return Ok(Requested::Duplicate(Box::new(media)));
    }
    if media.size_bytes != announced.size_bytes {
        let message = "This digest belongs to a file of another size that is being uploaded.";
        return Err(InputError::new(InputErrorCode::Conflict, "sha256", message).into());
    }
    let multipart_id = media.upload.as_ref().and_then(|upload| upload.multipart_id.clone());
    let mut upload = Upload { multipart_id, expires_at: caller(ctx).now.plus_seconds(UPLOAD_LIFETIME_SECONDS) };
    let stored = match &upload.multipart_id {
        None => Vec::new(),
        Some(multipart_id) => match store(ctx).list_parts(media.id, multipart_id).await? {
            Some(parts) => parts,
            // Completed already, so that nothing is missing; or expired, so that it begins anew.
            None if store(ctx).head_original(media.id).await?.is_some() => all_parts(&media),
            None => {
                upload.multipart_id = Some(store(ctx).create_multipart(media.id, &media.content_type).await?);
                Vec::new()
            }
        },
    };
    match store(ctx).renew_upload(&media, &upload).await? {
        Some(media) => Ok(Requested::Ticket(ticket(ctx, &media, &stored).await?)),
        None => Err(Error::Unavailable("the upload ended at this moment".into())),
    }
}

fn all_parts(media: &Record) -> Vec<StoredPart> {
    let stored = |part: Part| StoredPart { number: part.number, size_bytes: part.length, etag: String::new() };
    upload::parts(media.size_bytes).map(stored).collect()
}

async fn ticket(ctx: &Context<'_>, media: &Record, stored: &[StoredPart]) -> Result<UploadTicket, Error> {
    let presigner = presigner(ctx).await?;
    let mut expires_at = caller(ctx).now.plus_seconds(UPLOAD_LIFETIME_SECONDS);
    let missing = upload::parts(media.size_bytes).filter(|part| !is_stored(*part, stored));
    let multipart_id = media.upload.as_ref().and_then(|upload| upload.multipart_id.as_deref());
    let mut parts = Vec::new();
    for part in missing.take(PARTS_PER_TICKET) {
        let target = match multipart_id {
            Some(multipart_id) => presigner.put_part(media.id, multipart_id, part)?,
            None => presigner.put_original(media.id, &media.content_type, media.size_bytes, media.sha256)?,
        };
        expires_at = expires_at.min(target.signed.expires_at);
        parts.push(to_upload_part(part, target));
    }
    let part_count = upload::parts(media.size_bytes).last().map_or(0, |part| part.number);
    Ok(UploadTicket { media_id: media.id.to_string().into(), expires_at: expires_at.into(), part_count, parts })
}

fn is_stored(part: Part, stored: &[StoredPart]) -> bool {
    stored.iter().any(|stored| stored.number == part.number && stored.size_bytes == part.length)
}

fn to_upload_part(part: Part, target: UploadTarget) -> UploadPart {
    let headers = target.headers.into_iter().map(|(name, value)| HttpHeader { name: name.to_owned(), value });
    #[expect(clippy::cast_precision_loss, reason = "files are far smaller than 2^53 bytes")]
    let (offset, length) = (part.offset as f64, part.length as f64);
    UploadPart {
        part_number: part.number,
        method: "PUT".to_owned(),
        url: AwsUrl(target.signed.url),
        headers: headers.collect(),
        offset,
        length,
    }
}

async fn finish(ctx: &Context<'_>, input: &FinishUploadInput) -> Result<Record, Error> {
    let media = upload_within_reach(ctx, &input.media_id).await?;
    let change = MediaChange {
        caption: input.caption.as_deref().filter(|text| !text.trim().is_empty()).map(parse_caption).transpose()?,
        taken_at: input.taken_at.map(|time| (time.0, None)),
        ..MediaChange::default()
    };
    let now = caller(ctx).now;
    if media.status == MediaStatus::Uploading {
        complete_parts(ctx, &media).await?;
        check_stored(ctx, &media).await?;
        if !store(ctx).admit_media(&media, now).await? {
            admitted_by_another(ctx, media.id).await?;
        }
    } else {
        match gate::media(ctx, media.id, Action::EditMedia).await {
            // Somebody else brought the same file and finished first: it is there, and is theirs to describe.
            Err(Error::Forbidden) => return Ok(media),
            seen => seen?.ok_or_else(|| InputError::not_found("mediaId"))?,
        };
    }
    let noted = note(ctx, media.id, &change, now).await?;
    if change.taken_at.is_some() {
        store(ctx).refresh_gallery_span(noted.gallery_id).await?;
    }
    Ok(noted)
}

fn parse_caption(text: &str) -> Result<Option<Caption>, InputError> {
    Caption::parse(text, "caption").map(Some)
}

/// The photo or video, where the caller may add to its gallery: whoever brings the same file goes on with its upload.
async fn upload_within_reach(ctx: &Context<'_>, id: &ID) -> Result<Record, Error> {
    let id = id.parse().map_err(|_| InputError::not_found("mediaId"))?;
    let media = gate::media(ctx, id, Action::View).await?.ok_or_else(|| InputError::not_found("mediaId"))?;
    gate::gallery(ctx, media.gallery_id, Action::Contribute).await?.ok_or_else(|| InputError::not_found("mediaId"))?;
    Ok(media)
}

async fn complete_parts(ctx: &Context<'_>, media: &Record) -> Result<(), Error> {
    let Some(multipart_id) = media.upload.as_ref().and_then(|upload| upload.multipart_id.as_deref()) else {
        return Ok(());
    };
    // None: completed by an earlier call, which the check of the stored bytes will tell.
    let Some(stored) = store(ctx).list_parts(media.id, multipart_id).await? else { return Ok(()) };
    if let Some(missing) = upload::parts(media.size_bytes).find(|part| !is_stored(*part, &stored)) {
        return Err(not_there(&format!("Part {} did not arrive yet. Please send it again.", missing.number)));
    }
    store(ctx).complete_multipart(media.id, multipart_id, &stored).await?;
    Ok(())
}

/// The bucket checked the digest of a file that came in one piece; that of parts the processor checks.
async fn check_stored(ctx: &Context<'_>, media: &Record) -> Result<(), Error> {
    let stored = store(ctx).head_original(media.id).await?;
    let Some(stored) = stored else { return Err(not_there("The file did not arrive yet. Please send it first.")) };
    if stored.size_bytes != media.size_bytes || stored.sha256.is_some_and(|sha256| sha256 != media.sha256) {
        return Err(not_there("What arrived is not the file that was announced. Please upload it anew."));
    }
    Ok(())
}

fn not_there(message: &str) -> Error {
    InputError::new(InputErrorCode::Conflict, "mediaId", message).into()
}

/// The processor may have let it in first. Otherwise the gallery went away meanwhile.
async fn admitted_by_another(ctx: &Context<'_>, id: MediaId) -> Result<(), Error> {
    match store(ctx).get_media(id).await? {
        Some(media) if media.status == MediaStatus::Trashed => {
            Err(not_there("The gallery was deleted meanwhile. The file is in the trash with the rest of it."))
        }
        Some(media) if media.status != MediaStatus::Uploading => Ok(()),
        _ => Err(not_there("This upload was cancelled meanwhile. Please upload the file anew.")),
    }
}

/// Adds what the caller knows of it. The processor may change the record at the same moment, so it is tried anew.
async fn note(ctx: &Context<'_>, id: MediaId, change: &MediaChange, now: Timestamp) -> Result<Record, Error> {
    for _ in 0..5 {
        let media = store(ctx).get_media(id).await?.ok_or_else(|| InputError::not_found("mediaId"))?;
        if change.caption.is_none() && change.taken_at.is_none() {
            return Ok(media);
        }
        if let Some(media) = store(ctx).update_media(&media, change, now).await? {
            return Ok(media);
        }
    }
    Err(Error::Unavailable("the record changed again and again".into()))
}

async fn cancel(ctx: &Context<'_>, input: &CancelUploadInput) -> Result<ID, Error> {
    let media = upload_within_reach(ctx, &input.media_id).await?;
    gate::media(ctx, media.id, Action::TrashMedia).await?;
    if media.status != MediaStatus::Uploading || !store(ctx).forget_upload(&media).await? {
        return Err(not_there("This upload ended already. Delete the photo or video instead."));
    }
    if let Some(multipart_id) = media.upload.as_ref().and_then(|upload| upload.multipart_id.as_deref()) {
        store(ctx).abort_multipart(media.id, multipart_id).await?;
    }
    store(ctx).delete_original(media.id).await?;
    Ok(input.media_id.clone())
}
