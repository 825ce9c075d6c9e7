//! What an app can read: from the server, from an earlier page, from the app itself.

use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use super::{ON, answer};
use crate::browser::STARTED;
use crate::page::{Page, Visit};

fn states(page: &mut Page) -> [Json; 4] {
    let snapshot = page.snapshot();
    ["source", "fresh", "ready", "failed"].map(|key| snapshot[key].clone())
}

#[test]
fn at_first_nothing_is_known() {
    let mut page = Page::with_flags(&[]);
    let expected = json!({
        "values": {}, "payloads": {}, "source": "", "age": 0,
        "fresh": false, "ready": false, "failed": false, "until": 0,
    });
    assert_eq!(page.snapshot(), expected);
    assert_eq!(page.news(), ["reloading", "false None"]);
}

#[test]
fn what_an_earlier_page_was_answered_is_known_at_once() {
    for split in [false, true] {
        let settings = [ON, ("split_storage", Value::Boolean(split))];
        let mut page = Page::with_flags(&settings);
        page.learn(&json!({"a": "x"}));
        page.pass(1_000);
        page.reload(&settings);
        assert_eq!(
            states(&mut page),
            [json!("cache"), json!(false), json!(false), json!(false)]
        );
        let snapshot = page.snapshot();
        assert_eq!(snapshot["values"], json!({"a": "x"}));
        assert_eq!(snapshot["age"], 1_005);
        assert_eq!(page.news(), ["reloading", "true None"]);
        let request = page.ask_once();
        page.answer_text(&request, &answer(&json!({"a": "x"})));
        assert_eq!(page.news(), ["false Loaded"], "the same values are no news");
        assert_eq!(
            states(&mut page),
            [json!("server"), json!(true), json!(true), json!(false)]
        );
    }
}

#[test]
fn a_server_that_is_down_takes_nothing_away() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({"a": "x"}));
    page.reload(&[ON]);
    let request = page.ask_once();
    page.answer_status(&request, 500);
    assert_eq!(page.values(), json!({"a": "x"}));
    assert_eq!(
        states(&mut page),
        [json!("cache"), json!(false), json!(true), json!(true)]
    );
}

#[test]
fn what_the_app_begins_with_is_known_at_once_and_nobody_is_asked() {
    let mut page = Page::begun_with(r#"{"a":"x","b":false}"#, r#"{"a":"1","b":"2"}"#);
    let snapshot = page.snapshot();
    assert_eq!(snapshot["values"], json!({"a": "x", "b": false}));
    assert_eq!(snapshot["payloads"], json!({"a": "1"}));
    assert_eq!(
        states(&mut page),
        [json!("bootstrap"), json!(false), json!(true), json!(false)]
    );
    assert_eq!(page.news(), ["true None"]);
    assert_eq!(page.asked_within(60_000).len(), 0);
    assert_eq!(page.property("$enabled_feature_flags"), snapshot["values"]);
    page.reload_flags();
    page.learn(&json!({"a": "y"}));
    assert_eq!(page.values(), json!({"a": "y"}));
    assert_eq!(
        states(&mut page),
        [json!("server"), json!(true), json!(true), json!(false)]
    );
}

#[test]
fn what_the_app_begins_with_hides_what_is_stored_until_a_request_ends() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({"stored": true}));
    page.leave();
    let mut bootstrap = hoglet::core::Bootstrap::default();
    r#"{"begun":true}"#.clone_into(&mut bootstrap.flags);
    let visit = Visit {
        settings: &[ON],
        bootstrap,
        ..Visit::default()
    };
    let mut page = page.tab.visit(&visit);
    assert_eq!(page.values(), json!({"begun": true}));
    assert_eq!(
        page.property("$enabled_feature_flags"),
        json!({"stored": true})
    );
    page.reload_flags();
    let request = page.ask_once();
    page.answer_status(&request, 500);
    assert_eq!(page.values(), json!({"stored": true}));
}

