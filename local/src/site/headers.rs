//! What browsers are told beside a file: what it is, how long it is good for, and what a page may do.

use http::{HeaderMap, HeaderValue, header};

/// Names of files in `assets` change with their content.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const ASK_EACH_TIME: &str = "no-cache";

/// The client needs none of these; so nothing that got into it can have them.
pub(super) const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

/// GraphiQL's editor writes styles into the page. It calls the API of this site, and loads nothing from elsewhere.
pub(super) const GRAPHIQL_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
     form-action 'none'",
);

/// Our own scripts and styles only; pictures and uploads go to the media address only. Where browsers have Trusted
/// Types, text becomes HTML or the address of a script by the two named policies only.
pub(super) fn client_policy(media: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {media}; \
         media-src 'self' blob: {media}; connect-src 'self' {media}; worker-src 'self'; manifest-src 'self'; \
         font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types svelte-trusted-html mantel"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

pub(super) fn cache_control(file: &str) -> &'static str {
    if file.starts_with("assets/") { FOR_GOOD } else { ASK_EACH_TIME }
}

pub(super) fn content_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("woff") => "font/woff",
        Some("ttf") => "font/ttf",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// Whether a client takes Brotli: it has to name it.
pub(super) fn takes_brotli(headers: &HeaderMap) -> bool {
    list(headers, header::ACCEPT_ENCODING).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_brotli = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let weight = parts.find_map(|part| part.to_ascii_lowercase().strip_prefix("q=").map(str::to_owned));
        is_brotli && weight.is_none_or(|weight| weight.parse().is_ok_and(|weight: f32| weight > 0.0))
    })
}

/// Whether a client has what an `ETag` names.
pub(super) fn has(headers: &HeaderMap, etag: &str) -> bool {
    list(headers, header::IF_NONE_MATCH).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

/// The items of a list, which may be spread over several headers.
fn list(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &header::HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).expect("a value"))).collect()
    }

    #[test]
    fn brotli_is_taken_by_who_names_it() {
        for values in
            [&["br"][..], &["gzip, deflate, br, zstd"], &["gzip", "BR"], &["br;q=0.5"], &["gzip;q=1, br; q=1"]]
        {
            assert!(takes_brotli(&headers(&header::ACCEPT_ENCODING, values)), "{values:?}");
        }
        for values in [&[][..], &[""], &["gzip"], &["*"], &["br;q=0"], &["br; Q=0.000"], &["br;q=x"], &["brotli"]] {
            assert!(!takes_brotli(&headers(&header::ACCEPT_ENCODING, values)), "{values:?}");
        }
    }

    #[test]
    fn a_tag_is_known_in_each_form_that_clients_send() {
        for values in [&["\"a\""][..], &["W/\"a\""], &["\"b\", \"a\""], &["\"b\"", "\"a\""], &["*"]] {
            assert!(has(&headers(&header::IF_NONE_MATCH, values), "\"a\""), "{values:?}");
        }
        for values in [&[][..], &["a"], &["\"b\""], &["\"a"]] {
            assert!(!has(&headers(&header::IF_NONE_MATCH, values), "\"a\""), "{values:?}");
        }
    }
}
