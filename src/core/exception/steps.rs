//! What happened before an exception, as the app told it.

use super::super::json;
use super::super::properties::Properties;
use super::super::time::WallTime;

/// The last steps that fit.
#[derive(Debug)]
pub(super) struct Steps {
    /// How many bytes of JSON they may take together; 0 for none.
    budget: usize,
    /// Objects as JSON, the oldest first.
    steps: Vec<String>,
}

impl Steps {
    /// As posthog-js 1.449.2 has it by default.
    pub(super) const MAX_BYTES: u64 = 32_768;

    pub(super) fn new() -> Self {
        Self {
            budget: Self::MAX_BYTES as usize,
            steps: Vec::new(),
        }
    }

    pub(super) fn set_budget(&mut self, bytes: u64) {
        self.budget = bytes as usize;
        self.trim();
    }

    /// Adds a step, unless it says nothing or is too large by itself. Old ones make room.
    pub(super) fn add(&mut self, now: WallTime, message: &str, properties: &str) {
        let mut time = String::from("\"");
        now.push_iso(&mut time);
        json::push_byte(&mut time, b'"');
        let mut step = Properties::new();
        step.set_string("$message", message);
        step.set("$timestamp", &time);
        for (key, value) in Properties::read(properties).iter() {
            if !step.contains(key) {
                step.set(key, value);
            }
        }
        let step = step.to_json();
        if !message.trim_ascii().is_empty() && step.len() <= self.budget {
            self.steps.push(step);
            self.trim();
        }
    }

    pub(super) fn clear(&mut self) {
        self.steps.clear();
    }

    /// All of them as a JSON array; `None` if there are none.
    pub(super) fn to_json(&self) -> Option<String> {
        let mut list = String::from("[");
        for step in &self.steps {
            json::push_separator(&mut list);
            list.push_str(step);
        }
        json::push_byte(&mut list, b']');
        (!self.steps.is_empty()).then_some(list)
    }

    fn trim(&mut self) {
        let bytes: usize = self.steps.iter().map(String::len).sum();
        let mut excess = bytes.saturating_sub(self.budget);
        self.steps.retain(|step| {
            let stays = excess == 0;
            excess = excess.saturating_sub(step.len());
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: WallTime = WallTime::from_millis(1_767_319_445_678);

    #[test]
    fn a_step_has_its_time_and_the_properties_of_the_app() {
        let mut steps = Steps::new();
        assert_eq!(steps.to_json(), None);
        steps.add(
            NOW,
            "paid \"now\"",
            r#"{"cart":{"items":2},"$message":"x","$timestamp":1}"#,
        );
        steps.add(NOW, "and then", "");
        assert_eq!(
            steps.to_json().unwrap(),
            r#"[{"$message":"paid \"now\"","$timestamp":"2026-01-02T02:04:05.678Z","cart":{"items":2}},{"$message":"and then","$timestamp":"2026-01-02T02:04:05.678Z"}]"#
        );
        steps.clear();
        assert_eq!(steps.to_json(), None);
    }

    #[test]
    fn what_says_nothing_is_no_step() {
        let mut steps = Steps::new();
        steps.add(NOW, " \n", r#"{"a":1}"#);
        assert_eq!(steps.to_json(), None);
    }

    #[test]
    fn the_oldest_make_room() {
        let mut steps = Steps::new();
        for number in 0..1_000 {
            steps.add(
                NOW,
                &format!("step {number}"),
                r#"{"filling":"0123456789"}"#,
            );
            assert!(steps.steps.iter().map(String::len).sum::<usize>() <= 32_768);
        }
        let kept = steps.to_json().unwrap();
        assert!(kept.contains("step 999") && !kept.contains("\"step 1\""));
        assert!(steps.steps.len() > 200);
        steps.add(
            NOW,
            "too large",
            &format!(r#"{{"a":"{}"}}"#, "x".repeat(32_768)),
        );
        assert!(steps.to_json().unwrap().contains("step 999"));
    }

    #[test]
    fn a_smaller_budget_counts_at_once() {
        let mut steps = Steps::new();
        steps.add(NOW, "one", "");
        steps.add(NOW, "two", "");
        steps.set_budget(70);
        assert!(!steps.to_json().unwrap().contains("one"));
        steps.set_budget(0);
        steps.add(NOW, "three", "");
        assert_eq!(steps.to_json(), None);
    }
}
