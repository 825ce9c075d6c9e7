//! Texts as they may be told: without what looks like the number of a card or of social security, and cut.

use std::borrow::Cow;

use super::super::{json, text};
use super::{Filter, Filters};

/// How much of one text node is told, in UTF-16 code units.
const MAX_NODE_TEXT: usize = 255;

/// Numbers of payment cards: how many digits, and the range of the first four (posthog-js 1.449.2).
const CARDS: [(usize, u32, u32); 13] = [
    (13, 4000, 4999),
    (14, 3000, 3059),
    (14, 3600, 3699),
    (14, 3800, 3899),
    (15, 1800, 1800),
    (15, 2131, 2131),
    (15, 3400, 3499),
    (15, 3700, 3799),
    (16, 3500, 3599),
    (16, 4000, 4999),
    (16, 5100, 5599),
    (16, 6011, 6011),
    (16, 6500, 6599),
];

/// Whether a character is white space to JavaScript.
fn is_space(character: char) -> bool {
    matches!(character, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// A text without white space at its ends.
#[inline(never)]
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The runs of a text: what is white space and what is none, in turn.
struct Runs<'a>(&'a str);

impl<'a> Iterator for Runs<'a> {
    type Item = (bool, &'a str);

    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0;
        let mut kind = None;
        let mut end = 0;
        while let Some(byte) = text.as_bytes().get(end) {
            // Most characters are ASCII, and need not be decoded.
            let character = match byte.is_ascii() {
                true => char::from(*byte),
                false => text::slice(text, end, text.len()).chars().next()?,
            };
            let is_white = is_space(character);
            if *kind.get_or_insert(is_white) != is_white {
                break;
            }
            end += character.len_utf8();
        }
        self.0 = text::slice(text, end, text.len());
        Some((kind?, text::slice(text, 0, end)))
    }
}

/// The words of a text, as JavaScript's `\s+` parts them.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    Runs(text).filter_map(|(is_white, run)| (!is_white).then_some(run))
}

/// The first UTF-16 code units of a text, as JavaScript's `slice` gives them; half a pair is U+FFFD.
#[inline(never)]
pub(super) fn limit(text: &str, most: usize) -> Cow<'_, str> {
    let mut left = most;
    // A text never has more code units than bytes.
    if text.len() > most {
        for (at, character) in text.char_indices() {
            if left < character.len_utf16() {
                let start = text::slice(text, 0, at);
                return match left {
                    0 => Cow::Borrowed(start),
                    _ => Cow::Owned(text::concat(&[start, "\u{fffd}"])),
                };
            }
            left -= character.len_utf16();
        }
    }
    Cow::Borrowed(text)
}

/// Whether one text stands before another in the order of JavaScript's strings, which is that of their code units.
#[inline(never)]
pub(super) fn is_before(text: &str, other: &str) -> bool {
    // That is the order of UTF-8, but for what begins with EE or EF: pairs of surrogates stand before it.
    let rank = |byte: u8| if byte & 0xfe == 0xee { 0xff } else { byte };
    let (mut left, mut right) = (text.as_bytes(), other.as_bytes());
    loop {
        match (left.split_first(), right.split_first()) {
            (Some((a, rest)), Some((b, others))) if a == b => (left, right) = (rest, others),
            (Some((a, _)), Some((b, _))) => {
                let ranks = (rank(*a), rank(*b));
                return ranks.0 < ranks.1 || ranks.0 == ranks.1 && a < b;
            }
            (None, Some(_)) => return true,
            _ => return false,
        }
    }
}

/// Whether a text is one of several, whatever the case of its letters.
#[inline(never)]
pub(super) fn is_among(list: &[&str], text: &str) -> bool {
    list.iter().any(|item| item.eq_ignore_ascii_case(text))
}

