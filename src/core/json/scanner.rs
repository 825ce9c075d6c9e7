//! Taking a text apart from its beginning to its end.

use super::super::text;

/// A place in a text.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == byte;
        self.at += usize::from(there);
        there
    }

    #[inline(never)]
    pub(super) fn skip_space(&mut self) {
        while let b' ' | b'\n' | b'\r' | b'\t' = self.peek() {
            self.at += 1;
        }
    }

    /// Takes a string and returns its inside.
    #[inline(never)]
    pub(super) fn string(&mut self) -> Option<&'a str> {
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
    pub(super) fn balanced_value(&mut self) -> Option<&'a str> {
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

    pub(super) fn scalar(&mut self) {
        while !matches!(
            self.peek(),
            0 | b',' | b':' | b'{' | b'[' | b'}' | b']' | b'"' | b' ' | b'\n' | b'\r' | b'\t'
        ) {
            self.at += 1;
        }
    }
}

/// The value of a hexadecimal digit.
pub(in crate::core) fn hex_digit(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

/// The value of four hexadecimal digits at a place of a text.
pub(super) fn code_unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.as_bytes().get(at..at + 4)?;
    digits
        .iter()
        .try_fold(0, |value, digit| Some(value << 4 | hex_digit(*digit)?))
}
