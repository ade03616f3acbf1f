//! The hall without its city: who is expected, numbers given, and the city coming back.

use city_api::requests::hall::{CheckInRequest, CounterRequest, Press};
use city_api::requests::officer::OfficerRole;
use city_api::requests::paths;
use city_catalogue::hall::BookingState;
use jiff::SignedDuration;
use kiosk_core::{Arrived, HallEntry, Listed, ListedBy};
use uuid::Uuid;

use super::*;
use crate::city::HallClient;
use crate::filer::PacketFiler;
use crate::hall_screen::{Board, look, news};
use crate::work::Filer as _;

/// Persons of the sample city.
const ZHANG: &str = "590102199002150015";
const LI: &str = "590102198507310024";
const STATION: &str = "S001";

impl Beating {
    /// Looks at the hall as the keeper does.
    fn look(&self) -> Result<(), CityError> {
        let keeper = &self.keeper;
        let round = keeper
            .hall
            .round(&keeper.client, &keeper.store, &keeper.inbox);
        self.runtime.block_on(round)
    }

    /// Lets somebody have booked for a slot that begins so many minutes from now; the code.
    fn booked(&self, number: &str, minutes: i64) -> String {
        let begins = Timestamp::now() + SignedDuration::from_mins(minutes);
        let city = self.city.as_ref().unwrap();
        city.expect_today(STATION, number, begins).unwrap()
    }

    fn queue(&self) -> Vec<String> {
        self.city.as_ref().unwrap().queue(STATION).unwrap()
    }

    fn find(&self, number: &str) -> Option<Option<Listed>> {
        let by = ListedBy::Number(Secret::new(number));
        self.keeper.hall.find(&by)
    }

    /// What the list says of somebody: what became of them, and their number.
    fn listed(&self, number: &str) -> (BookingState, String) {
        let listed = self.find(number).unwrap().unwrap();
        (listed.state, listed.ticket)
    }

    /// Keeps an arrival, a number or both, now; the number.
    fn keep(&self, booking: Option<Uuid>, ticket: Option<Uuid>) -> Option<String> {
        self.keep_at(booking, ticket, Timestamp::now())
    }

    fn keep_at(
        &self,
        booking: Option<Uuid>,
        ticket: Option<Uuid>,
        at: Timestamp,
    ) -> Option<String> {
        let key = Arc::new(SoftwareKey::from_seed(&[7; 32]));
        let hall = Arc::clone(&self.keeper.hall);
        let mut filer = PacketFiler::new(self.store.clone(), key, hall, Box::new(|| {}));
        let entry = HallEntry {
            arrival: booking.map(|booking| Arrived {
                booking,
                packet: Uuid::now_v7(),
            }),
            ticket,
            at: civil(at),
        };
        filer.keep(&entry).unwrap().number
    }

    /// Sends every packet that waits.
    fn send(&self) {
        let city = self.store.enrolment().unwrap().unwrap().city_keys.signing;
        for packet in self.store.pending(10).unwrap() {
            let sent = self.keeper.client.send(&self.store, &packet);
            let signed = self.runtime.block_on(sent).unwrap();
            let now = crate::filing::city_time(civil(Timestamp::now()));
            let id = packet.fields.id;
            self.store.acknowledge(id, &signed, &city, now).unwrap();
        }
    }

