//! localStorage, sessionStorage and cookies. Each may be denied, full or broken; then it is as if it were empty.

use std::cell::{OnceCell, RefCell};

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::{Storage, Window};

use super::property::{get, set, text};
use crate::core::persistence::{Names, Place, Stored, Write, cookie_domains};
use crate::core::text::{concat, contains};

/// What lies in localStorage under the names that tabs share, and all cookies.
type Seen = ([JsValue; 4], JsValue);

/// The stores that the browser lets us use.
pub(super) struct Stores {
    local: Option<Storage>,
    session: Option<Storage>,
    document: JsValue,
    host: String,
    /// The site's domain, with what comes before it in a cookie; empty where a cookie can be for the host only.
    domain: OnceCell<String>,
    /// What other tabs can change, as last seen: compared as the engine's own strings, it need not be copied to see that
    /// it is still the same.
    seen: RefCell<Seen>,
    keys: [JsValue; 4],
}

impl Stores {
    /// Opens the stores, none of them if they are somebody else's. gloo-storage panics where one is denied, as in a sandboxed
    /// frame, so a probe comes first.
    pub(super) fn open(window: &Window, names: &Names, are_foreign: bool) -> Self {
        let is_there = |probe: Result<Option<Storage>, _>| {
            !are_foreign && probe.is_ok_and(|store| store.is_some())
        };
        Self {
            local: is_there(window.local_storage()).then(LocalStorage::raw),
            session: is_there(window.session_storage()).then(SessionStorage::raw),
            document: if are_foreign {
                JsValue::UNDEFINED
            } else {
                get(window, "document")
            },
            host: text(&get(window, "location"), "hostname"),
            domain: OnceCell::new(),
            seen: RefCell::default(),
            keys: names.shared().map(|name| name.into()),
        }
    }

    /// Reads what earlier pages left behind.
    pub(super) fn read(&self, names: &Names) -> Stored {
        let session = |name: &str| self.session.as_ref()?.get_item(name).ok()?;
        *self.seen.borrow_mut() = self.shared(true);
        Stored {
            session: session(&names.main),
            window_id: session(&names.window_id),
            primary_window: session(&names.primary_window),
            session_registered: session(&names.session_registered),
            ..self.seen_stored()
        }
    }

    /// What other tabs can change, if it is other than last seen. Cookies, which take a while to read, are looked at only
    /// if asked.
    pub(super) fn changed(&self, with_cookies: bool) -> Option<Stored> {
        let mut shared = self.shared(with_cookies);
        let mut seen = self.seen.borrow_mut();
        if !with_cookies {
            shared.1 = seen.1.clone();
        }
        if shared == *seen {
            return None;
        }
        *seen = shared;
        drop(seen);
        Some(self.seen_stored())
    }

    /// Stores or removes a value. False if the browser does not let us.
    pub(super) fn write(&self, write: &Write) -> bool {
        let store = match write.place {
            Place::LocalStorage | Place::Outbox => &self.local,
            Place::SessionStorage => &self.session,
            Place::Cookie => return self.write_cookie(write, ""),
            Place::SiteCookie => {
                let domain = self.domain.get_or_init(|| self.find_domain());
                if write.value.is_none() {
                    self.write_cookie(write, "");
                }
                return self.write_cookie(write, domain);
            }
        };
        let Some(store) = store else {
            return write.value.is_none();
        };
        let written = match &write.value {
            None => store.remove_item(&write.name).is_ok(),
            // What is stale must not stay where the new does not fit, and without it the new may fit.
            Some(value) => {
                store.set_item(&write.name, value).is_ok()
                    || write.place != Place::Outbox
                        && store.remove_item(&write.name).is_ok()
                        && store.set_item(&write.name, value).is_ok()
            }
        };
        if write.place == Place::LocalStorage {
            let seen = &mut self.seen.borrow_mut().0;
            for (key, seen) in self.keys.iter().zip(seen) {
                if key.as_string().as_ref() == Some(&write.name) {
                    *seen = self.item(key);
                }
            }
        }
        written
    }

    fn write_cookie(&self, write: &Write, domain: &str) -> bool {
        let removal = || concat(&[&write.name, "=; max-age=0; path=/"]);
        let cookie = write.value.clone().unwrap_or_else(removal);
        set(
            &self.document,
            "cookie",
            &(&concat(&[&cookie, domain])).into(),
        );
        self.seen.borrow_mut().1 = get(&self.document, "cookie");
        true
    }

    /// Finds the widest domain that the browser takes a cookie for, by trying.
    fn find_domain(&self) -> String {
        const PROBE: &str = "hoglet_probe=1; path=/; domain=.";
        for domain in cookie_domains(&self.host) {
            let probe = concat(&[PROBE, domain]);
            set(
                &self.document,
                "cookie",
                &(&concat(&[&probe, "; max-age=3"])).into(),
            );
            if contains(&text(&self.document, "cookie"), "hoglet_probe=") {
                set(
                    &self.document,
                    "cookie",
                    &(&concat(&[&probe, "; max-age=0"])).into(),
                );
                return concat(&["; domain=.", domain]);
            }
        }
        String::new()
    }

    fn shared(&self, with_cookies: bool) -> Seen {
        let cookies = if with_cookies {
            get(&self.document, "cookie")
        } else {
            JsValue::UNDEFINED
        };
        (self.keys.each_ref().map(|key| self.item(key)), cookies)
    }

    fn item(&self, key: &JsValue) -> JsValue {
        match &self.local {
            // As a property, the value is the engine's own string; what is not there is undefined.
            Some(local) => Reflect::get(local, key).unwrap_or_default(),
            None => JsValue::UNDEFINED,
        }
    }

    fn seen_stored(&self) -> Stored {
        let (entries, cookies) = &*self.seen.borrow();
        let entries = entries.each_ref().map(JsValue::as_string);
        Stored::shared(entries, cookies.as_string().unwrap_or_default())
    }
}
