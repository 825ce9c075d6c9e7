//! Exceptions: what is told of what was thrown, and what is not told.
//!
//! An adapter reads what was thrown into text; see [`entry`]. The rules and the properties are those of posthog-js
//! 1.449.2, with these differences: what is none of the app's takes nothing from the number of exceptions of a type, a
//! call for which the engine tells no line is never `in_app`, and stacks of V8 are read without their messages.
//!
//! "Script error.", which is all that a browser says of scripts of other origins, is told like any other exception, as
//! posthog-js tells it: that there are such errors is known by it, and `crossorigin` on the script's element helps.

mod entry;
mod limiter;
mod origin;
mod stack;
mod steps;

use entry::Entry;
use limiter::Limiter;
use steps::Steps;

use super::properties::Properties;
use super::time::{Now, WallTime};
use super::{json, text};

/// Exceptions of one chain, causes and members included (posthog-js 1.449.2).
const MAX_CHAIN: usize = 50;

/// Capacity that settings can give a type's bucket (posthog-js 1.449.2).
const MAX_BUCKET: u64 = 100;

/// What a client remembers of exceptions.
#[derive(Debug)]
pub(super) struct Exceptions {
    limiter: Limiter,
    steps: Steps,
    /// Whether those of the browser's extensions are captured too.
    keeps_extensions: bool,
}

impl Exceptions {
    pub(super) fn new() -> Self {
        Self {
            limiter: Limiter::new(),
            steps: Steps::new(),
            keeps_extensions: false,
        }
    }

    /// Takes the setting `error_tracking`, an object as JSON. Of it `captureExtensionExceptions`,
    /// `exceptionRateLimiterBucketSize` (0 to 100), `exceptionRateLimiterRefillRate` (0 to that size) and
    /// `exception_steps`, an object of `enabled` and `max_bytes`, count; the rest has its default.
    pub(super) fn configure(&mut self, error_tracking: &str) {
        let settings = Properties::read(error_tracking);
        let number = |settings: &Properties, key, default| {
            let number = settings.get(key).and_then(json::as_integer);
            number.unwrap_or(default)
        };
        self.keeps_extensions = settings.get("captureExtensionExceptions") == Some("true");
        let size = number(&settings, "exceptionRateLimiterBucketSize", Limiter::SIZE);
        let refill = number(&settings, "exceptionRateLimiterRefillRate", Limiter::REFILL);
        self.limiter.size = size.min(MAX_BUCKET);
        self.limiter.refill = refill.min(self.limiter.size);
        let steps = Properties::read(settings.get("exception_steps").unwrap_or_default());
        let budget = match steps.get("enabled") {
            Some("false") => 0,
            _ => number(&steps, "max_bytes", Steps::MAX_BYTES),
        };
        self.steps.set_budget(budget);
    }

    /// Takes what was thrown, as the adapter tells it, and how it was captured, an object of `type` and `handled`. Answers
    /// the properties of `$exception`; `None` if it is not to be captured.
    pub(super) fn handle(
        &mut self,
        now: Now,
        thrown: &str,
        mechanism: &str,
        is_manual: bool,
    ) -> Option<Properties> {
        let entries: Vec<Entry> = json::items(thrown)
            .take(MAX_CHAIN)
            .map(Entry::read)
            .collect();
        let outermost = entries.first()?;
        let chain: Vec<_> = entries
            .iter()
            .map(|entry| (entry, stack::parse(&entry.stack)))
            .collect();
        // What the app hands over is its own to judge.
        let foreign = origin::foreign(&chain, self.keeps_extensions);
        if let Some(origin) = foreign.filter(|_| !is_manual) {
            let message = text::concat(&["Exception of ", origin, " not captured"]);
            self.add_step(now.wall, &message, "");
            return None;
        }
        if !is_manual && !self.limiter.admits(now.monotonic, &outermost.name) {
            return None;
        }
        let mechanism = Properties::read(mechanism);
        let mut list = String::from("[");
        for (id, (entry, frames)) in chain.iter().enumerate() {
            entry.push(&mut list, id as u64, &mechanism, frames);
        }
        json::push_byte(&mut list, b']');
        let mut properties = Properties::new();
        properties.set("$exception_list", &list);
        properties.set_string("$exception_level", "error");
        if let Some(steps) = self.steps.to_json() {
            properties.set("$exception_steps", &steps);
        }
        let release = json::items(thrown)
            .next()
            .map(|first| entry::string(first, "release"));
        properties.set_string_if_any("$release_id", &release.unwrap_or_default());
        Some(properties)
    }

    /// Remembers a step for the next exception; `properties` is an object as JSON, or empty.
    pub(super) fn add_step(&mut self, now: WallTime, message: &str, properties: &str) {
        self.steps.add(now, message, properties);
    }

    /// Forgets the steps: an exception that tells them was captured.
    pub(super) fn clear_steps(&mut self) {
        self.steps.clear();
    }
}

#[cfg(test)]
mod tests;
