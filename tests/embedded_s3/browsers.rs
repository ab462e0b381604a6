//! What browsers are told: which pages may use the store, and how little its answers may do.

use aws_sdk_s3::primitives::ByteStream;
use reqwest::{Method, StatusCode};

use super::{BUCKET, Outcome, World, header, send, valid_for};

#[tokio::test]
async fn what_is_shown_can_do_nothing_else() -> Outcome {
    let world = World::new().await?;
    let put = world.client.put_object().bucket(BUCKET).key("page").content_type("text/html");
    put.body(ByteStream::from_static(b"<script>")).send().await?;
    let signed = world.client.get_object().bucket(BUCKET).key("page").presigned(valid_for(60)?).await?;
    let missing = world.client.get_object().bucket(BUCKET).key("missing").presigned(valid_for(60)?).await?;
    let anonymous = reqwest::Client::new().get(format!("http://{}/originals/page", world.address)).send().await?;
    let answers = [send(&signed, "", |r| r).await?, send(&missing, "", |r| r).await?, anonymous];
    for answer in &answers {
        assert_eq!(header(answer, "x-content-type-options"), "nosniff");
        assert!(header(answer, "content-security-policy").starts_with("sandbox; default-src 'none';"));
        assert_eq!(header(answer, "cross-origin-resource-policy"), "cross-origin");
        assert_eq!(header(answer, "vary"), "Origin");
    }
    let caching = answers.each_ref().map(|answer| header(answer, "cache-control"));
    assert_eq!(caching, ["private, max-age=3600", "no-store", "no-store"]);
    Ok(())
}

#[tokio::test]
async fn pages_of_an_allowed_origin_may_read_and_write() -> Outcome {
    let world = World::new().await?;
    world.put("key", "hello").await?;
    let url = format!("http://{}/originals/key", world.address);
    let preflight = async |origin: &str, method: &str| {
        let ask = reqwest::Client::new().request(Method::OPTIONS, &url).header("origin", origin);
        let ask = ask.header("access-control-request-method", method);
        ask.header("access-control-request-headers", "content-type,x-amz-checksum-sha256,cookie").send().await
    };
    let allowed = preflight("https://photos.example", "PUT").await?;
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(header(&allowed, "access-control-allow-origin"), "https://photos.example");
    assert_eq!(header(&allowed, "access-control-allow-methods"), "GET, HEAD, PUT, POST");
    assert_eq!(header(&allowed, "access-control-allow-headers"), "content-type, x-amz-checksum-sha256");
    assert!(!header(&allowed, "access-control-max-age").is_empty());
    assert!(header(&allowed, "vary").starts_with("Origin"));
    for (origin, method) in [("https://evil.example", "PUT"), ("null", "GET"), ("https://photos.example", "DELETE")] {
        let refused = preflight(origin, method).await?;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{origin} {method}");
        assert_eq!(header(&refused, "access-control-allow-origin"), "");
    }
    let signed = world.client.get_object().bucket(BUCKET).key("key").presigned(valid_for(60)?).await?;
    let own = send(&signed, "", |request| request.header("origin", "https://photos.example")).await?;
    assert_eq!(header(&own, "access-control-allow-origin"), "https://photos.example");
    assert!(header(&own, "access-control-expose-headers").contains("ETag"));
    let foreign = send(&signed, "", |request| request.header("origin", "https://evil.example")).await?;
    assert_eq!(
        (header(&foreign, "access-control-allow-origin"), header(&foreign, "vary").as_str()),
        (String::new(), "Origin")
    );
    Ok(())
}
