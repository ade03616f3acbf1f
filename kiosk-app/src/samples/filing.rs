//! Samples of the pages that ask and of those about paper.

use city_catalogue::delivery::Way;
use jiff::civil::date;
use kiosk_core::Secret;
use kiosk_core::screen::*;

use super::{ONE, asked, body, facts, fees, item, lines_of_a_passport, text, typed};

pub(super) fn questions() -> Vec<(Page, Option<Action>)> {
    let options = || {
        vec![
            OptionShown {
                name: text("互联网零售", "Online retail"),
                on: true,
            },
            OptionShown {
                name: text("小吃服务", "Snack service"),
                on: false,
            },
        ]
    };
    let tick = |consent| Tick { consent, on: true };
    let notice = Page::Notice(NoticePage {
        item: item(),
        body: body(),
        kinds: vec![text("姓名", "Name"), text("住址", "Address")],
        sensitive: vec![text("公民身份号码", "Identity number")],
        minor: true,
        ticks: [Consent::Notice, Consent::Sensitive, Consent::Guardian]
            .map(tick)
            .to_vec(),
    });
    let asks = [
        Ask::Text {
            text: "59010219900215001".to_owned(),
            keyboard: Keyboard::IdNumber,
            max: Some(18),
            long: false,
        },
        Ask::Text {
            text: "与用人单位发生争议，请求支付经济补偿金。".to_owned(),
            keyboard: Keyboard::Full,
            max: None,
            long: true,
        },
        lines_of_a_passport(),
        Ask::Choice {
            options: options(),
            turn: Turn { at: 1, of: 2 },
        },
        Ask::Choices {
            options: options(),
            turn: ONE,
        },
        Ask::YesNo { answer: Some(true) },
        Ask::Statement { on: false },
        Ask::Date {
            digits: "202611".to_owned(),
            month: false,
        },
        Ask::Region {
            path: vec![
                text("云汀市", "Yunting"),
                text("汀东区", "Tingdong District"),
            ],
            options: options(),
            turn: ONE,
        },
        Ask::Rows {
            columns: vec![text("姓名", "Name"), text("关系", "Relation")],
            rows: vec![vec!["赵演示".to_owned(), "子女".to_owned()]],
            may_add: true,
        },
    ];
    let mut pages = vec![
        (notice, Some(Action::Agree)),
        (facts(), Some(Action::AllRight)),
        (typed("云汀市示例小吃店"), Some(Action::Continue)),
    ];
    pages.extend(asks.map(|ask| (asked(ask), Some(Action::Continue))));
    pages.extend(deliveries());
    pages
}

