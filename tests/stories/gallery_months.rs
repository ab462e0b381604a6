//! A gallery by its months: how many photos each holds, and those of some days.

use std::collections::{BTreeMap, BTreeSet};

use model::{Announcement, FileName, GalleryId, Media, MediaId, MediaKind, Sha256, Timestamp, Upload};
use serde_json::{Value, json};
use store::Announced;
use time::Month;
use ulid::Ulid;

use crate::support::{
    Actor, Home,
    actor::{UPDATE_MEDIA, error_codes},
};

const MONTHS: &str = "query($id: ID!) { gallery(id: $id) { mediaCount months { month count } } }";
const MEDIA: &str = "query($id: ID!, $first: Int! = 100, $after: String, $sort: GallerySort, $kind: MediaKind, \
    $from: AWSDate, $to: AWSDate) { gallery(id: $id) { media(first: $first, after: $after, sort: $sort, kind: $kind, \
    from: $from, to: $to) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } }";
const DAY_SECONDS: i64 = 86_400;
/// Wall clocks from the Aleutians to Kiribati, and those of which nothing is known.
const OFFSETS: [Option<i32>; 7] = [None, Some(-720), Some(-210), Some(0), Some(60), Some(345), Some(840)];

/// A photo without bytes, of some time.
struct Dated {
    taken_at: Option<Timestamp>,
    offset_minutes: Option<i32>,
    file_modified_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl Dated {
    /// One of many around the turns of months: each knows less of its time than the one before, or has another offset.
    fn number(n: u32) -> Self {
        let n = i64::from(n);
        let turn: Timestamp = format!("2024-{:02}-01T00:00:00Z", 1 + n % 12).parse().expect("a time");
        // Steps of primes, so that all hours of the days before and after meet all offsets.
        let time = turn.plus_seconds((n * 17_239) % (4 * DAY_SECONDS) - 2 * DAY_SECONDS);
        let offset = OFFSETS[usize::try_from(n % 7).expect("a small number")];
        match n % 5 {
            0 => Self { taken_at: None, offset_minutes: None, file_modified_at: Some(time), created_at: turn },
            1 => Self { taken_at: None, offset_minutes: None, file_modified_at: None, created_at: time },
            _ => Self { taken_at: Some(time), offset_minutes: offset, file_modified_at: None, created_at: turn },
        }
    }
}

/// Brings a photo straight to the table, which spares its bytes.
async fn brings(home: &Home, admin: &Actor, gallery: &str, number: u32, dated: Dated) -> String {
    let mut digest = [0; 32];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    let announced = Media::from(Announcement {
        id: MediaId::new(Ulid::from_parts(1, u128::from(number))),
        gallery_id: gallery.parse::<GalleryId>().expect("an id"),
        kind: MediaKind::Photo,
        file_name: FileName::parse("a.jpg", "fileName").expect("a name"),
        content_type: "image/jpeg".to_owned(),
        size_bytes: 10,
        sha256: Sha256::new(digest),
        file_modified_at: dated.file_modified_at,
        uploaded_by: admin.id().await.parse().expect("an id"),
        created_at: dated.created_at,
    });
    let expires_at = home.now().plus_seconds(3_600);
    let media = Media {
        upload: Some(Upload { multipart_id: None, expires_at }),
        taken_at: dated.taken_at,
        taken_at_offset_minutes: dated.offset_minutes,
        ..announced
    };
    let store = &home.system.store;
    assert_eq!(store.announce_media(&media).await.expect("the table answers"), Announced::New);
    assert!(store.admit_media(&media, home.now()).await.expect("the table answers"));
    media.id.to_string()
}

/// The months that somebody is told, newest first, and how many photos there are.
async fn months(actor: &Actor, gallery: &str) -> (Vec<(String, u64)>, u64) {
    let data = actor.gets(MONTHS, json!({ "id": gallery })).await;
    let months = data["gallery"]["months"].as_array().expect("months").iter();
    let month = |month: &Value| {
        let name = month["month"].as_str().expect("a month").to_owned();
        (name, month["count"].as_u64().expect("a number"))
    };
    (months.map(month).collect(), data["gallery"]["mediaCount"].as_u64().expect("a number"))
}

/// The first and the last day of a month.
fn days_of(month: &str) -> (String, String) {
    let (year, number) = month.split_once('-').expect("year and month");
    let number = Month::try_from(number.parse::<u8>().expect("a number")).expect("a month");
    let last = number.length(year.parse().expect("a year"));
    (format!("{month}-01"), format!("{month}-{last}"))
}

fn ids(data: &Value) -> Vec<String> {
    let edges = data["gallery"]["media"]["edges"].as_array().expect("edges").iter();
    edges.map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()).collect()
}

