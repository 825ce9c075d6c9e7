//! Classes of characters: `[a-z\d]`.

use super::translation::{Escaped, escaped, push_literal, set};

/// What has become of a class.
pub(super) enum Class {
    /// In the syntax of Rust.
    Rust(String),
    /// Only the older, lenient syntax of JavaScript has it.
    Loose,
}

enum Item {
    Character(char),
    Set(char),
}

/// Translates a class whose bracket has been read, and gives what follows it. `None` if it is invalid.
pub(super) fn translate(rest: &str) -> Option<(Class, &str)> {
    let (is_negated, mut rest) = match rest.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let mut out = String::from(if is_negated { "[^" } else { "[" });
    let mut is_loose = false;
    loop {
        if let Some(rest) = rest.strip_prefix(']') {
            out.push(']');
            let class = if is_loose {
                Class::Loose
            } else {
                Class::Rust(out)
            };
            return Some((class, rest));
        }
        let (first, after) = item(rest, &mut is_loose)?;
        rest = after;
        let second = rest.strip_prefix('-').filter(|rest| !rest.starts_with(']'));
        let Some(second) = second else {
            push(&mut out, &first);
            continue;
        };
        let (second, after) = item(second, &mut is_loose)?;
        rest = after;
        match (first, second) {
            (Item::Character(first), Item::Character(last)) => {
                if first > last {
                    return None;
                }
                push_literal(&mut out, first);
                out.push('-');
                push_literal(&mut out, last);
            }
            // A range to or from a set.
            _ => is_loose = true,
        }
    }
}

/// Reads one item and notes whether the strict syntax lacks it. `None` if the class ends before it is closed.
fn item<'a>(rest: &'a str, is_loose: &mut bool) -> Option<(Item, &'a str)> {
    let character = rest.chars().next()?;
    let after = &rest[character.len_utf8()..];
    if character != '\\' {
        return Some((Item::Character(character), after));
    }
    let letter = after.chars().next()?;
    *is_loose |=
        letter == 'B' || letter.is_ascii_punctuation() && !r"^$\.*+?()[]{}|/-".contains(letter);
    *is_loose |= letter == ' ';
    let (escaped, after) = escaped(after)?;
    let item = match escaped {
        // Backspace.
        Escaped::Character('b') if letter == 'b' => Item::Character('\u{8}'),
        Escaped::Character(character) => Item::Character(character),
        Escaped::Set(letter) => Item::Set(letter),
    };
    Some((item, after))
}

fn push(out: &mut String, item: &Item) {
    match item {
        Item::Character(character) => push_literal(out, *character),
        // A set within a set is a union.
        Item::Set(letter) if letter.is_ascii_uppercase() => {
            out.push_str("[^");
            out.push_str(set(*letter));
            out.push(']');
        }
        Item::Set(letter) => out.push_str(set(*letter)),
    }
}
