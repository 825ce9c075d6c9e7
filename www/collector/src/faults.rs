//! The fault switch: rules by which tests make the PostHog routes fail.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::watch;

/// How much of a body is told in the record of a request, in characters.
const TOLD_OF_BODY: usize = 80;

/// One rule, as it is written in JSON. It needs at least one of the fields from `status` on, apart from `content_type`
/// and `after_commit`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Beginning of the paths that it applies to; without it, all PostHog routes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How often it applies; without it, until the rules are replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// How many requests pass before it applies for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Answered in place of the real status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Answered in place of the real body, be it malformed, cut short or of another format. As with a status, the
    /// events are not stored. Without a status, that of the real answer stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The `Content-Type` of that body; without it, `application/json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The `Retry-After` header of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<String>,
    /// How long the answer waits, after everything else is done. It waits no longer once the rules are replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// The events are stored and only then the fault is played: an answer that got lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_commit: bool,
    /// Where the connection is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<Reset>,
    /// What the answer says is over quota. As with a real quota, the events are not stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_limited: Option<Vec<String>>,
    /// Every connection is cut before anything is read, also those of preflights.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub down: bool,
}

/// Where in the exchange a connection is cut.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reset {
    /// Before the body is read.
    Before,
    /// After a part of the body is read.
    Body,
    /// After a part of the answer is written.
    Response,
}

/// Why a rule is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleError {
    /// It would do nothing.
    #[error("a rule needs one of status, body, retry_after, delay_ms, reset, quota_limited, down")]
    NoEffect,
    /// A status that no final answer has.
    #[error("status must be between 200 and 599")]
    Status,
    /// A body where none can be.
    #[error("an answer with the status 204 or 304 has no body")]
    Body,
    /// Not a header value, or the type of nothing.
    #[error("content_type goes with body, and must be able to stand in a header")]
    ContentType,
    /// Not a header value.
    #[error("retry_after cannot stand in a header")]
    RetryAfter,
    /// Nothing fails, or nothing is read that could be committed.
    #[error("after_commit goes with status, body, reset or quota_limited")]
    AfterCommit,
}

/// A rule and how often it came into play.
#[derive(Clone, Debug, Serialize)]
pub struct ActiveRule {
    #[serde(flatten)]
    rule: Arc<Rule>,
    /// Requests let through because of `after`.
    passed: u64,
    /// Requests that the rule was applied to.
    applied: u64,
}

/// The rules in force. Of several that fit a request, the first applies.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Mutex<Vec<ActiveRule>>,
    replaced: watch::Sender<()>,
}

impl Rule {
    /// Whether the events of the request are kept from the store.
    pub fn withholds_events(&self) -> bool {
        !self.after_commit && self.fails()
    }

    /// Whether the answer never comes, or never wholly.
    pub fn cuts(&self) -> bool {
        self.reset.is_some() || self.down
    }

    /// How long the answer waits.
    pub fn delay(&self) -> Option<Duration> {
        self.delay_ms.map(Duration::from_millis)
    }

    /// For the record of the request.
    pub fn describe(&self) -> String {
        let told = Self {
            body: self
                .body
                .as_deref()
                .map(|body| body.chars().take(TOLD_OF_BODY).collect()),
            ..self.clone()
        };
        let rule = serde_json::to_string(&told).expect("a rule has only plain fields");
        format!("fault: {rule}")
    }

    fn fails(&self) -> bool {
        self.status.is_some() || self.body.is_some() || self.quota_limited.is_some() || self.cuts()
    }

    fn check(&self) -> Result<(), RuleError> {
        let fails = self.fails();
        if !fails && self.retry_after.is_none() && self.delay_ms.is_none() {
            return Err(RuleError::NoEffect);
        }
        if self.after_commit && (!fails || self.down) {
            return Err(RuleError::AfterCommit);
        }
        if self
            .status
            .is_some_and(|code| !(200..600).contains(&code) || StatusCode::from_u16(code).is_err())
        {
            return Err(RuleError::Status);
        }
        if self.body.is_some() && matches!(self.status, Some(204 | 304)) {
            return Err(RuleError::Body);
        }
        if self
            .content_type
            .as_deref()
            .is_some_and(|value| self.body.is_none() || HeaderValue::from_str(value).is_err())
        {
            return Err(RuleError::ContentType);
        }
        if self
            .retry_after
            .as_deref()
            .is_some_and(|value| HeaderValue::from_str(value).is_err())
        {
            return Err(RuleError::RetryAfter);
        }
        Ok(())
    }

    fn covers(&self, path: &str) -> bool {
        self.path
            .as_deref()
            .is_none_or(|prefix| path.starts_with(prefix))
    }
}

