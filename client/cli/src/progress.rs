//! How far a run is: a bar on a terminal, else a line every ten seconds; nothing where programs read.

use std::{
    io::{self, IsTerminal},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    output::{Output, remark},
    shown::{count, shown_size},
};

const EVERY: Duration = Duration::from_secs(10);
const BAR: &str = "{wide_bar} {msg}, {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";

struct State {
    files: usize,
    bytes: u64,
    began: Instant,
    told: Instant,
}

/// How far a run is.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    lines: bool,
    total_files: usize,
    total_bytes: u64,
    state: Mutex<State>,
}

impl Progress {
    /// Nothing is done yet of so many files and bytes.
    pub(crate) fn new(output: Output, total_files: usize, total_bytes: u64) -> Self {
        let bar = (!output.json && io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template(BAR).expect("the template is well-formed");
            ProgressBar::with_draw_target(Some(total_bytes), ProgressDrawTarget::stderr()).with_style(style)
        });
        let now = Instant::now();
        let state = Mutex::new(State { files: 0, bytes: 0, began: now, told: now });
        Self { lines: !output.json && bar.is_none(), bar, total_files, total_bytes, state }
    }

    /// So many bytes are there now.
    pub(crate) fn add_bytes(&self, bytes: u64) {
        self.add(0, bytes);
    }

    /// A file is done, with so many bytes that were not counted yet.
    pub(crate) fn add_file(&self, bytes: u64) {
        self.add(1, bytes);
    }

    fn add(&self, files: usize, bytes: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.files += files;
        state.bytes += bytes;
        if let Some(bar) = &self.bar {
            bar.set_position(state.bytes);
            bar.set_message(self.files(&state));
        } else if self.lines && state.told.elapsed() >= EVERY {
            state.told = Instant::now();
            remark(self.line(&state));
        }
    }

    /// Says something in place of what is done, where nothing is counted any more.
    pub(crate) fn say(&self, text: String) {
        if let Some(bar) = &self.bar {
            bar.set_message(text);
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lines && state.told.elapsed() >= EVERY {
            state.told = Instant::now();
            remark(text);
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn files(&self, state: &State) -> String {
        format!("{} of {}", count(state.files, "", "").trim_end(), count(self.total_files, "file", "files"))
    }

    fn line(&self, state: &State) -> String {
        let seconds = state.began.elapsed().as_secs().max(1);
        let rate = state.bytes / seconds;
        let left = self.total_bytes.saturating_sub(state.bytes).checked_div(rate);
        let left = left.map_or_else(|| "?".to_owned(), shown_seconds);
        format!(
            "{}, {} of {}, {}/s, {left} left",
            self.files(state),
            shown_size(state.bytes),
            shown_size(self.total_bytes),
            shown_size(rate)
        )
    }
}

/// `45 s`, `12 min`, `3 h 20 min`.
fn shown_seconds(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}
