//! Who the visitor is: an anonymous device at first, a person once the app says so.

use super::id::IdSource;
use super::persistence::Persistence;
use super::time::WallTime;

/// The property that holds the present id.
pub(super) const DISTINCT_ID: &str = "distinct_id";
/// The property that holds the id of the device, which outlives the persons that use it.
pub(super) const DEVICE_ID: &str = "$device_id";
/// The property that holds the last id that the app identified.
const USER_ID: &str = "$user_id";
/// The property that tells whether the visitor is known.
const USER_STATE: &str = "$user_state";

/// What became of an [`identify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identified {
    /// An anonymous visitor became known under another id; both ids are one person.
    Joined {
        /// The id that the visitor had before.
        anonymous_id: String,
    },
    /// An anonymous visitor became known under the id that was in use already.
    Confirmed,
    /// The visitor was known before, under this id or another. Two known persons are never merged.
    Known,
}

/// Mints an anonymous id if the visitor has none.
pub(super) fn ensure(persistence: &mut Persistence, now: WallTime, ids: &mut IdSource) {
    if distinct_id(persistence).is_empty() {
        let id = ids.uuid(now);
        persistence.set_string(DISTINCT_ID, &id);
        persistence.set_string(DEVICE_ID, &id);
        persistence.set_string(USER_STATE, "anonymous");
    }
}

/// The present id; empty before [`ensure`].
pub(super) fn distinct_id(persistence: &Persistence) -> String {
    persistence
        .main()
        .get_string(DISTINCT_ID)
        .unwrap_or_default()
}

/// Whether the app has said who the visitor is.
pub(super) fn is_identified(persistence: &Persistence) -> bool {
    persistence.main().get(USER_STATE) == Some("\"identified\"")
}

/// Whether an id can be anybody's. The words refused are what broken code passes for an id (posthog-js 1.449.2).
pub(super) fn is_valid(id: &str) -> bool {
    let id = id.trim_ascii();
    let refused = [
        "",
        "$posthog_cookieless",
        "distinct_id",
        "distinctid",
        "undefined",
        "null",
    ];
    !refused.iter().any(|word| word.eq_ignore_ascii_case(id))
}

/// Makes `id`, which must be valid, the visitor's.
pub(super) fn identify(persistence: &mut Persistence, id: &str) -> Identified {
    let previous = distinct_id(persistence);
    let was_identified = is_identified(persistence);
    persistence.set_string(USER_ID, id);
    if !persistence.main().contains(DEVICE_ID) {
        persistence.set("$had_persisted_distinct_id", "true");
        persistence.set_string(DEVICE_ID, &previous);
    }
    persistence.set_string(DISTINCT_ID, id);
    persistence.set_string(USER_STATE, "identified");
    match (was_identified, previous == id) {
        (true, _) => Identified::Known,
        (false, true) => Identified::Confirmed,
        (false, false) => Identified::Joined {
            anonymous_id: previous,
        },
    }
}

/// Forgets the person; the device stays known unless `device_too`.
pub(super) fn reset(
    persistence: &mut Persistence,
    device_too: bool,
    now: WallTime,
    ids: &mut IdSource,
) {
    persistence.clear(if device_too { &[] } else { &[DEVICE_ID] });
    let id = ids.uuid(now);
    persistence.set_string(DISTINCT_ID, &id);
    if !persistence.main().contains(DEVICE_ID) {
        persistence.set_string(DEVICE_ID, &id);
    }
    persistence.set_string(USER_STATE, "anonymous");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::SEED_BYTES;
    use crate::core::persistence::Stored;

    const NOW: u64 = 1_700_000_000_000;

    fn visitor() -> (Persistence, IdSource) {
        let mut persistence = Persistence::load("t", &Stored::default());
        let mut ids = IdSource::new([1; SEED_BYTES]);
        ensure(&mut persistence, WallTime::from_millis(NOW), &mut ids);
        (persistence, ids)
    }

    #[test]
    fn the_anonymous_id_is_minted_once() {
        let (mut persistence, mut ids) = visitor();
        let id = distinct_id(&persistence);
        ensure(&mut persistence, WallTime::from_millis(NOW), &mut ids);
        assert_eq!(distinct_id(&persistence), id);
        assert_eq!(persistence.main().get_string(DEVICE_ID).unwrap(), id);
        assert!(!is_identified(&persistence));
    }

    #[test]
    fn the_first_identify_joins_and_later_ones_only_switch() {
        let (mut persistence, _) = visitor();
        let anonymous_id = distinct_id(&persistence);
        assert_eq!(
            identify(&mut persistence, "ann"),
            Identified::Joined { anonymous_id }
        );
        assert_eq!(identify(&mut persistence, "ann"), Identified::Known);
        assert_eq!(identify(&mut persistence, "bob"), Identified::Known);
        assert_eq!(distinct_id(&persistence), "bob");
    }

    #[test]
    fn an_id_that_is_in_use_already_is_confirmed() {
        let (mut persistence, _) = visitor();
        let id = distinct_id(&persistence);
        assert_eq!(identify(&mut persistence, &id), Identified::Confirmed);
        assert!(is_identified(&persistence));
    }

    #[test]
    fn reset_gives_a_new_id_on_the_same_device() {
        let (mut persistence, mut ids) = visitor();
        let device = distinct_id(&persistence);
        identify(&mut persistence, "ann");
        reset(
            &mut persistence,
            false,
            WallTime::from_millis(NOW),
            &mut ids,
        );
        assert_eq!(persistence.main().get_string(DEVICE_ID).unwrap(), device);
        assert_ne!(distinct_id(&persistence), device);
        assert_ne!(distinct_id(&persistence), "ann");
        assert!(!persistence.main().contains(USER_ID));
        reset(&mut persistence, true, WallTime::from_millis(NOW), &mut ids);
        assert_eq!(
            persistence.main().get_string(DEVICE_ID).unwrap(),
            distinct_id(&persistence)
        );
    }

    #[test]
    fn what_broken_code_passes_for_an_id_is_refused() {
        for id in [
            "",
            "  ",
            "null",
            "UNDEFINED",
            "distinctId",
            "distinct_id",
            "$posthog_cookieless",
        ] {
            assert!(!is_valid(id), "{id}");
        }
        assert!(is_valid("0"));
    }
}
