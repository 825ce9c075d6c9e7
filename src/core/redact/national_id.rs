//! Numbers that states give to persons.
//!
//! Only those are known here that hardly any other number looks like: by a check digit with a date, a letter or a fixed
//! beginning, by two check digits, or by one in groups of their own. The share of other numbers *of the same form* that
//! are hit, from uniformly random ones:
//!
//! | number | form | checks | hit |
//! |---|---|---|---|
//! | Belgium, Rijksregisternummer | 11 digits, or in its groups | date, modulo 97 | 0.2 % |
//! | Brazil, CPF | 11 digits, or in its groups | two check digits | 1 % |
//! | China, resident identity card | 18 digits, the last may be X | date, ISO 7064 modulo 11-2 | 0.01 % |
//! | Finland, henkilötunnus | `ddmmyy-nnnc` | date, modulo 31 | 0.1 % |
//! | France, NIR | 15 digits, or in its groups | first digit, month, modulo 97 | 0.05 % |
//! | Germany, Steuer-ID | 11 digits, or in its groups | rule of repeated digits, ISO 7064 modulo 11,10 | 0.3 % |
//! | India, Aadhaar | groups 4-4-4 | Verhoeff | 8 % |
//! | Italy, codice fiscale | 16 letters and digits | form, month, check letter | 2 % |
//! | Netherlands, BSN | `nnnn.nn.nnn` | modulo 11 | 9 % |
//! | Poland, PESEL | 11 digits | date, modulo 10 | 0.7 % |
//! | South Africa | 13 digits, or in its groups | date, two fixed places, Luhn | 0.02 % |
//! | Spain, DNI and NIE | 8 digits, or X, Y, Z and 7; a letter | modulo 23 | 4 % |
//! | Sweden, personnummer | `yymmdd-nnnn`; 12 digits | date, Luhn | 0.7 % |
//! | Switzerland, AHV | 13 digits from 756, or in its groups | EAN-13 | 0.01 % |
//! | Turkey, TCKN | 11 digits | two check digits | 0.9 % |
//! | United Kingdom, NHS | groups 3-3-4 with spaces | modulo 11 | 9 % |
//! | United States, SSN | `ddd-dd-dddd` | none exists; posthog-js removes it too | all |
//!
//! So 3 in 100 random numbers of 11 digits are hit, and of 8, 9 and 10 digits without any sign between them none. A BSN
//! of nine bare digits, which 1 in 11 numbers passes for, is left alone.

use super::{byte_at, card, separator};

/// What is checked is the letters (in upper case) and the digits, without what divides them.
type Check = fn(&[u8]) -> bool;

/// Forms with their checks: `0` is a digit, `A` a letter, `*` either of them, `?` the sign of a century, `_` a
/// [`separator`] or a full stop, all of which may be missing, `~` a hyphen that may; all others stand for themselves.
const RULES: [(&str, Check); 23] = [
    ("00000000~A", spain),
    ("A~0000000~A", spain),
    ("AAAAAA**A**A***A", italy),
    ("0_00_00_0*_000_000_00", france),
    ("000000?000*", finland),
    ("00000000000", poland),
    ("00000000000", turkey),
    ("000_000_000_00", brazil),
    ("000000000-00", brazil),
    ("00_00_00_000_00", belgium),
    ("00_000_000_000", germany),
    ("00000000000000000*", china),
    ("000000-0000", sweden),
    ("000000+0000", sweden),
    ("00000000-0000", sweden),
    ("00000000+0000", sweden),
    ("000000000000", sweden),
    ("000_0000_0000_00", switzerland),
    ("000000_0000_000", south_africa),
    ("0000 0000 0000", india),
    ("0000-0000-0000", india),
    ("000 000 0000", united_kingdom),
    ("0000.00.000", netherlands),
];

/// The one form without a check.
const UNITED_STATES: &str = "000-00-0000";

/// The longest number, without what divides it.
const MAX_LENGTH: usize = 18;

/// Where a number ends that begins here.
pub(super) fn end(bytes: &[u8], start: usize) -> Option<usize> {
    RULES
        .into_iter()
        .chain([(UNITED_STATES, (|_| true) as Check)])
        .find_map(|(form, check)| end_of(bytes, start, form, check))
}

