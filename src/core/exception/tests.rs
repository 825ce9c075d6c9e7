use serde_json::{Value, json};

use super::super::time::MonotonicTime;
use super::*;

fn at(millis: u64) -> Now {
    Now {
        wall: WallTime::from_millis(1_767_319_445_678),
        monotonic: MonotonicTime::from_millis(millis),
    }
}

fn handled(exceptions: &mut Exceptions, thrown: &Value, mechanism: &str) -> Option<Value> {
    let properties = exceptions.handle(at(0), &thrown.to_string(), mechanism, true)?;
    Some(serde_json::from_str(&properties.to_json()).unwrap())
}

fn is_told_unhandled(exceptions: &mut Exceptions, thrown: &Value) -> bool {
    let thrown = thrown.to_string();
    exceptions.handle(at(0), &thrown, "", false).is_some()
}

/// `$exception_list` of what was thrown.
fn list(thrown: Value) -> Value {
    let mut properties = handled(&mut Exceptions::new(), &thrown, "").unwrap();
    properties["$exception_list"].take()
}

fn error(stack: &str) -> Value {
    json!([{"kind": "error", "type": "TypeError", "value": "x is undefined", "stack": stack}])
}

#[test]
fn an_error_is_told_with_its_calls_the_outermost_first() {
    let thrown = error(
        "pay@https://shop.example/a.js:3:29\nmap@[native code]\n@https://shop.example/a.js:5",
    );
    let properties = handled(&mut Exceptions::new(), &thrown, r#"{"handled":false}"#).unwrap();
    let frame = |filename: &str, function: &str, in_app: bool| json!({"platform": "web:javascript", "filename": filename, "function": function, "in_app": in_app});
    let mut frames = [
        frame("https://shop.example/a.js", "?", true),
        frame("[native code]", "map", false),
        frame("https://shop.example/a.js", "pay", true),
    ];
    frames[0]["lineno"] = 5.into();
    frames[2]["lineno"] = 3.into();
    frames[2]["colno"] = 29.into();
    assert_eq!(
        properties,
        json!({
            "$exception_list": [{
                "type": "TypeError",
                "value": "x is undefined",
                "mechanism": {"type": "generic", "handled": false, "synthetic": false, "exception_id": 0},
                "stacktrace": {"type": "raw", "frames": frames},
            }],
            "$exception_level": "error",
        })
    );
}

#[test]
fn causes_and_members_are_chained() {
    let list = list(json!([
        {"kind": "error", "type": "AggregateError", "value": "all failed", "stack": "f@a.js:1:2"},
        {"kind": "error", "type": "Error", "value": "first", "source": "member", "parent": 0},
        {"kind": "string", "value": "TypeError: why", "source": "cause", "parent": 1},
        {"kind": "error", "type": "Error", "value": "second", "source": "member", "parent": 0},
    ]));
    let chained = |source: &str, synthetic: bool, id: u64, parent: u64| json!({"type": "chained", "source": source, "synthetic": synthetic, "exception_id": id, "parent_id": parent});
    assert_eq!(list[1]["mechanism"], chained("member", false, 1, 0));
    assert_eq!(list[2]["mechanism"], chained("cause", true, 2, 1));
    assert_eq!(list[3]["mechanism"], chained("member", false, 3, 0));
    assert_eq!(list[2]["type"], "TypeError");
    assert_eq!(list[1].get("stacktrace"), None);
}

#[test]
fn whatever_was_thrown_has_a_type_and_a_text() {
    for (thrown, name, value) in [
        (
            json!({"kind": "error", "value": "x", "class": "Mine"}),
            "Mine",
            "x",
        ),
        (
            json!({"kind": "error", "value": "Unknown error"}),
            "Error",
            "Unknown error",
        ),
        (
            json!({"kind": "domexception", "type": "NotFoundError", "value": "gone"}),
            "DOMException",
            "NotFoundError: gone",
        ),
        (
            json!({"kind": "domexception", "type": "AbortError"}),
            "DOMException",
            "AbortError",
        ),
        (
            json!({"kind": "rejection", "value": "undefined"}),
            "UnhandledRejection",
            "Non-Error promise rejection captured with value: undefined",
        ),
        (
            json!({"kind": "primitive", "value": "12"}),
            "Error",
            "Primitive value captured as exception: 12",
        ),
        (
            json!({"kind": "object", "class": "Object", "keys": "a, b"}),
            "Error",
            "Object captured as exception with keys: a, b",
        ),
        (
            json!({"kind": "object", "class": "Cart", "keys": "a"}),
            "Error",
            "'Cart' captured as exception with keys: a",
        ),
        (
            json!({"kind": "object", "class": "Object", "value": "oh", "keys": "message"}),
            "Error",
            "oh",
        ),
        (
            json!({"kind": "object", "type": "Failure", "keys": "name"}),
            "Failure",
            "'Failure' captured as exception",
        ),
        (
            json!({"kind": "object", "type": "Failure", "value": "oh"}),
            "Failure",
            "'Failure' captured as exception with message: 'oh'",
        ),
        (
            json!({"kind": "event", "class": "ProgressEvent", "keys": "isTrusted"}),
            "ProgressEvent",
            "ProgressEvent captured as exception with keys: isTrusted",
        ),
        (json!({"kind": "string", "value": "oh"}), "Error", "oh"),
        (
            json!({"kind": "string", "value": "oh: no"}),
            "Error",
            "oh: no",
        ),
        (
            json!({"kind": "string", "value": "Uncaught TypeError: oh: no"}),
            "TypeError",
            "oh: no",
        ),
        (
            json!({"kind": "string", "value": "uncaught exception: a string"}),
            "Error",
            "a string",
        ),
        (
            json!({"kind": "string", "value": "rangeerror: far"}),
            "rangeerror",
            "far",
        ),
        (json!({"kind": "string", "value": ""}), "Error", ""),
        (json!({}), "Error", ""),
    ] {
        let list = list(json!([thrown]));
        assert_eq!(
            (&list[0]["type"], &list[0]["value"]),
            (&json!(name), &json!(value)),
            "{thrown}"
        );
    }
}

#[test]
fn what_is_made_for_an_exception_is_synthetic() {
    let synthetic = |thrown: Value| list(json!([thrown]))[0]["mechanism"]["synthetic"] == true;
    assert!(!synthetic(json!({"kind": "error", "value": "x"})));
    assert!(!synthetic(json!({"kind": "domexception", "value": "x"})));
    assert!(synthetic(
        json!({"kind": "error", "value": "x", "stack": "f@a.js:1:2", "synthetic": true})
    ));
    assert!(synthetic(json!({"kind": "string", "value": "x"})));
}

#[test]
fn chunks_and_the_release_are_told_where_they_are_known() {
    let thrown = json!([{
        "kind": "error", "value": "x", "stack": "f@https://shop.example/a.js:1:2\ng@https://shop.example/b.js:1:2",
        "chunks": {"https://shop.example/a.js": "0199"}, "release": "1.2.3",
    }]);
    let properties = handled(&mut Exceptions::new(), &thrown, "").unwrap();
    assert_eq!(properties["$release_id"], "1.2.3");
    let frames = &properties["$exception_list"][0]["stacktrace"]["frames"];
    assert_eq!(frames[1]["chunk_id"], "0199");
    assert_eq!(frames[0].get("chunk_id"), None);
}

#[test]
fn only_files_of_the_app_are_in_app() {
    for (file, expected) in [
        ("https://shop.example/a.js", true),
        ("HTTPS://shop.example/a.js", true),
        ("webpack-internal:///./src/a.js", true),
        ("capacitor://localhost/a.js", true),
        ("/a/b:c.js", true),
        ("a.js", true),
        ("C:/app/a.js", true),
        ("<anonymous>", false),
        ("node:internal/a", false),
        ("chrome-extension://abc/a.js", false),
        ("wasm://wasm/abc", false),
        ("data:text/javascript,a", false),
    ] {
        let mut exceptions = Exceptions::new();
        exceptions.configure(r#"{"captureExtensionExceptions":true}"#);
        let properties =
            handled(&mut exceptions, &error(&format!("at f ({file}:1:2)")), "").unwrap();
        let frame = &properties["$exception_list"][0]["stacktrace"]["frames"][0];
        assert_eq!(
            (&frame["filename"], &frame["in_app"]),
            (&json!(file), &json!(expected))
        );
    }
}

#[test]
fn what_is_none_of_the_apps_is_not_told_but_remembered_as_a_step() {
    let masked = "f@webkit-masked-url://hidden/:1:2";
    let with = |value: &str, stack: &str| json!([{"kind": "error", "type": "Error", "value": value, "stack": stack}]);
    for (thrown, is_extension) in [
        (
            error("f@https://shop.example/a.js:1:2\ng@chrome-extension://abc/b.js:1:2"),
            true,
        ),
        (error("f@moz-extension://abc/b.js:1:2"), true),
        (with("No response from target", masked), true),
        (
            with(
                "undefined is not an object (evaluating 'window.__gCrWeb.a')",
                "f@https://shop.example/:1:2",
            ),
            true,
        ),
        (
            error(
                "f@https://us-assets.posthog.com/static/recorder.js:1:2\ng@https://shop.example/a.js:1:2",
            ),
            false,
        ),
        (
            error("f@http://localhost:5173/node_modules/.vite/deps/hoglet.js?v=1:1:2"),
            false,
        ),
    ] {
        let mut exceptions = Exceptions::new();
        assert!(!is_told_unhandled(&mut exceptions, &thrown), "{thrown}");
        let next = handled(&mut exceptions, &error(""), "").unwrap();
        assert_eq!(next["$exception_steps"].as_array().map(Vec::len), Some(1));
        exceptions.configure(r#"{"captureExtensionExceptions":true}"#);
        assert_eq!(
            is_told_unhandled(&mut exceptions, &thrown),
            is_extension,
            "{thrown}"
        );
        let handed_over = handled(&mut Exceptions::new(), &thrown, "");
        assert!(handed_over.is_some(), "{thrown}");
    }
    for thrown in [
        with("x", masked),
        with(
            "No response from target",
            &format!("{masked}\ng@https://shop.example/a.js:1:2"),
        ),
        error(
            "f@https://shop.example/a.js:1:2\ng@https://us-assets.posthog.com/static/recorder.js:1:2",
        ),
        json!([{"kind": "string", "value": "Script error."}]),
    ] {
        assert!(
            is_told_unhandled(&mut Exceptions::new(), &thrown),
            "{thrown}"
        );
    }
}

#[test]
fn exceptions_that_the_app_hands_over_are_not_limited() {
    let mut exceptions = Exceptions::new();
    let thrown = error("").to_string();
    let mut told = |is_manual| {
        let told = (0..50).filter(|_| exceptions.handle(at(0), &thrown, "", is_manual).is_some());
        told.count()
    };
    assert_eq!(
        (told(true), told(false), told(false), told(true)),
        (50, 9, 0, 50)
    );
}

#[test]
fn what_is_not_told_takes_nothing_from_what_is() {
    let mut exceptions = Exceptions::new();
    let mut told = |thrown: Value| {
        let thrown = thrown.to_string();
        (0..50)
            .filter(|_| exceptions.handle(at(0), &thrown, "", false).is_some())
            .count()
    };
    assert_eq!(told(error("f@moz-extension://abc/b.js:1:2")), 0);
    assert_eq!(told(error("f@https://shop.example/a.js:1:2")), 9);
}

#[test]
fn limits_are_those_of_the_settings() {
    let mut exceptions = Exceptions::new();
    exceptions
        .configure(r#"{"exceptionRateLimiterBucketSize":1000,"exceptionRateLimiterRefillRate":5}"#);
    let thrown = error("").to_string();
    let mut told = |millis| {
        (0..500)
            .filter(|_| exceptions.handle(at(millis), &thrown, "", false).is_some())
            .count()
    };
    assert_eq!((told(0), told(10_000)), (99, 4));
}

#[test]
fn steps_are_told_until_they_are_cleared() {
    let mut exceptions = Exceptions::new();
    exceptions.add_step(at(0).wall, "paid", r#"{"cart":1}"#);
    for _ in 0..2 {
        let properties = handled(&mut exceptions, &error(""), "").unwrap();
        assert_eq!(
            properties["$exception_steps"],
            json!([{"$message": "paid", "$timestamp": "2026-01-02T02:04:05.678Z", "cart": 1}])
        );
    }
    exceptions.clear_steps();
    let properties = handled(&mut exceptions, &error(""), "").unwrap();
    assert_eq!(properties.get("$exception_steps"), None);
    exceptions.configure(r#"{"exception_steps":{"enabled":false}}"#);
    exceptions.add_step(at(0).wall, "paid", "");
    let properties = handled(&mut exceptions, &error(""), "").unwrap();
    assert_eq!(properties.get("$exception_steps"), None);
}

#[test]
fn how_it_was_captured_is_told() {
    let properties = handled(
        &mut Exceptions::new(),
        &error(""),
        r#"{"handled":true,"type":"onconsole"}"#,
    )
    .unwrap();
    assert_eq!(
        properties["$exception_list"][0]["mechanism"],
        json!({"type": "onconsole", "handled": true, "synthetic": false, "exception_id": 0})
    );
}

#[test]
fn of_damaged_texts_what_is_left_is_told_as_json() {
    let whole = json!([
        {"kind": "error", "type": "TypeError", "value": "half \u{1f994} a \"pair\"", "stack": "f@a.js:1:2\n\u{0}"},
        {"kind": "string", "value": "x", "source": "cause", "parent": 0},
    ]);
    let whole = whole.to_string();
    for end in (0..=whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        if let Some(properties) =
            Exceptions::new().handle(at(0), &whole[..end], &whole[..end], true)
        {
            assert!(json::is_valid(&properties.to_json()), "{end}");
        }
    }
    let halves = r#"[{"kind":"error","type":"\udd94","value":"\ud83e","stack":"f\ud83e@a.js:1:2","parent":-1,"chunks":[1]}]"#;
    let properties = Exceptions::new().handle(at(0), halves, "", true).unwrap();
    assert!(json::is_valid(&properties.to_json()));
    for nothing in ["", "null", "{}", "[]", "[", "<html>"] {
        assert_eq!(
            Exceptions::new().handle(at(0), nothing, "", true),
            None,
            "{nothing}"
        );
    }
}

#[test]
fn chains_are_bounded() {
    let thrown: Vec<_> = (0..1_000)
        .map(|_| json!({"kind": "string", "value": "x"}))
        .collect();
    assert_eq!(
        list(Value::Array(thrown)).as_array().map(Vec::len),
        Some(MAX_CHAIN)
    );
}
