//! Who the visitor is: an anonymous device at first, a person once the app says so.

use super::id::IdSource;
use super::json;
use super::persistence::Persistence;
use super::properties::Properties;
use super::time::WallTime;

/// The property that holds the present id.
pub(super) const DISTINCT_ID: &str = "distinct_id";
/// The property that holds the id of the device, which outlives the persons that use it.
pub(super) const DEVICE_ID: &str = "$device_id";
/// The property that holds the last id that the app identified.
const USER_ID: &str = "$user_id";
/// The property that tells whether the visitor is known.
const USER_STATE: &str = "$user_state";
/// The property that tells when the app said last that another visitor begins. Who was there before is another person.
pub(super) const LAST_RESET: &str = "$last_posthog_reset";
/// The property that holds the alias that was given last.
const ALIAS: &str = "__alias";

/// Stands for the id of visitors of whom nothing is stored.
pub(super) const COOKIELESS: &str = "$posthog_cookieless";

/// Who the app says the visitor is when the page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bootstrap {
    /// The visitor's id; empty for none.
    pub distinct_id: String,
    /// Whether that is a known person rather than an anonymous visitor.
    pub is_identified: bool,
    /// The session to go on with, a uuid of version 7; empty for none.
    pub session_id: String,
    /// Feature flags: their values and payloads, JSON objects; empty for none.
    pub flags: String,
    /// See `flags`.
    pub flag_payloads: String,
}

impl Bootstrap {
    /// Reads the setting `bootstrap`, a JSON object, or empty.
    pub fn read(setting: &str) -> Self {
        let setting = Properties::read(setting);
        let text = |name| setting.get_string(name).unwrap_or_default();
        let json = |name| setting.get(name).unwrap_or_default().to_owned();
        Self {
            distinct_id: text("distinctID"),
            is_identified: setting.get("isIdentifiedID") == Some("true"),
            session_id: text("sessionID"),
            flags: json("featureFlags"),
            flag_payloads: json("featureFlagPayloads"),
        }
    }
}

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
    /// The visitor was known before under this id.
    Known,
    /// The visitor was known before under another id. Two known persons are never merged.
    Switched,
}

/// Gives the visitor an id if they have none: `custom` unless that is empty, or else a new one. A device's id that is
/// still known stays the device's alone, for it may be a known person's by now.
pub(super) fn ensure(
    persistence: &mut Persistence,
    custom: &str,
    now: WallTime,
    ids: &mut IdSource,
) {
    if !distinct_id(persistence).is_empty() {
        return;
    }
    let id = mint(custom, now, ids);
    let device = persistence.main().get_string(DEVICE_ID);
    if device.is_none_or(|device| device.is_empty()) {
        persistence.set_string(DEVICE_ID, &id);
    }
    become_visitor(persistence, &id, false);
}

/// Has the app's word on who the visitor is take effect where it says so plainly: where nobody else is known. A known
/// person under an id that belongs to an anonymous visitor so far is for [`identify`].
pub(super) fn adopt(
    persistence: &mut Persistence,
    bootstrap: &Bootstrap,
    custom: &str,
    now: WallTime,
    ids: &mut IdSource,
) {
    let id = &bootstrap.distinct_id;
    let present = distinct_id(persistence);
    if id.is_empty() || bootstrap.is_identified && !present.is_empty() && present != *id {
        return;
    }
    if bootstrap.is_identified {
        let device = mint(custom, now, ids);
        persistence.set_string(DEVICE_ID, &device);
    } else {
        persistence.set_string(DEVICE_ID, id);
    }
    become_visitor(persistence, id, bootstrap.is_identified);
}