impl ActiveRule {
    fn is_due(&self) -> bool {
        self.passed >= self.rule.after.unwrap_or(0)
    }

    fn is_spent(&self) -> bool {
        self.rule.times.is_some_and(|times| self.applied >= times)
    }
}

impl Faults {
    /// Puts new rules in place of the old ones. If one of them is refused, the old ones stay.
    pub fn replace(&self, rules: Vec<Rule>) -> Result<(), RuleError> {
        rules.iter().try_for_each(Rule::check)?;
        *self.lock() = rules
            .into_iter()
            .map(|rule| ActiveRule {
                rule: Arc::new(rule),
                passed: 0,
                applied: 0,
            })
            .collect();
        self.replaced.send_replace(());
        Ok(())
    }

    /// Changes when the rules in force now are replaced.
    pub fn replaced(&self) -> watch::Receiver<()> {
        self.replaced.subscribe()
    }

    /// The rules and how often each has applied.
    pub fn list(&self) -> Vec<ActiveRule> {
        self.lock().clone()
    }

    /// The rule that applies to a request to `path`, which uses it up by one.
    pub fn take(&self, path: &str) -> Option<Arc<Rule>> {
        for active in self
            .lock()
            .iter_mut()
            .filter(|active| active.rule.covers(path))
        {
            if !active.is_due() {
                active.passed += 1;
            } else if !active.is_spent() {
                active.applied += 1;
                return Some(Arc::clone(&active.rule));
            }
        }
        None
    }

    /// The rule by which the server is down for `path`. A preflight asks this: it fails with the server, but it
    /// uses up no rule, since those are meant for the request behind it.
    pub fn down(&self, path: &str) -> Option<Arc<Rule>> {
        self.lock()
            .iter()
            .find(|active| active.rule.covers(path) && active.is_due() && !active.is_spent())
            .filter(|active| active.rule.down)
            .map(|active| Arc::clone(&active.rule))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ActiveRule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Rule {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_rule_lets_some_pass_applies_and_is_spent() {
        let faults = Faults::default();
        faults
            .replace(vec![rule(
                r#"{"path":"/e/","after":1,"times":2,"status":503}"#,
            )])
            .unwrap();
        let applied: Vec<bool> = (0..5).map(|_| faults.take("/e/").is_some()).collect();
        assert_eq!(applied, [false, true, true, false, false]);
        assert!(faults.take("/flags/").is_none());
        let listed = serde_json::to_value(faults.list()).unwrap();
        assert_eq!(listed[0]["applied"], 2);
        assert_eq!(listed[0]["passed"], 1);
        assert_eq!(listed[0]["status"], 503);
    }

    #[test]
    fn the_first_rule_that_fits_applies_and_the_next_when_it_is_spent() {
        let faults = Faults::default();
        faults
            .replace(vec![
                rule(r#"{"times":1,"status":500}"#),
                rule(r#"{"status":503}"#),
            ])
            .unwrap();
        let statuses: Vec<_> = (0..3)
            .map(|_| faults.take("/e/").unwrap().status.unwrap())
            .collect();
        assert_eq!(statuses, [500, 503, 503]);
    }

    #[test]
    fn a_preflight_uses_up_no_rule() {
        let faults = Faults::default();
        faults
            .replace(vec![rule(r#"{"times":1,"down":true}"#)])
            .unwrap();
        assert!(faults.down("/e/").is_some());
        assert!(faults.take("/e/").is_some());
        assert!(faults.down("/e/").is_none());
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_refused_and_the_old_ones_stay() {
        let faults = Faults::default();
        faults.replace(vec![rule(r#"{"status":500}"#)]).unwrap();
        for (json, error) in [
            (r#"{"times":1}"#, RuleError::NoEffect),
            (r#"{"status":100}"#, RuleError::Status),
            (r#"{"status":600}"#, RuleError::Status),
            (r#"{"status":204,"body":""}"#, RuleError::Body),
            (
                r#"{"status":503,"content_type":"text/html"}"#,
                RuleError::ContentType,
            ),
            (r#"{"body":"","content_type":"\n"}"#, RuleError::ContentType),
            (
                r#"{"status":503,"retry_after":"2\n"}"#,
                RuleError::RetryAfter,
            ),
            (
                r#"{"after_commit":true,"delay_ms":5}"#,
                RuleError::AfterCommit,
            ),
            (
                r#"{"after_commit":true,"down":true}"#,
                RuleError::AfterCommit,
            ),
        ] {
            assert_eq!(faults.replace(vec![rule(json)]), Err(error), "{json}");
        }
        assert_eq!(faults.list().len(), 1);
        assert!(serde_json::from_str::<Rule>(r#"{"stauts":503}"#).is_err());
    }
}
