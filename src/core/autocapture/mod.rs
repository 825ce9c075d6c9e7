//! What visitors do with a page, as events: clicks, changes, submissions, copies, and links that lead away.
//!
//! The rules are those of posthog-js 1.449.2, stricter where a visitor would want it: what hides an element hides all that is
//! inside it, across shadow roots too; a secret field loses its text whatever its class; and the page's filters see every
//! text before it is cut. `$elements` is not sent: the chain says the same.
//!
//! The page reads its elements once, into one text (`pkg-template/elements.js`); nothing is asked of it after that.

mod chain;
mod content;
mod element;
mod links;
mod rage;
mod selection;

use std::borrow::Cow;

use super::json;
use super::properties::Properties;
use super::time::MonotonicTime;
use element::Element;
use rage::Rage;

pub(super) use rage::{IgnoredWords, RageRules};

/// How long an address or an input's value may be, in UTF-16 code units.
const MAX_TEXT: usize = 4_096;

/// What the app has settled. Lists that are `None` allow everything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    /// Whether `$autocapture`, `$rageclick` and `$copy_autocapture` are wanted and the server allows them.
    pub(super) autocapture: bool,
    /// `autocapture.dom_event_allowlist`: of `click`, `change` and `submit`. Copies do not heed it.
    pub(super) event_allowlist: Option<&'a [String]>,
    /// `autocapture.element_allowlist`: tags in lower case, one of which the target or an ancestor must have.
    pub(super) element_allowlist: Option<&'a [String]>,
    /// `autocapture.element_attribute_ignorelist`: names of attributes that are never told.
    pub(super) attribute_ignorelist: &'a [String],
    /// `mask_all_element_attributes`: no attribute is told.
    pub(super) mask_attributes: bool,
    /// `mask_all_text`: no text of an element, no value and nothing that was copied is told.
    pub(super) mask_text: bool,
    /// `disable_capture_url_hashes`: links lose their fragment.
    pub(super) disable_hashes: bool,
    /// `rageclick`; `None` where it is off.
    pub(super) rage: Option<RageRules<'a>>,
    /// `capture_outbound_clicks`: clicks on links to another host are events of their own.
    pub(super) outbound_clicks: bool,
    /// `capture_download_clicks`: clicks on links to files are events of their own.
    pub(super) download_clicks: bool,
    /// The page's host with its port, as in its address.
    pub(super) host: &'a str,
}

/// Takes secrets and personal data out of a text; `None` if there is nothing to take out.
pub(super) type Filter<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What is taken out of everything that the page says.
#[derive(Clone, Copy)]
pub(super) struct Filters<'a> {
    /// For texts, values and attributes.
    pub(super) text: Filter<'a>,
    /// For addresses.
    pub(super) url: Filter<'a>,
    /// Whether a field holds a secret, by its type, name, id and `autocomplete`, each empty if it has none.
    pub(super) is_secret_field: &'a dyn Fn(&str, &str, &str, &str) -> bool,
}

/// Makes events of interactions.
#[derive(Debug, Default)]
pub(super) struct Autocapture {
    rage: Rage,
}

impl Autocapture {
    /// Takes one interaction and answers its events with their properties, in order.
    ///
    /// `kind` is the DOM event's type: `click`, `change`, `submit`, `copy`, `cut` or `paste`. `interaction` is a JSON object,
    /// of which every member but `chain` may be missing:
    ///
    /// | member | |
    /// |---|---|
    /// | `chain` | the elements from the target to the body, each an array as [`element`] describes it |
    /// | `x`, `y` | where a pointer clicked, in whole CSS pixels of the viewport |
    /// | `time` | when, in whole milliseconds of a clock that never goes back; without it, `now` |
    /// | `ignored` | `true` if the settings exclude the page or the element |
    /// | `calm` | `true` if the settings exclude the element from rage clicks |
    /// | `label` | text and `aria-label` of the control that was clicked, in lower case, for [`RageRules::ignored_words`] |
    /// | `link` | the absolute address that the nearest link leads to |
    /// | `value` | an input's value, only where the settings allow it |
    /// | `selection`, `length` | what was copied, and how long it was before it was cut |
    pub(super) fn handle(
        &mut self,
        now: MonotonicTime,
        kind: &str,
        interaction: &str,
        rules: &Rules<'_>,
        filters: &Filters<'_>,
    ) -> Vec<(&'static str, Properties)> {
        let mut events = Vec::new();
        let interaction = Interaction::read(interaction);
        let is_click = kind == "click";
        let at = interaction.time.map_or(now, MonotonicTime::from_millis);
        // Clicks count wherever they fall.
        let rage = match (rules.rage, interaction.place) {
            (Some(rage), Some(place)) if is_click && rules.autocapture => {
                self.rage.click(place, at, &rage).then_some(rage)
            }
            _ => None,
        };
        if interaction.is_ignored {
            return events;
        }
        let chain = element::read(interaction.chain, filters);
        let Some(target) = chain.first() else {
            return events;
        };
        if chain.iter().any(|element| element.has(element::NO_CAPTURE)) {
            return events;
        }
        if rules.autocapture && selection::selects(kind, &chain, rules) {
            let mut properties = describe(kind, &chain, &interaction, rules, filters);
            if let Some(rage) = rage
                && !interaction.is_calm
                && !rage.excuses(&chain, interaction.label)
            {
                events.push(("$rageclick", properties.clone()));
            }
            let mut may_tell = target.is_told && !rules.mask_text;
            if selection::is_copy(kind) {
                // posthog-js tells what was copied out of inputs too.
                may_tell &= !target.is_sensitive;
                if kind == "paste" || set_copied(&mut properties, &interaction, may_tell, filters) {
                    properties.set_string("$copy_type", kind);
                    events.push(("$copy_autocapture", properties));
                }
            } else {
                if may_tell {
                    set_value(&mut properties, &interaction, filters);
                }
                events.push(("$autocapture", properties));
            }
        }
        if is_click {
            links::push_events(&mut events, &chain, &interaction.link, rules, filters);
        }
        events
    }
}

