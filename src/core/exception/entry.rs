//! One exception of a chain: what the adapter read of it, and the words by which PostHog knows it.
//!
//! The adapter gives an object of strings: `kind`, `type` (its name), `class`, `value` (its message), `keys`, `stack`;
//! `source` (`cause` or `member`) and `parent`, a number, unless it is the outermost; `synthetic`, `true` if the
//! stack is that of where it was captured; `chunks`, an object of ids by file. What says nothing is left out. The words
//! are those of posthog-js 1.449.2, so that issues stay the same.

use super::super::properties::Properties;
use super::super::{json, text};
use super::origin;
use super::stack::Frame;

/// Types that a text may begin with, a colon and a space behind.
const ERROR_TYPES: [&str; 8] = [
    "Error",
    "EvalError",
    "InternalError",
    "RangeError",
    "ReferenceError",
    "SyntaxError",
    "TypeError",
    "URIError",
];

/// An exception of a chain.
#[derive(Debug)]
pub(super) struct Entry {
    /// What class of error it is.
    pub(super) name: String,
    /// What it says.
    pub(super) value: String,
    pub(super) stack: String,
    /// Whether its texts or its stack were made for it.
    is_synthetic: bool,
    source: String,
    parent: u64,
    chunks: String,
}

impl Entry {
    /// Reads what the adapter tells of it, as far as it goes.
    pub(super) fn read(entry: &str) -> Self {
        let kind = string(entry, "kind");
        let (name, value) = words(&kind, entry);
        Self {
            name,
            value,
            stack: string(entry, "stack"),
            is_synthetic: member(entry, "synthetic") == "true"
                || !matches!(&*kind, "error" | "domexception"),
            source: string(entry, "source"),
            parent: json::as_integer(member(entry, "parent")).unwrap_or(0),
            chunks: member(entry, "chunks").to_owned(),
        }
    }

    /// Appends the exception as `$exception_list` has it. `mechanism` is what is known of how the outermost was captured.
    pub(super) fn push(
        &self,
        out: &mut String,
        id: u64,
        mechanism: &Properties,
        frames: &[Frame<'_>],
    ) {
        let is_outermost = id == 0;
        let mut how = Properties::new();
        if is_outermost {
            how.set("type", mechanism.get("type").unwrap_or("\"generic\""));
            how.set("handled", mechanism.get("handled").unwrap_or("true"));
        } else {
            how.set_string("type", "chained");
            how.set_string("source", &self.source);
        }
        how.set("synthetic", boolean(self.is_synthetic));
        how.set_integer("exception_id", id);
        if !is_outermost {
            how.set_integer("parent_id", self.parent);
        }
        let mut exception = Properties::new();
        exception.set_string("type", &self.name);
        exception.set_string("value", &self.value);
        exception.set("mechanism", &how.to_json());
        if !frames.is_empty() {
            let mut list = String::from("{\"type\":\"raw\",\"frames\":[");
            for frame in frames.iter().rev() {
                json::push_separator(&mut list);
                list.push_str(&self.frame(frame).to_json());
            }
            list.push_str("]}");
            exception.set("stacktrace", &list);
        }
        json::push_separator(out);
        out.push_str(&exception.to_json());
    }

    fn frame(&self, frame: &Frame<'_>) -> Properties {
        let mut properties = Properties::new();
        properties.set_string("platform", "web:javascript");
        properties.set_string("filename", frame.filename);
        properties.set_string("function", frame.function);
        properties.set("in_app", boolean(origin::is_in_app(frame)));
        for (key, number) in [("lineno", frame.line), ("colno", frame.column)] {
            if let Some(number) = number {
                properties.set_integer(key, number);
            }
        }
        properties.set_string_if_any("chunk_id", &string(&self.chunks, frame.filename));
        properties
    }
}

/// The type and the text of an exception.
fn words(kind: &str, entry: &str) -> (String, String) {
    const KEYS: &str = " captured as exception with keys: ";
    let read = |key| string(entry, key);
    let [name, class, value, keys] = ["type", "class", "value", "keys"].map(read);
    let [name, class, value, keys] = [&*name, &*class, &*value, &*keys];
    let (name, value): (&str, &[&str]) = match (kind, name, class, value) {
        ("string", ..) => {
            let (name, value) = headed(value);
            (name, &[value])
        }
        ("rejection", ..) => (
            "UnhandledRejection",
            &["Non-Error promise rejection captured with value: ", value],
        ),
        ("primitive", ..) => ("Error", &["Primitive value captured as exception: ", value]),
        ("event", ..) => (class, &[class, KEYS, keys]),
        ("object", "", "" | "Object", "") => ("Error", &["Object", KEYS, keys]),
        ("object", "", _, "") => ("Error", &["'", class, "'", KEYS, keys]),
        ("object", "", ..) | (_, "", "", _) => ("Error", &[value]),
        ("object", .., "") => (name, &["'", name, "' captured as exception"]),
        ("object", ..) => (
            name,
            &[
                "'",
                name,
                "' captured as exception with message: '",
                value,
                "'",
            ],
        ),
        ("domexception", .., "") => ("DOMException", &[name]),
        ("domexception", ..) => ("DOMException", &[name, ": ", value]),
        (_, "", ..) => (class, &[value]),
        _ => (name, &[value]),
    };
    (name.to_owned(), text::concat(value))
}

/// The type at the head of a text, if there is one, and the rest, without what browsers put in front of both.
fn headed(message: &str) -> (&str, &str) {
    let mut rest = message;
    for head in ["uncaught exception: ", "uncaught "] {
        if text::slice(rest, 0, head.len()).eq_ignore_ascii_case(head) {
            rest = text::slice(rest, head.len(), rest.len());
        }
    }
    let name = text::before(rest, ": ");
    let is_type = |known: &&str| known.eq_ignore_ascii_case(name);
    match text::after(rest, ": ") {
        Some(value) if ERROR_TYPES.iter().any(is_type) => (name, value),
        _ => ("Error", rest),
    }
}

/// The value of an object's member as it stands there, empty if it has none.
fn member<'a>(object: &'a str, key: &str) -> &'a str {
    let member = json::members(object).find(|member| member.key() == key);
    member.map_or("", |member| member.value)
}

/// The text of an object's member, empty if it has none. Half a surrogate pair, where an app or the adapter cut one,
/// becomes U+FFFD.
#[inline(never)]
pub(super) fn string(object: &str, key: &str) -> String {
    let text = json::as_string(member(object, key));
    text.unwrap_or_default().into_owned()
}

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
