//! Items of the table as text: a line of canonical JSON each, in which every attribute keeps its type.
//!
//! The form is that of DynamoDB's own protocol (`{"PK":{"S":"…"},"count":{"N":"1"}}`), without white space, names and the
//! members of sets in the order of their bytes, binary values in base64. Numbers stay texts, so none is rounded. An item
//! has one line, and equal lines are equal items.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine, prelude::BASE64_STANDARD};
use model::{Comment, Error, Gallery, Like, Media, Timestamp, User};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    item::{from_item, whole_item},
    keys::{self, CLAIM_PREFIX, COMMENT_PREFIX, ERASED, Item, Key, LIKE_PREFIX, MEDIA, REPLY_PREFIX, TTL},
};

/// One item of the table as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    key: Key,
    text: String,
}

impl Line {
    /// From a text in the canonical form.
    ///
    /// # Errors
    /// When it is not in that form, byte by byte, or has no key.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let line = Self::of(&item_of(text)?)?;
        if line.text == text { Ok(line) } else { Err(Error::internal("a line is not in the canonical form")) }
    }

    /// The record of a photo or video as a line, without its places in indexes: for whoever fills a library in bulk.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn of_media(media: &Media) -> Result<Self, Error> {
        Self::of(&whole_item(&keys::media(media.id), None, media)?)
    }

    pub(crate) fn of(item: &Item) -> Result<Self, Error> {
        let key = Key::of(item).ok_or_else(|| Error::internal("an item without a key"))?;
        let mut text = String::new();
        write_map(&mut text, item);
        Ok(Self { key, text })
    }

    /// The line, without a line break.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The partition key of the item.
    #[must_use]
    pub fn partition(&self) -> &str {
        &self.key.pk
    }

    /// The sort key of the item.
    #[must_use]
    pub fn sort_key(&self) -> &str {
        &self.key.sk
    }

    /// The same item, in which some texts stand for others wherever they occur: ids of people, which a new user pool gives
    /// anew. Sets are in order again.
    ///
    /// # Errors
    /// When the result is no item.
    pub fn renamed(&self, names: &[(String, String)]) -> Result<Self, Error> {
        let mut text = self.text.clone();
        for (old, new) in names {
            if text.contains(old.as_str()) {
                text = text.replace(old.as_str(), new);
            }
        }
        Self::of(&item_of(&text)?)
    }

    /// The photo or video, where it is the record of one.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn media(&self) -> Result<Option<Media>, Error> {
        self.record_if(self.key.pk.starts_with("MED#") && self.key.sk == MEDIA)
    }

    /// The gallery, where it is the record of one.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn gallery(&self) -> Result<Option<Gallery>, Error> {
        self.record_if(self.key.pk.starts_with("GAL#") && self.key.sk == "GAL")
    }

    /// The comment, where it is one, removed ones too.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn comment(&self) -> Result<Option<Comment>, Error> {
        let of_media = self.key.pk.starts_with("MED#");
        self.record_if(of_media && (self.key.sk.starts_with(COMMENT_PREFIX) || self.key.sk.starts_with(REPLY_PREFIX)))
    }

    /// The like, where it is one.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn like(&self) -> Result<Option<Like>, Error> {
        self.record_if(self.key.pk.starts_with("MED#") && self.key.sk.starts_with(LIKE_PREFIX))
    }

    /// The person, where it is the record of one.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn user(&self) -> Result<Option<User>, Error> {
        self.record_if(self.key.pk.starts_with("USER#"))
    }

    /// The id of what was erased for good, where it says so.
    #[must_use]
    pub fn erased(&self) -> Option<&str> {
        (self.key.pk == ERASED).then_some(self.key.sk.as_str())
    }

    /// Whether it is something of the library: of a gallery, or of a photo or video.
    #[must_use]
    pub fn is_of_library(&self) -> bool {
        self.key.pk.starts_with("GAL#") || self.key.pk.starts_with("MED#")
    }

    /// Whether nothing shows it any more, as its time is over.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        let expires = self.item().ok().and_then(|item| expires_at(&item));
        expires.is_some_and(|at| at <= now.unix_seconds())
    }

    pub(crate) fn item(&self) -> Result<Item, Error> {
        item_of(&self.text)
    }

    fn record_if<T: DeserializeOwned>(&self, is_one: bool) -> Result<Option<T>, Error> {
        is_one.then(|| self.item().and_then(from_item)).transpose()
    }
}

