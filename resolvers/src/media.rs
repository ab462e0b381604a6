//! Photos and videos: the objects, their queries.

use async_graphql::{Context, Enum, ID, Interface, Object, SimpleObject};
use model::{PageRequest, RenditionName, access::Action};

use crate::{
    comment::CommentConnection,
    connection::connection,
    context::{caller, store},
    directives::{aws_cognito_user_pools, groups, resolver},
    error::answer,
    gallery::Gallery,
    gate,
    like::{self, LikeConnection},
    loaders::{loader, shared},
    permissions::{self, MediaPermissions},
    rendition::{Rendition, bytes, derived, original, preview, thumbnail, upright},
    scalars::AwsDateTime,
    user::User,
};

/// Where a photo or video is on its way.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "model::MediaStatus")]
pub(crate) enum MediaStatus {
    /// Announced; its bytes are not all here yet.
    Uploading,
    /// Its bytes are safe; its small pictures are being made.
    Processing,
    /// All there.
    Ready,
    /// Its bytes are safe, but no picture could be made of them.
    Failed,
    /// In the trash.
    Trashed,
}

/// Photo or video.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "model::MediaKind")]
pub(crate) enum MediaKind {
    /// A still picture.
    Photo,
    /// A film.
    Video,
}

/// Where a picture was taken, by WGS 84.
#[derive(SimpleObject)]
pub(crate) struct Location {
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// Metres above sea level.
    altitude: Option<f64>,
}

/// The camera's notes on a photo.
#[derive(SimpleObject)]
pub(crate) struct Exif {
    /// Maker of the camera.
    camera_make: Option<String>,
    /// Model of the camera.
    camera_model: Option<String>,
    /// Model of the lens.
    lens: Option<String>,
    /// Focal length in millimetres.
    focal_length_mm: Option<f64>,
    /// Aperture: the N of f/N.
    f_number: Option<f64>,
    /// Exposure time in seconds, for example `1/250`.
    exposure_time: Option<String>,
    /// Sensitivity.
    iso: Option<u32>,
    /// 1 to 8, as in the file; every rendition is upright already.
    orientation: Option<u8>,
    /// Program that wrote the file.
    software: Option<String>,
}

