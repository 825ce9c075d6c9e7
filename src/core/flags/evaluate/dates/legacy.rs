//! Dates as people write them: `Jan 5, 2023`, `5/1/2023 3:00 pm`, `2023-01-05 15:00 GMT+2`.
//!
//! No standard says what these mean. It is done here as the engine of Node.js does it.

use super::fields::Fields;
use super::standard::milliseconds;
use super::tokens::{Number, Token, Tokens, Word};

/// Reads on where the standard form has ended, beginning with that token. `None` if it is no date.
pub(super) fn read(tokens: &mut Tokens<'_>, fields: Fields, next: Token) -> Option<Fields> {
    let mut reader = Reader {
        has_number: !fields.date.is_empty(),
        fields,
        tokens,
    };
    let mut token = next;
    while token != Token::End {
        reader.accept(token)?;
        token = reader.tokens.take();
    }
    Some(reader.fields)
}

struct Reader<'a, 'b> {
    tokens: &'a mut Tokens<'b>,
    fields: Fields,
    /// What is unknown is left out only before the first number.
    has_number: bool,
}

impl Reader<'_, '_> {
    /// `None` if the token cannot stand there.
    fn accept(&mut self, token: Token) -> Option<()> {
        match token {
            Token::Number(number) => {
                self.has_number = true;
                self.number(number)
            }
            Token::Word(word) => self.word(word),
            Token::Sign(sign @ ('+' | '-'))
                if self.fields.offset.is_utc() || !self.fields.time.is_empty() =>
            {
                self.has_number = true;
                self.offset(sign)
            }
            Token::Sign('+' | '-' | ')') if self.has_number => None,
            _ => Some(()),
        }
    }

    fn number(&mut self, number: Number) -> Option<()> {
        let Number { value, .. } = number;
        let Fields { date, time, offset } = &mut self.fields;
        if self.tokens.skip(':') {
            if self.tokens.skip(':') {
                // Two colons leave out the minutes.
                if !time.is_empty() {
                    return None;
                }
                time.add(value);
                time.add(0);
                return Some(());
            }
            self.tokens.skip('.');
            return time.add(value).then_some(());
        }
        if self.tokens.skip('.') && time.expects(value) {
            time.add(value);
            let Token::Number(fraction) = self.tokens.take() else {
                return None;
            };
            time.add_last(milliseconds(fraction));
            return Some(());
        }
        if offset.expects(value) {
            offset.minutes = Some(value);
            return Some(());
        }
        if time.expects(value) {
            time.add_last(value);
            let may_follow = matches!(
                self.tokens.peek(),
                Token::End | Token::Space | Token::Word(Word::Zulu) | Token::Sign('+' | '-')
            );
            return may_follow.then_some(());
        }
        let is_added = date.add(value);
        self.tokens.skip('-');
        is_added.then_some(())
    }

    fn word(&mut self, word: Word) -> Option<()> {
        let Fields { date, time, offset } = &mut self.fields;
        match word {
            Word::HalfOfDay(half) if !time.is_empty() => time.half = Some(half),
            Word::Month(month) => {
                date.named_month = Some(month);
                self.tokens.skip('-');
            }
            Word::Zone(hours) if self.has_number => offset.set_hours(hours),
            Word::Zulu if self.has_number => offset.set_hours(0),
            _ => {
                let is_before_number = matches!(self.tokens.peek(), Token::Number(_));
                return (!self.has_number && !is_before_number).then_some(());
            }
        }
        Some(())
    }

    /// Reads what follows the sign: `+2`, `+02`, `+0200`, or the hours of `+02:00`.
    fn offset(&mut self, sign: char) -> Option<()> {
        let (value, length) = match self.tokens.peek() {
            Token::Number(number) => {
                self.tokens.take();
                (number.value, number.length)
            }
            _ => (0, 0),
        };
        let offset = &mut self.fields.offset;
        offset.is_behind = Some(sign == '-');
        (offset.hours, offset.minutes) = match (self.tokens.peek(), length) {
            // The minutes come after the colon.
            (Token::Sign(':'), _) => (Some(value), None),
            (_, 1 | 2) => (Some(value), Some(0)),
            (_, 3 | 4) => (Some(value / 100), Some(value % 100)),
            _ => return None,
        };
        Some(())
    }
}
