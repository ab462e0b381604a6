//! `mantel backup …`: makes, lists, checks, restores, tries out and prunes backups.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context;
use backup::{
    Depth, Drilled, Observer, Place, Restore, RestoreReport, Restored, RunOptions, Step, places_from_env, prune, verify,
};
use clap::{Args, Subcommand};
use local::{
    BackupTo, Options,
    backups::{back_up, drill, new_id},
    with_library,
};
use model::GalleryId;
use serde_json::json;
use store::{Settings, Store};

/// Where backups go; for all of Mantel.
#[derive(Args, Clone)]
pub(crate) struct BackupArgs {
    /// Folder for backups, best on another disk: one is made every day, and a restore is tried out every week
    #[arg(long, global = true, value_name = "DIR", env = "MANTEL_BACKUP_TO")]
    backup_to: Option<PathBuf>,
    /// File with the settings of a second copy at a service that speaks S3, in JSON: see backup/README.md
    #[arg(long, global = true, value_name = "FILE", env = "MANTEL_SECOND_COPY")]
    second_copy: Option<PathBuf>,
    /// Encrypts what goes into the folder for this recipient of `age` (age1…)
    #[arg(long, global = true, value_name = "RECIPIENT", env = "MANTEL_AGE_RECIPIENT")]
    age_recipient: Option<String>,
    /// File with the identity of `age`, to read what is encrypted; never keep it beside the backup
    #[arg(long, global = true, value_name = "FILE", env = "MANTEL_AGE_IDENTITY")]
    age_identity: Option<PathBuf>,
}

impl BackupArgs {
    pub(crate) fn read(&self) -> anyhow::Result<BackupTo> {
        let text = |path: &PathBuf| std::fs::read_to_string(path).with_context(|| path.display().to_string());
        Ok(BackupTo {
            folder: self.backup_to.clone(),
            second_copy: self.second_copy.as_ref().map(text).transpose()?,
            recipient: self.age_recipient.clone(),
            identity: self.age_identity.as_ref().map(text).transpose()?.map(|text| identity_in(&text)),
        })
    }
}

/// Files of `age-keygen` have comments.
fn identity_in(text: &str) -> String {
    text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty()).unwrap_or_default().to_owned()
}

#[derive(Subcommand)]
pub(crate) enum BackupCommand {
    /// Makes a backup now; what is there already is not copied again
    Run {
        /// Goes on though far fewer photos are there than in the last backup: they were erased on purpose
        #[arg(long)]
        accept_fewer: bool,
        #[command(flatten)]
        on: On,
    },
    /// Lists the backups there are
    List {
        #[command(flatten)]
        on: On,
    },
    /// Checks that a backup is what it was when it was written
    Verify {
        /// Beginning of a time, such as 2026-03-01 [default: the newest]
        backup: Option<String>,
        /// Reads manifest and table, but of media only names and lengths
        #[arg(long)]
        listed: bool,
        #[command(flatten)]
        on: On,
    },
    /// Restores a backup into a new library, or one gallery into the present one
    Restore {
        /// Beginning of a time, such as 2026-03-01 [default: the newest]
        backup: Option<String>,
        /// Only this gallery, by its id: what of it is still in the library stays as it is
        #[arg(long, value_name = "ID")]
        gallery: Option<GalleryId>,
        /// Waits until all has come back from the archive, which takes up to 48 hours
        #[arg(long)]
        wait: bool,
        #[command(flatten)]
        on: On,
    },
    /// Tries out a restore, and compares every byte and every field
    Drill {
        /// So many photos and videos, chosen anew each time
        #[arg(long, default_value_t = 50, conflicts_with = "all")]
        sample: usize,
        /// All photos and videos
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        on: On,
    },
    /// Throws away old backups, with what only they need; says what that is, and does it with --yes
    Prune {
        /// Backups of this many days are kept, at least 30
        #[arg(long, value_name = "DAYS")]
        keep_days: i64,
        /// Does it
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        on: On,
    },
}

