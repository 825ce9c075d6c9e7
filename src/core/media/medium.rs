//! One element and what it plays.

use super::super::properties::Properties;
use super::super::text;
use super::super::time::{MonotonicTime, WallTime};

/// How long a seek rests until it is over, in milliseconds.
const SEEK_REST_MILLIS: u64 = 1_000;
/// How far from its start or its end playing counts as being there, in milliseconds.
const EDGE_MILLIS: u64 = 1_000;

/// An element and what it plays. Times are in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Medium {
    /// Stands for the element.
    pub(super) number: u64,
    /// What does not depend on how far it is.
    properties: Properties,
    at: u64,
    position: u64,
    /// Zero if it has none.
    duration: u64,
    is_running: bool,
    watched: u64,
    /// The percentages at which playing was told.
    told: Vec<u64>,
    seek: Option<Seek>,
}

#[derive(Debug)]
struct Seek {
    from: u64,
    to: u64,
    /// When it is over, once the element has got there.
    rests_at: Option<MonotonicTime>,
}

impl Medium {
    /// Takes what the element plays; something else than before begins anew.
    pub(super) fn describe(&mut self, description: &str, tell: &dyn Fn(&str) -> String) {
        let mut properties = Properties::read(description);
        let source = properties.get_string("$media_src").unwrap_or_default();
        let scheme = text::before(&source, ":");
        let source = match scheme {
            "blob" | "data" => text::concat(&[scheme, ":"]),
            _ => tell(&source),
        };
        properties.remove("$media_src");
        properties.set_string_if_any("$media_src", &source);
        if self.properties.get("$media_src") != properties.get("$media_src") {
            *self = Self {
                number: self.number,
                ..Self::default()
            };
        }
        self.properties = properties;
    }

    /// Takes how the element is playing. Answers the percentages that playing has passed for the first time.
    pub(super) fn follow(
        &mut self,
        now: MonotonicTime,
        what: &str,
        playing: &Properties,
    ) -> Vec<u64> {
        let number = |name| playing.get_integer(name).unwrap_or_default();
        let is = |name| playing.get(name) == Some("true");
        let muted = if is("muted") { "true" } else { "false" };
        self.properties.set("$media_muted", muted);
        let rate = number("rate").max(1);
        set_seconds(&mut self.properties, "$media_playback_rate", rate);
        self.duration = number("duration");

        let (at, position) = (number("at"), number("position"));
        let mut passed = Vec::new();
        match what {
            "seeking" => self.begin_seek(position),
            "seeked" => {
                if let Some(seek) = &mut self.seek {
                    seek.to = position;
                    seek.rests_at = Some(now.after(SEEK_REST_MILLIS));
                }
            }
            // Where it is says nothing of what was played.
            _ if is("seeking") => return passed,
            _ if self.is_running => {
                let played = position.saturating_sub(self.position);
                let lasted = played.saturating_mul(1_000) / rate;
                let elapsed = at.saturating_sub(self.at);
                self.watched = self.watched.saturating_add(lasted.min(elapsed));
                passed = self.pass(position);
            }
            _ => {}
        }
        self.at = at;
        self.position = position;
        self.is_running = what != "seeking" && !is("paused") && !is("ended");
        passed
    }

    /// What is told of it now.
    pub(super) fn properties(&self) -> Properties {
        self.properties_at(self.position)
    }

    /// What is told of a seek that is over, if one is.
    pub(super) fn sought(&mut self, now: MonotonicTime) -> Option<Properties> {
        if self.seek_rests_at()? > now {
            return None;
        }
        let seek = self.seek.take()?;
        let mut properties = self.properties_at(seek.to);
        set_seconds(&mut properties, "$media_seek_from", seek.from);
        Some(properties)
    }

    pub(super) fn seek_rests_at(&self) -> Option<MonotonicTime> {
        self.seek.as_ref()?.rests_at
    }

    fn begin_seek(&mut self, position: u64) {
        let was_over = self.position.saturating_add(EDGE_MILLIS) >= self.duration;
        // That is what a loop does, and what is played again.
        if self.seek.is_none() && was_over && position <= EDGE_MILLIS {
            return;
        }
        let from = self.position;
        let seek = self.seek.get_or_insert(Seek {
            from,
            to: position,
            rests_at: None,
        });
        seek.rests_at = None;
    }

    /// The quarters between where it was and where it is, but those that were told.
    fn pass(&mut self, position: u64) -> Vec<u64> {
        let mut passed = Vec::new();
        for percent in [25, 50, 75] {
            let mark = self.duration.saturating_mul(percent) / 100;
            if self.position < mark && mark <= position && !self.told.contains(&percent) {
                passed.push(percent);
            }
        }
        self.told.extend(&passed);
        passed
    }

    fn properties_at(&self, position: u64) -> Properties {
        let mut properties = self.properties.clone();
        if self.duration > 0 {
            set_seconds(&mut properties, "$media_duration", self.duration);
            let percent = position.saturating_mul(100) / self.duration;
            properties.set_integer("$media_percent", percent.min(100));
        }
        set_seconds(&mut properties, "$media_position", position);
        set_seconds(&mut properties, "$media_watched_seconds", self.watched);
        properties
    }
}

/// Sets a property to thousandths of what it is given in, with three decimals.
fn set_seconds(properties: &mut Properties, key: &str, millis: u64) {
    let mut seconds = String::new();
    WallTime::from_millis(millis).push_seconds(&mut seconds);
    properties.set(key, &seconds);
}
