//! E-mail addresses.
//!
//! A name, `@` (or `%40`) and a domain with a dot, whose last label is two letters or more. Letters of any script belong
//! to a name, but of those that are written without spaces only where nothing else stands before the `@`.

use super::super::text;
use super::{Redaction, byte_at, from};

/// Files whose names hold an `@`, such as `icon@2x.png`; none of these is a top-level domain.
const FILE_ENDINGS: [&str; 9] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "css", "js",
];

/// The text without its addresses; `None` if it has none.
pub(super) fn redacted(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut redaction = Redaction::of(text);
    // No name begins before this: so nothing is looked at again and again.
    let mut floor = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let sign = match byte {
            b'@' => 1,
            b'%' if from(bytes, at).starts_with(b"%40") => 3,
            _ => 0,
        };
        if sign == 0 {
            at += 1;
            continue;
        }
        let start = name_start(bytes, floor, at);
        floor = at + sign;
        let end = domain_end(text, floor);
        if start < at && end > floor {
            redaction.redact((start, end, "email"));
            floor = end;
        }
        at = floor;
    }
    redaction.finish()
}

/// Where the name begins that ends here; if there is none, here.
fn name_start(bytes: &[u8], floor: usize, end: usize) -> usize {
    let mut start = end;
    for every_letter in [false, true] {
        while start > floor {
            start -= match bytes.get(floor..start).unwrap_or_default() {
                [.., byte] if byte.is_ascii_alphanumeric() || b"._%+-'".contains(byte) => 1,
                // Latin, Greek, Cyrillic and other letters up to U+07FF.
                [.., 0xc3..=0xdf, 0x80..=0xbf] => 2,
                [.., first, second, 0x80..=0xbf] if every_letter && is_letter(*first, *second) => 3,
                _ => break,
            };
        }
        if start < end {
            break;
        }
    }
    while let Some(b'.' | b'\'' | b'-' | b'+') = bytes.get(start) {
        start += 1;
    }
    start
}

/// Whether a character of three bytes that begins with these is a letter: the punctuation and the symbols of U+2000 to
/// U+303F and from U+F000 on are none.
fn is_letter(first: u8, second: u8) -> bool {
    matches!(
        (first, second),
        (0xe0 | 0xe1 | 0xe4..=0xee, _) | (0xe3, 0x81..)
    )
}

/// Where the domain ends that begins at `start`; `start` if there is none.
fn domain_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut at = start;
    loop {
        let label = at;
        // A top-level domain is either all ASCII or not at all.
        let is_ascii = byte_at(bytes, label).is_ascii();
        let mut top = label;
        loop {
            let width = match from(bytes, at) {
                [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'-' => 1,
                [0xc3..=0xdf, ..] => 2,
                [first, second, ..] if is_letter(*first, *second) => 3,
                _ => break,
            };
            if top == at && is_ascii == (width == 1) {
                top += width;
            }
            at += width;
        }
        let is_number = byte_at(bytes, label).is_ascii_digit();
        if label > start && top > label + 1 && !is_number {
            let name = text::slice(text, label, top);
            let is_file = FILE_ENDINGS
                .iter()
                .any(|ending| name.eq_ignore_ascii_case(ending));
            if !is_file {
                end = top;
            }
        }
        if at == label || byte_at(bytes, at) != b'.' {
            return end;
        }
        at += 1;
    }
}
