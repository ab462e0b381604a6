//! The manual pages and the scripts for shells, made of what the command line takes.

use std::{fs::File, io, path::Path};

use clap::CommandFactory;
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use crate::{
    cli::Cli,
    fault::{Fault, Outcome},
};

/// Prints the script for a shell.
pub(crate) fn completions(shell: Shell) {
    generate(shell, &mut Cli::command(), "mantel-cli", &mut io::stdout().lock());
}

/// Writes a page for the program, and one for each command.
pub(crate) fn pages(folder: &Path) -> Outcome<()> {
    let mut command = Cli::command();
    command.build();
    page(&command, folder)
}

fn page(command: &clap::Command, folder: &Path) -> Outcome<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).replace(' ', "-");
    let path = folder.join(format!("{name}.1"));
    let written = File::create(&path).and_then(|mut file| Man::new(command.clone()).title(&name).render(&mut file));
    written.map_err(|error| Fault::of_file(&path, &error))?;
    let others = command.get_subcommands().filter(|command| command.get_name() != "help" && !command.is_hide_set());
    others.into_iter().try_for_each(|command| page(command, folder))
}
