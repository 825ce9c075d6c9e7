//! Numbers of payment cards.
//!
//! 13 to 19 digits in a length that the issuer's numbers have, with a check digit by Luhn; together or in groups with one
//! kind of separator, the first group of four digits or more, the others but the last of three. Of random numbers of 16
//! digits, 4 in 100 are hit; of milliseconds and microseconds since 1970 and of dates with their times, none. Maestro's
//! numbers of 12 digits are out of use, and left alone for the telephone numbers that look like them.

use super::separator;

const MIN_DIGITS: usize = 13;
const MAX_DIGITS: usize = 19;

/// By the first four digits, from and to, the lengths that an issuer's numbers have: bit 0 is 13 digits.
const ISSUERS: [(u16, u16, u8); 11] = [
    // Visa: 13, 16, 19.
    (4000, 4999, 0b100_1001),
    // Mastercard.
    (5100, 5599, 0b000_1000),
    (2221, 2720, 0b000_1000),
    // American Express.
    (3400, 3499, 0b000_0100),
    (3700, 3799, 0b000_0100),
    // Diners Club.
    (3000, 3059, 0b111_1110),
    (3600, 3699, 0b111_1110),
    (3800, 3999, 0b111_1110),
    // JCB.
    (3528, 3589, 0b111_1000),
    // Maestro; Discover and UnionPay are within.
    (5000, 5099, 0b111_1111),
    (5600, 6999, 0b111_1111),
];

/// Where the longest card number ends that begins here.
pub(super) fn end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut digits = [0; MAX_DIGITS];
    let mut count = 0;
    let mut found = None;
    let mut at = start;
    let mut least = 4;
    let mut divider: &[u8] = &[];
    loop {
        let group = at;
        while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            let Some(place) = digits.get_mut(count) else {
                return found;
            };
            *place = digit - b'0';
            count += 1;
            at += 1;
        }
        if bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
            return found;
        }
        if is_card(digits.get(..count).unwrap_or_default()) {
            found = Some(at);
        }
        let next = at + separator(bytes, at);
        let between = bytes.get(at..next).unwrap_or_default();
        if at - group < least || next == at || !divider.is_empty() && divider != between {
            return found;
        }
        divider = between;
        least = 3;
        at = next;
    }
}

fn is_card(digits: &[u8]) -> bool {
    let Some(spare) = digits.len().checked_sub(MIN_DIGITS) else {
        return false;
    };
    let first = digits
        .iter()
        .take(4)
        .fold(0, |number, digit| number * 10 + u16::from(*digit));
    ISSUERS
        .iter()
        .any(|(from, to, lengths)| (*from..=*to).contains(&first) && lengths >> spare & 1 == 1)
        && is_luhn(digits)
}

/// Whether the last digit is the check digit by Luhn (ISO/IEC 7812-1).
#[inline(never)]
pub(super) fn is_luhn(digits: &[u8]) -> bool {
    let mut sum = 0;
    let mut doubles = false;
    for digit in digits.iter().rev() {
        let mut value = u32::from(digit & 15);
        if doubles {
            value *= 2;
        }
        sum += value / 10 + value % 10;
        doubles = !doubles;
    }
    sum.is_multiple_of(10)
}
