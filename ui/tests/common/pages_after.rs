//! Sample pages: after the signature, and what comes later. All persons are fictional.

use kiosk_ui::*;
use slint::{ComponentHandle, ModelRc, SharedString};

use super::pages::{foot, model, progress, texts, word};
use super::pages_filing::fees;

pub fn submit(window: &AppWindow, english: bool, failed: bool) {
    window.global::<Pages>().set_submit(SubmitData { failed });
    foot(window, english, failed.then_some("action.try-again"), true);
    window.global::<Frame>().set_back(failed);
    window.global::<Frame>().set_end(failed);
    progress(window, 6);
    window.global::<Frame>().set_page(PageKind::Submit);
}

pub fn done(window: &AppWindow, english: bool, received: bool, granted: bool) {
    let mut data = DoneData {
        item: word(english, "失业登记", "Unemployment registration").into(),
        receipt: "K7A4-9QXM-2RTC".into(),
        received,
        filing: if received {
            "590100-20261123-0042".into()
        } else {
            "".into()
        },
        case_number: "".into(),
        outcome: if granted {
            OutcomeKind::Granted
        } else if received {
            OutcomeKind::Filed
        } else {
            OutcomeKind::Unknown
        },
        due: word(english, "2026年11月24日", "2026-11-24").into(),
        due_provisional: false,
        refusal: "".into(),
        slip: if received {
            SlipKind::Printed
        } else {
            SlipKind::Waiting
        },
        slip_trouble: "".into(),
        slip_seconds: 8,
        result: ResultData {
            shown: granted,
            ..result(english, ResultPrinting::Printed, false)
        },
        fees: model(Vec::new()),
        matters: 1,
    };
    if !received {
        data.fees = model(fees(english));
    }
    window.global::<Pages>().set_done(data);
    foot(window, english, Some("action.finish"), true);
    window.global::<Frame>().set_back(false);
    window.global::<Frame>().set_end(false);
    progress(window, 0);
    window.global::<Frame>().set_page(PageKind::Done);
}

/// Granted, with the slip and the printing of the result as they are; `waits` for paper.
pub fn prints(
    window: &AppWindow,
    english: bool,
    slip: SlipKind,
    printing: ResultPrinting,
    waits: bool,
) {
    done(window, english, true, true);
    let pages = window.global::<Pages>();
    let mut data = pages.get_done();
    data.slip = slip;
    data.result = result(english, printing, waits);
    pages.set_done(data);
}

fn result(english: bool, printing: ResultPrinting, waits: bool) -> ResultData {
    let trouble = word(
        english,
        "打印机缺纸，已通知工作人员。",
        "The printer is out of paper; the staff has been told. ",
    );
    ResultData {
        shown: true,
        name: word(
            english,
            "就业失业登记证明",
            "Unemployment registration certificate",
        )
        .into(),
        number: "YT-2026-000042".into(),
        verification: "7QK4-M2XA".into(),
        printing,
        again: matches!(
            printing,
            ResultPrinting::Offered
                | ResultPrinting::NotPrinted
                | ResultPrinting::Partial
                | ResultPrinting::Unknown
        ),
        trouble: if waits { trouble } else { "" }.into(),
    }
}

/// A result that waits in a locker.
fn delivery(english: bool) -> ModelRc<LabelledText> {
    let code = if english { "en" } else { "zh-Hans" };
    let line = |key: &str, value: String| LabelledText {
        label: words::get(code, key).into(),
        value: value.into(),
        number: false,
    };
    let station = word(
        english,
        "云汀市政务服务中心",
        "Yunting Government Service Hall",
    );
    let values = [
        ("station", station),
        ("address", "云汀市汀东区示例大道1号"),
        ("compartment", "2"),
    ];
    let place = words::fill(code, "delivery.state-in-locker", &values);
    let way = words::get(code, "delivery.way-locker").to_owned();
    let until = word(english, "2027年2月28日", "2027-2-28").to_owned();
    model(vec![
        line("delivery.label", way),
        line("delivery.where", place),
        line("delivery.kept-until", until),
    ])
}

