//! Comments: the object, its mutations.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use model::{
    CommentId, CommentText, DisplayName, Error, InputError, InputErrorCode, Page, PageRequest, access::Action,
};

use crate::{
    audit::notes,
    connection::connection,
    context::{caller, services, store},
    directives::{aws_cognito_user_pools, groups, resolver},
    error::{UserError, answer, to_payload},
    gate,
    loaders::{loader, shared},
    media::Media,
    permissions::{self, CommentPermissions},
    scalars::AwsDateTime,
    user::User,
};

/// How often a change is tried while others change the same comment.
const MAX_TRIES: usize = 3;

/// What somebody said about a photo or video.
pub(crate) struct Comment(pub(crate) model::Comment);

impl From<model::Comment> for Comment {
    fn from(comment: model::Comment) -> Self {
        Self(comment)
    }
}

connection!(CommentConnection, CommentEdge, Comment, "comments");

/// What somebody said about a photo or video.
#[Object]
impl Comment {
    /// Its opaque id.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What was said; null once it was removed.
    async fn text(&self) -> Option<&str> {
        self.0.text.as_ref().map(CommentText::as_str)
    }

    /// The name that a person gave who shares the account with others; null where the account is one's own.
    async fn author_name(&self) -> Option<&str> {
        self.0.author_name.as_ref().map(DisplayName::as_str)
    }

    /// Whose account said it.
    #[graphql(directive = resolver::apply())]
    async fn author(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<User>> {
        let user = loader(ctx).load_one(self.0.author).await;
        Ok(answer(ctx, user.map_err(shared))?.map(User::from))
    }

    /// What it was said about.
    #[graphql(directive = resolver::apply())]
    async fn media(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Media>> {
        let media = loader(ctx).load_one(self.0.id.media).await;
        Ok(answer(ctx, media.map_err(shared))?.map(Media::from))
    }

    /// The comment that it replies to. There is one level: a reply to a reply joins the same thread.
    async fn parent_id(&self) -> Option<ID> {
        self.0.id.thread.map(|_| self.0.id.thread_id().to_string().into())
    }

    /// How many replies it has, removed ones too.
    async fn reply_count(&self) -> u32 {
        self.0.reply_count
    }

    /// The replies to it, oldest first.
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<Option<CommentConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let page = match self.0.id.thread {
            None => answer(ctx, store(ctx).list_replies(self.0.id, &request).await)?,
            // A reply has none of its own.
            Some(_) => Page::empty(),
        };
        Ok(Some(CommentConnection::new(page, &request)))
    }

    /// When it was said.
    async fn created_at(&self) -> AwsDateTime {
        self.0.created_at.into()
    }

    /// When it was last changed or removed.
    async fn edited_at(&self) -> Option<AwsDateTime> {
        self.0.edited_at.map(Into::into)
    }

    /// Whether it was removed; its place stays.
    async fn removed(&self) -> bool {
        self.0.text.is_none()
    }

    /// What you may do with it.
    #[graphql(directive = resolver::apply())]
    async fn viewer_can(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<CommentPermissions>> {
        let media = answer(ctx, loader(ctx).load_one(self.0.id.media).await.map_err(shared))?;
        let Some(media) = media else { return Ok(None) };
        answer(ctx, permissions::of_comment(ctx, &self.0, &media).await)
    }
}

/// A new comment.
#[derive(InputObject)]
pub(crate) struct AddCommentInput {
    /// Id of the photo or video.
    media_id: ID,
    /// What to say, up to 4,000 characters.
    text: String,
    /// Id of the comment to reply to; a reply to a reply joins the same thread.
    parent_id: Option<ID>,
    /// Who you are, up to 100 characters, where several people share the account that you are signed in with.
    author_name: Option<String>,
}

/// A new text for a comment of one's own.
#[derive(InputObject)]
pub(crate) struct EditCommentInput {
    /// Id of the comment.
    id: ID,
    /// What it says now.
    text: String,
}

/// Names the comment to remove.
#[derive(InputObject)]
pub(crate) struct DeleteCommentInput {
    /// Id of the comment.
    id: ID,
}

/// The comment as it is now, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct CommentPayload {
    /// The comment; null when something was wrong.
    comment: Option<Comment>,
    /// What it is about.
    media: Option<Media>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

impl CommentPayload {
    async fn of(ctx: &Context<'_>, result: Result<model::Comment, Error>) -> async_graphql::Result<Option<Self>> {
        let (comment, user_errors) = to_payload(ctx, result)?;
        if let Some(comment) = &comment {
            notes(ctx).about(&comment.id);
        }
        let media = match &comment {
            Some(comment) => answer(ctx, store(ctx).get_media(comment.id.media).await)?,
            None => None,
        };
        Ok(Some(Self { comment: comment.map(Comment), media: media.map(Media::from), user_errors }))
    }
}

/// Changes to comments.
#[derive(Default)]
pub(crate) struct CommentMutations;

#[Object]
impl CommentMutations {
    /// Says something about a photo or video.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to say.")] input: AddCommentInput,
    ) -> async_graphql::Result<Option<CommentPayload>> {
        notes(ctx).about_given(&input.media_id);
        CommentPayload::of(ctx, add(ctx, &input).await).await
    }

    /// Changes a comment of one's own.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn edit_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says now.")] input: EditCommentInput,
    ) -> async_graphql::Result<Option<CommentPayload>> {
        notes(ctx).about_given(&input.id);
        CommentPayload::of(ctx, edit(ctx, &input).await).await
    }

