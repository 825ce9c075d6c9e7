//! Reading: the members of an object, the items of an array, strings and whole numbers.

use std::borrow::Cow;

use super::super::text;
use super::push_byte;
use super::scanner::{Scanner, code_unit};

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
/// fails. A text from outside goes through [`super::is_valid`] first where it is to be forwarded.
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
