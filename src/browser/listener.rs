//! Listeners that are gone when they are dropped.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::EventTarget;

/// A listener on an event of the page.
pub(super) struct Listener {
    target: EventTarget,
    event: &'static str,
    callback: Closure<dyn Fn()>,
}

impl Listener {
    /// Listens until dropped.
    pub(super) fn new(
        target: &EventTarget,
        event: &'static str,
        callback: Closure<dyn Fn()>,
    ) -> Self {
        let function = callback.as_ref().unchecked_ref();
        // Fails for no target that a page has.
        let _ = target.add_event_listener_with_callback(event, function);
        Self {
            target: target.clone(),
            event,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, function);
    }
}
