//! Time stamps on the wire: ISO 8601 in UTC with milliseconds, and the correction of a wrong client clock.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// `2026-01-02T03:04:05.678Z`, which sorts as text as it does in time.
pub fn to_iso(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Reads a time stamp; one without a zone is taken as UTC, as PostHog does.
pub fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(local).ok()
    })
}

/// What an event says about when it happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClaimedTime<'a> {
    /// The event's own `timestamp`.
    pub timestamp: Option<&'a str>,
    /// When the client sent the request, by the client's clock.
    pub sent_at: Option<Timestamp>,
    /// The legacy `offset`: milliseconds before receipt. Counts only without a timestamp.
    pub offset: Option<i64>,
    /// `$ignore_sent_at`: the event's own time is right, for instance in an import.
    pub ignore_sent_at: bool,
}

impl ClaimedTime<'_> {
    /// When the event happened by the server's clock: its own time, moved by how far the client's clock was off
    /// when it sent. Without a usable claim, the time of receipt.
    pub fn corrected(&self, received_at: Timestamp) -> Timestamp {
        let claimed = match (self.timestamp, self.offset) {
            (Some(text), _) => parse(text).and_then(|own| match self.sent_at {
                Some(sent_at) if !self.ignore_sent_at => {
                    received_at.checked_add(own.duration_since(sent_at)).ok()
                }
                _ => Some(own),
            }),
            (None, Some(offset)) => received_at
                .checked_sub(SignedDuration::from_millis(offset))
                .ok(),
            (None, None) => None,
        };
        claimed.unwrap_or(received_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(claim: ClaimedTime<'_>) -> String {
        to_iso(claim.corrected("2026-01-01T12:00:00Z".parse().unwrap()))
    }

    #[test]
    fn a_clock_an_hour_ahead_is_set_back() {
        let claim = ClaimedTime {
            timestamp: Some("2026-01-01T12:59:58.500Z"),
            sent_at: parse("2026-01-01T13:00:00Z"),
            ..ClaimedTime::default()
        };
        assert_eq!(corrected(claim), "2026-01-01T11:59:58.500Z");
        assert_eq!(
            corrected(ClaimedTime {
                ignore_sent_at: true,
                ..claim
            }),
            "2026-01-01T12:59:58.500Z"
        );
        assert_eq!(
            corrected(ClaimedTime {
                sent_at: None,
                ..claim
            }),
            "2026-01-01T12:59:58.500Z"
        );
    }

    #[test]
    fn an_offset_counts_only_without_a_timestamp() {
        let claim = ClaimedTime {
            offset: Some(1500),
            ..ClaimedTime::default()
        };
        assert_eq!(corrected(claim), "2026-01-01T11:59:58.500Z");
        let claim = ClaimedTime {
            timestamp: Some("2026-01-01T10:00:00+02:00"),
            ..claim
        };
        assert_eq!(corrected(claim), "2026-01-01T08:00:00.000Z");
    }

    #[test]
    fn an_unreadable_time_becomes_the_time_of_receipt() {
        for timestamp in [Some("yesterday"), Some(""), None] {
            let claim = ClaimedTime {
                timestamp,
                ..ClaimedTime::default()
            };
            assert_eq!(corrected(claim), "2026-01-01T12:00:00.000Z");
        }
        let claim = ClaimedTime {
            offset: Some(i64::MAX),
            ..ClaimedTime::default()
        };
        assert_eq!(corrected(claim), "2026-01-01T12:00:00.000Z");
    }

    #[test]
    fn a_time_without_a_zone_is_utc() {
        assert_eq!(parse("2026-01-01 10:00:00"), parse("2026-01-01T10:00:00Z"));
        assert_eq!(parse("2026-01-01"), parse("2026-01-01T00:00:00Z"));
    }
}
