//! Settings across the boundary.

use js_sys::{Array, Object};
use serde::ser::{Serialize, SerializeMap, Serializer};
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::log;
use crate::core::Level;
use crate::core::config::{Config, ConfigError, Value};
use crate::core::text::concat;

/// Hands every setting of an object to `set`, and says of each that is not taken what is expected.
pub(super) fn apply(
    settings: &JsValue,
    set: &mut dyn FnMut(&str, Value<'_>) -> Result<(), ConfigError>,
) {
    let Some(settings) = settings.dyn_ref::<Object>() else {
        return;
    };
    for entry in Object::entries(settings) {
        let entry: Array = entry.unchecked_into();
        let key = entry.get(0).as_string().unwrap_or_default();
        let value = entry.get(1);
        let (text, list);
        // Functions, objects and the like are for JavaScript to look after.
        let value = if let Some(found) = value.as_string() {
            text = found;
            Value::Text(&text)
        } else if let Some(number) = value.as_f64() {
            Value::Number(number)
        } else if let Some(boolean) = value.as_bool() {
            Value::Boolean(boolean)
        } else if let Some(items) = value.dyn_ref::<Array>() {
            list = items
                .iter()
                .filter_map(|item| item.as_string())
                .collect::<Vec<_>>();
            Value::List(&list)
        } else {
            continue;
        };
        if let Err(ConfigError::Expected(expected)) = set(&key, value) {
            let parts = [
                "the setting ",
                &key,
                " keeps its value: expected ",
                expected,
            ];
            log(Level::Error, &concat(&parts));
        }
    }
}

/// The present settings as a plain object.
pub(super) fn to_object(config: &Config) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    Settings(config).serialize(&serializer).unwrap_or_default()
}

struct Settings<'a>(&'a Config);

impl Serialize for Settings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.entries();
        let mut map = serializer.serialize_map(Some(entries.len()))?;
        for (key, value) in &entries {
            match value {
                Value::Boolean(value) => map.serialize_entry(key, value)?,
                Value::Number(value) => map.serialize_entry(key, value)?,
                Value::Text(value) => map.serialize_entry(key, value)?,
                Value::List(value) => map.serialize_entry(key, value)?,
            }
        }
        map.end()
    }
}
