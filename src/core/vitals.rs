//! What the browser measured of a page: `$web_vitals`.
//!
//! Rules and properties are those of posthog-js 1.449.2. A metric that is reported again before it is sent replaces what was
//! reported.
//!
//! What the adapter tells:
//!
//! | name | first | second | third |
//! |---|---|---|---|
//! | `vital` | the metric's name, such as `LCP` | the metric, an object as below | the setting `capture_performance`, an object |
//!
//! The metric is what the library `web-vitals` reports, without `entries`, its `attribution` without anything but texts and
//! numbers; with `url` (the address of the page that it is of) and `whole` (its value without a fraction) besides. Of the
//! settings, `web_vitals_allowed_metrics`, `web_vitals_delayed_flush_ms` and `__web_vitals_max_value` are looked at.

use super::json;
use super::properties::Properties;
use super::text;
use super::time::{MonotonicTime, Now};

const EVENT: &str = "$web_vitals";

/// All there are; those that are wanted where the settings say nothing else.
const METRICS: [&str; 4] = ["LCP", "CLS", "FCP", "INP"];

/// How long a metric waits for the others, in milliseconds, where the settings say nothing else.
const FLUSH_MILLIS: u64 = 5_000;
/// Values from here on are errors of measurement, in the metric's own unit; 0 takes all.
const LEAST_ERROR: u64 = 15 * 60 * 1_000;
/// The longest metric, in bytes; longer ones are left out.
const MOST_METRIC_BYTES: usize = 16_384;
/// The most events that wait to be polled; what is reported beyond is left out.
const MOST_EVENTS: usize = 8;

/// Collects what is measured of a page.
#[derive(Debug, Default)]
pub(super) struct Vitals {
    /// The page that the metrics are of, in what may be told of its address.
    url: String,
    /// For each metric, in the order of arrival, its name, its value and all of it.
    metrics: Vec<Metric>,
    flush_at: Option<MonotonicTime>,
    ready: Vec<Properties>,
}

#[derive(Debug)]
struct Metric {
    name: &'static str,
    value: String,
    event: String,
}

impl Vitals {
    /// Something was measured, in the session and the window with these ids, which are empty where there are none. `tell`
    /// makes of an address what may be told of it.
    pub(super) fn handle_metric(
        &mut self,
        now: Now,
        [name, metric, settings]: [&str; 3],
        session: &str,
        window: &str,
        tell: &dyn Fn(&str) -> String,
    ) {
        let settings = Properties::read(settings);
        let setting = |name, default| settings.get_integer(name).unwrap_or(default);
        let is_allowed = |name: &&&str| match settings.get("web_vitals_allowed_metrics") {
            Some(allowed) => {
                json::items(allowed).any(|item| json::as_string(item).as_deref() == Some(**name))
            }
            None => true,
        };
        let is_wanted = |known: &&&str| **known == name && is_allowed(known);
        let Some(name) = METRICS.iter().find(is_wanted) else {
            return;
        };
        let mut event = Properties::read(metric);
        let url = tell(&event.get_string("url").unwrap_or_default());
        let Some(value) = event.get("value").map(str::to_owned) else {
            return;
        };
        let most = setting("__web_vitals_max_value", LEAST_ERROR);
        let whole = event.get_integer("whole").unwrap_or(u64::MAX);
        if metric.len() > MOST_METRIC_BYTES || most > 0 && whole >= most {
            return;
        }
        event.remove("url");
        event.remove("whole");
        if let Some(attribution) = event.get("attribution") {
            let mut attribution = Properties::read(attribution);
            if let Some(url) = attribution.get_string("url") {
                attribution.set_string("url", &tell(&url));
            }
            event.set("attribution", &attribution.to_json());
        }
        event.set_string("$current_url", &url);
        event.set_integer("timestamp", now.wall.as_millis());
        event.set_string_if_any("$session_id", session);
        event.set_string_if_any("$window_id", window);

        if url != self.url {
            self.flush();
            self.url = url;
        }
        if self.metrics.is_empty() {
            let wait = setting("web_vitals_delayed_flush_ms", FLUSH_MILLIS);
            self.flush_at = Some(now.monotonic.after(wait));
        }
        self.metrics.retain(|other| other.name != *name);
        self.metrics.push(Metric {
            name,
            value,
            event: event.to_json(),
        });
        if self.metrics.len() == METRICS.iter().filter(is_allowed).count() {
            self.flush();
        }
    }

