//! Addresses: what is personal by the name of its parameter, or in a text that is percent-encoded.
//!
//! A query and a fragment are taken apart alike, at `?`, `#`, `&` and `;`, so that an address within an address and the
//! fragments of routers (`#/path?name=value`) and of logins (`#access_token=…`) are seen too.

use super::super::{percent, text};
use super::{Redaction, byte_at, plain_name};

/// Endings of the names of parameters with secrets, without what is no letter or digit. A signature is one, for it lets
/// everyone in who has the address; a `key`, a `code` and a `state` may be anything and are judged by their values.
const SECRET_ENDINGS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secretkey",
    "privatekey",
    "accesskey",
    "apikey",
    "token",
    "authorization",
    "signature",
    "ssn",
    "cardnumber",
];

/// Whole names of parameters with secrets.
const SECRET_NAMES: [&str; 9] = [
    "pass",
    "auth",
    "sig",
    "otp",
    "card",
    "cvv",
    "cvc",
    "jsessionid",
    "phpsessid",
];

const EMAIL_ENDINGS: [&str; 2] = ["email", "emailaddress"];

/// How often an address is looked for within what is encoded in another one.
const MAX_DEPTH: usize = 3;

/// The address with everything personal in it replaced; `None` if there is nothing. Parameters whose name is exempt, by
/// its decoded name, are left as they are.
pub(in crate::core) fn url(url: &str, exempt: &dyn Fn(&str) -> bool) -> Option<String> {
    address(url, exempt, MAX_DEPTH)
}

fn address(url: &str, exempt: &dyn Fn(&str) -> bool, depth: usize) -> Option<String> {
    let mut redaction = Redaction::of(url);
    let (start, mut at) = user(url);
    redact_component(&mut redaction, (0, start), exempt, depth);
    // What is replaced already stays, here and below.
    if start < at && !text::contains(text::slice(url, start, at), "<redacted:") {
        redaction.redact((start, at, "secret"));
    }
    while at < url.len() {
        let mut end = next(url, at, b"?#&;");
        let name = text::before(text::slice(url, at, end), "=");
        let value = at + name.len() + 1;
        if value > end {
            redact_component(&mut redaction, (at, end), exempt, depth);
        } else if exempt(&percent::decode_ascii(name)) {
            end = next(url, value, b"#&");
        } else {
            redact_component(&mut redaction, (at, value - 1), exempt, depth);
            match kind_of(&percent::decode_ascii(name)) {
                Some(kind) if byte_at(url.as_bytes(), value) != b'<' => {
                    end = next(url, value, b"#&");
                    if value < end {
                        redaction.redact((value, end, kind));
                    }
                }
                _ => redact_component(&mut redaction, (value, end), exempt, depth),
            }
        }
        at = end + 1;
    }
    redaction.finish()
}

/// Where a user with a password stands before the host; empty if there is none.
fn user(url: &str) -> (usize, usize) {
    let page = text::slice(url, 0, next(url, 0, b"?#"));
    let start = if page.starts_with("//") {
        2
    } else {
        text::before(page, "://").len() + 3
    };
    let authority = text::slice(url, start, next(page, start, b"/"));
    match authority.bytes().rposition(|byte| byte == b'@') {
        Some(length) => (start, start + length),
        None => (0, 0),
    }
}

fn redact_component(
    redaction: &mut Redaction<'_>,
    (start, end): (usize, usize),
    exempt: &dyn Fn(&str) -> bool,
    depth: usize,
) {
    // A plus in front is a space of forms, not the sign of a telephone number.
    let start = start + usize::from(byte_at(redaction.text.as_bytes(), start) == b'+');
    let component = text::slice(redaction.text, start, end);
    let redacted = if depth > 0 && text::contains(component, "%") {
        let decoded = percent::decode_ascii(component);
        address(&decoded, exempt, depth - 1).map(|redacted| {
            let mut encoded = String::new();
            percent::push_encoded_but(&mut encoded, &redacted, b"<>:/");
            encoded
        })
    } else {
        super::text(component)
    };
    if let Some(redacted) = redacted {
        redaction.replace(start, end, &redacted);
    }
}

/// What a parameter holds, by its name.
fn kind_of(name: &str) -> Option<&'static str> {
    let plain = plain_name(name);
    let ends = |endings: &[&str]| endings.iter().any(|ending| plain.ends_with(ending));
    if ends(&EMAIL_ENDINGS) {
        Some("email")
    } else if ends(&SECRET_ENDINGS) || SECRET_NAMES.contains(&&*plain) {
        Some("secret")
    } else {
        None
    }
}

