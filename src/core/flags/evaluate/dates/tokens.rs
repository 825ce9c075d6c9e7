//! The words, numbers and signs that a date is written with.

use super::super::javascript::is_space;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Number(Number),
    /// One of `: - + . )`.
    Sign(char),
    Word(Word),
    Space,
    /// Text in parentheses, or a character that means nothing.
    Other,
    End,
}

/// A run of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Of more than nine digits, leading zeros not counted, only the first nine are in it.
    pub(super) value: i64,
    /// How many digits it was written with.
    pub(super) length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// From 1.
    Month(i64),
    /// 12 for `pm`, 0 for `am`.
    HalfOfDay(i64),
    /// The hours that the zone is ahead of UTC.
    Zone(i64),
    /// `Z`, which is UTC too.
    Zulu,
    /// `T`.
    BeforeTime,
    Unknown,
}

/// A date as it is written, with the next token known.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    next: Token,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut tokens = Self {
            rest: text,
            next: Token::End,
        };
        tokens.take();
        tokens
    }

    /// The next token, which stays.
    pub(super) fn peek(&self) -> Token {
        self.next
    }

    /// The next token, which is taken away.
    pub(super) fn take(&mut self) -> Token {
        let following = self.scan();
        std::mem::replace(&mut self.next, following)
    }

    /// Whether the next token is that sign, which is then taken away.
    pub(super) fn skip(&mut self, sign: char) -> bool {
        let is_next = self.next == Token::Sign(sign);
        if is_next {
            self.take();
        }
        is_next
    }

    /// The next token if it is a number of so many digits.
    pub(super) fn peek_number(&self, length: usize) -> Option<i64> {
        match self.next {
            Token::Number(number) if number.length == length => Some(number.value),
            _ => None,
        }
    }

    /// Takes away what is in parentheses of which the first has been taken.
    fn skip_parentheses(&mut self) {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.take_character() {
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    fn take_character(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    /// Takes away all characters of that kind.
    fn take_while(&mut self, is_meant: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|character| !is_meant(character));
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn scan(&mut self) -> Token {
        let Some(first) = self.rest.chars().next() else {
            return Token::End;
        };
        if first.is_ascii_digit() {
            return Token::Number(number(
                self.take_while(|character| character.is_ascii_digit()),
            ));
        }
        // Letters, and everything that comes after them in Unicode.
        let is_letter = |character: char| character >= 'A' && !is_space(character);
        if is_letter(first) {
            return Token::Word(word(self.take_while(is_letter)));
        }
        if is_space(first) {
            self.take_while(is_space);
            return Token::Space;
        }
        self.take_character();
        match first {
            ':' | '-' | '+' | '.' | ')' => Token::Sign(first),
            '(' => {
                self.skip_parentheses();
                Token::Other
            }
            _ => Token::Other,
        }
    }
}

fn number(digits: &str) -> Number {
    let significant = digits.trim_start_matches('0').bytes().take(9);
    Number {
        value: significant.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')),
        length: digits.len(),
    }
}

/// Three letters are enough for a month; other words must be whole.
fn word(letters: &str) -> Word {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let letters = letters.to_ascii_lowercase();
    let month = MONTHS.iter().position(|month| letters.starts_with(month));
    if let Some(index) = month {
        return Word::Month(index as i64 + 1);
    }
    match letters.as_str() {
        "am" => Word::HalfOfDay(0),
        "pm" => Word::HalfOfDay(12),
        "ut" | "utc" | "gmt" => Word::Zone(0),
        "z" => Word::Zulu,
        "edt" => Word::Zone(-4),
        "cdt" | "est" => Word::Zone(-5),
        "cst" | "mdt" => Word::Zone(-6),
        "mst" | "pdt" => Word::Zone(-7),
        "pst" => Word::Zone(-8),
        "t" => Word::BeforeTime,
        _ => Word::Unknown,
    }
}
