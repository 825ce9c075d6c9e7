//! Where waiting events are stored, and who delivers those of pages that are gone.

use hoglet::core::config::Value;
use hoglet::core::event::Capture;
use hoglet::core::persistence::Place;
use hoglet::core::{News, Output, RequestId};
use serde_json::Value as Json;

use crate::browser::{Browser, Tab};
use crate::page::{OUTBOX, Page, Settings, names, uuids};

const ALONE: (&str, Value<'static>) = ("batch_size", Value::Number(1.0));

/// Longer than it takes for a page's lock to be asked for.
const LATER: u64 = 5_000;

fn local(browser: &Browser) -> Vec<String> {
    let contents = browser.contents();
    let keys = contents.local.keys();
    keys.filter(|key| key.starts_with(OUTBOX))
        .cloned()
        .collect()
}

fn archived(browser: &Browser) -> usize {
    browser.contents().archive.len()
}

/// Opens a page a while later, which finds what others have left.
fn next(tab: &Tab, settings: Settings<'_>) -> Page {
    tab.browser.pass(LATER);
    tab.open(settings)
}

/// Captures many events in one task.
fn burst(page: &mut Page, count: usize, properties: &str) -> Vec<String> {
    let capture = Capture {
        name: "event",
        properties,
        ..Capture::default()
    };
    let texts: Vec<_> = (0..count)
        .map(|_| page.ask(|client, now| client.capture(now, &capture)))
        .collect();
    page.settle();
    let events = texts.into_iter().filter_map(|text| page.told(text));
    events.collect::<Vec<_>>().iter().map(uuid).collect()
}

fn uuid(event: &Json) -> String {
    event["uuid"].as_str().unwrap().to_owned()
}

fn all_uuids(events: &[Json]) -> Vec<String> {
    events.iter().map(uuid).collect()
}

#[test]
fn what_was_captured_before_a_page_died_is_delivered_by_the_next() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[]);
    let captured = [page.captured("one"), page.captured("two")];
    drop(page);
    let mut page = next(&tab, &[]);
    let delivered = page.deliver();
    assert_eq!(delivered, captured);
    assert_eq!(local(&browser), [""; 0]);
    assert_eq!(browser.contents().locks.len(), 0);
}

#[test]
fn what_was_not_delivered_goes_to_the_archive_and_out_of_local_storage() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[("batch_interval", Value::Number(10_000.0))]);
    let captured = [page.captured("one"), page.captured("two")];
    assert_eq!((local(&browser).len(), archived(&browser)), (1, 0));
    page.pass(1_000);
    page.settle();
    assert_eq!((local(&browser).len(), archived(&browser)), (0, 1));
    drop(page);
    // The whole browser has died, and with it what it had not written.
    browser.contents().local.clear();
    let mut page = next(&tab, &[]);
    assert_eq!(all_uuids(&page.deliver()), all_uuids(&captured));
    assert_eq!(archived(&browser), 0);
}

#[test]
fn nothing_is_left_of_what_was_delivered() {
    let browser = Browser::start();
    let mut page = browser.tab().open(&[]);
    page.captured("one");
    page.pass(1_000);
    page.settle();
    page.captured("two");
    assert_eq!(page.deliver().len(), 2);
    assert_eq!((local(&browser).len(), archived(&browser)), (0, 0));
    assert_eq!(page.client.poll_timeout(), None);
}

#[test]
fn of_a_batch_that_was_halved_only_the_rest_stays() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[("batch_size", Value::Number(4.0))]);
    let uuids_of = burst(&mut page, 4, "");
    let request = page.request();
    page.answer(&request, 413);
    let half = page.request();
    assert_eq!(uuids(&half), uuids_of[..2]);
    page.answer(&half, 200);
    drop(page);
    let mut page = next(&tab, &[]);
    assert_eq!(all_uuids(&page.deliver()), uuids_of[2..]);
}

