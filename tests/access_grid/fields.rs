//! The grid of fields: whoever may see a thing is told this much of it.

use std::{collections::BTreeSet, sync::Arc};

use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::{
    asking::{Asker, Entry, KINDS, Question, Seen, World, entries, lists, questions},
    cast::{Caller, State},
    gather,
    schema::Schema,
    table::{assert_committed, table},
    told::{lines, verdict},
};

const LEGEND: &str = "\
What everyone is told of what they ask for by `node`, and of each list, field by field.

value         there is one; true, false and 0 are what they say; of a list, the best that any row says
null, none    withheld: the thing is there, but this field of it has no value, or no rows
hidden        the thing itself is answered as what does not exist
CODE          the code of the GraphQL error

Callers and states are those of the grid of operations; downloader came by a link that lets guests download. Each thing
has a value in every field, which admins see. A field of an object that is a thing of its own (a person, a gallery, a
photo, a comment, a share link) is asked for no further here. Both doors say the same, or a cell says what either does.
";

/// Types that only mutations answer with, to whoever called them.
const ANSWERS_OF_MUTATIONS: [&str; 24] = [
    "ChangePasswordPayload",
    "CommentEvent",
    "CommentPayload",
    "DeletePayload",
    "GalleryPayload",
    "HttpHeader",
    "InviteUserPayload",
    "MarkActivityReadPayload",
    "MediaEvent",
    "MediaListPayload",
    "MediaPayload",
    "OpenShareLinkPayload",
    "ReorderGalleriesPayload",
    "RequestUploadPayload",
    "ResetUserPasswordPayload",
    "Session",
    "ShareLinkPayload",
    "SignInPayload",
    "SignOutPayload",
    "StartBackupPayload",
    "UploadPart",
    "UploadTicket",
    "UserError",
    "UserPayload",
];
/// Fields that nobody is told by a query, with the reason.
const NEVER_TOLD: [(&str, &str); 1] = [("ShareLink.url", "only the payload that creates the link holds it")];
/// Two small pictures, the original, and an upright copy or a film to play, of a photo and a film, in each gallery.
const FEWEST_ADDRESSES: usize = 2 * 4 * State::OF_GALLERIES.len();

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_told_exactly_what_the_grid_says() {
    let world = Arc::new(World::build().await);
    let entries = Arc::new(entries(&world));
    let questions = questions(&world, &entries);
    let asked = questions.iter().map(|&question| {
        let (world, entries) = (world.clone(), entries.clone());
        async move { world.ask(&entries[question.entry], question).await }
    });
    let seen = gather(asked).await;
    let lines = lines(&entries, &questions, &seen);
    assert_committed!("access_grid_fields", table(LEGEND, &lines));
    assert_admins_are_told_everything(&entries, &questions, &seen);
    assert_addresses_work(&world, &seen).await;
}

#[test]
fn every_field_of_the_schema_is_in_the_grid() {
    let schema = Schema::of_this_server();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for ty in KINDS.iter().map(|kind| kind.ty.to_owned()).chain(lists(&schema).into_iter().map(|(_, ty)| ty)) {
        asked.extend(schema.selection(&ty).leaves.into_iter().flat_map(|leaf| leaf.fields));
    }
    for ty in ANSWERS_OF_MUTATIONS {
        asked.extend(schema.fields(ty).map(|field| format!("{ty}.{}", field.name.node)));
    }
    assert_eq!(asked, schema.fields_of_objects(), "fields that are asked for, and fields of the schema");
}

/// So that no value is missing because the thing has none.
fn assert_admins_are_told_everything(entries: &[Entry], questions: &[Question], seen: &[Seen]) {
    let (mut told, mut fields) = (BTreeSet::new(), BTreeSet::new());
    for (question, seen) in questions.iter().zip(seen) {
        for leaf in &entries[question.entry].selection.leaves {
            let field = leaf.fields.last().expect("a way has an end").clone();
            if question.asker == Asker::Caller(Caller::Admin)
                && ["value", "true", "false"].contains(&verdict(seen, leaf).as_str())
            {
                told.insert(field.clone());
            }
            fields.insert(field);
        }
    }
    let missing: BTreeSet<&str> = fields.difference(&told).map(String::as_str).collect();
    assert_eq!(missing, NEVER_TOLD.iter().map(|(field, _)| *field).collect(), "fields that no admin was told");
}

/// Whatever address somebody was told opens the file, and is good for that alone. When it ends: `stories/addresses.rs`.
async fn assert_addresses_work(world: &World, seen: &[Seen]) {
    let mut addresses = BTreeSet::new();
    for thing in seen.iter().filter_map(|seen| seen.thing.as_ref().ok()) {
        addresses_in(thing, &mut addresses);
    }
    assert!(addresses.len() >= FEWEST_ADDRESSES, "{addresses:#?}");
    let http = &world.cast.home.http;
    for address in addresses {
        let answer = http.get(&address).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{address}");
        assert!(!answer.bytes().await.expect("the bytes").is_empty(), "{address}");
        for method in [Method::PUT, Method::DELETE] {
            let answer = http.request(method.clone(), &address).send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {address}");
        }
        let (key, query) = address.split_once('?').expect("a signature");
        let last = if key.ends_with('0') { '1' } else { '0' };
        let other = format!("{}{last}?{query}", &key[..key.len() - 1]);
        assert_eq!(http.get(&other).send().await.expect("an answer").status(), StatusCode::FORBIDDEN, "{other}");
    }
}

fn addresses_in(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| addresses_in(item, found)),
        Value::Object(fields) => fields.values().for_each(|value| addresses_in(value, found)),
        Value::String(text) if text.contains("X-Amz-Signature=") => {
            found.insert(text.clone());
        }
        _ => {}
    }
}
