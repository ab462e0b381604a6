//! What is in the files, and who may read them.

use std::{
    fs,
    path::Path,
    sync::{Arc, atomic::AtomicI64},
};

use local::cognito::{OpenError, UserPool};
use serde_json::json;

use super::{
    PASSWORD, TestResult, World,
    answers::{EXCEEDED, INCORRECT, access, claims, refresh_token, words},
    server::{new_pool_files, settings},
};

#[tokio::test]
async fn a_restart_keeps_everything() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    world.add_to_group("anna", "admin").await?;
    world.create_user("ben", &[]).await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let session = world.challenged("ben", "temporary").await?;
    let ids = (world.pool.pool_id().to_owned(), world.pool.client_id().to_owned(), world.pool.issuer().to_owned());
    let keys = world.published("jwks.json").await?;

    let world = world.restart().await?;
    assert_eq!(ids, (world.pool.pool_id().into(), world.pool.client_id().into(), world.pool.issuer().into()));
    assert_eq!(world.published("jwks.json").await?, keys);
    assert_eq!(world.whoami(access(&anna)).await?, "anna");
    let refreshed = world.refresh(refresh_token(&anna)).await?;
    assert_eq!(claims(access(&refreshed))["cognito:groups"], json!(["admin"]));
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    assert!(world.respond(&session, "ben", PASSWORD, &[]).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn what_was_answered_is_in_the_files_of_a_running_pool() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    for _ in 0..5 {
        assert_eq!(words(world.sign_in("ben", "wrong password").await), INCORRECT);
    }
    let anna = world.sign_in("anna", PASSWORD).await?;
    // What a killed process leaves behind: nothing was closed.
    let left = tempfile::tempdir()?;
    for entry in fs::read_dir(world.dir.path())? {
        let entry = entry?;
        fs::copy(entry.path(), left.path().join(entry.file_name()))?;
    }
    let after = World::open(left, Arc::clone(&world.clock)).await?;
    assert!(after.refresh(refresh_token(&anna)).await.is_ok());
    assert_eq!(words(after.sign_in("ben", "wrong password").await), EXCEEDED);
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_only() -> TestResult {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new().await?;
    world.add_user("anna").await?;
    let modes = |dir: &Path| -> Result<Vec<u32>, std::io::Error> {
        fs::read_dir(dir)?.map(|entry| Ok(entry?.metadata()?.permissions().mode() & 0o777)).collect()
    };
    let modes = modes(world.dir.path())?;
    assert!(modes.len() > 1, "the write-ahead log is there too");
    assert!(modes.iter().all(|mode| *mode == 0o600), "{modes:?}");
    Ok(())
}

#[test]
fn a_file_of_a_newer_program_is_left_alone() -> TestResult {
    let dir = tempfile::tempdir()?;
    for (name, bytes) in new_pool_files() {
        fs::write(dir.path().join(name), bytes)?;
    }
    rusqlite::Connection::open(dir.path().join("cognito.sqlite3"))?.pragma_update(None, "user_version", 99)?;
    let opened = UserPool::open(dir.path(), settings(&Arc::new(AtomicI64::new(0))));
    assert!(matches!(opened, Err(OpenError::NewerLayout { found: 99, known: 1 })));
    Ok(())
}