#[test]
fn what_the_app_says_takes_the_place_of_what_is_known_or_stands_beside_it() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({"a": {"enabled": true, "metadata": {"payload": "1"}}, "b": true}));
    page.news();
    page.update_flags(r#"{"c":"x"}"#, r#"{"c":{"z":1}}"#, true);
    let snapshot = page.snapshot();
    assert_eq!(snapshot["values"], json!({"a": true, "b": true, "c": "x"}));
    assert_eq!(snapshot["payloads"], json!({"a": "1", "c": {"z": 1}}));
    assert_eq!(snapshot["source"], "local");
    page.update_flags(r#"["d","e"]"#, "", false);
    assert_eq!(page.values(), json!({"d": true, "e": true}));
    assert_eq!(page.snapshot()["payloads"], json!({}));
    assert_eq!(page.news(), ["true None", "true None"]);
    assert_eq!(page.asked().len(), 0);
    let mut page = Page::with_flags(&[("advanced_disable_flags", Value::Boolean(true))]);
    page.update_flags(r#"{"a":true}"#, "", false);
    assert_eq!(
        states(&mut page),
        [json!("local"), json!(true), json!(true), json!(false)]
    );
}

#[test]
fn overrides_lie_over_what_is_known_on_later_pages_too() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({"a": true, "b": true}));
    page.news();
    page.override_flags(r#"{"a":"mine"}"#, r#"{"a":1}"#);
    let overridden = json!({"a": "mine", "b": true});
    assert_eq!(page.values(), overridden);
    assert_eq!(page.snapshot()["payloads"], json!({"a": 1}));
    page.reload(&[ON]);
    assert_eq!(page.values(), overridden);
    page.learn(&json!({"a": false, "c": true}));
    assert_eq!(page.values(), json!({"a": "mine", "c": true}));
    page.news();
    page.override_flags(r#"["c"]"#, "");
    assert_eq!(page.news(), ["true None"], "the first one holds no more");
    page.override_flags("false", "");
    assert_eq!(page.values(), json!({"a": false, "c": true}));
    assert_eq!(page.snapshot()["payloads"], json!({"a": 1}));
    page.override_flags("", "false");
    assert_eq!(page.snapshot()["payloads"], json!({}));
    page.news();
    page.override_flags("false", "false");
    assert_eq!(page.news(), ["false None"], "there were none");
}

#[test]
fn what_is_too_old_is_not_answered_and_asked_for_once() {
    let settings = [
        ON,
        ("feature_flag_cache_ttl_ms", Value::Number(60_000.0)),
        ("flag_refresh.interval_ms", Value::Number(0.0)),
    ];
    let mut page = Page::with_flags(&settings);
    page.learn(&json!({"a": true}));
    assert_eq!(page.snapshot()["until"], STARTED + 60_000);
    page.pass(59_994);
    assert_eq!(page.values(), json!({"a": true}));
    assert_eq!(page.asked_within(1).len(), 0);
    for _ in 0..3 {
        assert_eq!(page.values(), json!({}));
    }
    let request = page.ask_once();
    page.values();
    assert_eq!(page.asked().len(), 0, "it is under way");
    page.answer_status(&request, 500);
    for _ in 0..3 {
        assert_eq!(page.values(), json!({}));
        assert_eq!(
            page.asked_within(1_000).len(),
            0,
            "it has failed, however often one looks"
        );
    }
    page.return_to();
    let request = page.ask_once();
    let now = page.now().wall.as_millis();
    let text = answer(&json!({"a": "new"})).replace(&STARTED.to_string(), &now.to_string());
    page.answer_text(&request, &text);
    assert_eq!(page.values(), json!({"a": "new"}));
}

#[test]
fn an_answer_that_changes_nothing_makes_what_is_stored_apart_young_again() {
    let settings = [
        ON,
        ("split_storage", Value::Boolean(true)),
        ("feature_flag_cache_ttl_ms", Value::Number(60_000.0)),
        ("flag_refresh.interval_ms", Value::Number(0.0)),
    ];
    let mut page = Page::with_flags(&settings);
    page.learn(&json!({"a": true}));
    page.pass(50_000);
    page.reload(&settings);
    let request = page.ask_once();
    let (then, now) = (STARTED.to_string(), (STARTED + 50_000).to_string());
    page.answer_text(&request, &answer(&json!({"a": true})).replace(&then, &now));
    page.pass(50_000);
    page.reload(&settings);
    assert_eq!(page.values(), json!({"a": true}));
}
