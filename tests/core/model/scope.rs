//! What is to be expected of the visitor, as few words as possible for it.

use std::collections::BTreeMap;

use hoglet::core::Choice;

use super::steps::Setup;

/// The longest rest within a session, in milliseconds.
const IDLE: u64 = 1_800_000;
/// How far another tab's view of the last activity may lie behind.
const LAG: u64 = 5_000;
const DAY: u64 = 24 * 60 * 60 * 1_000;

/// What is known of the visitor, in one page's memory or in what tabs share.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// Counts the persons of a world: what is said of one is marked with it.
    pub(super) person: u64,
    /// Who the app has said the visitor is.
    pub(super) user: Option<&'static str>,
    pub(super) anonymous_id: String,
    /// `null` where there is none.
    pub(super) device_id: String,
    pub(super) registered: BTreeMap<String, String>,
    pub(super) session: Option<Session>,
}

#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) id: String,
    start: u64,
    last_activity: u64,
}

/// What a session's id must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Same,
    Other,
    Either,
}

impl Scope {
    /// The id that events carry.
    pub(super) fn distinct_id(&self) -> &str {
        self.user.unwrap_or(&self.anonymous_id)
    }

    /// What the session of something that happens now must be.
    pub(super) fn expected_session(&self, now: u64, is_activity: bool) -> Expected {
        let Some(session) = &self.session else {
            return Expected::Other;
        };
        let rest = now - session.last_activity;
        if now - session.start > DAY || is_activity && rest > IDLE {
            Expected::Other
        } else if is_activity && rest + LAG > IDLE {
            Expected::Either
        } else {
            Expected::Same
        }
    }

    /// Notes that something happened in a session.
    pub(super) fn note_session(&mut self, id: &str, now: u64, is_activity: bool) {
        match &mut self.session {
            Some(session) if session.id == id => {
                if is_activity {
                    session.last_activity = now;
                }
            }
            _ => {
                self.session = Some(Session {
                    id: id.to_owned(),
                    start: now,
                    last_activity: now,
                });
            }
        }
    }
}

/// What a choice means on a site.
impl Setup {
    fn is_rejected(&self, choice: Choice) -> bool {
        match choice {
            Choice::Granted => false,
            Choice::Denied => true,
            Choice::Pending => self.opted_out_by_default,
        }
    }

    pub(super) fn is_cookieless(&self, choice: Choice) -> bool {
        match self.cookieless_mode {
            "" => false,
            "always" => true,
            _ => self.is_rejected(choice),
        }
    }

    pub(super) fn captures(&self, choice: Choice) -> bool {
        match self.cookieless_mode {
            "" => !self.is_rejected(choice),
            "always" => true,
            _ => self.is_rejected(choice) || choice == Choice::Granted,
        }
    }

    pub(super) fn stores(&self, choice: Choice) -> bool {
        match self.cookieless_mode {
            "" => !self.is_rejected(choice),
            "always" => false,
            _ => choice == Choice::Granted,
        }
    }
}
