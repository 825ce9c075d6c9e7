//! What can happen, and on what kind of site.

use std::fmt::{Debug, Formatter, Result};

use hoglet::core::config::Value;
use proptest::prelude::*;
use proptest::sample::select;

use super::server::Answer;

/// How the site has set its client up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup {
    /// After how many milliseconds the server is asked anew; the usual, which grows, if `None`.
    pub(super) interval: Option<u32>,
    /// Whether each page begins with flags that the app gives.
    pub(super) bootstraps: bool,
    pub(super) retries: u32,
    /// Whether what is known of flags is stored apart.
    pub(super) is_split: bool,
}

impl Setup {
    pub(super) fn settings(&self) -> Vec<(&'static str, Value<'static>)> {
        let mut settings = vec![
            ("advanced_disable_flags", Value::Boolean(false)),
            ("split_storage", Value::Boolean(self.is_split)),
            (
                "feature_flag_request_max_retries",
                Value::Number(self.retries.into()),
            ),
        ];
        if let Some(interval) = self.interval {
            settings.extend([
                ("flag_refresh.interval_ms", Value::Number(interval.into())),
                ("flag_refresh.fixed", Value::Boolean(true)),
            ]);
        }
        settings
    }
}

/// Something that happens in a tab, which is named by a number that is wrapped to those that are open.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) tab: usize,
    pub(super) what: What,
    /// Whether the other tabs hear of it at once, rather than when they do something themselves.
    pub(super) is_heard: bool,
}

impl Debug for Step {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let heard = if self.is_heard { ", heard" } else { "" };
        write!(formatter, "tab {}: {:?}{heard}", self.tab, self.what)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Identify(&'static str),
    /// The same with a property of this number.
    IdentifyWith(&'static str, u8),
    Reset,
    Group(u8),
    ResetGroups,
    SetPerson(u8),
    /// Captures an event that sets a property of the person.
    CaptureSet(u8),
    PersonForFlags(u8),
    /// The same without asking the server.
    PersonForLater(u8),
    GroupForFlags(u8),
    Reload,
    /// The app says what flags are.
    Update,
    /// It says what some are.
    Merge,
    Override,
    Restore,
    /// The app was answered a flag.
    Call,
    OptOut,
    OptIn,
    Open,
    Close,
    Hide,
    Show,
    /// Another page of the tab.
    Navigate,
    Offline,
    Online,
    /// The server has other definitions.
    Redefine,
    /// Time passes for all tabs, in milliseconds.
    Pass(u64),
    /// One of the tab's requests comes to its end.
    Answer(usize, Answer),
}

pub(super) fn setup() -> impl Strategy<Value = Setup> {
    let interval = select(&[None, Some(60_000), Some(60_000), Some(0)][..]);
    let retries = select(&[1, 1, 0, 2][..]);
    let setup = (interval, prop::bool::weighted(0.2), retries, any::<bool>());
    setup.prop_map(|(interval, bootstraps, retries, is_split)| Setup {
        interval,
        bootstraps,
        retries,
        is_split,
    })
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..4usize, what(), prop::bool::weighted(0.6));
    let step = step.prop_map(|(tab, what, is_heard)| Step {
        tab,
        what,
        is_heard,
    });
    prop::collection::vec(step, 0..40)
}

fn what() -> impl Strategy<Value = What> {
    let user = || select(&["ada", "bob"][..]);
    let pause = select(&[1, 5, 5, 10, 500, 505, 3_000, 3_005, 70_000][..]);
    prop_oneof![
        5 => user().prop_map(What::Identify),
        3 => (user(), 0..2u8).prop_map(|(user, plan)| What::IdentifyWith(user, plan)),
        4 => Just(What::Reset),
        2 => (0..2u8).prop_map(What::Group),
        1 => Just(What::ResetGroups),
        2 => (0..3u8).prop_map(What::SetPerson),
        2 => (0..3u8).prop_map(What::CaptureSet),
        3 => (0..3u8).prop_map(What::PersonForFlags),
        1 => (0..3u8).prop_map(What::PersonForLater),
        1 => (0..3u8).prop_map(What::GroupForFlags),
        3 => Just(What::Reload),
        1 => Just(What::Update),
        1 => Just(What::Merge),
        1 => Just(What::Override),
        1 => Just(What::Restore),
        2 => Just(What::Call),
        1 => Just(What::OptOut),
        2 => Just(What::OptIn),
        3 => Just(What::Open),
        1 => Just(What::Close),
        2 => Just(What::Hide),
        2 => Just(What::Show),
        2 => Just(What::Navigate),
        1 => Just(What::Offline),
        2 => Just(What::Online),
        2 => Just(What::Redefine),
        16 => pause.prop_map(What::Pass),
        14 => (0..3usize, answer()).prop_map(|(which, answer)| What::Answer(which, answer)),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        12 => Just(Answer::Good),
        2 => Just(Answer::Partial),
        1 => Just(Answer::Limited),
        2 => select(&[500, 502, 401][..]).prop_map(Answer::Status),
        2 => Just(Answer::Broken),
        1 => Just(Answer::Never),
        1 => select(&[Answer::Html, Answer::Truncated, Answer::Old][..]),
    ]
}
