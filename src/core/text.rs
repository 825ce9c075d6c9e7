//! Searching in text, byte by byte.
//!
//! The standard library's search for strings is faster on long texts and costs 4 KB of compressed code; a slice that
//! may panic brings its formatted message. Texts here are short, and these functions cannot fail.

/// Where `mark` first stands in a text.
#[inline(never)]
fn position(text: &str, mark: &str) -> Option<usize> {
    let Some((first, others)) = mark.as_bytes().split_first() else {
        return Some(0);
    };
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        // Comparing slices is a call, which few places need.
        if byte == first && tail.starts_with(others) {
            return Some(text.len() - rest.len());
        }
        rest = tail;
    }
    None
}

/// Whether `mark` stands in a text.
pub(crate) fn contains(text: &str, mark: &str) -> bool {
    position(text, mark).is_some()
}

/// What stands before the first `mark`, or the whole text if it is not there.
#[inline(never)]
pub(super) fn before<'a>(text: &'a str, mark: &str) -> &'a str {
    match position(text, mark) {
        Some(at) => slice(text, 0, at),
        None => text,
    }
}

/// What stands behind the first `mark`.
#[inline(never)]
pub(super) fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    Some(slice(text, position(text, mark)? + mark.len(), text.len()))
}

/// The bytes from `start` up to, not including, `end`; empty if they are not there or would cut a character in two.
#[inline(never)]
pub(super) fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

/// The longest beginning that weighs no more than `most`, by the weight of each character.
pub(super) fn within(text: &str, most: usize, weight: impl Fn(char) -> usize) -> &str {
    let mut left = most;
    for (at, character) in text.char_indices() {
        match left.checked_sub(weight(character)) {
            Some(rest) => left = rest,
            None => return slice(text, 0, at),
        }
    }
    text
}

/// The parts joined into one text.
#[inline(never)]
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Tells one text from another: FNV-1a.
pub(super) fn checksum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The parts of a text between marks.
pub(super) struct Parts<'a> {
    rest: Option<&'a str>,
    mark: &'static str,
}

/// Splits a text at every `mark`.
pub(super) fn parts<'a>(text: &'a str, mark: &'static str) -> Parts<'a> {
    Parts {
        rest: Some(text),
        mark,
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        self.rest = after(text, self.mark);
        Some(before(text, self.mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_divide_a_text() {
        assert_eq!(before("a=b=c", "="), "a");
        assert_eq!(after("a=b=c", "="), Some("b=c"));
        assert_eq!(before("abc", "="), "abc");
        assert_eq!(after("abc", "="), None);
        assert_eq!(after("a", "abc"), None);
        assert!(contains("Intel Mac OS X", "Mac"));
        assert_eq!(
            parts("a;b;;c", ";").collect::<Vec<_>>(),
            ["a", "b", "", "c"]
        );
    }

    #[test]
    fn no_character_is_cut() {
        assert_eq!(slice("aé", 0, 2), "");
        assert_eq!(slice("a", 1, 9), "");
    }
}
