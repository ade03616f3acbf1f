//! What can be begun here and now, and if not, why: derived from an item's record, the
//! devices, the city and the age of the catalogue.

use city_catalogue::Catalogue;
use city_catalogue::clock::Calendar;
use city_catalogue::needs::OfflineClass;
use city_catalogue::record::Identity as IdentityLevel;
use city_catalogue::record::{Item, KioskMode};
use city_catalogue::regions::Regions;
use city_catalogue::search::Index;
use jiff::civil::DateTime;

use crate::lights::Lights;
use crate::now::Now;
use crate::screen::{Offline, Reason};

/// The catalogue in force with what is derived from it.
#[derive(Debug)]
pub struct Shelf {
    /// All items, bodies, bundles.
    pub catalogue: Catalogue,
    /// Search over it.
    pub index: Index,
    /// Working days.
    pub calendar: Calendar,
    /// Regions.
    pub regions: Regions,
    /// Stations with a locker for results.
    pub lockers: Vec<String>,
    /// The station this kiosk stands at; empty while it is not enrolled.
    pub here: String,
    /// Version of the signed bundle.
    pub version: u64,
    /// When the city last confirmed it, in the city's time.
    pub confirmed: DateTime,
}

/// State of one device as far as a visit cares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceState {
    /// This kiosk has none.
    #[default]
    Absent,
    /// Has not told yet how it is, or makes itself ready.
    Starting,
    /// Does not work, or is healing.
    NotReady,
    /// Works.
    Ready,
}

impl DeviceState {
    pub(crate) fn works(self) -> bool {
        self == Self::Ready
    }

    /// Whether a job is taken: at once, or as soon as the device is ready.
    pub(crate) fn takes_jobs(self) -> bool {
        matches!(self, Self::Starting | Self::Ready)
    }
}

/// The security module of the id-card reader, held against the one of the enrolment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReaderModule {
    /// It has not said yet which it is.
    #[default]
    Unknown,
    /// The one enrolled.
    Enrolled,
    /// Another one, or the kiosk was enrolled without any.
    Other,
}

/// Why no new visit may begin; one under way goes on to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// There is no mains: the battery is kept for who is here.
    OnBattery,
    /// It is too hot or too cold inside.
    Climate,
}

/// What keeps a printer from printing, as far as a resident is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintTrouble {
    /// No paper.
    Paper,
    /// A cover or tray is open or missing.
    Cover,
    /// Paper or the knife is jammed.
    Jam,
    /// The slip before was not taken.
    SlipWaiting,
    /// The output is full, or a sheet lies in the way.
    OutputFull,
    /// It pauses by itself and goes on.
    Pauses,
    /// Anything only a technician ends.
    Fault,
}

/// The devices and this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// Id-card reader.
    pub reader: DeviceState,
    /// The reader's security module.
    pub reader_module: ReaderModule,
    /// Something speaks here.
    pub voice: bool,
    /// Document scanner.
    pub scanner: DeviceState,
    /// The scanner has a feeder.
    pub feeder: bool,
    /// The scanner is a camera over the desk: there is no glass and no lid.
    pub desk: bool,
    /// Receipt printer.
    pub receipt_printer: DeviceState,
    /// Document printer.
    pub document_printer: DeviceState,
    /// Portrait camera.
    pub camera: DeviceState,
    /// Code scanner.
    pub code_scanner: DeviceState,
    /// The board of the cabinet: presence, doors, lights, climate, power.
    pub cabinet: DeviceState,
    /// Slots that have a light which can be switched.
    pub lights: Lights,
    /// Why no new visit may begin; `None` when one may.
    pub halt: Option<Halt>,
    /// What keeps the receipt printer from printing; `None` when nothing does.
    pub receipt_trouble: Option<PrintTrouble>,
    /// What keeps the document printer from printing; `None` when nothing does.
    pub document_trouble: Option<PrintTrouble>,
    /// The store takes applications.
    pub can_store: bool,
    /// Enrolled at a city.
    pub enrolled: bool,
}

/// Whether the city answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Not known or not reachable.
    #[default]
    Away,
    /// The last contact succeeded.
    Up,
}

/// What an item's availability is judged by.
pub(crate) struct Circumstances<'a> {
    pub(crate) devices: &'a Devices,
    pub(crate) link: Link,
    pub(crate) catalogue_old: bool,
}

impl Halt {
    /// As a reason shown on the idle page.
    pub(crate) fn reason(self) -> Reason {
        match self {
            Self::OnBattery => Reason::OnBattery,
            Self::Climate => Reason::Climate,
        }
    }
}

/// Why nothing at all can be filed; `None` when something can.
pub(crate) fn machine_trouble(around: &Circumstances<'_>) -> Option<Reason> {
    if !around.devices.enrolled {
        Some(Reason::NotEnrolled)
    } else if !around.devices.can_store {
        Some(Reason::CannotStore)
    } else if around.catalogue_old {
        Some(Reason::CatalogueOld)
    } else {
        None
    }
}

/// Why `item` cannot be begun; `None` when it can.
pub(crate) fn closed(item: &Item, around: &Circumstances<'_>) -> Option<Reason> {
    if !item.kiosk.supported || item.kiosk.mode == KioskMode::None {
        return Some(Reason::WindowOnly);
    }
    machine_trouble(around)
        .or_else(|| missing_device(item, around.devices))
        .or_else(|| {
            let needs_city = item.offline_class() == OfflineClass::GuideOnly;
            (needs_city && around.link == Link::Away).then_some(Reason::CityAway)
        })
}

/// A reader with another module is not used, and works no more for that reason.
fn reader_trouble(devices: &Devices) -> Option<Reason> {
    match (devices.reader_module, devices.reader.works()) {
        (ReaderModule::Other, _) => Some(Reason::ReaderSwapped),
        (ReaderModule::Enrolled, true) => None,
        (ReaderModule::Enrolled, false) | (ReaderModule::Unknown, _) => Some(Reason::ReaderBroken),
    }
}

fn missing_device(item: &Item, devices: &Devices) -> Option<Reason> {
    let needs = item.devices();
    let identifies = item.identity() != IdentityLevel::None;
    // A portrait can be brought on paper.
    if needs.camera && !devices.camera.works() && !devices.scanner.works() {
        Some(Reason::NoCamera)
    } else if let Some(reason) = reader_trouble(devices).filter(|_| needs.id_card || identifies) {
        Some(reason)
    } else if needs.scanner && !devices.scanner.works() {
        Some(Reason::ScannerBroken)
    } else if item.kiosk.mode == KioskMode::Print
        && needs.document_printer
        && !devices.document_printer.works()
    {
        Some(Reason::DocumentPrinterBroken)
    } else {
        None
    }
}

/// What is said about the city before the first question.
pub(crate) fn offline(item: &Item, link: Link) -> Offline {
    match (link, item.offline_class()) {
        (Link::Up, _) => Offline::Connected,
        (Link::Away, OfflineClass::FilesOffline) => Offline::FilesOffline,
        (Link::Away, OfflineClass::FilesNowCheckedLater) => Offline::CheckedLater,
        (Link::Away, OfflineClass::GuideOnly) => Offline::GuideOnly,
    }
}

/// Whether the catalogue was not confirmed for longer than `hours`.
pub(crate) fn too_old(shelf: &Shelf, now: &Now, hours: i64) -> bool {
    now.civil.duration_since(shelf.confirmed).as_secs() > hours * 3_600
}
