//! The events of new objects.

use std::sync::atomic::Ordering;

use local::s3::Keys;
use model::Timestamp;

use super::{BUCKET, OTHER, Outcome, START_MILLIS, World};

#[tokio::test]
async fn an_event_is_tried_until_it_is_delivered_or_dead() -> Outcome {
    let world = World::new().await?;
    let store = &world.store;
    let mut put = store.events_put();
    let etag = world.put("a b/é", "hello").await?;
    put.changed().await?;
    let copy = world.client.copy_object().bucket(BUCKET).key("copy").copy_source("originals/a%20b/%C3%A9");
    copy.send().await?;
    let silent = world.client.put_object().bucket(OTHER).key("silent").send().await?;
    assert!(silent.e_tag().is_some());
    let events = store.due_events(Keys::Any, 10).await?;
    assert_eq!(events.iter().map(|event| event.key.as_str()).collect::<Vec<_>>(), ["a b/é", "copy"]);
    assert_eq!((events[0].bucket.as_str(), events[0].size_bytes, events[0].attempts), (BUCKET, 5, 0));
    assert_eq!(format!("\"{}\"", events[0].etag), etag);
    assert_eq!(events[0].created.unix_millis(), START_MILLIS);
    assert!(events[0].sequencer < events[1].sequencer);
    assert_eq!(store.due_events(Keys::Any, 1).await?.len(), 1);
    store.complete_event(events[1].id).await?;
    let id = events[0].id;
    for attempt in 1..=5 {
        assert_eq!(
            store.due_events(Keys::Any, 10).await?.iter().map(|event| event.attempts).collect::<Vec<_>>(),
            [attempt - 1]
        );
        store.fail_event(id, &format!("failure {attempt}")).await?;
        assert_eq!(store.due_events(Keys::Any, 10).await?, []);
        let wait = 1 << attempt;
        if attempt < 5 {
            let now = Timestamp::from_unix_millis(world.now.load(Ordering::SeqCst));
            assert_eq!(store.next_due(Keys::Any).await?, Some(now.plus_seconds(wait)));
        }
        world.pass_seconds(wait - 1);
        assert_eq!(store.due_events(Keys::Any, 10).await?, []);
        world.pass_seconds(1);
    }
    assert_eq!((store.due_events(Keys::Any, 10).await?, store.next_due(Keys::Any).await?), (vec![], None));
    let dead = store.dead_events().await?;
    assert_eq!((dead.len(), dead[0].reason.as_str(), dead[0].event.attempts), (1, "failure 5", 5));
    assert_eq!((store.redrive().await?, store.redrive().await?), (1, 0));
    assert_eq!(store.due_events(Keys::Any, 10).await?.iter().map(|event| event.attempts).collect::<Vec<_>>(), [0]);
    assert_eq!(store.dead_events().await?, []);
    Ok(())
}

#[tokio::test]
async fn an_event_whose_deliveries_never_end_is_dead_after_three() -> Outcome {
    let mut world = World::new().await?;
    world.put("poison", "boom").await?;
    for _ in 0..3 {
        let id = world.store.due_events(Keys::Any, 1).await?[0].id;
        assert!(world.store.begin_event(id).await?);
        // As if it had ended the process.
        world = world.restarted().await?;
    }
    let id = world.store.due_events(Keys::Any, 1).await?[0].id;
    assert!(!world.store.begin_event(id).await?);
    assert_eq!(world.store.due_events(Keys::Any, 1).await?, []);
    let dead = world.store.dead_events().await?;
    assert!(dead[0].reason.starts_with("Mantel ended while it worked on this file"), "{}", dead[0].reason);
    world.store.redrive().await?;
    assert!(world.store.begin_event(id).await?);
    Ok(())
}
