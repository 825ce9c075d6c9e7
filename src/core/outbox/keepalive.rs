//! What requests may outlive their page.

use std::cell::Cell;
use std::rc::Rc;

/// Bytes that may be under way in requests that outlive their page. Browsers allow 65,536 for the whole page; the
/// rest is left to the app.
const BUDGET_BYTES: usize = 60_000;

/// The bytes under way in requests that may outlive a page: one ledger for all clients of the page, of which each has a
/// clone and knows its own share.
#[derive(Debug, Default)]
pub struct KeepaliveLedger {
    all: Rc<Cell<usize>>,
    own: usize,
}

impl KeepaliveLedger {
    /// The bytes that may still go.
    pub(super) fn room(&self) -> usize {
        BUDGET_BYTES.saturating_sub(self.all.get())
    }

    /// Enters how many bytes this client has under way.
    pub(super) fn enter(&mut self, own: usize) {
        self.all.set(self.all.get() - self.own + own);
        self.own = own;
    }
}

impl Clone for KeepaliveLedger {
    fn clone(&self) -> Self {
        Self {
            all: self.all.clone(),
            own: 0,
        }
    }
}

impl Drop for KeepaliveLedger {
    fn drop(&mut self) {
        self.enter(0);
    }
}
