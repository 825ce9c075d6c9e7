//! Reading what is stored, which others can have written and anything can have damaged.

use super::super::config::{Config, List};
use super::super::json;
use super::super::properties::Properties;
use super::keys;

/// The largest stored property that is taken, in bytes of its JSON. A larger one, which goes with every event, would keep
/// events from being taken.
const MAX_VALUE_BYTES: usize = 65_536;

/// The same for what is known of the flags, which goes with no event as a whole.
const MAX_FLAGS_BYTES: usize = 1_500_000;

/// The most that is read of a store besides, in bytes and in properties.
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
        let key = member.key();
        let size = member.value.len();
        let is_flag = keys::is_flag(&key);
        let fits = if is_flag {
            size <= MAX_FLAGS_BYTES
        } else {
            size <= MAX_VALUE_BYTES && bytes + size <= MAX_STORED_BYTES
        };
        if !fits || !json::is_valid(member.value) {
            sound = false;
        } else {
            if !is_flag {
                bytes += size;
            }
            properties.set(&key, member.value);
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

/// Puts what the flags' own entry says over what the main one does, unless that is of a newer answer (posthog-js 1.449.2).
pub(super) fn merge_flags(main: &mut Properties, flags: &Properties) {
    let evaluated_at = |properties: &Properties| properties.get_integer(keys::FLAGS_EVALUATED_AT);
    let at = evaluated_at(flags);
    if at.is_some() && evaluated_at(main) > at {
        return;
    }
    for key in keys::FLAG_KEYS {
        if let Some(value) = flags.get(key) {
            main.set(key, value);
        }
    }
}
