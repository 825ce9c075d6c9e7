//! Sessions: visits of one browser, begun anew after a rest or a day. The window is the tab within it.
//!
//! Rules and storage are those of posthog-js 1.449.2: `$sesid` holds `[last activity, id, start]`, times in
//! milliseconds since the epoch.

use super::id::{self, IdSource};
use super::json;
use super::time::WallTime;

/// The longest that a session lasts, in milliseconds.
const MAX_LENGTH_MILLIS: u64 = 24 * 60 * 60 * 1_000;

/// How far the stored activity may lie behind, so that not every event writes to storage.
const ACTIVITY_GRANULARITY_MILLIS: u64 = 5_000;

/// How far in the future a session that the app names may have begun, for clocks differ.
const CLOCK_SKEW_MILLIS: u64 = 60_000;

/// The session of one tab.
#[derive(Debug)]
pub(super) struct Session {
    /// Empty until something happens.
    id: String,
    window_id: String,
    last_activity: WallTime,
    start: WallTime,
    /// The activity as last handed out for storing.
    stored_activity: WallTime,
    /// The session that the app wants to go on with when the next begins.
    pending: Option<(String, WallTime)>,
}

/// Why a session has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There was none.
    None,
    /// The last one had rested too long.
    Idle,
    /// The last one had lasted a day.
    Maximum,
    /// Another tab had begun it.
    Adopted,
}

/// What an activity did to the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// The session goes on.
    Continued,
    /// The session goes on, and what is stored of it should be written again.
    Aged,
    /// Another session has begun, with another window.
    Began(Reason),
}

impl Session {
    /// Goes on with what is stored. Whether it has rested too long shows when something happens.
    pub(super) fn resume(stored: Option<&str>, window_id: Option<String>) -> Self {
        let stored = stored.and_then(Stored::read).unwrap_or_else(Stored::none);
        Self {
            id: stored.id,
            window_id: window_id.unwrap_or_default(),
            last_activity: stored.last_activity,
            start: stored.start,
            stored_activity: stored.last_activity,
            pending: None,
        }
    }

    /// Ends the session; the next thing that happens begins another.
    pub(super) fn end(&mut self) {
        *self = Self::resume(None, None);
    }

    /// Whatever session another tab has stored is to be taken over, even if it began before this one.
    pub(super) fn give_way(&mut self) {
        self.start = WallTime::from_millis(0);
    }

    /// Has the session that the app names be the next, or the present one if nothing has happened yet. False if that is no
    /// uuid of version 7, or one from the future.
    pub(super) fn name_next(&mut self, session_id: &str, now: WallTime) -> bool {
        let start = id::uuid_time(session_id)
            .filter(|start| start.as_millis() <= now.as_millis() + CLOCK_SKEW_MILLIS);
        if let Some(start) = start {
            self.id.clear();
            self.pending = Some((session_id.to_owned(), start));
        }
        start.is_some()
    }

    /// Notes that something happened.
    pub(super) fn touch(
        &mut self,
        now: WallTime,
        idle_millis: u64,
        ids: &mut IdSource,
    ) -> Activity {
        let rests = self.last_activity.distance(now) > idle_millis;
        if let Some(reason) = self.over(now, rests) {
            self.begin(now, ids);
            return Activity::Began(reason);
        }
        let is_new_window = self.window_id.is_empty();
        if is_new_window {
            self.window_id = ids.uuid(now);
        }
        self.last_activity = self.last_activity.max(now);
        let age = self.last_activity.distance(self.stored_activity);
        if !is_new_window && age <= ACTIVITY_GRANULARITY_MILLIS {
            return Activity::Continued;
        }
        self.stored_activity = self.last_activity;
        Activity::Aged
    }

    /// Sees to it that there is a session to name, without counting as activity: a rest does not end it.
    pub(super) fn look(&mut self, now: WallTime, ids: &mut IdSource) -> Activity {
        if let Some(reason) = self.over(now, false) {
            self.begin(now, ids);
            return Activity::Began(reason);
        }
        Activity::Continued
    }

