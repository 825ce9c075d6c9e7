//! A page whose clock, network and storage are the test's.

use hoglet::core::config::{Config, Value};
use hoglet::core::environment::{Environment, Size};
use hoglet::core::event::Capture;
use hoglet::core::persistence::{Place, Stored, Write, storage_name, window_id_name};
use hoglet::core::time::{MonotonicTime, Now, WallTime};
use hoglet::core::{Client, Output, Request, Response, Start};
use serde_json::Value as Json;

pub(crate) const TOKEN: &str = "phc_test";

/// The wall clock's moment at which every page is opened.
pub(crate) const OPENED: u64 = 1_767_319_445_678;

pub(crate) struct Page {
    pub(crate) client: Client,
    /// Milliseconds since the page was opened.
    pub(crate) clock: u64,
    pub(crate) requests: Vec<Request>,
    pub(crate) writes: Vec<Write>,
}

impl Page {
    pub(crate) fn open(settings: &[(&str, Value<'_>)]) -> Self {
        Self::open_with(settings, Stored::default(), 0)
    }

    /// Opens a page `clock` milliseconds later than others, with what earlier ones left in storage.
    pub(crate) fn open_with(settings: &[(&str, Value<'_>)], stored: Stored, clock: u64) -> Self {
        let mut config = Config::new(TOKEN).unwrap();
        for (key, value) in settings {
            config.set(key, *value).unwrap();
        }
        let start = Start {
            seed: [clock as u8 + 1; 32],
            stored,
            environment: Environment {
                user_agent:
                    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                        .to_owned(),
                language: "en-GB".to_owned(),
                timezone: "Europe/Vienna".to_owned(),
                timezone_offset: -60,
                screen: Size {
                    width: 1_920,
                    height: 1_080,
                },
                ..Environment::default()
            },
            viewport: Size {
                width: 800,
                height: 600,
            },
            url: "https://shop.example/cart?utm_source=news".to_owned(),
            referrer: "https://search.example/".to_owned(),
        };
        let client = Client::new(config, &start, now(clock));
        let mut page = Self {
            client,
            clock,
            requests: Vec::new(),
            writes: Vec::new(),
        };
        page.settle();
        page
    }

    pub(crate) fn now(&self) -> Now {
        now(self.clock)
    }

    pub(crate) fn capture(&mut self, name: &str) -> Option<String> {
        self.capture_with(name, "")
    }

    pub(crate) fn capture_with(&mut self, name: &str, properties: &str) -> Option<String> {
        let capture = Capture {
            name,
            properties,
            ..Capture::default()
        };
        self.client.capture(self.now(), &capture)
    }

    /// Ends the task.
    pub(crate) fn settle(&mut self) {
        self.client.settle(self.now());
        for output in self.client.poll_outputs() {
            match output {
                Output::Send(request) => self.requests.push(request),
                Output::Store(write) => self.writes.push(write),
                Output::Log(..) => {}
            }
        }
    }

    /// Lets time pass up to the client's next deadline; false if it has none.
    pub(crate) fn wait(&mut self) -> bool {
        let Some(deadline) = self.client.poll_timeout() else {
            return false;
        };
        self.clock = self.clock.max(deadline.as_millis());
        self.settle();
        true
    }

    /// Hands the first request that waits to the network; false if the client called it off.
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
        self.client.flush();
        self.settle();
        while let Some(request) = self.requests.pop() {
            delivered.extend(events(&request));
            self.answer(&request, 200);
        }
        delivered
    }

    /// What the page has stored, for the next page to read.
    pub(crate) fn stored(&self) -> Stored {
        let last = |place, name: &str| {
            let mut writes = self.writes.iter().rev();
            let write = writes.find(|write| write.place == place && write.name == name)?;
            Some(write.value.clone())
        };
        Stored {
            local: last(Place::LocalStorage, &storage_name(TOKEN)),
            session: last(Place::SessionStorage, &storage_name(TOKEN)),
            window_id: last(Place::SessionStorage, &window_id_name(TOKEN)),
            cookies: last(Place::Cookie, &storage_name(TOKEN)).unwrap_or_default(),
        }
    }
}

fn now(clock: u64) -> Now {
    Now {
        wall: WallTime::from_millis(OPENED + clock),
        monotonic: MonotonicTime::from_millis(clock),
    }
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