/// What there is to tell of a chain of elements that was clicked, whatever of it the rules select.
pub(super) fn properties_of(chain: &str, rules: &Rules<'_>, filters: &Filters<'_>) -> Properties {
    let chain = element::read(chain, filters);
    describe("click", &chain, &Interaction::read(""), rules, filters)
}

/// The members of an interaction; see [`Autocapture::handle`].
const MEMBERS: [&str; 10] = [
    "x",
    "y",
    "time",
    "length",
    "ignored",
    "calm",
    "chain",
    "label",
    "value",
    "selection",
];

/// One interaction, as the page tells it. Texts are JSON.
struct Interaction<'a> {
    place: Option<(u64, u64)>,
    time: Option<u64>,
    length: u64,
    is_ignored: bool,
    is_calm: bool,
    chain: &'a str,
    label: &'a str,
    value: &'a str,
    selection: &'a str,
    link: Cow<'a, str>,
}

impl<'a> Interaction<'a> {
    fn read(text: &'a str) -> Self {
        let mut values = [""; MEMBERS.len()];
        let mut link = Cow::Borrowed("");
        for member in json::members(text) {
            let key = member.key();
            if key == "link" {
                link = json::as_string(member.value).unwrap_or_default();
            }
            for (name, value) in MEMBERS.iter().zip(&mut values) {
                if key == *name {
                    *value = member.value;
                }
            }
        }
        let [
            x,
            y,
            time,
            length,
            ignored,
            calm,
            chain,
            label,
            value,
            selection,
        ] = values;
        Self {
            place: json::as_integer(x).zip(json::as_integer(y)),
            time: json::as_integer(time),
            length: json::as_integer(length).unwrap_or_default(),
            is_ignored: ignored == "true",
            is_calm: calm == "true",
            chain,
            label,
            value,
            selection,
            link,
        }
    }
}

/// The properties that all events of an interaction have.
fn describe(
    kind: &str,
    chain: &[Element<'_>],
    interaction: &Interaction<'_>,
    rules: &Rules<'_>,
    filters: &Filters<'_>,
) -> Properties {
    let mut mask_text = rules.mask_text;
    let mut from = 0;
    // A click on a drawing is one on the button or the link around it.
    if kind == "click"
        && chain.first().is_some_and(|target| target.has(element::SVG))
        && let Some(control) = chain.iter().position(Element::is_control)
    {
        from = control;
        mask_text |= control > 0
            && chain
                .iter()
                .take(control + 1)
                .any(|element| !element.is_told || element.is_sensitive);
    }
    let href = links::href(chain, rules, filters);
    let attributed = chain.get(from..).unwrap_or_default();
    let text = match attributed.first() {
        Some(target) if !mask_text => target.text(filters),
        _ => String::new(),
    };

    let mut properties = Properties::new();
    properties.set_string("$event_type", kind);
    properties.set_integer("$ce_version", 1);
    let chain_text = chain::write(
        attributed,
        &text,
        href.as_deref(),
        mask_text,
        rules,
        filters,
    );
    properties.set_string("$elements_chain", &chain_text);
    properties.set_string_if_any("$el_text", &content::limit(&text, MAX_TEXT));
    if let Some(href) = &href
        && kind == "click"
        && links::leads_away(&interaction.link, rules).is_some()
    {
        properties.set_string("$external_click_url", href);
    }
    for element in chain.iter().rev() {
        element.augment(&mut properties, filters);
    }
    properties
}

/// Sets an input's value.
fn set_value(properties: &mut Properties, interaction: &Interaction<'_>, filters: &Filters<'_>) {
    if let Some(value) = json::as_string(interaction.value)
        && content::may_be_told(&value)
    {
        let value = content::filtered(filters.text, &value);
        properties.set_string("$input_value", &content::limit(&value, MAX_TEXT));
    }
}

/// Sets what was copied. Answers whether anything was.
fn set_copied(
    properties: &mut Properties,
    interaction: &Interaction<'_>,
    is_told: bool,
    filters: &Filters<'_>,
) -> bool {
    let selected = json::as_string(interaction.selection).unwrap_or_default();
    let mut safe = String::new();
    content::push_safe(&mut safe, &selected, filters);
    if is_told {
        properties.set_string_if_any("$selected_content", &safe);
    }
    properties.set_integer("$clipboard_text_length", interaction.length);
    !safe.is_empty()
}

#[cfg(test)]
mod tests;
