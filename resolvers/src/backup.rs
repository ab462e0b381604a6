//! The backup: how it is, and starting one.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use model::{BackupPhase, BackupRecord, Error, InputError, InputErrorCode, Timestamp};

use crate::{
    context::{caller, services, store},
    directives::{aws_cognito_user_pools, groups},
    error::{UserError, answer, to_payload},
    scalars::AwsDateTime,
};

/// How the last backup ended, or that one is under way.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BackupState {
    /// There was none yet.
    Never,
    /// One is under way; what it has no time for, the next goes on with.
    Running,
    /// Everything is in the backup.
    Succeeded,
    /// Something is not in the backup; `message` says what.
    Failed,
}

/// How the backup is.
#[derive(SimpleObject)]
pub(crate) struct BackupStatus {
    /// How the last one ended, or that one is under way.
    state: BackupState,
    /// Where it goes, for people; null where no place for it is set up.
    destination: Option<String>,
    /// When the last one began.
    last_started_at: Option<AwsDateTime>,
    /// When the last one ended, well or not.
    last_finished_at: Option<AwsDateTime>,
    /// When one last ended with everything in it.
    last_succeeded_at: Option<AwsDateTime>,
    /// Photos and videos in the last backup.
    media_count: i32,
    /// Objects that the last one copied; what was there already is not copied again.
    objects_copied: i32,
    /// Bytes that the last one copied.
    bytes_copied: f64,
    /// How many things the last one could not copy.
    failures: i32,
    /// What is wrong, or worth knowing, for people.
    message: Option<String>,
    /// The last restore that was tried out; null where none was yet.
    last_proof: Option<RestoreProof>,
}

/// A restore that was tried out: what came back was compared with what there was, byte by byte and field by field.
#[derive(SimpleObject)]
pub(crate) struct RestoreProof {
    /// When.
    at: AwsDateTime,
    /// Photos and videos that came back exactly as they were.
    proved: i32,
    /// Photos and videos that were tried.
    tried: i32,
    /// Records that were compared.
    records: i32,
    /// Whether all came back as it was.
    holds: bool,
    /// What was wrong; null where nothing was.
    problem: Option<String>,
}

impl BackupStatus {
    fn of(record: BackupRecord, configured: Option<String>, now: Timestamp) -> Self {
        let broke_off = record.phase == BackupPhase::Running && record.lease_until.is_some_and(|until| until < now);
        let state = match record.phase {
            BackupPhase::Never => BackupState::Never,
            BackupPhase::Running if broke_off => BackupState::Failed,
            BackupPhase::Running => BackupState::Running,
            BackupPhase::Succeeded => BackupState::Succeeded,
            BackupPhase::Failed => BackupState::Failed,
        };
        let message = if broke_off { Some("it broke off; the next one goes on".to_owned()) } else { record.message };
        #[expect(clippy::cast_precision_loss, reason = "a family keeps far less than 2^53 bytes")]
        let bytes_copied = record.bytes_copied as f64;
        Self {
            state,
            destination: configured.or(record.destination),
            last_started_at: record.started_at.map(AwsDateTime::from),
            last_finished_at: record.finished_at.map(AwsDateTime::from),
            last_succeeded_at: record.succeeded_at.map(AwsDateTime::from),
            media_count: int(record.media_count),
            objects_copied: int(record.objects_copied),
            bytes_copied,
            failures: int(record.failures),
            message,
            last_proof: record.proof.map(RestoreProof::from),
        }
    }
}

impl From<model::Proof> for RestoreProof {
    fn from(proof: model::Proof) -> Self {
        Self {
            at: proof.at.into(),
            proved: int(proof.proved),
            tried: int(proof.tried),
            records: int(proof.records),
            holds: proof.holds(),
            problem: proof.problem,
        }
    }
}

fn int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

async fn status(ctx: &Context<'_>) -> Result<BackupStatus, Error> {
    let record = store(ctx).get_backup().await?.unwrap_or_default();
    Ok(BackupStatus::of(record, services(ctx).backup.clone(), caller(ctx).now))
}

/// The query for the backup.
#[derive(Default)]
pub(crate) struct BackupQueries;

#[Object]
impl BackupQueries {
    /// How the backup is, and when a restore of it was last proved. For admins.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn backup_status(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<BackupStatus>> {
        Ok(Some(answer(ctx, status(ctx).await)?))
    }
}

/// What to start.
#[derive(InputObject)]
pub(crate) struct StartBackupInput {
    /// Tries out a restore of the last backup instead of making one.
    #[graphql(default = false)]
    drill: bool,
}

/// How the backup is, or what was wrong. It begins in a moment, and `backupStatus` tells how far it is.
#[derive(SimpleObject)]
pub(crate) struct StartBackupPayload {
    /// How it was when this was asked; null when something was wrong.
    status: Option<BackupStatus>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// Starting a backup.
#[derive(Default)]
pub(crate) struct BackupMutations;

#[Object]
impl BackupMutations {
    /// Has a backup made now, or a restore tried out. Asking twice is no mistake: one is made at a time.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn start_backup(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to start.")] input: StartBackupInput,
    ) -> async_graphql::Result<Option<StartBackupPayload>> {
        let (status, user_errors) = to_payload(ctx, start(ctx, input.drill).await)?;
        Ok(Some(StartBackupPayload { status, user_errors }))
    }
}

async fn start(ctx: &Context<'_>, drill: bool) -> Result<BackupStatus, Error> {
    let status = status(ctx).await?;
    if status.destination.is_none() {
        let message = "No place for backups is set up yet. Start Mantel with --backup-to and a folder on another disk.";
        return Err(InputError::new(InputErrorCode::Conflict, "drill", message).into());
    }
    let id = services(ctx).new_ulid(caller(ctx).now);
    store(ctx).put_backup_job(id, drill).await?;
    Ok(status)
}
