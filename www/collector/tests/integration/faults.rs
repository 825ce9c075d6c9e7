//! The fault switch, each fault as a client sees it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Answer, Collector, envelope, event, uuid};

fn body(number: u32) -> String {
    envelope(&[event("a", &uuid(number))])
}

#[test]
fn a_status_is_answered_so_many_times_and_the_events_are_not_stored() {
    let collector = Collector::start();
    collector.set_faults(
        &json!([{ "path": "/e/", "times": 2, "after": 1, "status": 503, "retry_after": "2" }]),
    );
    let statuses: Vec<u16> = (1..=4)
        .map(|number| collector.post("/e/", body(number)).status)
        .collect();
    assert_eq!(statuses, [200, 503, 503, 200]);
    assert_eq!(collector.column("events", "uuid"), [uuid(1), uuid(4)]);
    assert_eq!(collector.column("receipts", "status"), [200, 503, 503, 200]);
    let rules = collector.list("faults");
    assert_eq!(
        (&rules[0]["applied"], &rules[0]["passed"]),
        (&2.into(), &1.into())
    );
    let error = collector.list("requests")[1]["error"].clone();
    assert!(error.as_str().unwrap().starts_with("fault: "), "{error}");
}

#[test]
fn retry_after_can_be_read_from_another_origin() {
    let collector = Collector::start();
    collector.set_faults(&json!([{ "status": 429, "retry_after": "2" }]));
    let answer = collector.send(
        "POST",
        "/e/",
        &[("origin", "http://shop.test")],
        body(1).as_bytes(),
    );
    assert_eq!(answer.status, 429);
    assert_eq!(answer.headers["retry-after"], "2");
    assert_eq!(
        answer.headers["access-control-allow-origin"],
        "http://shop.test"
    );
    assert_eq!(
        answer.headers["access-control-expose-headers"],
        "retry-after"
    );
}

#[test]
fn after_commit_the_events_are_there_and_the_answer_is_lost() {
    let collector = Collector::start();
    for (number, reset) in ["before", "body", "response"].into_iter().enumerate() {
        collector.set_faults(&json!([{ "times": 1, "reset": reset, "after_commit": true }]));
        assert!(
            !collector.is_answered("/e/", body(number as u32)),
            "{reset}"
        );
    }
    collector.set_faults(&json!([{ "times": 1, "status": 500, "after_commit": true }]));
    assert_eq!(collector.post("/e/", body(3)).status, 500);
    assert_eq!(collector.list("events").len(), 4);
    assert_eq!(collector.column("receipts", "status"), [0, 0, 0, 500]);
    // The retry is a double, which the receipts show.
    assert_eq!(collector.post("/e/", body(3)).status, 200);
    assert_eq!(collector.list("events").len(), 4);
    assert_eq!(collector.list("receipts").len(), 5);
}

#[test]
fn a_connection_is_cut_before_its_body() {
    let collector = Collector::start();
    collector.set_faults(&json!([{ "times": 1, "reset": "before" }]));
    // The body never comes, and the server does not wait for it.
    let head = "POST /e/ HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
    assert_eq!(collector.raw(head.as_bytes()), "");
    let request = collector.list("requests").remove(0);
    assert_eq!(
        (&request["status"], &request["bytes"]),
        (&0.into(), &0.into())
    );
    assert_eq!(collector.post("/e/", body(1)).status, 200);
}

#[test]
fn a_connection_is_cut_in_mid_body() {
    let collector = Collector::start();
    collector.set_faults(&json!([{ "times": 1, "reset": "body" }]));
    let part = "POST /e/ HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf a body";
    assert_eq!(collector.raw(part.as_bytes()), "");
    let request = collector.list("requests").remove(0);
    assert_eq!(
        (&request["status"], &request["bytes"]),
        (&0.into(), &11.into())
    );
    assert!(collector.list("events").is_empty());
}

#[test]
fn a_cut_is_a_reset_and_not_an_orderly_end() {
    let collector = Collector::start();
    collector.set_faults(&json!([{ "reset": "before" }]));
    let mut stream = TcpStream::connect(collector.address()).unwrap();
    stream
        .write_all(b"GET /e/ HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let error = stream.read(&mut [0; 1]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn a_connection_is_cut_in_mid_response() {
    let collector = Collector::start();
    collector.set_faults(&json!([{ "reset": "response" }]));
    let text = body(1);
    let request = format!(
        "POST /e/ HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{text}",
        text.len()
    );
    let answer = collector.raw(request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("content-length: 15\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n{\"statu"), "{answer}");
    assert!(!collector.is_answered("/e/", &text));
    assert_eq!(collector.column("receipts", "status"), [0, 0]);
    assert!(collector.list("events").is_empty());
}

#[test]
fn a_server_that_is_down_cuts_everything_but_its_own_routes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("page.html"), "page").unwrap();
    let collector = Collector::start_with(&["--mount", &format!("/={}", folder.path().display())]);
    collector.set_faults(&json!([{ "down": true }]));
    assert!(!collector.is_answered("/e/", body(1)));
    assert!(!collector.is_answered("/flags/?v=2", "{}"));
    let preflight = [
        ("origin", "http://a"),
        ("access-control-request-method", "POST"),
    ];
    assert!(
        collector
            .try_send("OPTIONS", "/e/", &preflight, &[])
            .is_err()
    );
    assert_eq!(collector.send("GET", "/page.html", &[], &[]).status, 200);
    assert_eq!(collector.column("requests", "status"), [0, 0, 0]);
    assert_eq!(collector.list("faults")[0]["applied"], 2);
    assert_eq!(
        collector
            .send("DELETE", "/_collector/faults", &[], &[])
            .status,
        200
    );
    assert_eq!(collector.post("/e/", body(1)).status, 200);
}

