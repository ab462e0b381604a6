//! The galleries of a server, found by title or id.

use crate::{
    api::Api,
    fault::{Fault, Outcome},
    operations::{Galleries, galleries},
    shown::shown,
};

/// A gallery as lists show it.
pub(crate) type Card = galleries::GalleriesGalleriesEdgesNode;

const PAGE: i64 = 100;

/// All galleries that one may see.
pub(crate) fn all(api: &Api) -> Outcome<Vec<Card>> {
    let (mut cards, mut after) = (Vec::new(), None);
    loop {
        let data = api.call::<Galleries>(galleries::Variables { first: PAGE, after })?;
        let page = data.galleries.ok_or_else(|| Fault::Failed("The server did not list the galleries.".into()))?;
        cards.extend(page.edges.into_iter().map(|edge| edge.node));
        after = page.page_info.end_cursor;
        if !page.page_info.has_next_page || after.is_none() {
            return Ok(cards);
        }
    }
}

/// The gallery of a title or an id, where there is exactly one.
pub(crate) fn find<'a>(cards: &'a [Card], name: &str) -> Outcome<Option<&'a Card>> {
    if let Some(card) = cards.iter().find(|card| card.id == name) {
        return Ok(Some(card));
    }
    let mut named = cards.iter().filter(|card| card.title == name.trim());
    match (named.next(), named.next()) {
        (found, None) => Ok(found),
        (_, Some(_)) => Err(Fault::Usage(format!(
            "Several galleries are called {}. Please name one by its id, as `mantel-cli ls` shows it.",
            shown(name)
        ))),
    }
}

/// The gallery of a title or an id, which must be there.
pub(crate) fn get(api: &Api, name: &str) -> Outcome<Card> {
    let cards = all(api)?;
    let found = find(&cards, name)?.cloned();
    found.ok_or_else(|| Fault::Usage(format!("There is no gallery {} that you may see.", shown(name))))
}

/// A visibility in lower case.
pub(crate) fn visibility_name(visibility: &galleries::Visibility) -> &str {
    match visibility {
        galleries::Visibility::FAMILY => "family",
        galleries::Visibility::RESTRICTED => "restricted",
        galleries::Visibility::PRIVATE => "private",
        galleries::Visibility::Other(other) => other,
    }
}