/// All that is asked for, page by page.
async fn walked(actor: &Actor, mut variables: Value) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let data = actor.gets(MEDIA, variables.clone()).await;
        seen.extend(ids(&data));
        let page = &data["gallery"]["media"]["pageInfo"];
        if page["hasNextPage"] == false {
            return seen;
        }
        variables["after"] = page["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_months_hold_everything_that_the_gallery_shows_exactly_once() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("A year", "FAMILY").await;
    let mut all = BTreeSet::new();
    for number in 0..140 {
        all.insert(brings(&home, &admin, &gallery, number, Dated::number(number)).await);
    }
    let (counts, count) = months(&admin, &gallery).await;
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), count);
    assert_eq!(count, 140);
    assert!(counts.len() > 12 && counts.is_sorted_by(|one, next| one.0 > next.0), "{counts:?}");
    for (sort, first) in [("TAKEN_AT_ASC", 100), ("TAKEN_AT_ASC", 4), ("TAKEN_AT_DESC", 7)] {
        let mut by_month = BTreeMap::new();
        for (month, _) in &counts {
            let (from, to) = days_of(month);
            let asked = json!({ "id": gallery, "sort": sort, "first": first, "from": from, "to": to });
            by_month.insert(month.clone(), walked(&admin, asked).await);
        }
        for (month, count) in &counts {
            assert_eq!(by_month[month].len() as u64, *count, "{month} by {sort}");
        }
        let seen: Vec<String> = by_month.into_values().flatten().collect();
        assert_eq!(seen.len(), all.len(), "each once, by {sort}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), all, "by {sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn months_are_what_is_left_of_what_came() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let other = admin.makes_gallery("Other", "FAMILY").await;
    assert_eq!(months(&admin, &gallery).await, (vec![], 0));
    let june = admin.adds_photo(&gallery, "2024:06:30 10:00:00").await;
    let july = admin.adds_photo(&gallery, "2024:07:02 10:00:00").await;
    let told = |months: &[(&str, u64)]| {
        let count = months.iter().map(|(_, count)| count).sum::<u64>();
        (months.iter().map(|(month, count)| ((*month).to_owned(), *count)).collect::<Vec<_>>(), count)
    };
    let guest = home.comes_by(&admin.shares(&gallery, json!({})).await).await;
    for actor in [&admin, &home.visitor().await, &guest] {
        assert_eq!(months(actor, &gallery).await, told(&[("2024-07", 1), ("2024-06", 1)]));
    }
    let input = json!({ "id": june, "takenAt": "2024-06-30T23:30:00Z", "takenAtOffsetMinutes": 60 });
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
    assert_eq!(months(&admin, &gallery).await, told(&[("2024-07", 2)]), "it was July where it was taken");
    let (from, to) = days_of("2024-07");
    let asked = json!({ "id": gallery, "from": from, "to": to });
    assert_eq!(walked(&guest, asked).await, [june.clone(), july.clone()]);
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": july, "galleryId": other })).await;
    assert_eq!(months(&admin, &gallery).await, told(&[("2024-07", 1)]));
    let trash = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(trash, "DeleteMediaInput", json!({ "ids": [june] })).await;
    assert_eq!(months(&admin, &gallery).await, told(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn days_need_an_order_by_date_and_must_make_sense() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = admin.adds_photo(&gallery, "2024:07:02 10:00:00").await;
    for (wrong, message) in [
        (json!({ "from": "2024-07-01", "sort": "MANUAL" }), "TAKEN_AT_ASC"),
        (json!({ "to": "2024-07-01", "sort": "UPLOADED_AT_DESC" }), "TAKEN_AT_DESC"),
        (json!({ "from": "2024-07-02", "to": "2024-07-01" }), "`from` must not be later than `to`."),
        (json!({ "from": "2024-7-2" }), "`from` must be a day"),
        (json!({ "to": "2024-02-30" }), "`to` must be a day"),
    ] {
        let mut variables = wrong.clone();
        variables["id"] = json!(gallery);
        let answer = admin.asks(MEDIA, variables).await;
        assert_eq!(error_codes(&answer), ["BAD_REQUEST"], "{wrong}");
        let said = answer["errors"][0]["message"].as_str().expect("a message");
        assert!(said.contains(message), "{wrong}: {said}");
    }
    // The order that the gallery itself has counts, too.
    let update = "updateGallery(input: $input) { userErrors { code } }";
    admin.does(update, "UpdateGalleryInput", json!({ "id": gallery, "sort": "MANUAL" })).await;
    let day = json!({ "id": gallery, "from": "2024-07-02", "to": "2024-07-02" });
    assert_eq!(error_codes(&admin.asks(MEDIA, day.clone()).await), ["BAD_REQUEST"]);
    let mut sorted = day;
    sorted["sort"] = json!("TAKEN_AT_DESC");
    assert_eq!(walked(&admin, sorted.clone()).await, [photo]);
    sorted["kind"] = json!("VIDEO");
    assert_eq!(walked(&admin, sorted).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_from_elsewhere_in_the_gallery_goes_on_in_the_days_that_are_asked_for() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let mut photos = Vec::new();
    for month in [5, 6, 7, 8] {
        photos.push(admin.adds_photo(&gallery, &format!("2024:0{month}:15 10:00:00")).await);
    }
    for (sort, june_on) in
        [("TAKEN_AT_ASC", [true, false, false, false]), ("TAKEN_AT_DESC", [false, false, true, true])]
    {
        let data = admin.gets(MEDIA, json!({ "id": gallery, "sort": sort })).await;
        for edge in data["gallery"]["media"]["edges"].as_array().expect("edges") {
            let (from, to) = days_of("2024-06");
            let after = &edge["cursor"];
            let asked = json!({ "id": gallery, "sort": sort, "after": after, "from": from, "to": to });
            let at = photos.iter().position(|photo| edge["node"]["id"] == json!(photo)).expect("one of them");
            let expected: &[String] = if june_on[at] { &photos[1..2] } else { &[] };
            assert_eq!(walked(&admin, asked).await, expected, "{sort}, after {at}");
        }
    }
}