#[derive(Args)]
pub(crate) struct On {
    /// Works on a stack on AWS, named by the same variables as its functions have
    #[arg(long)]
    aws: bool,
    /// Uses the second copy instead of the first
    #[arg(long)]
    second: bool,
}

impl BackupCommand {
    fn on(&self) -> &On {
        match self {
            Self::Run { on, .. }
            | Self::List { on }
            | Self::Verify { on, .. }
            | Self::Restore { on, .. }
            | Self::Drill { on, .. }
            | Self::Prune { on, .. } => on,
        }
    }

    pub(crate) async fn run(self, options: Options) -> anyhow::Result<()> {
        if self.on().aws {
            let sdk = store::sdk_config().await;
            let store = Store::new(&sdk, Settings::from_env()?)?;
            let places = places_from_env(&store, &sdk, &new_id(&options)).await?;
            return Box::pin(self.work(Library { store, places, options, new_accounts: Vec::new() })).await;
        }
        let places = options.backup.places(&options).await?;
        anyhow::ensure!(
            !places.is_empty(),
            "no place for backups: name a folder on another disk with --backup-to (or MANTEL_BACKUP_TO)"
        );
        if !matches!(self, Self::Restore { gallery: None, .. }) {
            local::check_exists(&options)?;
        }
        let given = options.clone();
        with_library(&options, async move |store, accounts| {
            let new_accounts = accounts.into_iter().map(|made| (made.username.to_owned(), made.password)).collect();
            Box::pin(self.work(Library { store, places, options: given, new_accounts })).await
        })
        .await
    }

    async fn work(self, library: Library) -> anyhow::Result<()> {
        let chosen = if self.on().second { library.places.last() } else { library.places.first() };
        let place = chosen.context("there is no second copy")?.clone();
        match self {
            Self::Run { accept_fewer, .. } => library.back_up(accept_fewer).await,
            Self::List { .. } => list(&place).await,
            Self::Verify { backup, listed, .. } => {
                library.verify(&place, backup.as_deref(), if listed { Depth::Listed } else { Depth::Bytes }).await
            }
            Self::Restore { backup, gallery, wait, .. } => {
                library.restore(place, backup.as_deref(), gallery, wait).await
            }
            Self::Drill { sample, all, .. } => library.drill((!all).then_some(sample)).await,
            Self::Prune { keep_days, yes, .. } => library.prune(&place, keep_days, yes).await,
        }
    }
}

/// A library, and where its backups lie.
struct Library {
    store: Store,
    places: Vec<Place>,
    options: Options,
    /// Names and passwords of accounts that were made for a new folder.
    new_accounts: Vec<(String, String)>,
}

impl Library {
    async fn back_up(&self, accept_fewer: bool) -> anyhow::Result<()> {
        let run = RunOptions { accept_fewer, deadline: None };
        let report = back_up(&self.store, self.places.clone(), &self.options, run, progress()).await?;
        let copied = size(report.bytes_copied);
        let mut text = format!(
            "{} photos and videos, {} records; {} objects copied ({copied}).\n",
            report.media, report.items, report.objects_copied
        );
        for (place, manifest) in &report.manifests {
            let _ = writeln!(text, "{place}: {manifest}");
        }
        for line in report.notes.iter().chain(&report.failures) {
            let _ = writeln!(text, "! {line}");
        }
        tell(&text, &json!({ "report": report }))?;
        anyhow::ensure!(report.is_whole(), "not everything is in the backup: {}", report.failures.join("; "));
        Ok(())
    }

    async fn verify(&self, place: &Place, backup: Option<&str>, depth: Depth) -> anyhow::Result<()> {
        let record = self.store.get_backup().await?;
        let found = verify(place, record.as_ref(), backup, depth, &progress()).await?.sound()?;
        let (name, media, records) = (&found.name, found.manifest.media.len(), found.lines.len());
        let (read, archived, bytes) = (found.read, found.archived, size(found.bytes));
        let text = format!(
            "{name} is sound: {media} photos and videos ({bytes}), {records} records; {read} read byte by byte, {archived} \
             in the archive.\n"
        );
        tell(&text, &json!({ "sound": true, "manifest": name, "media": media, "read": read, "archived": archived }))
    }

