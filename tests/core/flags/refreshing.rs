//! Asking anew after a while.

use hoglet::core::config::Value;
use serde_json::json;

use crate::page::Page;

const MINUTE: u64 = 60_000;

/// A page that asks anew every so many milliseconds, and was answered.
fn refreshing(interval: u32) -> Page {
    let mut page = Page::with_flags(&[
        ("flag_refresh.interval_ms", Value::Number(interval.into())),
        ("flag_refresh.fixed", Value::Boolean(true)),
    ]);
    page.learn(&json!({"a": true}));
    page
}

/// How many minutes pass until the next request, which is answered.
fn rest(page: &mut Page) -> u64 {
    for seconds in 0..2 * 60 * 60 {
        if let Some(request) = page.asked_within(1_000).pop() {
            page.answer_text(&request, r#"{"flags":{}}"#);
            return seconds / 60;
        }
    }
    panic!("nobody is asked any more");
}

#[test]
fn a_page_that_stays_open_asks_anew() {
    let mut page = refreshing(10_000);
    for round in 0..3 {
        assert_eq!(page.asked_within(9_999).len(), 0, "{round}");
        let request = page.asked_within(6).remove(0);
        let flags = json!({"a": format!("{round}")});
        page.news();
        page.answer_text(&request, &super::answer(&flags));
        assert_eq!(page.news(), ["true Loaded"]);
    }
}

#[test]
fn a_failure_does_not_end_it() {
    let mut page = refreshing(10_000);
    for status in [500, 0, 401] {
        let request = page.asked_within(10_005).remove(0);
        page.answer_status(&request, status);
    }
    assert_eq!(page.asked_within(10_005).len(), 1);
}

#[test]
fn whatever_else_asks_begins_the_interval_anew() {
    let mut page = refreshing(10_000);
    page.pass(9_000);
    page.reload_flags();
    page.learn(&json!({}));
    assert_eq!(page.asked_within(9_999).len(), 0);
    assert_eq!(page.asked_within(6).len(), 1);
}

#[test]
fn it_can_be_switched_off() {
    let mut page = refreshing(0);
    assert_eq!(page.asked_within(24 * 60 * MINUTE).len(), 0);
}

#[test]
fn nobody_is_asked_while_nobody_looks_and_what_is_due_on_the_return() {
    let mut page = refreshing(10_000);
    page.hide();
    assert_eq!(page.asked_within(MINUTE).len(), 0);
    page.return_to();
    page.learn(&json!({}));
    page.hide();
    page.pass(5_000);
    page.return_to();
    assert_eq!(page.asked().len(), 0, "it is not due");
    assert_eq!(page.asked_within(5_000).len(), 1);
}

#[test]
fn the_network_of_a_hidden_page_is_no_return() {
    let mut page = refreshing(10_000);
    page.hide();
    page.task(|client, now| client.handle_return(now, false));
    assert_eq!(page.asked_within(MINUTE).len(), 0);
}

#[test]
fn refreshes_grow_rare_while_the_visitor_does_nothing() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({}));
    let mut rests = [0; 7].map(|_| rest(&mut page)).to_vec();
    page.task(|client, now| client.handle_page(now, "sign", "", "", ""));
    rests.extend([0; 3].map(|_| rest(&mut page)));
    assert_eq!(rests, [5, 10, 20, 40, 60, 60, 60, 60, 5, 10]);
}

#[test]
fn it_begins_with_the_page_even_where_nothing_is_asked_at_first() {
    let later = (
        "advanced_disable_feature_flags_on_first_load",
        Value::Boolean(true),
    );
    let mut page = Page::with_flags(&[later]);
    assert_eq!(page.asked_within(5 * MINUTE).len(), 0);
    assert_eq!(page.asked().len(), 1);
    let mut page = Page::begun_with(r#"{"a":true}"#, "");
    assert_eq!(page.asked_within(5 * MINUTE).len(), 0);
    assert_eq!(page.asked().len(), 1);
}
