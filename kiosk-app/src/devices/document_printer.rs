//! The document printer: a folder or an IPP printer on a thread of its own.

use std::time::Duration;

use kiosk_drivers::document_printer::ipp::{IppPrinter, Patience};
use kiosk_drivers::document_printer::{
    DocumentEvent, DocumentPrinter, DocumentThread, FolderPrinter,
};
use kiosk_drivers::runner::Upkeep;
use kiosk_drivers::selector::Selector;

use super::{DeviceError, Way, start};

/// How often an idle document printer is asked for its health.
const POLL: Duration = Duration::from_secs(5);

pub(super) fn start_documents<E: Send + 'static>(
    selector: &Selector,
    (events, map): Way<E, DocumentEvent>,
) -> Result<DocumentThread, DeviceError> {
    let name = "document printer";
    let printer = document_printer(selector)?;
    DocumentThread::start(name, printer, Upkeep::every(POLL), events, map)
        .map_err(|source| start(name, source))
}

/// The document printer that `selector` names: a folder or an IPP printer. Nothing is asked yet.
///
/// # Errors
/// [`DeviceError::Carrier`] and [`DeviceError::Document`].
pub fn document_printer(selector: &Selector) -> Result<Box<dyn DocumentPrinter>, DeviceError> {
    match selector {
        Selector::File(folder) => Ok(Box::new(FolderPrinter::new(folder))),
        Selector::Ipp(address) => Ok(Box::new(IppPrinter::new(address, Patience::default())?)),
        other => Err(DeviceError::Carrier {
            kind: "document printer",
            selector: other.to_string(),
        }),
    }
}
