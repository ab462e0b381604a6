//! The whole system on a folder of its own, with a clock that can be moved.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::SystemTime,
};

use local::{FirstPasswords, Options, System, cognito::PasswordCost};
use model::Timestamp;
use processor::{Limits, Tools, Worker, WorkerLimits};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::Actor;

pub(crate) const ADMIN_PASSWORD: &str = "admin-password";
pub(crate) const FAMILY_PASSWORD: &str = "family-password";

/// A family's system. It ends with the test.
pub(crate) struct Home {
    pub(crate) system: System,
    pub(crate) http: reqwest::Client,
    options: Options,
    ahead_seconds: Arc<AtomicI64>,
    /// Removed with the last of it.
    folder: TempDir,
}

impl Home {
    /// A fresh library with the predefined accounts.
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    /// As [`Self::open`], started in another way.
    pub(crate) async fn open_with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy_folder(template().await.path(), folder.path()).expect("the template can be copied");
        Self::on(folder, change).await
    }

    /// What is in a folder already.
    pub(crate) async fn on(folder: TempDir, change: impl FnOnce(&mut Options)) -> Self {
        let ahead_seconds = Arc::<AtomicI64>::default();
        let mut options = options(folder.path(), ahead_seconds.clone());
        change(&mut options);
        let system = System::start(options.clone()).await.expect("the system starts");
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { system, http, options, ahead_seconds, folder }
    }

    /// Stops and starts again on the same folder, with other ports.
    pub(crate) async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    /// As [`Self::restart`], started in another way.
    pub(crate) async fn restart_with(self, change: impl FnOnce(&mut Options)) -> Self {
        let Self { system, http, mut options, ahead_seconds, folder } = self;
        change(&mut options);
        system.stop().await;
        let system = System::start(options.clone()).await.expect("the system starts again");
        Self { system, http, options, ahead_seconds, folder }
    }

    /// Stops, and gives the folder.
    pub(crate) async fn stop(self) -> TempDir {
        self.system.stop().await;
        self.folder
    }

    /// Moves the clock of the system ahead. Presigned URLs are checked by the real one.
    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The address of a path of the site.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.system.site)
    }

    /// Somebody without an account.
    pub(crate) fn anonymous(&self) -> Actor {
        Actor::new(self, None)
    }

    /// Whoever looks after the library.
    pub(crate) async fn admin(&self) -> Actor {
        self.anonymous().signed_in_by_option("Admin", ADMIN_PASSWORD).await
    }

    /// The family's shared account.
    pub(crate) async fn visitor(&self) -> Actor {
        self.anonymous().signed_in_by_option("Family", FAMILY_PASSWORD).await
    }

    /// A relative with an account of their own, invited by `admin` and signed in.
    pub(crate) async fn relative(&self, admin: &Actor, name: &str) -> Actor {
        let email = format!("{}@example.org", name.to_lowercase());
        let password = admin.invites(&email, name, "VISITOR").await;
        self.anonymous().signed_in_for_the_first_time(&email, &password, "a-new-password").await
    }

    /// Somebody who came by a share link, of which the address is known.
    pub(crate) async fn comes_by(&self, link: &Value) -> Actor {
        let (_, token) = link["url"].as_str().and_then(|url| url.split_once('#')).expect("an address with a token");
        let open = "openShareLink(input: $input) { session { accessToken refreshToken } userErrors { code } }";
        let opened = self.anonymous().does(open, "OpenShareLinkInput", json!({ "token": token })).await;
        Actor::new(self, Some(opened["session"].clone()))
    }

    /// The time that the system has.
    pub(crate) fn now(&self) -> Timestamp {
        (self.options.clock)()
    }

    /// The clock of the system.
    pub(crate) fn clock(&self) -> model::Clock {
        self.options.clock.clone()
    }

    /// What a processor of a test's own works with.
    pub(crate) fn tools(&self) -> Tools {
        Tools {
            limits: Limits::default(),
            worker: self.options.worker.clone(),
            scratch: self.folder().to_owned(),
            max_film_bytes: u64::MAX,
            converter: self.options.converter.clone(),
        }
    }

    /// The folder that holds everything.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// How tests start the system on a folder: any free ports, cheap passwords, quick retries.
#[expect(clippy::disallowed_methods, reason = "tests make the random source, as main does")]
fn options(data: &Path, ahead_seconds: Arc<AtomicI64>) -> Options {
    let any_port = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
    Options {
        data: data.to_owned(),
        listen: any_port,
        media_listen: any_port,
        aws_listen: any_port,
        public_url: None,
        media_url: None,
        passwords: FirstPasswords { admin: Some(ADMIN_PASSWORD.to_owned()), family: Some(FAMILY_PASSWORD.to_owned()) },
        password_cost: PasswordCost { memory_kib: 8, iterations: 1, parallelism: 1 },
        clock: Arc::new(move || real_time().plus_seconds(ahead_seconds.load(Ordering::Relaxed))),
        random: Arc::new(|bytes| getrandom::fill(bytes).expect("random bytes")),
        retry_base_seconds: 0,
        client_dir: None,
        dev: false,
        worker: worker(),
        converter: None,
        processes: true,
        backup: local::BackupTo::default(),
    }
}

/// The program that looks into files: the one that tests are about.
pub(crate) fn worker() -> Worker {
    Worker::new(env!("CARGO_BIN_EXE_mantel").into(), WorkerLimits::default())
}

#[expect(clippy::disallowed_methods, reason = "presigned URLs are checked by the real clock, so tests begin there")]
pub(crate) fn real_time() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since_1970.as_millis()).expect("the present is in range"))
}

/// A folder as the first start leaves it, made once: its keys take a while.
async fn template() -> &'static TempDir {
    static TEMPLATE: OnceCell<TempDir> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let system = System::start(options(folder.path(), Arc::default())).await.expect("the first start");
            system.stop().await;
            folder
        })
        .await
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
