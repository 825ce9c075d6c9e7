//! Where a subject is between 0 and 1, and what follows from it.

use serde_json::Value;
use sha1_smol::Sha1;

use super::javascript;

/// The subject's place in the rollout of that flag.
pub(super) fn rollout(key: &str, id: &str) -> f64 {
    fraction(&[key, ".", id])
}

/// The subject's place among the variants of that flag.
pub(super) fn variant(key: &str, id: &str) -> f64 {
    fraction(&[key, ".", id, "variant"])
}

/// Whether the subject is within the rollout. A percentage of which JavaScript makes no number leaves nobody out.
pub(super) fn is_rolled_out(key: &str, id: &str, percentage: &Value) -> bool {
    let limit = javascript::number(Some(percentage)) / 100.0;
    limit.is_nan() || rollout(key, id) <= limit
}

/// The key of the variant that the subject is in; none if the percentages of all variants leave the subject over.
pub(super) fn find_variant<'a>(key: &str, id: &str, variants: &'a [Value]) -> Option<&'a Value> {
    let place = variant(key, id);
    let mut begin = 0.0;
    for variant in variants {
        // The sum must be made step by step: other ways round differently.
        let end = begin + javascript::number(variant.get("rollout_percentage")) / 100.0;
        if begin <= place && place < end {
            return variant.get("key");
        }
        begin = end;
    }
    None
}

/// What a subject has instead of a value if the flag has a holdout and it is in it.
pub(super) fn holdout(holdout: Option<&Value>, id: &str) -> Option<String> {
    let given = |name| holdout?.get(name).filter(|value| !value.is_null());
    let name = given("id")?;
    let percentage = javascript::number(Some(given("exclusion_percentage")?));
    if !percentage.is_finite() {
        return None;
    }
    let percentage = percentage.clamp(0.0, 100.0);
    // The same for all flags: so the flag's key is not in it.
    let is_held = percentage == 100.0 || fraction(&["holdout-", id]) <= percentage / 100.0;
    is_held.then(|| format!("holdout-{}", javascript::text(Some(name))))
}

/// The first 60 bits of the text's SHA-1 as a fraction.
fn fraction(parts: &[&str]) -> f64 {
    /// 2 to the power of 60: the other SDKs divide by 2^60 - 1, which is the same number as a float.
    const SCALE: f64 = (1_u64 << 60) as f64;
    let mut sha1 = Sha1::new();
    for part in parts {
        sha1.update(part.as_bytes());
    }
    let [a, b, c, d, e, f, g, h, ..] = sha1.digest().bytes();
    let bits = u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 4;
    bits as f64 / SCALE
}
