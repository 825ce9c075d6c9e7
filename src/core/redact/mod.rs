//! What must never leave the page: personal data and secrets in texts, in addresses and in the app's own properties.
//!
//! What is found is replaced by `<redacted:kind>`, in angle brackets as posthog-js writes `<masked>`.
//!
//! | kind | what it stands for | how it is known |
//! |---|---|---|
//! | `email` | an e-mail address | [`email`] |
//! | `card` | the number of a payment card | [`card`] |
//! | `iban` | the number of a bank account | [`iban`] |
//! | `national_id` | a number that a state gives to a person | [`national_id`] |
//! | `jwt`, `key`, `token` | what a program proves its identity with | [`token`] |
//! | `secret` | the value of a parameter that is named like a secret | [`mod@url`] |
//!
//! Telephone numbers, names and postal addresses are not looked for: nothing tells them from other text.
//!
//! All of it takes time that grows with the text and no faster, whatever the text is.

mod card;
mod email;
mod field;
mod iban;
mod national_id;
#[cfg(test)]
mod tests;
mod token;
mod url;
mod values;

use super::{json, text};

pub(super) use field::{is_secret_field, is_secret_name};
pub(super) use url::url;
pub(super) use values::json;

/// The shortest that is looked for, in bytes: `a@b.cd`.
const SHORTEST: usize = 6;

/// The text with everything personal in it replaced; `None` if there is nothing.
#[inline(never)]
pub(super) fn text(text: &str) -> Option<String> {
    // Most attributes are short, and nothing personal is.
    if text.len() < SHORTEST {
        return None;
    }
    let without_emails = email::redacted(text);
    let redacted = tokens_and_numbers(without_emails.as_deref().unwrap_or(text));
    redacted.or(without_emails)
}

/// Where something begins and ends, and its kind.
type Found = (usize, usize, &'static str);

/// A text in which things are replaced, one after the other.
struct Redaction<'a> {
    text: &'a str,
    out: String,
    /// Up to where the text has been taken over.
    done: usize,
}

impl<'a> Redaction<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            out: String::new(),
            done: 0,
        }
    }

    #[inline(never)]
    fn redact(&mut self, (start, end, kind): Found) {
        self.replace(start, end, &text::concat(&["<redacted:", kind, ">"]));
    }

    #[inline(never)]
    fn replace(&mut self, start: usize, end: usize, by: &str) {
        self.out.push_str(text::slice(self.text, self.done, start));
        self.out.push_str(by);
        self.done = end;
    }

    /// The text with what was replaced; `None` if that is nothing.
    #[inline(never)]
    fn finish(mut self) -> Option<String> {
        if self.done == 0 {
            return None;
        }
        self.replace(self.text.len(), self.text.len(), "");
        Some(self.out)
    }
}

/// The byte at a place, 0 behind the end.
fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// The bytes from a place on.
fn from(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// What counts of the name of a field or a parameter: its letters and digits in lower case, behind the last slash and
/// behind what is replaced in it.
#[inline(never)]
fn plain_name(name: &str) -> String {
    let mut plain = String::new();
    for byte in name.bytes() {
        if byte == b'/' || byte == b'>' {
            plain.clear();
        } else if byte.is_ascii_alphanumeric() {
            json::push_byte(&mut plain, byte.to_ascii_lowercase());
        }
    }
    plain
}

/// How many bytes the character takes that may divide the groups of a number; 0 if it is none. A plus is the space of
/// forms; no-break and narrow spaces and dashes are what pages print.
#[inline(never)]
fn separator(bytes: &[u8], at: usize) -> usize {
    match from(bytes, at) {
        [b' ' | b'-' | b'+', ..] => 1,
        [0xc2, 0xa0, ..] => 2,
        [0xe2, 0x80, 0x80..=0x95 | 0xaf, ..] => 3,
        _ => 0,
    }
}

/// Looks at every word, a run of ASCII letters and digits, where it begins.
fn tokens_and_numbers(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut redaction = Redaction::of(text);
    // What is replaced is as if it were not there for what stands behind it, so that a second time changes nothing.
    let (mut before_last, mut last) = (0_u8, 0_u8);
    let mut jwt = None;
    let mut telephone = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'+' {
            telephone = !last.is_ascii_alphanumeric();
        } else if !byte.is_ascii_digit() && !b" -.()".contains(&byte) {
            telephone = false;
        }
        let begins = byte.is_ascii_alphanumeric() && !last.is_ascii_alphanumeric();
        let mut found = None;
        if let Some(start) = jwt {
            if byte == b'.' {
                found = token::jwt(bytes, start, at);
            }
            if !token::is_base64url(byte) {
                jwt = None;
            }
        } else if begins && is_uuid(bytes, at) {
            at += UUID_LENGTH;
            last = b'0';
            continue;
        } else if begins {
            if from(bytes, at).starts_with(b"eyJ") {
                jwt = Some(at);
            }
            let is_fraction = last == b'.' && before_last.is_ascii_digit();
            found = token::at(bytes, at);
            if found.is_none() && !is_fraction {
                found = number(bytes, at, telephone, last);
            }
        }
        if let Some(found) = found {
            redaction.redact(found);
            at = found.1;
            (before_last, last) = (0, 0);
            jwt = None;
            telephone = false;
        } else {
            (before_last, last) = (last, byte);
            at += 1;
        }
    }
    redaction.finish()
}

/// A number of any kind that begins here. Behind a plus there are telephone numbers, whose groups look like those of
/// other numbers; a card may still follow one.
#[inline(never)]
fn number(bytes: &[u8], at: usize, telephone: bool, last: u8) -> Option<Found> {
    /// No number has its first digit later.
    const LETTERS: usize = 6;
    if !from(bytes, at)
        .iter()
        .take(LETTERS + 1)
        .any(u8::is_ascii_digit)
    {
        return None;
    }
    let mut found = None;
    if !(telephone && last == b'+') {
        found = card::end(bytes, at).map(|end| (at, end, "card"));
    }
    if !telephone && found.is_none() {
        found = iban::end(bytes, at).map(|end| (at, end, "iban"));
        if found.is_none() {
            found = national_id::end(bytes, at).map(|end| (at, end, "national_id"));
        }
    }
    found
}

const UUID_LENGTH: usize = 36;

/// Whether a UUID stands here, whose groups may be all digits.
fn is_uuid(bytes: &[u8], at: usize) -> bool {
    byte_at(bytes, at + 8) == b'-'
        && !byte_at(bytes, at + UUID_LENGTH).is_ascii_alphanumeric()
        && (0..UUID_LENGTH).all(|index| match byte_at(bytes, at + index) {
            b'-' => [8, 13, 18, 23].contains(&index),
            byte => byte.is_ascii_hexdigit(),
        })
}
