//! `mantel`: the whole system on one machine, in one command.

mod backup_command;

use std::{
    fmt::Write as _,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::SystemTime,
};

use anyhow::Context;
use backup_command::{BackupArgs, BackupCommand};
use clap::{Args, Parser, Subcommand};
use etcetera::{BaseStrategy, choose_base_strategy};
use local::{
    Exported, FirstPasswords, Options, System, backups::are_on_one_disk, cognito::PasswordCost, doctor::Health,
};
use model::{Role, Timestamp};
use processor::{Asked, CheckIntegrity, Progress, Reprocess, Worker, video::Converter};
use tracing_subscriber::EnvFilter;
use url::Url;

const DEFAULT_PORT: u16 = 8480;
/// Seconds after which a failed event is tried again, doubled at each failure.
const RETRY_BASE_SECONDS: i64 = 5;

/// Keeps a family's photos and videos, and shows them to the people the family chooses.
///
/// Without a command it starts everything on this machine and prints where to look.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Args)]
struct Serve {
    /// Folder that holds everything [default: mantel in the user's data folder]
    #[arg(long, global = true, value_name = "DIR", env = "MANTEL_DATA")]
    data: Option<PathBuf>,
    /// Where the site, the API and GraphiQL listen; 0.0.0.0:8480 lets phones in the house in
    #[arg(long, global = true, value_name = "ADDR:PORT", default_value_t = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), DEFAULT_PORT))]
    listen: SocketAddr,
    /// Where S3 listens, another origin than the site on purpose [default: as --listen, one port on]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    media_listen: Option<SocketAddr>,
    /// Where DynamoDB and Cognito listen, on loopback only [default: 127.0.0.1, two ports on]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    aws_listen: Option<SocketAddr>,
    /// Address of the site, when a proxy stands before it
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
    /// Address of S3, when a proxy stands before it
    #[arg(long, value_name = "URL")]
    media_url: Option<Url>,
    /// Password of the account `admin`, at the first start [default: a random one]
    #[arg(long, value_name = "PASSWORD", env = "MANTEL_ADMIN_PASSWORD", hide_env_values = true, hide = true)]
    admin_password: Option<String>,
    /// Password of the account `family`, at the first start [default: a random one]
    #[arg(long, value_name = "PASSWORD", env = "MANTEL_FAMILY_PASSWORD", hide_env_values = true, hide = true)]
    family_password: Option<String>,
    /// Fills an empty library with pictures and people to look at
    #[arg(long)]
    demo: bool,
    /// ffmpeg, which makes pictures of films and films that phones play [default: the one on the PATH]
    #[arg(long, global = true, value_name = "PROGRAM", env = "MANTEL_FFMPEG")]
    ffmpeg: Option<PathBuf>,
    /// Serves the web client of a folder instead of the one in this program, for those who work on it
    #[arg(long, value_name = "DIR")]
    client_dir: Option<PathBuf>,
    /// Shows the GraphQL schema to everybody, signed in or not, for those who develop clients
    #[arg(long)]
    dev: bool,
    #[command(flatten)]
    backup: BackupArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the GraphQL schema
    Schema {
        /// In the form that AppSync takes
        #[arg(long, conflicts_with = "resolvers")]
        appsync: bool,
        /// The fields that need a resolver in AppSync instead, one in a line
        #[arg(long)]
        resolvers: bool,
    },
    /// Prints the key for AWS clients of one's own, such as the AWS command line
    Credentials,
    /// Lists the files that could not be processed, and has them tried again at the next start
    Redrive,
    /// Makes small pictures anew where Mantel makes better ones today, and pictures of films once ffmpeg is installed
    Reprocess {
        /// What could not be processed, too
        #[arg(long)]
        failed: bool,
    },
    /// Looks whether all photos and films are there and whole, and mends what can be; nothing is ever deleted
    Integrity {
        /// Reads all originals again, and not only the share of this day
        #[arg(long)]
        all: bool,
        /// Answers in JSON
        #[arg(long)]
        json: bool,
    },
    /// Writes the library into a folder: originals by gallery and date, what is known of them, an album to look at
    Export {
        /// The folder; what it has already is not fetched again
        dir: PathBuf,
        /// Only what is of one person, by the name or address of the account
        #[arg(long, value_name = "NAME")]
        person: Option<String>,
    },
    /// Erases a person: the account, comments, likes, places on access lists
    ErasePerson {
        /// Name or address of the account
        name: String,
        /// The photos and films that the person brought, too, for good
        #[arg(long)]
        media: bool,
        /// Says that it is meant: nothing of it comes back
        #[arg(long)]
        yes: bool,
    },
    /// Makes backups, checks them, and restores from them
    Backup {
        #[command(subcommand)]
        what: BackupCommand,
    },
    /// Looks at what is installed here for Mantel to work with, and tells what is missing
    Doctor,
    /// Gives an account a new password and prints it
    ResetPassword {
        /// Name of the account, for example admin or family
        account: String,
    },
}

