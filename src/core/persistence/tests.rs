//! What is stored where, and what is made of it when it is read.

#[cfg(not(target_os = "unknown"))]
mod any;
mod flags;

use super::super::config::Value;
use super::*;

const NAME: &str = "ph_t_posthog";

fn config(settings: &[(&str, Value<'_>)]) -> Config {
    let mut config = Config::new("t").unwrap();
    config
        .set("cross_subdomain_cookie", Value::Boolean(false))
        .unwrap();
    for (key, value) in settings {
        config.set(key, *value).unwrap();
    }
    config
}

fn mode(mode: &str) -> Config {
    config(&[("persistence", Value::Text(mode))])
}

fn cookie_of(properties: &str) -> String {
    let mut cookie = String::from("other=x; ph_t_posthog=");
    super::super::percent::push_encoded(&mut cookie, properties);
    cookie
}

fn stored(local: &str, cookie: &str) -> Stored {
    Stored {
        local: (!local.is_empty()).then(|| local.to_owned()),
        cookies: if cookie.is_empty() {
            String::new()
        } else {
            cookie_of(cookie)
        },
        ..Stored::default()
    }
}

/// What the writes leave in a place: `None` if it is not written, `Some("")` if it is removed.
fn written(writes: &[Write], place: Place) -> Option<String> {
    let mut writes = writes.iter().rev();
    let write = writes.find(|write| write.place == place && write.name == NAME)?;
    let value = write.value.as_deref().unwrap_or_default();
    Some(match place {
        Place::Cookie if !value.is_empty() => cookie::value(value, NAME).unwrap(),
        _ => value.to_owned(),
    })
}

#[test]
fn local_storage_overrides_the_cookie_and_both_are_written_back() {
    let config = config(&[]);
    let stored = stored(
        r#"{"distinct_id":"l","plan":"pro"}"#,
        r#"{"distinct_id":"c","$epp":true}"#,
    );
    let mut persistence = Persistence::load(&config, &stored);
    let writes = persistence.take_writes(&config);
    assert_eq!(
        written(&writes, Place::Cookie).unwrap(),
        r#"{"distinct_id":"l","$epp":true}"#
    );
    assert_eq!(
        written(&writes, Place::LocalStorage).unwrap(),
        r#"{"distinct_id":"l","$epp":true,"plan":"pro"}"#
    );
    assert_eq!(persistence.take_writes(&config), []);
}

#[test]
fn a_cookie_that_wins_is_followed_in_all_that_it_can_say() {
    let config = config(&[("cookieWinsOnConflict", Value::Boolean(true))]);
    let local = r#"{"distinct_id":"ann","$user_state":"identified","$user_id":"ann","$epp":true,"plan":"pro"}"#;
    let cookie = r#"{"$device_id":"d","distinct_id":"d","$user_state":"anonymous"}"#;
    let persistence = Persistence::load(&config, &stored(local, cookie));
    assert_eq!(
        persistence.main().to_json(),
        r#"{"distinct_id":"d","$user_state":"anonymous","$device_id":"d"}"#
    );
    let alone = Persistence::load(&config, &stored(local, ""));
    assert_eq!(alone.main().to_json(), local);
}

#[test]
fn a_cookie_cannot_give_what_only_the_sdk_sets() {
    let hostile = r#"{"distinct_id":"d","plan":"pro","$feature_flag_payloads":{"a":1},"__proto__":{"x":1},"$lib":"x"}"#;
    let persistence = Persistence::load(&config(&[]), &stored("", hostile));
    assert_eq!(
        persistence.main().to_json(),
        r#"{"distinct_id":"d","plan":"pro"}"#
    );
}

#[test]
fn each_mode_writes_where_it_says() {
    for (name, local, session, cookie) in [
        ("localStorage+cookie", true, false, true),
        ("localStorage", true, false, false),
        ("cookie", false, false, true),
        ("sessionStorage", false, true, false),
        ("memory", false, false, false),
    ] {
        let config = mode(name);
        let mut persistence = Persistence::load(&config, &Stored::default());
        persistence.set_string("distinct_id", "d");
        let writes = persistence.take_writes(&config);
        let there = [Place::LocalStorage, Place::SessionStorage, Place::Cookie]
            .map(|place| written(&writes, place).is_some());
        assert_eq!(there, [local, session, cookie], "{name}");
    }
}

#[test]
fn a_visitor_is_found_where_another_mode_has_stored_them() {
    let before = r#"{"distinct_id":"d","plan":"pro"}"#;
    for (name, stored) in [
        ("cookie", stored(before, "")),
        ("localStorage", stored("", before)),
        ("sessionStorage", stored(before, "")),
    ] {
        let config = mode(name);
        let mut persistence = Persistence::load(&config, &stored);
        assert_eq!(persistence.main().to_json(), before, "{name}");
        let writes = persistence.take_writes(&config);
        let left = if stored.local.is_some() {
            Place::LocalStorage
        } else {
            Place::Cookie
        };
        assert_eq!(written(&writes, left).unwrap(), "", "{name}");
    }
    let persistence = Persistence::load(&mode("memory"), &stored(before, ""));
    assert_eq!(persistence.main().to_json(), "{}");
}

#[test]
fn a_changed_mode_moves_the_visitor() {
    let mut config = config(&[]);
    let mut persistence = Persistence::load(&config, &Stored::default());
    persistence.set_string("distinct_id", "d");
    persistence.take_writes(&config);
    config
        .set("persistence", Value::Text("sessionStorage"))
        .unwrap();
    persistence.set_mode(&config);
    let writes = persistence.take_writes(&config);
    assert_eq!(written(&writes, Place::LocalStorage).unwrap(), "");
    assert_eq!(written(&writes, Place::Cookie).unwrap(), "");
    assert_eq!(
        written(&writes, Place::SessionStorage).unwrap(),
        r#"{"distinct_id":"d"}"#
    );
}

#[test]
fn the_cookie_is_left_alone_by_what_it_does_not_hold() {
    let config = config(&[]);
    let mut persistence = Persistence::load(&config, &Stored::default());
    persistence.take_writes(&config);
    assert!(persistence.set("plan", "\"pro\""));
    assert!(!persistence.set("plan", "\"pro\""));
    let writes = persistence.take_writes(&config);
    assert_eq!(written(&writes, Place::Cookie), None);
    assert!(written(&writes, Place::LocalStorage).is_some());
}

#[test]
fn other_tabs_are_followed_but_for_what_was_changed_here() {
    let config = config(&[]);
    let before = r#"{"distinct_id":"d","a":1,"b":1,"c":1}"#;
    let mut persistence = Persistence::load(&config, &stored(before, ""));
    persistence.take_writes(&config);
    persistence.set("a", "2");
    persistence.remove("b");
    let theirs = stored(r#"{"distinct_id":"ann","a":3,"b":3,"d":3}"#, "");
    assert!(persistence.refresh(&theirs, &config));
    assert_eq!(
        persistence.main().to_json(),
        r#"{"distinct_id":"ann","a":2,"d":3}"#
    );
    persistence.take_writes(&config);
    assert!(
        persistence.refresh(&theirs, &config),
        "what was written is not ours alone any more"
    );
    assert_eq!(persistence.main().get("a"), Some("3"));
}

#[test]
fn what_was_removed_under_us_is_written_again() {
    let config = config(&[]);
    let mut persistence = Persistence::load(&config, &stored(r#"{"distinct_id":"d"}"#, ""));
    persistence.take_writes(&config);
    assert!(!persistence.refresh(&Stored::default(), &config));
    let writes = persistence.take_writes(&config);
    assert_eq!(
        written(&writes, Place::LocalStorage).unwrap(),
        r#"{"distinct_id":"d"}"#
    );
}

#[test]
fn where_local_storage_fails_the_cookie_holds_everything() {
    let config = config(&[]);
    let mut persistence = Persistence::load(&config, &Stored::default());
    persistence.set_string("distinct_id", "d");
    persistence.set_string("plan", "pro");
    let writes = persistence.take_writes(&config);
    let failed = writes
        .iter()
        .find(|write| write.place == Place::LocalStorage);
    persistence.handle_unstored(failed.unwrap(), &config);
    let writes = persistence.take_writes(&config);
    assert_eq!(
        written(&writes, Place::Cookie).unwrap(),
        r#"{"distinct_id":"d","plan":"pro"}"#
    );
}

#[test]
fn what_does_not_fit_the_cookie_is_told_once() {
    let config = mode("cookie");
    let mut persistence = Persistence::load(&config, &Stored::default());
    persistence.set_string("large", &"x".repeat(5_000));
    persistence.set_string("distinct_id", "d");
    let writes = persistence.take_writes(&config);
    assert_eq!(
        written(&writes, Place::Cookie).unwrap(),
        r#"{"distinct_id":"d"}"#
    );
    assert_eq!(persistence.take_left_out().unwrap(), ["large"]);
    persistence.set_string("distinct_id", "e");
    persistence.take_writes(&config);
    assert_eq!(persistence.take_left_out(), None);
}

#[test]
fn where_nothing_may_be_stored_everything_goes_and_comes_back_when_it_may() {
    let config = config(&[]);
    let mut persistence = Persistence::load(&config, &stored(r#"{"distinct_id":"d"}"#, ""));
    persistence.take_writes(&config);
    persistence.set_enabled(false, &config);
    let writes = persistence.take_writes(&config);
    assert!(writes.len() > 5 && writes.iter().all(|write| write.value.is_none()));
    persistence.set_string("plan", "pro");
    assert_eq!(persistence.take_writes(&config), []);
    persistence.set_enabled(true, &config);
    let writes = persistence.take_writes(&config);
    assert_eq!(
        written(&writes, Place::LocalStorage).unwrap(),
        r#"{"distinct_id":"d","plan":"pro"}"#
    );
    assert!(written(&writes, Place::Cookie).is_some());
}

#[test]
fn a_damaged_store_is_read_as_far_as_it_goes() {
    let torn = Stored {
        cookies: cookie_of(r#"{"distinct_id":"c","$user_state":"anonymous","$ep"#),
        local: Some("<html>".to_owned()),
        session: Some("[".to_owned()),
        session_registered: Some("{}".to_owned()),
        ..Stored::default()
    };
    let mut persistence = Persistence::load(&config(&[]), &torn);
    assert_eq!(
        persistence.main().to_json(),
        r#"{"distinct_id":"c","$user_state":"anonymous"}"#
    );
    assert_eq!(persistence.visit(), &Properties::new());
    assert!(persistence.take_damaged());
    let wrong = r#"{"distinct_id":{"a":1},"$device_id":"d","$sesid":"x","$groups":[],"$epp":1,"plan":"pro"}"#;
    let persistence = Persistence::load(&config(&[]), &stored(wrong, ""));
    assert_eq!(
        persistence.main().to_json(),
        r#"{"$device_id":"d","plan":"pro"}"#
    );
}

#[test]
fn a_store_of_a_megabyte_is_read_without_what_makes_it_one() {
    let huge = format!(
        r#"{{"distinct_id":"d","huge":"{}","plan":"pro"}}"#,
        "x".repeat(1_000_000)
    );
    let mut persistence = Persistence::load(&config(&[]), &stored(&huge, ""));
    assert_eq!(
        persistence.main().to_json(),
        r#"{"distinct_id":"d","plan":"pro"}"#
    );
    assert!(persistence.take_damaged());
    let mut many = String::from("{\"distinct_id\":\"d\"");
    for index in 0..100_000 {
        many.push_str(&format!(",\"k{index}\":1"));
    }
    many.push('}');
    let persistence = Persistence::load(&config(&[]), &stored(&many, ""));
    assert_eq!(persistence.main().get("distinct_id"), Some("\"d\""));
    assert_eq!(
        persistence.main().iter().count(),
        reading::MAX_STORED_PROPERTIES
    );
}

#[test]
fn what_is_registered_for_the_session_ends_with_it() {
    let config = config(&[]);
    let mut persistence = Persistence::load(&config, &Stored::default());
    persistence.set_visit("$referrer", "\"$direct\"");
    persistence.register_for_session("theme", "\"dark\"");
    let keys = persistence.names().session_registered.clone();
    let writes = persistence.take_writes(&config);
    let last = writes.iter().rfind(|write| write.name == keys).unwrap();
    assert_eq!(last.value.as_deref(), Some("[\"theme\"]"));
    persistence.end_session();
    assert_eq!(persistence.visit().to_json(), r#"{"$referrer":"$direct"}"#);
    let writes = persistence.take_writes(&config);
    let last = writes.iter().rfind(|write| write.name == keys).unwrap();
    assert_eq!(last.value, None);
}

#[test]
fn clearing_keeps_what_is_named() {
    let mut persistence = Persistence::load(&config(&[]), &Stored::default());
    persistence.set_string("$device_id", "d");
    persistence.set_string("plan", "pro");
    persistence.set_visit("theme", "1");
    persistence.clear(&["$device_id"]);
    assert_eq!(persistence.main().to_json(), r#"{"$device_id":"d"}"#);
    assert_eq!(persistence.visit(), &Properties::new());
}

#[test]
fn consent_is_read_where_either_setting_stores_it() {
    let in_cookie = config(&[("opt_out_capturing_persistence_type", Value::Text("cookie"))]);
    let mut persistence = Persistence::load(&in_cookie, &Stored::default());
    persistence.put_consent(Some("0"), &in_cookie);
    let writes = persistence.take_writes(&in_cookie);
    let cookie = writes.iter().find(|write| write.place == Place::Cookie);
    let cookie = cookie.unwrap().value.clone().unwrap();
    assert!(cookie.starts_with("__ph_opt_in_out_t=0; "), "{cookie}");
    let stored = Stored {
        cookies: cookie,
        ..Stored::default()
    };
    for config in [in_cookie, config(&[])] {
        let choice = persistence.stored_consent(&stored, &config);
        assert_eq!(choice.as_deref(), Some("0"));
    }
}

#[test]
fn a_tab_that_writes_in_the_same_moment_does_not_bring_back_the_former_visitor() {
    let config = config(&[]);
    let anonymous = r#"{"distinct_id":"d","$user_state":"anonymous"}"#;
    let mut persistence = Persistence::load(&config, &stored(anonymous, ""));
    persistence.take_writes(&config);
    persistence.set_string("distinct_id", "ann");
    persistence.set_string("$user_state", "identified");
    persistence.take_writes(&config);
    let stale = r#"{"distinct_id":"d","$user_state":"anonymous","plan":"pro"}"#;
    persistence.refresh(&stored(stale, ""), &config);
    let both = r#"{"distinct_id":"ann","$user_state":"identified","plan":"pro"}"#;
    assert_eq!(persistence.main().to_json(), both);
    let writes = persistence.take_writes(&config);
    assert_eq!(written(&writes, Place::LocalStorage).unwrap(), both);

    // Forgotten, and brought back by a tab that did not know.
    persistence.clear(&[]);
    persistence.set_string("distinct_id", "e");
    persistence.set_string("$user_state", "anonymous");
    persistence.set_string("$last_posthog_reset", "now");
    persistence.take_writes(&config);
    persistence.refresh(&stored(both, ""), &config);
    assert_eq!(
        persistence.main().to_json(),
        r#"{"distinct_id":"e","$user_state":"anonymous","$last_posthog_reset":"now"}"#
    );
    persistence.take_writes(&config);

    // One who was seen to be forgotten may come back.
    let again = r#"{"distinct_id":"ann","$user_state":"identified","$last_posthog_reset":"now"}"#;
    persistence.refresh(&stored(again, ""), &config);
    assert_eq!(persistence.main().to_json(), again);
}
