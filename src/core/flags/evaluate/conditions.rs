//! Conditions: the first that matches decides.

use serde_json::Value;

use super::bucket::Bucket;
use super::doubt::{Doubt, Doubts};
use super::evaluator::{Decision, Evaluator, given, list};
use super::{Answer, Reason};
use super::{hash, javascript, operators};

/// What has become of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Match,
    NoMatch,
    /// The properties matched.
    OutOfRollout,
}

impl<'a> Evaluator<'a> {
    /// Tries the flag's conditions in the order in which they are given.
    ///
    /// What is in doubt does not keep a later condition from deciding, except by what [`Doubt`] says.
    pub(super) fn walk_conditions(
        &self,
        flag: &Value,
        bucket: &Bucket<'a>,
    ) -> Result<Decision, Doubt> {
        let filters = &flag["filters"];
        let exits_early = javascript::is_truthy(filters.get("early_exit"));
        let mut doubts = Doubts::default();
        // What the flag would be if the conditions that are in doubt because of a pattern decided.
        let mut doubtful_answers = Vec::new();
        let mut left_out = None;
        let mut matched = None;
        for (index, condition) in list(filters, "groups")?.iter().enumerate() {
            let Some(bucket) = self.bucket_of(filters, condition, bucket) else {
                continue;
            };
            match self.try_condition(flag, condition, &bucket) {
                Ok(Outcome::Match) => {
                    matched = Some((index, value(flag, condition, &bucket)?));
                    break;
                }
                Ok(Outcome::OutOfRollout) => {
                    left_out.get_or_insert(index);
                    if exits_early {
                        break;
                    }
                }
                Ok(Outcome::NoMatch) => {}
                Err(Doubt::Open { reason, by_pattern }) => {
                    doubts.note(reason, by_pattern);
                    if by_pattern {
                        let would_exit = exits_early && !is_in_rollout(flag, condition, &bucket);
                        doubtful_answers.push(if would_exit {
                            Answer::Off
                        } else {
                            value(flag, condition, &bucket)?
                        });
                    }
                }
                Err(Doubt::Server(reason)) => {
                    doubts.note(reason, false);
                    let definition = self.unsupported(flag);
                    doubts.note(definition.unwrap_or(reason), false);
                    return Err(Doubt::Server(doubts.reason.unwrap_or(reason)));
                }
                Err(Doubt::Malformed) => return Err(Doubt::Malformed),
            }
        }
        if let Some((index, answer)) = matched
            && doubtful_answers.iter().all(|doubtful| *doubtful == answer)
        {
            return Ok(Decision {
                answer,
                condition: Some(index),
                reason: Reason::ConditionMatch,
            });
        }
        doubts.settle()?;
        Ok(match left_out {
            Some(_) => Decision {
                answer: Answer::Off,
                condition: left_out,
                reason: Reason::OutOfRollout,
            },
            None => Decision::off(Reason::NoConditionMatch),
        })
    }

    /// Who the condition is about: whom the flag is about, or in a flag about persons a group. `None` if the subject
    /// has no such group, so that the condition does not count.
    fn bucket_of(
        &self,
        filters: &Value,
        condition: &Value,
        bucket: &Bucket<'a>,
    ) -> Option<Bucket<'a>> {
        let name = "aggregation_group_type_index";
        let own = given(condition, name).filter(|own| given(filters, name) != Some(own));
        match own {
            None => Some(bucket.clone()),
            Some(index) => self.subject.group(self.definitions.group_type(index)?),
        }
    }

    fn try_condition(
        &self,
        flag: &Value,
        condition: &Value,
        bucket: &Bucket<'a>,
    ) -> Result<Outcome, Doubt> {
        let mut doubts = Doubts::default();
        let mut server = None;
        for property in list(condition, "properties")? {
            match self.try_property(property, bucket) {
                Ok(true) => {}
                Ok(false) => return Ok(Outcome::NoMatch),
                Err(doubt) => {
                    // Behind another doubt, the need for a server counts no more than that.
                    let is_first = doubts.reason.is_none();
                    match doubt {
                        Doubt::Malformed if is_first => return Err(doubt),
                        Doubt::Malformed => break,
                        Doubt::Server(_) if is_first => server = Some(doubt),
                        _ => {}
                    }
                    let by_pattern = matches!(
                        doubt,
                        Doubt::Open {
                            by_pattern: true,
                            ..
                        }
                    );
                    doubts.note(doubt.reason(), by_pattern);
                }
            }
        }
        if let Some(server) = server {
            return Err(server);
        }
        doubts.settle()?;
        Ok(if is_in_rollout(flag, condition, bucket) {
            Outcome::Match
        } else {
            Outcome::OutOfRollout
        })
    }

    /// Whether the property is as the filter wants it. On a server, what cannot be decided is not.
    pub(super) fn try_property(&self, filter: &Value, bucket: &Bucket<'a>) -> Result<bool, Doubt> {
        let found = match filter.get("type").and_then(Value::as_str) {
            Some("cohort") => self.try_cohort(filter, bucket),
            Some("flag") => self.try_dependency(filter),
            _ if filter.is_null() => Err(Doubt::Malformed),
            _ => {
                let name = javascript::text(filter.get("key"));
                let actual = bucket.properties.get(&name);
                operators::matches(filter, actual.as_deref(), self.rules())
            }
        };
        match found {
            Err(_) if self.is_server() => Ok(false),
            found => found,
        }
    }
}

fn is_in_rollout(flag: &Value, condition: &Value, bucket: &Bucket<'_>) -> bool {
    let percentage = given(condition, "rollout_percentage");
    percentage.is_none_or(|percentage| hash::is_rolled_out(key(flag), &bucket.id, percentage))
}

/// What a condition that matches makes of the flag: the variant that it names if there is one of that name, or else
/// the one that the subject is in.
fn value(flag: &Value, condition: &Value, bucket: &Bucket<'_>) -> Result<Answer, Doubt> {
    let multivariate = flag["filters"].get("multivariate").unwrap_or(&Value::Null);
    let variants = list(multivariate, "variants")?;
    let wanted = condition.get("variant").filter(|wanted| {
        let mut keys = variants.iter().map(|variant| variant.get("key"));
        keys.any(|key| key == Some(wanted))
    });
    let wanted = wanted.filter(|wanted| javascript::is_truthy(Some(wanted)));
    let variant = wanted.or_else(|| hash::find_variant(key(flag), &bucket.id, variants));
    Ok(match variant {
        Some(variant) if javascript::is_truthy(Some(variant)) => {
            Answer::Variant(javascript::text(Some(variant)))
        }
        _ => Answer::On,
    })
}

fn key(flag: &Value) -> &str {
    flag["key"].as_str().unwrap_or_default()
}
