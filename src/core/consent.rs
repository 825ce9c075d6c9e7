//! What the visitor allows, and what follows from it.

use super::config::{Config, Cookieless, Switch};

/// What the visitor has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Nothing yet.
    Pending,
    /// To be counted.
    Granted,
    /// Not to be counted.
    Denied,
}

/// The visitor's choice, and their browser's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Consent {
    pub(super) stored: Choice,
    /// Whether the browser asks for its user not to be tracked.
    pub(super) do_not_track: bool,
}

impl Choice {
    /// Reads what is stored; other words than these are no choice (posthog-js 1.449.2).
    pub(super) fn read(stored: Option<&str>) -> Self {
        match stored.unwrap_or_default() {
            "1" | "true" | "yes" => Self::Granted,
            "0" | "false" | "no" => Self::Denied,
            _ => Self::Pending,
        }
    }
}

impl Consent {
    /// The choice that counts.
    pub(super) fn choice(self, config: &Config) -> Choice {
        if self.do_not_track && config.is(Switch::RespectDoNotTrack) {
            Choice::Denied
        } else {
            self.stored
        }
    }

    /// Whether the visitor has refused, or counts as having refused.
    fn is_rejected(self, config: &Config) -> bool {
        match self.choice(config) {
            Choice::Denied => true,
            Choice::Pending => config.is(Switch::OptedOutByDefault),
            Choice::Granted => false,
        }
    }

    /// Whether events tell no identity.
    pub(super) fn is_cookieless(self, config: &Config) -> bool {
        match config.cookieless() {
            Cookieless::Off => false,
            Cookieless::Always => true,
            Cookieless::OnReject => self.is_rejected(config),
        }
    }

    /// Whether the visitor is not to be recognised.
    pub(super) fn is_opted_out(self, config: &Config) -> bool {
        self.is_rejected(config)
            || match config.cookieless() {
                Cookieless::Off => false,
                Cookieless::Always => true,
                Cookieless::OnReject => self.choice(config) == Choice::Pending,
            }
    }

    /// Whether events are captured.
    pub(super) fn is_capturing(self, config: &Config) -> bool {
        self.is_cookieless(config) || !self.is_opted_out(config)
    }

    /// Whether anything but the choice may be stored.
    pub(super) fn may_store(self, config: &Config) -> bool {
        let may = match self.choice(config) {
            Choice::Granted => true,
            Choice::Denied => false,
            Choice::Pending => {
                config.cookieless() == Cookieless::Off
                    && !(config.is(Switch::OptedOutByDefault)
                        && config.is(Switch::UnstoredByDefault))
            }
        };
        may && config.cookieless() != Cookieless::Always && !config.is(Switch::DisablePersistence)
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Value;
    use super::*;

    /// Opted out, capturing, cookieless, may store.
    fn outcome(choice: Choice, settings: &[(&str, Value<'_>)]) -> [bool; 4] {
        let mut config = Config::new("t").unwrap();
        for (key, value) in settings {
            config.set(key, *value).unwrap();
        }
        let consent = Consent {
            stored: choice,
            do_not_track: true,
        };
        [
            consent.is_opted_out(&config),
            consent.is_capturing(&config),
            consent.is_cookieless(&config),
            consent.may_store(&config),
        ]
    }

    const YES: bool = true;
    const NO: bool = false;

    #[test]
    fn without_further_settings_who_has_not_refused_is_counted() {
        assert_eq!(outcome(Choice::Pending, &[]), [NO, YES, NO, YES]);
        assert_eq!(outcome(Choice::Granted, &[]), [NO, YES, NO, YES]);
        assert_eq!(outcome(Choice::Denied, &[]), [YES, NO, NO, NO]);
    }

    #[test]
    fn where_the_default_is_out_only_who_has_agreed_is_counted() {
        let out = ("opt_out_capturing_by_default", Value::Boolean(true));
        assert_eq!(outcome(Choice::Pending, &[out]), [YES, NO, NO, NO]);
        assert_eq!(outcome(Choice::Granted, &[out]), [NO, YES, NO, YES]);
        let stored = ("opt_out_persistence_by_default", Value::Boolean(false));
        assert_eq!(outcome(Choice::Pending, &[out, stored]), [YES, NO, NO, YES]);
        assert_eq!(outcome(Choice::Denied, &[out, stored]), [YES, NO, NO, NO]);
    }

    #[test]
    fn the_browsers_word_counts_where_it_is_respected() {
        let respect = ("respect_dnt", Value::Boolean(true));
        assert_eq!(outcome(Choice::Granted, &[respect]), [YES, NO, NO, NO]);
    }

    #[test]
    fn cookieless_events_are_captured_and_nothing_is_stored() {
        let always = ("cookieless_mode", Value::Text("always"));
        for choice in [Choice::Pending, Choice::Granted, Choice::Denied] {
            assert_eq!(outcome(choice, &[always]), [YES, YES, YES, NO]);
        }
        let on_reject = ("cookieless_mode", Value::Text("on_reject"));
        assert_eq!(outcome(Choice::Pending, &[on_reject]), [YES, NO, NO, NO]);
        assert_eq!(outcome(Choice::Denied, &[on_reject]), [YES, YES, YES, NO]);
        assert_eq!(outcome(Choice::Granted, &[on_reject]), [NO, YES, NO, YES]);
    }

    #[test]
    fn a_choice_is_read_as_consent_tools_write_it() {
        for (text, choice) in [
            ("1", Choice::Granted),
            ("yes", Choice::Granted),
            ("false", Choice::Denied),
            ("maybe", Choice::Pending),
        ] {
            assert_eq!(Choice::read(Some(text)), choice);
        }
        assert_eq!(Choice::read(None), Choice::Pending);
    }
}
