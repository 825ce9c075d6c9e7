//! The book of events: where each lies, who has sent it and what has come of it. Here the rules are checked.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::page::PageId;

/// Names an event.
pub(crate) type EventId = usize;

/// The event by which the client tells what it had to drop.
pub(crate) const WARNING: &str = "$$client_ingestion_warning";

/// The event by which it tells how many it has captured and delivered.
pub(crate) const RECORD: &str = "$$delivery_ledger";

/// Which of a page's journals an event belongs to, as far as order goes: a page that comes back begins another, and so
/// does a client that takes the place of one that has trapped.
pub(crate) type Epoch = (PageId, u32);

#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) uuid: u128,
    pub(crate) epoch: Epoch,
    /// Its JSON's length and hash: what is sent is what was captured.
    pub(crate) length: usize,
    hash: u64,
    /// Whether the task that captured it has ended.
    pub(crate) is_settled: bool,
    pub(crate) is_poisoned: bool,
    /// Whether it keeps no order with others: the client has captured it of its own accord, or was not sure for a while
    /// whether it was stored.
    pub(crate) is_unordered: bool,
    /// In how many values of localStorage and of the archive it lies.
    pub(crate) local: u32,
    pub(crate) archived: u32,
    /// How many transactions carry it that were issued, or wait for a connection.
    pub(crate) issued: u32,
    pub(crate) unissued: u32,
    pub(crate) was_archived: bool,
    /// Whether the browser has refused it when it was to be stored there last.
    pub(crate) local_refused: bool,
    pub(crate) archive_refused: bool,
    /// Whether a transaction that carries it has failed, as far as its page was told: it may be made all the same, later
    /// than whatever has become of the event.
    pub(crate) may_be_archived: bool,
    /// Whether no client has it in memory any more, so that it lies in a store or nowhere.
    pub(crate) is_abandoned: bool,
    /// Whether the browser has not given it when it was to be read.
    pub(crate) is_ungiven: bool,
    /// Requests that carry it and are not answered yet.
    pub(crate) under_way: u32,
    pub(crate) was_sent: bool,
    /// How often the server has got it.
    pub(crate) receipts: u32,
    /// Whether its sender is being told its end in the present task.
    pub(crate) is_ending: bool,
    /// Whether the client that sent it has got the server's answer and done what follows from it.
    pub(crate) is_acknowledged: bool,
    /// Whether it may be sent after that all the same: the browser did not let the client forget it.
    pub(crate) may_return: bool,
    /// The server has refused it by itself, and the client knows.
    pub(crate) is_refused: bool,
    /// The server took nothing from the page that sent it.
    pub(crate) withheld_by: Option<(PageId, u32)>,
    /// Since when the visitor does not want it sent.
    pub(crate) forbidden_at: Option<u64>,
    /// Why it is no failure that it never arrives.
    pub(crate) excuse: Option<&'static str>,
    /// The name of its page's events, and its number among them.
    number: Option<(u128, usize)>,
    history: Vec<(u64, &'static str, usize)>,
}

impl Event {
    /// Whether it is in a store, or will be, whatever becomes of its page.
    pub(crate) fn is_held(&self) -> bool {
        self.local > 0 || self.archived > 0 || self.issued > 0
    }

    /// Whether it has come to its end.
    pub(crate) fn is_over(&self) -> bool {
        self.is_ending
            || self.is_acknowledged
            || self.is_refused
            || self.forbidden_at.is_some()
            || self.excuse.is_some()
    }
}

/// What is counted over all worlds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) captured: u64,
    pub(crate) delivered: u64,
    /// Sent again though the server had it: the answer had not arrived.
    pub(crate) doubled_unanswered: u64,
    /// Received again after the acknowledgement, for the browser did not let the client forget.
    pub(crate) doubled_unforgotten: u64,
    pub(crate) lost_in_task: u64,
    pub(crate) lost_by_browser: u64,
    pub(crate) refused: u64,
    pub(crate) dropped: u64,
    pub(crate) requests: u64,
    pub(crate) kills: u64,
    pub(crate) traps: u64,
    pub(crate) adopted: u64,
    pub(crate) steps: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        let Self {
            captured,
            delivered,
            doubled_unanswered,
            doubled_unforgotten,
            lost_in_task,
            lost_by_browser,
            refused,
            dropped,
            requests,
            kills,
            traps,
            adopted,
            steps,
        } = other;
        self.captured += captured;
        self.delivered += delivered;
        self.doubled_unanswered += doubled_unanswered;
        self.doubled_unforgotten += doubled_unforgotten;
        self.lost_in_task += lost_in_task;
        self.lost_by_browser += lost_by_browser;
        self.refused += refused;
        self.dropped += dropped;
        self.requests += requests;
        self.kills += kills;
        self.traps += traps;
        self.adopted += adopted;
        self.steps += steps;
    }
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) events: Vec<Event>,
    /// Whether events tell their place in the delivery ledger.
    has_numbers: bool,
    by_uuid: HashMap<u128, EventId>,
    by_epoch: HashMap<Epoch, Vec<EventId>>,
    pub(crate) counts: Counts,
    /// Events that clients said they had given up for want of room or for their age; they do not say which.
    pub(crate) given_up: usize,
}

impl Ledger {
    pub(crate) fn new(has_numbers: bool) -> Self {
        Self {
            has_numbers,
            ..Self::default()
        }
    }

