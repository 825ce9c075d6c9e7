//! The client in a real page: what the adapters read from the browser and write to it.

#![cfg(target_arch = "wasm32")]

use hoglet::api::Core;
use js_sys::{JSON, Object, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Storage, Window};

wasm_bindgen_test_configure!(run_in_browser);

fn window() -> Window {
    web_sys::window().unwrap()
}

fn local_storage() -> Storage {
    window().local_storage().unwrap().unwrap()
}

fn stored(token: &str) -> Option<String> {
    local_storage()
        .get_item(&format!("ph_{token}_posthog"))
        .unwrap()
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

/// A client whose events go nowhere, for they wait longer than any test.
fn client(token: &str) -> Core {
    let settings = Object::new();
    Reflect::set(&settings, &"batch_interval".into(), &60_000.into()).unwrap();
    Reflect::set(&settings, &"api_host".into(), &"/nowhere".into()).unwrap();
    Core::new(token, &settings).unwrap()
}

fn capture(client: &Core, event: &str, properties: &str) -> Option<String> {
    client.capture(
        event,
        properties,
        &JsValue::UNDEFINED,
        f64::NAN,
        &JsValue::UNDEFINED,
    )
}

/// The properties of the event that was captured last.
fn last_properties(client: &Core) -> JsValue {
    let queue = JSON::parse(&client.events_queue()).unwrap();
    let last = get(&queue, "length").as_f64().unwrap() as u32 - 1;
    get(&Reflect::get_u32(&queue, last).unwrap(), "properties")
}

async fn end_of_task() {
    JsFuture::from(Promise::resolve(&JsValue::UNDEFINED))
        .await
        .unwrap();
}

#[wasm_bindgen_test]
async fn the_visitor_is_remembered_in_local_storage_and_cookie() {
    let first = client("remembered");
    let id = first.distinct_id();
    end_of_task().await;
    drop(first);
    assert!(stored("remembered").unwrap().contains(&id));
    let cookies = get(&window().document().unwrap(), "cookie")
        .as_string()
        .unwrap();
    assert!(
        cookies.contains("ph_remembered_posthog=%7B%22%24device_id%22"),
        "{cookies}"
    );
    assert_eq!(client("remembered").distinct_id(), id);
    local_storage()
        .remove_item("ph_remembered_posthog")
        .unwrap();
    assert_eq!(
        client("remembered").distinct_id(),
        id,
        "the cookie alone is enough"
    );
}

#[wasm_bindgen_test]
async fn a_burst_writes_once_when_its_task_ends() {
    let client = client("burst");
    for _ in 0..1_000 {
        capture(&client, "event", "");
    }
    assert_eq!(stored("burst"), None);
    end_of_task().await;
    assert!(stored("burst").is_some());
}

#[wasm_bindgen_test]
fn events_say_where_they_happened() {
    let client = client("page");
    capture(&client, "event", r#"{"mine":1}"#);
    let properties = last_properties(&client);
    let location = window().location();
    assert_eq!(get(&properties, "$current_url"), location.href().unwrap());
    assert_eq!(get(&properties, "$host"), location.host().unwrap());
    assert_eq!(
        get(&properties, "$viewport_width"),
        window().inner_width().unwrap()
    );
    assert_eq!(
        get(&properties, "$raw_user_agent"),
        window().navigator().user_agent().unwrap()
    );
    assert_eq!(
        get(&properties, "$timezone_offset"),
        js_sys::Date::new_0().get_timezone_offset()
    );
    assert_eq!(get(&properties, "mine"), 1);

    let history = get(&window(), "history");
    let replace_state: js_sys::Function = get(&history, "replaceState").into();
    replace_state
        .call3(&history, &JsValue::NULL, &"".into(), &"?elsewhere".into())
        .unwrap();
    capture(&client, "event", "");
    assert_eq!(
        get(&last_properties(&client), "$current_url"),
        location.href().unwrap()
    );
}

#[wasm_bindgen_test]
fn a_call_made_before_the_client_was_there_keeps_its_time_and_page() {
    let client = client("earlier");
    let url = "https://a.example/b";
    client.capture(
        "event",
        "",
        &JsValue::UNDEFINED,
        1_700_000_000_000.0,
        &url.into(),
    );
    let properties = last_properties(&client);
    assert_eq!(get(&properties, "$current_url"), "https://a.example/b");
    assert_eq!(get(&properties, "$time"), 1_700_000_000.0);
    capture(&client, "event", "");
    assert_eq!(
        get(&last_properties(&client), "$current_url"),
        window().location().href().unwrap()
    );
}

#[wasm_bindgen_test]
fn settings_are_read_and_told() {
    let client = client("settings");
    assert_eq!(get(&client.config(), "batch_interval"), 60_000);
    assert_eq!(get(&client.config(), "api_host"), "/nowhere");
    client.set_config(&JSON::parse(r#"{"batch_size":5,"unknown":{"a":1}}"#).unwrap());
    assert_eq!(get(&client.config(), "batch_size"), 5);
}

#[wasm_bindgen_test]
fn an_empty_token_is_an_error_with_a_code() {
    let error = Core::new(" ", &Object::new()).err().unwrap();
    assert_eq!(get(&error, "name"), "HogletError");
    assert_eq!(get(&error, "code"), "empty_token");
}

#[wasm_bindgen_test]
async fn a_client_that_is_gone_leaves_the_page_alone() {
    let client = client("gone");
    end_of_task().await;
    local_storage().remove_item("ph_gone_posthog").unwrap();
    client.register(r#"{"plan":"pro"}"#);
    drop(client);
    for event in ["resize", "online", "pagehide"] {
        window()
            .dispatch_event(&web_sys::Event::new(event).unwrap())
            .unwrap();
    }
    end_of_task().await;
    assert_eq!(stored("gone"), None);
}
