//! Where the mouse was and where it clicked: `$$heatmap`.
//!
//! Rules and properties are those of posthog-js 1.449.2; the adapter leaves out what happens within `.ph-no-capture`, for
//! places can tell what is typed on a keypad.
//!
//! What the adapter tells:
//!
//! | name | first | second | third |
//! |---|---|---|---|
//! | `heatmap` | `click` or `mousemove` | the sample, an object as below | settings, an object as below |
//!
//! The sample has `x` and `y` (whole pixels, from the page's corner, or from the window's if `target_fixed`), `target_fixed`
//! (whether the element or one around it stays where it is when the page scrolls), `url` (the page's address then) and
//! `stamp` (the `timeStamp` of its event). Of the settings, `flush_interval_milliseconds` is looked at, and `click_count`,
//! `timeout_ms` and `threshold_px` of rage clicks; a `click_count` of 0 is for no rage.

use super::json;
use super::properties::Properties;
use super::time::MonotonicTime;

const EVENT: &str = "$$heatmap";

/// How long samples wait for others, in milliseconds, where the settings say nothing else.
const FLUSH_MILLIS: u64 = 5_000;
/// So many samples do not wait for others.
const ENOUGH_SAMPLES: usize = 100;
/// The most samples that wait; those beyond are left out.
const MOST_SAMPLES: usize = 200;
/// The longest sample, in bytes, with the page's address in it; longer ones are left out.
const MOST_SAMPLE_BYTES: usize = 8_192;
/// The most clicks that may still turn out to be dead.
const MOST_RECENT: usize = 32;

/// Collects samples.
#[derive(Debug, Default)]
pub(super) struct Heatmap {
    /// The samples by page: its address, and the open array of what happened there.
    pages: Vec<(String, String)>,
    samples: usize,
    flush_at: Option<MonotonicTime>,
    rage: Rage,
    /// The last clicks, the latest last.
    recent: Vec<Click>,
}

#[derive(Debug)]
struct Click {
    stamp: u64,
    url: String,
    sample: Properties,
}

/// Clicks that come soon after one another and close together.
#[derive(Debug, Default)]
struct Rage {
    clicks: u64,
    last: [u64; 3],
}

impl Heatmap {
    /// Something happened at some place. `tell` makes of an address what may be told of it.
    pub(super) fn handle_sample(
        &mut self,
        now: MonotonicTime,
        kind: &str,
        sample: &str,
        settings: &str,
        tell: &dyn Fn(&str) -> String,
    ) {
        if sample.len() > MOST_SAMPLE_BYTES {
            return;
        }
        let given = Properties::read(sample);
        let settings = Properties::read(settings);
        let url = tell(&given.get_string("url").unwrap_or_default());
        let mut sample = Properties::new();
        for key in ["x", "y", "target_fixed"] {
            if let Some(value) = given.get(key) {
                sample.set(key, value);
            }
        }
        let setting = |name, default| settings.get_integer(name).unwrap_or(default);
        let interval = match setting("flush_interval_milliseconds", 0) {
            0 => FLUSH_MILLIS,
            interval => interval,
        };
        if kind == "click" {
            let [stamp, x, y] = ["stamp", "x", "y"].map(|key| given.get_integer(key).unwrap_or(0));
            let limits = [setting("timeout_ms", 1_000), setting("threshold_px", 30)];
            if self.rage.clicks([stamp, x, y], limits) == setting("click_count", 3) {
                self.push("rageclick", &url, &sample);
            }
            if self.recent.len() == MOST_RECENT {
                self.recent.remove(0);
            }
            let (url, sample) = (url.clone(), sample.clone());
            self.recent.push(Click { stamp, url, sample });
        }
        self.push(kind, &url, &sample);
        self.flush_by(now, interval);
    }

    /// Nothing came of the click with that stamp.
    pub(super) fn handle_dead_click(&mut self, now: MonotonicTime, stamp: u64) {
        if let Some(at) = self.recent.iter().position(|click| click.stamp == stamp) {
            let click = self.recent.remove(at);
            self.push("deadclick", &click.url, &click.sample);
            self.flush_by(now, FLUSH_MILLIS);
        }
    }

    /// The page is hidden or left: nothing waits any longer.
    pub(super) fn handle_hide(&mut self, now: MonotonicTime) {
        self.flush_by(now, 0);
    }

    /// The event that is due, if there is one: its name and its properties.
    pub(super) fn poll(&mut self, now: MonotonicTime) -> Option<(&'static str, Properties)> {
        if self.flush_at? > now {
            return None;
        }
        self.flush_at = None;
        self.samples = 0;
        let mut data = Properties::new();
        for (url, mut samples) in std::mem::take(&mut self.pages) {
            json::push_byte(&mut samples, b']');
            data.set(&url, &samples);
        }
        let mut properties = Properties::new();
        properties.set("$heatmap_data", &data.to_json());
        Some((EVENT, properties))
    }

