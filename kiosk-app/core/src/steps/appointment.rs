//! Appointments: the person's bookings, and the way to a new one, another time, or none.
//!
//! Nothing is done before it was confirmed once, and nothing is said to be done before the city
//! said so. What was chosen stays until then.

use city_catalogue::hall::BookingState;
use city_catalogue::record::{Item, Station, Text};
use city_catalogue::{Catalogue, ItemCode};
use jiff::civil::Date;
use uuid::Uuid;

use crate::application::materials_of;
use crate::appointment::{
    AppointmentAsk, AppointmentPage, AppointmentReply, AppointmentTrouble, BookingEntry,
    BookingReply, BookingShown, ConfirmShown, DayShown, Deed, Refusal, SlotReply,
};
use crate::availability::Link;
use crate::effect::Request;
use crate::event::{Away, Reply};
use crate::kiosk::{Kiosk, foot, on_page, turn, turned_page};
use crate::screen::{Action, Foot, MaterialState, Page, Waiting};
use crate::steps::identify::Then;
use crate::steps::wait::WaitFor;
use crate::steps::{Step, Wait};
use crate::touch::Touch;

const A_PAGE: usize = 6;
/// As many as the list of items a search finds.
const MATTERS_A_PAGE: usize = 8;
/// Slots are short and stand beside each other.
const SLOTS_A_PAGE: usize = 8;

/// The way through the appointments.
#[derive(Clone, Debug)]
pub(crate) struct Appointments {
    /// As the city told them last.
    own: Vec<BookingReply>,
    barred_until: Option<Date>,
    stage: Stage,
    /// List page of the stage.
    at: usize,
    draft: Draft,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    List,
    Booking,
    Matter,
    Station,
    Day,
    Slot,
    Confirm(Deed),
    Trouble(AppointmentTrouble, What),
}

/// What the city is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Own,
    Slots,
    Deed(Deed),
}

/// What is chosen so far.
#[derive(Clone, Debug, Default)]
struct Draft {
    /// Id of a new booking. The question may be asked again: it is one booking all the same.
    id: Uuid,
    /// The booking that is looked at, moved or cancelled; `None` for a new one.
    booking: Option<BookingReply>,
    /// What for, where it is new.
    item: Option<ItemCode>,
    station: Option<String>,
    slots: Vec<SlotReply>,
    day: Option<Date>,
    slot: Option<SlotReply>,
    /// Somebody took the last place of the slot that was wanted.
    taken: bool,
    /// A question was sent and no answer came: it may have been done.
    unsure: bool,
}

/// A question with all that its answer leads on from.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    here: Appointments,
    what: What,
}

impl Default for Appointments {
    fn default() -> Self {
        Self {
            own: Vec::new(),
            barred_until: None,
            stage: Stage::List,
            at: 0,
            draft: Draft::default(),
        }
    }
}

impl Appointments {
    /// The page of a stage from its beginning.
    fn at(self, stage: Stage) -> Self {
        Self {
            stage,
            at: 0,
            ..self
        }
    }

    /// The item the booking is for.
    fn item(&self) -> Option<&ItemCode> {
        let booking = self.draft.booking.as_ref();
        booking
            .map(|booking| &booking.item)
            .or(self.draft.item.as_ref())
    }

    /// A booking is moved, or a new one is made.
    fn deed(&self) -> Deed {
        match self.draft.booking {
            Some(_) => Deed::Move,
            None => Deed::Book,
        }
    }

    /// The days of the slots, in order, with the places left in each.
    fn days(&self) -> Vec<DayShown> {
        let mut days: Vec<DayShown> = Vec::new();
        for slot in &self.draft.slots {
            let day = slot.begins.date();
            match days.last_mut().filter(|last| last.day == day) {
                Some(last) => last.left = last.left.saturating_add(slot.left),
                None => days.push(DayShown {
                    day,
                    left: slot.left,
                }),
            }
        }
        days
    }

    /// The slots of the day that was chosen.
    fn slots(&self) -> Vec<SlotReply> {
        let day = self.draft.day;
        let slots = self.draft.slots.iter().copied();
        slots
            .filter(|slot| Some(slot.begins.date()) == day)
            .collect()
    }

