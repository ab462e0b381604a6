//! What is printed: lines for people, or JSON lines for programs.

use std::{
    fmt::Display,
    io::{self, Write},
};

use serde::Serialize;

/// Where results go: standard output.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    /// JSON lines in place of text.
    pub(crate) json: bool,
}

impl Output {
    /// A line for people; nothing where programs read.
    pub(crate) fn line(self, text: impl Display) {
        if !self.json {
            print(text);
        }
    }

    /// A line for programs; nothing where people read.
    pub(crate) fn event(self, event: &impl Serialize) {
        if self.json {
            print(serde_json::to_string(event).expect("events are plain values"));
        }
    }

    /// The same for both.
    pub(crate) fn tell(self, event: &impl Serialize, text: impl Display) {
        self.line(text);
        self.event(event);
    }

    /// A table with a head, its columns as wide as what they hold; nothing where programs read.
    pub(crate) fn table(self, head: &[&str], rows: &[Vec<String>]) {
        if self.json {
            return;
        }
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.chain([head[column].chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        let line = |cells: &[&str]| {
            let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            print(padded.collect::<Vec<_>>().join("  ").trim_end());
        };
        line(head);
        for row in rows {
            line(&row.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}

/// Prints to standard output. Whoever reads it may have seen enough: that is no error.
fn print(text: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Tells of something on standard error, which is not the result.
pub(crate) fn remark(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
