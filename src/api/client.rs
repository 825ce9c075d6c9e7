//! The client that the package's JavaScript drives.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::config;
use crate::browser::property::{self, get};
use crate::browser::{self, Runtime};
use crate::core::config::{Config, Value};
use crate::core::event::Capture;
use crate::core::json::{as_integer, integer};
use crate::core::persistence::is_site_of_one_owner;
use crate::core::text;
use crate::core::time::Now;
use crate::core::{Bootstrap, Choice, Client};

/// A fresh uuid of version 7.
#[wasm_bindgen]
pub fn uuid() -> String {
    web_sys::window()
        .map(|window| browser::uuid(&window))
        .unwrap_or_default()
}

/// An analytics client of one project on one page.
///
/// Objects cross the boundary as JSON text, empty where there is none. Methods that may capture an event answer its text
/// as [`Client::capture`] has it, or nothing if there is no event.
#[wasm_bindgen]
pub struct Core {
    runtime: Rc<Runtime>,
}

#[wasm_bindgen]
impl Core {
    /// Starts a client with the settings of a plain object. `bootstrap` is the setting of that name, as JSON; `device_id` is
    /// the app's id for a device that has none yet, empty to have one minted. `notify` is called with what is to be done or told, in words:
    ///
    /// | | |
    /// |---|---|
    /// | `session`, the session's id, the window's id, `none`, `idle`, `maximum` or `adopted` | a session began |
    /// | `survey` | find all segments of events that are stored |
    /// | `claim`, journal, whether it is new; `release`, journal | get its lock if nobody has it; give it up |
    /// | `retrieve`, keys | read segments |
    /// | `archive`, transaction, number of puts, a key and a text for each, keys to remove | change the archive |
    /// | `purge` | remove all segments |
    /// | `captured`, text | the page gave rise to an event, whose text is as `capture` answers it |
    /// | `flags_reloading` | feature flags are asked for |
    /// | `flags`, `changed` or empty, `loaded`, `error`, `cancelled` or empty | what is known of them may have changed: whether listeners are to be called; what came of asking |
    /// | `settled` | what was captured so far is stored |
    /// | `delivered`, count; `dropped`, count, reason; `retrying`, count, milliseconds | what came of events |
    /// | `flushed`, count, count that waits | what came of a flush |
    ///
    /// # Errors
    ///
    /// An `Error` with a `code` if there is no page or no token.
    #[wasm_bindgen(constructor)]
    pub fn new(
        token: &str,
        settings: &JsValue,
        bootstrap: &str,
        device_id: String,
        notify: Function,
    ) -> Result<Self, JsValue> {
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
        let location = get(&window, "location");
        let defaults = [
            (
                "secure_cookie",
                property::text(&location, "protocol") == "https:",
            ),
            (
                "cross_subdomain_cookie",
                is_site_of_one_owner(&property::text(&location, "hostname")),
            ),
        ];
        for (key, value) in defaults {
            // Both are switches.
            let _ = config.set(key, Value::Boolean(value));
        }
        config::apply(settings, &mut |key, value| config.set(key, value));
        let bootstrap = Bootstrap::read(bootstrap);
        Ok(Self {
            runtime: Runtime::start(window, &document, config, bootstrap, device_id, notify),
        })
    }

    /// Says that the following calls were made before the client was there: when, in milliseconds since the epoch, on which
    /// page, and where its visitor had come from if that page is gone; NaN and undefined when calls are made now again.
    pub fn set_call(&self, time: f64, url: JsValue, referrer: Option<String>) {
        self.runtime.set_call(time, url, referrer);
    }

    /// Takes an event. `options` has the members of [`Capture`], those that are texts as JSON, or is undefined.
    pub fn capture(&self, event: &str, properties: &str, options: &JsValue) -> Option<String> {
        let mut capture = Capture {
            name: event,
            properties,
            ..Capture::default()
        };
        let [timestamp, uuid, set, set_once, unset];
        // Most events have no options, and reading from `undefined` throws, which takes its time.
        if !options.is_undefined() {
            [timestamp, uuid, set, set_once, unset] =
                ["timestamp", "uuid", "set", "set_once", "unset"]
                    .map(|name| property::text(options, name));
            capture.timestamp = &timestamp;
            capture.uuid = &uuid;
            capture.set = &set;
            capture.set_once = &set_once;
            capture.unset = &unset;
            capture.send_instantly = get(options, "send_instantly").is_truthy();
        }
        let (mut client, now) = self.runtime.command();
        client.capture(now, &capture)
    }