/// Whether an item is on its way: an announced upload, or the claim of one. Its bytes are not there.
pub(crate) fn is_on_its_way(key: &Key, item: &Item) -> bool {
    (key.sk == MEDIA || key.sk.starts_with(CLAIM_PREFIX)) && item.contains_key(TTL)
}

/// Seconds since 1970 after which an item counts as deleted.
pub(crate) fn expires_at(item: &Item) -> Option<i64> {
    item.get(TTL).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok())
}

fn write_map<'a>(out: &mut String, map: impl IntoIterator<Item = (&'a String, &'a AttributeValue)>) {
    let mut entries: Vec<_> = map.into_iter().collect();
    entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
    out.push('{');
    for (position, (name, value)) in entries.into_iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        write_text(out, name);
        out.push(':');
        write_value(out, value);
    }
    out.push('}');
}

fn write_text(out: &mut String, text: &str) {
    out.push_str(&Value::from(text).to_string());
}

fn write_value(out: &mut String, value: &AttributeValue) {
    let base64 = |blob: &Blob| BASE64_STANDARD.encode(blob.as_ref());
    let mut tagged = |tag: &str, write: &dyn Fn(&mut String)| {
        out.push_str("{\"");
        out.push_str(tag);
        out.push_str("\":");
        write(out);
        out.push('}');
    };
    match value {
        AttributeValue::S(text) => tagged("S", &|out| write_text(out, text)),
        AttributeValue::N(number) => tagged("N", &|out| write_text(out, number)),
        AttributeValue::B(blob) => tagged("B", &|out| write_text(out, &base64(blob))),
        AttributeValue::Bool(truth) => tagged("BOOL", &|out| out.push_str(if *truth { "true" } else { "false" })),
        AttributeValue::Null(_) => tagged("NULL", &|out| out.push_str("true")),
        AttributeValue::Ss(texts) => tagged("SS", &|out| write_set(out, texts.clone())),
        AttributeValue::Ns(numbers) => tagged("NS", &|out| write_set(out, numbers.clone())),
        AttributeValue::Bs(blobs) => tagged("BS", &|out| write_set(out, blobs.iter().map(base64).collect())),
        AttributeValue::M(map) => tagged("M", &|out| write_map(out, map)),
        AttributeValue::L(list) => tagged("L", &|out| {
            out.push('[');
            for (position, value) in list.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_value(out, value);
            }
            out.push(']');
        }),
        // The SDK has a place for types that DynamoDB may get; such an item does not parse, so that nothing is lost silently.
        _ => out.push_str("{\"?\":null}"),
    }
}

fn write_set(out: &mut String, mut members: Vec<String>) {
    members.sort_unstable();
    out.push('[');
    for (position, member) in members.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        write_text(out, member);
    }
    out.push(']');
}

fn item_of(text: &str) -> Result<Item, Error> {
    match serde_json::from_str(text).map_err(Error::internal)? {
        Value::Object(map) => map.into_iter().map(|(name, value)| Ok((name, value_of(value)?))).collect(),
        _ => Err(malformed()),
    }
}

