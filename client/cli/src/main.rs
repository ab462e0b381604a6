//! `mantel-cli`: brings thousands of photos and videos into Mantel, and gets them out again.

mod api;
mod archive;
mod cli;
mod download;
mod fault;
mod file_date;
mod galleries;
mod gallery;
mod http;
mod item;
mod journal;
mod ls;
mod manual;
mod media_type;
mod notes;
mod open;
mod operations;
mod originals;
mod output;
mod permits;
mod progress;
mod report;
mod retry;
mod session;
mod share;
mod shown;
mod sidecar;
mod sign_in;
mod stop;
mod takeout;
mod transfer;
mod upload;
mod user;
mod verify;
mod walk;

use std::{process::ExitCode, time::Duration};

use clap::Parser;

use crate::{
    api::Api,
    cli::{Cli, Command},
    fault::{Fault, Outcome},
    output::{Output, remark},
    retry::Patience,
    session::Profile,
    stop::Stop,
    transfer::FILES_PER_JOB,
};

/// What a command came to that could be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All of it.
    Whole,
    /// Some of it failed, and was told.
    Part,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(End::Whole) => ExitCode::SUCCESS,
        Ok(End::Part) => ExitCode::FAILURE,
        Err(fault) => {
            remark(format_args!("mantel-cli: {fault}"));
            match fault {
                Fault::Usage(_) | Fault::SignedOut => ExitCode::from(2),
                Fault::Failed(_) | Fault::Passing(_) | Fault::Stopped => ExitCode::FAILURE,
            }
        }
    }
}

fn run(cli: Cli) -> Outcome<End> {
    let output = Output { json: cli.json };
    match &cli.command {
        Command::Completions { shell } => {
            manual::completions(*shell);
            return Ok(End::Whole);
        }
        Command::Man { folder } => return manual::pages(folder).map(|()| End::Whole),
        _ => {}
    }
    let profile = Profile::of(&cli.profile)?;
    let patience = Patience(Duration::from_secs(cli.retry_for));
    let connect = |connections: usize| {
        let stop = Stop::on_signals().map_err(|error| Fault::Failed(error.to_string()))?;
        Api::open(profile.clone(), http::agent(connections), patience, stop)
    };
    match cli.command {
        Command::Login(args) => sign_in::login(&args, &profile, &http::agent(1), output)?,
        Command::Logout { everywhere } => sign_in::logout(&connect(1)?, everywhere, output)?,
        Command::Whoami => sign_in::whoami(&connect(1)?, output)?,
        Command::Ls { gallery: None } => ls::galleries(&connect(1)?, output)?,
        Command::Ls { gallery: Some(gallery) } => ls::media(&connect(1)?, &gallery, output)?,
        Command::Upload(args) => return upload::upload(&args, &connect(several(args.sending.jobs))?, output),
        Command::ImportTakeout(args) => return takeout::import(&args, &connect(several(args.sending.jobs))?, output),
        Command::Download(args) => return download::download(&args, &connect(several(args.jobs))?, output),
        Command::Verify { folder } => return verify::verify(&folder, &connect(1)?, output),
        Command::Gallery(command) => gallery::run(command, &connect(1)?, output)?,
        Command::User(command) => user::run(command, &connect(1)?, output)?,
        Command::Share(command) => share::run(command, &connect(1)?, output)?,
        Command::Open { gallery } => open::open(&connect(1)?, gallery.as_deref(), output)?,
        Command::Completions { .. } | Command::Man { .. } => {}
    }
    Ok(End::Whole)
}

/// How many connections so many jobs keep, to the API and to the bucket.
fn several(jobs: u8) -> usize {
    usize::from(jobs) * FILES_PER_JOB
}
