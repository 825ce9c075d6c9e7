//! What is known of the flags: in an entry of its own, in the main one, and on its way between the two.

use super::*;

pub(super) const FLAGS: &str = "ph_t_posthog__flags";

/// As posthog-js 1.449.2 writes it.
const ENTRY: &str = r#"{"$active_feature_flags":["a"],"$enabled_feature_flags":{"a":"x","b":false},"$feature_flag_payloads":{"a":"{\"k\":1}"},"$feature_flag_details":{"a":{"key":"a","enabled":true,"variant":"x"},"b":{"key":"b","enabled":false}},"$minimal_flag_called_events":false,"$feature_flag_request_id":"r","$feature_flag_evaluated_at":200}"#;

const VISITOR: &str = r#"{"distinct_id":"d","plan":"pro"}"#;

pub(super) fn split(is_on: bool) -> Config {
    config(&[
        ("persistence", Value::Text("localStorage")),
        ("split_storage", Value::Boolean(is_on)),
    ])
}

fn in_two(main: &str, flags: &str) -> Stored {
    Stored {
        flags: Some(flags.to_owned()),
        ..stored(main, "")
    }
}

/// The visitor's entry with the flags in it.
fn in_one(flags: &str) -> String {
    format!(
        "{},{}",
        VISITOR.strip_suffix('}').unwrap(),
        flags.strip_prefix('{').unwrap()
    )
}

/// An answer of the server that has this value for the only flag, and was given then.
fn flags(value: &str, at: &str) -> String {
    format!(
        r#"{{"$enabled_feature_flags":{{"a":"{value}"}},"$feature_flag_request_id":"of {value}"{at}}}"#
    )
}