#[test]
fn a_burst_of_any_size_is_stored_in_the_task_that_made_it() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[("batch_interval", Value::Number(10_000.0))]);
    let captured = burst(&mut page, 3_000, r#"{"text":"some words of a few bytes"}"#);
    let bytes: usize = browser
        .contents()
        .local
        .iter()
        .filter(|(key, _)| key.starts_with(OUTBOX))
        .map(|(_, text)| text.len())
        .sum();
    assert!(bytes <= 262_144, "{bytes}");
    assert!(archived(&browser) > 10);
    drop(page);
    let mut page = next(&tab, &[]);
    let mut delivered = Vec::new();
    while !page.requests.is_empty() || page.wait() {
        let request = page.requests.remove(0);
        delivered.extend(uuids(&request));
        page.answer(&request, 200);
    }
    assert_eq!(delivered, captured);
}

#[test]
fn a_full_local_storage_is_no_loss() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[]);
    page.captured("one");
    browser.contents().local_quota = 0;
    page.captured("two");
    assert_eq!(local(&browser), [""; 0]);
    drop(page);
    browser.contents().local_quota = 5_000_000;
    let mut page = next(&tab, &[]);
    assert_eq!(names(&page.deliver()), ["one", "two"]);
}

#[test]
fn without_an_archive_local_storage_keeps_what_fits() {
    let browser = Browser::start();
    browser.contents().allows_archive = false;
    let tab = browser.tab();
    let mut page = tab.open(&[("batch_interval", Value::Number(60_000.0))]);
    let captured = burst(&mut page, 10, "");
    for _ in 0..5 {
        page.pass(2_000);
        page.settle();
    }
    assert_eq!(local(&browser).len(), 1);
    drop(page);
    let mut page = next(&tab, &[]);
    assert_eq!(all_uuids(&page.deliver()), captured);
}

#[test]
fn nobody_sends_what_a_living_page_owns() {
    let browser = Browser::start();
    let (one, other) = (browser.tab(), browser.tab());
    let mut here = one.open(&[]);
    here.captured("here");
    let mut there = next(&other, &[]);
    there.captured("there");
    assert_eq!(names(&there.deliver()), ["there"]);
    drop(here);
    there.pass(LATER);
    there.return_to();
    assert_eq!(names(&there.deliver()), ["here"]);
}

#[test]
fn a_page_that_is_being_closed_as_another_looks_around_is_followed_soon() {
    let browser = Browser::start();
    let (one, other) = (browser.tab(), browser.tab());
    let mut here = one.open(&[]);
    here.captured("here");
    let mut there = next(&other, &[]);
    there.pass(LATER);
    there.return_to();
    assert!(there.requests.is_empty(), "it is owned still");
    drop(here);
    assert!(there.wait());
    assert_eq!(names(&there.deliver()), ["here"]);
}

#[test]
fn a_page_that_comes_back_sends_nothing_that_another_has_taken_over() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut frozen = tab.open(&[]);
    frozen.captured("before");
    frozen.leave();
    let left: Vec<_> = frozen.requests.drain(..).collect();
    assert_eq!(left.len(), 1, "what can go at once does");
    let mut page = next(&tab, &[]);
    assert_eq!(names(&page.deliver()), ["before"]);
    frozen.return_to();
    frozen.answer(&left[0], 200);
    frozen.captured("after");
    assert_eq!(names(&frozen.deliver()), ["after"]);
    assert_eq!(local(&browser), [""; 0]);
}

#[test]
fn a_page_that_comes_back_goes_on_with_what_nobody_has_taken_over() {
    let browser = Browser::start();
    let mut page = browser.tab().open(&[]);
    page.captured("before");
    page.leave();
    let left = page.request();
    page.pass(LATER);
    page.return_to();
    page.answer(&left, 0);
    page.captured("after");
    let mut delivered = page.deliver();
    delivered.sort_by_key(|event| event["timestamp"].as_str().map(str::to_owned));
    assert_eq!(names(&delivered), ["before", "after"]);
}

/// Without Web Locks a page's journal is its own as long as its lease lasts.
const LEASE: u64 = 75_000;

fn without_locks() -> (Tab, Page) {
    let browser = Browser::start();
    browser.contents().has_locks = false;
    let tab = browser.tab();
    let mut page = tab.open(&[("batch_interval", Value::Number(60_000.0))]);
    page.captured("event");
    (tab, page)
}

