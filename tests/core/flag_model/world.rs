//! The browser with its tabs, and what is on its way to the server and back.

use std::collections::BTreeSet;

use hoglet::core::{Bootstrap, Client, Request, RequestId, Response};

use super::server::{Answer, Question};
use super::steps::{Setup, Step, What};
use crate::browser::{Browser, Tab};
use crate::page::{Page, Visit, body};

/// The most tabs that are open at once.
const MOST_TABS: usize = 4;

pub(super) struct World {
    pub(super) setup: Setup,
    browser: Browser,
    pub(super) tabs: Vec<OpenTab>,
    is_online: bool,
    /// The version of the server's definitions.
    pub(super) version: u64,
    answers: u64,
    /// How often a timer has rung.
    rings: u64,
    /// Who was anonymous under which id before, and may see that id's values until there are their own.
    pub(super) joined: BTreeSet<(String, String)>,
    /// Whether the app has changed something without asking, or the one who would have asked is gone: what is known may
    /// lie behind until the next refresh.
    pub(super) lags: bool,
    /// Whether nothing may be known of the visitor, or only what the app said.
    pub(super) is_unknown: bool,
}

pub(super) struct OpenTab {
    pub(super) page: Page,
    pub(super) is_hidden: bool,
    /// Requests whose answers have not come.
    pub(super) flights: Vec<Flight>,
    /// How much of the page's news was looked at.
    pub(super) heard: usize,
}

pub(super) struct Flight {
    id: RequestId,
    question: Question,
    /// Whether its answer never comes.
    is_lost: bool,
}

impl OpenTab {
    pub(super) fn is_waited_for(&self, flight: &Flight) -> bool {
        !self.page.called_off.contains(&flight.id)
    }
}

impl World {
    pub(super) fn new(setup: Setup) -> Self {
        let browser = Browser::start();
        let mut world = Self {
            setup,
            tabs: Vec::new(),
            is_online: true,
            version: 1,
            answers: 0,
            rings: 0,
            joined: BTreeSet::new(),
            lags: setup.bootstraps,
            is_unknown: setup.bootstraps,
            browser,
        };
        let tab = world.browser.tab();
        world.open(0, &tab);
        world
    }

    pub(super) fn step(&mut self, step: Step) {
        let at = step.tab % self.tabs.len();
        match step.what {
            What::Open if self.tabs.len() == MOST_TABS => {}
            What::Open => {
                let tab = self.browser.tab();
                self.open(at, &tab);
            }
            What::Close if self.tabs.len() == 1 => {}
            What::Close => {
                self.leave(at);
                self.tabs.remove(at);
                self.lags = true;
            }
            What::Navigate => {
                self.leave(at);
                let tab = self.tabs.remove(at).page.tab.clone();
                self.open(at, &tab);
            }
            What::Hide => {
                self.tabs[at].is_hidden = true;
                self.tabs[at].page.hide();
                self.pump(at);
            }
            What::Show => self.show(at),
            What::Offline => self.is_online = false,
            What::Online => self.go_online(),
            What::Redefine => self.version += 1,
            What::Pass(millis) => self.pass(millis),
            What::Answer(which, answer) => {
                let flights = self.tabs[at].flights.len();
                if flights > 0 {
                    self.answer(at, which % flights, answer);
                }
            }
            what => self.act(at, what),
        }
        if step.is_heard {
            for at in 0..self.tabs.len() {
                self.turn(at);
            }
        }
        self.check(step.tab % self.tabs.len());
    }

