//! A panic in a resolver is a fault of ours like any other: whoever asked gets an answer, and the log the reason.

use std::{
    any::Any,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

use model::Error;

/// Runs a future to its end, or to its first panic. Nothing of it is used after that.
pub(crate) async fn caught<T>(future: impl Future<Output = T>) -> Result<T, Error> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(Error::internal(format!("panicked: {}", message(payload.as_ref()))))),
    })
    .await
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_ends_well_is_passed_on() {
        assert_eq!(caught(async { 7 }).await.expect("no panic"), 7);
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_with_its_text() {
        for waits in [false, true] {
            let result: Result<(), Error> = caught(async {
                if waits {
                    tokio::task::yield_now().await;
                }
                panic!("at number {}", 5);
            })
            .await;
            let Err(Error::Internal(reason)) = result else { panic!("not caught") };
            assert_eq!(reason.to_string(), "panicked: at number 5");
        }
    }
}