fn end_of(bytes: &[u8], start: usize, form: &str, check: Check) -> Option<usize> {
    let mut characters = [0; MAX_LENGTH];
    let mut count = 0;
    let mut divided = None;
    let mut at = start;
    for place in form.bytes() {
        let byte = byte_at(bytes, at);
        let fits = match place {
            b'_' => {
                let width = separator(bytes, at).max(usize::from(byte == b'.'));
                // A number in which only some were missing might be a fraction.
                if *divided.get_or_insert(width > 0) != (width > 0) {
                    return None;
                }
                at += width;
                continue;
            }
            b'~' => {
                at += usize::from(byte == b'-');
                continue;
            }
            b'0' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            b'*' => byte.is_ascii_alphanumeric(),
            b'?' => b"+-ABCDEFUVWXY".contains(&byte),
            sign => byte == sign,
        };
        if !fits {
            return None;
        }
        if byte.is_ascii_alphanumeric() && place != b'?' {
            *characters.get_mut(count)? = byte.to_ascii_uppercase();
            count += 1;
        }
        at += 1;
    }
    let ends = !byte_at(bytes, at).is_ascii_alphanumeric();
    (ends && check(characters.get(..count)?)).then_some(at)
}

/// The number that some of the characters are.
#[inline(never)]
fn number(characters: &[u8], from: usize, to: usize) -> u64 {
    characters
        .iter()
        .take(to)
        .skip(from)
        .fold(0, |number, digit| number * 10 + u64::from(digit & 15))
}

/// The sum of the digits, each times its weight; digits behind the last weight do not count.
#[inline(never)]
fn weighted(characters: &[u8], weights: &[u8]) -> u32 {
    characters
        .iter()
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit & 15) * u32::from(*weight))
        .sum()
}

fn is_date(month: u64, day: u64) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn spain(characters: &[u8]) -> bool {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    // X, Y and Z stand for 0, 1 and 2.
    let first = match byte_at(characters, 0) {
        letter @ b'X'..=b'Z' => u64::from(letter - b'X'),
        digit @ b'0'..=b'9' => u64::from(digit - b'0'),
        _ => return false,
    };
    let rest = first * 10_000_000 + number(characters, 1, 8);
    byte_at(LETTERS, (rest % 23) as usize) == byte_at(characters, 8)
}

