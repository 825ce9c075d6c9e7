//! The flags in an entry of their own, as posthog-js 1.449.2 writes it and as a site may ask for it or not.

use hoglet::core::config::Value;
use serde_json::Value as Json;

use crate::browser::Browser;
use crate::page::MAIN;

const FLAGS: &str = "ph_phc_test_posthog__flags";

/// What posthog-js 1.449.2 knows of a visitor besides the flags, and what it knows of these.
const THEIR_VISITOR: &str = r#"{"$initialization_time":"2026-01-02T02:04:05.678Z","$configured_session_timeout_ms":1800000,"distinct_id":"01a222d8-a17f-79ad-bece-0b1d0681ae43","$device_id":"01a222d8-a17f-79ad-bece-0b1d0681ae43","$user_state":"anonymous","$feature_flag_errors":[],"$flag_call_reported":{"a":["x"]},"$stored_person_properties":{"plan":"pro"},"$epp":true,"$stored_group_properties":{"company":{"x":1}},"$override_feature_flags":{"a":"o"},"$override_feature_flag_payloads":{"a":1}}"#;
const THEIR_FLAGS: &str = r#"{"$active_feature_flags":["a"],"$enabled_feature_flags":{"a":"x","b":false},"$feature_flag_payloads":{"a":"{\"k\":1}"},"$feature_flag_details":{"a":{"key":"a","enabled":true,"variant":"x","reason":{"code":"c","description":"d","condition_index":0},"metadata":{"id":1,"version":2,"payload":"{\"k\":1}"}},"b":{"key":"b","enabled":false}},"$minimal_flag_called_events":false,"$feature_flag_request_id":"req-1","$feature_flag_evaluated_at":1767319445678}"#;

fn parsed(text: Option<String>) -> Json {
    text.map_or(Json::Null, |text| serde_json::from_str(&text).unwrap())
}

/// All that is stored of the visitor, wherever.
fn stored_of_visitor(browser: &Browser) -> Json {
    let mut all = parsed(browser.local(MAIN));
    let flags = parsed(browser.local(FLAGS));
    let members = flags.as_object().cloned().unwrap_or_default();
    all.as_object_mut().unwrap().extend(members);
    all
}

#[test]
fn flags_are_known_wherever_posthog_js_has_stored_them_and_lie_where_it_looks_for_them() {
    let flags = parsed(Some(THEIR_FLAGS.to_owned()));
    let flags = flags.as_object().unwrap();
    let visitor = parsed(Some(THEIR_VISITOR.to_owned()));
    for mode in ["localStorage+cookie", "localStorage"] {
        for (was_split, is_split) in [(false, false), (false, true), (true, false), (true, true)] {
            let browser = Browser::start();
            let mut main = THEIR_VISITOR.to_owned();
            if was_split {
                let entry = (FLAGS.to_owned(), THEIR_FLAGS.to_owned());
                browser.contents().local.extend([entry]);
            } else {
                main.pop();
                main = format!("{main},{}", &THEIR_FLAGS[1..]);
            }
            let entry = (MAIN.to_owned(), main);
            browser.contents().local.extend([entry]);
            let settings = [
                ("persistence", Value::Text(mode)),
                ("split_storage", Value::Boolean(is_split)),
            ];
            let mut page = browser.tab().open(&settings);
            for again in [false, true] {
                for (key, value) in flags {
                    assert_eq!(page.property(key), *value, "{mode} {was_split} {is_split}");
                }
                let main = parsed(browser.local(MAIN));
                for key in ["$flag_call_reported", "$override_feature_flags"] {
                    assert_eq!(main[key], visitor[key], "{mode} {key}");
                }
                let apart = browser.local(FLAGS);
                assert_eq!(apart.as_deref(), is_split.then_some(THEIR_FLAGS), "{again}");
                let in_main = flags.keys().filter(|key| main.get(key).is_some()).count();
                assert_eq!(in_main, if is_split { 0 } else { flags.len() });
                page.reload(&settings);
            }
        }
    }
}

