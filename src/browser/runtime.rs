//! Drives a [`Client`] in a page: passes the time in, does what comes out.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, EventTarget, Window};

use super::clock::{self, Clock};
use super::console::log;
use super::listener::Listener;
use super::page::{self, Address};
use super::property::get;
use super::storage::Stores;
use super::transport::Transport;
use crate::core::config::{Config, Switch};
use crate::core::json::integer;
use crate::core::persistence::Names;
use crate::core::time::{MonotonicTime, Now};
use crate::core::{
    Bootstrap, Client, FlagsOutcome, KeepaliveLedger, News, Output, Reason, SessionChange, Start,
    Transaction,
};

/// A client and what keeps it going. Dropped, it leaves nothing behind in the page.
pub(crate) struct Runtime {
    window: Window,
    client: RefCell<Client>,
    address: RefCell<Address>,
    clock: Clock,
    stores: Stores,
    transport: Transport,
    /// When and where the present call was made, if that was before the client was there; else NaN and undefined.
    call: RefCell<(f64, JsValue)>,
    /// The app's function for news.
    notify: Function,
    /// The timer, and the deadline that it is set for.
    timer: RefCell<Option<(MonotonicTime, Timeout)>>,
    settles_at_task_end: Cell<bool>,
    /// Whether the page is prepared for a visit that may never come: until then nothing is stored, sent or told.
    is_prerendered: Cell<bool>,
    settle: Closure<dyn Fn()>,
    listeners: RefCell<Vec<Listener>>,
}

impl Runtime {
    /// Starts a client in the page.
    pub(crate) fn start(
        window: Window,
        document: &Document,
        config: Config,
        bootstrap: Bootstrap,
        device_id: String,
        notify: Function,
    ) -> Rc<Self> {
        let mut address = Address::new(&window);
        let names = Names::new(&config);
        let stores = Stores::open(&window, &names, config.is(Switch::ForeignStores));
        let start = Start {
            seed: clock::seed(&window),
            stored: stores.read(&names),
            do_not_track: page::asks_not_to_be_tracked(&window),
            bootstrap,
            device_id,
            environment: page::environment(&window),
            viewport: page::viewport(&window),
            url: address.changed().unwrap_or_default(),
            referrer: document.referrer(),
            keepalive: KEEPALIVE.with(KeepaliveLedger::clone),
        };
        let clock = Clock::new(&window);
        let client = Client::new(config, &start, clock.now());
        let runtime = Rc::new_cyclic(|this: &Weak<Self>| Self {
            transport: Transport::new(this),
            settle: callback(this, Self::settle),
            window,
            client: RefCell::new(client),
            address: RefCell::new(address),
            clock,
            stores,
            call: RefCell::new((f64::NAN, JsValue::UNDEFINED)),
            notify,
            timer: RefCell::new(None),
            settles_at_task_end: Cell::new(false),
            is_prerendered: Cell::new(get(document, "prerendering").is_truthy()),
            listeners: RefCell::new(Vec::new()),
        });
        runtime.listen(document);
        runtime.settle_at_task_end();
        runtime
    }

