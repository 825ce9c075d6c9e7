//! What is played: `$media_play`, `$media_pause`, `$media_seek`, `$media_progress` at each quarter, `$media_ended`.
//!
//! posthog-js 1.449.2 has nothing of the kind. An event has:
//!
//! | property | |
//! |---|---|
//! | `$media_type` | `audio` or `video` |
//! | `$media_src` | the address, without what may not be told; of `blob:` and `data:` only that |
//! | `$media_title` | what the element is called, if it is |
//! | `$media_duration`, `$media_position` | in seconds; without a duration it is a live stream |
//! | `$media_percent` | the position in whole percent; of `$media_progress` 25, 50 or 75 |
//! | `$media_watched_seconds` | how long it really played so far: without seeks, stalls, and time in which the page slept |
//! | `$media_muted`, `$media_autoplay` | whether it makes no sound; whether the page, not the visitor, has it start |
//! | `$media_playback_rate` | 1 is as recorded |
//! | `$media_seek_from` | of `$media_seek`: where the visitor left, in seconds |
//!
//! A quarter is told when playing passes it, once for what an element plays, however often that starts again. Seeks within
//! a second of one another are one, which is told when it has rested; going back to the start at the end is none.
//!
//! What the adapter tells:
//!
//! | name | first | second | third |
//! |---|---|---|---|
//! | `media` | the DOM's event: `play`, `pause`, `seeking`, `seeked`, `timeupdate`, `ended`, `emptied` | how it is playing, an object as below | what it is, an object of `$media_type`, `$media_src`, `$media_title`, `$media_autoplay`; empty if that was told |
//!
//! How it is playing has `medium` (a number that stands for the element), `at` (whole milliseconds of the monotonic clock),
//! `position` and `duration` (whole milliseconds), `rate` (in thousandths), and `paused`, `seeking`, `ended` and
//! `muted`, as the element says.

mod medium;

use super::properties::Properties;
use super::time::MonotonicTime;
use medium::Medium;

/// The most elements that are known at a time; beyond, the one that has said nothing for longest is forgotten.
const MOST_MEDIA: usize = 32;
/// The longest description, in bytes; an element with a longer one is not known.
const MOST_DESCRIPTION_BYTES: usize = 8_192;
/// The most events that wait to be polled; those beyond are left out.
const MOST_EVENTS: usize = 64;

/// Follows what is played.
#[derive(Debug, Default)]
pub(super) struct Media {
    /// The one that said something last stands last.
    media: Vec<Medium>,
    events: Vec<(&'static str, Properties)>,
}

impl Media {
    /// An element has said something: what, how it is playing, and what it is. `tell` makes of an address what may be told
    /// of it.
    pub(super) fn handle_media(
        &mut self,
        now: MonotonicTime,
        [what, playing, description]: [&str; 3],
        tell: &dyn Fn(&str) -> String,
    ) {
        let playing = Properties::read(playing);
        let number = playing.get_integer("medium").unwrap_or_default();
        let at = self.media.iter().position(|known| known.number == number);
        let known = at.map(|at| self.media.remove(at));
        let is_described = !description.is_empty() && description.len() <= MOST_DESCRIPTION_BYTES;
        if what == "emptied" || known.is_none() && !is_described {
            return;
        }
        let mut medium = known.unwrap_or_default();
        medium.number = number;
        if is_described {
            medium.describe(description, tell);
        }
        for percent in medium.follow(now, what, &playing) {
            let mut properties = medium.properties();
            properties.set_integer("$media_percent", percent);
            self.push("$media_progress", properties);
        }
        let has_ended = playing.get("ended") == Some("true");
        match what {
            "play" => self.push("$media_play", medium.properties()),
            // What ends is paused first.
            "pause" if !has_ended => self.push("$media_pause", medium.properties()),
            "ended" => self.push("$media_ended", medium.properties()),
            _ => {}
        }
        if self.media.len() == MOST_MEDIA {
            self.media.remove(0);
        }
        self.media.push(medium);
    }

    /// The page is hidden or left: nothing waits any longer.
    pub(super) fn handle_hide(&mut self) {
        self.tell_seeks(MonotonicTime::from_millis(u64::MAX));
    }

    /// The events that are due: their names and their properties.
    pub(super) fn poll(&mut self, now: MonotonicTime) -> Vec<(&'static str, Properties)> {
        self.tell_seeks(now);
        std::mem::take(&mut self.events)
    }

    /// When to poll, if nothing else happens before.
    pub(super) fn timeout(&self) -> Option<MonotonicTime> {
        self.media.iter().filter_map(Medium::seek_rests_at).min()
    }

    fn tell_seeks(&mut self, now: MonotonicTime) {
        for at in 0..self.media.len() {
            let sought = self.media.get_mut(at).and_then(|medium| medium.sought(now));
            if let Some(properties) = sought {
                self.push("$media_seek", properties);
            }
        }
    }

    fn push(&mut self, name: &'static str, properties: Properties) {
        if self.events.len() < MOST_EVENTS {
            self.events.push((name, properties));
        }
    }
}

#[cfg(test)]
mod tests;
