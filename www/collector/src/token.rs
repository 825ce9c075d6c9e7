//! The project token: which one a request is for, and whether it can be one at all.

use thiserror::Error;

/// The longest token that PostHog takes, in characters.
pub const MAX_TOKEN_LENGTH: usize = 64;

/// Why a request is answered with 401.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// Neither the envelope nor any event has one.
    #[error("no token: set api_key in the envelope, or token in each event's properties")]
    Missing,
    /// Two events, or an event and the envelope, disagree.
    #[error("the tokens of one request must all be the same")]
    Inconsistent,
    /// An empty string, or blanks.
    #[error("the token is empty")]
    Empty,
    /// More than [`MAX_TOKEN_LENGTH`].
    #[error("the token is longer than 64 characters")]
    TooLong,
    /// A project token is plain ASCII.
    #[error("the token has characters that are not ASCII")]
    NotAscii,
    /// A NUL character inside.
    #[error("the token has a NUL character in it")]
    Nul,
    /// A secret that must never be in a page.
    #[error("this is a personal API key (phx_…); use the project token (phc_…)")]
    PersonalKey,
}

/// The one token that all of `claims` agree on, trimmed.
pub fn agree<'a>(claims: impl IntoIterator<Item = &'a str>) -> Result<&'a str, TokenError> {
    let mut claims = claims.into_iter().map(str::trim);
    let token = claims.next().ok_or(TokenError::Missing)?;
    if claims.any(|other| other != token) {
        return Err(TokenError::Inconsistent);
    }
    check(token)?;
    Ok(token)
}

fn check(token: &str) -> Result<(), TokenError> {
    match token {
        "" => Err(TokenError::Empty),
        _ if !token.is_ascii() => Err(TokenError::NotAscii),
        _ if token.len() > MAX_TOKEN_LENGTH => Err(TokenError::TooLong),
        _ if token.contains('\0') => Err(TokenError::Nul),
        _ if token.starts_with("phx_") => Err(TokenError::PersonalKey),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_must_agree() {
        assert_eq!(agree(["phc_a", " phc_a "]), Ok("phc_a"));
        assert_eq!(agree(["phc_a", "phc_b"]), Err(TokenError::Inconsistent));
        assert_eq!(agree([]), Err(TokenError::Missing));
    }

    #[test]
    fn what_cannot_be_a_token_is_refused() {
        let longest = "a".repeat(MAX_TOKEN_LENGTH);
        assert_eq!(agree([longest.as_str()]), Ok(longest.as_str()));
        assert_eq!(agree(["a".repeat(65).as_str()]), Err(TokenError::TooLong));
        assert_eq!(agree([" "]), Err(TokenError::Empty));
        assert_eq!(agree(["phc_é"]), Err(TokenError::NotAscii));
        assert_eq!(agree(["phc_\0"]), Err(TokenError::Nul));
        assert_eq!(agree(["phx_secret"]), Err(TokenError::PersonalKey));
    }
}
