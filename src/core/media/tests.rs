//! What is told of a video, and what of its playing counts.

use super::*;
use crate::core::json;

const CLIP: &str = r#"{"$media_type":"video","$media_src":"https://a.example/b.mp4?key=1","$media_autoplay":false}"#;

/// A video of 100 s, seen by the adapter.
struct Video {
    machine: Media,
    playing: Properties,
    clock: u64,
}

impl Video {
    fn new() -> Self {
        Self {
            machine: Media::default(),
            playing: Properties::read(
                r#"{"medium":1,"position":0,"duration":100000,"rate":1000,"paused":true}"#,
            ),
            clock: 5_000,
        }
    }

    /// One that has been started.
    fn started() -> Self {
        let mut video = Self::new();
        video.is("paused", "false").says("play", CLIP);
        assert_eq!(names(&video.told()), ["$media_play"]);
        video
    }

    fn is(&mut self, what: &str, value: &str) -> &mut Self {
        self.playing.set(what, value);
        self
    }

    fn at(&mut self, position: u64) -> &mut Self {
        self.is("position", &json::integer(position))
    }

    fn later(&mut self, millis: u64) -> &mut Self {
        self.clock += millis;
        self
    }

    fn says(&mut self, what: &str, description: &str) -> &mut Self {
        self.is("at", &json::integer(self.clock));
        let now = MonotonicTime::from_millis(self.clock);
        let playing = self.playing.to_json();
        let tell = |url: &str| crate::core::text::before(url, "?").to_owned();
        self.machine
            .handle_media(now, [what, &playing, description], &tell);
        self
    }

    /// Plays without a break, up to that position, seen every second.
    fn plays_to(&mut self, position: u64) -> &mut Self {
        loop {
            let before = self.playing.get_integer("position").unwrap();
            let step = position.saturating_sub(before).min(1_000);
            self.at(before + step).later(step).says("timeupdate", "");
            if step < 1_000 {
                return self;
            }
        }
    }

    fn seeks(&mut self, position: u64) -> &mut Self {
        self.at(position)
            .is("seeking", "true")
            .says("seeking", "")
            .says("timeupdate", "")
            .later(10)
            .is("seeking", "false")
            .says("seeked", CLIP)
    }

    /// What is told up to now.
    fn told(&mut self) -> Vec<(&'static str, Properties)> {
        self.machine.poll(MonotonicTime::from_millis(self.clock))
    }

    fn watched(&mut self) -> String {
        self.is("paused", "true").says("pause", "");
        let told = self.told();
        let (_, properties) = told.last().unwrap();
        properties.get("$media_watched_seconds").unwrap().to_owned()
    }
}

