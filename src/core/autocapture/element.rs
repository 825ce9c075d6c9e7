//! The elements of a chain, and what may be told of each.

use std::borrow::Cow;

use super::super::json;
use super::super::properties::Properties;
use super::super::redact::is_secret_name;
use super::content;
use super::{Filters, MAX_TEXT};

/// The element belongs to SVG.
pub(super) const SVG: u64 = 1;
/// The pointer over the element is a hand.
pub(super) const POINTER: u64 = 2;
/// The element has the class `ph-no-capture`.
pub(super) const NO_CAPTURE: u64 = 4;
/// The element has the class `ph-sensitive`.
const SENSITIVE: u64 = 8;
/// The element has the class `ph-include`.
const INCLUDE: u64 = 16;
/// Attributes of the element are missing.
const INCOMPLETE: u64 = 32;

/// How many elements of a chain and how many attributes of an element are looked at, as the page passes them.
const MAX_ELEMENTS: usize = 1_000;
const MAX_ATTRIBUTES: usize = 100;

/// Elements that visitors use.
const USEFUL: [&str; 7] = [
    "a", "button", "form", "label", "input", "select", "textarea",
];

/// Where those of them begin that take input.
const INPUTS_FROM: usize = 4;

/// Types of inputs that hold nothing that visitors type.
const BUTTONS: [&str; 4] = ["button", "checkbox", "submit", "reset"];

/// Types of inputs of which nothing is told.
const SECRET: [&str; 2] = ["hidden", "password"];

/// An attribute whose name goes on as the name of a property.
const AUGMENT: &str = "data-ph-capture-attribute-";

/// One element, passed as an array of which the end may be missing:
///
/// | item | |
/// |---|---|
/// | 0 | the tag, in lower case |
/// | 1, 2 | which child of its parent it is, and which of its type, from 1; 0 if that was not counted |
/// | 3 | its own text nodes |
/// | 4 | the `<span>`s inside, nested ones too, in order: each its id and its own text nodes |
/// | 5 | flags: the sum of [`SVG`] and those after it |
/// | 6 | its attributes: name, value, name, value, … |
pub(super) struct Element<'a> {
    pub(super) tag: Cow<'a, str>,
    pub(super) nth_child: u64,
    pub(super) nth_of_type: u64,
    texts: &'a str,
    spans: &'a str,
    flags: u64,
    pub(super) attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Whether it holds what visitors type: of those only a few attributes are told.
    pub(super) is_sensitive: bool,
    /// Whether it or what it is in hides what it says, or is a field with a secret.
    pub(super) is_hidden: bool,
    /// Whether what it says may be told.
    pub(super) is_told: bool,
}

/// Reads a chain.
pub(super) fn read<'a>(chain: &'a str, filters: &Filters<'_>) -> Vec<Element<'a>> {
    let mut elements: Vec<_> = json::items(chain)
        .take(MAX_ELEMENTS)
        .map(Element::read)
        .collect();
    let (mut is_hidden, mut is_secret) = (false, false);
    for element in elements.iter_mut().rev() {
        is_hidden |= element.has(SENSITIVE | NO_CAPTURE);
        is_secret |= element.is_field()
            && (filters.is_secret_field)(
                element.attribute("type"),
                element.attribute("name"),
                element.attribute("id"),
                element.attribute("autocomplete"),
            );
        element.is_sensitive = is_secret || element.has(INCOMPLETE) || element.holds_input();
        element.is_hidden = is_hidden || is_secret || element.has(INCOMPLETE);
        element.is_told = !element.is_hidden && element.is_harmless();
    }
    elements
}

impl<'a> Element<'a> {
    fn read(text: &'a str) -> Self {
        let mut items = json::items(text);
        let mut next = || items.next().unwrap_or_default();
        let tag = json::as_string(next()).unwrap_or_default();
        let [nth_child, nth_of_type] = [next(), next()].map(number);
        let [texts, spans] = [next(), next()];
        let flags = number(next());
        let mut strings = json::items(next()).map(|item| json::as_string(item).unwrap_or_default());
        let mut attributes = Vec::new();
        while attributes.len() < MAX_ATTRIBUTES
            && let (Some(name), Some(value)) = (strings.next(), strings.next())
        {
            attributes.push((name, value));
        }
        Self {
            tag,
            nth_child,
            nth_of_type,
            texts,
            spans,
            flags,
            attributes,
            is_sensitive: true,
            is_hidden: true,
            is_told: false,
        }
    }

