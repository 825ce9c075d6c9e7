//! The browser with its tabs and the server behind them, and what is expected of each tab.

use std::collections::{BTreeMap, BTreeSet};

use hoglet::core::{Choice, Request};
use serde_json::Value as Json;

use super::rules::Ledger;
use super::scope::{Expected, Scope};
use super::steps::{Setup, Step, What};
use crate::browser::{Browser, Tab};
use crate::page::{Page, Visit};

/// The most tabs that are open at once.
const MOST_TABS: usize = 3;

pub(super) struct World {
    pub(super) setup: Setup,
    pub(super) browser: Browser,
    pub(super) tabs: Vec<OpenTab>,
    /// What the visitor has chosen.
    pub(super) choice: Choice,
    /// What is stored for all tabs.
    stored: Option<Scope>,
    persons: u64,
    opened: usize,
    aliases: usize,
    pub(super) ledger: Ledger,
    /// What tabs share, as it was checked last: localStorage's and the cookie's text.
    pub(super) checked: [Option<String>; 2],
}

pub(super) struct OpenTab {
    pub(super) number: usize,
    pub(super) page: Page,
    /// What is in the page's memory.
    pub(super) own: Scope,
    /// What is stored for this tab alone.
    stored: Option<Scope>,
    /// The choice that the page knows of.
    pub(super) heard: Choice,
    /// Requests that are on their way, with their events.
    pub(super) sent: Vec<(Request, Vec<Json>)>,
    /// Events that the hooks have not looked at yet.
    pub(super) held: Vec<Json>,
    /// The uuids of events that are neither delivered nor refused.
    pub(super) waiting: BTreeSet<String>,
}

/// Milliseconds between two tasks: longer than what counts as the same moment.
const BETWEEN_TASKS: u64 = 1_001;

impl World {
    pub(super) fn new(setup: Setup) -> Self {
        let browser = Browser::start();
        let mut world = Self {
            setup,
            tabs: Vec::new(),
            choice: Choice::Pending,
            stored: None,
            persons: 0,
            opened: 0,
            aliases: 0,
            ledger: Ledger::default(),
            checked: [None, None],
            browser,
        };
        let tab = world.browser.tab();
        world.open(tab, None);
        world
    }

    pub(super) fn step(&mut self, step: Step) {
        let at = step.tab % self.tabs.len();
        // Nothing happens at the same moment as anything else.
        self.browser.pass(BETWEEN_TASKS);
        match step.what {
            // Before a tab's sessionStorage is read again, its page has had a turn: what is registered for a session does not
            // say for which, so that the page can end it with the session, but not the next page. So it is in posthog-js.
            What::Open | What::Duplicate if self.tabs.len() == MOST_TABS => {}
            What::Open => {
                let tab = self.browser.tab();
                self.open(tab, None);
            }
            // Where each tab has a store of its own, two that were one go on as the same anonymous visitor and can become
            // two persons. That is so in posthog-js too and lies in what the site has chosen.
            What::Duplicate if self.setup.persistence == "sessionStorage" => {}
            What::Duplicate => {
                self.turn(at, What::Return);
                let tab = self.tabs[at].page.tab.duplicate();
                self.open(tab, None);
            }
            What::Close if self.tabs.len() == 1 => {}
            What::Close => {
                let mut tab = self.tabs.remove(at);
                self.leave(&mut tab);
            }
            What::Reload => {
                self.turn(at, What::Return);
                let mut tab = self.tabs.remove(at);
                self.leave(&mut tab);
                self.open(tab.page.tab.clone(), Some((tab.number, tab.stored)));
            }
            What::Pass(millis) => self.browser.pass(millis),
            what => self.turn(at, what),
        }
        self.check();
    }

    /// Something happens in one tab.
    fn turn(&mut self, at: usize, what: What) {
        let mut tab = self.tabs.remove(at);
        self.act(&mut tab, what);
        self.check_tab(&tab);
        self.tabs.insert(at, tab);
    }

    /// All is well again: every tab has a turn, and the network delivers.
    pub(super) fn end(&mut self) {
        let mut tabs = std::mem::take(&mut self.tabs);
        for tab in &mut tabs {
            self.act(tab, What::Return);
            self.deliver(tab);
            self.check_tab(tab);
        }
        self.tabs = tabs;
        self.check();
        self.check_nothing_is_stored_in_vain();
        self.ledger.check_persons();
    }

