//! What a command asks of the allocator, counted: it does not depend on how fast a machine is.

#![expect(
    unsafe_code,
    reason = "an allocator is unsafe to implement; this one only counts"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::{env, fs};

use hoglet::core::event::Capture;
use serde_json::{Value as Json, json};

use crate::page::Page;

/// The system's allocator, which counts what the present thread asks for.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static ASKED: Cell<Asked> = const { Cell::new(Asked { times: 0, bytes: 0 }) };
}

#[derive(Clone, Copy)]
struct Asked {
    times: usize,
    bytes: usize,
}

impl Counting {
    fn count(bytes: usize) {
        // Nobody asks for the count of a thread that ends.
        let _ = ASKED.try_with(|asked| {
            let Asked { times, bytes: sum } = asked.get();
            asked.set(Asked {
                times: times + 1,
                bytes: sum + bytes,
            });
        });
    }
}

// SAFETY: the system's allocator does everything, with what it is given.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size());
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count(size);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn asked(work: impl FnOnce()) -> Asked {
    let before = ASKED.get();
    work();
    let after = ASKED.get();
    Asked {
        times: after.times - before.times,
        bytes: after.bytes - before.bytes,
    }
}

/// Captures in one task.
const CALLS: usize = 50;

/// Where the counts are that are expected.
const EXPECTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/core/allocations.json");

/// The environment variable that has what was counted taken for what is expected.
const UPDATE: &str = "HOGLET_UPDATE_COUNTS";

#[test]
fn a_capture_asks_the_allocator_for_what_is_written_down() {
    let wide: Vec<_> = (0..100)
        .map(|number| format!(r#""property_{number}":"the value of property {number}""#))
        .collect();
    let bags = [
        (
            "small",
            r#"{"plan":"professional","price":42.5,"position":1}"#.to_owned(),
        ),
        ("wide", format!("{{{}}}", wide.join(","))),
    ];
    let mut counted = serde_json::Map::new();
    for (name, properties) in &bags {
        let mut page = Page::open(&[]);
        let capture = Capture {
            name: "measured",
            properties,
            ..Capture::default()
        };
        // What is done once is done.
        page.captured_with("measured", properties);
        page.deliver();
        let captured = asked(|| {
            for _ in 0..CALLS {
                page.ask(|client, now| client.capture(now, &capture));
            }
        });
        let now = page.now();
        let settled = asked(|| {
            page.client.settle(now);
            drop(page.client.poll_outputs());
        });
        let each = |asked: Asked| {
            let share = |count: usize| count as f64 / CALLS as f64;
            json!({ "times": share(asked.times), "bytes": share(asked.bytes) })
        };
        let counts = json!({ "untilItReturns": each(captured), "whenTheTaskEnds": each(settled) });
        counted.insert((*name).to_owned(), counts);
    }

    let counted = Json::Object(counted);
    if env::var_os(UPDATE).is_some() {
        fs::write(EXPECTED, format!("{counted:#}\n")).unwrap();
    }
    // The order of members depends on what else is compiled along with it.
    let expected: Json = serde_json::from_str(&fs::read_to_string(EXPECTED).unwrap()).unwrap();
    assert_eq!(
        counted, expected,
        "if that is meant to be so, write it down with `{UPDATE}=1 cargo xtask test core -- written_down`"
    );
}
