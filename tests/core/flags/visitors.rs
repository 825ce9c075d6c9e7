//! Whose flags they are.

use hoglet::core::{Bootstrap, Client};
use serde_json::{Value as Json, json};

use super::{ON, answer, asked};
use crate::page::Page;

#[test]
fn what_an_anonymous_visitor_had_holds_until_the_user_has_their_own() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({"a": "anonymous"}));
    page.identify("ada");
    assert_eq!(page.values(), json!({"a": "anonymous"}));
    page.learn(&json!({"a": "ada"}));
    assert_eq!(page.values(), json!({"a": "ada"}));
}

#[test]
fn what_a_user_had_is_not_the_next_ones() {
    let mut page = Page::with_flags(&[]);
    page.identify_with("ada", r#"{"plan":"pro"}"#, "");
    page.learn(&json!({"a": "ada"}));
    page.news();
    page.identify("bob");
    assert_eq!(page.values(), json!({}));
    assert_eq!(page.snapshot()["ready"], false);
    assert_eq!(page.captured("event")["properties"].get("$feature/a"), None);
    let body = asked(&page.ask_once());
    assert_eq!(body["person_properties"].get("plan"), None);
    assert!(
        page.heard.last().unwrap()["values"]["a"] == "ada",
        "no news of nothing"
    );
}

#[test]
fn an_answer_for_a_former_visitor_is_nobodys() {
    let changes: [fn(&mut Page); 3] = [
        |page| drop(page.identify("bob")),
        Page::reset,
        Page::opt_out,
    ];
    for change in changes {
        let mut page = Page::with_flags(&[]);
        page.identify("ada");
        page.learn(&json!({"a": "ada"}));
        page.reload_flags();
        let request = page.ask_once();
        change(&mut page);
        assert_eq!(page.called_off, [request.id]);
        assert!(page.news().contains(&"false Cancelled".to_owned()));
        let before = (page.snapshot(), page.property("$enabled_feature_flags"));
        page.answer_text(&request, &answer(&json!({"a": "late"})));
        assert_eq!(
            (page.snapshot(), page.property("$enabled_feature_flags")),
            before
        );
        assert_eq!(page.news(), [] as [String; 0]);
    }
}

#[test]
fn a_request_that_is_called_off_before_it_goes_out_does_not() {
    let mut page = Page::with_flags(&[]);
    page.pass(5);
    page.settle();
    let request = page.request();
    page.identify("ada");
    assert!(!page.dispatch(&request));
}

#[test]
fn a_reset_takes_everything_away_and_asks_for_whoever_comes() {
    let mut page = Page::with_flags(&[]);
    page.identify_with("ada", r#"{"plan":"pro"}"#, "");
    page.group("company", "hog", r#"{"size":3}"#);
    page.learn(&json!({"a": true}));
    page.override_flags(r#"{"a":"mine"}"#, "");
    page.news();
    page.reset();
    let snapshot = page.snapshot();
    assert_eq!(snapshot["values"], json!({}));
    assert_eq!(snapshot["source"], "");
    assert_eq!(snapshot["ready"], false);
    assert_eq!(page.news(), ["reloading", "false None"]);
    let request = page.ask_once();
    let body = asked(&request);
    assert_eq!(body["distinct_id"], page.distinct_id().as_str());
    assert_eq!(body["groups"], json!({}));
    assert_eq!(body["person_properties"].get("plan"), None);
    assert_eq!(body.get("group_properties"), None);
    page.answer_text(&request, &answer(&json!({})));
    assert_eq!(page.news(), ["true Loaded"]);
}

#[test]
fn what_the_app_began_with_is_not_whoever_comes_after_a_resets() {
    let mut page = Page::begun_with(r#"{"a":"first"}"#, "");
    page.reset();
    assert_eq!(page.values(), json!({}));
    assert_eq!(page.property("$enabled_feature_flags"), Json::Null);
    page.learn(&json!({"a": true}));
    let event = page.flag_called("a").unwrap();
    let begun = &event["properties"]["$feature_flag_bootstrapped_response"];
    assert_eq!(*begun, Json::Null);
}

#[test]
fn a_reset_can_begin_with_flags_of_the_app() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({"a": "first"}));
    page.news();
    let bootstrap = Bootstrap {
        distinct_id: "next".to_owned(),
        flags: r#"{"a":"second"}"#.to_owned(),
        ..Bootstrap::default()
    };
    page.task(|client, now| client.reset(now, false, "", &bootstrap));
    assert_eq!(page.values(), json!({"a": "second"}));
    assert_eq!(page.snapshot()["source"], "bootstrap");
    assert_eq!(page.news(), ["reloading", "true None"]);
    assert_eq!(asked(&page.ask_once())["distinct_id"], "next");
}

#[test]
fn flags_of_the_app_are_for_whom_it_says() {
    let mut page = Page::with_flags(&[]);
    page.identify("ada");
    page.learn(&json!({"a": "ada"}));
    page.leave();
    let bootstrap = Bootstrap {
        distinct_id: "ada".to_owned(),
        is_identified: true,
        flags: r#"{"a":"server"}"#.to_owned(),
        ..Bootstrap::default()
    };
    let visit = crate::page::Visit {
        settings: &[ON],
        bootstrap,
        ..crate::page::Visit::default()
    };
    let mut page = page.tab.visit(&visit);
    assert_eq!(page.values(), json!({"a": "server"}));
}

#[test]
fn who_is_not_to_be_recognised_any_more_begins_anew() {
    let settings = [(
        "cookieless_mode",
        hoglet::core::config::Value::Text("on_reject"),
    )];
    let mut page = Page::with_flags(&settings);
    page.opt_in();
    page.learn(&json!({"a": true}));
    page.opt_out();
    assert_eq!(page.values(), json!({}));
    let body = asked(&page.ask_once());
    assert_eq!(body["distinct_id"], "$posthog_cookieless");
    assert_eq!(body.get("$device_id"), None);
    page.opt_in();
    assert_ne!(
        asked(&page.ask_once())["distinct_id"],
        "$posthog_cookieless"
    );
    assert!(page.task(Client::reload_flags));
}
