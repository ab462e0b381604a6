//! What benches work with: a system on a folder of its own, people, photos, comments.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Context, ensure};
use lambda_http::{Body, http};
use local::{FirstPasswords, Options, System, cognito::PasswordCost};
use model::{
    Announcement, Caption, FileName, Findings, Gallery, GalleryId, Media, MediaId, MediaKind, RenditionSize,
    Renditions, Rotation, Sha256, TakenAt, Timestamp, Title, Upload, UserId, Visibility, object_key::recipe,
};
use processor::{Worker, WorkerLimits};
use resolvers::Api;
use serde_json::{Value, json};
use ulid::Ulid;

/// How many people brought the photos.
const UPLOADERS: u16 = 12;
const PASSWORD: &str = "bench-password";

/// Sends a document through the HTTP door of this process. It must succeed.
pub(crate) async fn answer(api: &Api, token: Option<&str>, document: &str, variables: &Value) -> anyhow::Result<Value> {
    let body = json!({ "query": document, "variables": variables }).to_string();
    let mut request = http::Request::post("/graphql").header("host", "localhost");
    request = request.header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let answer = api.handle(request.body(Body::Text(body))?).await;
    let mut answer: Value = serde_json::from_slice(answer.body().as_ref())?;
    ensure!(answer.get("errors").is_none(), "{document}: {answer}");
    Ok(answer["data"].take())
}

/// Signs in with the family's account and gives its access token.
pub(crate) async fn sign_in(system: &System) -> anyhow::Result<String> {
    let options = answer(&system.api, None, "{ signInOptions { id role } }", &json!({})).await?;
    let options = options["signInOptions"].as_array().context("options")?.clone();
    let option = options.iter().find(|option| option["role"] == "VISITOR").context("a visitor")?;
    let document = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }";
    let input = json!({ "input": { "optionId": option["id"], "password": PASSWORD } });
    let answer = answer(&system.api, None, document, &input).await?;
    let token = answer["signIn"]["session"]["accessToken"].as_str();
    Ok(token.with_context(|| format!("no token: {answer}"))?.to_owned())
}

/// One of the people who brought the photos.
pub(crate) fn person(number: u16) -> anyhow::Result<UserId> {
    Ok(UserId::from_sub(&format!("00000000-0000-4000-8000-{:012}", number % UPLOADERS))?)
}

/// An empty gallery for the family.
pub(crate) async fn add_gallery(system: &System, number: u16) -> anyhow::Result<GalleryId> {
    let id = GalleryId::new(Ulid::from_parts(1, u128::from(number)));
    let title = Title::parse(&format!("Bench {number}"), "title")?;
    let gallery = Gallery::new(id, title, Visibility::Family, person(0)?, now());
    ensure!(system.store.put_gallery(&gallery).await?, "the gallery is there already");
    Ok(id)
}

/// A photo that is ready, written through the same store as the real ones.
pub(crate) async fn add_photo(system: &System, gallery_id: GalleryId, number: u16) -> anyhow::Result<MediaId> {
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
        uploaded_by: person(number)?,
        created_at: now(),
    });
    let caption = Some(Caption::parse("A day at the lake with everybody", "caption")?);
    let media = Media { caption, upload: Some(upload), ..announced };
    system.store.announce_media(&media).await?;
    ensure!(system.store.admit_media(&media, now()).await?, "photo {number} was not let in");
    let media = system.store.get_media(media.id).await?.context("the photo is there")?;
    let size = |side| RenditionSize { width: side, height: side * 3 / 4, size_bytes: u64::from(side) * 100 };
    let renditions = Renditions { recipe: recipe(Rotation::None), thumbnail: size(512), preview: size(2_048) };
    let done = system.store.finish_processing(&media, &findings(number), Ok(&renditions), None, now()).await?;
    done.with_context(|| format!("photo {number} did not become ready"))?;
    Ok(media.id)
}

fn findings(number: u16) -> Findings {
    let taken_at = TakenAt {
        time: Timestamp::from_unix_seconds(1_700_000_000 + i64::from(number) * 3_600),
        offset_minutes: Some(60),
    };
    Findings {
        width: Some(4_032),
        height: Some(3_024),
        taken_at: Some(taken_at),
        thumbhash: Some("1QcSHQRnh493V4dIh4eXh1h4kJUI".to_owned()),
        dominant_color: Some("#88aacc".to_owned()),
        ..Findings::of(MediaKind::Photo, "image/jpeg".to_owned())
    }
}

/// How to start a system on a folder.
#[expect(clippy::disallowed_methods, reason = "main makes the random source")]
pub(crate) fn options(data: &Path) -> Options {
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
        client_dir: None,
        dev: false,
        worker: Worker::new(env!("CARGO_BIN_EXE_mantel").into(), WorkerLimits::default()),
        converter: None,
        processes: true,
        backup: local::BackupTo::default(),
    }
}

/// The present time.
#[expect(clippy::disallowed_methods, reason = "main makes the clock that ticks")]
pub(crate) fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_unix_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}
