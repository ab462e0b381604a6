//! Finding things by their words.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Description, Gallery, GalleryId, PageRequest, Title, Visibility, words};
use processor::testing::{ExifFields, jpeg_with_exif};
use serde_json::{Value, json};
use ulid::Ulid;

use crate::support::{Actor, Home, actor::error_codes};

const SEARCH: &str = "query($text: String!, $from: AWSDate, $to: AWSDate, $first: Int! = 20, $after: String) { \
    search(text: $text, from: $from, to: $to, first: $first, after: $after) { \
    edges { cursor node { ... on Gallery { id } ... on Photo { id } ... on Comment { id } } } \
    pageInfo { hasNextPage hasPreviousPage endCursor } } }";
const UPDATE_MEDIA: &str = "updateMedia(input: $input) { media { id } userErrors { code } }";
const DELETE_MEDIA: &str = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
const RESTORE_MEDIA: &str = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
const JULY: &str = "2024:07:03 15:04:05";

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_found_by_its_own_words() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Čeština am Größten See", "FAMILY").await;
    let call = "updateGallery(input: $input) { gallery { id } userErrors { code } }";
    let input = json!({ "id": gallery, "description": "Two weeks of rain" });
    admin.does(call, "UpdateGalleryInput", input).await;
    let camera = ExifFields {
        taken: Some(JULY.to_owned()),
        camera_make: Some("Fujifilm".to_owned()),
        camera_model: Some("X100V".to_owned()),
        ..ExifFields::default()
    };
    let media = admin.adds(&gallery, "DSCF0815.jpg", "image/jpeg", &jpeg_with_exif(30, 20, 1, &camera)).await;
    let media = media["id"].as_str().expect("an id");
    let input = json!({ "id": media, "caption": "Grandma swims", "placeName": "Plitvička jezera" });
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
    let comment = family.comments(media, "So cold, brr!").await;

    for text in ["cestina", "ČEŠTINA", "gross", "GRÖSS", "see", "rain", "weeks two"] {
        assert_eq!(found(&family, text).await, [gallery.as_str()], "{text}");
    }
    for text in
        ["grandma", "grand", "SWIM", "plitvicka", "dscf0815", "fuji", "x100", "jezera grandma fujifilm", "a swims"]
    {
        assert_eq!(found(&family, text).await, [media], "{text}");
    }
    for text in ["cold", "brr so"] {
        assert_eq!(found(&family, text).await, [comment.as_str()], "{text}");
    }
    // In the middle of a word, in two things, and nowhere.
    for text in ["randma", "grandma cold", "nothing", "grandmas"] {
        assert_eq!(found(&family, text).await, Vec::<String>::new(), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thing_is_found_once_however_many_of_its_words_match() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Ann Anna Annabel annals", "FAMILY").await;
    assert_eq!(found(&admin, "ann").await, [gallery.as_str()]);
    assert_eq!(found(&admin, "an anna").await, [gallery.as_str()]);
    let other = admin.makes_gallery("Anna", "FAMILY").await;
    assert_eq!(found(&admin, "anna").await.len(), 2);
    assert_eq!(walk(&admin, "an", 1).await, [gallery, other]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_is_not_found_and_a_taken_right_counts_at_once() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let gallery = admin.makes_gallery("Surprise party", "RESTRICTED").await;
    let media = admin.adds_photo(&gallery, JULY).await;
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": media, "caption": "Surprise cake" })).await;
    let comment = admin.comments(&media, "What a surprise").await;
    let all: BTreeSet<String> = [gallery.clone(), media, comment].into();
    let nothing = BTreeSet::new();
    let sees = async |actor: &Actor| found(actor, "surprise").await.into_iter().collect::<BTreeSet<_>>();
    assert_eq!((sees(&admin).await, sees(&anna).await), (all.clone(), nothing.clone()));
    let before = anna.hears(SEARCH, json!({ "text": "surprise" })).await;
    assert_eq!(before, anna.hears(SEARCH, json!({ "text": "nowhere" })).await, "as what is not there");
    admin.grants(&gallery, &anna.id().await, json!("VIEW")).await;
    assert_eq!(sees(&anna).await, all);
    admin.grants(&gallery, &anna.id().await, Value::Null).await;
    assert_eq!((sees(&admin).await, sees(&anna).await), (all, nothing));
}

#[tokio::test(flavor = "multi_thread")]
async fn things_are_found_by_what_they_say_now() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, JULY).await;
    let nothing = Vec::<String>::new();
    let caption = async |text: Value| {
        admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": media, "caption": text })).await;
    };
    caption(json!("Uncle Theo")).await;
    assert_eq!(found(&family, "theo").await, [media.as_str()]);
    caption(json!("Uncle Otto")).await;
    assert_eq!(
        (found(&family, "theo").await, found(&family, "otto uncle").await),
        (nothing.clone(), vec![media.clone()])
    );
    caption(Value::Null).await;
    assert_eq!(found(&family, "otto").await, nothing);

    let comment = family.comments(&media, "Marvellous").await;
    let call = "editComment(input: $input) { comment { id } userErrors { code } }";
    family.does(call, "EditCommentInput", json!({ "id": comment, "text": "Splendid" })).await;
    assert_eq!((found(&admin, "marv").await, found(&admin, "splen").await), (nothing.clone(), vec![comment.clone()]));
    let call = "deleteComment(input: $input) { comment { id } userErrors { code } }";
    family.does(call, "DeleteCommentInput", json!({ "id": comment })).await;
    assert_eq!(found(&admin, "splen").await, nothing, "a removed comment");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trash_is_not_searched_and_what_is_erased_leaves_no_entry() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, JULY).await;
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": media, "caption": "Lighthouse" })).await;
    let comment = admin.comments(&media, "Lighthouses everywhere").await;
    let both: BTreeSet<String> = [media.clone(), comment].into();
    let sees = async || found(&admin, "lighthouse").await.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(sees().await, both);
    admin.does(DELETE_MEDIA, "DeleteMediaInput", json!({ "ids": [media] })).await;
    assert_eq!(sees().await, BTreeSet::new());
    admin.does(RESTORE_MEDIA, "RestoreMediaInput", json!({ "ids": [media] })).await;
    assert_eq!(sees().await, both);
    assert_eq!(entries(&home, "lighthouse").await, 2);
    admin.does(DELETE_MEDIA, "DeleteMediaInput", json!({ "ids": [media], "permanently": true })).await;
    assert_eq!((sees().await, entries(&home, "lighthouse").await), (BTreeSet::new(), 0));

    let call = "deleteGallery(input: $input) { deletedId userErrors { code } }";
    assert_eq!((found(&admin, "summer").await, entries(&home, "summer").await), (vec![gallery.clone()], 1));
    admin.does(call, "DeleteGalleryInput", json!({ "id": gallery })).await;
    assert_eq!((found(&admin, "summer").await, entries(&home, "summer").await), (Vec::new(), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_days_leaves_what_is_of_them() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Harbour", "FAMILY").await;
    let mut photos = Vec::new();
    for taken in ["2024:05:01 10:00:00", "2024:05:31 23:59:59"] {
        let media = admin.adds_photo(&gallery, taken).await;
        admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": media, "caption": "Harbour" })).await;
        photos.push(media);
    }
    let comment = admin.comments(&photos[0], "That harbour").await;
    let today = home.now().day_at(0);
    let cases: [(Value, Value, Vec<&String>); 7] = [
        (json!("2024-05-01"), json!("2024-05-01"), vec![&gallery, &photos[0]]),
        (json!("2024-05-31"), json!("2024-06-01"), vec![&gallery, &photos[1]]),
        // Between its two pictures there is only the gallery, which spans them.
        (json!("2024-05-02"), json!("2024-05-30"), vec![&gallery]),
        (json!("2024-06-01"), json!("2024-12-31"), vec![]),
        (Value::Null, json!("2024-04-30"), vec![]),
        (json!(today), Value::Null, vec![&comment]),
        (Value::Null, json!(today), vec![&gallery, &photos[0], &photos[1], &comment]),
    ];
    for (from, to, expected) in cases {
        let data = admin.gets(SEARCH, json!({ "text": "harbour", "from": from, "to": to })).await;
        let found: BTreeSet<String> = ids(&data).into_iter().collect();
        assert_eq!(found, expected.into_iter().cloned().collect(), "{from} to {to}");
    }
    let empty = admin.makes_gallery("Lagoon", "FAMILY").await;
    let data = admin.gets(SEARCH, json!({ "text": "lagoon", "from": today, "to": today })).await;
    assert_eq!(ids(&data), [empty], "an empty gallery is of the day when it was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_makes_no_sense_says_what_to_do() {
    let home = Home::open().await;
    let family = home.visitor().await;
    for (variables, hint) in [
        (json!({ "text": "" }), "two letters"),
        (json!({ "text": "a b !?" }), "two letters"),
        (json!({ "text": "summer", "from": "2024-02-30" }), "`from` must be a day such as 2026-03-01"),
        (json!({ "text": "summer", "to": "yesterday" }), "`to` must be a day such as 2026-03-01"),
        (json!({ "text": "summer", "from": "2024-05-02", "to": "2024-05-01" }), "later than"),
        (json!({ "text": "summer", "first": 101 }), "`first` must be"),
        (json!({ "text": "summer", "after": "garbage" }), "`after` is not a cursor"),
        (
            json!({ "text": "summer", "after": BASE64_URL_SAFE_NO_PAD.encode("1:~01JZZZZZZZZZZZZZZZZZZZZZZZ") }),
            "too old",
        ),
    ] {
        let answer = family.asks(SEARCH, variables.clone()).await;
        assert_eq!(error_codes(&answer), ["BAD_REQUEST"], "{variables}");
        let message = answer["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains(hint), "{variables}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_everything_once_whatever_their_size() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let mut all = BTreeSet::new();
    for n in 0..30 {
        // Several words of each match, so that entries of one thing lie on several pages.
        all.insert(admin.makes_gallery(&format!("Trip{n:02} trips triptych{n}"), "FAMILY").await);
    }
    for size in [1, 7, 30, 100] {
        let walked = walk(&admin, "tri", size).await;
        assert_eq!((walked.len(), walked.into_iter().collect::<BTreeSet<_>>()), (30, all.clone()), "{size} at once");
    }
    let newest_first = found(&admin, "trips").await;
    assert!(newest_first.is_sorted_by(|one, other| one > other), "ids sort by time: {newest_first:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_short_where_much_is_hidden_and_its_cursor_tells_nothing() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let shown = admin.makes_gallery("Zz00", "FAMILY").await;
    let words: Vec<String> = (10..49).map(|n| format!("zz{n}secret")).collect();
    let words = words.join(" ");
    let creator = admin.id().await.parse().expect("an id");
    // 39 entries each: more than the 500 that one request reads.
    for n in 1..=14 {
        let title = Title::parse("Hidden", "title").expect("a title");
        let id = GalleryId::new(Ulid::from_parts(1_700_000_000_000, n));
        let description = Some(Description::parse(&words, "description").expect("a description"));
        let gallery = Gallery { description, ..Gallery::new(id, title, Visibility::Private, creator, home.now()) };
        assert!(home.system.store.put_gallery(&gallery).await.expect("the table answers"));
    }
    let first = family.gets(SEARCH, json!({ "text": "zz" })).await;
    assert_eq!(ids(&first), Vec::<String>::new());
    let page_info = &first["search"]["pageInfo"];
    assert_eq!(page_info["hasNextPage"], true);
    let cursor = page_info["endCursor"].as_str().expect("a cursor");
    let plain = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).expect("base64")).expect("a text");
    assert!(!plain.contains("secret") && !plain.contains("gal_"), "{plain}");
    let second = family.gets(SEARCH, json!({ "text": "zz", "after": cursor })).await;
    assert_eq!((ids(&second), &second["search"]["pageInfo"]["hasNextPage"]), (vec![shown], &json!(false)));
    assert_eq!(walk(&admin, "zz", 4).await.len(), 15);
    assert_eq!(walk(&family, "zz", 4).await.len(), 1);
}

fn ids(data: &Value) -> Vec<String> {
    let edges = data["search"]["edges"].as_array().expect("a list").iter();
    edges.map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()).collect()
}

async fn found(actor: &Actor, text: &str) -> Vec<String> {
    let data = actor.gets(SEARCH, json!({ "text": text, "first": 100 })).await;
    assert_eq!(data["search"]["pageInfo"]["hasNextPage"], false, "{text}");
    ids(&data)
}

/// What all pages hold, one after another.
async fn walk(actor: &Actor, text: &str, first: usize) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = actor.gets(SEARCH, json!({ "text": text, "first": first, "after": after })).await;
        let page = ids(&data);
        assert!(page.len() <= first);
        all.extend(page);
        let page_info = &data["search"]["pageInfo"];
        assert_eq!(page_info["hasPreviousPage"], json!(!after.is_null()));
        if page_info["hasNextPage"] == false {
            return all;
        }
        assert_ne!(page_info["endCursor"], after, "it goes on");
        after = page_info["endCursor"].clone();
    }
}

/// How many entries of words that begin so there are in the table.
async fn entries(home: &Home, start: &str) -> usize {
    let start = words([start]).pop_first().expect("a word");
    let page = PageRequest { first: 100, after: None };
    home.system.store.list_entries(&start, &page).await.expect("the table answers").rows.len()
}
