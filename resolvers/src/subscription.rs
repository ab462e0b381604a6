//! What clients hear of without asking again: flat events that name things. Who may listen is decided by the door.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject, Subscription};
use futures::{Stream, StreamExt, stream};
use model::{Error, Event};

use crate::{
    context::services,
    directives::{aws_cognito_user_pools, aws_iam, aws_subscribe, groups},
    error::answer,
    events::{Listening, TooSlow},
    media::MediaStatus,
};

/// A photo or video of a gallery came, looks different now, or is gone. Read it again to see what it is now.
#[derive(SimpleObject)]
#[graphql(directive = aws_iam::apply(), directive = aws_cognito_user_pools::apply(None))]
pub(crate) struct MediaEvent {
    /// Id of the gallery.
    gallery_id: ID,
    /// Id of the photo or video.
    media_id: ID,
    /// Where it is on its way; `TRASHED` when the gallery shows it no more.
    status: MediaStatus,
}

impl From<model::MediaEvent> for MediaEvent {
    fn from(event: model::MediaEvent) -> Self {
        Self {
            gallery_id: event.gallery_id.to_string().into(),
            media_id: event.media_id.to_string().into(),
            status: event.status.into(),
        }
    }
}

/// What became of a comment.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "model::CommentEventKind")]
pub(crate) enum CommentEventKind {
    /// It is new.
    Added,
    /// It has another text.
    Edited,
    /// It was removed; its place stays.
    Removed,
}

/// Something was said about a photo or video, or is said otherwise now. Read the comment to see what.
#[derive(SimpleObject)]
#[graphql(directive = aws_iam::apply(), directive = aws_cognito_user_pools::apply(None))]
pub(crate) struct CommentEvent {
    /// Id of the photo or video.
    media_id: ID,
    /// Id of the comment.
    comment_id: ID,
    /// What became of it.
    kind: CommentEventKind,
}

impl From<model::CommentEvent> for CommentEvent {
    fn from(event: model::CommentEvent) -> Self {
        Self {
            media_id: event.media_id.to_string().into(),
            comment_id: event.comment_id.to_string().into(),
            kind: event.kind.into(),
        }
    }
}

/// What happened to a photo or video.
#[derive(InputObject)]
pub(crate) struct PublishMediaEventInput {
    /// Id of the gallery.
    gallery_id: ID,
    /// Id of the photo or video.
    media_id: ID,
    /// Where it is on its way; `TRASHED` when the gallery shows it no more.
    status: MediaStatus,
}

/// What happened to a comment.
#[derive(InputObject)]
pub(crate) struct PublishCommentEventInput {
    /// Id of the photo or video.
    media_id: ID,
    /// Id of the comment.
    comment_id: ID,
    /// What became of it.
    kind: CommentEventKind,
}

/// By these the services tell of events; whoever subscribed hears of the answer.
#[derive(Default)]
pub(crate) struct EventMutations;

#[Object]
impl EventMutations {
    /// Tells those who listen to a gallery of a photo or video. For the services of Mantel itself.
    #[graphql(directive = aws_iam::apply())]
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous, whatever they do")]
    async fn publish_media_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What happened.")] input: PublishMediaEventInput,
    ) -> async_graphql::Result<Option<MediaEvent>> {
        let event = model::MediaEvent {
            gallery_id: answer(ctx, parse(&input.gallery_id, "galleryId"))?,
            media_id: answer(ctx, parse(&input.media_id, "mediaId"))?,
            status: input.status.into(),
        };
        services(ctx).events.tell(Event::Media(event));
        Ok(Some(event.into()))
    }

    /// Tells those who look at a photo or video of a comment. For the services of Mantel itself.
    #[graphql(directive = aws_iam::apply())]
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous, whatever they do")]
    async fn publish_comment_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What happened.")] input: PublishCommentEventInput,
    ) -> async_graphql::Result<Option<CommentEvent>> {
        let event = model::CommentEvent {
            media_id: answer(ctx, parse(&input.media_id, "mediaId"))?,
            comment_id: answer(ctx, parse(&input.comment_id, "commentId"))?,
            kind: input.kind.into(),
        };
        services(ctx).events.tell(Event::Comment(event));
        Ok(Some(event.into()))
    }
}

fn parse<T: std::str::FromStr>(id: &ID, name: &str) -> Result<T, Error> {
    id.parse().map_err(|_| Error::BadRequest(format!("`{name}` is not an id of that kind.")))
}

/// Everything that can be listened to.
#[derive(Default)]
pub struct Subscription;

/// Everything that can be listened to.
#[Subscription]
impl Subscription {
    /// Tells when a photo or video of a gallery came, became ready, could not be processed, looks different, or went away.
    ///
    /// You must be allowed to see the gallery when you subscribe. Events name things, and come at most once: after a
    /// connection broke, read the gallery again.
    #[graphql(
        directive = aws_subscribe::apply(vec!["publishMediaEvent".to_owned()]),
        directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor", "guest"]))
    )]
    async fn on_media_ready(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the gallery.")] gallery_id: ID,
    ) -> impl Stream<Item = async_graphql::Result<Option<MediaEvent>>> {
        let gallery = gallery_id.parse().ok();
        heard(ctx, move |event| match event {
            Event::Media(event) if Some(event.gallery_id) == gallery => Some(event.into()),
            Event::Media(_) | Event::Comment(_) => None,
        })
    }

    /// Tells when a comment on a photo or video was added, edited or removed.
    ///
    /// You must be allowed to see the photo or video when you subscribe. Events name things, and come at most once: after
    /// a connection broke, read the comments again.
    #[graphql(
        directive = aws_subscribe::apply(vec!["publishCommentEvent".to_owned()]),
        directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"]))
    )]
    async fn on_comment_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the photo or video.")] media_id: ID,
    ) -> impl Stream<Item = async_graphql::Result<Option<CommentEvent>>> {
        let media = media_id.parse().ok();
        heard(ctx, move |event| match event {
            Event::Comment(event) if Some(event.media_id) == media => Some(event.into()),
            Event::Comment(_) | Event::Media(_) => None,
        })
    }
}

/// The wanted ones of all events. Whoever fell behind is told so, at the end.
fn heard<'a, T: Send + 'a>(
    ctx: &'a Context<'_>,
    wanted: impl Fn(Event) -> Option<T> + Send + 'a,
) -> impl Stream<Item = async_graphql::Result<Option<T>>> + Send + 'a {
    let events = ctx.data_opt::<Listening>().map(Listening::events);
    stream::iter(events).flatten().filter_map(move |event| {
        let told = event.map(&wanted).map_err(|TooSlow| {
            let reason = "a subscriber was too slow for what happened";
            Error::Unavailable(reason.into())
        });
        // What is not wanted is left out, as if it had not happened.
        async move { answer(ctx, told).map(|told| told.map(Some)).transpose() }
    })
}