/// Where one of the marks stands next, or the end.
#[inline(never)]
fn next(text: &str, from: usize, marks: &[u8]) -> usize {
    let mut at = from;
    while text
        .as_bytes()
        .get(at)
        .is_some_and(|byte| !marks.contains(byte))
    {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::super::url;

    fn redacted(address: &str) -> Option<String> {
        url(address, &|name| name == "gclid" || name == "utm_term")
    }

    #[test]
    fn parameters_that_are_named_like_secrets_lose_their_values() {
        for (before, after) in [
            (
                "https://a.example/?token=x",
                "https://a.example/?token=<redacted:secret>",
            ),
            (
                "https://a.example/?a=b&accessToken=x/y?z;w&c=d#e",
                "https://a.example/?a=b&accessToken=<redacted:secret>&c=d#e",
            ),
            (
                "/?user%5Bpassword%5D=x&user[email]=jane",
                "/?user%5Bpassword%5D=<redacted:secret>&user[email]=<redacted:email>",
            ),
            ("/?email=<jane@example.com>", "/?email=<<redacted:email>>"),
            ("/?E-Mail=jane", "/?E-Mail=<redacted:email>"),
            (
                "/?x-api-key=1&sig=2&X-Amz-Signature=3",
                "/?x-api-key=<redacted:secret>&sig=<redacted:secret>&X-Amz-Signature=<redacted:secret>",
            ),
            (
                "/#access_token=x&state=y",
                "/#access_token=<redacted:secret>&state=y",
            ),
            (
                "/#/reset?token=x&y=z",
                "/#/reset?token=<redacted:secret>&y=z",
            ),
            ("/a;jsessionid=x?b=c", "/a;jsessionid=<redacted:secret>"),
            ("/a/token=x/y", "/a/token=<redacted:secret>"),
            (
                "/?next=https%3A%2F%2Fb.example%2F%3Ftoken%3Dx%26y%3Dz",
                "/?next=https://b.example/%3Ftoken%3D<redacted:secret>%26y%3Dz",
            ),
            (
                "/?next=/reset?token=x&y=z",
                "/?next=/reset?token=<redacted:secret>&y=z",
            ),
        ] {
            assert_eq!(redacted(before).as_deref(), Some(after));
        }
        for other in [
            "https://a.example/path/?key=x&code=y&state=z&session_id=1",
            "/?token=&password",
            "/?token=<masked>&email=<redacted:email>",
            "/?bypass=1&discard=1&oauth=1&emails=1",
            "/token/password/x",
        ] {
            assert_eq!(redacted(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_personal_by_itself_is_found_in_every_part() {
        for (before, after) in [
            (
                "https://a.example/u/jane@example.com/x?y",
                "https://a.example/u/<redacted:email>/x?y",
            ),
            (
                "https://a.example/u%20v/jane%40example.com/x",
                "https://a.example/u%20v/<redacted:email>/x",
            ),
            ("/?q=jane+x@example.com&a", "/?q=<redacted:email>&a"),
            ("/?q=4111+1111+1111+1111", "/?q=<redacted:card>"),
            ("/?q=+4111+1111+1111+1111", "/?q=+<redacted:card>"),
            (
                "/?q=my+cpf+12345678909",
                "/?q=my+cpf+<redacted:national_id>",
            ),
            ("/?q=%34111%201111%201111%201111%21", "/?q=<redacted:card>!"),
            ("/?q=Bearer%20abcdefgh1", "/?q=Bearer%20<redacted:token>"),
            (
                "/?jane@example.com=1#jane%40example.com",
                "/?<redacted:email>=1#<redacted:email>",
            ),
            ("/?q=%ff%21jane%40example.com", "/?q=%20!<redacted:email>"),
            (
                "mailto:jane@example.com?subject=x",
                "mailto:<redacted:email>?subject=x",
            ),
            (
                "/?a=b%253Fmail%253Djane%252540example.com",
                "/?a=b%253Fmail%253D<redacted:email>",
            ),
            (
                "/jane@example.com/token=x",
                "/<redacted:email>/token=<redacted:secret>",
            ),
        ] {
            assert_eq!(redacted(before).as_deref(), Some(after), "{before}");
        }
    }

    #[test]
    fn a_user_is_removed_from_before_the_host() {
        for (before, after) in [
            (
                "https://jane:word@a.example/b",
                "https://<redacted:secret>@a.example/b",
            ),
            (
                "//jane%40example.com:wo@rd@a.example?b=c@d",
                "//<redacted:secret>@a.example?b=c@d",
            ),
            (
                "/proxy/https://jane:word@a.example",
                "/proxy/https://<redacted:secret>@a.example",
            ),
            (
                "https://jane@localhost:8080/jane@example.com",
                "https://<redacted:secret>@localhost:8080/<redacted:email>",
            ),
        ] {
            assert_eq!(redacted(before).as_deref(), Some(after));
            assert_eq!(redacted(after), None);
        }
        for other in [
            "https://a.example/@jane",
            "https://@a.example/",
            "/a//b@c",
            "https://",
        ] {
            assert_eq!(redacted(other), None, "{other}");
        }
    }

    #[test]
    fn exempt_parameters_are_left_alone() {
        assert_eq!(
            redacted("/?gclid=4111111111111111;x@y.example&utm%5fterm=a@b.example"),
            None
        );
        assert_eq!(
            redacted("/?gclid=1&gclidx=a@b.example").as_deref(),
            Some("/?gclid=1&gclidx=<redacted:email>")
        );
    }
}