pub(super) fn papers() -> Vec<(Page, Option<Action>)> {
    let lease = || text("房屋租赁合同", "Lease contract");
    let states = [
        MaterialState::AlreadyHeld,
        MaterialState::NotFound,
        MaterialState::ToScan,
        MaterialState::Scanned(2),
        MaterialState::Later(date(2026, 12, 7)),
    ];
    let row = |value: &str, material| ReviewRow {
        label: lease(),
        value: value.to_owned(),
        material,
        party: None,
        delivery: None,
        change: true,
        masked: false,
    };
    vec![
        (
            Page::Materials(MaterialsPage {
                materials: states
                    .map(|state| MaterialEntry {
                        name: lease(),
                        state,
                        opens: true,
                    })
                    .to_vec(),
                turn: ONE,
            }),
            Some(Action::Continue),
        ),
        (
            Page::Material(MaterialPage {
                name: lease(),
                standard: Some("齐全、清晰".to_owned()),
                common_errors: vec!["租赁合同未签章".to_owned()],
                state: MaterialState::ToScan,
                ways: vec![
                    MaterialWay::Scan,
                    MaterialWay::Promise,
                    MaterialWay::Later { workdays: 10 },
                    MaterialWay::LeaveOut,
                ],
                promise: false,
                camera: Some(CameraAway::Broken),
                portrait: true,
                bar: Some(CommitmentBar {
                    since: date(2026, 3, 2),
                    until: Some(date(2027, 3, 2)),
                    source: Some(body()),
                }),
            }),
            None,
        ),
        (
            Page::Scan(ScanPage::Place {
                name: lease(),
                pages: 1,
                feeder: true,
                desk: false,
                back: false,
                photo: false,
                trouble: Some(ScanTrouble::Jam),
            }),
            Some(Action::Scan),
        ),
        (
            Page::Scan(ScanPage::Place {
                name: lease(),
                pages: 0,
                feeder: false,
                desk: true,
                back: false,
                photo: false,
                trouble: None,
            }),
            Some(Action::Scan),
        ),
        (
            Page::Scan(ScanPage::Scanning {
                name: lease(),
                pages: 4,
                percent: 60,
                desk: false,
            }),
            None,
        ),
        (
            Page::Scan(ScanPage::Look {
                name: lease(),
                picture: PictureId(1),
                page: 2,
                may_add: true,
                may_turn: true,
                desk: true,
                left: false,
                advice: Some(PageAdvice::Blank),
            }),
            Some(Action::KeepPage),
        ),
        (
            Page::Scan(ScanPage::Pages {
                name: lease(),
                picture: PictureId(1),
                page: 2,
                pages: 3,
                may_add: true,
                may_turn: true,
                desk: false,
                left: true,
                advice: Some(PageAdvice::NearlyBlank),
            }),
            Some(Action::PagesDone),
        ),
        (
            Page::Portrait(PortraitPage::Live {
                name: lease(),
                seen: PortraitSeen::Advice(PortraitAdvice::TooFar),
            }),
            Some(Action::TakePhoto),
        ),
        (Page::Portrait(PortraitPage::Taking { name: lease() }), None),
        (
            Page::Portrait(PortraitPage::Look {
                name: lease(),
                picture: PictureId(1),
                advice: Some(PortraitAdvice::Blurred),
            }),
            Some(Action::KeepPhoto),
        ),
        (
            Page::Portrait(PortraitPage::Trouble {
                name: lease(),
                trouble: ScanTrouble::Offline,
            }),
            Some(Action::PaperPhoto),
        ),
        (
            Page::Review(ReviewPage {
                rows: vec![
                    row("云汀市汀东区", None),
                    row("", Some(MaterialState::Scanned(2))),
                    wished(),
                ],
                turn: Turn { at: 1, of: 2 },
            }),
            Some(Action::AllRight),
        ),
        (document(1), Some(Action::NextPage)),
        (
            Page::Sign(SignPage {
                item: item(),
                strokes: vec![vec![Point { x: 250, y: 300 }, Point { x: 205, y: 650 }]],
                enough: true,
                fees: fees(),
                applicant: Some("周**".to_owned()),
                aloud: None,
            }),
            Some(Action::Submit),
        ),
        (
            Page::Sign(SignPage {
                item: item(),
                strokes: Vec::new(),
                enough: false,
                fees: fees(),
                applicant: None,
                aloud: Some(SignAloud {
                    heard: true,
                    given: false,
                }),
            }),
            Some(Action::Submit),
        ),
        (Page::Submit(SubmitPage::Storing), None),
        (Page::Submit(SubmitPage::NotStored), Some(Action::TryAgain)),
    ]
}

/// How the result should reach the person, with every question about it.
fn deliveries() -> Vec<(Page, Option<Action>)> {
    let ways = |on| {
        let ways = Way::ALL.iter().map(|way| WayShown {
            way: *way,
            on: *way == on,
            charged: false,
        });
        ways.collect()
    };
    let station = |on| StationChoice {
        station: StationShown {
            name: text("云汀市政务服务中心", "Yunting Government Service Hall"),
            address: "云汀市汀东区示例大道1号".to_owned(),
        },
        on,
    };
    let stations = |way| DeliveryPage::Station {
        way,
        stations: vec![station(true), station(false)],
        turn: ONE,
    };
    let address = |from_card| DeliveryPage::Address {
        text: "云汀市汀东区示例大道12号".to_owned(),
        from_card,
    };
    [
        (
            DeliveryPage::Way {
                ways: ways(Way::Post),
            },
            Action::Continue,
        ),
        (stations(Way::Window), Action::Continue),
        (stations(Way::Locker), Action::Continue),
        (address(true), Action::PostThere),
        (address(false), Action::PostThere),
    ]
    .map(|(page, action)| (Page::Delivery(page), Some(action)))
    .into()
}

fn wished() -> ReviewRow {
    ReviewRow {
        label: text("", ""),
        value: String::new(),
        material: None,
        party: None,
        delivery: Some(WishShown {
            way: Way::Post,
            station: None,
            address: Some(Secret::new("云汀市汀东区示例大道12号")),
            only: false,
        }),
        change: true,
        masked: false,
    }
}

/// The form with a picture of this number.
pub(crate) fn document(picture: u32) -> Page {
    Page::Document(DocumentPage {
        picture: PictureId(picture),
        turn: Turn { at: 1, of: 3 },
    })
}