    /// Whether it has one of these flags.
    pub(super) fn has(&self, flags: u64) -> bool {
        self.flags & flags != 0
    }

    /// The value of an attribute; empty if it is not there.
    #[inline(never)]
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attribute_if_any(name).unwrap_or_default()
    }

    #[inline(never)]
    pub(super) fn attribute_if_any(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .attributes
            .iter()
            .find(|(existing, _)| existing == name)?;
        Some(value)
    }

    pub(super) fn is_useful(&self) -> bool {
        content::is_among(&USEFUL, &self.tag)
    }

    /// Whether it takes what visitors type or choose.
    pub(super) fn is_input(&self) -> bool {
        content::is_among(&USEFUL[INPUTS_FROM..], &self.tag)
    }

    /// Whether it is a button or a link.
    pub(super) fn is_control(&self) -> bool {
        self.tag == "a" || self.tag == "button"
    }

    /// Whether it may be the place of a secret, whatever kind of place it is.
    fn is_field(&self) -> bool {
        self.is_input()
            || self
                .attribute_if_any("contenteditable")
                .is_some_and(|value| value != "false")
    }

    /// Whether it is a sensitive element (posthog-js 1.449.2).
    fn holds_input(&self) -> bool {
        let is_button = self.tag == "input" && content::is_among(&BUTTONS, self.attribute("type"));
        self.is_input() && !is_button || self.attribute("contenteditable") == "true"
    }

    /// Whether nothing about the element itself speaks against telling its text.
    fn is_harmless(&self) -> bool {
        let name = match self.attribute("name") {
            "" => self.attribute("id"),
            name => name,
        };
        self.has(INCLUDE)
            || !content::is_among(&SECRET, self.attribute("type")) && !is_secret_name(name)
    }

    /// What it says: its own text nodes, and those of spans inside if it is a button or a link.
    #[inline(never)]
    pub(super) fn text(&self, filters: &Filters<'_>) -> String {
        let mut text = String::new();
        if self.is_told && !self.is_sensitive {
            text = safe_text(json::items(self.texts), filters);
        }
        // As in posthog-js, a button whose own name is suspicious still tells what its spans say.
        if self.is_control() && !self.is_hidden {
            for span in json::items(self.spans) {
                let mut nodes = json::items(span);
                let id = nodes.next().and_then(json::as_string).unwrap_or_default();
                if is_secret_name(&id) {
                    continue;
                }
                let inside = safe_text(nodes, filters);
                if !text.is_empty() && !inside.is_empty() {
                    json::push_byte(&mut text, b' ');
                }
                text.push_str(&inside);
            }
            if !content::may_be_told(&text) {
                text.clear();
            }
        }
        // Once more as a whole: what is personal may be spread over nodes.
        content::filtered(filters.text, &text).into_owned()
    }

    /// Sets what the element's attributes add to the event, over what elements around it have added.
    pub(super) fn augment(&self, properties: &mut Properties, filters: &Filters<'_>) {
        for (name, value) in &self.attributes {
            if let Some(key) = name.strip_prefix(AUGMENT)
                && self.is_told
                && !key.is_empty()
                && !value.is_empty()
                && content::may_be_told(value)
            {
                let value = content::filtered(filters.text, value);
                properties.set_string(key, &content::limit(&value, MAX_TEXT));
            }
        }
    }
}

fn safe_text<'a>(nodes: impl Iterator<Item = &'a str>, filters: &Filters<'_>) -> String {
    let mut text = String::new();
    for node in nodes.filter_map(json::as_string) {
        content::push_safe(&mut text, &node, filters);
    }
    content::trim(&text).to_owned()
}

fn number(text: &str) -> u64 {
    json::as_integer(text).unwrap_or_default()
}
