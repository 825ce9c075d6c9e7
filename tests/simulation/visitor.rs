//! What the visitor, the app and chance do, one step after the other.

use crate::page::{Life, PageId, REFUSED};
use crate::world::{Happening, World, trace};

/// Where the visitor's choice is kept.
const CONSENT: &str = "__ph_opt_in_out_phc_test";

/// What the host app keeps in localStorage.
pub(crate) const HOST_KEY: &str = "host";

impl World {
    pub(crate) fn step(&mut self) {
        self.ledger.counts.steps += 1;
        self.setting.steps -= 1;
        if self.setting.steps > 0 {
            let pause = 1 + self.chance.delay(self.setting.longest_pause);
            self.after(pause, Happening::Step);
        }
        let setting = self.setting.clone();
        if self.chance.happens(setting.server_trouble) {
            self.change_server();
        }
        if self.chance.happens(setting.clock_jump) {
            let hours = self.chance.between(1, 8) as i64;
            self.wall_shift += if self.chance.happens(500) {
                hours
            } else {
                -hours
            } * 3_600_000
                + self.chance.below(1_000) as i64;
            trace!(self, "the wall clock is {} ms off", self.wall_shift);
        }
        if setting.local_quota < 1_000_000 && self.chance.happens(100) {
            self.fill_host(setting.local_quota);
        }
        if self.chance.happens(setting.killed_browser) {
            self.kill_browser();
        } else if self.chance.happens(setting.opening)
            && self.tabs.iter().filter(|tab| tab.page.is_some()).count() < setting.most_tabs
        {
            self.open_tab();
        } else {
            self.step_in_tab();
        }
        self.check_bounds();
    }

    fn step_in_tab(&mut self) {
        let tab = self.chance.below(self.tabs.len() as u64) as usize;
        let Some(page) = self.tabs[tab].page else {
            // The visitor reloads what has crashed, or goes back to where they were.
            match self.tabs[tab].cached.last().copied() {
                Some(cached) if self.chance.happens(300) => self.bring_back(cached),
                _ => drop(self.open_page(tab)),
            }
            return;
        };
        if self.pages[page].life == Life::Suspended {
            self.resume(page);
        }
        let setting = self.setting.clone();
        if self.chance.happens(setting.killed_tab) {
            self.ledger.counts.kills += 1;
            self.kill(page);
        } else if self.chance.happens(setting.leaving) {
            self.leave_for(tab, page);
        } else if self.chance.happens(setting.hiding) {
            if self.pages[page].is_hidden {
                self.come_back(page);
            } else {
                self.hide(page);
            }
        } else if self.chance.happens(setting.suspending) {
            trace!(self, "page {page} is stopped");
            self.pages[page].life = Life::Suspended;
            if !setting.has_locks {
                // Its lease may run out, and what it has under way is sent again.
                self.forget_flights_at_leave(page);
            }
            let millis = self.chance.delay(600_000);
            self.after(millis, Happening::Resume(page));
        } else if self.chance.happens(setting.refusing_visitor) {
            self.choose(page);
        } else {
            match self.chance.below(20) {
                0 => self.flush(page),
                1 => self.come_back(page),
                2 => self.task(page, |_, _| ()),
                _ => {
                    let events = self.chance.between(1, setting.largest_burst);
                    let instantly = self.chance.happens(100);
                    self.capture(page, events, instantly);
                }
            }
        }
    }

    /// The visitor follows a link, goes back, reloads or closes the tab.
    fn leave_for(&mut self, tab: usize, page: PageId) {
        let back = self.tabs[tab].cached.last().copied();
        self.leave(page);
        let way = self.chance.below(10);
        if way >= 6 {
            // It cannot be brought back.
            self.kill(page);
        }
        match back {
            Some(back) if self.chance.happens(500) && self.pages[back].life == Life::Frozen => {
                self.bring_back(back)
            }
            // The tab is closed.
            _ if way == 9 => {
                for cached in self.tabs[tab].cached.clone() {
                    self.kill(cached);
                }
                self.open_tab();
            }
            _ => drop(self.open_page(tab)),
        }
    }

    fn kill_browser(&mut self) {
        trace!(self, "the browser is killed");
        self.ledger.counts.kills += 1;
        self.is_dying = true;
        for page in 0..self.pages.len() {
            self.kill(page);
        }
        self.is_dying = false;
        self.lose_latest();
        self.check_after_restart();
        self.open_tab();
    }

    fn choose(&mut self, page: PageId) {
        if self.chance.happens(600) {
            trace!(self, "the visitor refuses on page {page}");
            self.task(page, |client, now| client.opt_out(now));
        } else {
            trace!(self, "the visitor agrees on page {page}");
            self.task(page, |client, now| drop(client.opt_in(now, "", "")));
        }
    }

    /// The visitor has made a choice, and it is stored. Other pages hear of it a little later.
    pub(crate) fn note_choice(&mut self, page: PageId, choice: Option<&str>) {
        for other in 0..self.pages.len() {
            let generation = self.pages[other].generation;
            let millis = self.chance.delay(20);
            self.after(millis, Happening::Stored(other, generation));
        }
        if choice != Some(REFUSED) {
            return;
        }
        self.pages[page].refused_at = Some(self.now);
        for event in &mut self.ledger.events {
            event.forbidden_at = Some(self.now);
        }
        for flight in 0..self.flights.len() {
            self.close_flight(flight);
        }
    }

    /// Whether a page that sends an event can know that the visitor does not want it sent. A refusal that was taken back
    /// while the page slept, or within a moment, it has never seen.
    pub(crate) fn knows_refusal(&self, page: PageId, at: u64) -> bool {
        let is_refused = self.browser.local(CONSENT).as_deref() == Some(REFUSED);
        is_refused
            || self.pages[page].refused_at.is_some_and(|seen| seen >= at)
            || self.pages[page].opened_at >= at
    }

    /// The host app fills localStorage, or makes room.
    fn fill_host(&mut self, quota: usize) {
        let mut contents = self.browser.contents();
        contents.local.remove(HOST_KEY);
        let used: usize = contents
            .local
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum();
        let room = quota.saturating_sub(used + HOST_KEY.len()) as u64;
        let size = self.chance.below(room + 1) as usize;
        contents.local.insert(HOST_KEY.to_owned(), "h".repeat(size));
    }

    /// All tabs are closed, all but one perhaps, which is shown.
    pub(crate) fn keep_one_page(&mut self) -> Option<PageId> {
        let living = |page: &PageId| self.pages[*page].life != Life::Dead;
        let living: Vec<PageId> = (0..self.pages.len()).filter(living).collect();
        let kept =
            (!living.is_empty() && self.chance.happens(600)).then(|| self.chance.pick(&living));
        for page in living {
            if Some(page) == kept {
                continue;
            }
            if self.chance.happens(500) {
                if self.pages[page].life == Life::Suspended {
                    self.resume(page);
                }
                self.close_page(page);
            } else {
                self.kill(page);
            }
        }
        if let Some(page) = kept {
            match self.pages[page].life {
                Life::Frozen => self.bring_back(page),
                Life::Suspended => self.resume(page),
                Life::Running | Life::Dead => {}
            }
        }
        kept
    }
}