    /// Another choice than the one before: what followed from that is void.
    fn choose_station(&mut self, station: String) {
        self.draft.station = Some(station);
        self.draft.slots.clear();
        (self.draft.day, self.draft.slot, self.draft.taken) = (None, None, false);
    }
}

impl Kiosk {
    // --- the city ----------------------------------------------------------------------

    /// From the outcome of a check-in, or from "my matters". Who does not need the card any more,
    /// or came with a code alone, shows it now.
    pub(crate) fn open_appointments(&mut self) {
        self.another_matter();
        self.visit.wanted = None;
        self.identify(Then::Appointments);
    }

    /// The person is known: their bookings are asked for.
    pub(crate) fn ask_appointments(&mut self) {
        self.ask_for(Appointments::default(), What::Own);
    }

    /// Asks the city, unless it is known to be away: nobody waits for nothing.
    fn ask_for(&mut self, here: Appointments, what: What) {
        if self.link == Link::Away {
            self.appointment_trouble(here, what, unsent(what));
        } else {
            self.ask_at_once(here, what);
        }
    }

    /// Asks whatever is known of the city: somebody wants it tried again.
    fn ask_at_once(&mut self, here: Appointments, what: What) {
        let ask = self.grant().and_then(|grant| here.question(what, grant));
        let Some(ask) = ask else {
            return self.appointment_trouble(here, what, unsent(what));
        };
        let waiting = match what {
            What::Own | What::Slots => Waiting::Appointments,
            What::Deed(_) => Waiting::Booking,
        };
        let ask = self.ask_city(Request::Appointment(ask));
        self.go(Step::Wait(Wait {
            ask,
            what: waiting,
            then: WaitFor::Appointment(Box::new(Asking { here, what })),
        }));
    }

    /// The city answered, or could not be asked.
    pub(crate) fn appointment_answered(&mut self, asking: Asking, answer: Result<Reply, Away>) {
        let Asking { mut here, what } = asking;
        let reply = match answer {
            Ok(Reply::Appointment(reply)) => Some(reply),
            Ok(_) | Err(Away) => None,
        };
        match (what, reply) {
            (
                What::Own,
                Some(AppointmentReply::Own {
                    bookings,
                    barred_until,
                }),
            ) => {
                here.own = upcoming(bookings);
                here.barred_until = barred_until;
                self.stand(here.at(Stage::List));
            }
            (What::Slots, Some(AppointmentReply::Slots(slots))) => {
                here.draft.slots = slots;
                let open = here.slots().iter().any(|slot| slot.left > 0);
                let stage = if open { Stage::Slot } else { Stage::Day };
                self.stand(here.at(stage));
            }
            (What::Deed(deed), Some(AppointmentReply::Done(booking))) => {
                self.booking_done(deed, *booking);
            }
            // Nothing else that was chosen is lost: the slots are looked at anew.
            (What::Deed(_), Some(AppointmentReply::Refused(Refusal::SlotFull))) => {
                here.draft.taken = true;
                self.ask_for(here, What::Slots);
            }
            (_, Some(AppointmentReply::Refused(refusal))) => {
                self.appointment_trouble(here, what, AppointmentTrouble::Refused(refusal));
            }
            (_, Some(AppointmentReply::NotSent)) => {
                self.appointment_trouble(here, what, unsent(what));
            }
            (What::Deed(deed), _) => {
                here.draft.unsure = true;
                self.appointment_trouble(here, what, AppointmentTrouble::NoAnswer(deed));
            }
            (What::Own | What::Slots, _) => {
                self.appointment_trouble(here, what, AppointmentTrouble::CannotRead);
            }
        }
    }

    /// What was once sent without an answer may have been done, whatever became of the next try.
    fn appointment_trouble(&mut self, here: Appointments, what: What, trouble: AppointmentTrouble) {
        let trouble = match trouble {
            AppointmentTrouble::NotSent(deed) if here.draft.unsure => {
                AppointmentTrouble::NoAnswer(deed)
            }
            trouble => trouble,
        };
        self.stand(here.at(Stage::Trouble(trouble, what)));
    }