#[test]
fn a_site_can_have_the_flags_apart_and_not_as_often_as_it_likes() {
    let browser = Browser::start();
    browser.contents().local.extend([
        (MAIN.to_owned(), THEIR_VISITOR.to_owned()),
        (FLAGS.to_owned(), THEIR_FLAGS.to_owned()),
    ]);
    let mut page = browser.tab().open(&[]);
    let mut other = browser
        .tab()
        .open(&[("split_storage", Value::Boolean(true))]);
    let expected = stored_of_visitor(&browser);
    for is_split in [true, false, true] {
        page.set("split_storage", Value::Boolean(is_split));
        assert_eq!(browser.local(FLAGS).is_some(), is_split);
        // Both settings at once, as while a new version of the site goes live.
        other.register(r#"{"plan":"pro"}"#);
        page.register(r#"{"plan":"free"}"#);
        for key in ["$enabled_feature_flags", "$feature_flag_details"] {
            assert_eq!(page.property(key), expected[key], "{key}");
            assert_eq!(other.property(key), expected[key], "{key}");
            assert_eq!(stored_of_visitor(&browser)[key], expected[key], "{key}");
        }
    }
}

#[test]
fn the_main_entry_stays_small_and_the_flags_are_not_written_again_with_it() {
    let browser = Browser::start();
    browser.contents().local.extend([
        (MAIN.to_owned(), THEIR_VISITOR.to_owned()),
        (FLAGS.to_owned(), THEIR_FLAGS.to_owned()),
    ]);
    let mut page = browser
        .tab()
        .open(&[("split_storage", Value::Boolean(true))]);
    page.writes.clear();
    for step in 0..5 {
        page.pass(10_000);
        page.captured("event");
        page.register(&format!(r#"{{"step":{step}}}"#));
    }
    let writes = |name: &str| {
        page.writes
            .iter()
            .filter(|write| write.name == name)
            .count()
    };
    assert!(writes(MAIN) >= 5);
    assert_eq!(writes(FLAGS), 0);
}

#[test]
fn a_forgotten_or_refusing_visitors_flags_are_gone_from_all_tabs() {
    for refuses in [false, true] {
        for is_split in [false, true] {
            let settings = [("split_storage", Value::Boolean(is_split))];
            let browser = Browser::start();
            browser.contents().local.extend([
                (MAIN.to_owned(), THEIR_VISITOR.to_owned()),
                (FLAGS.to_owned(), THEIR_FLAGS.to_owned()),
                ("hoglet_flags_phc_test".to_owned(), "x".to_owned()),
            ]);
            let mut here = browser.tab().open(&settings);
            let mut there = browser.tab().open(&settings);
            assert_eq!(there.property("$enabled_feature_flags")["a"], "x");
            if refuses {
                here.opt_out();
                assert_eq!(browser.local("hoglet_flags_phc_test"), None);
            } else {
                here.reset();
            }
            assert_eq!(browser.local(FLAGS), None);
            there.task(|client, _| client.unregister("plan"));
            assert_eq!(there.property("$enabled_feature_flags"), Json::Null);
            assert_eq!(browser.local(FLAGS), None);
            for page in [&mut here, &mut there] {
                page.reload(&settings);
                assert_eq!(page.property("$enabled_feature_flags"), Json::Null);
            }
        }
    }
}

#[test]
fn flags_that_do_not_fit_local_storage_stay_known_to_their_page() {
    let settings = [("split_storage", Value::Boolean(true))];
    let browser = Browser::start();
    browser.contents().local.extend([
        (MAIN.to_owned(), THEIR_VISITOR.to_owned()),
        (FLAGS.to_owned(), THEIR_FLAGS.to_owned()),
    ]);
    let mut page = browser.tab().open(&settings);
    let mut other = browser.tab().open(&settings);
    {
        let mut contents = browser.contents();
        contents.local.remove(FLAGS);
        let entries = contents.local.iter();
        let used: usize = entries.map(|(name, value)| name.len() + value.len()).sum();
        contents.local_quota = used + 100;
    }
    other.register(r#"{"plan":"pro"}"#);
    assert_eq!(browser.local(FLAGS), None);
    for page in [&mut page, &mut other] {
        assert_eq!(page.property("plan"), "pro");
        assert_eq!(page.property("$enabled_feature_flags")["a"], "x");
    }
    browser.contents().local_quota = 5_000_000;
    page.register(r#"{"plan":"free"}"#);
    assert_eq!(browser.local(FLAGS).as_deref(), Some(THEIR_FLAGS));
}
