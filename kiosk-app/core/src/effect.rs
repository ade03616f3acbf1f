//! Everything the core can ask of the shell: one closed enum.

use city_catalogue::code::ItemCode;
use city_catalogue::record::Text;
use jiff::civil::{Date, DateTime};
use uuid::Uuid;

use crate::application::{Filing, Form};
use crate::appointment::{AppointmentAsk, BookingShown};
use crate::check_in::{CheckInBy, HallEntry, ListedBy, TicketShown};
use crate::enquiry::EnquiryAsk;
use crate::event::AskId;
use crate::help::HelpAsk;
use crate::person::{DocumentKind, Person, Secret};
use crate::portrait::{PortraitOrder, PortraitWanted};
use crate::principal::Acting;
use crate::screen::{FeeShown, Lang, PictureId};
use crate::service::Errand;
use crate::withdrawal::WithdrawAsk;

/// What to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Ask the city; answered by [`crate::Event::City`].
    Ask {
        /// The number.
        ask: AskId,
        /// What.
        request: Request,
    },
    /// Scan the sheets in the feeder, or what lies on the glass; answered by
    /// [`crate::Event::Scanned`] for each page and one [`crate::Event::ScanEnded`].
    Scan {
        /// The number.
        ask: AskId,
        /// What may come.
        room: ScanRoom,
        /// How it is filed.
        look: ScanLook,
    },
    /// Look whether something lies on the glass; answered by [`crate::Event::Glass`].
    LookAtGlass {
        /// The number.
        ask: AskId,
    },
    /// Turn a scanned page by a quarter with the clock; answered by
    /// [`crate::Event::PageTurned`]. The one before stays until it is dropped.
    TurnPage {
        /// The number.
        ask: AskId,
        /// The page.
        picture: PictureId,
        /// Most bytes it may have.
        most: u64,
        /// How it is filed.
        look: ScanLook,
    },
    /// Stop scanning; the answer is no longer wanted.
    CancelScan,
    /// Scan a photo on paper and cut the portrait from it; answered by [`crate::Event::Scanned`].
    ScanPhoto {
        /// The number.
        ask: AskId,
        /// What the portrait must be.
        wanted: PortraitWanted,
    },
    /// Something for the portrait camera; answered by [`crate::Event::Portrait`].
    Portrait {
        /// The number of the live view.
        ask: AskId,
        /// What.
        order: PortraitOrder,
    },
    /// Make the form as PDF and pictures; answered by [`crate::Event::Composed`].
    Compose {
        /// The number.
        ask: AskId,
        /// What stands in it.
        form: Box<Form>,
    },
    /// Seal, sign and commit; answered by [`crate::Event::Stored`] or [`crate::Event::NotStored`].
    File {
        /// The number.
        ask: AskId,
        /// What.
        filing: Box<Filing>,
    },
    /// Commit a check-in or a number given without the city; answered by [`crate::Event::Kept`].
    Keep {
        /// The number.
        ask: AskId,
        /// What.
        entry: HallEntry,
    },
    /// Print a slip; answered by [`crate::Event::Printed`].
    PrintSlip {
        /// The number.
        ask: AskId,
        /// What stands on it.
        slip: Box<SlipData>,
    },
    /// Fetch a result from the city and print it; answered by [`crate::Event::Printed`].
    PrintResult {
        /// The number.
        ask: AskId,
        /// Which result.
        result: String,
        /// The grant that opens it.
        grant: Option<Secret>,
    },
    /// Look for codes from now on, or no longer; what is read comes as [`crate::Event::Code`].
    Listen {
        /// A page asks for something a code can carry.
        codes: bool,
    },
    /// Read the machine-readable lines of a passport that were typed; answered by
    /// [`crate::Event::Zone`].
    ReadZone {
        /// The number.
        ask: AskId,
        /// The lines, with or without line ends.
        text: Secret,
    },
    /// A picture is no longer needed.
    DropPicture(PictureId),
    /// The visit is over: forget everything about the person, print nothing more of theirs.
    Forget {
        /// The slip of what they filed, which still comes out: the next person is here already.
        /// `None` when the visit was left only after it had ended.
        owed: Option<AskId>,
    },
    /// Something for the technician's service; answered by [`crate::Event::Service`].
    Service {
        /// The number.
        ask: AskId,
        /// What.
        errand: Errand,
    },
}

/// What a scan may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanRoom {
    /// Most pages; further sheets stay in the feeder.
    pub pages: u32,
    /// Most bytes of one page as it is filed.
    pub page_bytes: u64,
    /// Most bytes of all of them.
    pub bytes: u64,
    /// Both sides of sheets in a feeder that can do that.
    pub both_sides: bool,
    /// The page they come after, which may not be scanned twice; `None` for the first.
    pub after: Option<PictureId>,
}

