//! Names of files and texts of others, made safe to print: they may hold line breaks, commands for the terminal and
//! bytes that are no text at all.

use std::{fmt::Write as _, path::Path};

/// A text in one line, without anything that a terminal obeys.
pub(crate) fn shown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    push(&mut safe, text);
    safe
}

/// A path in the same way; bytes that are not UTF-8 are written `\xNN`.
pub(crate) fn shown_path(path: &Path) -> String {
    shown_bytes(path.as_os_str().as_encoded_bytes())
}

/// Bytes that should be a text, in the same way.
pub(crate) fn shown_bytes(bytes: &[u8]) -> String {
    let mut safe = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        push(&mut safe, chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(safe, "\\x{byte:02x}");
        }
    }
    safe
}

fn push(safe: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_control() || turns_text_around(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
}

/// Characters that make what follows look like something else (Unicode, UAX 9), and separators of lines.
fn turns_text_around(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// Bytes for people: `9.5 MB`, by powers of ten as disks are sold.
pub(crate) fn shown_size(bytes: u64) -> String {
    let mut unit = 1_u64;
    for name in ["bytes", "KB", "MB", "GB"] {
        if bytes / unit < 1_000 {
            return amount(bytes, unit, name);
        }
        unit *= 1_000;
    }
    amount(bytes, unit, "TB")
}

fn amount(bytes: u64, unit: u64, name: &str) -> String {
    if unit == 1 || bytes / unit >= 100 {
        return format!("{} {name}", bytes / unit);
    }
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// A count with its word: `1 file`, `1,204 files`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_command_the_terminal() {
        assert_eq!(shown("a\u{1b}[31mb\nc\u{202e}gpj"), "a\\u{1b}[31mb\\nc\\u{202e}gpj");
        assert_eq!(shown("Zoë 写真 \u{1f600}"), "Zoë 写真 \u{1f600}");
    }

    #[test]
    fn bytes_that_are_no_text_are_written_out() {
        assert_eq!(shown_bytes(b"caf\xe9.jpg"), "caf\\xe9.jpg");
    }

    #[test]
    fn sizes_and_counts_read_well() {
        let sizes = [0, 999, 1_000, 9_549_000, 123_000_000, 1_500_000_000, 2_000_000_000_000].map(shown_size);
        assert_eq!(sizes, ["0 bytes", "999 bytes", "1.0 KB", "9.5 MB", "123 MB", "1.5 GB", "2.0 TB"]);
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(count(1_234_567, "file", "files"), "1,234,567 files");
    }
}
