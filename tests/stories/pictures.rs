//! What becomes of a picture: upright renditions, facts by its content, or a reason why not.

use futures::future::join_all;
use image::{DynamicImage, GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};
use model::Location;
use processor::testing::{
    ExifFields, gif,
    heic::{Heic, HeicTransform},
    jpeg, jpeg_with_exif, picture, png, tiff, webp, with_exif,
};
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{UPDATE_MEDIA, until},
};

async fn shown(actor: &Actor, rendition: &Value) -> RgbImage {
    let decoded = image::load_from_memory(&actor.fetches(rendition).await).expect("a picture").into_rgb8();
    assert_eq!((&json!(decoded.width()), &json!(decoded.height())), (&rendition["width"], &rendition["height"]));
    decoded
}

/// Mean difference of all samples, 0 to 255.
fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    f64::from(u32::try_from(sum).expect("small pictures")) / f64::from(a.width() * a.height() * 3)
}

fn assert_alike(a: &RgbImage, b: &RgbImage, what: &str) {
    let difference = difference(a, b);
    assert!(difference < 4.0, "{what} differs by {difference}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_orientation_of_both_shapes_is_shown_upright() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let check = async |width: u32, height: u32, orientation: u8| {
        let fields = ExifFields { orientation: Some(orientation), ..ExifFields::default() };
        let bytes = jpeg_with_exif(width, height, 3, &fields);
        let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &bytes).await;
        let what = format!("orientation {orientation} of {width} x {height}");
        assert_eq!(
            (&media["status"], &media["width"], &media["height"]),
            (&json!("READY"), &json!(width), &json!(height))
        );
        assert_eq!(media["exif"]["orientation"], orientation);
        let upright = picture(width, height, 3);
        assert_alike(&shown(&admin, &media["preview"]).await, &upright, &what);
        assert_alike(&shown(&admin, &media["thumbnail"]).await, &upright, &what);
        assert!(admin.fetches(&media["original"]).await == bytes, "{what}: the original changed");
    };
    join_all((1..=8).flat_map(|value| [check(96, 64, value), check(64, 96, value)])).await;
}

