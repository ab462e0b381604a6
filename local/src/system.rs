//! Starts everything on one machine, and stops it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use dynoxide::Database;
use http::StatusCode;
use http_body_util::BodyExt;
use model::Clock;
use processor::{Limits, Processor, Tools, Worker, video::Converter};
use resolvers::{Api, Events, Random, Services, SiteAddress, Subscriptions, TokenSettings, Verifier, appsync::Door};
use store::{MediaAddress, Settings, Store};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use url::Url;

use crate::{
    accounts::{self, FirstPasswords, NewAccount},
    aws_door::{AwsDoor, EVENTS_PATH},
    backups::{BackupTo, Backups, Wishes},
    cognito::{self, UserPool},
    data_folder::{DataFolder, Secrets},
    dynamodb,
    events::{Delivery, Lane},
    gateway::Gateway,
    hosts::Hosts,
    maintenance::look_daily,
    s3,
    server::{plain, serve},
    site::{Files, Site},
};

/// The region that the embedded services say they are in.
pub const REGION: &str = "us-east-1";
const TABLE: &str = "mantel";
const ORIGINALS: &str = "originals";
const RENDITIONS: &str = "renditions";
/// Larger films are kept, but not looked into: the disk holds them once more meanwhile.
const MAX_FILM_BYTES: u64 = 32 * 1024 * 1024 * 1024;
/// How often rows whose time is over are removed.
const SWEEP_INTERVAL: Duration = Duration::from_mins(10);

/// How to start.
#[derive(Clone)]
pub struct Options {
    /// The folder that holds everything.
    pub data: PathBuf,
    /// Where the site and the API listen.
    pub listen: SocketAddr,
    /// Where S3 listens.
    pub media_listen: SocketAddr,
    /// Where DynamoDB and Cognito listen.
    pub aws_listen: SocketAddr,
    /// Under which address people reach the site, where that is not the listener's own.
    pub public_url: Option<Url>,
    /// Under which address people reach S3, where that is not the listener's own.
    pub media_url: Option<Url>,
    /// Passwords of the predefined accounts.
    pub passwords: FirstPasswords,
    /// What hashing a password costs.
    pub password_cost: cognito::PasswordCost,
    /// Tells the time.
    pub clock: Clock,
    /// Gives unpredictable bytes.
    pub random: Random,
    /// Seconds after which a failed event is tried again, doubled at each failure.
    pub retry_base_seconds: i64,
    /// A folder with a web client to serve instead of the one in this program.
    pub client_dir: Option<PathBuf>,
    /// Whether the GraphQL schema shows to callers without a session.
    pub dev: bool,
    /// Who looks into files.
    pub worker: Worker,
    /// Who makes pictures of films, and films that phones play.
    pub converter: Option<Converter>,
    /// Whether files are processed; else they wait for the next start.
    pub processes: bool,
    /// Where backups go.
    pub backup: BackupTo,
}

impl Options {
    /// The same, where nobody looks and nothing is processed: for a command on a folder while Mantel does not run.
    #[must_use]
    pub fn quiet(self) -> Self {
        let any = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
        Self { listen: any, media_listen: any, aws_listen: any, processes: false, ..self }
    }
}

/// Everything, running.
pub struct System {
    /// Where the site and the API listen.
    pub site: SocketAddr,
    /// Where S3 listens.
    pub media: SocketAddr,
    /// Where DynamoDB and Cognito listen.
    pub aws: SocketAddr,
    /// The accounts that this start made.
    pub new_accounts: Vec<NewAccount>,
    /// Clients of the embedded services.
    pub store: Store,
    /// The API, for callers in this process.
    pub api: Api,
    /// The API as AppSync calls it, for callers in this process.
    pub appsync: Door,
    /// The embedded S3.
    pub objects: Arc<s3::Store>,
    /// The embedded Cognito.
    pub pool: Arc<UserPool>,
    /// The embedded S3's protocol, for callers in this process.
    pub s3: s3::Service,
    stop: watch::Sender<bool>,
    doors: JoinSet<()>,
    stop_services: watch::Sender<bool>,
    services: JoinSet<()>,
    folder: DataFolder,
}

/// What is opened of a data folder, before anything listens.
struct Opened {
    folder: DataFolder,
    secrets: Secrets,
    objects: Arc<s3::Store>,
    database: Database,
    pool: Arc<UserPool>,
}

impl System {
    /// Opens the data folder and starts everything.
    ///
    /// # Errors
    /// When the folder cannot be used, or an address is taken.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        // First of all: a second instance is told about the folder, not about a port that happens to be taken.
        let folder = DataFolder::open(&options.data)?;
        let web = Files::web(options.client_dir.as_deref())?;
        let aws = bind(options.aws_listen, "--aws-listen").await?;
        let media = bind(options.media_listen, "--media-listen").await?;
        let site = bind(options.listen, "--listen").await?;
        let addresses = (site.local_addr()?, media.local_addr()?, aws.local_addr()?);
        let opening = options.clone();
        let opened = tokio::task::spawn_blocking(move || open(folder, &opening, addresses.2)).await??;
        let hosts = Hosts::new(options.public_url.as_ref(), options.media_url.as_ref(), addresses.0.port());

