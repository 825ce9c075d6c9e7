//! Fields of forms that hold what is personal or secret, whatever stands in them.

use super::super::text;
use super::plain_name;

/// Types of inputs.
const TYPES: [&str; 2] = ["password", "hidden"];

/// How the names of autofill begin that tell of a person (HTML, "Autofill field"); those of a language, a country, the
/// parts of a region and a sum of money do not. `cc-` is a card's.
const AUTOFILL: [&str; 21] = [
    "name",
    "honorific-",
    "given-name",
    "additional-name",
    "family-name",
    "nickname",
    "username",
    "new-password",
    "current-password",
    "one-time-code",
    "organization",
    "street-address",
    "address-line",
    "postal-code",
    "cc-",
    "bday",
    "sex",
    "photo",
    "tel",
    "email",
    "impp",
];

/// What a field's name or id holds, without what is no letter or digit (posthog-js 1.449.2).
const NAMES: [&str; 16] = [
    "cardnum",
    "ccnum",
    "creditcard",
    "csc",
    "cvc",
    "cvv",
    "exp",
    "pass",
    "pwd",
    "routing",
    "seccode",
    "securitycode",
    "securitynum",
    "socialsec",
    "socsec",
    "ssn",
];

/// Whether a field is one whose value and surroundings are never to be told: by its type, by what it is filled in with,
/// or by its name or id. Unlike in posthog-js, the id counts even if there is a name.
pub(in crate::core) fn is_secret_field(
    kind: &str,
    name: &str,
    id: &str,
    autocomplete: &str,
) -> bool {
    TYPES.iter().any(|secret| kind.eq_ignore_ascii_case(secret))
        || text::parts(&autocomplete.to_ascii_lowercase(), " ")
            .any(|token| AUTOFILL.iter().any(|personal| token.starts_with(personal)))
        || is_secret_name(name)
        || is_secret_name(id)
}

/// Whether a name or an id is one that fields with secrets have (posthog-js 1.449.2).
pub(in crate::core) fn is_secret_name(name: &str) -> bool {
    let plain = plain_name(name);
    plain.starts_with("cc") || NAMES.iter().any(|part| text::contains(&plain, part))
}

#[cfg(test)]
mod tests {
    use super::super::is_secret_field;

    #[test]
    fn fields_are_known_by_type_autofill_name_and_id() {
        for (kind, name, id, autocomplete) in [
            ("password", "", "", ""),
            ("HIDDEN", "", "", ""),
            ("text", "cc-number", "", ""),
            ("text", "user[Password]", "", ""),
            ("text", "first", "card_num", ""),
            ("text", "", "CVV2", ""),
            ("text", "social-sec", "", ""),
            ("text", "exp_month", "", ""),
            ("text", "", "", "name"),
            ("text", "", "", "section-blue shipping street-address"),
            ("tel", "", "", "home tel-national"),
            ("text", "", "", "CC-CSC"),
            ("text", "", "", "username webauthn"),
            ("text", "", "", "address-line1"),
            ("text", "", "", "bday-year"),
            ("text", "", "", "one-time-code"),
        ] {
            assert!(
                is_secret_field(kind, name, id, autocomplete),
                "{kind} {name} {id} {autocomplete}"
            );
        }
        for (kind, name, id, autocomplete) in [
            ("text", "", "", ""),
            ("search", "q", "search", "off"),
            ("checkbox", "accept", "terms", "on"),
            ("text", "language", "", "language"),
            ("text", "", "", "country-name"),
            ("text", "", "", "transaction-amount"),
            ("text", "", "", "section-name address-level2"),
        ] {
            assert!(
                !is_secret_field(kind, name, id, autocomplete),
                "{kind} {name} {id} {autocomplete}"
            );
        }
    }
}
