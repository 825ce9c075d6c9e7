//! What programs prove their identity with: keys, JSON web tokens and what stands in an `Authorization` header.

use super::{Found, byte_at, from};

/// How the keys of well-known services begin. A PostHog project's own `phc_…` is public.
const KEYS: [&str; 33] = [
    "sk_live_",
    "sk_test_",
    "pk_live_",
    "pk_test_",
    "rk_live_",
    "rk_test_",
    "sk-",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxr-",
    "xoxs-",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29.",
    "npm_",
    "phx_",
    "phs_",
    "SG.",
    "whsec_",
    "shpat_",
    "hf_",
    "dop_v1_",
    "pypi-",
    "lin_api_",
];

/// The least that follows.
const LEAST: usize = 16;

/// Schemes of authorisation, and the least that follows: less is a word of the text.
const SCHEMES: [(&str, usize); 2] = [("bearer", 8), ("basic", 12)];

/// The most of what follows a scheme that is looked at to tell whether it is a token.
const LOOK: usize = 64;

/// The least length of a JSON web token's first part.
const MIN_HEADER: usize = 12;

/// A key, or what stands behind the name of a scheme, where a word begins.
pub(super) fn at(bytes: &[u8], start: usize) -> Option<Found> {
    let word = from(bytes, start);
    let length = run(word, LOOK, is_token);
    for prefix in KEYS {
        let end = prefix.len() + LEAST;
        // Names that are made of words, such as those of classes, have neither digits nor capitals.
        if length >= end
            && word.starts_with(prefix.as_bytes())
            && word
                .get(prefix.len()..end)?
                .iter()
                .any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        {
            return Some((start, end_of(bytes, start, is_token), "key"));
        }
    }
    for (scheme, least) in SCHEMES {
        // A plus is the space of forms.
        if let Some((name, [b' ' | b'+', token @ ..])) = word.split_at_checked(scheme.len())
            && name.eq_ignore_ascii_case(scheme.as_bytes())
        {
            let start = start + scheme.len() + 1;
            let length = run(token, LOOK, is_token);
            if length >= least && is_random(token.get(..length)?) {
                return Some((start, end_of(bytes, start, is_token), "token"));
            }
        }
    }
    None
}

/// A JSON web token from its start, at its first full stop; the rest of it may be cut off.
pub(super) fn jwt(bytes: &[u8], start: usize, stop: usize) -> Option<Found> {
    let is_jwt = stop - start >= MIN_HEADER && is_base64url(byte_at(bytes, stop + 1));
    is_jwt.then(|| {
        let end = end_of(bytes, start, |byte| is_base64url(byte) || byte == b'.');
        (start, end, "jwt")
    })
}

pub(super) fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn is_token(byte: u8) -> bool {
    is_base64url(byte) || b".~+/=".contains(&byte)
}

/// Whether no word looks like this: a digit, a capital within or a padding.
fn is_random(token: &[u8]) -> bool {
    token
        .windows(2)
        .any(|pair| matches!(pair, [_, b'0'..=b'9' | b'='] | [b'a'..=b'z', b'A'..=b'Z']))
}

/// Where a run of bytes ends, without the full stops of a sentence.
fn end_of(bytes: &[u8], start: usize, is_within: fn(u8) -> bool) -> usize {
    let mut end = start + run(from(bytes, start), usize::MAX, is_within);
    while end > start && byte_at(bytes, end - 1) == b'.' {
        end -= 1;
    }
    end
}

/// How many bytes, up to a limit, are of a kind.
#[inline(never)]
fn run(bytes: &[u8], most: usize, is_within: fn(u8) -> bool) -> usize {
    bytes
        .iter()
        .take(most)
        .take_while(|byte| is_within(**byte))
        .count()
}