    /// Takes over what another tab has stored. True if that is another session; the window stays.
    pub(super) fn adopt(&mut self, stored: Option<&str>) -> bool {
        let Some(stored) = stored.and_then(Stored::read) else {
            return false;
        };
        if stored.id == self.id {
            self.start = stored.start;
            self.last_activity = self.last_activity.max(stored.last_activity);
            return false;
        }
        if stored.start < self.start {
            return false;
        }
        self.id = stored.id;
        self.start = stored.start;
        self.last_activity = stored.last_activity;
        self.stored_activity = stored.last_activity;
        true
    }

    /// The session's id; empty while there is none.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The window's id; empty before the first session.
    pub(super) fn window_id(&self) -> &str {
        &self.window_id
    }

    /// The session as `$sesid` stores it.
    pub(super) fn to_json(&self) -> String {
        let mut out = String::from("[");
        json::push_integer(&mut out, self.stored_activity.as_millis());
        json::push_byte(&mut out, b',');
        json::push_string(&mut out, &self.id);
        json::push_byte(&mut out, b',');
        json::push_integer(&mut out, self.start.as_millis());
        json::push_byte(&mut out, b']');
        out
    }

    fn over(&self, now: WallTime, rests: bool) -> Option<Reason> {
        if self.id.is_empty() {
            Some(Reason::None)
        } else if rests {
            Some(Reason::Idle)
        } else if self.start.distance(now) > MAX_LENGTH_MILLIS {
            Some(Reason::Maximum)
        } else {
            None
        }
    }

    fn begin(&mut self, now: WallTime, ids: &mut IdSource) {
        let named = self.pending.take();
        // A window goes on with a session that the app names on every page.
        let window_id = match &named {
            Some(_) if !self.window_id.is_empty() => std::mem::take(&mut self.window_id),
            _ => ids.uuid(now),
        };
        let (id, start) = named.unwrap_or_else(|| (ids.uuid(now), now));
        *self = Self {
            id,
            window_id,
            last_activity: now,
            start,
            stored_activity: now,
            pending: None,
        };
    }
}

struct Stored {
    last_activity: WallTime,
    id: String,
    start: WallTime,
}

