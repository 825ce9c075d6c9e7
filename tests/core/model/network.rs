//! What becomes of events once they are captured.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::world::{OpenTab, World, uuid};
use crate::page::events;

impl World {
    pub(super) fn resolve(&mut self, tab: &mut OpenTab, event: &Json, drop: bool) {
        let uuid = uuid(event);
        let mut members = event.as_object().unwrap().clone();
        members.remove("uuid");
        let rest = serde_json::to_string(&members).unwrap();
        let text = format!("{{\"uuid\":\"{uuid}\",{}", &rest[1..]);
        let text = if drop { "" } else { &text };
        if drop {
            tab.waiting.remove(uuid);
            self.ledger.refuse([uuid.to_owned()].into());
        }
        tab.page.task(|client, now| client.resolve(now, uuid, text));
    }

    pub(super) fn dispatch(&self, tab: &mut OpenTab) {
        if tab.page.requests.is_empty() {
            return;
        }
        let request = tab.page.requests.remove(0);
        if tab.page.dispatch(&request) {
            let events = events(&request);
            self.ledger.send(&events);
            tab.sent.push((request, events));
        }
    }

    pub(super) fn answer(&self, tab: &mut OpenTab, status: u16) {
        if tab.sent.is_empty() {
            return;
        }
        let (request, events) = tab.sent.remove(0);
        // Without an answer, nobody knows whether the server has got it.
        if matches!(status, 200 | 0) {
            self.ledger.receive(&events);
        }
        if status == 200 {
            for event in &events {
                tab.waiting.remove(uuid(event));
            }
        }
        tab.page.answer(&request, status);
    }

    /// The page is left, and with it everything that can still go.
    pub(super) fn leave(&self, tab: &mut OpenTab) {
        tab.page.leave();
        while !tab.page.requests.is_empty() {
            self.dispatch(tab);
        }
        // The server takes what outlives the page; what did not fit goes with it.
        for (_, events) in std::mem::take(&mut tab.sent) {
            self.ledger.receive(&events);
        }
    }

    /// All is well again: the hooks let everything pass, and the network delivers it.
    pub(super) fn deliver(&mut self, tab: &mut OpenTab) {
        for event in std::mem::take(&mut tab.held) {
            self.resolve(tab, &event, false);
        }
        loop {
            while !tab.page.requests.is_empty() {
                self.dispatch(tab);
            }
            while !tab.sent.is_empty() {
                self.answer(tab, 200);
            }
            if tab.page.requests.is_empty() && !tab.page.wait() {
                break;
            }
        }
        assert_eq!(tab.page.client.events_queue(), "[]");
        assert_eq!(tab.waiting, BTreeSet::new(), "lost");
    }
}
