//! What admins see of the backup, and how they start one.

use local::BackupTo;
use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::until};

const STATUS: &str = "{ backupStatus { state destination lastSucceededAt mediaCount objectsCopied message failures lastProof { proved tried records holds problem } } }";
const START: &str = "startBackup(input: $input) { status { state } userErrors { code message } }";

async fn status(admin: &Actor) -> Value {
    admin.gets(STATUS, json!({})).await["backupStatus"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_place_is_set_up_that_is_said_plainly() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let seen = status(&admin).await;
    assert_eq!(
        (&seen["state"], &seen["destination"], &seen["lastProof"]),
        (&json!("NEVER"), &Value::Null, &Value::Null)
    );
    assert_eq!(admin.mistakes(START, "StartBackupInput", json!({})).await, ["CONFLICT"]);
    let family = home.visitor().await;
    assert_eq!(family.refusals(START, "StartBackupInput", json!({})).await, ["FORBIDDEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_at_the_start_when_it_is_due_and_proved_and_whenever_an_admin_asks() {
    let disk = tempfile::tempdir().expect("a folder");
    let folder = Some(disk.path().to_owned());
    let home = Home::open_with(|options| options.backup = BackupTo { folder, ..BackupTo::default() }).await;
    let admin = home.admin().await;
    until(async || status(&admin).await["state"] == "SUCCEEDED").await;
    until(async || status(&admin).await["lastProof"]["holds"] == true).await;
    let seen = status(&admin).await;
    assert_eq!(seen["destination"], disk.path().display().to_string());
    assert_eq!((&seen["mediaCount"], &seen["failures"]), (&json!(0), &json!(0)));

    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = processor::testing::jpeg(&processor::testing::picture(40, 30, 3));
    admin.adds(&gallery, "a.jpg", "image/jpeg", &photo).await;
    admin.does(START, "StartBackupInput", json!({})).await;
    until(async || status(&admin).await["mediaCount"] == 1).await;
    admin.does(START, "StartBackupInput", json!({ "drill": true })).await;
    until(async || status(&admin).await["lastProof"]["tried"] == 1).await;
    let proof = status(&admin).await["lastProof"].take();
    assert_eq!((&proof["proved"], &proof["holds"], &proof["problem"]), (&json!(1), &json!(true), &Value::Null));
    assert!(proof["records"].as_i64().is_some_and(|records| records > 5), "{proof}");
    let jobs = home.system.store.originals().list("jobs/backup/").await.expect("the bucket answers");
    assert!(jobs.is_empty(), "{jobs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_gone_shows_in_the_settings() {
    let disk = tempfile::tempdir().expect("a folder");
    let folder = disk.path().join("backup");
    let backup = BackupTo { folder: Some(folder.clone()), ..BackupTo::default() };
    let home = Home::open_with(|options| options.backup = backup).await;
    let admin = home.admin().await;
    until(async || status(&admin).await["lastProof"]["holds"] == true).await;
    std::fs::remove_dir_all(disk.path()).expect("unplugged");
    admin.does(START, "StartBackupInput", json!({})).await;
    until(async || status(&admin).await["state"] == "FAILED").await;
    let message = status(&admin).await["message"].take();
    assert!(message.as_str().is_some_and(|message| message.contains("is the disk there?")), "{message}");
    assert!(!folder.exists(), "nothing was made in its place");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_tells_of_damage() {
    let disk = tempfile::tempdir().expect("a folder");
    let backup = BackupTo { folder: Some(disk.path().to_owned()), ..BackupTo::default() };
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = processor::testing::jpeg(&processor::testing::picture(40, 30, 3));
    admin.adds(&gallery, "a.jpg", "image/jpeg", &photo).await;
    let home = home.restart_with(|options| options.backup = backup).await;
    let admin = home.admin().await;
    until(async || status(&admin).await["lastProof"]["holds"] == true).await;
    let blob =
        std::fs::read_dir(disk.path().join("blobs")).expect("a folder").next().expect("a blob").expect("an entry");
    let mut bytes = std::fs::read(blob.path()).expect("a blob");
    bytes[10] ^= 1;
    std::fs::write(blob.path(), bytes).expect("written");
    admin.does(START, "StartBackupInput", json!({ "drill": true })).await;
    until(async || status(&admin).await["lastProof"]["holds"] == false).await;
    let problem = status(&admin).await["lastProof"]["problem"].take();
    assert!(problem.as_str().is_some_and(|problem| problem.contains("is damaged")), "{problem}");
}
