//! Wrong passwords lock a name for a while.

use super::{
    PASSWORD, TestResult, World,
    answers::{EXCEEDED, INCORRECT, words},
};

#[tokio::test]
async fn wrong_passwords_lock_out_known_and_unknown_names_alike() -> TestResult {
    let mut world = World::new().await?;
    world.add_user("anna").await?;
    for _ in 0..5 {
        for name in ["anna", "nobody"] {
            assert_eq!(words(world.sign_in(name, "wrong password").await), INCORRECT);
        }
    }
    for lock_seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        world = world.restart().await?;
        for name in ["anna", "nobody"] {
            assert_eq!(words(world.sign_in(name, PASSWORD).await), EXCEEDED, "{name} is locked {lock_seconds} s");
        }
        world.pass_seconds(lock_seconds);
        for name in ["ANNA", "Nobody"] {
            assert_eq!(words(world.sign_in(name, "wrong password").await), INCORRECT);
        }
    }
    world.pass_seconds(900);
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    for _ in 0..5 {
        assert_eq!(words(world.sign_in("anna", "wrong password").await), INCORRECT, "a success forgets failures");
    }
    assert_eq!(words(world.sign_in("anna", PASSWORD).await), EXCEEDED);
    world.set_password("anna", "new password", true).await?;
    assert!(world.sign_in("anna", "new password").await.is_ok(), "an administrator ends the lock-out");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_guesses_are_each_counted_before_they_are_tried() -> TestResult {
    let world = World::new().await?;
    let sub = world.add_user("anna").await?;
    let names_of_anna = ["anna", "ANNA", sub.as_str()];
    for names in [names_of_anna, ["nobody"; 3]] {
        let guesses = (0..20).map(|n| world.sign_in(names[n % 3], "wrong password"));
        let refusals: Vec<String> =
            futures::future::join_all(guesses).await.into_iter().filter_map(Result::err).collect();
        let count = |words: &str| refusals.iter().filter(|refusal| *refusal == words).count();
        assert_eq!((count(INCORRECT), count(EXCEEDED)), (5, 15), "{names:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_right_sign_ins_at_once_are_no_failures() -> TestResult {
    let world = World::new().await?;
    world.add_user("guest").await?;
    let sign_ins = futures::future::join_all((0..30).map(|_| world.sign_in("guest", PASSWORD))).await;
    for result in sign_ins {
        result?;
    }
    Ok(())
}

#[tokio::test]
async fn attempts_are_forgotten_after_a_day() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    for name in ["anna", "nobody"] {
        for _ in 0..5 {
            assert_eq!(words(world.sign_in(name, "wrong password").await), INCORRECT);
        }
    }
    world.pass_seconds(86_400);
    for name in ["anna", "nobody"] {
        for _ in 0..5 {
            assert_eq!(words(world.sign_in(name, "wrong password").await), INCORRECT);
        }
        assert_eq!(words(world.sign_in(name, "wrong password").await), EXCEEDED);
    }
    Ok(())
}

#[tokio::test]
async fn a_clock_set_back_does_not_lock_for_longer() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    for _ in 0..5 {
        assert_eq!(words(world.sign_in("anna", "wrong password").await), INCORRECT);
    }
    world.pass_seconds(-86_400);
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    Ok(())
}
