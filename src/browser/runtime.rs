//! Drives a [`Client`] in a page: passes the time in, does what comes out.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, EventTarget, Window};

use super::clock::{self, Clock};
use super::console::log;
use super::listener::Listener;
use super::page::{self, Address};
use super::storage::Stores;
use super::transport::Transport;
use crate::core::config::Config;
use crate::core::time::{MonotonicTime, Now};
use crate::core::{Client, Output, Start};

/// A client and what keeps it going. Dropped, it leaves nothing behind in the page.
pub(crate) struct Runtime {
    window: Window,
    client: RefCell<Client>,
    address: RefCell<Address>,
    clock: Clock,
    stores: Stores,
    transport: Transport,
    /// The timer, and the deadline that it is set for.
    timer: RefCell<Option<(MonotonicTime, Timeout)>>,
    settles_at_task_end: Cell<bool>,
    settle: Closure<dyn Fn()>,
    listeners: RefCell<Vec<Listener>>,
}

impl Runtime {
    /// Starts a client in the page.
    pub(crate) fn start(window: Window, document: &Document, config: Config) -> Rc<Self> {
        let mut address = Address::new(&window);
        let stores = Stores::open(&window);
        let start = Start {
            seed: clock::seed(&window),
            stored: stores.read(&window, &config.token),
            environment: page::environment(&window),
            viewport: page::viewport(&window),
            url: address.changed().unwrap_or_default(),
            referrer: document.referrer(),
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
            timer: RefCell::new(None),
            settles_at_task_end: Cell::new(false),
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

    /// Borrows the client for a command, with the present, and has it settle when the task ends. `call` is the wall
    /// clock's moment of a call that was made before the client was there, and `url` the page it was made on; else they
    /// are NaN and undefined.
    pub(crate) fn command(self: &Rc<Self>, call: f64, url: &JsValue) -> (RefMut<'_, Client>, Now) {
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
        self.settle_at_task_end();
        (client, self.clock.now_for_call_at(call))
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
            on(&self.window, "pagehide", Self::handle_hide),
            on(document, "visibilitychange", |runtime| {
                if page::is_hidden(&runtime.window) {
                    runtime.handle_hide();
                } else {
                    runtime.handle_return();
                }
            }),
            on(&self.window, "online", Self::handle_return),
            on(&self.window, "resize", |runtime| {
                let viewport = page::viewport(&runtime.window);
                runtime.client.borrow_mut().handle_resize(viewport);
            }),
        ];
    }

    fn handle_hide(self: &Rc<Self>) {
        let (mut client, now) = self.client_and_now();
        client.handle_hide(now);
        drop(client);
        self.settle();
    }

    fn handle_return(self: &Rc<Self>) {
        self.client.borrow_mut().handle_return();
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
        self.settles_at_task_end.set(false);
        let (mut client, now) = self.client_and_now();
        client.settle(now);
        let outputs = client.poll_outputs();
        // The borrow ends before anything is done, for what is done may call back.
        drop(client);
        for output in outputs {
            match output {
                Output::Send(request) => self.transport.send(self, request),
                Output::Store(write) => self.stores.write(&self.window, &write),
                Output::Log(level, message) => log(level, &message),
            }
        }
        let deadline = self.client.borrow().poll_timeout();
        let mut timer = self.timer.borrow_mut();
        // Most tasks leave the deadline as it is, and setting a timer costs more than capturing.
        if timer.as_ref().map(|(deadline, _)| *deadline) != deadline {
            *timer = deadline.map(|deadline| (deadline, self.timeout(deadline, now)));
        }
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
