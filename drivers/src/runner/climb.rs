//! What a failure means for counters, log and health: the same for every kind of thread.

use super::health::{Condition, Counters, HealthState};
use super::recovery::{Recovery, Rung};
use super::{Fault, power::PortPower};

/// Climbs one rung because of `fault`: counts it, logs it, and returns how the device is now.
pub(super) fn climb(
    recovery: &mut Recovery,
    counters: &mut Counters,
    fault: &Fault,
) -> (Rung, Condition) {
    let was_broken = recovery.broken();
    let rung = recovery.failed(fault.kind);
    counters.faults += 1;
    counters.retries += u64::from(rung == Rung::Retry);
    counters.reopens += u64::from(!rung.on_same_line());
    counters.broken += u64::from(recovery.broken() && !was_broken);
    tracing::warn!(fault = %fault, source = ?fault.source, rung = rung.name(), "device failed");
    let mut condition = fault.condition();
    if recovery.broken() && condition.state == HealthState::Offline {
        condition.state = HealthState::HardwareError;
    }
    (rung, condition)
}

/// Switches the port's power off and on and counts it, unless `stopped` says so meanwhile.
pub(super) fn power_cycle(power: &PortPower, counters: &mut Counters, stopped: impl Fn() -> bool) {
    match power.cycle(stopped) {
        Some(Ok(())) => counters.power_cycles += 1,
        Some(Err(error)) => tracing::warn!(%error, "the port's power could not be switched"),
        None => {}
    }
}
