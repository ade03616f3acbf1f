//! The devices of the panel: what can be done to each, one line a deed.

use std::io;
use std::time::Duration;

use kiosk_drivers::cabinet::Signal;
use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::code_scanner::sim::SimScanner;
use kiosk_drivers::keypad::{Key, KeyMap};
use kiosk_drivers::receipt_printer::sim::PrinterSim;
use kiosk_drivers::scanner::sim::{PageFault, Sheet, draw_page};
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;

use super::Stage;
use crate::demo::camera::Sitter;

/// The specimen of ICAO 9303-4, appendix A.
const PASSPORT: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
/// Inside the cabinet as it should be, in tenths of a degree.
const ROOM: i16 = 250;
/// Above every bound that is configured by itself.
const TOO_HOT: i16 = 750;

/// One device.
pub(super) struct Group {
    /// Key of its name.
    pub(super) name: &'static str,
    /// Sample cards can lie on it.
    pub(super) cards: bool,
    /// What happens once.
    pub(super) buttons: &'static [Deed],
    /// What stays until it is put right.
    pub(super) ticks: &'static [Tick],
}

/// Something that happens once.
pub(super) struct Deed {
    /// Key of its words.
    pub(super) words: &'static str,
    /// Lets it happen.
    pub(super) act: fn(&Stage) -> io::Result<()>,
}

/// A state that comes and goes.
pub(super) struct Tick {
    /// Key of its words.
    pub(super) words: &'static str,
    /// Lets it begin, or puts it right.
    pub(super) act: fn(&Stage, bool) -> io::Result<()>,
    /// The keys of its group that are put right with it.
    pub(super) heals: &'static [&'static str],
}

const fn deed(words: &'static str, act: fn(&Stage) -> io::Result<()>) -> Deed {
    Deed { words, act }
}

const fn tick(words: &'static str, act: fn(&Stage, bool) -> io::Result<()>) -> Tick {
    Tick {
        words,
        act,
        heals: &[],
    }
}

impl Tick {
    const fn healing(self, heals: &'static [&'static str]) -> Self {
        Self { heals, ..self }
    }
}

impl Group {
    const fn new(name: &'static str, buttons: &'static [Deed], ticks: &'static [Tick]) -> Self {
        Self {
            name,
            cards: false,
            buttons,
            ticks,
        }
    }

    const fn with_cards(self) -> Self {
        Self {
            cards: true,
            ..self
        }
    }
}

/// Every group, in the order of the panel.
pub(super) const GROUPS: &[Group] = &[
    Group::new(
        "service.device.id-card",
        &[],
        &[
            tick("panel.two-cards", |at, on| {
                at.second_card.set(on);
                at.lay_cards()
            }),
            tick("panel.unplugged", |at, on| {
                plug(&at.place.borrow().devices.reader, on)
            }),
        ],
    )
    .with_cards(),
    Group::new(
        "service.device.receipt-printer",
        &[],
        &[
            tick("panel.paper-out", |at, on| {
                printer(at, |printer| {
                    if on {
                        printer.pull_paper();
                    } else {
                        printer.refill();
                    }
                })
            })
            // New paper closes the cover and is a whole roll.
            .healing(&["panel.near-end", "panel.cover-open"]),
            tick("panel.near-end", |at, on| {
                printer(at, |printer| printer.set_near_end(on))
            }),
            tick("panel.cover-open", |at, on| {
                printer(at, |printer| printer.set_cover_open(on))
            }),
            tick("panel.cutter-jammed", |at, on| {
                printer(at, |printer| printer.set_cutter_jammed(on))
            }),
            tick("panel.unplugged", |at, on| {
                plug(&at.place.borrow().devices.printer, on)
            }),
        ],
    ),
    Group::new(
        "service.device.scanner",
        &[
            deed("panel.page-colour", |at| lay_page(at, false)),
            deed("panel.page-grey", |at| lay_page(at, true)),
            deed("panel.take-page", |at| {
                at.place.borrow().devices.take_page();
                Ok(())
            }),
            deed("panel.sheets", lay_sheets),
        ],
        &[
            tick("panel.jammed", |at, on| {
                jam_scanner(at, on);
                Ok(())
            }),
            tick("panel.unplugged", |at, on| {
                let scanner = &mut at.place.borrow_mut().devices.scanner;
                if on {
                    scanner.stop();
                    return Ok(());
                }
                scanner.resume()
            }),
        ],
    ),
    Group::new(
        "service.device.camera",
        &[
            deed("panel.nobody-sits", |at| sit(at, Sitter::Nobody)),
            deed("panel.sits-well", |at| sit(at, Sitter::Well)),
            deed("panel.stands-far", |at| sit(at, Sitter::Far)),
        ],
        &[tick("panel.unplugged", |at, on| {
            let sitter = if on {
                Sitter::Unplugged
            } else {
                Sitter::Nobody
            };
            sit(at, sitter)
        })],
    ),
    Group::new(
        "service.device.document-printer",
        &[],
        &[
            tick("panel.paper-out", |at, on| {
                document_reason(at, "media-empty-error", on)
            }),
            tick("panel.jammed", |at, on| {
                document_reason(at, "media-jam-error", on)
            }),
            tick("panel.unplugged", |at, on| {
                let printer = &mut at.place.borrow_mut().devices.document_printer;
                if on {
                    printer.stop();
                    return Ok(());
                }
                printer.resume()
            }),
        ],
    ),
    Group::new(
        "service.device.code-scanner",
        &[
            deed("panel.show-receipt", show_last_receipt),
            deed("panel.show-passport", |at| show(at, PASSPORT)),
            deed("panel.show-text", |at| show(at, "DEMO-2026")),
            deed("panel.hide-code", |at| {
                let place = at.place.borrow();
                place.devices.codes.device(SimScanner::take_away);
                Ok(())
            }),
        ],
        &[tick("panel.unplugged", |at, on| {
            plug(&at.place.borrow().devices.codes, on)
        })],
    ),
    Group::new(
        "service.device.keypad",
        &[
            deed("service.key.up", |at| press(at, Key::Up)),
            deed("service.key.down", |at| press(at, Key::Down)),
            deed("service.key.left", |at| press(at, Key::Left)),
            deed("service.key.right", |at| press(at, Key::Right)),
            deed("service.key.select", |at| press(at, Key::Select)),
            deed("service.key.back", |at| press(at, Key::Back)),
            deed("service.key.repeat", |at| press(at, Key::Repeat)),
            deed("service.key.help", |at| press(at, Key::Help)),
            deed("service.key.volume-up", |at| press(at, Key::VolumeUp)),
            deed("service.key.volume-down", |at| press(at, Key::VolumeDown)),
        ],
        &[tick("panel.unplugged", |at, on| {
            plug(&at.place.borrow().devices.keypad, on)
        })],
    ),
    Group::new(
        "service.device.cabinet",
        &[],
        &[
            tick("panel.somebody", |at, on| sense(at, Signal::Presence, on)),
            tick("panel.door-open", |at, on| sense(at, Signal::Door, on)),
            tick("panel.cabinet-open", |at, on| sense(at, Signal::Cover, on)),
            tick("panel.headphones", |at, on| {
                sense(at, Signal::Headphones, on)
            }),
            tick("panel.mains-off", |at, on| sense(at, Signal::Mains, !on)),
            tick("panel.battery-low", |at, on| {
                sense(at, Signal::BatteryLow, on)
            }),
            tick("panel.too-hot", |at, on| {
                let tenths = if on { TOO_HOT } else { ROOM };
                cabinet(at, |board| board.set_temperature(tenths))
            }),
            tick("panel.unplugged", |at, on| {
                plug(&at.place.borrow().devices.cabinet, on)
            }),
        ],
    ),
    Group::new(
        "panel.city",
        &[],
        &[tick("panel.city-off", |at, on| {
            at.city.borrow_mut().set_up(!on).map_err(io::Error::other)
        })],
    ),
];

