//! Versions of three numbers. What comes before a release (`-beta.1`) and build numbers (`+7`) are left out.

use std::ops::Range;

use super::javascript;

/// Major, minor and patch. Floats, as JavaScript has them: the numbers have any length.
pub(super) type Version = [f64; 3];

/// Reads a version such as `v1.2.3-beta`. Numbers that are not there are 0, a fourth is left out; nothing if it is not
/// a version.
pub(super) fn parse(text: &str) -> Option<Version> {
    let text = without_letter(text);
    let text = text.split(['-', '+']).next().unwrap_or_default();
    if text.is_empty() || text.starts_with('.') {
        return None;
    }
    let mut parts = text.split('.');
    let mut part = || match parts.next() {
        None | Some("") => Some(0.0),
        Some(part) => parse_part(part),
    };
    Some([part()?, part()?, part()?])
}

/// What `~1.2.3` allows: other patches from there on.
pub(super) fn tilde(text: &str) -> Option<Range<Version>> {
    let version @ [major, minor, _] = parse(text)?;
    Some(version..[major, minor + 1.0, 0.0])
}

/// What `^1.2.3` allows: everything from there on up to the next number that may break something.
pub(super) fn caret(text: &str) -> Option<Range<Version>> {
    let version @ [major, minor, patch] = parse(text)?;
    let end = if major > 0.0 {
        [major + 1.0, 0.0, 0.0]
    } else if minor > 0.0 {
        [0.0, minor + 1.0, 0.0]
    } else {
        [0.0, 0.0, patch + 1.0]
    };
    Some(version..end)
}

/// What `1.*` and `1.2.*` allow. Of longer patterns only the first two numbers count.
pub(super) fn wildcard(text: &str) -> Option<Range<Version>> {
    let text = without_letter(text);
    let text = text.strip_suffix(".*").unwrap_or(text);
    let text = text.strip_suffix('*').unwrap_or(text);
    let mut parts = text.split('.');
    let major = parse_part(parts.next()?)?;
    let Some(minor) = parts.next() else {
        return Some([major, 0.0, 0.0]..[major + 1.0, 0.0, 0.0]);
    };
    let minor = parse_part(minor)?;
    Some([major, minor, 0.0]..[major, minor + 1.0, 0.0])
}

fn without_letter(text: &str) -> &str {
    let text = javascript::trim(text);
    text.strip_prefix(['v', 'V']).unwrap_or(text)
}

/// A number without leading zeros.
fn parse_part(part: &str) -> Option<f64> {
    let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let has_leading_zero = part.len() > 1 && part.starts_with('0');
    if !is_number || has_leading_zero {
        return None;
    }
    part.parse().ok()
}