/// A case of which the printing of the result stands so.
pub fn matter_prints(window: &AppWindow, english: bool, printing: ResultPrinting) {
    matter(window, english);
    let pages = window.global::<Pages>();
    let mut data = pages.get_matter();
    data.asked = texts(&[]);
    data.result = result(english, printing, false);
    data.delivery = delivery(english);
    pages.set_matter(data);
}

/// Nothing is left but the paper that is still being printed.
pub fn paper_comes(window: &AppWindow, english: bool) {
    goodbye(window, english, false);
    let pages = window.global::<Pages>();
    let mut data = pages.get_goodbye();
    data.coming = true;
    pages.set_goodbye(data);
}

pub fn rate(window: &AppWindow, english: bool, level: i32) {
    window.global::<Pages>().set_rate(RateData {
        level,
        asks_reasons: level > 0 && level < 3,
        reasons: model(vec![true, false, false, false, false]),
    });
    foot(window, english, Some("action.rate"), level > 0);
    window.global::<Frame>().set_back(false);
    window.global::<Frame>().set_page(PageKind::Rate);
}

pub fn left_on_glass(window: &AppWindow, english: bool) {
    goodbye(window, english, false);
    window.global::<Pages>().set_goodbye(GoodbyeData {
        original: true,
        on_glass: true,
        ..GoodbyeData::default()
    });
}

pub fn goodbye(window: &AppWindow, english: bool, things: bool) {
    window.global::<Pages>().set_goodbye(GoodbyeData {
        card: things,
        original: things,
        on_glass: false,
        paper: things,
        coming: false,
        nothing_filed: !things,
        has_number: false,
    });
    foot(window, english, None, false);
    window.global::<Frame>().set_back(false);
    window.global::<Frame>().set_end(false);
    window.global::<Frame>().set_page(PageKind::Goodbye);
}

pub fn matters(window: &AppWindow, english: bool, away: bool) {
    let row = |zh: &str, en: &str, state_zh: &str, state_en: &str, asked| MatterRow {
        item: word(english, zh, en).into(),
        state: word(english, state_zh, state_en).into(),
        due: word(english, "2026年12月3日 前", "by 2026-12-3").into(),
        asked,
    };
    let rows = vec![
        row(
            "法律援助申请",
            "Application for legal aid",
            "等您补材料",
            "Papers asked",
            true,
        ),
        row(
            "个体工商户设立登记",
            "Registration of an individual business household",
            "办理中",
            "In progress",
            false,
        ),
        row(
            "失业登记",
            "Unemployment registration",
            "已办结",
            "Closed",
            false,
        ),
    ];
    let rows = if away { Vec::new() } else { rows };
    let total = i32::try_from(rows.len()).unwrap_or(0);
    window.global::<Pages>().set_matters(MattersData {
        matters: model(rows),
        total,
        at: 1,
        of: 1,
        away,
        booked: words::get(if english { "en" } else { "zh-Hans" }, "appointment.open").into(),
    });
    foot(window, english, None, false);
    progress(window, 0);
    window.global::<Frame>().set_page(PageKind::Matters);
}

pub fn matter(window: &AppWindow, english: bool) {
    let entry = |when: &str, zh: &str, en: &str| HistoryRow {
        when: when.into(),
        what: word(english, zh, en).into(),
    };
    let date = |zh: &str, en: &str| word(english, zh, en).into();
    window.global::<Pages>().set_matter(MatterData {
        item: word(english, "法律援助申请", "Application for legal aid").into(),
        filing: "590100-20261123-0042".into(),
        case_number: "".into(),
        state: word(english, "等您补材料", "Papers asked").into(),
        holder: word(english, "云汀市法律援助中心", "Yunting Legal Aid Centre").into(),
        filed: date("2026年11月20日 10:12", "2026-11-20 10:12"),
        promised: date("2026年12月3日", "2026-12-3"),
        statutory: date("2026年12月7日", "2026-12-7"),
        history: model(vec![
            entry("2026-11-20 10:12", "已提交", "Submitted"),
            entry("2026-11-20 15:40", "等您补材料", "Papers asked"),
        ]),
        asked: texts(&[word(
            english,
            "与请求事项有关的证据材料",
            "Evidence for the request",
        )]),
        words: "请补充劳动合同复印件，首页和签字页即可。".into(),
        result: ResultData::default(),
        delivery: model(Vec::new()),
        enquiries: model(Vec::new()),
        may_object: true,
        may_withdraw: true,
    });
    foot(window, english, Some("action.bring-papers"), true);
    progress(window, 0);
    window.global::<Frame>().set_page(PageKind::Matter);
}

