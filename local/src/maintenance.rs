//! What whoever looks after Mantel does with a data folder, beside starting it.

use std::{path::Path, time::Duration};

use model::Clock;
use processor::{Asked, CheckIntegrity, Progress, Report, Reprocess};
use store::{ErasedPerson, Store};
use tokio::sync::watch;

use crate::{
    accounts::NewAccount,
    cognito,
    data_folder::{DataFolder, DataFolderError, Secrets},
    export::{self, Exported},
    s3,
    system::{Options, System, connect, open_objects},
};

/// How often the day is looked at.
const LOOK_INTERVAL: Duration = Duration::from_mins(10);

/// Refuses a data folder that Mantel has never used.
///
/// # Errors
/// When it is one.
pub fn check_exists(options: &Options) -> anyhow::Result<()> {
    Ok(DataFolder::check_exists(&options.data)?)
}

/// The signing key of a data folder, for AWS clients of one's own. Works while Mantel runs.
///
/// # Errors
/// When there is no such folder.
pub fn credentials(options: &Options) -> anyhow::Result<Secrets> {
    Ok(DataFolder::read_secrets(&options.data)?)
}

/// Brings dead events back for delivery, and tells which they are.
///
/// # Errors
/// When the folder cannot be used.
pub async fn redrive(options: &Options) -> anyhow::Result<Vec<s3::DeadEvent>> {
    DataFolder::check_exists(&options.data)?;
    let folder = DataFolder::open(&options.data)?;
    let objects = open_objects(&folder, options)?;
    let dead = objects.dead_events().await?;
    objects.redrive().await?;
    Ok(dead)
}

/// Asks for what is made otherwise today, whether Mantel runs on the folder or not: it is made while Mantel runs.
///
/// # Errors
/// When the folder cannot be used, or Mantel runs elsewhere than where these options say.
pub async fn reprocess(options: &Options, what: Reprocess) -> anyhow::Result<Asked> {
    let now = (options.clock)();
    with_store(options, async |store| Ok(processor::reprocess(store, what, now).await?)).await
}

/// Looks whether all is whole, and mends what can be, whether Mantel runs on the folder or not.
///
/// # Errors
/// When the folder cannot be used, or Mantel runs elsewhere than where these options say.
pub async fn check_integrity(
    options: &Options,
    what: CheckIntegrity,
    tell: &(dyn Fn(Progress) + Sync),
) -> anyhow::Result<Report> {
    let clock = options.clock.clone();
    with_store(options, async |store| Ok(processor::check_integrity(store, &clock, what, None, tell).await?)).await
}

/// The result of the last such look, if there was one.
///
/// # Errors
/// When the folder cannot be used, or Mantel runs elsewhere than where these options say.
pub async fn last_integrity(options: &Options) -> anyhow::Result<Option<Report>> {
    with_store(options, async |store| Ok(processor::last_integrity(store).await?)).await
}

/// Writes the library, or what is of one person, into a folder, whether Mantel runs or not. `tell` hears how many
/// photos and films there are.
///
/// # Errors
/// When the folders cannot be used, nobody or several have that name, or Mantel runs elsewhere than where these options say.
pub async fn export(
    options: &Options,
    dir: &Path,
    person: Option<&str>,
    tell: &(dyn Fn(Exported, usize) + Sync),
) -> anyhow::Result<Exported> {
    with_store(options, async |store| export::export(store, dir, person, tell).await).await
}

/// Erases a person, by the name or address of the account, whether Mantel runs or not.
///
/// # Errors
/// When nobody or several have that name, the account is shared, or nobody else could look after Mantel.
pub async fn erase_person(options: &Options, name: &str, media_too: bool) -> anyhow::Result<ErasedPerson> {
    with_store(options, async |store| export::erase(store, options, name, media_too).await).await
}

/// Does something with the clients of a folder that is there, whether Mantel runs on it or not.
async fn with_store<T>(options: &Options, work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>) -> anyhow::Result<T> {
    DataFolder::check_exists(&options.data)?;
    let done = with_library(options, async |store, _| work(&store).await).await;
    done.map_err(|error| {
        if matches!(error.downcast_ref(), Some(model::Error::Unavailable(_))) {
            error.context("if Mantel is running, it is not where this command looks: give it the same options")
        } else {
            error
        }
    })
}

/// Looks whether all is whole once a day: at the start where the last look was on another day, else from a while after
/// the start on.
pub(crate) async fn look_daily(store: Store, clock: Clock, mut stop: watch::Receiver<bool>) {
    let mut is_start = true;
    loop {
        let looked = tokio::select! {
            looked = look_if_due(&store, &clock, is_start) => looked,
            _ = stop.changed() => return,
        };
        if let Err(error) = looked {
            tracing::warn!(%error, "whether all is whole could not be found out");
        }
        is_start = false;
        tokio::select! {
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
            _ = stop.changed() => return,
        }
    }
}

/// There is nothing to look at in a library that just began.
async fn look_if_due(store: &Store, clock: &Clock, is_start: bool) -> Result<(), model::Error> {
    let is_due = match processor::last_integrity(store).await? {
        Some(last) => last.begun_at.day_at(0) != clock().day_at(0),
        None => !is_start,
    };
    if !is_due {
        return Ok(());
    }
    let report = processor::check_integrity(store, clock, CheckIntegrity::default(), None, &|_| {}).await?;
    if !report.is_well() {
        tracing::error!(needs_you = report.needs_you, "something is not whole: `mantel doctor` tells what");
    }
    Ok(())
}

/// Does something with a library, whether Mantel runs on its folder or not. A folder that is not there is made.
///
/// # Errors
/// When the folder cannot be used, Mantel runs elsewhere than where these options say, or `work` fails.
pub async fn with_library<T>(
    options: &Options,
    work: impl AsyncFnOnce(Store, Vec<NewAccount>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    match DataFolder::open(&options.data) {
        Ok(folder) => {
            drop(folder);
            let system = System::start(options.clone().quiet()).await?;
            let done = work(system.store.clone(), system.new_accounts.clone()).await;
            system.stop().await;
            done
        }
        Err(DataFolderError::InUse(_)) => work(attach(options)?, Vec::new()).await,
        Err(error) => Err(error.into()),
    }
}

/// Clients of a system that runs already, for what does not need its events.
fn attach(options: &Options) -> anyhow::Result<Store> {
    let secrets = DataFolder::read_secrets(&options.data)?;
    let (pool, client) = cognito::read_ids(&options.data)?;
    connect(&secrets, (&pool, &client), options, options.media_listen, options.aws_listen)
}
