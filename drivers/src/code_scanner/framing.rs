//! Where one payload ends and the next begins on a byte stream.

use std::time::Duration;

use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use super::code::{MAX_PAYLOAD, Rejection};

/// Quiet for this long ends a code that has no terminator; the wire needs 1 ms a byte.
const GAP: Duration = Duration::from_millis(100);

/// Quiet for this long ends a code that should have had a terminator and broke off.
const BROKEN: Duration = Duration::from_millis(500);

/// How long after a command its answer may come, from a module that need not answer.
const REPLY: Duration = Duration::from_millis(500);

/// An answer later than this is not waited for beside the one to the next command.
const LOST: Duration = Duration::from_secs(2);

/// What ends a code on a byte stream. CR, LF, CRLF and TAB always do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// A terminator, or as the last resort a gap of 100 ms.
    #[default]
    Any,
    /// Only a terminator, as the installation guide asks for: a code that breaks off never
    /// counts as a shorter one.
    Terminator,
}

/// Payloads out of bytes. Holds one payload at most.
pub(super) struct Framer {
    ending: Ending,
    payload: Zeroizing<Vec<u8>>,
    too_long: bool,
    last: Duration,
    /// Answers to be taken off before the next code.
    replies: Option<Replies>,
}

/// Answers that are still to come: one for each command.
struct Replies {
    known: &'static [&'static [u8]],
    count: u32,
    asked: Duration,
    /// The module always answers, however late.
    sure: bool,
}

impl Replies {
    /// Whether the answers may still come.
    fn open(&self, now: Duration) -> bool {
        self.sure || now <= self.asked + REPLY
    }
}

/// A payload, or why there is none.
pub(super) type Framed = Result<Zeroizing<Vec<u8>>, Rejection>;

impl Framer {
    pub(super) fn new(ending: Ending) -> Self {
        Self {
            ending,
            payload: Zeroizing::new(Vec::with_capacity(MAX_PAYLOAD)),
            too_long: false,
            last: Duration::ZERO,
            replies: None,
        }
    }

    /// Expects one more of `known` before a code, also behind one that is still on its way;
    /// without a limit of time where it is `sure` to come.
    pub(super) fn expect(&mut self, known: &'static [&'static [u8]], sure: bool, now: Duration) {
        let before = self.replies.take();
        let before = before.filter(|before| before.open(now) && now <= before.asked + LOST);
        self.replies = (!known.is_empty()).then(|| Replies {
            known,
            count: before.map_or(0, |before| before.count) + 1,
            asked: now,
            sure,
        });
    }

    /// Takes bytes that came at `now`.
    pub(super) fn push(&mut self, now: Duration, bytes: &[u8], each: &mut dyn FnMut(Framed)) {
        self.idle(now, each);
        if bytes.is_empty() {
            return;
        }
        self.last = now;
        for byte in bytes {
            if matches!(byte, b'\r' | b'\n' | b'\t') {
                self.end(each);
            } else if self.payload.len() < MAX_PAYLOAD {
                self.payload.push(*byte);
                self.strip_reply(now);
            } else {
                self.too_long = true;
            }
        }
    }

    /// Takes whole answers off the front; one that is different from its second byte on is data.
    fn strip_reply(&mut self, now: Duration) {
        let Some(replies) = &mut self.replies else {
            return;
        };
        if !replies.open(now) {
            self.replies = None;
        } else if replies.known.contains(&self.payload.as_slice()) {
            self.payload.clear();
            replies.count -= 1;
            if replies.count == 0 {
                self.replies = None;
            }
        }
    }

    /// Looks whether the quiet until `now` ended a payload.
    pub(super) fn idle(&mut self, now: Duration, each: &mut dyn FnMut(Framed)) {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            match self.ending {
                Ending::Any => self.end(each),
                Ending::Terminator => {
                    self.clear();
                    each(Err(Rejection::Unfinished));
                }
            }
        }
    }

    /// When quiet ends what has come so far; `None` when nothing has.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let gap = match self.ending {
            Ending::Any => GAP,
            Ending::Terminator => BROKEN,
        };
        (!self.payload.is_empty()).then(|| self.last + gap)
    }

    fn end(&mut self, each: &mut dyn FnMut(Framed)) {
        if self.too_long {
            each(Err(Rejection::TooLong));
        } else if !self.payload.is_empty() {
            each(Ok(self.payload.clone()));
        }
        self.clear();
    }

    /// Forgets what has come so far.
    pub(super) fn clear(&mut self) {
        // Wipes the whole buffer and keeps it.
        self.payload.zeroize();
        self.too_long = false;
    }
}
