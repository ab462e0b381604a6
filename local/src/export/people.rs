//! Names of people, in what leaves the library.

use std::collections::HashMap;

use model::{Comment, Error, PageRequest, User, UserId};
use serde_json::{Value, json};
use store::Store;

/// Everybody who has or had an account.
pub(super) struct People(HashMap<UserId, User>);

impl People {
    pub(super) async fn read(store: &Store) -> Result<Self, Error> {
        let mut people = HashMap::new();
        let mut after = None;
        loop {
            let page = store.list_users(&PageRequest { first: model::MAX_PAGE_SIZE, after }).await?;
            after = page.rows.last().map(|(cursor, _)| cursor.clone());
            people.extend(page.rows.into_iter().map(|(_, user)| (user.id, user)));
            if !page.has_next {
                return Ok(Self(people));
            }
        }
    }

    /// Whoever has an account of that name, address or display name; an error where nobody or several have.
    pub(super) fn find(&self, name: &str) -> anyhow::Result<&User> {
        let is_it = |user: &&User| {
            user.username == name
                || user.display_name.as_str().eq_ignore_ascii_case(name)
                || user.email.as_ref().is_some_and(|email| email.as_str().eq_ignore_ascii_case(name))
        };
        let mut found = self.0.values().filter(is_it);
        match (found.next(), found.next()) {
            (Some(user), None) => Ok(user),
            (None, _) => anyhow::bail!("nobody has an account with the name or address {name}"),
            (Some(_), Some(_)) => anyhow::bail!("several people are called {name}: give the address of the account"),
        }
    }

    pub(super) fn name(&self, id: UserId) -> &str {
        self.0.get(&id).map_or("somebody", |user| user.display_name.as_str())
    }

    /// A comment under the name that its author had.
    pub(super) fn author<'a>(&'a self, comment: &'a Comment) -> &'a str {
        comment.author_name.as_ref().map_or_else(|| self.name(comment.author), |name| name.as_str())
    }

    pub(super) fn comment(&self, comment: &Comment) -> Value {
        json!({
            "id": comment.id,
            "mediaId": comment.id.media,
            "text": comment.text,
            "author": self.author(comment),
            "writtenAt": comment.created_at,
            "editedAt": comment.edited_at,
        })
    }
}
