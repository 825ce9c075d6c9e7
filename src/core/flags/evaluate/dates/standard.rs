//! Dates of ISO 8601, as far as ECMAScript has them: `2024-03-31`, `2024-03-31T12:00:00.000+02:00`.

use super::fields::Fields;
use super::tokens::{Number, Token, Tokens, Word};

/// What has been read of a text.
pub(super) enum Reading {
    /// A date, to the end.
    Whole(Fields),
    /// The beginning of a date that may be of another form: the token comes next.
    Begun(Fields, Token),
    /// It has a time as this form has it, but is wrong: it cannot be of another form.
    Invalid,
}

/// Reads a date as far as it is of this form.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Reading {
    let mut fields = Fields::default();
    if let Some(unhandled) = read_day(tokens, &mut fields) {
        return Reading::Begun(fields, unhandled);
    }
    match tokens.peek() {
        Token::End => {}
        Token::Word(Word::BeforeTime) => {
            tokens.take();
            if read_time(tokens, &mut fields).is_none() {
                return Reading::Invalid;
            }
        }
        _ => return Reading::Begun(fields, tokens.take()),
    }
    // A day alone is one of UTC.
    if fields.time.is_empty() {
        fields.offset.set_hours(0);
    }
    fields.date.is_standard = true;
    Reading::Whole(fields)
}

/// Gives the token that is not of this form, if there is one.
fn read_day(tokens: &mut Tokens<'_>, fields: &mut Fields) -> Option<Token> {
    if let sign @ (Token::Sign('+') | Token::Sign('-')) = tokens.peek() {
        tokens.take();
        let Some(year) = tokens.peek_number(6) else {
            return Some(sign);
        };
        tokens.take();
        let is_before = sign == Token::Sign('-');
        if is_before && year == 0 {
            return Some(sign);
        }
        fields.date.add(if is_before { -year } else { year });
    } else if let Some(year) = tokens.peek_number(4) {
        tokens.take();
        fields.date.add(year);
    } else {
        return Some(tokens.take());
    }
    for limit in [12, 31] {
        if !tokens.skip('-') {
            break;
        }
        match tokens.peek_number(2) {
            Some(number) if (1..=limit).contains(&number) => fields.date.add(number),
            _ => return Some(tokens.take()),
        };
        tokens.take();
    }
    None
}

/// Reads what follows the `T`, which must be all. `None` if it is wrong.
fn read_time(tokens: &mut Tokens<'_>, fields: &mut Fields) -> Option<()> {
    let hour = two_digits(tokens, 24)?;
    // The end of the day is an hour that has no minutes.
    let limit = if hour == 24 { 0 } else { 59 };
    fields.time.add(hour);
    if !tokens.skip(':') {
        return None;
    }
    fields.time.add(two_digits(tokens, limit)?);
    if tokens.skip(':') {
        fields.time.add(two_digits(tokens, limit)?);
        if tokens.skip('.') {
            let Token::Number(fraction) = tokens.take() else {
                return None;
            };
            if limit == 0 && fraction.value > 0 {
                return None;
            }
            fields.time.add(milliseconds(fraction));
        }
    }
    read_offset(tokens, fields)?;
    (tokens.peek() == Token::End).then_some(())
}

fn read_offset(tokens: &mut Tokens<'_>, fields: &mut Fields) -> Option<()> {
    match tokens.peek() {
        Token::Word(Word::Zulu) => {
            tokens.take();
            fields.offset.set_hours(0);
        }
        Token::Sign(sign @ ('+' | '-')) => {
            tokens.take();
            let (hours, minutes) = match tokens.peek_number(4) {
                Some(both) => {
                    tokens.take();
                    (both / 100, both % 100)
                }
                None => {
                    let hours = two_digits(tokens, 23)?;
                    if !tokens.skip(':') {
                        return None;
                    }
                    (hours, two_digits(tokens, 59)?)
                }
            };
            if hours > 23 || minutes > 59 {
                return None;
            }
            fields.offset.is_behind = Some(sign == '-');
            fields.offset.hours = Some(hours);
            fields.offset.minutes = Some(minutes);
        }
        _ => {}
    }
    Some(())
}

fn two_digits(tokens: &mut Tokens<'_>, limit: i64) -> Option<i64> {
    let number = tokens.peek_number(2).filter(|number| *number <= limit)?;
    tokens.take();
    Some(number)
}

/// The digits behind the point of a second, of which the first three count.
pub(super) fn milliseconds(fraction: Number) -> i64 {
    match fraction.length {
        1 => fraction.value * 100,
        2 => fraction.value * 10,
        // Of longer ones nine digits have been read.
        length => fraction.value / 10_i64.pow(length.min(9) as u32 - 3),
    }
}
