//! Writing.

use super::super::text;

/// Appends a character of ASCII. Every `String::push` of its own brings the whole of UTF-8 along.
#[inline(never)]
pub(in crate::core) fn push_byte(out: &mut String, byte: u8) {
    out.push(char::from(byte));
}

/// Appends a string in quotes, escaped.
#[inline(never)]
pub fn push_string(out: &mut String, value: &str) {
    push_byte(out, b'"');
    let (mut written, mut at) = (0, 0);
    // Iterators are calls where code is made small: this way it takes half the time.
    while let Some(byte) = value.as_bytes().get(at).copied() {
        at += 1;
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(text::slice(value, written, at - 1));
        written = at;
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

/// Strings as a JSON array.
pub fn strings<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::from("[");
    for item in items {
        push_separator(&mut out);
        push_string(&mut out, item);
    }
    push_byte(&mut out, b']');
    out
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
