//! What the page gives rise to by itself: pageviews, and what is told of a page that is left.

use super::super::address;
use super::super::config::Switch;
use super::super::event::Capture;
use super::super::id::is_uuid;
use super::super::json::as_integer;
use super::super::page::{Change, Pageview, Parts};
use super::super::properties::Properties;
use super::super::time::{MonotonicTime, Now};
use super::interacting::redacted_text;
use super::{Client, Output};

impl Client {
    /// Something has happened in the page. What there is, and what goes with it, stands at `Core.ask` in src/api/client.rs.
    pub fn handle_page(&mut self, now: Now, what: &str, first: &str, second: &str, third: &str) {
        let number = |text: &str| as_integer(text).unwrap_or_default();
        match what {
            "titled" => self.navigation.handle_title(first, now.monotonic),
            "seen" => self.begin_viewing(now, first),
            "resumed" => self.resume_viewing(),
            "navigated" => self.handle_navigated(now, first, second, third),
            "measured" => self
                .view
                .handle_measured(number(first), number(second), number(third)),
            "sign" => {
                self.view.handle_sign(now.monotonic);
                self.flags.asking.note_sign();
            }
            "interaction" => self.handle_interaction(now, first, second),
            "exception" => self.handle_exception(now, first, second),
            "exception_step" => self.exceptions.add_step(now.wall, first, second),
            "exceptions" => self.exceptions.configure(first),
            _ => self.observe(now, what, [first, second, third]),
        }
    }

    /// The page is being hidden, and left for good or to be brought back if `is_left`: what was still waiting for something
    /// is told. [`Client::handle_hide`] or [`Client::handle_leave`] is to follow, once the app's hooks have seen it.
    pub fn handle_hiding(&mut self, now: Now, is_left: bool) {
        self.tell_pageview(None);
        self.hide_observers(now);
        if is_left && self.config.is(Switch::Pageleave) && self.navigation.has_begun() {
            let capture = Capture {
                name: "$pageleave",
                ..Capture::default()
            };
            self.capture_for_page(now, &capture);
        }
        self.view.handle_absence(now.monotonic);
    }

    /// The id of the present pageview; empty before the first.
    pub fn pageview_id(&self) -> &str {
        self.view.id()
    }

    /// The page can be seen: its first pageview is due, once.
    fn begin_viewing(&mut self, now: Now, title: &str) {
        self.navigation.handle_title(title, now.monotonic);
        self.view.handle_sign(now.monotonic);
        self.is_seen = true;
        self.view_first(now);
    }

    /// A client before this one has captured the page's first pageview.
    fn resume_viewing(&mut self) {
        self.is_seen = true;
        let parts = self.parts();
        self.navigation.handle_address(&self.url, "", parts);
    }

    /// Captures the first pageview if that is wanted, allowed and has not been yet.
    pub(super) fn view_first(&mut self, now: Now) {
        let is_wanted = self.config.is(Switch::Pageview) && self.is_seen;
        if is_wanted && self.is_capturing() && !self.navigation.has_begun() {
            let url = self.url.clone();
            self.handle_change(now, "", &url);
            if self.parts() == Parts::default() {
                // No router has a say in this page's title.
                self.tell_pageview(None);
            }
        }
    }

    /// The address was changed without loading a page, or a page came back as it was left.
    fn handle_navigated(&mut self, now: Now, kind: &str, url: &str, title: &str) {
        self.handle_address(url.to_owned());
        let is_watched = self.parts() != Parts::default() || kind == "bfcache";
        // Before its first pageview there is nothing to compare an address with.
        if self.navigation.has_begun() && is_watched && self.is_capturing() {
            self.handle_change(now, kind, url);
        }
        self.navigation.handle_title(title, now.monotonic);
    }

