//! What became of each file, told once it is certain, and in sum at the end.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Serialize;
use serde_json::json;

use crate::{
    End,
    fault::{Fault, Outcome},
    output::Output,
    shown::{count, shown_size},
};

/// How many failures the table at the end shows; `--json` and `--report` have them all.
const MAX_ROWS: usize = 200;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is on the server now, with its pictures.
    Uploaded,
    /// It would be uploaded.
    WouldUpload,
    /// The server had it.
    Known,
    /// It has the same bytes as another file of this run; the text names that.
    Same(String),
    /// The server had it, and somebody put it into the trash: there it stays.
    InTrash,
    /// It was not meant to be uploaded, and why.
    Skipped(String),
    /// Why not.
    Failed(String),
}

impl Fate {
    fn name(&self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::WouldUpload => "would-upload",
            Self::Known => "known",
            Self::Same(_) => "same",
            Self::InTrash => "in-trash",
            Self::Skipped(_) => "skipped",
            Self::Failed(_) => "failed",
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Self::Same(reason) | Self::Skipped(reason) | Self::Failed(reason) => Some(reason),
            Self::Uploaded | Self::WouldUpload | Self::Known | Self::InTrash => None,
        }
    }
}

/// Where what is noted of a file comes from; Takeout has several sources, of several worth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Provenance {
    /// The sidecar that was found, safe to print.
    pub(crate) sidecar: Option<String>,
    /// Where the date is from.
    pub(crate) date_source: &'static str,
    /// `high`, `medium` or `low`.
    pub(crate) date_confidence: &'static str,
    /// When it was taken, as it will be noted.
    pub(crate) taken_at: Option<String>,
    pub(crate) taken_at_offset_minutes: Option<i64>,
    /// What of the sidecar cannot be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remark: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    event: &'static str,
    path: &'a str,
    gallery: &'a str,
    outcome: &'static str,
    reason: Option<&'a str>,
    media_id: Option<&'a str>,
    size_bytes: u64,
    #[serde(flatten)]
    provenance: Option<&'a Provenance>,
}

/// A file as reports name it.
pub(crate) struct Subject<'a> {
    pub(crate) path: &'a str,
    /// Title of the gallery.
    pub(crate) gallery: &'a str,
    pub(crate) size: u64,
    pub(crate) provenance: Option<&'a Provenance>,
}

#[derive(Default)]
struct Totals {
    uploaded: (usize, u64),
    known: usize,
    same: usize,
    in_trash: usize,
    skipped: usize,
    failed: Vec<(String, String)>,
    failed_count: usize,
}

/// The report of a run.
pub(crate) struct Report {
    output: Output,
    totals: Mutex<Totals>,
    file: Option<Mutex<BufWriter<File>>>,
}

impl Report {
    /// An empty report, which is also written to a file where one is named.
    pub(crate) fn new(output: Output, file: Option<&Path>) -> Outcome<Self> {
        let file = file.map(|path| File::create(path).map_err(|error| Fault::of_file(path, &error))).transpose()?;
        Ok(Self { output, totals: Mutex::default(), file: file.map(|file| Mutex::new(BufWriter::new(file))) })
    }

    fn totals(&self) -> MutexGuard<'_, Totals> {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes down what became of a file.
    pub(crate) fn tell(&self, subject: &Subject<'_>, fate: &Fate, media_id: Option<&str>) {
        let line = Line {
            event: "file",
            path: subject.path,
            gallery: subject.gallery,
            outcome: fate.name(),
            reason: fate.reason(),
            media_id,
            size_bytes: subject.size,
            provenance: subject.provenance,
        };
        let mut totals = self.totals();
        self.output.event(&line);
        if let Some(file) = &self.file {
            let text = serde_json::to_string(&line).expect("lines are plain values");
            // What is wrong with the file shows when it is closed.
            let _ = writeln!(file.lock().unwrap_or_else(PoisonError::into_inner), "{text}");
        }
        match fate {
            Fate::Uploaded | Fate::WouldUpload => {
                totals.uploaded.0 += 1;
                totals.uploaded.1 += subject.size;
            }
            Fate::Known => totals.known += 1,
            Fate::Same(_) => totals.same += 1,
            Fate::InTrash => totals.in_trash += 1,
            Fate::Skipped(_) => totals.skipped += 1,
            Fate::Failed(reason) => {
                totals.failed_count += 1;
                if totals.failed.len() < MAX_ROWS {
                    totals.failed.push((subject.path.to_owned(), reason.clone()));
                }
            }
        }
    }

    /// Says, for programs, that all is sent, and how long that took; the server may still be at work.
    pub(crate) fn sent(&self, took: Duration) {
        self.output.event(&json!({ "event": "sent", "seconds": took.as_secs_f64() }));
    }

    /// Prints the sum, and the table of what failed.
    pub(crate) fn end(&self, verb: &str) -> Outcome<End> {
        if let Some(file) = &self.file {
            let flushed = file.lock().unwrap_or_else(PoisonError::into_inner).flush();
            flushed.map_err(|error| Fault::Failed(format!("The report could not be written: {error}")))?;
        }
        let mut totals = self.totals();
        totals.failed.sort();
        self.output.event(&json!({
            "event": "summary", "uploaded": totals.uploaded.0, "uploadedBytes": totals.uploaded.1, "known": totals.known,
            "same": totals.same, "inTrash": totals.in_trash, "skipped": totals.skipped, "failed": totals.failed_count,
        }));
        for line in sum(&totals, verb) {
            self.output.line(line);
        }
        if totals.failed_count == 0 {
            return Ok(End::Whole);
        }
        self.output.line("");
        let rows: Vec<Vec<String>> = totals.failed.iter().map(|(path, why)| vec![path.clone(), why.clone()]).collect();
        self.output.table(&["failed", "why"], &rows);
        if totals.failed_count > MAX_ROWS {
            self.output.line(format!("and {} more", totals.failed_count - MAX_ROWS));
        }
        Ok(End::Part)
    }
}

fn sum(totals: &Totals, verb: &str) -> Vec<String> {
    let files = |number: usize| count(number, "file", "files");
    let mut lines = vec![format!("{}, {} {verb}", files(totals.uploaded.0), shown_size(totals.uploaded.1))];
    let mut add = |number: usize, text: &str| {
        if number > 0 {
            lines.push(format!("{} {text}", files(number)));
        }
    };
    add(totals.known, "on the server already");
    add(totals.same, "with the same content as another one");
    add(totals.in_trash, "in the trash of the server, and left there");
    add(totals.skipped, "skipped");
    add(totals.failed_count, "failed");
    lines
}
