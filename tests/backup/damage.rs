//! The damage table: everything that can be wrong with a backup is found before anything live is touched.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use backup::{Depth, Manifest, Restored, nobody, verify};
use flate2::{Compression, write::GzEncoder};
use model::Sha256;
use serde_json::Value;

use super::{World, folder_place, hex_digest, restore_of};
use crate::support::Home;

/// A kind of damage: its name, how it is done to a backup, and whether a restore without the library sees it too.
type Kind = (&'static str, fn(&Disk), Seen);

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    /// By every check and every restore.
    Always,
    /// Where the library is still there to say which backup is its newest.
    BesideTheLibrary,
}

use Seen::{Always, BesideTheLibrary};

/// A backup in a folder: two manifests, of which the newer names eight photos.
struct Disk(PathBuf);

impl Disk {
    fn files(&self, folder: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.join(folder)).expect("a folder");
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        files
    }

    /// A photo of the newest backup.
    fn blob(&self, number: usize) -> PathBuf {
        let sha256 = self.manifest().media[number].sha256.to_string();
        self.0.join("blobs").join(sha256)
    }

    fn newest(&self) -> PathBuf {
        self.files("manifests").pop().expect("a manifest")
    }

    fn oldest(&self) -> PathBuf {
        self.files("manifests").remove(0)
    }

    fn manifest(&self) -> Manifest {
        serde_json::from_slice(&fs::read(self.newest()).expect("a manifest")).expect("JSON")
    }

    fn table(&self) -> PathBuf {
        self.0.join(self.manifest().table.key())
    }

    fn marker(&self) -> PathBuf {
        self.0.join("mantel-backup.json")
    }

    /// Puts a forged manifest into the place of the newest, with the name that its bytes have.
    fn forge(&self, change: impl FnOnce(&mut Value)) {
        let mut value: Value = serde_json::from_slice(&fs::read(self.newest()).expect("a manifest")).expect("JSON");
        change(&mut value);
        self.forge_bytes(&serde_json::to_vec(&value).expect("JSON"));
    }

    fn forge_bytes(&self, bytes: &[u8]) {
        let newest = self.newest();
        let name = newest.file_name().and_then(|name| name.to_str()).expect("a name");
        let (time, _) = name.split_once('-').expect("a time");
        let forged = newest.with_file_name(format!("{time}-{}.json", hex_digest(bytes)));
        fs::remove_file(&newest).expect("the manifest");
        fs::write(forged, bytes).expect("written");
    }

    /// As [`Self::forge`], by the types of the manifest, so that the order of its fields stays.
    fn forge_typed(&self, change: impl FnOnce(&mut Manifest)) {
        let mut manifest = self.manifest();
        change(&mut manifest);
        let (name, bytes) = manifest.written();
        fs::remove_file(self.newest()).expect("the manifest");
        fs::write(self.0.join(name), bytes).expect("written");
    }

    /// Replaces the table by other lines, and has the manifest name it.
    fn forge_table(&self, change: impl FnOnce(Vec<String>) -> Vec<String>) {
        let bytes = fs::read(self.table()).expect("the table");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut text).expect("gzip");
        let lines = change(text.lines().map(str::to_owned).collect());
        let text = lines.join("\n") + "\n";
        let packed = gzip(text.as_bytes());
        self.forge_typed(|manifest| {
            manifest.table.sha256 = digest(&packed);
            manifest.table.size_bytes = packed.len() as u64;
            manifest.table.lines_sha256 = digest(text.as_bytes());
            manifest.table.lines_bytes = text.len() as u64;
            manifest.table.items = lines.len() as u64;
        });
        fs::write(self.table(), packed).expect("written");
    }
}

fn digest(bytes: &[u8]) -> Sha256 {
    hex_digest(bytes).parse().expect("a digest")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Flips one bit of a file, at a share of its length.
fn flip(path: &Path, share: f64) {
    let mut bytes = fs::read(path).expect("a file");
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "files of tests are short"
    )]
    let at = ((bytes.len() - 1) as f64 * share) as usize;
    bytes[at] ^= 0x10;
    fs::write(path, bytes).expect("written");
}

