//! The behaviour of the board: looks at its inputs, keeps its lights as they should be.

use std::collections::BTreeMap;
use std::time::Duration;

use super::bus::{Bus, BusError, Read, Table, Values};
use super::map::{RegisterMap, Signal, Slot};
use super::settle::{Settled, Stepped};
use crate::runner::{Condition, Driver, Fault, HealthState, Identity, Level, Supply};
use crate::transport::Transport;

/// Questions in a row without a usable answer until the board counts as gone.
const PATIENCE: u32 = 3;

/// The most coils of one read: what Modbus allows.
const MOST_COILS: u16 = 2000;

/// A command waits no longer than this, however rarely the inputs are looked at.
const ROUND: Duration = Duration::from_millis(100);

/// A temperature is told when it moved by half a degree, in tenths.
const TEMPERATURE_STEP: i32 = 5;

/// What a sensor in a cabinet can show, in tenths of a degree Celsius; beyond it is broken.
const POSSIBLE: std::ops::RangeInclusive<i32> = -400..=1250;

/// What the cabinet can be told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CabinetCommand {
    /// Switches the light of a slot. A slot without a light is left alone.
    Light {
        /// Which slot.
        slot: Slot,
        /// On or off.
        on: bool,
    },
}

/// What the cabinet has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CabinetEvent {
    /// Somebody came to the kiosk (`true`) or went.
    Presence(bool),
    /// The service door was opened (`true`) or closed.
    Door(bool),
    /// The cover was opened (`true`) or closed.
    Cover(bool),
    /// A plug was put into the headphone socket (`true`) or pulled out.
    Headphones(bool),
    /// Temperature inside, in tenths of a degree Celsius; told when it moved by half a degree.
    Temperature(i16),
    /// The power supply changed.
    Ups(Ups),
    /// The board confirmed a light.
    Lit {
        /// Which slot.
        slot: Slot,
        /// On or off.
        on: bool,
    },
    /// Nothing told before holds any more; everything is told anew when the board is back.
    Lost,
    /// The command came while the board cannot be reached, or the board has no such coil.
    Refused(CabinetCommand),
}

/// The uninterruptible power supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ups {
    /// Whether there is mains; `None` when not known.
    pub mains: Option<bool>,
    /// Whether the battery is nearly empty; `None` when not known.
    pub battery_low: Option<bool>,
    /// Charge in percent, 0 to 100; `None` when not known.
    pub charge: Option<u8>,
}

impl CabinetEvent {
    /// The event as `kiosk device watch cabinet` prints it; `None` for those it does not.
    #[must_use]
    pub fn to_json(self) -> Option<serde_json::Value> {
        use serde_json::json;
        Some(match self {
            Self::Presence(on) => json!({"event": "presence", "present": on}),
            Self::Door(on) => json!({"event": "door", "open": on}),
            Self::Cover(on) => json!({"event": "cover", "open": on}),
            Self::Headphones(on) => json!({"event": "headphones", "plugged": on}),
            Self::Temperature(tenths) => {
                json!({"event": "temperature", "celsius": f64::from(tenths) / 10.0})
            }
            Self::Ups(ups) => json!({
                "event": "ups", "mains": ups.mains, "batteryLow": ups.battery_low,
                "chargePercent": ups.charge,
            }),
            Self::Lit { slot, on } => json!({"event": "light", "slot": slot.name(), "on": on}),
            Self::Lost => json!({"event": "lost"}),
            Self::Refused(_) => return None,
        })
    }
}

/// What is known of the cabinet since the board was found.
struct Known {
    bits: BTreeMap<Signal, Settled>,
    temperature: Stepped,
    sensor_broken: bool,
    ups: Ups,
    /// Something was told since the last loss.
    told: bool,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            bits: BTreeMap::new(),
            temperature: Stepped::new(TEMPERATURE_STEP),
            sensor_broken: false,
            ups: Ups::default(),
            told: false,
        }
    }
}

/// A light as it should be, and whether the board has confirmed it.
#[derive(Clone, Copy)]
struct Wanted {
    on: bool,
    confirmed: bool,
}

/// The driver of one board.
pub struct Cabinet {
    map: RegisterMap,
    bus: Bus,
    known: Known,
    lights: BTreeMap<Slot, Wanted>,
    /// The board switches coils and does not tell them.
    mute_coils: bool,
    next_look: Duration,
    failures: u32,
}

