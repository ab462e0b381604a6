//! A whole Takeout, with every form of sidecar, as zip files in two parts and as a folder.

use std::{fs::File, io::Write, path::Path};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::support::{
    Person, Ran, Server, argument,
    files::{picture, write},
    lines,
};

/// 3 July 2019, 13:04:05 UTC.
const SUMMER: i64 = 1_562_159_045;
const LONG: &str = "a very long name that somebody gave to this picture of the lake";

/// A picture that says when it was taken by the clock on the wall, as cameras do.
fn dated(wall: &str) -> Vec<u8> {
    assert_eq!(wall.len(), 19);
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    // Header, nine entries, the pixel (at 122), then the notes of the camera (at 124) with their text (at 142).
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(9_u16.to_le_bytes());
    for (tag, kind, value) in [
        (256, 3, 1),
        (257, 3, 1),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 122),
        (278, 3, 1),
        (279, 4, 1),
        (34_665, 4, 124),
    ] {
        tiff.extend(entry(tag, kind, 1, value));
    }
    tiff.extend([0; 4]);
    tiff.extend([0x80, 0]);
    assert_eq!(tiff.len(), 124);
    tiff.extend(1_u16.to_le_bytes());
    tiff.extend(entry(0x9003, 2, 20, 142));
    tiff.extend([0; 4]);
    tiff.extend(wall.as_bytes());
    tiff.push(0);
    tiff
}

fn sidecar(title: &str, more: &Value) -> Vec<u8> {
    let mut json = json!({ "title": title, "description": "", "photoTakenTime": { "timestamp": SUMMER.to_string() } });
    for (key, value) in more.as_object().expect("an object") {
        json[key] = value.clone();
    }
    json.to_string().into_bytes()
}

/// Path, content, and in which part it is.
fn export() -> Vec<(String, Vec<u8>, usize)> {
    let album = |name: &str| format!("Takeout/Google Fotos/Sommer am See/{name}");
    let year = |name: &str| format!("Takeout/Google Fotos/Fotos von 2019/{name}");
    let cut: String = format!("{LONG}.gif.supplemental-metadata").chars().take(46).collect();
    vec![
        (
            album("Metadaten.json"),
            json!({ "title": "Sommer am See", "access": "protected" }).to_string().into_bytes(),
            1,
        ),
        (album("IMG_1.tif"), dated("2019:07:03 15:04:05"), 0),
        (
            album("IMG_1.tif.supplemental-metadata.json"),
            sidecar("IMG_1.tif", &json!({ "description": "Am See", "favorited": true })),
            1,
        ),
        (album("IMG_2.gif"), picture(2), 0),
        (album("IMG_2.gif.json"), sidecar("IMG_2.gif", &json!({ "description": "Das Boot" })), 1),
        (album("IMG_2-bearbeitet.gif"), picture(22), 0),
        (album("IMG_2(1).gif"), picture(23), 0),
        (album("IMG_2.gif(1).json"), sidecar("IMG_2.gif", &json!({ "description": "Das andere Boot" })), 1),
        (album("IMG_3.gif"), picture(3), 0),
        (
            album("IMG_3.gif.supplemental-me.json"),
            sidecar("IMG_3.gif", &json!({ "geoData": { "latitude": 48.2, "longitude": 16.4 } })),
            1,
        ),
        (album("IMG_4.HEIC"), picture(4), 0),
        (album("IMG_4.MP4"), picture(44), 0),
        (album("IMG_4.HEIC.supplemental-metadata.json"), sidecar("IMG_4.HEIC", &json!({ "favorited": true })), 1),
        (album(&format!("{LONG}.gif")), picture(5), 0),
        (album(&format!("{cut}.json")), sidecar(&format!("{LONG}.gif"), &json!({})), 1),
        (year("IMG_3.gif"), picture(3), 1),
        (year("IMG_3.gif.json"), sidecar("IMG_3.gif", &json!({})), 1),
        (year("corrected.tif"), dated("1970:01:01 00:00:00"), 1),
        (year("corrected.tif.json"), sidecar("corrected.tif", &json!({})), 1),
        (year("IMG_20190703_150405.gif"), picture(6), 1),
        (year("nothing is known.gif"), picture(7), 1),
        ("Takeout/Google Fotos/Papierkorb/gone.gif".into(), picture(8), 1),
        ("Takeout/Google Fotos/Papierkorb/gone.gif.json".into(), sidecar("gone.gif", &json!({ "trashed": true })), 1),
        ("Takeout/archive_browser.html".into(), b"<html>".to_vec(), 1),
    ]
}

