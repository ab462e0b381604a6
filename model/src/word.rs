//! The words by which things are found.

use std::{collections::BTreeSet, fmt};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The most words by which one thing is found: the first ones count.
pub const MAX_WORDS: usize = 40;
const MIN_CHARS: usize = 2;
const MAX_CHARS: usize = 32;
/// As many characters as every word has: the part of a word that its place in the table begins with.
const STEM_CHARS: usize = MIN_CHARS;

/// A word as it is compared: in lower case, without accents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(String);

impl Word {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first two characters, which every word has that begins with this one.
    #[must_use]
    pub fn stem(&self) -> &str {
        let end = self.0.char_indices().nth(STEM_CHARS).map_or(self.0.len(), |(at, _)| at);
        &self.0[..end]
    }

    /// Whether this word begins with another.
    #[must_use]
    pub fn begins_with(&self, start: &Self) -> bool {
        self.0.starts_with(&start.0)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The different words of some texts, at most [`MAX_WORDS`]. Letters and digits in a row make a word, from two characters
/// on; of a very long one the first 32 count. Case and accents make no difference (compatibility decomposition, Unicode
/// Standard Annex 15, without combining marks).
#[must_use]
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<Word> {
    let mut found = BTreeSet::new();
    for text in texts {
        let plain: String = text.nfkd().filter(|&c| !is_combining_mark(c)).collect();
        let plain = plain.to_lowercase().replace('ß', "ss");
        for word in plain.split(|c: char| !c.is_alphanumeric()) {
            if found.len() == MAX_WORDS {
                return found;
            }
            if word.chars().count() >= MIN_CHARS {
                found.insert(Word(word.chars().take(MAX_CHARS).collect()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = words([text]).iter().map(Word::to_string).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn texts_become_words() {
        check("Grandma's 80th birthday!", &["80th", "birthday", "grandma"]);
        check("IMG_20240703_150405.jpg", &["150405", "20240703", "img", "jpg"]);
        check("Größe, ÉTÉ und Straße", &["ete", "grosse", "strasse", "und"]);
        check("a b c", &[]);
        check("Ｆｕｌｌ ｗｉｄｔｈ", &["full", "width"]);
        check("Москва 東京", &["москва", "東京"]);
    }

    #[test]
    fn a_word_of_two_characters_is_its_own_stem() {
        let found = words(["東京タワー été"]);
        let stems: Vec<&str> = found.iter().map(Word::stem).collect();
        assert_eq!(stems, ["et", "東京"]);
    }

    #[test]
    fn the_first_forty_different_words_count() {
        let text: Vec<String> = (10..100).map(|n| format!("word{n} word{n}")).collect();
        let found = words([text.join(" ").as_str()]);
        assert_eq!(found.len(), MAX_WORDS);
        assert!(found.contains(&Word("word49".to_owned())) && !found.contains(&Word("word50".to_owned())));
    }

    proptest! {
        #[test]
        fn words_of_words_are_the_same_words(text in "\\PC{0,80}") {
            let found = words([text.as_str()]);
            for word in &found {
                let again = words([word.as_str()]);
                prop_assert!(word.stem().chars().count() >= 1 && word.as_str().starts_with(word.stem()));
                prop_assert!(again.len() <= 1, "{} became {:?}", word, again);
            }
        }

        #[test]
        fn case_makes_no_difference(text in "[a-zA-Z0-9 äöüÄÖÜéÉ]{0,60}") {
            prop_assert_eq!(words([text.to_uppercase().as_str()]), words([text.to_lowercase().as_str()]));
        }
    }
}
