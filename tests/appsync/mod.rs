//! The AppSync door, behind an AppSync of our own: the same documents give the same through it as through the HTTP door.

mod caller;
mod differential;
mod emulator;
mod entry;
mod input;
mod mutations;
mod normal;
mod operations;
mod output;
mod queries;
mod run;
mod schema;
mod selection;
mod specification;
mod world;

use std::collections::BTreeSet;

use async_graphql_parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};

use differential::Doors;
use entry::{Effect, effect, root_fields};
use mutations::MUTATIONS;
use queries::QUERIES;

const FEWEST_DOCUMENTS: usize = 40;
/// Root fields that no document can call, with the reason.
const NOT_CALLED: [(&str, &str); 2] =
    [("Mutation.publishMediaEvent", "for services"), ("Mutation.publishCommentEvent", "for services")];
/// Fields with a resolver that no document can reach, with the reason.
const NOT_REACHED: [(&str, &str); 4] = [
    ("Mutation.publishMediaEvent", "for services"),
    ("Mutation.publishCommentEvent", "for services"),
    ("Subscription.onMediaReady", "not answered, but admitted: see tests/stories/subscriptions.rs"),
    ("Subscription.onCommentAdded", "not answered, but admitted: see tests/stories/subscriptions.rs"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_same_documents_get_the_same_through_both_doors() {
    let mut doors = Doors::open().await;
    for entry in QUERIES.iter().chain(MUTATIONS) {
        doors.compare(*entry).await;
    }
    let resolvers: BTreeSet<String> = resolvers::appsync::resolver_fields(&resolvers::sdl()).into_iter().collect();
    let excused = NOT_REACHED.iter().map(|(field, _)| (*field).to_owned()).collect();
    for called in doors.agree() {
        let missing: BTreeSet<String> = resolvers.difference(&called).cloned().collect();
        assert_eq!(missing, excused, "resolvers that no document called");
    }
}

#[test]
fn there_are_enough_documents_in_their_tables() {
    let mut distinct: Vec<_> = QUERIES.iter().chain(MUTATIONS).map(|(_, text, given)| (text, given)).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert!(distinct.len() >= FEWEST_DOCUMENTS, "only {} documents", distinct.len());
    for (table, expected) in [(QUERIES, Effect::Reads), (MUTATIONS, Effect::Changes)] {
        for (_, document, _) in table {
            assert_eq!(effect(document), expected, "in the wrong table: {document}");
        }
    }
}

#[test]
fn every_root_field_is_in_a_document() {
    let mut called: BTreeSet<String> = NOT_CALLED.iter().map(|(field, _)| (*field).to_owned()).collect();
    called.extend(QUERIES.iter().chain(MUTATIONS).flat_map(|(_, document, _)| root_fields(document)));
    called.retain(|name| !name.contains(".__"));
    assert_eq!(called, root_fields_of_the_schema(), "root fields of documents, and of the schema");
}

fn root_fields_of_the_schema() -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    for definition in parse_schema(resolvers::sdl()).expect("the schema can be parsed").definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let root = ty.node.name.node;
        if let (TypeKind::Object(object), "Query" | "Mutation") = (ty.node.kind, root.as_str()) {
            fields.extend(object.fields.iter().map(|field| format!("{root}.{}", field.node.name.node)));
        }
    }
    fields
}