/// How the pages of a material are filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanLook {
    /// In colour; otherwise grey.
    pub colour: bool,
    /// What the pages may be used for, written over each (用途水印); `None`: nothing is.
    pub watermark: Option<String>,
    /// The front of the card whose back is scanned: both go on one page, as large as they are.
    pub front: Option<PictureId>,
}

/// A question to the city.
#[derive(Clone, Debug)]
pub enum Request {
    /// Check who it is.
    Factor {
        /// For this item; `None` for "my matters".
        item: Option<ItemCode>,
        /// By which way.
        method: crate::application::Method,
        /// Kind of card.
        document: DocumentKind,
        /// Name on the card.
        name: Secret,
        /// Number of the card.
        number: Secret,
        /// The code typed; `None` to ask for one or where there is none.
        code: Option<Secret>,
    },
    /// Give the city the authority that the person of the grant gives to an agent.
    Authority {
        /// The principal's grant.
        grant: Secret,
        /// The item it is for.
        item: ItemCode,
        /// Who may act.
        agent: Box<Person>,
        /// For whom, and what.
        acting: Box<Acting>,
    },
    /// What departments know for this item.
    Prefill {
        /// The item.
        item: ItemCode,
        /// The grant.
        grant: Secret,
    },
    /// Choices of a field.
    Options {
        /// As the catalogue names it (`/api/hospitals`).
        source: String,
        /// Choices and days answered so far, on which the list may depend: field name and value.
        given: Vec<(String, String)>,
    },
    /// How many matters wait for the person.
    Waiting {
        /// A card-level grant or the card itself.
        document: DocumentKind,
        /// Name on the card.
        name: Secret,
        /// Number of the card.
        number: Secret,
    },
    /// The person's cases.
    Matters {
        /// The grant.
        grant: Secret,
    },
    /// Take a case of the person back.
    Withdraw(WithdrawAsk),
    /// Questions and objections of the person.
    Enquiry(EnquiryAsk),
    /// What became of an application of this visit.
    Outcome {
        /// Which.
        application: Uuid,
    },
    /// Check in for an appointment at this station.
    CheckIn {
        /// By what the booking is found.
        by: CheckInBy,
    },
    /// Appointments of the person.
    Appointment(AppointmentAsk),
    /// Who is expected at this station today, looked up in the list that the city gave
    /// beforehand: the one question that goes to no city.
    Listed {
        /// By what the booking is found.
        by: ListedBy,
    },
    /// A person's help.
    Help(HelpAsk),
    /// A walk-in ticket at this station.
    WalkIn {
        /// Id of the ticket: the same one is given once.
        id: Uuid,
    },
}

/// What stands on a slip; the shell has the words.
#[derive(Clone, Debug)]
pub enum SlipData {
    /// The receipt for all matters of a visit.
    Receipt {
        /// The visit's language.
        lang: Lang,
        /// Printed at.
        at: DateTime,
        /// Masked name; `None` when nobody was identified.
        name: Option<String>,
        /// Masked number.
        number: Option<String>,
        /// The matters.
        matters: Vec<FiledMatter>,
        /// 0 for the first print; n marks 副本 COPY n.
        copy: u32,
        /// Come back with the slip if no city number is known by this day.
        come_back: Date,
    },
    /// A number of the queue.
    Ticket {
        /// The visit's language.
        lang: Lang,
        /// Printed at.
        at: DateTime,
        /// The number.
        ticket: TicketShown,
        /// Given without the city, which has still to be told.
        kept_here: bool,
        /// 0 for the first print; n marks 副本 COPY n.
        copy: u32,
    },
    /// A booking.
    Booking {
        /// The visit's language.
        lang: Lang,
        /// Printed at.
        at: DateTime,
        /// Masked name; `None` when it was not known any more.
        name: Option<String>,
        /// What for, when, where, and what to bring.
        booking: Box<BookingShown>,
        /// 0 for the first print; n marks 副本 COPY n.
        copy: u32,
    },
    /// The guide of an item.
    Guide {
        /// The visit's language.
        lang: Lang,
        /// Which item.
        item: ItemCode,
    },
}

/// One matter on the slip.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledMatter {
    /// The item.
    pub item: Text,
    /// Masked name of whom it was filed for; `None` when the holder of the slip applied.
    pub applicant: Option<String>,
    /// Receipt number, grouped.
    pub receipt: String,
    /// Filing number, if the city answered.
    pub filing: Option<String>,
    /// Case number, if known.
    pub case: Option<String>,
    /// What the city decided or when it will.
    pub outcome: crate::screen::OutcomeShown,
    /// Number of the result and its verification code.
    pub result: Option<(String, String)>,
    /// Fees due.
    pub fees: Vec<FeeShown>,
    /// Papers to bring later: name and day.
    pub later: Vec<(Text, Date)>,
}