    async fn restore(
        self,
        place: Place,
        backup: Option<&str>,
        gallery: Option<GalleryId>,
        wait: bool,
    ) -> anyhow::Result<()> {
        let (clock, random) = (self.options.clock.clone(), self.options.random.clone());
        let restore = Restore { store: self.store, place, clock, random, observer: progress() };
        let report = restored(&restore, backup, gallery, wait).await?;
        tell_restored(&report, &self.new_accounts)
    }

    async fn drill(self, sample: Option<usize>) -> anyhow::Result<()> {
        tell_drilled(drill(&self.store, self.places, &self.options, sample, progress()).await?)
    }

    async fn prune(&self, place: &Place, keep_days: i64, yes: bool) -> anyhow::Result<()> {
        let pruned = prune(place, (self.options.clock)(), keep_days, !yes).await?;
        let (backups, objects, bytes) = (pruned.manifests.len(), pruned.objects.len(), size(pruned.bytes));
        let done = if yes { "were thrown away" } else { "would be thrown away; do it with --yes" };
        let text = format!(
            "{backups} backups and {objects} objects ({bytes}) {done}; {} stay because they are locked.\n",
            pruned.locked
        );
        tell(&text, &json!({ "done": yes, "backups": backups, "objects": objects, "locked": pruned.locked }))
    }
}

async fn list(place: &Place) -> anyhow::Result<()> {
    let mut text = String::new();
    for name in backup::list(place).await? {
        let manifest = backup::read_manifest(place, &name).await?;
        let bytes: u64 = manifest.blobs().values().sum();
        let _ = writeln!(
            text,
            "{}  {:>7} photos and videos  {:>9}  {:>8} records  {}",
            manifest.taken_at,
            manifest.media.len(),
            size(bytes),
            manifest.table.items,
            name
        );
    }
    if text.is_empty() {
        text = format!("There is no backup in {} yet.\n", place.name());
    }
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

async fn restored(
    restore: &Restore,
    backup: Option<&str>,
    gallery: Option<GalleryId>,
    wait: bool,
) -> anyhow::Result<RestoreReport> {
    const LOOK_EVERY: Duration = Duration::from_mins(10);
    loop {
        let ended = match gallery {
            Some(id) => restore.gallery(backup, id).await?,
            None => restore.all(backup).await?,
        };
        match ended {
            Restored::Done(report) => return Ok(report),
            Restored::AskedBack(objects) if wait => {
                tell(
                    &format!("{objects} objects are on their way from the archive.\n"),
                    &json!({ "coming": objects }),
                )?;
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Restored::AskedBack(objects) => anyhow::bail!(
                "{objects} objects lie in the archive and were asked back, which takes up to 48 hours. Run the same \
                 command again then, or with --wait now. Nothing was touched."
            ),
        }
    }
}

fn tell_restored(report: &RestoreReport, made: &[(String, String)]) -> anyhow::Result<()> {
    let mut text = format!(
        "Restored {} originals ({}) and {} records from {}.\nSmall pictures are made anew while Mantel runs.\n",
        report.originals,
        size(report.bytes),
        report.items,
        report.manifest
    );
    for note in &report.notes {
        let _ = writeln!(text, "! {note}");
    }
    let passwords = report.passwords.iter().map(|new| (&new.username, &new.password));
    let passwords: Vec<_> = made.iter().map(|(name, password)| (name, password)).chain(passwords).collect();
    if !passwords.is_empty() {
        text.push_str("\nPasswords are not in backups. These are new, and shown this once: write them down.\n\n");
    }
    for (username, password) in &passwords {
        let _ = writeln!(text, "  {username:24}  {password}");
    }
    let passwords: Vec<_> =
        passwords.iter().map(|(username, password)| json!({ "account": username, "password": password })).collect();
    let (originals, items) = (report.originals, report.items);
    tell(&text, &json!({ "originals": originals, "items": items, "notes": report.notes, "passwords": passwords }))
}

fn tell_drilled(drilled: Drilled) -> anyhow::Result<()> {
    match drilled {
        Drilled::AskedBack(objects) => tell(
            &format!("{objects} objects were asked back from the archive; run the drill again in two days.\n"),
            &json!({ "askedBack": objects }),
        ),
        Drilled::Proved(proof) => {
            let text = format!(
                "{} of {} photos and videos came back byte by byte, and {} records field by field, from {}.\n",
                proof.proved, proof.tried, proof.records, proof.manifest
            );
            tell(&text, &json!({ "proof": proof }))?;
            anyhow::ensure!(proof.holds(), "the restore failed: {}", proof.problem.unwrap_or_default());
            Ok(())
        }
    }
}

/// Text for people, a line of JSON for programs.
fn tell(text: &str, value: &serde_json::Value) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if io::stdout().is_terminal() {
        out.write_all(text.as_bytes())?;
    } else {
        writeln!(out, "{value}")?;
    }
    Ok(out.flush()?)
}

/// A bar for people, lines of JSON for programs, both on the standard error, at most so often.
fn progress() -> Observer {
    const AT_MOST_EVERY: Duration = Duration::from_millis(500);
    let is_terminal = io::stderr().is_terminal();
    let state: Mutex<Option<(Step, Instant, Instant)>> = Mutex::new(None);
    Arc::new(move |step: Step| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let began = match *state {
            Some((last, began, _)) if last.stage == step.stage => began,
            _ => now,
        };
        let ends = step.of > 0 && step.done == step.of;
        if let Some((last, _, told)) = *state
            && last.stage == step.stage
            && !ends
            && now - told < AT_MOST_EVERY
        {
            return;
        }
        *state = Some((step, began, now));
        let line = if is_terminal { bar(step, now - began) } else { line(step, now - began) };
        let mut err = io::stderr().lock();
        let _ = err
            .write_all(line.as_bytes())
            .and_then(|()| if is_terminal && ends { err.write_all(b"\n") } else { Ok(()) });
        let _ = err.flush();
    })
}

