//! Backups through the library and its real services: made, cut off, damaged, restored, proved.

mod api;
mod archive;
mod big;
mod cloud;
mod command;
mod damage;
mod erased;
mod first_release;
mod gallery;
mod guards;
mod interrupted;
mod runs;
mod second_copy;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use backup::{
    Backup, Depth, Folder, Kind, NewId, Observer, Place, Restore, RestoreReport, Restored, RunOptions, RunReport,
    Verified, nobody, verify,
};
use model::{
    Announcement, FileName, Gallery, GalleryId, Media, MediaId, MediaKind, Sha256, Timestamp, Title, UserId,
    Visibility, object_key::OriginalsKey,
};
use sha2::Digest;
use store::{Fetched, Line, Store};
use tempfile::TempDir;
use ulid::Ulid;

use crate::support::Home;

/// A library and a folder for its backups.
struct World {
    home: Home,
    disk: TempDir,
}

impl World {
    /// Nothing processes what comes in, so that everything stays as the test made it.
    async fn new() -> Self {
        let home = Home::open_with(|options| options.processes = false).await;
        Self { home, disk: tempfile::tempdir().expect("a temporary folder") }
    }

    fn store(&self) -> &Store {
        &self.home.system.store
    }

    async fn place(&self) -> Place {
        folder_place(self.disk.path()).await
    }

    async fn backup(&self) -> Backup {
        backup_of(&self.home, vec![self.place().await])
    }

    /// Makes a backup that must be whole.
    async fn backs_up(&self) -> RunReport {
        let report = self.backup().await.run(RunOptions::default()).await.expect("a backup");
        assert!(report.is_whole(), "{report:?}");
        report
    }

    async fn verifies(&self) -> Result<Verified, backup::Error> {
        let record = self.store().get_backup().await.expect("the table answers");
        verify(&self.place().await, record.as_ref(), None, Depth::Bytes, &nobody()).await.and_then(Verified::sound)
    }

    /// The table as a backup keeps it.
    async fn lines(&self) -> Vec<Line> {
        self.store().dump_table(self.home.now()).await.expect("the table answers")
    }

    /// A gallery with so many small photos that nothing has looked at, written straight into table and bucket.
    async fn gallery_with(&self, photos: u32) -> GalleryId {
        let (id, admin) = (GalleryId::new(Ulid::from_parts(1, 7)), user(&self.home, "admin").await);
        let title = Title::parse("Summer", "title").expect("a title");
        let gallery = Gallery::new(id, title, Visibility::Family, admin, self.home.now());
        assert!(self.store().put_gallery(&gallery).await.expect("the table answers"));
        for number in 0..photos {
            self.adds(id, number).await;
        }
        id
    }

    async fn adds(&self, gallery: GalleryId, number: u32) -> MediaId {
        let admin = user(&self.home, "admin").await;
        let media = put_media(self.store(), gallery, admin, number).await;
        assert!(self.store().admit_media(&media, self.home.now()).await.expect("the table answers"));
        media.id
    }
}

/// Its bytes are of its number.
fn bytes_of(number: u32) -> Vec<u8> {
    format!("photo {number} ").repeat(usize::try_from(number % 7 + 1).expect("a small number")).into_bytes()
}

async fn put_media(store: &Store, gallery: GalleryId, by: UserId, number: u32) -> Media {
    put_bytes(store, gallery, by, number, &bytes_of(number)).await
}

/// Announces a photo, and puts its bytes into the bucket.
async fn put_bytes(store: &Store, gallery: GalleryId, by: UserId, number: u32, bytes: &[u8]) -> Media {
    let media = media_of(gallery, by, number, bytes);
    store.announce_media(&media).await.expect("the table answers");
    let key = OriginalsKey::Original(media.id).to_string();
    assert!(put(store, &key, bytes).await);
    media
}

async fn put(store: &Store, key: &str, bytes: &[u8]) -> bool {
    let bucket = store.originals();
    let mut writer = bucket.writer(key, bytes.len() as u64, Some("image/jpeg"), false);
    writer.write(bytes).await.expect("the bucket answers");
    writer.finish().await.expect("the bucket answers")
}

