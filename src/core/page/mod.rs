//! What the page itself gives rise to: pageviews, and what is told of a page that is left.
//!
//! | file | what is decided there |
//! |---|---|
//! | `navigation` | which changes of the address are pageviews, and when their title is known |
//! | `scroll` | how far down the visitor has scrolled |
//! | `attention` | how long the visitor was there |

mod attention;
mod navigation;
mod scroll;

use super::json;
use super::properties::Properties;
use super::text;
use super::time::{MonotonicTime, Now};
use attention::Attention;
pub(super) use navigation::{Change, Navigation, Pageview, Parts};
use scroll::Scroll;

/// The page that is shown, as its visitor sees it: in an app with a router, one after the other.
#[derive(Debug, Default)]
pub(super) struct View {
    /// The id of its pageview; empty before the first.
    id: String,
    path: String,
    since: Option<MonotonicTime>,
    scroll: Scroll,
    attention: Attention,
}

impl View {
    /// The id of the present pageview; empty before the first.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Another page is shown. Answers what there is to tell of the one before.
    pub(super) fn begin(
        &mut self,
        id: String,
        path: &str,
        now: Now,
        with_scroll: bool,
    ) -> Properties {
        let previous = self.previous(now, with_scroll);
        self.id = id;
        path.clone_into(&mut self.path);
        self.since = Some(now.monotonic);
        self.scroll.reset();
        self.attention.reset(now.monotonic);
        previous
    }

    /// The present page turns out to be another one.
    pub(super) fn redirect(&mut self, path: &str) {
        path.clone_into(&mut self.path);
    }

    /// What there is to tell of the present page when it is left (posthog-js 1.449.2, but for the time of attention).
    pub(super) fn previous(&self, now: Now, with_scroll: bool) -> Properties {
        let mut told = Properties::new();
        let Some(since) = self.since else {
            return told;
        };
        told.set_string(&previous("id"), &self.id);
        told.set_string(&previous("pathname"), &self.path);
        told.set(&previous("duration"), &seconds(now.monotonic.until(since)));
        let attention = self.attention.millis(now.monotonic);
        told.set(&previous("engaged_duration"), &seconds(attention));
        if with_scroll {
            self.scroll.describe(&mut told);
        }
        told
    }

    /// The visitor's session is over, and with it the page that was shown in it.
    pub(super) fn forget(&mut self) {
        self.since = None;
        self.id.clear();
    }

    /// The page was measured, in CSS pixels.
    pub(super) fn handle_measured(&mut self, above: u64, window: u64, content: u64) {
        self.scroll.handle_measured(above, window, content);
    }

    /// The visitor is there.
    pub(super) fn handle_sign(&mut self, now: MonotonicTime) {
        self.attention.handle_sign(now);
    }

    /// Nobody sees the page.
    pub(super) fn handle_absence(&mut self, now: MonotonicTime) {
        self.attention.handle_absence(now);
    }
}

fn previous(name: &str) -> String {
    text::concat(&["$prev_pageview_", name])
}

/// Milliseconds as seconds with three decimals, a JSON number.
fn seconds(millis: u64) -> String {
    let mut out = json::integer(millis / 1_000);
    out.push('.');
    json::push_padded(&mut out, millis % 1_000, 3);
    out
}