fn cut(path: &Path, left: usize) {
    let bytes = fs::read(path).expect("a file");
    fs::write(path, &bytes[..left.min(bytes.len())]).expect("written");
}

fn shorten(path: &Path) {
    let length = fs::read(path).expect("a file").len();
    cut(path, length - 1);
}

fn append(path: &Path, more: &[u8]) {
    let mut bytes = fs::read(path).expect("a file");
    bytes.extend_from_slice(more);
    fs::write(path, bytes).expect("written");
}

fn swap(one: &Path, other: &Path) {
    let (first, second) = (fs::read(one).expect("a file"), fs::read(other).expect("a file"));
    fs::write(one, second).expect("written");
    fs::write(other, first).expect("written");
}

fn remove(path: &Path) {
    fs::remove_file(path).expect("a file");
}

const KINDS: &[Kind] = &[
    // Photos.
    ("a photo with a flipped bit at its start", |disk| flip(&disk.blob(0), 0.0), Always),
    ("a photo with a flipped bit in the middle", |disk| flip(&disk.blob(1), 0.5), Always),
    ("a photo with a flipped bit at its end", |disk| flip(&disk.blob(2), 1.0), Always),
    ("a photo cut by a byte", |disk| shorten(&disk.blob(3)), Always),
    ("a photo cut to half", |disk| cut(&disk.blob(4), 8), Always),
    ("an empty photo", |disk| cut(&disk.blob(5), 0), Always),
    ("a photo with a byte more", |disk| append(&disk.blob(6), b"x"), Always),
    ("a missing photo", |disk| remove(&disk.blob(7)), Always),
    ("two photos swapped", |disk| swap(&disk.blob(0), &disk.blob(7)), Always),
    (
        "a photo full of zeros",
        |disk| fs::write(disk.blob(1), vec![0; fs::read(disk.blob(1)).expect("a file").len()]).expect("written"),
        Always,
    ),
    (
        "a photo under another name",
        |disk| fs::rename(disk.blob(2), disk.0.join("blobs").join("0".repeat(64))).expect("renamed"),
        Always,
    ),
    (
        "a folder in the place of a photo",
        |disk| {
            remove(&disk.blob(3));
            fs::create_dir(disk.blob(3)).expect("a folder");
        },
        Always,
    ),
    ("all photos missing", |disk| disk.files("blobs").iter().for_each(|path| remove(path)), Always),
    ("no folder of photos", |disk| fs::remove_dir_all(disk.0.join("blobs")).expect("a folder"), Always),
    // The table.
    ("a table with a flipped bit at its start", |disk| flip(&disk.table(), 0.0), Always),
    ("a table with a flipped bit in the middle", |disk| flip(&disk.table(), 0.5), Always),
    ("a table with a flipped bit at its end", |disk| flip(&disk.table(), 1.0), Always),
    ("a table cut by a byte", |disk| shorten(&disk.table()), Always),
    ("a table cut to a few bytes", |disk| cut(&disk.table(), 12), Always),
    ("an empty table", |disk| cut(&disk.table(), 0), Always),
    ("a missing table", |disk| remove(&disk.table()), Always),
    ("a table with bytes more", |disk| append(&disk.table(), b"more"), Always),
    (
        "the tables of two days swapped",
        |disk| {
            let files = disk.files("db");
            swap(&files[0], &files[1]);
        },
        Always,
    ),
    ("a table of nothing", |disk| fs::write(disk.table(), gzip(b"")).expect("written"), Always),
    (
        "a table that unpacks to gigabytes",
        |disk| fs::write(disk.table(), gzip(&vec![b' '; 4 << 20])).expect("written"),
        Always,
    ),
    (
        "a table with a line less",
        |disk| {
            disk.forge_table(|mut lines| {
                lines.retain(|line| !line.contains("\"SK\":{\"S\":\"MED\"}") || !line.contains("0.jpg"));
                lines
            });
        },
        Always,
    ),
    (
        "a table with a line twice",
        |disk| {
            disk.forge_table(|mut lines| {
                lines.insert(0, lines[0].clone());
                lines
            });
        },
        Always,
    ),
    (
        "a table out of order",
        |disk| {
            disk.forge_table(|mut lines| {
                lines.reverse();
                lines
            });
        },
        Always,
    ),
    (
        "a table with a line of another form",
        |disk| {
            disk.forge_table(|mut lines| {
                lines[0] = lines[0].replace(':', ": ");
                lines
            });
        },
        Always,
    ),
    (
        "a table whose record has another photo's bytes",
        |disk| {
            disk.forge_table(|lines| {
                let other = "0".repeat(64);
                lines
                    .into_iter()
                    .map(|line| if line.contains("1.jpg") { with_sha256(&line, &other) } else { line })
                    .collect()
            });
        },
        Always,
    ),
    // The manifest.
    ("a manifest with a flipped bit at its start", |disk| flip(&disk.newest(), 0.0), Always),
    ("a manifest with a flipped bit in the middle", |disk| flip(&disk.newest(), 0.5), Always),
    ("a manifest with a flipped bit at its end", |disk| flip(&disk.newest(), 1.0), Always),
    ("a manifest cut to half", |disk| cut(&disk.newest(), 200), Always),
    ("an empty manifest", |disk| cut(&disk.newest(), 0), Always),
    ("a manifest with white space more", |disk| append(&disk.newest(), b"\n"), Always),
    ("the manifests of two days swapped", |disk| swap(&disk.newest(), &disk.oldest()), Always),
    (
        "an old manifest under the name of the new",
        |disk| {
            fs::copy(disk.oldest(), disk.newest()).expect("copied");
        },
        Always,
    ),
    (
        "a manifest under a later name",
        |disk| {
            let later = disk.newest().to_string_lossy().replace("manifests/20", "manifests/21");
            fs::rename(disk.newest(), later).expect("renamed");
        },
        Always,
    ),
    (
        "an old manifest that says it is new",
        |disk| {
            let bytes = fs::read(disk.oldest()).expect("a file");
            disk.forge_bytes(&bytes);
        },
        Always,
    ),
    ("a manifest that is no JSON", |disk| disk.forge_bytes(b"not JSON"), Always),
    ("a manifest of a form to come", |disk| disk.forge_typed(|manifest| manifest.format = 9), Always),
    ("a manifest with an unknown field", |disk| disk.forge(|value| value["surprise"] = Value::from(1)), Always),
    (
        "a manifest without a field",
        |disk| {
            disk.forge(|value| {
                value.as_object_mut().expect("an object").remove("gone");
            });
        },
        Always,
    ),
    (
        "a manifest with a photo less",
        |disk| {
            disk.forge_typed(|manifest| {
                manifest.media.pop();
            });
        },
        Always,
    ),
    (
        "a manifest with a photo twice",
        |disk| disk.forge_typed(|manifest| manifest.media.push(manifest.media[0].clone())),
        Always,
    ),
    (
        "a manifest with a photo that has no record",
        |disk| {
            disk.forge_typed(|manifest| {
                manifest.media[0].id = "med_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id");
            });
        },
        Always,
    ),
    (
        "a manifest with another photo's bytes",
        |disk| disk.forge_typed(|manifest| manifest.media[0].sha256 = manifest.media[1].sha256),
        Always,
    ),
    ("a manifest with another length", |disk| disk.forge_typed(|manifest| manifest.media[0].size_bytes += 1), Always),
    (
        "a manifest of another library",
        |disk| disk.forge_typed(|manifest| "another".clone_into(&mut manifest.library)),
        Always,
    ),
    ("a manifest with fewer items", |disk| disk.forge_typed(|manifest| manifest.table.items -= 1), Always),
    (
        "a manifest with another table",
        |disk| disk.forge_typed(|manifest| manifest.table.sha256 = digest(b"other")),
        Always,
    ),
    (
        "a manifest with other lines",
        |disk| disk.forge_typed(|manifest| manifest.table.lines_sha256 = digest(b"other")),
        Always,
    ),
    ("a manifest that forgot what was erased", |disk| disk.forge_typed(|manifest| manifest.erased.clear()), Always),
    (
        "a file among the manifests that is none",
        |disk| fs::write(disk.0.join("manifests/20990101T000000000Z.json"), b"{}").expect("written"),
        Always,
    ),
    ("no manifest at all", |disk| disk.files("manifests").iter().for_each(|path| remove(path)), Always),
    ("the newest manifest missing", |disk| remove(&disk.newest()), BesideTheLibrary),
    // The marker.
    ("no marker", |disk| remove(&disk.marker()), Always),
    ("an empty marker", |disk| cut(&disk.marker(), 0), Always),
    (
        "a marker of another library",
        |disk| fs::write(disk.marker(), br#"{"format":1,"library":"another"}"#).expect("written"),
        Always,
    ),
    (
        "a marker of a form to come",
        |disk| {
            let text = fs::read_to_string(disk.marker()).expect("a file");
            fs::write(disk.marker(), text.replace("\"format\":1", "\"format\":9")).expect("written");
        },
        Always,
    ),
];

