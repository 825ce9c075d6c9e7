//! Pageviews, and what is told of a page that is left.

use hoglet::core::config::Value;
use serde_json::Value as Json;

use crate::browser::Browser;
use crate::page::{Page, Settings, Visit, names};

const ON: Value<'static> = Value::Boolean(true);
const HISTORY: Settings<'static> = &[
    ("capture_pageview.on", ON),
    ("capture_pageview.path", ON),
    ("capture_pageleave.on", ON),
];

fn happens(page: &mut Page, what: &str, first: &str, second: &str, third: &str) {
    page.task(|client, now| client.handle_page(now, what, first, second, third));
}

fn seen(settings: Settings<'_>) -> Page {
    let mut page = Browser::start().tab().visit(&Visit {
        settings,
        url: "https://shop.example/",
        ..Visit::default()
    });
    happens(&mut page, "seen", "Home", "", "");
    page
}

fn navigate(page: &mut Page, kind: &str, path: &str, title: &str) {
    let url = format!("https://shop.example{path}");
    happens(page, "navigated", kind, &url, title);
}

/// Path, title and kind of every pageview that was told.
fn views(page: &Page) -> Vec<[String; 3]> {
    let text = |event: &Json, key: &str| {
        let value = event["properties"][key].as_str();
        value.unwrap_or_default().to_owned()
    };
    let views = page
        .captured
        .iter()
        .filter(|event| event["event"] == "$pageview");
    views
        .map(|event| ["$pathname", "title", "navigation_type"].map(|key| text(event, key)))
        .collect()
}

#[test]
fn the_first_pageview_comes_when_the_page_is_seen_and_once() {
    let mut page = Page::open(&[("capture_pageview.on", ON)]);
    assert!(page.captured.is_empty(), "nobody has seen the page yet");
    happens(&mut page, "seen", "Cart", "", "");
    happens(&mut page, "seen", "Cart", "", "");
    assert_eq!(views(&page), [["/cart", "Cart", ""]]);
    let [event] = &page.captured[..] else {
        panic!()
    };
    assert_eq!(event["properties"]["$pageview_id"], event["uuid"]);
    let request = page.request();
    assert!(
        request.body.contains("$pageview"),
        "it does not wait for company"
    );
}

#[test]
fn where_pageviews_are_not_wanted_there_are_none() {
    let mut page = seen(&[]);
    navigate(&mut page, "pushState", "/b", "B");
    page.leave();
    assert!(page.captured.is_empty());
    let mut page = seen(&[("capture_pageview.on", ON)]);
    navigate(&mut page, "pushState", "/b", "B");
    page.leave();
    assert_eq!(views(&page).len(), 1, "only the first");
}

#[test]
fn a_pageview_has_the_title_and_the_time_of_its_page() {
    let mut page = seen(HISTORY);
    page.wait();
    page.pass(10_000);
    navigate(&mut page, "pushState", "/b", "Home");
    let at = page.now().wall.as_millis();
    page.pass(20);
    happens(&mut page, "titled", "B", "", "");
    // Its hash changes meanwhile, which is no navigation.
    navigate(&mut page, "pushState", "/b#c", "B");
    let between = page.captured("between");
    page.wait();
    assert_eq!(views(&page), [["/", "Home", ""], ["/b", "B", "pushState"]]);
    let view = &page.captured[1];
    assert_eq!(view["properties"]["$current_url"], "https://shop.example/b");
    assert_eq!(
        view["properties"]["$time"].as_f64().unwrap() * 1_000.0,
        at as f64
    );
    assert_eq!(between["properties"]["$pageview_id"], view["uuid"]);
    assert_eq!(
        between["properties"]["$current_url"],
        "https://shop.example/b#c"
    );
}

#[test]
fn one_navigation_is_one_pageview_whatever_the_router_does() {
    let mut page = seen(HISTORY);
    page.wait();
    for (kind, path) in [
        ("pushState", "/old"),
        ("replaceState", "/products"),
        ("pushState", "/products"),
        ("replaceState", "/products/"),
        ("pushState", "/products?sort=price"),
        ("pushState", "/products?sort=price#reviews"),
    ] {
        navigate(&mut page, kind, path, "Products");
    }
    page.wait();
    navigate(&mut page, "popstate", "/", "Home");
    page.wait();
    assert_eq!(
        views(&page),
        [
            ["/", "Home", ""],
            ["/products", "Products", "pushState"],
            ["/", "Home", "popstate"]
        ]
    );
}

#[test]
fn two_navigations_in_one_task_are_two_pageviews() {
    let mut page = seen(HISTORY);
    page.ask(|client, now| {
        client.handle_page(now, "navigated", "pushState", "https://shop.example/a", "A")
    });
    page.ask(|client, now| {
        client.handle_page(now, "navigated", "pushState", "https://shop.example/b", "A")
    });
    happens(&mut page, "titled", "B", "", "");
    page.leave();
    let paths: Vec<_> = views(&page).into_iter().map(|[path, ..]| path).collect();
    assert_eq!(paths, ["/", "/a", "/b"]);
}

