//! Every arrival is kept, each event once, and a request is committed whole or not at all.

use rusqlite::Connection;
use serde_json::Value;

use crate::support::{Collector, envelope, event, gzip, uuid};

#[test]
fn a_double_shows_in_the_receipts_and_the_first_arrival_stays() {
    let collector = Collector::start();
    collector.post(
        "/e/",
        envelope(&[
            event("first", &uuid(1)),
            event("twice", &uuid(2)),
            event("twice", &uuid(2)),
        ]),
    );
    let mut changed = event("first", &uuid(1));
    changed["event"] = "changed".into();
    collector.post("/e/?retry_count=3", envelope(&[changed]));

    assert_eq!(collector.column("events", "event"), ["first", "twice"]);
    assert_eq!(
        collector.column("receipts", "uuid"),
        [uuid(1), uuid(2), uuid(2), uuid(1)]
    );
    assert_eq!(
        collector.column("receipts", "event"),
        ["first", "twice", "twice", "changed"]
    );
    assert_eq!(collector.column("receipts", "tab"), ["tab"; 4]);
    assert_eq!(collector.column("receipts?request_id=2", "status"), [200]);
    assert_eq!(collector.column("requests", "events"), [3, 1]);
    assert_eq!(
        collector.column("requests", "retry_count"),
        [Value::Null, 3.into()]
    );
}

#[test]
fn the_same_uuid_in_two_projects_is_two_events() {
    let collector = Collector::start();
    collector.post("/e/", envelope(&[event("a", &uuid(1))]));
    let mut other = event("a", &uuid(1));
    other["properties"]["token"] = "phc_other".into();
    collector.post("/e/", other.to_string());
    assert_eq!(
        collector.column("events", "token"),
        ["phc_test", "phc_other"]
    );
    assert_eq!(collector.list("receipts?token=phc_other").len(), 1);
}

#[test]
fn a_refused_request_leaves_receipts_with_its_status() {
    let collector = Collector::start();
    let mut bad = event("bad", &uuid(2));
    bad["timestamp"] = 5.into();
    assert_eq!(
        collector
            .post("/e/", envelope(&[event("good", &uuid(1)), bad]))
            .status,
        400
    );
    assert_eq!(collector.column("receipts", "uuid"), [uuid(1), uuid(2)]);
    assert_eq!(collector.column("receipts", "status"), [400, 400]);
    assert_eq!(collector.column("receipts", "token"), ["phc_test"; 2]);
}

#[test]
fn a_request_is_described_as_it_came() {
    let collector = Collector::start();
    let text = envelope(&[event("a", &uuid(1))]);
    let body = gzip(text.as_bytes());
    let headers = [
        ("content-type", "text/plain"),
        ("content-encoding", "gzip"),
        ("user-agent", "test"),
    ];
    collector.send("POST", "/i/v0/e/?ver=1", &headers, &body);
    let request = collector.list("requests").remove(0);
    for (column, value) in [
        ("path", Value::from("/i/v0/e/")),
        ("query", "ver=1".into()),
        ("method", "POST".into()),
        ("content_type", "text/plain".into()),
        ("content_encoding", "gzip".into()),
        ("compression", "gzip".into()),
        ("bytes", body.len().into()),
        ("decoded_bytes", text.len().into()),
        ("status", 200.into()),
        ("error", Value::Null),
        ("user_agent", "test".into()),
        ("token", "phc_test".into()),
        ("events", 1.into()),
    ] {
        assert_eq!(request[column], value, "{column}");
    }
}

#[test]
fn a_request_is_committed_whole_or_not_at_all_and_before_its_answer() {
    let collector = Collector::start();
    let database = Connection::open(collector.database()).unwrap();
    let count = |table: &str| -> i64 {
        database
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get(0)
            })
            .unwrap()
    };
    collector.post("/e/", envelope(&[event("a", &uuid(1))]));
    assert_eq!(["requests", "receipts", "events"].map(count), [1, 1, 1]);

    // SQLite itself fails at the last of three events.
    database
        .execute_batch(
            "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.event = 'poison'
             BEGIN SELECT RAISE(ABORT, 'poisoned'); END",
        )
        .unwrap();
    let answer = collector.post(
        "/e/",
        envelope(&[event("b", &uuid(2)), event("poison", &uuid(3))]),
    );
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("poisoned"), "{}", answer.body);
    assert_eq!(["requests", "receipts", "events"].map(count), [1, 1, 1]);

    assert_eq!(
        collector
            .post("/e/", envelope(&[event("b", &uuid(2))]))
            .status,
        200
    );
    assert_eq!(["requests", "receipts", "events"].map(count), [2, 2, 2]);
}

#[test]
fn emptying_leaves_nothing_and_reuses_no_id() {
    let collector = Collector::start();
    collector.post("/e/", envelope(&[event("a", &uuid(1))]));
    assert_eq!(
        collector
            .send("DELETE", "/_collector/events", &[], &[])
            .status,
        200
    );
    for list in ["events", "receipts", "requests", "persons"] {
        assert!(collector.list(list).is_empty(), "{list}");
    }
    collector.post("/e/", envelope(&[event("a", &uuid(1))]));
    assert_eq!(collector.column("events", "id"), [2]);
}

#[test]
fn many_clients_at_once_lose_nothing() {
    let collector = Collector::start();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let collector = &collector;
            scope.spawn(move || {
                for number in 0..25 {
                    // Every event is sent by two clients.
                    let body = envelope(&[event("a", &uuid(client / 2 * 100 + number))]);
                    assert_eq!(collector.post("/e/", body).status, 200);
                }
            });
        }
    });
    assert_eq!(collector.list("events").len(), 100);
    assert_eq!(collector.list("receipts").len(), 200);
}
