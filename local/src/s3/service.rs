//! The HTTP service: `s3s`, with what it leaves to others before and after.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use s3s::{
    Body, S3Error, S3Result,
    auth::SimpleAuth,
    s3_error,
    service::{S3Service, S3ServiceBuilder},
};
use url::form_urlencoded;

use super::{cors, operations::Operations, store::Store};

/// Tells whether pages of an origin (such as `https://photos.example`) may use the store from the browser.
pub type AllowedOrigin = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Who may call the store: the one key, and pages of these origins with URLs signed by it.
#[derive(Clone)]
pub struct Access {
    /// The access key's id.
    pub access_key_id: String,
    /// The access key's secret.
    pub secret_access_key: String,
    /// The origins whose pages may read answers.
    pub allowed_origin: AllowedOrigin,
}

/// Answers S3 requests, addressed as `/bucket/key`.
#[derive(Clone)]
pub struct Service {
    s3: S3Service,
    allowed_origin: AllowedOrigin,
}

/// What people upload is shown to others: it may be seen and played, and do nothing else.
/// The styles are those of the browsers' own viewers.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
);
const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");
const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The parameters that sign a URL, and those that change nothing of what is done.
const SIGNING_PARAMETERS: &[&str] = &[
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
    "x-amz-content-sha256",
    "x-amz-user-agent",
    "x-amz-checksum-mode",
];

/// Serves a store to the holder of one access key. Requests without a signature are refused.
#[must_use]
pub fn service(store: Arc<Store>, access: Access) -> Service {
    let mut builder = S3ServiceBuilder::new(Operations(store));
    builder.set_auth(SimpleAuth::from_single(access.access_key_id, access.secret_access_key));
    Service { s3: builder.build(), allowed_origin: access.allowed_origin }
}

impl Service {
    /// Answers one request. It never fails: what goes wrong is an answer, or breaks off the answer's body.
    pub async fn call(&self, request: Request<impl Into<Body>>) -> Response<Body> {
        let request = request.map(Into::into);
        let origin = cors::allowed_origin(request.headers(), &*self.allowed_origin);
        if cors::is_preflight(request.method(), request.headers()) {
            return cors::preflight(request.headers(), origin);
        }
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let mut response = match refuse_early(&request) {
            Err(refusal) => refused(refusal),
            Ok(()) => self.s3.call(request).await.unwrap_or_else(|error| {
                tracing::error!(error = ?error, "an S3 answer could not be written");
                refused(s3_error!(InternalError))
            }),
        };
        cors::allow(response.headers_mut(), origin);
        if is_read {
            protect(response.headers_mut());
        }
        response
    }
}

fn protect(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
    headers.insert(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    headers.insert("cross-origin-resource-policy", ANY_ORIGIN);
    // Objects say how they may be cached. Errors and listings must not be.
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
}

/// Refuses what `s3s` would let through or read into memory first.
fn refuse_early(request: &Request<Body>) -> S3Result<()> {
    let headers = request.headers();
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let authorization = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let is_presigned = query.get("X-Amz-Signature").is_some();
    let is_signed = authorization.is_some_and(|value| value.starts_with(b"AWS4-HMAC-SHA256"));
    // Signature version 2 covers too little, and forms with a file have their signature in the body.
    if !is_presigned && !is_signed || query.get("Signature").is_some() {
        return Err(s3_error!(AccessDenied, "A signature of version 4 is required."));
    }
    let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if *request.method() == Method::POST && content_type.to_ascii_lowercase().starts_with(b"multipart/form-data") {
        return Err(s3_error!(NotImplemented, "Uploads by HTML form are not implemented."));
    }
    if is_presigned {
        refuse_hoisted_headers(&query)?;
        refuse_unsigned_headers(headers, query.get("X-Amz-SignedHeaders").unwrap_or_default())
    } else {
        refuse_unsigned_headers(headers, signed_of(authorization).unwrap_or_default())
    }
}

/// A query as `s3s` reads it, escapes undone: what is signed must not be told from two readings.
struct Query(Vec<(String, String)>);

impl Query {
    fn parse(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A header that changes what a request does must be signed: else a URL to put one object could copy another.
fn refuse_unsigned_headers(headers: &HeaderMap, signed: &str) -> S3Result<()> {
    let is_signed = |name: &str| signed.split(';').any(|signed| signed.eq_ignore_ascii_case(name));
    let unsigned = headers.keys().find(|name| name.as_str().starts_with("x-amz-") && !is_signed(name.as_str()));
    match unsigned {
        Some(_) => Err(s3_error!(AccessDenied, "There were headers present in the request which were not signed")),
        None => Ok(()),
    }
}

/// S3 reads `x-amz-` headers from a signed URL too; `s3s` does not, and ignoring a declared checksum would be a lie.
fn refuse_hoisted_headers(query: &Query) -> S3Result<()> {
    let names = query.0.iter().map(|(name, _)| name.to_ascii_lowercase());
    let mut hoisted = names.filter(|name| name.starts_with("x-amz-") && !SIGNING_PARAMETERS.contains(&name.as_str()));
    match hoisted.next() {
        Some(_) => Err(s3_error!(NotImplemented, "Headers in the query of a signed URL are not implemented.")),
        None => Ok(()),
    }
}

fn signed_of(authorization: Option<&[u8]>) -> Option<&str> {
    let (_, rest) = std::str::from_utf8(authorization?).ok()?.split_once("SignedHeaders=")?;
    rest.split([',', ' ']).next()
}

fn refused(refusal: S3Error) -> Response<Body> {
    refusal.to_http_response().unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
