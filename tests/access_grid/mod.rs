//! Who may do what: every root field, called by everyone, on galleries of every kind. The table is committed, and
//! a difference in it is to be looked at line by line.

mod rows;
mod subjects;

use std::collections::BTreeSet;

use async_graphql_parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use futures::{StreamExt, stream};
use serde_json::json;

use self::{
    rows::{ROWS, Row},
    subjects::{CALLERS, Cast, State, Subject, Subjects},
};
use crate::{
    schema,
    support::{Actor, actor::error_codes},
};

/// How many calls are under way at once.
const CALLS_AT_ONCE: usize = 8;

const LEGEND: &str = "\
Who may do what.

ok      done, or shown
null    answered as what does not exist
CODE    the code of the GraphQL error, or of the user error where a mutation was let through

outside is a visitor on no access list; VIEW, COMMENT and CONTRIBUTE are visitors on the list of every gallery.
guest came by a share link to the gallery of FAMILY.
In `trash` the gallery is for the family and the photo in the trash; in `deleted` the gallery is deleted, and all that
it held in the trash. Of uploads nothing arrived yet, so that finishing one gives CONFLICT to whoever may do it.
";

#[tokio::test(flavor = "multi_thread")]
async fn everyone_may_do_exactly_what_the_grid_says() {
    let cast = Cast::assemble().await;
    let subjects = Subjects::new(&cast).await;
    let mut cells = Vec::new();
    for row in ROWS {
        for &state in row.over.states() {
            for caller in 0..CALLERS.len() {
                cells.push((row, state, caller));
            }
        }
    }
    let prepared = stream::iter(cells).map(|(row, state, caller)| {
        let subjects = &subjects;
        async move { (row, state, caller, subjects.of(row, state, caller).await) }
    });
    let prepared: Vec<_> = prepared.buffered(CALLS_AT_ONCE).collect().await;
    subjects.fill_the_trash().await;
    let called = stream::iter(&prepared).map(|(row, state, caller, subject)| {
        let actor = subjects.actor(*caller);
        async move { (*row, *state, verdict(actor, row, subject).await) }
    });
    let called: Vec<(&Row, State, String)> = called.buffered(CALLS_AT_ONCE).collect().await;
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots", omit_expression => true }, {
        insta::assert_snapshot!("access_grid", print(&called));
    });
}

#[test]
fn every_root_field_has_a_row() {
    let document = parse_schema(resolvers::sdl()).expect("the schema can be parsed");
    let mut fields = BTreeSet::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let root = ty.node.name.node;
        // Subscriptions are not answered but admitted, see tests/stories/subscriptions.rs.
        if let (TypeKind::Object(object), "Query" | "Mutation") = (ty.node.kind, root.as_str()) {
            fields.extend(object.fields.iter().map(|field| format!("{root}.{}", field.node.name.node)));
        }
    }
    fields.retain(|name| !schema::is_for_services(name));
    let rows: BTreeSet<String> = ROWS.iter().map(|row| format!("{}.{}", row.root(), row.field)).collect();
    assert_eq!(rows, fields, "rows of the grid, and root fields of the schema");
}

/// Calls the field, and says how that ended.
async fn verdict(actor: &Actor, row: &Row, subject: &Subject) -> String {
    let (document, variables) = row.call(subject);
    let answer = actor.asks(&document, variables).await;
    if let Some(code) = error_codes(&answer).first() {
        return code.clone();
    }
    let value = answer.get("data").map_or_else(|| panic!("{document}: {answer:#}"), |data| &data[row.field]);
    if let Some(code) = value["userErrors"][0]["code"].as_str() {
        return code.to_owned();
    }
    let listed = value["edges"]
        .as_array()
        .filter(|_| row.lists_galleries())
        .is_none_or(|edges| edges.iter().any(|edge| edge["node"]["id"] == json!(subject.gallery)));
    if value.is_null() || !listed { "null".to_owned() } else { "ok".to_owned() }
}

/// The table. States of one field that look alike share a line.
fn print(called: &[(&Row, State, String)]) -> String {
    let mut lines: Vec<Vec<String>> = vec![["", "", ""].iter().chain(&CALLERS).map(|&cell| cell.to_owned()).collect()];
    let mut before: Option<&Row> = None;
    for cells in called.chunks(CALLERS.len()) {
        let (row, state, _) = &cells[0];
        let verdicts: Vec<String> = cells.iter().map(|(_, _, verdict)| verdict.clone()).collect();
        let same_row = before.is_some_and(|before| std::ptr::eq(before, *row));
        let last = lines.last_mut().expect("the head is there");
        if same_row && last[3..] == verdicts {
            last[2] = format!("{}, {}", last[2], state.name());
        } else {
            let mut line = vec![row.field.to_owned(), row.note.to_owned(), state.name().to_owned()];
            line.extend(verdicts);
            lines.push(line);
        }
        before = Some(row);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..CALLERS.len() + 3).map(width).collect();
    let mut text = LEGEND.to_owned();
    for line in &lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        text.push('\n');
        text.push_str(cells.join("  ").trim_end());
    }
    text
}