    fn stand(&mut self, here: Appointments) {
        self.go(Step::Appointments(Box::new(here)));
    }

    // --- touches -----------------------------------------------------------------------

    pub(crate) fn appointment_tap(&mut self, touch: &Touch) {
        let Step::Appointments(here) = &self.step else {
            return;
        };
        let here = here.as_ref().clone();
        if let Touch::Turn(by) = touch {
            return self.turn_appointments(here, *by);
        }
        match here.stage {
            Stage::List => self.appointment_list_tap(here, touch),
            Stage::Booking => self.booking_tap(here, touch),
            Stage::Matter => self.booked_matter_tap(here, touch),
            Stage::Station => self.booked_station_tap(here, touch),
            Stage::Day => self.booked_day_tap(here, touch),
            Stage::Slot => self.booked_slot_tap(here, touch),
            Stage::Confirm(deed) => self.confirm_tap(here, deed, touch),
            Stage::Trouble(trouble, what) => self.trouble_tap(here, trouble, what, touch),
        }
    }

    fn turn_appointments(&mut self, mut here: Appointments, by: i8) {
        let (all, each) = match here.stage {
            Stage::List => (here.own.len(), A_PAGE),
            Stage::Matter => (self.bookable().len(), MATTERS_A_PAGE),
            Stage::Station => (self.halls(&here).len(), A_PAGE),
            Stage::Day => (here.days().len(), A_PAGE),
            Stage::Slot => (here.slots().len(), SLOTS_A_PAGE),
            Stage::Booking | Stage::Confirm(_) | Stage::Trouble(..) => return,
        };
        here.at = turned_page(here.at, by, all, each);
        self.stand(here);
    }

    fn appointment_list_tap(&mut self, mut here: Appointments, touch: &Touch) {
        match touch {
            Touch::Pick(place) => {
                let Some(booking) = here.own.get(here.at * A_PAGE + place).cloned() else {
                    return;
                };
                here.draft = Draft {
                    booking: Some(booking),
                    ..Draft::default()
                };
                self.stand(here.at(Stage::Booking));
            }
            Touch::Next if self.may_book(&here) => {
                here.draft = Draft {
                    id: self.new_id(),
                    ..Draft::default()
                };
                self.stand(here.at(Stage::Matter));
            }
            Touch::Back => self.go(Step::Start),
            _ => {}
        }
    }

    fn booking_tap(&mut self, here: Appointments, touch: &Touch) {
        let booking = here.draft.booking.as_ref();
        let changes = booking.is_some_and(|booking| booking.state == BookingState::Booked);
        match touch {
            Touch::Pick(0) if changes => self.stand(here.at(Stage::Station)),
            Touch::Pick(1) if changes => self.stand(here.at(Stage::Confirm(Deed::Cancel))),
            Touch::Back => self.stand(here.at(Stage::List)),
            _ => {}
        }
    }

    fn booked_matter_tap(&mut self, mut here: Appointments, touch: &Touch) {
        match touch {
            Touch::Pick(place) => {
                let items = self.bookable();
                let Some(item) = items.get(here.at * MATTERS_A_PAGE + place) else {
                    return;
                };
                here.draft.item = Some(item.code());
                self.stand(here.at(Stage::Station));
            }
            Touch::Back => self.stand(here.at(Stage::List)),
            _ => {}
        }
    }

    fn booked_station_tap(&mut self, mut here: Appointments, touch: &Touch) {
        match touch {
            Touch::Pick(place) => {
                let halls = self.halls(&here);
                let Some(id) = halls
                    .get(here.at * A_PAGE + place)
                    .map(|hall| hall.id.clone())
                else {
                    return;
                };
                here.choose_station(id);
                self.ask_for(here, What::Slots);
            }
            Touch::Back if here.draft.booking.is_some() => self.stand(here.at(Stage::Booking)),
            Touch::Back => self.stand(here.at(Stage::Matter)),
            _ => {}
        }
    }