    /// Asks the client for what has no method of its own here: each method costs 150 bytes of what the visitor downloads. The
    /// arguments are what the name asks for, empty where there is none; so is the answer.
    ///
    /// | name | arguments | answer |
    /// |---|---|---|
    /// | `begin` | | event |
    /// | `identify` | id, `$set`, `$set_once` | event |
    /// | `alias` | alias, original | event |
    /// | `group` | type, key, `$group_set` | event |
    /// | `reset_groups` | | |
    /// | `set_person_properties` | `$set`, `$set_once` | event |
    /// | `unset_person_properties` | array of names | event |
    /// | `create_person_profile` | | event |
    /// | `reset` | whether the device too, the device's new id, `bootstrap` | |
    /// | `register` | properties, days | |
    /// | `register_once` | properties, days, the value that counts as none | |
    /// | `register_for_session` | properties | |
    /// | `unregister`, `unregister_for_session` | name | |
    /// | `opt_in` | event, properties | event |
    /// | `opt_out`, `clear_consent` | | |
    /// | `consent` | | the choice (0 none yet, 1 to be counted, 2 not to be), plus 4 if the visitor is not to be recognised, plus 8 if events are captured, plus 16 if nothing but the choice is stored |
    /// | `properties`, `session_properties` | | all that is stored of the visitor, of the visit |
    /// | `property`, `session_property` | name | the value |
    /// | `distinct_id`, `session_id`, `window_id` | | the id |
    /// | `event_properties` | event, properties | the event, which is not taken |
    /// | `pageview_id` | | the id |
    /// | `capture_exception` | what was thrown, its mechanism, properties | event |
    /// | `hold` | whether events wait for `resolve` | |
    /// | `resolve` | uuid, event | |
    /// | `flush` | | |
    /// | `restore` | an event that a core before this one had not stored | |
    /// | `claimed` | journal, whether it is ours now, its segments | |
    /// | `surveyed` | segments, journals that are owned, whether the browser can tell | |
    /// | `segment` | key, text | |
    /// | `retrieved` | | |
    /// | `archived` | transaction, whether it was made | |
    /// | `events_queue` | | array of events |
    /// | `flags` | | what is known of feature flags: an object with `values` and `payloads` (each as it is stored, most often a text that is JSON again), where they come from (`source`: `server`, `cache`, `bootstrap`, `local` or empty if nothing is known), how many milliseconds old they are (`age`), whether the server has said so on this page (`fresh`), whether anybody has (`ready`), whether the last request has failed (`failed`), and until when they hold, in milliseconds since the epoch (`until`, 0 for ever) |
    /// | `flag_called` | key | event |
    /// | `reload_flags` | | `skipped` if nobody will be asked, `follows` if that is after the request that is under way |
    /// | `update_flags` | values or array of keys, payloads, whether beside what is known | |
    /// | `override_flags` | values, payloads; each `false` for none any more, empty for those that there are | |
    /// | `flag_person_properties` | `$set`, `$set_once`, whether to ask the server | |
    /// | `reset_flag_person_properties` | whether to ask the server | |
    /// | `flag_group_properties` | an object of properties for each type, whether to ask the server | |
    /// | `reset_flag_group_properties` | type, empty for all | |
    /// | `enroll` | key, `true` or `false`, an object with `name` and `stage` as far as they are known | event |
    /// | `shutdown` | | |
    ///
    /// And what has happened in the page:
    ///
    /// | name | arguments |
    /// |---|---|
    /// | `seen` | its title; it can be seen now |
    /// | `resumed` | a core before this one has had its first pageview |
    /// | `titled` | its title |
    /// | `navigated` | by what (`pushState`, `replaceState`, `popstate`, `hashchange`, `bfcache`), address, title |
    /// | `measured` | CSS pixels above the window, of the window, of all of the page |
    /// | `sign` | the visitor has done something |
    /// | `interaction` | the DOM event, what was read of it |
    /// | `exception` | what was thrown, its mechanism |
    /// | `exception_step` | message, properties |
    /// | `exceptions` | the setting `error_tracking` |
    /// | `dead_click_…`, `heatmap`, `vital`, `media` | as the file of that name says |
    /// | `device_model` | what the browser says the device is |
    pub fn ask(&self, name: &str, first: &str, second: &str, third: &str) -> Option<String> {
        if name == "shutdown" {
            self.runtime.handle_leave(false);
            return None;
        }
        let (mut client, now) = self.runtime.command();
        match name {
            "begin" => return client.begin(now),
            "identify" => return client.identify(now, first, second, third),
            "alias" => return client.alias(now, first, second),
            "group" => return client.group(now, first, second, third),
            "set_person_properties" => return client.set_person_properties(now, first, second),
            "unset_person_properties" => return client.unset_person_properties(now, first),
            "create_person_profile" => return client.create_person_profile(now),
            "opt_in" => return client.opt_in(now, first, second),
            "property" => return client.properties().get(first).map(str::to_owned),
            "session_property" => return client.visit_properties().get(first).map(str::to_owned),
            "properties" => return Some(client.properties().to_json()),
            "session_properties" => return Some(client.visit_properties().to_json()),
            "distinct_id" => return Some(client.distinct_id()),
            "session_id" => return Some(client.session_id(now)),
            "window_id" => return Some(client.window_id().to_owned()),
            "events_queue" => return Some(client.events_queue()),
            "consent" => return Some(consent(&client)),
            "pageview_id" => return Some(client.pageview_id().to_owned()),
            "capture_exception" => return client.capture_exception(now, first, second, third),
            "event_properties" => return client.event_properties(now, first, second),
            "reset_groups" => client.reset_groups(now),
            "reset" => client.reset(now, !first.is_empty(), second, &Bootstrap::read(third)),
            "register" => client.register(first, as_integer(second)),
            "register_once" => client.register_once(first, third, as_integer(second)),
            "register_for_session" => client.register_for_session(first),
            "device_model" => client.handle_device_model(first),
            "unregister" => client.unregister(first),
            "unregister_for_session" => client.unregister_for_session(first),
            "opt_out" => client.opt_out(now),
            "clear_consent" => client.clear_consent(now),
            "hold" => client.hold(!first.is_empty()),
            "resolve" => client.resolve(now, first, second),
            "flush" => client.flush(),
            "restore" => client.restore(now, first),
            "claimed" => client.handle_claimed(now, first, !second.is_empty(), third),
            "surveyed" => client.handle_surveyed(now, first, second, !third.is_empty()),
            "segment" => client.handle_segment(first, second),
            "retrieved" => client.handle_retrieved(now),
            "archived" => {
                let id = as_integer(first).unwrap_or_default();
                client.handle_archived(now, id as u32, !second.is_empty());
            }
            _ if text::contains(name, "flag") || name == "enroll" => {
                return flags(&mut client, now, name, [first, second, third]);
            }
            _ => client.handle_page(now, name, first, second, third),
        }
        None
    }