        let (stop, stopped) = watch::channel(false);
        let (stop_services, services_stopped) = watch::channel(false);
        let mut doors = JoinSet::new();
        let mut services = JoinSet::new();
        let pool = (opened.pool.pool_id(), opened.pool.client_id());
        let store = connect(&opened.secrets, pool, &options, addresses.1, addresses.2)?;
        let (api, appsync) = doors_of(&store, &opened.pool, &options, addresses.0.port(), addresses.2);
        let door = AwsDoor {
            database: opened.database.clone(),
            pool: opened.pool.clone(),
            secrets: opened.secrets.clone(),
            hosts: hosts.clone(),
            clock: options.clock.clone(),
            api: api.clone(),
        };
        let answer = move |request| {
            let door = door.clone();
            async move { door.call(request).await }
        };
        services.spawn(serve(aws, answer, services_stopped.clone()));
        let s3 = serve_s3(&mut services, media, &opened, hosts.clone(), services_stopped.clone());

        store.create_table_if_missing().await?;
        let now = (options.clock)();
        let new_accounts = accounts::create_missing(&store, &options.passwords, &options.random, now).await?;
        let site_of = Site {
            web,
            graphiql: Files::graphiql(),
            gateway: Gateway::new(api.clone(), options.clock.clone(), options.random.clone()),
            hosts,
            media_url: options.media_url.clone(),
            media_port: addresses.1.port(),
            subscriptions: Subscriptions::new(api.clone(), appsync.clone()),
            stopped: stopped.clone(),
        };
        let answer = move |request| {
            let site = site_of.clone();
            async move { site.call(request).await }
        };
        doors.spawn(serve(site, answer, stopped.clone()));
        if options.processes {
            process(&mut doors, &opened, &store, &options, &stopped)?;
        }
        Ok(Self {
            site: addresses.0,
            media: addresses.1,
            aws: addresses.2,
            new_accounts,
            store,
            api,
            appsync,
            objects: opened.objects,
            pool: opened.pool,
            s3,
            stop,
            doors,
            stop_services,
            services,
            folder: opened.folder,
        })
    }

    /// Gives an account a new random password.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn reset_password(&self, options: &Options, username: &str) -> anyhow::Result<String> {
        accounts::reset_password(&self.store, username, &options.random, (options.clock)()).await
    }

    /// Stops listening, lets what is under way end, and releases the folder.
    pub async fn stop(mut self) {
        // What is under way at the doors still needs the services behind them.
        self.stop.send_replace(true);
        while self.doors.join_next().await.is_some() {}
        self.stop_services.send_replace(true);
        while self.services.join_next().await.is_some() {}
        drop(self.folder);
    }
}

/// Begins to process what comes, and to look for what got lost.
fn process(
    tasks: &mut JoinSet<()>,
    opened: &Opened,
    store: &Store,
    options: &Options,
    stopped: &watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let tools = Tools {
        limits: Limits::default(),
        worker: options.worker.clone(),
        scratch: empty_scratch(&opened.folder)?,
        max_film_bytes: MAX_FILM_BYTES,
        converter: options.converter.clone(),
    };
    let processor = Processor::new(store.clone(), options.clock.clone(), tools);
    let wishes = Arc::<Wishes>::default();
    let delivery = Delivery {
        wishes: wishes.clone(),
        store: store.clone(),
        outbox: opened.objects.clone(),
        processor: processor.clone(),
        region: REGION.to_owned(),
        clock: options.clock.clone(),
    };
    for lane in Lane::ALL {
        tasks.spawn(delivery.clone().run(lane, stopped.clone()));
    }
    tasks.spawn(look_daily(store.clone(), options.clock.clone(), stopped.clone()));
    if options.backup.destination().is_some() {
        let backups = Backups { store: store.clone(), options: options.clone(), wishes };
        tasks.spawn(backups.keep(stopped.clone()));
    }
    tasks.spawn(sweep(opened.database.clone(), opened.objects.clone(), processor, stopped.clone()));
    Ok(())
}

/// A folder for temporary files, without those of an earlier run that was cut short.
fn empty_scratch(folder: &DataFolder) -> anyhow::Result<PathBuf> {
    let scratch = folder.subfolder("scratch")?;
    std::fs::remove_dir_all(&scratch)?;
    Ok(folder.subfolder("scratch")?)
}

fn open(folder: DataFolder, options: &Options, aws: SocketAddr) -> anyhow::Result<Opened> {
    let secrets = folder.secrets(&options.random)?;
    let objects = open_objects(&folder, options)?;
    let database = dynamodb::open(folder.path())?;
    let issuer_base = format!("http://{aws}");
    let settings = cognito::Settings {
        password_cost: options.password_cost,
        ..cognito::Settings::new(REGION, "mantel", &issuer_base, options.clock.clone())
    };
    let pool = UserPool::open(folder.path(), settings)?;
    Ok(Opened { folder, secrets, objects, database, pool })
}

