//! What happened in the family, for those who were away.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{ComplexObject, Context, ID, InputObject, Interface, Object, SimpleObject};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Cursor, Deed, Error, NodeId, Page, PageRequest, Timestamp, UserId};
use store::ActivityLine;

use crate::{
    audit::notes,
    bounded::{READING, bounded_page},
    comment::Comment,
    connection::{PageInfo, fill_page},
    context::{caller, store},
    directives::{aws_cognito_user_pools, groups},
    error::{UserError, answer, to_payload},
    gallery::Gallery,
    gate_many::{Visible, visible},
    media::Media,
    scalars::AwsDateTime,
    user::User,
};

/// Arrivals stand where their hour began.
const HOUR_SECONDS: i64 = 3_600;

/// Something that happened.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Tells it from others; not for `node`."),
    field(name = "at", ty = "AwsDateTime", desc = "When it happened last."),
    field(name = "read", ty = "bool", desc = "Whether you have read it, by `markActivityRead`, or did it yourself.")
)]
pub(crate) enum Activity {
    MediaAdded(MediaAddedActivity),
    Comment(CommentActivity),
    Like(LikeActivity),
}

/// What all lines say.
struct Line {
    id: String,
    at: Timestamp,
    read: bool,
}

/// Photos and videos came to a gallery: all that one person brought within an hour.
pub(crate) struct MediaAddedActivity {
    line: Line,
    gallery: Box<Gallery>,
    count: u32,
    by: User,
}

/// Photos and videos came to a gallery: all that one person brought within an hour.
#[Object]
impl MediaAddedActivity {
    /// Tells it from others; not for `node`.
    pub(crate) async fn id(&self) -> ID {
        self.line.id.as_str().into()
    }

    /// When the last of them came.
    pub(crate) async fn at(&self) -> AwsDateTime {
        self.line.at.into()
    }

    /// Whether you have read it, by `markActivityRead`, or did it yourself.
    pub(crate) async fn read(&self) -> bool {
        self.line.read
    }

    /// Where they came to.
    async fn gallery(&self) -> &Gallery {
        &self.gallery
    }

    /// How many came; some of them may be gone again.
    async fn count(&self) -> u32 {
        self.count
    }

    /// Who brought them.
    async fn by(&self) -> &User {
        &self.by
    }
}

/// Somebody said something about a photo or video.
pub(crate) struct CommentActivity {
    line: Line,
    comment: Comment,
}

/// Somebody said something about a photo or video.
#[Object]
impl CommentActivity {
    /// Tells it from others; not for `node`.
    pub(crate) async fn id(&self) -> ID {
        self.line.id.as_str().into()
    }

    /// When it was said.
    pub(crate) async fn at(&self) -> AwsDateTime {
        self.line.at.into()
    }

    /// Whether you have read it, by `markActivityRead`, or said it yourself.
    pub(crate) async fn read(&self) -> bool {
        self.line.read
    }

    /// What was said.
    async fn comment(&self) -> &Comment {
        &self.comment
    }
}

/// Somebody liked a photo or video that you brought.
pub(crate) struct LikeActivity {
    line: Line,
    media: Box<Media>,
    by: User,
}

/// Somebody liked a photo or video that you brought.
#[Object]
impl LikeActivity {
    /// Tells it from others; not for `node`.
    pub(crate) async fn id(&self) -> ID {
        self.line.id.as_str().into()
    }

    /// Since when it is liked.
    pub(crate) async fn at(&self) -> AwsDateTime {
        self.line.at.into()
    }

    /// Whether you have read it, by `markActivityRead`, or did it yourself.
    pub(crate) async fn read(&self) -> bool {
        self.line.read
    }

    /// What is liked.
    async fn media(&self) -> &Media {
        &self.media
    }

    /// Who likes it.
    async fn by(&self) -> &User {
        &self.by
    }
}

/// One of the things that happened.
#[derive(SimpleObject)]
pub(crate) struct ActivityEdge {
    /// Its place in the list.
    cursor: String,
    /// What is there.
    node: Activity,
}

/// A page of things that happened.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct ActivityConnection {
    /// What the page holds, in order.
    edges: Vec<ActivityEdge>,
    /// Where the page lies in the list.
    page_info: PageInfo,
}

#[ComplexObject]
impl ActivityConnection {
    /// How many things happened that you have not read, on any page; 100 stands for 100 or more.
    async fn unread_count(&self, ctx: &Context<'_>) -> async_graphql::Result<usize> {
        let count = async { count_unread(ctx, caller(ctx).user()?.knows_activity_until()).await };
        answer(ctx, count.await)
    }
}

/// The query for what happened.
#[derive(Default)]
pub(crate) struct ActivityQueries;

#[Object]
impl ActivityQueries {
    /// What happened in the last 180 days where you may look, latest first: pictures that came, comments, and likes of
    /// your own pictures. What was removed since, or is in the trash, is left out. What you did yourself counts as read.
    ///
    /// A page may be shorter than asked for, or empty, while `hasNextPage` is true: go on after its `endCursor`, within
    /// a day.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn activity(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<Option<ActivityConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let known_until = answer(ctx, caller(ctx).user())?.knows_activity_until();
        let lines = |request| async move { lines(ctx, &request).await };
        let page = bounded_page(ctx, &request, lines, |lines| shown(ctx, lines, known_until));
        let (page, bookmark) = answer(ctx, page.await)?;
        let mut page_info = PageInfo::of(&page, &request);
        page_info.go_on_at(bookmark);
        let edges = page.rows.into_iter().map(|(cursor, node)| ActivityEdge { cursor: cursor.encode(), node });
        Ok(Some(ActivityConnection { edges: edges.collect(), page_info }))
    }
}

