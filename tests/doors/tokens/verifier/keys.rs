//! The keys are kept, and looked for again when a token names another: not more often than they should.

use std::sync::Arc;

use futures::future::join_all;

use super::{FIRST_KEY, Reply, START, World, both_keys, first_token, second_token, token_of_nobody};
use crate::doors::forgery::jwk;

const MINUTE_MILLIS: i64 = 60_000;

#[tokio::test]
async fn keys_are_fetched_once_and_kept() {
    let world = World::new().await;
    assert_eq!(world.endpoint.fetches(), 0, "not before they are needed");
    let token = first_token();
    for _ in 0..50 {
        assert!(world.takes(&token).await);
        world.pass_millis(10 * MINUTE_MILLIS);
    }
    assert_eq!(world.endpoint.fetches(), 1);
}

#[tokio::test]
async fn a_token_that_names_no_algorithm_of_ours_makes_nobody_look_for_keys() {
    let world = World::new().await;
    for alg in ["none", "HS256", "RS512", "PS256", "ES256"] {
        let token = super::token("first").with_header("alg", alg.into()).signed_by(&FIRST_KEY);
        assert!(!world.takes(&token).await, "{alg}");
    }
    assert_eq!(world.endpoint.fetches(), 0);
}

#[tokio::test]
async fn a_new_key_is_found_by_the_first_token_that_names_it() {
    let world = World::new().await;
    assert!(world.takes(&first_token()).await);
    world.endpoint.publishes(&both_keys());
    world.pass_millis(MINUTE_MILLIS);
    assert!(world.takes(&second_token()).await);
    assert!(world.takes(&first_token()).await, "the old key is published still");
    assert_eq!(world.endpoint.fetches(), 2);
}

#[tokio::test]
async fn a_key_that_is_gone_proves_nothing_after_the_next_fetch() {
    let world = World::new().await;
    assert!(world.takes(&first_token()).await);
    world.endpoint.publishes(&both_keys()[1..]);
    world.pass_millis(MINUTE_MILLIS);
    assert!(world.takes(&second_token()).await);
    assert!(!world.takes(&first_token()).await);
    world.pass_millis(MINUTE_MILLIS);
    assert!(!world.takes(&first_token()).await);
    assert_eq!(world.endpoint.fetches(), 3, "it was looked for once more, and is not there");
    assert!(world.takes(&second_token()).await);
}

#[tokio::test]
async fn an_unknown_key_is_looked_for_at_most_once_a_minute() {
    let world = World::new().await;
    assert!(world.takes(&first_token()).await);
    for n in 0..20 {
        assert!(!world.takes(&token_of_nobody(&format!("unknown {n}"))).await);
    }
    assert_eq!(world.endpoint.fetches(), 1);
    world.pass_millis(MINUTE_MILLIS - 1);
    assert!(!world.takes(&token_of_nobody("unknown")).await);
    assert_eq!(world.endpoint.fetches(), 1, "a minute is not over yet");
    world.pass_millis(1);
    assert!(!world.takes(&token_of_nobody("unknown")).await);
    assert_eq!(world.endpoint.fetches(), 2);
    assert!(!world.takes(&token_of_nobody("unknown")).await);
    assert_eq!(world.endpoint.fetches(), 2, "the next minute began");
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_keep_new_keys_out() {
    let world = World::new().await;
    world.pass_millis(24 * 60 * MINUTE_MILLIS);
    assert!(world.takes(&first_token()).await);
    world.endpoint.publishes(&both_keys());
    world.pass_millis(-23 * 60 * MINUTE_MILLIS);
    assert!(world.takes(&second_token()).await);
    assert_eq!(world.endpoint.fetches(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_unknown_keys_at_once_are_looked_for_once() {
    let world = World::new().await;
    assert!(world.takes(&first_token()).await);
    world.endpoint.publishes(&both_keys());
    world.pass_millis(MINUTE_MILLIS);
    world.endpoint.hold();
    let tokens: Vec<String> =
        (0..20).map(|n| if n % 2 == 0 { second_token() } else { token_of_nobody(&format!("unknown {n}")) }).collect();
    let all = async { join_all(tokens.iter().map(|token| world.takes(token))).await };
    let opened = async {
        world.endpoint.was_asked(2).await;
        // What is known needs no fetch, and does not wait for one.
        assert!(world.takes(&first_token()).await);
        world.endpoint.release();
    };
    let (taken, ()) = futures::join!(all, opened);
    assert_eq!(taken, (0..20).map(|n| n % 2 == 0).collect::<Vec<_>>());
    assert_eq!(world.endpoint.fetches(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_tokens_of_many_callers_fetch_once() {
    let world = World::new().await;
    let token = first_token();
    assert!(join_all((0..20).map(|_| world.takes(&token))).await.into_iter().all(|taken| taken));
    assert_eq!(world.endpoint.fetches(), 1);
}

/// Who sends a token and hangs up must not make the next one ask again, and again.
#[tokio::test(flavor = "multi_thread")]
async fn callers_who_hang_up_do_not_make_keys_be_fetched_more_often() {
    let world = Arc::new(World::new().await);
    world.endpoint.hold();
    let caller = world.clone();
    let hanging_up = tokio::spawn(async move { caller.takes(&token_of_nobody("unknown")).await });
    world.endpoint.was_asked(1).await;
    hanging_up.abort();
    assert!(hanging_up.await.expect_err("it was broken off").is_cancelled());
    world.endpoint.release();
    for _ in 0..5 {
        assert!(world.takes(&first_token()).await, "what was fetched for the one is there for the others");
    }
    assert!(!world.takes(&token_of_nobody("unknown")).await);
    assert_eq!(world.endpoint.fetches(), 1);
}

#[tokio::test]
async fn each_verifier_has_the_keys_of_its_own_pool() {
    let (world, other) = (World::new().await, World::answering(Reply::key_set(&both_keys()[1..])).await);
    assert!(world.takes(&first_token()).await);
    assert!(!other.takes(&first_token()).await);
    assert!(other.takes(&second_token()).await);
    assert_eq!((world.endpoint.fetches(), other.endpoint.fetches()), (1, 1));
}

#[tokio::test]
async fn what_a_good_token_says_is_handed_on() {
    let world = World::answering(Reply::key_set(&[jwk("first", &FIRST_KEY)])).await;
    let claims = world.verifier.verify(&first_token()).await.expect("a good token");
    assert_eq!((claims.sub.as_str(), claims.username.as_str()), (super::SUB, "anna"));
    assert_eq!((claims.iat, claims.exp, claims.auth_time), (START, START + 2 * 86_400, START));
}
