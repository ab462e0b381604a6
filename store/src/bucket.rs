//! A bucket as the backup uses it: on the service of the library, or anywhere else that speaks S3.
//!
//! Nothing here overwrites: every write asks that there is no object of this name. Only [`Bucket::delete`] deletes, which
//! is for an admin's own keys.

use aws_sdk_s3::{
    config::RequestChecksumCalculation,
    error::SdkError,
    operation::head_object::HeadObjectError,
    primitives::ByteStream,
    types::{ChecksumAlgorithm, ChecksumMode, GlacierJobParameters, RestoreRequest, StorageClass, Tier},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use model::{Error, Sha256, Timestamp};
use serde::Deserialize;

use crate::{
    Store,
    bucket_copy::COPY_LIMIT_BYTES,
    error::{from_sdk, service_code},
    object::whole_object_sha256,
    sdk_config_for_foreign,
};

/// A bucket, and how objects are kept in it.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) name: String,
    pub(crate) storage_class: Option<StorageClass>,
    /// Whether writes may ask that there is no object of this name; some services do not know that.
    pub(crate) conditional: bool,
    /// Whether checksums may be sent along; some services refuse those that they do not know.
    pub(crate) checksums: bool,
    /// What the service copies at once.
    pub(crate) copy_limit_bytes: u64,
}

/// A bucket with keys of its own, at any service that speaks S3.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BucketSettings {
    /// Address of the service, for example `https://storage.googleapis.com`.
    pub endpoint: String,
    /// Its region; `auto` where there is none.
    pub region: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Id of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
    /// What media are kept as, for example `ARCHIVE` or `DEEP_ARCHIVE`; none for the service's usual one.
    #[serde(default)]
    pub storage_class: Option<String>,
    /// Whether the service knows `If-None-Match: *` on writes; true if not said.
    #[serde(default = "yes")]
    pub conditional_writes: bool,
    /// A recipient of `age` (`age1…`): then everything is encrypted for it before it leaves.
    #[serde(default)]
    pub age_recipient: Option<String>,
}

fn yes() -> bool {
    true
}

/// An object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size_bytes: u64,
}

/// Whether an object can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// At once.
    Readable,
    /// After it was asked back, which nobody did.
    Archived,
    /// It was asked back, and is on its way.
    ComingBack,
}

/// What a service says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its length in bytes.
    pub size_bytes: u64,
    /// The SHA-256 of the whole, where the service computed or checked one.
    pub sha256: Option<Sha256>,
    /// What it is.
    pub content_type: Option<String>,
    /// Its version, where the bucket has versions.
    pub version: Option<String>,
    /// Whether it can be read.
    pub archive: Archive,
    /// Until when nobody can delete it.
    pub locked_until: Option<Timestamp>,
}

/// How a copy within a service ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copied {
    /// It is there; the service computed this SHA-256 of all its bytes, where it does, and copied this version.
    Done(Option<Sha256>, Option<String>),
    /// There is an object of this name.
    Exists,
    /// There is nothing to copy (any more).
    SourceMissing,
}

/// The bytes of an object.
#[derive(Debug)]
pub struct ObjectBody(ByteStream);

impl ObjectBody {
    /// The next bytes; none at the end.
    pub async fn next(&mut self) -> Result<Option<bytes::Bytes>, Error> {
        self.0.try_next().await.map_err(|error| Error::Unavailable(error.into()))
    }
}

/// How reading an object began.
#[derive(Debug)]
pub enum Fetched {
    /// With its bytes.
    Body(ObjectBody),
    /// There is no such object.
    Missing,
    /// It lies in an archive, and was not asked back or has not come yet.
    Archived,
}

impl Store {
    /// A bucket of the library's own service.
    #[must_use]
    pub fn bucket(&self, name: &str, storage_class: Option<&str>) -> Bucket {
        Bucket {
            s3: self.s3.clone(),
            name: name.to_owned(),
            storage_class: storage_class.map(StorageClass::from),
            conditional: true,
            checksums: true,
            copy_limit_bytes: COPY_LIMIT_BYTES,
        }
    }

    /// The bucket of originals.
    #[must_use]
    pub fn originals(&self) -> Bucket {
        self.bucket(&self.settings.originals_bucket, None)
    }
}