    /// Opens a page; in a tab that had one before, with its number and what it alone has stored.
    fn open(&mut self, tab: Tab, before: Option<(usize, Option<Scope>)>) {
        let mut page = tab.visit(&Visit {
            settings: &self.setup.settings(),
            // Without a campaign, events are shorter and their checks faster.
            url: "https://shop.example/",
            ..Visit::default()
        });
        if self.setup.holds {
            page.ask(|client, _| client.hold(true));
            page.settle();
        }
        self.opened += 1;
        let (number, own) = before.unwrap_or((self.opened, None));
        let own = own.or_else(|| self.stored.clone());
        let own = own.filter(|_| self.setup.stores(self.choice));
        let own = match own {
            Some(own) => own,
            None => self.newcomer(&page),
        };
        let mut tab = OpenTab {
            number,
            page,
            own,
            stored: None,
            heard: self.choice,
            sent: Vec::new(),
            held: Vec::new(),
            waiting: BTreeSet::new(),
        };
        self.close_task(&mut tab);
        self.check_tab(&tab);
        self.tabs.push(tab);
    }

    /// Somebody of whom nothing was known.
    fn newcomer(&mut self, page: &Page) -> Scope {
        self.persons += 1;
        Scope {
            person: self.persons,
            user: None,
            anonymous_id: page.client.distinct_id(),
            device_id: device_id(page),
            registered: BTreeMap::new(),
            session: None,
        }
    }

