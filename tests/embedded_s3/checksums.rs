//! Bytes that are not what the sender meant are refused.

use std::sync::atomic::Ordering;

use aws_sdk_s3::{
    Client,
    config::RequestChecksumCalculation,
    primitives::ByteStream,
    types::{ChecksumAlgorithm, ChecksumMode, ChecksumType},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{BUCKET, MIB, Outcome, World, config, refusal};

#[tokio::test]
async fn a_wrong_checksum_replaces_nothing() -> Outcome {
    let world = World::new().await?;
    world.put("key", "old").await?;
    let put = || world.client.put_object().bucket(BUCKET).key("key").body(ByteStream::from_static(b"new"));
    let zeros = |length: usize| BASE64_STANDARD.encode(vec![0; length]);
    assert_eq!(refusal(put().content_md5(zeros(16)).send().await), "BadDigest");
    assert_eq!(refusal(put().content_md5("nonsense").send().await), "InvalidDigest");
    assert_eq!(refusal(put().checksum_sha256(zeros(32)).send().await), "BadDigest");
    assert_eq!(refusal(put().checksum_sha256(zeros(31)).send().await), "InvalidRequest");
    assert_eq!(refusal(put().checksum_sha1(zeros(20)).send().await), "BadDigest");
    assert_eq!(refusal(put().checksum_crc32(zeros(4)).send().await), "BadDigest");
    assert_eq!(refusal(put().checksum_crc32_c(zeros(4)).send().await), "BadDigest");
    assert_eq!(refusal(put().checksum_crc64_nvme(zeros(8)).send().await), "BadDigest");
    assert_eq!(world.get("key").await?, b"old");
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (1, 0));
    Ok(())
}

#[tokio::test]
async fn every_checksum_algorithm_is_computed_as_the_official_client_does() -> Outcome {
    let world = World::new().await?;
    for algorithm in [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ] {
        let put = world.client.put_object().bucket(BUCKET).key("key").checksum_algorithm(algorithm.clone());
        put.body(vec![b'x'; 3 * MIB].into()).send().await?;
        // The client checks what it reads against the checksum that is answered with it.
        let get = world.client.get_object().bucket(BUCKET).key("key").checksum_mode(ChecksumMode::Enabled);
        let got = get.send().await?;
        let answered = [got.checksum_crc32(), got.checksum_crc32_c(), got.checksum_crc64_nvme()];
        let answered = answered.into_iter().chain([got.checksum_sha1(), got.checksum_sha256()]).flatten().count();
        assert_eq!(answered, 1, "{algorithm:?}");
        assert_eq!(got.checksum_type(), Some(&ChecksumType::FullObject));
        assert_eq!(got.body.collect().await?.to_vec().len(), 3 * MIB);
    }
    Ok(())
}

#[tokio::test]
async fn what_the_network_corrupts_is_refused() -> Outcome {
    let world = World::new().await?;
    world.put("key", "old").await?;
    world.corrupts.store(true, Ordering::SeqCst);
    // The client's default is a checksum: in a header for bytes in memory.
    let body = || ByteStream::from_static(b"these bytes are clean");
    let put = world.client.put_object().bucket(BUCKET).key("key").body(body()).send().await;
    assert_eq!(refusal(put), "XAmzContentSHA256Mismatch");
    // Without one, there is the hash that the signature covers.
    let plain = config(world.address).request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
    let plain = Client::from_conf(plain.build());
    let put = plain.put_object().bucket(BUCKET).key("key").body(body()).send().await;
    assert_eq!(refusal(put), "XAmzContentSHA256Mismatch");
    // And a stream is signed chunk by chunk, with its checksum after it.
    let file = world.dir.path().join("upload.txt");
    std::fs::write(&file, "these bytes are clean")?;
    let put = world.client.put_object().bucket(BUCKET).key("key").body(ByteStream::from_path(&file).await?);
    assert_eq!(refusal(put.send().await), "SignatureDoesNotMatch");
    world.corrupts.store(false, Ordering::SeqCst);
    assert_eq!(world.get("key").await?, b"old");
    let put = world.client.put_object().bucket(BUCKET).key("key").body(ByteStream::from_path(&file).await?);
    put.send().await?;
    let head = world.client.head_object().bucket(BUCKET).key("key").checksum_mode(ChecksumMode::Enabled).send().await?;
    assert_eq!(head.content_encoding(), None, "how the body travelled is not kept");
    assert!(head.checksum_crc32().is_some(), "the checksum that came after the body is kept");
    assert_eq!(world.get("key").await?, b"these bytes are clean");
    Ok(())
}
