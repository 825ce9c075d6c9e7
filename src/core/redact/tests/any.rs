//! Whatever the text is.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

use super::super::{json, text, url};
use super::vectors::vectors;

/// Pieces of which texts are made that may confuse.
fn piece() -> impl Strategy<Value = String> {
    let known: Vec<&str> = vectors().map(|(_, personal)| personal).collect();
    let pieces = [
        " ",
        "-",
        "+",
        ".",
        "/",
        "=",
        "&",
        "?",
        "#",
        ";",
        "%",
        "%40",
        "%2B",
        "%25",
        "@",
        "\"",
        "\\",
        "://",
        "//",
        ":",
        "<",
        ">",
        "<redacted:email>",
        "1",
        "4111",
        "1111 1111",
        "eyJ",
        "eyJhbGciOiJub25l",
        "sk-",
        "Bearer ",
        "basic+",
        "token",
        "password=",
        "email=",
        "x",
        "é",
        "用",
        "🦔",
        "\u{a0}",
        "_",
        "2x.png",
        "DE89",
        "{",
        "}",
        "[",
        ",",
        "\\u0040",
        "http://",
        "550e8400-e29b-41d4-a716-446655440000",
    ];
    prop_oneof![
        select(known).prop_map(str::to_owned),
        select(pieces.to_vec()).prop_map(str::to_owned),
        "[0-9]{1,20}",
        "\\PC{0,3}",
    ]
}

fn confusing() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..14).prop_map(|pieces| pieces.concat())
}

fn luhn(digits: &str) -> char {
    let sum: u32 = digits
        .chars()
        .rev()
        .enumerate()
        .map(
            |(index, digit)| match (digit.to_digit(10).unwrap(), index % 2) {
                (digit @ 5.., 0) => digit * 2 - 9,
                (digit, 0) => digit * 2,
                (digit, _) => digit,
            },
        )
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap()
}

fn card() -> impl Strategy<Value = String> {
    let body = prop_oneof![
        "4[0-9]{14}",
        "5[1-5][0-9]{13}",
        "3[47][0-9]{12}",
        "6[0-9]{11,17}",
        "22[3-9][0-9]{12}",
    ];
    (body, select(&["", " ", "-"])).prop_map(|(body, divider)| {
        let whole = format!("{body}{}", luhn(&body));
        let groups: Vec<&str> = (0..whole.len())
            .step_by(4)
            .map(|at| &whole[at..whole.len().min(at + 4)])
            .collect();
        groups.join(divider)
    })
}

fn personal() -> impl Strategy<Value = String> {
    let known: Vec<&str> = vectors().map(|(_, personal)| personal).collect();
    prop_oneof![
        select(known).prop_map(str::to_owned),
        card(),
        "[a-z0-9]([a-z0-9._+-]{0,20}[a-z0-9])?@([a-z0-9]{1,9}\\.){1,3}[a-z]{5,8}",
        "eyJ[A-Za-z0-9_-]{12,40}\\.eyJ[A-Za-z0-9_-]{10,60}(\\.[A-Za-z0-9_-]{0,43})?",
        "(sk_live_|ghp_|AKIA|SG\\.)[A-Z0-9]{16,40}",
        "[0-9]{3}-[0-9]{2}-[0-9]{4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(500) })]

    #[test]
    fn nothing_personal_survives(
        before in "([^+]{0,30}[ ,;:(\"\n'])?",
        personal in personal(),
        after in "([ ,;)\"\n'][^@]{0,30})?",
    ) {
        let whole = format!("{before}{personal}{after}");
        let redacted = text(&whole).unwrap_or(whole);
        prop_assert!(!redacted.contains(&personal), "{redacted}");
    }

    #[test]
    fn nothing_personal_survives_in_an_address(
        path in "(/[a-z0-9]{0,6}){0,3}",
        personal in personal(),
        place in 0..5,
    ) {
        let encode = |text: &str| {
            let mut encoded = String::new();
            crate::core::percent::push_encoded(&mut encoded, text);
            encoded
        };
        let whole = match place {
            0 => format!("https://a.example{path}/{personal}?b=c"),
            1 => format!("https://a.example{path}/{}/?b=c", encode(&personal)),
            2 => format!("https://a.example{path}?a=b&c={}&d=e", encode(&personal)),
            3 => format!("https://a.example{path}#/x?c={}", encode(&personal)),
            _ => {
                let inner = format!("https://b.example/?y={}", encode(&personal));
                format!("https://a.example{path}?next={}", encode(&inner))
            }
        };
        let redacted = url(&whole, &|_| false).unwrap_or(whole);
        let mut decoded = redacted;
        for _ in 0..3 {
            prop_assert!(!decoded.contains(&personal), "{decoded}");
            decoded = crate::core::percent::decode(&decoded);
        }
    }

    #[test]
    fn nothing_personal_survives_in_json(personal in personal(), key in "\\PC{0,4}", before in "[^+]{0,9}[ \n\t\"]") {
        let value = serde_json::json!({ key.clone(): [1, { "a": format!("{before}{personal}") }, true] });
        let redacted = json(&value.to_string()).unwrap();
        let read: serde_json::Value = serde_json::from_str(&redacted).unwrap();
        let text = read[&key][1]["a"].as_str().unwrap();
        prop_assert!(!text.contains(&personal), "{text}");
        // Two slashes may begin an address, and letters the name of what follows.
        let is_apart = !before.starts_with('/') && before.bytes().all(|byte| byte.is_ascii_punctuation() || byte == b' ');
        prop_assert!(!is_apart || text.starts_with(&before), "{text}");
        prop_assert!(read[&key][2] == true && read[&key][0] == 1);
    }

    #[test]
    fn what_is_not_personal_is_told_without_a_copy(innocent in "(([a-zA-Z]{1,9}|[0-9]{1,7}|é|[0-9]{1,3}\\.[0-9]{1,9})(, |\\. |: |\n))*") {
        prop_assert_eq!(text(&innocent), None);
        prop_assert_eq!(url(&innocent, &|_| false), None);
        prop_assert_eq!(json(&format!("[{}]", serde_json::json!(innocent))), None);
    }

    #[test]
    fn a_second_time_changes_nothing(confusing in confusing()) {
        if let Some(once) = text(&confusing) {
            prop_assert_eq!(text(&once), None, "{} from {}", once, confusing);
        }
        if let Some(once) = url(&confusing, &|name| name == "x") {
            prop_assert_eq!(url(&once, &|name| name == "x"), None, "{} from {}", once, confusing);
        }
        let value = serde_json::json!({ "a": confusing }).to_string();
        for value in [value, confusing] {
            if let Some(once) = json(&value) {
                prop_assert_eq!(json(&once), None, "{} from {}", once, value);
            }
        }
    }

    #[test]
    fn any_text_is_taken(any in "\\PC*|[ -~]*|(?s).{0,200}", exempt in any::<bool>()) {
        text(&any);
        url(&any, &|_| exempt);
        json(&any);
    }
}
