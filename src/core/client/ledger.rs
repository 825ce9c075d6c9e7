//! The delivery ledger: numbers by which a site can tell from its own data how much of it has arrived.
//!
//! With the setting `delivery_ledger` every event of a page carries the name of the page's journal and its number there, from 1 without gaps, and now
//! and then an event tells how many were captured, delivered and dropped. No event of it is missing unless it was lost.

use super::super::config::Switch;
use super::super::event::Capture;
use super::super::json;
use super::super::properties::Properties;
use super::super::text;
use super::super::time::{MonotonicTime, Now};
use super::Client;

/// How often the counts are told, in milliseconds; besides, when the page is left.
const RECORD_MILLIS: u64 = 5 * 60 * 1_000;

/// The event that tells them.
const RECORD: &str = "$$delivery_ledger";

/// What has become of a page's events.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// A name for this page's events; empty until the first.
    journal: String,
    captured: u64,
    /// How many the last record told of.
    told: u64,
    pub(super) delivered: u64,
    pub(super) dropped: u64,
    due: Option<MonotonicTime>,
}

impl Client {
    /// The properties of an event with its place in the ledger in front.
    pub(super) fn numbered(&mut self, now: Now, properties: &str) -> String {
        if self.ledger.journal.is_empty() {
            self.ledger.journal = self.ids.uuid(now.wall);
        }
        let mut numbered = String::from("{");
        let journal = json::string(&self.ledger.journal);
        json::push_member(&mut numbered, "$delivery_journal", &journal);
        let number = json::integer(self.ledger.captured + 1);
        json::push_member(&mut numbered, "$delivery_sequence", &number);
        let others = json::object_body(properties).unwrap_or_default();
        if !others.is_empty() {
            json::push_separator(&mut numbered);
        }
        text::concat(&[&numbered, others, "}"])
    }

    /// The event that was numbered last was taken.
    pub(super) fn note_numbered(&mut self, now: Now) {
        self.ledger.captured += 1;
        self.ledger
            .due
            .get_or_insert_with(|| now.monotonic.after(RECORD_MILLIS));
    }

    /// Tells the counts, if it is time to and there is anything new.
    pub(super) fn tell_ledger(&mut self, now: Now, is_leaving: bool) {
        let ledger = &self.ledger;
        let is_due = is_leaving || ledger.due.is_some_and(|due| due <= now.monotonic);
        if !is_due || ledger.told == ledger.captured || !self.config.is(Switch::DeliveryLedger) {
            return;
        }
        let counts = [
            ("$delivery_captured", ledger.captured),
            ("$delivery_delivered", ledger.delivered),
            ("$delivery_dropped", ledger.dropped),
        ];
        let mut properties = Properties::new();
        for (key, count) in counts {
            properties.set(key, &json::integer(count));
        }
        self.capture_own(
            now,
            &Capture {
                name: RECORD,
                properties: &properties.to_json(),
                ..Capture::default()
            },
        );
        self.ledger.told = self.ledger.captured;
        self.ledger.due = None;
    }
}
