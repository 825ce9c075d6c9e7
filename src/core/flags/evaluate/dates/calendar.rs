//! The Gregorian calendar, for all years.

pub(super) const DAY_MILLIS: i64 = 86_400_000;

/// A day of the calendar; months and days count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
}

impl Day {
    /// The day of that moment, and the milliseconds that had passed of it.
    pub(super) fn of(millis: i64) -> (Self, i64) {
        // Years are counted from March: so the leap day is the last of its year.
        let days = millis.div_euclid(DAY_MILLIS) + DAYS_FROM_MARCH_0000;
        let era = days.div_euclid(DAYS_PER_ERA);
        let day_of_era = days.rem_euclid(DAYS_PER_ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let (month, next_year) = if month_from_march < 10 {
            (month_from_march + 3, 0)
        } else {
            (month_from_march - 9, 1)
        };
        let day = Self {
            year: era * 400 + year_of_era + next_year,
            month,
            day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
        };
        (day, millis.rem_euclid(DAY_MILLIS))
    }

    /// Days since the epoch. A day beyond the end of its month is one of the next.
    pub(super) fn number(self) -> i64 {
        let (year, month_from_march) = if self.month > 2 {
            (self.year, self.month - 3)
        } else {
            (self.year - 1, self.month + 9)
        };
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        year.div_euclid(400) * DAYS_PER_ERA + day_of_era - DAYS_FROM_MARCH_0000
    }

    /// The day of the same number in the month before, which may not have it.
    pub(super) fn in_month_before(self) -> Self {
        match self.month {
            1 => Self {
                year: self.year - 1,
                month: 12,
                ..self
            },
            month => Self {
                month: month - 1,
                ..self
            },
        }
    }
}

const DAYS_FROM_MARCH_0000: i64 = 719_468;
const DAYS_PER_ERA: i64 = 146_097;

pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap_year => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
