//! What the command line says of itself.

use std::fmt::Write;

use crate::support::{Person, argument};

#[test]
fn help_is_what_it_was() {
    let person = Person::new();
    let mut text = String::new();
    for command in ["", "login", "upload", "import-takeout", "download", "verify", "gallery", "user", "share"] {
        let arguments: Vec<&str> = [command, "--help"].into_iter().filter(|argument| !argument.is_empty()).collect();
        let _ = writeln!(text, "$ mantel-cli {}\n{}", arguments.join(" "), person.does(&arguments));
    }
    insta::assert_snapshot!("help", text);
}

#[test]
fn shells_and_manual_readers_are_served() {
    let person = Person::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(person.does(&["completions", shell]).contains("import-takeout"), "{shell}");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    person.does(&["man", argument(folder.path())]);
    for page in ["mantel-cli.1", "mantel-cli-upload.1", "mantel-cli-gallery-create.1"] {
        let text = std::fs::read_to_string(folder.path().join(page)).expect("the page was written");
        assert!(text.contains(".TH "), "{page}");
    }
}
