//! Checks AWS Signature Version 4 in the `Authorization` header, by signing the request anew with the known key.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use http::{HeaderName, header, request::Parts};
use model::Timestamp;
use subtle::ConstantTimeEq;
use time::{PrimitiveDateTime, macros::format_description};

use crate::data_folder::Secrets;

/// How far the clocks of client and server may be apart, as AWS has it.
const MAX_SKEW_SECONDS: i64 = 15 * 60;
const AMZ_TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");

/// What the `Authorization` header says.
struct Authorization<'a> {
    access_key_id: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

/// Whether the request was signed with the key, just now, as a whole.
pub(crate) fn is_signed_by(secrets: &Secrets, parts: &Parts, body: &[u8], now: Timestamp) -> bool {
    verify(secrets, parts, body, now).unwrap_or(false)
}

fn verify(secrets: &Secrets, parts: &Parts, body: &[u8], now: Timestamp) -> Option<bool> {
    let authorization = parse(parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?)?;
    let time = amz_date(parts.headers.get(AMZ_DATE)?.to_str().ok()?)?;
    let fresh = (now.unix_seconds() - time).abs() <= MAX_SKEW_SECONDS;
    // Without these, a signature could be moved to another operation or another server.
    let covers = |name: &str| authorization.signed_headers.contains(&name);
    let names_operation = parts.headers.contains_key(AMZ_TARGET);
    let complete = covers("host") && covers("x-amz-date") && (covers("x-amz-target") || !names_operation);
    if !fresh || !complete || authorization.access_key_id != secrets.access_key_id {
        return Some(false);
    }
    let host = parts.headers.get(header::HOST)?.to_str().ok()?;
    let path_and_query = parts.uri.path_and_query().map_or("/", |both| both.as_str());
    let headers: Vec<(&str, &str)> = authorization
        .signed_headers
        .iter()
        .filter(|name| **name != AMZ_DATE)
        .map(|&name| Some((name, parts.headers.get(name)?.to_str().ok()?)))
        .collect::<Option<_>>()?;
    let identity = Credentials::builder()
        .provider_name("mantel")
        .access_key_id(&secrets.access_key_id)
        .secret_access_key(&secrets.secret_access_key)
        .build()
        .into();
    let mut settings = SigningSettings::default();
    settings.excluded_headers = None;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(authorization.region)
        .name(authorization.service)
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(time).ok()?))
        .settings(settings)
        .build()
        .ok()?
        .into();
    let url = format!("http://{host}{path_and_query}");
    let request =
        SignableRequest::new(parts.method.as_str(), url, headers.into_iter(), SignableBody::Bytes(body)).ok()?;
    let (_, expected) = sign(request, &params).ok()?.into_parts();
    Some(expected.as_bytes().ct_eq(authorization.signature.as_bytes()).into())
}

/// `AWS4-HMAC-SHA256 Credential=<id>/<day>/<region>/<service>/aws4_request, SignedHeaders=<a;b>, Signature=<hex>`.
fn parse(header: &str) -> Option<Authorization<'_>> {
    let mut fields = header.strip_prefix("AWS4-HMAC-SHA256 ")?.split(',').map(str::trim);
    let mut scope = fields.next()?.strip_prefix("Credential=")?.split('/');
    let (access_key_id, _day, region, service) = (scope.next()?, scope.next()?, scope.next()?, scope.next()?);
    let signed_headers = fields.next()?.strip_prefix("SignedHeaders=")?.split(';').collect();
    let signature = fields.next()?.strip_prefix("Signature=")?;
    Some(Authorization { access_key_id, region, service, signed_headers, signature })
}

/// Seconds since 1970 of `20260301T093000Z`.
fn amz_date(text: &str) -> Option<i64> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    Some(PrimitiveDateTime::parse(text, format).ok()?.assume_utc().unix_timestamp())
}