    /// Borrows the client to read from it.
    pub(crate) fn client(&self) -> Ref<'_, Client> {
        self.client.borrow()
    }

    /// Says when and where the following calls were made: in milliseconds since the epoch and on which page; NaN and
    /// undefined for now and here. `referrer` is where the visitor had come from, if not to the present page.
    pub(crate) fn set_call(&self, time: f64, url: JsValue, referrer: Option<String>) {
        self.call.replace((time, url));
        let referrer = referrer.or_else(|| Some(self.window.document()?.referrer()));
        self.client
            .borrow_mut()
            .handle_referrer(&referrer.unwrap_or_default());
    }

    /// Borrows the client for a command, with the present, and has it settle when the task ends.
    pub(crate) fn command(self: &Rc<Self>) -> (RefMut<'_, Client>, Now) {
        // What other tabs have done counts before what this one does; once a task, for nothing comes in between.
        if !self.settles_at_task_end.get() {
            self.refresh();
            self.settle_at_task_end();
        }
        let (time, url) = &*self.call.borrow();
        let mut client = self.client.borrow_mut();
        let mut address = self.address.borrow_mut();
        let changed = if url.is_undefined() {
            address.changed()
        } else {
            address.forget();
            url.as_string()
        };
        if let Some(url) = changed {
            client.handle_address(url);
        }
        (client, self.clock.now_for_call_at(*time))
    }

    /// Takes over what other tabs have stored: their visitor, who is ours too, may have refused.
    pub(super) fn refresh(&self) {
        let (mut client, now) = self.client_and_now();
        if let Some(stored) = self.stores.changed(client.watches_cookies()) {
            client.handle_stored(now, &stored);
        }
    }

    /// Borrows the client to tell it what happened; [`Runtime::settle`] is to follow.
    pub(super) fn client_and_now(&self) -> (RefMut<'_, Client>, Now) {
        (self.client.borrow_mut(), self.clock.now())
    }

    /// What sends for the client.
    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    fn listen(self: &Rc<Self>, document: &Document) {
        let on = |target: &EventTarget, event, input| {
            Listener::new(target, event, callback(&Rc::downgrade(self), input))
        };
        *self.listeners.borrow_mut() = vec![
            on(&self.window, "pagehide", |runtime| {
                runtime.handle_leave(true)
            }),
            on(&self.window, "pageshow", |runtime| {
                runtime.client.borrow_mut().mark_window(true);
                runtime.handle_return();
            }),
            on(&self.window, "storage", Self::settle),
            on(document, "visibilitychange", |runtime| {
                if page::is_hidden(&runtime.window) {
                    runtime.handle_hide();
                } else {
                    runtime.handle_return();
                }
            }),
            on(document, "prerenderingchange", |runtime| {
                runtime.is_prerendered.set(false);
                runtime.settle();
            }),
            on(&self.window, "online", Self::handle_return),
            on(&self.window, "resize", |runtime| {
                let viewport = page::viewport(&runtime.window);
                runtime.client.borrow_mut().handle_resize(viewport);
            }),
        ];
    }

    /// The client is done with the page, perhaps for good: because it is left, or because the app has said so.
    pub(crate) fn handle_leave(self: &Rc<Self>, is_left: bool) {
        self.hide(is_left, Client::handle_leave);
    }

    fn handle_hide(self: &Rc<Self>) {
        self.hide(false, Client::handle_hide);
    }

    /// What the page still has to tell comes first, and is seen by the app's hooks before the last requests are made.
    fn hide(self: &Rc<Self>, is_left: bool, hide: fn(&mut Client, Now)) {
        self.refresh();
        let (mut client, now) = self.client_and_now();
        client.handle_hiding(now, is_left);
        drop(client);
        self.settle();
        let (mut client, now) = self.client_and_now();
        hide(&mut client, now);
        drop(client);
        self.settle();
    }

    fn handle_return(self: &Rc<Self>) {
        let (mut client, now) = self.client_and_now();
        client.handle_return(now, !page::is_hidden(&self.window));
        drop(client);
        self.settle();
    }

    /// Lets the client settle when the present task ends, once however much happens in it.
    fn settle_at_task_end(&self) {
        if !self.settles_at_task_end.replace(true) {
            self.window
                .queue_microtask(self.settle.as_ref().unchecked_ref());
        }
    }

    /// Does all that is to be done now, and sets the timer for what is to be done later.
    pub(super) fn settle(self: &Rc<Self>) {
        // A task that asked for this has looked already.
        if !self.settles_at_task_end.replace(false) {
            self.refresh();
        }
        if self.is_prerendered.get() {
            return;
        }
        let now = self.clock.now();
        loop {
            let (mut client, now) = self.client_and_now();
            client.settle(now);
            let outputs = client.poll_outputs();
            // The borrow ends before anything is done, for what is done may call back.
            drop(client);
            if outputs.is_empty() {
                break;
            }
            for output in outputs {
                match output {
                    Output::Send(request) => self.transport.send(self, request),
                    Output::CallOff(id) => self.transport.call_off(id),
                    Output::Store(write) => {
                        if !self.stores.write(&write) {
                            self.client.borrow_mut().handle_unstored(now, &write);
                        }
                    }
                    Output::Archive(transaction) => self.archive(&transaction),
                    Output::Survey => self.tell(&["survey"]),
                    Output::Claim(journal) => {
                        let is_new = self.client.borrow().has_begun(&journal);
                        self.tell(&["claim", &journal, if is_new { "yes" } else { "" }]);
                    }
                    Output::Release(journal) => self.tell(&["release", &journal]),
                    Output::Retrieve(keys) => {
                        let mut words = vec!["retrieve"];
                        words.extend(keys.iter().map(|key| &**key));
                        self.tell(&words);
                    }
                    Output::Purge => self.tell(&["purge"]),
                    Output::Captured(text) => self.tell(&["captured", &text]),
                    Output::Session(change) => self.tell_session(&change),
                    Output::FlagsReloading => self.tell(&["flags_reloading"]),
                    Output::Flags(has_changed, outcome) => self.tell_flags(has_changed, outcome),
                    Output::News(news) => self.tell_news(news),
                    Output::Log(level, message) => log(level, &message),
                }
            }
        }
        let deadline = self.client.borrow().poll_timeout();
        let mut timer = self.timer.borrow_mut();
        // Most tasks leave the deadline as it is, and setting a timer costs more than capturing.
        if timer.as_ref().map(|(deadline, _)| *deadline) != deadline {
            *timer = deadline.map(|deadline| (deadline, self.timeout(deadline, now)));
        }
    }

    fn tell_session(&self, change: &SessionChange) {
        let reason = match change.reason {
            Reason::None => "none",
            Reason::Idle => "idle",
            Reason::Maximum => "maximum",
            Reason::Adopted => "adopted",
        };
        self.tell(&["session", &change.session_id, &change.window_id, reason]);
    }

    fn tell_flags(&self, has_changed: bool, outcome: FlagsOutcome) {
        let outcome = match outcome {
            FlagsOutcome::None => "",
            FlagsOutcome::Loaded => "loaded",
            FlagsOutcome::Failed => "error",
            FlagsOutcome::Cancelled => "cancelled",
        };
        self.tell(&["flags", if has_changed { "changed" } else { "" }, outcome]);
    }

    fn tell_news(&self, news: News) {
        let number = |number: usize| integer(number as u64);
        match news {
            News::Settled => self.tell(&["settled"]),
            News::Delivered(count) => self.tell(&["delivered", &number(count)]),
            News::Dropped(count, reason) => self.tell(&["dropped", &number(count), reason]),
            News::Retrying(count, millis) => {
                self.tell(&["retrying", &number(count), &integer(millis)]);
            }
            News::Flushed(sent, remaining) => {
                self.tell(&["flushed", &number(sent), &number(remaining)]);
            }
        }
    }

    /// In one flat list: the transaction, how many texts are put, each with its key, and the keys to remove.
    fn archive(&self, transaction: &Transaction) {
        let (id, count) = (
            integer(transaction.id.into()),
            integer(transaction.puts.len() as u64),
        );
        let mut words = vec!["archive", &id, &count];
        for (key, text) in &transaction.puts {
            words.extend([&**key, text]);
        }
        words.extend(transaction.removals.iter().map(|key| &**key));
        self.tell(&words);
    }

    /// Hands something to the package's JavaScript, which does not throw.
    fn tell(&self, words: &[&str]) {
        let words: Array = words.iter().copied().map(JsValue::from).collect();
        let _ = self.notify.apply(&JsValue::UNDEFINED, &words);
    }

    fn timeout(self: &Rc<Self>, deadline: MonotonicTime, now: Now) -> Timeout {
        let this = Rc::downgrade(self);
        let millis = deadline.until(now.monotonic).min(MAX_TIMER_MILLIS);
        // One more, for browsers round timers and clocks differently, and a timer too early would spin.
        Timeout::new(millis as u32 + 1, move || {
            if let Some(runtime) = this.upgrade() {
                // It will not ring again, even if it rang before its deadline.
                drop(runtime.timer.take());
                runtime.settle();
            }
        })
    }
}

thread_local! {
    /// Shared by the clients of the page.
    static KEEPALIVE: KeepaliveLedger = KeepaliveLedger::default();
}

/// Longer timers overflow in browsers; the client is then asked again earlier than needed.
const MAX_TIMER_MILLIS: u64 = 24 * 60 * 60 * 1_000;

/// A function for the page to call, which does nothing once the runtime is gone.
fn callback(runtime: &Weak<Runtime>, input: fn(&Rc<Runtime>)) -> Closure<dyn Fn()> {
    let runtime = runtime.clone();
    Closure::new(move || {
        if let Some(runtime) = runtime.upgrade() {
            input(&runtime);
        }
    })
}
