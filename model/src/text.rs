//! Texts that people type, checked once at the edge.

use serde::{Deserialize, Serialize};

use crate::error::{InputError, InputErrorCode};

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $max:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The most characters it may have.
            pub const MAX_CHARS: usize = $max;

            /// Trims and checks a text that came in `field`.
            ///
            /// # Errors
            /// When nothing is left, or more than `MAX_CHARS` characters, or control characters.
            pub fn parse(text: &str, field: &'static str) -> Result<Self, InputError> {
                check(text, field, Self::MAX_CHARS, $rule).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    One,
    Many,
}

checked_text!(
    /// The title of a gallery.
    Title, 200, Lines::One
);
checked_text!(
    /// What a gallery is about.
    Description, 4_000, Lines::Many
);
checked_text!(
    /// What is said under a picture.
    Caption, 4_000, Lines::Many
);
checked_text!(
    /// What somebody said about a picture.
    CommentText, 4_000, Lines::Many
);
checked_text!(
    /// The name that people give to a place.
    PlaceName, 200, Lines::One
);
checked_text!(
    /// How a person is called.
    DisplayName, 100, Lines::One
);
checked_text!(
    /// The name that a file had where it came from; never a path.
    FileName, 255, Lines::One
);

fn check(text: &str, field: &'static str, max: usize, lines: Lines) -> Result<String, InputError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InputError::new(InputErrorCode::Blank, field, "Please write something here."));
    }
    if text.chars().count() > max {
        return Err(InputError::new(InputErrorCode::TooLong, field, format!("Please use at most {max} characters.")));
    }
    let line_break = |c: char| c == '\n' || c == '\r' || c == '\t';
    if text.chars().any(|c| c.is_control() && !(lines == Lines::Many && line_break(c))) {
        return Err(InputError::new(
            InputErrorCode::Invalid,
            field,
            "Please remove the control characters (such as line breaks) from this text.",
        ));
    }
    Ok(text.to_owned())
}

/// An e-mail address, in lower case: something before one `@`, a dotted name after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Checks an address that came in `field`.
    ///
    /// # Errors
    /// When it does not look like an address; whether it exists, only a mail can tell.
    pub fn parse(text: &str, field: &'static str) -> Result<Self, InputError> {
        let text = text.trim();
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"<>(),;:\\[]".contains(c);
        let valid = text.len() <= 254
            && text.chars().all(plain)
            && text.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && !domain.contains('@')
                    && domain.contains('.')
                    && domain.split('.').all(|l| !l.is_empty())
            });
        if valid {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(InputError::new(
                InputErrorCode::Invalid,
                field,
                "Please write an e-mail address, such as grandma@example.org.",
            ))
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_trimmed_and_has_an_end() {
        assert_eq!(Title::parse("  Summer ", "title").map(|t| t.0), Ok("Summer".to_owned()));
        assert_eq!(Title::parse(" \n ", "title").map_err(|e| e.code), Err(InputErrorCode::Blank));
        assert!(Title::parse(&"é".repeat(200), "title").is_ok());
        assert_eq!(Title::parse(&"é".repeat(201), "title").map_err(|e| e.code), Err(InputErrorCode::TooLong));
    }

    #[test]
    fn line_breaks_belong_into_long_texts_only() {
        assert!(CommentText::parse("one\ntwo", "text").is_ok());
        assert_eq!(Title::parse("one\ntwo", "title").map_err(|e| e.code), Err(InputErrorCode::Invalid));
        assert_eq!(CommentText::parse("bell\u{7}", "text").map_err(|e| e.code), Err(InputErrorCode::Invalid));
    }

    #[test]
    fn an_address_has_one_at_and_a_dotted_name() {
        assert_eq!(Email::parse(" Oma@Example.ORG ", "email").map(|e| e.0), Ok("oma@example.org".to_owned()));
        for wrong in ["", "oma", "@example.org", "oma@", "oma@local", "a@b@c.de", "a b@c.de", "a@c..de", "<a@c.de>"] {
            assert!(Email::parse(wrong, "email").is_err(), "{wrong} was taken");
        }
    }
}
