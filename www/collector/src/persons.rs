//! Who is who: distinct ids joined into persons as PostHog does it, from the events in order of arrival.
//!
//! - `$identify` with `$anon_distinct_id` joins the anonymous id's person into that of `distinct_id`;
//!   `$create_alias` joins the person of `alias` the same way.
//! - A person who has been identified is never joined into another one.
//! - Of two joined persons the properties of the surviving one win.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::rows::EventRow;

/// One person and all of the ids that they are known by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Person {
    /// Counted from 1 in order of first appearance, over all projects.
    pub id: usize,
    /// The project.
    pub token: String,
    /// In order of first appearance.
    pub distinct_ids: Vec<String>,
    /// What `$set`, `$set_once` and `$unset` made of them.
    pub properties: Map<String, Value>,
    /// Whether any event has said who this is.
    pub identified: bool,
    /// How many stored events are theirs.
    pub events: usize,
    /// The time of their earliest event, by the server's clock.
    pub first_seen: String,
    /// The time of their latest event, by the server's clock.
    pub last_seen: String,
}

/// Persons in the making.
#[derive(Clone, Debug, Default)]
pub struct PersonTable {
    /// By the order of first appearance; a person who was joined into another leaves a gap.
    persons: Vec<Option<Person>>,
    /// From token and distinct id to the place in `persons`.
    places: HashMap<(String, String), usize>,
}

/// The properties that matter here.
#[derive(Default, Deserialize)]
struct PersonProperties {
    #[serde(rename = "$anon_distinct_id")]
    anonymous_id: Option<Value>,
    alias: Option<Value>,
    #[serde(rename = "$set")]
    set: Option<Value>,
    #[serde(rename = "$set_once")]
    set_once: Option<Value>,
    #[serde(rename = "$unset")]
    unset: Option<Value>,
    #[serde(rename = "$process_person_profile")]
    process_person_profile: Option<Value>,
}

impl PersonTable {
    /// Takes the next event into account.
    pub fn apply(&mut self, event: &EventRow) {
        // Properties are an object, or the event would not be stored; one that stands twice says nothing for sure.
        let properties: PersonProperties =
            serde_json::from_str(event.properties.get()).unwrap_or_default();
        let place = self.place(event, &event.distinct_id);
        let person = self.person(place);
        person.events += 1;
        if event.corrected_timestamp < person.first_seen {
            person.first_seen.clone_from(&event.corrected_timestamp);
        }
        if event.corrected_timestamp > person.last_seen {
            person.last_seen.clone_from(&event.corrected_timestamp);
        }
        // An event without a person profile changes no person.
        if properties.process_person_profile == Some(Value::Bool(false)) {
            return;
        }
        let other_id = match event.event.as_str() {
            "$identify" => {
                person.identified = true;
                &properties.anonymous_id
            }
            "$create_alias" => &properties.alias,
            _ => &None,
        };
        if let Some(Value::String(other_id)) = other_id {
            self.join(event, place, other_id);
        }
        self.person(place).update(event, &properties);
    }

    /// Everyone, by order of first appearance.
    pub fn into_persons(self) -> Vec<Person> {
        self.persons.into_iter().flatten().collect()
    }

    fn person(&mut self, place: usize) -> &mut Person {
        self.persons[place]
            .as_mut()
            .expect("places never point at a person who was joined into another")
    }

    /// Where the person with this id stands, who is added if new.
    fn place(&mut self, event: &EventRow, distinct_id: &str) -> usize {
        let key = (event.token.clone(), distinct_id.to_owned());
        let next = self.persons.len();
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.persons.push(Some(Person {
                id: next + 1,
                token: event.token.clone(),
                distinct_ids: vec![distinct_id.to_owned()],
                properties: Map::new(),
                identified: false,
                events: 0,
                first_seen: event.corrected_timestamp.clone(),
                last_seen: event.corrected_timestamp.clone(),
            }));
        }
        place
    }

    fn join(&mut self, event: &EventRow, place: usize, other_id: &str) {
        let other_place = self.place(event, other_id);
        if other_place == place || self.person(other_place).identified {
            return;
        }
        let Some(other) = self.persons[other_place].take() else {
            return;
        };
        for id in &other.distinct_ids {
            self.places.insert((event.token.clone(), id.clone()), place);
        }
        self.person(place).absorb(other);
    }
}

impl Person {
    fn absorb(&mut self, other: Self) {
        self.distinct_ids.extend(other.distinct_ids);
        for (name, value) in other.properties {
            self.properties.entry(name).or_insert(value);
        }
        self.identified = true;
        self.events += other.events;
        self.first_seen = other.first_seen.min(std::mem::take(&mut self.first_seen));
        self.last_seen = other.last_seen.max(std::mem::take(&mut self.last_seen));
    }