/// A photo or a video.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Its opaque id."),
    field(name = "gallery", ty = "Option<Gallery>", desc = "The gallery that it is in.", directive = resolver::apply()),
    field(name = "caption", ty = "Option<String>", desc = "What is said under it."),
    field(name = "taken_at", ty = "Option<AwsDateTime>", desc = "When it was taken, from the file or corrected by hand."),
    field(name = "taken_at_offset_minutes", ty = "Option<i32>", desc = "Minutes that the local wall clock was ahead of UTC, when known; `takenAt` is the wall clock itself otherwise."),
    field(name = "location", ty = "Option<Location>", desc = "Where it was taken. Guests are not told."),
    field(name = "place_name", ty = "Option<String>", desc = "The name that people gave to the place. Guests are not told."),
    field(name = "file_name", ty = "String", desc = "The name that the file came with."),
    field(name = "content_type", ty = "String", desc = "The type of the file, by its content."),
    field(name = "size_bytes", ty = "f64", desc = "Bytes of the original; whole numbers up to 2^53."),
    field(name = "sha256", ty = "Option<String>", desc = "The SHA-256 of the original in base64, as it was announced. Guests are not told."),
    field(name = "width", ty = "Option<u32>", desc = "Pixels, upright; null until it was processed."),
    field(name = "height", ty = "Option<u32>", desc = "Pixels, upright; null until it was processed."),
    field(name = "status", ty = "MediaStatus", desc = "Where it is on its way."),
    field(name = "failure_reason", ty = "Option<String>", desc = "Why no picture could be made of it."),
    field(name = "thumbnail", ty = "Option<Rendition>", desc = "A picture that fits 512 x 512; null until there is one."),
    field(name = "preview", ty = "Option<Rendition>", desc = "A picture that fits 2048 x 2048; null until there is one."),
    field(name = "original", ty = "Option<Rendition>", desc = "The file as it was uploaded, for download; null while it is on its way, and for guests whose link does not let them download."),
    field(name = "live_photo_id", ty = "Option<String>", desc = "What the photo and the film of a Live Photo have in common; null for all others."),
    field(name = "thumbhash", ty = "Option<String>", desc = "A blurred picture in a few bytes (thumbhash, base64), to show until the real one is there."),
    field(name = "dominant_color", ty = "Option<String>", desc = "Average colour, `#rrggbb`."),
    field(name = "uploaded_by", ty = "Option<User>", desc = "Who brought it. Guests are not told.", directive = resolver::apply()),
    field(name = "created_at", ty = "AwsDateTime", desc = "When it was announced."),
    field(name = "updated_at", ty = "AwsDateTime", desc = "When anything about it last changed."),
    field(name = "trashed_at", ty = "Option<AwsDateTime>", desc = "Since when it is in the trash; null where it is not."),
    field(name = "like_count", ty = "u32", desc = "How many people like it; 0 for guests."),
    field(name = "viewer_has_liked", ty = "Option<bool>", desc = "Whether you like it; null for guests."),
    field(
        name = "likes",
        ty = "Option<LikeConnection>",
        desc = "Who likes it; null for guests.",
        arg(name = "first", ty = "i32", default = 20, desc = "How many, 1 to 100."),
        arg(name = "after", ty = "Option<String>", desc = "Only what comes after this cursor.")
    ),
    field(name = "comment_count", ty = "u32", desc = "How many comments it has; 0 for guests."),
    field(name = "viewer_can", ty = "Option<MediaPermissions>", desc = "What you may do with it.", directive = resolver::apply()),
    field(
        name = "comments",
        ty = "Option<CommentConnection>",
        desc = "What was said about it, oldest first; null for guests.",
        arg(name = "first", ty = "i32", default = 20, desc = "How many, 1 to 100."),
        arg(name = "after", ty = "Option<String>", desc = "Only what comes after this cursor.")
    )
)]
pub(crate) enum Media {
    Photo(Photo),
    Video(Video),
}

impl From<model::Media> for Media {
    fn from(media: model::Media) -> Self {
        match media.kind {
            model::MediaKind::Photo => Self::Photo(Photo(media)),
            model::MediaKind::Video => Self::Video(Video(media)),
        }
    }
}

connection!(MediaConnection, MediaEdge, Media, "photos and videos");

