//! How long a gallery page of 100 photos takes through HTTP on one machine, which calls it makes, and how many URLs
//! are presigned in a second.
//!
//! `cargo bench -p local` prints the figures; as they depend on the machine, none of them is a test.

use std::{
    fmt::Write as _,
    io::Write as _,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, ensure};
use local::{FirstPasswords, Options, System, cognito::PasswordCost};
use model::{
    Announcement, Caption, FileName, Findings, Gallery, GalleryId, Media, MediaId, MediaKind, RenditionName,
    RenditionSize, Renditions, Rotation, Sha256, TakenAt, Timestamp, Title, Upload, UserId, Visibility,
    object_key::recipe,
};
use serde_json::{Value, json};
use ulid::Ulid;

/// In the gallery, so that the page of 100 has a next one.
const MEDIA: u16 = 250;
const PAGE_SIZE: usize = 100;
const WARM_UP: usize = 20;
const ROUNDS: usize = 200;
const URLS: u32 = 20_000;
const PASSWORD: &str = "bench-password";
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
    let token = sign_in(&system, &http).await?;
    let gallery = fill(&system).await?;

    let mut report = String::new();
    for (name, document) in [("with 200 URLs", PAGE), ("without URLs", PAGE_WITHOUT_URLS)] {
        let before = system.aws_requests();
        let mut durations = Vec::with_capacity(ROUNDS);
        for round in 0..WARM_UP + ROUNDS {
            let begun = Instant::now();
            let answer = ask(&system, &http, Some(&token), document, json!({ "id": gallery.to_string() })).await?;
            let duration = begun.elapsed();
            let edges = answer["data"]["gallery"]["media"]["edges"].as_array().context("edges")?.len();
            ensure!(edges == PAGE_SIZE, "a page of {edges} instead of {PAGE_SIZE}: {answer}");
            if round >= WARM_UP {
                durations.push(duration);
            }
        }
        durations.sort_unstable();
        let calls = system.aws_requests() - before;
        writeln!(
            report,
            "gallery page of {PAGE_SIZE} media {name}: p50 {:?}, p95 {:?}; {} table calls a page, 0 S3 calls",
            durations[ROUNDS / 2],
            durations[ROUNDS * 95 / 100],
            calls / (WARM_UP + ROUNDS) as u64,
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

async fn sign_in(system: &System, http: &reqwest::Client) -> anyhow::Result<String> {
    let options = ask(system, http, None, "{ signInOptions { id role } }", json!({})).await?;
    let options = options["data"]["signInOptions"].as_array().context("options")?.clone();
    let option = options.iter().find(|option| option["role"] == "VISITOR").context("a visitor")?;
    let document = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }";
    let input = json!({ "input": { "optionId": option["id"], "password": PASSWORD } });
    let answer = ask(system, http, None, document, input).await?;
    let token = answer["data"]["signIn"]["session"]["accessToken"].as_str();
    Ok(token.with_context(|| format!("no token: {answer}"))?.to_owned())
}

async fn ask(
    system: &System,
    http: &reqwest::Client,
    token: Option<&str>,
    document: &str,
    variables: Value,
) -> anyhow::Result<Value> {
    let mut request = http.post(format!("http://{}/graphql", system.site));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Ok(request.json(&json!({ "query": document, "variables": variables })).send().await?.json().await?)
}

/// A gallery of READY photos, written through the same store as the real ones.
async fn fill(system: &System) -> anyhow::Result<GalleryId> {
    let owner = UserId::from_sub("00000000-0000-0000-0000-000000000001")?;
    let id = GalleryId::new(Ulid::from_parts(1, 1));
    let gallery = Gallery::new(id, Title::parse("Bench", "title")?, Visibility::Family, owner, now());
    ensure!(system.store.put_gallery(&gallery).await?, "the gallery is there already");
    for number in 0..MEDIA {
        add_photo(system, gallery.id, owner, number).await?;
    }
    Ok(gallery.id)
}

async fn add_photo(system: &System, gallery_id: GalleryId, owner: UserId, number: u16) -> anyhow::Result<()> {
    let mut sha256 = [0; 32];
    sha256[..2].copy_from_slice(&number.to_be_bytes());
    let upload = Upload { multipart_id: None, expires_at: now().plus_seconds(3_600) };
    let announced = Media::from(Announcement {
        id: MediaId::new(Ulid::from_parts(u64::from(number) + 1, 7)),
        gallery_id,
        kind: MediaKind::Photo,
        file_name: FileName::parse(&format!("IMG_{number:04}.jpg"), "fileName")?,
        content_type: "image/jpeg".to_owned(),
        size_bytes: 4_000_000,
        sha256: Sha256::new(sha256),
        file_modified_at: None,
        uploaded_by: owner,
        created_at: now(),
    });
    let caption = Some(Caption::parse("A day at the lake with everybody", "caption")?);
    let media = Media { caption, upload: Some(upload), ..announced };
    system.store.announce_media(&media).await?;
    ensure!(system.store.admit_media(&media, now()).await?, "photo {number} was not let in");
    let media = system.store.get_media(media.id).await?.context("the photo is there")?;
    let size = |side| RenditionSize { width: side, height: side * 3 / 4, size_bytes: u64::from(side) * 100 };
    let renditions = Renditions { recipe: recipe(Rotation::None), thumbnail: size(512), preview: size(2_048) };
    let taken_at = TakenAt {
        time: Timestamp::from_unix_seconds(1_700_000_000 + i64::from(number) * 3_600),
        offset_minutes: Some(60),
    };
    let findings = Findings {
        kind: MediaKind::Photo,
        content_type: "image/jpeg".to_owned(),
        width: Some(4_032),
        height: Some(3_024),
        taken_at: Some(taken_at),
        location: None,
        exif: None,
        thumbhash: Some("1QcSHQRnh493V4dIh4eXh1h4kJUI".to_owned()),
        dominant_color: Some("#88aacc".to_owned()),
    };
    let done = system.store.finish_processing(&media, &findings, Ok(&renditions), now()).await?;
    done.with_context(|| format!("photo {number} did not become ready"))?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "main makes the random source")]
fn options(data: &std::path::Path) -> Options {
    let any_port = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
    Options {
        data: data.to_owned(),
        listen: any_port,
        media_listen: any_port,
        aws_listen: any_port,
        public_url: None,
        media_url: None,
        passwords: FirstPasswords { admin: Some(PASSWORD.to_owned()), family: Some(PASSWORD.to_owned()) },
        password_cost: PasswordCost::default(),
        clock: Arc::new(now),
        random: Arc::new(|bytes| getrandom::fill(bytes).expect("random bytes")),
        retry_base_seconds: 5,
        dev: false,
    }
}

#[expect(clippy::disallowed_methods, reason = "main makes the clock that ticks")]
fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_unix_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}
