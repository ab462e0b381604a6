//! Tables as they are committed.

/// A line of a table.
pub(super) enum Line {
    /// Cells, as many as in all lines of cells.
    Cells(Vec<String>),
    /// A text across all columns.
    Text(String),
}

/// Lines under each other, below a text that explains them.
pub(super) fn table(legend: &str, lines: &[Line]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for line in lines {
        let Line::Cells(cells) = line else { continue };
        widths.resize(cells.len(), 0);
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = legend.to_owned();
    for line in lines {
        text.push('\n');
        match line {
            Line::Text(line) => text.push_str(line),
            Line::Cells(cells) => {
                let cells: Vec<String> =
                    cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
                text.push_str(cells.join("  ").trim_end());
            }
        }
    }
    text
}

/// Compares a table with the committed one.
macro_rules! assert_committed {
    ($name:literal, $table:expr) => {
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots", omit_expression => true }, {
            insta::assert_snapshot!($name, $table);
        });
    };
}

pub(super) use assert_committed;
