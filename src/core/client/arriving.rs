//! How the visitor came: to the site for the first time, in this session, and on this page.

use super::Client;
use super::capturing::set_prefixed;
use crate::core::config::{List, Switch};
use crate::core::event::Capture;
use crate::core::persistence::cookie_value;
use crate::core::properties::Properties;
use crate::core::time::WallTime;
use crate::core::{address, advertising};

/// The property that holds how the session began.
pub(super) const SESSION_ARRIVAL: &str = "$client_session_props";
/// The property that holds how the person first arrived, and the two that older versions kept it in.
const FIRST_ARRIVAL: &str = "$initial_person_info";
const OLD_ARRIVALS: [&str; 2] = ["$initial_referrer_info", "$initial_campaign_params"];

impl Client {
    /// Notes where the visitor comes from and which campaign brought them (posthog-js 1.449.2: with each event, and the
    /// referrer once a visit).
    pub(super) fn remember_visit(&mut self, now: WallTime) {
        let mut visit = Properties::new();
        address::set_search(&mut visit, &self.referrer);
        if self.config.is(Switch::SaveCampaign) {
            let mut campaign = Properties::new();
            let custom = self.config.list(List::CampaignParameters);
            if address::set_campaign(&mut campaign, &self.told_url, custom) {
                visit.merge(&campaign);
            }
            // LinkedIn's id can lie in a cookie too, which says nothing of other campaigns.
            let in_address = campaign.get("li_fat_id") != Some("null");
            if let (false, Some(id)) = (in_address, cookie_value(&self.cookies, "li_fat_id")) {
                visit.set_string("li_fat_id", &id);
            }
            if !self.consent.is_cookieless(&self.config) {
                advertising::remember(&mut self.persistence, &self.told_url, &self.cookies, now);
            }
        }
        let saves_referrer = self.config.is(Switch::SaveReferrer);
        if saves_referrer && !self.persistence.visit().contains("$referrer") {
            address::set_referrer(&mut visit, address::or_direct(&self.referrer));
        }
        for (key, value) in visit.iter() {
            self.persistence.set_visit(key, value);
        }
        let main = self.persistence.main();
        let is_known = OLD_ARRIVALS
            .iter()
            .chain([&FIRST_ARRIVAL])
            .any(|key| main.contains(key));
        if !is_known && (saves_referrer || self.config.is(Switch::SaveCampaign)) {
            let in_cookie = self.persistence.uses_cookie();
            let arrival = address::arrival(&self.referrer, &self.told_url, in_cookie);
            self.persistence.set(FIRST_ARRIVAL, &arrival);
        }
    }

    /// What an event sets of a person once: how they first arrived and how this session began, under what the app gives.
    /// The first event of a page tells it, and every `$identify` (posthog-js 1.449.2).
    pub(super) fn arrival_to_tell(&mut self, capture: &Capture<'_>) -> Option<String> {
        let is_told = self.arrival_told && capture.name != "$identify";
        if is_told || capture.is_minimal || !self.processes_person() {
            return None;
        }
        self.arrival_told |= capture.name != "$groupidentify";
        let mut told = self.first_arrival();
        if !self.consent.is_cookieless(&self.config) {
            told.merge(&self.session_arrival());
        }
        told.merge(&Properties::read(capture.set_once));
        Some(told.to_json())
    }

    /// How the person first arrived.
    pub(super) fn first_arrival(&self) -> Properties {
        let main = self.persistence.main();
        let mut told = Properties::new();
        for key in OLD_ARRIVALS {
            let old = Properties::read(main.get(key).unwrap_or_default());
            set_prefixed(&mut told, "$initial_", &old);
        }
        let first = address::of_arrival(main.get(FIRST_ARRIVAL).unwrap_or_default());
        set_prefixed(&mut told, "$initial_", &first);
        told
    }

    /// How this session began.
    pub(super) fn session_arrival(&self) -> Properties {
        let stored = self
            .persistence
            .main()
            .get(SESSION_ARRIVAL)
            .unwrap_or_default();
        address::of_arrival(Properties::read(stored).get("props").unwrap_or_default())
    }
}
