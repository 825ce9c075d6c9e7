//! What an answer means for the events of its request.

use super::super::id::IdSource;
use super::super::json;
use super::super::time::MonotonicTime;
use super::journal::{Journal, State};
use super::{Outbox, RequestId, Response, UnderWay};

/// So many refusals in a row, whatever was sent, and nothing more is sent until the next page load.
pub(super) const MAX_REFUSALS: u32 = 10;

/// How long nothing is sent to a server that says that it has had enough (posthog-js 1.449.2 drops the events of that
/// minute).
const QUOTA_MILLIS: u64 = 60_000;

/// What a response meant for the events of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::core) enum Verdict {
    /// They are delivered.
    Delivered(usize),
    /// They will be sent again, in so many milliseconds.
    Kept(usize, u64),
    /// They will be sent again in smaller requests, for one of them may be at fault.
    Split(usize),
    /// The one event that the request carried can not be delivered and was given up; none, if it told of others that
    /// were.
    Refused(usize),
    /// The server takes nothing from here: they wait for the next visit.
    Withheld(usize),
    /// The request was not known, or its events went another way.
    Unknown,
}

impl Outbox {
    /// Takes the answer to a request.
    pub(in crate::core) fn handle_response(
        &mut self,
        id: RequestId,
        response: Response,
        now: MonotonicTime,
        ids: &mut IdSource,
    ) -> Verdict {
        let Some(index) = self.under_way.iter().position(|request| request.id == id) else {
            return Verdict::Unknown;
        };
        let request = self.under_way.remove(index);
        self.keepalive_room();
        let count = request.events;
        let (state, verdict) = match response.status {
            200..=299 => {
                self.backoff.succeed();
                self.refusals = 0;
                self.note_success();
                self.delivered += if request.is_adopted { 0 } else { count as u64 };
                // The one at fault may be among the next; look for it with care until a whole batch has passed.
                self.split_to = self
                    .split_to
                    .map(|most| most * 2)
                    .filter(|most| *most < 1_000);
                (State::Done, Verdict::Delivered(count))
            }
            400 | 413 if count == 1 => {
                self.split_to = None;
                (
                    State::Done,
                    Verdict::Refused(self.apart_from_warnings(&request)),
                )
            }
            400 | 413 => {
                self.split_to = Some(count / 2);
                (State::Waiting, Verdict::Split(count))
            }
            401 | 403 | 404 => {
                self.refusals += 1;
                (State::Withheld, Verdict::Withheld(count))
            }
            _ => {
                let rest = self.backoff.fail(now, response.retry_after, ids);
                if response.status == 0 {
                    self.note_failure(request.made, now);
                }
                (State::Waiting, Verdict::Kept(count, rest))
            }
        };
        self.set_state(&request, state);
        if state == State::Done {
            self.remove_done();
        }
        verdict
    }

    /// How many events of this page were delivered since this was asked last.
    pub(in crate::core) fn take_delivered(&mut self) -> u64 {
        std::mem::take(&mut self.delivered)
    }

    /// Takes the text of an answer that was a success. Answers whether the server has had enough: what comes from now on
    /// waits.
    pub(in crate::core) fn handle_answer_text(&mut self, text: &str, now: MonotonicTime) -> bool {
        let mut members = json::members(text);
        let limited = members.find(|member| member.key() == "quota_limited");
        let is_limited = limited
            .is_some_and(|limited| json::items(limited.value).any(|item| item == "\"events\""));
        if is_limited {
            self.backoff.rest(now, QUOTA_MILLIS);
        }
        is_limited
    }

    /// How many of a request's events are the app's.
    fn apart_from_warnings(&self, request: &UnderWay) -> usize {
        let journals = [Some(&self.own), self.adopted.as_ref()];
        let entries = journals.into_iter().flatten().flat_map(Journal::entries);
        let carried = entries.filter(|entry| entry.state == State::UnderWay(request.id.0));
        carried.filter(|entry| !entry.record.is_warning()).count()
    }
}
