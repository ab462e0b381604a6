//! What is put comes back, whole or in ranges, until it is replaced or deleted.

use std::collections::HashMap;

use aws_sdk_s3::{
    primitives::{ByteStream, DateTime},
    types::{ChecksumMode, Delete, MetadataDirective, ObjectIdentifier},
};
use reqwest::StatusCode;

use super::{BUCKET, MIB, OTHER, Outcome, START_MILLIS, World, header, refusal, send, sha256, valid_for};

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() -> Outcome {
    let world = World::new().await?;
    let put = world.client.put_object().bucket(BUCKET).key("a b/é+%.jpg").body(ByteStream::from_static(b"hello"));
    let put = put
        .content_type("image/jpeg")
        .content_disposition("inline; filename=\"a.jpg\"")
        .content_language("de")
        .content_encoding("identity")
        .cache_control("private, max-age=5")
        .metadata("colour", "blue")
        .checksum_sha256(sha256(b"hello"))
        .send()
        .await?;
    assert_eq!(put.e_tag(), Some("\"5d41402abc4b2a76b9719d911017c592\""));
    assert_eq!(put.checksum_sha256(), Some(sha256(b"hello").as_str()));
    let get = world.client.get_object().bucket(BUCKET).key("a b/é+%.jpg").checksum_mode(ChecksumMode::Enabled);
    let got = get.send().await?;
    assert_eq!(got.content_type(), Some("image/jpeg"));
    assert_eq!(got.content_disposition(), Some("inline; filename=\"a.jpg\""));
    assert_eq!(got.content_language(), Some("de"));
    assert_eq!(got.content_encoding(), Some("identity"));
    assert_eq!(got.cache_control(), Some("private, max-age=5"));
    assert_eq!(got.metadata().and_then(|map| map.get("colour")).map(String::as_str), Some("blue"));
    assert_eq!(got.checksum_sha256(), Some(sha256(b"hello").as_str()));
    assert_eq!(got.last_modified(), Some(&DateTime::from_millis(START_MILLIS)));
    assert_eq!(got.body.collect().await?.to_vec(), b"hello");
    let head = world.client.head_object().bucket(BUCKET).key("a b/é+%.jpg").send().await?;
    assert_eq!((head.content_length(), head.e_tag()), (Some(5), put.e_tag()));
    assert_eq!(head.checksum_sha256(), None, "checksums are for those who ask");
    assert_eq!(world.store.object_count(BUCKET).await?, 1);
    Ok(())
}

#[tokio::test]
async fn an_object_replaces_the_one_before_and_its_file() -> Outcome {
    let world = World::new().await?;
    world.put("key", "one").await?;
    world.put("key", "two").await?;
    world.put("empty", "").await?;
    assert_eq!(world.get("key").await?, b"two");
    assert_eq!(world.get("empty").await?, b"");
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (2, 0));
    Ok(())
}

#[tokio::test]
async fn keys_are_names_and_never_paths() -> Outcome {
    let world = World::new().await?;
    let longest = "k".repeat(1024);
    let keys =
        ["a", "a/b", "a/b/", "/", "//x", "../../etc/passwd", "..", ".", "a/./b", "a//b", "é\u{1}\u{10FFFF}", &longest];
    for key in keys {
        world.put(key, key).await?;
    }
    for key in keys {
        assert_eq!(world.get(key).await?, key.as_bytes(), "{key:?}");
    }
    let too_long = world.client.put_object().bucket(BUCKET).key("k".repeat(1025)).send().await;
    assert_eq!(refusal(too_long), "KeyTooLongError");
    assert_eq!(world.files(".")? - world.files("blobs")?, 3, "the database's three files and nothing else");
    Ok(())
}

#[tokio::test]
async fn buckets_are_those_that_were_configured() -> Outcome {
    let world = World::new().await?;
    let client = &world.client;
    let names: Vec<_> = client.list_buckets().send().await?.buckets.unwrap_or_default();
    let names: Vec<_> = names.into_iter().filter_map(|bucket| bucket.name).collect();
    assert_eq!(names, [BUCKET, OTHER]);
    client.head_bucket().bucket(BUCKET).send().await?;
    client.get_bucket_location().bucket(BUCKET).send().await?;
    assert_eq!(refusal(client.create_bucket().bucket(BUCKET).send().await), "BucketAlreadyOwnedByYou");
    assert_eq!(refusal(client.create_bucket().bucket("another").send().await), "NotImplemented");
    assert_eq!(refusal(client.put_object().bucket("another").key("k").send().await), "NoSuchBucket");
    assert_eq!(refusal(client.list_objects_v2().bucket("another").send().await), "NoSuchBucket");
    assert_eq!(refusal(client.get_bucket_policy().bucket(BUCKET).send().await), "NotImplemented");
    assert_eq!(refusal(client.get_object_tagging().bucket(BUCKET).key("k").send().await), "NotImplemented");
    assert_eq!(refusal(client.put_object().bucket(BUCKET).key("k").tagging("a=b").send().await), "NotImplemented");
    assert_eq!(refusal(client.get_object().bucket(BUCKET).key("k").send().await), "NoSuchKey");
    Ok(())
}

