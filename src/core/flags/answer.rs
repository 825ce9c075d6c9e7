//! What the server answers to a request for flags: the second version of PostHog's format.

use super::super::json;
use super::super::properties::Properties;

/// The largest answer that is taken, in bytes: what is taken is stored, and localStorage belongs to the app.
const MAX_BYTES: usize = 1_000_000;

/// The most flags of an answer. Every event tells them all.
const MAX_FLAGS: usize = 2_000;

/// An answer that can be taken.
#[derive(Debug, Default)]
pub(in crate::core) struct Answer {
    /// The value of each flag that was evaluated: `true`, `false` or its variant.
    pub(super) values: Properties,
    /// The payloads of those that are on.
    pub(super) payloads: Properties,
    /// All that is said of them.
    pub(super) details: Properties,
    /// Flags that the server could not evaluate: what was known of them holds.
    pub(super) failed: Vec<String>,
    /// Whether there are such.
    pub(super) is_partial: bool,
    is_limited: bool,
    /// The request's id and when it was evaluated, in milliseconds since the epoch, as JSON.
    pub(super) request_id: Option<String>,
    pub(super) evaluated_at: Option<String>,
    /// Whether `$feature_flag_called` is to say less of flags without an experiment.
    pub(super) is_minimal: bool,
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::core) enum AnswerError {
    /// It is no JSON object.
    NoObject,
    /// It has no flags, or flags in the first version of the format.
    NoFlags,
    /// It is larger than what is taken.
    TooLarge,
}

impl AnswerError {
    /// What is wrong and what to do.
    pub(in crate::core) fn message(self) -> &'static str {
        match self {
            Self::NoObject => {
                "what came in answer to the request for feature flags is no JSON: check api_host and the proxy before it. The flags stay as they are"
            }
            Self::NoFlags => {
                "the answer to the request for feature flags has none in today's format: the server behind api_host is too old. The flags stay as they are"
            }
            Self::TooLarge => {
                "the answer to the request for feature flags has more than 2,000 flags or 1,000,000 bytes and was not taken: ask for less with flag_keys"
            }
        }
    }
}

/// Reads an answer.
pub(in crate::core) fn read(text: &str) -> Result<Answer, AnswerError> {
    if text.len() > MAX_BYTES {
        return Err(AnswerError::TooLarge);
    }
    if json::object_body(text).is_none() || !json::is_valid(text) {
        return Err(AnswerError::NoObject);
    }
    let members = Properties::read(text);
    let limited = members.get("quotaLimited").unwrap_or_default();
    let mut answer = Answer {
        is_partial: members.get("errorsWhileComputingFlags") == Some("true"),
        is_limited: json::items(limited).any(|item| item == "\"feature_flags\""),
        is_minimal: members.get("minimalFlagCalledEvents") == Some("true"),
        request_id: members.get_string("requestId").map(|id| json::string(&id)),
        evaluated_at: members.get_integer("evaluatedAt").map(json::integer),
        ..Answer::default()
    };
    let flags = members.get("flags").unwrap_or_default();
    if !answer.is_limited && json::object_body(flags).is_none() {
        return Err(AnswerError::NoFlags);
    }
    if json::members(flags).nth(MAX_FLAGS).is_some() {
        return Err(AnswerError::TooLarge);
    }
    for flag in json::members(flags) {
        answer.take(&flag.key(), flag.value);
    }
    Ok(answer)
}

impl Answer {
    /// Whether the project's quota of such requests is used up, so that the answer says nothing.
    pub(in crate::core) fn is_limited(&self) -> bool {
        self.is_limited
    }

    fn take(&mut self, key: &str, text: &str) {
        let detail = Properties::read(text);
        if self.is_partial && detail.get("failed") == Some("true") {
            return self.failed.push(key.to_owned());
        }
        let variant = detail.get("variant").filter(|text| text.starts_with('"'));
        let enabled = match detail.get("enabled") {
            Some("true") => "true",
            _ => "false",
        };
        let value = variant.unwrap_or(enabled);
        self.values.set(key, value);
        self.details.set(key, text);
        let metadata = Properties::read(detail.get("metadata").unwrap_or_default());
        let payload = metadata.get("payload").filter(|text| *text != "null");
        if let Some(payload) = payload
            && is_truthy(value)
        {
            self.payloads.set(key, payload);
        }
    }
}

/// Whether a flag of this value is on.
pub(super) fn is_truthy(value: &str) -> bool {
    !matches!(value, "false" | "null" | "\"\"" | "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_payloads_and_details_are_read() {
        let answer = read(
            r#"{"flags":{"a":{"key":"a","enabled":true,"variant":null,"metadata":{"id":1,"payload":"{\"x\":1}"}},
            "b":{"key":"b","enabled":true,"variant":"test","metadata":{}},
            "c":{"key":"c","enabled":false,"metadata":{"payload":"1"}}},
            "errorsWhileComputingFlags":false,"requestId":"r","evaluatedAt":5}"#,
        )
        .unwrap();
        assert_eq!(
            answer.values.to_json(),
            r#"{"a":true,"b":"test","c":false}"#
        );
        assert_eq!(answer.payloads.to_json(), r#"{"a":"{\"x\":1}"}"#);
        assert!(answer.details.get("c").unwrap().contains("metadata"));
        assert_eq!(answer.request_id.as_deref(), Some("\"r\""));
        assert_eq!(answer.evaluated_at.as_deref(), Some("5"));
        assert!(!answer.is_partial && !answer.is_limited && !answer.is_minimal);
    }

    #[test]
    fn flags_that_failed_are_told_apart() {
        let answer = read(
            r#"{"flags":{"a":{"enabled":false,"failed":true},"b":{"enabled":true}},"errorsWhileComputingFlags":true}"#,
        )
        .unwrap();
        assert_eq!(answer.values.to_json(), r#"{"b":true}"#);
        assert_eq!(answer.failed, ["a"]);
    }

    #[test]
    fn a_quota_that_is_used_up_is_no_error() {
        assert!(
            read(r#"{"quotaLimited":["feature_flags"]}"#)
                .unwrap()
                .is_limited
        );
        assert!(
            read(r#"{"flags":{},"quotaLimited":["feature_flags"]}"#)
                .unwrap()
                .is_limited
        );
    }

    #[test]
    fn what_is_no_answer_is_told_why() {
        for (text, error) in [
            ("", AnswerError::NoObject),
            ("<html></html>", AnswerError::NoObject),
            (r#"{"flags":{"a":{"enab"#, AnswerError::NoObject),
            (r#"{"flags":{"a":}}"#, AnswerError::NoObject),
            (r#"["a"]"#, AnswerError::NoObject),
            ("{}", AnswerError::NoFlags),
            (r#"{"flags":["a"]}"#, AnswerError::NoFlags),
            (r#"{"featureFlags":{"a":true}}"#, AnswerError::NoFlags),
        ] {
            assert_eq!(read(text).unwrap_err(), error, "{text}");
        }
        let flag = |number| format!(r#""flag-{number}":{{"enabled":true}}"#);
        let flags = |count| (0..count).map(flag).collect::<Vec<_>>().join(",");
        assert!(read(&format!(r#"{{"flags":{{{}}}}}"#, flags(2_000))).is_ok());
        let many = format!(r#"{{"flags":{{{}}}}}"#, flags(2_001));
        assert_eq!(read(&many).unwrap_err(), AnswerError::TooLarge);
        let large = format!(r#"{{"flags":{{}},"x":"{}"}}"#, "x".repeat(MAX_BYTES));
        assert_eq!(read(&large).unwrap_err(), AnswerError::TooLarge);
    }
}
