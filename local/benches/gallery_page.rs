//! How long a gallery page of 100 photos takes through HTTP on one machine, which calls it makes, and how many URLs
//! are presigned in a second.
//!
//! `cargo bench -p local` prints the figures; as they depend on the machine, none of them is a test.

mod home;

use std::{fmt::Write as _, io::Write as _, time::Instant};

use anyhow::{Context, ensure};
use local::System;
use model::{MediaId, RenditionName};
use serde_json::{Value, json};
use ulid::Ulid;

use home::{add_gallery, add_photo, answer, now, options, sign_in};

/// In the gallery, so that the page of 100 has a next one.
const MEDIA: u16 = 250;
const PAGE_SIZE: usize = 100;
const WARM_UP: usize = 20;
const ROUNDS: usize = 200;
const URLS: u32 = 20_000;
const PAGE: &str = "query($id: ID!) { gallery(id: $id) { title mediaCount media(first: 100) { \
    edges { cursor node { id caption takenAt width height status thumbhash dominantColor commentCount \
    thumbnail { url width height } preview { url width height } } } pageInfo { hasNextPage endCursor } } } }";
const PAGE_WITHOUT_URLS: &str = "query($id: ID!) { gallery(id: $id) { title mediaCount media(first: 100) { \
    edges { cursor node { id caption takenAt width height status thumbhash dominantColor commentCount } } \
    pageInfo { hasNextPage endCursor } } } }";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let system = System::start(options(folder.path())).await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let token = sign_in(&system).await?;
    let gallery = add_gallery(&system, 1).await?;
    for number in 0..MEDIA {
        add_photo(&system, gallery, number).await?;
    }

    let mut report = String::new();
    for (name, document) in [("with 200 URLs", PAGE), ("without URLs", PAGE_WITHOUT_URLS)] {
        let variables = json!({ "id": gallery.to_string() });
        let (_, calls) = store::measured(Box::pin(answer(&system.api, Some(&token), document, &variables))).await;
        let mut durations = Vec::with_capacity(ROUNDS);
        for round in 0..WARM_UP + ROUNDS {
            let begun = Instant::now();
            let answer = ask(&system, &http, &token, document, &variables).await?;
            let duration = begun.elapsed();
            let edges = answer["data"]["gallery"]["media"]["edges"].as_array().context("edges")?.len();
            ensure!(edges == PAGE_SIZE, "a page of {edges} instead of {PAGE_SIZE}: {answer}");
            if round >= WARM_UP {
                durations.push(duration);
            }
        }
        durations.sort_unstable();
        writeln!(
            report,
            "gallery page of {PAGE_SIZE} media {name}: p50 {:?}, p95 {:?}; calls a page: {calls}",
            durations[ROUNDS / 2],
            durations[ROUNDS * 95 / 100],
        )?;
    }
    let per_second = presigned_per_second(&system).await?;
    writeln!(report, "presigned URLs: {per_second:.0} a second on one core")?;
    std::io::stdout().write_all(report.as_bytes())?;
    system.stop().await;
    Ok(())
}

async fn presigned_per_second(system: &System) -> anyhow::Result<f64> {
    let presigner = system.store.presigner("localhost", now()).await?;
    let begun = Instant::now();
    for number in 0..URLS {
        let id = MediaId::new(Ulid::from_parts(u64::from(number), 0));
        presigner.view_rendition(id, "r1-0", RenditionName::Thumbnail)?;
    }
    Ok(f64::from(URLS) / begun.elapsed().as_secs_f64())
}

async fn ask(
    system: &System,
    http: &reqwest::Client,
    token: &str,
    document: &str,
    variables: &Value,
) -> anyhow::Result<Value> {
    let request = http.post(format!("http://{}/graphql", system.site)).bearer_auth(token);
    Ok(request.json(&json!({ "query": document, "variables": variables })).send().await?.json().await?)
}
