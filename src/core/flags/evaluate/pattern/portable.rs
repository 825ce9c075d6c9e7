//! Which patterns are in the part that all share.

/// What stands before a place of a pattern, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Open,
    Bar,
    /// `^` or `$`.
    Anchor,
    EmptyGroup,
    Other,
}

/// Whether the pattern has only what is portable. It may be invalid all the same.
pub(super) fn is_portable(pattern: &str) -> bool {
    pattern.is_ascii() && scan(pattern.as_bytes()).is_some()
}

/// Walks along the pattern; nothing at the first part that is not portable.
fn scan(pattern: &[u8]) -> Option<()> {
    let mut before = Before::Nothing;
    let mut at = 0;
    while let Some(&byte) = pattern.get(at) {
        let rest = &pattern[at..];
        let mut length = 1;
        before = match byte {
            b'\\' => {
                if rest.len() > 1 {
                    length = escape_length(rest, false)?;
                }
                Before::Other
            }
            b'[' => {
                length = class_length(rest)?;
                Before::Other
            }
            b'(' => {
                if rest.get(1) == Some(&b'?') {
                    length = rest.starts_with(b"(?:").then_some(3)?;
                }
                Before::Open
            }
            b')' if matches!(before, Before::Open | Before::EmptyGroup) => Before::EmptyGroup,
            b'|' => Before::Bar,
            b'^' | b'$' => Before::Anchor,
            b'*' | b'+' | b'?' | b'{' => {
                if matches!(before, Before::Anchor | Before::EmptyGroup) {
                    return None;
                }
                if byte == b'{' {
                    check_repetition(rest, before)?;
                } else {
                    check_follower(rest)?;
                }
                Before::Other
            }
            b'}' => {
                check_follower(rest)?;
                Before::Other
            }
            _ => Before::Other,
        };
        at += length;
    }
    Some(())
}

/// The length of the escape that the text begins with, if it is portable there.
fn escape_length(rest: &[u8], is_in_class: bool) -> Option<usize> {
    match rest[1] {
        b'x' => {
            let digits = rest.get(2..4)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(4)
        }
        b'b' | b'B' => is_in_class.then_some(2),
        b'd' | b'D' | b's' | b'S' | b'w' | b'W' | b'f' | b'n' | b'r' | b't' | b'v' => Some(2),
        // At the ends of a word for Rust.
        b'<' | b'>' => None,
        escaped => (escaped == b' ' || escaped.is_ascii_punctuation()).then_some(2),
    }
}

/// The length of the class that the text begins with. One that is not closed is invalid, not less portable.
fn class_length(rest: &[u8]) -> Option<usize> {
    let begin = if rest.get(1) == Some(&b'^') { 2 } else { 1 };
    let mut at = begin;
    while let Some(&byte) = rest.get(at) {
        let here = &rest[at..];
        match byte {
            b'\\' if here.len() > 1 => at += escape_length(here, true)?,
            b']' if at == begin => return None,
            b']' => return Some(at + 1),
            b'[' => return None,
            _ => {
                // Operators between sets for Rust.
                if [&b"&&"[..], b"--", b"~~"]
                    .iter()
                    .any(|operator| here.starts_with(operator))
                {
                    return None;
                }
                at += 1;
            }
        }
    }
    Some(rest.len())
}

/// A brace must be a count of what stands before it.
fn check_repetition(rest: &[u8], before: Before) -> Option<()> {
    if matches!(before, Before::Nothing | Before::Bar | Before::Open) {
        return None;
    }
    let end = rest.iter().position(|byte| *byte == b'}')?;
    let counts = std::str::from_utf8(&rest[1..end]).ok()?;
    let (least, most) = counts.split_once(',').unwrap_or((counts, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = |text: &str| {
        text.is_empty()
            || text
                .parse::<f64>()
                .is_ok_and(|count| count <= f64::from(u32::MAX))
    };
    let is_count = !least.is_empty() && is_number(least) && is_number(most);
    (is_count && fits(least) && fits(most)).then_some(())
}

/// A repetition must not be repeated in a way that Rust takes and JavaScript does not.
fn check_follower(rest: &[u8]) -> Option<()> {
    let is_repeated = matches!(rest.get(1), Some(b'+' | b'{'));
    (!is_repeated).then_some(())
}
