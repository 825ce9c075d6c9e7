//! A page whose browser, clock and network are the test's, driven as the adapter of the browser drives it.

use hoglet::core::config::{Config, Mode, Switch, Value};
use hoglet::core::environment::{Environment, Size};
use hoglet::core::persistence::{Names, Place, Stored, Write};
use hoglet::core::time::Now;
use hoglet::core::{
    Bootstrap, Client, Level, News, Output, Request, RequestId, Response, SessionChange, Start,
    Transaction,
};
use serde_json::Value as Json;

use crate::browser::{Browser, Tab};

pub(crate) const TOKEN: &str = "phc_test";

pub(crate) const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// What the keys of stored events begin with.
pub(crate) const OUTBOX: &str = "hoglet_outbox_phc_test_";

/// Where the visitor can be remembered, as the setting `persistence` has it.
pub(crate) const MODES: [&str; 5] = [
    "localStorage+cookie",
    "localStorage",
    "cookie",
    "sessionStorage",
    "memory",
];

/// The name of what is stored of the visitor.
pub(crate) const MAIN: &str = "ph_phc_test_posthog";
/// The name of the visitor's choice.
pub(crate) const CONSENT: &str = "__ph_opt_in_out_phc_test";

/// Settings, as an app gives them.
pub(crate) type Settings<'a> = &'a [(&'a str, Value<'a>)];

/// How a page is opened.
#[derive(Clone)]
pub(crate) struct Visit<'a> {
    pub(crate) settings: Settings<'a>,
    pub(crate) url: &'a str,
    pub(crate) referrer: &'a str,
    pub(crate) bootstrap: Bootstrap,
    pub(crate) device_id: &'a str,
    pub(crate) do_not_track: bool,
    pub(crate) user_agent: &'a str,
}

impl Default for Visit<'_> {
    fn default() -> Self {
        Self {
            settings: &[],
            url: "https://shop.example/cart?utm_source=news",
            referrer: "https://search.example/",
            bootstrap: Bootstrap::default(),
            device_id: "",
            do_not_track: false,
            user_agent: USER_AGENT,
        }
    }
}

pub(crate) struct Page {
    pub(crate) client: Client,
    pub(crate) tab: Tab,
    /// Requests that the client has asked for and nobody has looked at yet.
    pub(crate) requests: Vec<Request>,
    /// Everything that the client has written.
    pub(crate) writes: Vec<Write>,
    /// The news of sessions that the app was told.
    pub(crate) sessions: Vec<SessionChange>,
    /// What the app was told of delivery.
    pub(crate) news: Vec<News>,
    /// What the app was told of feature flags.
    pub(crate) flags: Vec<String>,
    /// What its listeners could read of them each time they were called.
    pub(crate) heard: Vec<Json>,
    /// Requests that nobody waits for any more.
    pub(crate) called_off: Vec<RequestId>,
    /// The events that the page gave rise to.
    pub(crate) captured: Vec<Json>,
    /// The errors that the developer was told.
    pub(crate) errors: Vec<String>,
    names: Names,
    /// Which of the browser's pages it is.
    number: u64,
    /// What other tabs can change, as this page has seen it last: entries of localStorage and cookies.
    seen: ([Option<String>; 4], String),
    /// Whether a task is under way that has called the client.
    in_task: bool,
    /// The part that events share, as the client told it last.
    shared: String,
}

impl Tab {
    pub(crate) fn open(&self, settings: Settings<'_>) -> Page {
        self.visit(&Visit {
            settings,
            ..Visit::default()
        })
    }

