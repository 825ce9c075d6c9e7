//! Which stored properties there are, who sees them, and what they must look like.

use super::super::properties::Properties;

/// The properties that the cookie repeats, in the order in which it holds them.
pub(super) const COOKIE_KEYS: [&str; 8] = [
    "$device_id",
    "distinct_id",
    "$sesid",
    "$session_is_sampled",
    "$epp",
    "$initial_person_info",
    "$fbc_persistence",
    "$user_state",
];

/// What is known of the flags, which can lie in an entry of its own, in the order in which that holds it.
pub(super) const FLAG_KEYS: [&str; 7] = [
    "$active_feature_flags",
    "$enabled_feature_flags",
    "$feature_flag_payloads",
    "$feature_flag_details",
    "$minimal_flag_called_events",
    "$feature_flag_request_id",
    FLAGS_EVALUATED_AT,
];

/// When the server has evaluated them, in milliseconds since the epoch.
pub(super) const FLAGS_EVALUATED_AT: &str = "$feature_flag_evaluated_at";

/// Stored properties that are for the SDK alone and go with no event.
const HIDDEN_KEYS: [&str; 34] = [
    "__alias",
    "__cmpns",
    "__timers",
    "$people_distinct_id",
    "$sesid",
    "$user_state",
    "$epp",
    "$client_session_props",
    "$capture_rate_limit",
    "$initial_person_info",
    "$initial_campaign_params",
    "$initial_referrer_info",
    "$fbc_persistence",
    "$fbp_persistence",
    "$stored_person_properties",
    "$stored_group_properties",
    "$flag_call_reported",
    "$flag_call_reported_session_id",
    "$enabled_feature_flags",
    "$active_feature_flags",
    "$feature_flag_details",
    "$feature_flag_payloads",
    "$feature_flag_request_id",
    "$feature_flag_evaluated_at",
    "$feature_flag_errors",
    "$minimal_flag_called_events",
    "$override_feature_flags",
    "$override_feature_flag_payloads",
    "$early_access_features",
    "$surveys",
    "$surveys_loaded_at",
    "$heatmaps_enabled_server_side",
    "$error_tracking_suppression_rules",
    "$session_recording_remote_config",
];

/// Properties that decide what the client does, with the first characters that their JSON may have.
const SHAPES: [(&str, &[u8]); 24] = [
    ("distinct_id", b"\""),
    ("$device_id", b"\"n"),
    ("$user_state", b"\""),
    ("$user_id", b"\""),
    ("__alias", b"\""),
    ("$epp", b"tf"),
    ("$groups", b"{"),
    ("$sesid", b"["),
    ("$initial_person_info", b"{"),
    ("$client_session_props", b"{"),
    ("$active_feature_flags", b"["),
    ("$enabled_feature_flags", b"{"),
    ("$feature_flag_payloads", b"{"),
    ("$feature_flag_details", b"{"),
    ("$minimal_flag_called_events", b"tf"),
    ("$feature_flag_request_id", b"\""),
    ("$feature_flag_evaluated_at", b"0123456789"),
    ("$feature_flag_errors", b"["),
    ("$stored_person_properties", b"{"),
    ("$stored_group_properties", b"{"),
    ("$flag_call_reported", b"{"),
    ("$flag_call_reported_session_id", b"\""),
    ("$override_feature_flags", b"{f"),
    ("$override_feature_flag_payloads", b"{f"),
];

/// Whether a stored property stays with the SDK rather than going with every event.
pub fn is_hidden(key: &str) -> bool {
    HIDDEN_KEYS.contains(&key)
}

/// Whether a property may lie in the flags' own entry.
pub(super) fn is_flag(key: &str) -> bool {
    FLAG_KEYS.contains(&key)
}

/// Whether anything is known of the flags.
pub(super) fn holds_flags(properties: &Properties) -> bool {
    properties.iter().any(|(key, _)| is_flag(key))
}

/// Whether a property says what the flags are, rather than in which answer the server has said so.
pub(super) fn is_of_flags_value(key: &str) -> bool {
    FLAG_KEYS[..5].contains(&key)
}

/// Whether a cookie may give a property where it only repeats what is stored elsewhere.
pub(super) fn is_of_cookie(key: &str) -> bool {
    COOKIE_KEYS.contains(&key) || is_apps(key)
}

/// Whether a property is the app's own rather than the SDK's.
pub(super) fn is_apps(key: &str) -> bool {
    !key.starts_with(['$', '_']) && key != "distinct_id"
}

/// Takes out what only the visitor's properties may say.
pub(super) fn leave_to_visitor(visit: &mut Properties) {
    for (key, _) in SHAPES {
        visit.remove(key);
    }
}

/// Takes out what is of another type than it must be. Answers whether anything was.
pub(super) fn repair(properties: &mut Properties) -> bool {
    let mut repaired = false;
    for (key, starts) in SHAPES {
        let is_sound = |value: &str| {
            value
                .as_bytes()
                .first()
                .is_some_and(|first| starts.contains(first))
        };
        if properties.get(key).is_some_and(|value| !is_sound(value)) {
            properties.remove(key);
            repaired = true;
        }
    }
    repaired
}
