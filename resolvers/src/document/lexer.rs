//! Counts the lexical tokens of a document, by the GraphQL specification (October 2021, section 2.1, "Source Text"),
//! in one pass over its bytes. What no token begins with counts as one, so that the count is never too low; the
//! parser refuses it later.

/// What a text is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lexed {
    /// Punctuators, names, numbers and strings. Comments, commas, white space and byte order marks are nothing.
    pub(super) tokens: usize,
    /// How many brackets of any kind are open at most.
    pub(super) nesting: usize,
}

pub(super) fn lex(text: &str) -> Lexed {
    let mut rest = text.as_bytes();
    let mut lexed = Lexed::default();
    let mut open = 0_usize;
    while let Some(&first) = rest.first() {
        let ignored = ignored(rest);
        if ignored > 0 {
            rest = &rest[ignored..];
            continue;
        }
        match first {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        lexed.nesting = lexed.nesting.max(open);
        lexed.tokens += 1;
        rest = &rest[token(rest)..];
    }
    lexed
}

/// How many of the first bytes mean nothing.
fn ignored(text: &[u8]) -> usize {
    const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
    match text[0] {
        b' ' | b'\t' | b'\n' | b'\r' | b',' => 1,
        b'#' => to_line_end(text),
        _ if text.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len(),
        _ => 0,
    }
}

/// The length of the first token, at least one byte.
fn token(text: &[u8]) -> usize {
    match text[0] {
        b'.' if text.starts_with(b"...") => 3,
        b'"' if text.starts_with(b"\"\"\"") => block_string(text),
        b'"' => string(text),
        b'_' | b'a'..=b'z' | b'A'..=b'Z' => count(text, |byte| byte == b'_' || byte.is_ascii_alphanumeric()),
        b'-' | b'0'..=b'9' => number(text),
        b if b.is_ascii() => 1,
        _ => count(text, |byte| !byte.is_ascii()),
    }
}

fn count(text: &[u8], mut belongs: impl FnMut(u8) -> bool) -> usize {
    text.iter().position(|&byte| !belongs(byte)).unwrap_or(text.len())
}

fn to_line_end(text: &[u8]) -> usize {
    count(text, |byte| byte != b'\n' && byte != b'\r')
}

/// An escape is two bytes; a string that does not end in its line ends with it.
fn string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            // What stands after the backslash must not end the line, or it would hide the next one.
            b'\\' if !matches!(text.get(at + 1), Some(b'\n' | b'\r') | None) => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// In a block string only `\"""` is an escape.
fn block_string(text: &[u8]) -> usize {
    let mut at = 3;
    while at < text.len() {
        if text[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if text[at..].starts_with(b"\"\"\"") {
            return at + 3;
        } else {
            at += 1;
        }
    }
    text.len()
}

/// A number has no leading zero: where digits go on after one, another number begins.
fn number(text: &[u8]) -> usize {
    let digits = |from: usize| count(text.get(from..).unwrap_or_default(), |byte| byte.is_ascii_digit());
    let mut end = usize::from(text[0] == b'-');
    end += if text.get(end) == Some(&b'0') { 1 } else { digits(end) };
    if text.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(text: &str) -> usize {
        lex(text).tokens
    }

    #[test]
    fn every_kind_of_token_counts_one() {
        for token in ["!", "$", "&", "(", ")", "...", ":", "=", "@", "[", "]", "{", "|", "}"] {
            assert_eq!(tokens(token), 1, "{token}");
        }
        for token in ["a", "_", "__typename", "A1_b", "0", "-0", "7", "-12", "1.5", "-0.25", "1e9", "1E+9", "6.02e-23"]
        {
            assert_eq!(tokens(token), 1, "{token}");
        }
        for token in [r#""""#, r#""a b, # {}""#, r#""\"""#, r#""\\""#, r#""\u00e9\n""#, "\"Größe 🏊\""] {
            assert_eq!(tokens(token), 1, "{token}");
        }
        let blocks = [
            r#""""""""#,
            r#""""a "quoted" b""""#,
            "\"\"\"two\nlines { } # x\"\"\"",
            r#""""an \""" inside""""#,
            r#""""\""""#,
        ];
        for token in blocks {
            assert_eq!(tokens(token), 1, "{token}");
        }
    }

    #[test]
    fn what_means_nothing_counts_nothing() {
        for text in ["", " ", "\t\r\n,,,", "\u{feff}", "# all { of } this \"\"\" is a comment", "#\n#\r#\r\n,"] {
            assert_eq!(tokens(text), 0, "{text:?}");
        }
        assert_eq!(tokens("a # b\nc"), 2);
        assert_eq!(tokens("a # b\rc"), 2);
        assert_eq!(tokens("\u{feff}{ a,b\u{feff}c }"), 5);
    }

    #[test]
    fn whole_documents_have_the_tokens_that_one_counts_by_hand() {
        for (document, expected) in [
            ("{ __typename }", 3),
            ("{a{b(c:1){d}}}", 14),
            ("query Q($id: ID! = \"x\") @a { ...F ... on B { c: d } }", 25),
            ("{ say(text: \"\"\"He said: \"no\" \\\"\"\" # {\"\"\", n: [1 2.5e3, -4]) }", 15),
            ("fragment F on T { a, b, c }", 9),
        ] {
            assert_eq!(tokens(document), expected, "{document}");
        }
    }

    #[test]
    fn neighbours_without_space_are_told_apart() {
        for (text, expected) in [
            ("......", 2),
            ("\"a\"\"b\"", 2),
            ("\"\"\"a\"\"\"\"\"\"b\"\"\"", 2),
            ("000", 3),
            ("1.5.5", 3),
            ("a1", 1),
            ("1a", 2),
            ("-", 1),
            ("..", 2),
            ("1e", 2),
        ] {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }

    #[test]
    fn a_string_that_does_not_end_hides_its_own_line_only() {
        assert_eq!(tokens("\"open\n a b c"), 4);
        assert_eq!(tokens("\"open\\\n a b c"), 4);
        assert_eq!(tokens("\"open\\"), 1);
        assert_eq!(tokens("\"\"\"open a b c"), 1);
    }

    #[test]
    fn nesting_is_that_of_all_brackets() {
        assert_eq!(lex("").nesting, 0);
        assert_eq!(lex("{ a(b: [{ c: 1 }]) { d } }").nesting, 4);
        assert_eq!(lex("}}}{").nesting, 1);
        assert_eq!(lex("\"{{{{\" # {{{{").nesting, 0);
        assert_eq!(lex(&"[".repeat(100_000)).nesting, 100_000);
    }

    proptest! {
        #[test]
        fn any_text_is_counted(text in any::<String>()) {
            prop_assert!(tokens(&text) <= text.len());
        }

        #[test]
        fn any_heap_of_tokens_is_counted(
            parts in prop::collection::vec(prop::sample::select(vec![
                "\"", "\"\"\"", "\\", "\\\"", "\n", "\r", " ", ",", "#", ".", "...", "{", "}", "0", "12", "-", "e", "+", "é", "\u{feff}", "name",
            ]), 0..200)
        ) {
            let text = parts.concat();
            prop_assert!(tokens(&text) <= text.len());
        }

        #[test]
        fn documents_of_known_tokens_have_as_many(
            parts in prop::collection::vec(prop::sample::select(vec![
                "{", "}", "(", ")", "[", "]", "!", "$", ":", "=", "@", "|", "&", "...", "name", "_", "0", "-1.5e+3",
                r#""a \" b""#, r#""""a "b" \""" c""""#,
            ]), 0..200),
            space in prop::sample::select(vec![" ", ",", "\n", "\u{feff}", " # more \" {\n"])
        ) {
            prop_assert_eq!(tokens(&parts.join(space)), parts.len());
        }

        #[test]
        fn strings_count_one_whatever_they_hold(inner in "[^\"\\\\\r\n]*", block in "[^\"\\\\]*") {
            prop_assert_eq!(tokens(&format!("\"{inner}\"")), 1);
            prop_assert_eq!(tokens(&format!("\"\"\"{block}\\\"\"\"{block}\"\"\"")), 1);
        }
    }
}