/// What a filter leaves of a text.
#[inline(never)]
pub(super) fn filtered<'a>(filter: Filter<'_>, text: &'a str) -> Cow<'a, str> {
    filter(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether a value is neither the number of a card nor one of social security (posthog-js 1.449.2).
#[inline(never)]
pub(super) fn may_be_told(value: &str) -> bool {
    // Most values begin with a letter.
    if value
        .as_bytes()
        .first()
        .is_some_and(u8::is_ascii_alphabetic)
    {
        return true;
    }
    let (mut digits, mut first_four) = (0, 0);
    // The dashes of a social security number stand behind the third and the fifth digit.
    let mut is_social = true;
    let mut dashed_at = 0;
    for byte in trim(value).bytes() {
        if byte.is_ascii_digit() {
            if digits < 4 {
                first_four = first_four * 10 + u32::from(byte - b'0');
            }
            digits += 1;
        } else if byte == b'-' || byte == b' ' {
            is_social &= byte == b'-' && (digits == 3 || digits == 5) && digits != dashed_at;
            dashed_at = digits;
        } else {
            return true;
        }
    }
    let is_card = CARDS
        .iter()
        .any(|(length, from, to)| digits == *length && *from <= first_four && first_four <= *to);
    !(is_card || is_social && digits == 9)
}

/// Appends the text of one node: filtered, without words that may not be told, on one line and cut.
#[inline(never)]
pub(super) fn push_safe(out: &mut String, node: &str, filters: &Filters<'_>) {
    let node = filtered(filters.text, node);
    let mut safe = String::new();
    for (is_white, run) in Runs(trim(&node)) {
        if !is_white {
            if may_be_told(run) {
                safe.push_str(run);
            }
            continue;
        }
        for (at, character) in run.char_indices() {
            match character {
                ' ' | '\r' | '\n' if safe.as_bytes().last() == Some(&b' ') => {}
                ' ' | '\r' | '\n' => json::push_byte(&mut safe, b' '),
                _ => safe.push_str(text::slice(run, at, at + character.len_utf8())),
            }
        }
    }
    out.push_str(&limit(&safe, MAX_NODE_TEXT));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe(text: &str) -> String {
        let mut out = String::new();
        let filters = Filters {
            text: &|_| None,
            url: &|_| None,
            is_secret_field: &|_, _, _, _| false,
        };
        push_safe(&mut out, text, &filters);
        out
    }

    #[test]
    fn numbers_of_cards_and_of_social_security_are_known() {
        for number in [
            "4111111111111111",
            " 4111 1111-1111 1111\u{a0}",
            "4222222222222",
            "5500000000000004",
            "6011000000000004",
            "6500000000000002",
            "340000000000009",
            "30050000000004",
            "36000000000008",
            "213100000000000",
            "3530111333300000",
            "123456789",
            "123-45-6789",
            "12345-6789",
            "123-456789",
        ] {
            assert!(!may_be_told(number), "{number}");
        }
        for number in [
            "",
            "-",
            "5600000000000004",
            "41111111111111",
            "30600000000004",
            "1234567890",
            "12-345-6789",
            "123--45-6789",
            "-123456789",
            "123 45 6789",
            "card 4111111111111111",
            "٤١١١١١١١١١١١١١١١",
        ] {
            assert!(may_be_told(number), "{number}");
        }
    }

    #[test]
    fn a_text_is_one_line_without_numbers_of_cards() {
        assert_eq!(safe(" \n a \r\n  b\tc\u{a0} d\u{feff}"), "a b\tc\u{a0} d");
        assert_eq!(safe("pay 4111111111111111 now"), "pay now");
        assert_eq!(safe("123-45-6789"), "");
        assert_eq!(safe(&"🦔".repeat(200)), "🦔".repeat(127) + "\u{fffd}");
    }

    #[test]
    fn texts_are_ordered_by_code_units() {
        assert!(is_before("a", "b"));
        assert!(is_before("a", "ab"));
        assert!(!is_before("a", "a"));
        assert!(is_before("🦔", "\u{ffff}"), "a pair begins with U+D83E");
        assert!(is_before("x🦔", "x\u{e000}"));
        assert!(is_before("\u{d7ff}", "🦔"));
        assert!(is_before("\u{efff}", "\u{f000}"));
        assert!(is_before("\u{e001}", "\u{e002}"));
    }

    #[test]
    fn a_limit_counts_code_units() {
        assert_eq!(limit("a🦔b", 1), "a");
        assert_eq!(limit("a🦔b", 2), "a\u{fffd}");
        assert_eq!(limit("a🦔b", 3), "a🦔");
        assert_eq!(limit("éé", 2), "éé");
    }
}
