//! Early access features: flags with an `early_access` in their definitions, which people switch on for themselves.
//! Who has done so, or has declined, says a person property.

use serde_json::{Map, Value, json};

use super::Flag;

/// The stage of a feature that names none, and the one that is listed if none is asked for.
const DEFAULT_STAGE: &str = "beta";

/// The answer to a request for the features of some stages.
pub fn list(flags: &[Flag], stages: &[String]) -> Value {
    let is_wanted = |stage: &str| match stages {
        [] => stage == DEFAULT_STAGE,
        _ => stages.iter().any(|wanted| wanted == stage),
    };
    let features = flags.iter().filter_map(|flag| {
        let feature = flag.definition.get("early_access")?.as_object()?;
        let text = |name: &str| feature.get(name).and_then(Value::as_str);
        let stage = text("stage").unwrap_or(DEFAULT_STAGE);
        is_wanted(stage).then(|| {
            json!({
                "id": flag.id.to_string(),
                "name": text("name").unwrap_or(&flag.key),
                "description": text("description").unwrap_or_default(),
                "stage": stage,
                "documentationUrl": text("documentation_url").unwrap_or_default(),
                "payload": feature.get("payload").cloned().unwrap_or_else(|| json!({})),
                "flagKey": flag.key,
            })
        })
    });
    json!({ "earlyAccessFeatures": features.collect::<Vec<_>>() })
}

/// What a person has chosen for such a flag. It decides, whatever the conditions say.
pub fn choice(flag: &Flag, person_properties: &Map<String, Value>) -> Option<bool> {
    flag.definition.get("early_access")?.as_object()?;
    match person_properties.get(&format!("$feature_enrollment/{}", flag.key))? {
        Value::Bool(is_enrolled) => Some(*is_enrolled),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
