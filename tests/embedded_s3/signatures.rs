//! A signature is good for what was signed, and nothing goes without one.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use aws_sdk_s3::{Client, config::Credentials, presigning::PresigningConfig};
use reqwest::{Method, StatusCode};

use super::{BUCKET, Outcome, World, config, header, refusal, send, sha256, valid_for};

#[tokio::test]
async fn nobody_without_a_signature_gets_anything() -> Outcome {
    let world = World::new().await?;
    world.put("key", "secret").await?;
    let http = reqwest::Client::new();
    for path in ["", "originals", "originals/key", "originals?list-type=2", "originals/key?uploads", "nowhere/key"] {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::POST, Method::DELETE] {
            let url = format!("http://{}/{path}", world.address);
            let answer = http.request(method.clone(), url).body("x").send().await?;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {path}");
        }
    }
    let form = http.post(format!("http://{}/originals", world.address));
    let form = form.header("content-type", "multipart/form-data; boundary=x").body("--x--").send().await?;
    assert_eq!(form.status(), StatusCode::FORBIDDEN);
    let stranger = config(world.address).credentials_provider(Credentials::new("AKID", "WRONG", None, None, "test"));
    let denied = Client::from_conf(stranger.build()).get_object().bucket(BUCKET).key("key").send().await;
    assert_eq!(refusal(denied), "SignatureDoesNotMatch");
    assert_eq!(world.get("key").await?, b"secret");
    Ok(())
}

#[tokio::test]
async fn a_signed_upload_takes_what_was_signed_and_nothing_else() -> Outcome {
    let world = World::new().await?;
    let bytes = b"the picture".as_slice();
    let put = world.client.put_object().bucket(BUCKET).key("picture").content_type("image/jpeg").if_none_match("*");
    let put = put.content_length(11).checksum_sha256(sha256(bytes));
    let signed = put.presigned(valid_for(60)?).await?;
    let names: BTreeSet<_> = signed.headers().map(|(name, _)| name.to_ascii_lowercase()).collect();
    for name in ["content-length", "content-type", "if-none-match", "x-amz-checksum-sha256"] {
        assert!(names.contains(name), "{name} is signed");
    }
    let status = async |body: &'static [u8], header: &'static str, value: &'static str| {
        let change = |request: reqwest::RequestBuilder| match value {
            "" => without(request, header),
            _ => with(request, header, value),
        };
        send(&signed, body, change).await.map(|answer| answer.status().as_u16())
    };
    assert_eq!(status(b"the picturesque", "x", "y").await?, 403, "another length");
    assert_eq!(status(bytes, "content-type", "text/html").await?, 403);
    assert_eq!(status(bytes, "content-type", "").await?, 403);
    assert_eq!(status(bytes, "if-none-match", "").await?, 403);
    assert_eq!(status(bytes, "x-amz-checksum-sha256", "").await?, 403);
    assert_eq!(status(bytes, "x-amz-meta-colour", "blue").await?, 403, "a header that was not signed");
    assert_eq!(status(bytes, "x-amz-copy-source", "originals/other").await?, 403, "a copy is not a put");
    assert_eq!(status(b"the forgery", "x", "y").await?, 400, "another checksum");
    assert_eq!(world.store.object_count(BUCKET).await?, 0);
    assert_eq!(status(bytes, "x", "y").await?, 200);
    assert_eq!(status(bytes, "x", "y").await?, 412, "there is one now");
    assert_eq!(world.get("picture").await?, bytes);
    Ok(())
}

fn with(request: reqwest::RequestBuilder, name: &'static str, value: &'static str) -> reqwest::RequestBuilder {
    request.headers(reqwest::header::HeaderMap::from_iter([(
        reqwest::header::HeaderName::from_static(name),
        reqwest::header::HeaderValue::from_static(value),
    )]))
}

fn without(request: reqwest::RequestBuilder, name: &'static str) -> reqwest::RequestBuilder {
    let (client, request) = request.build_split();
    let mut request = request.expect("the request is well formed");
    request.headers_mut().remove(name);
    reqwest::RequestBuilder::from_parts(client, request)
}

#[tokio::test]
async fn a_signed_url_is_for_one_thing_and_a_while() -> Outcome {
    let world = World::new().await?;
    world.put("key", "hello").await?;
    world.put("other", "secret").await?;
    let get = || world.client.get_object().bucket(BUCKET).key("key");
    let overridden = get()
        .response_content_type("video/mp4")
        .response_content_disposition("attachment; filename=\"a.mp4\"")
        .response_cache_control("private, max-age=7");
    let signed = overridden.presigned(valid_for(60)?).await?;
    let answer = send(&signed, "", |request| request).await?;
    assert_eq!(header(&answer, "content-type"), "video/mp4");
    assert_eq!(header(&answer, "content-disposition"), "attachment; filename=\"a.mp4\"");
    assert_eq!(header(&answer, "cache-control"), "private, max-age=7");
    assert_eq!(answer.text().await?, "hello");
    let http = reqwest::Client::new();
    let (_, signature) = signed.uri().split_once("X-Amz-Signature=").ok_or("no signature")?;
    let forged = if signature.starts_with('0') { "1" } else { "0" };
    for (from, to) in [
        ("/originals/key", "/originals/other"),
        ("video%2Fmp4", "text%2Fhtml"),
        ("X-Amz-Expires=60", "X-Amz-Expires=600"),
        (signature, &format!("{forged}{}", &signature[1..])),
    ] {
        let url = signed.uri().replace(from, to);
        assert_ne!(url, signed.uri());
        assert_eq!(http.get(url).send().await?.status(), StatusCode::FORBIDDEN, "{from}");
    }
    assert_eq!(http.put(signed.uri()).body("x").send().await?.status(), StatusCode::FORBIDDEN, "another method");
    let hoisted = format!("{}&x-amz-checksum-sha256=abc", signed.uri());
    assert_eq!(http.get(hoisted).send().await?.status(), StatusCode::NOT_IMPLEMENTED);
    for (seconds, status) in [(3590, StatusCode::FORBIDDEN), (3700, StatusCode::OK)] {
        let config = PresigningConfig::builder().start_time(an_hour_ago()).expires_in(Duration::from_secs(seconds));
        let signed = get().presigned(config.build()?).await?;
        assert_eq!(send(&signed, "", |request| request).await?.status(), status, "{seconds} s");
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "signatures are checked against the system's clock")]
fn an_hour_ago() -> SystemTime {
    SystemTime::now() - Duration::from_hours(1)
}

#[tokio::test]
async fn a_signed_put_cannot_be_made_a_copy() -> Outcome {
    let world = World::new().await?;
    world.put("other", "secret").await?;
    let signed = world.client.put_object().bucket(BUCKET).key("mine").presigned(valid_for(60)?).await?;
    // Escapes that hide the signature from a careless reader, beside a header that claims all is signed.
    let hidden = signed.uri().replace("X-Amz-Signature=", "X-Amz-Signatur%65=");
    assert_ne!(hidden, signed.uri());
    for url in [signed.uri(), &hidden, &hidden.replace("X-Amz-SignedHeaders", "X-Amz-SignedHeader%73")] {
        let copy = reqwest::Client::new().put(url).header("x-amz-copy-source", "originals/other");
        let claim = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/s3/aws4_request, \
                     SignedHeaders=host;x-amz-copy-source, Signature=0";
        assert_eq!(copy.header("authorization", claim).send().await?.status(), StatusCode::FORBIDDEN, "{url}");
    }
    assert_eq!(refusal(world.client.head_object().bucket(BUCKET).key("mine").send().await), "NotFound");
    Ok(())
}
