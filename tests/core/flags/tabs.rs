//! Tabs of one browser: one answer for all.

use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use super::{ON, answer, asked};
use crate::browser::Browser;
use crate::page::{MAIN, Page};

/// Opens so many tabs at once.
fn tabs<const COUNT: usize>(settings: &[(&str, Value<'_>)]) -> [Page; COUNT] {
    let browser = Browser::start();
    let settings: Vec<_> = [ON].iter().chain(settings).copied().collect();
    [(); COUNT].map(|()| browser.tab().open(&settings))
}

/// The requests that all tabs make while time passes, and the tab of each.
fn ask(tabs: &mut [Page], millis: u64) -> Vec<(usize, hoglet::core::Request)> {
    let mut all = Vec::new();
    for _ in 0..millis {
        for (at, page) in tabs.iter_mut().enumerate() {
            all.extend(
                page.asked_within(0)
                    .into_iter()
                    .map(|request| (at, request)),
            );
        }
        tabs[0].pass(1);
    }
    for (at, page) in tabs.iter_mut().enumerate() {
        all.extend(
            page.asked_within(0)
                .into_iter()
                .map(|request| (at, request)),
        );
    }
    all
}

fn reply(tabs: &mut [Page], (at, request): &(usize, hoglet::core::Request), flags: &Json) {
    tabs[*at].answer_text(request, &answer(flags));
    for page in tabs {
        page.task(|_, _| ());
    }
}

#[test]
fn tabs_that_are_opened_at_once_ask_once() {
    let mut tabs = tabs::<3>(&[]);
    let requests = ask(&mut tabs, 50);
    assert_eq!(requests.len(), 1);
    reply(&mut tabs, &requests[0], &json!({"a": true}));
    for page in &mut tabs {
        assert_eq!(page.values(), json!({"a": true}));
        assert_eq!(page.snapshot()["source"], "server");
        assert!(page.news().last().unwrap().starts_with("true Loaded"));
    }
    assert_eq!(ask(&mut tabs, 4_000).len(), 0);
}

#[test]
fn visible_tabs_refresh_with_one_request() {
    let mut tabs = tabs::<3>(&[
        ("flag_refresh.interval_ms", Value::Number(1_000.0)),
        ("flag_refresh.fixed", Value::Boolean(true)),
    ]);
    for round in 0..5 {
        let requests = ask(&mut tabs, if round == 0 { 10 } else { 1_010 });
        assert_eq!(requests.len(), 1, "{round}");
        let value = json!({"a": format!("{round}")});
        reply(&mut tabs, &requests[0], &value);
        for page in &mut tabs {
            assert_eq!(page.values(), value);
        }
    }
}

#[test]
fn a_change_in_one_tab_is_answered_to_all() {
    let mut tabs = tabs::<2>(&[]);
    let requests = ask(&mut tabs, 10);
    reply(&mut tabs, &requests[0], &json!({"a": true}));
    tabs[0].set_flag_person(r#"{"plan":"pro"}"#, "", true);
    let requests = ask(&mut tabs, 10);
    assert_eq!(requests.len(), 1);
    reply(&mut tabs, &requests[0], &json!({"a": "pro"}));
    assert_eq!(tabs[1].values(), json!({"a": "pro"}));
    assert_eq!(tabs[1].news().last().unwrap(), "true None");
}

#[test]
fn an_older_question_does_not_answer_a_newer_one() {
    let mut tabs = tabs::<2>(&[]);
    let old = ask(&mut tabs, 5).remove(0);
    let (asker, other) = (old.0, 1 - old.0);
    tabs[other].set_flag_person(r#"{"plan":"pro"}"#, "", true);
    reply(&mut tabs, &old, &json!({"a": "old"}));
    let requests = ask(&mut tabs, 10);
    assert_eq!(requests.len(), 1, "the newer one is asked all the same");
    assert_eq!(asked(&requests[0].1)["person_properties"]["plan"], "pro");
    tabs[asker].reload_flags();
    reply(&mut tabs, &requests[0], &json!({"a": "pro"}));
    assert_eq!(ask(&mut tabs, 4_000).len(), 0, "both have what they wanted");
}

#[test]
fn an_older_answer_that_comes_later_does_not_take_the_place_of_a_newer_one() {
    for has_arrived in [false, true] {
        let mut tabs = tabs::<2>(&[]);
        let old = ask(&mut tabs, 5).remove(0);
        tabs[1 - old.0].set_flag_person(r#"{"plan":"pro"}"#, "", true);
        let new = ask(&mut tabs, 5).remove(0);
        assert_ne!(new.0, old.0);
        if has_arrived {
            // With the first event comes how the visitor arrived, which flags may depend on too.
            tabs[0].captured("event");
        }
        reply(&mut tabs, &new, &json!({"a": "new"}));
        reply(&mut tabs, &old, &json!({"a": "old"}));
        for page in &mut tabs {
            assert_eq!(page.values(), json!({"a": "new"}));
        }
        assert_eq!(tabs[old.0].news().last().unwrap(), "false Loaded");
    }
}

#[test]
fn a_failure_of_one_tab_is_made_up_for_by_another() {
    let mut tabs = tabs::<2>(&[]);
    let (at, request) = ask(&mut tabs, 10).remove(0);
    tabs[at].answer_status(&request, 500);
    let requests = ask(&mut tabs, 3_000);
    assert_eq!(requests.len(), 1);
    reply(&mut tabs, &requests[0], &json!({"a": true}));
    assert_eq!(tabs[at].values(), json!({"a": true}));
    assert_eq!(tabs[at].snapshot()["failed"], false);
}

#[test]
fn who_the_visitor_has_become_in_another_tab_counts() {
    let mut tabs = tabs::<2>(&[]);
    let first = ask(&mut tabs, 10).remove(0);
    reply(&mut tabs, &first, &json!({"a": "anonymous"}));
    tabs[1].reload_flags();
    let late = ask(&mut tabs, 5).remove(0);
    tabs[0].reset();
    let next = ask(&mut tabs, 10);
    assert_eq!(
        next.len(),
        1,
        "the other tab leaves it to the one that knows"
    );
    assert_eq!(next[0].0, 0);
    assert_eq!(tabs[1].values(), json!({}));
    assert_eq!(tabs[1].called_off, [late.1.id]);
    reply(&mut tabs, &late, &json!({"a": "late"}));
    assert_eq!(tabs[0].values(), json!({}));
    reply(&mut tabs, &next[0], &json!({"a": "next"}));
    for page in &mut tabs {
        assert_eq!(page.values(), json!({"a": "next"}));
        assert_eq!(page.heard.last().unwrap()["values"], json!({"a": "next"}));
    }
    assert_eq!(ask(&mut tabs, 4_000).len(), 0);
}

#[test]
fn for_a_user_the_tab_asks_that_knows_who_they_were_before() {
    let mut tabs = tabs::<2>(&[]);
    let first = ask(&mut tabs, 10).remove(0);
    reply(&mut tabs, &first, &json!({"a": "anonymous"}));
    let anonymous_id = tabs[1].distinct_id();
    tabs[1].identify("ada");
    let next = ask(&mut tabs, 400);
    assert_eq!(next.len(), 1);
    let told = asked(&next[0].1)["$anon_distinct_id"].clone();
    assert_eq!(told, anonymous_id.as_str());
    assert_eq!(tabs[0].values(), json!({"a": "anonymous"}));
    reply(&mut tabs, &next[0], &json!({"a": "ada"}));
    assert_eq!(tabs[0].values(), json!({"a": "ada"}));
    assert_eq!(ask(&mut tabs, 4_000).len(), 0);
}

#[test]
fn a_tab_that_is_closed_before_it_asks_for_a_new_visitor_leaves_it_to_the_others() {
    let [mut here, mut there] = tabs::<2>(&[]);
    let request = there.asked_within(10).remove(0);
    there.answer_text(&request, &answer(&json!({"a": true})));
    here.identify("ada");
    here.leave();
    drop(here);
    let requests = there.asked_within(600);
    assert_eq!(requests.len(), 1);
    assert_eq!(asked(&requests[0])["distinct_id"], "ada");
}

#[test]
fn a_page_does_not_wait_for_what_the_page_before_it_asked() {
    let mut page = Page::with_flags(&[]);
    page.ask_once();
    page.reload(&[ON]);
    assert_eq!(page.asked().len(), 1);
    let other = page.tab.browser.tab().open(&[ON]);
    drop(other);
    assert_eq!(page.asked_within(2_000).len(), 0);
}

#[test]
fn overrides_and_what_the_app_says_reach_other_tabs() {
    let [mut here, mut there] = tabs::<2>(&[]);
    here.learn(&json!({"a": true}));
    there.task(|_, _| ());
    there.news();
    here.update_flags(r#"{"a":"local"}"#, "", false);
    assert_eq!(there.values(), json!({"a": "local"}));
    assert_eq!(there.news(), ["true None"]);
    here.override_flags(r#"{"a":"mine"}"#, "");
    assert_eq!(there.values(), json!({"a": "mine"}));
    assert_eq!(there.news(), ["true None"]);
}

#[test]
fn where_tabs_share_nothing_each_asks_and_says_nothing_of_it() {
    for mode in ["memory", "sessionStorage"] {
        let mut tabs = tabs::<2>(&[("persistence", Value::Text(mode))]);
        for page in &mut tabs {
            page.identify("ada");
        }
        let requests = ask(&mut tabs, 10);
        assert_eq!(requests.len(), 2, "{mode}");
        for request in &requests {
            reply(&mut tabs, request, &json!({"a": true}));
        }
        for page in &mut tabs {
            page.reload_flags();
        }
        let requests = ask(&mut tabs, 10);
        assert_eq!(requests.len(), 2, "{mode}");
        let contents = tabs[0].tab.browser.contents();
        let mut keys = contents.local.keys();
        assert!(keys.all(|key| key.starts_with("hoglet_outbox_")), "{mode}");
    }
}

#[test]
fn a_sibling_hosts_visitor_has_flags_of_their_own() {
    let settings = [ON, ("cookieWinsOnConflict", Value::Boolean(true))];
    let www = Browser::start();
    let mut page = www.tab().open(&settings);
    page.identify("ada");
    page.learn(&json!({"a": "ada"}));
    let shop = Browser::start();
    shop.contents().cookies = www.contents().cookies.clone();
    let mut sibling = shop.tab().open(&settings);
    sibling.identify("bob");
    let cookies = shop.contents().cookies.clone();
    www.contents().cookies = cookies;
    assert_eq!(page.distinct_id(), "bob");
    assert_eq!(page.values(), json!({}));
    let requests = page.asked_within(600);
    assert_eq!(requests.len(), 1);
    assert_eq!(asked(&requests[0])["distinct_id"], "bob");
    assert!(!www.local(MAIN).unwrap().contains(r#""a":"ada""#));
}

#[test]
fn an_answer_in_the_same_moment_as_a_reset_elsewhere_is_not_the_next_visitors() {
    for split in [false, true] {
        let mut tabs = tabs::<2>(&[("split_storage", Value::Boolean(split))]);
        tabs[0].identify("ada");
        let first = ask(&mut tabs, 10).remove(0);
        reply(&mut tabs, &first, &json!({"a": "ada"}));
        tabs[1].reload_flags();
        let (_, late) = ask(&mut tabs, 5).remove(0);
        tabs[0].reset();
        let next = tabs[0].distinct_id();
        // The tab has not seen yet what the other has stored.
        tabs[1].answer(&late, 200);
        let (now, text) = (tabs[1].now(), answer(&json!({"a": "late", "b": true})));
        tabs[1].client.handle_answer_text(now, late.id, &text);
        tabs[1].settle();
        for page in &mut tabs {
            assert_eq!(page.values(), json!({}), "{split}");
            assert_eq!(page.distinct_id(), next);
        }
        assert!(!tabs[0].tab.browser.local(MAIN).unwrap().contains("late"));
    }
}
