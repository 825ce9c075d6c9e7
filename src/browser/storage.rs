//! localStorage, sessionStorage and the cookie. Each may be denied, full or broken; then it is as if it were empty,
//! and what is written to it is lost.

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use web_sys::{Storage, Window};

use super::property::{get, set, text};
use crate::core::persistence::{Place, Stored, Write, storage_name, window_id_name};

/// The stores that the browser lets us use.
pub(super) struct Stores {
    local: Option<Storage>,
    session: Option<Storage>,
}

impl Stores {
    /// Opens the stores. gloo-storage panics where one is denied, as in a sandboxed frame, so a probe comes first.
    pub(super) fn open(window: &Window) -> Self {
        let is_there = |probe: Result<Option<Storage>, _>| probe.is_ok_and(|store| store.is_some());
        Self {
            local: is_there(window.local_storage()).then(LocalStorage::raw),
            session: is_there(window.session_storage()).then(SessionStorage::raw),
        }
    }

    /// Reads what earlier pages left behind.
    pub(super) fn read(&self, window: &Window, token: &str) -> Stored {
        let name = storage_name(token);
        Stored {
            local: item(self.local.as_ref(), &name),
            session: item(self.session.as_ref(), &name),
            window_id: item(self.session.as_ref(), &window_id_name(token)),
            cookies: text(&get(window, "document"), "cookie"),
        }
    }

    /// Stores a value, if the browser lets us. A refusal is survived: the client goes on with what it holds.
    pub(super) fn write(&self, window: &Window, write: &Write) {
        let store = match write.place {
            Place::LocalStorage => &self.local,
            Place::SessionStorage => &self.session,
            Place::Cookie => {
                return set(&get(window, "document"), "cookie", &(&write.value).into());
            }
        };
        if let Some(store) = store {
            let _ = store.set_item(&write.name, &write.value);
        }
    }
}

fn item(store: Option<&Storage>, name: &str) -> Option<String> {
    store?.get_item(name).ok().flatten()
}
