//! Who may do what: every root field and every field of every object, asked by everyone, on galleries of every kind,
//! through both doors. The tables are committed, and a difference in them is to be looked at line by line.

mod asking;
mod cast;
mod doors;
mod fields;
mod operations;
mod revoked;
mod rows;
mod schema;
mod subjects;
mod table;
mod things;
mod told;

use futures::{StreamExt, stream};

/// How many calls are under way at once.
const CALLS_AT_ONCE: usize = 8;

/// The outcomes of many calls, in their order.
async fn gather<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    calls: impl IntoIterator<Item = F>,
) -> Vec<T> {
    let outcomes = stream::iter(calls).map(tokio::spawn).buffered(CALLS_AT_ONCE);
    outcomes.map(|outcome| outcome.expect("the call did not panic")).collect().await
}
