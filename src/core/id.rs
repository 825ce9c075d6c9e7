//! Ids: version 7 uuids for events, devices, sessions and windows, and the short insert id.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use uuid::{Builder, Uuid};

use super::json;
use super::time::WallTime;

/// Bytes of entropy that one [`IdSource`] is seeded with.
pub const SEED_BYTES: usize = 32;

/// Makes ids. All randomness of the core comes from here, and so from one seed.
#[derive(Debug)]
pub struct IdSource {
    random: Xoshiro256PlusPlus,
    /// The millisecond that the last uuid carries.
    last_millis: u64,
    /// Counts uuids within one millisecond, so that they sort in the order of their making.
    counter: u64,
}

/// The counter fills the 12 bits of `rand_a` and the first 30 of `rand_b` (RFC 9562, section 6.2, method 1).
const COUNTER_BITS: u32 = 42;

/// How far the wall clock may step back before ids follow it; until then they keep the later time, so that
/// they stay in order.
const TOLERATED_ROLLBACK_MILLIS: u64 = 10_000;

impl IdSource {
    /// Starts from entropy that no other page shares; two sources with one seed make the same ids.
    pub fn new(seed: [u8; SEED_BYTES]) -> Self {
        Self {
            random: Xoshiro256PlusPlus::from_seed(seed),
            last_millis: 0,
            counter: 0,
        }
    }

    /// A uuid of version 7, in its usual form of 36 characters, that sorts after every one made before.
    #[inline(never)]
    pub fn uuid(&mut self, now: WallTime) -> String {
        let millis = now.as_millis();
        let went_back = millis + TOLERATED_ROLLBACK_MILLIS < self.last_millis;
        if millis > self.last_millis || went_back {
            self.last_millis = millis;
            // The top bit stays free, so that there is room to count up.
            self.counter = self.random.next_u64() >> (64 - COUNTER_BITS + 1);
        } else {
            self.counter += 1;
            if self.counter >> COUNTER_BITS != 0 {
                self.last_millis += 1;
                self.counter = 0;
            }
        }
        let high = ((self.counter >> 30) as u16).to_be_bytes();
        let low = (self.counter as u32 & 0x3fff_ffff).to_be_bytes();
        let tail = self.random.next_u32().to_be_bytes();
        let random = [
            high[0], high[1], low[0], low[1], low[2], low[3], tail[0], tail[1], tail[2], tail[3],
        ];
        let uuid = Builder::from_unix_timestamp_millis(self.last_millis, &random).into_uuid();
        let mut buffer = Uuid::encode_buffer();
        uuid.hyphenated().encode_lower(&mut buffer).to_owned()
    }

    /// Appends an insert id: 16 characters of base 36, as posthog-js 1.449.2 sends in `$insert_id`.
    pub fn push_insert_id(&mut self, out: &mut String) {
        for _ in 0..2 {
            let mut bits = self.random.next_u64();
            for _ in 0..8 {
                out.push(char::from(
                    b"0123456789abcdefghijklmnopqrstuvwxyz"[(bits % 36) as usize],
                ));
                bits /= 36;
            }
        }
    }

    /// A number from 0 up to, not including, `bound`, which must not be 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.random.next_u64() % bound
    }
}

/// Whether a text has the form of a uuid, of any version (posthog-js 1.449.2 takes those too).
pub fn is_uuid(text: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// The moment that a uuid of version 7 carries; `None` for anything else.
pub fn uuid_time(text: &str) -> Option<WallTime> {
    if !is_uuid(text) || text.as_bytes()[14] != b'7' {
        return None;
    }
    let digits = text.bytes().take(13).filter_map(json::hex_digit);
    Some(WallTime::from_millis(
        digits.fold(0, |millis, digit| millis << 4 | u64::from(digit)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> IdSource {
        IdSource::new([7; SEED_BYTES])
    }

    #[test]
    fn a_uuid_carries_version_variant_and_time() {
        let now = WallTime::from_millis(1_767_319_445_678);
        let uuid = source().uuid(now);
        assert!(is_uuid(&uuid));
        let uuid = Uuid::parse_str(&uuid).unwrap();
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
        assert_eq!(uuid.as_u128() >> 80, u128::from(now.as_millis()));
        assert_eq!(uuid_time(&uuid.to_string()), Some(now));
        assert_eq!(uuid_time("0190a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b"), None);
    }

    #[test]
    fn uuids_sort_in_the_order_of_their_making_while_the_clock_stands_or_steps_back() {
        let mut ids = source();
        let mut last = String::new();
        for step in 0..10_000u64 {
            let millis = 1_700_000_000_000 + step / 100 - (step % 7) * 1_000;
            let uuid = ids.uuid(WallTime::from_millis(millis));
            assert!(uuid > last, "step {step}");
            last = uuid;
        }
    }

    #[test]
    fn a_clock_set_back_for_good_is_followed() {
        let mut ids = source();
        ids.uuid(WallTime::from_millis(2_000_000_000_000));
        let uuid = ids.uuid(WallTime::from_millis(1_700_000_000_000));
        assert_eq!(
            Uuid::parse_str(&uuid).unwrap().as_u128() >> 80,
            1_700_000_000_000
        );
    }

    #[test]
    fn only_uuids_pass_for_uuids() {
        assert!(is_uuid("018F4D6E-7a1b-7c3d-8e9f-0a1b2c3d4e5f"));
        for text in [
            "",
            "018f4d6e7a1b7c3d8e9f0a1b2c3d4e5f",
            "018f4d6e-7a1b-7c3d-8e9f-0a1b2c3d4e5",
            "018f4d6e-7a1b-7c3d-8e9f-0a1b2c3d4e5g",
        ] {
            assert!(!is_uuid(text), "{text}");
        }
    }

    #[test]
    fn an_insert_id_has_16_characters_of_base_36() {
        let mut ids = source();
        let mut id = String::new();
        ids.push_insert_id(&mut id);
        assert_eq!(id.len(), 16);
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
        );
    }
}
