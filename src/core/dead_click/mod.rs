//! Clicks that nothing came of, and swipes: `$dead_click`, `$dead_swipe`.
//!
//! Rules, thresholds and properties are those of posthog-js 1.449.2, with three differences: what happens while the
//! button is still down is an answer too; each gesture is looked at a second after itself, not after some earlier one; of
//! several scrolls or mutations the first after the gesture counts, not the one that happens to be seen last.
//!
//! What the adapter tells, moments being whole milliseconds of the monotonic clock:
//!
//! | name | first | second | third |
//! |---|---|---|---|
//! | `dead_click_gesture` | the gesture, an object as below | what was read of its element, empty if nobody wants it | the setting `capture_dead_clicks`, an object |
//! | `dead_click_sign` | what happened, a name of [`SIGNS`]; the first after each gesture is enough | moment | |
//!
//! The gesture has `node` (a number that stands for its element), `at` (when it ended), `stamp` (the `timeStamp` of its
//! event), `down` (when the finger or the button went down; a keyboard has none), and under each name of [`SIGNS`] when
//! that happened last. A swipe has `direction` and `distance` as well, in pixels.

mod candidate;

use super::json;
use super::properties::Properties;
use super::time::{MonotonicTime, Now, WallTime};
use candidate::{Candidate, MUTATION, SIGNS};

/// The most gestures that wait at a time; those beyond are not looked at.
const MOST_CANDIDATES: usize = 16;

/// Finds the gestures that nothing came of.
#[derive(Debug, Default)]
pub(super) struct DeadClicks {
    candidates: Vec<Candidate>,
    /// In milliseconds since the epoch; none before the first.
    last_mutation: Option<u64>,
    dead_swipes: u64,
}

/// A gesture that nothing came of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DeadClick {
    /// The event's name.
    pub name: &'static str,
    /// The event's properties, those of its element not among them.
    pub properties: Properties,
    /// When the gesture was: the event's timestamp.
    pub time: WallTime,
    /// The `timeStamp` of its event, by which the heatmap knows it.
    pub stamp: u64,
    /// What the adapter read of its element.
    pub elements: String,
}

impl DeadClicks {
    /// Somebody clicked or swiped.
    pub(super) fn handle_gesture(
        &mut self,
        now: Now,
        gesture: &str,
        elements: &str,
        settings: &str,
    ) {
        let gesture = Properties::read(gesture);
        let settings = Properties::read(settings);
        if let Some(moment) = gesture.get_integer(SIGNS[MUTATION].0) {
            self.last_mutation = Some(wall_millis(now, moment));
        }
        let others = &self.candidates;
        let dead_swipes = self.dead_swipes;
        if others.len() < MOST_CANDIDATES
            && let Some(candidate) =
                Candidate::read(now, &gesture, elements, &settings, others, dead_swipes)
        {
            self.candidates.push(candidate);
        }
    }

    /// Something happened in the page.
    pub(super) fn handle_sign(&mut self, now: Now, sign: &str, moment: &str) {
        let index = SIGNS.iter().position(|(name, ..)| *name == sign);
        let (Some(index), Some(moment)) = (index, json::as_integer(moment)) else {
            return;
        };
        if index == MUTATION {
            self.last_mutation = Some(wall_millis(now, moment));
        }
        for candidate in &mut self.candidates {
            candidate.note(index, moment);
        }
    }

    /// The gestures of which it is certain by now that nothing came of them.
    pub(super) fn poll(&mut self, now: MonotonicTime) -> Vec<DeadClick> {
        let mut dead = Vec::new();
        for mut candidate in std::mem::take(&mut self.candidates) {
            if now >= candidate.check_at {
                if candidate.is_alive {
                    continue;
                }
                if candidate.is_dead(now) {
                    self.dead_swipes += u64::from(candidate.is_swipe());
                    dead.push(candidate.verdict(now, self.last_mutation));
                    continue;
                }
                candidate.wait();
            }
            self.candidates.push(candidate);
        }
        dead
    }

