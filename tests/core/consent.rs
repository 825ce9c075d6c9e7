//! What the visitor allows: what is captured, stored and sent, and what becomes of it when they change their mind.

use hoglet::core::Choice;
use hoglet::core::config::Value;
use serde_json::Value as Json;

use crate::browser::{Browser, Tab};
use crate::page::{CONSENT, MAIN, Page, Settings, Visit, names};

const OUT: (&str, Value<'_>) = ("opt_out_capturing_by_default", Value::Boolean(true));
const IN_COOKIE: (&str, Value<'_>) = ("opt_out_capturing_persistence_type", Value::Text("cookie"));
const NO_EVENTS: [Json; 0] = [];

/// Everything that a tab and its browser have stored.
fn stored(tab: &Tab) -> Vec<String> {
    let contents = tab.browser.contents();
    let mut all: Vec<_> = contents.local.keys().cloned().collect();
    all.extend(tab.session.borrow().keys().cloned());
    all.extend(contents.cookies.iter().map(|cookie| cookie.name.clone()));
    all
}

fn state(page: &mut Page) -> (Choice, bool, bool) {
    page.task(|client, _| {
        (
            client.choice(),
            client.is_opted_out(),
            client.is_capturing(),
        )
    })
}

#[test]
fn who_has_not_refused_is_counted() {
    let mut page = Page::open(&[]);
    assert_eq!(state(&mut page), (Choice::Pending, false, true));
    assert!(page.capture("event").is_some());
}

#[test]
fn who_refuses_is_not_counted_and_nothing_is_kept_of_them() {
    let mut page = Page::open(&[("batch_size", Value::Number(3.0))]);
    page.identify("ann");
    let under_way = page.request();
    page.capture("waits");
    page.capture("waits");
    page.opt_out();
    assert_eq!(state(&mut page), (Choice::Denied, true, false));
    assert_eq!(stored(&page.tab), [CONSENT]);
    assert!(!page.dispatch(&under_way));
    assert_eq!(page.client.events_queue(), "[]");
    assert_eq!(page.capture("event"), None);
    assert_eq!(page.identify("bob"), None);
    page.register(r#"{"plan":"pro"}"#);
    page.pass(60_000);
    page.hide();
    assert_eq!(page.client.poll_timeout(), None);
    assert_eq!(page.deliver(), NO_EVENTS);
    page.reload(&[]);
    assert_eq!(page.capture("event"), None);
    assert_eq!(page.deliver(), NO_EVENTS);
    page.leave();
    assert_eq!(stored(&page.tab), [CONSENT]);
}

#[test]
fn who_changes_their_mind_is_counted_again_as_who_they_are_on_this_page() {
    let mut page = Page::open(&[]);
    let id = page.distinct_id();
    page.opt_out();
    let event = page.opt_in().unwrap();
    assert_eq!(event["event"], "$opt_in");
    assert_eq!(event["properties"]["distinct_id"], id.as_str());
    assert_eq!(page.opt_in(), None, "they had agreed");
    assert!(page.tab.browser.local(MAIN).is_some());
    assert!(page.tab.browser.cookie(MAIN).is_some());
    assert_eq!(names(&page.deliver()), ["$opt_in"]);
    page.reload(&[]);
    assert_eq!(page.distinct_id(), id);
}

#[test]
fn an_agreement_is_told_as_the_app_likes() {
    let mut page = Page::open(&[]);
    let event = page.event(|client, now| client.opt_in(now, "agreed", r#"{"to":"all"}"#));
    let event = event.unwrap();
    assert_eq!(event["event"], "agreed");
    assert_eq!(event["properties"]["to"], "all");
    assert_eq!(page.requests.len(), 1, "it goes at once");
    let mut page = Page::open(&[]);
    let told = page.event(|client, now| client.opt_in(now, "", ""));
    assert_eq!(told, None);
    assert_eq!(state(&mut page).0, Choice::Granted);
}

#[test]
fn where_the_default_is_out_nothing_is_captured_or_stored_before_consent() {
    let mut page = Page::open(&[OUT]);
    assert_eq!(state(&mut page), (Choice::Pending, true, false));
    assert_eq!(page.capture("event"), None);
    assert_eq!(page.identify("ann"), None);
    page.register(r#"{"plan":"pro"}"#);
    page.session_id();
    page.reload(&[OUT]);
    page.leave();
    assert_eq!(stored(&page.tab), [""; 0]);
    assert_eq!(page.deliver(), NO_EVENTS);
    page.opt_in();
    page.captured("event");
    assert_eq!(names(&page.deliver()), ["$opt_in", "event"]);
    page.reload(&[OUT]);
    assert!(page.capture("event").is_some());
    page.clear_consent();
    assert_eq!(state(&mut page), (Choice::Pending, true, false));
    assert_eq!(stored(&page.tab), [""; 0]);
    assert_eq!(page.deliver(), NO_EVENTS);
}

#[test]
fn where_the_default_is_out_the_visitor_can_be_remembered_all_the_same() {
    let settings = [
        OUT,
        ("opt_out_persistence_by_default", Value::Boolean(false)),
    ];
    let mut page = Page::open(&settings);
    let id = page.distinct_id();
    assert_eq!(page.capture("event"), None);
    page.reload(&settings);
    assert_eq!(page.distinct_id(), id);
    page.opt_out();
    assert_eq!(stored(&page.tab), [CONSENT], "a refusal is another thing");
}

#[test]
fn the_browsers_word_counts_if_it_is_respected() {
    let visit = |settings| Visit {
        settings,
        do_not_track: true,
        ..Visit::default()
    };
    let tab = Browser::start().tab();
    let mut page = tab.visit(&visit(&[("respect_dnt", Value::Boolean(true))]));
    assert_eq!(state(&mut page), (Choice::Denied, true, false));
    assert_eq!(page.opt_in(), None);
    assert_eq!(page.capture("event"), None);
    assert_eq!(stored(&tab), [CONSENT]);
    let mut page = Browser::start().tab().visit(&visit(&[]));
    assert!(page.capture("event").is_some());
}

#[test]
fn a_choice_is_stored_where_the_settings_say_and_moves_with_them() {
    let mut page = Page::open(&[IN_COOKIE]);
    page.opt_out();
    assert_eq!(page.tab.browser.cookie(CONSENT).as_deref(), Some("0"));
    assert_eq!(page.tab.browser.local(CONSENT), None);
    page.reload(&[]);
    assert_eq!(state(&mut page).0, Choice::Denied);
    page.opt_in();
    for settings in [&[][..], &[IN_COOKIE]] {
        page.reload(settings);
        assert_eq!(state(&mut page).0, Choice::Granted, "{settings:?}");
    }
    page.clear_consent();
    for settings in [&[][..], &[IN_COOKIE]] {
        page.reload(settings);
        assert_eq!(state(&mut page).0, Choice::Pending, "{settings:?}");
    }
}

#[test]
fn a_choice_can_have_a_name_that_other_tools_know() {
    let settings: [Settings<'_>; 2] = [
        &[("consent_persistence_name", Value::Text("consent"))],
        &[("opt_out_capturing_cookie_prefix", Value::Text("choice_"))],
    ];
    for (settings, name) in settings.into_iter().zip(["consent", "choice_phc_test"]) {
        let mut page = Page::open(settings);
        page.opt_out();
        assert_eq!(page.tab.browser.local(name).as_deref(), Some("0"));
        page.tab
            .browser
            .contents()
            .local
            .insert(name.to_owned(), "yes".to_owned());
        page.reload(settings);
        assert_eq!(state(&mut page).0, Choice::Granted);
    }
}

#[test]
fn a_choice_that_follows_another_in_one_task_is_the_one_that_counts() {
    let mut page = Page::open(&[]);
    page.ask(|client, now| client.opt_in(now, "", ""));
    page.ask(|client, now| client.opt_out(now));
    page.settle();
    assert_eq!(stored(&page.tab), [CONSENT]);
    page.ask(|client, now| client.opt_out(now));
    page.ask(|client, now| client.opt_in(now, "", ""));
    page.ask(|client, _| client.set_config("disable_persistence", Value::Boolean(true)))
        .unwrap();
    page.settle();
    page.reload(&[]);
    assert_eq!(state(&mut page).0, Choice::Granted);
}

#[test]
fn what_waited_when_somebody_refused_does_not_come_back_with_an_agreement() {
    let mut page = Page::open(&[("batch_size", Value::Number(2.0))]);
    page.capture("before");
    page.capture("before");
    let request = page.request();
    assert!(page.dispatch(&request));
    page.opt_out();
    page.opt_in();
    page.answer(&request, 503);
    assert_eq!(names(&page.deliver()), ["$opt_in"]);
}

#[test]
fn a_tab_follows_the_agreement_of_another_and_who_the_visitor_is_there() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[OUT]);
    let mut there = browser.tab().open(&[OUT]);
    assert_eq!(there.capture("event"), None);
    // Asked for before anybody has agreed, so that it began for this tab alone.
    here.pass(1_000);
    there.session_id();
    here.opt_in();
    here.identify("ann");
    let here = here.captured("event");
    let there = there.captured("event");
    for key in ["distinct_id", "$device_id", "$session_id", "$is_identified"] {
        assert_eq!(here["properties"][key], there["properties"][key], "{key}");
    }
}

#[test]
fn a_tab_does_not_bring_back_who_was_forgotten_while_nothing_was_stored() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let mut there = browser.tab().open(&[]);
    here.identify("ann");
    assert_eq!(there.distinct_id(), "ann");
    here.opt_out();
    there.return_to();
    here.reset();
    here.opt_in();
    assert_ne!(there.distinct_id(), "ann");
    assert_eq!(there.distinct_id(), here.distinct_id());
}

#[test]
fn a_tab_that_missed_who_was_identified_joins_them_to_nobody() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let mut there = browser.tab().open(&[]);
    there.captured("as an anonymous visitor");
    here.identify("ann");
    here.opt_out();
    // Asleep until now, this tab remembers the anonymous visitor that Ann was.
    there.opt_in();
    let anonymous = there.distinct_id();
    let device = there.property("$device_id");
    assert_ne!(device, anonymous.as_str());
    let event = there.identify("bob").unwrap();
    assert_eq!(event["properties"]["$anon_distinct_id"], anonymous.as_str());
}

#[test]
fn a_refusal_is_remembered_where_local_storage_is_denied_or_full() {
    for breaks in [
        (|browser: &Browser| browser.contents().allows_local = false) as fn(&Browser),
        |browser| browser.contents().local_quota = 0,
    ] {
        let browser = Browser::start();
        breaks(&browser);
        let mut page = browser.tab().open(&[]);
        page.captured("event");
        page.opt_out();
        page.reload(&[]);
        assert_eq!(state(&mut page).0, Choice::Denied);
        assert_eq!(page.capture("event"), None);
    }
}