    fn handle_change(&mut self, now: Now, kind: &str, url: &str) {
        let before = self.navigation.waits();
        let change = self.navigation.handle_address(url, kind, self.parts());
        let path = address::path(&address::told(url, &self.config)).to_owned();
        match change {
            Change::None => {}
            Change::Redirect => {
                self.view.redirect(&path);
                self.shared = None;
            }
            Change::Navigation => {
                if before {
                    self.tell_pageview(None);
                }
                // The visitor is back, perhaps after so long that another session begins.
                self.touch_session(now);
                let id = self.ids.uuid(now.wall);
                let previous = self.begin_view(now, id.clone(), &path);
                self.navigation.wait(url, kind, id, previous.to_json(), now);
            }
        }
    }

    fn begin_view(&mut self, now: Now, id: String, path: &str) -> Properties {
        self.shared = None;
        let with_scroll = !self.config.is(Switch::DisableScroll);
        self.view.begin(id, path, now, with_scroll)
    }

    fn parts(&self) -> Parts {
        Parts {
            path: self.config.is(Switch::PageviewPath),
            search: self.config.is(Switch::PageviewSearch),
            hash: self.config.is(Switch::PageviewHash) && !self.config.is(Switch::DisableHashes),
        }
    }

    /// Captures the pageview that has waited for its title long enough; with `None` for the time, however long.
    pub(super) fn tell_pageview(&mut self, now: Option<MonotonicTime>) {
        let Some(view) = self.navigation.take_due(now) else {
            return;
        };
        // The address may have changed again, as far as that is no navigation.
        let present = std::mem::replace(&mut self.told_url, address::told(&view.url, &self.config));
        self.shared = None;
        if self.admits(view.at, "$pageview") {
            let properties = self.viewed(&view);
            let capture = Capture {
                name: "$pageview",
                properties: &properties.to_json(),
                uuid: &view.id,
                send_instantly: view.kind.is_empty(),
                ..Capture::default()
            };
            self.tell_captured(|client| client.take(view.at, &capture));
        }
        self.told_url = present;
        self.shared = None;
    }

    fn viewed(&self, view: &Pageview) -> Properties {
        let mut properties = Properties::read(&view.previous);
        self.set_title(&mut properties, &view.title);
        properties.set_string_if_any("navigation_type", &view.kind);
        properties
    }

    fn set_title(&self, properties: &mut Properties, title: &str) {
        let redacted = redacted_text(&self.config, title);
        properties.set_string("title", redacted.as_deref().unwrap_or(title));
    }

    /// A pageview that the app captures itself. It is never compared with others.
    pub(super) fn capture_pageview(&mut self, now: Now, capture: &Capture<'_>) -> Option<String> {
        let id = if is_uuid(capture.uuid) {
            capture.uuid.to_owned()
        } else {
            self.ids.uuid(now.wall)
        };
        let path = address::path(&self.told_url).to_owned();
        let mut properties = Properties::read(capture.properties);
        properties.merge(&self.begin_view(now, id.clone(), &path));
        self.set_title(&mut properties, self.navigation.title());
        let capture = Capture {
            properties: &properties.to_json(),
            uuid: &id,
            ..capture.clone()
        };
        self.take(now, &capture)
    }

    pub(super) fn capture_pageleave(&mut self, now: Now, capture: &Capture<'_>) -> Option<String> {
        let mut properties = Properties::read(capture.properties);
        let with_scroll = !self.config.is(Switch::DisableScroll);
        properties.merge(&self.view.previous(now, with_scroll));
        let capture = Capture {
            properties: &properties.to_json(),
            ..capture.clone()
        };
        self.take(now, &capture)
    }

    /// Captures an event that the page gave rise to, and has the app told of it.
    pub(super) fn capture_for_page(&mut self, now: Now, capture: &Capture<'_>) {
        self.tell_captured(|client| client.capture(now, capture));
    }

    /// Has the app told of an event that no call of its own answers. What it was told last that events have in common stays
    /// what it knows, for it may hear of this one later than of others.
    pub(super) fn tell_captured(&mut self, capture: impl FnOnce(&mut Self) -> Option<String>) {
        let told = self.told_shared.take();
        let text = capture(self);
        self.told_shared = told;
        self.outputs.extend(text.map(Output::Captured));
    }
}