    fn booked_day_tap(&mut self, mut here: Appointments, touch: &Touch) {
        match touch {
            Touch::Pick(place) => {
                let days = here.days();
                let day = days
                    .get(here.at * A_PAGE + place)
                    .filter(|day| day.left > 0);
                let Some(day) = day else { return };
                here.draft.day = Some(day.day);
                here.draft.taken = false;
                self.stand(here.at(Stage::Slot));
            }
            Touch::Back => self.stand(here.at(Stage::Station)),
            _ => {}
        }
    }

    fn booked_slot_tap(&mut self, mut here: Appointments, touch: &Touch) {
        match touch {
            Touch::Pick(place) => {
                let slots = here.slots();
                let slot = slots.get(here.at * SLOTS_A_PAGE + place);
                let Some(slot) = slot.filter(|slot| slot.left > 0) else {
                    return;
                };
                here.draft.slot = Some(*slot);
                here.draft.taken = false;
                let deed = here.deed();
                self.stand(here.at(Stage::Confirm(deed)));
            }
            Touch::Back => self.stand(here.at(Stage::Day)),
            _ => {}
        }
    }

    fn confirm_tap(&mut self, here: Appointments, deed: Deed, touch: &Touch) {
        match (touch, deed) {
            (Touch::Next, _) => self.ask_for(here, What::Deed(deed)),
            (Touch::Back, Deed::Cancel) => self.stand(here.at(Stage::Booking)),
            (Touch::Back, Deed::Book | Deed::Move) => self.stand(here.at(Stage::Slot)),
            (_, _) => {}
        }
    }

    /// Back leads to what the city says stands, not to what was meant.
    fn trouble_tap(
        &mut self,
        here: Appointments,
        trouble: AppointmentTrouble,
        what: What,
        touch: &Touch,
    ) {
        match (touch, trouble_action(trouble), what) {
            // The card is asked about again where its owner could not be proven.
            (Touch::Next, Action::TryAgain, _) if self.grant().is_none() => {
                self.identify(Then::Appointments);
            }
            (Touch::Next, Action::TryAgain, what) => self.ask_at_once(here, what),
            (Touch::Next, Action::ChooseAgain, What::Deed(_)) => self.stand(here.at(Stage::Day)),
            (Touch::Next, Action::ChooseAgain, _) => self.stand(here.at(Stage::Station)),
            (Touch::Next, _, _) => self.ask_for(here, What::Own),
            (Touch::Back, _, What::Own) => self.go(Step::Start),
            (Touch::Back, _, What::Slots | What::Deed(_)) => self.ask_for(here, What::Own),
            (_, _, _) => {}
        }
    }

    // --- what can be booked ------------------------------------------------------------

    fn may_book(&self, here: &Appointments) -> bool {
        here.barred_until.is_none() && !self.bookable().is_empty()
    }

    fn catalogue(&self) -> Option<&Catalogue> {
        self.shelf.as_deref().map(|shelf| &shelf.catalogue)
    }

    /// Items that take bookings, where any station has a window for them.
    fn bookable(&self) -> Vec<&Item> {
        let Some(catalogue) = self.catalogue() else {
            return Vec::new();
        };
        let halls = catalogue.city().stations.iter();
        if !halls.clone().any(|station| station.windows > 0) {
            return Vec::new();
        }
        let items = catalogue.items().iter().map(|item| &**item);
        items.filter(|item| item.appointment.supported).collect()
    }

    /// Stations with windows: the one the booking is at first, else the one this kiosk stands at.
    fn halls(&self, here: &Appointments) -> Vec<&Station> {
        let Some(shelf) = self.shelf.as_deref() else {
            return Vec::new();
        };
        let booking = here.draft.booking.as_ref();
        let first = booking.map_or(shelf.here.as_str(), |booking| booking.station.as_str());
        let stations = shelf.catalogue.city().stations.iter();
        let mut stations: Vec<&Station> = stations.filter(|one| one.windows > 0).collect();
        stations.sort_by_key(|one| one.id != first);
        stations
    }

