//! What the embedded S3 said it keeps is kept after `kill -9`: every version, and every lock.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use aws_sdk_s3::{
    Client,
    error::ProvideErrorMetadata,
    primitives::DateTime,
    types::{
        BucketVersioningStatus, DefaultRetention, ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRetention,
        ObjectLockRetentionMode, ObjectLockRule, VersioningConfiguration,
    },
};
use futures::future::join_all;
use local::{REGION, Secrets};
use processor::testing::{jpeg, picture};
use tokio::sync::watch;

use super::instance::{Instance, program_with_passwords};
use crate::support::home::real_time;

/// After so many acknowledgements each life ends; those of others are then in flight.
const LIVES: [usize; 4] = [3, 9, 16, 25];
const WORKERS: u32 = 4;
const BUCKET: &str = "renditions";
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// What the program said is done: key, version, and what is true of it.
#[derive(Default)]
struct Promises {
    versions: Vec<(String, String, String)>,
    markers: Vec<(String, String)>,
    retained: Vec<(String, String, DateTime)>,
}

#[derive(Clone)]
struct Witness {
    s3: Client,
    numbers: Arc<AtomicU32>,
    promises: Arc<Mutex<Promises>>,
    count: Arc<watch::Sender<usize>>,
}

/// The client of a running program, whose address the ticket of an upload tells.
async fn client(instance: &Instance, data: &Path) -> Client {
    let admin = instance.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let ticket = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(8, 8, 1))).await;
    let url = ticket["ticket"]["parts"][0]["url"].as_str().expect("a ticket");
    let url = reqwest::Url::parse(url).expect("a url");
    let address: SocketAddr = format!("127.0.0.1:{}", url.port().expect("a port")).parse().expect("an address");
    let text = std::fs::read(data.join("secrets.json")).expect("the key lies in the folder");
    let key: Secrets = serde_json::from_slice(&text).expect("a key");
    let sdk = store::sdk_config_for(&format!("http://{address}"), REGION, &key.access_key_id, &key.secret_access_key);
    let config = aws_sdk_s3::config::Builder::from(&sdk).force_path_style(true);
    Client::from_conf(config.retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled()).build())
}

async fn lock(s3: &Client) {
    let versioning = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    s3.put_bucket_versioning().bucket(BUCKET).versioning_configuration(versioning).send().await.expect("versions");
    let default = DefaultRetention::builder().mode(ObjectLockRetentionMode::Compliance).days(1).build();
    let rule = ObjectLockRule::builder().default_retention(default).build();
    let lock = ObjectLockConfiguration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).rule(rule).build();
    let put = s3.put_object_lock_configuration().bucket(BUCKET).object_lock_configuration(lock);
    put.send().await.expect("a lock");
}

impl Witness {
    fn notes(&self, promise: impl FnOnce(&mut Promises)) {
        promise(&mut self.promises.lock().expect("no panic while it is held"));
        self.count.send_modify(|count| *count += 1);
    }

    /// Works until the program dies.
    async fn works(&self) -> Option<()> {
        loop {
            let number = self.numbers.fetch_add(1, Ordering::Relaxed);
            let (key, text) = (format!("key{}", number % 3), format!("text {number}"));
            let put = self.s3.put_object().bucket(BUCKET).key(&key).body(text.clone().into_bytes().into());
            let version = put.send().await.ok()?.version_id.expect("the bucket keeps versions");
            self.notes(|promises| promises.versions.push((key.clone(), version.clone(), text)));
            if number.is_multiple_of(2) {
                let until = DateTime::from_millis(real_time().unix_millis() + 5 * DAY_MILLIS);
                let longer = ObjectLockRetention::builder().mode(ObjectLockRetentionMode::Compliance);
                let longer = longer.retain_until_date(until).build();
                let put = self.s3.put_object_retention().bucket(BUCKET).key(&key).version_id(&version);
                put.retention(longer).send().await.ok()?;
                self.notes(|promises| promises.retained.push((key.clone(), version, until)));
            }
            if number.is_multiple_of(5) {
                let marker = self.s3.delete_object().bucket(BUCKET).key(&key).send().await.ok()?;
                let marker = marker.version_id.expect("a delete marker");
                self.notes(|promises| promises.markers.push((key, marker)));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_locks_that_were_acknowledged_outlive_a_kill() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let promises = Arc::<Mutex<Promises>>::default();
    let numbers = Arc::new(AtomicU32::new(1));
    for (life, promised) in LIVES.into_iter().enumerate() {
        let instance = Instance::start(program_with_passwords(folder.path())).await;
        let s3 = client(&instance, folder.path()).await;
        if life == 0 {
            lock(&s3).await;
        }
        let (count, mut counted) = watch::channel(0);
        let witness = Witness { s3, numbers: numbers.clone(), promises: promises.clone(), count: Arc::new(count) };
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| {
                let witness = witness.clone();
                tokio::spawn(async move { witness.works().await })
            })
            .collect();
        drop(witness);
        counted.wait_for(|count| *count >= promised).await.expect("the workers go on until the program dies");
        instance.kill().await;
        for worker in join_all(workers).await {
            assert_eq!(worker.expect("what it was answered was right until the end"), None);
        }
    }
    let instance = Instance::start(program_with_passwords(folder.path())).await;
    let s3 = client(&instance, folder.path()).await;
    let promises = std::mem::take(&mut *promises.lock().expect("no worker is left"));
    assert!(promises.versions.len() >= LIVES.len() && !promises.retained.is_empty());
    are_kept(&s3, &promises).await;
}

async fn are_kept(s3: &Client, promises: &Promises) {
    for (key, version, text) in &promises.versions {
        let got = s3.get_object().bucket(BUCKET).key(key).version_id(version).send().await;
        let bytes = got.expect("the version is there").body.collect().await.expect("its bytes are there").to_vec();
        assert_eq!(String::from_utf8_lossy(&bytes), *text, "{key} {version}");
        let deleted = s3.delete_object().bucket(BUCKET).key(key).version_id(version).send().await;
        let refusal = deleted.expect_err("it is locked");
        assert_eq!(refusal.code(), Some("AccessDenied"), "{key} {version}");
    }
    for (key, version, until) in &promises.retained {
        let kept = s3.get_object_retention().bucket(BUCKET).key(key).version_id(version).send().await;
        let kept = kept.expect("it is retained").retention.expect("a retention");
        assert_eq!(kept.retain_until_date(), Some(until), "{key} {version}");
    }
    for (key, marker) in &promises.markers {
        let got = s3.get_object().bucket(BUCKET).key(key).version_id(marker).send().await;
        assert_eq!(got.expect_err("it marks a deletion").code(), Some("MethodNotAllowed"), "{key} {marker}");
    }
}