    /// Once-only properties first, then those that overwrite, then removals. In each, what stands in the event
    /// itself comes before what stands in its properties.
    fn update(&mut self, event: &EventRow, properties: &PersonProperties) {
        let read = |text: &Option<Box<serde_json::value::RawValue>>| {
            text.as_ref()
                .and_then(|text| serde_json::from_str::<Value>(text.get()).ok())
        };
        for source in [read(&event.set_once).as_ref(), properties.set_once.as_ref()] {
            for (name, value) in source.and_then(Value::as_object).into_iter().flatten() {
                self.properties
                    .entry(name.clone())
                    .or_insert_with(|| value.clone());
            }
        }
        for source in [properties.set.as_ref(), read(&event.set).as_ref()] {
            for (name, value) in source.and_then(Value::as_object).into_iter().flatten() {
                self.properties.insert(name.clone(), value.clone());
            }
        }
        for source in [read(&event.unset).as_ref(), properties.unset.as_ref()] {
            for name in source
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                self.properties.shift_remove(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    fn event(name: &str, distinct_id: &str, properties: &Value) -> EventRow {
        EventRow {
            id: 1,
            uuid: String::new(),
            token: "t".into(),
            event: name.into(),
            distinct_id: distinct_id.into(),
            timestamp: None,
            corrected_timestamp: properties["at"]
                .as_str()
                .unwrap_or("2026-01-01T00:00:00.000Z")
                .into(),
            properties: to_raw_value(properties).unwrap(),
            set: None,
            set_once: None,
            unset: None,
            session_id: None,
            window_id: None,
            received_at: String::new(),
            request_id: 1,
        }
    }

    fn persons(events: &[EventRow]) -> Vec<Person> {
        let mut table = PersonTable::default();
        for event in events {
            table.apply(event);
        }
        table.into_persons()
    }

    #[test]
    fn identify_joins_the_anonymous_id_to_the_user() {
        let all = persons(&[
            event(
                "view",
                "anon",
                &json!({"at": "2026-01-01T10:00:00.000Z", "$set": {"plan": "free", "a": 1}}),
            ),
            event(
                "$identify",
                "user",
                &json!({"at": "2026-01-01T11:00:00.000Z", "$anon_distinct_id": "anon", "$set": {"plan": "paid"}}),
            ),
            event("view", "anon", &json!({"at": "2026-01-01T12:00:00.000Z"})),
        ]);
        assert_eq!(all.len(), 1);
        let person = &all[0];
        assert_eq!(person.distinct_ids, ["user", "anon"]);
        assert_eq!(
            Value::from(person.properties.clone()),
            json!({"plan": "paid", "a": 1})
        );
        assert!(person.identified);
        assert_eq!(person.events, 3);
        assert_eq!(person.first_seen, "2026-01-01T10:00:00.000Z");
        assert_eq!(person.last_seen, "2026-01-01T12:00:00.000Z");
    }

    #[test]
    fn a_person_who_is_identified_is_not_joined_into_another() {
        let all = persons(&[
            event("$identify", "first", &json!({"$anon_distinct_id": "anon"})),
            event("$identify", "second", &json!({"$anon_distinct_id": "anon"})),
        ]);
        let ids: Vec<_> = all
            .iter()
            .map(|person| person.distinct_ids.clone())
            .collect();
        assert_eq!(ids, [vec!["first", "anon"], vec!["second"]]);
    }

    #[test]
    fn an_alias_joins_and_chains_hold() {
        let all = persons(&[
            event("$create_alias", "b", &json!({"alias": "a"})),
            event("view", "c", &json!({})),
            event("$create_alias", "b", &json!({"alias": "c"})),
            event("$create_alias", "b", &json!({"alias": "b"})),
        ]);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].distinct_ids, ["b", "a", "c"]);
    }

    #[test]
    fn the_same_id_in_two_projects_is_two_persons() {
        let elsewhere = EventRow {
            token: "other".into(),
            ..event("view", "a", &json!({}))
        };
        assert_eq!(
            persons(&[event("view", "a", &json!({})), elsewhere]).len(),
            2
        );
    }

    #[test]
    fn set_once_keeps_the_first_set_the_latest_and_unset_removes() {
        let raw = |value: Value| Some(to_raw_value(&value).unwrap());
        let all = persons(&[
            event(
                "a",
                "d",
                &json!({"$set_once": {"first": 1}, "$set": {"last": 1, "gone": 1}}),
            ),
            EventRow {
                set: raw(json!({"last": 3})),
                set_once: raw(json!({"first": 2, "more": 2})),
                unset: raw(json!(["gone"])),
                ..event("b", "d", &json!({"$set": {"last": 2}}))
            },
            event(
                "c",
                "d",
                &json!({"$process_person_profile": false, "$set": {"last": 9}}),
            ),
        ]);
        assert_eq!(
            Value::from(all[0].properties.clone()),
            json!({"first": 1, "last": 3, "more": 2})
        );
        assert_eq!(all[0].events, 3);
    }
}
