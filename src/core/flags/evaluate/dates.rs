//! Moments, as JavaScript's `Date` knows them: in milliseconds since the Unix epoch.

mod calendar;
mod fields;
mod legacy;
mod standard;
mod tokens;

use serde_json::Value;

use self::calendar::Day;
use super::doubt::Doubt;
use super::{Circumstances, javascript};

/// The moment that a filter names: a date, or a time before now such as `-7d`.
pub(super) fn filter(value: Option<&Value>, circumstances: &Circumstances) -> Result<f64, Doubt> {
    if let Some(Value::Bool(_)) = value {
        return Err(Doubt::UNSUPPORTED);
    }
    let now = circumstances.now.as_millis() as i64;
    match relative(&javascript::text(value), now) {
        Some(millis) => Ok(millis as f64),
        None => value
            .and_then(|value| moment(value, circumstances))
            .ok_or(Doubt::UNSUPPORTED),
    }
}

/// The moment that a text or a number of milliseconds tells; nothing if it tells none.
pub(super) fn moment(value: &Value, circumstances: &Circumstances) -> Option<f64> {
    match value {
        Value::Number(number) => clip(number.as_f64()?),
        Value::String(text) => parse(text, circumstances),
        _ => None,
    }
}

/// What `new Date(text)` makes of a text in the engine of Node.js: dates of ISO 8601, and most of what people write.
fn parse(text: &str, circumstances: &Circumstances) -> Option<f64> {
    let mut tokens = tokens::Tokens::new(text);
    let fields = match standard::read(&mut tokens) {
        standard::Reading::Whole(fields) => fields,
        standard::Reading::Begun(fields, next) => legacy::read(&mut tokens, fields, next)?,
        standard::Reading::Invalid => return None,
    };
    clip(fields.millis(&circumstances.zone)?)
}

/// The moments that JavaScript has: 100 million days around the epoch.
fn clip(millis: f64) -> Option<f64> {
    const FARTHEST: f64 = 8.64e15;
    (millis.abs() <= FARTHEST).then(|| millis.trunc())
}

/// `7d` and `-7d` are both seven days ago. Hours, days and weeks are of constant length; months and years keep to the
/// calendar, in UTC. Nothing if the text is of another form, or the number 10,000 or more.
fn relative(text: &str, now: i64) -> Option<i64> {
    const HOUR: i64 = 3_600_000;
    let text = text.strip_prefix('-').unwrap_or(text);
    let unit = text.chars().next_back()?;
    let count = &text[..text.len() - unit.len_utf8()];
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count = count.parse().ok().filter(|count| *count < 10_000_i64)?;
    let (day, in_day) = Day::of(now);
    let day = match unit {
        'h' => return Some(now - count * HOUR),
        'd' => return Some(now - count * 24 * HOUR),
        'w' => return Some(now - count * 7 * 24 * HOUR),
        'm' => months_before(day, count),
        'y' => years_before(day, count),
        _ => return None,
    };
    Some(day.number() * calendar::DAY_MILLIS + in_day)
}

/// Goes back month by month. A day that one of them lacks becomes its last, and stays that.
fn months_before(day: Day, count: i64) -> Day {
    let mut day = day;
    for _ in 0..count {
        day = day.in_month_before();
        day.day = day.day.min(calendar::days_in_month(day.year, day.month));
    }
    day
}

/// 29 February becomes the 28th, in leap years too.
fn years_before(day: Day, count: i64) -> Day {
    let is_leap_day = day.month == 2 && day.day == 29 && count > 0;
    Day {
        year: day.year - count,
        day: if is_leap_day { 28 } else { day.day },
        ..day
    }
}
