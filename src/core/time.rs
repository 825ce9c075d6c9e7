//! The two clocks, as two types, so that neither can be taken for the other.

use super::json;

/// A moment of the visitor's wall clock, in milliseconds since the Unix epoch.
///
/// It goes into timestamps and sessions. It may jump, in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallTime(u64);

/// A moment of a clock that never goes back, in milliseconds since an origin that means nothing.
///
/// Timers are set and compared on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonotonicTime(u64);

/// The present, as both clocks tell it. Every input of the core carries one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// For what is written down.
    pub wall: WallTime,
    /// For what is waited for.
    pub monotonic: MonotonicTime,
}

impl WallTime {
    /// The longest moment that a four-digit year can hold: 9999-12-31T23:59:59.999Z.
    const LATEST: u64 = 253_402_300_799_999;

    /// Takes milliseconds since the epoch; later than the year 9999 is cut to its end.
    pub const fn from_millis(millis: u64) -> Self {
        Self(if millis < Self::LATEST {
            millis
        } else {
            Self::LATEST
        })
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> u64 {
        self.0
    }

    /// Milliseconds between two moments, whichever came first: a clock that was set back counts as much as
    /// one that was set forward.
    pub fn distance(self, other: Self) -> u64 {
        self.0.abs_diff(other.0)
    }

    /// Appends the moment as ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it.
    pub fn push_iso(self, out: &mut String) {
        let (year, month, day) = civil_from_days(self.0 / MILLIS_PER_DAY);
        let in_day = self.0 % MILLIS_PER_DAY;
        json::push_padded(out, year, 4);
        out.push('-');
        json::push_padded(out, month, 2);
        out.push('-');
        json::push_padded(out, day, 2);
        out.push('T');
        json::push_padded(out, in_day / 3_600_000, 2);
        out.push(':');
        json::push_padded(out, in_day / 60_000 % 60, 2);
        out.push(':');
        json::push_padded(out, in_day / 1_000 % 60, 2);
        out.push('.');
        json::push_padded(out, in_day % 1_000, 3);
        out.push('Z');
    }

    /// Appends the moment as seconds since the epoch with three decimals, the form of `$time`.
    pub fn push_seconds(self, out: &mut String) {
        json::push_integer(out, self.0 / 1_000);
        out.push('.');
        json::push_padded(out, self.0 % 1_000, 3);
    }
}

impl MonotonicTime {
    /// Takes milliseconds since the clock's origin.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the clock's origin.
    pub fn as_millis(self) -> u64 {
        self.0
    }

    /// The moment `millis` later.
    pub fn after(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from now until this moment; 0 if it has passed.
    pub fn until(self, now: Self) -> u64 {
        self.0.saturating_sub(now.0)
    }
}

const MILLIS_PER_DAY: u64 = 86_400_000;

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last of the year and months have a regular length.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    const DAYS_FROM_MARCH_0000: u64 = 719_468;
    const DAYS_PER_ERA: u64 = 146_097;
    let days = days + DAYS_FROM_MARCH_0000;
    let era = days / DAYS_PER_ERA;
    let day_of_era = days % DAYS_PER_ERA;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, next_year) = if month_from_march < 10 {
        (month_from_march + 3, 0)
    } else {
        (month_from_march - 9, 1)
    };
    (era * 400 + year_of_era + next_year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(millis: u64) -> String {
        let mut out = String::new();
        WallTime::from_millis(millis).push_iso(&mut out);
        out
    }

    #[test]
    fn iso_text_is_what_a_javascript_date_writes() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(951_782_399_999), "2000-02-28T23:59:59.999Z");
        assert_eq!(iso(951_868_799_001), "2000-02-29T23:59:59.001Z");
        assert_eq!(iso(951_868_800_000), "2000-03-01T00:00:00.000Z");
        assert_eq!(iso(1_767_319_445_678), "2026-01-02T02:04:05.678Z");
        assert_eq!(iso(4_107_542_400_000), "2100-03-01T00:00:00.000Z");
        assert_eq!(iso(u64::MAX), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn seconds_keep_their_milliseconds() {
        let mut out = String::new();
        WallTime::from_millis(1_700_000_000_007).push_seconds(&mut out);
        assert_eq!(out, "1700000000.007");
    }
}
