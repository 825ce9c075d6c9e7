//! Stacks as the three engines write them, innermost call first, one line each.
//!
//! V8 (Chromium, Node): `    at name (file:1:2)`, `    at file:1:2`, below the error's name and message.
//! SpiderMonkey (Firefox) and JavaScriptCore (Safari): `name@file:1:2`, without a heading.

use super::super::{json, text};

/// Frames beyond that are left out, the outermost ones (posthog-js 1.449.2).
const MAX_FRAMES: usize = 50;

/// Lines that are looked at (posthog-js 1.449.2).
const MAX_LINES: usize = 1_000;

/// Longer lines are no calls (posthog-js 1.449.2 counts UTF-16 code units).
const MAX_LINE_BYTES: usize = 1_024;

/// The longest recursion that is told once, in calls (posthog-js 1.449.2).
const MAX_CYCLE: usize = 10;

/// What a file is called that JavaScript's engines have inside.
const NATIVE: &str = "[native code]";

/// A call on a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// `?` if it has no name.
    pub(super) function: &'a str,
    pub(super) filename: &'a str,
    pub(super) line: Option<u64>,
    pub(super) column: Option<u64>,
}

/// The calls of a stack, innermost first. What is no call is skipped.
pub(super) fn parse(stack: &str) -> Vec<Frame<'_>> {
    let lines = || {
        text::parts(stack, "\n")
            .take(MAX_LINES)
            .map(str::trim_ascii)
            .filter(|line| line.len() <= MAX_LINE_BYTES)
    };
    // Messages may look like anything, but only V8 has them among its calls.
    let is_v8 = lines().any(|line| line.starts_with(V8_CALL));
    let mut trace = Trace::default();
    for line in lines() {
        let frame = match line.strip_prefix(V8_CALL) {
            Some(call) => v8(call),
            None if is_v8 => None,
            None => other(line),
        };
        if let Some(frame) = frame {
            trace.push(frame);
        }
        if trace.frames.len() >= MAX_FRAMES {
            break;
        }
    }
    trace.frames
}

/// What a call begins with in V8.
const V8_CALL: &str = "at ";

/// A call of V8. One in evaluated code stands where that was evaluated:
/// `eval (eval at outer (file:1:2), <anonymous>:1:1)`.
fn v8(call: &str) -> Option<Frame<'_>> {
    const BEFORE_PLACE: &str = " (";
    // Names may hold brackets too, so the last one counts.
    let mut place = call;
    while let Some(rest) = text::after(place, BEFORE_PLACE) {
        place = rest;
    }
    if place.len() == call.len() {
        return frame("", text::after(call, "async ").unwrap_or(call));
    }
    let name_end = call.len() - place.len() - BEFORE_PLACE.len();
    let name = text::before(text::slice(call, 0, name_end), " (eval at ");
    let place = text::before(place, "),");
    let brackets = place.bytes().rev().take_while(|byte| *byte == b')');
    frame(name, text::slice(place, 0, place.len() - brackets.count()))
}

/// A call of SpiderMonkey or JavaScriptCore, whose places have a line or are native. In evaluated code, SpiderMonkey says
/// where that was evaluated: `name@file line 3 > eval line 1 > eval:1:1`.
fn other(call: &str) -> Option<Frame<'_>> {
    let name = text::before(call, "@");
    // Old JavaScriptCore writes calls without a name as a place alone; that may hold a version, as in `vue@3`.
    let (name, place) = match text::after(call, "@") {
        Some(place) if !text::contains(name, "://") => (name, place),
        _ => ("", call),
    };
    if text::contains(place, " > ") {
        let line = text::after(place, " line ")?;
        return Some(Frame {
            function: if name.is_empty() { "eval" } else { name },
            filename: text::before(place, " line "),
            line: number(text::before(line, " ")),
            column: None,
        });
    }
    frame(name, place).filter(|frame| frame.line.is_some() || frame.filename == NATIVE)
}

/// A call at a place, `file:line:column`, `file:line` or what stands for it.
#[inline(never)]
fn frame<'a>(name: &'a str, place: &'a str) -> Option<Frame<'a>> {
    let (rest, last) = without_number(place);
    let (filename, first) = without_number(rest);
    let function = match name {
        "" | "<anonymous>" => "?",
        name => name,
    };
    (!filename.is_empty()).then_some(Frame {
        function,
        filename,
        line: first.or(last),
        column: first.and(last),
    })
}

/// Takes a colon and a number off the end, if they are there.
#[inline(never)]
fn without_number(place: &str) -> (&str, Option<u64>) {
    let digits = place.bytes().rev().take_while(u8::is_ascii_digit).count();
    let start = place.len() - digits;
    let rest = text::slice(place, 0, start.saturating_sub(1));
    match number(text::slice(place, start, place.len())) {
        Some(number) if text::slice(place, rest.len(), start) == ":" => (rest, Some(number)),
        _ => (place, None),
    }
}

/// A line's or a column's number: PostHog's ingestion takes 32 bits.
fn number(digits: &str) -> Option<u64> {
    json::as_integer(digits).filter(|number| *number <= u64::from(u32::MAX))
}

/// Frames with each recursion told once.
#[derive(Default)]
struct Trace<'a> {
    frames: Vec<Frame<'a>>,
    /// How many of the last frames were there twice in a row; 0 if none.
    cycle: usize,
    /// How many of them have come again since.
    repeated: usize,
}

impl<'a> Trace<'a> {
    fn push(&mut self, frame: Frame<'a>) {
        let next = self.frames.len() - self.cycle + self.repeated;
        if self.frames.get(next) == Some(&frame) {
            self.repeated += 1;
            if self.repeated == self.cycle {
                self.repeated = 0;
            }
            return;
        }
        self.cycle = 0;
        self.repeated = 0;
        self.frames.push(frame);
        for length in 1..=MAX_CYCLE {
            let mut cycles = self.frames.rchunks_exact(length);
            let last = cycles.next();
            if last.is_some() && last == cycles.next() {
                self.frames.truncate(self.frames.len() - length);
                self.cycle = length;
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests;
