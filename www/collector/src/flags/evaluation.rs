//! From a request to `/flags` to its answer, in the second version of the format.

use std::collections::BTreeMap;

use hoglet::core::flags::evaluate::{
    Answer, Circumstances, Definitions, Evaluation, Inconclusive, Place, Reason, Subject, evaluate,
};
use hoglet::core::time::WallTime;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::groups::GroupTable;
use super::{Flag, early_access};

/// The flags that surveys ask for begin so.
const SURVEY_FLAG: &str = "survey-targeting-";

/// What a request asks, and about whom.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Question {
    /// The person.
    pub distinct_id: Option<Value>,
    /// By which id the person was known before.
    #[serde(rename = "$anon_distinct_id")]
    pub anonymous_id: Option<String>,
    /// The browser.
    #[serde(rename = "$device_id")]
    pub device_id: Option<String>,
    /// What counts more than what is stored of the person.
    pub person_properties: Option<Map<String, Value>>,
    /// The key of a group by its type.
    pub groups: Option<Map<String, Value>>,
    /// What counts more than what is stored of the groups, by type.
    pub group_properties: Option<BTreeMap<String, Map<String, Value>>>,
    /// Only these flags.
    pub flag_keys: Option<Vec<String>>,
    /// Only flags for one of these contexts, and those for none in particular.
    pub evaluation_contexts: Option<Vec<String>>,
    /// No flags at all.
    pub disable_flags: Option<bool>,
    /// Only flags that surveys ask for. It stands in the query.
    #[serde(skip)]
    pub only_surveys: bool,
}

/// What is stored of the one who is asked about, and of the project.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// All flags of the project.
    pub flags: Vec<Flag>,
    /// The person's properties.
    pub person_properties: Map<String, Value>,
    /// The project's groups.
    pub groups: GroupTable,
    /// The id by which flags go that stay the same through login, if not the distinct id.
    pub hash_id: Option<String>,
}

/// The flags for one person, at this time. `Err` if the question does not say for whom.
pub fn answer(question: &Question, known: Known, now: Timestamp) -> Result<Value, NoDistinctId> {
    let distinct_id = question.distinct_id().ok_or(NoDistinctId)?;
    let asked = Asked::new(question, known, distinct_id, now);
    let details: Map<String, Value> = asked
        .flags
        .iter()
        .filter(|flag| flag.is_active() && question.wants(flag))
        .map(|flag| (flag.key.clone(), asked.detail(flag)))
        .collect();
    let has_failed = details.values().any(|detail| detail["failed"] == true);
    Ok(json!({
        "flags": details,
        "errorsWhileComputingFlags": has_failed,
        "requestId": Uuid::now_v7(),
        "evaluatedAt": now.as_millisecond(),
    }))
}

/// A question about nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("distinct_id is missing: flags are always those of somebody")]
pub struct NoDistinctId;

impl Question {
    /// The id as text.
    pub fn distinct_id(&self) -> Option<String> {
        text(self.distinct_id.as_ref()?)
    }

    fn wants(&self, flag: &Flag) -> bool {
        let is_asked_for = |keys: &Vec<String>| keys.contains(&flag.key);
        let contexts = flag.list("evaluation_contexts");
        let is_meant = |asking: &Vec<String>| {
            asking.is_empty()
                || contexts.is_empty()
                || asking.iter().any(|context| contexts.contains(&&**context))
        };
        self.disable_flags != Some(true)
            && self.flag_keys.as_ref().is_none_or(is_asked_for)
            && self.evaluation_contexts.as_ref().is_none_or(is_meant)
            && (!self.only_surveys || flag.key.starts_with(SURVEY_FLAG))
    }
}

/// An id or a key, which may be written as a number.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What the evaluator is asked.
struct Asked {
    flags: Vec<Flag>,
    definitions: Definitions,
    subject: Subject,
    /// For flags that stay the same through login.
    lasting_subject: Subject,
    circumstances: Circumstances,
}

impl Asked {
    fn new(question: &Question, known: Known, distinct_id: String, now: Timestamp) -> Self {
        let Known {
            flags,
            person_properties,
            mut groups,
            hash_id,
        } = known;
        let mut subject = Subject {
            distinct_id,
            person_properties,
            ..Subject::default()
        };
        let given = question.person_properties.iter().flatten();
        let properties = &mut subject.person_properties;
        properties.extend(given.map(|(name, value)| (name.clone(), value.clone())));
        if let Some(device_id) = &question.device_id {
            properties.insert("$device_id".to_owned(), device_id.as_str().into());
        }
        for (kind, key) in question.groups.iter().flatten() {
            let Some(key) = text(key) else { continue };
            groups.meet(kind);
            let mut properties = groups.properties(kind, &key);
            let given = question.group_properties.as_ref();
            properties.extend(
                given
                    .and_then(|given| given.get(kind))
                    .cloned()
                    .unwrap_or_default(),
            );
            subject.group_properties.insert(kind.clone(), properties);
            subject.groups.insert(kind.clone(), key);
        }
        let mut lasting_subject = subject.clone();
        if let Some(hash_id) = hash_id {
            let distinct_id = std::mem::replace(&mut lasting_subject.distinct_id, hash_id);
            lasting_subject
                .person_properties
                .entry("distinct_id")
                .or_insert_with(|| distinct_id.into());
        }
        let definitions = definitions(&flags, &groups);
        Self {
            flags,
            definitions,
            subject,
            lasting_subject,
            circumstances: Circumstances {
                now: WallTime::from_millis(now.as_millisecond().unsigned_abs()),
                zone: TimeZone::UTC,
                place: Place::Server,
            },
        }
    }

