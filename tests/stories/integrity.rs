//! Whether all is whole: each kind of damage is made by hand, found, and mended where that can be. Nothing is deleted.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    process::{Command, Output},
};

use aws_sdk_dynamodb::types::AttributeValue;
use model::{MediaId, object_key::OriginalsKey};
use processor::{CheckIntegrity, End, Kind, Report, SHARES, check_integrity, testing::film::UPRIGHT};
use serde_json::{Value, json};
use store::measured;

use crate::support::{Actor, Home, actor::until, aws};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A home with two photos, each with a comment with a reply, and likes; where nothing is processed any more.
struct Library {
    home: Home,
    gallery: String,
    ids: Vec<MediaId>,
}

impl Library {
    async fn new() -> Self {
        let home = Home::open().await;
        let admin = home.admin().await;
        let gallery = admin.makes_gallery("Summer at the lake", "FAMILY").await;
        let mut ids = Vec::new();
        for taken in ["2024:07:01 10:00:00", "2024:08:02 11:00:00"] {
            let id = admin.adds_photo(&gallery, taken).await;
            let thread = admin.comments(&id, "lovely boat").await;
            let reply = json!({ "mediaId": id, "text": "indeed", "parentId": thread });
            admin.does("addComment(input: $input) { userErrors { code } }", "AddCommentInput", reply).await;
            let like = json!({ "mediaId": id });
            admin.does("likeMedia(input: $input) { userErrors { code } }", "LikeMediaInput", like).await;
            ids.push(id.parse().expect("an id"));
        }
        let home = home.restart_with(|options| options.processes = false).await;
        Self { home, gallery, ids }
    }

    async fn looks(&self, what: CheckIntegrity) -> Report {
        let clock = self.home.clock();
        let look = check_integrity(&self.home.system.store, &clock, what, None, &|_| {});
        let (looked, calls) = Box::pin(measured(look)).await;
        let deletes = ["DeleteItem", "DeleteObject", "DeleteObjects", "BatchWriteItem"];
        assert!(deletes.iter().all(|name| calls.of(name).calls == 0), "nothing is deleted: {calls}");
        looked.expect("the services answer")
    }

    /// Looks at everything, and gives what was found, and that the next look finds nothing of it but what stays.
    async fn finds(&self) -> Vec<(Kind, String, End)> {
        let items = self.home.items().await.len();
        let objects = self.objects().await;
        let found = of(&self.looks(CheckIntegrity { all: true }).await);
        assert!(self.home.items().await.len() >= items, "no item went");
        assert!(self.objects().await >= objects, "no object went");
        found
    }

    async fn objects(&self) -> u64 {
        let store = &self.home.system.objects;
        let count = async |bucket| store.object_count(bucket).await.expect("the store answers");
        count("originals").await + count("renditions").await
    }

    fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws::dynamodb(&self.home)
    }

    async fn items(&self, wanted: impl Fn(&str, &str) -> bool) -> Vec<HashMap<String, AttributeValue>> {
        let items = self.home.items().await;
        items.into_iter().filter(|item| wanted(text(item, "PK"), text(item, "SK"))).collect()
    }

    /// Deletes items by hand.
    async fn loses(&self, wanted: impl Fn(&str, &str) -> bool) -> usize {
        let items = self.items(wanted).await;
        for item in &items {
            let delete = self.dynamodb().delete_item().table_name("mantel");
            delete.set_key(Some(key(item))).send().await.expect("it goes");
        }
        items.len()
    }

    /// Sets an attribute of a record by hand.
    async fn spoils(&self, pk: &str, sk: &str, attribute: &str, value: AttributeValue) {
        let update = self.dynamodb().update_item().table_name("mantel");
        update
            .key("PK", AttributeValue::S(pk.to_owned()))
            .key("SK", AttributeValue::S(sk.to_owned()))
            .update_expression("SET #a = :v")
            .expression_attribute_names("#a", attribute)
            .expression_attribute_values(":v", value)
            .send()
            .await
            .expect("it is changed");
    }

    async fn put(&self, bucket: &str, key: &str, bytes: &[u8]) {
        let put = aws::s3(&self.home).put_object().bucket(bucket).key(key).body(bytes.to_vec().into());
        put.send().await.expect("it is put");
    }

    async fn original(&self, id: MediaId) -> Vec<u8> {
        let get = aws::s3(&self.home).get_object().bucket("originals").key(OriginalsKey::Original(id).to_string());
        get.send().await.expect("it is there").body.collect().await.expect("its bytes").to_vec()
    }

    fn media(&self, at: usize) -> String {
        format!("MED#{}", self.ids[at].ulid())
    }

    fn gallery(&self) -> String {
        self.gallery.replace("gal_", "GAL#")
    }
}

