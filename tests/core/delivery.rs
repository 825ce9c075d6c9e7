//! When events go, and what becomes of them when the network fails.

use std::collections::HashSet;

use hoglet::core::config::Value;
use hoglet::core::{News, Request, Response};
use proptest::prelude::*;

use crate::browser::Browser;
use crate::page::{Page, body, uuids};

fn batches_of(size: u32) -> [(&'static str, Value<'static>); 1] {
    [("batch_size", Value::Number(f64::from(size)))]
}

#[test]
fn events_go_when_there_are_enough_of_them() {
    let mut page = Page::open(&batches_of(3));
    for _ in 0..2 {
        page.capture("event");
    }
    page.settle();
    assert_eq!(page.requests, []);
    page.capture("event");
    page.settle();
    assert_eq!(uuids(&page.request()).len(), 3);
}

#[test]
fn events_go_when_they_have_waited_long_enough() {
    let mut page = Page::open(&[("batch_interval", Value::Number(500.0))]);
    assert!(page.client.poll_timeout().is_none());
    page.capture("event");
    page.settle();
    page.pass(300);
    page.capture("event");
    page.settle();
    assert_eq!(page.client.poll_timeout().unwrap().as_millis(), 500);
    assert!(page.wait());
    assert_eq!(page.now().monotonic.as_millis(), 500);
    let request = page.request();
    assert_eq!(uuids(&request).len(), 2);
    page.answer(&request, 200);
    assert!(page.client.poll_timeout().is_none());
}

#[test]
fn batch_settings_can_be_changed_later() {
    let mut page = Page::open(&[]);
    page.capture("event");
    page.settle();
    page.client
        .set_config("batch_interval", Value::Number(50.0))
        .unwrap();
    assert_eq!(page.client.poll_timeout().unwrap().as_millis(), 50);
    page.client
        .set_config("batch_size", Value::Number(1.0))
        .unwrap();
    page.settle();
    assert_eq!(uuids(&page.request()).len(), 1);
}

