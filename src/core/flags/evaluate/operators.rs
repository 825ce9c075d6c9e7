//! Compares a property with a filter.

use serde_json::Value;

use super::doubt::Doubt;
use super::{Circumstances, Inconclusive, Place};
use super::{dates, exact, javascript, pattern, semver};

/// What properties are compared under.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) circumstances: &'a Circumstances,
    /// Version 2 of the rules for `exact` and `is_not`.
    pub(super) is_strict: bool,
}

/// Whether the property's value is as the filter wants it. `None` is a property that there is not.
///
/// A server knows that there is no such property: only the operators that say `not` are true of it. Elsewhere it may
/// be that it has not been passed.
pub(super) fn matches(
    filter: &Value,
    actual: Option<&Value>,
    rules: Rules<'_>,
) -> Result<bool, Doubt> {
    let operator = operator(filter);
    let found = match actual {
        Some(actual) => compare(&operator, filter.get("value"), actual, rules),
        None if rules.circumstances.place == Place::Server => return Ok(is_negative(&operator)),
        None => Err(Doubt::MISSING),
    };
    if found.is_err_and(|doubt| doubt.reason() == Inconclusive::MissingContext) {
        // That the filter cannot be used is the better reason.
        check(filter, rules.circumstances)?;
    }
    found
}

/// An error if the filter cannot be used, whatever the property is.
pub(super) fn check(filter: &Value, circumstances: &Circumstances) -> Result<(), Doubt> {
    let value = filter.get("value");
    let text = || javascript::text(value);
    let operator = operator(filter);
    let is_supported = match operator.as_str() {
        "exact" | "is_not" => return exact::check(value, circumstances.place),
        "is_date_before" | "is_date_after" => {
            return dates::filter(value, circumstances).map(drop);
        }
        "semver_eq" | "semver_neq" | "semver_gt" | "semver_gte" | "semver_lt" | "semver_lte" => {
            semver::parse(&text()).is_some()
        }
        "semver_tilde" => semver::tilde(&text()).is_some(),
        "semver_caret" => semver::caret(&text()).is_some(),
        "semver_wildcard" => semver::wildcard(&text()).is_some(),
        operator => {
            is_for_text(operator)
                || matches!(
                    operator,
                    "is_set" | "is_not_set" | "gt" | "gte" | "lt" | "lte"
                )
        }
    };
    is_supported.then_some(()).ok_or(Doubt::UNSUPPORTED)
}

fn operator(filter: &Value) -> String {
    let given = filter.get("operator");
    if javascript::is_truthy(given) {
        javascript::text(given)
    } else {
        "exact".to_owned()
    }
}

fn is_for_text(operator: &str) -> bool {
    let positive = operator.strip_prefix("not_").unwrap_or(operator);
    matches!(
        positive,
        "icontains" | "starts_with" | "ends_with" | "regex"
    )
}

fn is_negative(operator: &str) -> bool {
    let is_text = operator.starts_with("not_") && is_for_text(operator);
    is_text || matches!(operator, "is_not" | "is_not_set")
}

fn compare(
    operator: &str,
    filter: Option<&Value>,
    actual: &Value,
    rules: Rules<'_>,
) -> Result<bool, Doubt> {
    let place = rules.circumstances.place;
    match operator {
        "is_set" => return Ok(true),
        "is_not_set" => return Ok(false),
        "exact" => return exact::matches(filter, actual, rules.is_strict, place),
        "is_not" => {
            return exact::matches(filter, actual, rules.is_strict, place)
                .map(|is_equal| !is_equal);
        }
        _ if is_for_text(operator) => return compare_texts(operator, filter, actual, place),
        // Only texts are compared with `null`.
        _ if actual.is_null() => return Ok(false),
        _ => {}
    }
    match operator {
        "gt" | "gte" | "lt" | "lte" => Ok(compare_numbers(operator, filter, actual)),
        "is_date_before" | "is_date_after" => {
            let limit = dates::filter(filter, rules.circumstances)?;
            let moment = dates::moment(actual, rules.circumstances).ok_or(Doubt::MISSING)?;
            Ok(match operator {
                "is_date_before" => moment < limit,
                _ => moment > limit,
            })
        }
        _ => compare_versions(operator, &javascript::text(filter), actual),
    }
}

fn compare_texts(
    operator: &str,
    filter: Option<&Value>,
    actual: &Value,
    place: Place,
) -> Result<bool, Doubt> {
    let filter = javascript::text(filter);
    let actual = javascript::text(Some(actual));
    let (positive, is_negated) = match operator.strip_prefix("not_") {
        Some(positive) => (positive, true),
        None => (operator, false),
    };
    if positive == "regex" {
        let is_found = pattern::is_found(&filter, &actual, place)?;
        return Ok(is_found.is_some_and(|is_found| is_found != is_negated));
    }
    let filter = filter.to_ascii_lowercase();
    let actual = actual.to_ascii_lowercase();
    let is_match = match positive {
        "starts_with" => actual.starts_with(&filter),
        "ends_with" => actual.ends_with(&filter),
        _ => actual.contains(&filter),
    };
    Ok(is_match != is_negated)
}

/// Numbers if both are, or begin with one; otherwise texts, in the order of JavaScript.
fn compare_numbers(operator: &str, filter: Option<&Value>, actual: &Value) -> bool {
    let number = |value: Option<&Value>| match value {
        Some(Value::Number(number)) => number.as_f64().unwrap_or(f64::NAN),
        value => javascript::parse_float(&javascript::text(value)),
    };
    let (left, right) = (number(Some(actual)), number(filter));
    let order = if left.is_finite() && right.is_finite() {
        left.partial_cmp(&right)
    } else {
        let (left, right) = (javascript::text(Some(actual)), javascript::text(filter));
        Some(left.encode_utf16().cmp(right.encode_utf16()))
    };
    order.is_some_and(|order| match operator {
        "gt" => order.is_gt(),
        "gte" => order.is_ge(),
        "lt" => order.is_lt(),
        _ => order.is_le(),
    })
}

/// Also refuses the operators that there are not.
fn compare_versions(operator: &str, filter: &str, actual: &Value) -> Result<bool, Doubt> {
    let version = || semver::parse(&javascript::text(Some(actual))).ok_or(Doubt::MISSING);
    let range = match operator {
        "semver_tilde" => semver::tilde(filter),
        "semver_caret" => semver::caret(filter),
        "semver_wildcard" => semver::wildcard(filter),
        "semver_eq" | "semver_neq" | "semver_gt" | "semver_gte" | "semver_lt" | "semver_lte" => {
            let limit = semver::parse(filter).ok_or(Doubt::UNSUPPORTED)?;
            let version = version()?;
            return Ok(match operator {
                "semver_eq" => version == limit,
                "semver_neq" => version != limit,
                "semver_gt" => version > limit,
                "semver_gte" => version >= limit,
                "semver_lt" => version < limit,
                _ => version <= limit,
            });
        }
        _ => None,
    };
    let range = range.ok_or(Doubt::UNSUPPORTED)?;
    Ok(range.contains(&version()?))
}