/// As iPhones write it: tiles, turned by the container, and a note of the camera that says the same once more.
#[tokio::test(flavor = "multi_thread")]
async fn a_heic_photo_is_shown_upright_and_its_original_stays_as_it_is() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let turned = Heic { transforms: vec![HeicTransform::Rotate(3)], ..Heic::grid() }.bytes();
    let media = admin.adds(&gallery, "IMG_0001.HEIC", "image/heic", &turned).await;
    assert_eq!((&media["status"], &media["contentType"]), (&json!("READY"), &json!("image/heic")), "{media:#}");
    let upright = DynamicImage::from(picture(256, 192, 3)).rotate90().into_rgb8();
    for name in ["preview", "thumbnail"] {
        assert_alike(&shown(&visitor, &media[name]).await, &upright, name);
    }
    assert!(visitor.fetches(&media["original"]).await == turned, "the original changed");
    let damaged = admin.adds(&gallery, "IMG_0002.HEIC", "image/heic", &turned[..turned.len() / 2]).await;
    assert_eq!(damaged["status"], "FAILED");
    assert!(admin.fetches(&damaged["original"]).await == turned[..turned.len() / 2], "it is kept all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_what_its_content_says_whatever_it_is_called() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let upright = picture(96, 64, 5);
    let still = DynamicImage::from(upright.clone());
    let files = [
        ("image/png", png(&still), 4.0),
        ("image/webp", webp(&upright, None), 4.0),
        ("image/gif", gif(&[still.to_rgba8(), RgbaImage::new(96, 64)]), 8.0),
        ("image/tiff", tiff(&still), 4.0),
        ("image/jpeg", jpeg(&upright), 4.0),
    ];
    for (content_type, bytes, most) in files {
        let media = admin.adds(&gallery, "photo.jpg", "image/jpeg", &bytes).await;
        assert_eq!((&media["status"], &media["contentType"]), (&json!("READY"), &json!(content_type)), "{media:#}");
        assert_eq!(media["fileName"], "photo.jpg");
        let difference = difference(&shown(&admin, &media["preview"]).await, &upright);
        assert!(difference < most, "{content_type} differs by {difference}");
        let original =
            home.http.get(media["original"]["url"].as_str().expect("a url")).send().await.expect("an answer");
        assert_eq!(original.headers()["content-type"], content_type);
        assert_eq!(original.bytes().await.expect("the bytes"), bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_transparent_is_shown_on_white() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let half = RgbaImage::from_fn(64, 64, |x, _| Rgba([200, 30, 30, if x < 32 { 255 } else { 0 }]));
    let media = admin.adds(&gallery, "logo.png", "image/png", &png(&half.into())).await;
    let preview = shown(&admin, &media["preview"]).await;
    let near = |pixel: Rgb<u8>, expected: [u8; 3]| pixel.0.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 6);
    assert!(near(*preview.get_pixel(8, 32), [200, 30, 30]), "{:?}", preview.get_pixel(8, 32));
    assert!(near(*preview.get_pixel(56, 32), [255, 255, 255]), "{:?}", preview.get_pixel(56, 32));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_shown_says_why_and_is_kept() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let whole = jpeg(&picture(64, 64, 1));
    let mut huge = whole.clone();
    let frame = huge.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame header");
    huge[frame + 5..frame + 9].copy_from_slice(&[0xFD, 0xE8, 0xFD, 0xE8]);
    let film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08mdat".to_vec();
    let unknown = "This file is not a picture or a video that Mantel knows.";
    let damaged = "This picture is damaged and cannot be shown.";
    let files = [
        ("garbage", (0..5_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect(), unknown),
        ("text", b"Dear Oma, the pictures come later.".to_vec(), unknown),
        ("zeros", vec![0; 4_096], unknown),
        ("one byte", vec![0xFF], unknown),
        ("a web page", b"<html><script>alert(1)</script></html>".to_vec(), unknown),
        ("a cut head", whole[..40].to_vec(), damaged),
        ("a PNG of nothing", [b"\x89PNG\r\n\x1A\n".as_slice(), &[0; 300]].concat(), damaged),
        ("huge", huge, "This picture is larger than Mantel can show (65000 x 65000 pixels)."),
        ("a film", film, "This video is damaged and cannot be shown."),
    ];
    for (what, bytes, reason) in &files {
        let media = admin.adds(&gallery, "a.jpg", "image/jpeg", bytes).await;
        assert_eq!(media["status"], "FAILED", "{what}: {media:#}");
        let expected = format!("{reason} The original is kept and can be downloaded.");
        assert_eq!(media["failureReason"], expected, "{what}");
        assert_eq!((&media["thumbnail"], &media["preview"]), (&Value::Null, &Value::Null), "{what}");
        assert!(admin.fetches(&media["original"]).await == *bytes, "{what}: the original differs");
        let kind = if *what == "a film" { "Video" } else { "Photo" };
        assert_eq!(media["__typename"], kind);
        let again = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", bytes).await;
        assert_eq!(again["duplicateOf"]["id"], media["id"], "{what}");
    }
    assert_eq!(home.system.objects.object_count("renditions").await.expect("the store answers"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_picture_that_was_cut_short_is_shown_what_there_is() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let whole = jpeg(&picture(256, 256, 4));
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &whole[..whole.len() * 2 / 3]).await;
    assert_eq!(media["status"], "READY");
    let corner = *shown(&admin, &media["preview"]).await.get_pixel(8, 8);
    assert!(corner.0[0] > 180 && corner.0[1] < 70, "{corner:?} is not the red of the upper left corner");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cameras_notes_are_in_the_record_and_not_in_what_is_shown() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let fields = ExifFields {
        camera_make: Some("Maker".to_owned()),
        camera_model: Some("Model 1".to_owned()),
        lens: Some("35mm".to_owned()),
        software: Some("Firmware 2".to_owned()),
        taken: Some("2024:07:03 15:04:05".to_owned()),
        offset: Some("+02:00".to_owned()),
        exposure_time: Some((1, 250)),
        f_number: Some((28, 10)),
        focal_length: Some((35, 1)),
        iso: Some(400),
        location: Some(Location { latitude: 48.2082, longitude: -16.3738, altitude_metres: Some(171.5) }),
        ..ExifFields::default()
    };
    let bytes = with_exif(&jpeg(&picture(60, 40, 1)), &fields);
    let holds = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(holds(&bytes, b"Exif\0\0") && holds(&bytes, b"Maker"));
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let expected = json!({
        "cameraMake": "Maker", "cameraModel": "Model 1", "lens": "35mm", "focalLengthMm": 35.0, "fNumber": 2.8,
        "exposureTime": "1/250", "iso": 400, "orientation": null, "software": "Firmware 2",
    });
    assert_eq!(media["exif"], expected);
    assert_eq!(media["takenAt"], "2024-07-03T13:04:05.000Z");
    assert_eq!(media["takenAtOffsetMinutes"], 120);
    let place = |name: &str| media["location"][name].as_f64().expect("a number");
    assert!((place("latitude") - 48.2082).abs() < 1e-5 && (place("longitude") + 16.3738).abs() < 1e-5);
    assert!((place("altitude") - 171.5).abs() < 0.01);
    for name in ["thumbnail", "preview"] {
        let rendition = admin.fetches(&media[name]).await;
        for secret in ["Exif", "Maker", "Model 1", "Firmware", "2024:07:03"] {
            assert!(!holds(&rendition, secret.as_bytes()), "the {name} holds {secret}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_picture_is_made_smaller_and_a_small_one_is_never_enlarged() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let sizes = [
        ((3_000, 1_500), (2_048, 1_024), (512, 256)),
        ((600, 900), (600, 900), (341, 512)),
        ((30, 20), (30, 20), (30, 20)),
        ((1, 1), (1, 1), (1, 1)),
    ];
    for ((width, height), preview, thumbnail) in sizes {
        let bytes = jpeg(&picture(width, height, 1));
        let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &bytes).await;
        assert_eq!((&media["width"], &media["height"]), (&json!(width), &json!(height)), "{media:#}");
        assert_eq!(shown(&admin, &media["preview"]).await.dimensions(), preview);
        assert_eq!(shown(&admin, &media["thumbnail"]).await.dimensions(), thumbnail);
        assert_eq!(admin.fetches(&media["thumbnail"]).await.len(), thumbnail_bytes(&media), "{width} x {height}");
        assert_eq!(media["sizeBytes"], json!(bytes.len()).as_f64().expect("a number"));
    }
}

fn thumbnail_bytes(media: &Value) -> usize {
    let bytes = media["thumbnail"]["sizeBytes"].as_f64().expect("a number");
    format!("{bytes}").parse().expect("a whole number")
}

#[tokio::test(flavor = "multi_thread")]
async fn turning_a_picture_turns_what_is_shown_and_four_turns_are_none() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let fields = ExifFields { orientation: Some(6), ..ExifFields::default() };
    let bytes = jpeg_with_exif(96, 64, 7, &fields);
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let first = admin.fetches(&media["preview"]).await;
    let mut expected = DynamicImage::from(picture(96, 64, 7));
    for turn in 1..=4 {
        let input = json!({ "id": media["id"], "rotate": 90 });
        let payload = admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
        assert_eq!(payload["media"]["status"], "PROCESSING");
        let turned = admin.sees_processed(media["id"].as_str().expect("an id")).await;
        expected = expected.rotate90();
        let (width, height) = expected.dimensions();
        assert_eq!((&turned["width"], &turned["height"]), (&json!(width), &json!(height)), "after {turn} turns");
        for name in ["preview", "thumbnail"] {
            assert_alike(
                &shown(&admin, &turned[name]).await,
                &expected.to_rgb8(),
                &format!("{name} after {turn} turns"),
            );
        }
        if turn == 4 {
            assert!(admin.fetches(&turned["preview"]).await == first, "four turns are not none");
        }
        assert!(admin.fetches(&turned["original"]).await == bytes, "the original changed");
    }
    until(async || home.system.objects.object_count("renditions").await.expect("the store answers") == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_turns_by_quarters_only() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(60, 40, 1))).await;
    for degrees in [45, 0, 360, -90, 91, 65_626] {
        let input = json!({ "id": media["id"], "rotate": degrees });
        assert_eq!(admin.mistakes(UPDATE_MEDIA, "UpdateMediaInput", input).await, ["INVALID"], "{degrees}");
    }
    let document = "query($id: ID!) { media(id: $id) { status width } }";
    let data = admin.gets(document, json!({ "id": media["id"] })).await;
    assert_eq!(data["media"], json!({ "status": "READY", "width": 60 }));
}
