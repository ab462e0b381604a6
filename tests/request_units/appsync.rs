//! The same through the AppSync door, which is asked for one field of many parents.

use serde_json::json;

use super::{
    growth::{Sample, grown},
    library::{Library, albums, comments, links, people, photos},
};
use crate::{
    doors::appsync::{batch, of},
    support::Actor,
};

/// Parents in a batch: those of the smaller library, and as many as the table reads at once.
const PARENTS: [usize; 2] = [3, 100];

/// The type of the parents, their ids, the field, and whether it is a list of each parent's own, which is one query each.
type Field = (&'static str, fn(usize) -> Vec<String>, &'static str, bool);

/// Fields that take something of the table.
const FIELDS: &[Field] = &[
    ("Gallery", albums, "cover", false),
    ("Gallery", albums, "createdBy", false),
    ("Gallery", albums, "viewerCan", false),
    ("Gallery", albums, "media", true),
    ("Photo", photos, "gallery", false),
    ("Photo", photos, "uploadedBy", false),
    ("Photo", photos, "viewerCan", false),
    ("Photo", photos, "comments", true),
    ("Photo", photos, "likes", true),
    ("Comment", comments, "author", false),
    ("Comment", comments, "media", false),
    ("Comment", comments, "viewerCan", false),
    ("Comment", comments, "replies", true),
    ("User", people, "avatar", false),
];
/// The same for fields that are for admins.
const FIELDS_FOR_ADMINS: &[Field] = &[
    ("Gallery", albums, "accessList", true),
    ("Gallery", albums, "shareLinks", true),
    ("ShareLink", links, "createdBy", false),
    ("ShareLink", links, "gallery", false),
];

/// The fields whose calls grow with parents.
pub(super) async fn growth(few: &Library, many: &Library) -> Vec<String> {
    let mut grew = Vec::new();
    for (fields, admins) in [(FIELDS, false), (FIELDS_FOR_ADMINS, true)] {
        for (parent, ids, field, lists) in fields {
            let mut samples = Vec::new();
            for (library, rows) in [few, many].into_iter().zip(PARENTS) {
                let actor = if admins { &library.admin } else { &library.family };
                let (queries, others) = taken(library, actor, parent, &ids(rows), field).await;
                let own = if *lists { u64::try_from(rows).expect("a small number") } else { 0 };
                samples.push(Sample { rows, calls: (queries - own) + others });
            }
            if let Err(growth) = grown(samples[0], samples[1]) {
                grew.push(format!("AppSync, {parent}.{field}: {growth}"));
            }
        }
    }
    grew
}

/// Queries, and other calls, for one field of some parents.
async fn taken(library: &Library, actor: &Actor, parent: &str, ids: &[String], field: &str) -> (u64, u64) {
    let events = ids.iter().map(|id| of(actor, parent, id, field, json!({}))).collect();
    let (items, calls) = store::measured(batch(&library.home, events)).await;
    assert!(items.iter().all(|item| item["errorType"].is_null()), "{parent}.{field}: {items:#?}");
    assert!(items.iter().any(|item| !item["data"].is_null()), "{parent}.{field} finds something: {items:#?}");
    let queries = calls.of("Query").calls;
    (queries, calls.of_table().calls + calls.of_others().calls - queries)
}
