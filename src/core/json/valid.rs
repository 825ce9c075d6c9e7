//! Whether a text is JSON that PostHog's ingestion takes.

use super::super::text;
use super::as_integer;
use super::scanner::{Scanner, code_unit};

/// How deep a value may nest before [`is_valid`] refuses it. PostHog's ingestion refuses 128 levels, with the
/// levels of the batch around an event counted.
pub const MAX_DEPTH: usize = 120;

/// The largest power of ten that a 64-bit float holds.
const MAX_DECIMAL_EXPONENT: usize = 308;

/// Whether a text is one JSON value, nested at most [`MAX_DEPTH`] deep, so that it can be spliced into another.
pub fn is_valid(text: &str) -> bool {
    let mut scanner = Scanner { text, at: 0 };
    scanner.skip_space();
    let valid = scanner.valid_value(MAX_DEPTH);
    scanner.skip_space();
    valid && scanner.at == text.len()
}

impl<'a> Scanner<'a> {
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