/// Leaves no visitor that could be recognised.
pub(super) fn become_cookieless(persistence: &mut Persistence) {
    persistence.set(DEVICE_ID, "null");
    become_visitor(persistence, COOKIELESS, false);
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

/// Whether an alias was given.
pub(super) fn has_alias(persistence: &Persistence) -> bool {
    persistence.main().contains(ALIAS)
}

/// Remembers that the visitor goes by another id too.
pub(super) fn set_alias(persistence: &mut Persistence, alias: &str) {
    persistence.set_string(ALIAS, alias);
}

/// Whether an id can be anybody's. The words refused are what broken code passes for an id (posthog-js 1.449.2).
pub(super) fn is_valid(id: &str) -> bool {
    let id = id.trim_ascii();
    let refused = [
        "",
        COOKIELESS,
        "distinct_id",
        "distinctid",
        "undefined",
        "null",
    ];
    !refused.iter().any(|word| word.eq_ignore_ascii_case(id))
}

/// Makes `id`, which must be valid, the visitor's. An id that was given as an alias is the same person's already, and the
/// visitor keeps the present one (posthog-js 1.449.2).
pub(super) fn identify(persistence: &mut Persistence, id: &str) -> Identified {
    let previous = distinct_id(persistence);
    let was_identified = is_identified(persistence);
    persistence.set_string(USER_ID, id);
    if persistence.main().get_string(DEVICE_ID).is_none() {
        persistence.set("$had_persisted_distinct_id", "true");
        // Where nothing is stored, there is no device.
        if !persistence.main().contains(DEVICE_ID) {
            persistence.set_string(DEVICE_ID, &previous);
        }
    }
    let differs = previous != id;
    if differs && persistence.main().get(ALIAS) != Some(&json::string(id)) {
        persistence.remove(ALIAS);
        persistence.set_string(DISTINCT_ID, id);
    }
    match (was_identified, differs) {
        (true, false) => Identified::Known,
        (true, true) => Identified::Switched,
        (false, differs) => {
            persistence.set_string(USER_STATE, "identified");
            if differs {
                Identified::Joined {
                    anonymous_id: previous,
                }
            } else {
                Identified::Confirmed
            }
        }
    }
}

/// Forgets the person; the device stays known unless `device_too`.
pub(super) fn reset(
    persistence: &mut Persistence,
    device_too: bool,
    custom: &str,
    now: WallTime,
    ids: &mut IdSource,
) {
    // The recording's settings are the server's, not the person's.
    const RECORDING: &str = "$session_recording_remote_config";
    persistence.clear(if device_too {
        &[RECORDING]
    } else {
        &[RECORDING, DEVICE_ID, "$device_model"]
    });
    let id = mint(custom, now, ids);
    if persistence.main().get_string(DEVICE_ID).is_none() {
        persistence.set_string(DEVICE_ID, &id);
    }
    become_visitor(persistence, &id, false);
    let mut moment = String::new();
    now.push_iso(&mut moment);
    persistence.set_string(LAST_RESET, &moment);
}

/// Makes somebody the visitor, known or not, without joining them to who was there before.
pub(super) fn become_visitor(persistence: &mut Persistence, id: &str, is_identified: bool) {
    persistence.set_string(DISTINCT_ID, id);
    persistence.set_string(
        USER_STATE,
        if is_identified {
            "identified"
        } else {
            "anonymous"
        },
    );
}

fn mint(custom: &str, now: WallTime, ids: &mut IdSource) -> String {
    if custom.is_empty() {
        ids.uuid(now)
    } else {
        custom.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::Config;
    use crate::core::id::SEED_BYTES;
    use crate::core::persistence::Stored;

    const NOW: WallTime = WallTime::from_millis(1_700_000_000_000);

    fn nobody() -> (Persistence, IdSource) {
        let config = Config::new("t").unwrap();
        (
            Persistence::load(&config, &Stored::default()),
            IdSource::new([1; SEED_BYTES]),
        )
    }

    fn visitor() -> (Persistence, IdSource) {
        let (mut persistence, mut ids) = nobody();
        ensure(&mut persistence, "", NOW, &mut ids);
        (persistence, ids)
    }

    #[test]
    fn the_anonymous_id_is_minted_once() {
        let (mut persistence, mut ids) = visitor();
        let id = distinct_id(&persistence);
        ensure(&mut persistence, "", NOW, &mut ids);
        assert_eq!(distinct_id(&persistence), id);
        assert_eq!(persistence.main().get_string(DEVICE_ID).unwrap(), id);
        assert!(!is_identified(&persistence));
    }

    #[test]
    fn the_app_can_mint_it() {
        let (mut persistence, mut ids) = nobody();
        ensure(&mut persistence, "theirs", NOW, &mut ids);
        assert_eq!(distinct_id(&persistence), "theirs");
    }

    #[test]
    fn a_lost_id_is_not_replaced_by_the_devices_which_may_be_a_persons() {
        let (mut persistence, mut ids) = nobody();
        persistence.set_string(DEVICE_ID, "device");
        ensure(&mut persistence, "", NOW, &mut ids);
        assert_eq!(distinct_id(&persistence).len(), 36);
        assert_eq!(persistence.main().get_string(DEVICE_ID).unwrap(), "device");
    }

    #[test]
    fn the_first_identify_joins_and_later_ones_only_switch() {
        let (mut persistence, _) = visitor();
        let device = distinct_id(&persistence);
        assert_eq!(
            identify(&mut persistence, "ann"),
            Identified::Joined {
                anonymous_id: device.clone()
            }
        );
        assert_eq!(identify(&mut persistence, "ann"), Identified::Known);
        assert_eq!(identify(&mut persistence, "bob"), Identified::Switched);
        assert_eq!(distinct_id(&persistence), "bob");
        assert_eq!(persistence.main().get_string(DEVICE_ID).unwrap(), device);
    }

    #[test]
    fn an_alias_is_the_same_person_and_does_not_become_the_id() {
        let (mut persistence, _) = visitor();
        let device = distinct_id(&persistence);
        set_alias(&mut persistence, "ann");
        assert!(matches!(
            identify(&mut persistence, "ann"),
            Identified::Joined { .. }
        ));
        assert_eq!(distinct_id(&persistence), device);
        identify(&mut persistence, "bob");
        assert!(!has_alias(&persistence));
    }

    #[test]
    fn an_anonymous_visitor_with_the_same_id_is_confirmed() {
        let (mut persistence, _) = visitor();
        let id = distinct_id(&persistence);
        assert_eq!(identify(&mut persistence, &id), Identified::Confirmed);
    }

    #[test]
    fn the_apps_word_does_not_displace_a_known_person() {
        let word = |id: &str, is_identified| Bootstrap {
            distinct_id: id.to_owned(),
            is_identified,
            ..Bootstrap::default()
        };
        let (mut persistence, mut ids) = nobody();
        adopt(&mut persistence, &word("ann", true), "", NOW, &mut ids);
        assert_eq!(distinct_id(&persistence), "ann");
        assert!(is_identified(&persistence));
        assert_ne!(persistence.main().get_string(DEVICE_ID).unwrap(), "ann");
        adopt(&mut persistence, &word("bob", true), "", NOW, &mut ids);
        assert_eq!(distinct_id(&persistence), "ann");
        adopt(&mut persistence, &word("device", false), "", NOW, &mut ids);
        assert_eq!(distinct_id(&persistence), "device");
        assert!(!is_identified(&persistence));
    }

    #[test]
    fn reset_leaves_the_device_unless_asked() {
        let (mut persistence, mut ids) = visitor();
        let device = distinct_id(&persistence);
        identify(&mut persistence, "ann");
        reset(&mut persistence, false, "", NOW, &mut ids);
        let second = distinct_id(&persistence);
        assert!(second != device && second != "ann");
        assert_eq!(persistence.main().get_string(DEVICE_ID).unwrap(), device);
        assert!(!persistence.main().contains(USER_ID));
        reset(&mut persistence, true, "", NOW, &mut ids);
        assert_eq!(
            persistence.main().get_string(DEVICE_ID).unwrap(),
            distinct_id(&persistence)
        );
    }

    #[test]
    fn what_broken_code_passes_is_nobodys_id() {
        for id in [
            "",
            "  ",
            "null",
            "UNDEFINED",
            "distinct_id",
            "distinctId",
            "$posthog_cookieless",
        ] {
            assert!(!is_valid(id), "{id}");
        }
        assert!(is_valid("0") && is_valid("nullable"));
    }
}