    pub(crate) fn visit(&self, visit: &Visit<'_>) -> Page {
        let mut config = Config::new(TOKEN).unwrap();
        // Who asks for feature flags says so: most pages here are waited for until they ask for nothing any more.
        let off = Value::Boolean(true);
        config.set("advanced_disable_flags", off).unwrap();
        for (key, value) in visit.settings {
            config.set(key, *value).unwrap();
        }
        let names = Names::new(&config);
        let stored = self.stored(&names);
        let seen = (self.browser.shared(&names), stored.cookies.clone());
        let number = {
            let mut contents = self.browser.contents();
            contents.pages += 1;
            contents.pages
        };
        let start = Start {
            seed: self.browser.entropy(),
            stored,
            do_not_track: visit.do_not_track,
            bootstrap: visit.bootstrap.clone(),
            device_id: visit.device_id.to_owned(),
            environment: environment(visit.user_agent),
            viewport: Size {
                width: 800,
                height: 600,
            },
            url: visit.url.to_owned(),
            referrer: visit.referrer.to_owned(),
            keepalive: self.keepalive.clone(),
        };
        let mut page = Page {
            client: Client::new(config, &start, self.browser.now()),
            tab: self.clone(),
            requests: Vec::new(),
            writes: Vec::new(),
            sessions: Vec::new(),
            news: Vec::new(),
            flags: Vec::new(),
            heard: Vec::new(),
            called_off: Vec::new(),
            captured: Vec::new(),
            errors: Vec::new(),
            names,
            number,
            seen,
            in_task: true,
            shared: String::new(),
        };
        let text = page.ask(Client::begin);
        page.told(text);
        page.settle();
        page
    }
}

impl Page {
    /// Opens a page in a browser of its own.
    pub(crate) fn open(settings: Settings<'_>) -> Self {
        Browser::start().tab().open(settings)
    }

    /// Calls the client as the app does: what other tabs have stored counts first, once a task. The task goes on until
    /// [`Page::settle`].
    pub(crate) fn ask<T>(&mut self, ask: impl FnOnce(&mut Client, Now) -> T) -> T {
        if !self.in_task {
            self.refresh();
            self.in_task = true;
        }
        let now = self.now();
        ask(&mut self.client, now)
    }

    /// A task that calls the client once.
    pub(crate) fn task<T>(&mut self, ask: impl FnOnce(&mut Client, Now) -> T) -> T {
        let answer = self.ask(ask);
        self.settle();
        answer
    }

    /// A task that may capture an event; answers the event.
    pub(crate) fn event(
        &mut self,
        ask: impl FnOnce(&mut Client, Now) -> Option<String>,
    ) -> Option<Json> {
        let text = self.task(ask);
        self.told(text)
    }

    /// Puts an event together from what the client tells of it.
    pub(crate) fn told(&mut self, text: Option<String>) -> Option<Json> {
        let text = text?;
        let own = match text.split_once('\n') {
            Some((own, shared)) => {
                shared.clone_into(&mut self.shared);
                own
            }
            None => &text,
        };
        let whole = format!("{own}{}}}}}", self.shared);
        Some(serde_json::from_str(&whole).unwrap_or_else(|error| panic!("{error}: {whole}")))
    }

    pub(crate) fn now(&self) -> Now {
        self.tab.browser.now()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, millis: u64) {
        self.tab.browser.pass(millis);
    }

    /// Ends the task.
    pub(crate) fn settle(&mut self) {
        self.in_task = false;
        loop {
            self.client.settle(self.now());
            let outputs = self.client.poll_outputs();
            if outputs.is_empty() {
                return;
            }
            for output in outputs {
                match output {
                    Output::Send(request) => self.requests.push(request),
                    Output::CallOff(id) => {
                        self.requests.retain(|request| request.id != id);
                        self.called_off.push(id);
                    }
                    Output::FlagsReloading => self.flags.push("reloading".to_owned()),
                    Output::Flags(is_news, outcome) => {
                        self.flags.push(format!("{is_news} {outcome:?}"));
                        if is_news {
                            let snapshot = self.client.flags(self.now());
                            self.heard.push(serde_json::from_str(&snapshot).unwrap());
                        }
                    }
                    Output::Store(write) => self.write(write),
                    Output::Captured(text) => self.captured.push(whole(&text)),
                    Output::Session(change) => self.sessions.push(change),
                    Output::News(news) => self.news.push(news),
                    Output::Archive(transaction) => self.archive(transaction),
                    Output::Survey => self.survey(),
                    Output::Claim(journal) => self.claim(&journal),
                    Output::Release(journal) => self.release(&journal),
                    Output::Retrieve(keys) => self.retrieve(&keys),
                    Output::Purge => self.purge(),
                    Output::Log(Level::Error, message) => self.errors.push(message),
                    Output::Log(Level::Debug, _) => {}
                }
            }
        }
    }

