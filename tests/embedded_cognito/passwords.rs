//! Passwords: temporary, chosen, changed and set.

use serde_json::json;

use super::{
    PASSWORD, TestResult, World,
    answers::{EXCEEDED, INCORRECT, NO_SESSION, access, claims, id, kind, refresh_token, words},
};

#[tokio::test]
async fn the_first_password_is_chosen_once() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[("email", "anna@family.example"), ("name", "A.")]).await?;
    world.create_user("ben", &[]).await?;
    let session = world.challenged("anna", "temporary").await?;
    let other_session = world.challenged("anna", "temporary").await?;

    assert_eq!(kind(world.respond(&session, "anna", "short", &[]).await), "InvalidPasswordException");
    assert_eq!(words(world.respond(&session, "ben", PASSWORD, &[]).await), NO_SESSION);
    assert_eq!(words(world.respond("made up", "anna", PASSWORD, &[]).await), NO_SESSION);
    let steal = [("userAttributes.email", "ben@family.example")];
    assert_eq!(kind(world.respond(&session, "anna", PASSWORD, &steal).await), "NotAuthorizedException");

    let anna = world.respond(&session, "ANNA", PASSWORD, &[("userAttributes.name", "Anna")]).await?;
    let id = claims(id(&anna));
    assert_eq!((&id["name"], &id["email_verified"]), (&json!("Anna"), &json!(false)));
    for session in [&session, &other_session] {
        assert_eq!(words(world.respond(session, "anna", "another password", &[]).await), NO_SESSION);
    }
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    assert_eq!(words(world.sign_in("anna", "temporary").await), INCORRECT);
    Ok(())
}

#[tokio::test]
async fn concurrent_answers_to_one_challenge_win_once() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[]).await?;
    let session = world.challenged("anna", "temporary").await?;
    let passwords: Vec<String> = (0..8).map(|n| format!("password {n}")).collect();
    let answers = passwords.iter().map(|password| world.respond(&session, "anna", password, &[]));
    let answers = futures::future::join_all(answers).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let winner = answers.iter().position(Result::is_ok).expect("one won");
    assert!(world.sign_in("anna", &passwords[winner]).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn sessions_and_temporary_passwords_end() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[]).await?;
    let session = world.challenged("anna", "temporary").await?;
    world.pass_seconds(180);
    let late = world.respond(&session, "anna", PASSWORD, &[]).await;
    assert_eq!(words(late), "NotAuthorizedException: Invalid session for the user, session is expired.");

    let session = world.challenged("anna", "temporary").await?;
    world.set_password("anna", "temporary2", false).await?;
    assert_eq!(words(world.respond(&session, "anna", PASSWORD, &[]).await), NO_SESSION);

    world.pass_seconds(7 * 86_400);
    let late = world.sign_in("anna", "temporary2").await;
    assert_eq!(
        words(late),
        "NotAuthorizedException: Temporary password has expired and must be reset by an administrator."
    );
    assert_eq!(words(world.sign_in("anna", "wrong password").await), INCORRECT);
    world.set_password("anna", "temporary3", false).await?;
    world.challenged("anna", "temporary3").await?;
    Ok(())
}

#[tokio::test]
async fn people_change_their_password_by_the_old_one() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let token = access(&anna);

    assert_eq!(kind(world.change_password(token, PASSWORD, "short").await), "InvalidPasswordException");
    assert_eq!(kind(world.change_password(token, PASSWORD, &"x".repeat(257)).await), "InvalidParameterException");
    assert_eq!(words(world.change_password(token, "wrong password", "new password").await), INCORRECT);
    assert_eq!(kind(world.change_password(id(&anna), PASSWORD, "new password").await), "NotAuthorizedException");
    world.change_password(token, PASSWORD, "new password").await?;
    assert!(world.sign_in("anna", "new password").await.is_ok());
    assert_eq!(words(world.sign_in("anna", PASSWORD).await), INCORRECT);
    assert!(world.refresh(refresh_token(&anna)).await.is_ok());

    for _ in 0..4 {
        assert_eq!(words(world.change_password(token, PASSWORD, "new password").await), INCORRECT);
    }
    assert_eq!(words(world.change_password(token, "new password", "newer password").await), EXCEEDED);
    assert_eq!(words(world.sign_in("anna", "new password").await), EXCEEDED, "both count alike");
    world.pass_seconds(1);
    world.change_password(token, "new password", "newer password").await?;
    Ok(())
}

#[tokio::test]
async fn a_password_set_by_an_administrator_signs_out() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    assert_eq!(kind(world.set_password("anna", "short", true).await), "InvalidPasswordException");
    assert_eq!(kind(world.set_password("nobody", PASSWORD, true).await), "UserNotFoundException");
    world.set_password("anna", "new password", false).await?;
    assert_eq!(kind(world.refresh(refresh_token(&anna)).await), "NotAuthorizedException");
    assert_eq!(kind(world.whoami(access(&anna)).await), "NotAuthorizedException");
    let session = world.challenged("anna", "new password").await?;
    assert!(world.respond(&session, "anna", "äöü äöü!", &[]).await.is_ok(), "length is in characters");
    Ok(())
}
