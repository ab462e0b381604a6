//! Answers in a form in which two doors can be compared.
//!
//! Queries are compared as they are. Mutations were sent about worlds that are alike but for their ids and their moment,
//! and only that is taken out here: names of the world and new ids, times since the test began, signatures and secrets.

use std::collections::HashMap;

use model::Timestamp;
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use ulid::Ulid;
use uuid::Uuid;

use super::world::World;

/// Fields that hold unpredictable text. That there is one is compared.
const SECRETS: [&str; 6] = ["accessToken", "idToken", "refreshToken", "challenge", "temporaryPassword", "cursor"];

/// Gives the same words to what is the same in several worlds.
pub(super) struct Words {
    /// Of ULIDs and UUIDs.
    ids: HashMap<String, String>,
    /// Of whole texts.
    texts: HashMap<String, String>,
    began: Timestamp,
}

impl Words {
    /// Words for a world of a test that began at some time.
    pub(super) fn of(world: &World, began: Timestamp) -> Self {
        let mut words = Self { ids: HashMap::new(), texts: HashMap::new(), began };
        for (name, value) in world.names() {
            // The last id within an id is its own: that of a comment begins with that of its photo.
            match ids_in(value).last() {
                Some(id) => words.ids.insert((*id).to_owned(), format!("<{name}>")),
                None => words.texts.insert(value.to_owned(), format!("<{name}>")),
            };
        }
        words
    }

    /// The data, in these words.
    pub(super) fn put(&mut self, data: &Value) -> Value {
        match data {
            Value::Array(items) => items.iter().map(|item| self.put(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| {
                    let value = match value.as_str() {
                        Some(text) if SECRETS.contains(&key.as_str()) => {
                            json!(if text.is_empty() { "" } else { "<secret>" })
                        }
                        Some(text) if key == "url" => json!(self.unsigned(text)),
                        _ => self.put(value),
                    };
                    (key.clone(), value)
                })
                .collect::<Map<_, _>>()
                .into(),
            Value::String(text) => json!(self.text(text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => data.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        if let Some(word) = self.texts.get(text) {
            return word.clone();
        }
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok();
        if moment.is_some_and(|moment| moment.unix_timestamp() >= self.began.unix_seconds()) {
            return "<now>".to_owned();
        }
        let mut put = text.to_owned();
        for id in ids_in(text) {
            let next = format!("<new {}>", self.ids.len());
            put = put.replace(id, self.ids.entry(id.to_owned()).or_insert(next));
        }
        put
    }

    /// An address without its signature, but with all that is signed.
    fn unsigned(&mut self, url: &str) -> String {
        // Behind the hash of a share link is its token.
        let url = url.split_once('#').map_or(url, |(page, _)| page);
        let parts: Vec<&str> = url.split(['?', '&']).collect();
        let parts = parts.iter().map(|part| match part.split_once('=') {
            Some((name @ ("X-Amz-Signature" | "X-Amz-Date" | "uploadId"), _)) => name.to_owned(),
            _ => self.text(part),
        });
        parts.collect::<Vec<_>>().join("&")
    }
}

/// The ULIDs, UUIDs and digests in a text.
fn ids_in(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_id = |word: &str| match word.len() {
        26 => Ulid::from_string(word).is_ok(),
        36 => Uuid::try_parse(word).is_ok(),
        64 => word.parse::<model::Sha256>().is_ok(),
        _ => false,
    };
    words.filter(|word| is_id(word)).collect()
}