    /// Lets time pass up to the next request; false if the client wants none.
    pub(crate) fn wait(&mut self) -> bool {
        while let Some(deadline) = self.client.poll_timeout() {
            self.pass(deadline.until(self.now().monotonic));
            self.settle();
            if !self.requests.is_empty() {
                return true;
            }
        }
        false
    }

    /// Tells the page that another tab has stored something, or that the visitor has come back to it.
    pub(crate) fn return_to(&mut self) {
        self.refresh();
        self.client.handle_return(self.now(), true);
        self.settle();
    }

    pub(crate) fn hide(&mut self) {
        self.client.handle_hiding(self.now(), false);
        self.settle();
        self.client.handle_hide(self.now());
        self.settle();
    }

    /// Leaves the page as when the visitor follows a link; it may be brought back.
    pub(crate) fn leave(&mut self) {
        self.client.handle_hiding(self.now(), true);
        self.settle();
        self.client.handle_leave(self.now());
        self.settle();
    }

    /// Leaves the page and opens the next one in its tab.
    pub(crate) fn reload(&mut self, settings: Settings<'_>) {
        self.leave();
        *self = self.tab.open(settings);
    }

    /// Has the request go out, its body being ready; false if the client has called it off.
    pub(crate) fn dispatch(&mut self, request: &Request) -> bool {
        self.client
            .dispatch(request.id, request.body.len())
            .is_some()
    }

    pub(crate) fn answer(&mut self, request: &Request, status: u16) {
        let response = Response {
            status,
            retry_after: None,
        };
        self.client
            .handle_response(self.now(), request.id, response);
        self.settle();
    }

    /// The only request that was made since the last look.
    pub(crate) fn request(&mut self) -> Request {
        assert_eq!(self.requests.len(), 1, "{:?}", self.requests);
        self.requests.remove(0)
    }

    /// Delivers everything that waits and gives the events in the order of their arrival.
    pub(crate) fn deliver(&mut self) -> Vec<Json> {
        let mut delivered = Vec::new();
        self.task(|client, _| client.flush());
        while !self.requests.is_empty() {
            let request = self.requests.remove(0);
            delivered.extend(events(&request));
            self.answer(&request, 200);
        }
        delivered
    }

    /// Takes over what other tabs have stored, if that is other than this page has seen. Cookies are looked at only
    /// where they decide.
    fn refresh(&mut self) {
        let config = self.client.config();
        let with_cookies = config.persistence() == Mode::Cookie
            || config.consent_in_cookie()
            || config.is(Switch::CookieWins);
        let browser = &self.tab.browser;
        let cookies = match with_cookies {
            true => browser.cookies(),
            false => self.seen.1.clone(),
        };
        let present = (browser.shared(&self.names), cookies);
        if present != self.seen {
            self.seen = present;
            let (entries, cookies) = self.seen.clone();
            let stored = Stored::shared(entries, cookies);
            self.client.handle_stored(self.now(), &stored);
        }
    }

    fn archive(&mut self, transaction: Transaction) {
        let is_done = {
            let mut contents = self.tab.browser.contents();
            if contents.allows_archive {
                contents.archive.extend(transaction.puts);
                for key in &transaction.removals {
                    contents.archive.remove(key);
                }
            }
            contents.allows_archive
        };
        self.client
            .handle_archived(self.now(), transaction.id, is_done);
    }

