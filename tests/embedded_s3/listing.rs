//! Listings, page by page.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
};

use aws_sdk_s3::{Client, types::EncodingType};
use proptest::prelude::*;

use super::{BUCKET, Outcome, World, refusal};

#[tokio::test]
async fn an_old_listing_goes_on_after_its_marker() -> Outcome {
    let world = World::new().await?;
    for key in ["a/1", "a/2", "b", "c/1"] {
        world.put(key, "x").await?;
    }
    let list = |marker: String| world.client.list_objects().bucket(BUCKET).delimiter("/").max_keys(1).marker(marker);
    let mut seen = Vec::new();
    let mut marker = String::new();
    loop {
        let page = list(marker).send().await?;
        seen.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
        seen.extend(page.common_prefixes().iter().filter_map(|prefix| prefix.prefix().map(str::to_owned)));
        marker = page.next_marker().unwrap_or_default().to_owned();
        if page.is_truncated() != Some(true) {
            break;
        }
    }
    assert_eq!(seen, ["a/", "b", "c/"]);
    let list = world.client.list_objects_v2().bucket(BUCKET);
    assert_eq!(refusal(list.clone().continuation_token("nonsense").send().await), "InvalidArgument");
    assert_eq!(refusal(list.clone().max_keys(-1).send().await), "InvalidArgument");
    let none = list.max_keys(0).send().await?;
    assert_eq!((none.key_count(), none.is_truncated()), (Some(0), Some(false)));
    Ok(())
}

/// What to list of which keys.
#[derive(Clone, Debug)]
struct Listing {
    keys: BTreeSet<String>,
    prefix: String,
    delimiter: Option<String>,
    start_after: String,
    max_keys: i32,
}

fn listings() -> impl Strategy<Value = Listing> {
    let key = "[ab/é ÿ\u{1}\u{10FFFF}+%&~<\u{7f}.]{1,5}"
        .prop_filter("the client takes no blank key", |key| !key.trim().is_empty());
    let short = "[ab/é]{0,2}";
    let delimiter = proptest::option::of(prop_oneof!["/", "b", "é", "//"]);
    (proptest::collection::btree_set(key, 0..14), short, delimiter, short, 1..5).prop_map(
        |(keys, prefix, delimiter, start_after, max_keys)| Listing { keys, prefix, delimiter, start_after, max_keys },
    )
}

impl Listing {
    /// Objects (false) and common prefixes (true), in order, by reading all keys.
    fn expected(&self) -> BTreeMap<String, bool> {
        let listed = self.keys.iter().filter(|key| key.starts_with(&self.prefix) && **key > self.start_after);
        let fold = |key: &String| {
            let rest = &key[self.prefix.len()..];
            let end =
                self.delimiter.as_ref().and_then(|delimiter| Some(rest.find(delimiter.as_str())? + delimiter.len()));
            end.map_or_else(|| (key.clone(), false), |end| (key[..self.prefix.len() + end].to_owned(), true))
        };
        listed.map(fold).collect()
    }

    async fn actual(&self, client: &Client) -> Result<Vec<(String, bool)>, Box<dyn Error>> {
        let list = client.list_objects_v2().bucket(BUCKET).encoding_type(EncodingType::Url).max_keys(self.max_keys);
        let list = list.prefix(&self.prefix).set_delimiter(self.delimiter.clone());
        let list = list.start_after(&self.start_after);
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let page = list.clone().set_continuation_token(token).send().await?;
            let keys = page.contents().iter().filter_map(|object| object.key()).map(|key| (decoded(key), false));
            let prefixes = page.common_prefixes().iter().filter_map(|prefix| prefix.prefix());
            let mut entries: Vec<_> = keys.chain(prefixes.map(|prefix| (decoded(prefix), true))).collect();
            assert_eq!(page.key_count(), i32::try_from(entries.len()).ok());
            assert!(page.key_count() <= Some(self.max_keys));
            entries.sort();
            seen.extend(entries);
            token = page.next_continuation_token().map(str::to_owned);
            if page.is_truncated() != Some(true) {
                return Ok(seen);
            }
        }
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = if byte == b'%' { [rest.next(), rest.next()] } else { [None, None] };
        bytes.push(match hex {
            [Some(high), Some(low)] => hex::decode([high, low]).expect("two hexadecimal digits")[0],
            _ => byte,
        });
    }
    String::from_utf8(bytes).expect("keys are UTF-8")
}

#[test]
fn pages_are_in_byte_order_and_fold_at_the_delimiter() -> Outcome {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let world = runtime.block_on(World::new())?;
    runner.run(&listings(), |listing| {
        let actual = runtime.block_on(async {
            for key in &listing.keys {
                world.put(key, "x").await?;
            }
            let actual = listing.actual(&world.client).await;
            for key in &listing.keys {
                world.client.delete_object().bucket(BUCKET).key(key).send().await?;
            }
            actual
        });
        let actual = actual.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert_eq!(actual, listing.expected().into_iter().collect::<Vec<_>>());
        Ok(())
    })?;
    Ok(())
}