    /// When to poll, if nothing else happens before.
    pub(super) fn timeout(&self) -> Option<MonotonicTime> {
        let checks = self.candidates.iter().map(|candidate| candidate.check_at);
        checks.min()
    }
}

/// A moment of the monotonic clock that has passed, in milliseconds since the epoch.
fn wall_millis(now: Now, moment: u64) -> u64 {
    let age = now.monotonic.as_millis().saturating_sub(moment);
    now.wall.as_millis().saturating_sub(age)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::json;

    const START: u64 = 1_700_000_000_000;
    /// When the gesture of most tests is.
    const AT: u64 = 10_000;

    fn at(millis: u64) -> Now {
        Now {
            wall: WallTime::from_millis(START + millis),
            monotonic: MonotonicTime::from_millis(millis),
        }
    }

    fn gesture(node: u64, millis: u64, more: &str) -> String {
        format!("{{\"node\":{node},\"at\":{millis},\"stamp\":{millis}{more}}}")
    }

    /// What is dead until a moment, with the moments at which that shows: the machine is polled when it asks for it.
    fn until(machine: &mut DeadClicks, end: u64) -> Vec<(u64, DeadClick)> {
        let mut dead = Vec::new();
        while let Some(timeout) = machine.timeout().filter(|at| at.as_millis() <= end) {
            let verdicts = machine.poll(timeout);
            dead.extend(verdicts.into_iter().map(|dead| (timeout.as_millis(), dead)));
            assert_ne!(
                machine.timeout(),
                Some(timeout),
                "it asks for what it has had"
            );
        }
        dead
    }

    /// When a click shows to be dead, after itself, with these signs after it; and what is said of it.
    fn verdict(more: &str, settings: &str, signs: &[(&str, u64)]) -> Option<(u64, DeadClick)> {
        let mut machine = DeadClicks::default();
        machine.handle_gesture(at(AT), &gesture(1, AT, more), "[]", settings);
        let mut dead = Vec::new();
        for (sign, delay) in signs {
            dead.extend(until(&mut machine, AT + delay - 1));
            machine.handle_sign(at(AT + delay), sign, &json::integer(AT + delay));
        }
        dead.extend(until(&mut machine, AT + 100_000));
        assert!(dead.len() <= 1 && machine.timeout().is_none());
        dead.pop().map(|(moment, dead)| (moment - AT, dead))
    }

    #[test]
    fn an_answer_in_time_keeps_a_click_alive_and_one_that_is_late_does_not() {
        for (signs, expected) in [
            (&[][..], Some(2_750)),
            (&[("mutation", 0)], None),
            (&[("mutation", 2_499)], None),
            (&[("mutation", 2_500)], Some(2_750)),
            (&[("scroll", 99)], None),
            (&[("scroll", 100)], Some(1_000)),
            (&[("scroll", 1_200)], Some(2_000)),
            (&[("selection_changed", 99)], None),
            (&[("selection_changed", 100)], Some(1_000)),
            (&[("visibility_changed", 999)], None),
            (&[("visibility_changed", 1_000)], Some(2_750)),
            (&[("focus_changed", 999)], None),
            (&[("focus_changed", 1_000)], Some(2_750)),
            (&[("scroll", 500), ("mutation", 900)], None),
            (&[("scroll", 99), ("scroll", 500)], None),
            (&[("sneeze", 1)], Some(2_750)),
        ] {
            let dead = verdict("", "{}", signs).map(|(moment, _)| moment);
            assert_eq!(dead, expected, "{signs:?}");
        }
    }

    #[test]
    fn what_happened_before_the_click_ended_can_be_its_answer() {
        for (more, is_alive) in [
            // With the button still up, or from the moment when it goes down.
            (",\"down\":9000,\"mutation\":8999", false),
            (",\"down\":9000,\"mutation\":9000", true),
            (",\"down\":9000,\"scroll\":9000", true),
            (",\"down\":9000,\"selection_changed\":9000", true),
            // Just before.
            (",\"mutation\":9999", false),
            (",\"scroll\":9999", false),
            (",\"selection_changed\":9901", true),
            (",\"selection_changed\":9900", false),
            (",\"visibility_changed\":9001", true),
            (",\"visibility_changed\":9000", false),
            (",\"focus_changed\":9001", true),
            (",\"focus_changed\":9000", false),
        ] {
            assert_eq!(verdict(more, "{}", &[]).is_none(), is_alive, "{more}");
        }
    }

    #[test]
    fn thresholds_can_be_set() {
        let settings = r#"{"mutation_threshold_ms":500,"scroll_threshold_ms":20,"selection_change_threshold_ms":0}"#;
        for (more, signs, expected) in [
            ("", &[][..], Some(550)),
            ("", &[("mutation", 499)], None),
            ("", &[("mutation", 500)], Some(550)),
            ("", &[("scroll", 19)], None),
            ("", &[("scroll", 20)], Some(550)),
            // With no time for it, a selection is no answer.
            ("", &[("selection_changed", 0)], Some(550)),
            (",\"down\":9000,\"selection_changed\":9500", &[], Some(550)),
        ] {
            let dead = verdict(more, settings, signs).map(|(moment, _)| moment);
            assert_eq!(dead, expected, "{more} {signs:?}");
        }
    }

    #[test]
    fn a_dead_click_says_what_was_waited_for() {
        let more = ",\"mutation\":4000";
        let (_, dead) = verdict(more, "{}", &[("scroll", 300), ("scroll", 400)]).unwrap();
        assert_eq!((dead.name, dead.stamp), ("$dead_click", AT));
        assert_eq!(dead.time, WallTime::from_millis(START + AT));
        assert_eq!(dead.elements, "[]");
        assert_eq!(
            dead.properties.to_json(),
            [
                r#"{"$dead_click_last_mutation_timestamp":1700000004000,"$dead_click_event_timestamp":1700000010000,"#,
                r#""$dead_click_scroll_delay_ms":300,"$dead_click_absolute_delay_ms":1000,"#,
                r#""$dead_click_scroll_timeout":true,"$dead_click_mutation_timeout":false,"#,
                r#""$dead_click_absolute_timeout":false,"$dead_click_selection_changed_timeout":false,"#,
                r#""$dead_click_visibility_changed_timeout":false}"#
            ]
            .concat()
        );
        let (_, dead) = verdict("", "{}", &[]).unwrap();
        let get = |key| dead.properties.get(key);
        assert_eq!(get("$dead_click_absolute_timeout"), Some("true"));
        assert_eq!(get("$dead_click_absolute_delay_ms"), Some("2750"));
        assert_eq!(get("$dead_click_last_mutation_timestamp"), None);
    }

    #[test]
    fn a_click_that_is_told_late_has_the_time_at_which_it_was() {
        let mut machine = DeadClicks::default();
        machine.handle_gesture(at(AT + 40), &gesture(1, AT, ""), "", "{}");
        let dead = until(&mut machine, AT + 3_000);
        assert_eq!(dead[0].1.time, WallTime::from_millis(START + AT));
    }

    #[test]
    fn clicks_on_one_element_within_a_second_are_one() {
        let dead = |clicks: &[(u64, u64)]| {
            let mut machine = DeadClicks::default();
            for (node, millis) in clicks {
                machine.handle_gesture(at(*millis), &gesture(*node, *millis, ""), "", "{}");
            }
            until(&mut machine, AT).len()
        };
        assert_eq!(dead(&[(1, 0), (1, 999)]), 1);
        assert_eq!(dead(&[(1, 0), (1, 1_000)]), 2);
        assert_eq!(dead(&[(1, 0), (2, 1)]), 2);
    }

    #[test]
    fn each_click_has_its_own_answers() {
        let mut machine = DeadClicks::default();
        machine.handle_gesture(at(0), &gesture(1, 0, ""), "", "{}");
        machine.handle_sign(at(50), "mutation", "50");
        machine.handle_gesture(at(60), &gesture(2, 60, ""), "", "{}");
        let dead = until(&mut machine, AT);
        assert_eq!(dead.len(), 1);
        assert_eq!((dead[0].0, dead[0].1.stamp), (2_810, 60));
    }

    fn swipe(node: u64, millis: u64, distance: u64) -> String {
        gesture(
            node,
            millis,
            &format!(",\"direction\":\"left\",\"distance\":{distance}"),
        )
    }

    #[test]
    fn a_swipe_is_long_and_says_where_it_went() {
        let mut machine = DeadClicks::default();
        machine.handle_gesture(at(0), &swipe(1, 0, 29), "", "{}");
        assert_eq!(machine.timeout(), None);
        machine.handle_gesture(at(0), &swipe(1, 0, 30), "", "{}");
        machine.handle_gesture(at(1), &gesture(1, 1, ""), "", "{}");
        let dead = until(&mut machine, AT);
        assert_eq!(dead.len(), 2, "a click is no part of a swipe");
        let (_, swipe) = &dead[0];
        assert_eq!(swipe.name, "$dead_swipe");
        for (key, value) in [
            ("$dead_swipe_direction", "\"left\""),
            ("$dead_swipe_distance_px", "30"),
            ("$dead_swipe_event_timestamp", "1700000000000"),
            ("$dead_swipe_absolute_timeout", "true"),
        ] {
            assert_eq!(swipe.properties.get(key), Some(value), "{key}");
        }
    }

    #[test]
    fn ten_dead_swipes_are_enough_for_a_page() {
        let mut machine = DeadClicks::default();
        let mut dead = 0;
        for round in 0..30 {
            let millis = round * 10_000;
            machine.handle_gesture(at(millis), &swipe(1, millis, 40), "", "{}");
            machine.handle_gesture(at(millis), &swipe(2, millis, 40), "", "{}");
            if round == 0 {
                machine.handle_sign(at(millis), "scroll", &json::integer(millis));
            }
            dead += until(&mut machine, millis + 9_000).len();
        }
        assert_eq!(dead, 10, "and those that were alive do not count");
        let settings = r#"{"max_dead_swipes_per_page_load":11,"swipe_threshold_px":50}"#;
        machine.handle_gesture(at(AT), &swipe(1, AT, 49), "", settings);
        assert_eq!(machine.timeout(), None);
        machine.handle_gesture(at(AT), &swipe(1, AT, 50), "", settings);
        assert!(machine.timeout().is_some());
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut machine = DeadClicks::default();
        let elements = "x".repeat(131_073);
        for node in 0..100 {
            machine.handle_gesture(at(0), &gesture(node, 0, ""), &elements, "{}");
        }
        let dead = until(&mut machine, AT);
        assert_eq!(dead.len(), MOST_CANDIDATES);
        assert!(dead.iter().all(|(_, dead)| dead.elements.is_empty()));
    }

    // proptest is for hosts.
    #[cfg(not(target_os = "unknown"))]
    mod properties {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

            #[test]
            fn whatever_is_told_every_gesture_is_settled_in_time(
                steps in prop::collection::vec((0u64..3_000, 0usize..7, any::<u64>(), ".{0,20}"), 0..80),
            ) {
                let mut machine = DeadClicks::default();
                let mut now = 0;
                for (pause, what, number, text) in steps {
                    now += pause;
                    match (what, SIGNS.get(what)) {
                        (_, Some((sign, ..))) => machine.handle_sign(at(now), sign, &json::integer(number % 100_000)),
                        (5, _) => machine.handle_gesture(at(now), &gesture(number % 3, now, ""), &text, &text),
                        _ => machine.handle_gesture(at(now), &text, &text, "{}"),
                    }
                    machine.poll(at(now).monotonic);
                    prop_assert!(machine.candidates.len() <= MOST_CANDIDATES);
                    prop_assert!(machine.timeout().is_none_or(|at| at.as_millis() <= now + 2_750));
                }
                machine.poll(MonotonicTime::from_millis(u64::MAX));
                prop_assert!(machine.timeout().is_none());
            }
        }
    }
}
