//! How often somebody asks: a bucket for each, kept as the one instant at which it is full again.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::limits::{Limits, Rate};

/// Most askers remembered. Beyond, those whose bucket is full are forgotten, which changes nothing for them.
const MOST_ASKERS: usize = 100_000;
/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// Who asks, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Asker {
    /// A kiosk whose signature holds.
    Kiosk(String),
    /// A session or token that is known, by its hash.
    Staff([u8; 32]),
    /// A person who hands something in from home, by the blind index.
    Home([u8; 32]),
    /// An address, of which nothing says who it is.
    Open(IpAddr),
    /// An address at the log-in.
    LogIn(IpAddr),
    /// An address with enrolment codes.
    Code(IpAddr),
}

impl Asker {
    fn rate(&self, limits: &Limits) -> Rate {
        match self {
            Self::Kiosk(_) => limits.kiosk,
            Self::Staff(_) => limits.staff,
            Self::Home(_) => limits.home,
            Self::Open(_) => limits.open,
            Self::LogIn(_) => limits.log_in,
            Self::Code(_) => limits.codes,
        }
    }
}

/// It has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait {
    /// Seconds, at least 1.
    pub seconds: u32,
}

/// Who asked how often.
#[derive(Debug)]
pub(crate) struct Rates {
    limits: Limits,
    /// When each bucket is full again, in microseconds.
    full: Mutex<HashMap<Asker, i64>>,
}

impl Rates {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            full: Mutex::default(),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`Wait`] when it is one too many; it is not counted then.
    pub(crate) fn take(&self, asker: Asker, now: Timestamp) -> Result<(), Wait> {
        let now = now.as_microsecond();
        let (each, most) = bounds(asker.rate(&self.limits));
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        let after = drawn(full.get(&asker).copied(), now, each, most)?;
        if full.len() >= MOST_ASKERS && !full.contains_key(&asker) {
            full.retain(|_, full| *full > now);
            if full.len() >= MOST_ASKERS {
                // Everybody begins anew rather than that the city's memory grows.
                full.clear();
            }
        }
        full.insert(asker, after);
        Ok(())
    }

    /// Whether the next request of this asker would be one too many.
    ///
    /// # Errors
    /// [`Wait`] when it would.
    pub(crate) fn look(&self, asker: &Asker, now: Timestamp) -> Result<(), Wait> {
        let (each, most) = bounds(asker.rate(&self.limits));
        let full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        drawn(full.get(asker).copied(), now.as_microsecond(), each, most).map(drop)
    }
}

/// Microseconds by which a request empties a bucket, and those of an empty one.
fn bounds(rate: Rate) -> (i64, i64) {
    let each = MINUTE / i64::from(rate.per_minute.max(1));
    (each, each.saturating_mul(rate.at_once.into()))
}

/// When the bucket is full again after one more.
fn drawn(full: Option<i64>, now: i64, each: i64, most: i64) -> Result<i64, Wait> {
    let missing = full.map_or(0, |full| full - now).max(0);
    // More than a bucket holds is missing only after the clock was set back: nobody waits for that.
    let missing = if missing > most { 0 } else { missing };
    let after = missing + each;
    if after <= most {
        return Ok(now + after);
    }
    let seconds = (after - most).div_euclid(1_000_000) + 1;
    Err(Wait {
        seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
    })
}

/// What addresses are counted by: a home or an office has one of version 4, and 2^64 of version 6.
#[must_use]
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            Ipv6Addr::from(network).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Asker, MOST_ASKERS, Rates, network};
    use crate::clock::after;
    use crate::limits::{Limits, Rate};

    fn rates(kiosk: Rate) -> Rates {
        Rates::new(Limits {
            kiosk,
            ..Limits::default()
        })
    }

    fn kiosk(name: &str) -> Asker {
        Asker::Kiosk(name.to_owned())
    }

    #[test]
    fn a_kiosk_in_a_loop_waits_and_its_neighbour_does_not() {
        let rates = rates(Rate::new(5, 60));
        let now = jiff::Timestamp::UNIX_EPOCH;
        for _ in 0..5 {
            rates.take(kiosk("A"), now).unwrap();
        }
        assert_eq!(rates.take(kiosk("A"), now).unwrap_err().seconds, 2);
        assert!(rates.look(&kiosk("A"), now).is_err());
        rates.take(kiosk("B"), now).unwrap();
        // What was refused was not counted: after a second there is one more, and one only.
        rates.take(kiosk("A"), after(now, 1)).unwrap();
        assert!(rates.take(kiosk("A"), after(now, 1)).is_err());
        for _ in 0..5 {
            rates.take(kiosk("A"), after(now, 60)).unwrap();
        }
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let rates = rates(Rate::new(2, 60));
        let now = after(jiff::Timestamp::UNIX_EPOCH, 10_000);
        rates.take(kiosk("A"), now).unwrap();
        rates.take(kiosk("A"), after(now, -3600)).unwrap();
    }

    #[test]
    fn a_hundred_thousand_strangers_cost_no_more_memory_than_that() {
        let rates = rates(Rate::new(1, 1));
        let now = jiff::Timestamp::UNIX_EPOCH;
        for name in 0..=MOST_ASKERS {
            rates.take(kiosk(&name.to_string()), now).unwrap();
        }
        assert!(rates.full.lock().unwrap().len() <= MOST_ASKERS);
    }

    #[test]
    fn one_house_with_many_addresses_of_version_6_is_one() {
        let at = |text: &str| network(text.parse().unwrap());
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:1:2:3"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }
}