/// Up to when you have read what happened.
#[derive(InputObject)]
pub(crate) struct MarkActivityReadInput {
    /// The time of the latest thing that you have read. A time to come counts as now.
    up_to: AwsDateTime,
}

/// What is left to read.
#[derive(SimpleObject)]
pub(crate) struct MarkActivityReadPayload {
    /// How many things happened that you have not read; 100 stands for 100 or more.
    unread_count: usize,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// Changes to what is read.
#[derive(Default)]
pub(crate) struct ActivityMutations;

#[Object]
impl ActivityMutations {
    /// Notes up to when you have read what happened. What was read once stays read.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn mark_activity_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Up to when.")] input: MarkActivityReadInput,
    ) -> async_graphql::Result<Option<MarkActivityReadPayload>> {
        let (unread_count, user_errors) = to_payload(ctx, mark_read(ctx, input.up_to.0).await)?;
        Ok(Some(MarkActivityReadPayload { unread_count: unread_count.unwrap_or_default(), user_errors }))
    }
}

async fn mark_read(ctx: &Context<'_>, up_to: Timestamp) -> Result<usize, Error> {
    let user = caller(ctx).user()?;
    notes(ctx).about(&user.id);
    let up_to = up_to.min(caller(ctx).now);
    let mut known_until = user.knows_activity_until();
    if up_to > known_until {
        let user = store(ctx).read_activity(user.id, up_to).await?.ok_or(Error::Unauthenticated)?;
        known_until = user.knows_activity_until();
    }
    count_unread(ctx, known_until).await
}

/// How many lines the caller has not read, up to a page of them.
async fn count_unread(ctx: &Context<'_>, known_until: Timestamp) -> Result<usize, Error> {
    let request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    // All that stands before this was read, so that there is no need to look.
    let read = known_until.plus_seconds(-HOUR_SECONDS).to_string();
    let read = &read;
    let lines = |request| async move {
        let page = lines(ctx, &request).await?;
        let last = page.rows.last().map(|(place, _)| place.sort_key());
        Ok(Page { has_next: page.has_next && last.is_some_and(|last| last >= read.as_str()), ..page })
    };
    let unread = |lines| async move {
        let shown = shown(ctx, lines, known_until).await?;
        Ok(shown.into_iter().map(|activity| activity.filter(|activity| !activity.line().read)).collect())
    };
    let (page, _) = fill_page(&request, &READING, lines, unread).await?;
    Ok(page.rows.len())
}

/// Lines, each with its place, which tells it from others.
async fn lines(ctx: &Context<'_>, request: &PageRequest) -> Result<Page<(Cursor, ActivityLine)>, Error> {
    let page = store(ctx).list_activity(request).await?;
    let rows = page.rows.into_iter().map(|(place, line)| (place.clone(), (place, line)));
    Ok(Page { rows: rows.collect(), has_next: page.has_next })
}

/// Leaves those lines that the caller may see, in their places.
async fn shown(
    ctx: &Context<'_>,
    lines: Vec<(Cursor, ActivityLine)>,
    known_until: Timestamp,
) -> Result<Vec<Option<Activity>>, Error> {
    let me = caller(ctx).user_id()?;
    let seen = visible(ctx, caller(ctx).requester, lines.iter().map(|(_, line)| subject(&line.activity.deed))).await?;
    let people: BTreeSet<UserId> = lines.iter().map(|(_, line)| line.activity.by).collect();
    let people = store(ctx).get_users(&people.into_iter().collect::<Vec<_>>()).await?;
    let shown = lines.iter().map(|(place, line)| {
        let id = format!("act_{}", BASE64_URL_SAFE_NO_PAD.encode(place.sort_key()));
        let (at, by) = (line.activity.at, line.activity.by);
        let head = Line { id, at, read: by == me || at <= known_until };
        Activity::of(head, line, me, &seen, &people)
    });
    Ok(shown.collect())
}

/// What a line is about; who may see that may see the line.
fn subject(deed: &Deed) -> NodeId {
    match deed {
        Deed::MediaAdded { gallery_id } => NodeId::Gallery(*gallery_id),
        Deed::Comment { comment_id } => NodeId::Comment(*comment_id),
        Deed::Like { media_id } => NodeId::Media(*media_id),
    }
}

impl Activity {
    /// The line for this person; none where it is not for them.
    fn of(
        head: Line,
        line: &ActivityLine,
        me: UserId,
        seen: &Visible,
        people: &HashMap<UserId, model::User>,
    ) -> Option<Self> {
        let by: User = people.get(&line.activity.by)?.clone().into();
        match line.activity.deed {
            Deed::MediaAdded { gallery_id } => {
                let gallery = Box::new(seen.galleries.get(&gallery_id)?.clone().into());
                Some(Self::MediaAdded(MediaAddedActivity { line: head, gallery, count: line.count, by }))
            }
            Deed::Comment { comment_id } => {
                let comment = seen.comments.get(&comment_id)?.clone().into();
                Some(Self::Comment(CommentActivity { line: head, comment }))
            }
            Deed::Like { media_id } => {
                let media = seen.media.get(&media_id).filter(|media| media.uploaded_by == me)?;
                Some(Self::Like(LikeActivity { line: head, media: Box::new(media.clone().into()), by }))
            }
        }
    }

    fn line(&self) -> &Line {
        match self {
            Self::MediaAdded(activity) => &activity.line,
            Self::Comment(activity) => &activity.line,
            Self::Like(activity) => &activity.line,
        }
    }
}
