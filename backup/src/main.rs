//! The Lambda function of the backup.

use std::{
    io::Write,
    process::ExitCode,
    sync::Arc,
    time::{Duration, SystemTime},
};

use backup::{Backup, Drill, Drilled, NewId, Place, RunOptions, nobody, places_from_env};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use model::{BACKUP_JOBS, Clock, DRILL_JOBS, Timestamp};
use serde_json::{Value, json};
use store::{Settings, Store, config::optional};
use tokio::time::Instant;
use ulid::Ulid;

/// Kept back of every invocation, for what is under way and for the manifest.
const RESERVE: Duration = Duration::from_secs(90);
/// Photos and videos that a drill tries.
const SAMPLE: usize = 50;

#[derive(Clone)]
struct Function {
    store: Store,
    places: Vec<Place>,
    new_id: NewId,
}

fn main() -> ExitCode {
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
    let new_id: NewId = Arc::new(new_id);
    let places = places_from_env(&store, &sdk, &new_id).await?;
    let function = Function { store, places, new_id };
    let running = lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let function = function.clone();
        async move { function.answer(event).await }
    }));
    Box::pin(running).await
}

impl Function {
    /// `{"backup": {}}` (with `"acceptFewer": true` after much was erased on purpose), `{"drill": {}}`, or the event of
    /// an object under `jobs/backup/`.
    async fn answer(&self, event: LambdaEvent<Value>) -> Result<Value, Error> {
        let time_left = event.context.deadline().duration_since(system_now()).unwrap_or_default();
        let payload = event.payload;
        let key = payload.pointer("/detail/object/key").and_then(Value::as_str).unwrap_or_default();
        if payload.get("drill").is_some() || key.starts_with(DRILL_JOBS) {
            let answer = self.drill().await?;
            if key.starts_with(DRILL_JOBS) {
                self.store.delete_backup_job(key).await?;
            }
            return Ok(answer);
        }
        if payload.get("backup").is_none() && !key.starts_with(BACKUP_JOBS) {
            return Err(Error::from("neither {\"backup\": {}} nor {\"drill\": {}} nor an object under jobs/backup/"));
        }
        let accept_fewer = payload.pointer("/backup/acceptFewer").and_then(Value::as_bool).unwrap_or(false);
        let deadline = Some(Instant::now() + time_left.saturating_sub(RESERVE));
        let answer = self.back_up(RunOptions { accept_fewer, deadline }).await?;
        if key.starts_with(BACKUP_JOBS) {
            self.store.delete_backup_job(key).await?;
        }
        Ok(answer)
    }

    async fn back_up(&self, options: RunOptions) -> Result<Value, Error> {
        let backup = Backup {
            store: self.store.clone(),
            places: self.places.clone(),
            clock: clock(),
            new_id: self.new_id.clone(),
            observer: nobody(),
        };
        let ended = backup.run(options).await;
        if matches!(ended, Err(backup::Error::Busy)) {
            return Ok(json!({ "busy": true }));
        }
        let record = self.store.get_backup().await?.unwrap_or_default();
        let since = record.succeeded_at.map_or(0, |at| at.unix_seconds());
        let failed = !ended.as_ref().is_ok_and(|report| report.failures.is_empty());
        metric(&[
            ("BackupFailed", i64::from(failed), "Count"),
            ("BackupAge", (now().unix_seconds() - since) / 3_600, "None"),
        ]);
        let report = ended?;
        for failure in &report.failures {
            tracing::error!(failure, "not in the backup");
        }
        Ok(json!({ "unfinished": report.left > 0, "report": report }))
    }

    async fn drill(&self) -> Result<Value, Error> {
        let drill = Drill {
            store: self.store.clone(),
            // The second copy first: it can often be read at once.
            places: self.places.iter().rev().cloned().collect(),
            scratch: None,
            sample: Some(SAMPLE),
            clock: clock(),
            random: Arc::new(fill_random),
            observer: nobody(),
        };
        let ended = drill.run().await;
        let failed = match &ended {
            Ok(Drilled::Proved(proof)) => !proof.holds(),
            Ok(Drilled::AskedBack(_)) => false,
            Err(_) => true,
        };
        metric(&[("DrillFailed", i64::from(failed), "Count")]);
        Ok(match ended? {
            Drilled::Proved(proof) => json!({ "proof": proof }),
            Drilled::AskedBack(objects) => json!({ "askedBack": objects }),
        })
    }
}

/// Tells numbers in the embedded metric format of `CloudWatch`, which is a line on the standard output.
fn metric(values: &[(&str, i64, &str)]) {
    let metrics: Vec<Value> = values.iter().map(|(name, _, unit)| json!({ "Name": name, "Unit": unit })).collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": now().unix_millis(),
            "CloudWatchMetrics": [{ "Namespace": "Mantel", "Dimensions": [["Function"]], "Metrics": metrics }],
        },
        "Function": optional("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|| "backup".to_owned()),
    });
    for (name, value, _) in values {
        line[*name] = json!(value);
    }
    if let Err(error) = writeln!(std::io::stdout(), "{line}") {
        tracing::warn!(%error, "a metric could not be told");
    }
}

fn clock() -> Clock {
    Arc::new(now)
}

#[expect(clippy::disallowed_methods, reason = "main makes the clock that ticks")]
fn system_now() -> SystemTime {
    SystemTime::now()
}

fn now() -> Timestamp {
    let since_1970 = system_now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "main makes the random source")]
fn fill_random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

fn new_id() -> Ulid {
    let mut bytes = [0; 16];
    fill_random(&mut bytes);
    Ulid::from_parts(u64::try_from(now().unix_millis()).unwrap_or(0), u128::from_be_bytes(bytes))
}
