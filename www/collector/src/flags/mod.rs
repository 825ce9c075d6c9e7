//! Feature flags: what they are defined by, and what they are for whom.
//!
//! | module | does |
//! |---|---|
//! | [`definition`] | takes PostHog's format, or says what is wrong with it |
//! | [`groups`] | the types of groups, and what is known of each group, from the stored events |
//! | [`evaluation`] | from a request to its answer; the evaluator itself is hoglet's |
//! | [`early_access`] | flags that people switch on for themselves |
//! | [`seed`] | flags that are there from the start |

pub mod definition;
pub mod early_access;
pub mod evaluation;
pub mod groups;
pub mod seed;
#[expect(
    dead_code,
    reason = "some members are only read to know that they are right"
)]
mod shape;

use serde::Serialize;
use serde_json::{Map, Value};

/// A flag as it is stored and shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flag {
    /// Of this definition alone, also after it has been deleted.
    pub id: i64,
    /// The project.
    pub token: String,
    /// What it is called there.
    pub key: String,
    /// 1, and one more with each change.
    pub version: u32,
    /// When it last changed, ISO 8601.
    pub updated_at: String,
    /// What it is defined by, complete.
    #[serde(flatten)]
    pub definition: Map<String, Value>,
}

impl Flag {
    /// Whether it is switched on at all.
    pub fn is_active(&self) -> bool {
        self.definition["active"] == true
    }

    /// A member that holds a list of texts.
    fn list(&self, name: &str) -> Vec<&str> {
        let items = self.definition.get(name).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }
}
