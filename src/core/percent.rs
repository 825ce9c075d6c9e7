//! Percent-encoding, as cookies and query strings use it.

use super::{json, text};

/// Appends a text as JavaScript's `encodeURIComponent` writes it.
pub(super) fn push_encoded(out: &mut String, text: &str) {
    push_encoded_but(out, text, b"");
}

/// The same, with some other characters of ASCII left as they are.
#[inline(never)]
pub(super) fn push_encoded_but(out: &mut String, text: &str, kept: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) || kept.contains(&byte) {
            json::push_byte(out, byte);
        } else {
            json::push_byte(out, b'%');
            json::push_byte(out, b"0123456789ABCDEF"[usize::from(byte >> 4)]);
            json::push_byte(out, b"0123456789ABCDEF"[usize::from(byte & 15)]);
        }
    }
}

/// Resolves percent-encoding. A `%` that starts no pair of digits stays; of a text that is not UTF-8, nothing is left.
pub(super) fn decode(text: &str) -> String {
    resolve(text, false)
}

/// The same, but of a text that is not UTF-8 the ASCII is left, with a space for every other byte.
pub(super) fn decode_ascii(text: &str) -> String {
    String::from_utf8(bytes(text, false)).unwrap_or_else(|error| {
        let mut ascii = String::new();
        for byte in error.into_bytes() {
            json::push_byte(&mut ascii, if byte.is_ascii() { byte } else { b' ' });
        }
        ascii
    })
}

/// The value of a parameter in a URL's query, decoded as forms are (`+` is a space); `None` if it is not there.
pub(super) fn query_parameter(url: &str, name: &str) -> Option<String> {
    let query = text::after(text::before(url, "#"), "?")?;
    text::parts(query, "&").find_map(|pair| {
        let value = text::after(pair, "=").unwrap_or_default();
        (resolve(text::before(pair, "="), true) == name).then(|| resolve(value, true))
    })
}

fn resolve(text: &str, plus_is_space: bool) -> String {
    String::from_utf8(bytes(text, plus_is_space)).unwrap_or_default()
}

#[inline(never)]
fn bytes(text: &str, plus_is_space: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, mut tail)) = rest.split_first() {
        let mut byte = *first;
        if let (b'%', [high, low, after @ ..]) = (byte, tail)
            && let (Some(high), Some(low)) = (json::hex_digit(*high), json::hex_digit(*low))
        {
            byte = (high << 4 | low) as u8;
            tail = after;
        } else if byte == b'+' && plus_is_space {
            byte = b' ';
        }
        bytes.push(byte);
        rest = tail;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_is_that_of_encode_uri_component() {
        let mut out = String::new();
        push_encoded(&mut out, "{\"a\":\"é 🦔\"}-_.!~*'()");
        assert_eq!(out, "%7B%22a%22%3A%22%C3%A9%20%F0%9F%A6%94%22%7D-_.!~*'()");
        assert_eq!(decode(&out), "{\"a\":\"é 🦔\"}-_.!~*'()");
    }

    #[test]
    fn damaged_encoding_never_fails() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%4"), "%zz%4");
        assert_eq!(decode("a%ff"), "");
        assert_eq!(decode_ascii("a%ffé%40"), "a   @");
        assert_eq!(decode_ascii("%C3%A9%40"), "é@");
    }

    #[test]
    fn a_parameter_is_found_in_the_query_alone() {
        let url = "https://a.b/c?x=1&utm_source=news+letter%21&flag#utm_medium=no&x=2";
        assert_eq!(query_parameter(url, "utm_source").unwrap(), "news letter!");
        assert_eq!(query_parameter(url, "flag").unwrap(), "");
        assert_eq!(query_parameter(url, "utm_medium"), None);
        assert_eq!(query_parameter("https://a.b/c#?x=1", "x"), None);
    }
}
