//! The cabinet: what its sensors told last, what that means for the kiosk, and its lights.

use kiosk_core::{Halt, Lights};
use kiosk_drivers::cabinet::{self, CabinetCommand, CabinetEvent, Slot, Ups};
use kiosk_drivers::runner::{DeviceThread, HealthState};
use kiosk_drivers::selector::Selector;

use super::{DeviceError, Way, start, switched};
use crate::config::{self, Temperature};

/// A bound that was crossed counts until the temperature is so far back, in tenths of a degree.
const BACK: i16 = 20;

/// The running board.
pub(super) struct Cabinet {
    thread: DeviceThread<CabinetCommand>,
    sensed: Sensed,
    lights: Lights,
    /// The lights that are on: told so, and not confirmed or known to be off since.
    burning: Lights,
    /// Slots that the map gives a light to, and those among them whose light can be switched.
    slots: Vec<Slot>,
    lightable: Lights,
}

impl Cabinet {
    /// The one at `selector`, set up as `config` says.
    pub(super) fn start<E: Send + 'static>(
        selector: &Selector,
        config: &config::Devices,
        (events, map): Way<E, CabinetEvent>,
    ) -> Result<Self, DeviceError> {
        let registers = match &config.cabinet_map {
            Some(map) => map.0.clone(),
            None => cabinet::RegisterMap::sample().map_err(DeviceError::Map)?,
        };
        let slots: Vec<Slot> = registers.slots().collect();
        let line = cabinet::line(selector, &registers);
        let line = switched(line, config.port_power.as_deref(), selector);
        let thread = cabinet::start_on(line, registers, events, map)
            .map_err(|source| start("cabinet", source))?;
        Ok(Self {
            thread,
            sensed: Sensed::new(config.temperature),
            lights: Lights::default(),
            burning: Lights::default(),
            lightable: lit(&slots),
            slots,
        })
    }

    /// Slots with a light that the board has not refused to switch.
    pub(super) fn lightable(&self) -> Lights {
        self.lightable
    }

    pub(super) fn sensed(&self) -> &Sensed {
        &self.sensed
    }

    /// Whether any light is on, or not yet known to be off.
    pub(super) fn lit(&self) -> bool {
        self.burning != Lights::default()
    }

    pub(super) fn take(&mut self, event: CabinetEvent) {
        match event {
            CabinetEvent::Refused(CabinetCommand::Light { slot, .. }) => {
                *light_of(&mut self.lightable, slot) = false;
                *light_of(&mut self.burning, slot) = false;
            }
            CabinetEvent::Lit { slot, on } => *light_of(&mut self.burning, slot) = on,
            // It cannot be told anything, and a board without power is dark.
            CabinetEvent::Lost => self.burning = Lights::default(),
            CabinetEvent::Presence(_)
            | CabinetEvent::Door(_)
            | CabinetEvent::Cover(_)
            | CabinetEvent::Headphones(_)
            | CabinetEvent::Temperature(_)
            | CabinetEvent::Ups(_) => {}
        }
        self.sensed.take(event);
    }

    /// The board was found anew: commands sent before were refused.
    pub(super) fn found(&mut self) {
        self.lightable = lit(&self.slots);
        for (slot, on) in slots(self.lights) {
            self.light(slot, on);
        }
    }

    /// Switches the lights that are not as they should be.
    pub(super) fn show(&mut self, lights: Lights) {
        let before = slots(std::mem::replace(&mut self.lights, lights));
        for (slot, on) in slots(lights) {
            if !before.contains(&(slot, on)) {
                self.light(slot, on);
            }
        }
    }

    fn light(&mut self, slot: Slot, on: bool) {
        if on && self.slots.contains(&slot) {
            *light_of(&mut self.burning, slot) = true;
        }
        self.thread.send(CabinetCommand::Light { slot, on });
    }
}

fn slots(lights: Lights) -> [(Slot, bool); 5] {
    [
        (Slot::Card, lights.card),
        (Slot::Receipt, lights.receipt),
        (Slot::Scanner, lights.scanner),
        (Slot::Document, lights.document),
        (Slot::Code, lights.code),
    ]
}

