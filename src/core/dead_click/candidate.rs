//! A gesture that something may still come of.

use super::super::properties::Properties;
use super::super::text;
use super::super::time::{MonotonicTime, Now, WallTime};
use super::{DeadClick, wall_millis};

/// What can come of a gesture, the setting that says how soon, and how soon it must be without one, in milliseconds.
pub(super) const SIGNS: [(&str, &str, u64); 5] = [
    ("mutation", "mutation_threshold_ms", 2_500),
    ("scroll", "scroll_threshold_ms", 100),
    ("selection_changed", "selection_change_threshold_ms", 100),
    ("visibility_changed", "", 1_000),
    ("focus_changed", "", 1_000),
];
pub(super) const MUTATION: usize = 0;
/// From here on what came just before a gesture is an answer to it as well: browsers tell of these in either order.
const EITHER_SIDE: usize = 2;
/// So many of them count against a gesture when they come too late; the others only ever for it.
const TIMED: usize = 3;

const CLICK: &str = "$dead_click";
const SWIPE: &str = "$dead_swipe";

/// How often a gesture is looked at, and how long another on the same element is part of it, in milliseconds.
const CHECK_MILLIS: u64 = 1_000;
/// The shortest swipe, in pixels, and the most dead ones of a page, where the settings say nothing else.
const SWIPE_PIXELS: u64 = 30;
const MOST_SWIPES: u64 = 10;
/// The most bytes that are kept of what is known of an element; a gesture on one with more goes without.
const MOST_ELEMENT_BYTES: usize = 131_072;

#[derive(Debug)]
pub(super) struct Candidate {
    event: DeadClick,
    node: u64,
    at: MonotonicTime,
    thresholds: [u64; SIGNS.len()],
    pub(super) is_alive: bool,
    /// How long after it the first of each sign came, if that was too late.
    late: [Option<u64>; TIMED],
    pub(super) check_at: MonotonicTime,
}

impl Candidate {
    /// A gesture as the adapter tells it; none if it is part of one before it, or a swipe that is not to be looked at.
    pub(super) fn read(
        now: Now,
        gesture: &Properties,
        elements: &str,
        settings: &Properties,
        others: &[Self],
        dead_swipes: u64,
    ) -> Option<Self> {
        let number = |name| gesture.get_integer(name).unwrap_or_default();
        let setting = |name, default| settings.get_integer(name).unwrap_or(default);
        let mut properties = Properties::new();
        let direction = gesture.get("direction");
        let name = if direction.is_some() { SWIPE } else { CLICK };
        let alike = || others.iter().filter(|other| other.event.name == name);
        if let Some(direction) = direction {
            let most = setting("max_dead_swipes_per_page_load", MOST_SWIPES);
            let distance = number("distance");
            if distance < setting("swipe_threshold_px", SWIPE_PIXELS)
                || dead_swipes + alike().count() as u64 >= most
            {
                return None;
            }
            properties.set("$dead_swipe_direction", direction);
            properties.set_integer("$dead_swipe_distance_px", distance);
        }
        let (node, at) = (number("node"), MonotonicTime::from_millis(number("at")));
        if alike().any(|other| other.node == node && at < other.at.after(CHECK_MILLIS)) {
            return None;
        }
        let is_kept = elements.len() <= MOST_ELEMENT_BYTES;
        let mut candidate = Self {
            event: DeadClick {
                name,
                properties,
                time: WallTime::from_millis(wall_millis(now, at.as_millis())),
                stamp: number("stamp"),
                elements: if is_kept { elements } else { "" }.to_owned(),
            },
            node,
            at,
            thresholds: SIGNS.map(|(_, name, default)| setting(name, default)),
            is_alive: false,
            late: [None; TIMED],
            check_at: at,
        };
        candidate.look_back(gesture);
        candidate.wait();
        Some(candidate)
    }

    /// Whether what happened before it ended is an answer already.
    fn look_back(&mut self, gesture: &Properties) {
        let down = gesture.get_integer("down").unwrap_or(u64::MAX);
        for (index, ((sign, ..), threshold)) in SIGNS.iter().zip(self.thresholds).enumerate() {
            if let Some(moment) = gesture.get_integer(sign) {
                let age = self.at.until(MonotonicTime::from_millis(moment));
                self.is_alive |=
                    moment >= down && threshold > 0 || index >= EITHER_SIDE && age < threshold;
            }
        }
    }

    /// Something happened in the page.
    pub(super) fn note(&mut self, sign: usize, moment: u64) {
        let Some(delay) = moment.checked_sub(self.at.as_millis()) else {
            return;
        };
        if self.thresholds.get(sign).is_some_and(|most| delay < *most) {
            self.is_alive = true;
        } else if let Some(late) = self.late.get_mut(sign) {
            late.get_or_insert(delay);
        }
    }

    /// Whether nothing came of it, unless it is alive.
    pub(super) fn is_dead(&self, now: MonotonicTime) -> bool {
        self.is_over(now) || self.late != [None; TIMED]
    }

    pub(super) fn is_swipe(&self) -> bool {
        self.event.name == SWIPE
    }

    /// Has it looked at later, or again.
    pub(super) fn wait(&mut self) {
        self.check_at = self.check_at.after(CHECK_MILLIS).min(self.end());
    }

    pub(super) fn verdict(mut self, now: MonotonicTime, last_mutation: Option<u64>) -> DeadClick {
        let is_over = self.is_over(now);
        let [mutation, scroll, selection] = self.late;
        let time = self.event.time.as_millis();
        for (what, number) in [
            ("_last_mutation_timestamp", last_mutation),
            ("_event_timestamp", Some(time)),
            ("_scroll_delay_ms", scroll),
            ("_mutation_delay_ms", mutation),
            ("_absolute_delay_ms", Some(now.until(self.at))),
            ("_selection_changed_delay_ms", selection),
        ] {
            if let Some(number) = number {
                let key = text::concat(&[self.event.name, what]);
                self.event.properties.set_integer(&key, number);
            }
        }
        for (what, is_true) in [
            ("_scroll_timeout", scroll.is_some()),
            ("_mutation_timeout", mutation.is_some()),
            ("_absolute_timeout", is_over),
            ("_selection_changed_timeout", selection.is_some()),
            // This never counts against it; the property is there for those who expect it.
            ("_visibility_changed_timeout", false),
        ] {
            let key = text::concat(&[self.event.name, what]);
            let word = if is_true { "true" } else { "false" };
            self.event.properties.set(&key, word);
        }
        self.event
    }

    fn is_over(&self, now: MonotonicTime) -> bool {
        now >= self.end()
    }

    /// Until when something may come of it: somewhat longer than the slowest answer may take.
    fn end(&self) -> MonotonicTime {
        let slowest = self.thresholds[MUTATION];
        self.at.after(slowest.saturating_add(slowest / 10))
    }
}