/// The stack of each worker thread; memory is taken only as far as it is used.
const STACK_BYTES: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    if let Some(end) = processor::run_if_worker() {
        return end;
    }
    // Answering a document goes a dozen fields deep, and unoptimised code needs more stack for each than threads have by
    // default.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build();
    let run = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run()));
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "mantel: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,resolvers::calls=off,s3s=off,dynoxide=off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false).init();
    let options = options(&cli.serve)?;
    match cli.command {
        None => {
            let converter = find_converter(&cli.serve).await;
            serve(Options { converter, ..options }, cli.serve.demo).await
        }
        Some(Command::Schema { appsync: true, .. }) => say(&resolvers::appsync::export(&resolvers::sdl())),
        Some(Command::Schema { resolvers: true, .. }) => {
            say(&format!("{}\n", resolvers::appsync::resolver_fields(&resolvers::sdl()).join("\n")))
        }
        Some(Command::Schema { .. }) => say(&resolvers::sdl()),
        Some(Command::Credentials) => {
            let key = local::credentials(&options)?;
            say(&format!(
                "AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\nAWS_REGION={}\n",
                key.access_key_id,
                key.secret_access_key,
                local::REGION
            ))
        }
        Some(Command::Redrive) => redrive(&options).await,
        Some(Command::Reprocess { failed }) => reprocess(&options, Reprocess { failed }).await,
        Some(Command::Integrity { all, json }) => integrity(&options, CheckIntegrity { all }, json).await,
        Some(Command::Export { dir, person }) => export(&options, &dir, person.as_deref()).await,
        Some(Command::ErasePerson { name, media, yes }) => erase_person(&options, &name, media, yes).await,
        Some(Command::Backup { what }) => Box::pin(what.run(options)).await,
        Some(Command::Doctor) => doctor(&options, cli.serve.ffmpeg).await,
        Some(Command::ResetPassword { account }) => reset_password(options, &account).await,
    }
}

fn options(serve: &Serve) -> anyhow::Result<Options> {
    let data = match &serve.data {
        Some(data) => data.clone(),
        None => {
            choose_base_strategy().context("no home folder; choose a folder with --data")?.data_dir().join("mantel")
        }
    };
    let after = |steps| serve.listen.port().checked_add(steps).context("choose a lower port with --listen");
    let media_listen = match serve.media_listen {
        Some(address) => address,
        None => SocketAddr::new(serve.listen.ip(), after(1)?),
    };
    let aws_listen = match serve.aws_listen {
        Some(address) => address,
        None => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), after(2)?),
    };
    anyhow::ensure!(
        aws_listen.ip().is_loopback(),
        "--aws-listen must be an address of this machine alone, such as 127.0.0.1:8482"
    );
    for (flag, url) in [("--public-url", &serve.public_url), ("--media-url", &serve.media_url)] {
        let plain = url.as_ref().is_none_or(|url| url.path() == "/" && url.query().is_none() && url.has_host());
        anyhow::ensure!(plain, "{flag} takes an address without a path, such as https://photos.example.org");
    }
    Ok(Options {
        data,
        listen: serve.listen,
        media_listen,
        aws_listen,
        public_url: serve.public_url.clone(),
        media_url: serve.media_url.clone(),
        passwords: FirstPasswords { admin: serve.admin_password.clone(), family: serve.family_password.clone() },
        password_cost: PasswordCost::default(),
        clock: Arc::new(now),
        random: Arc::new(fill_random),
        retry_base_seconds: RETRY_BASE_SECONDS,
        client_dir: serve.client_dir.clone(),
        dev: serve.dev,
        converter: None,
        processes: true,
        backup: serve.backup.read()?,
        worker: Worker::of_this_program().context("the system does not say where this program is")?,
    })
}

