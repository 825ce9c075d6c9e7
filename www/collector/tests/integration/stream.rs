//! The live stream: no gap and no double between what is stored and what is new.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::thread;

use serde_json::Value;

use crate::support::{Collector, envelope, event, uuid};

/// Reads `count` events of a stream and returns their rows.
fn read(
    collector: &Collector,
    query: &str,
    last_event_id: Option<i64>,
    count: usize,
) -> Vec<Value> {
    let mut stream = TcpStream::connect(collector.address()).unwrap();
    let resume = last_event_id.map_or_else(String::new, |id| format!("last-event-id: {id}\r\n"));
    write!(
        stream,
        "GET /_collector/stream{query} HTTP/1.1\r\nhost: x\r\n{resume}\r\n"
    )
    .unwrap();
    let mut rows = Vec::new();
    let mut id = String::new();
    for line in BufReader::new(stream).lines() {
        let line = line.unwrap();
        if let Some(text) = line.strip_prefix("id: ") {
            id = text.to_owned();
        } else if let Some(text) = line.strip_prefix("data: ") {
            let row: Value = serde_json::from_str(text).unwrap();
            rows.push(row);
        } else if line.is_empty() && !id.is_empty() {
            assert_eq!(rows.last().unwrap()["id"].to_string(), id);
            id.clear();
            if rows.len() == count {
                break;
            }
        }
    }
    rows
}

fn ids(rows: &[Value]) -> Vec<i64> {
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[test]
fn readers_who_join_at_any_time_see_each_event_once_and_in_order() {
    const EVENTS: u32 = 1_200;
    let collector = Collector::start();
    thread::scope(|scope| {
        let mut readers = Vec::new();
        for part in 0..6 {
            let collector = &collector;
            scope.spawn(move || {
                for number in (part * 200..(part + 1) * 200).step_by(10) {
                    let events: Vec<Value> = (number..number + 10)
                        .map(|n| event("a", &uuid(n)))
                        .collect();
                    collector.post("/e/", envelope(&events));
                }
            });
            readers.push(scope.spawn(move || read(collector, "", None, EVENTS as usize)));
        }
        for reader in readers {
            assert_eq!(
                ids(&reader.join().unwrap()),
                (1..=i64::from(EVENTS)).collect::<Vec<_>>()
            );
        }
    });
}

#[test]
fn a_reader_resumes_where_it_was() {
    let collector = Collector::start();
    let events: Vec<Value> = (1..=5).map(|number| event("a", &uuid(number))).collect();
    collector.post("/e/", envelope(&events));
    assert_eq!(ids(&read(&collector, "", Some(2), 3)), [3, 4, 5]);
    assert_eq!(ids(&read(&collector, "?after=3", None, 2)), [4, 5]);
    assert_eq!(ids(&read(&collector, "?after=1", Some(4), 1)), [5]);
    // These ids are those of another database.
    assert_eq!(ids(&read(&collector, "", Some(900), 5)), [1, 2, 3, 4, 5]);
}

#[test]
fn a_double_is_not_streamed_and_other_projects_are_left_out() {
    let collector = Collector::start();
    collector.post("/e/", envelope(&[event("first", &uuid(1))]));
    collector.post("/e/", envelope(&[event("first", &uuid(1))]));
    let mut other = event("other", &uuid(2));
    other["properties"]["token"] = "phc_other".into();
    collector.post("/e/", other.to_string());
    collector.post("/e/", envelope(&[event("last", &uuid(3))]));
    let rows = read(&collector, "?token=phc_test", None, 2);
    assert_eq!([&rows[0]["event"], &rows[1]["event"]], ["first", "last"]);
    assert_eq!(rows[0], collector.list("events")[0]);
}
