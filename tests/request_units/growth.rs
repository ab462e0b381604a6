//! No operation's calls grow with rows beyond batches of 100.

/// Rows that one call of the table reads at most.
const BATCH: usize = 100;
/// What is read for a page of a list: the page itself, and one batch of each kind of record that its rows lead to.
const CALLS_PER_PAGE: u64 = 7;

/// Kinds of record that each row leads to at most, at one time: what happened lately leads to comments, media and
/// people.
const KINDS: u64 = 3;

/// What an operation took where it read so many rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) rows: usize,
    pub(super) calls: u64,
}

/// Compares an operation over few rows with the same over many.
///
/// All kinds of record are read in one batch while they fit: of 3 rows they do, of 100 each kind is a batch of its own.
pub(super) fn grown(few: Sample, many: Sample) -> Result<(), String> {
    let pages = |sample: Sample| u64::try_from(sample.rows.div_ceil(BATCH)).expect("a small number");
    let allowed = few.calls + KINDS - 1 + CALLS_PER_PAGE * (pages(many) - pages(few));
    if many.calls <= allowed { Ok(()) } else { Err(format!("{few:?}, {many:?}: at most {allowed} calls are allowed")) }
}

#[test]
fn a_call_for_each_row_is_found() {
    let few = Sample { rows: 3, calls: 3 + 3 };
    for rows in [10, 100, 250] {
        let one_each = Sample { rows, calls: 3 + u64::try_from(rows).expect("a small number") };
        assert!(grown(few, one_each).is_err(), "{rows} rows");
    }
    // Even where only every tenth row has something to read.
    assert!(grown(Sample { rows: 3, calls: 3 }, Sample { rows: 100, calls: 3 + 10 }).is_err());
}

#[test]
fn batches_are_no_calls_for_each_row() {
    let few = Sample { rows: 3, calls: 4 };
    assert!(grown(few, Sample { rows: 100, calls: 4 }).is_ok());
    assert!(grown(few, Sample { rows: 100, calls: 6 }).is_ok());
    assert!(grown(few, Sample { rows: 100, calls: 7 }).is_err());
    assert!(grown(few, Sample { rows: 250, calls: 4 + 2 * 4 }).is_ok());
}