fn value_of(value: Value) -> Result<AttributeValue, Error> {
    let Value::Object(map) = value else { return Err(malformed()) };
    let mut entries = map.into_iter();
    let (Some((tag, value)), None) = (entries.next(), entries.next()) else { return Err(malformed()) };
    Ok(match (tag.as_str(), value) {
        ("S", Value::String(text)) => AttributeValue::S(text),
        ("N", Value::String(number)) => AttributeValue::N(number),
        ("B", Value::String(text)) => AttributeValue::B(blob_of(&text)?),
        ("BOOL", Value::Bool(truth)) => AttributeValue::Bool(truth),
        ("NULL", Value::Bool(true)) => AttributeValue::Null(true),
        ("SS", Value::Array(members)) => AttributeValue::Ss(texts_of(members)?),
        ("NS", Value::Array(members)) => AttributeValue::Ns(texts_of(members)?),
        ("BS", Value::Array(members)) => {
            AttributeValue::Bs(texts_of(members)?.iter().map(|text| blob_of(text)).collect::<Result<_, _>>()?)
        }
        ("M", Value::Object(map)) => AttributeValue::M(
            map.into_iter().map(|(name, value)| Ok((name, value_of(value)?))).collect::<Result<_, Error>>()?,
        ),
        ("L", Value::Array(values)) => {
            AttributeValue::L(values.into_iter().map(value_of).collect::<Result<_, Error>>()?)
        }
        _ => return Err(malformed()),
    })
}

fn texts_of(members: Vec<Value>) -> Result<Vec<String>, Error> {
    let text = |member| match member {
        Value::String(text) => Ok(text),
        _ => Err(malformed()),
    };
    members.into_iter().map(text).collect()
}

fn blob_of(text: &str) -> Result<Blob, Error> {
    Ok(Blob::new(BASE64_STANDARD.decode(text).map_err(Error::internal)?))
}

fn malformed() -> Error {
    Error::internal("a line is not an item of the table")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_one_line_and_every_type_comes_back() {
        let text = concat!(
            r#"{"PK":{"S":"A \"ü\""},"SK":{"S":"B"},"b":{"B":"AP8="},"bs":{"BS":["AA==","Ag=="]},"l":{"L":[{"N":"1"},{"NULL":true}]},"#,
            r#""m":{"M":{"a":{"BOOL":false},"z":{"S":""}}},"n":{"N":"12345678901234567890.123456789"},"ns":{"NS":["1","2"]},"ss":{"SS":["a","b"]}}"#
        );
        let line = Line::parse(text).expect("a canonical line");
        assert_eq!((line.partition(), line.sort_key(), line.text()), ("A \"ü\"", "B", text));
        assert_eq!(Line::of(&line.item().expect("an item")).expect("a line"), line);
    }

    #[test]
    fn what_is_not_canonical_is_refused() {
        for text in [
            r#"{"SK":{"S":"B"},"PK":{"S":"A"}}"#,
            r#"{"PK":{"S":"A"}, "SK":{"S":"B"}}"#,
            r#"{"PK":{"S":"A"},"SK":{"S":"B"},"ss":{"SS":["b","a"]}}"#,
            r#"{"PK":{"S":"A"},"SK":{"S":"B"},"n":{"N":1}}"#,
            r#"{"PK":{"S":"A"},"SK":{"S":"B"},"n":{"N":"1","S":"1"}}"#,
            r#"{"PK":{"S":"A"},"SK":{"S":"B"},"PK":{"S":"A"}}"#,
            r#"{"PK":{"S":"A"}}"#,
            r#"["PK"]"#,
            "",
        ] {
            assert!(Line::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ids_are_renamed_wherever_they_occur_and_sets_are_in_order_again() {
        let line = Line::parse(r#"{"PK":{"S":"USER#1"},"SK":{"S":"USER"},"liked":{"SS":["usr_1","usr_2"]}}"#);
        let names = [("r_1".to_owned(), "r_9".to_owned()), ("R#1".to_owned(), "R#9".to_owned())];
        let renamed = line.and_then(|line| line.renamed(&names)).expect("a line");
        assert_eq!(renamed.text(), r#"{"PK":{"S":"USER#9"},"SK":{"S":"USER"},"liked":{"SS":["usr_2","usr_9"]}}"#);
    }
}
