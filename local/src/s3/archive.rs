//! Storage classes, and the way back from those that are archives.
//!
//! A restore takes as long as AWS says it takes at most, by the store's clock:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html>.

use std::sync::Arc;

use model::Timestamp;
use s3s::{
    S3Request, S3Response, S3Result,
    dto::{RestoreObjectInput, RestoreObjectOutput, RestoreRequest, StorageClass, Tier},
    s3_error,
};
use serde::{Deserialize, Serialize};

use super::{
    error::Error,
    object::{Properties, http_date},
    store::{Store, blocking},
    version,
};

const MINUTE_SECONDS: i64 = 60;
const HOUR_SECONDS: i64 = 60 * MINUTE_SECONDS;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;

/// A temporary copy of an archived object can be read between these times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Restored {
    ready: Timestamp,
    expires: Timestamp,
}

const CLASSES: [&str; 11] = [
    StorageClass::STANDARD,
    StorageClass::REDUCED_REDUNDANCY,
    StorageClass::STANDARD_IA,
    StorageClass::ONEZONE_IA,
    StorageClass::INTELLIGENT_TIERING,
    StorageClass::GLACIER,
    StorageClass::DEEP_ARCHIVE,
    StorageClass::GLACIER_IR,
    StorageClass::OUTPOSTS,
    StorageClass::SNOW,
    StorageClass::EXPRESS_ONEZONE,
];

pub(super) fn known_class(name: &str) -> S3Result<String> {
    if CLASSES.contains(&name) {
        Ok(name.to_owned())
    } else {
        Err(s3_error!(InvalidStorageClass, "The storage class you specified is not valid"))
    }
}

impl Properties {
    fn is_archived(&self) -> bool {
        matches!(self.storage_class.as_deref(), Some(StorageClass::GLACIER | StorageClass::DEEP_ARCHIVE))
    }

    /// Refuses to read what is archived and not restored.
    pub(super) fn check_readable(&self, now: Timestamp) -> S3Result<()> {
        let is_restored = self.restored.is_some_and(|restored| restored.ready <= now && now < restored.expires);
        if self.is_archived() && !is_restored {
            return Err(s3_error!(InvalidObjectState, "The operation is not valid for the object's storage class"));
        }
        Ok(())
    }

    /// The value of `x-amz-restore`: there is none before the first restore and after a copy expired.
    pub(super) fn restore_header(&self, now: Timestamp) -> Option<String> {
        let restored = self.restored.filter(|restored| self.is_archived() && now < restored.expires)?;
        Some(if now < restored.ready {
            "ongoing-request=\"true\"".to_owned()
        } else {
            format!("ongoing-request=\"false\", expiry-date=\"{}\"", http_date(restored.expires))
        })
    }
}

/// Begins a restore, or makes the copy of an earlier one last longer. AWS answers 202 to the first and 200 to the
/// second; `s3s` knows one status for each operation, which is 200.
pub(super) async fn restore_object(
    store: Arc<Store>,
    request: S3Request<RestoreObjectInput>,
) -> S3Result<S3Response<RestoreObjectOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let wanted = input.restore_request.clone().ok_or_else(|| s3_error!(MalformedXML))?;
    if wanted.type_.is_some() || wanted.select_parameters.is_some() || wanted.output_location.is_some() {
        return Err(s3_error!(NotImplemented, "Queries of archived objects are not implemented."));
    }
    blocking(&store, move |store| restore(store, &input, &wanted)).await?;
    Ok(S3Response::new(RestoreObjectOutput::default()))
}

fn restore(store: &Store, input: &RestoreObjectInput, wanted: &RestoreRequest) -> Result<(), Error> {
    let now = store.now();
    let days = wanted.days.filter(|days| *days > 0).ok_or_else(|| s3_error!(MalformedXML))?;
    store.database.write(|tx| {
        let mut found = version::find(tx, &input.bucket, &input.key, input.version_id.as_deref())?;
        let properties = &mut found.object.properties;
        let wait_seconds = wait_seconds(properties.storage_class.as_deref(), tier(wanted))?;
        let ready = match properties.restored {
            Some(restored) if now < restored.ready => {
                return Err(s3_error!(RestoreAlreadyInProgress, "Object restore is already in progress").into());
            }
            Some(restored) if now < restored.expires => restored.ready,
            Some(_) | None => now.plus_seconds(wait_seconds),
        };
        // The copy lives for so many days from now or from when it is there, up to the midnight that follows.
        let expires = ready.max(now).plus_seconds(i64::from(days) * DAY_SECONDS).floor_to(DAY_SECONDS);
        properties.restored = Some(Restored { ready, expires: expires.plus_seconds(DAY_SECONDS) });
        version::put_properties(tx, &found)
    })
}

fn tier(wanted: &RestoreRequest) -> &str {
    let parameters = wanted.glacier_job_parameters.as_ref().map(|parameters| &parameters.tier);
    wanted.tier.as_ref().or(parameters).map_or(Tier::STANDARD, Tier::as_str)
}

fn wait_seconds(class: Option<&str>, tier: &str) -> S3Result<i64> {
    match (class, tier) {
        (Some(StorageClass::GLACIER), Tier::EXPEDITED) => Ok(5 * MINUTE_SECONDS),
        (Some(StorageClass::GLACIER), Tier::STANDARD) => Ok(5 * HOUR_SECONDS),
        (Some(StorageClass::GLACIER), Tier::BULK) | (Some(StorageClass::DEEP_ARCHIVE), Tier::STANDARD) => {
            Ok(12 * HOUR_SECONDS)
        }
        (Some(StorageClass::DEEP_ARCHIVE), Tier::BULK) => Ok(48 * HOUR_SECONDS),
        (Some(StorageClass::GLACIER | StorageClass::DEEP_ARCHIVE), _) => {
            Err(s3_error!(InvalidArgument, "Retrieval option is not supported by this storage class"))
        }
        (_, _) => Err(s3_error!(InvalidObjectState, "Restore is not allowed for the object's current storage class")),
    }
}
