//! Translates patterns that are portable.

use super::class::{self, Class};

/// What has become of a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Translation {
    /// In the syntax of Rust.
    Rust(String),
    /// JavaScript refuses the pattern.
    Invalid,
    /// JavaScript takes a class of it only because it once did.
    Loose,
}

/// JavaScript takes larger counts for endless.
const ENDLESS: f64 = i32::MAX as f64;

/// Translates a pattern that is portable.
pub(super) fn translate(pattern: &str) -> Translation {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(2 * pattern.len()),
        is_loose: false,
    };
    match translator.run() {
        None => Translation::Invalid,
        Some(()) if translator.is_loose => Translation::Loose,
        Some(()) => Translation::Rust(translator.out),
    }
}

/// Appends a character that stands for itself.
pub(super) fn push_literal(out: &mut String, character: char) {
    out.push_str(&format!("\\x{{{:x}}}", u32::from(character)));
}

/// What an escape stands for: one character, or a set of them.
pub(super) enum Escaped {
    Character(char),
    /// The letter of the set.
    Set(char),
}

/// Reads an escape behind its backslash, and gives what follows it. `None` if there is nothing behind it.
pub(super) fn escaped(rest: &str) -> Option<(Escaped, &str)> {
    let letter = rest.chars().next()?;
    let rest = &rest[letter.len_utf8()..];
    let character = match letter {
        'd' | 'D' | 's' | 'S' | 'w' | 'W' => return Some((Escaped::Set(letter), rest)),
        'x' => {
            let code = rest
                .get(..2)
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())?;
            return Some((Escaped::Character(char::from(code)), &rest[2..]));
        }
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        itself => itself,
    };
    Some((Escaped::Character(character), rest))
}

/// What the set of that letter is made of within a class; capital letters have the opposite.
///
/// Spelled out because Rust's sets have more than ASCII.
pub(super) fn set(letter: char) -> &'static str {
    match letter.to_ascii_lowercase() {
        'd' => "0-9",
        's' => "\\t\\n\\x0b\\x0c\\r ",
        _ => "0-9A-Za-z_",
    }
}

struct Translator<'a> {
    rest: &'a str,
    out: String,
    is_loose: bool,
}

impl Translator<'_> {
    /// `None` if the pattern is invalid.
    fn run(&mut self) -> Option<()> {
        let mut open_groups = 0_usize;
        let mut is_repeatable = false;
        while let Some(character) = self.rest.chars().next() {
            self.rest = &self.rest[character.len_utf8()..];
            match character {
                '(' => {
                    self.rest = self.rest.strip_prefix("?:").unwrap_or(self.rest);
                    open_groups += 1;
                    self.out.push_str("(?:");
                }
                ')' => {
                    open_groups = open_groups.checked_sub(1)?;
                    self.out.push(')');
                }
                '|' => self.out.push('|'),
                '*' | '+' | '?' | '{' => {
                    if !is_repeatable {
                        return None;
                    }
                    self.repetition(character)?;
                }
                other => self.atom(other)?,
            }
            // Anchors are not, but those that are repeated are not portable either.
            is_repeatable = !matches!(character, '(' | '|' | '*' | '+' | '?' | '{');
        }
        (open_groups == 0).then_some(())
    }

    fn atom(&mut self, character: char) -> Option<()> {
        match character {
            '^' => self.out.push_str("\\A"),
            '$' => self.out.push_str("\\z"),
            '.' => self.out.push_str("[^\\n]"),
            '[' => match class::translate(self.rest)? {
                (Class::Loose, rest) => {
                    self.is_loose = true;
                    self.rest = rest;
                }
                (Class::Rust(class), rest) => {
                    self.out.push_str(&class);
                    self.rest = rest;
                }
            },
            '\\' => {
                let (escaped, rest) = escaped(self.rest)?;
                self.rest = rest;
                match escaped {
                    Escaped::Character(character) => push_literal(&mut self.out, character),
                    Escaped::Set(letter) => {
                        self.out.push_str(if letter.is_ascii_uppercase() {
                            "[^"
                        } else {
                            "["
                        });
                        self.out.push_str(set(letter));
                        self.out.push(']');
                    }
                }
            }
            character => push_literal(&mut self.out, character),
        }
        Some(())
    }

    /// A repetition whose first character has been read, with the question mark that makes it lazy.
    fn repetition(&mut self, first: char) -> Option<()> {
        self.out.push(first);
        if first == '{' {
            let (counts, rest) = self.rest.split_once('}')?;
            if let Some((least, most)) = counts.split_once(',') {
                let count = |text: &str| text.parse().unwrap_or(ENDLESS).min(ENDLESS);
                if count(least) > count(most) {
                    return None;
                }
            }
            self.out.push_str(counts);
            self.out.push('}');
            self.rest = rest;
        }
        if let Some(rest) = self.rest.strip_prefix('?') {
            self.out.push('?');
            self.rest = rest;
        }
        Some(())
    }
}
