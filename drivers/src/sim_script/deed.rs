//! What a script can do to each kind of simulated device.

use ipp::model::Operation;
use serde::Deserialize;

use crate::cabinet::Signal;
use crate::document_printer::ipp::sim::Mishap;
use crate::id_card::sim::{CardContent, StatusOverride};
use crate::keypad::Key;
use crate::scanner::camera::sim::FrameFault;
use crate::scanner::sim::{Faults, Model, Sheet};

/// Something done to an id-card reader.
pub enum ReaderDeed {
    /// A card is laid down, beside what lies there already.
    Put(Box<CardContent>),
    /// Another card is laid down in place of what lies there.
    Swap(Box<CardContent>),
    /// Whatever lies there is lifted.
    Remove,
    /// The next answers to a command have another status.
    Status(StatusOverride),
}

/// Something done to a receipt printer.
pub enum PrinterDeed {
    /// The roll ends after so many more rows, 8 to a millimetre.
    PaperOut(u64),
    /// A new roll is put in and the cover closed.
    Refill,
    /// The cover is opened or closed.
    Cover(bool),
    /// The knife is blocked or freed.
    Cutter(bool),
    /// The roll is thin, or not.
    NearEnd(bool),
    /// The head is too hot, or has cooled down.
    HeadHot(bool),
    /// Paper is jammed on its way, or freed.
    PaperJam(bool),
    /// It has an error that nothing ends, or not.
    Dead(bool),
    /// The resident takes the slip.
    TakeSlip,
    /// It is switched off and on.
    PowerCycle,
}

/// Something done to a code scanner.
pub enum CodeDeed {
    /// A code is held before the window.
    Show(Vec<u8>),
    /// The code is taken away.
    TakeAway,
    /// It does not hear commands, or does again.
    Deaf(bool),
}

/// Something done to a keypad.
pub enum KeyDeed {
    /// A key is pressed and released.
    Tap(Key),
    /// A plug is put into the headphone socket or pulled out.
    Headphones(bool),
}

/// Something done to the cabinet's board.
pub enum BoardDeed {
    /// A sensor or switch changes.
    Switch(Signal, bool),
    /// The temperature, in tenths of a degree Celsius.
    Temperature(i16),
    /// The charge of the UPS, in percent.
    Charge(u16),
    /// It is switched off and on.
    PowerCycle,
    /// It says nothing, or does again.
    Silent(bool),
    /// It answers with this exception; 0 = as it should.
    Exception(u8),
}

/// Something done to a scanner.
pub enum ScannerDeed {
    /// Something goes wrong from now on, or no more.
    Fault(Box<dyn FnOnce(&mut Faults) + Send>),
    /// It becomes another kind of scanner.
    Model(Box<dyn FnOnce(&mut Model) + Send>),
    /// Sheets are laid into the feeder, of a scanner that has one from then on.
    Sheets(Vec<Sheet>),
    /// A page, a JPEG, is laid onto the glass for the next scan; `None` = all is taken off.
    Glass(Option<Vec<u8>>),
}

/// Something done to a camera.
pub enum CameraDeed {
    /// It sees this, a JPEG, from now on.
    Sees(Vec<u8>),
    /// Its frames come like this from now on.
    Fault(FrameFault),
}

/// Something done to a document printer.
pub enum DocumentDeed {
    /// An IPP reason such as `media-empty-error` comes or goes.
    Reason(String, bool),
    /// The next job is broken off in the middle of its pages.
    AbortJob,
    /// The next operation of its kind goes wrong.
    Mishap(Operation, Mishap),
}

/// What one kind of device can be told.
pub trait DeviceDeed: Sized + Send + 'static {
    /// The kind, as on the command line.
    const KIND: &'static str;

    /// The deed if it is one for this kind.
    fn of(deed: Deed) -> Option<Self>;
}

/// Any device's deed.
pub enum Deed {
    /// For `id-card`.
    Reader(ReaderDeed),
    /// For `receipt-printer`.
    Printer(PrinterDeed),
    /// For `code-scanner`.
    Code(CodeDeed),
    /// For `keypad`.
    Key(KeyDeed),
    /// For `cabinet`.
    Board(BoardDeed),
    /// For `scanner`.
    Scanner(ScannerDeed),
    /// For `camera`.
    Camera(CameraDeed),
    /// For `document-printer`.
    Document(DocumentDeed),
}

impl Deed {
    /// The kind it is for.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Reader(_) => ReaderDeed::KIND,
            Self::Printer(_) => PrinterDeed::KIND,
            Self::Code(_) => CodeDeed::KIND,
            Self::Key(_) => KeyDeed::KIND,
            Self::Board(_) => BoardDeed::KIND,
            Self::Scanner(_) => ScannerDeed::KIND,
            Self::Camera(_) => CameraDeed::KIND,
            Self::Document(_) => DocumentDeed::KIND,
        }
    }
}

macro_rules! kinds {
    ($($variant:ident $deed:ident $kind:literal;)*) => {
        $(impl DeviceDeed for $deed {
            const KIND: &'static str = $kind;

            fn of(deed: Deed) -> Option<Self> {
                if let Deed::$variant(deed) = deed { Some(deed) } else { None }
            }
        })*
    };
}

kinds! {
    Reader ReaderDeed "id-card";
    Printer PrinterDeed "receipt-printer";
    Code CodeDeed "code-scanner";
    Key KeyDeed "keypad";
    Board BoardDeed "cabinet";
    Scanner ScannerDeed "scanner";
    Camera CameraDeed "camera";
    Document DocumentDeed "document-printer";
}

/// An operation of a document printer, as a script names it.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OperationName {
    CreateJob,
    SendDocument,
    CancelJob,
    GetJobAttributes,
    GetPrinterAttributes,
}

impl From<OperationName> for Operation {
    fn from(name: OperationName) -> Self {
        match name {
            OperationName::CreateJob => Self::CreateJob,
            OperationName::SendDocument => Self::SendDocument,
            OperationName::CancelJob => Self::CancelJob,
            OperationName::GetJobAttributes => Self::GetJobAttributes,
            OperationName::GetPrinterAttributes => Self::GetPrinterAttributes,
        }
    }
}
