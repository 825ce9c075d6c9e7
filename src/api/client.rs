//! The client that the package's JavaScript drives.

use std::cell::RefMut;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::config;
use crate::browser::property::{get, text};
use crate::browser::{Runtime, is_secure};
use crate::core::Client;
use crate::core::config::Config;
use crate::core::event::Capture;

/// An analytics client of one project on one page.
///
/// Objects cross the boundary as JSON text, empty where there is none. `call` and `url` belong to a call that was made
/// before the client was there: its time in milliseconds since the epoch, and the address of the page it was made on. For
/// calls that are made now they are NaN and undefined.
#[wasm_bindgen]
pub struct Core {
    runtime: Rc<Runtime>,
}

#[wasm_bindgen]
impl Core {
    /// Starts a client with the settings of a plain object.
    ///
    /// # Errors
    ///
    /// An `Error` with a `code` if there is no page or no token.
    #[wasm_bindgen(constructor)]
    pub fn new(token: &str, settings: &JsValue) -> Result<Self, JsValue> {
        let config = Config::new(token)
            .map_err(|error| failure(error.code(), "the project token is empty"))?;
        let mut config = config;
        let page = web_sys::window().and_then(|window| Some((window.document()?, window)));
        let Some((document, window)) = page else {
            return Err(failure(
                "no_page",
                "hoglet runs in a page, and there is none here",
            ));
        };
        config.secure_cookie = is_secure(&window);
        config::apply(settings, &mut |key, value| config.set(key, value));
        Ok(Self {
            runtime: Runtime::start(window, &document, config),
        })
    }

    /// Takes an event; answers its uuid, or nothing if it was refused. `options` has the members of [`Capture`], those
    /// that are texts as JSON, or is undefined.
    pub fn capture(
        &self,
        event: &str,
        properties: &str,
        options: &JsValue,
        call: f64,
        url: &JsValue,
    ) -> Option<String> {
        let mut capture = Capture {
            name: event,
            properties,
            ..Capture::default()
        };
        let [timestamp, uuid, set, set_once];
        // Most events have no options, and reading from `undefined` throws, which takes its time.
        if !options.is_undefined() {
            [timestamp, uuid, set, set_once] =
                ["timestamp", "uuid", "set", "set_once"].map(|name| text(options, name));
            capture.timestamp = &timestamp;
            capture.uuid = &uuid;
            capture.set = &set;
            capture.set_once = &set_once;
            capture.send_instantly = get(options, "send_instantly").is_truthy();
        }
        let (mut client, now) = self.runtime.command(call, url);
        client.capture(now, &capture)
    }

    /// Says who the visitor is.
    pub fn identify(&self, id: &str, set: &str, set_once: &str, call: f64, url: &JsValue) {
        let (mut client, now) = self.runtime.command(call, url);
        client.identify(now, id, set, set_once);
    }

    /// Forgets the person, and the device too if asked.
    pub fn reset(&self, device_too: bool, call: f64) {
        let (mut client, now) = self.runtime.command(call, &JsValue::UNDEFINED);
        client.reset(now, device_too);
    }

    /// Sets properties that go with every event from now on.
    pub fn register(&self, properties: &str) {
        self.command().register(properties);
    }

    /// Changes the settings that a plain object holds.
    pub fn set_config(&self, settings: &JsValue) {
        let mut client = self.command();
        config::apply(settings, &mut |key, value| client.set_config(key, value));
    }

    /// Sends what waits.
    pub fn flush(&self) {
        self.command().flush();
    }

    /// The id that events carry now.
    pub fn distinct_id(&self) -> String {
        self.runtime.client().distinct_id()
    }

    /// The present settings as a plain object.
    pub fn config(&self) -> JsValue {
        config::to_object(self.runtime.client().config())
    }

    /// The events that are not delivered yet, as JSON.
    pub fn events_queue(&self) -> String {
        self.runtime.client().events_queue()
    }

    fn command(&self) -> RefMut<'_, Client> {
        self.runtime.command(f64::NAN, &JsValue::UNDEFINED).0
    }
}

/// An `Error` with a stable `code`.
fn failure(code: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    error.set_name("HogletError");
    // A plain property of a fresh object cannot be refused.
    let _ = js_sys::Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}