    /// When to poll, if nothing else happens before.
    pub(super) fn timeout(&self) -> Option<MonotonicTime> {
        self.flush_at
    }

    fn push(&mut self, kind: &str, url: &str, sample: &Properties) {
        if self.samples == MOST_SAMPLES {
            return;
        }
        self.samples += 1;
        let mut sample = sample.clone();
        sample.set_string("type", kind);
        let at = self.pages.iter().position(|(page, _)| page == url);
        let at = at.unwrap_or_else(|| {
            self.pages.push((url.to_owned(), String::from("[")));
            self.pages.len() - 1
        });
        if let Some((_, samples)) = self.pages.get_mut(at) {
            json::push_separator(samples);
            samples.push_str(&sample.to_json());
        }
    }

    fn flush_by(&mut self, now: MonotonicTime, interval: u64) {
        if self.samples == 0 {
            return;
        }
        let is_enough = self.samples >= ENOUGH_SAMPLES;
        let by = now.after(if is_enough { 0 } else { interval });
        self.flush_at = Some(self.flush_at.map_or(by, |at| at.min(by)));
    }
}

impl Rage {
    /// How many clicks there were in one place by now, with the one at that moment and place.
    fn clicks(&mut self, click: [u64; 3], [millis, pixels]: [u64; 2]) -> u64 {
        let [pause, across, down] = [0, 1, 2].map(|at| self.last[at].abs_diff(click[at]));
        let goes_on = pause < millis && across.saturating_add(down) < pixels;
        self.clicks = if goes_on { self.clicks + 1 } else { 1 };
        self.last = click;
        self.clicks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> MonotonicTime {
        MonotonicTime::from_millis(millis)
    }

    fn sample(stamp: u64, x: u64, y: u64) -> String {
        format!(
            r#"{{"x":{x},"y":{y},"target_fixed":false,"url":"https://a.example/?key=1","stamp":{stamp}}}"#
        )
    }

    fn click(machine: &mut Heatmap, stamp: u64, x: u64, settings: &str) {
        let tell = |url: &str| crate::core::text::before(url, "?").to_owned();
        machine.handle_sample(at(stamp), "click", &sample(stamp, x, 7), settings, &tell);
    }

    /// The kinds of samples of an event, in order.
    fn kinds(event: Option<(&'static str, Properties)>) -> Vec<String> {
        let Some((_, properties)) = event else {
            return Vec::new();
        };
        let data = Properties::read(properties.get("$heatmap_data").unwrap());
        data.iter()
            .flat_map(|(_, samples)| json::items(samples))
            .map(|sample| Properties::read(sample).get_string("type").unwrap())
            .collect()
    }

    #[test]
    fn samples_are_told_by_page_after_five_seconds() {
        let mut machine = Heatmap::default();
        assert_eq!(machine.timeout(), None);
        click(&mut machine, 1_000, 10, "{}");
        let other = r#"{"x":1,"y":2,"target_fixed":true,"url":"https://b.example/"}"#;
        machine.handle_sample(at(2_000), "mousemove", other, "{}", &str::to_owned);
        click(&mut machine, 4_000, 90, "{}");
        assert_eq!(machine.timeout(), Some(at(6_000)));
        assert_eq!(machine.poll(at(5_999)), None);
        let (name, properties) = machine.poll(at(6_000)).unwrap();
        assert_eq!(name, "$$heatmap");
        assert_eq!(
            properties.to_json(),
            [
                r#"{"$heatmap_data":{"https://a.example/":["#,
                r#"{"x":10,"y":7,"target_fixed":false,"type":"click"},"#,
                r#"{"x":90,"y":7,"target_fixed":false,"type":"click"}],"#,
                r#""https://b.example/":[{"x":1,"y":2,"target_fixed":true,"type":"mousemove"}]}}"#
            ]
            .concat()
        );
        assert_eq!((machine.timeout(), machine.poll(at(60_000))), (None, None));
    }

    #[test]
    fn the_interval_can_be_set_and_zero_is_none() {
        for (settings, expected) in [
            (r#"{"flush_interval_milliseconds":200}"#, 200),
            (r#"{"flush_interval_milliseconds":0}"#, 5_000),
            ("true", 5_000),
        ] {
            let mut machine = Heatmap::default();
            click(&mut machine, 0, 0, settings);
            assert_eq!(machine.timeout(), Some(at(expected)), "{settings}");
        }
    }

    #[test]
    fn nothing_waits_when_the_page_is_hidden() {
        let mut machine = Heatmap::default();
        machine.handle_hide(at(10));
        assert_eq!(machine.timeout(), None);
        click(&mut machine, 10, 0, "{}");
        machine.handle_hide(at(10));
        assert_eq!(kinds(machine.poll(at(10))), ["click"]);
    }

    #[test]
    fn the_third_click_in_one_place_is_rage_and_the_fourth_only_a_click() {
        let rage = |clicks: &[(u64, u64)], settings| {
            let mut machine = Heatmap::default();
            for (stamp, x) in clicks {
                click(&mut machine, *stamp, *x, settings);
            }
            kinds(machine.poll(at(u64::MAX)))
        };
        for (clicks, settings, expected) in [
            (
                &[(0, 0), (999, 29), (1_998, 58)][..],
                "{}",
                &["click", "click", "rageclick", "click"][..],
            ),
            (&[(0, 0), (1_000, 0), (1_001, 0)], "{}", &["click"; 3]),
            (&[(0, 0), (1, 30), (2, 30)], "{}", &["click"; 3]),
            (
                &[(0, 0), (1, 0), (2, 0), (3, 0)],
                "{}",
                &["click", "click", "rageclick", "click", "click"],
            ),
            (
                &[(0, 0), (1, 0), (2, 0)],
                r#"{"click_count":0}"#,
                &["click"; 3],
            ),
            (
                &[(0, 0), (99, 9)],
                r#"{"click_count":2,"timeout_ms":100,"threshold_px":10}"#,
                &["click", "rageclick", "click"],
            ),
        ] {
            assert_eq!(rage(clicks, settings), expected, "{clicks:?} {settings}");
        }
    }

    #[test]
    fn a_click_that_turns_out_to_be_dead_is_told_again_where_it_was() {
        let mut machine = Heatmap::default();
        click(&mut machine, 1, 10, "{}");
        click(&mut machine, 2, 20, "{}");
        machine.poll(at(10_000)).unwrap();
        for stamp in [1, 1, 7] {
            machine.handle_dead_click(at(10_000), stamp);
        }
        assert_eq!(machine.timeout(), Some(at(15_000)));
        let (_, properties) = machine.poll(at(15_000)).unwrap();
        assert_eq!(
            properties.get("$heatmap_data"),
            Some(
                r#"{"https://a.example/":[{"x":10,"y":7,"target_fixed":false,"type":"deadclick"}]}"#
            )
        );
    }

    #[test]
    fn a_busy_mouse_does_not_wait_and_takes_no_more_than_its_room() {
        let mut machine = Heatmap::default();
        for stamp in 0..1_000 {
            click(&mut machine, stamp * 2_000, 0, "{}");
        }
        assert_eq!(machine.timeout(), Some(at(5_000)));
        let mut machine = Heatmap::default();
        for stamp in 0..100 {
            click(&mut machine, stamp, stamp * 40, "{}");
        }
        assert_eq!(machine.timeout(), Some(at(99)));
        for stamp in 100..1_000 {
            click(&mut machine, stamp, stamp * 40, "{}");
        }
        assert_eq!(machine.recent.len(), MOST_RECENT);
        assert_eq!(kinds(machine.poll(at(1_000))).len(), MOST_SAMPLES);
    }

    // proptest is for hosts.
    #[cfg(not(target_os = "unknown"))]
    mod properties {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

            #[test]
            fn whatever_is_told_memory_is_bounded_and_events_are_json(
                steps in prop::collection::vec((0u64..5, any::<u64>(), ".{0,20}"), 0..300),
            ) {
                let mut machine = Heatmap::default();
                for (what, number, text) in steps {
                    let now = at(number % 100_000);
                    let long = format!(r#"{{"x":{number},"y":0,"url":"{}"}}"#, "u".repeat(number as usize % 10_000));
                    match what {
                        0 => machine.handle_sample(now, &text, &text, &text, &str::to_owned),
                        1 => click(&mut machine, number, number, &text),
                        2 => machine.handle_dead_click(now, number),
                        3 => machine.handle_sample(now, &text, &long, "{}", &str::to_owned),
                        _ => machine.handle_hide(now),
                    }
                    prop_assert!(machine.samples <= MOST_SAMPLES && machine.recent.len() <= MOST_RECENT);
                    let bytes: usize = machine.pages.iter().map(|(url, samples)| url.len() + samples.len()).sum();
                    prop_assert!(bytes <= MOST_SAMPLES * (MOST_SAMPLE_BYTES + 100));
                    if let Some((_, properties)) = machine.poll(now) {
                        prop_assert!(json::is_valid(&properties.to_json()));
                        prop_assert!(machine.timeout().is_none());
                    }
                }
            }
        }
    }
}
