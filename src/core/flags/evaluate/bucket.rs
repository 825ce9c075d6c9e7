//! Who is bucketed: a person, a device or a group.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::doubt::Doubt;
use super::{Definitions, Subject, javascript};

/// What is hashed and what is compared.
#[derive(Clone, Debug)]
pub(super) struct Bucket<'a> {
    /// `None` for persons, by whatever id.
    pub(super) group_type: Option<&'a str>,
    pub(super) id: Cow<'a, str>,
    pub(super) properties: Properties<'a>,
}

/// The properties of a person or of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Properties<'a> {
    given: Option<&'a Map<String, Value>>,
    /// The name and the value of one that is there in any case, unless it has been given.
    implied: (&'static str, &'a str),
}

impl<'a> Properties<'a> {
    pub(super) fn get(self, name: &str) -> Option<Cow<'a, Value>> {
        let given = self.given.and_then(|given| given.get(name));
        let (implied_name, implied) = self.implied;
        match given {
            Some(value) => Some(Cow::Borrowed(value)),
            None if name == implied_name => Some(Cow::Owned(Value::from(implied))),
            None => None,
        }
    }
}

impl Subject {
    /// The person, by its id or by that of its device.
    pub(super) fn person(&self, flag: &Value) -> Result<Bucket<'_>, Doubt> {
        let goes_by_device =
            flag.get("bucketing_identifier").and_then(Value::as_str) == Some("device_id");
        let id = if goes_by_device {
            let device = self.person_properties.get("$device_id");
            match device {
                None | Some(Value::Null) => return Err(Doubt::MISSING),
                Some(Value::String(id)) if id.is_empty() => return Err(Doubt::MISSING),
                Some(Value::String(id)) => Cow::Borrowed(id.as_str()),
                other => Cow::Owned(javascript::text(other)),
            }
        } else {
            Cow::Borrowed(self.distinct_id.as_str())
        };
        let properties = Properties {
            given: Some(&self.person_properties),
            implied: ("distinct_id", &self.distinct_id),
        };
        Ok(Bucket {
            group_type: None,
            id,
            properties,
        })
    }

    /// The group of that type, if the subject has one.
    pub(super) fn group(&self, group_type: &str) -> Option<Bucket<'_>> {
        let (group_type, id) = self.groups.get_key_value(group_type)?;
        let properties = Properties {
            given: self.group_properties.get(group_type),
            implied: ("$group_key", id),
        };
        Some(Bucket {
            group_type: Some(group_type),
            id: Cow::Borrowed(id),
            properties,
        })
    }
}

impl Definitions {
    /// The type of groups that has this index.
    pub(super) fn group_type(&self, index: &Value) -> Option<&str> {
        let index = javascript::text(Some(index));
        let name = self.group_types.get(&index)?.as_str()?;
        (!name.is_empty()).then_some(name)
    }
}
