//! Clocks may be five seconds apart, and not one more.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{FIRST_KEY, START, World, token};

/// Whether a token is taken whose claim has this value, at the start of the clock.
async fn takes(world: &World, name: &str, value: Value) -> bool {
    world.takes(&token("first").with_claim(name, value).signed_by(&FIRST_KEY)).await
}

#[tokio::test]
async fn a_token_is_taken_up_to_five_seconds_after_its_end() {
    let world = World::new().await;
    for (exp, taken) in [(1, true), (0, true), (-1, true), (-4, true), (-5, false), (-6, false)] {
        assert_eq!(takes(&world, "exp", json!(START + exp)).await, taken, "its end is {exp} s from now");
    }
    let token = token("first").with_claim("exp", json!(START + 60)).signed_by(&FIRST_KEY);
    world.pass_millis(64_999);
    assert!(world.takes(&token).await, "a millisecond before");
    world.pass_millis(1);
    assert!(!world.takes(&token).await, "five seconds after its end");
}

#[tokio::test]
async fn a_token_may_come_from_up_to_five_seconds_ahead() {
    let world = World::new().await;
    for name in ["iat", "nbf"] {
        for (ahead, taken) in [(-60, true), (0, true), (4, true), (5, true), (6, false), (60, false)] {
            assert_eq!(takes(&world, name, json!(START + ahead)).await, taken, "{name} {ahead} s ahead");
        }
        let token = token("first").with_claim(name, json!(START + 65)).signed_by(&FIRST_KEY);
        world.pass_millis(59_999);
        assert!(!world.takes(&token).await, "{name}: a millisecond too early");
        world.pass_millis(1);
        assert!(world.takes(&token).await, "{name}: five seconds ahead");
        world.pass_millis(-60_000);
    }
}

#[tokio::test]
async fn times_at_the_end_of_what_a_number_holds_do_no_harm() {
    let world = World::new().await;
    for (name, value, taken) in [
        ("exp", json!(i64::MAX), true),
        ("exp", json!(u64::MAX), false),
        ("exp", json!(i64::MIN), false),
        ("iat", json!(i64::MAX), false),
        ("iat", json!(i64::MIN), false),
        ("iat", json!(-1), false),
        ("iat", json!(0), true),
        ("nbf", json!(i64::MAX), false),
        ("nbf", json!(i64::MIN), true),
        ("nbf", json!(0), true),
    ] {
        assert_eq!(takes(&world, name, value.clone()).await, taken, "{value} as {name}");
    }
    for clock in [i64::MAX, 0, i64::MIN] {
        world.millis.store(clock, Ordering::SeqCst);
        assert!(!takes(&world, "exp", json!(START)).await, "at {clock} ms");
    }
}
