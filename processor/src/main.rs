//! The Lambda function of the processor.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use model::Timestamp;
use processor::{Limits, Processor};
use serde_json::Value;
use store::{Settings, Store};

/// Kept back of every invocation, so that the answer still gets out.
const RESERVE: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt().json().with_target(false).without_time().init();
    let sdk = store::sdk_config().await;
    let store = Store::new(&sdk, Settings::from_env()?)?;
    let processor = Processor::new(store, Arc::new(now), Limits::default(), std::env::temp_dir());
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let processor = processor.clone();
        async move {
            let time_left = event.context.deadline().duration_since(system_now()).unwrap_or_default();
            let handled = Box::pin(processor.handle(event.payload, time_left.saturating_sub(RESERVE))).await;
            handled.map_err(|error| Error::from(format!("not a batch of SQS messages: {error}")))
        }
    }))
    .await
}

#[expect(clippy::disallowed_methods, reason = "main makes the clock that ticks")]
fn system_now() -> SystemTime {
    SystemTime::now()
}

fn now() -> Timestamp {
    let since_1970 = system_now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}