/// Opens a page that looks around until it finds something to send, or nothing.
fn survivor(tab: &Tab) -> Page {
    let mut page = tab.open(&[]);
    page.pass(2_000);
    page.settle();
    page.pass(2_000);
    page.settle();
    page
}

#[test]
fn without_locks_a_dead_page_s_events_are_delivered_when_its_lease_is_over() {
    let (tab, page) = without_locks();
    drop(page);
    assert_eq!(survivor(&tab).deliver(), [] as [Json; 0]);
    tab.browser.pass(LEASE);
    let mut page = survivor(&tab);
    assert_eq!(names(&page.deliver()), ["event"]);
    assert_eq!(local(&tab.browser), [""; 0]);
}

#[test]
fn without_locks_a_page_that_was_left_properly_is_followed_at_once() {
    let (tab, mut page) = without_locks();
    tab.browser.pass(LEASE);
    page.settle();
    page.leave();
    drop(page);
    assert_eq!(names(&survivor(&tab).deliver()), ["event"]);
}

#[test]
fn without_locks_a_page_that_was_asleep_sends_nothing_that_another_has_taken_over() {
    let (tab, mut asleep) = without_locks();
    tab.browser.pass(LEASE);
    let mut page = survivor(&tab.browser.tab());
    asleep.settle();
    assert_eq!(asleep.requests, []);
    assert_eq!(asleep.deliver(), [] as [Json; 0]);
    assert_eq!(names(&page.deliver()), ["event"]);
}

#[test]
fn without_locks_a_living_page_keeps_what_is_its_own() {
    let (tab, mut living) = without_locks();
    let other = tab.browser.tab();
    for _ in 0..5 {
        living.pass(25_000);
        living.settle();
        living.requests.clear();
        assert_eq!(survivor(&other).deliver(), [] as [Json; 0]);
    }
}

#[test]
fn without_locks_one_of_two_pages_takes_a_journal_over() {
    let (tab, page) = without_locks();
    drop(page);
    tab.browser.pass(LEASE);
    let mut pages = [tab.open(&[]), tab.browser.tab().open(&[])];
    for _ in 0..4 {
        tab.browser.pass(2_000);
        for page in &mut pages {
            page.settle();
        }
    }
    let delivered: Vec<_> = pages.iter_mut().flat_map(Page::deliver).collect();
    assert_eq!(names(&delivered), ["event"]);
}

#[test]
fn an_adopted_event_says_that_it_may_have_been_tried() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[]);
    page.captured("event");
    page.leave();
    drop(page);
    let mut page = next(&tab, &[]);
    assert!(page.request().url.ends_with("?retry_count=1"));
}

#[test]
fn what_the_server_takes_from_nobody_waits_for_the_next_visit() {
    for status in [401, 403, 404] {
        let browser = Browser::start();
        let tab = browser.tab();
        let mut page = tab.open(&[ALONE]);
        page.captured("withheld");
        let request = page.request();
        page.answer(&request, status);
        assert!(!page.wait(), "not tried again on this page");
        assert_eq!(page.errors.len(), 1, "{:?}", page.errors);
        page.captured("later");
        let request = page.request();
        page.answer(&request, 200);
        page.leave();
        assert_eq!(page.requests, []);
        drop(page);
        let mut page = next(&tab, &[]);
        assert_eq!(names(&page.deliver()), ["withheld"]);
    }
}

#[test]
fn after_ten_refusals_in_a_row_the_server_is_left_alone() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[ALONE]);
    for _ in 0..10 {
        page.captured("event");
        let request = page.request();
        page.answer(&request, 401);
    }
    page.captured("event");
    assert!(!page.wait());
    assert_eq!(page.requests, []);
    assert_eq!(page.errors.len(), 1, "said once");
    drop(page);
    assert_eq!(next(&tab, &[]).deliver().len(), 11);
}

