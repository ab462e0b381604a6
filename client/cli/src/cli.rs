//! What the command line takes.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::civil::Date;

/// Brings thousands of photos and videos into Mantel, and gets them out again.
///
/// Sign in first: `mantel-cli login` and the address of the site.
///
/// Exit codes: 0 all was done; 1 something failed, or was stopped; 2 the command cannot be done as it was given.
#[derive(Parser)]
#[command(name = "mantel-cli", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// Name of the session to use, for those who have several servers or accounts
    #[arg(long, global = true, value_name = "NAME", default_value = "default", env = "MANTEL_PROFILE")]
    pub(crate) profile: String,
    /// Print JSON lines for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// How long to try again what fails because of the network or a server that is away
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) retry_for: u64,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Sign in, and keep the session for the commands to come
    Login(Login),
    /// End the session
    Logout {
        /// End all sessions of the account, on all devices
        #[arg(long)]
        everywhere: bool,
    },
    /// Tell who is signed in, and where
    Whoami,
    /// List the galleries, or what one of them holds
    Ls {
        /// Title or id of a gallery
        gallery: Option<String>,
    },
    /// Upload photos and videos from files and folders
    Upload(Upload),
    /// Upload what Google Takeout gave, with its albums, dates, captions and favourites
    ImportTakeout(ImportTakeout),
    /// Download originals with what is noted of them
    Download(Download),
    /// Compare a downloaded folder with the server, both ways
    Verify {
        /// The folder that `download` filled
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Make, change and delete galleries, and say who may see them
    #[command(subcommand)]
    Gallery(Gallery),
    /// Look after the accounts of the family
    #[command(subcommand)]
    User(User),
    /// Make links that open a gallery without an account, and end them
    #[command(subcommand)]
    Share(Share),
    /// Open the site in the browser
    Open {
        /// Title or id of a gallery
        gallery: Option<String>,
    },
    /// Print a script that completes commands in a shell
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Write the manual pages into a folder
    Man {
        /// The folder, which must be there
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Login {
    /// Address of the site, as in the browser; or of the API itself, ending in /graphql
    #[arg(value_name = "URL", env = "MANTEL_URL")]
    pub(crate) url: String,
    /// Sign in to an account of one's own
    #[arg(long, value_name = "ADDRESS", conflicts_with = "account")]
    pub(crate) email: Option<String>,
    /// Sign in to one of the accounts that the sign-in page offers [default: the first for admins]
    #[arg(long, value_name = "LABEL")]
    pub(crate) account: Option<String>,
    /// Read the password from standard input (and a new one, where one must be chosen, from the next line)
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

/// How files are sent.
#[derive(Args)]
pub(crate) struct Sending {
    /// How many files, or parts of large ones, are sent at a time; each takes up to 16 MiB of memory
    #[arg(long, short, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) jobs: u8,
    /// Tell what would be done, and do nothing
    #[arg(long, short = 'n')]
    pub(crate) dry_run: bool,
    /// Who may see galleries that are made
    #[arg(long, value_enum, default_value_t = Visibility::Private)]
    pub(crate) visibility: Visibility,
}

#[derive(Args)]
#[command(group = ArgGroup::new("target").required(true))]
pub(crate) struct Upload {
    /// Files and folders; folders with all that is in them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The gallery for all of them, by title or id; it is made where there is none
    #[arg(long, short, value_name = "NAME", group = "target")]
    pub(crate) gallery: Option<String>,
    /// A gallery for each folder that holds files, with the title of the folder
    #[arg(long, group = "target")]
    pub(crate) folder_as_gallery: bool,
    /// Only what matches, by its path below PATH: '*.jpg', 'Summer/**'. May be given several times
    #[arg(long, value_name = "GLOB")]
    pub(crate) include: Vec<String>,
    /// Nothing that matches. May be given several times
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Only what was taken on this day or later; the date of the file counts where nothing else is known
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) since: Option<Date>,
    /// Only what was taken on this day or earlier
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: Option<Date>,
    #[command(flatten)]
    pub(crate) sending: Sending,
}

#[derive(Args)]
pub(crate) struct ImportTakeout {
    /// The zip files of the export, all parts together, or folders they were unpacked to
    #[arg(required = true, value_name = "ZIP|DIR")]
    pub(crate) paths: Vec<PathBuf>,
    /// The gallery for photos that are in no album
    #[arg(long, value_name = "NAME", default_value = "Google Photos")]
    pub(crate) rest: String,
    /// Where most of it was taken, such as Europe/Vienna: gives the local time where neither file nor Google know it
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// Write the report, a line of JSON for each file, to this file too
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) sending: Sending,
}

#[derive(Args)]
#[command(group = ArgGroup::new("what").required(true))]
pub(crate) struct Download {
    /// Title or id of a gallery. May be given several times
    #[arg(long, short, value_name = "NAME", group = "what")]
    pub(crate) gallery: Vec<String>,
    /// All galleries that you may see
    #[arg(long, group = "what")]
    pub(crate) all: bool,
    /// Where to; it is made where it is not there
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// How many files are on their way at a time
    #[arg(long, short, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) jobs: u8,
}

/// Who may see a gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Visibility {
    /// Everyone who is signed in
    Family,
    /// Only the people on the access list
    Restricted,
    /// Only admins
    Private,
}

