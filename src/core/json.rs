//! JSON as text: written piece by piece, read only as far as needed.
//!
//! The core forwards what the app and the store hand it as text; values are never built. What it has to know of
//! a text — its top-level keys, a string, a whole number, whether it is JSON at all — is read here by scanning.

use std::borrow::Cow;

use super::text;

/// How deep a value may nest before [`is_valid`] refuses it. PostHog's ingestion refuses 128 levels, with the
/// levels of the batch around an event counted.
pub const MAX_DEPTH: usize = 120;

/// The largest power of ten that a 64-bit float holds.
const MAX_DECIMAL_EXPONENT: usize = 308;

/// Appends a character of ASCII. Every `String::push` of its own brings the whole of UTF-8 along.
#[inline(never)]
pub(super) fn push_byte(out: &mut String, byte: u8) {
    out.push(char::from(byte));
}

/// Appends a string in quotes, escaped.
#[inline(never)]
pub fn push_string(out: &mut String, value: &str) {
    push_byte(out, b'"');
    let mut written = 0;
    for (at, byte) in value.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(text::slice(value, written, at));
        written = at + 1;
        push_byte(out, b'\\');
        match byte {
            b'"' | b'\\' => push_byte(out, byte),
            b'\n' => push_byte(out, b'n'),
            b'\r' => push_byte(out, b'r'),
            b'\t' => push_byte(out, b't'),
            _ => {
                out.push_str("u00");
                push_byte(out, b"0123456789abcdef"[usize::from(byte >> 4)]);
                push_byte(out, b"0123456789abcdef"[usize::from(byte & 15)]);
            }
        }
    }
    out.push_str(text::slice(value, written, value.len()));
    push_byte(out, b'"');
}

/// A string as a JSON text of its own.
pub fn string(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    push_string(&mut out, value);
    out
}

/// Appends a whole number.
pub fn push_integer(out: &mut String, value: u64) {
    push_padded(out, value, 1);
}

/// Appends a whole number with at least `digits` digits, zeros in front.
#[inline(never)]
pub fn push_padded(out: &mut String, value: u64, digits: usize) {
    if value >= 10 || digits > 1 {
        push_padded(out, value / 10, digits.saturating_sub(1));
    }
    push_byte(out, b'0' + (value % 10) as u8);
}

/// A whole number as a JSON text of its own.
pub fn integer(value: u64) -> String {
    let mut out = String::new();
    push_integer(&mut out, value);
    out
}

/// Appends `"key":` and the value, which is JSON already, with a comma in front unless an object or array has
/// just been opened.
#[inline(never)]
pub fn push_member(out: &mut String, key: &str, value: &str) {
    push_separator(out);
    push_string(out, key);
    push_byte(out, b':');
    out.push_str(value);
}

/// Appends a comma unless an object or array has just been opened.
#[inline(never)]
pub fn push_separator(out: &mut String) {
    if !matches!(out.as_bytes().last(), None | Some(b'{' | b'[')) {
        push_byte(out, b',');
    }
}

/// One member of an object, as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The key with its escapes, without its quotes.
    raw_key: &'a str,
    /// The value's text, without white space around it.
    pub value: &'a str,
}

impl<'a> Member<'a> {
    /// The key, its escapes resolved.
    pub fn key(&self) -> Cow<'a, str> {
        unescape(self.raw_key)
    }
}

/// Walks the top-level members of an object.
///
/// The walk trusts strings and brackets to be balanced and ends at the first place where they are not; it never
/// fails. A text from outside goes through [`is_valid`] first where it is to be forwarded.
pub fn members(text: &str) -> Members<'_> {
    Members(Walk::begin(text, b'{'))
}

/// The members of an object; see [`members`].
pub struct Members<'a>(Walk<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    #[inline(never)]
    fn next(&mut self) -> Option<Member<'a>> {
        let scanner = self.0.advance()?;
        let raw_key = scanner.string()?;
        scanner.skip_space();
        if !scanner.take(b':') {
            return None;
        }
        let value = self.0.value()?;
        Some(Member { raw_key, value })
    }
}

/// The items of an array, each as its text, under the same terms as [`members`].
pub fn items(text: &str) -> Items<'_> {
    Items(Walk::begin(text, b'['))
}

