//! The site: which files it serves, in which form, for how long, and what it does not serve.
//!
//! Names of files change with each build, so they are read from the page.

use std::io::Read;

use brotli_decompressor::Decompressor;
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::hosts::status_with_hosts;
use crate::support::Home;

/// Addresses that the client draws by itself, all from one page.
const PAGES: &[&str] = &[
    "/",
    "/s",
    "/share",
    "/timeline",
    "/settings",
    "/gallery/gal_01J0000000000000000000000A",
    "/gallery/gal_01J0000000000000000000000A/med_01J0000000000000000000000B",
    "/search?words=a.b&from=2020-01-01",
    "/a/page/of/another/version/",
];

async fn asks(home: &Home, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = home.http.request(method, home.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

async fn get(home: &Home, path: &str, headers: &[(&str, &str)]) -> Response {
    asks(home, Method::GET, path, headers).await
}

fn header(answer: &Response, name: impl header::AsHeaderName) -> String {
    answer.headers().get(name).map(|value| value.to_str().expect("a text").to_owned()).unwrap_or_default()
}

async fn text(answer: Response) -> String {
    answer.text().await.expect("a text")
}

fn decompressed(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    Decompressor::new(bytes, 4096).read_to_end(&mut plain).expect("Brotli");
    plain
}

/// The address of the first file in `assets` that a page names.
fn first_asset(page: &str) -> &str {
    let addresses = page.split(['"', '\'']).filter(|text| text.starts_with('/') && text.contains("/assets/"));
    addresses.into_iter().next().unwrap_or_else(|| panic!("the page names no file: {page}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_of_the_client_is_answered_with_its_page() {
    let home = Home::open().await;
    let page = text(get(&home, "/index.html", &[]).await).await;
    for path in PAGES {
        let answer = get(&home, path, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(header(&answer, "cache-control"), "no-cache", "{path}");
        assert_eq!(text(answer).await, page, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_with_a_hash_in_their_names_are_kept_and_others_are_asked_for() {
    let home = Home::open().await;
    let page = text(get(&home, "/", &[]).await).await;
    let asset = get(&home, first_asset(&page), &[]).await;
    assert_eq!(asset.status(), StatusCode::OK);
    assert_eq!(header(&asset, "cache-control"), "public, max-age=31536000, immutable");
    for (path, content_type) in [
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/icon.svg", "image/svg+xml"),
        ("/icon-192.png", "image/png"),
    ] {
        let answer = get(&home, path, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&answer, "content-type"), content_type, "{path}");
        assert_eq!(header(&answer, "cache-control"), "no-cache", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_brotli_gets_it_and_others_get_the_same_in_plain() {
    let home = Home::open().await;
    let page = text(get(&home, "/", &[]).await).await;
    for path in ["/", "/timeline", "/sw.js", first_asset(&page)] {
        let plain = get(&home, path, &[("accept-encoding", "gzip, br;q=0")]).await;
        let compressed = get(&home, path, &[("accept-encoding", "gzip, deflate, br, zstd")]).await;
        for answer in [&plain, &compressed] {
            assert_eq!(header(answer, "vary"), "Accept-Encoding", "{path}");
        }
        assert_eq!(
            (header(&plain, "content-encoding"), header(&compressed, "content-encoding")),
            (String::new(), "br".to_owned())
        );
        assert_eq!(header(&plain, "content-type"), header(&compressed, "content-type"), "{path}");
        assert_ne!(header(&plain, "etag"), header(&compressed, "etag"), "{path}: one tag for two forms");
        let (plain, compressed) = (plain.bytes().await.expect("bytes"), compressed.bytes().await.expect("bytes"));
        assert!(compressed.len() < plain.len(), "{path}");
        assert_eq!(decompressed(&compressed), plain, "{path}");
    }
    let picture = get(&home, "/icon-192.png", &[("accept-encoding", "br")]).await;
    assert_eq!(header(&picture, "content-encoding"), "", "a PNG is compressed by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_has_is_not_sent_again() {
    let home = Home::open().await;
    let page = text(get(&home, "/", &[]).await).await;
    for path in ["/", "/gallery/gal_1", "/sw.js", first_asset(&page)] {
        for encoding in ["br", "identity"] {
            let first = get(&home, path, &[("accept-encoding", encoding)]).await;
            let tag = header(&first, "etag");
            for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
                let again = get(&home, path, &[("accept-encoding", encoding), ("if-none-match", &known)]).await;
                assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path} {known}");
                for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                    assert_eq!(header(&again, name), header(&first, name), "{path}: {name}");
                }
                assert_eq!(again.bytes().await.expect("bytes").len(), 0, "{path}");
            }
            let other = get(&home, path, &[("accept-encoding", encoding), ("if-none-match", "\"other\"")]).await;
            assert_eq!(other.status(), StatusCode::OK, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_has_the_headers_of_a_get_and_no_body() {
    let home = Home::open().await;
    let page = text(get(&home, "/", &[]).await).await;
    for path in ["/", "/timeline", "/config.json", first_asset(&page)] {
        let (get, head) = (get(&home, path, &[]).await, asks(&home, Method::HEAD, path, &[]).await);
        assert_eq!(head.status(), StatusCode::OK, "{path}");
        for name in ["content-type", "content-length", "etag", "cache-control", "vary", "content-security-policy"] {
            assert_eq!(header(&head, name), header(&get, name), "{path}: {name}");
        }
        assert_ne!(header(&head, "content-length"), "0", "{path}");
        assert_eq!(head.bytes().await.expect("bytes").len(), 0, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_page_and_no_file_is_not_there() {
    let home = Home::open().await;
    let page = text(get(&home, "/", &[]).await).await;
    for path in [
        "/assets/nothing-0.js",
        "/assets/nothing",
        "/assets/",
        "/nothing.js",
        "/favicon.ico",
        "/gallery/gal_1/picture.jpg",
        "/graphqls",
        "/graphql/",
        "/graphiql/nothing.js",
        "/graphiql/nothing",
        // Builds leave these for the server.
        "/sources.sha256",
        "/index.html.br",
        &format!("{}.br", first_asset(&page)),
    ] {
        let answer = get(&home, path, &[("accept-encoding", "br")]).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&answer, "content-type"), "text/plain; charset=utf-8", "{path}");
        assert_eq!(header(&answer, "cache-control"), "no-store", "{path}");
    }
}

/// Ways out of a folder, as no browser sends them. Each leads to `Cargo.toml` of where tests run, or to its folder.
const WAYS_OUT: &[&str] = &[
    "/..",
    "/../Cargo.toml",
    "/assets/../../Cargo.toml",
    "/assets/../index.html",
    "/./index.html",
    "/%2e%2e/Cargo.toml",
    "/%2E%2e/Cargo.toml",
    "/assets/.%2e/index.html",
    "/..%2fCargo.toml",
    "/..%5cCargo.toml",
    "/..\\Cargo.toml",
    "/assets//index.html",
    "//index.html",
    "/%00index.html",
    "/graphiql/../index.html",
    "/graphiql/%2e%2e/index.html",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_of_the_site() {
    let home = Home::open().await;
    for path in WAYS_OUT {
        assert_eq!(status_with_hosts(home.system.site, path, &["localhost"]).await, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_read_only() {
    let home = Home::open().await;
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        for path in ["/", "/timeline", "/sw.js", "/config.json", "/assets/nothing.js"] {
            let answer = asks(&home, method.clone(), path, &[]).await;
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(header(&answer, "allow"), "GET, HEAD", "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_phone_shares_past_the_service_worker_leads_to_the_page_for_it() {
    let home = Home::open().await;
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    // More than the system would keep of a connection that nobody reads.
    let request = client.expect("an HTTP client").post(home.url("/share")).body(vec![b'x'; 32 * 1024 * 1024]);
    let answer = request.header("content-type", "multipart/form-data; boundary=x").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(header(&answer, "location"), "/share");
    assert_eq!(get(&home, "/share", &[]).await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_is_told_where_the_api_is() {
    let home = Home::open().await;
    let answer = get(&home, "/config.json", &[]).await;
    assert_eq!(header(&answer, "content-type"), "application/json");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    let config: Value = answer.json().await.expect("JSON");
    let expected = json!({
        "graphql": "/graphql",
        "stream": "/graphql/stream",
        "version": env!("CARGO_PKG_VERSION"),
        "graphiql": cfg!(feature = "graphiql"),
    });
    assert_eq!(config, expected);
}

#[cfg(feature = "graphiql")]
#[tokio::test(flavor = "multi_thread")]
async fn graphiql_is_served_in_both_forms_though_kept_in_one() {
    let home = Home::open().await;
    let page = text(get(&home, "/graphiql", &[]).await).await;
    let asset = first_asset(&page);
    assert!(asset.starts_with("/graphiql/assets/"), "{asset}");
    for (path, cache) in [
        ("/graphiql", "no-cache"),
        ("/graphiql/", "no-cache"),
        ("/graphiql/index.html", "no-cache"),
        (asset, "public, max-age=31536000, immutable"),
    ] {
        let plain = get(&home, path, &[]).await;
        let compressed = get(&home, path, &[("accept-encoding", "br")]).await;
        assert_eq!((plain.status(), compressed.status()), (StatusCode::OK, StatusCode::OK), "{path}");
        assert_eq!(header(&plain, "cache-control"), cache, "{path}");
        assert_eq!(
            (header(&plain, "content-encoding"), header(&compressed, "content-encoding")),
            (String::new(), "br".to_owned())
        );
        assert_ne!(header(&plain, "etag"), header(&compressed, "etag"), "{path}: one tag for two forms");
        let again = get(&home, path, &[("if-none-match", &header(&plain, "etag"))]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        let (plain, compressed) = (plain.bytes().await.expect("bytes"), compressed.bytes().await.expect("bytes"));
        assert_eq!(decompressed(&compressed), plain, "{path}");
    }
}

#[cfg(not(feature = "graphiql"))]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_without_graphiql_has_nothing_in_its_place() {
    let home = Home::open().await;
    for path in ["/graphiql", "/graphiql/", "/graphiql/index.html"] {
        assert_eq!(get(&home, path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
