//! What the library counts is what it keeps: bytes, photos, months, after everything that can happen to a photo.

use std::collections::BTreeMap;

use model::{GalleryId, GallerySort, MediaId, PageRequest};
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{UPDATE_MEDIA, until},
    aws,
};
use processor::testing::{ExifFields, jpeg_with_exif};

const DELETE: &str = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
const RESTORE: &str = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
const DELETE_GALLERY: &str = "deleteGallery(input: $input) { deletedId userErrors { code } }";

/// A photo of its own size.
fn photo(width: u32, taken: &str) -> Vec<u8> {
    jpeg_with_exif(width, 40, 3, &ExifFields { taken: Some(taken.to_owned()), ..ExifFields::default() })
}

/// The sizes of all objects of a bucket, without the jobs for the processor.
async fn sizes(home: &Home, bucket: &str) -> Vec<u64> {
    let answer = aws::s3(home).list_objects_v2().bucket(bucket).send().await.expect("the bucket answers");
    assert_ne!(answer.is_truncated, Some(true), "one page holds all");
    let kept = answer.contents().iter().filter(|object| !object.key().unwrap_or_default().starts_with("jobs/"));
    kept.map(|object| u64::try_from(object.size().unwrap_or(0)).expect("a size")).collect()
}

/// Two galleries, and what is looked at after every step.
struct Library {
    home: Home,
    admin: Actor,
    galleries: Vec<String>,
}

impl Library {
    /// What is counted is what is there, and galleries show `shown` photos.
    async fn agrees(&self, step: &str, shown: &[u32]) {
        let settings = self.home.system.store.settings();
        let originals = sizes(&self.home, &settings.originals_bucket).await;
        let renditions = sizes(&self.home, &settings.renditions_bucket).await;
        let document = "{ storageUsage { originalsBytes renditionsBytes mediaCount } }";
        let usage = self.admin.gets(document, json!({})).await["storageUsage"].take();
        let real = json!({
            "originalsBytes": as_float(originals.iter().sum()),
            "renditionsBytes": as_float(renditions.iter().sum()),
            "mediaCount": originals.len(),
        });
        assert_eq!(usage, real, "after: {step}");
        for (id, &shown) in self.galleries.iter().zip(shown) {
            self.counts(step, id, shown).await;
        }
    }

    async fn counts(&self, step: &str, id: &str, shown: u32) {
        let id: GalleryId = id.parse().expect("an id");
        let store = &self.home.system.store;
        let gallery = store.get_gallery(id).await.expect("the table answers").expect("the gallery is kept");
        let page = PageRequest { first: 100, after: None };
        let listed = store.list_media(id, &page, GallerySort::TakenAtAsc).await.expect("the table answers").rows;
        let ids: Vec<MediaId> = listed.into_iter().map(|(_, id)| id).collect();
        let listed = store.get_shown_media(id, &ids).await.expect("the table answers");
        assert_eq!((gallery.media_count, listed.len()), (shown, shown as usize), "after: {step}");
        let mut months = gallery.months;
        months.retain(|_, count| *count != 0);
        let mut real = BTreeMap::new();
        for media in listed.iter().flatten() {
            *real.entry(media.month()).or_insert(0_i64) += 1;
        }
        assert_eq!(months, real, "after: {step}");
        let document = "query($id: ID!) { gallery(id: $id) { mediaCount } }";
        let told = self.admin.gets(document, json!({ "id": id.to_string() })).await;
        if gallery.deleted_at.is_none() {
            assert_eq!(told["gallery"]["mediaCount"], shown, "after: {step}");
        }
    }

    async fn adds(&self, gallery: usize, bytes: &[u8]) -> String {
        let media = self.admin.adds(&self.galleries[gallery], "a.jpg", "image/jpeg", bytes).await;
        media["id"].as_str().expect("an id").to_owned()
    }

    async fn updates(&self, input: Value) {
        self.admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
    }

    async fn deletes(&self, id: &str, permanently: bool) {
        self.admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [id], "permanently": permanently })).await;
    }

    async fn restores(&self, id: &str) {
        self.admin.does(RESTORE, "RestoreMediaInput", json!({ "ids": [id] })).await;
    }

    /// A turned picture leaves its old renditions behind for a moment.
    async fn turns(&self, id: &str) {
        let bucket = &self.home.system.store.settings().renditions_bucket;
        let before = sizes(&self.home, bucket).await.len();
        self.updates(json!({ "id": id, "rotate": 90 })).await;
        self.admin.sees_processed(id).await;
        until(async || sizes(&self.home, bucket).await.len() == before).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "test files are small")]
fn as_float(bytes: u64) -> f64 {
    bytes as f64
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_is_what_is_kept() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let galleries = vec![admin.makes_gallery("Summer", "FAMILY").await, admin.makes_gallery("Best", "PRIVATE").await];
    let library = Library { home, admin, galleries };
    library.agrees("nothing", &[0, 0]).await;

    let one = library.adds(0, &photo(60, "2024:05:01 10:00:00")).await;
    library.agrees("an upload", &[1, 0]).await;
    let two = library.adds(0, &photo(90, "2024:05:02 10:00:00")).await;
    let three = library.adds(1, &photo(120, "2024:07:03 10:00:00")).await;
    library.agrees("more uploads", &[2, 1]).await;
    let broken = library.adds(0, b"no picture at all").await;
    library.agrees("a file of which nothing can be shown", &[3, 1]).await;
    library
        .admin
        .requests_upload(&library.galleries[0], "b.jpg", "image/jpeg", &photo(70, "2024:05:01 10:00:00"))
        .await;
    library.agrees("an upload on its way", &[3, 1]).await;

    library.turns(&one).await;
    library.agrees("a turn", &[3, 1]).await;
    library.updates(json!({ "id": one, "takenAt": "2023-12-24T18:00:00Z" })).await;
    library.agrees("another date", &[3, 1]).await;
    library.updates(json!({ "id": one, "takenAt": "2023-12-31T23:30:00Z", "takenAtOffsetMinutes": 60 })).await;
    library.agrees("a date in another month where it was taken", &[3, 1]).await;

    library.deletes(&one, false).await;
    library.agrees("into the trash", &[2, 1]).await;
    library.restores(&one).await;
    library.agrees("out of the trash", &[3, 1]).await;
    library.updates(json!({ "id": two, "galleryId": library.galleries[1] })).await;
    library.agrees("into the other gallery", &[2, 2]).await;
    library.turns(&two).await;
    library.agrees("a turn there", &[2, 2]).await;

    library.deletes(&broken, true).await;
    library.agrees("erased from the gallery", &[1, 2]).await;
    library.deletes(&three, false).await;
    library.deletes(&three, true).await;
    library.agrees("erased from the trash", &[1, 1]).await;

    let input = json!({ "id": library.galleries[1], "withMedia": true });
    library.admin.does(DELETE_GALLERY, "DeleteGalleryInput", input).await;
    library.agrees("a gallery deleted with what it held", &[1, 0]).await;
    library.restores(&two).await;
    library.agrees("brought back with a photo of it", &[1, 1]).await;
    library.deletes(&two, true).await;
    library.deletes(&one, true).await;
    library.agrees("everything erased", &[0, 0]).await;
}
