//! Reading what is stored, which others can have written and anything can have damaged.

use super::super::config::{Config, List};
use super::super::json;
use super::super::properties::Properties;
use super::keys;

/// The largest stored property that is taken, in bytes of its JSON. A larger one, which goes with every event, would keep
/// events from being taken.
const MAX_VALUE_BYTES: usize = 65_536;

/// The most that is read of a store, in bytes and in properties.
const MAX_STORED_BYTES: usize = 400_000;
pub(super) const MAX_STORED_PROPERTIES: usize = 1_000;

/// What a cookie may give where it only repeats.
pub(super) fn allowed_of_cookie(cookie: &Properties, config: &Config) -> Properties {
    let mut allowed = Properties::new();
    for (key, value) in cookie.iter() {
        let custom = config.list(List::CookieProperties);
        if keys::is_of_cookie(key) || custom.iter().any(|custom| custom == key) {
            allowed.set(key, value);
        }
    }
    allowed
}

/// Reads a stored object as far as it can be read, and whether that was all of it.
pub(super) fn read_stored(text: &str) -> (Properties, bool) {
    let mut properties = Properties::new();
    let is_whole = json::object_body(text).is_some() && json::is_valid(text);
    let mut sound = is_whole;
    let mut bytes = 0;
    for member in json::members(text).take(MAX_STORED_PROPERTIES) {
        let size = member.value.len();
        if size > MAX_VALUE_BYTES
            || bytes + size > MAX_STORED_BYTES
            || !json::is_valid(member.value)
        {
            sound = false;
        } else {
            bytes += size;
            properties.set(&member.key(), member.value);
        }
    }
    sound &= !keys::repair(&mut properties);
    // Who was torn from the word that they are a known person must not pass for an anonymous visitor, who is joined to
    // the next person that is identified.
    if !is_whole && !properties.contains("$user_state") {
        properties.remove("distinct_id");
    }
    (properties, sound)
}