fn text<'a>(item: &'a HashMap<String, AttributeValue>, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

fn key(item: &HashMap<String, AttributeValue>) -> HashMap<String, AttributeValue> {
    ["PK", "SK"].into_iter().map(|name| (name.to_owned(), item[name].clone())).collect()
}

fn of(report: &Report) -> Vec<(Kind, String, End)> {
    assert_eq!(report.found, report.findings.len());
    assert_eq!(report.needs_you, report.findings.iter().filter(|finding| finding.end == End::NeedsYou).count());
    report.findings.iter().map(|finding| (finding.kind, finding.subject.clone(), finding.end)).collect()
}

/// All items but the result itself, so that two tables can be compared.
fn without_result(items: Vec<HashMap<String, AttributeValue>>) -> BTreeMap<String, String> {
    let named = items.into_iter().map(|item| {
        let sorted: BTreeMap<_, _> = item.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
        (format!("{} / {}", text(&item, "PK"), text(&item, "SK")), format!("{sorted:?}"))
    });
    named.filter(|(key, _)| key != "INTEGRITY / INTEGRITY").collect()
}

/// Every item is as it was.
async fn same(library: &Library, before: &BTreeMap<String, String>) {
    let now = without_result(library.home.items().await);
    for key in before.keys().chain(now.keys()) {
        assert_eq!(before.get(key), now.get(key), "{key}");
    }
}