#[test]
fn a_server_that_has_had_enough_is_left_alone_for_a_minute() {
    let mut page = Page::open(&[ALONE]);
    page.captured("taken");
    let request = page.request();
    page.answer(&request, 200);
    let answers = [
        "",
        "ok",
        r#"{"status":"Ok"}"#,
        r#"{"quota_limited":["recordings"]}"#,
    ];
    for text in answers {
        page.task(|client, now| client.handle_answer_text(now, RequestId(1), text));
        page.captured("taken");
        let request = page.request();
        page.answer(&request, 200);
    }
    let text = r#"{"status":1,"quota_limited":["recordings","events"]}"#;
    page.task(|client, now| client.handle_answer_text(now, RequestId(1), text));
    page.captured("waiting");
    assert_eq!(page.requests, []);
    assert!(page.wait());
    assert_eq!(page.now().monotonic.as_millis(), 60_000);
}

#[test]
fn where_requests_are_blocked_the_next_pages_try_once() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[ALONE]);
    page.captured("event");
    for _ in 0..3 {
        let request = page.request();
        page.answer(&request, 0);
        assert!(
            page.wait(),
            "the first page takes it for a server that is down"
        );
    }
    drop(page);
    let mut page = next(&tab, &[]);
    let probe = page.request();
    page.answer(&probe, 0);
    page.pass(60 * 60 * 1_000);
    page.settle();
    assert_eq!(page.requests, []);
    page.captured("another");
    assert_eq!(page.requests, []);
    page.return_to();
    assert_eq!(names(&page.deliver()), ["event", "another"]);
    drop(page);
    // The blocker is gone, and nothing reminds of it.
    assert_eq!(local(&browser), [""; 0]);
    let mut page = next(&tab, &[ALONE]);
    page.captured("event");
    let request = page.request();
    page.answer(&request, 0);
    assert!(page.wait());
    assert!(page.now().monotonic.as_millis() < 2 * 60 * 60 * 1_000);
}

#[test]
fn a_server_that_refuses_at_once_for_minutes_is_tried_again_by_the_page_that_met_it() {
    let mut page = Page::open(&[ALONE]);
    page.captured("event");
    for _ in 0..12 {
        let request = page.request();
        page.answer(&request, 0);
        // Others come and go meanwhile, and the page looks around.
        page.captured("more");
        assert!(page.wait());
    }
    let passed = page.now().monotonic.as_millis();
    assert!((3 * 60_000..20 * 60_000).contains(&passed), "{passed}");
    let request = page.request();
    page.answer(&request, 200);
    assert!(
        local(&page.tab.browser)
            .iter()
            .all(|key| !key.ends_with("_blocked"))
    );
}

#[test]
fn a_server_that_takes_its_time_to_fail_is_not_blocked() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[ALONE]);
    page.captured("event");
    for _ in 0..5 {
        let request = page.request();
        page.pass(60);
        page.answer(&request, 0);
        page.wait();
    }
    assert!(local(&browser).iter().all(|key| !key.ends_with("_blocked")));
}

#[test]
fn who_refuses_leaves_nothing_behind() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[("batch_interval", Value::Number(60_000.0))]);
    page.captured("archived");
    page.pass(1_000);
    page.settle();
    page.captured("stored");
    drop(page);
    let mut page = tab.open(&[]);
    page.captured("own");
    page.task(|client, now| client.opt_out(now));
    assert_eq!((local(&browser).len(), archived(&browser)), (0, 0));
    assert_eq!(next(&tab, &[]).deliver(), [] as [Json; 0]);
}

#[test]
fn where_nothing_is_to_be_stored_events_live_as_long_as_the_page() {
    for settings in [
        [("persistence", Value::Text("memory"))],
        [("persistence", Value::Text("sessionStorage"))],
        [("disable_persistence", Value::Boolean(true))],
        [("cookieless_mode", Value::Text("always"))],
    ] {
        let browser = Browser::start();
        let mut page = browser.tab().open(&settings);
        page.captured("event");
        page.pass(1_000);
        page.settle();
        assert_eq!((local(&browser).len(), archived(&browser)), (0, 0));
        assert_eq!(names(&page.deliver()), ["event"]);
    }
}

