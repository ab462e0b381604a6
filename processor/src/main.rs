//! The Lambda function of the processor.

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, SystemTime},
};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use model::{Clock, Timestamp};
use processor::{CheckIntegrity, Processor, Reprocess, Tools};
use serde_json::{Value, json};
use store::{Settings, Store};

/// Kept back of every invocation, so that the answer still gets out.
const RESERVE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    if let Some(end) = processor::run_if_worker() {
        return end;
    }
    tracing_subscriber::fmt().json().with_target(false).without_time().init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Error::from).and_then(|runtime| runtime.block_on(run())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "the function cannot run");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let sdk = store::sdk_config().await;
    let store = Store::new(&sdk, Settings::from_env()?)?;
    let tools = Tools::from_env(&std::env::temp_dir()).await?;
    let processor = Processor::new(store.clone(), Arc::new(now), tools);
    let running = lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let (processor, store) = (processor.clone(), store.clone());
        async move { answer(&processor, &store, event).await }
    }));
    Box::pin(running).await
}

/// What the function is called with: a batch of SQS, or one of `{"reconcile": {}}` and `{"reprocess": {"failed": false}}`,
/// which look for what got lost or is made otherwise today, and put it into the queue; or `{"integrity": {"all": false}}`,
/// which looks whether all is whole and answers with what it found.
async fn answer(processor: &Processor, store: &Store, event: LambdaEvent<Value>) -> Result<Value, Error> {
    let said = |error: model::Error| Error::from(format!("{error:?}"));
    if event.payload.get("reconcile").is_some() {
        processor.reconcile().await.map_err(said)?;
        return Ok(json!({}));
    }
    if let Some(what) = event.payload.get("reprocess") {
        let what: Reprocess = serde_json::from_value(what.clone())?;
        return Ok(serde_json::to_value(processor::reprocess(store, what, now()).await.map_err(said)?)?);
    }
    if let Some(what) = event.payload.get("integrity") {
        let what: CheckIntegrity = serde_json::from_value(what.clone())?;
        let time_left = event.context.deadline().duration_since(system_now()).unwrap_or_default();
        // The other half is for the last original that is begun: a film takes minutes.
        let deadline = tokio::time::Instant::now() + time_left / 2;
        let clock: Clock = Arc::new(now);
        let report = processor::check_integrity(store, &clock, what, Some(deadline), &|_| {}).await.map_err(said)?;
        tracing::info!(found = report.found, needs_you = report.needs_you, unread = report.unread, "looked at all");
        return Ok(serde_json::to_value(report.shortened())?);
    }
    let time_left = event.context.deadline().duration_since(system_now()).unwrap_or_default();
    let handled = Box::pin(processor.handle(event.payload, time_left.saturating_sub(RESERVE))).await;
    let response = handled.map_err(|error| Error::from(format!("not a batch of SQS messages: {error}")))?;
    Ok(serde_json::to_value(response)?)
}

#[expect(clippy::disallowed_methods, reason = "main makes the clock that ticks")]
fn system_now() -> SystemTime {
    SystemTime::now()
}

fn now() -> Timestamp {
    let since_1970 = system_now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}