/// Without one Mantel works all the same; films then have no pictures.
async fn find_converter(serve: &Serve) -> Option<Converter> {
    match Converter::find(serve.ffmpeg.clone(), processor::search_path().as_deref()).await {
        Ok(Some(found)) if found.missing().is_none() => return Some(found),
        Ok(Some(found)) => {
            let (program, missing) = (found.program().display(), found.missing().unwrap_or_default());
            tracing::warn!(%program, missing, "this ffmpeg cannot convert all films; see `mantel doctor`");
            return Some(found);
        }
        Ok(None) => tracing::warn!("no ffmpeg: films have no pictures and may not play; see `mantel doctor`"),
        Err(error) => tracing::warn!(%error, "films have no pictures and may not play; see `mantel doctor`"),
    }
    None
}

async fn serve(options: Options, demo: bool) -> anyhow::Result<()> {
    let data = options.data.clone();
    let public_url = options.public_url.clone();
    let system = System::start(options.clone()).await?;
    let site = public_url.map_or_else(|| address_for_people(system.site), |url| url.to_string());
    let graphiql = if cfg!(feature = "graphiql") { format!("  GraphiQL  {site}graphiql\n") } else { String::new() };
    let mut text = format!(
        "\nMantel is running.\n\n  Site      {site}\n{graphiql}  API       {site}graphql\n  Data      {}\n",
        data.display()
    );
    // Before anything else can go wrong: these are shown this once.
    text.push_str(&passwords(&system));
    say(&text)?;
    let dead = system.objects.dead_events().await?.len();
    if dead > 0 {
        say(&format!("\n{dead} files could not be processed. `mantel redrive` lists them and tries again.\n"))?;
    }
    if let Some(folder) = options.backup.folder.as_deref().filter(|folder| are_on_one_disk(folder, &data)) {
        let folder = folder.display();
        say(&format!("\nBackups go to {folder}, which is on the same disk as the library: they do not outlive it.\n"))?;
    }
    if demo {
        local::demo::fill(&system, &options).await.context("the demo could not be made")?;
    }
    say("\nStop with Ctrl-C.\n")?;
    stop_signal().await?;
    say("Stopping.\n")?;
    system.stop().await;
    Ok(())
}

/// The passwords of the accounts that this start made.
fn passwords(system: &System) -> String {
    if system.new_accounts.is_empty() {
        return String::new();
    }
    let mut text = "\nSign in with these passwords. They are shown this once: write them down.\n\n".to_owned();
    for account in &system.new_accounts {
        let role = match account.role {
            Role::Admin => "looks after everything",
            Role::Visitor => "looks and comments",
        };
        let _ = writeln!(text, "  {:8}  {}   ({role})", account.username, account.password);
    }
    text
}

/// A listener on all addresses is reached as `localhost` on this machine.
fn address_for_people(listener: SocketAddr) -> String {
    if listener.ip().is_unspecified() {
        format!("http://localhost:{}/", listener.port())
    } else {
        format!("http://{listener}/")
    }
}