/// What is left, at the pace so far.
fn left(step: Step, since: Duration) -> Option<Duration> {
    let (done, of) = if step.of_bytes > 0 { (step.bytes, step.of_bytes) } else { (step.done, step.of) };
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let share = (of.saturating_sub(done)) as f64 / done as f64;
    (done > 0 && done < of).then(|| since.mul_f64(share))
}

fn bar(step: Step, since: Duration) -> String {
    const WIDTH: u64 = 24;
    let filled = (step.done * WIDTH).checked_div(step.of).unwrap_or(0).min(WIDTH);
    let filled = usize::try_from(filled).unwrap_or(0);
    let width = usize::try_from(WIDTH).unwrap_or(0);
    let left = left(step, since).map_or(String::new(), |left| format!("  {} left", minutes(left)));
    let bytes =
        if step.of_bytes > 0 { format!("  {} of {}", size(step.bytes), size(step.of_bytes)) } else { String::new() };
    format!(
        "\r\x1b[K{:12} [{}{}] {}/{}{bytes}{left}",
        step.stage.as_str(),
        "#".repeat(filled),
        " ".repeat(width - filled),
        step.done,
        step.of
    )
}

fn line(step: Step, since: Duration) -> String {
    let left = left(step, since).map(|left| left.as_secs());
    let value = json!({
        "stage": step.stage.as_str(), "done": step.done, "of": step.of,
        "bytes": step.bytes, "ofBytes": step.of_bytes, "secondsLeft": left,
    });
    format!("{value}\n")
}

fn minutes(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 90 { format!("{seconds} s") } else { format!("{} min", seconds.div_ceil(60)) }
}

fn size(bytes: u64) -> String {
    const STEPS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let found = STEPS.iter().find(|(unit, _)| bytes >= *unit);
    found.map_or_else(
        || format!("{bytes} B"),
        |(unit, name)| format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
    )
}
