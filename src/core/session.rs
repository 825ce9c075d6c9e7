//! Sessions: visits of one browser, begun anew after a rest or a day. The window is the tab within it.
//!
//! Rules and storage are those of posthog-js 1.449.2: `$sesid` holds `[last activity, id, start]`, times in
//! milliseconds since the epoch.

use super::id::IdSource;
use super::json;
use super::time::WallTime;

/// The longest that a session lasts, in milliseconds.
const MAX_LENGTH_MILLIS: u64 = 24 * 60 * 60 * 1_000;

/// How far the stored activity may lie behind, so that not every event writes to storage.
const ACTIVITY_GRANULARITY_MILLIS: u64 = 5_000;

/// The session of one tab.
#[derive(Debug)]
pub(super) struct Session {
    id: String,
    window_id: String,
    last_activity: WallTime,
    start: WallTime,
    /// The activity as last handed out for storing.
    stored_activity: WallTime,
}

/// What an activity did to the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// The session goes on.
    Continued,
    /// The session goes on, and what is stored of it should be written again.
    Aged,
    /// Another session has begun, with another window.
    Rotated,
}

impl Session {
    /// Goes on with what is stored, or begins a session if nothing is, if it rested too long or if it is damaged.
    pub(super) fn resume(
        stored: Option<&str>,
        window_id: Option<String>,
        now: WallTime,
        idle_millis: u64,
        ids: &mut IdSource,
    ) -> Self {
        let stored = stored.and_then(Stored::read);
        match stored {
            Some(stored) if !stored.is_over(now, idle_millis) => Self {
                id: stored.id,
                window_id: window_id.unwrap_or_else(|| ids.uuid(now)),
                last_activity: stored.last_activity,
                start: stored.start,
                stored_activity: stored.last_activity,
            },
            _ => Self::begin(now, ids),
        }
    }

    /// Begins a session and its first window.
    pub(super) fn begin(now: WallTime, ids: &mut IdSource) -> Self {
        Self {
            id: ids.uuid(now),
            window_id: ids.uuid(now),
            last_activity: now,
            start: now,
            stored_activity: now,
        }
    }

    /// Notes that something happened.
    pub(super) fn touch(
        &mut self,
        now: WallTime,
        idle_millis: u64,
        ids: &mut IdSource,
    ) -> Activity {
        if is_over(self.last_activity, self.start, now, idle_millis) {
            *self = Self::begin(now, ids);
            return Activity::Rotated;
        }
        self.last_activity = self.last_activity.max(now);
        if self.last_activity.distance(self.stored_activity) <= ACTIVITY_GRANULARITY_MILLIS {
            return Activity::Continued;
        }
        self.stored_activity = self.last_activity;
        Activity::Aged
    }

    /// The session's id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The window's id.
    pub(super) fn window_id(&self) -> &str {
        &self.window_id
    }

    /// The session as `$sesid` stores it.
    pub(super) fn to_json(&self) -> String {
        let mut out = String::from("[");
        json::push_integer(&mut out, self.stored_activity.as_millis());
        out.push(',');
        json::push_string(&mut out, &self.id);
        out.push(',');
        json::push_integer(&mut out, self.start.as_millis());
        out.push(']');
        out
    }
}

struct Stored {
    last_activity: WallTime,
    id: String,
    start: WallTime,
}

impl Stored {
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

    fn is_over(&self, now: WallTime, idle_millis: u64) -> bool {
        is_over(self.last_activity, self.start, now, idle_millis)
    }
}

fn is_over(last_activity: WallTime, start: WallTime, now: WallTime, idle_millis: u64) -> bool {
    last_activity.distance(now) > idle_millis || start.distance(now) > MAX_LENGTH_MILLIS
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

    #[test]
    fn a_stored_session_goes_on_until_it_has_rested_too_long() {
        let mut ids = ids();
        let first = Session::begin(at(0), &mut ids);
        let stored = first.to_json();
        let window = Some(first.window_id().to_owned());
        let again = Session::resume(Some(&stored), window.clone(), at(IDLE), IDLE, &mut ids);
        assert_eq!(
            (again.id(), again.window_id()),
            (first.id(), first.window_id())
        );
        let other = Session::resume(Some(&stored), window, at(IDLE + 1), IDLE, &mut ids);
        assert_ne!(other.id(), first.id());
        assert_ne!(other.window_id(), first.window_id());
    }

    #[test]
    fn a_busy_session_ends_after_a_day() {
        let mut ids = ids();
        let mut session = Session::begin(at(0), &mut ids);
        let id = session.id().to_owned();
        let mut millis = 0;
        while millis <= MAX_LENGTH_MILLIS {
            assert_ne!(session.touch(at(millis), IDLE, &mut ids), Activity::Rotated);
            millis += IDLE;
        }
        assert_eq!(
            session.touch(at(MAX_LENGTH_MILLIS + 1), IDLE, &mut ids),
            Activity::Rotated
        );
        assert_ne!(session.id(), id);
    }

    #[test]
    fn activity_is_stored_every_five_seconds() {
        let mut ids = ids();
        let mut session = Session::begin(at(0), &mut ids);
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
    fn damaged_and_older_stores_are_read_as_far_as_they_go() {
        let mut ids = ids();
        for damaged in [
            "",
            "null",
            "[]",
            "[1]",
            "[\"a\",\"b\",1]",
            "[1,2,3]",
            "[1700000000000,\"\",1]",
        ] {
            assert_eq!(
                Session::resume(Some(damaged), None, at(0), IDLE, &mut ids).start,
                at(0)
            );
        }
        let older = Session::resume(Some("[1700000000000,\"old\"]"), None, at(1), IDLE, &mut ids);
        assert_eq!(older.id(), "old");
    }
}
