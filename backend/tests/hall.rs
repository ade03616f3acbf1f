//! The hall: bookings, check-in, tickets and counters, over two nodes and several kiosks at once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use city_api::application::{Arrival, to_bytes};
use city_api::packet::{Kind, Role};
use city_api::requests::hall::{
    AppointmentView, AppointmentsAnswer, BookRequest, CheckInAnswer, CheckInRequest, CounterAnswer,
    CounterRequest, GivenTicket, HallAnswer, MoveRequest, Press, RangeAnswer, RangeRequest,
    ReportAnswer, ReportRequest, SlotView, SlotsAnswer, TicketRequest, TicketView, TodayAnswer,
    WaitsAnswer, mark,
};
use city_api::requests::identity::IdentityMethod;
use city_api::requests::officer::{ActionAnswer, OfficerRole, SupplementRequest};
use city_api::requests::persons::GrantRequest;
use city_api::requests::{Private, ProblemCode, paths};
use city_catalogue::hall::{BookingState, CheckIn, Letter, TicketNumber, TicketState};
use jiff::Timestamp;
use uuid::Uuid;

use common::filing::{CHEN, LI, Someone, ZHANG, part};
use common::{Room, TestKiosk, TestOfficer, problem, read};

/// 公证申请: it takes bookings, four for a slot.
const BOOKABLE: &str = "12590100YT0010121H359201200200001";