    fn matter_of(&self, here: &Appointments) -> Text {
        let booking = here.draft.booking.as_ref();
        let known = booking.map(|booking| booking.matter.clone());
        known.unwrap_or_else(|| {
            let item = here.item().and_then(|code| self.catalogue()?.item(code));
            item.map(|item| item.name.clone()).unwrap_or_default()
        })
    }

    /// What the person has to have with them; nothing for an item that is not in the catalogue.
    fn to_bring(&self, code: &ItemCode) -> Vec<Text> {
        let item = self.catalogue().and_then(|catalogue| catalogue.item(code));
        let materials = item.map(|item| materials_of(item)).unwrap_or_default();
        let brought = materials.into_iter().filter(|material| {
            matches!(
                material.state,
                MaterialState::FromCard | MaterialState::ToScan | MaterialState::ToScanOrPromise
            )
        });
        brought.map(|material| material.name).collect()
    }

    /// A booking with its place and what to bring.
    pub(crate) fn booking_shown(&self, booking: &BookingReply) -> BookingShown {
        BookingShown {
            matter: booking.matter.clone(),
            station: self.station_shown(&booking.station),
            begins: booking.begins,
            ends: booking.ends,
            state: booking.state,
            number: booking.number.clone(),
            code: booking.code.clone(),
            bring: self.to_bring(&booking.item),
        }
    }

    // --- pages -------------------------------------------------------------------------

    pub(crate) fn appointment_page(&self, here: &Appointments) -> (Page, Foot) {
        let list = |all| turn(here.at, all, A_PAGE);
        let (page, primary) = match here.stage {
            Stage::List => (
                AppointmentPage::List {
                    bookings: self.entries(on_page(&here.own, here.at, A_PAGE)),
                    total: u16::try_from(here.own.len()).unwrap_or(u16::MAX),
                    barred_until: here.barred_until,
                    turn: list(here.own.len()),
                },
                Some((Action::BookNew, self.may_book(here))),
            ),
            Stage::Booking => match &here.draft.booking {
                Some(booking) => {
                    let shown = self.booking_shown(booking);
                    (AppointmentPage::Booking(Box::new(shown)), None)
                }
                None => (unread(), Some((Action::TryAgain, true))),
            },
            Stage::Matter => {
                let items = self.bookable();
                let shown = on_page(&items, here.at, MATTERS_A_PAGE).iter();
                let page = AppointmentPage::Matter {
                    matters: shown.map(|item| item.name.clone()).collect(),
                    turn: turn(here.at, items.len(), MATTERS_A_PAGE),
                };
                (page, None)
            }
            Stage::Station => {
                let halls = self.halls(here);
                let shown = on_page(&halls, here.at, A_PAGE).iter();
                let page = AppointmentPage::Station {
                    matter: self.matter_of(here),
                    stations: shown.map(|hall| self.station_shown(&hall.id)).collect(),
                    turn: list(halls.len()),
                };
                (page, None)
            }
            Stage::Day => {
                let (days, station) = (here.days(), here.draft.station.as_deref());
                let page = AppointmentPage::Day {
                    matter: self.matter_of(here),
                    station: self.station_shown(station.unwrap_or_default()).name,
                    days: on_page(&days, here.at, A_PAGE).to_vec(),
                    taken: here.draft.taken,
                    turn: list(days.len()),
                };
                (page, None)
            }
            Stage::Slot => (self.slot_page(here), None),
            Stage::Confirm(deed) => {
                let action = match deed {
                    Deed::Book => Action::Book,
                    Deed::Move => Action::MoveBooking,
                    Deed::Cancel => Action::CancelBooking,
                };
                (self.confirm_page(here, deed), Some((action, true)))
            }
            Stage::Trouble(trouble, _) => (
                AppointmentPage::Trouble(trouble),
                Some((trouble_action(trouble), true)),
            ),
        };
        (Page::Appointment(page), foot(true, primary))
    }