/// The items of an array; see [`items`].
pub struct Items<'a>(Walk<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.0.advance()?;
        self.0.value()
    }
}

/// A walk over what an object or an array holds.
struct Walk<'a> {
    scanner: Scanner<'a>,
    /// Whether something more is announced, by the opening bracket or by a comma.
    more: bool,
}

impl<'a> Walk<'a> {
    fn begin(text: &'a str, bracket: u8) -> Self {
        let mut scanner = Scanner { text, at: 0 };
        scanner.skip_space();
        let more = scanner.take(bracket);
        Self { scanner, more }
    }

    fn advance(&mut self) -> Option<&mut Scanner<'a>> {
        if !std::mem::take(&mut self.more) {
            return None;
        }
        self.scanner.skip_space();
        Some(&mut self.scanner)
    }

    fn value(&mut self) -> Option<&'a str> {
        self.scanner.skip_space();
        let value = self.scanner.balanced_value()?;
        self.scanner.skip_space();
        self.more = self.scanner.take(b',');
        Some(value)
    }
}

/// The text between an object's braces, or `None` for anything else than an object.
pub fn object_body(text: &str) -> Option<&str> {
    Some(inside(text.trim_ascii(), b'{', b'}')?.trim_ascii())
}

/// The text of a JSON string, its escapes resolved; `None` for any other value.
pub fn as_string(value: &str) -> Option<Cow<'_, str>> {
    Some(unescape(inside(value, b'"', b'"')?))
}

/// What stands between a first and a last character.
fn inside(text: &str, first: u8, last: u8) -> Option<&str> {
    let bytes = text.as_bytes();
    let there = bytes.len() >= 2 && bytes.first() == Some(&first) && bytes.last() == Some(&last);
    there.then(|| text::slice(text, 1, text.len() - 1))
}

/// A whole number from 0 to 2^53, the range in which JavaScript's numbers are exact; `None` for any other value.
pub fn as_integer(value: &str) -> Option<u64> {
    if value.is_empty() || value.len() > 16 || value.bytes().any(|byte| !byte.is_ascii_digit()) {
        return None;
    }
    Some(
        value
            .bytes()
            .fold(0, |number, digit| number * 10 + u64::from(digit - b'0')),
    )
}

/// Whether a text is one JSON value, nested at most [`MAX_DEPTH`] deep, so that it can be spliced into another.
pub fn is_valid(text: &str) -> bool {
    let mut scanner = Scanner { text, at: 0 };
    scanner.skip_space();
    let valid = scanner.valid_value(MAX_DEPTH);
    scanner.skip_space();
    valid && scanner.at == text.len()
}

/// Resolves the escapes of a string's inside. An escaped half of a surrogate pair becomes U+FFFD.
fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(mut rest) = text::after(raw, "\\") else {
        return Cow::Borrowed(raw);
    };
    let mut out = text::before(raw, "\\").to_owned();
    loop {
        let mut used = 1;
        match rest.as_bytes().first() {
            Some(b'n') => push_byte(&mut out, b'\n'),
            Some(b'r') => push_byte(&mut out, b'\r'),
            Some(b't') => push_byte(&mut out, b'\t'),
            Some(b'b') => push_byte(&mut out, 8),
            Some(b'f') => push_byte(&mut out, 12),
            Some(b'u') => {
                used = 5;
                let mut code = code_unit(rest, 1);
                if let (Some(high @ 0xd800..=0xdbff), "\\u") = (code, text::slice(rest, 5, 7))
                    && let Some(low @ 0xdc00..=0xdfff) = code_unit(rest, 7)
                {
                    code = Some(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
                    used = 11;
                }
                out.push(
                    code.and_then(char::from_u32)
                        .unwrap_or(char::REPLACEMENT_CHARACTER),
                );
            }
            Some(byte) => push_byte(&mut out, *byte),
            None => return Cow::Owned(out),
        }
        let tail = text::slice(rest, used, rest.len());
        // What stands behind a backslash is looked at above, even if it is another backslash.
        out.push_str(text::before(tail, "\\"));
        match text::after(tail, "\\") {
            Some(next) => rest = next,
            None => return Cow::Owned(out),
        }
    }
}

