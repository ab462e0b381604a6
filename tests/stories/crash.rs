//! What was acknowledged is there after `kill -9`, at whatever moment it came.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use futures::future::join_all;
use processor::testing::{jpeg, picture};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::instance::{Instance, program_with_passwords};
use crate::support::{
    Actor,
    actor::{FINISH_UPLOAD, REQUEST_UPLOAD, upload_input},
};

/// After so many acknowledgements each life ends; those of others are then in flight.
const LIVES: [usize; 5] = [1, 4, 11, 17, 26];
const WORKERS: usize = 4;

/// What the program said is done.
#[derive(Default)]
struct Promises {
    galleries: Vec<String>,
    /// Media whose bytes were taken, and the seed that makes these bytes again.
    stored: Vec<(String, u32)>,
    finished: Vec<String>,
    comments: Vec<(String, String)>,
    trashed: Vec<String>,
}

/// Somebody who keeps a note of every promise, and expects the program to die at any moment.
struct Witness {
    http: reqwest::Client,
    api: String,
    token: String,
    gallery: String,
    seeds: Arc<AtomicU32>,
    promises: Arc<Mutex<Promises>>,
    count: Arc<watch::Sender<usize>>,
}

fn file(seed: u32) -> Vec<u8> {
    jpeg(&picture(24, 16, seed))
}

impl Witness {
    /// Calls a mutation and gives its payload; none when the program died.
    async fn asks(&self, call: &str, type_name: &str, input: &Value) -> Option<Value> {
        let document = format!("mutation($input: {type_name}!) {{ payload: {call} }}");
        let body = json!({ "query": document, "variables": { "input": input } });
        let request = self.http.post(&self.api).bearer_auth(&self.token).json(&body);
        let answer: Value = request.send().await.ok()?.json().await.ok()?;
        assert_eq!(answer.get("errors"), None, "{call}: {answer:#}");
        Some(answer["data"]["payload"].clone())
    }

    /// Calls a mutation that must succeed; none when the program died.
    async fn does(&self, call: &str, type_name: &str, input: Value) -> Option<Value> {
        let payload = self.asks(call, type_name, &input).await?;
        assert_eq!(payload["userErrors"], json!([]), "{call}");
        Some(payload)
    }

    /// Puts media into the trash, again where the processor changed it at that moment.
    async fn trashes(&self, id: &str) -> Option<()> {
        let (call, input) = ("deleteMedia(input: $input) { mediaIds userErrors { code } }", json!({ "ids": [id] }));
        loop {
            let payload = self.asks(call, "DeleteMediaInput", &input).await?;
            if payload["mediaIds"] == json!([id]) {
                return Some(());
            }
            assert_eq!(payload["userErrors"], json!([{ "code": "CONFLICT" }]));
        }
    }

    async fn puts(&self, part: &Value, bytes: Vec<u8>) -> Option<()> {
        let mut request = self.http.put(part["url"].as_str().expect("a url")).body(bytes);
        for header in part["headers"].as_array().expect("headers") {
            request = request.header(header["name"].as_str().expect("name"), header["value"].as_str().expect("value"));
        }
        let answer = request.send().await.ok()?;
        assert!(answer.status().is_success(), "{}", answer.status());
        Some(())
    }

    fn notes(&self, promise: impl FnOnce(&mut Promises)) {
        promise(&mut self.promises.lock().expect("no panic while it is held"));
        self.count.send_modify(|count| *count += 1);
    }