    /// Changes the settings that a plain object holds.
    pub fn set_config(&self, settings: &JsValue) {
        let (mut client, _) = self.runtime.command();
        config::apply(settings, &mut |key, value| client.set_config(key, value));
    }

    /// The present settings as a plain object.
    pub fn config(&self) -> JsValue {
        config::to_object(self.runtime.client().config())
    }
}

/// What is asked about feature flags.
fn flags(
    client: &mut Client,
    now: Now,
    name: &str,
    [first, second, third]: [&str; 3],
) -> Option<String> {
    match name {
        "flags" => return Some(client.flags(now)),
        "flag_called" => return client.flag_called(now, first),
        "enroll" => return client.enroll(now, first, second == "true", third),
        "reload_flags" if !client.reload_flags(now) => return Some("skipped".to_owned()),
        "reload_flags" if client.asks_for_flags() => return Some("follows".to_owned()),
        "update_flags" => client.update_flags(first, second, !third.is_empty()),
        "override_flags" => client.override_flags(first, second),
        "flag_person_properties" => {
            client.set_flag_person(now, first, second, !third.is_empty());
        }
        "reset_flag_person_properties" => client.reset_flag_person(now, !first.is_empty()),
        "flag_group_properties" => client.set_flag_groups(now, first, !second.is_empty()),
        "reset_flag_group_properties" => client.reset_flag_groups(first),
        _ => {}
    }
    None
}

fn consent(client: &Client) -> String {
    let choice = match client.choice() {
        Choice::Pending => 0,
        Choice::Granted => 1,
        Choice::Denied => 2,
    };
    let bits = [
        (client.is_opted_out(), 4),
        (client.is_capturing(), 8),
        (!client.may_store(), 16),
    ];
    let bits = bits.iter().filter(|(is_set, _)| *is_set);
    integer(bits.fold(choice, |sum, (_, bit)| sum + bit))
}

/// An `Error` with a stable `code`.
fn failure(code: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    error.set_name("HogletError");
    // A plain property of a fresh object cannot be refused.
    let _ = js_sys::Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}