#[test]
fn a_page_that_is_left_at_once_is_told_with_what_was_seen_of_it() {
    let mut page = seen(HISTORY);
    page.pass(3_000);
    navigate(&mut page, "pushState", "/b", "B");
    page.pass(40);
    happens(&mut page, "measured", "100", "600", "2600");
    page.leave();
    assert_eq!(
        names(&page.captured),
        ["$pageview", "$pageview", "$pageleave"]
    );
    let [first, second, leave] = &page.captured[..] else {
        panic!()
    };
    assert_eq!(second["properties"]["$prev_pageview_id"], first["uuid"]);
    assert_eq!(second["properties"]["$prev_pageview_pathname"], "/");
    assert_eq!(second["properties"]["$prev_pageview_duration"], 3.0);
    assert_eq!(second["properties"]["$prev_pageview_engaged_duration"], 3.0);
    assert_eq!(second["properties"].get("$prev_pageview_max_scroll"), None);
    assert_eq!(leave["properties"]["$pageview_id"], second["uuid"]);
    assert_eq!(leave["properties"]["$prev_pageview_id"], second["uuid"]);
    assert_eq!(leave["properties"]["$prev_pageview_duration"], 0.04);
    assert_eq!(leave["properties"]["$prev_pageview_max_scroll"], 100);
    assert!(
        page.requests
            .iter()
            .any(|request| request.body.contains("$pageleave"))
    );
}

#[test]
fn scrolling_is_not_told_where_it_is_not_wanted() {
    let mut page = seen(&[
        ("capture_pageview.on", ON),
        ("capture_pageleave.on", ON),
        ("disable_scroll_properties", ON),
    ]);
    happens(&mut page, "measured", "100", "600", "2600");
    page.leave();
    let leave = page.captured.last().unwrap();
    assert_eq!(leave["properties"].get("$prev_pageview_max_scroll"), None);
    assert_eq!(leave["properties"]["$prev_pageview_pathname"], "/");
}

#[test]
fn a_page_that_comes_back_as_it_was_left_is_seen_again() {
    let mut page = seen(&[("capture_pageview.on", ON)]);
    page.leave();
    navigate(&mut page, "bfcache", "/", "Home");
    page.hide();
    assert_eq!(views(&page), [["/", "Home", ""], ["/", "Home", "bfcache"]]);
}

#[test]
fn who_has_not_agreed_yet_is_seen_when_they_do() {
    let mut page = seen(&[
        ("capture_pageview.on", ON),
        ("opt_out_capturing_by_default", ON),
    ]);
    navigate(&mut page, "pushState", "/b", "B");
    assert!(page.captured.is_empty());
    page.opt_in();
    assert_eq!(views(&page), [["/b", "B", ""]]);
    page.opt_in();
    assert_eq!(views(&page).len(), 1);
}

#[test]
fn a_session_that_is_over_takes_its_page_along() {
    let mut page = seen(HISTORY);
    page.hide();
    page.pass(3_600_000);
    let event = page.captured("later");
    assert_eq!(event["properties"].get("$pageview_id"), None);
    navigate(&mut page, "pushState", "/b", "B");
    page.leave();
    let view = &page.captured[1];
    assert_eq!(view["properties"].get("$prev_pageview_id"), None);
}

#[test]
fn pageviews_of_the_app_are_told_like_ours() {
    let mut page = seen(&[]);
    let first = page.captured("$pageview");
    assert_eq!(first["properties"]["title"], "Home");
    assert_eq!(first["properties"]["$pageview_id"], first["uuid"]);
    page.pass(1_000);
    let uuid = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
    let second = page.event(|client, now| {
        let capture = hoglet::core::event::Capture {
            name: "$pageview",
            properties: r#"{"title":"mine","a":1}"#,
            uuid,
            ..Default::default()
        };
        client.capture(now, &capture)
    });
    let second = second.unwrap();
    assert_eq!(second["uuid"], uuid);
    assert_eq!(second["properties"]["a"], 1);
    assert_eq!(second["properties"]["title"], "Home");
    assert_eq!(second["properties"]["$prev_pageview_id"], first["uuid"]);
    let leave = page.captured("$pageleave");
    assert_eq!(leave["properties"]["$prev_pageview_id"], uuid);
}

#[test]
fn a_core_that_takes_anothers_place_does_not_see_the_page_anew() {
    let mut page = Page::open(HISTORY);
    happens(&mut page, "resumed", "", "", "");
    happens(&mut page, "seen", "Cart", "", "");
    page.hide();
    assert!(page.captured.is_empty());
    navigate(&mut page, "pushState", "/b", "B");
    page.hide();
    assert_eq!(views(&page), [["/b", "B", "pushState"]]);
}

#[test]
fn bots_are_not_counted_unless_that_is_asked_for() {
    let marks = ["firefox".to_owned()];
    let bots = ("custom_blocked_useragents", Value::List(&marks));
    let mut page = seen(&[bots, ("capture_pageview.on", ON)]);
    assert!(page.capture("e").is_none());
    assert!(page.captured.is_empty());
    assert_eq!(page.errors.len(), 1, "it is said once: {:?}", page.errors);

    let mut page = seen(&[
        bots,
        ("capture_pageview.on", ON),
        ("opt_out_useragent_filter", ON),
    ]);
    assert_eq!(names(&page.captured), ["$pageview"]);
    assert_eq!(page.captured("e")["properties"]["$browser_type"], "bot");

    let mut page = seen(&[
        bots,
        ("capture_pageview.on", ON),
        ("__preview_capture_bot_pageviews", ON),
    ]);
    assert_eq!(names(&page.captured), ["$bot_pageview"]);
    assert_eq!(page.captured("e")["properties"]["$browser_type"], "bot");

    let mut page = seen(&[("opt_out_useragent_filter", ON)]);
    assert_eq!(page.captured("e")["properties"]["$browser_type"], "browser");
    assert_eq!(
        seen(&[]).captured("e")["properties"].get("$browser_type"),
        None
    );
}
