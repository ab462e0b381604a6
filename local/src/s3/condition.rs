//! The conditions of requests: RFC 9110 section 13, as S3 applies it.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use s3s::{
    S3Error, S3Result,
    dto::{ETag, ETagCondition},
    s3_error,
};
use time::OffsetDateTime;

use super::object::{Object, http_date};

/// What must hold of the present object for a write to go ahead.
#[derive(Clone, Debug)]
pub(super) enum WriteCondition {
    Always,
    Absent,
    Present,
    ETag(String),
}

impl WriteCondition {
    pub(super) fn of(if_match: Option<&ETagCondition>, if_none_match: Option<&ETagCondition>) -> S3Result<Self> {
        match (if_match, if_none_match) {
            (None, None) => Ok(Self::Always),
            (None, Some(ETagCondition::Any)) => Ok(Self::Absent),
            (Some(ETagCondition::Any), None) => Ok(Self::Present),
            (Some(ETagCondition::ETag(etag)), None) => Ok(Self::ETag(etag.value().to_owned())),
            (_, Some(_)) => Err(s3_error!(NotImplemented, "Of If-None-Match, a write supports only *, and alone.")),
        }
    }

    /// From the headers, for operations whose input does not have them.
    pub(super) fn of_headers(headers: &HeaderMap) -> S3Result<Self> {
        let condition = |name: HeaderName| {
            headers.get(&name).map(|value| ETagCondition::parse_http_header(value.as_bytes())).transpose()
        };
        let parse = || Ok((condition(header::IF_MATCH)?, condition(header::IF_NONE_MATCH)?));
        let (if_match, if_none_match) =
            parse().map_err(|error: s3s::dto::ParseETagConditionError| s3_error!(error, InvalidArgument))?;
        Self::of(if_match.as_ref(), if_none_match.as_ref())
    }

    /// Checks against the entity tag of the present object, if there is one.
    pub(super) fn check(&self, present: Option<&str>) -> S3Result<()> {
        match (self, present) {
            (Self::Always, _) | (Self::Absent, None) | (Self::Present, Some(_)) => Ok(()),
            (Self::ETag(wanted), Some(etag)) if wanted == etag => Ok(()),
            (Self::Absent | Self::ETag(_), Some(_)) => Err(failed()),
            (Self::Present | Self::ETag(_), None) => Err(s3_error!(NoSuchKey)),
        }
    }
}

/// The conditions of a read; the times are in whole seconds, as HTTP dates are.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_field_names, reason = "the names are those of the headers")]
pub(super) struct ReadCondition {
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
    pub(super) if_modified_since: Option<OffsetDateTime>,
    pub(super) if_unmodified_since: Option<OffsetDateTime>,
}

impl ReadCondition {
    /// Refuses with 412 or 304, in the order of RFC 9110 section 13.2.2.
    /// `cache_control` is that of the answer, if the request asks for one.
    pub(super) fn check(&self, object: &Object, cache_control: Option<&str>) -> S3Result<()> {
        if !self.is_wanted_state(object) {
            return Err(failed());
        }
        if self.is_news(object) { Ok(()) } else { Err(not_modified(object, cache_control)) }
    }

    /// Refuses with 412 only: a copy has no 304.
    pub(super) fn check_source(&self, object: &Object) -> S3Result<()> {
        if self.is_wanted_state(object) && self.is_news(object) { Ok(()) } else { Err(failed()) }
    }

    fn is_wanted_state(&self, object: &Object) -> bool {
        match (&self.if_match, self.if_unmodified_since) {
            (Some(condition), _) => matches_etag(condition, &object.etag),
            (None, Some(time)) => object.modified.unix_seconds() <= time.unix_timestamp(),
            (None, None) => true,
        }
    }

    fn is_news(&self, object: &Object) -> bool {
        match (&self.if_none_match, self.if_modified_since) {
            (Some(condition), _) => !matches_etag(condition, &object.etag),
            (None, Some(time)) => object.modified.unix_seconds() > time.unix_timestamp(),
            (None, None) => true,
        }
    }
}

/// Whether a `Range` counts: RFC 9110 section 13.1.5 wants it ignored when `If-Range` names another state.
pub(super) fn range_applies(headers: &HeaderMap, object: &Object) -> bool {
    let Some(value) = headers.get(header::IF_RANGE) else { return true };
    match ETag::parse_http_header(value.as_bytes()) {
        Ok(etag) => etag.as_strong() == Some(object.etag.as_str()),
        Err(_) => value.to_str().is_ok_and(|date| date == http_date(object.modified)),
    }
}

fn matches_etag(condition: &ETagCondition, etag: &str) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(wanted) => wanted.value() == etag,
    }
}

fn failed() -> S3Error {
    s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
}

/// A 304 carries what a browser needs to go on using its copy.
fn not_modified(object: &Object, cache_control: Option<&str>) -> S3Error {
    let mut headers = HeaderMap::new();
    let fields = [
        (header::ETAG, format!("\"{}\"", object.etag)),
        (header::LAST_MODIFIED, http_date(object.modified)),
        (header::CACHE_CONTROL, object.cache_control(cache_control)),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    let mut error = s3_error!(NotModified);
    error.set_headers(headers);
    error
}