impl Stored {
    fn none() -> Self {
        let never = WallTime::from_millis(0);
        Self {
            last_activity: never,
            id: String::new(),
            start: never,
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut items = json::items(text);
        let last_activity = WallTime::from_millis(json::as_integer(items.next()?)?);
        let id = json::as_string(items.next()?)?.into_owned();
        // Older stores have no start.
        let start = items
            .next()
            .and_then(json::as_integer)
            .map_or(last_activity, WallTime::from_millis);
        (!id.is_empty()).then_some(Self {
            last_activity,
            id,
            start,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::SEED_BYTES;

    const IDLE: u64 = 1_800_000;
    const START: u64 = 1_700_000_000_000;

    fn at(millis: u64) -> WallTime {
        WallTime::from_millis(START + millis)
    }

    fn ids() -> IdSource {
        IdSource::new([3; SEED_BYTES])
    }

    fn begun(ids: &mut IdSource) -> Session {
        let mut session = Session::resume(None, None);
        assert_eq!(
            session.touch(at(0), IDLE, ids),
            Activity::Began(Reason::None)
        );
        session
    }

    #[test]
    fn a_stored_session_goes_on_until_it_has_rested_too_long() {
        let mut ids = ids();
        let first = begun(&mut ids);
        let window = Some(first.window_id().to_owned());
        let again = || Session::resume(Some(&first.to_json()), window.clone());
        let mut in_time = again();
        assert_eq!(in_time.touch(at(IDLE), IDLE, &mut ids), Activity::Aged);
        assert_eq!(
            (in_time.id(), in_time.window_id()),
            (first.id(), first.window_id())
        );
        let mut late = again();
        assert_eq!(
            late.touch(at(IDLE + 1), IDLE, &mut ids),
            Activity::Began(Reason::Idle)
        );
        assert_ne!(late.id(), first.id());
        assert_ne!(late.window_id(), first.window_id());
    }

    #[test]
    fn a_busy_session_ends_after_a_day() {
        let mut ids = ids();
        let mut session = begun(&mut ids);
        let mut millis = 0;
        while millis <= MAX_LENGTH_MILLIS {
            let activity = session.touch(at(millis), IDLE, &mut ids);
            assert!(!matches!(activity, Activity::Began(_)));
            millis += IDLE;
        }
        assert_eq!(
            session.touch(at(MAX_LENGTH_MILLIS + 1), IDLE, &mut ids),
            Activity::Began(Reason::Maximum)
        );
    }

    #[test]
    fn activity_is_stored_every_five_seconds() {
        let mut ids = ids();
        let mut session = begun(&mut ids);
        assert_eq!(
            session.touch(at(5_000), IDLE, &mut ids),
            Activity::Continued
        );
        assert_eq!(session.touch(at(5_001), IDLE, &mut ids), Activity::Aged);
        assert_eq!(
            session.touch(at(5_002), IDLE, &mut ids),
            Activity::Continued
        );
    }

    #[test]
    fn looking_is_no_activity() {
        let mut ids = ids();
        let mut session = begun(&mut ids);
        let id = session.id().to_owned();
        assert_eq!(session.look(at(IDLE * 2), &mut ids), Activity::Continued);
        assert_eq!(session.id(), id);
        assert_eq!(
            session.look(at(MAX_LENGTH_MILLIS + 1), &mut ids),
            Activity::Began(Reason::Maximum)
        );
    }

    #[test]
    fn a_tab_follows_the_newer_session_of_another_and_shares_its_activity() {
        let mut ids = ids();
        let mut here = begun(&mut ids);
        let mut there = Session::resume(Some(&here.to_json()), None);
        there.touch(at(20_000), IDLE, &mut ids);
        there.touch(at(20_001), IDLE, &mut ids);
        assert!(!here.adopt(Some(&there.to_json())));
        assert_eq!(
            here.touch(at(20_000 + IDLE), IDLE, &mut ids),
            Activity::Aged,
            "the other tab kept it busy"
        );
        let window = here.window_id().to_owned();
        there.touch(at(20_000 + IDLE * 3), IDLE, &mut ids);
        assert!(here.adopt(Some(&there.to_json())));
        assert_eq!((here.id(), here.window_id()), (there.id(), &*window));
        let old = format!("[{START},\"old\",{}]", START - 1);
        assert!(!here.adopt(Some(&old)), "an older one is not followed");
    }

    #[test]
    fn the_app_can_name_the_next_session() {
        let mut ids = ids();
        let mut session = begun(&mut ids);
        for wrong in ["", "mine", "0190a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b"] {
            assert!(!session.name_next(wrong, at(0)), "{wrong}");
        }
        assert!(!session.name_next(&ids.uuid(at(60_001)), at(0)));
        let mut others = IdSource::new([4; SEED_BYTES]);
        let name = others.uuid(at(0));
        assert!(session.name_next(&name, at(1_000)));
        session.touch(at(1_000), IDLE, &mut others);
        assert_eq!(session.id(), name);
        assert_eq!(session.start, at(0));
    }

    #[test]
    fn damaged_and_older_stores_are_read_as_far_as_they_go() {
        for damaged in [
            "",
            "null",
            "[]",
            "[1]",
            "[\"a\",\"b\",1]",
            "[1,2,3]",
            "[1700000000000,\"\",1]",
        ] {
            assert_eq!(Session::resume(Some(damaged), None).id(), "");
        }
        let older = Session::resume(Some("[1700000000000,\"old\"]"), None);
        assert_eq!((older.id(), older.start), ("old", at(0)));
    }
}