    /// What the app asks of the client in a task of its own.
    fn act(&mut self, at: usize, what: What) {
        self.turn(at);
        let plan = |plan: u8| format!(r#"{{"plan":{plan}}}"#);
        let page = &mut self.tabs[at].page;
        match what {
            What::Identify(user) => {
                self.note_identify(at, user);
                self.tabs[at].page.identify(user);
            }
            What::IdentifyWith(user, number) => {
                self.note_identify(at, user);
                self.tabs[at]
                    .page
                    .identify_with(user, &plan(number), r#"{"first":1}"#);
            }
            What::Reset => page.reset(),
            What::Group(key) => {
                page.group("company", &key.to_string(), "");
            }
            What::ResetGroups => page.task(Client::reset_groups),
            What::SetPerson(number) => {
                page.set_person(&plan(number), "");
            }
            What::CaptureSet(number) => {
                page.captured_with("event", &format!(r#"{{"$set":{}}}"#, plan(number)));
            }
            What::PersonForFlags(number) => {
                page.task(|client, now| client.set_flag_person(now, &plan(number), "", true));
            }
            What::PersonForLater(number) => {
                page.task(|client, now| client.set_flag_person(now, &plan(number), "", false));
                self.lags = true;
            }
            What::GroupForFlags(number) => {
                let groups = format!(r#"{{"company":{}}}"#, plan(number));
                page.task(|client, now| client.set_flag_groups(now, &groups, true));
            }
            What::Reload => {
                page.task(Client::reload_flags);
            }
            What::Update | What::Merge => {
                let values = r#"{"who":"from the app","local":true}"#;
                let merges = matches!(what, What::Merge);
                page.task(|client, _| client.update_flags(values, "", merges));
                self.lags = true;
                self.is_unknown = true;
            }
            What::Override => page.task(|client, _| {
                client.override_flags(r#"{"who":"overridden","more":true}"#, "");
            }),
            What::Restore => page.task(|client, _| client.override_flags("false", "false")),
            What::Call => {
                page.event(|client, now| client.flag_called(now, "who"));
            }
            What::OptOut => page.opt_out(),
            What::OptIn => {
                page.opt_in();
            }
            _ => unreachable!("{what:?}"),
        }
        self.pump(at);
    }

    fn note_identify(&mut self, at: usize, user: &str) {
        let client = &self.tabs[at].page.client;
        let before = client.distinct_id();
        if before == user {
            return;
        }
        if client.properties().get("$user_state") == Some("\"anonymous\"") {
            self.joined.insert((user.to_owned(), before));
        }
    }

    fn open(&mut self, at: usize, tab: &Tab) {
        let mut bootstrap = Bootstrap::default();
        if self.setup.bootstraps {
            bootstrap.flags = r#"{"begun":true,"what":"bootstrap"}"#.to_owned();
        }
        let page = tab.visit(&Visit {
            settings: &self.setup.settings(),
            // Without a campaign, bodies are shorter.
            url: "https://shop.example/",
            bootstrap,
            ..Visit::default()
        });
        let opened = OpenTab {
            page,
            is_hidden: false,
            flights: Vec::new(),
            heard: 0,
        };
        self.tabs.insert(at, opened);
        self.pump(at);
    }

    fn leave(&mut self, at: usize) {
        self.turn(at);
        self.tabs[at].page.leave();
        self.pump(at);
    }

    pub(super) fn show(&mut self, at: usize) {
        self.tabs[at].is_hidden = false;
        self.come_back(at);
    }

    pub(super) fn go_online(&mut self) {
        self.is_online = true;
        for at in 0..self.tabs.len() {
            self.come_back(at);
        }
    }

    /// The visitor is back, or the network.
    fn come_back(&mut self, at: usize) {
        let tab = &mut self.tabs[at];
        let is_visible = !tab.is_hidden;
        tab.page
            .task(|client, now| client.handle_return(now, is_visible));
        self.pump(at);
    }

    /// A tab has its turn: it hears of the others, and its timer may ring.
    pub(super) fn turn(&mut self, at: usize) {
        self.tabs[at].page.task(|_, _| ());
        self.pump(at);
    }

    /// Lets time pass for all tabs, whose timers ring.
    fn pass(&mut self, millis: u64) {
        let end = self.clock() + millis;
        while self.ring(end) {}
        self.browser.contents().clock = end;
    }

    /// Lets time pass while the server answers at once.
    pub(super) fn pass_well(&mut self, millis: u64) {
        let end = self.clock() + millis;
        self.answer_all();
        while self.ring(end) {
            self.answer_all();
        }
        self.browser.contents().clock = end;
    }

    fn answer_all(&mut self) {
        let mut at = 0;
        while at < self.tabs.len() {
            let tab = &self.tabs[at];
            let is_due = |flight: &Flight| !flight.is_lost && tab.is_waited_for(flight);
            match tab.flights.iter().position(is_due) {
                Some(which) => self.answer(at, which, Answer::Good),
                None => at += 1,
            }
        }
    }

    /// Goes on to the next timer that rings up to a time; false if none does.
    fn ring(&mut self, end: u64) -> bool {
        let timer = |tab: &OpenTab| {
            let timeout = tab.page.client.poll_timeout()?;
            Some(self.clock() + timeout.until(tab.page.now().monotonic))
        };
        let timers = self.tabs.iter().map(timer).enumerate();
        let next = timers.filter_map(|(at, timer)| Some((timer?, at))).min();
        let Some((timer, at)) = next.filter(|(timer, _)| *timer <= end) else {
            return false;
        };
        self.rings += 1;
        assert!(self.rings < 10_000, "the timers ring for ever");
        self.browser.contents().clock = timer;
        self.turn(at);
        self.check(at);
        true
    }

    fn clock(&self) -> u64 {
        self.browser.contents().clock
    }

    /// Takes up what the client wants to be sent. Of its events, nothing is to be seen here.
    pub(super) fn pump(&mut self, at: usize) {
        let version = self.version;
        let tab = &mut self.tabs[at];
        while !tab.page.requests.is_empty() {
            let request = tab.page.requests.remove(0);
            if !tab.page.dispatch(&request) {
                continue;
            }
            if is_for_flags(&request) {
                assert!(!tab.page.client.is_opted_out(), "asked after the refusal");
                tab.flights.push(Flight {
                    id: request.id,
                    question: Question::read(&body(&request), version),
                    is_lost: false,
                });
            } else {
                tab.page.answer(&request, 200);
            }
        }
    }

    /// A request comes to its end, whether anybody waits for it or not.
    fn answer(&mut self, at: usize, which: usize, answer: Answer) {
        self.turn(at);
        let flight = &mut self.tabs[at].flights[which];
        if flight.is_lost || answer == Answer::Never {
            flight.is_lost = true;
            return;
        }
        let answer = if self.is_online {
            answer
        } else {
            Answer::Broken
        };
        let Flight { id, question, .. } = self.tabs[at].flights.remove(which);
        self.answers += 1;
        let (status, text) = question.answer(answer, self.answers);
        let is_in_vain = self.tabs[at].page.called_off.contains(&id);
        let before = self.all_known(at);
        let response = Response {
            status,
            retry_after: None,
        };
        let page = &mut self.tabs[at].page;
        page.task(|client, now| client.handle_response(now, id, response));
        if status == 200 {
            page.task(|client, now| client.handle_answer_text(now, id, &text));
        }
        self.pump(at);
        if is_in_vain {
            assert_eq!(
                self.all_known(at),
                before,
                "an answer that nobody waited for"
            );
            return;
        }
        // What comes too late to be taken leaves what is partly of before.
        let visitor = question.visitor;
        let own = serde_json::json!(format!("for {visitor}"));
        if answer == Answer::Good && self.values(at).get("shaky") == Some(&own) {
            self.joined.retain(|(joined, _)| *joined != visitor);
        }
        self.lags |= matches!(answer, Answer::Limited | Answer::Partial);
        self.is_unknown |= answer == Answer::Limited;
    }
}

fn is_for_flags(request: &Request) -> bool {
    request.url.contains("/flags/")
}
