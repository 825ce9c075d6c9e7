//! Regular expressions, as far as they mean the same to everyone who evaluates a flag.
//!
//! SDKs have the regular expressions of their languages, and PostHog's server those of Rust. So an SDK leaves to the
//! server what is not in the part that they share (posthog-node 5.70.0). The shared part is translated here from
//! JavaScript's notation, with everything spelled out that Rust's would take in another way.

mod class;
mod portable;
mod translation;

use regex::Regex;

use self::translation::Translation;
use super::Place;
use super::doubt::Doubt;

/// Whether the pattern is found in the text. `None` if it is no valid pattern: then neither `regex` nor `not_regex` is
/// a match.
///
/// On a server there is always an answer: Rust's syntax is what PostHog's server has.
pub(super) fn is_found(pattern: &str, text: &str, place: Place) -> Result<Option<bool>, Doubt> {
    if pattern.is_empty() {
        return Ok(Some(true));
    }
    match (find_portable(pattern, text), place) {
        (Err(_), Place::Server) => Ok(Regex::new(pattern).ok().map(|regex| regex.is_match(text))),
        (found, _) => found,
    }
}

fn find_portable(pattern: &str, text: &str) -> Result<Option<bool>, Doubt> {
    if !portable::is_portable(pattern) {
        return Err(Doubt::PATTERN);
    }
    let translated = match translation::translate(pattern) {
        Translation::Invalid => return Ok(None),
        Translation::Loose => return Err(Doubt::PATTERN),
        Translation::Rust(translated) => translated,
    };
    if !text.is_ascii() || text.contains('\r') {
        return Err(Doubt::PATTERN);
    }
    // What is too large for one engine may be too large for the other.
    let regex = Regex::new(&translated).map_err(|_| Doubt::PATTERN)?;
    Ok(Some(regex.is_match(text)))
}
