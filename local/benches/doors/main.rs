//! The HTTP door against the AppSync door: how long a gallery page of 60 and a deep query take through each, how many are
//! answered in a second, and which calls to AWS they make.
//!
//! `cargo bench -p local --bench doors` prints the table; `RESULTS.md` holds the last one. Both doors answer within this
//! process. The AppSync is that of the tests, which calls resolvers in batches; its own work is part of the time.

#[path = "../../../tests/appsync/caller.rs"]
#[expect(dead_code, reason = "the tests have callers of all kinds")]
mod caller;
#[path = "../../../tests/appsync/emulator.rs"]
#[expect(dead_code, reason = "the tests ask for more")]
mod emulator;
mod filling;
#[path = "../home/mod.rs"]
mod home;
#[path = "../../../tests/appsync/input.rs"]
mod input;
#[path = "../../../tests/appsync/output.rs"]
mod output;
#[path = "../../../tests/appsync/run.rs"]
mod run;
#[path = "../../../tests/appsync/schema.rs"]
mod schema;
#[path = "../../../tests/appsync/selection.rs"]
mod selection;

use std::{
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use local::System;
use serde_json::{Value, json};

use caller::Caller;
use emulator::{Emulator, Failure, Invocation};
use schema::Schema;

const WARM_UP: usize = 20;
const ROUNDS: usize = 200;
/// Throughput is measured with so many requests under way, in slices that take turns.
const AT_ONCE: usize = 8;
const SLICES: usize = 5;
const REQUESTS_PER_SLICE: usize = 80;

const PAGE: &str = "query($id: ID!) { gallery(id: $id) { title mediaCount media(first: 60) { edges { cursor node { \
    id caption takenAt width height status thumbhash likeCount commentCount viewerHasLiked \
    thumbnail { url width height } preview { url width height } \
    uploadedBy { id displayName } viewerCan { comment download } } } pageInfo { hasNextPage endCursor } } } }";
/// As deep as is allowed.
const DEEP: &str = "query($id: ID!) { gallery(id: $id) { media(first: 20) { edges { node { id comments(first: 3) { \
    edges { node { text author { displayName } replies(first: 2) { edges { node { text author { displayName } } } } } } \
    } } } } } }";

/// Both doors of a system, and who comes by them.
struct Doors {
    system: System,
    appsync: Emulator,
    caller: Caller,
    token: String,
}

#[derive(Clone, Copy)]
enum Door {
    Http,
    AppSync,
}

/// What one door took for one document.
#[derive(Default)]
struct Taken {
    durations: Vec<Duration>,
    busy: Duration,
}

fn main() -> anyhow::Result<()> {
    // As the binaries have it: answering goes deep.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.thread_stack_size(16 * 1024 * 1024).enable_all().build()?.block_on(async { tokio::spawn(bench()).await? })
}

async fn bench() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let system = System::start(home::options(folder.path())).await?;
    let gallery = filling::fill(&system).await?;
    let doors = Doors::open(system).await?;
    let mut out = std::io::stdout();
    writeln!(out, "| what | door | p50 | p95 | a second | calls |\n|---|---|---|---|---|---|")?;
    let variables = json!({ "id": gallery.to_string() });
    for (name, document) in [("gallery page of 60", PAGE), ("deep query", DEEP)] {
        let first = doors.ask(Door::Http, document, &variables).await?;
        ensure!(doors.ask(Door::AppSync, document, &variables).await? == first, "{name}: the doors differ");
        doors.compare(&mut out, name, document, &variables).await?;
    }
    doors.system.stop().await;
    Ok(())
}

impl Doors {
    async fn open(system: System) -> anyhow::Result<Self> {
        let token = home::sign_in(&system).await?;
        let sdl = resolvers::sdl();
        let schema = Schema::new(&resolvers::appsync::export(&sdl), resolvers::appsync::resolver_fields(&sdl));
        let door = Arc::new(system.appsync.clone());
        let lambda = Arc::new(move |payload| {
            let door = door.clone();
            let answer = async move { door.handle(payload).await };
            let failed = |failure: resolvers::appsync::Failure| Failure::new(&failure.error_type, failure.message);
            answer.map(move |answer| answer.map_err(failed)).boxed()
        });
        let appsync = Emulator::new(schema, lambda, Invocation::Batch);
        let caller = Caller::with_token("localhost", &token, "");
        Ok(Self { system, appsync, caller, token })
    }

    async fn ask(&self, door: Door, document: &str, variables: &Value) -> anyhow::Result<Value> {
        match door {
            Door::Http => home::answer(&self.system.api, Some(&self.token), document, variables).await,
            Door::AppSync => {
                let mut answer = Box::pin(self.appsync.execute(&self.caller, document, variables)).await;
                ensure!(answer.get("errors").is_none(), "{document}: {answer}");
                Ok(answer["data"].take())
            }
        }
    }

    async fn compare(&self, out: &mut impl Write, name: &str, document: &str, variables: &Value) -> anyhow::Result<()> {
        let (mut http, mut appsync) = (Taken::default(), Taken::default());
        for round in 0..WARM_UP + ROUNDS {
            for (door, taken) in [(Door::Http, &mut http), (Door::AppSync, &mut appsync)] {
                let begun = Instant::now();
                self.ask(door, document, variables).await?;
                if round >= WARM_UP {
                    taken.durations.push(begun.elapsed());
                }
            }
        }
        for _ in 0..SLICES {
            for (door, taken) in [(Door::Http, &mut http), (Door::AppSync, &mut appsync)] {
                let begun = Instant::now();
                let requests = stream::iter(0..REQUESTS_PER_SLICE).map(|_| self.ask(door, document, variables));
                requests.buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await?;
                taken.busy += begun.elapsed();
            }
        }
        for (door, label, taken) in [(Door::Http, "HTTP", &mut http), (Door::AppSync, "AppSync", &mut appsync)] {
            let (answer, calls) = store::measured(self.ask(door, document, variables)).await;
            answer?;
            taken.durations.sort_unstable();
            let (p50, p95) = (taken.at(50), taken.at(95));
            writeln!(out, "| {name} | {label} | {p50:.1} ms | {p95:.1} ms | {:.1} | {calls} |", taken.per_second())?;
        }
        writeln!(
            out,
            "| {name} | AppSync : HTTP | {:.2} | {:.2} | {:.2} | |",
            appsync.at(50) / http.at(50),
            appsync.at(95) / http.at(95),
            appsync.per_second() / http.per_second(),
        )?;
        Ok(())
    }
}

impl Taken {
    /// Milliseconds within which so many of a hundred were answered; durations are sorted.
    fn at(&self, percent: usize) -> f64 {
        self.durations[self.durations.len() * percent / 100].as_secs_f64() * 1_000.0
    }

    fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let requests = (SLICES * REQUESTS_PER_SLICE) as f64;
        requests / self.busy.as_secs_f64()
    }
}
