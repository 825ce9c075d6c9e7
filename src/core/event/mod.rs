//! An event as text: its own members, and the properties that it shares with its neighbours.

mod record;
mod shared;

pub use self::record::Record;
pub use self::shared::SharedProperties;

/// The largest event that is taken, in bytes of its JSON. PostHog refuses an event of 1,000,000 bytes; the rest is
/// room for what its ingestion adds.
pub const MAX_EVENT_BYTES: usize = 900_000;

/// The event that tells of events that were dropped (posthog-js 1.449.2 tells of its rate limiter by it).
pub(super) const WARNING: &str = "$$client_ingestion_warning";

/// What an app gives with an event.
#[derive(Clone, Debug, Default)]
pub struct Capture<'a> {
    /// The event's name.
    pub name: &'a str,
    /// The app's properties: a JSON object, or empty.
    pub properties: &'a str,
    /// When it happened, as ISO 8601; empty for now.
    pub timestamp: &'a str,
    /// The event's id, if it has one already; what is no uuid is replaced.
    pub uuid: &'a str,
    /// Properties to set on the person: a JSON object, or empty.
    pub set: &'a str,
    /// Properties to set on the person unless they are set: a JSON object, or empty.
    pub set_once: &'a str,
    /// Properties to remove from the person: a JSON array of names, or empty.
    pub unset: &'a str,
    /// Whether the event goes at once instead of waiting for company.
    pub send_instantly: bool,
    /// Whether only the least is told with it: nothing of the person, and of what is shared what the event is counted by.
    pub is_minimal: bool,
}

/// Why an event was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CaptureError {
    /// The event has no name; PostHog's ingestion would refuse every event sent along with it.
    EmptyName,
    /// The event is larger than [`MAX_EVENT_BYTES`].
    TooLarge,
    /// What the app's hooks made of the event is no event any more.
    Broken,
}

impl CaptureError {
    /// A name for the error that stays the same from version to version.
    pub fn code(self) -> &'static str {
        match self {
            Self::EmptyName => "empty_event_name",
            Self::TooLarge => "event_too_large",
            Self::Broken => "broken_event",
        }
    }

    /// What went wrong and what to do.
    pub fn message(self) -> &'static str {
        match self {
            Self::EmptyName => {
                "an event without a name was not captured: pass its name as the first argument"
            }
            Self::TooLarge => {
                "an event of more than 900,000 bytes was not captured: send less with it"
            }
            Self::Broken => {
                "an event was not captured, for before_send left nothing that could be sent"
            }
        }
    }
}
