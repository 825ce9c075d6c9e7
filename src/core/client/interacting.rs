//! What the visitor does with the page, and what is taken out of it before it is told.

use super::super::address;
use super::super::autocapture::{self, Filters, IgnoredWords, RageRules, Rules};
use super::super::config::{Config, List, Number, Switch};
use super::super::event::Capture;
use super::super::properties::Properties;
use super::super::redact;
use super::super::time::Now;
use super::Client;

impl Client {
    /// The visitor has clicked, changed, submitted or copied something.
    pub(super) fn handle_interaction(&mut self, now: Now, kind: &str, interaction: &str) {
        let Self {
            config,
            url,
            autocapture,
            ..
        } = self;
        let events = filtered(config, |filters| {
            let rules = rules(config, address::host(url));
            autocapture.handle(now.monotonic, kind, interaction, &rules, filters)
        });
        for (name, properties) in events {
            self.capture_found(now, name, &properties);
        }
    }

    /// What there is to tell of elements that the page has read for a click.
    pub(super) fn described(&self, chain: &str) -> Properties {
        let rules = rules(&self.config, address::host(&self.url));
        filtered(&self.config, |filters| {
            autocapture::properties_of(chain, &rules, filters)
        })
    }

    /// Captures an event that the page gave rise to, and has the app told of it.
    pub(super) fn capture_found(&mut self, now: Now, name: &str, properties: &Properties) {
        let capture = Capture {
            name,
            properties: &properties.to_json(),
            ..Capture::default()
        };
        self.capture_for_page(now, &capture);
    }
}

/// Calls with what takes out what the settings do not let be told.
fn filtered<T>(config: &Config, call: impl FnOnce(&Filters<'_>) -> T) -> T {
    call(&Filters {
        text: &|text| redacted_text(config, text),
        url: &|url| {
            let told = address::told(url, config);
            (told != url).then_some(told)
        },
        is_secret_field: &redact::is_secret_field,
    })
}

/// A text of the page without what is personal in it; `None` if there is nothing.
pub(super) fn redacted_text(config: &Config, text: &str) -> Option<String> {
    match config.is(Switch::RedactText) {
        true => redact::text(text),
        false => None,
    }
}

fn rules<'a>(config: &'a Config, host: &'a str) -> Rules<'a> {
    let list = |list| {
        let items = config.list(list);
        (!items.is_empty()).then_some(items)
    };
    Rules {
        autocapture: config.is(Switch::Autocapture),
        event_allowlist: list(List::CapturedEvents),
        element_allowlist: list(List::CapturedElements),
        attribute_ignorelist: config.list(List::IgnoredAttributes),
        mask_attributes: config.is(Switch::MaskAttributes),
        mask_text: config.is(Switch::MaskText),
        disable_hashes: config.is(Switch::DisableHashes),
        rage: config.is(Switch::Rageclick).then(|| rage(config)),
        outbound_clicks: config.is(Switch::OutboundClicks),
        download_clicks: config.is(Switch::DownloadClicks),
        host,
    }
}

fn rage(config: &Config) -> RageRules<'_> {
    let listed = config.list(List::RageIgnores);
    RageRules {
        clicks: config.number(Number::RageClicks),
        millis: config.number(Number::RageMillis),
        pixels: config.number(Number::RagePixels),
        ignored_words: if config.is(Switch::RageIgnoresPaging) {
            IgnoredWords::Paging
        } else if listed.is_empty() {
            IgnoredWords::None
        } else {
            IgnoredWords::Listed(listed)
        },
        ignore_text_selection: config.is(Switch::RageIgnoresSelection),
    }
}