    /// The page is hidden or left: nothing waits any longer.
    pub(super) fn handle_hide(&mut self) {
        self.flush();
    }

    /// The events that are due: their name and their properties.
    pub(super) fn poll(&mut self, now: MonotonicTime) -> Vec<(&'static str, Properties)> {
        if self.flush_at.is_some_and(|at| at <= now) {
            self.flush();
        }
        let ready = std::mem::take(&mut self.ready).into_iter();
        ready.map(|properties| (EVENT, properties)).collect()
    }

    /// When to poll, if nothing else happens before.
    pub(super) fn timeout(&self) -> Option<MonotonicTime> {
        self.flush_at
    }

    fn flush(&mut self) {
        self.flush_at = None;
        let metrics = std::mem::take(&mut self.metrics);
        if metrics.is_empty() || self.ready.len() == MOST_EVENTS {
            return;
        }
        let mut properties = Properties::new();
        properties.set_string("$current_url", &self.url);
        for Metric { name, value, event } in metrics {
            properties.set(&text::concat(&["$web_vitals_", name, "_event"]), &event);
            properties.set(&text::concat(&["$web_vitals_", name, "_value"]), &value);
        }
        self.ready.push(properties);
    }
}

#[cfg(test)]
mod tests {
    use super::super::time::WallTime;
    use super::*;

    const PAGE: &str = "https://a.example/?key=1";

    fn at(millis: u64) -> Now {
        Now {
            wall: WallTime::from_millis(1_700_000_000_000 + millis),
            monotonic: MonotonicTime::from_millis(millis),
        }
    }

    fn metric(url: &str, whole: u64) -> String {
        format!(r#"{{"value":{whole}.5,"id":"v6-1","url":"{url}","whole":{whole}}}"#)
    }

    fn report(machine: &mut Vitals, millis: u64, name: &str, metric: &str, settings: &str) {
        let tell = |url: &str| text::before(url, "?").to_owned();
        machine.handle_metric(at(millis), [name, metric, settings], "s", "w", &tell);
    }

    /// The metrics of the events that are due, in order.
    fn told(machine: &mut Vitals, millis: u64) -> Vec<Vec<&'static str>> {
        let events = machine.poll(at(millis).monotonic).into_iter();
        let names = |properties: Properties| {
            let is_there =
                |name: &&str| properties.contains(&text::concat(&["$web_vitals_", name, "_value"]));
            METRICS.into_iter().filter(is_there).collect()
        };
        events.map(|(_, properties)| names(properties)).collect()
    }

    #[test]
    fn an_event_holds_each_metric_with_its_value() {
        let mut machine = Vitals::default();
        let lcp = r#"{"name":"LCP","value":1234.5,"delta":1234.5,"id":"v6-1","rating":"good","navigationType":"navigate","attribution":{"target":"html>body","url":"https://c.example/d.png?key=2"},"url":"https://a.example/?key=1","whole":1234}"#;
        report(&mut machine, 7, "LCP", lcp, "{}");
        let cls = r#"{"name":"CLS","value":1.5e-7,"url":"https://a.example/","whole":0}"#;
        report(&mut machine, 8, "CLS", cls, "{}");
        machine.handle_hide();
        let events = machine.poll(at(8).monotonic);
        let [(name, properties)] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(*name, "$web_vitals");
        assert_eq!(
            properties.to_json(),
            [
                r#"{"$current_url":"https://a.example/","#,
                r#""$web_vitals_LCP_event":{"name":"LCP","value":1234.5,"delta":1234.5,"id":"v6-1","rating":"good","#,
                r#""navigationType":"navigate","attribution":{"target":"html>body","url":"https://c.example/d.png"},"#,
                r#""$current_url":"https://a.example/","timestamp":1700000000007,"$session_id":"s","$window_id":"w"},"#,
                r#""$web_vitals_LCP_value":1234.5,"#,
                r#""$web_vitals_CLS_event":{"name":"CLS","value":1.5e-7,"$current_url":"https://a.example/","#,
                r#""timestamp":1700000000008,"$session_id":"s","$window_id":"w"},"$web_vitals_CLS_value":1.5e-7}"#
            ]
            .concat()
        );
    }

