//! What was found, for people and for programs.

use std::{collections::BTreeMap, fmt};

use model::Timestamp;
use serde::{Deserialize, Serialize};

/// So many findings are kept with the result; all are counted.
const MAX_KEPT: usize = 100;

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A record says that there is an original, and there is none.
    OriginalMissing,
    /// The bytes of an original are not those that were announced.
    OriginalDamaged,
    /// An original that no record knows.
    OriginalWithoutRecord,
    /// A record cannot be read.
    RecordUnreadable,
    /// The gallery of a photo or video is not there.
    GalleryMissing,
    /// Small pictures, a film to play or an upright copy are not there, or not whole.
    RenditionMissing,
    /// A place in a list, a claim or a word of a photo or video is missing or wrong.
    IndexMissing,
    /// Something counts otherwise than there is.
    CounterWrong,
    /// A claim, a pointer or a word behind which there is nothing any more.
    IndexLeftOver,
    /// A file that no record names any more.
    RenditionLeftOver,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum End {
    /// Only a person can do something, such as to restore it from a backup.
    NeedsYou,
    /// It is right now.
    Mended,
    /// The processor makes it anew.
    Asked,
    /// It does no harm, and stays: nothing is deleted here.
    Left,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// Of what: an id, or the key of an item or object.
    pub subject: String,
    /// What became of it.
    pub end: End,
}

/// The result of a look at everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When it began.
    pub begun_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Records of photos and videos.
    pub media: usize,
    /// Records of galleries, deleted ones too.
    pub galleries: usize,
    /// Objects in both buckets.
    pub objects: usize,
    /// Originals that were read again.
    pub read: usize,
    /// Bytes of them.
    pub read_bytes: u64,
    /// Originals that should have been read, and for which there was no time, or which could not be read.
    pub unread: usize,
    /// Findings for which only a person can do something.
    pub needs_you: usize,
    /// How many findings there are, the ones that are not kept too.
    pub found: usize,
    /// What was found; at most a hundred where the result is kept.
    pub findings: Vec<Finding>,
}

impl Kind {
    /// In the words of people, for a number of them.
    fn words(self) -> &'static str {
        match self {
            Self::OriginalMissing => "originals are missing",
            Self::OriginalDamaged => "originals are damaged",
            Self::OriginalWithoutRecord => "originals have no record",
            Self::RecordUnreadable => "records cannot be read",
            Self::GalleryMissing => "photos or films are in a gallery that is not there",
            Self::RenditionMissing => "photos or films lack files that were made of them",
            Self::IndexMissing => "photos or films are not in all lists where they belong",
            Self::CounterWrong => "counters are wrong",
            Self::IndexLeftOver => "entries of lists point to nothing",
            Self::RenditionLeftOver => "files belong to no photo or film any more",
        }
    }
}

impl End {
    fn words(self) -> &'static str {
        match self {
            Self::NeedsYou => "restore them from a backup, or ask for help",
            Self::Mended => "mended",
            Self::Asked => "they are made anew",
            Self::Left => "left as they are: they do no harm",
        }
    }
}

impl Report {
    pub(super) fn begun(now: Timestamp) -> Self {
        Self {
            begun_at: now,
            ended_at: now,
            media: 0,
            galleries: 0,
            objects: 0,
            read: 0,
            read_bytes: 0,
            unread: 0,
            needs_you: 0,
            found: 0,
            findings: Vec::new(),
        }
    }

    pub(super) fn found(&mut self, kind: Kind, subject: String, end: End) {
        tracing::warn!(?kind, subject, ?end, "not whole");
        self.found += 1;
        self.needs_you += usize::from(end == End::NeedsYou);
        self.findings.push(Finding { kind, subject, end });
    }

    pub(super) fn has(&self, kind: Kind, subject: &str) -> bool {
        self.findings.iter().any(|finding| finding.kind == kind && finding.subject == subject)
    }

    /// As it is kept: an item of the table has an end. What needs a person comes first.
    #[must_use]
    pub fn shortened(&self) -> Self {
        let mut short = self.clone();
        short.findings.sort_by_key(|finding| finding.end);
        short.findings.truncate(MAX_KEPT);
        short
    }

    /// Whether nothing is left for a person to do.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.needs_you == 0
    }
}

/// In plain words, what needs somebody first.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Looked at {} photos and films in {} galleries, and at {} files. Read {} originals again ({} bytes).",
            self.media, self.galleries, self.objects, self.read, self.read_bytes
        )?;
        if self.unread > 0 {
            writeln!(f, "{} originals were not read: there was no time, or they could not be.", self.unread)?;
        }
        let mut kinds: BTreeMap<(End, Kind), Vec<&str>> = BTreeMap::new();
        for finding in &self.findings {
            kinds.entry((finding.end, finding.kind)).or_default().push(&finding.subject);
        }
        for ((end, kind), subjects) in kinds {
            writeln!(f, "{} {}: {}.", subjects.len(), kind.words(), end.words())?;
            for subject in subjects {
                writeln!(f, "    {subject}")?;
            }
        }
        match (self.found, self.needs_you) {
            (0, _) => writeln!(f, "All is whole."),
            (_, 0) => writeln!(f, "All is well now."),
            (_, count) => writeln!(f, "{count} of these need somebody to look after them."),
        }
    }
}