    /// Notes an event that was captured; answers its id.
    pub(crate) fn capture(
        &mut self,
        json: &str,
        epoch: Epoch,
        now: u64,
        is_poisoned: bool,
    ) -> EventId {
        let uuid = uuid(json).expect("an event begins with its uuid");
        let id = self.events.len();
        assert!(
            self.by_uuid.insert(uuid, id).is_none(),
            "two events have the uuid {uuid:032x}"
        );
        self.by_epoch.entry(epoch).or_default().push(id);
        self.events.push(Event {
            uuid,
            epoch,
            length: json.len(),
            hash: hash(json),
            is_settled: false,
            is_poisoned,
            is_unordered: false,
            local: 0,
            archived: 0,
            issued: 0,
            unissued: 0,
            was_archived: false,
            local_refused: false,
            archive_refused: false,
            may_be_archived: false,
            is_abandoned: false,
            is_ungiven: false,
            under_way: 0,
            was_sent: false,
            receipts: 0,
            is_ending: false,
            is_acknowledged: false,
            may_return: false,
            is_refused: false,
            withheld_by: None,
            forbidden_at: None,
            excuse: None,
            number: if self.has_numbers { number(json) } else { None },
            history: vec![(now, "captured on page", epoch.0)],
        });
        self.counts.captured += 1;
        id
    }

    pub(crate) fn find(&self, uuid: u128) -> Option<EventId> {
        self.by_uuid.get(&uuid).copied()
    }

    /// Whether that is the event's text, as it was captured.
    pub(crate) fn is_same(&self, id: EventId, json: &str) -> bool {
        self.events[id].hash == hash(json)
    }

    pub(crate) fn note(&mut self, id: EventId, now: u64, what: &'static str, number: usize) {
        self.events[id].history.push((now, what, number));
    }

    /// The numbers of each page's events are those from 1 without gaps; where some may have been lost before anybody knew
    /// of them, at least none is there twice.
    pub(crate) fn check_numbers(&self, may_have_gaps: bool) {
        let mut numbers: HashMap<u128, Vec<usize>> = HashMap::new();
        for (page, number) in self.events.iter().filter_map(|event| event.number) {
            numbers.entry(page).or_default().push(number);
        }
        for mut numbers in numbers.into_values() {
            numbers.sort_unstable();
            assert!(
                numbers.is_sorted_by(|one, next| one < next),
                "numbered twice: {numbers:?}"
            );
            assert!(
                may_have_gaps || numbers.last() == Some(&numbers.len()),
                "gaps: {numbers:?}"
            );
        }
    }

    /// The events of a journal, in the order of their capture.
    pub(crate) fn of_epoch(&self, epoch: Epoch) -> &[EventId] {
        self.by_epoch.get(&epoch).map_or(&[], Vec::as_slice)
    }

    /// Has events count as captured in another epoch from now on.
    pub(crate) fn move_to(&mut self, ids: &[EventId], epoch: Epoch) {
        for &id in ids {
            let former = self.events[id].epoch;
            if let Some(events) = self.by_epoch.get_mut(&former) {
                events.retain(|other| *other != id);
            }
            self.events[id].epoch = epoch;
            self.by_epoch.entry(epoch).or_default().push(id);
        }
    }

    /// What has happened to an event, for a person to read.
    pub(crate) fn story(&self, id: EventId) -> String {
        let event = &self.events[id];
        let mut story = format!("event {id} with the uuid {:032x}", event.uuid);
        for (at, what, number) in &event.history {
            let _ = write!(story, "\n  {at:>9} ms  {what} {number}");
        }
        let _ = write!(
            story,
            "\n  now in localStorage {}, archived {}, issued {}, waiting for a connection {}, under way {}, receipts {}",
            event.local,
            event.archived,
            event.issued,
            event.unissued,
            event.under_way,
            event.receipts
        );
        for (what, is_so) in [
            ("settled", event.is_settled),
            ("acknowledged", event.is_acknowledged),
            ("refused", event.is_refused),
            ("forbidden", event.forbidden_at.is_some()),
            ("refused by localStorage", event.local_refused),
            ("refused by the archive", event.archive_refused),
            ("not given by the browser", event.is_ungiven),
            ("withheld", event.withheld_by.is_some()),
        ] {
            if is_so {
                let _ = write!(story, ", {what}");
            }
        }
        if let Some(excuse) = event.excuse {
            let _ = write!(story, ", {excuse}");
        }
        story
    }
}

/// The uuid at the beginning of an event's text.
pub(crate) fn uuid(json: &str) -> Option<u128> {
    let digits = json.strip_prefix("{\"uuid\":\"")?.get(..36)?;
    let mut uuid = 0;
    for byte in digits.bytes().filter(|byte| *byte != b'-') {
        uuid = uuid << 4 | u128::from((byte as char).to_digit(16)?);
    }
    Some(uuid)
}

/// An event's place in the delivery ledger.
fn number(json: &str) -> Option<(u128, usize)> {
    let (_, page) = json.split_once("\"$delivery_journal\":\"")?;
    let page = page.get(..36)?.replace('-', "");
    let (_, number) = json.split_once("\"$delivery_sequence\":")?;
    let end = number.find(|digit: char| !digit.is_ascii_digit())?;
    Some((
        u128::from_str_radix(&page, 16).ok()?,
        number[..end].parse().ok()?,
    ))
}

/// The uuids of all events in a segment, or of the one in an event's own text, in their order.
pub(crate) fn uuids(text: &str) -> impl Iterator<Item = u128> {
    text.split('\n')
        .filter_map(|line| uuid(line.strip_prefix('E').unwrap_or(line)))
}

/// Good enough to see whether a text has changed: FNV with words for bytes.
fn hash(text: &str) -> u64 {
    let mut hash = text.len() as u64 ^ 0xcbf2_9ce4_8422_2325;
    let mut words = text.as_bytes().chunks_exact(8);
    let mut mix = |word: u64| hash = (hash ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(29);
    for word in &mut words {
        mix(word.try_into().map_or(0, u64::from_le_bytes));
    }
    for byte in words.remainder() {
        mix(u64::from(*byte));
    }
    hash
}
