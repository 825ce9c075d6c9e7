//! What can happen, and on what kind of site.

use hoglet::core::config::Value;
use proptest::prelude::*;
use proptest::sample::select;

use crate::page::MODES;

/// How the site has set its client up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup {
    pub(super) persistence: &'static str,
    pub(super) cookie_wins: bool,
    pub(super) person_profiles: &'static str,
    pub(super) opted_out_by_default: bool,
    pub(super) cookieless_mode: &'static str,
    pub(super) consent_store: &'static str,
    /// Whether hooks look at the events.
    pub(super) holds: bool,
}

impl Setup {
    pub(super) fn settings(&self) -> Vec<(&'static str, Value<'static>)> {
        vec![
            ("persistence", Value::Text(self.persistence)),
            ("cookieWinsOnConflict", Value::Boolean(self.cookie_wins)),
            ("person_profiles", Value::Text(self.person_profiles)),
            (
                "opt_out_capturing_by_default",
                Value::Boolean(self.opted_out_by_default),
            ),
            ("cookieless_mode", Value::Text(self.cookieless_mode)),
            (
                "opt_out_capturing_persistence_type",
                Value::Text(self.consent_store),
            ),
            ("batch_size", Value::Number(4.0)),
        ]
    }

    /// Whether the tabs of the browser have one store of the visitor.
    pub(super) fn shares(&self) -> bool {
        !matches!(self.persistence, "sessionStorage" | "memory")
    }
}

/// Something that happens in a tab, which is named by a number that is wrapped to those that are open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) tab: usize,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Capture,
    Identify(&'static str),
    Alias,
    Group,
    SetPerson,
    /// Registers a property of this number.
    Register(usize),
    /// Registers more than a cookie can hold.
    RegisterLarge,
    RegisterForSession,
    Unregister(usize),
    Reset {
        device_too: bool,
    },
    OptIn,
    OptOut,
    ClearConsent,
    AskSession,
    Reload,
    Open,
    Duplicate,
    Close,
    /// The tab gets a turn without calls of the app: another tab has stored something, or the visitor is back.
    Return,
    Hide,
    /// The timer rings, perhaps too early.
    Ring,
    /// Time passes for all tabs, in milliseconds.
    Pass(u64),
    /// A request's body is ready.
    Dispatch,
    /// A request is answered with a status; 0 is no answer.
    Answer(u16),
    /// The hooks have looked at the oldest event that they have not, and perhaps dropped it.
    Resolve {
        drop: bool,
    },
}

pub(super) fn setup() -> impl Strategy<Value = Setup> {
    // Half of the sites are set up in the usual way.
    let persistence = prop_oneof![Just(MODES[0]), select(&MODES[..])];
    let profiles = select(&["identified_only", "identified_only", "always", "never"][..]);
    let cookieless = select(&["", "", "", "on_reject", "always"][..]);
    let consent_store = select(&["localStorage", "localStorage", "cookie"][..]);
    let switches = [0.25, 0.33, 0.2].map(prop::bool::weighted);
    (persistence, profiles, cookieless, consent_store, switches).prop_map(
        |(persistence, person_profiles, cookieless_mode, consent_store, switches)| {
            let [cookie_wins, opted_out_by_default, holds] = switches;
            Setup {
                persistence,
                cookie_wins,
                person_profiles,
                opted_out_by_default,
                cookieless_mode,
                consent_store,
                holds,
            }
        },
    )
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..3usize, what()).prop_map(|(tab, what)| Step { tab, what });
    prop::collection::vec(step, 0..100)
}

fn what() -> impl Strategy<Value = What> {
    const SECOND: u64 = 1_000;
    const MINUTE: u64 = 60 * SECOND;
    let user = select(&["user-a", "user-b", "user-c"][..]);
    let pause = select(&[SECOND, 4 * SECOND, 4 * MINUTE, 20 * MINUTE, 31 * MINUTE][..]);
    let status = select(&[200, 200, 200, 503, 429, 0][..]);
    prop_oneof![
        16 => Just(What::Capture),
        6 => user.prop_map(What::Identify),
        1 => Just(What::Alias),
        1 => Just(What::Group),
        1 => Just(What::SetPerson),
        3 => (0..3usize).prop_map(What::Register),
        1 => Just(What::RegisterLarge),
        2 => Just(What::RegisterForSession),
        1 => (0..3usize).prop_map(What::Unregister),
        4 => prop::bool::weighted(0.3).prop_map(|device_too| What::Reset { device_too }),
        3 => Just(What::OptIn),
        2 => Just(What::OptOut),
        1 => Just(What::ClearConsent),
        2 => Just(What::AskSession),
        2 => Just(What::Reload),
        3 => Just(What::Open),
        1 => Just(What::Duplicate),
        1 => Just(What::Close),
        3 => Just(What::Return),
        1 => Just(What::Hide),
        2 => Just(What::Ring),
        4 => pause.prop_map(What::Pass),
        4 => Just(What::Dispatch),
        4 => status.prop_map(What::Answer),
        5 => prop::bool::weighted(0.2).prop_map(|drop| What::Resolve { drop }),
    ]
}