    fn act(&mut self, tab: &mut OpenTab, what: What) {
        match what {
            What::Ring => {
                tab.page.settle();
                return;
            }
            What::Hide => {
                tab.page.hide();
                return;
            }
            What::Dispatch => return self.dispatch(tab),
            What::Answer(status) => return self.answer(tab, status),
            _ => {}
        }
        self.begin_task(tab);
        let mark = format!("§{}§", tab.own.person);
        let page = &mut tab.page;
        match what {
            What::Capture => {
                let event = page.captured_with("event", "");
                assert_eq!(event.is_some(), self.setup.captures(self.choice));
                self.captured(tab, event);
            }
            What::Identify(user) => {
                let event = page.identify(user);
                self.identified(tab, user, event);
            }
            What::Alias => {
                self.aliases += 1;
                let event = page.alias(&format!("alias-{}", self.aliases), "");
                self.captured(tab, event);
            }
            What::Group => {
                let event = page.group("company", &mark, "");
                self.captured(tab, event);
            }
            What::SetPerson => {
                let event = page.set_person(&format!(r#"{{"plan":"{mark}"}}"#), "");
                self.captured(tab, event);
            }
            What::Register(number) => {
                page.register(&format!(r#"{{"registered_{number}":"{mark}"}}"#));
                let key = format!("registered_{number}");
                tab.own.registered.insert(key, mark);
            }
            What::RegisterLarge => {
                page.register(&format!(r#"{{"large":"{}"}}"#, mark.repeat(800)));
            }
            What::RegisterForSession => {
                let properties = format!(r#"{{"of_session":"{mark}"}}"#);
                page.task(|client, _| client.register_for_session(&properties));
            }
            What::Unregister(number) => {
                let key = format!("registered_{number}");
                page.task(|client, _| client.unregister(&key));
                tab.own.registered.remove(&key);
            }
            What::Reset { device_too } => {
                let device_id = tab.own.device_id.clone();
                if device_too {
                    page.reset_with_device();
                } else {
                    page.reset();
                }
                tab.own = self.newcomer(&tab.page);
                let stays = tab.own.device_id == device_id;
                assert!(stays != device_too || device_id == "null", "the device");
            }
            What::OptIn => {
                let event = page.opt_in();
                if self.setup.cookieless_mode != "always" {
                    let is_new = self.choice != Choice::Granted;
                    assert_eq!(event.is_some(), is_new);
                    self.chosen(tab, Choice::Granted);
                }
                self.captured(tab, event);
            }
            What::OptOut => {
                page.opt_out();
                if self.setup.cookieless_mode != "always" {
                    self.chosen(tab, Choice::Denied);
                }
            }
            What::ClearConsent => {
                page.clear_consent();
                self.chosen(tab, Choice::Pending);
            }
            What::AskSession => {
                let session_id = page.session_id();
                self.look_at_session(tab, &session_id, false);
            }
            What::Return => page.return_to(),
            What::Resolve { drop } => {
                if !tab.held.is_empty() {
                    let event = tab.held.remove(0);
                    self.resolve(tab, &event, drop);
                }
            }
            _ => unreachable!("{what:?} is not one tab's"),
        }
        self.close_task(tab);
    }

    /// A task begins, and with it the page hears what has happened in others.
    fn begin_task(&mut self, tab: &mut OpenTab) {
        let (before, now) = (tab.heard, self.choice);
        tab.heard = now;
        let setup = self.setup;
        // The page has its turn, so that what it has heard of can be looked at.
        tab.page.task(|_, _| ());
        self.forget_refused(tab, before);
        let was_cookieless = setup.is_cookieless(before);
        let others = self.stored.clone().filter(|_| setup.stores(now));
        // What another tab has refused, who this page remembers may be known to the store as somebody else.
        let is_stale = setup.stores(before) && !setup.stores(now);
        if let Some(others) = others {
            tab.own = others;
        } else if is_stale || was_cookieless != setup.is_cookieless(now) {
            tab.own = self.newcomer(&tab.page);
        }
    }

    fn close_task(&mut self, tab: &mut OpenTab) {
        let stored = self.setup.stores(tab.heard).then(|| tab.own.clone());
        match self.setup.persistence {
            "memory" => {}
            "sessionStorage" => tab.stored = stored,
            _ => self.stored = stored,
        }
    }

    fn chosen(&mut self, tab: &mut OpenTab, choice: Choice) {
        let before = std::mem::replace(&mut self.choice, choice);
        tab.heard = choice;
        self.forget_refused(tab, before);
        if self.setup.is_cookieless(before) != self.setup.is_cookieless(choice) {
            tab.own = self.newcomer(&tab.page);
        }
    }

    /// Notes which events must not be sent any more.
    fn forget_refused(&mut self, tab: &mut OpenTab, before: Choice) {
        let now = tab.heard;
        let became_cookieless = self.setup.is_cookieless(now) && !self.setup.is_cookieless(before);
        if before != now && (!self.setup.captures(now) || became_cookieless) {
            self.ledger.refuse(std::mem::take(&mut tab.waiting));
        }
    }

    fn identified(&mut self, tab: &mut OpenTab, user: &'static str, event: Option<Json>) {
        let is_refused =
            self.setup.cookieless_mode == "on_reject" && self.setup.is_cookieless(tab.heard);
        if self.setup.person_profiles == "never" || is_refused {
            assert_eq!(event, None);
            return;
        }
        self.ledger.users.insert(user);
        let before = tab.own.user.replace(user);
        let joins = before.is_none() && self.setup.captures(tab.heard);
        assert_eq!(event.is_some(), joins, "an event of identify()");
        if let Some(event) = &event {
            assert_eq!(event["event"], "$identify");
            let joined = &event["properties"]["$anon_distinct_id"];
            assert_eq!(*joined, tab.own.anonymous_id.as_str());
        }
        self.captured(tab, event);
    }

    fn captured(&mut self, tab: &mut OpenTab, event: Option<Json>) {
        let Some(event) = event else {
            return;
        };
        let is_cookieless = self.setup.is_cookieless(tab.heard);
        self.ledger.capture(&event, tab, is_cookieless);
        let session_id = event["properties"]["$session_id"].as_str();
        self.look_at_session(tab, session_id.unwrap_or_default(), true);
        if self.setup.holds {
            tab.held.push(event.clone());
        }
        tab.waiting.insert(uuid(&event).to_owned());
    }

    fn look_at_session(&mut self, tab: &mut OpenTab, session_id: &str, is_activity: bool) {
        if self.setup.is_cookieless(tab.heard) {
            assert_eq!(session_id, "");
            return;
        }
        let now = self.browser.contents().clock;
        let expected = tab.own.expected_session(now, is_activity);
        let present = tab.own.session.as_ref();
        let is_same = present.is_some_and(|session| session.id == session_id);
        match expected {
            Expected::Same => assert!(is_same, "another session: {session_id}"),
            Expected::Other => self.ledger.begin_session(session_id),
            Expected::Either if is_same => {}
            Expected::Either => self.ledger.begin_session(session_id),
        }
        tab.own.note_session(session_id, now, is_activity);
    }
}

pub(super) fn uuid(event: &Json) -> &str {
    event["uuid"].as_str().unwrap()
}

pub(super) fn device_id(page: &Page) -> String {
    let device = page.client.properties().get("$device_id");
    device.unwrap_or("null").trim_matches('"').to_owned()
}