    #[test]
    fn metrics_wait_for_all_that_are_allowed_but_no_longer_than_they_may() {
        let mut machine = Vitals::default();
        for (millis, name) in [(0, "FCP"), (1, "CLS"), (2, "INP")] {
            report(&mut machine, millis, name, &metric(PAGE, 1), "{}");
        }
        assert_eq!(machine.timeout(), Some(MonotonicTime::from_millis(5_000)));
        assert!(told(&mut machine, 4_999).is_empty());
        report(&mut machine, 4_999, "LCP", &metric(PAGE, 1), "{}");
        assert_eq!(told(&mut machine, 4_999), [METRICS]);
        assert_eq!(machine.timeout(), None);

        report(&mut machine, 6_000, "INP", &metric(PAGE, 1), "{}");
        assert!(told(&mut machine, 10_999).is_empty());
        assert_eq!(told(&mut machine, 11_000), [["INP"]]);

        let settings =
            r#"{"web_vitals_allowed_metrics":["CLS","INP"],"web_vitals_delayed_flush_ms":100}"#;
        report(&mut machine, 20_000, "LCP", &metric(PAGE, 1), settings);
        assert_eq!(machine.timeout(), None, "it is not allowed");
        report(&mut machine, 20_000, "INP", &metric(PAGE, 1), settings);
        assert_eq!(machine.timeout(), Some(MonotonicTime::from_millis(20_100)));
        report(&mut machine, 20_001, "CLS", &metric(PAGE, 1), settings);
        assert_eq!(told(&mut machine, 20_001), [["CLS", "INP"]]);
    }

    #[test]
    fn the_metrics_of_two_pages_are_not_mixed() {
        let mut machine = Vitals::default();
        report(
            &mut machine,
            0,
            "LCP",
            &metric("https://a.example/", 1),
            "{}",
        );
        report(
            &mut machine,
            9,
            "INP",
            &metric("https://a.example/b", 1),
            "{}",
        );
        assert_eq!(told(&mut machine, 9), [["LCP"]]);
        assert_eq!(machine.timeout(), Some(MonotonicTime::from_millis(5_009)));
        machine.handle_hide();
        assert_eq!(told(&mut machine, 9), [["INP"]]);
        machine.handle_hide();
        assert!(told(&mut machine, 9).is_empty());
    }

    #[test]
    fn what_is_reported_again_replaces_what_was() {
        let mut machine = Vitals::default();
        report(&mut machine, 0, "CLS", &metric(PAGE, 1), "{}");
        report(&mut machine, 1, "CLS", &metric(PAGE, 2), "{}");
        machine.handle_hide();
        let events = machine.poll(at(1).monotonic);
        assert_eq!(events[0].1.get("$web_vitals_CLS_value"), Some("2.5"));
    }

    #[test]
    fn a_quarter_of_an_hour_is_an_error_of_measurement() {
        for (metric, settings, is_taken) in [
            (metric(PAGE, 899_999), "{}", true),
            (metric(PAGE, 900_000), "{}", false),
            (
                metric(PAGE, 900_000),
                r#"{"__web_vitals_max_value":0}"#,
                true,
            ),
            (metric(PAGE, 10), r#"{"__web_vitals_max_value":10}"#, false),
            (r#"{"value":1e30,"whole":1e30}"#.to_owned(), "{}", false),
            (r#"{"id":"v6-1","whole":1}"#.to_owned(), "{}", false),
            ("nonsense".to_owned(), "{}", false),
        ] {
            let mut machine = Vitals::default();
            report(&mut machine, 0, "LCP", &metric, settings);
            assert_eq!(machine.timeout().is_some(), is_taken, "{metric} {settings}");
        }
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
                steps in prop::collection::vec((0usize..6, any::<u64>(), ".{0,20}"), 0..100),
            ) {
                let mut machine = Vitals::default();
                for (what, number, text) in steps {
                    let url = "u".repeat(number as usize % 20_000);
                    match METRICS.get(what) {
                        Some(name) => report(&mut machine, number, name, &metric(&url, number % 1_000_000), &text),
                        None if what == 4 => report(&mut machine, number, &text, &text, &text),
                        None => machine.handle_hide(),
                    }
                    prop_assert!(machine.metrics.len() <= METRICS.len() && machine.ready.len() <= MOST_EVENTS);
                    prop_assert!(machine.metrics.iter().all(|metric| metric.event.len() <= 2 * MOST_METRIC_BYTES));
                }
                for (_, properties) in machine.poll(MonotonicTime::from_millis(u64::MAX)) {
                    prop_assert!(json::is_valid(&properties.to_json()));
                }
            }
        }
    }
}
