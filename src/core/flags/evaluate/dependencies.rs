//! Flags that depend on other flags.

use serde_json::Value;

use super::doubt::Doubt;
use super::evaluator::Evaluator;
use super::{Answer, Inconclusive, javascript};

impl Evaluator<'_> {
    /// Whether a flag has the value that the filter wants.
    ///
    /// The filter lists all flags that this flag depends on, directly or not, those first on which others depend. On a
    /// server the list may be missing.
    pub(super) fn try_dependency(&self, filter: &Value) -> Result<bool, Doubt> {
        let key = javascript::text(filter.get("key"));
        let chain: Vec<_> = match filter.get("dependency_chain") {
            Some(Value::Array(keys)) if !keys.is_empty() => {
                keys.iter().map(|key| javascript::text(Some(key))).collect()
            }
            // An empty one is that of a flag which depends on itself.
            None if self.is_server() => vec![key.clone()],
            _ => return Err(Doubt::UNSUPPORTED),
        };
        if !chain.iter().all(|key| self.definitions.has(key)) {
            return Err(Doubt::UNSUPPORTED);
        }
        for key in chain {
            self.learn(key)?;
        }
        // One that is not in the list has no value.
        let answers = self.answers.borrow();
        let answer = answers.get(&key).and_then(|answer| answer.as_ref().ok());
        Ok(answer.is_some_and(|answer| is_expected(filter.get("value"), answer)))
    }

    /// Decides a flag that others depend on.
    fn learn(&self, key: String) -> Result<(), Doubt> {
        let flag = self.definitions.flag(&key);
        let answer = self.once(&self.answers, key, || match flag {
            Some(flag) => Ok(self.decide(flag)?.answer),
            // It is none of those that are evaluated here.
            None => Ok(Answer::Off),
        });
        answer.map(drop).map_err(unresolved)
    }
}

/// What a doubt about a flag is for one that depends on it.
fn unresolved(doubt: Doubt) -> Doubt {
    let reason = Inconclusive::UnresolvedDependency;
    match doubt {
        Doubt::Open { by_pattern, .. } => Doubt::Open { reason, by_pattern },
        Doubt::Server(_) => Doubt::Server(reason),
        Doubt::Malformed => Doubt::open(reason),
    }
}

/// A variant is as good as `true`, but not the other way round.
fn is_expected(wanted: Option<&Value>, answer: &Answer) -> bool {
    match (wanted, answer) {
        (Some(Value::Bool(wanted)), answer) => *wanted == (*answer != Answer::Off),
        (Some(Value::String(wanted)), Answer::Variant(variant)) => wanted == variant,
        _ => false,
    }
}
