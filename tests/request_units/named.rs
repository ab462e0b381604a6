//! What is done to many things that a mutation names: each is written by itself, as all that follows from its record
//! changes with it, and is read together with the others.

use serde_json::{Value, json};
use store::Calls;

use super::library::{Library, Size, Who, photos};

const DELETE: &str =
    "mutation($input: DeleteMediaInput!) { deleteMedia(input: $input) { mediaIds userErrors { code } } }";
const RESTORE: &str =
    "mutation($input: RestoreMediaInput!) { restoreMedia(input: $input) { mediaIds userErrors { code } } }";
const REORDER: &str =
    "mutation($input: ReorderMediaInput!) { reorderMedia(input: $input) { gallery { id } userErrors { code } } }";
const FEW: usize = 3;
const MANY: usize = 60;

/// Reads of the table, and transactions.
fn taken(calls: &Calls) -> (u64, u64) {
    let reads = ["GetItem", "BatchGetItem", "Query"].map(|name| calls.of(name).calls).into_iter().sum();
    (reads, calls.of("TransactWriteItems").calls)
}

async fn does(library: &Library, document: &str, input: Value) -> Calls {
    let (data, calls) = library.asks(Who::Admin, document, &json!({ "input": input })).await;
    let payload = data.as_object().and_then(|fields| fields.values().next()).expect("a payload");
    assert_eq!(payload["userErrors"], json!([]), "{document}");
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn many_things_are_read_together_and_written_one_by_one() {
    let library = Library::filled(Size { photos: FEW + MANY, others: 1 }).await;
    let all = photos(FEW + MANY);
    let (few, many) = all.split_at(FEW);
    for (what, document, more) in [("reorder", REORDER, 1), ("into the trash", DELETE, 0), ("out of it", RESTORE, 0)] {
        let input = |ids: &[String]| match document {
            REORDER => json!({ "galleryId": library.names["summer"], "mediaIds": ids }),
            _ => json!({ "ids": ids }),
        };
        let (reads, writes) = taken(&does(&library, document, input(few)).await);
        let (reads_of_many, writes_of_many) = taken(&does(&library, document, input(many)).await);
        assert_eq!((writes, writes_of_many), (FEW as u64 + more, MANY as u64 + more), "{what}: transactions");
        assert!(reads_of_many <= reads + 2, "{what}: {reads} reads for {FEW}, {reads_of_many} for {MANY}");
    }
}
