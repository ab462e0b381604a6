//! Signed addresses: what they open, for how long, and by which name.

use processor::testing::{jpeg, picture};
use reqwest::{Method, Response, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use url::Url;

use crate::support::{Actor, Home, actor::upload_input};

const WINDOW_SECONDS: i64 = 3_600;

async fn get(home: &Home, url: &str) -> Response {
    home.http.get(url).send().await.expect("an answer")
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).unwrap_or_else(|| panic!("there is no {name}")).to_str().expect("a text")
}

fn address<'a>(media: &'a Value, name: &str) -> &'a str {
    media[name]["url"].as_str().expect("an address")
}

async fn renditions(actor: &Actor, id: &Value) -> Value {
    let document = "query($id: ID!) { media(id: $id) { thumbnail { url } preview { url } original { url } } }";
    actor.gets(document, json!({ "id": id })).await["media"].clone()
}

async fn one_picture(admin: &Actor) -> Value {
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(40, 30, 1))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rendition_is_a_picture_and_nothing_else() {
    let home = Home::open().await;
    let media = one_picture(&home.admin().await).await;
    for name in ["thumbnail", "preview"] {
        let answer = get(&home, address(&media, name)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let headers = answer.headers();
        assert_eq!(header(headers, "content-type"), "image/jpeg");
        assert_eq!(header(headers, "content-disposition"), "inline");
        assert_eq!(header(headers, "x-content-type-options"), "nosniff");
        assert_eq!(header(headers, "cache-control"), "private, max-age=31536000, immutable");
        let policy = header(headers, "content-security-policy");
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_signature_nothing_is_given() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let first = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(40, 30, 1))).await;
    let second = admin.adds(&gallery, "b.jpg", "image/jpeg", &jpeg(&picture(40, 30, 2))).await;
    let id = |media: &Value| media["id"].as_str().expect("an id").to_owned();
    for name in ["thumbnail", "original"] {
        let signed = address(&first, name).to_owned();
        let (bare, query) = signed.split_once('?').expect("a signature");
        let (rest, signature) = signed.split_once("X-Amz-Signature=").expect("a signature");
        let flipped = if signature.starts_with('0') { "1" } else { "0" };
        let bucket = bare.split_once(&id(&first)).expect("the key has the id").0;
        let tampered = [
            bare.to_owned(),
            format!("{rest}X-Amz-Signature={flipped}{}", &signature[1..]),
            signed.replace(&id(&first), &id(&second)),
            signed.replace("X-Amz-Expires=7200", "X-Amz-Expires=604800"),
            signed.replace("response-content-type=image%2Fjpeg", "response-content-type=text%2Fhtml"),
            format!("{signed}&response-content-language=de"),
            format!("{bucket}?{query}"),
            bucket.to_owned(),
        ];
        for url in tampered {
            assert_ne!(url, signed);
            let status = get(&home, &url).await.status();
            assert_eq!(status, StatusCode::FORBIDDEN, "{url}");
        }
        for method in [Method::PUT, Method::POST, Method::DELETE] {
            let answer = home.http.request(method.clone(), &signed).body("x").send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method}");
        }
        assert_eq!(get(&home, &signed).await.status(), StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_address_comes_back_within_its_hour_so_that_browsers_keep_the_picture() {
    let home = Home::open().await;
    // To the beginning of the present hour: the addresses are then valid for the real clock, too.
    home.pass_seconds(-home.now().unix_seconds().rem_euclid(WINDOW_SECONDS));
    let admin = home.admin().await;
    let media = one_picture(&admin).await;
    let early = renditions(&admin, &media["id"]).await;
    home.pass_seconds(WINDOW_SECONDS - 60);
    assert_eq!(renditions(&admin, &media["id"]).await, early);
    assert_eq!(renditions(&home.visitor().await, &media["id"]).await, early);
    for name in ["thumbnail", "preview", "original"] {
        assert_eq!(get(&home, address(&early, name)).await.status(), StatusCode::OK);
    }
    home.pass_seconds(60);
    let late = renditions(&home.admin().await, &media["id"]).await;
    for name in ["thumbnail", "preview", "original"] {
        assert_ne!(late[name], early[name]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_to_look_at_ends() {
    let home = Home::open().await;
    let media = one_picture(&home.admin().await).await;
    home.pass_seconds(-3 * WINDOW_SECONDS);
    let old = renditions(&home.admin().await, &media["id"]).await;
    for name in ["thumbnail", "preview", "original"] {
        assert_eq!(get(&home, address(&old, name)).await.status(), StatusCode::FORBIDDEN);
        assert_eq!(get(&home, address(&media, name)).await.status(), StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_may_read_pictures_itself_to_keep_them_and_pages_of_others_may_not() {
    let home = Home::open().await;
    let media = one_picture(&home.admin().await).await;
    let url = address(&media, "thumbnail");
    let own = format!("http://{}", home.system.site);
    let asks = async |method: Method, headers: &[(&str, &str)]| {
        let request =
            headers.iter().fold(home.http.request(method, url), |request, (name, value)| request.header(*name, *value));
        request.send().await.expect("an answer")
    };
    let whole = asks(Method::GET, &[("origin", &own)]).await;
    assert_eq!(whole.status(), StatusCode::OK);
    let tag = header(whole.headers(), "etag").to_owned();
    let part = asks(Method::GET, &[("origin", &own), ("range", "bytes=0-9")]).await;
    assert_eq!((part.status(), header(part.headers(), "content-length")), (StatusCode::PARTIAL_CONTENT, "10"));
    let known = asks(Method::GET, &[("origin", &own), ("if-none-match", &tag)]).await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    // The address is signed for reading it whole; so S3 does it, and the refusal can be read as well.
    let head = asks(Method::HEAD, &[("origin", &own)]).await;
    assert_eq!(head.status(), StatusCode::FORBIDDEN);
    for answer in [&whole, &part, &known, &head] {
        assert_eq!(header(answer.headers(), "access-control-allow-origin"), own);
        assert_eq!(header(answer.headers(), "vary"), "Origin");
        let exposed: Vec<&str> = header(answer.headers(), "access-control-expose-headers").split(", ").collect();
        assert!(["ETag", "Content-Range", "Content-Length"].iter().all(|name| exposed.contains(name)), "{exposed:?}");
    }
    let preflight = [("origin", own.as_str()), ("access-control-request-method", "GET")];
    let preflight =
        asks(Method::OPTIONS, &[&preflight[..], &[("access-control-request-headers", "range")]].concat()).await;
    assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
    assert_eq!(header(preflight.headers(), "access-control-allow-headers"), "range");
    // Without an origin, as `<img>` asks: what is kept of it must not be taken for an answer to the page.
    assert_eq!(header(asks(Method::GET, &[]).await.headers(), "vary"), "Origin");
    let foreign = asks(Method::GET, &[("origin", "http://evil.example")]).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert_eq!(foreign.headers().get("access-control-allow-origin"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_go_by_the_name_by_which_the_caller_came() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let media = one_picture(&admin).await;
    let gallery = admin.makes_gallery("Winter", "FAMILY").await;
    let (site, port) = (home.system.site.port(), home.system.media.port());
    let document = "query($id: ID!) { media(id: $id) { thumbnail { url } } }";
    let announce = "mutation($input: RequestUploadInput!) { \
        requestUpload(input: $input) { ticket { parts { url } } } }";
    for host in ["localhost", "127.0.0.1", "192.168.1.7", "[::1]"] {
        let asks = async |query: &str, variables: Value| -> Value {
            let request = home.http.post(home.url("/graphql")).header("host", format!("{host}:{site}"));
            let request = request.bearer_auth(admin.access_token().expect("a session"));
            let answer = request.json(&json!({ "query": query, "variables": variables })).send().await;
            answer.expect("an answer").json().await.expect("JSON")
        };
        let answer = asks(document, json!({ "id": media["id"] })).await;
        let url = answer["data"]["media"]["thumbnail"]["url"].as_str().expect("an address").to_owned();
        let base = format!("http://{host}:{port}/");
        assert!(url.starts_with(&base), "{url}");
        let input = upload_input(&gallery, "b.jpg", "image/jpeg", b"bytes");
        let answer = asks(announce, json!({ "input": input })).await;
        let upload = answer["data"]["requestUpload"]["ticket"]["parts"][0]["url"].as_str().expect("an address");
        assert!(upload.starts_with(&base), "{upload}");

        let here = url.replacen(&base, &format!("http://127.0.0.1:{port}/"), 1);
        let by_name = home.http.get(&here).header("host", format!("{host}:{port}")).send().await.expect("an answer");
        assert_eq!(by_name.status(), StatusCode::OK, "{host}");
        let by_another = home.http.get(&here).header("host", format!("10.0.0.1:{port}")).send().await;
        assert_eq!(by_another.expect("an answer").status(), StatusCode::FORBIDDEN, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_is_saved_under_its_own_name_in_any_script() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let names = [
        "Ömas \"Torte\"; 50%.jpg",
        "家族の写真.jpg",
        "Семья на даче.jpg",
        "عائلة.jpg",
        "👨‍👩‍👧 beach 🏖️.jpg",
        "a+b & c'd=e.jpg",
        "plain.jpg",
    ];
    for (seed, name) in (1..).zip(names) {
        let bytes = jpeg(&picture(24, 16, seed));
        let media = admin.adds(&gallery, name, "image/jpeg", &bytes).await;
        assert_eq!(media["fileName"], name);
        let answer = get(&home, address(&media, "original")).await;
        assert_eq!(header(answer.headers(), "content-type"), "image/jpeg");
        let disposition = header(answer.headers(), "content-disposition").to_owned();
        assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
        let (_, encoded) = disposition.split_once("filename*=UTF-8''").expect("a name in UTF-8");
        let query = Url::parse(&format!("http://localhost/?{encoded}")).expect("percent-encoded");
        let decoded = query.query_pairs().next().map(|(decoded, _)| decoded.into_owned());
        assert_eq!(decoded.as_deref(), Some(name), "{disposition}");
        assert_eq!(answer.bytes().await.expect("the bytes"), bytes);
    }
}
