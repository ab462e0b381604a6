//! What a bucket keeps: versions, and Object Lock.

use std::sync::Arc;

use rusqlite::{Connection, Transaction, params};
use s3s::{
    S3Request, S3Response, S3Result,
    dto::{
        BucketVersioningStatus, GetBucketVersioningInput, GetBucketVersioningOutput, GetObjectLockConfigurationInput,
        GetObjectLockConfigurationOutput, ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRule,
        PutBucketVersioningInput, PutBucketVersioningOutput, PutObjectLockConfigurationInput,
        PutObjectLockConfigurationOutput,
    },
    s3_error,
};
use serde::{Deserialize, Serialize};

use super::{
    error::Error,
    retention::DefaultRetention,
    store::{Store, blocking},
};

/// Whether a bucket keeps what is overwritten and deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Versioning {
    /// It never did.
    Never,
    Enabled,
    /// It does no longer.
    Suspended,
}

/// The Object Lock of a bucket that has it. It cannot be taken away.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Lock {
    /// For versions that are put without one of their own.
    pub(super) default_retention: Option<DefaultRetention>,
}

pub(super) struct Bucket {
    pub(super) versioning: Versioning,
    pub(super) lock: Option<Lock>,
}

impl Versioning {
    fn parse(status: Option<&str>) -> Option<Self> {
        match status {
            None => Some(Self::Never),
            Some(BucketVersioningStatus::ENABLED) => Some(Self::Enabled),
            Some(BucketVersioningStatus::SUSPENDED) => Some(Self::Suspended),
            Some(_) => None,
        }
    }
}

/// The bucket, which the store knows to exist.
pub(super) fn find(db: &Connection, name: &str) -> Result<Bucket, Error> {
    let (versioning, lock): (Option<String>, Option<String>) =
        db.query_row("SELECT versioning, lock FROM bucket WHERE name = ?", [name], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Ok(Bucket {
        versioning: Versioning::parse(versioning.as_deref()).ok_or(rusqlite::Error::InvalidQuery)?,
        lock: lock.as_deref().map(serde_json::from_str).transpose()?,
    })
}

async fn found(store: &Arc<Store>, name: String) -> S3Result<Bucket> {
    store.require_bucket(&name)?;
    Ok(blocking(store, move |store| store.database.read(|db| find(db, &name))).await?)
}

pub(super) async fn get_bucket_versioning(
    store: Arc<Store>,
    request: S3Request<GetBucketVersioningInput>,
) -> S3Result<S3Response<GetBucketVersioningOutput>> {
    let status = match found(&store, request.input.bucket).await?.versioning {
        Versioning::Never => None,
        Versioning::Enabled => Some(BucketVersioningStatus::ENABLED),
        Versioning::Suspended => Some(BucketVersioningStatus::SUSPENDED),
    };
    let status = status.map(BucketVersioningStatus::from_static);
    Ok(S3Response::new(GetBucketVersioningOutput { status, ..GetBucketVersioningOutput::default() }))
}

pub(super) async fn put_bucket_versioning(
    store: Arc<Store>,
    request: S3Request<PutBucketVersioningInput>,
) -> S3Result<S3Response<PutBucketVersioningOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let wanted = input.versioning_configuration;
    if wanted.mfa_delete.is_some() {
        return Err(s3_error!(NotImplemented, "Deletes by a second factor are not implemented."));
    }
    let status = wanted.status.ok_or_else(|| s3_error!(MalformedXML))?.as_str().to_owned();
    let versioning = Versioning::parse(Some(&status)).ok_or_else(|| s3_error!(MalformedXML))?;
    blocking(&store, move |store| {
        store.database.write(|tx| {
            if versioning != Versioning::Enabled && find(tx, &input.bucket)?.lock.is_some() {
                let text = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";
                return Err(s3_error!(InvalidBucketState, "{text}").into());
            }
            tx.execute("UPDATE bucket SET versioning = ? WHERE name = ?", params![status, input.bucket])?;
            Ok(())
        })
    })
    .await?;
    Ok(S3Response::new(PutBucketVersioningOutput::default()))
}

pub(super) async fn get_object_lock_configuration(
    store: Arc<Store>,
    request: S3Request<GetObjectLockConfigurationInput>,
) -> S3Result<S3Response<GetObjectLockConfigurationOutput>> {
    let lock = found(&store, request.input.bucket).await?.lock.ok_or_else(|| {
        s3_error!(ObjectLockConfigurationNotFoundError, "Object Lock configuration does not exist for this bucket")
    })?;
    let rule = lock.default_retention.map(|retention| ObjectLockRule { default_retention: Some(retention.to_s3()) });
    let enabled = Some(ObjectLockEnabled::from_static(ObjectLockEnabled::ENABLED));
    Ok(S3Response::new(GetObjectLockConfigurationOutput {
        object_lock_configuration: Some(ObjectLockConfiguration { object_lock_enabled: enabled, rule }),
    }))
}

/// Gives a bucket Object Lock, or another default retention. As on AWS, an existing bucket must keep versions for it.
pub(super) async fn put_object_lock_configuration(
    store: Arc<Store>,
    request: S3Request<PutObjectLockConfigurationInput>,
) -> S3Result<S3Response<PutObjectLockConfigurationOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let wanted = input.object_lock_configuration.ok_or_else(|| s3_error!(MalformedXML))?;
    if wanted.object_lock_enabled.is_none_or(|enabled| enabled.as_str() != ObjectLockEnabled::ENABLED) {
        return Err(s3_error!(MalformedXML));
    }
    let default = wanted.rule.map(|rule| rule.default_retention.ok_or_else(|| s3_error!(MalformedXML))).transpose()?;
    let lock = Lock { default_retention: default.as_ref().map(DefaultRetention::of_s3).transpose()? };
    blocking(&store, move |store| store.database.write(|tx| put_lock(tx, &input.bucket, &lock))).await?;
    Ok(S3Response::new(PutObjectLockConfigurationOutput::default()))
}

fn put_lock(tx: &Transaction<'_>, bucket: &str, lock: &Lock) -> Result<(), Error> {
    if find(tx, bucket)?.versioning != Versioning::Enabled {
        let text = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
        return Err(s3_error!(InvalidBucketState, "{text}").into());
    }
    tx.execute("UPDATE bucket SET lock = ? WHERE name = ?", params![serde_json::to_string(lock)?, bucket])?;
    Ok(())
}
