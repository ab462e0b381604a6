//! `PutObject`.

use std::sync::Arc;

use s3s::{
    S3Request, S3Response, S3Result,
    dto::{PutObjectInput, PutObjectOutput},
    s3_error,
};

use super::{
    archive::known_class,
    blobs::NewBlob,
    bucket,
    checksum::{Algorithm, Checksums, checksums_of, set_checksums},
    condition::WriteCondition,
    error::Error,
    object::{Object, Properties, properties_of, refuse_legal_hold, refuse_unsupported, without_aws_chunked},
    receive::{Declared, Received, receive},
    retention::Retention,
    store::{Store, blocking},
    version,
};

pub(super) async fn put_object(
    store: Arc<Store>,
    request: S3Request<PutObjectInput>,
) -> S3Result<S3Response<PutObjectOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    if input.write_offset_bytes.is_some() {
        return Err(s3_error!(NotImplemented, "Appending to an object is not implemented."));
    }
    let condition = WriteCondition::of(input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let properties = properties_of!(input);
    properties.check_retention(store.now())?;
    let checksums = checksums_of!(input);
    let declared = Declared::new(&request.headers, input.content_length, input.content_md5, checksums)?;
    if !declared.has_digest() {
        refuse_retention(&store, &input.bucket, &properties).await?;
    }
    let received = receive(&store, input.body, declared, request.trailing_headers).await?;
    let (bucket, key) = (input.bucket, input.key);
    let (object, id) =
        blocking(&store, move |store| store_received(store, bucket, key, properties, received, &condition)).await?;
    let mut output = PutObjectOutput {
        e_tag: Some(object.e_tag()),
        checksum_type: object.properties.checksums.kind(),
        version_id: id,
        ..PutObjectOutput::default()
    };
    set_checksums!(output, &object.properties.checksums);
    Ok(S3Response::new(output))
}

/// As on AWS: what is kept for years must be known to have arrived whole.
async fn refuse_retention(store: &Arc<Store>, bucket: &str, properties: &Properties) -> S3Result<()> {
    let name = bucket.to_owned();
    let lock = blocking(store, move |store| store.database.read(|db| bucket::find(db, &name))).await?.lock;
    if properties.retention.is_none() && lock.is_none_or(|lock| lock.default_retention.is_none()) {
        return Ok(());
    }
    let text =
        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters";
    Err(s3_error!(InvalidRequest, "{text}"))
}

fn store_received(
    store: &Store,
    bucket: String,
    key: String,
    properties: Properties,
    received: Received,
    condition: &WriteCondition,
) -> Result<(Object, Option<String>), Error> {
    let object = Object {
        bucket,
        key,
        size_bytes: received.size_bytes,
        etag: hex::encode(received.md5),
        modified: store.now(),
        properties: Properties { checksums: received.checksums, ..properties },
    };
    let blob = store.blobs.keep(&received.temp)?;
    let id = store.put(&object, blob, condition)?;
    Ok((object, id))
}

impl Store {
    /// Puts an object whose bytes are durable, in one transaction; then removes what it replaces. Returns the id of the
    /// new version, if the bucket has such.
    pub(super) fn put(
        &self,
        object: &Object,
        blob: NewBlob<'_>,
        condition: &WriteCondition,
    ) -> Result<Option<String>, Error> {
        let put = self.database.write(|tx| {
            let put = version::put(tx, self, object, blob.name(), condition)?;
            blob.named_by_a_row();
            Ok(put)
        })?;
        self.was_put(object, put.replaced_blob.as_deref());
        Ok(put.id)
    }

    /// What follows the transaction that put an object.
    pub(super) fn was_put(&self, object: &Object, replaced_blob: Option<&str>) {
        if let Some(blob) = replaced_blob {
            self.blobs.remove(blob);
        }
        if self.makes_events(&object.bucket) {
            self.tell_of_events();
        }
    }
}
