//! Originals stay as they are; whoever wants one upright asks for a copy.

use image::GenericImageView;
use processor::testing::{ExifFields, jpeg_with_exif, picture, png};
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{UPDATE_MEDIA, until},
};

const PREPARE: &str = "prepareUpright(input: $input) { media { id ... on Photo { uprightOriginal { url } } } \
    userErrors { code path } }";
const LOOK: &str = "query($id: ID!) { media(id: $id) { ... on Photo { \
    uprightOriginal { url contentType width height sizeBytes } original { url contentType width height sizeBytes } } } }";

fn turned(orientation: u8) -> Vec<u8> {
    // Whole blocks of 16 x 16 pixels, as cameras have.
    jpeg_with_exif(96, 64, 1, &ExifFields { orientation: Some(orientation), ..ExifFields::default() })
}

async fn asks(actor: &Actor, media: &Value) -> Value {
    actor.does(PREPARE, "PrepareUprightInput", json!({ "mediaId": media["id"] })).await
}

async fn looks(actor: &Actor, media: &Value) -> Value {
    actor.gets(LOOK, json!({ "id": media["id"] })).await["media"].clone()
}

/// Waits until it is known what becomes of the wish, and gives what there is to download.
async fn gets(actor: &Actor, media: &Value) -> (Value, Vec<u8>) {
    asks(actor, media).await;
    until(async || looks(actor, media).await["uprightOriginal"] != Value::Null).await;
    let seen = looks(actor, media).await;
    let bytes = actor.fetches(&seen["uprightOriginal"]).await;
    (seen, bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relative_downloads_an_upright_copy_and_the_original_stays_as_it_is() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let file = turned(6);
    let media = admin.adds(&gallery, "a b.jpg", "image/jpeg", &file).await;
    assert_eq!(looks(&visitor, &media).await["uprightOriginal"], Value::Null, "nobody asked yet");
    let payload = asks(&visitor, &media).await;
    assert_eq!(payload["media"]["id"], media["id"]);

    let (seen, copy) = gets(&visitor, &media).await;
    let upright = &seen["uprightOriginal"];
    assert_eq!((&upright["width"], &upright["height"]), (&json!(96), &json!(64)));
    assert_eq!(upright["contentType"], "image/jpeg");
    assert_eq!(upright["sizeBytes"].as_f64(), Some(f64::from(u32::try_from(copy.len()).expect("small"))));
    // As it is stored, without heed to any tag: what a simple program shows. Other decoders guess the colours between
    // pixels in the direction in which they read.
    let stored = image::load_from_memory(&copy).expect("a picture").into_rgb8();
    let original = image::load_from_memory(&file).expect("a picture");
    assert_eq!(original.dimensions(), (64, 96), "the original is stored on its side");
    let turned = original.rotate90().into_rgb8();
    let apart: u32 = stored.as_raw().iter().zip(turned.as_raw()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    assert!(apart < 96 * 64 * 3 / 4, "it is another picture: {apart}");
    assert!(visitor.fetches(&seen["original"]).await == file, "the original changed");
    let disposition = home.http.get(upright["url"].as_str().expect("a url")).send().await.expect("an answer");
    let disposition = disposition.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(disposition.starts_with("attachment") && disposition.contains("a%20b.jpg"), "{disposition}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_by_hand_makes_another_copy_and_the_first_goes() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &turned(6)).await;
    let (first, _) = gets(&admin, &media).await;
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": media["id"], "rotate": 90 })).await;
    admin.sees_processed(media["id"].as_str().expect("an id")).await;
    assert_eq!(looks(&admin, &media).await["uprightOriginal"], Value::Null, "the old copy is not upright any more");
    let (second, _) = gets(&admin, &media).await;
    let size = |seen: &Value| (seen["uprightOriginal"]["width"].clone(), seen["uprightOriginal"]["height"].clone());
    assert_eq!((size(&first), size(&second)), ((json!(96), json!(64)), (json!(64), json!(96))));
    until(async || {
        let answer = home.http.get(first["uprightOriginal"]["url"].as_str().expect("a url")).send().await;
        answer.expect("an answer").status() == reqwest::StatusCode::NOT_FOUND
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_turned_without_loss_is_handed_out_as_it_is() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let odd = jpeg_with_exif(90, 61, 1, &ExifFields { orientation: Some(6), ..ExifFields::default() });
    let cut = turned(6)[..1_200].to_vec();
    let files = [
        ("upright already", turned(1)),
        ("no whole blocks", odd),
        ("not a JPEG", png(&picture(96, 64, 2).into())),
        ("a damaged one", cut),
    ];
    for (what, file) in files {
        let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &file).await;
        assert_eq!(media["status"], "READY", "{what}");
        let (seen, bytes) = gets(&admin, &media).await;
        assert!(bytes == file, "{what}: another file");
        assert_eq!(seen["uprightOriginal"], seen["original"], "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_prepared() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let hidden = admin.makes_gallery("Presents", "PRIVATE").await;
    let media = admin.adds(&hidden, "a.jpg", "image/jpeg", &turned(6)).await;
    for id in [media["id"].as_str().expect("an id"), "med_none", ""] {
        let mistakes = visitor.mistakes(PREPARE, "PrepareUprightInput", json!({ "mediaId": id })).await;
        assert_eq!(mistakes, ["NOT_FOUND"], "{id}");
    }
}
