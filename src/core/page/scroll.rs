//! How far down a page its visitor has scrolled.

use super::super::json;
use super::super::properties::Properties;

/// What has been measured since the page was shown. Lengths are CSS pixels.
#[derive(Debug, Default)]
pub(super) struct Scroll {
    last: Depth,
    most: Depth,
    /// The furthest that one can scroll, and the height of what there is to see.
    range: u64,
    content: u64,
    is_measured: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Depth {
    /// What lies above the window.
    above: u64,
    /// What lies above the window's lower edge.
    shown: u64,
}

impl Scroll {
    /// The page was measured: how far it is scrolled, the height of what shows it, and the height of all of it.
    pub(super) fn handle_measured(&mut self, above: u64, window: u64, content: u64) {
        self.last = Depth {
            above,
            shown: above + window,
        };
        self.most.above = self.most.above.max(self.last.above);
        self.most.shown = self.most.shown.max(self.last.shown);
        self.content = content;
        self.range = content.saturating_sub(window);
        self.is_measured = true;
    }

    /// Another page is shown.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Adds what was measured, if anything was (posthog-js 1.449.2; shares have four decimals there and everywhere).
    pub(super) fn describe(&self, properties: &mut Properties) {
        if !self.is_measured {
            return;
        }
        for (name, value, of) in [
            ("last_scroll", self.last.above, self.range),
            ("max_scroll", self.most.above, self.range),
            ("last_content", self.last.shown, self.content),
            ("max_content", self.most.shown, self.content),
        ] {
            let name = super::previous(name);
            properties.set_integer(&name, value);
            properties.set(&(name + "_percentage"), &share(value, of));
        }
    }
}

/// A share from 0 to 1; all of it where there is nothing to share.
fn share(part: u64, whole: u64) -> String {
    if whole <= 1 || part >= whole {
        return "1".to_owned();
    }
    let mut out = String::from("0.");
    json::push_padded(&mut out, part * 10_000 / whole, 4);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(scroll: &Scroll) -> serde_json::Value {
        let mut properties = Properties::new();
        scroll.describe(&mut properties);
        serde_json::from_str(&properties.to_json()).unwrap()
    }

    #[test]
    fn the_furthest_and_the_last_are_told_with_their_shares() {
        let mut scroll = Scroll::default();
        assert_eq!(described(&scroll), serde_json::json!({}));
        scroll.handle_measured(500, 600, 2_600);
        scroll.handle_measured(100, 600, 2_600);
        assert_eq!(
            described(&scroll),
            serde_json::json!({
                "$prev_pageview_last_scroll": 100, "$prev_pageview_last_scroll_percentage": 0.05,
                "$prev_pageview_max_scroll": 500, "$prev_pageview_max_scroll_percentage": 0.25,
                "$prev_pageview_last_content": 700, "$prev_pageview_last_content_percentage": 0.2692,
                "$prev_pageview_max_content": 1_100, "$prev_pageview_max_content_percentage": 0.423,
            })
        );
    }

    #[test]
    fn a_page_that_is_seen_whole_is_scrolled_to_its_end() {
        let mut scroll = Scroll::default();
        scroll.handle_measured(0, 600, 600);
        let told = described(&scroll);
        assert_eq!(told["$prev_pageview_max_scroll_percentage"], 1);
        assert_eq!(told["$prev_pageview_max_content_percentage"], 1);
        scroll.reset();
        assert_eq!(described(&scroll), serde_json::json!({}));
    }

    #[test]
    fn beyond_the_end_is_the_end() {
        let mut scroll = Scroll::default();
        // Elastic scrolling goes further for a moment.
        scroll.handle_measured(2_100, 600, 2_600);
        assert_eq!(
            described(&scroll)["$prev_pageview_last_scroll_percentage"],
            1
        );
        assert_eq!(
            described(&scroll)["$prev_pageview_last_content_percentage"],
            1
        );
    }
}
