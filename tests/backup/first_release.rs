//! A backup of the form that the first release wrote stays restorable. `first_release/` is one, of two photos; it is never
//! written anew.

use std::path::{Path, PathBuf};

use backup::{Depth, Folder, Kind, Place, Restored, nobody, verify};

use super::{hex_digest, ids, originals, restore_of};
use crate::support::Home;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/backup/first_release")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_the_first_release_is_restored() {
    let place = Place::new("disk", Kind::Folder(Folder::at(&folder())), None, ids());
    let verified = verify(&place, None, None, Depth::Bytes, &nobody()).await.and_then(backup::Verified::sound);
    let verified = verified.expect("it is sound");
    assert_eq!((verified.manifest.format, verified.manifest.media.len(), verified.read), (1, 2, 2));
    let home = Home::open_with(|options| options.processes = false).await;
    let ended = restore_of(&home, place, nobody()).all(None).await.expect("a restore");
    assert!(matches!(ended, Restored::Done(report) if report.originals == 2));
    let mut digests: Vec<String> =
        originals(&home.system.store).await.values().map(|bytes| hex_digest(bytes)).collect();
    let mut expected: Vec<String> = verified.manifest.media.iter().map(|entry| entry.sha256.to_string()).collect();
    digests.sort();
    expected.sort();
    assert_eq!(digests, expected);
    let restored = home.system.store.dump_table(home.now()).await.expect("the table answers");
    let texts: String = restored.iter().map(store::Line::text).collect();
    for kept in ["Summer by the lake", "How lovely", "Aunt Rosa"] {
        assert!(texts.contains(kept), "{kept}");
    }
}