/// Who stands at an open cabinet, as far as the service's PIN tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Keeper {
    /// Nobody said.
    #[default]
    Unknown,
    /// A technician, who gave the PIN.
    Technician,
    /// Somebody who tried the PIN until it locked.
    LockedOut,
}

fn light_of(lights: &mut Lights, slot: Slot) -> &mut bool {
    match slot {
        Slot::Card => &mut lights.card,
        Slot::Receipt => &mut lights.receipt,
        Slot::Scanner => &mut lights.scanner,
        Slot::Document => &mut lights.document,
        Slot::Code => &mut lights.code,
    }
}

fn lit(slots: &[Slot]) -> Lights {
    let mut lights = Lights::default();
    for slot in slots {
        *light_of(&mut lights, *slot) = true;
    }
    lights
}

/// How warm it is inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Climate {
    #[default]
    Fine,
    Cold,
    Warm,
    TooCold,
    TooHot,
}

/// What the sensors told last; a sensor that has not told, or whose board is lost, says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sensed {
    bounds: Temperature,
    door: bool,
    cover: bool,
    headphones: bool,
    climate: Climate,
    ups: Ups,
}

impl Sensed {
    fn new(bounds: Temperature) -> Self {
        Self {
            bounds,
            ..Self::default()
        }
    }

    fn take(&mut self, event: CabinetEvent) {
        match event {
            CabinetEvent::Door(open) => self.door = open,
            CabinetEvent::Cover(open) => self.cover = open,
            CabinetEvent::Headphones(plugged) => self.headphones = plugged,
            CabinetEvent::Temperature(tenths) => {
                self.climate = climate(self.climate, tenths, self.bounds);
            }
            CabinetEvent::Ups(ups) => self.ups = ups,
            CabinetEvent::Lost => *self = Self::new(self.bounds),
            CabinetEvent::Presence(_) | CabinetEvent::Lit { .. } | CabinetEvent::Refused(_) => {}
        }
    }

    /// A plug is in the headphone socket.
    pub(super) fn headphones(&self) -> bool {
        self.headphones
    }

    /// Why no new visit may begin.
    pub(super) fn halt(&self) -> Option<Halt> {
        // A battery that is nearly empty while there is mains is being charged.
        if !self.ups.mains.unwrap_or(self.ups.battery_low != Some(true)) {
            return Some(Halt::OnBattery);
        }
        match self.climate {
            Climate::TooCold | Climate::TooHot => Some(Halt::Climate),
            Climate::Fine | Climate::Cold | Climate::Warm => None,
        }
    }

    /// Why the inside can be reached; `None` when it cannot, as far as the switches tell.
    pub(super) fn open(&self) -> Option<&'static str> {
        match (self.door, self.cover) {
            (true, _) => Some("door_open"),
            (false, true) => Some("cabinet_open"),
            (false, false) => None,
        }
    }

    /// What a technician must see of a board that itself works; `None` when all is well.
    pub(super) fn condition(&self, keeper: Keeper) -> Option<(HealthState, &'static str)> {
        if let Some(open) = self.open() {
            let state = match keeper {
                Keeper::Unknown => HealthState::PotentialFraud,
                Keeper::Technician => HealthState::UserError,
                Keeper::LockedOut => HealthState::FraudAttempt,
            };
            return Some((state, open));
        }
        match self.climate {
            Climate::TooCold => Some((HealthState::HardwareError, "too_cold")),
            Climate::TooHot => Some((HealthState::HardwareError, "too_hot")),
            Climate::Cold => Some((HealthState::Online, "cold")),
            Climate::Warm => Some((HealthState::Online, "warm")),
            Climate::Fine => None,
        }
    }
}

fn climate(before: Climate, tenths: i16, bounds: Temperature) -> Climate {
    let over = |degrees: i16, crossed: bool| {
        tenths >= degrees.saturating_mul(10) - if crossed { BACK } else { 0 }
    };
    let under = |degrees: i16, crossed: bool| {
        tenths <= degrees.saturating_mul(10) + if crossed { BACK } else { 0 }
    };
    let hot = matches!(before, Climate::Warm | Climate::TooHot);
    let cold = matches!(before, Climate::Cold | Climate::TooCold);
    if over(bounds.stop_above, before == Climate::TooHot) {
        Climate::TooHot
    } else if under(bounds.stop_below, before == Climate::TooCold) {
        Climate::TooCold
    } else if over(bounds.warn_above, hot) {
        Climate::Warm
    } else if under(bounds.warn_below, cold) {
        Climate::Cold
    } else {
        Climate::Fine
    }
}