    /// A clerk presses a button of a counter, a second after the last one did.
    fn press(&self, counter: u16, press: Press) {
        let city = self.city.as_ref().unwrap();
        city.clock().advance(1);
        let token = city.officer_token("ZSJ", OfficerRole::Window, Some("w1"));
        let url = format!("{}{}", city.url(), paths::counter(STATION, counter));
        let request = CounterRequest {
            press,
            after: None,
            to: None,
        };
        let mut http = reqwest::Client::builder();
        if let Some(pem) = city.ca_pem() {
            let root = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
            http = http.add_root_certificate(root);
        }
        let http = http.build().unwrap().post(url).json(&request);
        let sent = http.bearer_auth(token.unwrap()).send();
        let answer = self.runtime.block_on(sent).unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// A screen of this station's hall, which knows nothing yet.
    fn screen(&self, station: &str) -> HallClient {
        let city = self.city.as_ref().unwrap();
        HallClient::new(city.url(), city.ca_pem(), station).unwrap()
    }

    /// What the city says to the code of a booking.
    fn asks(&self, code: &str) -> (CheckIn, String) {
        let request = CheckInRequest {
            code: Some(Private::new(code.to_owned())),
            ..CheckInRequest::default()
        };
        let answer = self.keeper.client.check_in(&request);
        let answer = self.runtime.block_on(answer).unwrap();
        let ticket = answer.ticket.map(|ticket| ticket.number.to_string());
        (answer.outcome, ticket.unwrap_or_default())
    }
}

#[test]
fn who_booked_is_known_again_by_card_and_by_code_and_nobody_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start(folder.path());
    assert_eq!(room.find(ZHANG), None, "there is no list yet");
    let code = room.booked(ZHANG, 0);
    room.look().unwrap();
    assert_eq!(
        room.listed(ZHANG),
        (BookingState::Booked, "B001".to_owned())
    );
    let by = ListedBy::Code(Secret::new(code.to_lowercase()));
    assert_eq!(room.keeper.hall.find(&by), room.find(ZHANG));
    assert_eq!(room.find(LI), Some(None));
    let by = ListedBy::Code(Secret::new(ZHANG));
    assert_eq!(room.keeper.hall.find(&by), Some(None));
}

#[test]
fn the_city_comes_back_and_has_everybody_who_was_let_in_without_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Beating::start(folder.path());
    let code = room.booked(ZHANG, 0);
    room.look().unwrap();
    room.stop();
    assert!(room.look().is_err());
    let booking = room.find(ZHANG).unwrap().unwrap().id;
    assert_eq!(room.keep(Some(booking), None), None);
    let arrived = (BookingState::Arrived, "B001".to_owned());
    assert_eq!(room.listed(ZHANG), arrived, "noted at once");
    let own = room.keep(None, Some(Uuid::now_v7()));
    assert_eq!(own.as_deref(), Some("A001"));
    room.start_again();
    room.look().unwrap();
    assert_eq!(room.listed(ZHANG), arrived, "the city has not heard of it");
    room.send();
    let mut queue = room.queue();
    queue.sort();
    assert_eq!(queue, ["A001", "B001"]);
    room.look().unwrap();
    assert_eq!(room.queue().len(), 2);
    assert_eq!(room.asks(&code), (CheckIn::Already, "B001".to_owned()));
    assert_eq!(room.store.numbers_given(10).unwrap(), []);
}

#[test]
fn who_is_late_without_the_city_has_one_number_in_whichever_order_it_hears_of_it() {
    for report_first in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let room = Beating::start_with(folder.path(), |config| {
            let policy = r#"{"hall": {"checkInAfterMinutes": 0}}"#;
            std::fs::create_dir_all(&config.catalogue).unwrap();
            std::fs::write(config.catalogue.join("policy.json"), policy).unwrap();
        });
        let code = room.booked(LI, -1);
        room.look().unwrap();
        let booking = room.find(LI).unwrap().unwrap().id;
        let own = room.keep(Some(booking), Some(booking));
        assert_eq!(own.as_deref(), Some("A001"));
        let late = (BookingState::Late, "A001".to_owned());
        assert_eq!(room.listed(LI), late);
        if report_first {
            room.look().unwrap();
        }
        room.send();
        room.look().unwrap();
        assert_eq!(room.queue(), ["A001"], "report first: {report_first}");
        assert_eq!(room.asks(&code), (CheckIn::Already, "A001".to_owned()));
        // A kiosk that has just started hears of the number that was given.
        room.keeper.hall.forget(&room.keeper.inbox);
        room.look().unwrap();
        assert_eq!(room.listed(LI), late);
    }
}

#[test]
fn numbers_are_reserved_before_they_are_needed_and_again_when_few_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start(folder.path());
    let today = civil(Timestamp::now()).date();
    room.look().unwrap();
    room.look().unwrap();
    let left = room.store.numbers_left(today).unwrap();
    assert_eq!((left.count, left.last), (20, Some(20)));
    for _ in 0..11 {
        room.keep(None, Some(Uuid::now_v7())).unwrap();
    }
    room.look().unwrap();
    let left = room.store.numbers_left(today).unwrap();
    assert_eq!((left.count, left.last), (29, Some(40)));
}