fn media_of(gallery: GalleryId, by: UserId, number: u32, bytes: &[u8]) -> Media {
    Media::from(Announcement {
        id: MediaId::new(Ulid::from_parts(1_700_000_000_000 + u64::from(number), u128::from(number) + 1)),
        gallery_id: gallery,
        kind: MediaKind::Photo,
        file_name: FileName::parse(&format!("{number}.jpg"), "fileName").expect("a file name"),
        content_type: "image/jpeg".to_owned(),
        size_bytes: bytes.len() as u64,
        sha256: Sha256::new(sha2::Sha256::digest(bytes).into()),
        file_modified_at: Some(Timestamp::from_unix_seconds(1_600_000_000 + i64::from(number) * 60)),
        uploaded_by: by,
        created_at: Timestamp::from_unix_seconds(1_700_000_000 + i64::from(number)),
    })
}

async fn user(home: &Home, account: &str) -> UserId {
    home.system.store.find_account(account).await.expect("the pool answers").expect("the account").id
}

/// Ids that no other test of this process has.
fn ids() -> NewId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Arc::new(|| Ulid::from_parts(1, u128::from(NEXT.fetch_add(1, Ordering::Relaxed))))
}

async fn folder_place(path: &Path) -> Place {
    let folder = Folder::open(path).await.expect("a folder");
    Place::new("disk", Kind::Folder(folder), None, ids())
}

fn backup_of(home: &Home, places: Vec<Place>) -> Backup {
    Backup { store: home.system.store.clone(), places, clock: home.clock(), new_id: ids(), observer: nobody() }
}

fn restore_of(home: &Home, place: Place, observer: Observer) -> Restore {
    let random: backup::Random = Arc::new(|bytes: &mut [u8]| bytes.fill(7));
    Restore { store: home.system.store.clone(), place, clock: home.clock(), random, observer }
}

/// Restores the newest backup of a folder into a new library, and gives both.
async fn restored(disk: &Path) -> (Home, RestoreReport) {
    restored_into(Home::open_with(|options| options.processes = false).await, disk).await
}

/// The same, where the new library has a user pool of its own, with other ids.
async fn restored_elsewhere(disk: &Path) -> (Home, RestoreReport) {
    let folder = tempfile::tempdir().expect("a folder");
    restored_into(Home::on(folder, |options| options.processes = false).await, disk).await
}

async fn restored_into(home: Home, disk: &Path) -> (Home, RestoreReport) {
    let place = folder_place(disk).await;
    let report = match restore_of(&home, place, nobody()).all(None).await.expect("a restore") {
        Restored::Done(report) => report,
        Restored::AskedBack(objects) => panic!("{objects} objects are in an archive"),
    };
    (home, report)
}

/// All originals of a library, by key.
async fn originals(store: &Store) -> BTreeMap<String, Vec<u8>> {
    let bucket = store.originals();
    let mut found = BTreeMap::new();
    for listed in bucket.list("originals/").await.expect("the bucket answers") {
        let Fetched::Body(mut body) = bucket.get(&listed.key).await.expect("the bucket answers") else {
            panic!("{} was listed", listed.key)
        };
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await.expect("the object can be read") {
            bytes.extend_from_slice(&chunk);
        }
        found.insert(listed.key, bytes);
    }
    found
}

/// The lines of a table with the ids of people of another pool in the place of its own.
async fn renamed(lines: &[Line], from: &Home, to: &Home) -> Vec<Line> {
    let mut names = Vec::new();
    for account in ["admin", "family"] {
        names.push((user(from, account).await.sub(), user(to, account).await.sub()));
    }
    let mut lines: Vec<Line> = lines.iter().map(|line| line.renamed(&names).expect("a line")).collect();
    lines.sort_unstable();
    lines
}

fn hex_digest(bytes: &[u8]) -> String {
    Sha256::new(sha2::Sha256::digest(bytes).into()).to_string()
}
