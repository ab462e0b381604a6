//! What whoever looks after Mantel does with a data folder, beside starting it.

use anyhow::Context;
use processor::{Asked, Reprocess};
use store::Store;

use crate::{
    accounts::NewAccount,
    cognito,
    data_folder::{DataFolder, DataFolderError, Secrets},
    s3,
    system::{Options, System, connect, open_objects},
};

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
pub async fn reprocess(options: Options, what: Reprocess) -> anyhow::Result<Asked> {
    DataFolder::check_exists(&options.data)?;
    let now = (options.clock)();
    match DataFolder::open(&options.data) {
        Ok(folder) => {
            drop(folder);
            let system = System::start(options.quiet()).await?;
            let asked = processor::reprocess(&system.store, what, now).await;
            system.stop().await;
            Ok(asked?)
        }
        Err(DataFolderError::InUse(_)) => {
            let store = attach(&options)?;
            let asked = processor::reprocess(&store, what, now).await;
            asked.context("Mantel is running, but not where this command looks: give it the same options")
        }
        Err(error) => Err(error.into()),
    }
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
