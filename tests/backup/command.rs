//! `mantel backup`, as people type it.

use std::path::Path;

use serde_json::Value;

use super::World;
use crate::stories::instance::{ends, program};

struct Ended {
    success: bool,
    /// The last line of the standard output.
    said: Value,
    all: String,
}

async fn mantel(data: &Path, disk: &Path, args: &[&str]) -> Ended {
    let mut command = program(data);
    command.arg("--backup-to").arg(disk).arg("backup").args(args);
    let output = ends(command).await;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = text.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let all = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
    Ended { success: output.status.success(), said, all }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_is_backed_up_checked_lost_and_restored_by_commands() {
    let world = World::new().await;
    world.gallery_with(5).await;
    let World { home, disk } = world;
    let data = home.stop().await;
    let run = mantel(data.path(), disk.path(), &["run"]).await;
    assert!(run.success && run.said["report"]["media"] == 5, "{}", run.all);
    assert!(run.all.contains(r#""stage":"copying""#), "progress for programs: {}", run.all);
    let list = mantel(data.path(), disk.path(), &["list"]).await;
    assert!(list.success && list.all.contains("5 photos and videos"), "{}", list.all);
    let verify = mantel(data.path(), disk.path(), &["verify"]).await;
    assert!(verify.success && verify.said["read"] == 5, "{}", verify.all);
    let drill = mantel(data.path(), disk.path(), &["drill", "--all"]).await;
    assert!(drill.success && drill.said["proof"]["proved"] == 5, "{}", drill.all);
    let prune = mantel(data.path(), disk.path(), &["prune", "--keep-days", "30"]).await;
    assert!(prune.success && prune.said["backups"] == 0, "{}", prune.all);
    let refused = mantel(data.path(), disk.path(), &["restore"]).await;
    assert!(!refused.success && refused.all.contains("not empty"), "{}", refused.all);

    let new = tempfile::tempdir().expect("a folder");
    let data = new.path().join("library");
    let restored = mantel(&data, disk.path(), &["restore"]).await;
    assert!(restored.success && restored.said["originals"] == 5, "{}", restored.all);
    let accounts = restored.said["passwords"].as_array().expect("passwords").iter();
    let mut names: Vec<&str> = accounts.map(|made| made["account"].as_str().expect("a name")).collect();
    names.sort_unstable();
    assert_eq!(names, ["admin", "family"]);
    let again = mantel(&data, disk.path(), &["run"]).await;
    assert!(
        again.success && again.said["report"]["objectsCopied"] == 0,
        "it goes on with the same backup: {}",
        again.all
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_place_the_command_says_what_to_name() {
    let world = World::new().await;
    let data = world.home.stop().await;
    let mut command = program(data.path());
    command.args(["backup", "run"]);
    let output = ends(command).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("--backup-to"), "{said}");
}
