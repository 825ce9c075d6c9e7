//! Pageviews: which changes of the page's address are navigations, and when their title is known.
//!
//! A router changes the address in its own way: it pushes and replaces at once, pushes what is there already, or changes what
//! does not matter. One navigation is one pageview, whatever it does. Routers set the title when the page is rendered, which
//! is after the address has changed; so a pageview waits for its title, with the time at which it happened.
//! posthog-js 1.449.2 takes the title of the next microtask, and every change of the address for a navigation.

use super::super::text;
use super::super::time::{MonotonicTime, Now};

/// How long a title may take to follow the address, in milliseconds. Many pages share one, and are told after this time.
const TITLE_MILLIS: u64 = 500;

/// How long a title that has changed must stay, in milliseconds: some are set twice.
const SETTLING_MILLIS: u64 = 120;

/// The longest that a pageview waits whatever its title does, in milliseconds.
const MAX_WAIT_MILLIS: u64 = 2_000;

/// Which parts of an address tell pages apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::core) struct Parts {
    /// The path.
    pub(in crate::core) path: bool,
    /// The query.
    pub(in crate::core) search: bool,
    /// The fragment.
    pub(in crate::core) hash: bool,
}

/// A pageview that is to be told.
#[derive(Clone, Debug)]
pub(in crate::core) struct Pageview {
    /// Its id, and its event's.
    pub(in crate::core) id: String,
    /// The page's address.
    pub(in crate::core) url: String,
    /// The page's title.
    pub(in crate::core) title: String,
    /// By what the address was changed: `pushState`, `replaceState`, `popstate`, `hashchange`, or `bfcache` for a page that
    /// came back as it was left; empty for the page's first.
    pub(in crate::core) kind: String,
    /// When that was.
    pub(in crate::core) at: Now,
    /// What is told of the page before, as members of a JSON object.
    pub(in crate::core) previous: String,
    due: MonotonicTime,
}

/// What an address's change means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::core) enum Change {
    /// It is still the same page.
    None,
    /// The navigation that is under way leads elsewhere.
    Redirect,
    /// Another page.
    Navigation,
}

/// The pageviews of one page load.
#[derive(Debug, Default)]
pub(in crate::core) struct Navigation {
    /// The place of the last pageview; `None` before the first.
    place: Option<String>,
    /// The page's title as it was told last.
    title: String,
    waiting: Option<Pageview>,
}

impl Navigation {
    /// Whether there was a pageview.
    pub(in crate::core) fn has_begun(&self) -> bool {
        self.place.is_some()
    }

    /// Whether a pageview waits for its title.
    pub(in crate::core) fn waits(&self) -> bool {
        self.waiting.is_some()
    }

    /// The page's title.
    pub(in crate::core) fn title(&self) -> &str {
        &self.title
    }

    /// The address was changed, or may have been.
    pub(in crate::core) fn handle_address(
        &mut self,
        url: &str,
        kind: &str,
        parts: Parts,
    ) -> Change {
        let place = place(url, parts);
        let is_same = self.place.as_deref() == Some(&*place);
        if is_same && kind != "bfcache" {
            return Change::None;
        }
        self.place = Some(place);
        match &mut self.waiting {
            Some(waiting) if kind == "replaceState" => {
                url.clone_into(&mut waiting.url);
                Change::Redirect
            }
            _ => Change::Navigation,
        }
    }

    /// The page has this title now.
    pub(in crate::core) fn handle_title(&mut self, title: &str, now: MonotonicTime) {
        // Some routers have no title between two pages.
        if let Some(waiting) = &mut self.waiting
            && title != waiting.title
            && !title.is_empty()
        {
            title.clone_into(&mut waiting.title);
            let latest = waiting.at.monotonic.after(MAX_WAIT_MILLIS);
            waiting.due = now.after(SETTLING_MILLIS).min(latest);
        }
        title.clone_into(&mut self.title);
    }

    /// Has a pageview wait for its title.
    pub(in crate::core) fn wait(
        &mut self,
        url: &str,
        kind: &str,
        id: String,
        previous: String,
        at: Now,
    ) {
        self.waiting = Some(Pageview {
            id,
            url: url.to_owned(),
            title: self.title.clone(),
            kind: kind.to_owned(),
            at,
            previous,
            due: at.monotonic.after(TITLE_MILLIS),
        });
    }

    /// The pageview that is to be told now; with `None` for the time, whatever its title.
    pub(in crate::core) fn take_due(&mut self, now: Option<MonotonicTime>) -> Option<Pageview> {
        let is_due = |waiting: &mut Pageview| now.is_none_or(|now| waiting.due <= now);
        self.waiting.take_if(is_due)
    }

