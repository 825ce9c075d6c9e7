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
const SHAPES: [(&str, &[u8]); 10] = [
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
];

/// Whether a stored property stays with the SDK rather than going with every event.
pub fn is_hidden(key: &str) -> bool {
    HIDDEN_KEYS.contains(&key)
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
