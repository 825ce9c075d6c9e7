//! Bytes as a JavaScript string literal, one character for each byte (Latin-1).
//!
//! Only what cannot stand in a literal is escaped; the rest stays as it is, in UTF-8. That costs less, before and after
//! compression, than base64.

/// The shortest literal, quotes included, whose characters have the codes of these bytes.
pub(crate) fn literal(bytes: &[u8]) -> String {
    let count = |wanted: u8| bytes.iter().filter(|byte| **byte == wanted).count();
    let quote = if count(b'"') <= count(b'\'') {
        b'"'
    } else {
        b'\''
    };

    let mut text = String::with_capacity(bytes.len() * 3 / 2);
    text.push(char::from(quote));
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            // Before a digit, `\0` would be read as the start of an octal escape.
            0 if bytes.get(index + 1).is_some_and(u8::is_ascii_digit) => text.push_str("\\x00"),
            // Allowed as it is, but it makes tools take the file for a binary one.
            0 => text.push_str("\\0"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            _ => {
                if byte == quote || byte == b'\\' {
                    text.push('\\');
                }
                text.push(char::from(byte));
            }
        }
    }
    text.push(char::from(quote));
    text
}

/// The checksum that the core chunk compares before it compiles: `(h * 31 + word) | 0` over all words of four bytes, the
/// little end first, and then over the bytes that are left, from 0. Words, for a page has to wait for it.
pub(crate) fn checksum(bytes: &[u8]) -> i32 {
    let (words, rest) = bytes.as_chunks();
    let words = words.iter().map(|word| i32::from_le_bytes(*word));
    let rest = rest.iter().map(|byte| i32::from(*byte));
    words
        .chain(rest)
        .fold(0, |sum: i32, part| sum.wrapping_mul(31).wrapping_add(part))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::fs;

    use super::*;
    use crate::process::{Deadline, Process};

    /// Bytes that tend to the ones with a meaning in a literal, the same ones each time.
    fn awkward_bytes(seed: u32) -> Vec<u8> {
        const AWKWARD: &[u8] = b"\0\0\0\n\r\\\"'`$0189xu\x7f\x80\x85\xa0\xff";
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 8) as usize
        };
        let length = next() % 200;
        (0..length)
            .map(|_| {
                if next() % 4 == 0 {
                    next() as u8
                } else {
                    AWKWARD[next() % AWKWARD.len()]
                }
            })
            .collect()
    }

    fn all_pairs() -> Vec<u8> {
        (0..=255)
            .flat_map(|first| (0..=255).flat_map(move |second| [first, second]))
            .collect()
    }

    #[test]
    fn only_what_must_be_is_escaped() {
        assert_eq!(literal(b"a\x00b\x001"), r#""a\0b\x001""#);
        assert_eq!(literal(b"a\n\r\\"), r#""a\n\r\\""#);
        assert_eq!(literal(b"\x7f\x80\xff`$"), "\"\x7f\u{80}\u{ff}`$\"");
    }

    #[test]
    fn the_rarer_quote_is_taken() {
        assert_eq!(literal(br#"say "hi" it's"#), r#"'say "hi" it\'s'"#);
        assert_eq!(literal(b"it's"), r#""it's""#);
    }

    #[test]
    fn the_checksum_is_javascripts() {
        assert_eq!(checksum(b""), 0);
        assert_eq!(checksum(b"ab"), 97 * 31 + 98);
        assert_eq!(checksum(&[1, 0, 0, 0, 2]), 31 + 2);
        assert_eq!(checksum(&[255; 4]), -1);
    }

    #[test]
    fn javascript_reads_back_the_same_bytes_length_and_checksum() {
        let mut cases = vec![Vec::new(), all_pairs()];
        cases.extend((0..200).map(awkward_bytes));

        let mut module = String::from("const cases = [\n");
        for bytes in &cases {
            let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
                write!(hex, "{byte:02x}").expect("writing to a string does not fail");
                hex
            });
            writeln!(
                module,
                "[{}, '{hex}', {}],",
                literal(bytes),
                checksum(bytes)
            )
            .expect("writing to a string does not fail");
        }
        module.push_str(
            "];
            for (const [index, [text, hex, checksum]] of cases.entries()) {
                const bytes = Buffer.from(text, 'latin1');
                const whole = bytes.length & ~3;
                let sum = 0;
                for (let i = 0; i < whole; i += 4) sum = (Math.imul(sum, 31) + bytes.readInt32LE(i)) | 0;
                for (let i = whole; i < bytes.length; i++) sum = (Math.imul(sum, 31) + bytes[i]) | 0;
                if (bytes.toString('hex') !== hex || /[^\\0-\\xff]/.test(text) || sum !== checksum) {
                    throw new Error('case ' + index);
                }
            }
            console.log(cases.length);",
        );
        let file = std::env::temp_dir().join(format!("hoglet-literal-{}.mjs", std::process::id()));
        fs::write(&file, module).unwrap();
        let printed = Process::new("node").arg(&file).read(Deadline::NONE);
        fs::remove_file(&file).unwrap();

        assert_eq!(printed.unwrap().trim(), cases.len().to_string());
    }
}
