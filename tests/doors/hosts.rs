//! Names and origins: who may call which port, as far as a browser tells.

use std::net::SocketAddr;

use reqwest::{Method, StatusCode, header};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::Home;

/// Sends a request as it stands, with exactly these `Host` headers, and gives the status.
pub(super) async fn status_with_hosts(address: SocketAddr, path: &str, hosts: &[&str]) -> u16 {
    let mut lines = vec![format!("GET {path} HTTP/1.1")];
    lines.extend(hosts.iter().map(|host| format!("Host: {host}")));
    let request = format!("{}\r\nConnection: close\r\n\r\n", lines.join("\r\n"));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("the request is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status: {answer}"))
}

/// The ports, each with a path that is there, the status of that, and the status for strangers.
fn ports(home: &Home) -> [(SocketAddr, String, u16, u16); 3] {
    let system = &home.system;
    let pool = &system.store.settings().user_pool_id;
    [
        (system.site, "/".to_owned(), 200, 421),
        // There is nothing to see on this port without a signature.
        (system.media, "/originals/nothing".to_owned(), 403, 421),
        (system.aws, format!("/{pool}/.well-known/jwks.json"), 200, 403),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_and_localhost_are_names_of_every_port() {
    let home = Home::open().await;
    for (address, path, found, _) in ports(&home) {
        let port = address.port();
        for host in ["127.0.0.1", "localhost", "LOCALHOST", "192.168.1.7", "[::1]"] {
            for host in [host.to_owned(), format!("{host}:{port}")] {
                assert_eq!(status_with_hosts(address, &path, &[&host]).await, found, "{address}{path} as {host}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_names_are_refused_on_every_port() {
    let home = Home::open().await;
    for (address, path, _, refused) in ports(&home) {
        let port = address.port();
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost.", "0x7f.1", ""] {
            for host in [host.to_owned(), format!("{host}:{port}")] {
                assert_eq!(status_with_hosts(address, &path, &[&host]).await, refused, "{address}{path} as {host}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_names_or_none_are_refused_on_every_port() {
    let home = Home::open().await;
    for (address, path, _, refused) in ports(&home) {
        for hosts in
            [&["127.0.0.1", "evil.example"][..], &["evil.example", "127.0.0.1"], &["127.0.0.1", "127.0.0.1"], &[]]
        {
            assert_eq!(status_with_hosts(address, &path, hosts).await, refused, "{address}{path} as {hosts:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_site_may_call_the_api_and_pages_of_others_may_not() {
    let home = Home::open().await;
    let site = home.system.site.port();
    for host in ["127.0.0.1", "localhost", "[::1]", "192.168.1.7"] {
        let origin = format!("http://{host}:{site}");
        assert_eq!(status_from(&home, host, &[&origin]).await, StatusCode::OK, "{origin}");
    }
    let own = format!("http://127.0.0.1:{site}");
    let foreign = [
        "null".to_owned(),
        String::new(),
        "http://evil.example".to_owned(),
        format!("http://evil.example:{site}"),
        format!("https://127.0.0.1:{site}"),
        format!("http://127.0.0.1:{site}.evil.example"),
        format!("http://127.0.0.1:{site}@evil.example"),
        format!("http://evil.example:{site}@127.0.0.1"),
        // Another machine may have the same port, and this one other names.
        format!("http://192.168.1.7:{site}"),
        format!("http://localhost:{site}"),
        // What people upload is shown from there.
        format!("http://127.0.0.1:{}", home.system.media.port()),
    ];
    for origin in &foreign {
        assert_eq!(status_from(&home, "127.0.0.1", &[origin]).await, StatusCode::FORBIDDEN, "{origin}");
    }
    let both = [own.as_str(), "http://evil.example"];
    assert_eq!(status_from(&home, "127.0.0.1", &both).await, StatusCode::FORBIDDEN, "{both:?}");
}

/// Calls the API by a name of its own, from pages of some origins.
async fn status_from(home: &Home, host: &str, origins: &[&str]) -> StatusCode {
    let mut request = home.http.post(home.url("/graphql")).json(&json!({ "query": "{ __typename }" }));
    request = request.header(header::HOST, format!("{host}:{}", home.system.site.port()));
    for origin in origins {
        request = request.header(header::ORIGIN, *origin);
    }
    request.send().await.expect("an answer").status()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_gives_no_page_of_another_site_leave_to_read() {
    let home = Home::open().await;
    for method in [Method::OPTIONS, Method::POST] {
        let request = home.http.request(method.clone(), home.url("/graphql"));
        let request = request
            .header(header::ORIGIN, "http://evil.example")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .json(&json!({ "query": "{ __typename }" }));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method}");
        assert_eq!(answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN), None, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_for_an_upload_lets_pages_of_the_site_through_only() {
    let home = Home::open().await;
    let url = format!("http://{}/originals/anything", home.system.media);
    let preflight = |origin: String, method: &'static str| {
        let request = home.http.request(Method::OPTIONS, &url);
        let request = request
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, method)
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type,if-none-match,x-amz-checksum-sha256,x-other");
        async move { request.send().await.expect("an answer") }
    };
    let own = format!("http://{}", home.system.site);
    let answer = preflight(own.clone(), "PUT").await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(header("access-control-allow-origin"), own);
    assert!(header("access-control-allow-methods").split(", ").any(|method| method == "PUT"));
    assert_eq!(header("access-control-allow-headers"), "content-type, if-none-match, x-amz-checksum-sha256");
    assert_eq!(header("access-control-allow-credentials"), "", "signed URLs need no cookies");
    assert!(header("vary").contains("Origin"));

    for (origin, method) in [("http://evil.example", "PUT"), ("null", "PUT"), (own.as_str(), "DELETE")] {
        let answer = preflight(origin.to_owned(), method).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} from {origin}");
        assert_eq!(answer.headers().get("access-control-allow-origin"), None, "{method} from {origin}");
    }
}

/// The directives of the policy of an answer.
fn policy(answer: &reqwest::Response) -> Vec<String> {
    let policy = answer.headers().get("content-security-policy").and_then(|value| value.to_str().ok());
    policy.unwrap_or_default().split(';').map(|directive| directive.trim().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_site_lets_nothing_run_but_its_own_scripts() {
    let home = Home::open().await;
    let media = format!("http://{}", home.system.media);
    let expected = [
        "default-src 'none'".to_owned(),
        "script-src 'self'".to_owned(),
        "style-src 'self'".to_owned(),
        format!("img-src 'self' data: blob: {media}"),
        format!("media-src 'self' blob: {media}"),
        format!("connect-src 'self' {media}"),
        "worker-src 'self'".to_owned(),
        "manifest-src 'self'".to_owned(),
        "font-src 'self'".to_owned(),
        "form-action 'self'".to_owned(),
        "base-uri 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
        "require-trusted-types-for 'script'".to_owned(),
        "trusted-types svelte-trusted-html mantel".to_owned(),
    ];
    for path in ["/", "/gallery/gal_1", "/sw.js", "/icon.svg"] {
        let answer = home.http.get(home.url(path)).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_protected(&answer);
        assert_eq!(policy(&answer), expected, "{path}");
    }
}

#[cfg(feature = "graphiql")]
#[tokio::test(flavor = "multi_thread")]
async fn graphiql_may_style_itself_and_load_nothing_from_elsewhere() {
    let home = Home::open().await;
    for path in ["/graphiql", "/graphiql/"] {
        let answer = home.http.get(home.url(path)).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_protected(&answer);
        let expected = [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'none'",
        ];
        assert_eq!(policy(&answer), expected, "{path}");
    }
}

/// What all files of the site have in common.
fn assert_protected(answer: &reqwest::Response) {
    for (name, expected) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ] {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(value, Some(expected), "{name} of {}", answer.url());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_media_port_shows_nothing_to_strangers_and_lets_nothing_run() {
    let home = Home::open().await;
    for path in ["/", "/originals", "/originals/", "/originals/nothing", "/renditions/a/b/thumbnail", "/other/nothing"]
    {
        let answer = home.http.get(format!("http://{}{path}", home.system.media)).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        let header =
            |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert!(header("content-security-policy").starts_with("sandbox; default-src 'none'"), "{path}");
    }
}
