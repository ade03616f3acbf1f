//! One screen of every page, in every state that looks different. All persons are fictional.

use city_catalogue::Text;
use jiff::civil::{DateTime, date};
use kiosk_core::screen::*;
use kiosk_core::{Display, HelpShown, Lights, PrintTrouble, Screen};

mod appointment;
mod enquiry;
mod filing;
mod service;
mod withdraw;

#[cfg(test)]
pub(crate) use filing::document;

/// A text in both languages.
pub(crate) fn text(zh: &str, en: &str) -> Text {
    Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

fn item() -> Text {
    text("失业登记", "Unemployment registration")
}

fn body() -> Text {
    text(
        "云汀市公共就业服务中心",
        "Yunting Employment Service Centre",
    )
}

const ONE: Turn = Turn { at: 1, of: 1 };

/// A screen with `page` on it in the middle of an application.
pub(crate) fn screen(number: u32, lang: Lang, page: Page, action: Option<Action>) -> Screen {
    Screen {
        codes: None,
        help: HelpShown::NotCalled,
        lights: Lights::default(),
        aloud: kiosk_core::Aloud::default(),
        number: PageNumber(number),
        lang,
        display: Display::default(),
        progress: Some(Progress {
            step: 3,
            steps: 6,
            minutes: 2,
        }),
        foot: Foot {
            back: true,
            help: true,
            end: true,
            primary: action.map(|action| Primary {
                action,
                enabled: true,
            }),
        },
        page,
        overlay: None,
    }
}

/// A question by keyboard.
pub(crate) fn asked(ask: Ask) -> Page {
    Page::Question(Box::new(QuestionPage {
        label: text("单位名称", "Name of the employer"),
        optional: true,
        sensitive: false,
        ask,
        zone: false,
        problem: Some(ProblemShown {
            key: "too-long",
            values: vec![("max", "50".to_owned())],
        }),
    }))
}

/// A text question with the full keyboard.
pub(crate) fn typed(text: &str) -> Page {
    asked(Ask::Text {
        text: text.to_owned(),
        keyboard: Keyboard::Full,
        max: Some(50),
        long: false,
    })
}

/// The specimen of ICAO 9303-4, appendix A, being typed.
pub(crate) fn lines_of_a_passport() -> Ask {
    Ask::Text {
        text: "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F".to_owned(),
        keyboard: Keyboard::Zone,
        max: None,
        long: true,
    }
}

/// Known facts; the name has a character no font has.
pub(crate) fn facts() -> Page {
    let fact = |zh: &str, en: &str, value: &str, from, masked| Fact {
        label: text(zh, en),
        value: value.to_owned(),
        from,
        disputed: from == FactSource::Register,
        masked,
        editable: from == FactSource::Typed,
    };
    Page::Facts(FactsPage {
        facts: vec![
            fact("姓名", "Name", "陈\u{2cc56}样", FactSource::Card, false),
            fact(
                "公民身份号码",
                "Identity number",
                "5****************X",
                FactSource::Card,
                true,
            ),
            fact(
                "户籍所在地",
                "Registered at",
                "云汀市 汀东区",
                FactSource::Register,
                false,
            ),
            fact(
                "手机号码",
                "Mobile number",
                "154****0005",
                FactSource::Typed,
                true,
            ),
        ],
        turn: ONE,
    })
}

/// How the printing of a result can stand, with what keeps it.
pub(crate) const RESULTS: [(ResultPrinting, Option<PrintTrouble>); 7] = [
    (ResultPrinting::Offered, None),
    (ResultPrinting::Printing, None),
    (ResultPrinting::Printing, Some(PrintTrouble::Paper)),
    (ResultPrinting::HandedOver, None),
    (ResultPrinting::Partial, Some(PrintTrouble::Jam)),
    (ResultPrinting::Unknown, None),
    (ResultPrinting::Printed, None),
];

/// A result whose printing stands so.
pub(crate) fn result(printing: ResultPrinting, trouble: Option<PrintTrouble>) -> ResultShown {
    ResultShown {
        name: "就业失业登记证明".to_owned(),
        number: "YT-2026-000042".to_owned(),
        verification: "7QK4-M2XA".to_owned(),
        printing,
        trouble,
    }
}

/// Done, with the slip waiting.
pub(crate) fn done(place: Place, outcome: OutcomeShown, slip: SlipState) -> Page {
    Page::Done(DonePage {
        item: item(),
        receipt: "K7A4-9QXM-2RTC".to_owned(),
        place,
        outcome,
        slip,
        slip_trouble: None,
        result: Some(result(ResultPrinting::NotPrinted, None)),
        fees: fees(),
        matters: 1,
    })
}

fn fees() -> Vec<FeeShown> {
    let fee = |amount_fen| FeeShown {
        name: "证件工本费".to_owned(),
        standard: "每证 40 元".to_owned(),
        amount_fen,
        basis: "《居民身份证法》第二十条".to_owned(),
    };
    vec![fee(Some(4_000)), fee(None)]
}

/// Every page with its primary action.
pub(crate) fn all() -> Vec<(Page, Option<Action>)> {
    let mut pages = browse();
    pages.extend(identity());
    pages.extend(filing::questions());
    pages.extend(filing::papers());
    pages.extend(after());
    pages.extend(service::service());
    pages
}

fn browse() -> Vec<(Page, Option<Action>)> {
    let entry = |choice, closed| StartEntry { choice, closed };
    let list = |query: &str, open| {
        Page::Find(FindPage {
            query: query.to_owned(),
            groups: vec![GroupEntry {
                kind: GroupKind::LifeEvent,
                name: text("失业一件事", "Unemployment, one matter"),
                items: 3,
            }],
            open,
            items: vec![ItemEntry {
                name: item(),
                body: body(),
                instant: true,
                closed: Some(Reason::ScannerBroken),
            }],
            total: 1,
            turn: Turn { at: 1, of: 2 },
        })
    };
    vec![
        (
            Page::Idle(IdlePage {
                items_open: 56,
                trouble: Some(Reason::ReaderBroken),
                card_left: true,
                near: false,
                halted: None,
            }),
            None,
        ),
        (
            Page::Start(StartPage {
                choices: vec![
                    entry(StartChoice::Apply, None),
                    entry(StartChoice::MyMatters, Some(Reason::CityAway)),
                    entry(StartChoice::Print, None),
                    entry(StartChoice::Guides, None),
                    entry(StartChoice::CheckIn, Some(Reason::CityAway)),
                    entry(StartChoice::HumanHelp, None),
                ],
                waiting: Some(2),
            }),
            None,
        ),
        (list("", None), None),
        (list("", Some(text("劳动就业", "Work"))), None),
        (list("sydj", None), None),
        (guide(), Some(Action::Begin)),
    ]
}

fn guide() -> Page {
    let limit = |value, unit| LimitShown { value, unit };
    let material = |zh: &str, en: &str, state| GuideMaterial {
        name: text(zh, en),
        state,
    };
    Page::Guide(Box::new(GuidePage {
        name: item(),
        body: body(),
        instant: false,
        materials: vec![
            material(
                "居民身份证",
                "Resident identity card",
                MaterialState::FromCard,
            ),
            material(
                "劳动合同",
                "Labour contract",
                MaterialState::ToScanOrPromise,
            ),
        ],
        conditions: vec!["法定劳动年龄内".to_owned()],
        steps: vec![GuideStep {
            name: text("受理", "Accept"),
            body: body(),
            limit: limit(0, LimitUnitShown::Workday),
        }],
        promised: limit(1, LimitUnitShown::Workday),
        statutory: limit(15, LimitUnitShown::Day),
        fees: fees(),
        phone: "000-5550-0031".to_owned(),
        address: "云汀市政务服务中心".to_owned(),
        offline: Offline::CheckedLater,
        prints_here: true,
        closed: None,
        agents: AgentsShown::Taken {
            note: Some("受托人须出示双方身份证件及书面授权".to_owned()),
        },
        print: None,
        version: 3,
        turn: ONE,
    }))
}

/// The second person.
fn principal() -> Vec<(Page, Option<Action>)> {
    let person = || MaskedPerson {
        name: "周**".to_owned(),
        number: "5****************7".to_owned(),
        expired: false,
    };
    let choose = |ask| PrincipalPage::Choose {
        person: person(),
        ask,
    };
    let relations = vec![
        Relation::Child,
        Relation::Spouse,
        Relation::Parent,
        Relation::Relative,
        Relation::Guardian,
        Relation::Lawyer,
        Relation::Other,
    ];
    let ways = vec![Agreement::PhoneCode, Agreement::Paper];
    let pages = [
        (
            PrincipalPage::PutCard {
                again: Some(PrincipalTrouble::OwnCard),
                without: true,
            },
            None,
        ),
        (PrincipalPage::IsItThem(person()), Some(Action::ForThem)),
        (choose(PrincipalAsk::Relation(relations)), None),
        (choose(PrincipalAsk::Collect), None),
        (
            choose(PrincipalAsk::Agreement {
                ways,
                trouble: Some(AgreementTrouble::TooOften),
            }),
            None,
        ),
        (
            PrincipalPage::Name {
                text: "周".to_owned(),
            },
            Some(Action::Continue),
        ),
        (
            PrincipalPage::Number {
                text: "5901021981".to_owned(),
                trouble: Some(NumberTrouble::Wrong),
            },
            Some(Action::Continue),
        ),
        (
            PrincipalPage::Code {
                phone: "154****0007".to_owned(),
                typed: kiosk_core::Secret::new("285"),
                wrong: true,
            },
            Some(Action::ConfirmCode),
        ),
        (
            PrincipalPage::OwnCard {
                again: Some(PrincipalTrouble::AnotherCard),
            },
            None,
        ),
        (PrincipalPage::NotOfAge, None),
    ];
    pages
        .into_iter()
        .map(|(page, action)| (Page::Principal(page), action))
        .collect()
}

fn identity() -> Vec<(Page, Option<Action>)> {
    let person = || MaskedPerson {
        name: "陈*".to_owned(),
        number: "5****************X".to_owned(),
        expired: true,
    };
    let pages = [
        (
            IdentifyPage::PutCard {
                again: Some(CardTrouble::LiftAndPutBack),
            },
            None,
        ),
        (IdentifyPage::IsItYou(person()), Some(Action::ThisIsMe)),
        (
            IdentifyPage::SecondFactor {
                person: person(),
                ways: vec![
                    FactorWay::Face,
                    FactorWay::PhoneCode,
                    FactorWay::Staff,
                    FactorWay::CheckedLater,
                ],
                trouble: Some(FactorTrouble::Away),
            },
            None,
        ),
        (
            IdentifyPage::Code {
                phone: "154****0005".to_owned(),
                typed: kiosk_core::Secret::new("285"),
                wrong: true,
            },
            Some(Action::ConfirmCode),
        ),
        (
            IdentifyPage::Staff {
                typed: 4,
                wrong: false,
            },
            Some(Action::ConfirmCode),
        ),
    ];
    let waits = [
        Waiting::Identity,
        Waiting::Principal,
        Waiting::Registers,
        Waiting::Options,
        Waiting::Document,
        Waiting::Matters,
        Waiting::CheckIn,
        Waiting::Ticket,
        Waiting::Appointments,
        Waiting::Booking,
        Waiting::Withdrawal,
        Waiting::Facts,
        Waiting::Enquiry,
    ];
    pages
        .into_iter()
        .map(|(page, action)| (Page::Identify(page), action))
        .chain(principal())
        .chain(waits.map(|what| (Page::Wait(WaitPage { what }), None)))
        .collect()
}

fn after() -> Vec<(Page, Option<Action>)> {
    let received = || Place::Received {
        filing: "590100-20261123-0042".to_owned(),
        case: None,
    };
    let due = Due {
        date: date(2026, 12, 3),
        provisional: true,
    };
    let waiting = SlipState::Waiting { seconds: Some(8) };
    let states = [
        (Place::StoredHere, OutcomeShown::Unknown, waiting),
        (
            received(),
            OutcomeShown::Filed { due: Some(due) },
            SlipState::Printing,
        ),
        (received(), OutcomeShown::Deciding, SlipState::Printed),
        (received(), OutcomeShown::Granted, SlipState::NotPrinted),
        (
            received(),
            OutcomeShown::WaitsForDepartment,
            SlipState::NoPrinter,
        ),
        (
            received(),
            OutcomeShown::Refused {
                reason: text("不在受理范围", "Outside the scope"),
            },
            SlipState::Unknown,
        ),
    ];
    let mut pages: Vec<(Page, Option<Action>)> = states
        .into_iter()
        .map(|(place, outcome, slip)| (done(place, outcome, slip), Some(Action::Finish)))
        .collect();
    let slips = [
        SlipState::Ready,
        SlipState::Taken,
        SlipState::DrawnBack,
        SlipState::Declined,
    ];
    for (slip, (printing, trouble)) in slips.into_iter().cycle().zip(RESULTS) {
        let Page::Done(mut page) = done(received(), OutcomeShown::Granted, slip) else {
            continue;
        };
        page.result = Some(result(printing, trouble));
        page.fees = Vec::new();
        pages.push((Page::Done(page), Some(Action::Finish)));
        let Page::Matter(mut page) = matter(due) else {
            continue;
        };
        page.result = Some(result(printing, trouble));
        pages.push((Page::Matter(page), Some(Action::BringPapers)));
    }
    let rate = RatePage {
        level: Some(2),
        reasons: Some([true, false, false, false, false]),
    };
    let goodbye = |things| GoodbyePage {
        card: things,
        original: things,
        on_glass: things,
        paper: things,
        coming: !things,
        nothing_filed: !things,
        has_number: !things,
    };
    pages.push((Page::Rate(rate), Some(Action::Rate)));
    pages.extend([true, false].map(|things| (Page::Goodbye(goodbye(things)), None)));
    pages.push((matters(due), None));
    pages.push((matter(due), Some(Action::BringPapers)));
    pages.extend(check_ins());
    pages.extend(appointment::all());
    pages.extend(withdraw::all());
    pages.extend(enquiry::all());
    pages
}

/// Every outcome of a check-in.
pub(crate) fn check_ins() -> Vec<(Page, Option<Action>)> {
    let ticket = |number: &str, counter, minutes| TicketShown {
        number: number.to_owned(),
        counter,
        ahead: Some(4),
        minutes,
    };
    let station = || StationShown {
        name: text("汀东便民服务站", "Tingdong Neighbourhood Station"),
        address: "云汀市汀东区演示路22号".to_owned(),
    };
    let (begins, opens) = (
        date(2026, 11, 24).at(14, 0, 0, 0),
        date(2026, 11, 24).at(13, 30, 0, 0),
    );
    let finish = Some(Action::Finish);
    [
        (
            CheckInPage::InTime {
                ticket: ticket("B014", None, Some(12)),
            },
            finish,
        ),
        (
            CheckInPage::Already {
                ticket: ticket("B014", Some(3), Some(12)),
            },
            finish,
        ),
        (CheckInPage::TooEarly { begins, opens }, finish),
        (
            CheckInPage::Late {
                ticket: ticket("A017", None, None),
            },
            finish,
        ),
        (
            CheckInPage::OtherStation {
                station: station(),
                begins,
            },
            finish,
        ),
        (
            CheckInPage::OtherDay {
                station: station(),
                begins,
            },
            finish,
        ),
        (
            CheckInPage::NoBooking { no_queue: false },
            Some(Action::TakeNumber),
        ),
        (CheckInPage::NoBooking { no_queue: true }, finish),
        (
            CheckInPage::WalkIn {
                ticket: ticket("A018", None, Some(20)),
            },
            finish,
        ),
        (CheckInPage::Away, Some(Action::TryAgain)),
    ]
    .map(|(outcome, action)| {
        let print = outcome.ticket().map(|_| SlipState::Printed);
        let page = CheckInShown {
            outcome,
            print,
            alone: None,
        };
        (Page::CheckIn(page), action)
    })
    .into_iter()
    .chain(check_ins_alone(begins, opens))
    .collect()
}

/// Outcomes that were found without the city.
fn check_ins_alone(begins: DateTime, opens: DateTime) -> Vec<(Page, Option<Action>)> {
    let ticket = |number: &str| TicketShown {
        number: number.to_owned(),
        counter: None,
        ahead: None,
        minutes: None,
    };
    let (late, booked) = (ticket("A021"), ticket("B014"));
    let finish = Some(Action::Finish);
    [
        (
            CheckInPage::InTime { ticket: booked },
            Alone::KeptHere,
            finish,
        ),
        (CheckInPage::Late { ticket: late }, Alone::Told, finish),
        (
            CheckInPage::TooEarly { begins, opens },
            Alone::Looked,
            finish,
        ),
        (
            CheckInPage::NoBooking { no_queue: false },
            Alone::Looked,
            Some(Action::TakeNumber),
        ),
        (
            CheckInPage::NoBooking { no_queue: true },
            Alone::Looked,
            finish,
        ),
        (CheckInPage::NoNumber, Alone::Looked, Some(Action::TryAgain)),
    ]
    .map(|(outcome, alone, action)| {
        let print = outcome.ticket().map(|_| SlipState::Printed);
        let page = CheckInShown {
            outcome,
            print,
            alone: Some(alone),
        };
        (Page::CheckIn(page), action)
    })
    .into()
}

fn matters(due: Due) -> Page {
    let entry = |state: &str, due| MatterEntry {
        item: item(),
        state: state.to_owned(),
        due,
        asked: true,
    };
    Page::Matters(MattersPage {
        matters: vec![
            entry("correction", Some(due)),
            entry("a-state-of-next-year", None),
        ],
        total: 2,
        turn: ONE,
        away: false,
        booked: Some(NextBooking {
            count: 2,
            begins: date(2026, 12, 3).at(9, 0, 0, 0),
        }),
    })
}

pub(crate) fn matter(due: Due) -> Page {
    let filed = date(2026, 11, 20).at(10, 12, 0, 0);
    Page::Matter(Box::new(MatterPage {
        item: item(),
        filing: "590100-20261123-0042".to_owned(),
        case: Some("11590100YT0000126C35905120010000202611230042".to_owned()),
        state: "correction".to_owned(),
        holder: body(),
        filed,
        promised: Some(due),
        statutory: None,
        history: vec![
            (filed, "submitted".to_owned()),
            (filed, "correction".to_owned()),
        ],
        asked: vec![text("证据材料", "Evidence")],
        words: Some("请补充劳动合同复印件。".to_owned()),
        result: None,
        delivery: None,
        enquiries: enquiry::asked(),
        may_object: true,
        may_withdraw: true,
    }))
}
