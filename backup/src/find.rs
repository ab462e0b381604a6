//! The manifests of a place.

use crate::{
    Error,
    manifest::{MANIFESTS, Manifest},
    place::Place,
};

/// A manifest of a million photos has some 300 MB.
const MAX_MANIFEST_BYTES: u64 = 1 << 30;

/// The names of all manifests, oldest first.
///
/// # Errors
/// When the place cannot be listed.
pub async fn list(place: &Place) -> Result<Vec<String>, Error> {
    Ok(place.list(MANIFESTS).await?.into_keys().filter(|name| is_manifest(name)).collect())
}

/// Names are our own: in lower case.
#[expect(clippy::case_sensitive_file_extension_comparisons, reason = "no file system changes the case of these names")]
fn is_manifest(name: &str) -> bool {
    name.ends_with(".json")
}

/// The name of the newest manifest; none where there is none.
pub(crate) async fn newest(place: &Place) -> Result<Option<String>, Error> {
    Ok(list(place).await?.pop())
}

/// Finds a manifest by its name or the beginning of its time, such as `2026-03-01`: then the last of that time.
///
/// # Errors
/// When there is none.
pub async fn find(place: &Place, wanted: Option<&str>) -> Result<String, Error> {
    let all = list(place).await?;
    let begins = wanted.map(|wanted| {
        let plain = wanted.strip_prefix(MANIFESTS).unwrap_or(wanted);
        let time: String = plain.chars().filter(|c| !matches!(c, '-' | ':' | '.')).collect();
        (format!("{MANIFESTS}{plain}"), format!("{MANIFESTS}{time}"))
    });
    let mut found = all.into_iter().filter(|name| match &begins {
        None => true,
        Some((plain, time)) => name.starts_with(plain.as_str()) || name.starts_with(time.as_str()),
    });
    found.next_back().ok_or_else(|| {
        let what = wanted.map_or("no backup".to_owned(), |wanted| format!("no backup of {wanted}"));
        Error::Missing(format!("{what} ({} has others, perhaps: `mantel backup list`): it", place.name()))
    })
}

/// Reads a manifest and checks it against its name.
///
/// # Errors
/// When it is missing or damaged.
pub async fn read_manifest(place: &Place, name: &str) -> Result<Manifest, Error> {
    let reader = place.open(name).await?.ok_or_else(|| Error::Missing(name.to_owned()))?;
    Manifest::parse(name, &reader.read_all(name, MAX_MANIFEST_BYTES).await?)
}