    /// Removes a comment: one's own, or any for admins. Its place stays, without text.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn delete_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] input: DeleteCommentInput,
    ) -> async_graphql::Result<Option<CommentPayload>> {
        notes(ctx).about_given(&input.id);
        CommentPayload::of(ctx, remove(ctx, &input).await).await
    }
}

async fn add(ctx: &Context<'_>, input: &AddCommentInput) -> Result<model::Comment, Error> {
    let media = input.media_id.parse().map_err(|_| InputError::not_found("mediaId"))?;
    let media = gate::media(ctx, media, Action::Comment).await?.ok_or_else(|| InputError::not_found("mediaId"))?;
    let thread = match &input.parent_id {
        Some(parent) => Some(thread(parent, media.id)?),
        None => None,
    };
    let now = caller(ctx).now;
    let comment = model::Comment {
        id: CommentId { media: media.id, thread: thread.map(|thread| thread.own), own: services(ctx).new_ulid(now) },
        text: Some(CommentText::parse(&input.text, "text")?),
        author: caller(ctx).user_id()?,
        author_name: author_name(ctx, input.author_name.as_deref())?,
        reply_count: 0,
        created_at: now,
        edited_at: None,
    };
    if let Some(thread) = thread
        && store(ctx).get_comment(thread).await?.is_none()
    {
        return Err(InputError::not_found("parentId").into());
    }
    if store(ctx).put_comment(&comment).await? { Ok(comment) } else { Err(InputError::not_found("mediaId").into()) }
}

/// The comment that began the thread of another, which must be about the same thing.
fn thread(parent: &ID, media: model::MediaId) -> Result<CommentId, InputError> {
    let parent: Option<CommentId> = parent.parse().ok();
    let thread = parent.filter(|parent| parent.media == media).map(CommentId::thread_id);
    thread.ok_or_else(|| InputError::not_found("parentId"))
}

/// Only who shares an account may say under which name: others could take somebody else's.
fn author_name(ctx: &Context<'_>, name: Option<&str>) -> Result<Option<DisplayName>, Error> {
    let Some(name) = name.filter(|name| !name.trim().is_empty()) else { return Ok(None) };
    if !caller(ctx).user()?.offered_at_sign_in {
        let message = "This account is your own, so that your comments carry its name.";
        return Err(InputError::new(InputErrorCode::Invalid, "authorName", message).into());
    }
    Ok(Some(DisplayName::parse(name, "authorName")?))
}

async fn edit(ctx: &Context<'_>, input: &EditCommentInput) -> Result<model::Comment, Error> {
    let text = CommentText::parse(&input.text, "text")?;
    for _ in 0..MAX_TRIES {
        let comment = reachable(ctx, &input.id, Action::EditComment).await?;
        if comment.text.is_none() {
            break;
        }
        if let Some(edited) = store(ctx).edit_comment(&comment, &text, caller(ctx).now).await? {
            return Ok(edited);
        }
    }
    Err(removed())
}

async fn remove(ctx: &Context<'_>, input: &DeleteCommentInput) -> Result<model::Comment, Error> {
    for _ in 0..MAX_TRIES {
        let comment = reachable(ctx, &input.id, Action::RemoveComment).await?;
        // Removing twice is no mistake.
        if comment.text.is_none() || store(ctx).remove_comment(&comment, caller(ctx).now).await? {
            return store(ctx).get_comment(comment.id).await?.ok_or_else(removed);
        }
    }
    Err(InputError::new(InputErrorCode::Conflict, "id", "It was changed at this moment. Please try again.").into())
}

async fn reachable(ctx: &Context<'_>, id: &ID, action: Action) -> Result<model::Comment, Error> {
    let id = id.parse().map_err(|_| InputError::not_found("id"))?;
    gate::comment(ctx, id, action).await?.ok_or_else(|| InputError::not_found("id").into())
}

fn removed() -> Error {
    InputError::new(InputErrorCode::Conflict, "id", "This comment was removed.").into()
}
