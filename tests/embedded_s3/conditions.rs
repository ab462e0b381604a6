//! Reads and writes on a condition.

use super::{BUCKET, Outcome, World, header, refusal, send, valid_for};

#[tokio::test]
async fn of_fifty_writers_who_want_to_be_first_one_is() -> Outcome {
    let world = World::new().await?;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..50 {
        let put = world.client.put_object().bucket(BUCKET).key("contested").if_none_match("*");
        let put = put.body(format!("writer {writer}").into_bytes().into()).send();
        writers.spawn(async move { (writer, refusal(put.await)) });
    }
    let results = writers.join_all().await;
    let winners: Vec<_> = results.iter().filter(|(_, result)| result == "accepted").collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert_eq!(results.iter().filter(|(_, result)| result == "PreconditionFailed").count(), 49, "{results:?}");
    assert_eq!(world.get("contested").await?, format!("writer {}", winners[0].0).into_bytes());
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (1, 0));
    assert_eq!(world.store.due_events(local::s3::Keys::Any, 100).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_writer_may_insist_on_what_it_replaces() -> Outcome {
    let world = World::new().await?;
    let put = |etag: &str| world.client.put_object().bucket(BUCKET).key("key").if_match(etag).send();
    assert_eq!(refusal(put("\"any\"").await), "NoSuchKey");
    let etag = world.put("key", "one").await?;
    assert_eq!(refusal(put("\"stale\"").await), "PreconditionFailed");
    assert_eq!(refusal(put(&etag).await), "accepted");
    assert_eq!(world.get("key").await?, b"");
    Ok(())
}

#[tokio::test]
async fn a_reader_is_told_when_nothing_changed() -> Outcome {
    let world = World::new().await?;
    let etag = world.put("key", "hello").await?;
    let signed = world.client.get_object().bucket(BUCKET).key("key").presigned(valid_for(60)?).await?;
    let at = "Thu, 01 Jan 2026 00:00:00 GMT";
    let before = "Wed, 31 Dec 2025 23:59:59 GMT";
    let cases = [
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", "*", 304),
        ("if-none-match", "\"other\"", 200),
        ("if-match", etag.as_str(), 200),
        ("if-match", "\"other\"", 412),
        ("if-modified-since", at, 304),
        ("if-modified-since", before, 200),
        ("if-unmodified-since", at, 200),
        ("if-unmodified-since", before, 412),
    ];
    for (name, value, status) in cases {
        let answer = send(&signed, "", |request| request.header(name, value)).await?;
        assert_eq!(answer.status().as_u16(), status, "{name}: {value}");
        if status == 304 {
            assert_eq!((header(&answer, "etag"), header(&answer, "last-modified")), (etag.clone(), at.to_owned()));
            assert_eq!(header(&answer, "cache-control"), "private, max-age=3600");
        }
    }
    let head = world.client.head_object().bucket(BUCKET).key("key").if_none_match(&etag).send().await;
    let status = head.err().and_then(|error| error.raw_response().map(|raw| raw.status().as_u16()));
    assert_eq!(status, Some(304));
    Ok(())
}
