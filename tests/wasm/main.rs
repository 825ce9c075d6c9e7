//! The client in a real page: what the adapters read from the browser and write to it.

#![cfg(target_arch = "wasm32")]

use hoglet::api::Core;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
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
    client_with(token, "{}", &Function::new_no_args(""))
}

fn client_with(token: &str, settings: &str, notify: &Function) -> Core {
    let settings = JSON::parse(settings).unwrap();
    Reflect::set(&settings, &"batch_interval".into(), &60_000.into()).unwrap();
    Reflect::set(&settings, &"api_host".into(), &"/nowhere".into()).unwrap();
    // The browser says that it is driven.
    Reflect::set(&settings, &"opt_out_useragent_filter".into(), &true.into()).unwrap();
    Core::new(token, &settings, "", String::new(), notify.clone()).unwrap()
}

/// What a client has told the package's JavaScript.
struct Told {
    calls: Array,
    notify: Function,
}

impl Told {
    fn new() -> Self {
        let calls = Array::new();
        let notify = Function::new_with_args("calls", "return (...words) => calls.push(words)")
            .call1(&JsValue::UNDEFINED, &calls)
            .unwrap()
            .into();
        Self { calls, notify }
    }

    fn notify(&self) -> &Function {
        &self.notify
    }

    /// What was told that begins with this word.
    fn of(&self, word: &str) -> Vec<Vec<String>> {
        let calls = self.calls.iter().map(|words| {
            let words = Array::from(&words);
            words.iter().filter_map(|word| word.as_string()).collect()
        });
        calls
            .filter(|words: &Vec<_>| words.first().is_some_and(|first| first == word))
            .collect()
    }
}

fn capture(client: &Core, event: &str, properties: &str) -> Option<String> {
    client.capture(event, properties, &JsValue::UNDEFINED)
}

fn ask(client: &Core, name: &str, first: &str) -> String {
    client.ask(name, first, "", "").unwrap_or_default()
}

fn cookies() -> String {
    get(&window().document().unwrap(), "cookie")
        .as_string()
        .unwrap()
}

/// Runs a script in the page.
fn run(script: &str) {
    Function::new_no_args(script)
        .call0(&JsValue::UNDEFINED)
        .unwrap();
}

