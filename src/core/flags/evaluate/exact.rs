//! Whether a property is exactly what a filter names.
//!
//! PostHog's server compares JSON texts, and its JSON tells `42` from `42.0`. JavaScript's does not, so an SDK does not
//! know which text the server compares, and leaves integers to it.

use serde_json::{Map, Value};

use super::doubt::Doubt;
use super::{Place, javascript};

/// Compares the property's value with the filter's, of which a list means any of its items.
///
/// `is_strict` is version 2 of the rules, where a filter for `true` or `false` compares texts too.
pub(super) fn matches(
    filter: Option<&Value>,
    actual: &Value,
    is_strict: bool,
    place: Place,
) -> Result<bool, Doubt> {
    let filter = filter.ok_or(Doubt::UNSUPPORTED)?;
    let is_boolean = is_boolean(filter);
    let is_empty_list = filter.as_array().is_some_and(Vec::is_empty);
    if is_boolean && (!is_strict || is_empty_list) {
        return Ok(is_true(filter) == is_true(actual));
    }
    if is_boolean && actual.is_number() {
        return Ok(false);
    }
    let actual = || comparable(actual, place).ok_or(Doubt::MISSING);
    match filter {
        Value::Array(items) => {
            let actual = actual()?;
            for item in items {
                if comparable(item, place).ok_or(Doubt::UNSUPPORTED)? == actual {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        filter => Ok(comparable(filter, place).ok_or(Doubt::UNSUPPORTED)? == actual()?),
    }
}

/// An error if the filter has something that cannot be compared safely.
pub(super) fn check(filter: Option<&Value>, place: Place) -> Result<(), Doubt> {
    let is_comparable = match filter {
        None => false,
        Some(Value::Array(items)) => items.iter().all(|item| comparable(item, place).is_some()),
        Some(filter) => comparable(filter, place).is_some(),
    };
    is_comparable.then_some(()).ok_or(Doubt::UNSUPPORTED)
}

/// Whether the value is made of `true` and `false` only, as text or not.
fn is_boolean(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::String(text) => matches!(text.to_lowercase().as_str(), "true" | "false"),
        Value::Array(items) => items.iter().all(is_boolean),
        _ => false,
    }
}

/// Whether the value is made of `true` only: everything else counts as `false`.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::String(text) => text.to_lowercase() == "true",
        Value::Array(items) => items.iter().all(is_true),
        _ => false,
    }
}

/// The text that is compared; nothing if it cannot be known.
fn comparable(value: &Value, place: Place) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        value => {
            let mut text = String::new();
            push_json(&mut text, value, place)?;
            text
        }
    };
    Some(text.to_lowercase())
}

/// Appends compact JSON with the keys of objects in order; nothing if there is an integer that only the server knows
/// how to spell.
fn push_json(out: &mut String, value: &Value, place: Place) -> Option<()> {
    match value {
        Value::Number(number) => match place {
            Place::Server => out.push_str(&number.to_string()),
            Place::Local => {
                let number = number.as_f64()?;
                if number.fract() == 0.0 {
                    return None;
                }
                out.push_str(&javascript::number_text(number));
            }
        },
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push_json(out, item, place)?;
            }
            out.push(']');
        }
        Value::Object(members) => push_object(out, members, place)?,
        Value::Null | Value::Bool(_) | Value::String(_) => out.push_str(&value.to_string()),
    }
    Some(())
}

fn push_object(out: &mut String, members: &Map<String, Value>, place: Place) -> Option<()> {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(key, _)| key.as_str());
    out.push('{');
    for (index, (key, value)) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&Value::from(key.as_str()).to_string());
        out.push(':');
        push_json(out, value, place)?;
    }
    out.push('}');
    Some(())
}
