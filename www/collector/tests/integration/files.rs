//! Static files.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::support::Collector;

fn site() -> (TempDir, Collector) {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("secret.txt", "secret");
    write("demo/index.html", "shop");
    write("demo/shop.js", "shop");
    write("demo/inspector/index.html", "inspector");
    write("package/index.js", "package");
    write("package/hoglet.wasm", "wasm");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let collector = Collector::start_with(&[
        "--mount",
        &format!("/={}", path("demo")),
        "--mount",
        &format!("/hoglet={}", path("package")),
        "--spa",
        &format!("/={}", path("demo/index.html")),
    ]);
    (folder, collector)
}

fn get(collector: &Collector, path: &str) -> (u16, String) {
    let answer = collector.send("GET", path, &[], &[]);
    (answer.status, answer.body)
}

#[test]
fn the_longest_prefix_wins_and_client_routes_get_the_page() {
    let (_folder, collector) = site();
    assert_eq!(get(&collector, "/"), (200, "shop".into()));
    assert_eq!(get(&collector, "/inspector/"), (200, "inspector".into()));
    assert_eq!(get(&collector, "/hoglet/index.js"), (200, "package".into()));
    assert_eq!(
        get(&collector, "/product/7?from=mail"),
        (200, "shop".into())
    );
    assert_eq!(get(&collector, "/hogletry"), (200, "shop".into()));
    // A missing script must not come back as a page.
    assert_eq!(get(&collector, "/hoglet/missing.js").0, 404);
    assert_eq!(get(&collector, "/_collector/missing").0, 404);
    assert_eq!(collector.send("POST", "/product/7", &[], b"x").status, 405);
}

#[test]
fn a_folder_without_its_slash_is_redirected() {
    let (_folder, collector) = site();
    for (path, target) in [("/inspector", "/inspector/"), ("/hoglet", "/hoglet/")] {
        let answer = collector
            .raw(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 307"), "{answer}");
        assert!(
            answer.contains(&format!("location: {target}\r\n")),
            "{answer}"
        );
    }
}

#[test]
fn types_are_right_and_nothing_is_kept_unasked() {
    let (_folder, collector) = site();
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/shop.js", "text/javascript; charset=utf-8"),
        ("/hoglet/hoglet.wasm", "application/wasm"),
    ] {
        let answer = collector.send("GET", path, &[], &[]);
        assert_eq!(answer.headers["content-type"], content_type);
        assert_eq!(answer.headers["cache-control"], "no-cache");
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
    }
}

#[test]
fn no_path_leads_out_of_its_folder() {
    let (folder, collector) = site();
    assert!(Path::new(&folder.path().join("secret.txt")).exists());
    for path in [
        "/../secret.txt",
        "/hoglet/../../secret.txt",
        "/hoglet/%2e%2e/secret.txt",
        "/hoglet/..%2fsecret.txt",
        "/hoglet/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/hoglet//../secret.txt",
        "/hoglet/..\\secret.txt",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = collector.raw(request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 "), "{path}: {answer}");
        assert!(
            !answer.contains("secret\r\n") && !answer.ends_with("secret"),
            "{path}: {answer}"
        );
    }
}
