//! `UploadPartCopy`: a part of an upload from the bytes of an object, for copies of what is too large for one.

use std::{
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    ops,
    sync::Arc,
};

use s3s::{
    S3Request, S3Response, S3Result,
    crypto::{Checksum as _, Md5},
    dto::{CopyPartResult, ETag, Timestamp, UploadPartCopyInput, UploadPartCopyOutput},
    s3_error,
};

use super::{
    checksum::{Algorithm, Checksums, checksums_of, hasher, set_checksums},
    condition::ReadCondition,
    copy::{MAX_COPY_BYTES, source_of},
    error::Error,
    multipart::{check_part_number, store_part},
    object::to_s3_time,
    read::{Opened, open},
    receive::Received,
    store::{Store, blocking},
    upload::{self, Part},
};

const CHUNK_BYTES: usize = 1 << 20;

struct Order {
    input: UploadPartCopyInput,
    source: (String, String, Option<String>),
    condition: ReadCondition,
    range: Option<ops::RangeInclusive<u64>>,
}

pub(super) async fn upload_part_copy(
    store: Arc<Store>,
    request: S3Request<UploadPartCopyInput>,
) -> S3Result<S3Response<UploadPartCopyOutput>> {
    let mut input = request.input;
    store.require_bucket(&input.bucket)?;
    check_part_number(input.part_number)?;
    let source = source_of(&store, &input.copy_source)?;
    let condition = ReadCondition {
        if_match: input.copy_source_if_match.take(),
        if_none_match: input.copy_source_if_none_match.take(),
        if_modified_since: input.copy_source_if_modified_since.take().map(Timestamp::into),
        if_unmodified_since: input.copy_source_if_unmodified_since.take().map(Timestamp::into),
    };
    let range = input.copy_source_range.as_deref().map(parse_range).transpose()?;
    let order = Order { input, source, condition, range };
    let (part, version) = blocking(&store, move |store| copy(store, &order)).await?;
    let mut result = CopyPartResult {
        e_tag: Some(ETag::Strong(part.etag)),
        last_modified: Some(to_s3_time(part.modified)),
        ..CopyPartResult::default()
    };
    set_checksums!(result, &part.checksums);
    Ok(S3Response::new(UploadPartCopyOutput {
        copy_part_result: Some(result),
        copy_source_version_id: version,
        ..UploadPartCopyOutput::default()
    }))
}

fn copy(store: &Store, order: &Order) -> Result<(Part, Option<String>), Error> {
    let input = &order.input;
    let upload = store.database.read(|db| upload::find_open(db, &input.bucket, &input.key, &input.upload_id))?;
    let (bucket, key, version) = &order.source;
    let opened = open(store, bucket, key, version.as_deref())?;
    order.condition.check_source(&opened.version.object)?;
    opened.version.object.properties.check_readable(store.now())?;
    let range = chosen(order.range.as_ref(), opened.version.object.size_bytes)?;
    let id = opened.version.id.clone();
    let received = received(store, opened, range, upload.algorithm)?;
    Ok((store_part(store, &upload, input.part_number, received)?, id))
}

/// Both ends are needed and count: `bytes=0-9` are ten.
fn parse_range(text: &str) -> S3Result<ops::RangeInclusive<u64>> {
    let bounds = text.strip_prefix("bytes=").and_then(|bounds| bounds.split_once('-'));
    let parsed = bounds.and_then(|(first, last)| Some(first.parse().ok()?..=last.parse().ok()?));
    parsed.filter(|range| !range.is_empty()).ok_or_else(|| {
        s3_error!(
            InvalidArgument,
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the \
             zero-based offsets of the first and last bytes to copy"
        )
    })
}

fn chosen(range: Option<&ops::RangeInclusive<u64>>, size_bytes: u64) -> S3Result<ops::Range<u64>> {
    let chosen = match range {
        Some(range) if *range.end() >= size_bytes => {
            return Err(s3_error!(InvalidArgument, "Range specified is not valid for source object of this size."));
        }
        Some(range) => *range.start()..range.end() + 1,
        None => 0..size_bytes,
    };
    if chosen.end - chosen.start > MAX_COPY_BYTES {
        return Err(s3_error!(InvalidRequest, "The specified copy source is larger than the maximum allowable size."));
    }
    Ok(chosen)
}

fn received(
    store: &Store,
    mut opened: Opened,
    range: ops::Range<u64>,
    algorithm: Option<Algorithm>,
) -> io::Result<Received> {
    let mut temp = store.blobs.create_temp()?;
    let mut md5 = Md5::new();
    let mut hasher = hasher(algorithm);
    opened.file.seek(SeekFrom::Start(range.start))?;
    let mut rest = opened.file.take(range.end - range.start);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut size_bytes = 0;
    loop {
        let length = rest.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        temp.file.write_all(&chunk[..length])?;
        md5.update(&chunk[..length]);
        hasher.update(&chunk[..length]);
        size_bytes += length as u64;
    }
    if size_bytes != range.end - range.start {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the source's blob is shorter than its row says"));
    }
    Ok(Received { temp, size_bytes, md5: md5.finalize(), checksums: checksums_of!(hasher.finalize()) })
}
