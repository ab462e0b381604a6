//! The whole library by time, as far as the caller sees it.

use std::collections::BTreeMap;

use async_graphql::{Context, Object, SimpleObject};
use model::{Error, MediaId, Page, PageRequest};

use crate::{
    bounded::bounded_page,
    context::{caller, store},
    days::Days,
    directives::{aws_cognito_user_pools, groups},
    error::answer,
    gate,
    gate_many::visible_media,
    media::MediaConnection,
    scalars::AwsDate,
};

/// A month in which pictures were taken.
#[derive(SimpleObject)]
pub(crate) struct TimelineMonth {
    /// For example `2026-03`.
    month: String,
    /// How many photos and videos of that month you may see.
    count: u32,
}

impl TimelineMonth {
    /// From what is counted by month; months in which nothing is left are left out.
    pub(crate) fn newest_first(counts: BTreeMap<String, i64>) -> Vec<Self> {
        let months = counts.into_iter().rev().filter_map(|(month, count)| {
            let count = u32::try_from(count).ok().filter(|count| *count > 0)?;
            Some(Self { month, count })
        });
        months.collect()
    }
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
    Ok(TimelineMonth::newest_first(counts))
}
