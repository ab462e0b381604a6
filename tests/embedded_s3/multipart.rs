//! Uploads in parts.

use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart};
use sha2::{Digest as _, Sha256};

use super::{BUCKET, MIB, Outcome, World, refusal, sha256};

#[tokio::test]
async fn an_upload_in_parts_becomes_one_object() -> Outcome {
    let world = World::new().await?;
    let key = "video";
    let id = world.begin(key).await?;
    let second = world.part(key, &id, 7, b"the end".to_vec()).await?;
    world.part(key, &id, 2, vec![b'x'; 5 * MIB]).await?;
    let first = world.part(key, &id, 2, vec![b'a'; 5 * MIB]).await?;
    let listed = world.client.list_parts().bucket(BUCKET).key(key).upload_id(&id).max_parts(1).send().await?;
    assert_eq!((listed.parts().len(), listed.is_truncated()), (1, Some(true)));
    assert_eq!((listed.parts()[0].part_number(), listed.parts()[0].e_tag()), (Some(2), first.e_tag()));
    assert_eq!(world.client.list_multipart_uploads().bucket(BUCKET).send().await?.uploads().len(), 1);
    assert_eq!(world.store.object_count(BUCKET).await?, 0);
    let etag = world.complete(key, &id, &[first.clone(), second.clone()]).await?;
    assert!(etag.ends_with("-2\""), "{etag}");
    let bytes = world.get(key).await?;
    assert_eq!((bytes.len(), &bytes[5 * MIB - 1..]), (5 * MIB + 7, b"athe end".as_slice()));
    assert_eq!(world.files("blobs")?, 1, "the parts are gone");
    assert_eq!(world.client.list_multipart_uploads().bucket(BUCKET).send().await?.uploads().len(), 0);
    // The answer got lost: the client asks again, even after the object was replaced.
    assert_eq!(world.complete(key, &id, &[first.clone(), second.clone()]).await?, etag);
    world.put(key, "newer").await?;
    assert_eq!(world.complete(key, &id, &[first, second]).await?, etag);
    assert_eq!(world.get(key).await?, b"newer");
    assert_eq!(world.store.due_events(local::s3::Keys::Any, 10).await?.len(), 2, "a retry makes no event");
    Ok(())
}

#[tokio::test]
async fn parts_that_do_not_fit_are_refused() -> Outcome {
    let world = World::new().await?;
    let key = "video";
    let id = world.begin(key).await?;
    let small = world.part(key, &id, 1, b"small".to_vec()).await?;
    let last = world.part(key, &id, 2, b"last".to_vec()).await?;
    let wrong = CompletedPart::builder().part_number(1).e_tag("\"0123\"").build();
    let missing = CompletedPart::builder().part_number(3).e_tag("\"0123\"").build();
    let complete = async |parts: &[CompletedPart]| world.complete(key, &id, parts).await.err().unwrap_or_default();
    assert_eq!(complete(&[small.clone(), last.clone()]).await, "EntityTooSmall");
    assert_eq!(complete(&[last.clone(), small.clone()]).await, "InvalidPartOrder");
    assert_eq!(complete(&[small.clone(), small.clone()]).await, "InvalidPartOrder");
    assert_eq!(complete(&[wrong]).await, "InvalidPart");
    assert_eq!(complete(&[last.clone(), missing]).await, "InvalidPart");
    assert_eq!(complete(&[]).await, "MalformedXML");
    assert_eq!(
        world.complete("another", &id, std::slice::from_ref(&last)).await.err().as_deref(),
        Some("NoSuchUpload")
    );
    let part = || world.client.upload_part().bucket(BUCKET).key(key).upload_id(&id);
    assert_eq!(refusal(part().part_number(10_001).send().await), "InvalidArgument");
    assert_eq!(refusal(part().part_number(1).content_md5("AAAAAAAAAAAAAAAAAAAAAA==").send().await), "BadDigest");
    let abort = || world.client.abort_multipart_upload().bucket(BUCKET).key(key).upload_id(&id).send();
    abort().await?;
    assert_eq!(refusal(abort().await), "NoSuchUpload");
    assert_eq!(complete(&[last]).await, "NoSuchUpload");
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (0, 0));
    Ok(())
}