fn zip(path: &Path, part: usize) {
    let mut zip = ZipWriter::new(File::create(path).expect("it can be made"));
    for (name, bytes, _) in export().into_iter().filter(|(_, _, of)| *of == part) {
        zip.start_file(name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(&bytes).expect("it can be written");
    }
    zip.finish().expect("it can be written");
}

/// What the report says of each file, by its path in the export.
fn report(ran: &Ran) -> Vec<String> {
    let mut report: Vec<String> = ran
        .events()
        .iter()
        .filter(|event| event["event"] == "file")
        .map(|event| {
            let name = |value: &Value| {
                value.as_str().map_or("-", |text| text.rsplit("Google Fotos/").next().expect("a part")).to_owned()
            };
            let text = |key: &str| event[key].as_str().unwrap_or("-").to_owned();
            format!(
                "{} -> {}: {}{}\n    sidecar {}\n    taken {} {} by {} ({})\n",
                name(&event["path"]),
                text("gallery"),
                text("outcome"),
                event["reason"].as_str().map(|_| format!(" ({})", name(&event["reason"]))).unwrap_or_default(),
                name(&event["sidecar"]),
                text("takenAt"),
                event["takenAtOffsetMinutes"],
                text("dateSource"),
                text("dateConfidence")
            )
        })
        .collect();
    report.sort();
    report
}

#[test]
fn a_takeout_comes_in_with_its_albums_dates_and_favourites() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (one, two) = (folder.path().join("takeout-001.zip"), folder.path().join("takeout-002.zip"));
    zip(&one, 0);
    zip(&two, 1);
    let arguments = ["--json", "import-takeout", argument(&one), argument(&two)];
    let dry = person.runs(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(dry.code, 0, "{}{}", dry.out, dry.err);
    assert_eq!(person.does(&["--json", "ls"]), "", "a dry run makes nothing");
    let file = folder.path().join("report.jsonl");
    let real = person.runs(&[&arguments[..], &["--report", argument(&file)]].concat());
    assert_eq!(real.code, 0, "{}{}", real.out, real.err);
    let real_report = report(&real);
    let expected: Vec<String> = report(&dry).iter().map(|line| line.replace("would-upload", "uploaded")).collect();
    assert_eq!(real_report, expected, "the dry run said something else");
    insta::assert_snapshot!("takeout_report", real_report.join(""));
    let written = std::fs::read_to_string(&file).expect("the report was written");
    assert_eq!(lines(&written).len(), real_report.len());

    let album = lines(&person.does(&["--json", "ls", "Sommer am See"]));
    let of = |name: &str| {
        album.iter().find(|media| media["fileName"] == name).unwrap_or_else(|| panic!("{name}: {album:#?}"))
    };
    let notes = |name: &str| {
        json!([of(name)["caption"], of(name)["takenAt"], of(name)["takenAtOffsetMinutes"], of(name)["liked"]])
    };
    assert_eq!(notes("IMG_1.tif"), json!(["Am See", "2019-07-03T13:04:05.000Z", 120, true]));
    assert_eq!(notes("IMG_2-bearbeitet.gif"), json!(["Das Boot", "2019-07-03T13:04:05.000Z", 0, false]));
    assert_eq!(notes("IMG_2(1).gif")[0], "Das andere Boot");
    assert_eq!(lines(&person.does(&["--json", "ls", "Google Photos"])).len(), 3);
    let galleries = lines(&person.does(&["--json", "ls"]));
    assert!(galleries.iter().all(|gallery| gallery["visibility"] == "private"), "{galleries:?}");

    let again = person.runs(&arguments);
    assert_eq!((again.code, again.count("uploaded"), again.count("known")), (0, 0, 11), "{}{}", again.out, again.err);
}

#[test]
fn an_unpacked_takeout_and_a_time_zone_come_to_the_same() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes, _) in export() {
        write(&folder.path().join(name), bytes);
    }
    let arguments = ["--json", "import-takeout", argument(folder.path()), "--dry-run", "--time-zone", "Europe/Vienna"];
    let ran = person.runs(&arguments);
    assert_eq!(
        (ran.code, ran.count("would-upload"), ran.count("same"), ran.count("skipped")),
        (0, 11, 1, 1),
        "{}",
        ran.out
    );
    let zoned = ran.events().iter().filter(|event| event["takenAtOffsetMinutes"] == 120).count();
    assert_eq!(zoned, 11, "{}", ran.out);
    assert_eq!(person.runs(&["import-takeout", argument(folder.path()), "--time-zone", "Lake"]).code, 2);
    write(&folder.path().join("broken.zip"), b"PK\x03\x04 and nothing");
    let broken = person.runs(&["import-takeout", argument(&folder.path().join("broken.zip"))]);
    assert!(broken.code == 1 && broken.err.contains("cannot be read as a zip file"), "{}", broken.err);
}
