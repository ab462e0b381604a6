//! The clients as they were built and committed: of the sources that are here, and alike in both forms.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use brotli_decompressor::Decompressor;
use sha2::{Digest, Sha256};

/// What the web client is built from, below `client/web`; of folders everything that is in them.
const WEB_SOURCES: &[&str] = &[
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "scripts",
    "src",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];
/// What a build writes there by itself, from sources that are counted.
const WEB_GENERATED: &str = "src/api/generated/";

/// The same of GraphiQL, below `client`.
const GRAPHIQL_SOURCES: &[&str] = &[
    "graphiql/.npmrc",
    "graphiql/build.mjs",
    "graphiql/index.html",
    "graphiql/package-lock.json",
    "graphiql/package.json",
    "graphiql/src",
    "graphiql/tsconfig.json",
    "graphiql/vite.config.ts",
];

/// Files by the names under which they count, in the order of the bytes of these.
type Files = BTreeMap<String, PathBuf>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Adds a file, or all below a folder; what is not there is not missed.
fn add(folder: &Path, name: &str, files: &mut Files) {
    let path = folder.join(name);
    if path.is_file() {
        files.insert(name.to_owned(), path);
    } else if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder can be read") {
            let entry = entry.expect("an entry").file_name();
            add(folder, &format!("{name}/{}", entry.to_str().expect("a name in UTF-8")), files);
        }
    }
}

fn all_in(folder: &Path, names: &[&str]) -> Files {
    let mut files = Files::new();
    for name in names {
        add(folder, name, &mut files);
    }
    files
}

fn web_sources() -> Files {
    let mut sources = all_in(&root().join("client/web"), WEB_SOURCES);
    sources.retain(|name, _| !name.starts_with(WEB_GENERATED));
    add(&root(), "schema.graphql", &mut sources);
    let mut operations = all_in(&root().join("client"), &["operations"]);
    operations.retain(|name, _| name.ends_with(".graphql"));
    sources.append(&mut operations);
    sources
}

fn graphiql_sources() -> Files {
    let client = root().join("client");
    let mut sources = all_in(&client, GRAPHIQL_SOURCES);
    let texts: Vec<String> = sources.values().filter_map(|path| fs::read_to_string(path).ok()).collect();
    // Of the operations, those that it offers as examples.
    for reference in texts.iter().flat_map(|text| text.split("operations/").skip(1)) {
        if let Some((name, _)) = reference.split_once(".graphql?raw")
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        {
            add(&client, &format!("operations/{name}.graphql"), &mut sources);
        }
    }
    sources
}

/// SHA-256 of the lines `name NUL SHA-256 of the file`; the builds record the same.
fn hash_of(sources: &Files) -> String {
    let lines = sources.iter().map(|(name, path)| {
        let bytes = fs::read(path).expect("a source can be read");
        format!("{name}\0{}\n", hex::encode(Sha256::digest(bytes)))
    });
    hex::encode(Sha256::digest(lines.collect::<String>()))
}

fn assert_built_from(client: &str, sources: &Files) {
    let recorded = root().join("client").join(client).join("dist/sources.sha256");
    let recorded = fs::read_to_string(recorded).unwrap_or_default();
    assert!(
        recorded.trim() == hash_of(sources),
        "client/{client}/dist was not built from the sources that are here: run `npm ci && npm run build` in \
         client/{client} and commit dist"
    );
}

#[test]
fn the_web_client_is_built_from_the_sources_that_are_here() {
    assert_built_from("web", &web_sources());
}

#[test]
fn graphiql_is_built_from_the_sources_that_are_here() {
    assert_built_from("graphiql", &graphiql_sources());
}

fn dist(client: &str) -> Files {
    let folder = root().join("client").join(client);
    all_in(&folder, &["dist"])
}

fn decompressed(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let compressed = fs::File::open(path).expect("a compressed file");
    Decompressor::new(compressed, 4096)
        .read_to_end(&mut bytes)
        .unwrap_or_else(|error| panic!("{} is not Brotli: {error}", path.display()));
    bytes
}

#[test]
fn what_is_compressed_is_the_file_beside_it() {
    let files = dist("web");
    let compressed: Vec<_> = files.iter().filter_map(|(name, path)| Some((name.strip_suffix(".br")?, path))).collect();
    assert!(!compressed.is_empty(), "nothing is compressed");
    for (name, path) in compressed {
        let beside = files.get(name).unwrap_or_else(|| panic!("there is no {name} beside {name}.br"));
        assert!(decompressed(path) == fs::read(beside).expect("a file"), "{name}.br is not {name}");
    }
}

#[test]
fn whatever_loads_before_something_shows_is_compressed() {
    let files = dist("web");
    for name in files.keys() {
        let is_text = [".js", ".css", ".html"].iter().any(|extension| name.ends_with(extension));
        assert!(!is_text || files.contains_key(&format!("{name}.br")), "there is no {name}.br");
    }
}

#[test]
fn graphiql_is_there_in_compressed_form_alone() {
    let files = dist("graphiql");
    assert!(files.contains_key("dist/index.html.br"), "GraphiQL has no page");
    for (name, path) in files.iter().filter(|(name, _)| *name != "dist/sources.sha256") {
        assert!(name.strip_suffix(".br").is_some(), "{name} is not compressed");
        assert!(!decompressed(path).is_empty(), "{name} is empty");
    }
}