pub(crate) fn open_objects(folder: &DataFolder, options: &Options) -> anyhow::Result<Arc<s3::Store>> {
    let settings = s3::Options {
        buckets: vec![ORIGINALS.to_owned(), RENDITIONS.to_owned()],
        event_buckets: vec![ORIGINALS.to_owned()],
        retry_base_seconds: options.retry_base_seconds,
        clock: options.clock.clone(),
        lock: Some(folder.lock()),
    };
    Ok(s3::Store::open(&folder.subfolder("s3")?, settings)?)
}

async fn bind(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    bound.with_context(|| format!("cannot listen on {address}; choose another address with {flag}"))
}

fn serve_s3(
    tasks: &mut JoinSet<()>,
    listener: TcpListener,
    opened: &Opened,
    hosts: Hosts,
    stopped: watch::Receiver<bool>,
) -> s3::Service {
    let origins = hosts.clone();
    let service = s3::service(
        opened.objects.clone(),
        s3::Access {
            access_key_id: opened.secrets.access_key_id.clone(),
            secret_access_key: opened.secrets.secret_access_key.clone(),
            allowed_origin: Arc::new(move |origin| origins.may_be_site(origin)),
        },
    );
    let answering = service.clone();
    let answer = move |request| {
        let (service, hosts) = (answering.clone(), hosts.clone());
        async move {
            if !hosts.knows_host_of(&request) {
                let text = "Mantel does not know this name. Start it with --media-url to make it known.";
                return plain(StatusCode::MISDIRECTED_REQUEST, text);
            }
            if !hosts.allows_origin_of_media(&request) {
                return plain(StatusCode::FORBIDDEN, "Pages of other sites may not use these files.");
            }
            service.call(request).await.map(|body| body.map_err(|error| error.to_string().into()).boxed_unsync())
        }
    };
    tasks.spawn(serve(listener, answer, stopped));
    service
}

/// Clients of the embedded services at some addresses; `pool` names the user pool and its client.
pub(crate) fn connect(
    secrets: &Secrets,
    pool: (&str, &str),
    options: &Options,
    media: SocketAddr,
    aws: SocketAddr,
) -> anyhow::Result<Store> {
    let sdk = store::sdk_config_for(
        &format!("http://{}", loopback(aws)),
        REGION,
        &secrets.access_key_id,
        &secrets.secret_access_key,
    );
    let settings = Settings {
        table: TABLE.to_owned(),
        originals_bucket: ORIGINALS.to_owned(),
        renditions_bucket: RENDITIONS.to_owned(),
        user_pool_id: pool.0.to_owned(),
        client_id: pool.1.to_owned(),
        media_address: match &options.media_url {
            Some(url) => MediaAddress::Fixed(url.as_str().trim_end_matches('/').to_owned()),
            None => MediaAddress::CallersHost(media.port()),
        },
        events_url: Some(format!("http://{}{EVENTS_PATH}", loopback(aws))),
    };
    // The embedded S3 checks signatures by the machine's clock, the others by ours.
    let by_our_clock = store::signing_by(&sdk, options.clock.clone());
    Ok(Store::new(&by_our_clock, settings)?.with_s3_endpoint(&sdk, &format!("http://{}", loopback(media))))
}

/// The address by which this process reaches a listener of its own: one that listens everywhere is on loopback too.
fn loopback(address: SocketAddr) -> SocketAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    match address {
        SocketAddr::V4(_) => (Ipv4Addr::LOCALHOST, address.port()).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::LOCALHOST, address.port()).into(),
    }
}

/// The API behind both of its doors.
fn doors_of(store: &Store, pool: &UserPool, options: &Options, site_port: u16, aws: SocketAddr) -> (Api, Door) {
    let settings = TokenSettings {
        issuer: pool.issuer().to_owned(),
        client_id: pool.client_id().to_owned(),
        jwks_url: format!("http://{}/{}/.well-known/jwks.json", loopback(aws), pool.pool_id()),
    };
    let services = Services {
        store: store.clone(),
        clock: options.clock.clone(),
        random: options.random.clone(),
        site: match &options.public_url {
            Some(url) => SiteAddress::Fixed(url.as_str().to_owned()),
            None => SiteAddress::CallersHost(site_port),
        },
        events: Events::default(),
        backup: options.backup.destination(),
    };
    let verifier = Verifier::new(settings, options.clock.clone());
    let api = Api::new(services.clone(), verifier.clone());
    let api = if options.dev { api.with_open_introspection() } else { api };
    (api, Door::new(services, verifier))
}

/// Removes what has expired, as DynamoDB and S3 do by themselves, and looks for processing that got lost.
async fn sweep(database: Database, objects: Arc<s3::Store>, processor: Processor, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = processor.reconcile().await {
            tracing::warn!(%error, "lost processing could not be looked for");
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_INTERVAL) => {}
            _ = stop.changed() => return,
        }
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "expired rows could not be removed"),
            Err(error) => tracing::warn!(%error, "removing expired rows broke off"),
        }
        if let Err(error) = objects.expire_uploads().await {
            tracing::warn!(%error, "abandoned uploads could not be removed");
        }
    }
}
