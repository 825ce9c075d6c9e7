//! When the server is asked.

use hoglet::core::config::Value;
use serde_json::json;

use super::asked;
use crate::page::Page;

const SECOND: u64 = 1_000;

#[test]
fn a_page_asks_once_it_has_begun() {
    let mut page = Page::with_flags(&[]);
    assert_eq!(page.asked_within(4).len(), 0);
    assert_eq!(page.asked_within(1).len(), 1);
    assert_eq!(page.asked().len(), 0);
}

#[test]
fn what_changes_in_one_moment_is_asked_once_with_all_of_it() {
    let mut page = Page::with_flags(&[]);
    page.set_flag_person(r#"{"a":1}"#, "", true);
    page.pass(4);
    page.set_flag_person(r#"{"b":2}"#, "", true);
    page.group("company", "hog", "");
    let request = asked(&page.ask_once());
    assert_eq!(request["person_properties"]["a"], 1);
    assert_eq!(request["person_properties"]["b"], 2);
    assert_eq!(request["groups"], json!({"company": "hog"}));
}

#[test]
fn what_changes_while_a_request_is_under_way_is_asked_once_afterwards() {
    let mut page = Page::with_flags(&[]);
    let request = page.ask_once();
    for number in 0..3 {
        page.set_flag_person(&format!(r#"{{"a":{number}}}"#), "", true);
    }
    assert_eq!(page.asked().len(), 0);
    page.answer_text(&request, r#"{"flags":{}}"#);
    let request = page.ask_once();
    assert_eq!(asked(&request)["person_properties"]["a"], 2);
    page.answer_text(&request, r#"{"flags":{}}"#);
    assert_eq!(page.asked().len(), 0);
}

#[test]
fn what_may_pass_is_tried_again_after_half_a_second_and_once() {
    for status in [502, 504] {
        let mut page = Page::with_flags(&[]);
        let request = page.ask_once();
        page.answer_status(&request, status);
        assert_eq!(page.asked_within(499).len(), 0);
        let request = page.asked_within(1).remove(0);
        page.answer_status(&request, status);
        assert_eq!(page.asked_within(10 * SECOND).len(), 0);
        assert_eq!(page.news().last().unwrap(), "true Failed");
    }
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    for status in [0, 401, 429, 500, 503] {
        let mut page = Page::with_flags(&[]);
        let request = page.ask_once();
        page.answer_status(&request, status);
        assert_eq!(page.asked_within(10 * SECOND).len(), 0, "{status}");
        assert_eq!(page.snapshot()["failed"], true);
    }
}

#[test]
fn how_often_is_tried_again_is_a_setting() {
    for retries in [0, 2] {
        let settings = [(
            "feature_flag_request_max_retries",
            Value::Number(retries.into()),
        )];
        let mut page = Page::with_flags(&settings);
        let mut request = page.ask_once();
        for _ in 0..retries {
            page.answer_status(&request, 502);
            request = page.asked_within(500).remove(0);
        }
        page.answer_status(&request, 502);
        assert_eq!(page.asked_within(10 * SECOND).len(), 0);
    }
}

#[test]
fn an_answer_that_takes_too_long_is_not_waited_for() {
    let settings = [("feature_flag_request_timeout_ms", Value::Number(300.0))];
    let mut page = Page::with_flags(&settings);
    let request = page.ask_once();
    assert_eq!(page.asked_within(299).len(), 0);
    assert_eq!(page.called_off, []);
    let again = page.asked_within(501).remove(0);
    assert_eq!(page.called_off, [request.id]);
    page.answer_text(&request, r#"{"flags":{"a":{"enabled":true}}}"#);
    assert_eq!(page.values(), json!({}), "too late");
    assert_eq!(page.asked_within(10 * SECOND).len(), 0);
    assert_eq!(page.called_off, [request.id, again.id]);
    assert_eq!(page.snapshot()["failed"], true);
}

#[test]
fn the_text_of_an_answer_is_waited_for_no_longer_than_the_answer() {
    let mut page = Page::with_flags(&[]);
    let request = page.ask_once();
    page.answer_status(&request, 200);
    assert_eq!(page.asked_within(3_500).len(), 1, "its text never came");
}

#[test]
fn where_nobody_answers_nobody_is_asked_until_the_network_is_back() {
    let mut page = Page::with_flags(&[]);
    for _ in 0..3 {
        let request = page.ask_once();
        page.answer_status(&request, 0);
        page.reload_flags();
    }
    assert!(!page.reload_flags(), "skipped");
    page.set_flag_person(r#"{"a":1}"#, "", true);
    assert_eq!(page.asked_within(3_600 * SECOND).len(), 0);
    page.return_to();
    assert_eq!(asked(&page.ask_once())["person_properties"]["a"], 1);
}

#[test]
fn who_waits_in_vain_three_times_is_not_let_wait_again() {
    let mut page = Page::with_flags(&[]);
    let tries = page.asked_within(7 * SECOND).len();
    page.reload_flags();
    assert_eq!(tries + page.asked_within(600 * SECOND).len(), 3);
}

#[test]
fn any_answer_shows_that_somebody_is_there() {
    let mut page = Page::with_flags(&[]);
    for status in [0, 0, 500, 0, 0] {
        let request = page.ask_once();
        page.answer_status(&request, status);
        assert!(page.reload_flags());
    }
}

#[test]
fn another_visitor_does_not_suffer_from_what_the_former_met_with() {
    let mut page = Page::with_flags(&[]);
    for _ in 0..3 {
        let request = page.ask_once();
        page.answer_status(&request, 0);
        page.reload_flags();
    }
    page.reset();
    assert_eq!(page.asked().len(), 1);
}

#[test]
fn after_a_failure_the_visitors_return_asks_again() {
    let mut page = Page::with_flags(&[]);
    let request = page.ask_once();
    page.answer_status(&request, 500);
    page.return_to();
    page.learn(&json!({"a": true}));
    page.return_to();
    assert_eq!(page.asked().len(), 0, "all is well");
}

#[test]
fn what_the_app_forbids_is_not_asked() {
    for key in ["advanced_disable_flags", "advanced_disable_feature_flags"] {
        let mut page = Page::with_flags(&[(key, Value::Boolean(true))]);
        assert!(!page.reload_flags());
        page.identify("ada");
        assert_eq!(page.asked_within(3_600 * SECOND).len(), 0, "{key}");
        assert_eq!(page.snapshot()["ready"], false);
    }
    let later = (
        "advanced_disable_feature_flags_on_first_load",
        Value::Boolean(true),
    );
    let mut page = Page::with_flags(&[later]);
    assert_eq!(page.asked_within(60 * SECOND).len(), 0);
    page.identify("ada");
    assert_eq!(page.asked().len(), 1);
}

#[test]
fn whoever_has_refused_is_not_asked_for() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({"a": true}));
    page.reload_flags();
    let request = page.ask_once();
    page.reload_flags();
    page.opt_out();
    assert_eq!(page.called_off, [request.id]);
    assert_eq!(page.news().last().unwrap(), "false Cancelled");
    let contents = page.tab.browser.contents();
    let keys: Vec<_> = contents.local.keys().cloned().collect();
    drop(contents);
    assert_eq!(keys, [crate::page::CONSENT], "nothing stays stored");
    page.identify("ada");
    assert!(!page.reload_flags());
    page.return_to();
    assert_eq!(page.asked_within(3_600 * SECOND).len(), 0);
    page.opt_in();
    assert_eq!(asked(&page.ask_once())["distinct_id"], "ada");
}

#[test]
fn what_was_wanted_is_told_to_be_cancelled_if_it_is_never_asked() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({}));
    page.reload_flags();
    page.opt_out();
    assert_eq!(page.news().last().unwrap(), "false Cancelled");
}
