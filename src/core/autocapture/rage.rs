//! Clicks in anger: several in a short time, close to each other.

use super::super::time::MonotonicTime;
use super::super::{json, text};
use super::content;
use super::element::Element;

/// Words and signs of controls that are clicked again and again in peace (posthog-js 1.449.2).
const PAGING: [&str; 19] = [
    "next", "previous", "prev", ">", "<", "→", "←", "›", "‹", "»", "«", "▶", "◀", "❯", "❮", "+",
    "-", "−", "–",
];

/// Of [`PAGING`], those that must stand alone.
const WHOLE_WORDS: usize = 3;

/// A longer list of the app's own is not heeded (posthog-js 1.449.2).
const MAX_IGNORED_WORDS: usize = 29;

/// Types of inputs in which clicks select text.
const TEXT_TYPES: [&str; 8] = [
    "", "text", "search", "email", "password", "url", "tel", "number",
];

/// What counts as clicks in anger.
#[derive(Clone, Copy, Debug)]
pub(in crate::core) struct RageRules<'a> {
    /// `click_count`: the click with this number is the one that is told. 3 by default; with 1, none is.
    pub(in crate::core) clicks: u64,
    /// `timeout_ms`: the time from one click to the next is shorter. 1,000 by default.
    pub(in crate::core) millis: u64,
    /// `threshold_px`: the distance from one click to the next, both axes added, is shorter. 30 by default.
    pub(in crate::core) pixels: u64,
    /// `content_ignorelist`.
    pub(in crate::core) ignored_words: IgnoredWords<'a>,
    /// `ignore_text_selection`: clicks into text are made to select it.
    pub(in crate::core) ignore_text_selection: bool,
}

/// By which texts a control is excused.
#[derive(Clone, Copy, Debug)]
pub(in crate::core) enum IgnoredWords<'a> {
    /// None (`false`, or nothing).
    None,
    /// Words and arrows of paging (`true`).
    Paging,
    /// The app's own; at most 29 are heeded, more are none.
    Listed(&'a [String]),
}

/// The clicks so far, as far as each was close to the one before.
#[derive(Debug, Default)]
pub(super) struct Rage {
    clicks: u64,
    place: (u64, u64),
    at: Option<MonotonicTime>,
}

impl Rage {
    /// Takes a click. Answers whether it is the one that makes it rage: further clicks of the same run are none.
    pub(super) fn click(
        &mut self,
        place: (u64, u64),
        now: MonotonicTime,
        rules: &RageRules<'_>,
    ) -> bool {
        let distance = place
            .0
            .abs_diff(self.place.0)
            .saturating_add(place.1.abs_diff(self.place.1));
        let goes_on = distance < rules.pixels
            && self
                .at
                .is_some_and(|before| now.until(before) < rules.millis);
        self.clicks = if goes_on { self.clicks + 1 } else { 1 };
        self.place = place;
        self.at = Some(now);
        goes_on && self.clicks == rules.clicks
    }
}

impl RageRules<'_> {
    /// Whether clicks there are made in peace. `label` is a JSON array: the control's text and its `aria-label`.
    pub(super) fn excuses(&self, chain: &[Element<'_>], label: &str) -> bool {
        if self.ignore_text_selection && selects_text(chain) {
            return true;
        }
        json::items(label)
            .filter_map(json::as_string)
            .any(|text| content::may_be_told(&text) && self.ignores(&text))
    }

    fn ignores(&self, text: &str) -> bool {
        match self.ignored_words {
            IgnoredWords::None => false,
            IgnoredWords::Paging => PAGING.iter().any(|word| is_said(text, word)),
            IgnoredWords::Listed(words) => {
                words.len() <= MAX_IGNORED_WORDS
                    && words
                        .iter()
                        .any(|word| is_said(text, &word.to_ascii_lowercase()))
            }
        }
    }
}

fn selects_text(chain: &[Element<'_>]) -> bool {
    let Some(target) = chain.first() else {
        return false;
    };
    let editable = chain
        .iter()
        .find_map(|element| element.attribute_if_any("contenteditable"));
    match &*target.tag {
        "textarea" => true,
        "input" => content::is_among(&TEXT_TYPES, target.attribute("type")),
        _ => editable.is_some_and(|value| value != "false"),
    }
}

/// Whether a control says a word: signs are all it says, words of paging stand alone, others stand anywhere.
fn is_said(text: &str, word: &str) -> bool {
    if !word.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return text == word;
    }
    if !PAGING.iter().take(WHOLE_WORDS).any(|known| *known == word) {
        return text::contains(text, word);
    }
    let is_edge =
        |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| {
        text::slice(text, at, at + word.len()) == word
            && is_edge(bytes.get(at + word.len()))
            && is_edge(at.checked_sub(1).and_then(|before| bytes.get(before)))
    })
}
