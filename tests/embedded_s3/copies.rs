//! What a copy says of its bytes, and copies in parts.

use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart};

use super::{BUCKET, MIB, OTHER, Outcome, World, refusal, sha256};

#[tokio::test]
async fn a_copy_of_an_object_in_parts_is_one_piece_with_a_checksum_of_the_whole() -> Outcome {
    let world = World::new().await?;
    let upload = world.client.create_multipart_upload().bucket(BUCKET).key("film");
    let upload = upload.checksum_algorithm(ChecksumAlgorithm::Sha256).send().await?.upload_id.ok_or("no upload")?;
    let pieces = [vec![b'a'; 5 * MIB], b"the end".to_vec()];
    let mut parts = CompletedMultipartUpload::builder();
    for (number, piece) in (1..).zip(&pieces) {
        let part = world.client.upload_part().bucket(BUCKET).key("film").upload_id(&upload).part_number(number);
        let part = part.checksum_sha256(sha256(piece)).body(piece.clone().into()).send().await?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(part.e_tag)
            .set_checksum_sha256(part.checksum_sha256);
        parts = parts.parts(part.build());
    }
    let complete = world.client.complete_multipart_upload().bucket(BUCKET).key("film").upload_id(&upload);
    let whole = complete.multipart_upload(parts.build()).send().await?;
    assert!(whole.checksum_sha256().is_some_and(|value| value.ends_with("-2")));
    let copy = world.client.copy_object().bucket(OTHER).key("copy").copy_source(format!("{BUCKET}/film"));
    let copied = copy.send().await?.copy_object_result.ok_or("no result")?;
    assert_eq!(copied.checksum_sha256(), Some(sha256(&pieces.concat()).as_str()));
    assert_eq!(copied.checksum_type(), Some(&ChecksumType::FullObject));
    assert!(copied.e_tag().is_some_and(|etag| !etag.contains('-')));
    let head = world.client.head_object().bucket(OTHER).key("copy").checksum_mode(ChecksumMode::Enabled).send().await?;
    assert_eq!((head.checksum_sha256(), head.e_tag()), (copied.checksum_sha256(), copied.e_tag()));
    Ok(())
}

#[tokio::test]
async fn a_copy_gets_the_checksum_that_is_asked_for() -> Outcome {
    let world = World::new().await?;
    world.put("key", "bytes").await?;
    let copy = world.client.copy_object().bucket(OTHER).key("copy").copy_source(format!("{BUCKET}/key"));
    let copied = copy.checksum_algorithm(ChecksumAlgorithm::Sha256).send().await?;
    let copied = copied.copy_object_result.ok_or("no result")?;
    assert_eq!(copied.checksum_sha256(), Some(sha256(b"bytes").as_str()));
    Ok(())
}

#[tokio::test]
async fn an_object_is_copied_in_parts() -> Outcome {
    let world = World::new().await?;
    let bytes: Vec<u8> = (0..5 * MIB + 9).map(|at| u8::try_from(at % 251).unwrap_or_default()).collect();
    world.put("film", bytes.clone()).await?;
    let upload = world.client.create_multipart_upload().bucket(OTHER).key("film");
    let upload = upload.checksum_algorithm(ChecksumAlgorithm::Sha256).send().await?.upload_id.ok_or("no upload")?;
    let part = |number: i32, range: String| {
        let part = world.client.upload_part_copy().bucket(OTHER).key("film").upload_id(&upload).part_number(number);
        part.copy_source(format!("{BUCKET}/film")).copy_source_range(range)
    };
    let mut parts = CompletedMultipartUpload::builder();
    for (number, range) in [(1, 0..5 * MIB), (2, 5 * MIB..bytes.len())] {
        let copied = part(number, format!("bytes={}-{}", range.start, range.end - 1)).send().await?;
        let copied = copied.copy_part_result.ok_or("no result")?;
        assert_eq!(copied.checksum_sha256(), Some(sha256(&bytes[range]).as_str()));
        let done = CompletedPart::builder().part_number(number).set_e_tag(copied.e_tag);
        parts = parts.parts(done.set_checksum_sha256(copied.checksum_sha256).build());
    }
    for (range, code) in [
        (format!("bytes=0-{}", bytes.len()), "InvalidArgument"),
        ("bytes=9-3".to_owned(), "InvalidArgument"),
        ("bytes=3-".to_owned(), "InvalidArgument"),
        ("0-3".to_owned(), "InvalidArgument"),
    ] {
        assert_eq!(refusal(part(3, range.clone()).send().await), code, "{range}");
    }
    assert_eq!(refusal(part(0, "bytes=0-3".to_owned()).send().await), "InvalidArgument");
    let stale = part(3, "bytes=0-3".to_owned()).copy_source_if_match("\"stale\"").send().await;
    assert_eq!(refusal(stale), "PreconditionFailed");
    let complete = world.client.complete_multipart_upload().bucket(OTHER).key("film").upload_id(&upload);
    complete.multipart_upload(parts.build()).send().await?;
    let got = world.client.get_object().bucket(OTHER).key("film").send().await?;
    assert!(got.body.collect().await?.to_vec() == bytes);
    Ok(())
}