    fn entries(&self, bookings: &[BookingReply]) -> Vec<BookingEntry> {
        let entry = |booking: &BookingReply| BookingEntry {
            matter: booking.matter.clone(),
            station: self.station_shown(&booking.station).name,
            begins: booking.begins,
            state: booking.state,
        };
        bookings.iter().map(entry).collect()
    }

    fn slot_page(&self, here: &Appointments) -> AppointmentPage {
        let slots = here.slots();
        AppointmentPage::Slot {
            day: here.draft.day.unwrap_or(self.now.civil.date()),
            slots: on_page(&slots, here.at, SLOTS_A_PAGE).to_vec(),
            taken: here.draft.taken,
            turn: turn(here.at, slots.len(), SLOTS_A_PAGE),
        }
    }

    fn confirm_page(&self, here: &Appointments, deed: Deed) -> AppointmentPage {
        let booking = here.draft.booking.as_ref();
        let now = booking.map(|it| (it.station.as_str(), it.begins, it.ends));
        let chosen = here.draft.station.as_deref().zip(here.draft.slot);
        let wanted = chosen.map(|(station, slot)| (station, slot.begins, slot.ends));
        let shown = if deed == Deed::Cancel { now } else { wanted };
        let Some((station, begins, ends)) = shown else {
            return unread();
        };
        let today = self.now.civil.date();
        let bring = here.item().filter(|_| deed != Deed::Cancel);
        AppointmentPage::Confirm(Box::new(ConfirmShown {
            deed,
            name: self
                .visit
                .person()
                .map(|person| person.masked(today).name)
                .unwrap_or_default(),
            matter: self.matter_of(here),
            station: self.station_shown(station),
            begins,
            ends,
            before: now
                .filter(|_| deed == Deed::Move)
                .map(|(_, begins, _)| begins),
            bring: bring.map(|code| self.to_bring(code)).unwrap_or_default(),
        }))
    }
}

impl Appointments {
    /// The question in the city's words; `None` when something is not chosen.
    fn question(&self, what: What, grant: crate::person::Secret) -> Option<AppointmentAsk> {
        let draft = &self.draft;
        let booking = draft.booking.as_ref();
        Some(match what {
            What::Own => AppointmentAsk::Own { grant },
            What::Slots => AppointmentAsk::Slots {
                item: self.item()?.clone(),
                station: draft.station.clone()?,
            },
            What::Deed(Deed::Book) => AppointmentAsk::Book {
                id: draft.id,
                grant,
                item: self.item()?.clone(),
                station: draft.station.clone()?,
                begins: draft.slot?.begins,
            },
            What::Deed(Deed::Move) => AppointmentAsk::Move {
                id: booking?.id,
                grant,
                station: draft.station.clone()?,
                begins: draft.slot?.begins,
            },
            What::Deed(Deed::Cancel) => AppointmentAsk::Cancel {
                id: booking?.id,
                grant,
            },
        })
    }
}

/// Something is not chosen that must have been.
fn unread() -> AppointmentPage {
    AppointmentPage::Trouble(AppointmentTrouble::CannotRead)
}

/// Bookings of which there is anything to say.
pub(crate) fn upcoming(mut bookings: Vec<BookingReply>) -> Vec<BookingReply> {
    bookings.retain(|booking| booking.state != BookingState::Cancelled);
    bookings
}

/// What it means that a question was not sent.
fn unsent(what: What) -> AppointmentTrouble {
    match what {
        What::Own | What::Slots => AppointmentTrouble::CannotRead,
        What::Deed(deed) => AppointmentTrouble::NotSent(deed),
    }
}

/// What is done about it.
fn trouble_action(trouble: AppointmentTrouble) -> Action {
    match trouble {
        AppointmentTrouble::CannotRead
        | AppointmentTrouble::NotSent(_)
        | AppointmentTrouble::NoAnswer(_) => Action::TryAgain,
        AppointmentTrouble::Refused(Refusal::SlotFull | Refusal::OneADay | Refusal::NotOffered) => {
            Action::ChooseAgain
        }
        AppointmentTrouble::Refused(Refusal::Barred | Refusal::TooLate | Refusal::Gone) => {
            Action::MyAppointments
        }
    }
}
