//! The rules.

use serde_json::{Map, Value as Json};

use super::server::Question;
use super::world::World;

/// Longer than a request takes with all its tries.
const A_WHILE: u64 = 15_000;
/// The longest time between two refreshes.
const MOST_REST: u64 = 60 * 60 * 1_000;

impl World {
    /// What must be so after every step.
    pub(super) fn check(&mut self, at: usize) {
        let values = self.values(at);
        let visitor = self.tabs[at].page.client.distinct_id();
        for (key, value) in &values {
            let owner = value.as_str().and_then(|value| value.strip_prefix("for "));
            if let Some(owner) = owner {
                let joined = (visitor.clone(), owner.to_owned());
                let may_see = owner == visitor || self.joined.contains(&joined);
                assert!(may_see, "{visitor} sees {owner}'s value of {key}");
            }
        }
        let tab = &mut self.tabs[at];
        let waits = |flight: &&_| tab.is_waited_for(flight);
        let waiting = tab.flights.iter().filter(waits).count();
        assert!(waiting <= 1, "{waiting} requests are waited for");
        assert!(waiting == 0 || !tab.page.client.is_opted_out());
        while tab.heard + 1 < tab.page.heard.len() {
            let [before, after] = [0, 1].map(|next| told(&tab.page.heard[tab.heard + next]));
            assert_ne!(before, after, "the same news twice");
            tab.heard += 1;
        }
    }

    /// All is well again: the network is there, the server answers, the visitor looks at a page and agrees.
    pub(super) fn heal(&mut self) {
        self.turn(0);
        if self.tabs[0].page.client.is_opted_out() {
            self.tabs[0].page.opt_in();
            self.pump(0);
        }
        let restore =
            |client: &mut hoglet::core::Client, _| client.override_flags("false", "false");
        self.tabs[0].page.task(restore);
        // What will never be answered is given up first.
        self.pass_well(A_WHILE);
        self.show(0);
        self.go_online();
        self.pass_well(A_WHILE);
        for at in 0..self.tabs.len() {
            self.check(at);
            let expected = self.expected(at);
            let values = self.values(at);
            for (key, is_due) in [
                ("who", !self.is_unknown),
                ("what", !self.lags),
                ("shaky", !self.lags),
            ] {
                assert!(
                    !is_due || values.get(key) == Some(&expected[key]),
                    "{key} in tab {at}: {values:?}, not {expected:?}"
                );
            }
        }
        match self.setup.interval {
            Some(0) => {
                self.tabs[0].page.task(hoglet::core::Client::reload_flags);
                self.pump(0);
            }
            Some(interval) => self.pass_well(interval.into()),
            None => self.pass_well(MOST_REST),
        }
        self.pass_well(A_WHILE);
        for at in 0..self.tabs.len() {
            self.check(at);
            assert_eq!(
                self.values(at),
                self.expected(at),
                "in tab {at}, in the end"
            );
            let snapshot = self.snapshot(at);
            let heard = self.tabs[at].page.heard.last().map(told);
            assert_eq!(heard, Some(told(&snapshot)), "the last news of tab {at}");
        }
    }

    /// Everything that is known and told of flags in a tab, and stored for all.
    pub(super) fn all_known(&mut self, at: usize) -> (Json, Vec<String>, String) {
        let snapshot = self.snapshot(at);
        let page = &self.tabs[at].page;
        let stored = page.client.properties().to_json();
        (snapshot, page.flags.clone(), stored)
    }

    /// What the server says now.
    fn expected(&self, at: usize) -> Map<String, Json> {
        Question::of(&self.tabs[at].page.client, self.version).values()
    }

    pub(super) fn values(&mut self, at: usize) -> Map<String, Json> {
        self.snapshot(at)["values"].as_object().unwrap().clone()
    }

    fn snapshot(&mut self, at: usize) -> Json {
        let text = self.tabs[at].page.task(hoglet::core::Client::flags);
        self.pump(at);
        serde_json::from_str(&text).unwrap()
    }
}

/// What listeners are told: the flags that are on, and the payloads.
fn told(snapshot: &Json) -> (Map<String, Json>, Json) {
    let mut values = snapshot["values"].as_object().unwrap().clone();
    values.retain(|_, value| *value != false);
    (values, snapshot["payloads"].clone())
}
