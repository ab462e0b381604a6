//! What answers say that they took, held against what DynamoDB's documentation says that they take.
//!
//! Source: "Capacity unit consumption for read and write operations" and "DynamoDB item sizes and formats" of the
//! developer guide. A strongly consistent read takes 1 unit for each 4 KB, of something that is not there as well; an
//! eventually consistent one half of it; a query rounds the sum of what it reads; a write takes 1 unit for each KB, in a
//! transaction 2, and 1 for each KB of each index.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use model::{
    Comment, CommentId, CommentText, Error, Gallery, GalleryId, GallerySort, MediaId, PageRequest, Title, UserId,
    Visibility,
};
use store::{RecordKey, measured};
use ulid::Ulid;

use super::library::{Library, Size};
use crate::support::Home;

type Item = HashMap<String, AttributeValue>;

const READ_UNIT_BYTES: usize = 4_096;
const WRITE_UNIT_BYTES: usize = 1_024;

fn comment(n: u128, length: usize) -> Comment {
    let media = MediaId::new(Ulid::from_parts(1, 1));
    Comment {
        id: CommentId { media, thread: None, own: Ulid::from_parts(1, n) },
        text: Some(CommentText::parse(&"a".repeat(length), "text").expect("a text")),
        author: somebody(),
        author_name: None,
        reply_count: 0,
        created_at: model::Timestamp::from_unix_seconds(1),
        edited_at: None,
    }
}

fn somebody() -> UserId {
    UserId::from_sub("00000000-0000-4000-8000-000000000000").expect("a name of an account")
}

fn size_bytes(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
}

fn value_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.trim_matches('0').len().div_ceil(2) + 1,
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
        AttributeValue::L(items) => 3 + items.iter().map(|item| 1 + value_bytes(item)).sum::<usize>(),
        AttributeValue::M(fields) => {
            3 + fields.iter().map(|(name, value)| 1 + name.len() + value_bytes(value)).sum::<usize>()
        }
        other => panic!("say how large {other:?} is"),
    }
}

fn units(bytes: usize, unit_bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes.div_ceil(unit_bytes)).expect("a small number"))
}

fn assert_units(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 0.01, "{what}: {found} units instead of {expected}");
}

#[tokio::test(flavor = "multi_thread")]
async fn consistent_reads_take_a_unit_for_each_4_kb() {
    let home = Home::open().await;
    let library = Library::filled(Size { photos: 1, others: 1 }).await;
    let store = &library.home.system.store;
    let photo: MediaId = library.names["photo"].parse().expect("an id");
    for (n, length, expected) in [(7, 40, 1.0), (8, 3_990, 2.0)] {
        let mut long = comment(n, length);
        long.id.media = photo;
        assert!(store.put_comment(&long).await.expect("the table answers"));
        let (found, calls) = measured(store.get_comment(long.id)).await;
        assert!(found.expect("the table answers").is_some());
        assert_eq!((calls.of("GetItem").calls, calls.of_table().calls), (1, 1));
        assert_units(calls.of("GetItem").capacity_units, expected, &format!("a comment of {length} characters"));
    }
    let (_, calls) = measured(home.system.store.get_comment(comment(9, 1).id)).await;
    assert_units(calls.of_table().capacity_units, 1.0, "a comment that is not there");
    let keys: Vec<RecordKey> = (0..3).map(|n| RecordKey::Comment(comment(n, 1).id)).collect();
    let (_, calls) = measured(home.system.store.get_records(&keys)).await;
    assert_eq!(calls.of("BatchGetItem").calls, 1);
    assert_units(calls.of_table().capacity_units, 3.0, "three in a batch, none of them there");
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_of_an_index_take_half_of_what_all_rows_together_would() {
    let library = Library::filled(Size { photos: 20, others: 1 }).await;
    let summer: GalleryId = library.names["summer"].parse().expect("an id");
    let partition = format!("GAL#{}", summer.ulid());
    let in_index = |item: &Item| item.get("GSI1PK") == Some(&AttributeValue::S(partition.clone()));
    let items = library.home.items().await;
    let photos: Vec<&Item> = items.iter().filter(|item| in_index(item) && item.contains_key("GSI2PK")).collect();
    assert_eq!(photos.len(), 20);
    let bytes: usize = photos.into_iter().map(size_bytes).sum();
    let page = PageRequest { first: 60, after: None };
    let (_, calls) = measured(library.home.system.store.list_media(summer, &page, GallerySort::TakenAtAsc)).await;
    assert_eq!((calls.of("Query").calls, calls.of_table().calls), (1, 1));
    assert_units(calls.of_table().capacity_units, units(bytes, READ_UNIT_BYTES) / 2.0, "a query of 20 photos");
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_take_twice_and_indexes_once() {
    let home = Home::open().await;
    let before = home.items().await.len();
    let title = Title::parse("One two three", "title").expect("a title");
    let id = GalleryId::new(Ulid::from_parts(1, 1));
    let gallery = Gallery::new(id, title, Visibility::Family, somebody(), home.now());
    let (made, calls) = measured(home.system.store.put_gallery(&gallery)).await;
    assert!(made.expect("the table answers"));
    let items = home.items().await;
    let of_gallery = |item: &&Item| {
        let holds =
            |name: &str| item.get(name).and_then(|v| v.as_s().ok()).is_some_and(|v| v.contains(&id.ulid().to_string()));
        holds("PK") || holds("SK")
    };
    let written: Vec<&Item> = items.iter().filter(of_gallery).collect();
    assert_eq!(written.len(), items.len() - before, "all that is new");
    let expected: f64 = written
        .into_iter()
        .map(|item| {
            let indexes = ["GSI1PK", "GSI2PK"].into_iter().filter(|key| item.contains_key(*key)).count();
            units(size_bytes(item), WRITE_UNIT_BYTES) * (2.0 + units(indexes, 1))
        })
        .sum();
    assert_eq!(calls.of("TransactWriteItems").calls, 1);
    assert_units(calls.of_table().capacity_units, expected, "a new gallery");
}

#[tokio::test(flavor = "multi_thread")]
async fn work_counts_for_what_is_around_it_and_for_nothing_else() {
    let home = Home::open().await;
    let store = &home.system.store;
    let get = |n| store.get_comment(comment(n, 1).id);
    let (inner, outer) = measured(Box::pin(async {
        let (one, two) = tokio::join!(measured(get(1)), measured(async { (get(2).await, get(3).await) }));
        (one.1.of_table().calls, two.1.of_table().calls)
    }))
    .await;
    assert_eq!((inner, outer.of_table().calls), ((1, 2), 3));
    let unmeasured: Result<_, Error> = get(4).await;
    assert!(unmeasured.expect("the table answers").is_none());
    assert!(!store::is_call_under_way());
}