#[test]
fn the_clock_of_a_kiosk_that_was_ahead_costs_nobody_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start(folder.path());
    room.booked(ZHANG, 0);
    room.look().unwrap();
    let last_of_today = civil(Timestamp::now())
        .with()
        .hour(23)
        .minute(59)
        .second(59);
    let ahead = crate::filing::city_time(last_of_today.build().unwrap());
    room.keep_at(None, Some(Uuid::now_v7()), ahead.timestamp())
        .unwrap();
    room.look().unwrap();
    assert_eq!(room.queue(), ["A001"]);
    assert_eq!(room.store.numbers_given(10).unwrap(), []);
    assert!(room.find(ZHANG).unwrap().is_some());
}

#[test]
fn a_number_of_a_week_ago_keeps_no_other_from_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start(folder.path());
    room.look().unwrap();
    let long_ago =
        Timestamp::now() - SignedDuration::from_hours(7 * 24) + SignedDuration::from_secs(30);
    let day = civil(long_ago).date();
    room.store.add_numbers(day, 5, 9).unwrap();
    let old = room.keep_at(None, Some(Uuid::now_v7()), long_ago);
    assert_eq!(old.as_deref(), Some("A005"));
    room.keep(None, Some(Uuid::now_v7())).unwrap();
    // The city's clock is ahead of the kiosk's: it takes no more what the kiosk still tells.
    room.city.as_ref().unwrap().clock().advance(60);
    room.look().unwrap();
    assert_eq!(room.queue(), ["A001"]);
    assert_eq!(room.store.numbers_given(10).unwrap(), []);
}

#[test]
fn a_revoked_kiosk_lets_nobody_in_by_the_last_list() {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start(folder.path());
    room.booked(ZHANG, 0);
    room.look().unwrap();
    let kiosk = room.store.enrolment().unwrap().unwrap().kiosk.to_string();
    let city = room.city.as_ref().unwrap();
    city.revoke_kiosk(&kiosk, "stolen").unwrap();
    assert!(!room.runtime.block_on(room.keeper.look_at_hall()));
    assert_eq!(room.find(ZHANG), None);
}

#[test]
fn the_screen_of_a_hall_starts_anew_and_the_city_too_and_the_last_calls_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Beating::start(folder.path());
    for _ in 0..2 {
        let request = Request::WalkIn { id: Uuid::now_v7() };
        let keeper = &room.keeper;
        let taken = errands::reply(&keeper.client, &keeper.hall, request, None);
        room.runtime.block_on(taken).unwrap();
    }
    room.press(1, Press::Next);
    room.press(2, Press::Next);
    let screen = room.screen(STATION);
    let looks = |room: &Beating| room.runtime.block_on(look(&screen)).unwrap();
    let now = crate::clock::Clock::new().now();
    let numbers = |board: &Board| -> Vec<(String, u16)> {
        let calls = board.shown(now).calls.into_iter();
        calls.map(|call| (call.number, call.counter)).collect()
    };
    let mut board = Board::default();
    board.news(now, news(looks(&room).unwrap()));
    let both = [("A002".to_owned(), 2), ("A001".to_owned(), 1)];
    assert_eq!(numbers(&board), both);
    room.stop();
    assert_eq!(looks(&room), None, "away is no error");
    room.start_again();
    let mut anew = Board::default();
    let answer = looks(&room).unwrap();
    assert!(!answer.name.zh.is_empty() && !answer.name.en.is_empty());
    anew.news(now, news(answer));
    assert_eq!(numbers(&anew), both);
    assert_eq!(anew.shown(now).announced, None, "called before");
    room.press(1, Press::Recall);
    anew.news(now, news(looks(&room).unwrap()));
    let announced = anew.shown(now).announced.unwrap();
    assert_eq!((announced.number.as_str(), announced.counter), ("A001", 1));
    let nowhere = room.screen("S999");
    let refused = room.runtime.block_on(look(&nowhere));
    assert!(matches!(refused, Err(CityError::Refused { .. })));
}
