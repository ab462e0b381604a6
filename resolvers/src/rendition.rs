//! Addresses of the files that were made of a photo or video, and of its original.

use async_graphql::{Context, SimpleObject};
use model::{RenditionName, RenditionSize, Upright};
use store::SignedUrl;

use crate::{
    context::{caller, presigner},
    error::answer,
    scalars::{AwsDateTime, AwsUrl},
};

/// A short-lived, signed address of one file.
#[derive(SimpleObject)]
pub(crate) struct Rendition {
    /// The address; give it to nobody who should not see the file.
    url: AwsUrl,
    /// The type of the file, for example `image/jpeg`.
    content_type: String,
    /// Pixels.
    width: Option<u32>,
    /// Pixels.
    height: Option<u32>,
    /// Bytes.
    size_bytes: Option<f64>,
    /// Until when the address works; ask again after that.
    expires_at: AwsDateTime,
}

/// The thumbnail of a photo or video.
pub(crate) async fn thumbnail(ctx: &Context<'_>, media: &model::Media) -> async_graphql::Result<Option<Rendition>> {
    let Some(made) = &media.renditions else { return Ok(None) };
    derived(ctx, media, &made.recipe, made.thumbnail, RenditionName::Thumbnail).await.map(Some)
}

pub(crate) async fn preview(ctx: &Context<'_>, media: &model::Media) -> async_graphql::Result<Option<Rendition>> {
    let Some(made) = &media.renditions else { return Ok(None) };
    derived(ctx, media, &made.recipe, made.preview, RenditionName::Preview).await.map(Some)
}

pub(crate) async fn derived(
    ctx: &Context<'_>,
    media: &model::Media,
    recipe: &str,
    size: RenditionSize,
    name: RenditionName,
) -> async_graphql::Result<Rendition> {
    let presigner = answer(ctx, presigner(ctx).await)?;
    let signed = answer(ctx, presigner.view_rendition(media.id, recipe, name))?;
    Ok(sized(signed, name, size))
}

fn sized(signed: SignedUrl, name: RenditionName, size: RenditionSize) -> Rendition {
    let whole = whole(signed, name.content_type(), size.size_bytes);
    Rendition { width: Some(size.width), height: Some(size.height), ..whole }
}

pub(crate) async fn upright(ctx: &Context<'_>, media: &model::Media) -> async_graphql::Result<Option<Rendition>> {
    match media.upright_now() {
        Some(Upright::Made(file)) if caller(ctx).requester.may_download() => {
            let presigner = answer(ctx, presigner(ctx).await)?;
            let signed = answer(ctx, presigner.download_upright(media.id, &file.recipe, &media.file_name))?;
            Ok(Some(sized(signed, RenditionName::Upright, file.size)))
        }
        Some(Upright::AsOriginal { .. }) => original(ctx, media).await,
        Some(Upright::Made(_)) | None => Ok(None),
    }
}

pub(crate) async fn original(ctx: &Context<'_>, media: &model::Media) -> async_graphql::Result<Option<Rendition>> {
    if media.status == model::MediaStatus::Uploading || !caller(ctx).requester.may_download() {
        return Ok(None);
    }
    let presigner = answer(ctx, presigner(ctx).await)?;
    let signed = answer(ctx, presigner.download_original(media.id, &media.content_type, &media.file_name))?;
    let size =
        Rendition { width: media.width, height: media.height, ..whole(signed, &media.content_type, media.size_bytes) };
    Ok(Some(size))
}

fn whole(signed: SignedUrl, content_type: &str, size_bytes: u64) -> Rendition {
    Rendition {
        url: AwsUrl(signed.url),
        content_type: content_type.to_owned(),
        width: None,
        height: None,
        size_bytes: Some(bytes(size_bytes)),
        expires_at: signed.expires_at.into(),
    }
}

pub(crate) fn bytes(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "files are far smaller than 2^53 bytes")]
    let bytes = count as f64;
    bytes
}
