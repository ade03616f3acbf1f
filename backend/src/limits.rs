//! What one asker may cost the city: how often, and for how long.
//!
//! Kiosks are counted by their signature and never for heartbeats, staff by their session, people who hand something in
//! from home by themselves; everybody else by their address. So ten thousand kiosks that come back through one line are
//! not in each other's way.

use std::time::Duration;

/// What one asker may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Signed requests of one kiosk; heartbeats are not counted.
    pub kiosk: Rate,
    /// Requests of one session or token.
    pub staff: Rate,
    /// What one person hands in from home.
    pub home: Rate,
    /// Requests from one address of which nothing says who asks: open pages, packets, refused signatures and tokens.
    pub open: Rate,
    /// Tries to log in from one address, whatever the name; wrong passwords of one name are locked by the policy.
    pub log_in: Rate,
    /// Wrong enrolment codes from one address.
    pub codes: Rate,
    /// How long the head of a request may take to arrive, and how long a connection may be silent before the next.
    pub head: Duration,
    /// How long the body may take to arrive.
    pub body: Duration,
    /// How long a request may take in all.
    pub request: Duration,
    /// How long it stays at work after it was told to stop and says that it is not ready: a balancer looks elsewhere.
    pub drain: Duration,
}

/// So many at once, and so many a minute for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At once, after a pause; 0 refuses all.
    pub at_once: u32,
    /// A minute.
    pub per_minute: u32,
}

impl Rate {
    /// So many at once and a minute.
    #[must_use]
    pub const fn new(at_once: u32, per_minute: u32) -> Self {
        Self {
            at_once,
            per_minute,
        }
    }
}

impl Default for Limits {
    /// Far above what a kiosk, a desk or a station behind one address does, and far below what a loop does.
    fn default() -> Self {
        Self {
            kiosk: Rate::new(3000, 18_000),
            staff: Rate::new(1000, 3000),
            home: Rate::new(30, 10),
            open: Rate::new(30_000, 60_000),
            log_in: Rate::new(300, 60),
            codes: Rate::new(60, 10),
            head: Duration::from_secs(20),
            body: Duration::from_secs(60),
            request: Duration::from_secs(120),
            drain: Duration::ZERO,
        }
    }
}
