//! Sample pages: answering, papers, signing, what comes after. All persons are fictional.

use kiosk_ui::*;
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

use super::pages::{foot, materials, model, name, progress, texts, word};

pub fn facts(window: &AppWindow, english: bool) {
    let fact = |zh: &str, en: &str, value, from, disputed, masked| FactRow {
        label: word(english, zh, en).into(),
        value,
        from,
        disputed,
        masked,
        editable: from == FactSource::Typed,
    };
    let rare = model(vec![
        NameSegment {
            text: "陈".into(),
            boxed: false,
        },
        NameSegment {
            text: "2CC56".into(),
            boxed: true,
        },
        NameSegment {
            text: "样".into(),
            boxed: false,
        },
    ]);
    window.global::<Pages>().set_facts(FactsData {
        facts: model(vec![
            fact("姓名", "Name", rare, FactSource::Card, false, false),
            fact(
                "公民身份号码",
                "Identity number",
                name("5****************X"),
                FactSource::Card,
                false,
                true,
            ),
            fact(
                "户籍所在地",
                "Household registration district",
                name("云汀市 汀东区"),
                FactSource::Register,
                true,
                false,
            ),
            fact(
                "手机号码",
                "Mobile number",
                name("154****0005"),
                FactSource::Typed,
                false,
                true,
            ),
        ]),
        at: 1,
        of: 1,
    });
    foot(window, english, Some("action.all-right"), true);
    progress(window, 3);
    window.global::<Frame>().set_page(PageKind::Facts);
}

/// A question without anything in it yet.
fn question(label: &str, kind: AskKind) -> QuestionData {
    QuestionData {
        label: label.into(),
        hint: "".into(),
        optional: false,
        sensitive: false,
        kind,
        text: "".into(),
        keyboard: KeyboardKind::Full,
        zone: false,
        count: "".into(),
        long: false,
        options: model(Vec::new()),
        answer: -1,
        on: false,
        preview: "".into(),
        month: false,
        path: texts(&[]),
        columns: "".into(),
        rows: model(Vec::new()),
        may_add: true,
        problem: "".into(),
        at: 1,
        of: 1,
    }
}

fn ask(window: &AppWindow, english: bool, data: QuestionData, enabled: bool) {
    window.global::<Pages>().set_question(data);
    foot(window, english, Some("action.continue"), enabled);
    progress(window, 3);
    window.global::<Frame>().set_page(PageKind::Question);
}

pub fn ask_text(window: &AppWindow, english: bool, long: bool) {
    let mut data = if long {
        question(
            word(english, "援助请求", "Assistance requested"),
            AskKind::Text,
        )
    } else {
        question(
            word(english, "个体工商户名称", "Name of the business"),
            AskKind::Text,
        )
    };
    data.long = long;
    data.text = if long {
        word(english, "与用人单位因解除劳动合同发生争议，请求支付经济补偿金。", "A dispute with my employer about the end of my contract; I ask for the compensation due.").into()
    } else {
        word(english, "云汀市汀东区示例小吃店", "Shili Snacks, Tingdong").into()
    };
    data.count = if long {
        "26 / 500".into()
    } else {
        "11 / 50".into()
    };
    data.optional = !long;
    ask(window, english, data, true);
}

/// The number of a passport, or the lines at its foot: the specimen of ICAO 9303-4, appendix A.
pub fn ask_passport(window: &AppWindow, english: bool, lines: bool) {
    let label = word(english, "护照号码是什么？", "Number of the passport");
    let mut data = question(label, AskKind::Text);
    data.zone = true;
    data.keyboard = KeyboardKind::Latin;
    if lines {
        data.keyboard = KeyboardKind::Zone;
        data.long = true;
        data.text =
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159".into();
        data.count = "72".into();
    }
    ask(window, english, data, true);
}

pub fn ask_digits(window: &AppWindow, english: bool) {
    let mut data = question(
        word(
            english,
            "法定代表人的公民身份号码是什么？",
            "Identity number of the legal representative",
        ),
        AskKind::Text,
    );
    data.keyboard = KeyboardKind::IdNumber;
    data.text = "59010219900215001".into();
    data.count = "17 / 18".into();
    data.problem = word(
        english,
        "号码有误，请逐位核对",
        "The number has a slip in it; please compare each digit",
    )
    .into();
    ask(window, english, data, true);
}

