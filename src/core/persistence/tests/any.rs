//! Pages that share what is stored, whatever they do.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::flags::{FLAGS, split};
use super::*;

type Disk = BTreeMap<String, String>;

/// A page, the setting that it has, and what it has seen last of what tabs share.
struct Tab {
    config: Config,
    persistence: Persistence,
    seen: Stored,
}

fn on(disk: &Disk) -> Stored {
    Stored {
        local: disk.get(NAME).cloned(),
        flags: disk.get(FLAGS).cloned(),
        ..Stored::default()
    }
}

impl Tab {
    fn open(is_split: bool, disk: &mut Disk) -> Self {
        let config = split(is_split);
        let mut tab = Self {
            persistence: Persistence::load(&config, &on(disk)),
            seen: on(disk),
            config,
        };
        if !tab.persistence.main().contains("distinct_id") {
            tab.persistence.set_string("distinct_id", "0");
        }
        tab.write(disk);
        tab
    }

    fn refresh(&mut self, disk: &Disk) {
        if on(disk) != self.seen {
            self.seen = on(disk);
            self.persistence.refresh(&self.seen, &self.config);
        }
    }

    fn write(&mut self, disk: &mut Disk) {
        for write in self.persistence.take_writes(&self.config) {
            match write.value {
                Some(value) => disk.insert(write.name, value),
                None => disk.remove(&write.name),
            };
        }
        self.seen = on(disk);
    }

    /// All but what an answer that changes no flag changes.
    fn told(&self) -> BTreeMap<String, String> {
        let properties = self.persistence.main().iter();
        properties
            .filter(|(key, _)| !keys::is_flag(key) || keys::is_of_flags_value(key))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }
}

/// Values that the keys of flags can have.
fn value(key: &str, number: u64) -> String {
    match key {
        "$active_feature_flags" => format!("[{number}]"),
        "$minimal_flag_called_events" => (number.is_multiple_of(2)).to_string(),
        "$feature_flag_request_id" => format!("\"{number}\""),
        "$feature_flag_evaluated_at" => number.to_string(),
        _ => format!(r#"{{"a":{number}}}"#),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Tabs of a site, each with a setting that may change, of which one acts at a time.
    #[test]
    fn nothing_is_lost_in_either_place_nor_on_the_way(
        steps in prop::collection::vec((0usize..3, 0u64..12, 0u64..4), 1..60),
    ) {
        let mut disk = Disk::new();
        let mut tabs = [false, true, true].map(|is_split| Tab::open(is_split, &mut disk));
        let mut model = tabs[0].told();
        for (step, (index, what, number)) in steps.into_iter().enumerate() {
            let tab = &mut tabs[index];
            tab.refresh(&disk);
            prop_assert_eq!(&tab.told(), &model, "taken over");
            match what {
                key @ 0..7 => {
                    let key = keys::FLAG_KEYS[key as usize];
                    tab.persistence.set(key, &value(key, number));
                }
                7 => {
                    tab.persistence.set("plan", &value("", number));
                }
                8 => {
                    tab.persistence.clear(&[]);
                    tab.persistence.set_string("distinct_id", &format!("of step {step}"));
                }
                9 => *tab = Tab::open(number > 1, &mut disk),
                10 => {
                    let before = tab.persistence.main().clone();
                    *tab = Tab::open(tab.config.is(Switch::SplitStorage), &mut disk);
                    if !tab.config.is(Switch::SplitStorage) {
                        prop_assert_eq!(tab.persistence.main(), &before);
                    }
                }
                _ => {
                    let is_split = Value::Boolean(number > 1);
                    tab.config.set("split_storage", is_split).unwrap();
                    tab.persistence.set_mode(&tab.config);
                }
            }
            if what < 9 {
                model = tab.told();
            }
            tab.write(&mut disk);
            prop_assert_eq!(&tab.told(), &model, "kept");
            tab.write(&mut disk);
            let reopened = Persistence::load(&tab.config, &on(&disk));
            prop_assert_eq!(reopened.main().get("distinct_id"), tab.persistence.main().get("distinct_id"));
        }
    }
}
