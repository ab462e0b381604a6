//! Many things at the same time, and not too many.

use futures::{StreamExt, future::BoxFuture, stream};

use crate::Error;

/// Does some work, so much of it at the same time, and gives what came of each, in no order.
pub(crate) async fn at_once<T>(most: usize, work: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    stream::iter(work).buffer_unordered(most).collect().await
}

/// The same, where the first failure ends it.
pub(crate) async fn all_at_once<T>(most: usize, work: Vec<BoxFuture<'_, Result<T, Error>>>) -> Result<Vec<T>, Error> {
    let mut work = stream::iter(work).buffer_unordered(most);
    let mut done = Vec::new();
    while let Some(one) = work.next().await {
        done.push(one?);
    }
    Ok(done)
}