#[test]
fn what_is_too_old_is_given_up_and_told() {
    const DAY: u64 = 24 * 60 * 60 * 1_000;
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[]);
    page.captured("one");
    page.captured("two");
    page.pass(1_000);
    page.settle();
    drop(page);
    browser.pass(15 * DAY);
    let mut page = tab.open(&[]);
    assert!(page.news.contains(&News::Dropped(2, "too_old")));
    let delivered = page.deliver();
    assert_eq!(names(&delivered), ["$$client_ingestion_warning"]);
    let properties = &delivered[0]["properties"];
    assert_eq!(properties["$dropped_events"]["too_old"], 2);
    assert_eq!(archived(&browser), 0);
}

#[test]
fn beyond_the_archive_s_share_the_oldest_go_and_are_told() {
    let browser = Browser::start();
    let tab = browser.tab();
    let limits = [
        ("outbox_archive_bytes", Value::Number(100_000.0)),
        ("outbox_local_bytes", Value::Number(0.0)),
        ("batch_interval", Value::Number(60_000.0)),
        ("batch_size", Value::Number(1_000.0)),
    ];
    let mut page = tab.open(&limits);
    let mut captured = Vec::new();
    for _ in 0..20 {
        captured.extend(burst(
            &mut page,
            10,
            &format!(r#"{{"text":"{}"}}"#, "x".repeat(1_000)),
        ));
    }
    let bytes: usize = browser.contents().archive.values().map(String::len).sum();
    assert!(bytes <= 120_000, "{bytes}");
    let delivered = page.deliver();
    let (warnings, others): (Vec<_>, Vec<_>) = delivered
        .iter()
        .partition(|event| event["event"] == "$$client_ingestion_warning");
    assert!(!warnings.is_empty());
    let dropped: usize = page
        .news
        .iter()
        .map(|news| match news {
            News::Dropped(count, "no_room") => *count,
            _ => 0,
        })
        .sum();
    assert_eq!(dropped + others.len(), captured.len());
    let others: Vec<_> = others.into_iter().map(uuid).collect();
    assert_eq!(others, captured[dropped..], "the latest stay");
}

#[test]
fn a_flush_is_answered_when_everything_was_tried() {
    let mut page = Page::open(&[]);
    page.captured("one");
    page.captured("two");
    page.task(|client, _| client.flush());
    assert!(
        !page
            .news
            .iter()
            .any(|news| matches!(news, News::Flushed(..)))
    );
    let request = page.request();
    page.answer(&request, 200);
    assert_eq!(page.news.last(), Some(&News::Flushed(2, 0)));
    page.captured("three");
    page.task(|client, _| client.flush());
    let request = page.request();
    page.answer(&request, 503);
    assert_eq!(page.news.last(), Some(&News::Flushed(0, 1)));
    page.news.clear();
    let mut page = Page::open(&[]);
    page.task(|client, _| client.flush());
    assert_eq!(page.news, [News::Flushed(0, 0)]);
}

#[test]
fn what_a_client_had_not_stored_another_goes_on_with() {
    let mut page = Page::open(&[]);
    let event = page.captured("event");
    let mut other = Page::open(&[]);
    // The id stands first, as in the text that the client gives.
    let text = format!(
        r#"{{"uuid":{},"event":"event","timestamp":{},"properties":{}}}"#,
        event["uuid"], event["timestamp"], event["properties"]
    );
    other.task(|client, now| client.restore(now, &text));
    assert_eq!(other.deliver(), [event]);
}

#[test]
fn what_lies_damaged_in_the_store_costs_nothing_else() {
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&[]);
    page.captured("one");
    page.captured("two");
    drop(page);
    {
        let mut contents = browser.contents();
        let key = contents.local.keys().find(|key| key.starts_with(OUTBOX));
        let key = key.cloned().unwrap();
        let text = contents.local.get_mut(&key).unwrap();
        text.truncate(text.len() - 3);
        text.push_str("\nX\nE\nEnothing\n");
        for name in ["", "x", "_1", "019b7c72-a0ae-7298-aeba-c29261da6f3d_x"] {
            contents
                .local
                .insert(format!("{OUTBOX}{name}"), "E{}".to_owned());
        }
    }
    let mut page = next(&tab, &[]);
    assert_eq!(names(&page.deliver()), ["one"]);
}