#[test]
fn a_batch_is_bounded_by_bytes() {
    let mut page = Page::open(&[]);
    let large = format!(r#"{{"text":"{}"}}"#, "x".repeat(200_000));
    for _ in 0..3 {
        page.capture_with("large", &large);
    }
    page.settle();
    assert_eq!(uuids(&page.request()).len(), 2);
}

#[test]
fn an_event_that_should_go_at_once_takes_the_others_along() {
    let mut page = Page::open(&[]);
    page.capture("event");
    let capture = hoglet::core::event::Capture {
        name: "now",
        send_instantly: true,
        ..Default::default()
    };
    page.task(|client, now| client.capture(now, &capture));
    assert_eq!(uuids(&page.request()).len(), 2);
}

#[test]
fn a_failed_request_is_tried_again_later_with_the_same_events() {
    for status in [0, 408, 429, 500, 503] {
        let mut page = Page::open(&batches_of(1));
        page.capture("event");
        page.settle();
        let first = page.request();
        page.answer(&first, status);
        assert_eq!(page.requests, [], "not at once after {status}");
        assert!(page.wait());
        let rest = page.now().monotonic.as_millis();
        assert!((750..=1_250).contains(&rest), "{rest}");
        let second = page.request();
        assert_eq!(uuids(&second), uuids(&first));
        assert_eq!(second.url, "https://us.i.posthog.com/e/?retry_count=1");
        assert_eq!(body(&second)["batch"], body(&first)["batch"]);
        assert_ne!(body(&second)["sent_at"], body(&first)["sent_at"]);
        page.answer(&second, 200);
        assert_eq!(page.client.events_queue(), "[]");
    }
}

#[test]
fn the_server_says_how_long_to_wait() {
    let mut page = Page::open(&batches_of(1));
    page.capture("event");
    page.settle();
    let request = page.request();
    let response = Response {
        status: 429,
        retry_after: Some(30_000),
    };
    page.client
        .handle_response(page.now(), request.id, response);
    page.settle();
    assert!(page.wait());
    assert_eq!(page.now().monotonic.as_millis(), 30_000);
}

#[test]
fn coming_back_ends_a_rest() {
    let mut page = Page::open(&batches_of(1));
    page.capture("event");
    page.settle();
    let request = page.request();
    page.answer(&request, 503);
    page.client.handle_return(page.now(), true);
    page.settle();
    assert_eq!(uuids(&page.request()), uuids(&request));
}

#[test]
fn a_batch_that_is_refused_is_halved_until_the_bad_event_stands_alone() {
    for status in [400, 413] {
        let mut page = Page::open(&batches_of(8));
        let all: Vec<_> = (0..8).map(|_| page.capture("event").unwrap()).collect();
        let bad = &all[5];
        let mut delivered = Vec::new();
        page.settle();
        while let Some(request) = page.requests.pop() {
            if uuids(&request).contains(bad) {
                page.answer(&request, status);
            } else {
                delivered.extend(uuids(&request));
                page.answer(&request, 200);
            }
            if page.requests.is_empty() {
                page.wait();
            }
        }
        let others: Vec<_> = all.iter().filter(|uuid| *uuid != bad).cloned().collect();
        let (warning, delivered) = delivered.split_last().unwrap();
        assert_eq!(delivered, others);
        assert!(!all.contains(warning));
        assert!(page.news.contains(&News::Dropped(1, "refused")));
        assert_eq!(page.client.events_queue(), "[]");
    }
}

#[test]
fn one_request_is_under_way_at_a_time() {
    let mut page = Page::open(&batches_of(1));
    page.capture("one");
    page.settle();
    page.capture("two");
    page.settle();
    let first = page.request();
    page.answer(&first, 200);
    assert_eq!(uuids(&page.request()).len(), 1);
}

#[test]
fn everything_that_may_outlive_the_page_goes_when_it_is_hidden() {
    let mut page = Page::open(&[]);
    let waiting: Vec<_> = (0..5).map(|_| page.capture("event").unwrap()).collect();
    page.client.handle_hide(page.now());
    page.settle();
    let request = page.request();
    assert_eq!(uuids(&request), waiting);
    assert!(!request.gzip, "there is no time to compress");
    let dispatch = page
        .client
        .dispatch(request.id, request.body.len())
        .unwrap();
    assert!(dispatch.keepalive);
}

#[test]
fn what_does_not_fit_stays_for_when_the_page_comes_back() {
    let mut page = Page::open(&[]);
    let properties = format!(r#"{{"text":"{}"}}"#, "x".repeat(10_000));
    let all: Vec<_> = (0..10)
        .map(|_| page.capture_with("event", &properties).unwrap())
        .collect();
    page.client.handle_hide(page.now());
    page.settle();
    let requests = std::mem::take(&mut page.requests);
    let bytes: usize = requests.iter().map(|request| request.body.len()).sum();
    assert!((40_000..=60_000).contains(&bytes), "{bytes}");
    let mut delivered = Vec::new();
    for request in &requests {
        assert!(page.dispatch(request));
        delivered.extend(uuids(request));
        page.answer(request, 200);
    }
    assert!(page.wait());
    while let Some(request) = page.requests.pop() {
        delivered.extend(uuids(&request));
        page.answer(&request, 200);
    }
    assert_eq!(delivered, all);
}

#[test]
fn a_request_still_being_compressed_is_called_off_when_the_page_is_hidden() {
    let mut page = Page::open(&batches_of(1));
    page.capture("event");
    page.settle();
    let compressing = page.request();
    page.client.handle_hide(page.now());
    page.settle();
    let request = page.request();
    assert_eq!(uuids(&request), uuids(&compressing));
    assert!(page.dispatch(&request));
    assert!(
        !page.dispatch(&compressing),
        "its events have gone the other way"
    );
}

#[test]
fn a_large_request_does_not_ask_to_outlive_the_page() {
    let mut page = Page::open(&batches_of(1));
    page.capture("event");
    page.settle();
    let request = page.request();
    assert!(!page.client.dispatch(request.id, 60_001).unwrap().keepalive);
}

#[test]
fn the_clients_of_a_page_share_what_may_outlive_it() {
    let tab = Browser::start().tab();
    let (mut first, mut second) = (tab.open(&[]), tab.open(&[]));
    let properties = format!(r#"{{"text":"{}"}}"#, "x".repeat(40_000));
    for page in [&mut first, &mut second] {
        page.capture_with("event", &properties).unwrap();
        page.client.handle_hide(page.now());
        page.settle();
    }
    // Neither has sent anything yet when both are hidden.
    let (one, other) = (first.request(), second.request());
    let keepalive = |page: &mut Page, request: &Request| {
        let dispatch = page.client.dispatch(request.id, request.body.len());
        dispatch.unwrap().keepalive
    };
    assert!(keepalive(&mut first, &one));
    assert!(!keepalive(&mut second, &other), "the browser would refuse");
    second.capture_with("event", &properties).unwrap();
    second.client.handle_hide(second.now());
    second.settle();
    assert!(second.requests.is_empty(), "there is no room for it");

    first.answer(&one, 200);
    second.client.handle_hide(second.now());
    second.settle();
    let last = second.request();
    assert!(keepalive(&mut second, &last), "there is room again");
    drop(second);
    first.capture_with("event", &properties).unwrap();
    first.client.handle_hide(first.now());
    first.settle();
    let next = first.request();
    assert!(keepalive(&mut first, &next), "the other is gone");
}

#[derive(Clone, Debug)]
enum Step {
    Capture(u16),
    Wait,
    Hide,
    Return,
    Dispatch(usize),
    Answer(usize, u16),
}

fn step() -> impl Strategy<Value = Step> {
    let status = prop_oneof![
        Just(200),
        Just(200),
        Just(503),
        Just(0),
        Just(429),
        Just(413)
    ];
    prop_oneof![
        4 => (0..20_000u16).prop_map(Step::Capture),
        2 => Just(Step::Wait),
        1 => Just(Step::Hide),
        1 => Just(Step::Return),
        3 => (0..4usize).prop_map(Step::Dispatch),
        3 => (0..4usize, status).prop_map(|(request, status)| Step::Answer(request, status)),
    ]
}

/// A server that takes what it answers with 200, and has taken what it was slow to say.
#[derive(Default)]
struct Network {
    sent: Vec<Request>,
    acknowledged: HashSet<String>,
}

impl Network {
    fn answer(&mut self, page: &mut Page, request: &Request, status: u16) {
        let carried = uuids(request);
        for uuid in &carried {
            assert!(
                !self.acknowledged.contains(uuid),
                "{uuid} was sent again after its 200"
            );
        }
        // One event alone is never refused here: then it would be set aside.
        let status = if status == 413 && carried.len() == 1 {
            503
        } else {
            status
        };
        if status == 200 {
            self.acknowledged.extend(carried);
        }
        page.answer(request, status);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    /// Whatever the network does and whenever the page is hidden: once all is well again, every event is
    /// acknowledged, and none was sent again after that.
    #[test]
    fn every_event_is_acknowledged_once(steps in prop::collection::vec(step(), 0..60)) {
        let mut page = Page::open(&batches_of(4));
        let mut network = Network::default();
        let mut captured = HashSet::new();
        for step in steps {
            match step {
                Step::Capture(size) => {
                    let properties = format!(r#"{{"text":"{}"}}"#, "x".repeat(size.into()));
                    captured.extend(page.capture_with("event", &properties));
                    page.settle();
                }
                Step::Wait => { page.wait(); }
                Step::Hide => {
                    page.client.handle_hide(page.now());
                    page.settle();
                }
                Step::Return => {
                    page.client.handle_return(page.now(), true);
                    page.settle();
                }
                Step::Dispatch(at) if at < page.requests.len() => {
                    let request = page.requests.remove(at);
                    if page.dispatch(&request) {
                        network.sent.push(request);
                    }
                }
                Step::Answer(at, status) if at < network.sent.len() => {
                    let request = network.sent.remove(at);
                    network.answer(&mut page, &request, status);
                }
                Step::Dispatch(_) | Step::Answer(..) => {}
            }
        }
        loop {
            for request in std::mem::take(&mut page.requests) {
                if page.dispatch(&request) {
                    network.sent.push(request);
                }
            }
            for request in std::mem::take(&mut network.sent) {
                network.answer(&mut page, &request, 200);
            }
            if page.requests.is_empty() && !page.wait() {
                break;
            }
        }
        prop_assert_eq!(network.acknowledged, captured);
        prop_assert_eq!(page.client.events_queue(), "[]");
    }
}
