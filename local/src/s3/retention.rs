//! Object Lock: how long a version cannot be deleted.

use std::sync::Arc;

use model::Timestamp;
use s3s::{
    S3Request, S3Response, S3Result,
    dto::{
        self, GetObjectRetentionInput, GetObjectRetentionOutput, ObjectLockMode, ObjectLockRetention,
        ObjectLockRetentionMode, PutObjectRetentionInput, PutObjectRetentionOutput,
    },
    s3_error,
};
use serde::{Deserialize, Serialize};

use super::{
    bucket,
    error::Error,
    object::{from_s3_time, to_s3_time},
    store::{Store, blocking},
    version,
};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Who may end a retention early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Mode {
    /// Whoever asks for it in so many words.
    Governance,
    /// Nobody.
    Compliance,
}

/// A version is kept until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Retention {
    pub(super) mode: Mode,
    pub(super) until: Timestamp,
}

/// What versions get that are put without a retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DefaultRetention {
    mode: Mode,
    days: Option<i32>,
    years: Option<i32>,
}

impl Mode {
    fn parse(name: &str) -> S3Result<Self> {
        match name {
            ObjectLockMode::GOVERNANCE => Ok(Self::Governance),
            ObjectLockMode::COMPLIANCE => Ok(Self::Compliance),
            _ => Err(s3_error!(InvalidArgument, "Unknown wormMode directive.")),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Governance => ObjectLockMode::GOVERNANCE,
            Self::Compliance => ObjectLockMode::COMPLIANCE,
        }
    }
}

impl Retention {
    /// From the headers of a request that writes an object.
    pub(super) fn of(mode: Option<&ObjectLockMode>, until: Option<&dto::Timestamp>) -> S3Result<Option<Self>> {
        match (mode, until) {
            (None, None) => Ok(None),
            (Some(mode), Some(until)) => {
                Ok(Some(Self { mode: Mode::parse(mode.as_str())?, until: from_s3_time(until) }))
            }
            (_, _) => Err(s3_error!(
                InvalidArgument,
                "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
            )),
        }
    }

    pub(super) fn check_future(&self, now: Timestamp) -> S3Result<()> {
        if self.until > now {
            Ok(())
        } else {
            Err(s3_error!(InvalidArgument, "The retain until date must be in the future!"))
        }
    }

    pub(super) fn s3_mode(&self) -> ObjectLockMode {
        ObjectLockMode::from_static(self.mode.name())
    }

    /// Refuses what must not be done to a version while it is retained.
    pub(super) fn check_may_end(&self, now: Timestamp, bypasses: bool) -> S3Result<()> {
        let may_end = self.until <= now || self.mode == Mode::Governance && bypasses;
        if may_end {
            Ok(())
        } else {
            Err(s3_error!(AccessDenied, "Access Denied because object protected by object lock."))
        }
    }

    /// Whether a version that is retained so is retained at least as strictly by `other`.
    fn is_kept_by(&self, other: &Self) -> bool {
        other.until >= self.until && (self.mode == other.mode || other.mode == Mode::Compliance)
    }
}

impl DefaultRetention {
    pub(super) fn of_s3(wanted: &dto::DefaultRetention) -> S3Result<Self> {
        let mode = wanted.mode.as_ref().ok_or_else(|| s3_error!(MalformedXML))?;
        match (wanted.days, wanted.years) {
            (Some(1..), None) | (None, Some(1..)) => {
                Ok(Self { mode: Mode::parse(mode.as_str())?, days: wanted.days, years: wanted.years })
            }
            (Some(_), Some(_)) | (None, None) => Err(s3_error!(MalformedXML)),
            (_, _) => Err(s3_error!(InvalidArgument, "Default retention period must be a positive integer value.")),
        }
    }

    pub(super) fn to_s3(self) -> dto::DefaultRetention {
        let mode = Some(ObjectLockRetentionMode::from_static(self.mode.name()));
        dto::DefaultRetention { mode, days: self.days, years: self.years }
    }

    pub(super) fn from(self, put: Timestamp) -> Retention {
        let days = i64::from(self.days.unwrap_or_else(|| self.years.unwrap_or(0).saturating_mul(365)));
        Retention { mode: self.mode, until: put.plus_seconds(days * DAY_SECONDS) }
    }
}

pub(super) async fn get_object_retention(
    store: Arc<Store>,
    request: S3Request<GetObjectRetentionInput>,
) -> S3Result<S3Response<GetObjectRetentionOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let found = blocking(&store, move |store| {
        store.database.read(|db| {
            require_lock(db, &input.bucket)?;
            version::find(db, &input.bucket, &input.key, input.version_id.as_deref())
        })
    })
    .await?;
    let retention = found.object.properties.retention.ok_or_else(|| {
        s3_error!(NoSuchObjectLockConfiguration, "The specified object does not have a ObjectLock configuration")
    })?;
    Ok(S3Response::new(GetObjectRetentionOutput {
        retention: Some(ObjectLockRetention {
            mode: Some(ObjectLockRetentionMode::from_static(retention.mode.name())),
            retain_until_date: Some(to_s3_time(retention.until)),
        }),
    }))
}

/// Begins or lengthens a retention; shortens or ends one where its mode and the caller allow it.
pub(super) async fn put_object_retention(
    store: Arc<Store>,
    request: S3Request<PutObjectRetentionInput>,
) -> S3Result<S3Response<PutObjectRetentionOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let asked = input.retention.as_ref().ok_or_else(|| s3_error!(MalformedXML))?;
    let wanted = match (&asked.mode, &asked.retain_until_date) {
        (None, None) => None,
        (Some(mode), Some(until)) => Some(Retention { mode: Mode::parse(mode.as_str())?, until: from_s3_time(until) }),
        (_, _) => return Err(s3_error!(MalformedXML)),
    };
    if let Some(wanted) = &wanted {
        wanted.check_future(store.now())?;
    }
    blocking(&store, move |store| change(store, &input, wanted)).await?;
    Ok(S3Response::new(PutObjectRetentionOutput::default()))
}

fn change(store: &Store, input: &PutObjectRetentionInput, wanted: Option<Retention>) -> Result<(), Error> {
    store.database.write(|tx| {
        require_lock(tx, &input.bucket)?;
        let mut found = version::find(tx, &input.bucket, &input.key, input.version_id.as_deref())?;
        if let Some(present) = found.object.properties.retention
            && wanted.is_none_or(|wanted| !present.is_kept_by(&wanted))
        {
            present.check_may_end(store.now(), input.bypass_governance_retention.unwrap_or(false))?;
        }
        found.object.properties.retention = wanted;
        version::put_properties(tx, &found)
    })
}

fn require_lock(db: &rusqlite::Connection, bucket: &str) -> Result<(), Error> {
    match bucket::find(db, bucket)?.lock {
        Some(_) => Ok(()),
        None => Err(s3_error!(InvalidRequest, "Bucket is missing Object Lock Configuration").into()),
    }
}