    /// One flag as the answer tells it.
    fn detail(&self, flag: &Flag) -> Value {
        let is_lasting = flag.definition.get("ensure_experience_continuity") == Some(&true.into());
        let subject = if is_lasting {
            &self.lasting_subject
        } else {
            &self.subject
        };
        let detail = match early_access::choice(flag, &subject.person_properties) {
            Some(is_enrolled) => chosen(flag, is_enrolled),
            None => evaluate(&self.definitions, &flag.key, subject, &self.circumstances)
                .expect("the definitions are those of all flags")
                .and_then(|evaluation| decided(flag, evaluation))
                .map_or_else(failed, |evaluation| evaluated(flag, &evaluation)),
        };
        detail.told(flag)
    }
}

fn definitions(flags: &[Flag], groups: &GroupTable) -> Definitions {
    let flags = flags.iter().map(|flag| {
        let mut definition = flag.definition.clone();
        definition.insert("key".to_owned(), flag.key.as_str().into());
        Value::Object(definition)
    });
    Definitions::from_value(json!({
        "flags": flags.collect::<Vec<_>>(),
        "group_type_mapping": groups.mapping(),
        "cohorts": {},
    }))
    .expect("each flag is an object with a key")
}

/// The evaluator takes nobody to be in a cohort that it does not know, and there are none here. An answer that depends
/// on one is no answer.
fn decided(flag: &Flag, evaluation: Evaluation) -> Result<Evaluation, Inconclusive> {
    let conditions = flag.definition["filters"]["groups"].as_array();
    let names_cohort = |condition: &Value| {
        let properties = condition.get("properties").and_then(Value::as_array);
        properties
            .into_iter()
            .flatten()
            .any(|property| property["type"] == "cohort")
    };
    let cohort = conditions.and_then(|conditions| conditions.iter().position(names_cohort));
    let depends = cohort.is_some_and(|cohort| match evaluation.reason {
        Reason::ConditionMatch => evaluation.condition.is_none_or(|matched| matched >= cohort),
        Reason::NoConditionMatch | Reason::OutOfRollout => true,
        _ => false,
    });
    if depends {
        Err(Inconclusive::UnsupportedDefinition)
    } else {
        Ok(evaluation)
    }
}

/// What came out for a flag.
struct Detail {
    is_enabled: bool,
    variant: Option<String>,
    payload: Option<String>,
    code: &'static str,
    description: String,
    condition: Option<usize>,
    has_failed: bool,
}

impl Detail {
    fn told(self, flag: &Flag) -> Value {
        let name = flag.definition.get("name").and_then(Value::as_str);
        let mut told = json!({
            "key": flag.key,
            "enabled": self.is_enabled,
            "variant": self.variant,
            "reason": {
                "code": self.code,
                "condition_index": self.condition,
                "description": self.description,
            },
            "metadata": {
                "id": flag.id,
                "version": flag.version,
                "description": name,
                "payload": self.payload,
            },
        });
        if let Some(has_experiment) = flag.definition.get("has_experiment") {
            told["metadata"]["has_experiment"] = has_experiment.clone();
        }
        if self.has_failed {
            told["failed"] = true.into();
        }
        told
    }
}

fn evaluated(flag: &Flag, evaluation: &Evaluation) -> Detail {
    let (is_enabled, variant) = match &evaluation.answer {
        Answer::Off => (false, None),
        Answer::On => (true, None),
        Answer::Variant(variant) => (true, Some(variant.clone())),
    };
    Detail {
        payload: payload(flag, is_enabled, variant.as_deref()),
        is_enabled,
        variant,
        code: evaluation.reason.code(),
        description: described(evaluation.reason, evaluation.condition),
        condition: evaluation.condition,
        has_failed: false,
    }
}

fn chosen(flag: &Flag, is_enrolled: bool) -> Detail {
    Detail {
        is_enabled: is_enrolled,
        variant: None,
        payload: payload(flag, is_enrolled, None),
        code: "super_condition_value",
        description: "Super condition value".to_owned(),
        condition: None,
        has_failed: false,
    }
}

fn failed(why: Inconclusive) -> Detail {
    Detail {
        is_enabled: false,
        variant: None,
        payload: None,
        code: why.code(),
        description: why.to_string(),
        condition: None,
        has_failed: true,
    }
}

/// JSON text, or whatever text the definition has in its place.
fn payload(flag: &Flag, is_enabled: bool, variant: Option<&str>) -> Option<String> {
    let payloads = is_enabled.then(|| flag.definition["filters"].get("payloads"))??;
    match payloads.get(variant.unwrap_or("true"))? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn described(reason: Reason, condition: Option<usize>) -> String {
    match reason {
        Reason::ConditionMatch => {
            format!(
                "Matched condition set {}",
                condition.map_or(1, |index| index + 1)
            )
        }
        Reason::NoConditionMatch => "No matching condition set".to_owned(),
        Reason::OutOfRollout => "Out of rollout bound".to_owned(),
        Reason::NoGroup => "No group type".to_owned(),
        Reason::Disabled => "Feature flag is disabled".to_owned(),
        Reason::Holdout => "Holdout condition value".to_owned(),
        other => other.code().to_owned(),
    }
}
