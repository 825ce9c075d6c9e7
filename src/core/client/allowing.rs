//! What the visitor allows.

use super::super::config::{Cookieless, Mode};
use super::super::consent::Choice;
use super::super::event::Capture;
use super::super::identity::Bootstrap;
use super::super::time::Now;
use super::Client;

impl Client {
    /// What the visitor has chosen; refused, if their browser says so and is respected.
    pub fn choice(&self) -> Choice {
        self.consent.choice(&self.config)
    }

    /// Whether the visitor is not to be recognised.
    pub fn is_opted_out(&self) -> bool {
        self.consent.is_opted_out(&self.config)
    }

    /// Whether events are captured.
    pub fn is_capturing(&self) -> bool {
        self.consent.is_capturing(&self.config)
    }

    /// Whether anything but the choice may be stored.
    pub fn may_store(&self) -> bool {
        self.consent.may_store(&self.config)
    }

    /// The visitor agrees. An event of this name tells it if they had not before, unless the name is empty. A visitor who
    /// was counted without an identity begins anew. Answers the event that this may make, as [`Client::capture`] does.
    pub fn opt_in(&mut self, now: Now, event: &str, properties: &str) -> Option<String> {
        if !self.may_choose() {
            return None;
        }
        let had_agreed = self.choice() == Choice::Granted;
        self.choose(now, Choice::Granted);
        if had_agreed || event.is_empty() {
            self.view_first(now);
            return None;
        }
        let capture = Capture {
            name: event,
            properties,
            send_instantly: true,
            ..Capture::default()
        };
        let text = self.capture(now, &capture);
        self.view_first(now);
        text
    }

    /// The visitor refuses: what waits is not sent, and nothing is stored but the refusal.
    pub fn opt_out(&mut self, now: Now) {
        if self.may_choose() {
            self.choose(now, Choice::Denied);
        }
    }

    /// Forgets what the visitor has chosen.
    pub fn clear_consent(&mut self, now: Now) {
        self.choose(now, Choice::Pending);
    }

    /// Has the settings and the visitor's choice take effect on what is stored and what waits.
    pub(super) fn apply_consent(&mut self) {
        let may_store = self.may_store();
        if self.persistence.set_enabled(may_store, &self.config) && may_store {
            self.mark_window(true);
            self.store_window();
        }
        if !self.is_capturing() {
            self.forget_waiting();
        }
        let keeps = !matches!(
            self.config.persistence(),
            Mode::SessionStorage | Mode::Memory
        );
        self.outbox.set_stored(may_store && keeps);
        self.shared = None;
    }

    /// What waits is not sent any more.
    fn forget_waiting(&mut self) {
        self.outbox.clear();
        self.held.clear();
    }

    fn may_choose(&mut self) -> bool {
        let may = self.config.cookieless() != Cookieless::Always;
        if !may {
            self.error("consent has no effect where cookieless_mode is always");
        }
        may
    }

    /// Another tab's visitor, who is ours too, has chosen.
    pub(super) fn follow_choice(&mut self, now: Now, choice: Choice) {
        if choice == self.consent.stored {
            return;
        }
        let was_cookieless = self.consent.is_cookieless(&self.config);
        let might_store = self.may_store();
        let was_capturing = self.is_capturing();
        self.consent.stored = choice;
        self.apply_consent();
        self.follow_consent_with_flags(now, was_capturing);
        let is_cookieless = self.consent.is_cookieless(&self.config);
        if is_cookieless && !was_cookieless {
            self.forget_waiting();
            self.begin_anew(now);
        } else if was_cookieless && !is_cookieless {
            // The other tab has begun anew already.
            self.persistence.clear(&[]);
            self.persistence.give_way();
            self.session.end();
        } else if might_store && !self.may_store() {
            // Nothing tells any more who the visitor was last: whoever is remembered here may have become somebody else since.
            self.reset(now, false, "", &Bootstrap::default());
        } else if self.may_store() && !might_store {
            // Who the visitor is by now, the other tab has stored.
            self.persistence.end_session();
            self.persistence.give_way();
            self.session.give_way();
        }
    }

    fn choose(&mut self, now: Now, choice: Choice) {
        let was_cookieless = self.consent.is_cookieless(&self.config);
        let was_capturing = self.is_capturing();
        self.consent.stored = choice;
        self.apply_consent();
        self.store_choice();
        self.follow_consent_with_flags(now, was_capturing);
        let is_cookieless = self.consent.is_cookieless(&self.config);
        if is_cookieless && !was_cookieless {
            self.forget_waiting();
        }
        if is_cookieless != was_cookieless {
            self.begin_anew(now);
        }
    }

    /// Stores what the visitor has chosen where the settings say, and nowhere else.
    pub(super) fn store_choice(&mut self) {
        let choice = match self.consent.stored {
            Choice::Granted => Some("1"),
            Choice::Denied => Some("0"),
            Choice::Pending => None,
        };
        self.persistence.put_consent(choice, &self.config);
    }

    /// Nothing of who the visitor was is known any more.
    fn begin_anew(&mut self, now: Now) {
        self.reset(now, true, "", &Bootstrap::default());
    }
}
