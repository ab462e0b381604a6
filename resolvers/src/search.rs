//! Finds things by their words.

use std::collections::BTreeSet;

use async_graphql::{Context, Object, Union};
use model::{Error, NodeId, PageRequest, Word, words};
use store::Entry;

use crate::{
    bounded::bounded_page,
    comment::Comment,
    connection::connection,
    context::{caller, store},
    days::Days,
    directives::{aws_cognito_user_pools, groups},
    error::answer,
    gallery::Gallery,
    gate_many::{Visible, visible},
    media::{Media, Photo, Video},
    scalars::AwsDate,
};

/// Something that was found.
#[derive(Union)]
pub(crate) enum SearchResult {
    /// By its title or description.
    Gallery(Gallery),
    /// By its caption, place, file name or camera.
    Photo(Photo),
    /// By its caption, place, file name or camera.
    Video(Video),
    /// By its text.
    Comment(Comment),
}

impl From<model::Media> for SearchResult {
    fn from(media: model::Media) -> Self {
        match Media::from(media) {
            Media::Photo(photo) => Self::Photo(photo),
            Media::Video(video) => Self::Video(video),
        }
    }
}

connection!(SearchConnection, SearchEdge, SearchResult, "things that were found");

/// The query for things by their words.
#[derive(Default)]
pub(crate) struct SearchQueries;

#[Object]
impl SearchQueries {
    /// Finds galleries by title and description, photos and videos by caption, name of the place, file name and camera,
    /// and comments by their text; only what you may see, and nothing from the trash.
    ///
    /// Each word of `text` matches the beginning of a word, and all of them must match within the same thing. Case and
    /// accents make no difference, single characters are left out, and of each thing the first 40 different words
    /// count. Each thing is found once. Those found by the same word come newest first.
    ///
    /// A page may be shorter than asked for, or empty, while `hasNextPage` is true: go on after its `endCursor`, within
    /// a day.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words, or beginnings of words; one of them at least of two characters.")] text: String,
        #[graphql(
            desc = "Only what is of this day or later: the day a picture was taken, a comment was made, or any day that a gallery spans."
        )]
        from: Option<AwsDate>,
        #[graphql(desc = "Only what is of this day or earlier.")] to: Option<AwsDate>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<Option<SearchConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let wanted = answer(ctx, Wanted::parse(&text, from, to))?;
        let wanted = &wanted;
        let found = bounded_page(
            ctx,
            &request,
            |request| async move { store(ctx).list_entries(&wanted.index, &request).await },
            |entries: Vec<Entry>| async move {
                let seen = visible(ctx, caller(ctx).requester, entries.iter().map(|entry| entry.id)).await?;
                Ok(entries.iter().map(|entry| wanted.find(entry, &seen)).collect())
            },
        );
        let (page, bookmark) = answer(ctx, found.await)?;
        let mut connection = SearchConnection::new(page, &request);
        connection.page_info.go_on_at(bookmark);
        Ok(Some(connection))
    }
}

/// What is searched for.
struct Wanted {
    words: BTreeSet<Word>,
    /// The longest word, which leaves the fewest entries to look at.
    index: Word,
    days: Days,
}

impl Wanted {
    fn parse(text: &str, from: Option<AwsDate>, to: Option<AwsDate>) -> Result<Self, Error> {
        let words = words([text]);
        let Some(index) = words.iter().max_by_key(|word| word.as_str().chars().count()).cloned() else {
            return Err(Error::BadRequest("`text` must hold a word of at least two letters or digits.".to_owned()));
        };
        Ok(Self { words, index, days: Days::parse(from, to)? })
    }

    /// What the entry stands for, if it is wanted. `seen` holds what the caller may see.
    fn find(&self, entry: &Entry, seen: &Visible) -> Option<SearchResult> {
        match entry.id {
            NodeId::Gallery(id) => {
                let gallery = seen.galleries.get(&id)?;
                let created = gallery.created_at.day_at(0);
                let first = gallery.first_taken_on.as_ref().unwrap_or(&created);
                let last = gallery.last_taken_on.as_ref().unwrap_or(&created);
                let found = self.days.meet(first, last) && self.is_met(entry, &gallery.words());
                found.then(|| SearchResult::Gallery(gallery.clone().into()))
            }
            NodeId::Media(id) => {
                let media = seen.media.get(&id)?;
                let day = media.day();
                let found = self.days.hold(&day) && self.is_met(entry, &media.words());
                found.then(|| media.clone().into())
            }
            NodeId::Comment(id) => {
                let comment = seen.comments.get(&id)?;
                let day = comment.created_at.day_at(0);
                let found = self.days.hold(&day) && self.is_met(entry, &comment.words());
                found.then(|| SearchResult::Comment(comment.clone().into()))
            }
            NodeId::User(_) | NodeId::Link(_) => None,
        }
    }

    /// Whether something with these words is found at this entry. Of several entries that match, the first that a reader
    /// meets stands for the thing; as they are read backwards, it is that of the greatest word.
    fn is_met(&self, entry: &Entry, words: &BTreeSet<Word>) -> bool {
        let first = words.iter().rev().find(|word| word.begins_with(&self.index));
        first.is_some_and(|first| first.as_str() == entry.word)
            && self.words.iter().all(|wanted| words.iter().any(|word| word.begins_with(wanted)))
    }
}
