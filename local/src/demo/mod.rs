//! Something to look at in an empty library, made through the API like anything else.

mod person;
mod plan;
mod summer;
mod unsorted;
mod winter;

use std::{collections::HashMap, time::Duration};

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use model::Role;
use processor::testing::scene_jpeg;
use serde_json::{Value, json};

use self::{
    person::{Office, Person},
    plan::{GalleryPlan, Shot, Who},
};
use crate::{Options, System};

const CREATE_GALLERY: &str = "mutation($input: CreateGalleryInput!) {
    payload: createGallery(input: $input) { gallery { id } userErrors { message } }
}";
const SET_GALLERY_ACCESS: &str = "mutation($input: SetGalleryAccessInput!) {
    payload: setGalleryAccess(input: $input) { gallery { id } userErrors { message } }
}";
const UPDATE_GALLERY: &str = "mutation($input: UpdateGalleryInput!) {
    payload: updateGallery(input: $input) { gallery { id } userErrors { message } }
}";
const ADD_COMMENT: &str = "mutation($input: AddCommentInput!) {
    payload: addComment(input: $input) { comment { id } userErrors { message } }
}";
const PROCESSED: &str = "query($id: ID!) {
    gallery(id: $id) { media(first: 100) { edges { node { fileName status failureReason } } } }
}";

/// While some are written to disk, others are drawn.
const PHOTOS_AT_ONCE: usize = 4;
/// How long to wait for the small pictures.
const PROCESSING_TIMEOUT: Duration = Duration::from_mins(1);
/// How often to ask for them.
const PROCESSING_INTERVAL: Duration = Duration::from_millis(150);

/// Fills an empty library with pictures and people.
///
/// It signs in as `admin`, and so only does anything at the start that made that account.
///
/// # Errors
/// When a step fails.
pub async fn fill(system: &System, options: &Options) -> anyhow::Result<()> {
    let Some(admin) = system.new_accounts.iter().find(|account| account.role == Role::Admin) else {
        tracing::warn!("the demo needs a fresh data folder: choose another one with --data");
        return Ok(());
    };
    let office = Office::new(system, options);
    let admin = office.sign_in_by_option(admin.role, &admin.password).await.context("admin could not sign in")?;
    if admin.has_galleries().await? {
        tracing::info!("the library has galleries already; the demo leaves it alone");
        return Ok(());
    }
    tracing::info!("drawing the pictures of the demo; this takes a few seconds");
    let people = people(&office, admin).await?;
    let mut galleries = Vec::new();
    for plan in [&summer::GALLERY, &winter::GALLERY, &unsorted::GALLERY] {
        let id = gallery(&people, plan).await.with_context(|| format!("the gallery `{}`", plan.title))?;
        galleries.push(id);
    }
    let waiting = wait_until_processed(&people, &galleries);
    if let Ok(processed) = tokio::time::timeout(PROCESSING_TIMEOUT, waiting).await {
        return processed;
    }
    tracing::warn!("some pictures of the demo are still being processed; they will appear by themselves");
    Ok(())
}

/// Everybody who takes part, signed in.
type People<'a> = HashMap<Who, Person<'a>>;

async fn people<'a>(office: &Office<'a>, admin: Person<'a>) -> anyhow::Result<People<'a>> {
    let mut people = HashMap::new();
    for (who, name, email) in
        [(Who::Grandma, "Grandma", "grandma@example.org"), (Who::Ben, "Uncle Ben", "ben@example.org")]
    {
        let person = office.invite(&admin, name, email).await.with_context(|| format!("inviting {name}"))?;
        people.insert(who, person);
    }
    people.insert(Who::Admin, admin);
    Ok(people)
}

fn person<'p, 'a>(people: &'p People<'a>, who: Who) -> anyhow::Result<&'p Person<'a>> {
    people.get(&who).with_context(|| format!("{who:?} is not signed in"))
}

/// Makes a gallery with all its pictures, and tells its id.
async fn gallery(people: &People<'_>, plan: &'static GalleryPlan) -> anyhow::Result<String> {
    let admin = person(people, Who::Admin)?;
    let input = json!({ "title": plan.title, "description": plan.description, "visibility": plan.visibility });
    let made = admin.change(CREATE_GALLERY, input).await?;
    let id = text(&made, "/gallery/id")?;
    for &(who, level) in plan.access {
        let input = json!({ "galleryId": id, "userId": person(people, who)?.id, "level": level });
        admin.change(SET_GALLERY_ACCESS, input).await.with_context(|| format!("letting {who:?} in"))?;
    }
    stream::iter(plan.shots)
        .map(|shot| async { bring(people, &id, plan, shot).await.with_context(|| shot.file_name.to_owned()) })
        .buffer_unordered(PHOTOS_AT_ONCE)
        .try_collect::<()>()
        .await?;
    Ok(id)
}

/// Takes a photo, uploads it, and says about it what there is to say.
async fn bring(people: &People<'_>, gallery: &str, plan: &GalleryPlan, shot: &'static Shot) -> anyhow::Result<()> {
    let photo = tokio::task::spawn_blocking(|| {
        let (width, height) = shot.shape.pixels();
        scene_jpeg(width, height, &shot.scene, &shot.exif())
    });
    let photo = photo.await?;
    let media = person(people, shot.by)?.upload(gallery, shot.file_name, photo, shot.caption).await?;
    for &(who, words) in shot.comments {
        let input = json!({ "mediaId": media, "text": words });
        person(people, who)?.change(ADD_COMMENT, input).await.with_context(|| format!("the comment `{words}`"))?;
    }
    if plan.cover == shot.file_name {
        let input = json!({ "id": gallery, "coverMediaId": media });
        person(people, Who::Admin)?.change(UPDATE_GALLERY, input).await.context("the cover")?;
    }
    Ok(())
}

/// Waits until nothing is under way any more.
async fn wait_until_processed(people: &People<'_>, galleries: &[String]) -> anyhow::Result<()> {
    for gallery in galleries {
        while !is_processed(person(people, Who::Admin)?, gallery).await? {
            tokio::time::sleep(PROCESSING_INTERVAL).await;
        }
    }
    Ok(())
}

async fn is_processed(admin: &Person<'_>, gallery: &str) -> anyhow::Result<bool> {
    let answer = admin.ask(PROCESSED, json!({ "id": gallery })).await?;
    let edges = answer.pointer("/gallery/media/edges").and_then(Value::as_array).context("the gallery is gone")?;
    for edge in edges {
        match text(edge, "/node/status")?.as_str() {
            "READY" => {}
            "FAILED" => anyhow::bail!(
                "{} could not be processed: {}",
                text(edge, "/node/fileName")?,
                text(edge, "/node/failureReason")?
            ),
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// The text at a place of an answer.
fn text(answer: &Value, pointer: &str) -> anyhow::Result<String> {
    let text = answer.pointer(pointer).and_then(Value::as_str);
    Ok(text.with_context(|| format!("the answer has no {pointer}"))?.to_owned())
}
