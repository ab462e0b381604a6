//! `ListObjectsV2` and `ListObjects`: the protocol around a page.

use std::{fmt::Write as _, sync::Arc};

use s3s::{
    S3Request, S3Response, S3Result,
    dto::{
        CommonPrefix, ETag, EncodingType, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output,
        Object, ObjectStorageClass,
    },
    s3_error,
};

use super::{
    list::{self, Cursor, Entry, Listed, Page, Query},
    object::to_s3_time,
    store::{Store, blocking},
};

const MAX_KEYS: i32 = 1000;

pub(super) async fn list_objects_v2(
    store: Arc<Store>,
    request: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let from = match (&input.continuation_token, &input.start_after) {
        (Some(token), _) => Cursor::from_token(token)?,
        (None, Some(key)) if !key.is_empty() => Cursor::AfterKey(key.clone()),
        (None, _) => Cursor::Start,
    };
    let max_keys = max_keys(input.max_keys)?;
    let page = page(&store, &input.bucket, input.prefix.clone(), input.delimiter.clone(), from, max_keys).await?;
    let encode = encoder(input.encoding_type.as_ref())?;
    let key_count = i32::try_from(page.entries.len()).ok();
    let next = page.next.as_ref().map(Cursor::token);
    let (contents, common_prefixes) = split(page.entries, encode);
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(encode(&input.prefix.unwrap_or_default())),
        max_keys: Some(max_keys),
        key_count,
        continuation_token: input.continuation_token,
        is_truncated: Some(next.is_some()),
        next_continuation_token: next,
        contents: Some(contents),
        common_prefixes: Some(common_prefixes),
        delimiter: input.delimiter.as_deref().map(encode),
        encoding_type: input.encoding_type,
        start_after: input.start_after.as_deref().map(encode),
        ..ListObjectsV2Output::default()
    }))
}

pub(super) async fn list_objects(
    store: Arc<Store>,
    request: S3Request<ListObjectsInput>,
) -> S3Result<S3Response<ListObjectsOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let from = marker_cursor(&input);
    let max_keys = max_keys(input.max_keys)?;
    let page = page(&store, &input.bucket, input.prefix.clone(), input.delimiter.clone(), from, max_keys).await?;
    let encode = encoder(input.encoding_type.as_ref())?;
    let is_truncated = page.next.is_some();
    let next_marker = page.next.and_then(|cursor| match cursor {
        Cursor::AfterKey(marker) | Cursor::AfterPrefix(marker) => Some(encode(&marker)),
        Cursor::Start => None,
    });
    let (contents, common_prefixes) = split(page.entries, encode);
    Ok(S3Response::new(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(encode(&input.prefix.unwrap_or_default())),
        marker: Some(encode(&input.marker.unwrap_or_default())),
        max_keys: Some(max_keys),
        is_truncated: Some(is_truncated),
        contents: Some(contents),
        common_prefixes: Some(common_prefixes),
        // S3 names it only with a delimiter; without one, the last key is the marker.
        next_marker: next_marker.filter(|_| input.delimiter.is_some()),
        delimiter: input.delimiter.as_deref().map(encode),
        encoding_type: input.encoding_type,
        ..ListObjectsOutput::default()
    }))
}

/// A marker that is itself a common prefix of this listing came from `NextMarker`, and stands for all under it.
fn marker_cursor(input: &ListObjectsInput) -> Cursor {
    let Some(marker) = input.marker.clone().filter(|marker| !marker.is_empty()) else { return Cursor::Start };
    let prefix = input.prefix.as_deref().unwrap_or_default();
    let delimiter = input.delimiter.as_deref().unwrap_or_default();
    let folded = marker.strip_prefix(prefix).and_then(|rest| Some((rest.find(delimiter)?, rest.len())));
    if !delimiter.is_empty() && folded.is_some_and(|(at, length)| at + delimiter.len() == length) {
        Cursor::AfterPrefix(marker)
    } else {
        Cursor::AfterKey(marker)
    }
}

async fn page(
    store: &Arc<Store>,
    bucket: &str,
    prefix: Option<String>,
    delimiter: Option<String>,
    from: Cursor,
    max_keys: i32,
) -> S3Result<Page> {
    let query = Query {
        bucket: bucket.to_owned(),
        prefix: prefix.unwrap_or_default(),
        delimiter: delimiter.unwrap_or_default(),
        from,
        limit: usize::try_from(max_keys).unwrap_or(0),
    };
    Ok(blocking(store, move |store| store.database.read(|db| list::page(db, &query))).await?)
}

pub(super) fn max_keys(asked: Option<i32>) -> S3Result<i32> {
    match asked.unwrap_or(MAX_KEYS) {
        count if count < 0 => Err(s3_error!(InvalidArgument, "The number of entries to list must not be negative.")),
        count => Ok(count.min(MAX_KEYS)),
    }
}

fn split(entries: Vec<Entry>, encode: fn(&str) -> String) -> (Vec<Object>, Vec<CommonPrefix>) {
    let (mut objects, mut prefixes) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Object(listed) => objects.push(object(listed, encode)),
            Entry::CommonPrefix(prefix) => prefixes.push(CommonPrefix { prefix: Some(encode(&prefix)) }),
        }
    }
    (objects, prefixes)
}

fn object(listed: Listed, encode: fn(&str) -> String) -> Object {
    let class = listed.storage_class.unwrap_or_else(|| ObjectStorageClass::STANDARD.to_owned());
    Object {
        key: Some(encode(&listed.key)),
        size: i64::try_from(listed.size_bytes).ok(),
        e_tag: Some(ETag::Strong(listed.etag)),
        last_modified: Some(to_s3_time(listed.modified)),
        storage_class: Some(class.into()),
        ..Object::default()
    }
}

/// How keys are written: XML 1.0 cannot say every key, so callers may ask for percent encoding.
pub(super) fn encoder(encoding: Option<&EncodingType>) -> S3Result<fn(&str) -> String> {
    match encoding.map(EncodingType::as_str) {
        None => Ok(str::to_owned),
        Some(EncodingType::URL) => Ok(percent_encode),
        Some(_) => Err(s3_error!(InvalidArgument, "Invalid Encoding Method specified in Request")),
    }
}

fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => write!(encoded, "%{byte:02X}").expect("a String takes every write"),
        }
        encoded
    })
}
