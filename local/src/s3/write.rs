//! `PutObject`.

use std::sync::Arc;

use s3s::{
    S3Request, S3Response, S3Result,
    dto::{PutObjectInput, PutObjectOutput},
    s3_error,
};

use super::{
    blobs::NewBlob,
    checksum::{Algorithm, Checksums, checksums_of, set_checksums},
    condition::WriteCondition,
    error::Error,
    object::{self, Object, Properties, properties_of, refuse_unsupported, without_aws_chunked},
    receive::{Declared, Received, receive},
    store::{Store, blocking},
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
    let checksums = checksums_of!(input);
    let declared = Declared::new(&request.headers, input.content_length, input.content_md5, checksums)?;
    let received = receive(&store, input.body, declared, request.trailing_headers).await?;
    let (bucket, key) = (input.bucket, input.key);
    let object =
        blocking(&store, move |store| store_received(store, bucket, key, properties, received, &condition)).await?;
    let mut output = PutObjectOutput {
        e_tag: Some(object.e_tag()),
        checksum_type: object.properties.checksums.kind(),
        ..PutObjectOutput::default()
    };
    set_checksums!(output, &object.properties.checksums);
    Ok(S3Response::new(output))
}

fn store_received(
    store: &Store,
    bucket: String,
    key: String,
    properties: Properties,
    received: Received,
    condition: &WriteCondition,
) -> Result<Object, Error> {
    let object = Object {
        bucket,
        key,
        size_bytes: received.size_bytes,
        etag: hex::encode(received.md5),
        modified: store.now(),
        properties: Properties { checksums: received.checksums, ..properties },
    };
    let blob = store.blobs.keep(&received.temp)?;
    store.put(&object, blob, condition)?;
    Ok(object)
}

impl Store {
    /// Puts an object whose bytes are durable, in one transaction; then removes what it replaces.
    pub(super) fn put(&self, object: &Object, blob: NewBlob<'_>, condition: &WriteCondition) -> Result<(), Error> {
        let old = self.database.write(|tx| {
            let old = object::put(tx, self, object, blob.name(), condition)?;
            blob.named_by_a_row();
            Ok(old)
        })?;
        self.was_put(object, old.as_deref());
        Ok(())
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
