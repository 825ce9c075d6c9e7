//! What JavaScript makes of a JSON value: posthog-node compares texts and numbers that the language has converted.
//!
//! `None` stands for `undefined`.

use serde_json::Value;

/// `String(value)`.
pub(super) fn text(value: Option<&Value>) -> String {
    match value {
        None => "undefined".to_owned(),
        Some(Value::Null) => "null".to_owned(),
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Number(number)) => number_text(number.as_f64().unwrap_or(f64::NAN)),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let texts = items.iter().map(|item| match item {
                Value::Null => String::new(),
                item => text(Some(item)),
            });
            texts.collect::<Vec<_>>().join(",")
        }
        Some(Value::Object(_)) => "[object Object]".to_owned(),
    }
}

/// `Number(value)`.
pub(super) fn number(value: Option<&Value>) -> f64 {
    match value {
        None | Some(Value::Object(_)) => f64::NAN,
        Some(Value::Null) => 0.0,
        Some(Value::Bool(value)) => f64::from(u8::from(*value)),
        Some(Value::Number(number)) => number.as_f64().unwrap_or(f64::NAN),
        Some(Value::String(text)) => text_number(text),
        Some(list @ Value::Array(_)) => text_number(&text(Some(list))),
    }
}

/// `Boolean(value)`.
pub(super) fn is_truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(value)) => *value,
        Some(Value::Number(number)) => number.as_f64().is_some_and(|number| number != 0.0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(_) | Value::Object(_)) => true,
    }
}

/// `parseFloat(text)`: the number that the text begins with.
pub(super) fn parse_float(text: &str) -> f64 {
    let text = text.trim_start_matches(is_space);
    decimal_length(text).map_or(f64::NAN, |length| decimal(&text[..length]))
}

/// `text.trim()`.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// What the language takes for white space or for the end of a line: not quite what Unicode does.
pub(super) fn is_space(character: char) -> bool {
    match character {
        '\u{feff}' => true,
        '\u{85}' => false,
        _ => character.is_whitespace(),
    }
}

/// The shortest digits that give the number back, with an exponent from 1e21 on and below 1e-6.
pub(super) fn number_text(number: f64) -> String {
    if !number.is_finite() {
        return match number {
            f64::INFINITY => "Infinity".to_owned(),
            f64::NEG_INFINITY => "-Infinity".to_owned(),
            _ => "NaN".to_owned(),
        };
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:e}", number.abs());
    let (digits, exponent) = scientific
        .split_once('e')
        .expect("a number in this form has an exponent");
    let digits = digits.replace('.', "");
    let exponent: i32 = exponent.parse().expect("an exponent is an integer");
    let sign = if number < 0.0 { "-" } else { "" };
    let length = digits.len() as i32;
    // Where the decimal point is, counted in digits.
    let point = exponent + 1;
    match point {
        ..=-6 | 22.. => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            let plus = if exponent < 0 { "" } else { "+" };
            format!("{sign}{first}{point}{rest}e{plus}{exponent}")
        }
        ..=0 => format!("{sign}0.{}{digits}", "0".repeat(-point as usize)),
        _ if point >= length => {
            format!("{sign}{digits}{}", "0".repeat((point - length) as usize))
        }
        _ => {
            let (whole, fraction) = digits.split_at(point as usize);
            format!("{sign}{whole}.{fraction}")
        }
    }
}

fn text_number(text: &str) -> f64 {
    let text = trim(text);
    if text.is_empty() {
        return 0.0;
    }
    let radix = match text.get(..2) {
        Some("0x" | "0X") => 16,
        Some("0o" | "0O") => 8,
        Some("0b" | "0B") => 2,
        _ => {
            let is_whole = decimal_length(text) == Some(text.len());
            return if is_whole { decimal(text) } else { f64::NAN };
        }
    };
    let digits = text[2..].chars().map(|digit| digit.to_digit(radix));
    let digits: Option<Vec<_>> = digits.collect();
    match digits {
        Some(digits) if !digits.is_empty() => digits
            .into_iter()
            .fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit)),
        _ => f64::NAN,
    }
}

/// How many bytes of the text's beginning are a decimal number, if any are.
fn decimal_length(text: &str) -> Option<usize> {
    let digits_from = |at: usize| {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let begin = usize::from(text.starts_with(['+', '-']));
    if text[begin..].starts_with("Infinity") {
        return Some(begin + "Infinity".len());
    }
    let whole = digits_from(begin);
    let mut end = begin + whole;
    if text[end..].starts_with('.') {
        let fraction = digits_from(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if end == begin {
        return None;
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let digits = digits_from(end + 1 + sign);
        if digits > 0 {
            end += 1 + sign + digits;
        }
    }
    Some(end)
}

/// A text that [`decimal_length`] has measured.
fn decimal(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_spelled_as_javascript_does() {
        let expected = [
            (0.0, "0"),
            (-0.0, "0"),
            (42.0, "42"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (0.000_001, "0.000001"),
            (0.000_000_1, "1e-7"),
            (1.5e-10, "1.5e-10"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (-1.25e30, "-1.25e+30"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
        ];
        for (number, text) in expected {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn values_become_texts() {
        let expected = [
            (json!(null), "null"),
            (
                json!([1, [null, "a"], {}, true]),
                "1,,a,[object Object],true",
            ),
            (json!([]), ""),
            (json!(1e21), "1e+21"),
        ];
        for (value, expected) in expected {
            assert_eq!(text(Some(&value)), expected);
        }
        assert_eq!(text(None), "undefined");
    }

    #[test]
    fn values_become_numbers() {
        let expected = [
            (json!(null), 0.0),
            (json!(true), 1.0),
            (json!(""), 0.0),
            (json!(" \u{feff}12.5e1\n"), 125.0),
            (json!("0x1F"), 31.0),
            (json!("0b101"), 5.0),
            (json!("-Infinity"), f64::NEG_INFINITY),
            (json!([5]), 5.0),
            (json!([]), 0.0),
        ];
        for (value, expected) in expected {
            assert_eq!(number(Some(&value)), expected, "{value}");
        }
        for value in [
            json!("12px"),
            json!("0x"),
            json!("-0x1"),
            json!({}),
            json!([1, 2]),
            json!("inf"),
        ] {
            assert!(number(Some(&value)).is_nan(), "{value}");
        }
    }

    #[test]
    fn a_number_at_the_beginning_is_enough_for_parse_float() {
        let expected = [
            ("6px", 6.0),
            (" 7", 7.0),
            ("0x5", 0.0),
            ("1e1", 10.0),
            ("1e", 1.0),
            ("1e+", 1.0),
            (".5.", 0.5),
            ("5.", 5.0),
            ("-.5", -0.5),
            ("+Infinityx", f64::INFINITY),
        ];
        for (text, number) in expected {
            assert_eq!(parse_float(text), number, "{text}");
        }
        for text in ["", ".", "-", "e1", "\u{85}1", "infinity", "é1"] {
            assert!(parse_float(text).is_nan(), "{text}");
        }
    }
}