/// A line with another digest in the place of its own.
fn with_sha256(line: &str, other: &str) -> String {
    match line.split_once("\"sha256\":{\"S\":\"") {
        Some((before, after)) => format!("{before}\"sha256\":{{\"S\":\"{other}{}", &after[64..]),
        None => line.to_owned(),
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_damage_is_found_before_anything_is_touched() {
    let world = World::new().await;
    let gallery = world.gallery_with(7).await;
    world.store().note_erasure("usr_00000000-0000-0000-0000-000000000001", world.home.now()).await.expect("noted");
    world.backs_up().await;
    world.home.pass_seconds(1);
    world.adds(gallery, 9).await;
    world.backs_up().await;
    let record = world.store().get_backup().await.expect("the table answers");
    let empty = Home::open_with(|options| options.processes = false).await;
    let before = empty.system.store.dump_table(empty.now()).await.expect("the table answers");
    assert!(KINDS.len() >= 50);
    let mut missed = Vec::new();
    for (kind, damage, seen) in KINDS {
        let scratch = tempfile::tempdir().expect("a folder");
        copy_folder(world.disk.path(), scratch.path());
        damage(&Disk(scratch.path().to_owned()));
        let place =
            backup::Place::new("disk", backup::Kind::Folder(backup::Folder::at(scratch.path())), None, super::ids());
        let verified = verify(&place, record.as_ref(), None, Depth::Bytes, &nobody()).await;
        if verified.and_then(backup::Verified::sound).is_ok() {
            missed.push(format!("{kind}: not found by verify"));
        }
        if *seen == BesideTheLibrary {
            continue;
        }
        if let Ok(Restored::Done(_) | Restored::AskedBack(_)) = restore_of(&empty, place, nobody()).all(None).await {
            missed.push(format!("{kind}: restored"));
        }
        let after = empty.system.store.dump_table(empty.now()).await.expect("the table answers");
        assert_eq!(after, before, "{kind} touched the table");
        assert!(empty.system.store.get_backup().await.expect("the table answers").is_none(), "{kind}");
        assert!(super::originals(&empty.system.store).await.is_empty(), "{kind} touched the bucket");
    }
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(world.verifies().await.is_ok(), "the backup itself is sound, so that the table says something");
    let place = folder_place(world.disk.path()).await;
    assert!(restore_of(&empty, place, nobody()).all(None).await.is_ok());
}
