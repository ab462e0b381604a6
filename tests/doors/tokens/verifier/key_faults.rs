//! A key endpoint that is down, slow or hostile.

use std::time::Duration;

use futures::future::join_all;
use http::StatusCode;
use serde_json::json;

use super::{FIRST_KEY, Reply, World, both_keys, first_token, second_token, token_of_nobody};
use crate::doors::forgery::jwk;

/// The largest key set that is read.
const MAX_BYTES: usize = 64 * 1024;
/// More than a fetch may take, and less than a person would wait.
const PATIENCE: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_fetch_that_failed_is_tried_again_after_five_seconds() {
    let world = World::answering(Reply::Status(StatusCode::INTERNAL_SERVER_ERROR)).await;
    for _ in 0..5 {
        assert!(world.is_at_a_loss(&first_token()).await);
    }
    assert_eq!(world.endpoint.fetches(), 1);
    world.endpoint.publishes(&both_keys());
    world.pass_millis(4_999);
    assert!(world.is_at_a_loss(&first_token()).await);
    assert_eq!(world.endpoint.fetches(), 1, "five seconds are not over yet");
    world.pass_millis(1);
    assert!(world.takes(&first_token()).await);
    assert_eq!(world.endpoint.fetches(), 2);
}

#[tokio::test]
async fn known_keys_work_while_the_key_endpoint_is_down() {
    let world = World::new().await;
    assert!(world.takes(&first_token()).await);
    world.endpoint.answers(Reply::Status(StatusCode::SERVICE_UNAVAILABLE));
    for fetches in 2..5 {
        world.pass_millis(60_000);
        assert!(world.is_at_a_loss(&second_token()).await, "whether the key exists cannot be told");
        assert_eq!(world.endpoint.fetches(), fetches);
        assert!(world.takes(&first_token()).await);
    }
    world.endpoint.publishes(&both_keys());
    world.pass_millis(5_000);
    assert!(world.takes(&second_token()).await);
}

#[tokio::test]
async fn answers_that_are_no_key_set_are_failures() {
    let elsewhere = World::new().await;
    let world = World::new().await;
    let no_key_sets = [
        Reply::Text(String::new()),
        Reply::Text("<html></html>".to_owned()),
        Reply::Text("{}".to_owned()),
        Reply::Text(json!({ "keys": "first" }).to_string()),
        Reply::Text(json!({ "keys": { "first": jwk("first", &FIRST_KEY) } }).to_string()),
        Reply::Text(format!("{}garbage", json!({ "keys": both_keys() }))),
        Reply::Text(format!("{}{}", "[".repeat(20_000), "]".repeat(20_000))),
        Reply::Status(StatusCode::NOT_FOUND),
        Reply::Status(StatusCode::NO_CONTENT),
        Reply::Redirect(elsewhere.endpoint.url()),
    ];
    for (n, reply) in no_key_sets.into_iter().enumerate() {
        world.endpoint.answers(reply);
        assert!(world.is_at_a_loss(&first_token()).await, "answer {n}");
        world.pass_millis(5_000);
    }
    assert_eq!(elsewhere.endpoint.fetches(), 0, "an address in an answer is not followed");
    world.endpoint.publishes(&both_keys());
    assert!(world.takes(&first_token()).await);
}

#[tokio::test]
async fn a_pool_without_keys_proves_nothing() {
    let world = World::answering(Reply::key_set(&[])).await;
    assert!(!world.takes(&first_token()).await);
    assert!(!world.takes(&token_of_nobody("")).await);
    assert_eq!(world.endpoint.fetches(), 1);
}

#[tokio::test]
async fn a_key_set_may_have_64_kib_and_no_more() {
    let sized = |bytes: usize| {
        let keys = json!({ "keys": both_keys(), "padding": "" }).to_string();
        let padding = " ".repeat(bytes - keys.len());
        keys.replace(r#""padding":"""#, &format!(r#""padding":"{padding}""#))
    };
    let world = World::answering(Reply::Text(sized(MAX_BYTES + 1))).await;
    assert!(world.is_at_a_loss(&first_token()).await, "one more");
    world.pass_millis(5_000);
    assert_eq!(sized(MAX_BYTES).len(), MAX_BYTES);
    world.endpoint.answers(Reply::Text(sized(MAX_BYTES)));
    assert!(world.takes(&first_token()).await, "the most");
}

/// The buffers of the two sockets take a few MiB, whoever reads them.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let world = World::answering(Reply::Endless).await;
    assert!(world.is_at_a_loss(&first_token()).await);
    let bytes = world.endpoint.endless_bytes();
    assert!(bytes > MAX_BYTES, "{bytes} bytes were sent, which would not be too many");
    assert!(bytes < 32 * 1024 * 1024, "{bytes} bytes were read");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_does_not_come_to_an_end_is_given_up() {
    let waits = [Reply::Nothing, Reply::HeadOnly, Reply::Trickle].map(|reply| async {
        let world = World::answering(reply).await;
        assert!(world.is_at_a_loss(&first_token()).await);
        assert_eq!(world.endpoint.fetches(), 1);
        world.endpoint.publishes(&both_keys());
        assert!(world.is_at_a_loss(&first_token()).await, "at once, as five seconds are not over by its clock");
        world.pass_millis(5_000);
        assert!(world.takes(&first_token()).await);
    });
    tokio::time::timeout(PATIENCE, join_all(waits)).await.expect("it is given up in time");
}