    fn survey(&mut self) {
        let (keys, owned, has_locks) = {
            let contents = self.tab.browser.contents();
            let owned: Vec<_> = contents.locks.keys().cloned().collect();
            (
                contents.segments(OUTBOX),
                owned.join("\n"),
                contents.has_locks,
            )
        };
        self.client
            .handle_surveyed(self.now(), &keys, &owned, has_locks);
    }

    fn claim(&mut self, journal: &str) {
        let (is_granted, keys) = {
            let mut contents = self.tab.browser.contents();
            let is_granted = contents.has_locks && {
                let owner = contents.locks.entry(journal.to_owned());
                *owner.or_insert(self.number) == self.number
            };
            (is_granted, contents.segments(&format!("{OUTBOX}{journal}")))
        };
        let now = self.now();
        self.client.handle_claimed(now, journal, is_granted, &keys);
    }

    fn release(&self, journal: &str) {
        let mut contents = self.tab.browser.contents();
        if contents.locks.get(journal) == Some(&self.number) {
            contents.locks.remove(journal);
        }
    }

    fn retrieve(&mut self, keys: &[String]) {
        for key in keys {
            let text = {
                let contents = self.tab.browser.contents();
                let local = contents.local.get(key);
                local.or_else(|| contents.archive.get(key)).cloned()
            };
            if let Some(text) = text {
                self.client.handle_segment(key, &text);
            }
        }
        let now = self.now();
        self.client.handle_retrieved(now);
    }

    fn purge(&self) {
        let mut contents = self.tab.browser.contents();
        contents.local.retain(|key, _| !key.starts_with(OUTBOX));
        contents.archive.retain(|key, _| !key.starts_with(OUTBOX));
    }

    fn write(&mut self, write: Write) {
        let written = self.tab.write(&write);
        if matches!(write.place, Place::Cookie | Place::SiteCookie) {
            self.seen.1 = self.tab.browser.cookies();
        }
        if write.place == Place::LocalStorage {
            for (key, seen) in self.names.shared().into_iter().zip(&mut self.seen.0) {
                if *key == write.name {
                    *seen = self.tab.browser.local(key);
                }
            }
        }
        if !written {
            let now = self.now();
            self.client.handle_unstored(now, &write);
        }
        self.writes.push(write);
    }
}

/// The page's death, however it comes, frees its locks.
impl Drop for Page {
    fn drop(&mut self) {
        let mut contents = self.tab.browser.contents();
        contents.locks.retain(|_, owner| *owner != self.number);
    }
}

fn environment(user_agent: &str) -> Environment {
    Environment {
        user_agent: user_agent.to_owned(),
        language: "en-GB".to_owned(),
        timezone: "Europe/Vienna".to_owned(),
        timezone_offset: -60,
        screen: Size {
            width: 1_920,
            height: 1_080,
        },
        ..Environment::default()
    }
}

/// An event that is told together with what it has in common with others.
fn whole(text: &str) -> Json {
    let (own, shared) = text.split_once('\n').unwrap();
    serde_json::from_str(&format!("{own}{shared}}}}}")).unwrap()
}

pub(crate) fn body(request: &Request) -> Json {
    serde_json::from_str(&request.body).unwrap()
}

pub(crate) fn events(request: &Request) -> Vec<Json> {
    body(request)["batch"].as_array().unwrap().clone()
}

pub(crate) fn uuids(request: &Request) -> Vec<String> {
    let uuid = |event: &Json| event["uuid"].as_str().unwrap().to_owned();
    events(request).iter().map(uuid).collect()
}

/// The names of events, in their order.
pub(crate) fn names(events: &[Json]) -> Vec<&str> {
    let names = events.iter().map(|event| event["event"].as_str());
    names.map(Option::unwrap).collect()
}