/// A check-in: in time with its number, or booked at another station.
pub fn check_in(window: &AppWindow, english: bool, here: bool) {
    let code = if english { "en" } else { "zh-Hans" };
    let key = if here { "in-time" } else { "other-station" };
    let said = |end: &str| words::get(code, &format!("check-in.{key}{end}")).into();
    let only = |shown: bool, text: &str| SharedString::from(if shown { text } else { "" });
    window.global::<Pages>().set_check_in(CheckInData {
        outcome: if here {
            CheckInOutcome::InTime
        } else {
            CheckInOutcome::OtherStation
        },
        title: said(""),
        detail: said("-detail"),
        ticket: only(here, "B014"),
        wait: only(
            here,
            word(english, "预计等候约12分钟", "About 12 min to wait"),
        ),
        begins: only(!here, "14:00"),
        station: only(
            !here,
            word(english, "汀东便民服务站", "Tingdong Neighbourhood Station"),
        ),
        address: only(!here, "云汀市汀东区演示路22号"),
        print: if here {
            SlipKind::Printed
        } else {
            SlipKind::Waiting
        },
        appointments: !here,
        alone: SharedString::default(),
        told: false,
    });
    foot(window, english, Some("action.finish"), true);
    progress(window, 0);
    window.global::<Frame>().set_page(PageKind::CheckIn);
}

/// Appointments: the times of a day, one of them full, or a booking that was made.
pub fn appointment(window: &AppWindow, english: bool, made: bool) {
    let code = if english { "en" } else { "zh-Hans" };
    let get = |key: &str| SharedString::from(words::get(code, key));
    let left = |n: i32| {
        SharedString::from(words::fill(
            code,
            "appointment.left",
            &[("n", &n.to_string())],
        ))
    };
    let time = |from: &str, to: &str, left: SharedString, closed: bool| AppointmentRow {
        title: words::fill(code, "appointment.span", &[("from", from), ("to", to)]).into(),
        detail: left,
        badge: "".into(),
        closed,
    };
    let fact = |key: &str, value: &str| LabelledText {
        label: get(key),
        value: value.into(),
        number: false,
    };
    let times = vec![
        time("09:00", "09:30", left(4), false),
        time("09:30", "10:00", get("appointment.full"), true),
        time("10:00", "10:30", left(1), false),
    ];
    let facts = vec![
        fact("check-in.begins", "2026-12-03 09:00"),
        fact(
            "check-in.station",
            word(english, "汀东便民服务站", "Tingdong Neighbourhood Station"),
        ),
        fact("appointment.code", "K2Q2A-22B22"),
    ];
    window.global::<Pages>().set_appointment(AppointmentData {
        title: if made {
            get("appointment.booked")
        } else {
            get("appointment.ask-day")
        },
        lead: if made {
            get("appointment.booked-detail")
        } else {
            "".into()
        },
        note: "".into(),
        note_detail: "".into(),
        mark: if made {
            AppointmentMark::Booked
        } else {
            AppointmentMark::None
        },
        facts: model(if made { facts } else { Vec::new() }),
        bring: texts(&if made {
            vec![word(english, "居民身份证", "Identity card")]
        } else {
            Vec::new()
        }),
        rows: model(if made { Vec::new() } else { times }),
        narrow: !made,
        prints: made,
        print: if made {
            SlipKind::Printed
        } else {
            SlipKind::Waiting
        },
        at: 1,
        of: 1,
    });
    foot(window, english, made.then_some("action.finish"), true);
    progress(window, 0);
    window.global::<Frame>().set_page(PageKind::Appointment);
}