/// What happened, for the device's journal; `None` for what is no happening of its own.
#[must_use]
pub fn happening(event: CabinetEvent) -> Option<&'static str> {
    match event {
        CabinetEvent::Door(true) => Some("door-open"),
        CabinetEvent::Door(false) => Some("door-closed"),
        CabinetEvent::Cover(true) => Some("cover-open"),
        CabinetEvent::Cover(false) => Some("cover-closed"),
        CabinetEvent::Headphones(true) => Some("headphones-in"),
        CabinetEvent::Headphones(false) => Some("headphones-out"),
        CabinetEvent::Ups(Ups {
            mains: Some(false), ..
        }) => Some("on-battery"),
        CabinetEvent::Ups(_) => Some("power"),
        CabinetEvent::Lost => Some("lost"),
        CabinetEvent::Presence(_)
        | CabinetEvent::Temperature(_)
        | CabinetEvent::Lit { .. }
        | CabinetEvent::Refused(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sensed(events: &[CabinetEvent]) -> Sensed {
        let mut sensed = Sensed::new(Temperature::default());
        for event in events {
            sensed.take(*event);
        }
        sensed
    }

    #[test]
    fn an_opened_door_is_told_until_it_is_closed() {
        let open = [CabinetEvent::Door(true)];
        let told = |keeper| sensed(&open).condition(keeper);
        let potential = Some((HealthState::PotentialFraud, "door_open"));
        assert_eq!(told(Keeper::Unknown), potential);
        let technician = Some((HealthState::UserError, "door_open"));
        assert_eq!(told(Keeper::Technician), technician);
        let attempt = Some((HealthState::FraudAttempt, "door_open"));
        assert_eq!(told(Keeper::LockedOut), attempt);
        assert_eq!(sensed(&open).halt(), None, "a visit goes on");
        let closed = [CabinetEvent::Door(true), CabinetEvent::Door(false)];
        assert_eq!(sensed(&closed).condition(Keeper::LockedOut), None);
    }

    #[test]
    fn a_hot_cabinet_warns_then_stops_and_comes_back_only_when_it_has_cooled() {
        let at = |tenths: &[i16]| {
            let events: Vec<_> = tenths
                .iter()
                .map(|tenths| CabinetEvent::Temperature(*tenths))
                .collect();
            let sensed = sensed(&events);
            let condition = sensed.condition(Keeper::Unknown);
            (sensed.halt(), condition.map(|(_, detail)| detail))
        };
        assert_eq!(at(&[250]), (None, None));
        assert_eq!(at(&[560]), (None, Some("warm")));
        assert_eq!(at(&[650]), (Some(Halt::Climate), Some("too_hot")));
        assert_eq!(at(&[650, 640]), (Some(Halt::Climate), Some("too_hot")));
        assert_eq!(at(&[650, 629]), (None, Some("warm")));
        assert_eq!(at(&[650, 629, 529]), (None, None));
        assert_eq!(at(&[-101]), (Some(Halt::Climate), Some("too_cold")));
    }

    #[test]
    fn the_mains_gone_halts_and_a_lost_board_says_nothing() {
        let ups = Ups {
            mains: Some(false),
            ..Ups::default()
        };
        assert_eq!(
            sensed(&[CabinetEvent::Ups(ups)]).halt(),
            Some(Halt::OnBattery)
        );
        let low = |mains| {
            let ups = Ups {
                mains,
                battery_low: Some(true),
                charge: None,
            };
            sensed(&[CabinetEvent::Ups(ups)]).halt()
        };
        assert_eq!(low(None), Some(Halt::OnBattery), "no input for the mains");
        assert_eq!(low(Some(true)), None, "it is being charged");
        let lost = [
            CabinetEvent::Ups(ups),
            CabinetEvent::Door(true),
            CabinetEvent::Lost,
        ];
        assert_eq!(sensed(&lost).halt(), None);
        assert_eq!(sensed(&lost).condition(Keeper::Unknown), None);
    }
}
