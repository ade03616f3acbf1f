//! What goes wrong with the simulated devices when it is ticked in the panel.

use std::io;
use std::rc::Rc;

use kiosk_drivers::receipt_printer::sim::PrinterSim;
use kiosk_drivers::scanner::sim::PageFault;
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;
use kiosk_ui::{FaultPanel, PanelFault, PanelFaults};
use slint::ComponentHandle;

use super::Stage;
use crate::demo::devices::SimulatedDevices;

/// Lets the panel's ticks act on the devices. A tick that cannot be carried out stays as it was.
pub(super) fn hands(panel: &FaultPanel, stage: &Rc<Stage>) {
    let (weak, at) = (panel.as_weak(), Rc::clone(stage));
    panel.on_set_fault(move |fault, on| {
        let Some(panel) = weak.upgrade() else {
            return;
        };
        let done = if fault == PanelFault::TwoCards {
            two_cards(&at, panel.get_card(), on)
        } else {
            happen(&mut at.place.borrow_mut().devices, fault, on)
        };
        match done {
            Ok(()) => panel.set_faults(ticked(panel.get_faults(), fault, on)),
            Err(error) => tracing::error!("{}", crate::work::chain(&error)),
        }
    });
}

/// Lays a second card beside the one chosen, or leaves only that.
fn two_cards(at: &Stage, chosen: i32, on: bool) -> io::Result<()> {
    let chosen = usize::try_from(chosen).ok();
    let card = |place: usize| at.cards.get(place).map(|card| card.content()).transpose();
    let first = chosen.map(card).transpose()?.flatten();
    let second = card(usize::from(chosen == Some(0)))?;
    at.place.borrow().devices.reader.device(|reader| {
        reader.remove();
        let cards = [first, second.filter(|_| on)];
        cards
            .into_iter()
            .flatten()
            .for_each(|card| reader.put(card));
    });
    Ok(())
}

fn happen(devices: &mut SimulatedDevices, fault: PanelFault, on: bool) -> io::Result<()> {
    match fault {
        PanelFault::ReaderUnplugged => return plug(&devices.reader, on),
        PanelFault::PrinterUnplugged => return plug(&devices.printer, on),
        PanelFault::ScannerUnplugged if on => devices.scanner.stop(),
        PanelFault::ScannerUnplugged => return devices.scanner.resume(),
        PanelFault::DocumentUnplugged if on => devices.document_printer.stop(),
        PanelFault::DocumentUnplugged => return devices.document_printer.resume(),
        PanelFault::TwoCards => {}
        PanelFault::PrinterPaperOut if on => printer(devices, PrinterSim::pull_paper),
        PanelFault::PrinterPaperOut => printer(devices, PrinterSim::refill),
        PanelFault::PrinterNearEnd => printer(devices, |printer| printer.set_near_end(on)),
        PanelFault::PrinterCoverOpen => printer(devices, |printer| printer.set_cover_open(on)),
        PanelFault::PrinterCutterJammed => {
            printer(devices, |printer| printer.set_cutter_jammed(on));
        }
        PanelFault::ScannerJammed => jam_scanner(devices, on),
        PanelFault::DocumentPaperOut => {
            devices.document_printer.set_reason("media-empty-error", on);
        }
        PanelFault::DocumentJammed => devices.document_printer.set_reason("media-jam-error", on),
    }
    Ok(())
}

fn plug<D: SimulatedDevice + 'static>(host: &SimHost<D>, pulled: bool) -> io::Result<()> {
    if pulled { host.unplug() } else { host.plug() }
}

fn printer(devices: &SimulatedDevices, deed: impl FnOnce(&mut PrinterSim)) {
    devices
        .printer
        .device(|recorded| deed(&mut recorded.printer));
}

/// Pages jam between the rollers: no page comes, and the scanner says why.
fn jam_scanner(devices: &SimulatedDevices, on: bool) {
    devices.scanner.faults(|faults| {
        faults.page = if on {
            PageFault::Code(409)
        } else {
            PageFault::None
        };
        faults.adf_state = on.then(|| "ScannerAdfJam".to_owned());
    });
}

/// The panel's ticks after one of them changed.
fn ticked(mut faults: PanelFaults, fault: PanelFault, on: bool) -> PanelFaults {
    let tick = match fault {
        PanelFault::ReaderUnplugged => &mut faults.reader_unplugged,
        PanelFault::TwoCards => &mut faults.two_cards,
        PanelFault::PrinterPaperOut => &mut faults.printer_paper_out,
        PanelFault::PrinterNearEnd => &mut faults.printer_near_end,
        PanelFault::PrinterCoverOpen => &mut faults.printer_cover_open,
        PanelFault::PrinterCutterJammed => &mut faults.printer_cutter_jammed,
        PanelFault::PrinterUnplugged => &mut faults.printer_unplugged,
        PanelFault::ScannerJammed => &mut faults.scanner_jammed,
        PanelFault::ScannerUnplugged => &mut faults.scanner_unplugged,
        PanelFault::DocumentPaperOut => &mut faults.document_paper_out,
        PanelFault::DocumentJammed => &mut faults.document_jammed,
        PanelFault::DocumentUnplugged => &mut faults.document_unplugged,
    };
    *tick = on;
    // New paper closes the cover and is a whole roll.
    if fault == PanelFault::PrinterPaperOut && !on {
        faults.printer_near_end = false;
        faults.printer_cover_open = false;
    }
    faults
}