#[cfg(unix)]
async fn stop_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => Ok(result?),
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn stop_signal() -> anyhow::Result<()> {
    Ok(tokio::signal::ctrl_c().await?)
}

async fn redrive(options: &Options) -> anyhow::Result<()> {
    let dead = local::redrive(options).await?;
    let mut text = String::new();
    for letter in &dead {
        let _ = writeln!(text, "{}: {}", letter.event.key, letter.reason);
    }
    let _ = writeln!(text, "{} will be tried again at the next start.", dead.len());
    say(&text)
}

async fn reprocess(options: &Options, what: Reprocess) -> anyhow::Result<()> {
    let asked = local::reprocess(options, what).await?;
    let Asked { outdated, films, failed } = asked;
    say(&format!(
        "{outdated} with pictures of an earlier version, {films} films that waited for ffmpeg, {failed} that could not be \
         processed.\nThey are made anew while Mantel runs. Until then everything stays as it is.\n"
    ))
}

async fn integrity(options: &Options, what: CheckIntegrity, json: bool) -> anyhow::Result<()> {
    let tell = |progress: Progress| {
        if progress.done.is_multiple_of(100) && progress.of > 0 {
            let _ = writeln!(io::stderr(), "read {} of {} originals", progress.done, progress.of);
        }
    };
    let report = local::check_integrity(options, what, &tell).await?;
    say(&if json { format!("{}\n", serde_json::to_string_pretty(&report)?) } else { report.to_string() })?;
    anyhow::ensure!(report.is_well(), "something is not whole; see above");
    Ok(())
}

async fn export(options: &Options, dir: &Path, person: Option<&str>) -> anyhow::Result<()> {
    let tell = |done: Exported, of: usize| {
        if (done.media + done.problems).is_multiple_of(100) {
            let _ = writeln!(io::stderr(), "{} of {of} photos and films", done.media + done.problems);
        }
    };
    let done = local::export(options, dir, person, &tell).await?;
    say(&format!(
        "{} photos and films are in {}; {} of them were there already. Open {} to look at them.\n",
        done.media,
        dir.display(),
        done.kept,
        dir.join("index.html").display()
    ))?;
    anyhow::ensure!(
        done.problems == 0,
        "{} originals are missing or damaged; they are named in {}",
        done.problems,
        dir.join("problems.txt").display()
    );
    Ok(())
}

async fn erase_person(options: &Options, name: &str, media: bool, yes: bool) -> anyhow::Result<()> {
    let what = if media { " and the photos and films that they brought" } else { "" };
    anyhow::ensure!(
        yes,
        "this erases {name}{what} for good. `mantel export DIR --person NAME` gives them what is \
        theirs first. Say --yes if it is meant"
    );
    let erased = local::erase_person(options, name, media).await?;
    say(&format!(
        "{} comments, {} likes, {} photos and films were erased.\n",
        erased.comments, erased.likes, erased.media
    ))?;
    anyhow::ensure!(erased.left == 0, "{} things were being changed at that moment; run it again", erased.left);
    Ok(())
}

async fn doctor(options: &Options, ffmpeg: Option<PathBuf>) -> anyhow::Result<()> {
    let findings = local::doctor::examine(options, ffmpeg, processor::search_path().as_deref()).await;
    let mut text =
        format!("mantel {}, {} {}\n", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    for finding in &findings {
        let _ = writeln!(text, "{finding}");
    }
    say(&text)?;
    anyhow::ensure!(findings.iter().all(|finding| finding.health != Health::Broken), "something is broken; see above");
    Ok(())
}

async fn reset_password(options: Options, account: &str) -> anyhow::Result<()> {
    local::check_exists(&options)?;
    let quiet = options.quiet();
    let system = System::start(quiet.clone()).await?;
    let password = system.reset_password(&quiet, account).await;
    system.stop().await;
    say(&format!("{account}: {}\n", password?))
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

#[expect(clippy::disallowed_methods, reason = "main makes the clock that ticks")]
fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "main makes the random source")]
fn fill_random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}
