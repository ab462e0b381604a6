//! The table as a file: its lines, compressed.

use std::io::{Read, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use model::{Clock, Sha256, Timestamp};
use store::{Line, Store};

use crate::{
    Error,
    manifest::Table,
    reader::{Measure, sha256},
};

/// How often the table is read in the hope that nothing changes meanwhile.
const MAX_READINGS: usize = 4;

/// The table as it was read.
pub(crate) struct Snapshot {
    pub(crate) lines: Vec<Line>,
    /// Whether two readings one after the other gave the same, so that it is the table of one moment.
    pub(crate) quiet: bool,
    /// When the reading began.
    pub(crate) taken_at: Timestamp,
    pub(crate) lines_sha256: Sha256,
    pub(crate) lines_bytes: u64,
}

impl Snapshot {
    /// Reads the table until two readings are the same. While a family is busy it may not come to that; then the last
    /// reading counts, and says so.
    pub(crate) async fn take(store: &Store, clock: &Clock) -> Result<Self, Error> {
        let mut before: Option<Self> = None;
        for _ in 0..MAX_READINGS {
            let taken_at = clock();
            let reading = Self::of(store.dump_table(taken_at).await?, taken_at);
            if before.is_some_and(|before| before.lines_sha256 == reading.lines_sha256) {
                return Ok(Self { quiet: true, ..reading });
            }
            before = Some(reading);
        }
        before.ok_or_else(|| Error::internal("the table was not read"))
    }

    fn of(lines: Vec<Line>, taken_at: Timestamp) -> Self {
        let mut measure = Measure::default();
        for line in &lines {
            measure.add(line.text().as_bytes());
            measure.add(b"\n");
        }
        let (lines_bytes, lines_sha256) = measure.end();
        Self { lines, quiet: false, taken_at, lines_sha256, lines_bytes }
    }

    /// The file, and what a manifest says of it.
    pub(crate) fn file(&self) -> Result<(Table, Vec<u8>), Error> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        for line in &self.lines {
            encoder.write_all(line.text().as_bytes()).map_err(Error::internal)?;
            encoder.write_all(b"\n").map_err(Error::internal)?;
        }
        let bytes = encoder.finish().map_err(Error::internal)?;
        let table = Table {
            sha256: sha256(&bytes),
            size_bytes: bytes.len() as u64,
            lines_sha256: self.lines_sha256,
            lines_bytes: self.lines_bytes,
            items: self.lines.len() as u64,
        };
        Ok((table, bytes))
    }
}

/// The lines of a table's file, checked against all that its manifest says.
pub(crate) fn lines_of(table: &Table, bytes: &[u8]) -> Result<Vec<Line>, Error> {
    let damaged = |problem: String| Error::damaged(table.key(), problem);
    if (bytes.len() as u64, sha256(bytes)) != (table.size_bytes, table.sha256) {
        return Err(damaged("it has not the length and SHA-256 that the manifest says".to_owned()));
    }
    let mut text = String::new();
    // Not a byte more than announced is unpacked.
    let read = GzDecoder::new(bytes).take(table.lines_bytes + 1).read_to_string(&mut text);
    read.map_err(|error| damaged(error.to_string()))?;
    if (text.len() as u64, sha256(text.as_bytes())) != (table.lines_bytes, table.lines_sha256) {
        return Err(damaged("its lines are not those that the manifest says".to_owned()));
    }
    let lines = text.lines().map(Line::parse).collect::<Result<Vec<_>, _>>();
    let lines = lines.map_err(|error| damaged(Error::from(error).to_string()))?;
    if lines.len() as u64 != table.items || !lines.windows(2).all(|pair| pair[0] < pair[1]) {
        return Err(damaged("its lines are not as many as the manifest says, or not in order".to_owned()));
    }
    Ok(lines)
}