pub fn ask_date(window: &AppWindow, english: bool) {
    let mut data = question(
        word(english, "什么时候失业的？", "When did you lose your work?"),
        AskKind::Date,
    );
    data.keyboard = KeyboardKind::Digits;
    data.preview = "2026-11-__".into();
    ask(window, english, data, false);
}

pub fn ask_choice(window: &AppWindow, english: bool, several: bool) {
    let kind = if several {
        AskKind::Choices
    } else {
        AskKind::Choice
    };
    let mut data = question(word(english, "经营范围", "Business scope"), kind);
    let options = [
        ("互联网零售", "Online retail", true),
        ("正餐服务", "Full-service catering", false),
        ("小吃服务", "Snack service", several),
        ("家庭服务", "Household services", false),
    ];
    let options = options.map(|(zh, en, on)| OptionEntry {
        name: word(english, zh, en).into(),
        detail: "".into(),
        on,
    });
    data.options = model(options.to_vec());
    ask(window, english, data, true);
}

/// How the result should reach the resident: every way there is.
pub fn ask_delivery(window: &AppWindow, english: bool) {
    let say = |key: &str| words::get(code(english), key).to_owned();
    let mut data = question(&say("delivery.ask"), AskKind::Choice);
    let ways = ["print", "window", "electronic", "locker", "post"].map(|way| OptionEntry {
        name: say(&format!("delivery.way-{way}")).into(),
        detail: say(&format!("delivery.way-{way}-detail")).into(),
        on: way == "window",
    });
    data.options = model(ways.to_vec());
    ask(window, english, data, true);
}

/// Where it is posted to, as the card tells it.
pub fn ask_address(window: &AppWindow, english: bool) {
    let say = |key: &str| words::get(code(english), key).to_owned();
    let mut data = question(&say("delivery.ask-address"), AskKind::Text);
    data.hint = say("delivery.address-from-card").into();
    data.text = "示例省云汀市汀东区示例街道示例大道12号3单元402室".into();
    data.long = true;
    ask(window, english, data, true);
    foot(window, english, Some("action.post-there"), true);
}

fn code(english: bool) -> &'static str {
    if english { "en" } else { "zh-Hans" }
}

pub fn ask_yes_no(window: &AppWindow, english: bool, statement: bool) {
    let kind = if statement {
        AskKind::Statement
    } else {
        AskKind::YesNo
    };
    let label = if statement {
        word(
            english,
            "我承诺经营场所不属于违法建筑，不从事禁止经营的项目",
            "I promise that the premises are lawful and the business is not a forbidden one",
        )
    } else {
        word(
            english,
            "是否需要参加职业培训？",
            "Do you need vocational training?",
        )
    };
    ask(window, english, question(label, kind), false);
}

pub fn ask_region(window: &AppWindow, english: bool) {
    let mut data = question(
        word(
            english,
            "经营场所在哪里？",
            "Where are the business premises?",
        ),
        AskKind::Region,
    );
    data.path = if english {
        texts(&["Yunting", "Tingdong District"])
    } else {
        texts(&["云汀市", "汀东区"])
    };
    let options = [
        ("示例街道", "Shili Subdistrict"),
        ("演示街道", "Yanshi Subdistrict"),
        ("样例镇", "Yangli Town"),
    ];
    let options = options.map(|(zh, en)| OptionEntry {
        name: word(english, zh, en).into(),
        detail: "".into(),
        on: false,
    });
    data.options = model(options.to_vec());
    ask(window, english, data, false);
}

pub fn ask_rows(window: &AppWindow, english: bool) {
    let mut data = question(
        word(english, "家庭成员", "Household members"),
        AskKind::Rows,
    );
    data.columns = word(
        english,
        "姓名 · 身份号码 · 关系",
        "Name · ID number · Relation",
    )
    .into();
    data.rows = model(vec![
        TableRow {
            cells: word(
                english,
                "赵演示 · 5***0040 · 子女",
                "ZHAO Yanshi · 5***0040 · Child",
            )
            .into(),
        },
        TableRow {
            cells: word(
                english,
                "王测试 · 5***0031 · 父母",
                "WANG Ceshi · 5***0031 · Parent",
            )
            .into(),
        },
    ]);
    ask(window, english, data, true);
}