#[test]
fn a_delayed_answer_comes_no_sooner() {
    let collector = Collector::start();
    collector.set_faults(&json!([{ "delay_ms": 80, "times": 1 }]));
    let start = Instant::now();
    assert_eq!(collector.post("/e/", body(1)).status, 200);
    assert!(start.elapsed() >= Duration::from_millis(80));
    assert_eq!(collector.list("events").len(), 1);
}

#[test]
fn a_delayed_answer_comes_once_the_rules_are_replaced() {
    let collector = Collector::start();
    collector.set_faults(&json!([{ "delay_ms": 600_000 }]));
    thread::scope(|scope| {
        let answer = scope.spawn(|| collector.post("/e/", body(1)));
        while collector.list("requests").is_empty() {}
        collector.set_faults(&json!([]));
        assert_eq!(answer.join().unwrap().status, 200);
    });
}

#[test]
fn over_quota_the_answer_says_so_and_the_events_are_not_stored() {
    let collector = Collector::start();
    collector.set_faults(&json!([{ "quota_limited": ["events"] }]));
    let answer = collector.post("/e/", body(1));
    let json: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        (answer.status, json),
        (200, json!({ "status": "Ok", "quota_limited": ["events"] }))
    );
    assert!(collector.list("events").is_empty());
    assert_eq!(collector.list("receipts").len(), 1);
    collector.set_faults(&json!([{ "quota_limited": ["feature_flags"] }]));
    let answer = collector.post("/flags/?v=2", r#"{"token":"t","distinct_id":"d"}"#);
    let json: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(json["quotaLimited"], json!(["feature_flags"]));
}

#[test]
fn any_body_can_be_answered_in_place_of_the_real_one() {
    let collector = Collector::start();
    let html = "<!doctype html><title>Sign in to the Wi-Fi</title>";
    collector.set_faults(&json!([
        { "path": "/flags", "times": 1, "body": html, "content_type": "text/html" },
        { "path": "/flags", "times": 1, "status": 502, "body": r#"{"flags":{"a"#, "delay_ms": 1 },
        { "path": "/flags", "times": 1, "body": r#"{"featureFlags":{}}"#, "quota_limited": ["feature_flags"] },
        { "path": "/e/", "body": "", "status": 200 },
    ]));
    let ask = || collector.post("/flags/?v=2", r#"{"token":"t","distinct_id":"d"}"#);
    let told = |answer: &Answer| {
        let content_type = answer.headers["content-type"].to_str().unwrap();
        (answer.status, content_type.to_owned(), answer.body.clone())
    };
    let json = "application/json".to_owned();
    assert_eq!(told(&ask()), (200, "text/html".to_owned(), html.to_owned()));
    assert_eq!(
        told(&ask()),
        (502, json.clone(), r#"{"flags":{"a"#.to_owned())
    );
    let limited = r#"{"featureFlags":{},"quotaLimited":["feature_flags"]}"#;
    assert_eq!(told(&ask()), (200, json, limited.to_owned()));
    assert!(ask().body.starts_with(r#"{"flags":{}"#));

    let answer = collector.post("/e/", body(1));
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert!(collector.list("events").is_empty());
}

#[test]
fn a_body_of_any_size_can_be_answered_and_only_its_beginning_is_recorded() {
    let collector = Collector::start();
    let huge = "x".repeat(3_000_000);
    collector.set_faults(&json!([{ "body": huge, "content_type": "text/plain" }]));
    assert_eq!(collector.post("/flags/?v=2", "{}").body, huge);
    let error = collector.list("requests")[0]["error"].clone();
    assert!(error.as_str().unwrap().len() < 300);
}

#[test]
fn flags_fail_by_every_rule_and_events_are_left_alone() {
    let collector = Collector::start();
    collector.set_faults(&json!([
        { "path": "/flags", "times": 1, "status": 500 },
        { "path": "/flags", "times": 1, "reset": "before" },
        { "path": "/flags", "times": 1, "reset": "response" },
        { "path": "/flags", "down": true },
    ]));
    let flags = r#"{"token":"t","distinct_id":"d"}"#;
    assert_eq!(collector.post("/flags/?v=2", flags).status, 500);
    for _ in 0..3 {
        assert!(!collector.is_answered("/flags/?v=2", flags));
    }
    assert_eq!(collector.post("/e/", body(1)).status, 200);
    let config = collector.send("GET", "/array/phc_test/config", &[], &[]);
    assert_eq!(config.status, 200);
}

#[test]
fn a_rule_with_a_mistake_is_refused_and_says_why() {
    let collector = Collector::start();
    for rules in [
        r#"[{"stauts":503}]"#,
        r#"[{"path":"/e/"}]"#,
        r#"[{"status":503,"content_type":"text/html"}]"#,
        r#"{"status":503}"#,
        "nonsense",
    ] {
        let answer = collector.send("PUT", "/_collector/faults", &[], rules.as_bytes());
        assert_eq!(answer.status, 400, "{rules}");
        assert!(!answer.body.is_empty());
    }
}

#[test]
fn a_client_that_breaks_off_is_recorded() {
    let collector = Collector::start();
    let mut stream = TcpStream::connect(collector.address()).unwrap();
    stream
        .write_all(b"POST /e/ HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf")
        .unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    // The server closes once it has seen the end, and it records before it closes.
    let _ = stream.read(&mut [0; 1]);
    let request = collector.list("requests").remove(0);
    assert_eq!(
        (&request["status"], &request["bytes"]),
        (&0.into(), &4.into())
    );
}
