//! JSON as text: written piece by piece, read only as far as needed.
//!
//! The core forwards what the app and the store hand it as text; values are never built. What it has to know of
//! a text — its top-level keys, a string, a whole number, whether it is JSON at all — is read here by scanning.

mod scanner;
mod valid;
mod walk;
mod write;

pub(super) use scanner::hex_digit;
pub use valid::{MAX_DEPTH, is_valid};
pub use walk::{Items, Member, Members, as_integer, as_string, items, members, object_body};
pub(super) use write::push_byte;
pub use write::{
    integer, push_integer, push_member, push_padded, push_separator, push_string, string, strings,
};

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, &str)> {
        members(text)
            .map(|member| (member.key().into_owned(), member.value))
            .collect()
    }

    #[test]
    fn strings_are_escaped_and_read_back() {
        for text in [
            "",
            "plain",
            "quote \" and \\",
            "line\nbreak\r\t\u{0}\u{1f}",
            "emoji 🦔 é",
        ] {
            let json = string(text);
            assert!(is_valid(&json), "{json}");
            assert_eq!(as_string(&json).unwrap(), text);
        }
    }

    #[test]
    fn escapes_of_other_writers_are_resolved() {
        assert_eq!(
            as_string(r#""\ud83e\udd94 \u00e9 \/ \b\f""#).unwrap(),
            "🦔 é / \u{8}\u{c}"
        );
        assert_eq!(as_string(r#""\ud83e""#).unwrap(), "\u{fffd}");
        assert_eq!(as_string(r#""\ud83e\u0041""#).unwrap(), "\u{fffd}A");
        assert_eq!(as_string(r#""\uzz""#).unwrap(), "\u{fffd}");
    }

    #[test]
    fn members_are_walked_without_looking_inside() {
        assert_eq!(
            pairs(r#" { "a" : {"b":[1,"}"]} , "c\"d":"x,y", "e": -1.5e3 } "#),
            [
                ("a".to_owned(), r#"{"b":[1,"}"]}"#),
                ("c\"d".to_owned(), r#""x,y""#),
                ("e".to_owned(), "-1.5e3"),
            ]
        );
        assert_eq!(pairs("{}"), []);
        assert_eq!(
            items(r#"[1, "a", [2]]"#).collect::<Vec<_>>(),
            ["1", "\"a\"", "[2]"]
        );
    }

    #[test]
    fn a_torn_object_gives_the_members_before_the_tear() {
        assert_eq!(pairs(r#"{"a":1,"b":"tor"#), [("a".to_owned(), "1")]);
        assert_eq!(pairs(r#"{"a":1,"b":[1,"#), [("a".to_owned(), "1")]);
        for text in [
            "", "null", "[1]", "{", "{\"", "{\"a\"", "{\"a\":", "{\"a\":}", "{a:1}",
        ] {
            assert_eq!(pairs(text), [], "{text}");
        }
    }

    #[test]
    fn only_json_that_the_server_takes_is_valid() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-0.5",
            "12e3",
            "1e-400",
            "\"\"",
            "[]",
            "{}",
            r#"{"a":[1,{"b":null}]}"#,
            r#""\ud83e\udd94""#,
            " [ 1 , 2 ] ",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "",
            "nul",
            "tru",
            "01",
            "1.",
            ".5",
            "-",
            "1e",
            "1e400",
            "+1",
            "\"",
            "[1,]",
            "[1 2]",
            "{\"a\"}",
            "{a:1}",
            "{\"a\":1,}",
            r#""\x""#,
            r#""\ud83e""#,
            r#""\udd94""#,
            r#""\ud83e\ud83e""#,
            "\"\n\"",
            "1 2",
            "[",
            "undefined",
        ] {
            assert!(!is_valid(text), "{text}");
        }
        assert!(!is_valid(&"9".repeat(400)));
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(is_valid(&nested(MAX_DEPTH)));
        assert!(!is_valid(&nested(MAX_DEPTH + 1)));
        assert!(!is_valid(&nested(1_000_000)));
    }

    #[test]
    fn whole_numbers_are_read_and_written() {
        assert_eq!(as_integer("1700000000000"), Some(1_700_000_000_000));
        for text in ["", "-1", "1.5", "1e3", "\"1\"", "99999999999999999"] {
            assert_eq!(as_integer(text), None, "{text}");
        }
        assert_eq!(integer(0), "0");
        assert_eq!(integer(u64::MAX), "18446744073709551615");
    }
}