/// A city whose first station has so many counters, with settings of its own, and whose years have no notice: whenever
/// this runs, at least three of the next seven days are working days. It is nine in the
/// morning there: the queue is one of a day, and a test that goes an hour on stays in it.
fn hall(counters: u32, policy: &str) -> Room {
    let room = Room::open_with(|config| {
        let mut files = city_backend::sample_city::FILES.iter();
        let (name, text) = files.find(|(name, _)| *name == "catalogue.json").unwrap();
        let mut catalogue: serde_json::Value = serde_json::from_str(text).unwrap();
        catalogue["city"]["stations"][0]["windows"] = counters.into();
        std::fs::create_dir_all(&config.catalogue).unwrap();
        for (name, text) in [
            (*name, catalogue.to_string().as_str()),
            ("policy.json", policy),
            ("holidays.json", r#"{"meta": {}, "years": {}}"#),
        ] {
            std::fs::write(config.catalogue.join(name), text).unwrap();
        }
    });
    let now = city_backend::clock::civil(room.city().clock().now());
    let tomorrow = now.date().tomorrow().unwrap();
    let nine = tomorrow
        .at(9, 0, 0, 0)
        .to_zoned(city_backend::clock::zone());
    room.wait_until(nine.unwrap().timestamp());
    room
}

/// The slots of a day.
const DAY: usize = 14;

impl Room {
    fn slots(&self, station: &str) -> Vec<SlotView> {
        let path = format!("{}?item={BOOKABLE}&station={station}", paths::SLOTS);
        read::<SlotsAnswer>(self.get(&path)).slots
    }

    fn clerk(&self, person: &str) -> TestOfficer {
        self.officer("ZSJ", OfficerRole::Window, person)
    }

    /// Waits until the worker has done its part.
    fn until(&self, sql: &str, expected: &str) {
        self.city().wake();
        let begin = Instant::now();
        while self.column(sql) != [expected] {
            assert!(begin.elapsed() < Duration::from_secs(20), "{sql}");
            std::thread::yield_now();
        }
    }

    /// Sets the city's clock to an instant that is still to come.
    fn wait_until(&self, at: Timestamp) {
        let clock = self.city().clock();
        clock.advance(at.duration_since(clock.now()).as_secs() + 1);
        assert!(clock.now() >= at);
    }
}

impl TestKiosk {
    fn card(&self, who: Someone) -> Private {
        self.grant(who.number, who.name, IdentityMethod::Card)
    }

    /// Somebody made up for a crowd.
    fn nobody(&self, number: usize) -> Private {
        let number = format!("5901021990{number:08}");
        self.grant(&number, "某人", IdentityMethod::Card)
    }

    fn wish(&self, grant: &Private, begins: Timestamp) -> BookRequest {
        BookRequest {
            id: Uuid::now_v7(),
            grant: grant.clone(),
            item: BOOKABLE.into(),
            station: self.station.clone(),
            begins,
        }
    }

    fn book(&self, grant: &Private, begins: Timestamp) -> AppointmentView {
        read(self.post(paths::APPOINTMENTS, &self.wish(grant, begins)))
    }

    fn check_in(&self, asked: &CheckInRequest) -> CheckInAnswer {
        read(self.post(paths::CHECK_INS, asked))
    }

    fn ticket(&self, letter: Letter) -> TicketView {
        let asked = TicketRequest {
            id: Uuid::now_v7(),
            letter,
            item: None,
            grant: None,
        };
        read(self.post(paths::TICKETS, &asked))
    }

    fn range(&self, beyond: Option<u32>) -> RangeAnswer {
        let asked = RangeRequest {
            day: self.now().date(),
            letter: Letter::WalkIn,
            beyond,
        };
        read(self.post(paths::TICKET_RANGES, &asked))
    }

    fn report(&self, tickets: Vec<GivenTicket>) -> Vec<TicketNumber> {
        let answer: ReportAnswer =
            read(self.post(paths::TICKET_REPORTS, &ReportRequest { tickets }));
        answer
            .tickets
            .into_iter()
            .map(|ticket| ticket.number)
            .collect()
    }

    /// A ticket given without the city.
    fn given(&self, number: u32) -> GivenTicket {
        GivenTicket {
            id: Uuid::now_v7(),
            number: walk_in(number),
            arrived: self.now().timestamp(),
            item: None,
        }
    }
}

fn walk_in(number: u32) -> TicketNumber {
    TicketNumber {
        letter: Letter::WalkIn,
        number,
    }
}

fn by_card(grant: Private) -> CheckInRequest {
    CheckInRequest {
        grant: Some(grant),
        ..CheckInRequest::default()
    }
}

fn press(press: Press) -> CounterRequest {
    CounterRequest {
        press,
        after: None,
        to: None,
    }
}

fn next(after: Option<TicketNumber>) -> CounterRequest {
    CounterRequest {
        after,
        ..press(Press::Next)
    }
}

impl TestOfficer {
    fn at_counter(&self, counter: u16, asked: &CounterRequest) -> CounterAnswer {
        read(self.post(&paths::counter("S001", counter), asked))
    }

    fn number(&self, counter: u16, asked: &CounterRequest) -> Option<TicketNumber> {
        self.at_counter(counter, asked)
            .ticket
            .map(|ticket| ticket.number)
    }
}

/// How often all clerks press together: the full count with `KIOSK_LONG`.
fn rounds() -> u32 {
    match std::env::var_os("KIOSK_LONG") {
        Some(_) => 100,
        None => 6,
    }
}

#[test]
fn fifty_clerks_over_two_nodes_press_next_together_and_call_fifty_different_people() {
    let room = hall(50, r#"{"hall": {"rangeNumbers": 50}}"#);
    let second = room.second_node();
    let kiosk = room.kiosk();
    let clerks: Vec<_> = (1..=50_u16)
        .map(|counter| {
            let clerk = room.clerk(&format!("w{counter}"));
            let clerk = if counter % 2 == 0 {
                clerk.at(&second)
            } else {
                clerk
            };
            (counter, clerk)
        })
        .collect();
    let mut after = vec![None; 50];
    let mut last = None;
    for _ in 0..rounds() {
        let range = kiosk.range(last);
        last = Some(range.last);
        let came: Vec<_> = (range.first..=range.last)
            .map(|number| kiosk.given(number))
            .collect();
        let expected: BTreeSet<_> = came.iter().map(|ticket| ticket.number).collect();
        kiosk.report(came);
        let called: Vec<_> = std::thread::scope(|scope| {
            let pressing: Vec<_> = clerks
                .iter()
                .zip(&after)
                .map(|((counter, clerk), after)| {
                    scope.spawn(move || clerk.number(*counter, &next(*after)))
                })
                .collect();
            pressing
                .into_iter()
                .map(|press| press.join().unwrap())
                .collect()
        });
        let different: BTreeSet<_> = called.iter().flatten().copied().collect();
        assert_eq!(different, expected);
        after = called;
    }
    let states = room.rows("SELECT state, count(*) FROM ticket GROUP BY state ORDER BY state");
    let done = (rounds() - 1) * 50;
    assert_eq!(states, [["called", "50"], ["done", &done.to_string()]]);
    let events = room.column("SELECT count(*) FROM event WHERE kind = 'ticket called'");
    assert_eq!(events, [(rounds() * 50).to_string()]);
    second.shutdown();
}

#[test]
fn a_slot_of_four_places_takes_four_of_sixteen_who_book_at_once_on_two_nodes() {
    let room = hall(3, "{}");
    let second = room.second_node();
    let kiosk = room.kiosk();
    let doors = [kiosk.at(room.city()), kiosk.at(&second)];
    let slots = room.slots("S001");
    let (slot, other) = (slots[0].clone(), slots[1].clone());
    assert_eq!((slot.left, slots.len() % DAY), (4, 0));
    let together = |wishes: &[BookRequest]| -> Vec<Result<AppointmentView, ProblemCode>> {
        std::thread::scope(|scope| {
            let booking: Vec<_> = wishes
                .iter()
                .zip(doors.iter().cycle())
                .map(|(wish, door)| {
                    scope.spawn(move || {
                        let answer = door.post(paths::APPOINTMENTS, wish);
                        if answer.status().is_success() {
                            return Ok(read(answer));
                        }
                        Err(problem(answer).code)
                    })
                })
                .collect();
            booking.into_iter().map(|one| one.join().unwrap()).collect()
        })
    };
    let crowd: Vec<_> = (0..16).map(|who| kiosk.nobody(who)).collect();
    let wishes: Vec<_> = crowd
        .iter()
        .map(|who| kiosk.wish(who, slot.begins))
        .collect();
    let answers = together(&wishes);
    let booked: BTreeSet<_> = answers
        .iter()
        .flatten()
        .map(|booked| booked.ticket)
        .collect();
    let numbers: Vec<_> = booked.iter().map(ToString::to_string).collect();
    assert_eq!(numbers, ["B001", "B002", "B003", "B004"]);
    let full = answers
        .iter()
        .filter(|answer| **answer == Err(ProblemCode::SlotFull));
    assert_eq!(full.count(), 12);
    assert_eq!(room.slots("S001")[0].left, 0);
    // The same person at both nodes for two slots of a day: one booking.
    let one = kiosk.nobody(99);
    let wishes: Vec<_> = (0..8).map(|_| kiosk.wish(&one, other.begins)).collect();
    let answers = together(&wishes);
    assert_eq!(answers.iter().flatten().count(), 1);
    let refused = answers
        .iter()
        .filter(|answer| **answer == Err(ProblemCode::OneADay));
    assert_eq!(refused.count(), 7);
    second.shutdown();
}

#[test]
fn a_booking_is_asked_for_again_moved_and_cancelled_by_its_person_alone_up_to_two_hours_before() {
    let room = hall(3, "{}");
    let kiosk = room.kiosk();
    let slots = room.slots("S001");
    let (zhang, li) = (kiosk.card(ZHANG), kiosk.card(LI));
    let wish = kiosk.wish(&zhang, slots[0].begins);
    let booked: AppointmentView = read(kiosk.post(paths::APPOINTMENTS, &wish));
    let again: AppointmentView = read(kiosk.post(paths::APPOINTMENTS, &wish));
    assert_eq!(booked, again);
    let taken = BookRequest {
        grant: li.clone(),
        ..wish
    };
    let taken = problem(kiosk.post(paths::APPOINTMENTS, &taken));
    assert_eq!(taken.code, ProblemCode::OtherContent);
    // Not the begin of a slot; a station without counters; an item that takes no bookings.
    let refused = |change: fn(&mut BookRequest)| {
        let mut wish = kiosk.wish(&li, slots[0].begins);
        change(&mut wish);
        problem(kiosk.post(paths::APPOINTMENTS, &wish))
    };
    let between =
        refused(|wish| wish.begins = Timestamp::from_second(wish.begins.as_second() + 60).unwrap());
    assert_eq!(between.field.as_deref(), Some("begins"));
    assert_eq!(
        refused(|wish| wish.station = "K901".into()).code,
        ProblemCode::NotFound
    );
    assert_eq!(
        refused(|wish| wish.item = common::UNEMPLOYMENT.into()).code,
        ProblemCode::NotFound
    );

    let cancel = paths::cancel_appointment(booked.id);
    let to = |grant: &Private, begins| MoveRequest {
        grant: grant.clone(),
        station: "S001".into(),
        begins,
    };
    let shift = paths::move_appointment(booked.id);
    for answer in [
        kiosk.post(&cancel, &GrantRequest { grant: li.clone() }),
        kiosk.post(&shift, &to(&li, slots[1].begins)),
    ] {
        assert_eq!(problem(answer).code, ProblemCode::NotFound);
    }
    let later: AppointmentView = read(kiosk.post(&shift, &to(&zhang, slots[1].begins)));
    assert_eq!(
        (later.begins, later.ticket),
        (slots[1].begins, booked.ticket)
    );
    assert_eq!(room.slots("S001")[0].left, 4);
    let far: AppointmentView = read(kiosk.post(&shift, &to(&zhang, slots[DAY].begins)));
    assert_eq!(
        (far.code == booked.code, far.ticket.to_string()),
        (true, "B001".into())
    );

    let first = kiosk.book(&li, slots[0].begins);
    assert_eq!(first.ticket.to_string(), "B002");
    room.wait_until(Timestamp::from_second(slots[0].begins.as_second() - 7190).unwrap());
    let (zhang, li) = (kiosk.card(ZHANG), kiosk.card(LI));
    let late = kiosk.post(
        &paths::cancel_appointment(first.id),
        &GrantRequest { grant: li.clone() },
    );
    assert_eq!(problem(late).code, ProblemCode::TooLate);
    for _ in 0..2 {
        let ask = GrantRequest {
            grant: zhang.clone(),
        };
        let cancelled: AppointmentView = read(kiosk.post(&cancel, &ask));
        assert_eq!(cancelled.state, BookingState::Cancelled);
    }
    let mine: AppointmentsAnswer =
        read(kiosk.post(paths::OWN_APPOINTMENTS, &GrantRequest { grant: li }));
    assert_eq!(mine.appointments.len(), 1);
    let kinds = room.column("SELECT kind FROM event WHERE kind LIKE 'appointment %' AND kind <> 'appointments read' ORDER BY id");
    let expected = ["booked", "moved", "moved", "booked", "cancelled"];
    assert_eq!(kinds, expected.map(|what| format!("appointment {what}")));
}

#[test]
fn checked_in_at_two_kiosks_at_once_and_again_it_is_one_ticket() {
    let room = hall(3, "{}");
    let second = room.second_node();
    let (kiosk, beside, elsewhere) = (room.kiosk(), room.kiosk(), room.kiosk_at("S002"));
    let slots = room.slots("S001");
    let slot = &slots[2];
    let booked = kiosk.book(&kiosk.card(ZHANG), slot.begins);
    let chen = kiosk.book(&kiosk.card(CHEN), slot.begins);
    let later = kiosk.book(&kiosk.card(LI), slots[16].begins);
    let early = by_card(kiosk.card(ZHANG));
    assert_eq!(kiosk.check_in(&early).outcome, CheckIn::OtherDay);

    room.wait_until(Timestamp::from_second(slot.begins.as_second() - 3600).unwrap());
    let early = kiosk.check_in(&by_card(kiosk.card(ZHANG)));
    let opens = early.opens.unwrap().as_second();
    assert_eq!(
        (early.outcome, opens),
        (CheckIn::TooEarly, slot.begins.as_second() - 1800)
    );
    let away = elsewhere.check_in(&by_card(elsewhere.card(ZHANG)));
    assert_eq!(
        (away.outcome, away.station.as_deref()),
        (CheckIn::OtherStation, Some("S001"))
    );
    let none = kiosk.check_in(&by_card(kiosk.nobody(1)));
    assert_eq!((none.outcome, none.ticket), (CheckIn::NoBooking, None));

    // What the kiosk keeps in memory tells who is there without the city, and names nobody.
    let today: TodayAnswer = read(kiosk.get(paths::TODAY));
    assert_eq!(today.appointments.len(), 2);
    let expected = &today.appointments[0];
    assert_eq!(
        expected.person.as_deref(),
        Some(mark(&today.salt, ZHANG.number).as_str())
    );
    assert_eq!(expected.code, mark(&today.salt, booked.code.reveal()));
    assert!(
        read::<TodayAnswer>(elsewhere.get(paths::TODAY))
            .appointments
            .is_empty()
    );

    room.wait_until(expected.opens);
    let by_code = CheckInRequest {
        code: Some(Private::new(booked.code.reveal().to_lowercase())),
        ..CheckInRequest::default()
    };
    let alone = CheckInRequest {
        appointment: Some(booked.id),
        at: Some(kiosk.now().timestamp()),
        ..CheckInRequest::default()
    };
    let there = beside.at(&second);
    let asks = [
        (&kiosk, by_card(kiosk.card(ZHANG))),
        (&there, by_code.clone()),
        (&beside, alone),
    ];
    let answers: Vec<CheckInAnswer> = std::thread::scope(|scope| {
        let asking: Vec<_> = asks
            .iter()
            .map(|(kiosk, ask)| scope.spawn(|| kiosk.check_in(ask)))
            .collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let in_time = answers
        .iter()
        .filter(|answer| answer.outcome == CheckIn::InTime)
        .count();
    assert_eq!(in_time, 1, "{answers:?}");
    for answer in &answers {
        assert!(matches!(answer.outcome, CheckIn::InTime | CheckIn::Already));
        assert_eq!(answer.ticket.as_ref().unwrap().number, booked.ticket);
    }
    assert_eq!(room.column("SELECT count(*) FROM ticket"), ["1"]);

    // Another one is let in without the city; the packet comes a day later and counts from its own time.
    let arrival = Arrival {
        appointment: chen.id,
        station: "S001".into(),
    };
    let content = part(Role::Content, &to_bytes(&arrival).unwrap());
    let packet = kiosk.seal(Kind::CheckIn, None, vec![content]);

    // Sixteen minutes into the slot: the normal queue.
    room.wait_until(Timestamp::from_second(later.begins.as_second() + 901).unwrap());
    let late = kiosk.check_in(&by_card(kiosk.card(LI)));
    let ticket = late.ticket.unwrap();
    assert_eq!((late.outcome, ticket.number), (CheckIn::Late, walk_in(1)));
    let again = beside.check_in(&by_card(beside.card(LI)));
    assert_eq!(
        (again.outcome, again.ticket.unwrap().number),
        (CheckIn::Already, walk_in(1))
    );
    kiosk.send(&packet);
    kiosk.acknowledged(&packet, kiosk.post_packet(&packet));
    let states = room.column("SELECT state FROM appointment ORDER BY begins, ticket");
    assert_eq!(states, ["arrived", "arrived", "late"]);
    let told = room.column("SELECT detail FROM event WHERE kind = 'checked in' ORDER BY id");
    let ends = ["in_time", "late", "in_time"];
    assert!(
        told.len() == 3 && told.iter().zip(ends).all(|(told, end)| told.ends_with(end)),
        "{told:?}"
    );
    assert!(room.city().cases().unwrap().is_empty());
    second.shutdown();
}

#[test]
fn three_who_do_not_come_in_ninety_days_book_nothing_for_thirty_and_walk_in_all_the_same() {
    let room = hall(3, "{}");
    let kiosk = room.kiosk();
    let slots = room.slots("S001");
    let zhang = kiosk.card(ZHANG);
    for day in 0..3 {
        kiosk.book(&zhang, slots[day * DAY].begins);
    }
    room.wait_until(Timestamp::from_second(slots[2 * DAY].begins.as_second() + 24 * 3600).unwrap());
    room.until("SELECT count(*) FROM event WHERE kind = 'no-show'", "3");
    assert_eq!(
        room.column("SELECT count(*) FROM appointment WHERE number IS NOT NULL"),
        ["0"]
    );
    let zhang = kiosk.card(ZHANG);
    let slot = room.slots("S001")[3].begins;
    let barred = problem(kiosk.post(paths::APPOINTMENTS, &kiosk.wish(&zhang, slot)));
    assert_eq!(barred.code, ProblemCode::Barred);
    let mine: AppointmentsAnswer =
        read(kiosk.post(paths::OWN_APPOINTMENTS, &GrantRequest { grant: zhang }));
    assert!(mine.barred_until.unwrap() > kiosk.now().date());
    assert_eq!(kiosk.ticket(Letter::WalkIn).number, walk_in(1));
    kiosk.book(&kiosk.card(LI), slot);
    room.wait_until(
        Timestamp::from_second(kiosk.now().timestamp().as_second() + 31 * 24 * 3600).unwrap(),
    );
    room.until("SELECT state FROM ticket", "cancelled");
    room.until(
        "SELECT detail FROM event WHERE kind = 'hall closed'",
        "1 tickets left",
    );
    let slot = room.slots("S001")[0].begins;
    kiosk.book(&kiosk.card(ZHANG), slot);
}

#[test]
fn two_kiosks_without_the_city_give_different_numbers_and_all_of_them_are_called_by_arrival() {
    let room = hall(3, "{}");
    let (one, two) = (room.kiosk(), room.kiosk());
    let ranges = [one.range(None), two.range(None)];
    assert_eq!(one.range(None), ranges[0]);
    assert!(ranges[0].last < ranges[1].first);
    let further = one.range(Some(ranges[0].last));
    assert!(further.first > ranges[1].last && one.range(Some(ranges[0].last)) == further);
    assert_eq!(one.ticket(Letter::WalkIn).number, walk_in(further.last + 1));

    // An answer is lost: the kiosk gives a number of its own under the same id, and that is on the paper.
    let lost = TicketRequest {
        id: Uuid::now_v7(),
        letter: Letter::WalkIn,
        item: None,
        grant: None,
    };
    let drawn: TicketView = read(two.post(paths::TICKETS, &lost));
    let again: TicketView = read(two.post(paths::TICKETS, &lost));
    assert_eq!(drawn.number, again.number);
    let paper = GivenTicket {
        id: lost.id,
        ..two.given(ranges[1].first)
    };
    let given = [
        paper.clone(),
        two.given(ranges[1].first + 1),
        // Restored from an old copy, it gives a number twice; and one of the other kiosk's.
        two.given(ranges[1].first + 1),
        two.given(ranges[0].first),
    ];
    let merged = two.report(given.to_vec());
    assert_eq!(merged[..2], [given[0].number, given[1].number]);
    assert_eq!(two.report(given.to_vec()), merged);
    assert_eq!(
        one.report(vec![one.given(ranges[0].first)]),
        [walk_in(ranges[0].first)]
    );
    let numbers = room.column("SELECT DISTINCT number FROM ticket WHERE letter = 'A'");
    assert_eq!(
        (numbers.len(), room.column("SELECT count(*) FROM ticket")),
        (6, vec!["6".to_owned()])
    );
    // Back after a correction notice: only somebody whose case waits for one.
    let packet = one.legal_aid(LI);
    let case = one.send(&packet).case_number.unwrap().to_string();
    let notice = SupplementRequest {
        materials: vec![4],
        words: "请补充".into(),
    };
    let path = paths::case_action(&case, paths::CaseAction::Supplement);
    read::<ActionAnswer>(room.clerk("w1").post(&path, &notice));
    let returned = |who: Someone| {
        let asked = TicketRequest {
            id: Uuid::now_v7(),
            letter: Letter::Returned,
            item: None,
            grant: Some(one.card(who)),
        };
        one.post(paths::TICKETS, &asked)
    };
    assert_eq!(read::<TicketView>(returned(LI)).number.to_string(), "R001");
    assert_eq!(problem(returned(ZHANG)).code, ProblemCode::Forbidden);
    let named = problem(two.post(
        paths::TICKET_REPORTS,
        &ReportRequest {
            tickets: vec![GivenTicket {
                number: "B001".parse().unwrap(),
                ..paper
            }],
        },
    ));
    assert_eq!(named.field.as_deref(), Some("tickets[0].number"));
}

#[test]
fn a_counter_calls_recalls_parks_forwards_and_misses_and_waits_are_told_from_the_past() {
    let room = hall(3, "{}");
    let kiosk = room.kiosk();
    let (clerk, approver) = (
        room.clerk("w1"),
        room.officer("SFJ", OfficerRole::Approver, "a1"),
    );
    let counter = |number| paths::counter("S001", number);
    assert_eq!(
        problem(approver.post(&counter(1), &next(None))).code,
        ProblemCode::Forbidden
    );
    for path in [
        counter(4),
        counter(0),
        paths::counter("S999", 1),
        "/v1/stations/S001/counters/x".into(),
    ] {
        assert_eq!(
            problem(clerk.post(&path, &next(None))).code,
            ProblemCode::NotFound,
            "{path}"
        );
    }
    let refused = "SELECT count(*) FROM event WHERE kind = 'action refused'";
    assert_eq!(room.column(refused), ["1"]);
    assert_eq!(clerk.at_counter(1, &next(None)).ticket, None);
    assert_eq!(
        problem(clerk.post(&counter(1), &press(Press::Recall))).code,
        ProblemCode::WrongState
    );

    let tickets: Vec<_> = (0..3)
        .map(|_| kiosk.ticket(Letter::WalkIn).number)
        .collect();
    let first = kiosk.ticket(Letter::Priority);
    assert_eq!((first.ahead, first.likely_seconds), (Some(0), None));
    assert_eq!(clerk.number(1, &next(None)), Some(first.number));
    assert_eq!(clerk.number(1, &next(None)), Some(first.number));
    let forward = CounterRequest {
        to: Some(2),
        ..press(Press::Forward)
    };
    assert_eq!(clerk.number(1, &forward), None);
    assert_eq!(clerk.number(1, &next(None)), Some(tickets[0]));
    assert_eq!(clerk.number(2, &next(None)), Some(first.number));
    let early = problem(clerk.post(&counter(1), &press(Press::Missed)));
    assert_eq!(early.code, ProblemCode::WrongState);
    for calls in [2, 3] {
        assert_eq!(
            clerk
                .at_counter(1, &press(Press::Recall))
                .ticket
                .unwrap()
                .calls,
            calls
        );
    }
    clerk.at_counter(1, &press(Press::Missed));
    clerk.at_counter(2, &press(Press::Park));
    let shown: HallAnswer = read(room.get(&paths::hall("S001")));
    assert_eq!(
        (
            shown.waiting["A"],
            shown.parked[0].number,
            shown.called.len()
        ),
        (3, first.number, 0)
    );
    assert_eq!(clerk.number(2, &next(None)), Some(tickets[1]));
    let readmitted = || clerk.post(&paths::readmit("S001", first.number), &());
    assert_eq!(read::<TicketView>(readmitted()).state, TicketState::Waiting);
    assert_eq!(problem(readmitted()).code, ProblemCode::WrongState);
    let kinds = room.column(
        "SELECT kind FROM event WHERE kind LIKE 'ticket %' AND kind <> 'ticket given' ORDER BY id",
    );
    let expected = [
        "called",
        "forwarded",
        "called",
        "called",
        "called",
        "called",
        "missed",
        "parked",
        "called",
        "readmitted",
    ];
    assert_eq!(kinds, expected.map(|what| format!("ticket {what}")));

    // A minute for each place: after ten calls people are told, and what they were told is measured.
    let mut after = Some(tickets[1]);
    for _ in 0..10 {
        kiosk.ticket(Letter::Enterprise);
    }
    while let Some(called) = clerk.number(2, &next(after)) {
        after = Some(called);
        room.city().clock().advance(60);
    }
    let told = kiosk.ticket(Letter::WalkIn);
    assert!(told.likely_seconds.unwrap() >= told.optimistic_seconds.unwrap());
    assert_eq!(clerk.number(2, &next(None)), Some(told.number));
    let report: WaitsAnswer = read(clerk.get(&paths::waits("S001")));
    assert_eq!(
        (
            report.told,
            report.within_likely_percent,
            report.likely_percent
        ),
        (1, Some(100), 60)
    );
    assert!(
        room.column("SELECT detail FROM event")
            .iter()
            .all(|detail| !detail.contains(ZHANG.number))
    );
}

#[test]
fn the_fifth_call_pushes_the_first_from_the_screen_of_the_hall_and_a_recall_comes_to_its_top() {
    let room = hall(3, "{}");
    let (kiosk, clerk) = (room.kiosk(), room.clerk("w1"));
    let shown = || {
        room.city().clock().advance(1);
        let shown: HallAnswer = read(room.get(&paths::hall("S001")));
        let calls = shown.calls.into_iter();
        calls
            .map(|call| (call.number.number, call.counter))
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(), [], "nobody was called yet");
    let tickets: Vec<_> = (0..5)
        .map(|_| kiosk.ticket(Letter::WalkIn).number)
        .collect();
    for (counter, after) in [
        (1, None),
        (2, None),
        (3, None),
        (1, Some(tickets[0])),
        (2, Some(tickets[1])),
    ] {
        clerk.number(counter, &next(after));
        shown();
    }
    assert_eq!(shown(), [(5, 2), (4, 1), (3, 3), (2, 2)]);
    // An answer that was lost calls nobody anew.
    clerk.number(1, &next(None));
    assert_eq!(shown(), [(5, 2), (4, 1), (3, 3), (2, 2)]);
    clerk.at_counter(3, &press(Press::Recall));
    assert_eq!(shown(), [(3, 3), (5, 2), (4, 1), (2, 2)]);
    // Who is finished with, or sent to another counter, was called all the same.
    clerk.at_counter(2, &press(Press::Done));
    let forward = CounterRequest {
        to: Some(2),
        ..press(Press::Forward)
    };
    clerk.at_counter(3, &forward);
    assert_eq!(shown(), [(3, 3), (5, 2), (4, 1), (2, 2)]);
    clerk.number(2, &next(None));
    assert_eq!(shown(), [(3, 2), (5, 2), (4, 1), (2, 2)]);
}
