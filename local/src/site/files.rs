//! The files of the clients: those in this program, or, while one works on a client, those of a folder.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, LazyLock},
};

use anyhow::Context;
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// A file as it is stored.
#[derive(Clone)]
struct File {
    bytes: Bytes,
    /// Names the content: other bytes have another one.
    tag: String,
}

impl File {
    fn new(bytes: Bytes) -> Self {
        let tag = hex::encode(&Sha256::digest(&bytes)[..16]);
        Self { bytes, tag }
    }
}

/// Files of this program, by name.
type Embedded = LazyLock<BTreeMap<&'static str, File>>;

static WEB: Embedded = LazyLock::new(|| read_table(include!(concat!(env!("OUT_DIR"), "/web.rs"))));

/// Empty without the feature `graphiql`.
static GRAPHIQL: Embedded = LazyLock::new(|| read_table(include!(concat!(env!("OUT_DIR"), "/graphiql.rs"))));

fn read_table(table: &[(&'static str, &'static [u8])]) -> BTreeMap<&'static str, File> {
    table.iter().map(|(name, bytes)| (*name, File::new(Bytes::from_static(bytes)))).collect()
}

/// A file in the form that one client takes.
pub(super) struct Representation {
    pub(super) bytes: Bytes,
    /// The value of `Content-Encoding`, where it has one.
    pub(super) encoding: Option<&'static str>,
    /// The value of `ETag`: each form has its own.
    pub(super) etag: String,
}

impl Representation {
    fn plain(file: File) -> Self {
        Self { bytes: file.bytes, encoding: None, etag: format!("\"{}\"", file.tag) }
    }

    fn brotli(file: File) -> Self {
        Self { bytes: file.bytes, encoding: Some("br"), etag: format!("\"{}\"", file.tag) }
    }
}

/// Where a client's files are. Beside a file may be its compressed form, `<name>.br`, or that one alone.
#[derive(Clone)]
pub(crate) struct Files(Place);

#[derive(Clone)]
enum Place {
    Program(&'static Embedded),
    Folder(Arc<Path>),
}

impl Files {
    /// The web client: of a folder, where one is given.
    ///
    /// # Errors
    /// When the folder holds no client.
    pub(crate) fn web(folder: Option<&Path>) -> anyhow::Result<Self> {
        let Some(folder) = folder else { return Ok(Self(Place::Program(&WEB))) };
        let folder = folder.canonicalize().with_context(|| format!("--client-dir {}", folder.display()))?;
        anyhow::ensure!(
            folder.join("index.html").is_file(),
            "--client-dir {}: there is no index.html. `npm run build` in client/web makes one in client/web/dist",
            folder.display()
        );
        Ok(Self(Place::Folder(folder.into())))
    }

    /// GraphiQL: nothing where this program was built without it.
    pub(crate) fn graphiql() -> Self {
        Self(Place::Program(&GRAPHIQL))
    }

    /// A file in the best form that a client takes.
    pub(super) async fn find(&self, name: &str, takes_brotli: bool) -> Option<Representation> {
        if !is_public(name) {
            return None;
        }
        let compressed = format!("{name}.br");
        if takes_brotli && let Some(file) = self.read(&compressed).await {
            return Some(Representation::brotli(file));
        }
        if let Some(file) = self.read(name).await {
            return Some(Representation::plain(file));
        }
        decompressed(self.read(&compressed).await?).await
    }

    async fn read(&self, name: &str) -> Option<File> {
        match &self.0 {
            Place::Program(files) => files.get(name).cloned(),
            Place::Folder(folder) => {
                let path = tokio::fs::canonicalize(folder.join(name)).await.ok()?;
                // A link in the folder may lead out of it.
                if !path.starts_with(folder) {
                    return None;
                }
                tokio::fs::read(path).await.ok().map(|bytes| File::new(bytes.into()))
            }
        }
    }
}

/// Whether a name is one that clients' files have, and no path to anywhere else. What a build leaves for us is not
/// for others.
fn is_public(name: &str) -> bool {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let is_segment = |segment: &str| !segment.is_empty() && !segment.starts_with('.') && segment.chars().all(is_plain);
    name.split('/').all(is_segment) && name.strip_suffix(".br").is_none() && name != "sources.sha256"
}

/// The form for clients that take it as it is only: browsers, for one, ask for Brotli by TLS and on this machine alone.
#[cfg(feature = "graphiql")]
async fn decompressed(file: File) -> Option<Representation> {
    let tag = file.tag;
    let decompress = move || {
        let mut bytes = Vec::new();
        let mut compressed = &file.bytes[..];
        brotli_decompressor::BrotliDecompress(&mut compressed, &mut bytes).map(|()| bytes)
    };
    match tokio::task::spawn_blocking(decompress).await {
        Ok(Ok(bytes)) => Some(Representation { bytes: bytes.into(), encoding: None, etag: format!("\"{tag}-plain\"") }),
        Ok(Err(error)) => {
            tracing::error!(%error, "a file of a client could not be decompressed");
            None
        }
        Err(error) => {
            tracing::error!(%error, "decompressing a file of a client broke off");
            None
        }
    }
}

/// Files that are there in compressed form alone come with GraphiQL only.
#[cfg(not(feature = "graphiql"))]
#[expect(clippy::unused_async, reason = "the other one waits")]
async fn decompressed(_: File) -> Option<Representation> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_plain_segments_only() {
        for name in ["index.html", "assets/index-B_x-9.js", "icon-192.png", "a/b/c"] {
            assert!(is_public(name), "{name}");
        }
        for name in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "assets/../x",
            "assets//x",
            "assets/",
            ".git/config",
            "assets/.x",
            "a\\..\\b",
            "c:x",
            "%2e%2e/x",
            "a%2fb",
            "a\0",
            "ä.js",
            "index.html.br",
            "sources.sha256",
        ] {
            assert!(!is_public(name), "{name}");
        }
    }
}