fn plug<D: SimulatedDevice + 'static>(host: &SimHost<D>, pulled: bool) -> io::Result<()> {
    if pulled { host.unplug() } else { host.plug() }
}

fn printer(at: &Stage, deed: impl FnOnce(&mut PrinterSim)) -> io::Result<()> {
    let place = at.place.borrow();
    place
        .devices
        .printer
        .device(|recorded| deed(&mut recorded.printer));
    Ok(())
}

fn sit(at: &Stage, sitter: Sitter) -> io::Result<()> {
    at.place.borrow().devices.camera.before(sitter)
}

fn lay_page(at: &Stage, grey: bool) -> io::Result<()> {
    at.place.borrow().devices.lay_page(grey)
}

/// Three sheets for the feeder.
fn lay_sheets(at: &Stage) -> io::Result<()> {
    let front = Some(draw_page(2480, 3508, 300, false)?);
    let sheet = Sheet { front, back: None };
    let sheets = std::iter::repeat_n(sheet, 3);
    at.place.borrow().devices.scanner.load_feeder(sheets);
    Ok(())
}

/// Pages jam between the rollers: no page comes, and the scanner says why.
fn jam_scanner(at: &Stage, on: bool) {
    at.place.borrow().devices.scanner.faults(|faults| {
        faults.page = if on {
            PageFault::Code(409)
        } else {
            PageFault::None
        };
        faults.adf_state = on.then(|| "ScannerAdfJam".to_owned());
    });
}

fn document_reason(at: &Stage, reason: &str, on: bool) -> io::Result<()> {
    let place = at.place.borrow();
    place.devices.document_printer.set_reason(reason, on);
    Ok(())
}

/// Holds a code before the scanner's window; it is read when a page asks for one.
fn show(at: &Stage, text: &str) -> io::Result<()> {
    let place = at.place.borrow();
    place
        .devices
        .codes
        .device(|scanner| scanner.show(text.as_bytes()));
    Ok(())
}

/// The slip of the application that reached the city last.
fn show_last_receipt(at: &Stage) -> io::Result<()> {
    let cases = at.city.borrow().cases().map_err(io::Error::other)?;
    let last = cases.into_iter().next();
    let last = last.ok_or_else(|| io::Error::other("no application has reached the city yet"))?;
    show(at, &last.receipt)
}

fn press(at: &Stage, key: Key) -> io::Result<()> {
    let code = KeyMap::default().code(key);
    let code = code.ok_or_else(|| io::Error::other("the keypad has no such key"))?;
    let place = at.place.borrow();
    place
        .devices
        .keypad
        .device(|keys| keys.tap(code, Duration::ZERO));
    Ok(())
}

fn sense(at: &Stage, signal: Signal, on: bool) -> io::Result<()> {
    cabinet(at, |board| board.set(signal, on))
}

fn cabinet(at: &Stage, deed: impl FnOnce(&mut SimBoard)) -> io::Result<()> {
    at.place.borrow().devices.cabinet.device(deed);
    Ok(())
}