#[derive(Subcommand)]
pub(crate) enum Gallery {
    /// List the galleries
    Ls,
    /// Make a gallery
    Create {
        /// Its title
        title: String,
        /// What it is about
        #[arg(long)]
        description: Option<String>,
        /// Who may see it
        #[arg(long, value_enum, default_value_t = Visibility::Private)]
        visibility: Visibility,
    },
    /// Change a gallery; what is left out stays
    Update {
        /// Title or id of the gallery
        gallery: String,
        /// Its new title
        #[arg(long)]
        title: Option<String>,
        /// What it is about
        #[arg(long)]
        description: Option<String>,
        /// Who may see it
        #[arg(long, value_enum)]
        visibility: Option<Visibility>,
    },
    /// Delete a gallery; what it holds goes into the trash
    Delete {
        /// Title or id of the gallery
        gallery: String,
        /// Put its photos and videos into the trash; without this, a gallery that holds some is not deleted
        #[arg(long)]
        with_media: bool,
    },
    /// Show who is on the access list
    Access {
        /// Title or id of the gallery
        gallery: String,
    },
    /// Put a person on the access list, or change what the person may do
    Grant {
        /// Title or id of the gallery
        gallery: String,
        /// Name, address or id of the person
        person: String,
        /// What the person may do
        #[arg(value_enum)]
        level: Level,
    },
    /// Take a person off the access list
    Revoke {
        /// Title or id of the gallery
        gallery: String,
        /// Name, address or id of the person
        person: String,
    },
}

/// What an access list lets a person do.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Level {
    /// Look
    View,
    /// Look and comment
    Comment,
    /// Look, comment and add pictures
    Contribute,
}

#[derive(Subcommand)]
pub(crate) enum User {
    /// List the accounts
    Ls,
    /// Make an account, and print its first password
    Invite {
        /// Address by which the person signs in
        email: String,
        /// How the person is called
        name: String,
        /// What the person is to be
        #[arg(long, value_enum, default_value_t = Role::Visitor)]
        role: Role,
    },
    /// Change what a person is
    Role {
        /// Name, address or id of the person
        person: String,
        /// What the person is to be
        #[arg(value_enum)]
        role: Role,
    },
    /// Close an account, at once and everywhere
    Disable {
        /// Name, address or id of the person
        person: String,
    },
    /// Open an account that was closed
    Enable {
        /// Name, address or id of the person
        person: String,
    },
    /// Give an account a new password, and print it
    ResetPassword {
        /// Name, address or id of the person
        person: String,
    },
}

/// What a person is in the family.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Looks after everything
    Admin,
    /// Looks, comments, and adds pictures where an access list says so
    Visitor,
}

#[derive(Subcommand)]
pub(crate) enum Share {
    /// List the links of a gallery
    Ls {
        /// Title or id of the gallery
        gallery: String,
    },
    /// Make a link, and print its address, which is shown this once
    Create {
        /// Title or id of the gallery
        gallery: String,
        /// For whom it is; whoever comes by the link reads it
        #[arg(long)]
        label: Option<String>,
        /// Ask for a password, which is read from standard input
        #[arg(long)]
        password_stdin: bool,
        /// The last day on which it works
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: Option<Date>,
        /// Let guests download originals, with all that the camera wrote into them, the place among it
        #[arg(long)]
        allow_download: bool,
    },
    /// End a link at once
    Revoke {
        /// Id of the link, as `ls` shows it
        id: String,
    },
}