impl Bucket {
    /// A bucket at another service. Checksums are sent only where the protocol wants them: others refuse those they do not know.
    #[must_use]
    pub fn elsewhere(settings: &BucketSettings) -> Self {
        let sdk = sdk_config_for_foreign(settings);
        let s3 = aws_sdk_s3::config::Builder::from(&sdk)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .build();
        Self {
            s3: aws_sdk_s3::Client::from_conf(s3),
            name: settings.bucket.clone(),
            storage_class: settings.storage_class.as_deref().map(StorageClass::from),
            conditional: settings.conditional_writes,
            checksums: false,
            copy_limit_bytes: COPY_LIMIT_BYTES,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The objects whose keys begin with `prefix`, by key.
    pub async fn list(&self, prefix: &str) -> Result<Vec<Listed>, Error> {
        let mut found = Vec::new();
        let mut pages = self.s3.list_objects_v2().bucket(&self.name).prefix(prefix).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(from_sdk)?;
            found.extend(page.contents().iter().filter_map(|object| {
                let size_bytes = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
                Some(Listed { key: object.key()?.to_owned(), size_bytes })
            }));
        }
        Ok(found)
    }

    /// What the service says of an object; none where there is none.
    pub async fn head(&self, key: &str) -> Result<Option<Head>, Error> {
        let call = self.s3.head_object().bucket(&self.name).key(key).checksum_mode(ChecksumMode::Enabled);
        let head = match call.send().await {
            Ok(head) => head,
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => return Ok(None),
            Err(error) => return Err(from_sdk(error)),
        };
        let archived = head.storage_class.as_ref().is_some_and(is_archive);
        let archive = match (archived, head.restore.as_deref()) {
            (false, _) => Archive::Readable,
            (true, Some(text)) if text.contains("ongoing-request=\"false\"") => Archive::Readable,
            (true, Some(_)) => Archive::ComingBack,
            (true, None) => Archive::Archived,
        };
        Ok(Some(Head {
            size_bytes: u64::try_from(head.content_length.unwrap_or(0)).map_err(Error::internal)?,
            sha256: head.checksum_sha256.as_deref().and_then(whole_object_sha256),
            content_type: head.content_type,
            version: head.version_id,
            archive,
            locked_until: head.object_lock_retain_until_date.map(|date| Timestamp::from_unix_seconds(date.secs())),
        }))
    }

    /// Begins to read an object.
    pub async fn get(&self, key: &str) -> Result<Fetched, Error> {
        match self.s3.get_object().bucket(&self.name).key(key).send().await {
            Ok(answer) => Ok(Fetched::Body(ObjectBody(answer.body))),
            Err(error) => match service_code(&error) {
                Some("NoSuchKey") => Ok(Fetched::Missing),
                Some("InvalidObjectState") => Ok(Fetched::Archived),
                _ => Err(from_sdk(error)),
            },
        }
    }

    /// Writes an object from memory; false where there is one of this name. `class` is whether it is kept as the bucket
    /// keeps media, or as what must be readable at once.
    pub async fn put_new(
        &self,
        key: &str,
        bytes: Vec<u8>,
        content_type: Option<&str>,
        archived: bool,
    ) -> Result<bool, Error> {
        let mut put = self
            .s3
            .put_object()
            .bucket(&self.name)
            .key(key)
            .set_content_type(content_type.map(str::to_owned))
            .set_if_none_match(self.if_none_match())
            .set_storage_class(self.storage_class.clone().filter(|_| archived));
        if self.checksums {
            put = put.checksum_algorithm(ChecksumAlgorithm::Sha256);
        }
        match put.body(ByteStream::from(bytes)).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_there_already(&error) => Ok(false),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Asks an archived object back for some days, in the cheapest way, which takes up to 48 hours.
    pub async fn ask_back(&self, key: &str, days: i32) -> Result<(), Error> {
        let tier = GlacierJobParameters::builder().tier(Tier::Bulk).build().map_err(Error::internal)?;
        let request = RestoreRequest::builder().days(days).glacier_job_parameters(tier).build();
        match self.s3.restore_object().bucket(&self.name).key(key).restore_request(request).send().await {
            Ok(_) => Ok(()),
            Err(error) if service_code(&error) == Some("RestoreAlreadyInProgress") => Ok(()),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Deletes a version of an object for good. For an admin who prunes; the function of the backup may not.
    pub async fn delete(&self, key: &str, version: Option<&str>) -> Result<(), Error> {
        let call = self.s3.delete_object().bucket(&self.name).key(key).set_version_id(version.map(str::to_owned));
        call.send().await.map_err(from_sdk)?;
        Ok(())
    }

    pub(crate) fn if_none_match(&self) -> Option<String> {
        self.conditional.then(|| "*".to_owned())
    }
}

pub(crate) fn is_there_already<E: aws_sdk_s3::error::ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    service_code(error) == Some("PreconditionFailed")
}

fn is_archive(class: &StorageClass) -> bool {
    // Google's ARCHIVE and AWS's GLACIER_IR can be read at once.
    matches!(class, StorageClass::DeepArchive | StorageClass::Glacier)
}
