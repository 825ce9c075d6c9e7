//! Texts and numbers within JSON.

use super::super::json;
use super::{Redaction, byte_at, card, text, url};

/// The JSON text with everything personal in its string values replaced, at any depth, and numbers that are those of
/// cards; `None` if there is nothing. Keys stay. An address, of a page or only its path, is looked at as [`url()`]
/// does.
pub(in crate::core) fn json(json: &str) -> Option<String> {
    let bytes = json.as_bytes();
    let mut redaction = Redaction::of(json);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        if *byte == b'"' {
            at = string_end(bytes, at);
            if !is_key(bytes, at)
                && let Some(redacted) = string(text::slice(json, start, at))
            {
                redaction.replace(start, at, &redacted);
            }
        } else if let b'-' | b'0'..=b'9' = byte {
            while let b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E' = byte_at(bytes, at) {
                at += 1;
            }
            if card::end(bytes, start) == Some(at) {
                redaction.replace(start, at, "\"<redacted:card>\"");
            }
        }
    }
    redaction.finish()
}

fn string(value: &str) -> Option<String> {
    let value = json::as_string(value)?;
    let is_address = ["/", "http://", "https://"]
        .iter()
        .any(|scheme| value.starts_with(scheme));
    let redacted = if is_address {
        url(&value, &|_| false)
    } else {
        text(&value)
    };
    Some(json::string(&redacted?))
}

/// Where a string ends that begins before `at`, behind its closing quote.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match byte_at(bytes, at) {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ if at >= bytes.len() => return bytes.len(),
            _ => at += 1,
        }
    }
}

/// Whether a colon follows.
fn is_key(bytes: &[u8], mut at: usize) -> bool {
    while byte_at(bytes, at).is_ascii_whitespace() {
        at += 1;
    }
    byte_at(bytes, at) == b':'
}

#[cfg(test)]
mod tests {
    use super::super::json;

    #[test]
    fn string_values_are_looked_at_at_any_depth_and_keys_stay() {
        for (before, after) in [
            (
                r#"{"jane@example.com" : ["a", {"b":"jane@example.com"}], "c" : "4111 1111 1111 1111"}"#,
                r#"{"jane@example.com" : ["a", {"b":"<redacted:email>"}], "c" : "<redacted:card>"}"#,
            ),
            (r#""jane@example.com""#, r#""<redacted:email>""#),
            (
                r#"["to\njane@example.com\t\"x\"","é"]"#,
                r#"["to\n<redacted:email>\t\"x\"","é"]"#,
            ),
            (
                r#"["jane\u0040example.com","\u006aane@example.com\\"]"#,
                r#"["<redacted:email>","<redacted:email>\\"]"#,
            ),
            (
                r#"["{\"email\":\"jane@example.com\"}"]"#,
                r#"["{\"email\":\"<redacted:email>\"}"]"#,
            ),
            (
                r#"["/pay?n=4111%201111%201111%201111"]"#,
                r#"["/pay?n=<redacted:card>"]"#,
            ),
            (
                r#"["https://a.example/?token=x&b=c"]"#,
                r#"["https://a.example/?token=<redacted:secret>&b=c"]"#,
            ),
        ] {
            assert_eq!(json(before).unwrap(), after);
        }
    }

    #[test]
    fn only_the_numbers_of_cards_are_replaced() {
        assert_eq!(
            json(r#"{"a":4111111111111111,"b":[4222222222222,1]}"#).unwrap(),
            r#"{"a":"<redacted:card>","b":["<redacted:card>",1]}"#
        );
        for other in [
            "1700000000000",
            "-4111111111111111",
            "4111111111111111.5",
            "4111111111111111e2",
            "0.4111111111111111",
            "44051401359",
            "[4111,1111,1111,1111]",
        ] {
            assert_eq!(json(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_json_does_no_harm() {
        for damaged in [
            "",
            "\"",
            "\"jane@example.com",
            "{\"a",
            "\"\\",
            "\"\\\"",
            "-",
            "{\"a\" ",
        ] {
            assert_eq!(json(damaged), None, "{damaged}");
        }
    }
}
