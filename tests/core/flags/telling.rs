//! When `$feature_flag_called` is told.

use hoglet::core::config::Value;
use hoglet::core::event::Capture;
use serde_json::{Value as Json, json};

use super::called::{knowing, told};
use crate::page::Page;

#[test]
fn an_answer_is_told_once_and_another_again() {
    let mut page = knowing(&[]);
    for key in ["on", "nope"] {
        assert!(page.flag_called(key).is_some());
        assert_eq!(page.flag_called(key), None);
    }
    assert_eq!(
        page.property("$flag_call_reported"),
        json!({"on": ["true"], "nope": ["undefined"]})
    );
    page.update_flags(r#"{"on":"x"}"#, "", true);
    assert!(page.flag_called("on").is_some());
    page.update_flags(r#"{"on":true}"#, "", true);
    assert_eq!(page.flag_called("on"), None, "told before");
}

#[test]
fn to_another_visitor_it_is_told_again() {
    let mut page = knowing(&[]);
    let mut tells = |change: &dyn Fn(&mut Page)| {
        page.flag_called("on");
        change(&mut page);
        for request in page.asked() {
            page.answer_text(&request, &super::answer(&json!({"on": true})));
        }
        page.flag_called("on").is_some()
    };
    assert!(!tells(&|page| drop(page.group("company", "hog", ""))));
    assert!(tells(&|page| drop(page.identify("ada"))));
    assert!(!tells(&|page| drop(page.identify_with(
        "ada",
        r#"{"a":1}"#,
        ""
    ))));
    assert!(tells(&|page| drop(page.identify("bob"))));
    assert!(tells(&Page::reset));
    assert!(tells(&|page| {
        page.opt_out();
        page.opt_in();
    }));
}

#[test]
fn it_can_be_told_once_a_session() {
    let settings = [
        (
            "advanced_feature_flags_dedup_per_session",
            Value::Boolean(true),
        ),
        ("flag_refresh.interval_ms", Value::Number(0.0)),
    ];
    let mut page = knowing(&settings);
    page.captured("event");
    assert!(page.flag_called("on").is_some());
    assert_eq!(page.flag_called("on"), None);
    page.pass(31 * 60_000);
    page.captured("event");
    assert!(page.flag_called("on").is_some());
    assert_eq!(page.flag_called("on"), None);
}

#[test]
fn what_was_asked_while_the_visitor_had_refused_is_told_when_they_agree() {
    let mut page = knowing(&[]);
    page.opt_out();
    for key in ["on", "on", "off"] {
        assert_eq!(page.flag_called(key), None);
    }
    page.update_flags(r#"{"off":true}"#, "", true);
    page.opt_in();
    let told: Vec<_> = page.captured.iter().map(told).collect();
    assert_eq!(
        told.len(),
        1,
        "the other has another value by now: {told:?}"
    );
    assert_eq!(told[0]["$feature_flag"], "on");
    assert_eq!(page.flag_called("on"), None);
    page.opt_out();
    page.flag_called("on");
    page.reset();
    page.opt_in();
    assert_eq!(page.captured.len(), 1, "somebody else's");
}

#[test]
fn another_tabs_word_of_who_is_there_counts_before_what_waits_is_told() {
    let mut page = knowing(&[]);
    let mut other = page.tab.browser.tab().open(&[]);
    page.opt_out();
    page.flag_called("on");
    other.opt_out();
    other.identify("ada");
    other.opt_in();
    page.task(|_, _| ());
    assert_eq!(page.distinct_id(), "ada");
    assert_eq!(page.captured, [] as [Json; 0]);
}

#[test]
fn an_event_of_the_apps_own_counts_too() {
    let mut page = knowing(&[]);
    let capture = Capture {
        name: "$feature_flag_called",
        ..Capture::default()
    };
    page.event(|client, now| client.capture(now, &capture));
    assert!(page.flag_called("on").is_some());
}

#[test]
fn what_is_too_old_is_no_answer() {
    let settings = [
        ("feature_flag_cache_ttl_ms", Value::Number(1_000.0)),
        ("flag_refresh.interval_ms", Value::Number(0.0)),
    ];
    let mut page = knowing(&settings);
    page.pass(1_000);
    assert_eq!(page.flag_called("on"), None);
    assert_eq!(page.flag_called("nope"), None);
}