/// Makes one of the two kinds of media: what they share, then what is its own.
macro_rules! media_object {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) model::Media);

        $(#[$doc])*
        #[Object]
        impl $name {
            /// Its opaque id.
            pub(crate) async fn id(&self) -> ID {
                self.0.id.to_string().into()
            }

            /// The gallery that it is in.
            #[graphql(directive = resolver::apply())]
            async fn gallery(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Gallery>> {
                let gallery = loader(ctx).load_one(self.0.gallery_id).await;
                let gallery: Option<model::Gallery> = answer(ctx, gallery.map_err(shared))?;
                Ok(gallery.filter(|gallery| gallery.deleted_at.is_none()).map(Gallery::from))
            }

            /// What is said under it.
            async fn caption(&self) -> Option<String> {
                self.0.caption.as_ref().map(|caption| caption.as_str().to_owned())
            }

            /// When it was taken, from the file or corrected by hand.
            async fn taken_at(&self) -> Option<AwsDateTime> {
                self.0.taken_at.map(Into::into)
            }

            /// Minutes that the local wall clock was ahead of UTC, when known; `takenAt` is the wall clock itself
            /// otherwise.
            async fn taken_at_offset_minutes(&self) -> Option<i32> {
                self.0.taken_at_offset_minutes
            }

            /// Where it was taken. Guests are not told.
            async fn location(&self, ctx: &Context<'_>) -> Option<Location> {
                self.0.location.filter(|_| caller(ctx).requester.is_family()).map(|place| Location {
                    latitude: place.latitude,
                    longitude: place.longitude,
                    altitude: place.altitude_metres,
                })
            }

            /// The name that people gave to the place. Guests are not told.
            async fn place_name(&self, ctx: &Context<'_>) -> Option<String> {
                let name = self.0.place_name.as_ref().filter(|_| caller(ctx).requester.is_family());
                name.map(|name| name.as_str().to_owned())
            }

            /// The name that the file came with.
            async fn file_name(&self) -> String {
                self.0.file_name.as_str().to_owned()
            }

            /// The type of the file, by its content.
            async fn content_type(&self) -> String {
                self.0.content_type.clone()
            }

            /// Bytes of the original; whole numbers up to 2^53.
            async fn size_bytes(&self) -> f64 {
                bytes(self.0.size_bytes)
            }

            /// The SHA-256 of the original in base64, as it was announced. Guests are not told.
            async fn sha256(&self, ctx: &Context<'_>) -> Option<String> {
                caller(ctx).requester.is_family().then(|| self.0.sha256.to_base64())
            }

            /// Pixels, upright; null until it was processed.
            async fn width(&self) -> Option<u32> {
                self.0.width
            }

            /// Pixels, upright; null until it was processed.
            async fn height(&self) -> Option<u32> {
                self.0.height
            }

            /// Where it is on its way.
            async fn status(&self) -> MediaStatus {
                self.0.status.into()
            }

            /// Why no picture could be made of it.
            async fn failure_reason(&self) -> Option<String> {
                self.0.failure_reason.clone()
            }

            /// A picture that fits 512 x 512; null until there is one.
            async fn thumbnail(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Rendition>> {
                thumbnail(ctx, &self.0).await
            }

            /// A picture that fits 2048 x 2048; null until there is one.
            async fn preview(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Rendition>> {
                preview(ctx, &self.0).await
            }

            /// The file as it was uploaded, for download; null while it is on its way, and for guests whose link does not
            /// let them download.
            async fn original(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Rendition>> {
                original(ctx, &self.0).await
            }

            /// What the photo and the film of a Live Photo have in common; null for all others.
            async fn live_photo_id(&self) -> Option<String> {
                self.0.live_photo_id.clone()
            }

            /// A blurred picture in a few bytes (thumbhash, base64), to show until the real one is there.
            async fn thumbhash(&self) -> Option<String> {
                self.0.thumbhash.clone()
            }

            /// Average colour, `#rrggbb`.
            async fn dominant_color(&self) -> Option<String> {
                self.0.dominant_color.clone()
            }

            /// Who brought it. Guests are not told.
            #[graphql(directive = resolver::apply())]
            async fn uploaded_by(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<User>> {
                if !caller(ctx).requester.is_family() {
                    return Ok(None);
                }
                let user = loader(ctx).load_one(self.0.uploaded_by).await;
                Ok(answer(ctx, user.map_err(shared))?.map(User::from))
            }

            /// When it was announced.
            async fn created_at(&self) -> AwsDateTime {
                self.0.created_at.into()
            }

            /// When anything about it last changed.
            async fn updated_at(&self) -> AwsDateTime {
                self.0.updated_at.into()
            }

            /// Since when it is in the trash; null where it is not.
            async fn trashed_at(&self) -> Option<AwsDateTime> {
                self.0.trashed_at.map(Into::into)
            }

            /// How many comments it has; 0 for guests.
            async fn comment_count(&self, ctx: &Context<'_>) -> u32 {
                if caller(ctx).requester.is_family() { self.0.comment_count } else { 0 }
            }

            /// What was said about it, oldest first; null for guests.
            async fn comments(
                &self,
                ctx: &Context<'_>,
                #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
                #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
            ) -> async_graphql::Result<Option<CommentConnection>> {
                let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
                if !caller(ctx).requester.is_family() {
                    return Ok(None);
                }
                let page = answer(ctx, store(ctx).list_comments(self.0.id, &request).await)?;
                Ok(Some(CommentConnection::new(page, &request)))
            }

            /// How many people like it; 0 for guests.
            async fn like_count(&self, ctx: &Context<'_>) -> u32 {
                let count = if caller(ctx).requester.is_family() { self.0.liked_by.len() } else { 0 };
                u32::try_from(count).unwrap_or(u32::MAX)
            }

            /// Whether you like it; null for guests.
            async fn viewer_has_liked(&self, ctx: &Context<'_>) -> Option<bool> {
                caller(ctx).requester.user_id().map(|user| self.0.liked_by.contains(&user))
            }

            /// Who likes it; null for guests.
            async fn likes(
                &self,
                ctx: &Context<'_>,
                #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
                #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
            ) -> async_graphql::Result<Option<LikeConnection>> {
                let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
                if !caller(ctx).requester.is_family() {
                    return Ok(None);
                }
                Ok(Some(answer(ctx, like::likes_of(ctx, &self.0, &request).await)?))
            }

            /// What you may do with it.
            #[graphql(directive = resolver::apply())]
            async fn viewer_can(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<MediaPermissions>> {
                answer(ctx, permissions::of_media(ctx, &self.0).await)
            }

            $($own)*
        }
    };
}

media_object! {
    /// A still picture.
    Photo {
        /// The camera's notes.
        async fn exif(&self) -> Option<Exif> {
            self.0.exif.clone().map(|exif| Exif {
                camera_make: exif.camera_make,
                camera_model: exif.camera_model,
                lens: exif.lens,
                focal_length_mm: exif.focal_length_mm,
                f_number: exif.f_number,
                exposure_time: exif.exposure_time,
                iso: exif.iso,
                orientation: exif.orientation,
                software: exif.software,
            })
        }

        /// Whether the file is damaged, so that its pictures show only what could be read.
        async fn is_damaged(&self) -> bool {
            self.0.damaged
        }

        /// Whether a short film is a part of the file, as some phones write it. It is in the original.
        async fn has_film(&self) -> bool {
            self.0.film.is_some()
        }

        /// The original for download as `original`, but upright for programs that do not turn pictures by themselves.
        /// Null until `prepareUpright` asked for it. It is made without loss; where that cannot be, it is the original
        /// itself, which says how it is to be turned.
        async fn upright_original(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Rendition>> {
            upright(ctx, &self.0).await
        }
    }
}

media_object! {
    /// A film.
    Video {
        /// How long it is; null where the file does not say.
        async fn duration_seconds(&self) -> Option<f64> {
            self.0.duration_seconds
        }

        /// The film as every phone and browser plays it (MP4 with H.264 and AAC), without the notes of the camera; null
        /// until it is made, and where it cannot be: the original is there all the same.
        async fn playback(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Rendition>> {
            let Some(file) = &self.0.playback else { return Ok(None) };
            derived(ctx, &self.0, &file.recipe, file.size, RenditionName::Playback).await.map(Some)
        }

        /// How much of `playback` is made, 0 to 100; null when it is not being made.
        async fn playback_progress(&self) -> Option<u8> {
            match self.0.conversion {
                Some(model::Conversion::Waiting { percent }) => Some(percent),
                _ => None,
            }
        }

        /// Why there is no `playback`, and what can be done; null when there is one, or will be.
        async fn playback_problem(&self) -> Option<String> {
            match &self.0.conversion {
                Some(model::Conversion::Refused { reason }) => Some(reason.clone()),
                Some(model::Conversion::NoConverter) => Some(NO_CONVERTER.to_owned()),
                Some(model::Conversion::Waiting { .. }) | None => None,
            }
        }
    }
}

const NO_CONVERTER: &str = "Whoever looks after Mantel can install ffmpeg and run `mantel reprocess`; then films get a \
    picture and play on every phone. The original is kept and can be downloaded.";

/// Queries about photos and videos.
#[derive(Default)]
pub(crate) struct MediaQueries;

#[Object]
impl MediaQueries {
    /// One photo or video; null where there is none, or none that you may see.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor", "guest"])))]
    async fn media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the photo or video.")] id: ID,
    ) -> async_graphql::Result<Option<Media>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(answer(ctx, gate::media(ctx, id, Action::View).await)?.map(Media::from))
    }

    /// What is in the trash, latest first.
    #[graphql(
        directive = aws_cognito_user_pools::apply(groups(&["admin"]))
    )]
    async fn trash(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<Option<MediaConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let page = answer(ctx, store(ctx).list_trash(&request).await)?;
        Ok(Some(MediaConnection::new(page, &request)))
    }
}
