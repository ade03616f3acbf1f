//! The hall of this kiosk's station, for the time without the city: who is expected today, numbers to give, numbers
//! given.
//!
//! The list holds no name and no number, only marks by which a card or a code is known again; it lies in memory alone
//! and is gone when the program ends.

use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use city_api::requests::hall::{
    ExpectedView, GivenTicket, MOST_REPORTED, MergedTicket, RangeRequest, ReportRequest,
    TodayAnswer, mark,
};
use city_catalogue::hall::{BookingState, Letter, TicketNumber};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kiosk_core::{Event, Listed, ListedBy};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::city::{CityClient, CityError, blocking};
use crate::clock::civil;
use crate::shell::Message;
use crate::store::{GivenNumber, Store};

/// With fewer numbers left, further ones are reserved.
const FEWEST: u32 = 10;
/// What was given longer ago no city takes into its queue.
const REPORTED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Who is expected at the station today.
#[derive(Debug, Default)]
pub struct Hall {
    today: Mutex<Option<TodayAnswer>>,
    asked: Notify,
}

impl Hall {
    fn today(&self) -> MutexGuard<'_, Option<TodayAnswer>> {
        self.today.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The booking sought, or that nobody of the list is; None while there is no list.
    #[must_use]
    pub fn find(&self, by: &ListedBy) -> Option<Option<Listed>> {
        let today = self.today();
        let today = today.as_ref()?;
        let text = match by {
            ListedBy::Number(text) | ListedBy::Code(text) => text,
        };
        let sought = mark(&today.salt, text.reveal());
        let is_sought = |expected: &&ExpectedView| match by {
            ListedBy::Number(_) => expected.person.as_ref() == Some(&sought),
            ListedBy::Code(_) => expected.code == sought,
        };
        Some(today.appointments.iter().find(is_sought).map(listed))
    }

    /// How many are expected; None while there is no list.
    #[must_use]
    pub fn expected(&self) -> Option<usize> {
        let today = self.today();
        Some(today.as_ref()?.appointments.len())
    }

    /// Somebody of the list came to this kiosk; `number` is theirs where they were late.
    pub fn arrived(&self, booking: Uuid, number: Option<TicketNumber>) {
        let mut today = self.today();
        let expected = today.iter_mut().flat_map(|today| &mut today.appointments);
        for expected in expected.filter(|expected| expected.id == booking) {
            expected.state = match number {
                Some(_) => BookingState::Late,
                None => BookingState::Arrived,
            };
            expected.ticket = number.unwrap_or(expected.ticket);
        }
    }

    /// Lets the list be asked for, and what was given be told, as soon as the city answers.
    pub fn look_again(&self) {
        self.asked.notify_one();
    }

    /// Waits until somebody wants it.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// The list is of a day that is over.
    pub(super) fn is_of_yesterday(&self) -> bool {
        let now = civil(Timestamp::now()).date();
        self.today().as_ref().is_some_and(|today| today.day < now)
    }

    /// Tells the city of the numbers given here, asks who is expected, and sees that there are numbers to give. What
    /// the city does not take of the first keeps nobody waiting for the others.
    pub(super) async fn round(
        &self,
        client: &CityClient,
        store: &Store,
        inbox: &Sender<Message>,
    ) -> Result<(), CityError> {
        let told = report(client, store, inbox).await;
        let day = self.ask(client, inbox).await?;
        reserve(client, store, day).await?;
        told
    }

    /// Asks who is expected; the day of the list.
    async fn ask(&self, client: &CityClient, inbox: &Sender<Message>) -> Result<Date, CityError> {
        let today = client.expected().await.inspect_err(|error| {
            if matches!(error, CityError::Refused { .. }) && !error.is_away() {
                self.forget(inbox);
            }
        })?;
        let day = today.day;
        self.take(today);
        // A loop that has ended wants to hear nothing.
        drop(inbox.send(Message::Core(Event::Expected(Some(day)))));
        Ok(day)
    }

    /// The city gives this kiosk no list any more: it lets nobody in by the last one.
    pub(super) fn forget(&self, inbox: &Sender<Message>) {
        *self.today() = None;
        drop(inbox.send(Message::Core(Event::Expected(None))));
    }

    /// A newer list; who came to this kiosk meanwhile came, whether the city has heard of it or not.
    fn take(&self, mut new: TodayAnswer) {
        let mut today = self.today();
        for before in today.iter().flat_map(|before| &before.appointments) {
            let came = matches!(before.state, BookingState::Arrived | BookingState::Late);
            let mut same = new.appointments.iter_mut();
            if let Some(expected) = same.find(|it| came && it.id == before.id)
                && expected.state == BookingState::Booked
            {
                (expected.state, expected.ticket) = (before.state, before.ticket);
            }
        }
        *today = Some(new);
    }
}

fn listed(expected: &ExpectedView) -> Listed {
    Listed {
        id: expected.id,
        begins: civil(expected.begins),
        opens: civil(expected.opens),
        closes: civil(expected.closes),
        state: expected.state,
        ticket: expected.ticket.to_string(),
    }
}

/// Tells of the numbers given here.
async fn report(
    client: &CityClient,
    store: &Store,
    inbox: &Sender<Message>,
) -> Result<(), CityError> {
    loop {
        let from = store.clone();
        let given = blocking(move || {
            let forgotten = from.forget_numbers(Timestamp::now() - REPORTED_FOR)?;
            if forgotten > 0 {
                tracing::error!(
                    forgotten,
                    "numbers of a week ago were never told to the city"
                );
            }
            from.numbers_given(MOST_REPORTED)
        })
        .await?;
        if given.is_empty() {
            return Ok(());
        }
        let tickets = given.iter().map(given_ticket).collect();
        let answer = client.report(&ReportRequest { tickets }).await?;
        for given in &given {
            let merged = answer.tickets.iter().find(|merged| merged.id == given.id);
            match merged.map(|merged| merged.number) {
                None => {
                    tracing::error!(given = %given.number, at = %given.at, "the city takes this number no more")
                }
                Some(number) if number != given.number => {
                    tracing::error!(given = %given.number, is = %number, "a number was not this kiosk's to give");
                }
                Some(_) => {}
            }
        }
        let ids: Vec<Uuid> = given.iter().map(|given| given.id).collect();
        let of = store.clone();
        blocking(move || of.numbers_told(&ids)).await?;
        for MergedTicket { id: ticket, .. } in answer.tickets {
            drop(inbox.send(Message::Core(Event::Queued { ticket })));
        }
    }
}

fn given_ticket(given: &GivenNumber) -> GivenTicket {
    GivenTicket {
        id: given.id,
        number: given.number,
        arrived: given.at.timestamp(),
        item: None,
    }
}

/// Reserves further numbers of the day where few are left.
async fn reserve(client: &CityClient, store: &Store, day: Date) -> Result<(), CityError> {
    let of = store.clone();
    let left = blocking(move || of.numbers_left(day)).await?;
    if left.count >= FEWEST {
        return Ok(());
    }
    let request = RangeRequest {
        day,
        letter: Letter::WalkIn,
        beyond: left.last,
    };
    let range = client.reserve(&request).await?;
    let to = store.clone();
    blocking(move || to.add_numbers(day, range.first, range.last)).await
}