pub fn checklist(window: &AppWindow, english: bool) {
    window.global::<Pages>().set_materials(MaterialsData {
        materials: materials(english),
        at: 1,
        of: 1,
    });
    foot(window, english, Some("action.continue"), false);
    progress(window, 4);
    window.global::<Frame>().set_page(PageKind::Materials);
}

pub fn material(window: &AppWindow, english: bool, promise: bool) {
    let way = |kind, zh: &str, en: &str| MaterialWay {
        kind,
        detail: word(english, zh, en).into(),
    };
    window.global::<Pages>().set_material(MaterialData {
        name: word(
            english,
            "经营场所使用相关文件",
            "Document on use of the business premises",
        )
        .into(),
        standard: "齐全、清晰、在有效期内".into(),
        common_errors: texts(&["地址与申请书不一致", "租赁合同未签章"]),
        kind: MaterialKind::ToScanOrPromise,
        state: word(english, "扫描或承诺", "Scan or promise").into(),
        ways: model(vec![
            way(
                MaterialWayKind::Scan,
                "原件放到扫描区，当场取走",
                "Lay the original on the glass; you keep it",
            ),
            way(
                MaterialWayKind::Promise,
                "签承诺，不用交证明",
                "Sign a promise; no proof needed",
            ),
            way(
                MaterialWayKind::Later,
                "10 个工作日内补交即可",
                "Within 10 working days",
            ),
        ]),
        promise,
        camera: "".into(),
        barred: "".into(),
        barred_detail: "".into(),
    });
    foot(window, english, promise.then_some("action.agree"), true);
    progress(window, 4);
    window.global::<Frame>().set_page(PageKind::Material);
}

/// A page of paper: white, with grey lines.
pub fn paper() -> Image {
    let (width, height) = (827, 1169);
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(width, height);
    for (index, pixel) in buffer.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (index as u32 % width, index as u32 / width);
        let title = (90..130).contains(&y) && (250..577).contains(&x);
        let line = y > 190 && y < 1000 && y % 44 < 10 && x > 90 && x < 737 - (y / 44 % 4) * 60;
        let grey = if title {
            40
        } else if line {
            150
        } else {
            255
        };
        *pixel = Rgb8Pixel::new(grey, grey, grey);
    }
    Image::from_rgb8(buffer)
}

pub fn scan(window: &AppWindow, english: bool, stage: ScanStage, trouble: bool) {
    window.global::<Pages>().set_scan(ScanData {
        stage,
        name: word(english, "房屋租赁合同", "Lease contract").into(),
        pages: 3,
        percent: 60,
        feeder: true,
        desk: false,
        back: false,
        photo: false,
        trouble: if trouble && matches!(stage, ScanStage::Look | ScanStage::Pages) {
            word(english, "这一页是空白的", "Nothing is on this page").into()
        } else if trouble {
            word(english, "扫描区上没有材料", "No paper was on the glass").into()
        } else {
            "".into()
        },
        trouble_detail: if matches!(stage, ScanStage::Look | ScanStage::Pages) {
            word(
                english,
                "可能放反了：有字的一面要朝下。请重新扫描。",
                "Perhaps it lies the wrong way round: the written side faces the glass. Scan it again.",
            )
        } else {
            word(
                english,
                "已扫描的都还在。请放好材料，再点“开始扫描”。",
                "What was scanned is kept. Lay the paper down and scan again.",
            )
        }
        .into(),
        picture: paper(),
        page: 2,
        may_add: true,
        may_turn: true,
        sketch: if trouble && stage == ScanStage::Look {
            AdviceSketch::TurnOver
        } else {
            AdviceSketch::None
        },
    });
    let primary = match stage {
        ScanStage::Place => Some("action.scan"),
        ScanStage::Scanning => None,
        ScanStage::Look => Some("action.keep-page"),
        ScanStage::Pages => Some("action.pages-done"),
    };
    foot(window, english, primary, true);
    progress(window, 4);
    window.global::<Frame>().set_page(PageKind::Scan);
}

