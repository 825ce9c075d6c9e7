//! An ordered set of properties, each value kept as the JSON text it came as.

use super::json;

/// Keys with their values as JSON text, in the order in which they were first set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    entries: Vec<(String, String)>,
}

impl Properties {
    /// No properties.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads an object's members. Of a text that is torn or is no object, what can be read is taken; a value that
    /// is not JSON is left out, for it would spoil every text it was spliced into.
    #[inline(never)]
    pub fn read(text: &str) -> Self {
        let mut properties = Self::new();
        for member in json::members(text) {
            if json::is_valid(member.value) {
                properties.set(&member.key(), member.value);
            }
        }
        properties
    }

    /// The value of a key, as JSON text.
    #[inline(never)]
    pub fn get(&self, key: &str) -> Option<&str> {
        let (_, value) = self.entries.iter().find(|(existing, _)| existing == key)?;
        Some(value)
    }

    /// The value of a key if it is a string.
    pub fn get_string(&self, key: &str) -> Option<String> {
        Some(json::as_string(self.get(key)?)?.into_owned())
    }

    /// The value of a key if it is a whole number, as [`json::as_integer`] reads it.
    #[inline(never)]
    pub fn get_integer(&self, key: &str) -> Option<u64> {
        json::as_integer(self.get(key)?)
    }

    /// Whether a key is there.
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Sets a key to a value that is JSON text already. Answers whether anything changed.
    #[inline(never)]
    pub fn set(&mut self, key: &str, value: &str) -> bool {
        match self
            .entries
            .iter_mut()
            .find(|(existing, _)| existing == key)
        {
            Some((_, existing)) if *existing == value => return false,
            Some((_, existing)) => *existing = value.to_owned(),
            None => self.entries.push((key.to_owned(), value.to_owned())),
        }
        true
    }

    /// Sets a key to a string. Answers whether anything changed.
    #[inline(never)]
    pub fn set_string(&mut self, key: &str, value: &str) -> bool {
        self.set(key, &json::string(value))
    }

    /// Sets a key to an object, an empty one if the text is empty.
    pub fn set_object(&mut self, key: &str, object: &str) {
        self.set(key, if object.is_empty() { "{}" } else { object });
    }

    /// Sets a key to a whole number. Answers whether anything changed.
    #[inline(never)]
    pub fn set_integer(&mut self, key: &str, value: u64) -> bool {
        self.set(key, &json::integer(value))
    }

    /// Sets a key to a string, unless that is empty.
    #[inline(never)]
    pub fn set_string_if_any(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.set_string(key, value);
        }
    }

    /// Sets every property of another set. Answers whether anything changed.
    #[inline(never)]
    pub fn merge(&mut self, other: &Self) -> bool {
        other.iter().fold(false, |changed, (key, value)| {
            self.set(key, value) || changed
        })
    }

    /// Removes a key. Answers whether it was there.
    #[inline(never)]
    pub fn remove(&mut self, key: &str) -> bool {
        let before = self.entries.len();
        self.entries.retain(|(existing, _)| existing != key);
        self.entries.len() < before
    }

    /// All keys with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Appends the members, separated by commas, without braces.
    #[inline(never)]
    pub fn push_members(&self, out: &mut String) {
        for (key, value) in self.iter() {
            json::push_member(out, key, value);
        }
    }

    /// All of it as one JSON object.
    pub fn to_json(&self) -> String {
        let mut out = String::from("{");
        self.push_members(&mut out);
        out.push('}');
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again_in_order() {
        let text = r#"{"b":1,"a":{"x":[true,null]},"c\"d":"é"}"#;
        assert_eq!(Properties::read(text).to_json(), text);
    }

    #[test]
    fn of_a_damaged_text_the_sound_members_are_kept() {
        assert_eq!(
            Properties::read(r#"{"a":1,"b":tru,"c":"x","d":"torn"#).to_json(),
            r#"{"a":1,"c":"x"}"#
        );
        assert_eq!(Properties::read("<html>").to_json(), "{}");
    }

    #[test]
    fn a_key_is_there_once_and_changes_are_told() {
        let mut properties = Properties::new();
        assert!(properties.set("a", "1"));
        assert!(!properties.set("a", "1"));
        assert!(properties.set("a", "2"));
        assert!(properties.remove("a"));
        assert!(!properties.remove("a"));
        assert_eq!(properties.to_json(), "{}");
    }
}
