//! The shape of the workspace: which crate may use which, and what holds of each.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

/// Which of our crates each of our crates may use. A new crate gets its line here, with a thought.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("store", &["model"]),
    ("resolvers", &["model", "store"]),
    ("processor", &["model", "store"]),
    ("backup", &["model", "store"]),
    ("local", &["model", "store", "resolvers", "processor", "backup"]),
    // A client knows the server by its schema alone.
    ("mantel-cli", &[]),
];

/// What only the one-machine system carries, so that the Lambda binaries do not.
const EMBEDDED_ONLY: &[&str] = &["s3s", "dynoxide-rs", "rusqlite"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn members() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    serde_json::from_value(metadata["packages"].take()).expect("a list of packages")
}

fn name(member: &Value) -> &str {
    member["name"].as_str().expect("a name")
}

/// The names of what a crate uses, tests and build scripts included.
fn used_by(member: &Value) -> Vec<&str> {
    member["dependencies"].as_array().expect("dependencies").iter().map(name).collect()
}

#[test]
fn crates_use_each_other_along_the_arrows_only() {
    let members = members();
    for member in &members {
        let allowed = ARROWS.iter().find(|(crate_name, _)| *crate_name == name(member));
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{} has no place among the arrows", name(member)));
        let ours = used_by(member).into_iter().filter(|used| ARROWS.iter().any(|(known, _)| known == used));
        for used in ours {
            assert!(allowed.contains(&used), "{} must not use {used}", name(member));
        }
    }
    assert_eq!(members.len(), ARROWS.len(), "an arrow names a crate that is not there");
}

#[test]
fn arrows_have_no_cycle() {
    for (position, (crate_name, used)) in ARROWS.iter().enumerate() {
        for used in *used {
            let earlier = ARROWS[..position].iter().any(|(known, _)| known == used);
            assert!(earlier, "{crate_name} uses {used}, which does not come before it");
        }
    }
}

#[test]
fn nobody_uses_the_one_machine_system() {
    for member in members() {
        assert!(!used_by(&member).contains(&"local"), "{} uses local", name(&member));
    }
}

#[test]
fn only_the_one_machine_system_carries_the_embedded_services() {
    for member in members() {
        for embedded in EMBEDDED_ONLY {
            assert_eq!(
                used_by(&member).contains(embedded),
                name(&member) == "local",
                "{} and {embedded}",
                name(&member)
            );
        }
    }
}

#[test]
fn the_model_knows_neither_aws_nor_graphql_nor_a_runtime() {
    let members = members();
    let model = members.iter().find(|member| name(member) == "model").expect("model");
    let forbidden =
        |used: &&str| ["aws-", "async-", "tokio", "http", "hyper", "reqwest"].iter().any(|p| used.starts_with(p));
    assert_eq!(used_by(model).into_iter().filter(forbidden).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn every_crate_has_the_lints_and_the_edition_and_is_not_published() {
    for member in members() {
        let manifest = member["manifest_path"].as_str().expect("a path");
        let text = fs::read_to_string(manifest).expect("the manifest can be read");
        let lints = text.split_once("[lints]").map(|(_, after)| after.trim_start().lines().next().unwrap_or_default());
        assert_eq!(lints.map(str::trim), Some("workspace = true"), "[lints] of {}", name(&member));
        assert_eq!(member["edition"], "2024", "edition of {}", name(&member));
        assert_eq!(member["publish"], json!([]), "publish of {}", name(&member));
    }
}

/// The only line that silences the lint, and where it is: for the one module that calls the JPEG library.
const UNSAFE: (&str, &str) = ("processor/src/picture/mod.rs", "mod libjpeg;");

#[test]
fn nothing_but_the_guard_of_the_jpeg_library_is_unsafe() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the root manifest can be read");
    let lint = manifest.lines().any(|line| line.split_whitespace().eq(["unsafe_code", "=", "\"deny\""]));
    assert!(lint, "the workspace no longer denies the lint unsafe_code");
    let mut files = Vec::new();
    for member in members() {
        let manifest = Path::new(member["manifest_path"].as_str().expect("a path"));
        rust_files(manifest.parent().expect("a folder"), &mut files);
    }
    rust_files(&root().join("tests"), &mut files);
    assert!(files.len() > ARROWS.len(), "the sources are not where they are looked for");
    for file in files {
        let text = fs::read_to_string(&file).expect("a source can be read");
        // The compiler refuses the rest: an attribute that silences the lint has to name it.
        let silencing: Vec<&str> = text.split("unsafe_code").skip(1).collect();
        if file.ends_with(UNSAFE.0) {
            let item = silencing[0].lines().nth(1);
            assert!(silencing.len() == 1 && item == Some(UNSAFE.1), "{} silences more", file.display());
        } else if file.file_name() != Some("workspace.rs".as_ref()) {
            assert!(silencing.is_empty(), "{} silences the lint", file.display());
        }
    }
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir()
            && path.file_name() != Some("target".as_ref())
            && path.file_name() != Some("node_modules".as_ref())
        {
            rust_files(&path, found);
        } else if path.extension() == Some("rs".as_ref()) {
            found.push(path);
        }
    }
}