fn italy(characters: &[u8]) -> bool {
    /// What digits and letters count for at odd places; at even ones for their place in the alphabet.
    const ODD: &[u8; 26] = &[
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let mut sum = 0;
    for (index, character) in characters.iter().enumerate() {
        let is_digit = character.is_ascii_digit();
        // A digit that two persons would share is written as one of these letters.
        let fits = match index {
            6 | 7 | 9 | 10 | 12..=14 => is_digit || b"LMNPQRSTUV".contains(character),
            8 => b"ABCDEHLMPRST".contains(character),
            15 => return (sum % 26) as u8 == character - b'A',
            _ => true,
        };
        if !fits {
            return false;
        }
        let value = character - if is_digit { b'0' } else { b'A' };
        sum += u32::from(if index % 2 == 0 {
            byte_at(ODD, usize::from(value))
        } else {
            value
        });
    }
    false
}

fn france(characters: &[u8]) -> bool {
    // Corsica's two departments are 2A and 2B.
    let department = match characters.get(5..7) {
        Some(b"2A") => 19,
        Some(b"2B") => 18,
        Some([_, b'0'..=b'9']) => number(characters, 5, 7),
        _ => return false,
    };
    let person =
        (number(characters, 0, 5) * 100 + department) * 1_000_000 + number(characters, 7, 13);
    // 1 and 2 are the sexes, 7 and 8 the same for those who are not registered yet.
    b"1278".contains(&byte_at(characters, 0))
        && is_date(number(characters, 3, 5), 1)
        && is_complement(person, characters)
}

/// Whether the last two digits are what a number lacks to the next multiple of 97.
fn is_complement(number_before: u64, characters: &[u8]) -> bool {
    let check = number(characters, characters.len() - 2, characters.len());
    (1..=97).contains(&check) && (number_before + check).is_multiple_of(97)
}

fn finland(characters: &[u8]) -> bool {
    const SIGNS: &[u8] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    is_date(number(characters, 2, 4), number(characters, 0, 2))
        && byte_at(SIGNS, (number(characters, 0, 9) % 31) as usize) == byte_at(characters, 9)
}

fn poland(characters: &[u8]) -> bool {
    // From 2000 on, 20 is added to the month.
    let month = number(characters, 2, 4);
    is_date(month % 20, number(characters, 4, 6))
        && month < 40
        && weighted(characters, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

fn turkey(characters: &[u8]) -> bool {
    let digit = |index| u32::from(byte_at(characters, index) & 15);
    digit(0) > 0
        && weighted(characters, &[7, 9, 7, 9, 7, 9, 7, 9, 7]) % 10 == digit(9)
        && weighted(characters, &[1; 10]) % 10 == digit(10)
}

fn brazil(characters: &[u8]) -> bool {
    let digit = |index| u32::from(byte_at(characters, index) & 15);
    characters
        .iter()
        .any(|other| *other != byte_at(characters, 0))
        && weighted(characters, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == digit(9)
        && weighted(characters, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == digit(10)
}

fn belgium(characters: &[u8]) -> bool {
    // For those who are not resident, 20 or 40 is added to the month; from 2000 on, a 2 is put in front.
    let month = number(characters, 2, 4);
    let person = number(characters, 0, 9);
    month < 60
        && is_date(month % 20, number(characters, 4, 6))
        && (is_complement(person, characters) || is_complement(person + 2_000_000_000, characters))
}

fn germany(characters: &[u8]) -> bool {
    // Of the first ten digits one is there twice or three times, and the others no more than once.
    let mut counts = [0; 10];
    let mut product = 10;
    for character in characters.iter().take(10) {
        let digit = character & 15;
        if let Some(count) = counts.get_mut(usize::from(digit)) {
            *count += 1;
        }
        let sum = (digit + product) % 10;
        product = if sum == 0 { 9 } else { sum * 2 % 11 };
    }
    byte_at(characters, 0) != b'0'
        && counts.iter().filter(|count| **count > 1).count() == 1
        && counts.iter().all(|count| *count < 4)
        && (11 - product) % 10 == byte_at(characters, 10) & 15
}

fn china(characters: &[u8]) -> bool {
    let mut remainder = 0;
    for character in characters {
        let value = match character {
            b'X' => 10,
            b'0'..=b'9' => character - b'0',
            _ => return false,
        };
        remainder = (remainder * 2 + value) % 11;
    }
    remainder == 1
        && (19..=20).contains(&number(characters, 6, 8))
        && is_date(number(characters, 10, 12), number(characters, 12, 14))
}

fn sweden(characters: &[u8]) -> bool {
    // Twelve digits may also be a date with a time, of a year in which such a program runs.
    let from = characters.len() - 10;
    let is_year = from == 0 || (1900..2020).contains(&number(characters, 0, 4));
    // 60 is added to the day of those who are not registered.
    let day = number(characters, from + 4, from + 6);
    is_year
        && is_date(
            number(characters, from + 2, from + 4),
            if day > 60 { day - 60 } else { day },
        )
        && card::is_luhn(characters.get(from..).unwrap_or_default())
}

fn switzerland(characters: &[u8]) -> bool {
    characters.starts_with(b"756")
        && weighted(characters, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

fn south_africa(characters: &[u8]) -> bool {
    // From 15 to 19 begin the milliseconds since 1970 of the years around this one.
    !(15..20).contains(&number(characters, 0, 2))
        && is_date(number(characters, 2, 4), number(characters, 4, 6))
        // Citizen, resident or refugee; then an 8 or a 9, which once was something else.
        && matches!(characters.get(10..12), Some([b'0'..=b'2', b'8' | b'9']))
        && card::is_luhn(characters)
}

fn india(characters: &[u8]) -> bool {
    const PERMUTATION: &[u8; 10] = &[1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    // Verhoeff: the symmetries of a pentagon, 0 to 4 its turns, 5 to 9 its reflections.
    let mut symmetry = 0;
    for (index, character) in characters.iter().rev().enumerate() {
        let mut next = character & 15;
        for _ in 0..index % 8 {
            next = byte_at(PERMUTATION, usize::from(next));
        }
        let turned = if symmetry < 5 {
            symmetry + next
        } else {
            symmetry + 10 - next
        };
        symmetry = turned % 5 + if (symmetry < 5) == (next < 5) { 0 } else { 5 };
    }
    symmetry == 0 && byte_at(characters, 0) > b'1'
}

fn united_kingdom(characters: &[u8]) -> bool {
    weighted(characters, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

fn netherlands(characters: &[u8]) -> bool {
    // The last weight is -1.
    weighted(characters, &[9, 8, 7, 6, 5, 4, 3, 2, 10]).is_multiple_of(11)
}
