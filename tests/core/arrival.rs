//! Where a visit came from: campaigns, referrers and searches.

use hoglet::core::Bootstrap;
use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use crate::browser::{Browser, Tab};
use crate::page::{MAIN, Page, USER_AGENT, Visit};

/// Somebody who types the address in.
const DIRECT: Visit<'_> = Visit {
    settings: &[],
    url: "https://shop.example/",
    referrer: "",
    bootstrap: Bootstrap {
        distinct_id: String::new(),
        is_identified: false,
        session_id: String::new(),
        flags: String::new(),
        flag_payloads: String::new(),
    },
    device_id: "",
    do_not_track: false,
    user_agent: USER_AGENT,
};

/// What an event of a visit says.
fn said(tab: &Tab, visit: &Visit<'_>) -> Json {
    tab.visit(visit).captured("event")["properties"].clone()
}

#[test]
fn the_campaign_of_a_visit_goes_with_its_events_until_the_next() {
    let tab = Browser::start().tab();
    let from = |url| Visit { url, ..DIRECT };
    let event = |url| said(&tab, &from(url));
    let first = event("https://shop.example/?utm_source=news&utm_term=shoes&gclid=g");
    assert_eq!(first["utm_source"], "news");
    assert_eq!(first["gclid"], "g");
    assert_eq!(first["fbclid"], Json::Null);
    assert!(first.as_object().unwrap().contains_key("fbclid"));
    let second = event("https://shop.example/cart");
    assert_eq!(second["utm_source"], "news", "it is the same visit");
    let third = event("https://shop.example/?utm_source=ad");
    assert_eq!(third["utm_source"], "ad");
    assert_eq!(
        third["utm_term"],
        Json::Null,
        "a campaign replaces all of the other"
    );
    let other_tab = said(&tab.browser.tab(), &DIRECT);
    assert_eq!(other_tab.get("utm_source"), None, "it is another visit");
}

#[test]
fn the_app_can_name_further_parameters_and_have_none_remembered() {
    let custom = ["ref".to_owned()];
    let url = "https://shop.example/?ref=friend&utm_source=news";
    let settings = [("custom_campaign_params", Value::List(&custom))];
    let visit = Visit {
        url,
        settings: &settings,
        ..DIRECT
    };
    let told = said(&Browser::start().tab(), &visit);
    assert_eq!(told["ref"], "friend");
    let settings = [("save_campaign_params", Value::Boolean(false))];
    let visit = Visit {
        url,
        settings: &settings,
        ..DIRECT
    };
    let told = said(&Browser::start().tab(), &visit);
    assert_eq!(told.get("utm_source"), None);
}

#[test]
fn the_first_referrer_of_a_visit_stays_with_it() {
    let tab = Browser::start().tab();
    let from = |referrer| Visit { referrer, ..DIRECT };
    let first = said(&tab, &from("https://www.friend.example:8080/page?q=1"));
    assert_eq!(
        first["$referrer"],
        "https://www.friend.example:8080/page?q=1"
    );
    assert_eq!(first["$referring_domain"], "www.friend.example:8080");
    let second = said(&tab, &from("https://shop.example/"));
    assert_eq!(second["$referring_domain"], "www.friend.example:8080");
    let direct = said(&tab.browser.tab(), &DIRECT);
    assert_eq!(direct["$referrer"], "$direct");
    assert_eq!(direct["$referring_domain"], "$direct");
    let settings = [("save_referrer", Value::Boolean(false))];
    let visit = Visit {
        settings: &settings,
        ..DIRECT
    };
    assert_eq!(said(&tab.browser.tab(), &visit).get("$referrer"), None);
}

#[test]
fn a_call_of_a_page_that_is_gone_has_that_pages_referrer_and_later_ones_have_their_own() {
    let mut page = Page::open(&[]);
    page.task(|client, _| client.handle_referrer("https://friend.example/"));
    let gone = page.captured("event")["properties"].clone();
    assert_eq!(gone["$referrer"], "https://friend.example/");
    assert_eq!(gone["$session_entry_referrer"], "https://friend.example/");
    let arrival = page.property("$initial_person_info");
    assert_eq!(arrival["r"], "https://friend.example/");

    page.task(|client, _| client.handle_referrer("https://search.example/"));
    page.pass(31 * 60_000);
    let here = page.captured("event")["properties"].clone();
    assert_eq!(here["$referrer"], "https://friend.example/", "the visit's");
    assert_eq!(here["$session_entry_referrer"], "https://search.example/");
}

#[test]
fn a_referrer_that_the_app_registers_counts() {
    let mut page = Page::open(&[]);
    page.register(r#"{"$referrer":"mine"}"#);
    assert_eq!(page.captured("event")["properties"]["$referrer"], "mine");
}

#[test]
fn search_engines_and_their_words_are_known() {
    for (referrer, engine, words) in [
        (
            "https://www.google.co.uk/search?q=red+shoes",
            "google",
            "red shoes",
        ),
        ("https://www.bing.com/search?q=shoes", "bing", "shoes"),
        ("https://search.yahoo.com/search?p=shoes", "yahoo", "shoes"),
        ("https://duckduckgo.com/?q=shoes", "duckduckgo", "shoes"),
    ] {
        let visit = Visit { referrer, ..DIRECT };
        let told = said(&Browser::start().tab(), &visit);
        assert_eq!(told["$search_engine"], engine);
        assert_eq!(told["ph_keyword"], words);
    }
    let visit = Visit {
        referrer: "https://friend.example/?q=shoes",
        ..DIRECT
    };
    let told = said(&Browser::start().tab(), &visit);
    assert_eq!(told.get("$search_engine"), None);
}

#[test]
fn how_the_person_arrived_is_stored_as_posthog_js_stores_it() {
    let mut page = Page::open(&[]);
    page.captured("event");
    assert_eq!(
        page.property("$initial_person_info"),
        json!({"r": "https://search.example/", "u": "https://shop.example/cart?utm_source=news"})
    );
    let session_id = page.session_id();
    assert_eq!(
        page.property("$client_session_props"),
        json!({
            "sessionId": session_id,
            "props": {"r": "https://search.example/", "u": "https://shop.example/cart?utm_source=news"},
        })
    );
}

#[test]
fn a_long_address_does_not_fill_the_cookie() {
    let url = format!("https://shop.example/?{}", "é&".repeat(3_000));
    let mut page = Browser::start().tab().visit(&Visit {
        url: &url,
        referrer: &url,
        ..DIRECT
    });
    page.captured("event");
    let cookie = page.tab.browser.cookie(MAIN).unwrap();
    let cookie: Json = serde_json::from_str(&cookie).unwrap();
    assert!(cookie["$initial_person_info"]["u"].is_string());
    assert_eq!(cookie["distinct_id"], page.distinct_id().as_str());
    assert_eq!(page.errors, [""; 0]);
}