    /// Works until the program dies.
    async fn works(&self) -> Option<()> {
        loop {
            let seed = self.seeds.fetch_add(1, Ordering::Relaxed);
            let bytes = file(seed);
            let input = upload_input(&self.gallery, &format!("{seed}.jpg"), "image/jpeg", &bytes);
            let announced = self.does(REQUEST_UPLOAD, "RequestUploadInput", input).await?;
            let id = announced["ticket"]["mediaId"].as_str().expect("a ticket").to_owned();
            self.puts(&announced["ticket"]["parts"][0], bytes).await?;
            self.notes(|promises| promises.stored.push((id.clone(), seed)));
            if seed.is_multiple_of(4) {
                // This one leaves it to the processor.
                continue;
            }
            let caption = format!("caption {seed}");
            let input = json!({ "mediaId": id, "caption": caption });
            self.does(FINISH_UPLOAD, "FinishUploadInput", input).await?;
            self.notes(|promises| promises.finished.push(id.clone()));
            let text = format!("comment {seed}");
            let call = "addComment(input: $input) { userErrors { code } }";
            self.does(call, "AddCommentInput", json!({ "mediaId": id, "text": text })).await?;
            self.notes(|promises| promises.comments.push((id.clone(), text)));
            if seed.is_multiple_of(5) {
                self.trashes(&id).await?;
                self.notes(|promises| promises.trashed.push(id));
            }
            let title = format!("Gallery {seed}");
            let call = "createGallery(input: $input) { userErrors { code } }";
            self.does(call, "CreateGalleryInput", json!({ "title": title })).await?;
            self.notes(|promises| promises.galleries.push(title));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_acknowledged_is_lost_when_the_program_is_killed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let promises = Arc::<Mutex<Promises>>::default();
    let seeds = Arc::new(AtomicU32::new(1));
    let mut gallery = None;
    for promised in LIVES {
        let instance = Instance::start(program_with_passwords(folder.path())).await;
        let admin = instance.admin().await;
        let gallery = match &gallery {
            Some(gallery) => gallery,
            None => gallery.insert(admin.makes_gallery("Summer", "FAMILY").await),
        };
        let (count, mut counted) = watch::channel(0);
        let count = Arc::new(count);
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| {
                let witness = Witness {
                    http: instance.http.clone(),
                    api: instance.api(),
                    token: admin.access_token().expect("a session").to_owned(),
                    gallery: gallery.clone(),
                    seeds: seeds.clone(),
                    promises: promises.clone(),
                    count: count.clone(),
                };
                tokio::spawn(async move { witness.works().await })
            })
            .collect();
        drop(count);
        counted.wait_for(|count| *count >= promised).await.expect("the workers go on until the program dies");
        instance.kill().await;
        for worker in join_all(workers).await {
            assert_eq!(worker.expect("what it was answered was right until the end"), None);
        }
    }
    let instance = Instance::start(program_with_passwords(folder.path())).await;
    let admin = instance.admin().await;
    let promises = promises.lock().expect("no worker is left").take();
    assert!(promises.stored.len() >= LIVES.len() && !promises.comments.is_empty());
    galleries_are_there(&admin, &promises).await;
    media_are_there(&admin, &promises).await;
    the_gallery_counts_what_it_shows(&admin, gallery.as_deref().expect("the first life made it")).await;
}

impl Promises {
    fn take(&mut self) -> Self {
        std::mem::take(self)
    }
}

async fn galleries_are_there(admin: &Actor, promises: &Promises) {
    let data = admin.gets("{ galleries(first: 100) { edges { node { title } } } }", json!({})).await;
    let edges = data["galleries"]["edges"].as_array().expect("a list").iter();
    let titles: HashSet<&str> = edges.filter_map(|edge| edge["node"]["title"].as_str()).collect();
    for title in &promises.galleries {
        assert!(titles.contains(title.as_str()), "{title} is lost");
    }
}

async fn media_are_there(admin: &Actor, promises: &Promises) {
    for (id, seed) in &promises.stored {
        let media = admin.sees_processed(id).await;
        let status = if media["status"] == "TRASHED" { "TRASHED" } else { "READY" };
        assert_eq!(media["status"], status, "{id}: {media:#}");
        // A request that was in flight may have been done without being acknowledged; never the other way round.
        assert!(status == "TRASHED" || !promises.trashed.contains(id), "{id} came back from the trash");
        assert!(admin.fetches(&media["original"]).await == file(*seed), "{id}: the bytes differ");
        if promises.finished.contains(id) {
            assert_eq!(media["caption"], format!("caption {seed}"), "{id}");
        }
    }
    let document = "query($id: ID!) { media(id: $id) { commentCount comments { edges { node { text } } } } }";
    for (id, text) in &promises.comments {
        let data = admin.gets(document, json!({ "id": id })).await;
        assert_eq!(data["media"]["commentCount"], 1, "{id}");
        assert_eq!(data["media"]["comments"]["edges"], json!([{ "node": { "text": text } }]), "{id}");
    }
}

/// What the kills cut off left no picture that is counted and not shown, or shown and not counted.
async fn the_gallery_counts_what_it_shows(admin: &Actor, gallery: &str) {
    let document = "query($id: ID!) { gallery(id: $id) { mediaCount \
        media(first: 100) { pageInfo { hasNextPage } edges { node { id status } } } } }";
    let data = admin.gets(document, json!({ "id": gallery })).await;
    let edges = data["gallery"]["media"]["edges"].as_array().expect("a list");
    assert_eq!(data["gallery"]["media"]["pageInfo"]["hasNextPage"], false);
    assert_eq!(data["gallery"]["mediaCount"], edges.len());
}
