//! What is observed of the page if the settings want it: dead clicks, heatmaps, web vitals and media.

use super::super::address;
use super::super::dead_click::DeadClicks;
use super::super::event::Capture;
use super::super::heatmap::Heatmap;
use super::super::media::Media;
use super::super::time::{MonotonicTime, Now};
use super::super::vitals::Vitals;
use super::Client;

/// The machines that decide what is told of it.
#[derive(Debug, Default)]
pub(super) struct Observers {
    dead_clicks: DeadClicks,
    heatmap: Heatmap,
    vitals: Vitals,
    media: Media,
}

impl Observers {
    /// When something is to be told, or found out.
    pub(super) fn timeout(&self) -> Option<MonotonicTime> {
        let all = [
            self.dead_clicks.timeout(),
            self.heatmap.timeout(),
            self.vitals.timeout(),
            self.media.timeout(),
        ];
        all.into_iter().flatten().min()
    }
}

impl Client {
    /// Something was observed; what there is, each machine's file says.
    pub(super) fn observe(&mut self, now: Now, what: &str, texts: [&str; 3]) {
        let [first, second, third] = texts;
        let Self {
            config,
            session,
            observers,
            ..
        } = self;
        let tell = |url: &str| address::told(url, config);
        match what {
            "dead_click_gesture" => observers
                .dead_clicks
                .handle_gesture(now, first, second, third),
            "dead_click_sign" => observers.dead_clicks.handle_sign(now, first, second),
            "heatmap" => {
                observers
                    .heatmap
                    .handle_sample(now.monotonic, first, second, third, &tell);
            }
            "vital" => {
                let (session, window) = (session.id(), session.window_id());
                observers
                    .vitals
                    .handle_metric(now, texts, session, window, &tell);
            }
            "media" => observers.media.handle_media(now.monotonic, texts, &tell),
            _ => {}
        }
    }

    /// The page is hidden: what waits for more is told now.
    pub(super) fn hide_observers(&mut self, now: Now) {
        self.observers.heatmap.handle_hide(now.monotonic);
        self.observers.vitals.handle_hide();
        self.observers.media.handle_hide();
        self.poll_observers(now);
    }

    /// Captures what is to be told by now.
    pub(super) fn poll_observers(&mut self, now: Now) {
        let at = now.monotonic;
        for dead in self.observers.dead_clicks.poll(at) {
            self.observers.heatmap.handle_dead_click(at, dead.stamp);
            if !dead.elements.is_empty() {
                let mut properties = self.described(&dead.elements);
                properties.merge(&dead.properties);
                let mut timestamp = String::new();
                dead.time.push_iso(&mut timestamp);
                let capture = Capture {
                    name: dead.name,
                    properties: &properties.to_json(),
                    timestamp: &timestamp,
                    send_instantly: true,
                    ..Capture::default()
                };
                self.capture_for_page(now, &capture);
            }
        }
        let heatmap = self.observers.heatmap.poll(at);
        let vitals = self.observers.vitals.poll(at);
        let media = self.observers.media.poll(at);
        for (name, properties) in heatmap.into_iter().chain(vitals).chain(media) {
            self.capture_found(now, name, &properties);
        }
    }
}