#[test]
fn a_storm_is_sampled_and_told() {
    let mut page = Page::open(&[("batch_interval", Value::Number(60_000.0))]);
    let captured = burst(&mut page, 21_000, "");
    assert_eq!(captured.len(), 20_010);
    assert!(page.news.contains(&News::Dropped(990, "too_many")));
}

#[test]
fn the_task_s_writes_come_before_its_request() {
    let mut page = Page::open(&[ALONE]);
    page.ask(|client, now| {
        let capture = Capture {
            name: "event",
            ..Capture::default()
        };
        client.capture(now, &capture)
    });
    page.client.settle(page.now());
    let outputs = page.client.poll_outputs();
    let is_store = |output: &Output| {
        matches!(output, Output::Store(write)
            if write.place == Place::Outbox)
    };
    let stored = outputs.iter().position(is_store).unwrap();
    let is_send = |output: &Output| matches!(output, Output::Send(_));
    assert!(stored < outputs.iter().position(is_send).unwrap());
}

#[test]
fn the_ledger_numbers_events_without_gaps_and_tells_what_became_of_them() {
    let settings = [("delivery_ledger", Value::Boolean(true))];
    let browser = Browser::start();
    let tab = browser.tab();
    let mut page = tab.open(&settings);
    page.captured("one");
    page.captured_with("two", r#"{"price":3}"#);
    let mut all = page.deliver();
    page.captured("three");
    page.leave();
    let left = page.request();
    all.extend(crate::page::events(&left));
    assert_eq!(names(&all), ["one", "two", "three", "$$delivery_ledger"]);
    let property = |key: &str| -> Vec<Json> {
        let events = all.iter().map(|event| event["properties"][key].clone());
        events.collect()
    };
    assert_eq!(property("$delivery_sequence"), [1, 2, 3, 4]);
    let journals = property("$delivery_journal");
    assert!(journals[0].is_string());
    assert!(journals.iter().all(|journal| *journal == journals[0]));
    assert_eq!(property("price")[1], 3);
    assert_eq!(property("$delivery_captured")[3], 3);
    assert_eq!(property("$delivery_delivered")[3], 2);
    assert_eq!(property("$delivery_dropped")[3], 0);
    // Another page has a journal of its own.
    drop(page);
    let other = tab.open(&settings).captured("one");
    assert_eq!(other["properties"]["$delivery_sequence"], 1);
    assert_ne!(other["properties"]["$delivery_journal"], journals[0]);
}

#[test]
fn the_ledger_counts_what_hooks_drop_and_numbers_nothing_that_is_refused() {
    let mut page = Page::open(&[("delivery_ledger", Value::Boolean(true))]);
    page.client.hold(true);
    let held = page.captured("held");
    let held = uuid(&held);
    page.task(|client, now| client.resolve(now, &held, ""));
    page.client.hold(false);
    assert!(page.captured_with("", "").is_none());
    let next = page.captured("next");
    assert_eq!(next["properties"]["$delivery_sequence"], 2);
    page.deliver();
    page.pass(300_000);
    page.settle();
    let record = page.deliver().pop().unwrap();
    assert_eq!(record["event"], "$$delivery_ledger");
    assert_eq!(record["properties"]["$delivery_dropped"], 1);
    assert_eq!(record["properties"]["$delivery_delivered"], 1);
}

#[test]
fn where_nothing_can_be_stored_events_are_sent_all_the_same() {
    let browser = Browser::start();
    {
        let mut contents = browser.contents();
        contents.allows_local = false;
        contents.allows_archive = false;
        contents.has_locks = false;
    }
    let mut page = browser.tab().open(&[]);
    page.captured("one");
    for _ in 0..2 {
        page.pass(1_000);
        page.settle();
    }
    page.leave();
    page.return_to();
    page.captured("two");
    let delivered = page.deliver();
    assert_eq!(names(&delivered), ["one", "two"]);
}
