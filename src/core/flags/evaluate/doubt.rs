//! What keeps a flag from being decided.

use super::Inconclusive;

/// Why something could not be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Other properties and other conditions may decide in spite of it.
    Open {
        reason: Inconclusive,
        /// A pattern is the cause: then the answer of a later condition counts only if it is that of the doubtful one.
        by_pattern: bool,
    },
    /// Only a server can go on.
    Server(Inconclusive),
    /// The definition is not of the form that definitions have: posthog-node throws there.
    Malformed,
}

/// The doubts that have come up so far, as one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Doubts {
    pub(super) reason: Option<Inconclusive>,
    pub(super) by_pattern: bool,
}

impl Doubt {
    /// The filter cannot be used.
    pub(super) const UNSUPPORTED: Self = Self::open(Inconclusive::UnsupportedDefinition);

    /// The property is missing or cannot be compared.
    pub(super) const MISSING: Self = Self::open(Inconclusive::MissingContext);

    /// The pattern may mean something else to the server, or its text may.
    pub(super) const PATTERN: Self = Self::Open {
        reason: Inconclusive::UnsupportedDefinition,
        by_pattern: true,
    };

    pub(super) const fn open(reason: Inconclusive) -> Self {
        Self::Open {
            reason,
            by_pattern: false,
        }
    }

    pub(super) fn reason(self) -> Inconclusive {
        match self {
            Self::Open { reason, .. } | Self::Server(reason) => reason,
            Self::Malformed => Inconclusive::UnsupportedDefinition,
        }
    }
}

impl Doubts {
    /// Notes one more. The reason that comes first in [`Inconclusive`] stays.
    pub(super) fn note(&mut self, reason: Inconclusive, by_pattern: bool) {
        self.reason = Some(self.reason.map_or(reason, |noted| noted.min(reason)));
        self.by_pattern |= by_pattern;
    }

    /// An error if there are any.
    pub(super) fn settle(self) -> Result<(), Doubt> {
        let by_pattern = self.by_pattern;
        match self.reason {
            Some(reason) => Err(Doubt::Open { reason, by_pattern }),
            None => Ok(()),
        }
    }
}