#[tokio::test]
async fn deleting_is_idempotent_and_removes_the_bytes() -> Outcome {
    let world = World::new().await?;
    for key in ["a", "b", "c"] {
        world.put(key, key).await?;
    }
    let stale = world.client.delete_object().bucket(BUCKET).key("a").if_match("\"stale\"").send().await;
    assert_eq!(refusal(stale), "PreconditionFailed");
    for _ in 0..2 {
        world.client.delete_object().bucket(BUCKET).key("a").send().await?;
    }
    let keys = ["b", "c", "never"].map(|key| ObjectIdentifier::builder().key(key).build());
    let keys = keys.into_iter().collect::<Result<Vec<_>, _>>()?;
    let delete = Delete::builder().set_objects(Some(keys)).build()?;
    let deleted = world.client.delete_objects().bucket(BUCKET).delete(delete).send().await?;
    assert_eq!((deleted.deleted().len(), deleted.errors().len()), (3, 0));
    assert_eq!((world.store.object_count(BUCKET).await?, world.files("blobs")?), (0, 0));
    Ok(())
}

#[tokio::test]
async fn a_copy_lives_on_without_its_source() -> Outcome {
    let world = World::new().await?;
    let put = world.client.put_object().bucket(BUCKET).key("from ü").content_type("image/png").metadata("a", "b");
    put.body(ByteStream::from_static(b"bytes")).send().await?;
    let copy = |key: &str| world.client.copy_object().bucket(OTHER).key(key).copy_source("originals/from%20%C3%BC");
    copy("kept").send().await?;
    let replaced = copy("replaced").metadata_directive(MetadataDirective::Replace).content_type("text/plain");
    replaced.send().await?;
    assert_eq!(refusal(copy("never").copy_source_if_match("\"stale\"").send().await), "PreconditionFailed");
    let onto_itself = world.client.copy_object().bucket(BUCKET).key("from ü").copy_source("originals/from%20%C3%BC");
    assert_eq!(refusal(onto_itself.send().await), "InvalidRequest");
    world.client.delete_object().bucket(BUCKET).key("from ü").send().await?;
    assert_eq!(refusal(copy("late").send().await), "NoSuchKey");
    let kept = world.client.get_object().bucket(OTHER).key("kept").send().await?;
    assert_eq!((kept.content_type(), kept.metadata().map(HashMap::len)), (Some("image/png"), Some(1)));
    assert_eq!(kept.body.collect().await?.to_vec(), b"bytes");
    let replaced = world.client.head_object().bucket(OTHER).key("replaced").send().await?;
    assert_eq!((replaced.content_type(), replaced.metadata().map_or(0, HashMap::len)), (Some("text/plain"), 0));
    Ok(())
}

#[tokio::test]
async fn a_range_is_answered_alone() -> Outcome {
    let world = World::new().await?;
    let bytes: Vec<u8> = (0..=255).cycle().take(700_000).collect();
    let etag = world.put("video", bytes.clone()).await?;
    let signed = world.client.get_object().bucket(BUCKET).key("video").presigned(valid_for(60)?).await?;
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, 700_000),
        ("bytes=-7", 699_993, 700_000),
        ("bytes=262143-524289", 262_143, 524_290),
        ("bytes=699999-900000", 699_999, 700_000),
        ("bytes=-900000", 0, 700_000),
    ] {
        let answer = send(&signed, "", |request| request.header("range", range)).await?;
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(header(&answer, "content-range"), format!("bytes {from}-{}/700000", to - 1));
        assert_eq!(header(&answer, "content-length"), (to - from).to_string());
        assert_eq!(answer.bytes().await?, bytes[from..to], "{range}");
    }
    for range in ["bytes=700000-", "bytes=-0"] {
        let answer = send(&signed, "", |request| request.header("range", range)).await?;
        assert_eq!(answer.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(header(&answer, "content-range"), "bytes */700000");
    }
    for (if_range, status) in [(etag.as_str(), 206), ("\"other\"", 200), ("Thu, 01 Jan 2026 00:00:00 GMT", 206)] {
        let ask = |request: reqwest::RequestBuilder| request.header("range", "bytes=0-9").header("if-range", if_range);
        assert_eq!(send(&signed, "", ask).await?.status().as_u16(), status, "{if_range}");
    }
    Ok(())
}

#[tokio::test]
async fn a_reader_keeps_the_bytes_that_it_began_with() -> Outcome {
    let world = World::new().await?;
    let old = vec![b'o'; 16 * MIB];
    world.put("key", old.clone()).await?;
    let mut reading = world.client.get_object().bucket(BUCKET).key("key").send().await?.body;
    let mut read = reading.next().await.ok_or("no first chunk")??.to_vec();
    world.put("key", "new").await?;
    assert_eq!(world.files("blobs")?, 1, "the old file has no name any more");
    while let Some(chunk) = reading.next().await {
        read.extend_from_slice(&chunk?);
    }
    assert!(read == old);
    assert_eq!(world.get("key").await?, b"new");
    Ok(())
}