fn sorted(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(map) => {
            // Months without pictures may stay behind in a gallery.
            let counts = map.iter().filter(|(_, value)| **value != AttributeValue::N("0".to_owned()));
            let map: BTreeMap<_, _> = counts.map(|(name, value)| (name, sorted(value))).collect();
            format!("{map:?}")
        }
        AttributeValue::Ss(texts) => {
            let mut texts = texts.clone();
            texts.sort();
            format!("{texts:?}")
        }
        other => format!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_library_is_told_as_whole_and_left_as_it_is() {
    let library = Library::new().await;
    let before = without_result(library.home.items().await);
    let report = library.looks(CheckIntegrity { all: true }).await;
    assert_eq!(of(&report), []);
    assert_eq!((report.media, report.galleries, report.read, report.unread), (2, 1, 2, 0));
    assert!(report.is_well() && report.to_string().contains("All is whole."), "{report}");
    same(&library, &before).await;
    let kept = processor::last_integrity(&library.home.system.store).await.expect("the table answers");
    assert_eq!(kept, Some(report));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_from_a_record_is_written_anew() {
    let library = Library::new().await;
    let before = without_result(library.home.items().await);
    let id = library.ids[0].to_string();
    let ulid = library.ids[0].ulid().to_string();
    let claims = async || library.loses(|_, sk| sk.starts_with("SHA#")).await;
    let pointers = async || library.loses(|pk, sk| pk.starts_with("GAL#") && sk == format!("MED#{ulid}")).await;
    let words = async || library.loses(|pk, sk| pk.starts_with("WORD#") && sk.ends_with(&id)).await;
    assert_eq!((claims().await, pointers().await), (2, 1));
    assert!(words().await > 0);
    let lost = AttributeValue::S("NOWHERE".to_owned());
    for attribute in ["GSI1PK", "GSI2SK"] {
        library.spoils(&library.media(0), "MED", attribute, lost.clone()).await;
    }
    let expected: Vec<_> = {
        let mut ids: Vec<_> = library.ids.iter().map(ToString::to_string).collect();
        ids.sort();
        ids.into_iter().map(|id| (Kind::IndexMissing, id, End::Mended)).collect()
    };
    assert_eq!(library.finds().await, expected);
    same(&library, &before).await;
    assert_eq!(library.finds().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_are_set_to_what_there_is() {
    let library = Library::new().await;
    let before = without_result(library.home.items().await);
    let gallery = library.gallery();
    let number = |number: i64| AttributeValue::N(number.to_string());
    for (attribute, value) in [
        ("media_count", number(7)),
        ("stored_count", number(0)),
        ("originals_bytes", number(1)),
        ("renditions_bytes", number(2)),
        ("months", AttributeValue::M(HashMap::from([("1999-01".to_owned(), number(3))]))),
    ] {
        library.spoils(&gallery, "GAL", attribute, value).await;
        let found = library.finds().await;
        assert_eq!(found, [(Kind::CounterWrong, library.gallery.clone(), End::Mended)], "{attribute}");
        same(&library, &before).await;
    }
    library.spoils(&library.media(0), "MED", "comment_count", number(9)).await;
    let somebody = AttributeValue::Ss(vec!["usr_00000000-0000-4000-8000-000000000000".to_owned()]);
    library.spoils(&library.media(1), "MED", "liked_by", somebody).await;
    let thread = library.items(|_, sk| sk.starts_with("COM#")).await.remove(0);
    library.spoils(text(&thread, "PK"), text(&thread, "SK"), "reply_count", number(5)).await;
    let found = library.finds().await;
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|(kind, _, end)| (*kind, *end) == (Kind::CounterWrong, End::Mended)), "{found:?}");
    same(&library, &before).await;
    assert_eq!(library.finds().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_behind_which_there_is_nothing_are_told_and_stay() {
    let library = Library::new().await;
    let gone = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let gallery = library.gallery();
    let hash = "00".repeat(32);
    let items = [
        (gallery.clone(), format!("SHA#{hash}"), true),
        (gallery, format!("MED#{gone}"), true),
        ("WORD#bo".to_owned(), format!("boat#2024-01-01T00:00:00.000Z#med_{gone}"), false),
    ];
    for (pk, sk, names_media) in &items {
        let put = self_put(&library, pk, sk);
        let put = if *names_media { put.item("media_id", AttributeValue::S(format!("med_{gone}"))) } else { put };
        put.send().await.expect("it is put");
    }
    let mut expected: Vec<_> =
        items.iter().map(|(pk, sk, _)| (Kind::IndexLeftOver, format!("{pk} / {sk}"), End::Left)).collect();
    expected.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(library.finds().await, expected);
    let report = library.looks(CheckIntegrity::default()).await;
    assert!(report.is_well() && report.to_string().contains("they do no harm"), "{report}");
}

fn self_put(
    library: &Library,
    pk: &str,
    sk: &str,
) -> aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder {
    let put = library.dynamodb().put_item().table_name("mantel");
    put.item("PK", AttributeValue::S(pk.to_owned())).item("SK", AttributeValue::S(sk.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_say_what_cannot_be_are_told() {
    let library = Library::new().await;
    library.spoils(&library.media(0), "MED", "size_bytes", AttributeValue::S("many".to_owned())).await;
    library.loses(|pk, sk| pk.starts_with("GAL#") && sk == "GAL").await;
    let found = library.finds().await;
    let unreadable = (Kind::RecordUnreadable, format!("{} / MED", library.media(0)), End::NeedsYou);
    assert!(found.contains(&unreadable), "{found:?}");
    assert!(found.contains(&(Kind::GalleryMissing, library.ids[1].to_string(), End::NeedsYou)), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn originals_that_are_missing_or_damaged_are_told_to_whoever_can_restore_them() {
    let library = Library::new().await;
    let (missing, flipped) = (library.ids[0], library.ids[1]);
    let mut bytes = library.original(flipped).await;
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    library.put("originals", &OriginalsKey::Original(flipped).to_string(), &bytes).await;
    library.home.system.store.delete_original(missing).await.expect("S3 answers");
    library.put("originals", "originals/med_01ARZ3NDEKTSV4RRFFQ69G5FAV", b"whose").await;
    library.put("originals", "holiday.jpg", b"whose").await;
    let mut found = library.finds().await;
    found.sort_by_key(|(kind, subject, _)| (*kind, subject.clone()));
    let expected = [
        (Kind::OriginalMissing, missing.to_string(), End::NeedsYou),
        (Kind::OriginalDamaged, flipped.to_string(), End::NeedsYou),
        (Kind::OriginalWithoutRecord, "holiday.jpg".to_owned(), End::NeedsYou),
        (Kind::OriginalWithoutRecord, "originals/med_01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(), End::NeedsYou),
    ];
    assert_eq!(found, expected);
    // One that was cut short is seen without being read.
    library.put("originals", &OriginalsKey::Original(flipped).to_string(), &bytes[..at]).await;
    let report = library.looks(CheckIntegrity::default()).await;
    assert!(of(&report).contains(&expected[1]), "{report}");
    assert_eq!(report.needs_you, 4, "each is told once: {report}");
    assert!(!report.is_well() && report.to_string().contains("need somebody"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_originals_are_read_once_in_thirty_days() {
    let library = Library::new().await;
    let mut read = 0;
    for _ in 0..SHARES {
        read += library.looks(CheckIntegrity::default()).await.read;
        library.home.pass_seconds(DAY_SECONDS);
    }
    assert_eq!(read, library.ids.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_mantel_looks_once_a_day() {
    let library = Library::new().await;
    let first = library.looks(CheckIntegrity::default()).await;
    library.home.pass_seconds(DAY_SECONDS);
    let home = library.home.restart_with(|options| options.processes = true).await;
    let last = async || processor::last_integrity(&home.system.store).await.expect("the table answers");
    until(async || last().await.is_some_and(|last| last.begun_at > first.begun_at)).await;
    let second = last().await;
    let home = home.restart().await;
    let last = processor::last_integrity(&home.system.store).await.expect("the table answers");
    assert_eq!(last, second, "once is enough");
}

async fn thumbnail_of(admin: &Actor, id: MediaId) -> Value {
    let look = "query($id: ID!) { media(id: $id) { status thumbnail { url } } }";
    admin.gets(look, json!({ "id": id.to_string() })).await["media"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn small_pictures_that_are_gone_or_cut_short_are_made_anew() {
    let library = Library::new().await;
    let s3 = aws::s3(&library.home);
    let listed = s3.list_objects_v2().bucket("renditions").send().await.expect("a list");
    let keys: Vec<String> = listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect();
    let of = |id: MediaId, name: &str| {
        let found = keys.iter().find(|key| key.starts_with(&id.to_string()) && key.ends_with(name));
        found.expect("it was made").clone()
    };
    let gone = of(library.ids[0], "/thumbnail");
    s3.delete_object().bucket("renditions").key(&gone).send().await.expect("it goes");
    library.put("renditions", &of(library.ids[1], "/preview"), b"cut").await;
    library.put("renditions", "med_01ARZ3NDEKTSV4RRFFQ69G5FAV/r1-0/thumbnail", b"whose").await;
    let mut ids: Vec<_> = library.ids.iter().map(ToString::to_string).collect();
    ids.sort();
    let mut expected: Vec<_> = ids.into_iter().map(|id| (Kind::RenditionMissing, id, End::Asked)).collect();
    let left = "med_01ARZ3NDEKTSV4RRFFQ69G5FAV/r1-0/thumbnail".to_owned();
    expected.push((Kind::RenditionLeftOver, left, End::Left));
    assert_eq!(library.finds().await, expected);

    let Library { home, gallery, ids } = library;
    let home = home.restart_with(|options| options.processes = true).await;
    let admin = home.admin().await;
    until(async || {
        let mut ready = true;
        for id in &ids {
            ready &= thumbnail_of(&admin, *id).await["status"] == "READY";
        }
        ready
    })
    .await;
    let url = thumbnail_of(&admin, ids[0]).await["thumbnail"]["url"].as_str().expect("a url").to_owned();
    assert!(home.http.get(url).send().await.expect("an answer").status().is_success());
    let library = Library { home, gallery, ids };
    let found = super::integrity::of(&library.looks(CheckIntegrity { all: true }).await);
    assert_eq!(found, expected[2..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_cannot_be_made_anew_for_want_of_its_original_is_told() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Films", "FAMILY").await;
    let film = admin.adds(&gallery, "a.mp4", "video/mp4", UPRIGHT).await;
    let id: MediaId = film["id"].as_str().expect("an id").parse().expect("an id of media");
    let home = home.restart_with(|options| options.processes = false).await;
    home.system.store.delete_original(id).await.expect("S3 answers");
    home.system.store.delete_renditions(id, None).await.expect("S3 answers");
    let library = Library { home, gallery, ids: vec![id] };
    let expected = [
        (Kind::OriginalMissing, id.to_string(), End::NeedsYou),
        (Kind::RenditionMissing, id.to_string(), End::NeedsYou),
    ];
    assert_eq!(library.finds().await, expected);
}

fn mantel(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mantel"));
    command.args(arguments).arg("--data").arg(data).output().expect("it starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_what_it_found_and_ends_accordingly() {
    let library = Library::new().await;
    let id = library.ids[0];
    let bytes = library.original(id).await;
    let folder = library.home.stop().await;
    let well = mantel(&["integrity", "--all"], folder.path());
    let text = String::from_utf8_lossy(&well.stdout).into_owned();
    assert!(well.status.success() && text.contains("All is whole."), "{text}");
    let doctor = mantel(&["doctor"], folder.path());
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(said.contains("2 photos and films are there"), "{said}");

    let home = Home::on(folder, |options| options.processes = false).await;
    let library = Library { home, gallery: String::new(), ids: vec![id] };
    library.put("originals", &OriginalsKey::Original(id).to_string(), &bytes[1..]).await;
    let folder = library.home.stop().await;
    let ill = mantel(&["integrity", "--json"], folder.path());
    assert_eq!(ill.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&ill.stdout).expect("JSON");
    let finding = json!({ "kind": "ORIGINAL_DAMAGED", "subject": id.to_string(), "end": "NEEDS_YOU" });
    assert_eq!(report["findings"], json!([finding]));
    let doctor = mantel(&["doctor"], folder.path());
    assert_eq!(doctor.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("1 things need somebody"));
}
