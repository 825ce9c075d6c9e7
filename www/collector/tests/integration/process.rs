//! The program itself: its one line of output, its database file, and its end.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_collector");

fn start(arguments: &[&str]) -> (Child, String) {
    let mut child = Command::new(BINARY)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .trim_end()
        .strip_prefix("listening on http://")
        .unwrap()
        .to_owned();
    (child, address)
}

fn get(address: &str, path: &str) -> String {
    ureq::get(format!("http://{address}{path}"))
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap()
}

fn stop(mut child: Child) {
    let asked = Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_says_where_it_listens_stops_when_asked_and_keeps_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("new/events.sqlite");
    let arguments = ["--database", database.to_str().unwrap()];

    let (child, address) = start(&arguments);
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let body = r#"{"token":"t","event":"a","distinct_id":"d"}"#;
    ureq::post(format!("http://{address}/e/"))
        .send(body)
        .unwrap();
    // A stream in hand does not keep it from stopping.
    let mut stream = ureq::get(format!("http://{address}/_collector/stream"))
        .call()
        .unwrap();
    stop(child);
    let mut rest = String::new();
    let _ = stream.body_mut().as_reader().read_to_string(&mut rest);

    let (child, address) = start(&arguments);
    assert!(get(&address, "/_collector/events").contains(r#""event":"a""#));
    stop(child);
}

#[test]
fn a_mistake_on_the_command_line_is_explained() {
    for (arguments, says) in [
        (vec!["--mount", "/=/nonexistent"], "there is no such folder"),
        (vec!["--mount", "demo"], "write it as PREFIX=PATH"),
        (vec!["--spa", "/=/nonexistent"], "there is no such file"),
        (
            vec!["--database", "/dev/null/x"],
            "cannot open the database",
        ),
    ] {
        let output = Command::new(BINARY).args(&arguments).output().unwrap();
        assert!(!output.status.success());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn flags_to_begin_with_are_for_projects_that_have_none() {
    let folder = tempfile::tempdir().unwrap();
    let (file, database) = (
        folder.path().join("flags.json"),
        folder.path().join("e.sqlite"),
    );
    let arguments = [
        "--flags",
        file.to_str().unwrap(),
        "--database",
        database.to_str().unwrap(),
    ];
    std::fs::write(&file, r#"{"t":{"one":{"active":false},"two":{}}}"#).unwrap();
    let keys = |address: &str| {
        let list: Value = serde_json::from_str(&get(address, "/_collector/flags?token=t")).unwrap();
        let flags = list["flags"].as_array().unwrap().iter();
        flags.map(|flag| flag["key"].clone()).collect::<Vec<_>>()
    };

    let (child, address) = start(&arguments);
    assert_eq!(keys(&address), ["one", "two"]);
    ureq::delete(format!("http://{address}/_collector/flags/one?token=t"))
        .call()
        .unwrap();
    stop(child);
    let (child, address) = start(&arguments);
    assert_eq!(keys(&address), ["two"]);
    stop(child);

    std::fs::write(&file, r#"{"t":{},"u":{"one":{"active":1}}}"#).unwrap();
    let output = Command::new(BINARY).args(arguments).output().unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("one: active: invalid type"), "{error}");
}
