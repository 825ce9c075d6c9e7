//! `$elements_chain`: the elements as one text, byte for byte as posthog-js 1.449.2 writes it.
//!
//! ```text
//! chain   = element *( ";" element )               the target first
//! element = tag *( "." class ) ":" *( key "=" DQUOTE value DQUOTE )
//! ```
//!
//! Classes and keys are in the order of their code units; a quote is written `\"`, a quote behind a backslash too, and nothing
//! else is escaped.

use std::borrow::Cow;

use super::super::{json, text};
use super::content::{self, filtered, is_before, limit, may_be_told};
use super::element::Element;
use super::links;
use super::{Filters, Rules};

/// In UTF-16 code units.
const MAX_ATTRIBUTE: usize = 1_024;
const MAX_HREF: usize = 2_048;
const MAX_CHAIN_TEXT: usize = 400;

/// Elements further out are left out. What the page reads fits; see `pkg-template/elements.js`.
const MAX_BYTES: usize = 500_000;

/// What is told of sensitive elements.
const HARMLESS: [&str; 4] = ["name", "id", "class", "aria-label"];

/// Attributes of Angular's, which change with every build.
const GENERATED: [&str; 2] = ["_ngcontent", "_nghost"];

/// Attributes with addresses, besides those with `href` at the end or `url` anywhere in their names.
const ADDRESSES: [&str; 3] = ["src", "action", "formaction"];

/// Writes a chain. The target says `text`, and links to `href` if it is in a link.
pub(super) fn write(
    elements: &[Element<'_>],
    text: &str,
    href: Option<&str>,
    mask_text: bool,
    rules: &Rules<'_>,
    filters: &Filters<'_>,
) -> String {
    let mut out = String::new();
    for (at, element) in elements.iter().enumerate() {
        let attributes = told(element, href.filter(|_| at == 0), rules, filters);
        let text = if at == 0 {
            Cow::Borrowed(text)
        } else if mask_text || !element.is_useful() {
            Cow::Borrowed("")
        } else {
            Cow::Owned(element.text(filters))
        };
        if out.len() > MAX_BYTES {
            break;
        }
        if at > 0 {
            json::push_byte(&mut out, b';');
        }
        push_element(&mut out, element, &attributes, &text);
    }
    out
}

/// Attributes by their names, in order.
type Attributes<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// The attributes of an element that may be told, as they are told.
fn told<'a>(
    element: &'a Element<'_>,
    href: Option<&'a str>,
    rules: &Rules<'_>,
    filters: &Filters<'_>,
) -> Attributes<'a> {
    let mut told = Vec::new();
    for (name, value) in &element.attributes {
        let is_left_out = rules.mask_attributes
            || element.is_sensitive && !content::is_among(&HARMLESS, name)
            || rules
                .attribute_ignorelist
                .iter()
                .any(|ignored| ignored == name)
            || GENERATED.iter().any(|prefix| name.starts_with(prefix))
            || !may_be_told(value);
        if is_left_out {
            continue;
        }
        let value = if name == "class" {
            let mut classes = String::new();
            for class in content::words(value) {
                if !classes.is_empty() {
                    json::push_byte(&mut classes, b' ');
                }
                classes.push_str(class);
            }
            Cow::Owned(filtered(filters.text, &classes).into_owned())
        } else if name == "href" {
            links::told(value, rules, filters)
        } else if is_address(name) {
            filtered(filters.url, value)
        } else {
            filtered(filters.text, value)
        };
        let value = match limit(&value, MAX_ATTRIBUTE) {
            start if start.len() < value.len() => Cow::Owned(text::concat(&[&start, "..."])),
            _ => value,
        };
        set(&mut told, name, value);
    }
    if let Some(href) = href {
        set(&mut told, "href", Cow::Borrowed(href));
    }
    told
}

fn set<'a>(attributes: &mut Attributes<'a>, name: &'a str, value: Cow<'a, str>) {
    let at = attributes.partition_point(|(existing, _)| is_before(existing, name));
    match attributes.get_mut(at) {
        Some((existing, old)) if *existing == name => *old = value,
        _ => attributes.insert(at, (name, value)),
    }
}

#[inline(never)]
fn value<'a>(attributes: &'a Attributes<'_>, wanted: &str) -> &'a str {
    let found = attributes.iter().find(|(name, _)| *name == wanted);
    found.map_or("", |(_, value)| value)
}

fn is_address(name: &str) -> bool {
    content::is_among(&ADDRESSES, name) || name.ends_with("href") || text::contains(name, "url")
}

fn push_element(out: &mut String, element: &Element<'_>, attributes: &Attributes<'_>, text: &str) {
    out.push_str(&element.tag);
    let mut classes: Vec<&str> = Vec::new();
    for class in content::words(value(attributes, "class")) {
        let at = classes.partition_point(|existing| !is_before(class, existing));
        classes.insert(at, class);
    }
    for class in classes {
        json::push_byte(out, b'.');
        for part in text::parts(class, "\"") {
            out.push_str(part);
        }
    }
    json::push_byte(out, b':');
    for (name, value) in attributes {
        out.push_str("attr__");
        push_escaped(out, name);
        push_value(out, value);
    }
    push_pair_if_any(out, "attr_id", value(attributes, "id"));
    push_pair_if_any(out, "href", &limit(value(attributes, "href"), MAX_HREF));
    out.push_str("nth-child=\"");
    json::push_integer(out, element.nth_child);
    out.push_str("\"nth-of-type=\"");
    json::push_integer(out, element.nth_of_type);
    json::push_byte(out, b'"');
    push_pair_if_any(out, "text", &limit(text, MAX_CHAIN_TEXT));
}

fn push_pair_if_any(out: &mut String, key: &str, value: &str) {
    if !value.is_empty() {
        out.push_str(key);
        push_value(out, value);
    }
}

fn push_value(out: &mut String, value: &str) {
    out.push_str("=\"");
    push_escaped(out, value);
    json::push_byte(out, b'"');
}

#[inline(never)]
fn push_escaped(out: &mut String, text: &str) {
    let (mut written, mut at, mut before) = (0, 0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        // A quote behind a backslash counts as escaped.
        if *byte == b'"' && before != b'\\' {
            out.push_str(text::slice(text, written, at));
            json::push_byte(out, b'\\');
            written = at;
        }
        before = *byte;
        at += 1;
    }
    out.push_str(text::slice(text, written, text.len()));
}