/// The properties of the event that was captured last.
fn last_properties(client: &Core) -> JsValue {
    let queue = JSON::parse(&ask(client, "events_queue", "")).unwrap();
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
    let id = ask(&first, "distinct_id", "");
    end_of_task().await;
    drop(first);
    assert!(stored("remembered").unwrap().contains(&id));
    let cookies = cookies();
    assert!(
        cookies.contains("ph_remembered_posthog=%7B%22%24device_id%22"),
        "{cookies}"
    );
    assert_eq!(ask(&client("remembered"), "distinct_id", ""), id);
    local_storage()
        .remove_item("ph_remembered_posthog")
        .unwrap();
    assert_eq!(
        ask(&client("remembered"), "distinct_id", ""),
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
    let replace_state: Function = get(&history, "replaceState").into();
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
    client.set_call(1_700_000_000_000.0, url.into(), None);
    capture(&client, "event", "");
    client.set_call(f64::NAN, JsValue::UNDEFINED, None);
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
fn a_call_of_a_page_that_is_gone_brings_its_referrer_which_no_later_call_has() {
    let client = client("gone");
    let (url, friend) = ("https://a.example/b", "https://friend.example/");
    client.set_call(1_700_000_000_000.0, url.into(), Some(friend.to_owned()));
    capture(&client, "event", "");
    client.set_call(f64::NAN, JsValue::UNDEFINED, None);
    assert_eq!(get(&last_properties(&client), "$referrer"), friend);
    // Until then it is the visit's.
    ask(&client, "reset", "");
    capture(&client, "event", "");
    let referrer = match window().document().unwrap().referrer() {
        none if none.is_empty() => "$direct".to_owned(),
        referrer => referrer,
    };
    assert_eq!(get(&last_properties(&client), "$referrer"), referrer);
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
    let notify = Function::new_no_args("");
    let error = Core::new(" ", &Object::new(), "", String::new(), notify)
        .err()
        .unwrap();
    assert_eq!(get(&error, "name"), "HogletError");
    assert_eq!(get(&error, "code"), "empty_token");
}

#[wasm_bindgen_test]
async fn a_client_that_is_gone_leaves_the_page_alone() {
    let client = client("gone");
    end_of_task().await;
    local_storage().remove_item("ph_gone_posthog").unwrap();
    ask(&client, "register", r#"{"plan":"pro"}"#);
    drop(client);
    for event in ["resize", "online", "pagehide"] {
        window()
            .dispatch_event(&web_sys::Event::new(event).unwrap())
            .unwrap();
    }
    end_of_task().await;
    assert_eq!(stored("gone"), None);
}

#[wasm_bindgen_test]
async fn what_another_tab_stores_is_followed_and_kept() {
    let client = client("tabs");
    ask(&client, "register", r#"{"mine":1}"#);
    end_of_task().await;
    let id = ask(&client, "distinct_id", "");
    let theirs = stored("tabs").unwrap().replace(&id, "somebody-else");
    local_storage()
        .set_item("ph_tabs_posthog", &theirs)
        .unwrap();
    // This is the next task: what was asked in the last one is done.
    end_of_task().await;
    assert_eq!(ask(&client, "distinct_id", ""), "somebody-else");
    ask(&client, "register", r#"{"mine":2}"#);
    end_of_task().await;
    let stored = stored("tabs").unwrap();
    assert!(stored.contains("somebody-else") && stored.contains("\"mine\":2"));
}

#[wasm_bindgen_test]
async fn flags_that_another_tab_has_got_are_followed() {
    const FLAGS: &str = "ph_apart_posthog__flags";
    let entry = |value: &str| ["{\"$enabled_feature_flags\":{\"a\":\"", value, "\"}}"].concat();
    local_storage().set_item(FLAGS, &entry("x")).unwrap();
    let client = client_with(
        "apart",
        r#"{"split_storage":true}"#,
        &Function::new_no_args(""),
    );
    let flags = || ask(&client, "property", "$enabled_feature_flags");
    assert_eq!(flags(), r#"{"a":"x"}"#);
    end_of_task().await;
    assert!(!stored("apart").unwrap().contains("feature_flags"));
    local_storage().set_item(FLAGS, &entry("y")).unwrap();
    end_of_task().await;
    assert_eq!(flags(), r#"{"a":"y"}"#);
    end_of_task().await;
    assert_eq!(local_storage().get_item(FLAGS).unwrap(), Some(entry("y")));
}

#[wasm_bindgen_test]
async fn a_refusal_leaves_nothing_but_itself() {
    let told = Told::new();
    let client = client_with("refusal", "{}", told.notify());
    capture(&client, "event", "");
    end_of_task().await;
    assert!(stored("refusal").is_some());
    assert_eq!(told.of("purge").len(), 0);
    client.ask("opt_out", "", "", "");
    end_of_task().await;
    // The segments are removed by whoever is told so, all of them; the rest is gone already.
    assert_eq!(told.of("purge"), [["purge"]]);
    assert_eq!(stored("refusal"), None);
    assert!(!cookies().contains("ph_refusal_posthog"), "{}", cookies());
    let names = |store: Storage| {
        let names: Vec<_> = (0..store.length().unwrap())
            .map(|index| store.key(index).unwrap().unwrap())
            .filter(|name| name.contains("refusal") && !name.starts_with("hoglet_outbox_"))
            .collect();
        names.join(" ")
    };
    assert_eq!(names(local_storage()), "__ph_opt_in_out_refusal");
    assert_eq!(names(window().session_storage().unwrap().unwrap()), "");
    assert_eq!(ask(&client, "events_queue", ""), "[]");
    local_storage()
        .set_item("__ph_opt_in_out_refusal", "1")
        .unwrap();
    end_of_task().await;
    assert_eq!(
        ask(&client, "consent", ""),
        "9",
        "another tab's visitor has agreed"
    );
}

#[wasm_bindgen_test]
async fn where_local_storage_throws_the_cookie_holds_everything() {
    run("const real = Storage.prototype.setItem; \
         self.restore = () => { Storage.prototype.setItem = real }; \
         Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }");
    let first = client("full");
    ask(&first, "register", r#"{"plan":"pro"}"#);
    let id = ask(&first, "distinct_id", "");
    end_of_task().await;
    run("restore()");
    assert_eq!(stored("full"), None);
    drop(first);
    let second = client("full");
    assert_eq!(ask(&second, "distinct_id", ""), id);
    assert_eq!(ask(&second, "property", "plan"), "\"pro\"");
}

#[wasm_bindgen_test]
async fn the_app_hears_of_sessions_at_the_end_of_the_task() {
    let told = Told::new();
    let client = client_with("sessions", "{}", told.notify());
    capture(&client, "event", "");
    assert_eq!(told.of("session").len(), 0);
    end_of_task().await;
    let (session, window_id) = (
        ask(&client, "session_id", ""),
        ask(&client, "window_id", ""),
    );
    assert_eq!(
        told.of("session"),
        [["session", &session, &window_id, "none"]]
    );
    let kept = window().session_storage().unwrap().unwrap();
    let kept = kept.get_item("ph_sessions_window_id").unwrap().unwrap();
    assert_eq!(kept, format!("\"{window_id}\""));
}

#[wasm_bindgen_test]
async fn the_mark_of_a_window_goes_when_the_page_is_left() {
    let client = client("marked");
    let mark = || {
        let store = window().session_storage().unwrap().unwrap();
        store.get_item("ph_marked_primary_window_exists").unwrap()
    };
    end_of_task().await;
    assert_eq!(mark().as_deref(), Some("true"));
    window()
        .dispatch_event(&web_sys::Event::new("pagehide").unwrap())
        .unwrap();
    assert_eq!(mark(), None);
    window()
        .dispatch_event(&web_sys::Event::new("pageshow").unwrap())
        .unwrap();
    assert_eq!(mark().as_deref(), Some("true"));
    drop(client);
}

#[wasm_bindgen_test]
fn ids_are_uuids_of_version_7() {
    let (first, second) = (hoglet::api::uuid(), hoglet::api::uuid());
    assert_eq!((first.len(), first.as_bytes()[14]), (36, b'7'));
    assert_ne!(first, second);
}