fn names(told: &[(&'static str, Properties)]) -> Vec<&'static str> {
    told.iter().map(|(name, _)| *name).collect()
}

fn percents(told: &[(&'static str, Properties)]) -> Vec<String> {
    let progress = told.iter().filter(|(name, _)| *name == "$media_progress");
    progress
        .map(|(_, properties)| properties.get("$media_percent").unwrap().to_owned())
        .collect()
}

#[test]
fn an_event_says_what_is_played_and_how_far() {
    let mut video = Video::started();
    video
        .plays_to(12_345)
        .is("paused", "true")
        .says("pause", CLIP);
    let told = video.told();
    assert_eq!(names(&told), ["$media_pause"]);
    assert_eq!(
        told[0].1.to_json(),
        [
            r#"{"$media_type":"video","$media_autoplay":false,"$media_src":"https://a.example/b.mp4","#,
            r#""$media_muted":false,"$media_playback_rate":1.000,"$media_duration":100.000,"#,
            r#""$media_percent":12,"$media_position":12.345,"$media_watched_seconds":12.345}"#
        ]
        .concat()
    );
}

#[test]
fn an_address_that_holds_the_data_or_means_nothing_elsewhere_is_not_told() {
    for (source, expected) in [
        ("blob:https://a.example/0190", Some("\"blob:\"")),
        ("data:video/mp4;base64,AAAA", Some("\"data:\"")),
        ("https://a.example/b?c", Some("\"https://a.example/b\"")),
        ("", None),
    ] {
        let mut video = Video::new();
        video.says("play", &format!("{{\"$media_src\":\"{source}\"}}"));
        assert_eq!(video.told()[0].1.get("$media_src"), expected, "{source}");
    }
}

#[test]
fn a_stream_without_an_end_has_no_percentage() {
    let mut video = Video::new();
    video.is("duration", "null").is("paused", "false");
    video.says("play", CLIP).plays_to(90_000);
    let told = video.told();
    assert_eq!(names(&told), ["$media_play"]);
    assert!(!told[0].1.contains("$media_duration") && !told[0].1.contains("$media_percent"));
    assert_eq!(video.watched(), "90.000");
}

#[test]
fn each_quarter_that_is_played_through_is_told_once() {
    let mut video = Video::started();
    assert_eq!(percents(&video.plays_to(24_999).told()), [""; 0]);
    assert_eq!(percents(&video.plays_to(25_000).told()), ["25"]);
    assert_eq!(percents(&video.plays_to(99_000).told()), ["50", "75"]);
    video.seeks(1_500).later(1_000);
    assert_eq!(percents(&video.plays_to(99_000).told()), [""; 0]);
}

#[test]
fn a_quarter_that_was_jumped_over_is_not_told_until_it_is_played_through() {
    let mut video = Video::started();
    video.seeks(60_000);
    assert_eq!(percents(&video.plays_to(80_000).told()), ["75"]);
    video.seeks(10_000);
    assert_eq!(percents(&video.plays_to(30_000).told()), ["25"]);
}

#[test]
fn a_clip_shorter_than_the_adapters_look_misses_no_quarter() {
    let mut video = Video::started();
    video.is("duration", "800").later(800).at(800);
    video.is("paused", "true").is("ended", "true");
    video.says("pause", CLIP).says("ended", CLIP);
    let told = video.told();
    assert_eq!(percents(&told), ["25", "50", "75"]);
    assert_eq!(told.last().unwrap().0, "$media_ended");
}

#[test]
fn an_end_is_no_pause() {
    let mut video = Video::started();
    video
        .plays_to(100_000)
        .is("paused", "true")
        .is("ended", "true");
    video.told();
    video.says("pause", CLIP).says("ended", CLIP);
    let told = video.told();
    assert_eq!(names(&told), ["$media_ended"]);
    assert_eq!(told[0].1.get("$media_percent"), Some("100"));
}

#[test]
fn a_loop_is_no_seek_and_repeats_nothing_but_counts() {
    let mut video = Video::started();
    video.plays_to(99_800).told();
    video.seeks(0).plays_to(99_800);
    assert_eq!(names(&video.later(5_000).told()), [""; 0]);
    assert_eq!(video.watched(), "199.600");
}

#[test]
fn playing_again_after_the_end_is_no_seek() {
    let mut video = Video::started();
    video
        .plays_to(100_000)
        .is("paused", "true")
        .is("ended", "true");
    video.says("ended", CLIP).told();
    video
        .is("paused", "false")
        .is("ended", "false")
        .seeks(0)
        .says("play", CLIP);
    assert_eq!(names(&video.later(5_000).told()), ["$media_play"]);
}

#[test]
fn a_seek_is_told_once_when_it_has_rested() {
    let mut video = Video::started();
    video.plays_to(10_000);
    video.seeks(20_000).later(500).seeks(30_000).later(999);
    assert_eq!(
        video.machine.timeout().unwrap().as_millis(),
        video.clock + 1
    );
    assert_eq!(names(&video.told()), [""; 0]);
    let told = video.later(1).told();
    assert_eq!(names(&told), ["$media_seek"]);
    let get = |key| told[0].1.get(key);
    assert_eq!(get("$media_seek_from"), Some("10.000"));
    assert_eq!(get("$media_position"), Some("30.000"));
    assert_eq!(get("$media_percent"), Some("30"));
    assert_eq!(get("$media_watched_seconds"), Some("10.000"));
    assert_eq!(video.machine.timeout(), None);
}

#[test]
fn a_seek_is_told_before_the_page_goes() {
    let mut video = Video::started();
    video.plays_to(10_000).seeks(20_000);
    video.machine.handle_hide();
    assert_eq!(names(&video.told()), ["$media_seek"]);
}

#[test]
fn only_what_was_really_played_is_counted() {
    // A stall.
    let mut video = Video::started();
    video
        .plays_to(10_000)
        .later(60_000)
        .says("timeupdate", "")
        .plays_to(20_000);
    assert_eq!(video.watched(), "20.000");
    // A pause.
    let mut video = Video::started();
    video.plays_to(10_000);
    assert_eq!(video.watched(), "10.000");
    video
        .later(60_000)
        .is("paused", "false")
        .says("play", CLIP)
        .plays_to(15_000);
    assert_eq!(video.watched(), "15.000");
    // Seeks, back and forth.
    let mut video = Video::started();
    video
        .plays_to(10_000)
        .seeks(50_000)
        .plays_to(55_000)
        .seeks(5_000)
        .plays_to(6_000);
    assert_eq!(video.watched(), "16.000");
    // Twice as fast takes half the time.
    let mut video = Video::started();
    video.is("rate", "2000").at(20_000).later(10_000);
    assert_eq!(video.watched(), "10.000");
}

#[test]
fn another_source_in_the_same_element_begins_anew() {
    let mut video = Video::started();
    video.plays_to(30_000).told();
    video
        .at(0)
        .says("play", r#"{"$media_src":"https://a.example/c.mp4"}"#);
    assert_eq!(percents(&video.plays_to(30_000).told()), ["25"]);
    assert_eq!(video.watched(), "30.000");
    // One that goes by the same name.
    video
        .says("emptied", "")
        .at(0)
        .is("paused", "false")
        .says("play", CLIP);
    video.plays_to(1_000);
    assert_eq!(video.watched(), "1.000");
}

#[test]
fn what_was_never_described_is_not_told() {
    let mut video = Video::new();
    video.says("play", "");
    video.says(
        "play",
        &format!("{{\"$media_title\":\"{}\"}}", "x".repeat(8_192)),
    );
    assert_eq!(video.told(), []);
}

#[test]
fn the_element_that_was_silent_for_longest_is_forgotten_first() {
    let mut video = Video::started();
    for other in 0..MOST_MEDIA {
        video.says("timeupdate", "");
        let other = json::integer(2 + other as u64);
        video
            .is("medium", &other)
            .says("timeupdate", CLIP)
            .is("medium", "1");
    }
    assert_eq!(video.machine.media.len(), MOST_MEDIA);
    video.says("pause", "");
    assert_eq!(names(&video.told()), ["$media_pause"]);
    video.is("medium", "2").says("pause", "");
    assert_eq!(video.told(), []);
}

// proptest is for hosts.
#[cfg(not(target_os = "unknown"))]
mod properties {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const EVENTS: [&str; 7] = [
        "play",
        "pause",
        "seeking",
        "seeked",
        "timeupdate",
        "ended",
        "emptied",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_told_memory_is_bounded_and_no_more_is_watched_than_time_passes(
            steps in prop::collection::vec(
                (select(&EVENTS[..]), 0u64..40, any::<[bool; 4]>(), any::<u64>(), any::<u64>(), ".{0,20}"),
                0..200,
            ),
        ) {
            let mut video = Video::new();
            for (what, medium, [paused, seeking, ended, is_sound], position, rate, text) in steps {
                video.later(position % 5_000).at(position).is("medium", &json::integer(medium));
                video.is("paused", if paused { "true" } else { "false" });
                video.is("seeking", if seeking { "true" } else { "false" });
                video.is("ended", if ended { "true" } else { "false" });
                video.is("rate", &json::integer(rate)).is("duration", &json::integer(rate));
                video.says(what, if is_sound { CLIP } else { &text });
                prop_assert!(video.machine.media.len() <= MOST_MEDIA);
                prop_assert!(video.machine.events.len() <= MOST_EVENTS);
            }
            for (_, properties) in video.told() {
                prop_assert!(json::is_valid(&properties.to_json()));
                let watched: f64 = properties.get("$media_watched_seconds").unwrap().parse().unwrap();
                prop_assert!(watched <= video.clock as f64 / 1_000.0);
            }
        }
    }
}