    /// When a pageview is to be told.
    pub(in crate::core) fn timeout(&self) -> Option<MonotonicTime> {
        self.waiting.as_ref().map(|waiting| waiting.due)
    }
}

/// What of an address tells its page from others. A slash at the end of the path makes no difference.
fn place(url: &str, parts: Parts) -> String {
    let page = text::before(url, "#");
    let path = text::before(page, "?");
    let mut place = String::new();
    if parts.path {
        place.push_str(path.strip_suffix('/').unwrap_or(path));
    }
    if parts.search {
        place.push_str(text::slice(page, path.len(), page.len()));
    }
    if parts.hash {
        place.push_str(text::slice(url, page.len(), url.len()));
    }
    place
}

#[cfg(test)]
mod tests {
    use super::super::super::time::WallTime;
    use super::*;

    const PATH: Parts = Parts {
        path: true,
        search: false,
        hash: false,
    };

    fn at(millis: u64) -> MonotonicTime {
        MonotonicTime::from_millis(millis)
    }

    fn started() -> Navigation {
        let mut navigation = Navigation::default();
        navigation.handle_address("https://a.example/", "", PATH);
        navigation
    }

    fn waiting(millis: u64) -> Navigation {
        let mut navigation = started();
        navigation.handle_title("Home", at(0));
        let now = Now {
            wall: WallTime::from_millis(millis),
            monotonic: at(millis),
        };
        let url = "https://a.example/b";
        assert_eq!(
            navigation.handle_address(url, "pushState", PATH),
            Change::Navigation
        );
        navigation.wait(url, "pushState", "id".to_owned(), String::new(), now);
        navigation
    }

    #[test]
    fn what_does_not_tell_pages_apart_is_no_navigation() {
        let mut navigation = started();
        for url in [
            "https://a.example",
            "https://a.example/?q=1",
            "https://a.example/#h",
        ] {
            assert_eq!(
                navigation.handle_address(url, "pushState", PATH),
                Change::None,
                "{url}"
            );
        }
        let all = Parts {
            search: true,
            hash: true,
            ..PATH
        };
        let mut navigation = Navigation::default();
        for url in [
            "https://a.example/",
            "https://a.example/?q=1",
            "https://a.example/?q=1#h",
            "https://a.example/c/?q=1#h",
        ] {
            assert_eq!(
                navigation.handle_address(url, "popstate", all),
                Change::Navigation,
                "{url}"
            );
            assert_eq!(
                navigation.handle_address(url, "replaceState", all),
                Change::None,
                "{url}"
            );
        }
    }

    #[test]
    fn a_page_that_came_back_is_looked_at_again() {
        let url = "https://a.example/";
        assert_eq!(
            started().handle_address(url, "bfcache", PATH),
            Change::Navigation
        );
    }

    #[test]
    fn a_redirect_belongs_to_its_navigation() {
        let mut navigation = waiting(0);
        let url = "https://a.example/login";
        assert_eq!(
            navigation.handle_address(url, "replaceState", PATH),
            Change::Redirect
        );
        let told = navigation.take_due(None).unwrap();
        assert_eq!((&*told.url, &*told.kind), (url, "pushState"));
        let url = "https://a.example/c";
        assert_eq!(
            navigation.handle_address(url, "replaceState", PATH),
            Change::Navigation
        );
    }

    #[test]
    fn a_title_is_taken_when_it_has_settled() {
        let mut navigation = waiting(1_000);
        navigation.handle_title("Loading", at(1_010));
        assert!(navigation.take_due(Some(at(1_129))).is_none());
        navigation.handle_title("", at(1_020));
        navigation.handle_title("Page", at(1_129));
        assert!(navigation.take_due(Some(at(1_248))).is_none());
        assert_eq!(navigation.timeout(), Some(at(1_249)));
        let told = navigation.take_due(Some(at(1_249))).unwrap();
        assert_eq!((&*told.title, told.at.monotonic), ("Page", at(1_000)));
        assert!(navigation.take_due(None).is_none());
    }

    #[test]
    fn a_title_that_stays_or_never_settles_holds_nothing_up() {
        let mut navigation = waiting(1_000);
        navigation.handle_title("Home", at(1_400));
        assert_eq!(navigation.take_due(Some(at(1_500))).unwrap().title, "Home");
        let mut navigation = waiting(0);
        for millis in (0..3_000).step_by(40) {
            navigation.handle_title(if millis % 80 == 0 { "(1)" } else { "(2)" }, at(millis));
        }
        assert_eq!(navigation.timeout(), Some(at(MAX_WAIT_MILLIS)));
    }
}