impl Cabinet {
    /// A board whose registers `map` explains.
    #[must_use]
    pub fn new(map: RegisterMap) -> Self {
        let bus = Bus::new(
            map.unit,
            Duration::from_millis(map.answer_ms.into()),
            map.identity.read(),
            map.identity.expect.clone(),
        );
        Self {
            map,
            bus,
            known: Known::default(),
            lights: BTreeMap::new(),
            mute_coils: false,
            next_look: Duration::ZERO,
            failures: 0,
        }
    }

    fn obey(&mut self, command: CabinetCommand) {
        let CabinetCommand::Light { slot, on } = command;
        if self.map.lights.iter().any(|light| light.slot == slot) {
            let confirmed = false;
            self.lights.insert(slot, Wanted { on, confirmed });
        }
    }

    /// Switches every light that is not yet confirmed.
    fn light(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(CabinetEvent),
    ) -> Result<(), BusError> {
        for light in &self.map.lights {
            let slot = light.slot;
            let Some(Wanted {
                on,
                confirmed: false,
            }) = self.lights.get(&slot).copied()
            else {
                continue;
            };
            match self.bus.switch(line, light.coil, on) {
                Ok(()) => {
                    let confirmed = true;
                    self.lights.insert(slot, Wanted { on, confirmed });
                    self.known.told = true;
                    emit(CabinetEvent::Lit { slot, on });
                }
                // A coil the board has not: no reason to give up the rest.
                Err(BusError::Exception(_)) => {
                    self.lights.remove(&slot);
                    emit(CabinetEvent::Refused(CabinetCommand::Light { slot, on }));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads all blocks, and the lights that were switched. A board with one block, or with
    /// inputs among the coils, is asked who it is in between, so that no two questions in a row
    /// have answers of the same shape.
    fn look(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(CabinetEvent),
    ) -> Result<(), BusError> {
        let lights = self.switched();
        let coils = |block: &Read| block.table == Table::Coil;
        let alike = lights.is_some() && self.map.blocks.iter().any(coils);
        if self.map.blocks.len() == 1 || alike {
            self.bus.identify(line)?;
        }
        for at in 0..self.map.blocks.len() {
            let Some(block) = self.map.blocks.get(at).copied() else {
                continue;
            };
            let values = self.bus.read(line, block)?;
            self.take(line.now(), &values, emit);
        }
        if let Some(lights) = lights {
            if alike {
                self.bus.identify(line)?;
            }
            self.look_at_lights(line, lights)?;
        }
        Ok(())
    }

    /// The coils of the lights that were switched, from the first to the last; `None` when none
    /// was, or the board does not tell its coils.
    fn switched(&self) -> Option<Read> {
        let kept = |slot| self.lights.get(&slot).is_some_and(|light| light.confirmed);
        let lights = || self.map.lights.iter().filter(|light| kept(light.slot));
        let address = lights().map(|light| light.coil).min()?;
        let last = lights().map(|light| light.coil).max()?;
        let count = (last - address).checked_add(1)?;
        let known = !self.mute_coils && count <= MOST_COILS;
        known.then_some(Read {
            table: Table::Coil,
            address,
            count,
        })
    }

    /// A board that lost its power between two looks answers as before, with its lights out:
    /// those that are not as they should be are switched again.
    fn look_at_lights(&mut self, line: &mut dyn Transport, lights: Read) -> Result<(), BusError> {
        let values = match self.bus.read(line, lights) {
            Ok(values) => values,
            Err(BusError::Exception(_)) => {
                self.mute_coils = true;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        for light in &self.map.lights {
            if let Some(wanted) = self.lights.get_mut(&light.slot)
                && let Some(on) = values.bit(Table::Coil, light.coil)
            {
                wanted.confirmed &= on == wanted.on;
            }
        }
        Ok(())
    }

    fn take(&mut self, now: Duration, values: &Values, emit: &mut dyn FnMut(CabinetEvent)) {
        let known = &mut self.known;
        let mut ups = known.ups;
        for input in &self.map.inputs {
            let Some(bit) = values.bit(input.table, input.address) else {
                continue;
            };
            let settled = known.bits.entry(input.signal).or_default();
            let time = Duration::from_millis(input.settle_ms.into());
            let Some(on) = settled.see(now, bit != input.invert, time) else {
                continue;
            };
            known.told = true;
            match input.signal {
                Signal::Presence => emit(CabinetEvent::Presence(on)),
                Signal::Door => emit(CabinetEvent::Door(on)),
                Signal::Cover => emit(CabinetEvent::Cover(on)),
                Signal::Headphones => emit(CabinetEvent::Headphones(on)),
                Signal::Mains => ups.mains = Some(on),
                Signal::BatteryLow => ups.battery_low = Some(on),
            }
        }
        if let Some(charge) = &self.map.charge
            && let Some(word) = values.word(charge.table, charge.address)
        {
            ups.charge = u8::try_from(word).ok().filter(|percent| *percent <= 100);
        }
        if ups != known.ups {
            known.ups = ups;
            known.told = true;
            emit(CabinetEvent::Ups(ups));
        }
        self.take_temperature(values, emit);
    }

    fn take_temperature(&mut self, values: &Values, emit: &mut dyn FnMut(CabinetEvent)) {
        let Some(sensor) = &self.map.temperature else {
            return;
        };
        let Some(word) = values.word(sensor.table, sensor.address) else {
            return;
        };
        let tenths = i32::from(word.cast_signed()) * i32::from(sensor.tenths);
        self.known.sensor_broken = !POSSIBLE.contains(&tenths);
        if self.known.sensor_broken {
            return;
        }
        let told = self.known.temperature.see(tenths);
        if let Some(tenths) = told.and_then(|tenths| i16::try_from(tenths).ok()) {
            self.known.told = true;
            emit(CabinetEvent::Temperature(tenths));
        }
    }

    fn bit(&self, signal: Signal) -> Option<bool> {
        self.known.bits.get(&signal).and_then(Settled::state)
    }
}

impl Driver for Cabinet {
    type Command = CabinetCommand;
    type Event = CabinetEvent;

    fn identify(&mut self, line: &mut dyn Transport) -> Result<Identity, Fault> {
        let mut asked = 1;
        let values = loop {
            match self.bus.identify(line) {
                Ok(values) => break values,
                Err(BusError::Silence | BusError::Garbled) if asked < PATIENCE => asked += 1,
                Err(error) => return Err(error.into_fault("read the board's identity")),
            }
        };
        self.failures = 0;
        // A board that was without power has its lights off.
        for light in self.lights.values_mut() {
            light.confirmed = false;
        }
        self.mute_coils = false;
        Ok(Identity {
            name: "cabinet".to_owned(),
            detail: values.words().next().map(|word| format!("{word:04x}")),
        })
    }

    fn step(
        &mut self,
        line: &mut dyn Transport,
        commands: &mut dyn FnMut() -> Option<CabinetCommand>,
        emit: &mut dyn FnMut(CabinetEvent),
    ) -> Result<(), Fault> {
        while let Some(command) = commands() {
            self.obey(command);
        }
        let mut stray = [0; 64];
        let pause = self.next_look.min(line.now() + ROUND);
        while line.now() < pause {
            line.read(&mut stray, pause)?;
        }
        let mut result = self.light(line, emit);
        if result.is_err() || line.now() >= self.next_look {
            result = result.and_then(|()| self.look(line, emit));
            self.next_look = line.now() + Duration::from_millis(self.map.poll_ms.into());
        }
        match result {
            Ok(()) => {
                self.failures = 0;
                Ok(())
            }
            Err(BusError::Line(error)) => Err(Fault::from(error)),
            Err(error) => {
                self.failures += 1;
                if self.failures < PATIENCE {
                    return Ok(());
                }
                Err(error.into_fault("ask the board"))
            }
        }
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        let tally = self.bus.tally();
        vec![
            ("requests", tally.requests),
            ("silent", tally.silent),
            ("garbled", tally.garbled),
            ("refused", tally.refused),
        ]
    }

    fn condition(&self) -> Condition {
        let detail = if self.bit(Signal::BatteryLow) == Some(true) {
            "battery_low"
        } else if self.bit(Signal::Mains) == Some(false) {
            "on_battery"
        } else if self.known.sensor_broken {
            "temperature_sensor"
        } else {
            ""
        };
        let battery = self.bit(Signal::BatteryLow).map(|low| Supply {
            name: "battery",
            level: if low { Level::Low } else { Level::Enough },
        });
        Condition::new(HealthState::Online, detail).with_supplies(battery.into_iter().collect())
    }

    fn failed(&mut self, _fault: &Fault, emit: &mut dyn FnMut(CabinetEvent)) {
        let told = std::mem::take(&mut self.known).told;
        self.next_look = Duration::ZERO;
        if told {
            emit(CabinetEvent::Lost);
        }
    }

    fn refuse(
        &mut self,
        command: CabinetCommand,
        _fault: &Fault,
        emit: &mut dyn FnMut(CabinetEvent),
    ) {
        emit(CabinetEvent::Refused(command));
    }
}