/// A kiosk whose scanner is a camera over the desk: the front, or the back of a paper.
pub fn scan_desk(window: &AppWindow, english: bool, back: bool) {
    scan(window, english, ScanStage::Place, false);
    let pages = window.global::<Pages>();
    pages.set_scan(ScanData {
        desk: true,
        back,
        feeder: false,
        pages: 0,
        ..pages.get_scan()
    });
}

/// One page kept, with this said of it.
pub fn scan_advised(window: &AppWindow, english: bool, sketch: AdviceSketch) {
    scan(window, english, ScanStage::Pages, true);
    let pages = window.global::<Pages>();
    pages.set_scan(ScanData {
        pages: 1,
        page: 1,
        sketch,
        trouble: word(english, "这一页是横着的", "This page lies on its side").into(),
        trouble_detail: word(
            english,
            "请点“旋转”，直到文字是正的。",
            "Turn it until you can read it.",
        )
        .into(),
        ..pages.get_scan()
    });
}

pub fn review(window: &AppWindow, english: bool) {
    let row = |zh: &str, en: &str, value: &str, masked| ReviewRow {
        label: word(english, zh, en).into(),
        value: name(value),
        is_material: false,
        kind: MaterialKind::Optional,
        state: "".into(),
        change: true,
        masked,
    };
    let mut lease = row("房屋租赁合同", "Lease contract", "", false);
    lease.is_material = true;
    lease.kind = MaterialKind::Scanned;
    lease.state = word(english, "已扫描 2 页", "Scanned, 2 p.").into();
    window.global::<Pages>().set_review(ReviewData {
        rows: model(vec![
            row(
                "个体工商户名称",
                "Name of the business",
                word(english, "云汀市汀东区示例小吃店", "Shili Snacks, Tingdong"),
                false,
            ),
            row(
                "公民身份号码",
                "Identity number",
                "5****************5",
                true,
            ),
            row(
                "经营场所",
                "Business premises",
                word(
                    english,
                    "汀东区示例街道演示路22号",
                    "22 Yanshi Road, Tingdong",
                ),
                false,
            ),
            row("资金数额（元）", "Capital (CNY)", "50,000.00", false),
            lease,
        ]),
        at: 1,
        of: 2,
    });
    foot(window, english, Some("action.all-right"), true);
    progress(window, 5);
    window.global::<Frame>().set_page(PageKind::Review);
}

pub fn document(window: &AppWindow, english: bool) {
    window.global::<Pages>().set_document(DocumentData {
        picture: paper(),
        at: 1,
        of: 3,
    });
    foot(window, english, Some("action.next-page"), true);
    progress(window, 5);
    window.global::<Frame>().set_page(PageKind::Document);
}

pub fn fees(english: bool) -> Vec<FeeRow> {
    vec![FeeRow {
        name: word(english, "证件工本费", "Card fee").into(),
        standard: word(english, "每证 40 元", "CNY 40 a card").into(),
        amount: word(english, "40.00 元", "CNY 40.00").into(),
        basis: "《居民身份证法》第二十条".into(),
    }]
}

pub fn sign(window: &AppWindow, english: bool, signed: bool) {
    let strokes: &[&str] = if signed {
        &[
            "M250 300 L240 420 L225 560 L205 650",
            "M180 380 L320 350 L330 352",
            "M420 300 L400 480 L430 600 L520 520 L600 330",
            "M520 340 C560 480 620 600 720 620",
        ]
    } else {
        &[]
    };
    window.global::<Pages>().set_sign(SignData {
        item: word(
            english,
            "居民身份证补领",
            "Replacement of a lost identity card",
        )
        .into(),
        strokes: texts(strokes),
        enough: signed,
        fees: model(fees(english)),
        ..SignData::default()
    });
    foot(window, english, Some("action.submit"), signed);
    progress(window, 6);
    window.global::<Frame>().set_page(PageKind::Sign);
}
