//! Which interactions are captured (posthog-js 1.449.2). What takes the page to decide, its addresses and the app's selectors,
//! has been decided there.

use super::Rules;
use super::element::{Element, POINTER};

/// Whether something is copied or pasted.
pub(super) fn is_copy(kind: &str) -> bool {
    matches!(kind, "copy" | "cut" | "paste")
}

/// Whether an interaction with the first element of a chain is captured.
pub(super) fn selects(kind: &str, chain: &[Element<'_>], rules: &Rules<'_>) -> bool {
    let Some((target, around)) = chain.split_first() else {
        return false;
    };
    let is_copy = is_copy(kind);
    let is_click = kind == "click";
    let is_allowed = |list: Option<&[String]>, wanted: &dyn Fn(&str) -> bool| {
        list.is_none_or(|list| list.iter().any(|item| wanted(item)))
    };
    if target.tag == "html"
        || !is_copy && !is_allowed(rules.event_allowlist, &|allowed| allowed == kind)
        || !is_allowed(rules.element_allowlist, &|tag| {
            chain.iter().any(|element| element.tag == tag)
        })
    {
        return false;
    }
    if is_click && target.has(POINTER) {
        return true;
    }
    if target.tag == "form" {
        return is_copy || kind == "submit";
    }
    if target.is_input() {
        return is_copy || is_click || kind == "change";
    }
    let is_within = around
        .iter()
        .any(|element| is_copy || element.is_useful() || element.has(POINTER));
    let is_useful =
        is_within || target.is_useful() || target.attribute("contenteditable") == "true";
    (is_copy || is_click) && is_useful
}
