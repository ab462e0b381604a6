//! Leaving at any time: the library as plain files, and one person's part of it; and being forgotten.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use processor::testing::{jpeg, picture};
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{UPDATE_MEDIA, photo},
};

const HOSTILE: &str = "<script>alert('x')</script> & \"quoted\" ]]> -->";

fn mantel(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mantel"));
    command.args(arguments).arg("--data").arg(data).output().expect("it starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn exports(folder: &Path, dir: &Path, more: &[&str]) -> String {
    let output = mantel(&[&["export", dir.to_str().expect("a path")], more].concat(), folder);
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

/// The files of a folder by their paths, `/` between the parts.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, at: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(at).expect("a folder") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let parts: Vec<_> =
                    path.strip_prefix(root).expect("within").iter().map(|part| part.to_string_lossy()).collect();
                found.insert(parts.join("/"), fs::read(&path).expect("a file"));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(dir, dir, &mut found);
    found
}

fn originals(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<&str, &[u8]> {
    let is_original = |path: &str| {
        let named = [".json", ".xmp", ".html", ".txt"].iter().any(|ending| path.ends_with(ending));
        !named && !path.contains("/album/")
    };
    files.iter().filter(|(path, _)| is_original(path)).map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect()
}

async fn captions(actor: &Actor, id: &str, caption: &str) {
    actor.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": id, "caption": caption })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_leaves_as_plain_files_and_an_album() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (lake, con) =
        (admin.makes_gallery("Summer: at the lake?", "FAMILY").await, admin.makes_gallery("CON", "PRIVATE").await);
    let (first, second) = (photo("2024:07:01 10:00:00"), jpeg(&picture(40, 30, 7)));
    let id = admin.adds(&lake, "IMG_1.jpg", "image/jpeg", &first).await["id"].as_str().expect("an id").to_owned();
    captions(&admin, &id, HOSTILE).await;
    admin.comments(&id, HOSTILE).await;
    let third = photo("2024:07:01 12:00:00");
    admin.adds(&lake, "img_1.JPG", "image/jpeg", &third).await;
    admin.adds(&con, "..\u{202e}/../x.jpg", "image/jpeg", &second).await;
    let folder = home.stop().await;
    let dir = tempfile::tempdir().expect("a folder");

    let text = exports(folder.path(), dir.path(), &[]);
    assert!(text.contains("3 photos and films are in"), "{text}");
    let found = files(dir.path());
    let kept = originals(&found);
    assert_eq!(kept.len(), 3, "{:?}", found.keys());
    assert_eq!(kept["Summer_ at the lake_/2024/2024-07/2024-07-01 IMG_1.jpg"], first);
    let other = kept.keys().find(|path| path.contains("img_1 (")).expect("case alone is no difference");
    assert_eq!(kept[other], third);
    assert!(kept.iter().any(|(path, bytes)| path.starts_with("_CON/") && *bytes == second), "{:?}", kept.keys());
    assert!(found.keys().all(|path| !path.chars().any(|c| "<>:\"\\|?*\u{202e}".contains(c))), "{:?}", found.keys());

    let sidecar = &found["Summer_ at the lake_/2024/2024-07/2024-07-01 IMG_1.jpg.json"];
    let sidecar: Value = serde_json::from_slice(sidecar).expect("JSON");
    assert_eq!((&sidecar["caption"], &sidecar["gallery"]), (&json!(HOSTILE), &json!("Summer: at the lake?")));
    assert_eq!(sidecar["comments"][0]["text"], HOSTILE);
    let xmp = &found["Summer_ at the lake_/2024/2024-07/2024-07-01 IMG_1.jpg.xmp"];
    let xmp = String::from_utf8_lossy(xmp);
    assert!(xmp.contains("&lt;script&gt;") && !xmp.contains("<script"), "{xmp}");
    assert!(xmp.contains("<exif:DateTimeOriginal>2024-07-01T10:00:00"), "{xmp}");
    the_album_opens_offline(&found);
}

/// Every address of every page is a file of the export, and no text became markup.
fn the_album_opens_offline(found: &BTreeMap<String, Vec<u8>>) {
    let mut pages = 0;
    for (path, bytes) in found.iter().filter(|(path, _)| path.rsplit('.').next() == Some("html")) {
        pages += 1;
        let page = String::from_utf8_lossy(bytes);
        assert!(!page.to_lowercase().contains("<script"), "{path}: {page}");
        assert!(page.contains("script-src 'none'"));
        let (folder, _) = path.rsplit_once('/').unwrap_or_default();
        let base = reqwest::Url::parse("file:///export/")
            .and_then(|url| url.join(&format!("{}/", folder.replace(' ', "%20"))));
        let base = base.expect("an address");
        let addresses = ["href=\"", "src=\""].into_iter().flat_map(|name| page.split(name).skip(1));
        for address in addresses.filter_map(|rest| rest.split('"').next()) {
            let Ok(target) = base.join(address) else { panic!("{address} is no address") };
            let target = percent_decoded(target.path().trim_start_matches("/export/").trim_start_matches('/'));
            assert!(found.contains_key(&target), "{path} links to {address}, which is not there ({target})");
        }
    }
    assert_eq!(pages, 3);
}

fn percent_decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let (mut decoded, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if bytes[at] == b'%' {
            decoded.push(u8::from_str_radix(&path[at + 1..at + 3], 16).expect("an escape"));
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(decoded).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_was_broken_off_goes_on_and_mends_itself() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    admin.adds_photo(&gallery, "2024:07:01 10:00:00").await;
    admin.adds_photo(&gallery, "2024:07:02 10:00:00").await;
    let folder = home.stop().await;
    let dir = tempfile::tempdir().expect("a folder");
    exports(folder.path(), dir.path(), &[]);
    let whole = files(dir.path());
    let paths: Vec<String> = originals(&whole).keys().map(|path| (*path).to_owned()).collect();
    fs::remove_file(dir.path().join(&paths[0])).expect("it goes");
    fs::write(dir.path().join(format!("{}.unfinished", paths[0])), b"half").expect("it is written");
    let text = exports(folder.path(), dir.path(), &[]);
    assert!(text.contains("1 of them were there already"), "{text}");
    assert!(files(dir.path()) == whole);
    // A flipped bit is seen, too.
    let mut damaged = whole[&paths[1]].clone();
    damaged[100] ^= 1;
    fs::write(dir.path().join(&paths[1]), damaged).expect("it is written");
    exports(folder.path(), dir.path(), &[]);
    assert!(files(dir.path()) == whole);

    // What comes later changes no name, though it is called the same.
    let home = Home::on(folder, |_| {}).await;
    let admin = home.admin().await;
    let later = json!({ "first": 10 });
    let galleries =
        admin.gets("query($first: Int!) { galleries(first: $first) { edges { node { id } } } }", later).await;
    let gallery = galleries["galleries"]["edges"][0]["node"]["id"].as_str().expect("an id").to_owned();
    admin.adds_photo(&gallery, "2024:07:01 09:00:00").await;
    let folder = home.stop().await;
    exports(folder.path(), dir.path(), &[]);
    let more = files(dir.path());
    assert_eq!(originals(&more).len(), 3);
    for (path, bytes) in originals(&whole) {
        assert!(more[path] == bytes, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_original_is_named_and_the_rest_is_exported() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    admin.adds_photo(&gallery, "2024:07:01 10:00:00").await;
    let lost = admin.adds_photo(&gallery, "2024:07:02 10:00:00").await;
    home.system.store.delete_original(lost.parse().expect("an id")).await.expect("S3 answers");
    let folder = home.stop().await;
    let dir = tempfile::tempdir().expect("a folder");
    let output = mantel(&["export", dir.path().to_str().expect("a path")], folder.path());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let found = files(dir.path());
    assert_eq!(originals(&found).len(), 1);
    assert!(String::from_utf8_lossy(&found["problems.txt"]).contains(&lost));
}

/// Two relatives, each with a photo; one of them said and liked something, and is on an access list.
async fn family(home: &Home) -> (Actor, Actor, String, [String; 2]) {
    let admin = home.admin().await;
    let (zoe, ben) = (home.relative(&admin, "Zoe").await, home.relative(&admin, "Ben").await);
    let gallery = admin.makes_gallery("Summer", "RESTRICTED").await;
    for person in [&zoe, &ben] {
        admin.grants(&gallery, &person.id().await, json!("CONTRIBUTE")).await;
    }
    let mut ids = [String::new(), String::new()];
    for (at, person) in [&zoe, &ben].into_iter().enumerate() {
        ids[at] = person.adds_photo(&gallery, &format!("2024:07:0{} 10:00:00", at + 1)).await;
    }
    zoe.comments(&ids[1], "what a day").await;
    ben.comments(&ids[1], "it was").await;
    let like = json!({ "mediaId": ids[1] });
    zoe.does("likeMedia(input: $input) { userErrors { code } }", "LikeMediaInput", like).await;
    (admin, zoe, gallery, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_takes_along_what_is_theirs_and_nothing_else() {
    let home = Home::open().await;
    let (_, zoe, _, ids) = Box::pin(family(&home)).await;
    let id = zoe.id().await;
    let folder = home.stop().await;
    let dir = tempfile::tempdir().expect("a folder");
    exports(folder.path(), dir.path(), &["--person", "zoe@example.org"]);
    let found = files(dir.path());
    assert_eq!(originals(&found).len(), 1);
    let person: Value = serde_json::from_slice(&found["person.json"]).expect("JSON");
    assert_eq!(person["account"]["id"], id);
    assert_eq!(person["account"]["email"], "zoe@example.org");
    assert_eq!(person["comments"].as_array().map(Vec::len), Some(1));
    assert_eq!(person["comments"][0]["text"], "what a day");
    assert_eq!(person["likes"], json!([ids[1]]));
    assert_eq!(person["galleriesShared"].as_array().map(Vec::len), Some(1));
    let nobody = mantel(&["export", dir.path().to_str().expect("a path"), "--person", "Nobody"], folder.path());
    assert!(!nobody.status.success() && said(&nobody).contains("nobody has an account"), "{}", said(&nobody));
}

async fn texts(home: &Home) -> String {
    format!("{:?}", home.items().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_leaves_nothing_but_what_others_made() {
    let home = Home::open().await;
    let (_, zoe, gallery, ids) = Box::pin(family(&home)).await;
    let id = zoe.id().await;
    let folder = home.stop().await;
    let unsure = mantel(&["erase-person", "Zoe"], folder.path());
    assert!(!unsure.status.success() && said(&unsure).contains("--yes"), "{}", said(&unsure));
    for refused in ["Family", "Admin", "Nobody"] {
        let output = mantel(&["erase-person", refused, "--yes"], folder.path());
        assert!(!output.status.success(), "{refused}: {}", said(&output));
    }
    let output = mantel(&["erase-person", "Zoe", "--media", "--yes"], folder.path());
    assert!(said(&output).contains("1 comments, 1 likes, 1 photos and films were erased."), "{}", said(&output));
    let again = mantel(&["erase-person", "Zoe", "--media", "--yes"], folder.path());
    assert!(said(&again).contains("nobody has an account"), "{}", said(&again));

    let home = Home::on(folder, |_| {}).await;
    let admin = home.admin().await;
    let all = texts(&home).await;
    for trace in ["Zoe", "zoe@example.org", "what a day"] {
        assert!(!all.contains(trace), "{trace} is still there");
    }
    let look = "query($id: ID!) { gallery(id: $id) { mediaCount } }";
    assert_eq!(admin.gets(look, json!({ "id": gallery })).await["gallery"]["mediaCount"], 1);
    let look = "query($id: ID!) { media(id: $id) { commentCount likeCount } }";
    let seen = admin.gets(look, json!({ "id": ids[1] })).await;
    assert_eq!(seen["media"], json!({ "commentCount": 1, "likeCount": 0 }));
    assert_eq!(admin.gets(look, json!({ "id": ids[0] })).await["media"], Value::Null);
    let people = admin.gets("{ users(first: 10) { edges { node { id } } } }", json!({})).await;
    assert!(!people.to_string().contains(&id), "{people}");
    assert_eq!(home.items_with("SK", &id).await, 1, "that it was erased is known, so that no backup undoes it");
    let (clock, all) = (home.clock(), processor::CheckIntegrity { all: true });
    let report = processor::check_integrity(&home.system.store, &clock, all, None, &|_| {}).await;
    let report = report.expect("the services answer");
    assert!(report.findings.is_empty(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_of_an_erased_person_stay_where_that_is_wished() {
    let home = Home::open().await;
    let (_, _, _, ids) = Box::pin(family(&home)).await;
    let folder = home.stop().await;
    let output = mantel(&["erase-person", "Zoe", "--yes"], folder.path());
    assert!(output.status.success(), "{}", said(&output));
    let home = Home::on(folder, |_| {}).await;
    let admin = home.admin().await;
    let look = "query($id: ID!) { media(id: $id) { status uploadedBy { displayName } } }";
    let seen = admin.gets(look, json!({ "id": ids[0] })).await;
    assert_eq!(seen["media"], json!({ "status": "READY", "uploadedBy": { "displayName": "Somebody" } }));
}