fn at(at: u64) -> String {
    format!(r#","$feature_flag_evaluated_at":{at}"#)
}

fn evaluated(persistence: &Persistence) -> Option<&str> {
    persistence.main().get("$feature_flag_evaluated_at")
}

fn values(persistence: &Persistence) -> Option<&str> {
    persistence.main().get("$enabled_feature_flags")
}

/// What the writes leave in the flags' entry: `None` if they do not touch it, `Some("")` if they remove it.
fn written_flags(writes: &[Write]) -> Option<String> {
    let write = writes.iter().rfind(|write| write.name == FLAGS)?;
    assert_eq!(write.place, Place::LocalStorage);
    Some(write.value.clone().unwrap_or_default())
}

#[test]
fn an_entry_that_posthog_js_has_written_stays_as_it_is() {
    let config = split(true);
    let mut persistence = Persistence::load(&config, &in_two(VISITOR, ENTRY));
    let writes = persistence.take_writes(&config);
    assert_eq!(written(&writes, Place::LocalStorage).unwrap(), VISITOR);
    assert_eq!(written_flags(&writes), None);
    assert_eq!(persistence.main().to_json(), in_one(ENTRY));
    assert!(!persistence.take_damaged());
}

#[test]
fn the_flags_move_to_where_the_setting_says_and_are_there_first() {
    for (is_on, stored) in [
        (true, stored(&in_one(ENTRY), "")),
        (false, in_two(VISITOR, ENTRY)),
    ] {
        let config = split(is_on);
        let mut persistence = Persistence::load(&config, &stored);
        let writes = persistence.take_writes(&config);
        let (main, apart) = if is_on {
            (VISITOR.to_owned(), ENTRY)
        } else {
            (in_one(ENTRY), "")
        };
        assert_eq!(written(&writes, Place::LocalStorage).unwrap(), main);
        assert_eq!(written_flags(&writes).unwrap(), apart);
        let names: Vec<_> = writes.iter().map(|write| &*write.name).collect();
        assert_eq!(names == [FLAGS, NAME], is_on, "{names:?}");
        assert_eq!(names == [NAME, FLAGS], !is_on, "{names:?}");
    }
}

#[test]
fn a_page_moves_them_too() {
    let mut config = split(true);
    let mut persistence = Persistence::load(&config, &in_two(VISITOR, ENTRY));
    persistence.take_writes(&config);
    for (is_on, main, apart) in [
        (false, &*in_one(ENTRY), ""),
        (true, VISITOR, ENTRY),
        (false, &in_one(ENTRY), ""),
    ] {
        config.set("split_storage", Value::Boolean(is_on)).unwrap();
        persistence.set_mode(&config);
        let writes = persistence.take_writes(&config);
        assert_eq!(written(&writes, Place::LocalStorage).unwrap(), main);
        assert_eq!(written_flags(&writes).unwrap(), apart);
        persistence.set_mode(&config);
        assert_eq!(persistence.take_writes(&config), []);
    }
}

#[test]
fn the_entry_wins_unless_the_main_one_has_a_newer_answer() {
    for (main, apart, winner) in [
        (at(100), at(200), "apart"),
        (at(200), at(200), "apart"),
        (at(300), at(200), "main"),
        (String::new(), at(200), "apart"),
        (at(100), String::new(), "apart"),
        (String::new(), String::new(), "apart"),
    ] {
        for is_on in [true, false] {
            let stored = in_two(&in_one(&flags("main", &main)), &flags("apart", &apart));
            let persistence = Persistence::load(&split(is_on), &stored);
            let expected = format!(r#"{{"a":"{winner}"}}"#);
            assert_eq!(values(&persistence), Some(&*expected), "{main} {apart}");
        }
    }
}

#[test]
fn an_entry_gives_nothing_but_flags_and_a_damaged_one_what_it_can() {
    for (entry, value, is_damaged) in [
        (r#"{"distinct_id":"x","plan":"free"}"#, "main", false),
        (r#"{"torn"#, "main", true),
        (r#"{"$enabled_feature_flags":[]}"#, "main", true),
        (
            r#"{"$enabled_feature_flags":{"a":"apart"},"$act"#,
            "apart",
            true,
        ),
    ] {
        let stored = in_two(&in_one(&flags("main", &at(1))), entry);
        let mut persistence = Persistence::load(&split(true), &stored);
        let expected = in_one(&flags("main", &at(1)).replacen("main", value, 1));
        assert_eq!(persistence.main().to_json(), expected, "{entry}");
        assert_eq!(persistence.take_damaged(), is_damaged, "{entry}");
    }
}

#[test]
fn an_answer_that_changes_no_flag_is_not_written_until_one_changes() {
    let config = split(true);
    let mut persistence = Persistence::load(&config, &in_two(VISITOR, &flags("x", &at(1))));
    persistence.take_writes(&config);
    persistence.set_string("$feature_flag_request_id", "next");
    persistence.set("$feature_flag_evaluated_at", "2");
    let writes = persistence.take_writes(&config);
    assert_eq!(written_flags(&writes), None);
    // Another tab goes on with the session.
    let theirs = r#"{"distinct_id":"d","plan":"free"}"#;
    persistence.refresh(&in_two(theirs, &flags("x", &at(1))), &config);
    assert_eq!(persistence.main().get("plan"), Some("\"free\""));
    assert_eq!(evaluated(&persistence), Some("2"));
    persistence.set("$feature_flag_payloads", r#"{"a":"1"}"#);
    let writes = persistence.take_writes(&config);
    let entry = written_flags(&writes).unwrap();
    assert!(entry.contains("\"next\"") && entry.contains(r#"_at":2"#));
    // What another tab has got since is the newest.
    persistence.set("$feature_flag_evaluated_at", "3");
    persistence.take_writes(&config);
    persistence.refresh(&in_two(VISITOR, &flags("y", &at(4))), &config);
    assert_eq!(values(&persistence), Some(r#"{"a":"y"}"#));
    assert_eq!(evaluated(&persistence), Some("4"));
    persistence.set("plan", "1");
    let writes = persistence.take_writes(&config);
    assert_eq!(written_flags(&writes), None);
}

#[test]
fn an_entry_that_is_gone_is_written_again_for_the_same_person_only() {
    let config = split(true);
    let someone = r#"{"distinct_id":"e"}"#;
    for entry in [None, Some("{"), Some("{}")] {
        let mut persistence = Persistence::load(&config, &in_two(VISITOR, ENTRY));
        persistence.take_writes(&config);
        // As by `localStorage.clear()`.
        persistence.refresh(&Stored::default(), &config);
        let writes = persistence.take_writes(&config);
        assert_eq!(written_flags(&writes).unwrap(), ENTRY);
        let mut theirs = stored(VISITOR, "");
        theirs.flags = entry.map(str::to_owned);
        assert!(!persistence.refresh(&theirs, &config));
        // That nothing is written for it alone keeps two tabs from answering each other without end.
        assert_eq!(persistence.take_writes(&config), []);
        persistence.set("plan", "1");
        let writes = persistence.take_writes(&config);
        assert_eq!(written_flags(&writes).unwrap(), ENTRY);
        theirs.local = Some(someone.to_owned());
        persistence.refresh(&theirs, &config);
        assert_eq!(persistence.main().to_json(), someone);
    }
}

#[test]
fn a_forgotten_visitors_flags_go() {
    let config = split(true);
    let mut persistence = Persistence::load(&config, &in_two(VISITOR, ENTRY));
    persistence.clear(&["distinct_id"]);
    let writes = persistence.take_writes(&config);
    assert_eq!(written_flags(&writes).unwrap(), "");
    assert_eq!(
        written(&writes, Place::LocalStorage).unwrap(),
        r#"{"distinct_id":"d"}"#
    );
}

#[test]
fn the_entry_goes_where_nothing_may_be_stored_and_where_the_mode_has_none() {
    let mut config = split(true);
    let mut persistence = Persistence::load(&config, &in_two(VISITOR, ENTRY));
    persistence.set_enabled(false, &config);
    let writes = persistence.take_writes(&config);
    assert_eq!(written_flags(&writes).unwrap(), "");
    let lease = persistence.names().flags_lease.clone();
    assert!(
        writes
            .iter()
            .any(|write| write.name == lease && write.value.is_none())
    );
    persistence.set_enabled(true, &config);
    let writes = persistence.take_writes(&config);
    assert_eq!(written_flags(&writes).unwrap(), ENTRY);
    for (mode, place) in [
        ("cookie", Place::Cookie),
        ("sessionStorage", Place::SessionStorage),
    ] {
        config.set("persistence", Value::Text(mode)).unwrap();
        persistence.set_mode(&config);
        let writes = persistence.take_writes(&config);
        assert_eq!(written_flags(&writes).unwrap(), "", "{mode}");
        assert_eq!(written(&writes, place).unwrap(), in_one(ENTRY));
        // So it is for the next page.
        let mut next = Persistence::load(&config, &in_two(VISITOR, ENTRY));
        assert_eq!(next.main().to_json(), in_one(ENTRY));
        assert_eq!(written_flags(&next.take_writes(&config)).unwrap(), "");
        config
            .set("persistence", Value::Text("localStorage"))
            .unwrap();
        persistence.set_mode(&config);
        let writes = persistence.take_writes(&config);
        assert_eq!(written_flags(&writes).unwrap(), ENTRY, "{mode}");
    }
}

#[test]
fn a_cookie_that_holds_everything_leaves_the_flags_where_they_are() {
    let config = config(&[("split_storage", Value::Boolean(true))]);
    let mut persistence = Persistence::load(&config, &in_two(VISITOR, ENTRY));
    let writes = persistence.take_writes(&config);
    let main = writes
        .iter()
        .find(|write| write.name == NAME && write.place == Place::LocalStorage);
    persistence.handle_unstored(main.unwrap(), &config);
    let writes = persistence.take_writes(&config);
    assert_eq!(written(&writes, Place::Cookie).unwrap(), VISITOR);
    assert_eq!(written_flags(&writes), None);
}

#[test]
fn what_is_known_of_many_flags_is_read_in_either_place() {
    let details: Vec<_> = (0..2_000)
        .map(|index| format!(r#""flag-{index}":{{"key":"flag-{index}","enabled":true,"reason":{{"code":"condition_match","condition_index":0,"description":"Matched condition set 1"}},"metadata":{{"id":{index},"version":3}}}}"#))
        .collect();
    let entry = format!(r#"{{"$feature_flag_details":{{{}}}}}"#, details.join(","));
    assert!(entry.len() > 300_000);
    for stored in [in_two(VISITOR, &entry), stored(&in_one(&entry), "")] {
        let mut persistence = Persistence::load(&split(true), &stored);
        assert_eq!(persistence.main().to_json(), in_one(&entry));
        assert!(!persistence.take_damaged());
    }
}

#[test]
fn what_the_server_said_of_a_visitor_goes_when_the_cookie_names_another() {
    let config = config(&[("cookieWinsOnConflict", Value::Boolean(true))]);
    let state = r#""$active_feature_flags":["a"],"$enabled_feature_flags":{"a":true},"$feature_flag_payloads":{},"$feature_flag_details":{},"$minimal_flag_called_events":false,"$feature_flag_request_id":"r","$feature_flag_evaluated_at":1,"$feature_flag_errors":[],"$flag_call_reported":{"a":["true"]},"$stored_person_properties":{"plan":"pro"}"#;
    let groups = r#""$groups":{"company":"c"},"$stored_group_properties":{"company":{}}"#;
    let local = format!(r#"{{"distinct_id":"ann","$user_state":"identified",{state},{groups}}}"#);
    let same = r#"{"distinct_id":"ann","$user_state":"identified"}"#;
    let bob = r#"{"distinct_id":"bob","$user_state":"identified"}"#;
    let nobody = r#"{"distinct_id":"d","$user_state":"anonymous"}"#;
    let with_groups = |who: &str| format!("{},{groups}}}", who.strip_suffix('}').unwrap());
    for (cookie, expected) in [
        (same, local.clone()),
        (bob, with_groups(bob)),
        (nobody, nobody.to_owned()),
    ] {
        let persistence = Persistence::load(&config, &stored(&local, cookie));
        assert_eq!(persistence.main().to_json(), expected);
    }
}

#[test]
fn what_is_known_of_the_flags_is_taken_only_as_what_it_must_be() {
    let keys = [
        ("$enabled_feature_flags", r#"{"a":true}"#),
        ("$active_feature_flags", r#"["a"]"#),
        ("$feature_flag_payloads", "{}"),
        ("$feature_flag_details", "{}"),
        ("$minimal_flag_called_events", "true"),
        ("$feature_flag_request_id", r#""r""#),
        ("$feature_flag_evaluated_at", "1767319445678"),
        ("$feature_flag_errors", "[]"),
        ("$stored_person_properties", "{}"),
        ("$stored_group_properties", "{}"),
        ("$flag_call_reported", "{}"),
        ("$flag_call_reported_session_id", r#""s""#),
        ("$override_feature_flags", "false"),
        ("$override_feature_flag_payloads", "{}"),
    ];
    for (key, sound) in keys {
        for (value, is_kept) in [(sound, true), ("null", false), ("-1", false)] {
            let text = format!(r#"{{"distinct_id":"d","{key}":{value}}}"#);
            let mut persistence = Persistence::load(&config(&[]), &stored(&text, ""));
            let is_there = persistence.main().get(key) == Some(value);
            assert_eq!(is_there, is_kept, "{key} {value}");
            assert_eq!(persistence.take_damaged(), !is_kept, "{key} {value}");
        }
    }
}
