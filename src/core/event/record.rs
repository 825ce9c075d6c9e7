//! An event that waits to be sent.

use std::rc::Rc;

use super::{CaptureError, MAX_EVENT_BYTES, WARNING};
use crate::core::id::is_uuid;
use crate::core::{json, text};

/// How every event's JSON begins.
pub(super) const UUID_START: &str = "{\"uuid\":\"";

/// An event that waits to be sent. Events captured on one page hold its properties in common.
#[derive(Clone, Debug)]
pub struct Record {
    /// The event up to its own properties and the comma behind them; or all of it, if nothing is shared.
    own: String,
    shared: Rc<str>,
}

impl Record {
    /// Takes an event that is complete, as the app's hooks left it.
    ///
    /// # Errors
    ///
    /// [`CaptureError::TooLarge`]; and [`CaptureError::Broken`] for a text that does not begin with its uuid.
    pub fn whole(event: &str) -> Result<Self, CaptureError> {
        let record = Self {
            own: event.to_owned(),
            shared: "".into(),
        };
        let is_sound = event.starts_with(UUID_START)
            && is_uuid(record.uuid())
            && json::object_body(event).is_some()
            && json::is_valid(event);
        if !is_sound {
            return Err(CaptureError::Broken);
        }
        record.within_bounds()
    }

    /// Takes a record as [`Record::own`] and [`Record::shared`] gave it, after a while in the browser's storage, where it
    /// may have been damaged; `None` if it can be no event's.
    pub fn stored(own: &str, shared: &Rc<str>) -> Option<Self> {
        let record = Self {
            own: own.to_owned(),
            shared: shared.clone(),
        };
        let end = if shared.is_empty() { "}" } else { "," };
        let is_sound = own.starts_with(UUID_START) && is_uuid(record.uuid()) && own.ends_with(end);
        is_sound.then_some(record)
    }

    /// Joins what is an event's own with what it shares.
    pub(super) fn of(own: String, shared: Rc<str>) -> Result<Self, CaptureError> {
        Self { own, shared }.within_bounds()
    }

    fn within_bounds(self) -> Result<Self, CaptureError> {
        if self.bytes() > MAX_EVENT_BYTES {
            Err(CaptureError::TooLarge)
        } else {
            Ok(self)
        }
    }

    /// The event up to its own properties and the comma behind them; or all of it, if nothing is shared.
    pub fn own(&self) -> &str {
        &self.own
    }

    /// What stands between that and the two braces at the end.
    pub fn shared(&self) -> &Rc<str> {
        &self.shared
    }

    /// The event's id.
    pub fn uuid(&self) -> &str {
        text::slice(&self.own, UUID_START.len(), UUID_START.len() + 36)
    }

    /// Whether it tells of events that were dropped.
    pub fn is_warning(&self) -> bool {
        // Behind the uuid and `","event":"`.
        let name = text::slice(
            &self.own,
            UUID_START.len() + 36 + "\",\"event\":\"".len(),
            self.own.len(),
        );
        text::before(name, "\"") == WARNING
    }

    /// The length of the event's JSON, in bytes.
    pub fn bytes(&self) -> usize {
        let closing = if self.shared.is_empty() { 0 } else { 2 };
        self.own.len() + self.shared.len() + closing
    }

    /// Appends the event's JSON.
    pub fn push_json(&self, out: &mut String) {
        out.push_str(&self.own);
        if !self.shared.is_empty() {
            out.push_str(&self.shared);
            out.push_str("}}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hooks_made_of_an_event_is_taken_if_it_is_one() {
        let whole = r#"{"uuid":"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b","event":"e"}"#;
        let record = Record::whole(whole).unwrap();
        let mut text = String::new();
        record.push_json(&mut text);
        assert_eq!((&*text, record.bytes()), (whole, whole.len()));
        for broken in ["", "{}", r#"{"event":"e"}"#, &whole[1..]] {
            assert_eq!(Record::whole(broken).unwrap_err(), CaptureError::Broken);
        }
    }
}
