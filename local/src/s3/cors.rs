//! Cross-origin requests: which pages may read and write objects with the URLs they were given.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use s3s::Body;

const METHODS: &[&str] = &["GET", "HEAD", "PUT", "POST"];
const REQUEST_HEADERS: &[&str] = &["authorization", "content-length", "content-type", "if-none-match", "range"];
const EXPOSED_HEADERS: &str = "ETag, Content-Range, Accept-Ranges, Content-Length, x-amz-checksum-crc32, \
                               x-amz-checksum-crc32c, x-amz-checksum-crc64nvme, x-amz-checksum-sha1, \
                               x-amz-checksum-sha256";
const MAX_AGE_SECONDS: &str = "3600";

/// The origin of the page that asks, if it may.
pub(super) fn allowed_origin(headers: &HeaderMap, is_allowed: &dyn Fn(&str) -> bool) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    is_allowed(origin.to_str().ok()?).then(|| origin.clone())
}

pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Answers a preflight: with what may be asked, or with nothing for an origin that may ask nothing.
pub(super) fn preflight(headers: &HeaderMap, origin: Option<HeaderValue>) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let method = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD).and_then(|value| value.to_str().ok());
    let (Some(origin), true) = (origin, method.is_some_and(|method| METHODS.contains(&method))) else {
        *response.status_mut() = StatusCode::FORBIDDEN;
        response.headers_mut().insert(header::VARY, vary());
        return response;
    };
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    answer.insert(header::VARY, vary());
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_SECONDS));
    set(answer, header::ACCESS_CONTROL_ALLOW_METHODS, METHODS.join(", "));
    set(answer, header::ACCESS_CONTROL_ALLOW_HEADERS, allowed_headers(headers));
    response
}

/// Lets the asking page read an answer.
pub(super) fn allow(answer: &mut HeaderMap, origin: Option<HeaderValue>) {
    answer.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
}

/// Of the headers that the page wants to send, those that it may.
fn allowed_headers(headers: &HeaderMap) -> String {
    let wanted = headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter().filter_map(|value| value.to_str().ok());
    let names = wanted.flat_map(|names| names.split(',')).map(|name| name.trim().to_ascii_lowercase());
    let allowed = names.filter(|name| REQUEST_HEADERS.contains(&name.as_str()) || name.starts_with("x-amz-"));
    allowed.collect::<Vec<_>>().join(", ")
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

fn vary() -> HeaderValue {
    HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
}
