//! The whole library by time, as far as the caller sees it.

use std::collections::BTreeMap;

use async_graphql::{Context, Object, SimpleObject};
use model::{Error, MediaId, Page, PageRequest, Timestamp};

use crate::{
    bounded::bounded_page,
    context::{caller, store},
    directives::{aws_cognito_user_pools, groups},
    error::answer,
    gate,
    gate_many::visible_media,
    media::MediaConnection,
    scalars::AwsDate,
};

/// No place on Earth is further ahead of or behind UTC.
const MAX_OFFSET_SECONDS: i64 = 14 * 3_600;
const SECONDS_PER_DAY: i64 = 24 * 3_600;

/// A month in which pictures were taken.
#[derive(SimpleObject)]
pub(crate) struct TimelineMonth {
    /// For example `2026-03`.
    month: String,
    /// How many photos and videos of that month you may see.
    count: u32,
}

/// Queries about the whole library.
#[derive(Default)]
pub(crate) struct TimelineQueries;

#[Object]
impl TimelineQueries {
    /// Everything that you may see, newest first.
    ///
    /// A page may be shorter than asked for, or empty, while `hasNextPage` is true: go on after its `endCursor`, within
    /// a day.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Only what was taken on this day or later, at the place of the picture.")] from: Option<
            AwsDate,
        >,
        #[graphql(desc = "Only what was taken on this day or earlier, at the place of the picture.")] to: Option<
            AwsDate,
        >,
    ) -> async_graphql::Result<Option<MediaConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let days = answer(ctx, Days::parse(from, to))?;
        let (range, days) = (days.range(), &days);
        let fetch = |request| async move { store(ctx).list_timeline(&request, range).await };
        let page = seen(ctx, &request, fetch, |media| days.hold(&media.day()));
        Ok(Some(answer(ctx, page.await)?))
    }

    /// The months in which what you may see was taken, newest first.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn timeline_months(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<TimelineMonth>>> {
        Ok(Some(answer(ctx, months(ctx).await)?))
    }
}

/// A page of what the caller may see, from a list of ids, as far as it is wanted.
pub(crate) async fn seen<F: Future<Output = Result<Page<MediaId>, Error>>>(
    ctx: &Context<'_>,
    request: &PageRequest,
    fetch: impl Fn(PageRequest) -> F,
    wanted: impl Fn(&model::Media) -> bool,
) -> Result<MediaConnection, Error> {
    let wanted = &wanted;
    let page = bounded_page(ctx, request, fetch, |ids: Vec<MediaId>| async move {
        let media = visible_media(ctx, ids).await?;
        Ok(media.into_iter().map(|media| media.filter(wanted)).collect())
    });
    let (page, bookmark) = page.await?;
    let mut connection = MediaConnection::new(page, request);
    connection.page_info.go_on_at(bookmark);
    Ok(connection)
}

async fn months(ctx: &Context<'_>) -> Result<Vec<TimelineMonth>, Error> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    loop {
        let page = store(ctx).list_galleries(&request).await?;
        let (cursors, galleries): (Vec<_>, Vec<_>) = page.rows.into_iter().unzip();
        for gallery in gate::only_visible(ctx, caller(ctx).requester, galleries).await?.into_iter().flatten() {
            for (month, count) in gallery.months {
                *counts.entry(month).or_default() += count;
            }
        }
        request.after = cursors.last().cloned();
        if !page.has_next {
            break;
        }
    }
    let months = counts.into_iter().rev().filter_map(|(month, count)| {
        let count = u32::try_from(count).ok().filter(|count| *count > 0)?;
        Some(TimelineMonth { month, count })
    });
    Ok(months.collect())
}

/// Some days, both ends included; a missing end is open.
struct Days {
    from: Option<(String, Timestamp)>,
    to: Option<(String, Timestamp)>,
}

impl Days {
    /// From two arguments.
    fn parse(from: Option<AwsDate>, to: Option<AwsDate>) -> Result<Self, Error> {
        let day = |date: Option<AwsDate>, argument| date.map(|date| start_of(date.day(argument)?)).transpose();
        Ok(Self { from: day(from, "from")?, to: day(to, "to")? })
    }

    /// Whether a day is one of them.
    fn hold(&self, day: &str) -> bool {
        self.from.as_ref().is_none_or(|(from, _)| from.as_str() <= day)
            && self.to.as_ref().is_none_or(|(to, _)| day <= to.as_str())
    }

    /// The moments that may be on one of these days somewhere on Earth; none where all may.
    fn range(&self) -> Option<(Timestamp, Timestamp)> {
        if self.from.is_none() && self.to.is_none() {
            return None;
        }
        let from = self.from.as_ref().map_or(Timestamp::MIN, |(_, day)| day.plus_seconds(-MAX_OFFSET_SECONDS));
        let to =
            self.to.as_ref().map_or(Timestamp::MAX, |(_, day)| day.plus_seconds(SECONDS_PER_DAY + MAX_OFFSET_SECONDS));
        Some((from, to))
    }
}

/// A day, and the moment at which it begins by UTC.
fn start_of(day: String) -> Result<(String, Timestamp), Error> {
    let start = format!("{day}T00:00:00Z").parse().map_err(Error::internal)?;
    Ok((day, start))
}