/// The value of a hexadecimal digit.
pub(super) fn hex_digit(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

/// The value of four hexadecimal digits at a place of a text.
fn code_unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.as_bytes().get(at..at + 4)?;
    digits
        .iter()
        .try_fold(0, |value, digit| Some(value << 4 | hex_digit(*digit)?))
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == byte;
        self.at += usize::from(there);
        there
    }

    #[inline(never)]
    fn skip_space(&mut self) {
        while let b' ' | b'\n' | b'\r' | b'\t' = self.peek() {
            self.at += 1;
        }
    }

    /// Takes a string and returns its inside.
    #[inline(never)]
    fn string(&mut self) -> Option<&'a str> {
        if !self.take(b'"') {
            return None;
        }
        let start = self.at;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            self.at += 1;
            match byte {
                b'"' => return Some(text::slice(self.text, start, self.at - 1)),
                b'\\' => self.at += 1,
                _ => {}
            }
        }
        None
    }

    /// Takes a value whose brackets and strings are balanced.
    #[inline(never)]
    fn balanced_value(&mut self) -> Option<&'a str> {
        let start = self.at;
        let mut depth = 0usize;
        loop {
            match self.peek() {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' if depth > 0 => self.at += 1,
                0 | b',' | b':' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' => return None,
                _ => self.scalar(),
            }
            if depth == 0 {
                return Some(text::slice(self.text, start, self.at));
            }
        }
    }

    fn scalar(&mut self) {
        while !matches!(
            self.peek(),
            0 | b',' | b':' | b'{' | b'[' | b'}' | b']' | b'"' | b' ' | b'\n' | b'\r' | b'\t'
        ) {
            self.at += 1;
        }
    }

    fn valid_value(&mut self, depth: usize) -> bool {
        match self.peek() {
            b'"' => self.valid_string(),
            b'{' | b'[' if depth > 0 => self.valid_container(depth - 1),
            b'-' | b'0'..=b'9' => self.valid_number(),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => false,
        }
    }

    fn valid_container(&mut self, depth: usize) -> bool {
        let object = self.peek() == b'{';
        let close = if object { b'}' } else { b']' };
        self.at += 1;
        self.skip_space();
        if self.take(close) {
            return true;
        }
        loop {
            self.skip_space();
            if object {
                if !self.valid_string() {
                    return false;
                }
                self.skip_space();
                if !self.take(b':') {
                    return false;
                }
                self.skip_space();
            }
            if !self.valid_value(depth) {
                return false;
            }
            self.skip_space();
            if self.take(close) {
                return true;
            }
            if !self.take(b',') {
                return false;
            }
        }
    }

    /// Takes a string; an escaped half of a surrogate pair is refused, for PostHog's ingestion refuses it.
    #[inline(never)]
    fn valid_string(&mut self) -> bool {
        let Some(raw) = self.string() else {
            return false;
        };
        let mut rest = raw.bytes().enumerate();
        while let Some((at, byte)) = rest.next() {
            if byte < 0x20 {
                return false;
            }
            if byte != b'\\' {
                continue;
            }
            match rest.next() {
                Some((_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => {}
                Some((_, b'u')) => {
                    let length = match code_unit(raw, at + 2) {
                        None | Some(0xdc00..=0xdfff) => return false,
                        Some(0xd800..=0xdbff) => {
                            let low = code_unit(raw, at + 8);
                            if text::slice(raw, at + 6, at + 8) != "\\u"
                                || !matches!(low, Some(0xdc00..=0xdfff))
                            {
                                return false;
                            }
                            10
                        }
                        Some(_) => 4,
                    };
                    rest.nth(length - 1);
                }
                _ => return false,
            }
        }
        true
    }

    /// Takes a number that a 64-bit float can hold: PostHog's ingestion refuses `1e400`.
    #[inline(never)]
    fn valid_number(&mut self) -> bool {
        self.take(b'-');
        let whole = if self.take(b'0') {
            1
        } else {
            self.digits().len()
        };
        if whole == 0 || self.take(b'.') && self.digits().is_empty() {
            return false;
        }
        if !self.take(b'e') && !self.take(b'E') {
            return whole <= MAX_DECIMAL_EXPONENT;
        }
        let shrinks = self.take(b'-');
        if !shrinks {
            self.take(b'+');
        }
        let exponent = self.digits();
        match as_integer(exponent) {
            Some(exponent) => shrinks || whole as u64 + exponent <= MAX_DECIMAL_EXPONENT as u64,
            None => false,
        }
    }

    #[inline(never)]
    fn digits(&mut self) -> &'a str {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        text::slice(self.text, start, self.at)
    }

    fn literal(&mut self, word: &str) -> bool {
        let start = self.at;
        self.at += word.len();
        text::slice(self.text, start, self.at) == word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, &str)> {
        members(text)
            .map(|member| (member.key().into_owned(), member.value))
            .collect()
    }

    #[test]
    fn strings_are_escaped_and_read_back() {
        for text in [
            "",
            "plain",
            "quote \" and \\",
            "line\nbreak\r\t\u{0}\u{1f}",
            "emoji 🦔 é",
        ] {
            let json = string(text);
            assert!(is_valid(&json), "{json}");
            assert_eq!(as_string(&json).unwrap(), text);
        }
    }

    #[test]
    fn escapes_of_other_writers_are_resolved() {
        assert_eq!(
            as_string(r#""\ud83e\udd94 \u00e9 \/ \b\f""#).unwrap(),
            "🦔 é / \u{8}\u{c}"
        );
        assert_eq!(as_string(r#""\ud83e""#).unwrap(), "\u{fffd}");
        assert_eq!(as_string(r#""\ud83e\u0041""#).unwrap(), "\u{fffd}A");
        assert_eq!(as_string(r#""\uzz""#).unwrap(), "\u{fffd}");
    }

    #[test]
    fn members_are_walked_without_looking_inside() {
        assert_eq!(
            pairs(r#" { "a" : {"b":[1,"}"]} , "c\"d":"x,y", "e": -1.5e3 } "#),
            [
                ("a".to_owned(), r#"{"b":[1,"}"]}"#),
                ("c\"d".to_owned(), r#""x,y""#),
                ("e".to_owned(), "-1.5e3"),
            ]
        );
        assert_eq!(pairs("{}"), []);
        assert_eq!(
            items(r#"[1, "a", [2]]"#).collect::<Vec<_>>(),
            ["1", "\"a\"", "[2]"]
        );
    }

    #[test]
    fn a_torn_object_gives_the_members_before_the_tear() {
        assert_eq!(pairs(r#"{"a":1,"b":"tor"#), [("a".to_owned(), "1")]);
        assert_eq!(pairs(r#"{"a":1,"b":[1,"#), [("a".to_owned(), "1")]);
        for text in [
            "", "null", "[1]", "{", "{\"", "{\"a\"", "{\"a\":", "{\"a\":}", "{a:1}",
        ] {
            assert_eq!(pairs(text), [], "{text}");
        }
    }

    #[test]
    fn only_json_that_the_server_takes_is_valid() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-0.5",
            "12e3",
            "1e-400",
            "\"\"",
            "[]",
            "{}",
            r#"{"a":[1,{"b":null}]}"#,
            r#""\ud83e\udd94""#,
            " [ 1 , 2 ] ",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "",
            "nul",
            "tru",
            "01",
            "1.",
            ".5",
            "-",
            "1e",
            "1e400",
            "+1",
            "\"",
            "[1,]",
            "[1 2]",
            "{\"a\"}",
            "{a:1}",
            "{\"a\":1,}",
            r#""\x""#,
            r#""\ud83e""#,
            r#""\udd94""#,
            r#""\ud83e\ud83e""#,
            "\"\n\"",
            "1 2",
            "[",
            "undefined",
        ] {
            assert!(!is_valid(text), "{text}");
        }
        assert!(!is_valid(&"9".repeat(400)));
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(is_valid(&nested(MAX_DEPTH)));
        assert!(!is_valid(&nested(MAX_DEPTH + 1)));
        assert!(!is_valid(&nested(1_000_000)));
    }

    #[test]
    fn whole_numbers_are_read_and_written() {
        assert_eq!(as_integer("1700000000000"), Some(1_700_000_000_000));
        for text in ["", "-1", "1.5", "1e3", "\"1\"", "99999999999999999"] {
            assert_eq!(as_integer(text), None, "{text}");
        }
        assert_eq!(integer(0), "0");
        assert_eq!(integer(u64::MAX), "18446744073709551615");
    }
}
