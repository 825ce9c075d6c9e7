//! What has been read of a date.

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::calendar::{DAY_MILLIS, Day, days_in_month};

/// The parts of a date, in the order in which they were read.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) date: DateFields,
    pub(super) time: TimeFields,
    pub(super) offset: OffsetFields,
}

/// The numbers of a day, up to three.
#[derive(Clone, Debug, Default)]
pub(super) struct DateFields {
    numbers: Vec<i64>,
    pub(super) named_month: Option<i64>,
    /// Year, month and day, in that order and all written in full.
    pub(super) is_standard: bool,
}

/// Hours, minutes, seconds and milliseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct TimeFields {
    numbers: Vec<i64>,
    /// Of the half of the day that a clock of twelve hours shows.
    pub(super) half: Option<i64>,
}

/// How far the date's zone is from UTC.
#[derive(Clone, Debug, Default)]
pub(super) struct OffsetFields {
    pub(super) is_behind: Option<bool>,
    pub(super) hours: Option<i64>,
    pub(super) minutes: Option<i64>,
}

impl Fields {
    /// The moment in milliseconds since the epoch. Without an offset it is in that zone.
    pub(super) fn millis(&self, zone: &TimeZone) -> Option<f64> {
        let day = self.date.day()?;
        let local = day.number() * DAY_MILLIS + self.time.millis()?;
        let offset = match self.offset.millis() {
            Some(offset) => offset,
            None => local_offset(local, zone),
        };
        Some((local - offset) as f64)
    }
}

impl DateFields {
    /// `false` if there are three already.
    pub(super) fn add(&mut self, number: i64) -> bool {
        let has_room = self.numbers.len() < 3;
        if has_room {
            self.numbers.push(number);
        }
        has_room
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// A number that can be a day is taken for one unless it stands where only a month or a year can.
    fn day(&self) -> Option<Day> {
        let is_day = |number: i64| (1..=31).contains(&number);
        let number = |index: usize| self.numbers.get(index).copied().unwrap_or(1);
        let first = self.numbers.first().copied()?;
        let (year, month, day) = match self.named_month {
            Some(month) if is_day(first) => (number(1), month, first),
            Some(month) => (first, month, number(1)),
            // What is not there counts as 1, so that there are always three numbers.
            None if self.is_standard || !is_day(first) => (first, number(1), number(2)),
            None => (number(2), first, number(1)),
        };
        let year = match year {
            _ if self.is_standard => year,
            0..=49 => year + 2000,
            50..=99 => year + 1900,
            year => year,
        };
        // Years that are farther away are beyond all moments that there are.
        let is_valid = year.abs() < 1_000_000 && (1..=12).contains(&month) && is_day(day);
        is_valid.then_some(Day { year, month, day })
    }
}

impl TimeFields {
    /// `false` if there are four already.
    pub(super) fn add(&mut self, number: i64) -> bool {
        let has_room = self.numbers.len() < 4;
        if has_room {
            self.numbers.push(number);
        }
        has_room
    }

    /// Adds the last number: no other is expected after it.
    pub(super) fn add_last(&mut self, number: i64) {
        self.add(number);
        self.numbers.resize(4, 0);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Whether the time has begun and the number can be its next.
    pub(super) fn expects(&self, number: i64) -> bool {
        match self.numbers.len() {
            1 | 2 => (0..60).contains(&number),
            3 => (0..1_000).contains(&number),
            _ => false,
        }
    }

    fn millis(&self) -> Option<i64> {
        let number = |index: usize| self.numbers.get(index).copied().unwrap_or(0);
        let mut hour = number(0);
        if let Some(half) = self.half {
            if !(0..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + half;
        }
        let rest = [number(1), number(2), number(3)];
        let [minute, second, milli] = rest;
        let is_within_day = (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second)
            && (0..1_000).contains(&milli);
        // The end of the day can be written too.
        if !is_within_day && (hour != 24 || rest != [0; 3]) {
            return None;
        }
        Some(((hour * 60 + minute) * 60 + second) * 1_000 + milli)
    }
}

impl OffsetFields {
    pub(super) fn set_hours(&mut self, hours: i64) {
        self.is_behind = Some(hours < 0);
        self.hours = Some(hours.abs());
        self.minutes = Some(0);
    }

    pub(super) fn is_utc(&self) -> bool {
        self.hours == Some(0) && self.minutes == Some(0)
    }

    /// Whether the hours are there and the number can be the minutes.
    pub(super) fn expects(&self, number: i64) -> bool {
        self.hours.is_some() && self.minutes.is_none() && (0..60).contains(&number)
    }

    fn millis(&self) -> Option<i64> {
        let minutes = self.hours.unwrap_or(0) * 60 + self.minutes.unwrap_or(0);
        let sign = if self.is_behind? { -1 } else { 1 };
        Some(sign * minutes * 60_000)
    }
}

/// How far the zone is ahead of UTC when its clocks show that time. Of a time that they show twice the first is meant;
/// one that they skip is counted as if they had not been put forward yet.
fn local_offset(millis: i64, zone: &TimeZone) -> i64 {
    let (day, in_day) = Day::of(millis);
    // Zones are known for these years only.
    let year = day.year.clamp(-9_998, 9_998);
    let day_of_month = day.day.min(days_in_month(year, day.month));
    let second = in_day / 1_000;
    let [hour, minute, second] = [second / 3_600, second / 60 % 60, second % 60];
    let time = civil::date(year as i16, day.month as i8, day_of_month as i8).at(
        hour as i8,
        minute as i8,
        second as i8,
        0,
    );
    let offset = match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
    };
    i64::from(offset.seconds()) * 1_000
}
