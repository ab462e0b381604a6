//! `verify`: compares what `download` wrote with the server, both ways, and reads every byte of it.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use crate::{
    End,
    api::Api,
    download::{described, ours},
    fault::{Fault, Outcome},
    galleries,
    item::Source,
    ls::size,
    originals::{GallerySort, Status, each_page},
    output::Output,
    shown::{count, shown, shown_path},
    sidecar::{ENDING, Ours},
};

/// What is wrong with a file.
struct Finding {
    path: String,
    what: &'static str,
    text: &'static str,
}

/// Compares a folder with the server.
pub(crate) fn verify(folder: &Path, api: &Api, output: Output) -> Outcome<End> {
    let galleries = described(folder);
    if galleries.is_empty() {
        let text = format!("{} has no gallery that mantel-cli downloaded.", shown_path(folder));
        return Err(Fault::Usage(text));
    }
    let cards = galleries::all(api)?;
    let (mut findings, mut whole) = (Vec::new(), 0);
    for (folder, file) in &galleries {
        let kept = read_folder(folder, &mut findings)?;
        if cards.iter().any(|card| card.id == file.id) {
            whole += compare(api, &file.id, &file.title, kept, &mut findings)?;
        } else {
            for (_, path) in kept.into_values() {
                findings.push(finding(&path, "not-on-server", "its gallery is not on the server"));
            }
        }
    }
    for finding in &findings {
        output
            .event(&json!({ "event": "file", "path": finding.path, "outcome": finding.what, "reason": finding.text }));
    }
    output.event(&json!({ "event": "summary", "equal": whole, "different": findings.len() }));
    output.line(format!("{} equal, byte by byte and in what is noted of them", count(whole, "file is", "files are")));
    if findings.is_empty() {
        return Ok(End::Whole);
    }
    output.line("");
    let rows: Vec<Vec<String>> = findings.iter().map(|one| vec![one.path.clone(), one.text.to_owned()]).collect();
    output.table(&["different", "how"], &rows);
    Ok(End::Part)
}

fn finding(path: &Path, what: &'static str, text: &'static str) -> Finding {
    Finding { path: shown_path(path), what, text }
}

/// What a folder holds, by the id of the media.
fn read_folder(folder: &Path, findings: &mut Vec<Finding>) -> Outcome<HashMap<String, (Ours, PathBuf)>> {
    let mut kept = HashMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let fault = |error: io::Error| Fault::of_file(&folder, &error);
        for entry in fs::read_dir(&folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            if fs::symlink_metadata(&path).map_err(fault)?.is_dir() {
                folders.push(path);
                continue;
            }
            let Some(file) = path.to_str().and_then(|text| text.strip_suffix(ENDING)).map(PathBuf::from) else {
                continue;
            };
            if file.file_name().is_some_and(|name| name == "gallery") {
                continue;
            }
            match fs::read_to_string(&path).ok().and_then(|text| Ours::parse(&text)) {
                Some(ours) => drop(kept.insert(ours.id.clone(), (ours, file))),
                None => findings.push(finding(&path, "unreadable", "what is noted beside it cannot be read")),
            }
        }
    }
    Ok(kept)
}

/// Compares a gallery, and tells how many are equal.
fn compare(
    api: &Api,
    gallery: &str,
    title: &str,
    mut kept: HashMap<String, (Ours, PathBuf)>,
    findings: &mut Vec<Finding>,
) -> Outcome<usize> {
    let mut whole = 0;
    each_page(api, gallery, &GallerySort::TAKEN_AT_ASC, |page| {
        for media in page {
            api.stop.check()?;
            let Some((noted, path)) = kept.remove(&media.id) else {
                if Status::from(&media.status) != Status::Uploading {
                    let path = format!("{}: {}", shown(title), shown(&media.file_name));
                    findings.push(Finding { path, what: "missing", text: "it is on the server, but not here" });
                }
                continue;
            };
            match differs(api, &noted, &path, size(&media))? {
                Some(text) => findings.push(finding(&path, "damaged", text)),
                None if ours(&media, gallery)? != noted => {
                    findings.push(finding(
                        &path,
                        "changed",
                        "something else is noted on the server now; download it again",
                    ));
                }
                None => whole += 1,
            }
        }
        Ok(true)
    })?;
    for (_, path) in kept.into_values() {
        findings.push(finding(&path, "not-on-server", "it is here, but not on the server"));
    }
    Ok(whole)
}

/// How a file is not what its sidecar says.
fn differs(api: &Api, noted: &Ours, path: &Path, size: u64) -> Outcome<Option<&'static str>> {
    match Source::File(path.to_owned()).hash(&api.stop) {
        Err(_) if api.stop.is_asked() => Err(Fault::Stopped),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some("the file is gone")),
        Err(_) => Ok(Some("the file cannot be read")),
        Ok((_, length)) if length != size => Ok(Some("the file has another length")),
        Ok((digest, _)) if BASE64_STANDARD.encode(digest) != noted.sha256 => Ok(Some("the file has other bytes")),
        Ok(_) => Ok(None),
    }
}