#[tokio::test]
async fn of_two_uploads_in_parts_one_is_first() -> Outcome {
    let world = World::new().await?;
    let mut done = tokio::task::JoinSet::new();
    for writer in 0..8_u8 {
        let id = world.begin("key").await?;
        let part = world.part("key", &id, 1, vec![writer]).await?;
        let parts = CompletedMultipartUpload::builder().parts(part).build();
        let complete = world.client.complete_multipart_upload().bucket(BUCKET).key("key").upload_id(&id);
        let complete = complete.multipart_upload(parts).if_none_match("*");
        // Twice at once, as a client that lost patience does.
        let again = complete.clone();
        done.spawn(async move { [refusal(complete.send().await), refusal(again.send().await)] });
    }
    let results = done.join_all().await;
    let count = |code: &str| results.iter().filter(|pair| pair.iter().all(|result| result == code)).count();
    assert_eq!((count("accepted"), count("PreconditionFailed")), (1, 7), "{results:?}");
    assert_eq!(world.store.due_events(local::s3::Keys::Any, 10).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn parts_give_the_checksum_of_the_whole() -> Outcome {
    let world = World::new().await?;
    let client = &world.client;
    let (first, second) = (vec![b'1'; 5 * MIB], b"2".to_vec());
    let composite = format!("{}-2", sha256(&[Sha256::digest(&first), Sha256::digest(&second)].concat()));
    for algorithm in [ChecksumAlgorithm::Sha256, ChecksumAlgorithm::Crc64Nvme] {
        let upload = client.create_multipart_upload().bucket(BUCKET).key("key").checksum_algorithm(algorithm.clone());
        let id = upload.send().await?.upload_id.ok_or("no upload id")?;
        let mut parts = CompletedMultipartUpload::builder();
        for (number, bytes) in [(1, &first), (2, &second)] {
            let part = client.upload_part().bucket(BUCKET).key("key").upload_id(&id).part_number(number);
            let part = part.checksum_algorithm(algorithm.clone()).body(bytes.clone().into()).send().await?;
            parts = parts.parts(
                CompletedPart::builder()
                    .part_number(number)
                    .set_e_tag(part.e_tag)
                    .set_checksum_sha256(part.checksum_sha256)
                    .set_checksum_crc64_nvme(part.checksum_crc64_nvme)
                    .build(),
            );
        }
        let complete = client.complete_multipart_upload().bucket(BUCKET).key("key").upload_id(&id);
        let complete = complete.multipart_upload(parts.build());
        let wrong = complete.clone().mpu_object_size(3).send().await;
        assert_eq!(refusal(wrong), "InvalidRequest");
        let done = complete.send().await?;
        if algorithm == ChecksumAlgorithm::Sha256 {
            assert_eq!(done.checksum_sha256(), Some(composite.as_str()));
            assert_eq!(done.checksum_type(), Some(&ChecksumType::Composite));
        } else {
            assert_eq!(done.checksum_type(), Some(&ChecksumType::FullObject));
        }
        // The client checks the checksum of the whole while it reads.
        let got = client.get_object().bucket(BUCKET).key("key").checksum_mode(ChecksumMode::Enabled).send().await?;
        assert_eq!(got.checksum_crc64_nvme().is_some(), algorithm == ChecksumAlgorithm::Crc64Nvme);
        assert_eq!(got.body.collect().await?.to_vec().len(), 5 * MIB + 1);
    }
    Ok(())
}

#[tokio::test]
async fn an_upload_that_nobody_completes_is_forgotten() -> Outcome {
    let world = World::new().await?;
    let old = world.begin("old").await?;
    world.part("old", &old, 1, b"part".to_vec()).await?;
    world.pass_seconds(6 * 24 * 3600);
    let young = world.begin("young").await?;
    let part = world.part("young", &young, 1, b"part".to_vec()).await?;
    assert_eq!(world.store.expire_uploads().await?, 0);
    world.pass_seconds(2 * 24 * 3600);
    assert_eq!((world.store.expire_uploads().await?, world.files("blobs")?), (1, 1));
    let uploads = world.client.list_multipart_uploads().bucket(BUCKET).prefix("y").send().await?;
    assert_eq!(uploads.uploads().iter().map(|upload| upload.upload_id()).collect::<Vec<_>>(), [Some(young.as_str())]);
    world.complete("young", &young, &[part]).await?;
    assert_eq!(world.get("young").await?, b"part");
    Ok(())
}

#[tokio::test]
async fn uploads_are_listed_by_key_and_age() -> Outcome {
    let world = World::new().await?;
    let mut begun = Vec::new();
    for key in ["b", "a/1", "b", "c"] {
        world.pass_seconds(1);
        begun.push(world.begin(key).await?);
    }
    let list = world.client.list_multipart_uploads().bucket(BUCKET).max_uploads(1);
    let (mut seen, mut key, mut id) = (Vec::new(), None, None);
    loop {
        let page = list.clone().set_key_marker(key).set_upload_id_marker(id).send().await?;
        seen.extend(page.uploads().iter().filter_map(|upload| upload.upload_id().map(str::to_owned)));
        (key, id) = (page.next_key_marker.clone(), page.next_upload_id_marker.clone());
        if page.is_truncated() != Some(true) {
            break;
        }
    }
    assert_eq!(seen, [&begun[1], &begun[0], &begun[2], &begun[3]].map(Clone::clone));
    let after_b = world.client.list_multipart_uploads().bucket(BUCKET).key_marker("b").send().await?;
    assert_eq!(after_b.uploads().len(), 1);
    Ok(())
}
