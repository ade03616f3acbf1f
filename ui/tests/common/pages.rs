//! Sample pages: the frame, finding and identifying. All persons are fictional.

use kiosk_ui::*;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

/// Chinese or English by the language asked for.
pub fn word<'a>(english: bool, zh: &'a str, en: &'a str) -> &'a str {
    if english { en } else { zh }
}

pub fn model<T: Clone + 'static>(items: Vec<T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from(items))
}

pub fn texts(items: &[&str]) -> ModelRc<SharedString> {
    model(items.iter().map(|t| SharedString::from(*t)).collect())
}

pub fn name(text: &str) -> ModelRc<NameSegment> {
    model(vec![NameSegment {
        text: text.into(),
        boxed: false,
    }])
}

/// Sets the frame as on a page in the middle of an application.
pub fn frame(window: &AppWindow, english: bool) {
    let code = if english { "en" } else { "zh-Hans" };
    slint::select_bundled_translation(code).expect("bundled");
    window.global::<Theme>().set_latin(english);
    let frame = window.global::<Frame>();
    frame.set_language(if english {
        Language::En
    } else {
        Language::ZhHans
    });
    frame.set_city(word(english, "云汀市政务服务", "Yunting City Services").into());
    frame.set_station(word(english, "7×24小时自助服务区", "24-hour Self-service Area").into());
    frame.set_clock("14:36".into());
    frame.set_date(word(english, "11月23日 周一", "Mon 23 Nov").into());
    frame.set_simulated(true);
    frame.set_overlay(OverlayKind::None);
    frame.set_asks_code(false);
    frame.set_code_trouble("".into());
    lit(window, false);
    foot(window, english, Some("action.continue"), true);
    progress(window, 0);
}

/// Every slot is lit, or none.
pub fn lit(window: &AppWindow, on: bool) {
    let frame = window.global::<Frame>();
    frame.set_lit_card(on);
    frame.set_lit_receipt(on);
    frame.set_lit_scanner(on);
    frame.set_lit_code(on);
}

/// The page asks for a code; `trouble` names the words of what was wrong with the last one.
pub fn codes(window: &AppWindow, english: bool, trouble: &str) {
    let code = if english { "en" } else { "zh-Hans" };
    let frame = window.global::<Frame>();
    frame.set_asks_code(true);
    if !trouble.is_empty() {
        frame.set_code_trouble(words::get(code, trouble).into());
    }
}

pub fn progress(window: &AppWindow, step: i32) {
    let frame = window.global::<Frame>();
    frame.set_has_progress(step > 0);
    frame.set_step(step);
    frame.set_steps(6);
    frame.set_minutes(3);
}

pub fn foot(window: &AppWindow, english: bool, primary: Option<&str>, enabled: bool) {
    let code = if english { "en" } else { "zh-Hans" };
    let frame = window.global::<Frame>();
    frame.set_back(true);
    frame.set_help(true);
    frame.set_end(true);
    frame.set_has_primary(primary.is_some());
    frame.set_primary(words::get(code, primary.unwrap_or_default()).into());
    frame.set_primary_enabled(enabled);
}

pub fn idle(window: &AppWindow, trouble: &str, card_left: bool) {
    window.global::<Pages>().set_idle(IdleData {
        items_open: 56,
        trouble: trouble.into(),
        card_left,
        near: false,
        halted: false,
        starting: false,
    });
    window.global::<Frame>().set_page(PageKind::Idle);
}

/// Just started: nobody can begin yet.
pub fn idle_starting(window: &AppWindow, english: bool) {
    idle(
        window,
        word(
            english,
            "机器正在准备",
            "The machine is making itself ready",
        ),
        false,
    );
    let pages = window.global::<Pages>();
    let mut data = pages.get_idle();
    (data.halted, data.starting) = (true, true);
    pages.set_idle(data);
}

pub fn start(window: &AppWindow, english: bool, waiting: i32, closed: bool) {
    let entry = |kind, reason: &str| StartEntry {
        kind,
        closed: reason.into(),
    };
    let reason = word(
        english,
        "打印机故障，暂不能办",
        "The printer is out of order",
    );
    window.global::<Pages>().set_start(StartData {
        choices: model(vec![
            entry(StartKind::Apply, ""),
            entry(StartKind::MyMatters, ""),
            entry(StartKind::Print, if closed { reason } else { "" }),
            entry(StartKind::Guides, ""),
            entry(StartKind::CheckIn, ""),
            entry(StartKind::HumanHelp, ""),
        ]),
        waiting,
    });
    foot(window, english, None, false);
    window.global::<Frame>().set_page(PageKind::Start);
}

pub fn find_overview(window: &AppWindow, english: bool) {
    let groups = [
        (
            GroupKind::LifeEvent,
            "失业一件事",
            "Unemployment, one matter",
            3,
        ),
        (
            GroupKind::LifeEvent,
            "开小吃店一件事",
            "Open a snack shop, one matter",
            3,
        ),
        (
            GroupKind::LifeEvent,
            "二手房转移及水电过户一件事",
            "House transfer and utilities, one matter",
            2,
        ),
        (
            GroupKind::LifeEvent,
            "困难群众帮扶一件事",
            "Assistance for families in need, one matter",
            3,
        ),
        (GroupKind::LifeTheme, "社会保障", "Social security", 9),
        (GroupKind::LifeTheme, "医疗卫生", "Health", 8),
        (GroupKind::BusinessTheme, "政策支持", "Policy support", 8),
        (GroupKind::LifeTheme, "住房保障", "Housing", 5),
        (
            GroupKind::LifeTheme,
            "户籍与证件",
            "Registration and documents",
            5,
        ),
        (GroupKind::LifeTheme, "劳动就业", "Work", 4),
        (
            GroupKind::BusinessTheme,
            "法律和信息咨询",
            "Legal advice",
            3,
        ),
        (GroupKind::LifeTheme, "公共教育", "Education", 4),
    ];
    let groups = groups.map(|(kind, zh, en, items)| GroupEntry {
        kind,
        name: word(english, zh, en).into(),
        items,
    });
    window.global::<Pages>().set_find(FindData {
        query: "".into(),
        groups: model(groups.to_vec()),
        open: "".into(),
        items: model(Vec::new()),
        total: 20,
        at: 1,
        of: 2,
    });
    foot(window, english, None, false);
    window.global::<Frame>().set_page(PageKind::Find);
}

pub fn find_items(window: &AppWindow, english: bool, query: &str) {
    let closed = word(
        english,
        "扫描仪故障，暂不能办",
        "The scanner is out of order",
    );
    let items = [
        (
            "失业登记",
            "Unemployment registration",
            "云汀市公共就业服务中心",
            "Employment Service Centre",
            true,
            "",
        ),
        (
            "失业保险金申领",
            "Claim of unemployment benefit",
            "云汀市社会保险经办中心",
            "Social Insurance Centre",
            false,
            "",
        ),
        (
            "就业困难人员认定",
            "Recognition as a hard-to-employ person",
            "云汀市人力资源和社会保障局",
            "Human Resources Bureau",
            false,
            closed,
        ),
        (
            "灵活就业人员社会保险参保登记",
            "Social-insurance enrolment for flexible workers",
            "云汀市社会保险经办中心",
            "Social Insurance Centre",
            true,
            "",
        ),
        (
            "国有建设用地使用权及房屋所有权转移登记",
            "Transfer registration of land-use right and house",
            "云汀市不动产登记中心",
            "Real-estate Registration Centre",
            false,
            "",
        ),
        (
            "社会保障卡申领",
            "Application for the social-security card",
            "云汀市社会保险经办中心",
            "Social Insurance Centre",
            false,
            "",
        ),
    ];
    let items = items.map(|(zh, en, body_zh, body_en, instant, closed)| ItemEntry {
        name: word(english, zh, en).into(),
        body: word(english, body_zh, body_en).into(),
        instant,
        closed: closed.into(),
    });
    window.global::<Pages>().set_find(FindData {
        query: query.into(),
        groups: model(Vec::new()),
        open: if query.is_empty() {
            word(english, "劳动就业", "Work").into()
        } else {
            "".into()
        },
        items: model(items.to_vec()),
        total: 9,
        at: 1,
        of: 2,
    });
    foot(window, english, None, false);
    window.global::<Frame>().set_page(PageKind::Find);
}

pub fn materials(english: bool) -> ModelRc<MaterialRow> {
    let rows = [
        (
            MaterialKind::FromCard,
            "居民身份证",
            "Resident identity card",
            "读证获取",
            "From your card",
            false,
        ),
        (
            MaterialKind::AlreadyHeld,
            "市场主体登记信息",
            "Market entity record",
            "免提交",
            "Already held",
            false,
        ),
        (
            MaterialKind::ToScanOrPromise,
            "经营场所使用相关文件",
            "Document on use of the business premises",
            "扫描或承诺",
            "Scan or promise",
            true,
        ),
        (
            MaterialKind::Scanned,
            "房屋租赁合同",
            "Lease contract",
            "已扫描 2 页",
            "Scanned, 2 p.",
            true,
        ),
        (
            MaterialKind::Later,
            "消防验收意见",
            "Fire safety opinion",
            "12月7日 前补交",
            "By 2026-12-7",
            true,
        ),
    ];
    let rows = rows.map(|(kind, zh, en, state_zh, state_en, opens)| MaterialRow {
        name: word(english, zh, en).into(),
        kind,
        state: word(english, state_zh, state_en).into(),
        opens,
    });
    model(rows.to_vec())
}

pub fn guide(window: &AppWindow, english: bool, offline: OfflineKind, closed: &str) {
    let step = |zh: &str, en: &str, limit_zh: &str, limit_en: &str| GuideStep {
        name: word(english, zh, en).into(),
        body: word(english, "云汀市市场监督管理局", "Market Regulation Bureau").into(),
        limit: word(english, limit_zh, limit_en).into(),
    };
    window.global::<Pages>().set_guide(GuideData {
        name: word(
            english,
            "个体工商户设立登记",
            "Registration of an individual business household",
        )
        .into(),
        body: word(
            english,
            "云汀市市场监督管理局",
            "Yunting Market Regulation Bureau",
        )
        .into(),
        instant: false,
        materials: materials(english),
        conditions: texts(&["有经营能力的自然人", "有固定的主要经营场所或网络经营场所"]),
        steps: model(vec![
            step("受理", "Accept", "当场", "On the spot"),
            step("审查", "Review", "1 个工作日", "1 working day"),
            step("决定", "Decide", "当场", "On the spot"),
            step("送达", "Deliver", "1 个工作日", "1 working day"),
        ]),
        promised: word(english, "1 个工作日", "1 working day").into(),
        statutory: word(english, "3 个工作日", "3 working days").into(),
        fees: model(Vec::new()),
        phone: "000-5550-0031".into(),
        address: "云汀市政务服务中心综合窗口".into(),
        offline,
        prints_here: true,
        closed: closed.into(),
        agents: AgentsKind::Taken,
        agents_note: word(
            english,
            "请带双方身份证，或由对方用手机验证码确认",
            "With both identity cards, or a code on the other person’s phone",
        )
        .into(),
        print: SlipKind::Waiting,
        version: 3,
        at: 1,
        of: 1,
    });
    let begin = closed.is_empty() && offline != OfflineKind::GuideOnly;
    foot(window, english, Some("action.begin"), begin);
    window.global::<Frame>().set_page(PageKind::Guide);
}

pub fn identify(window: &AppWindow, english: bool, stage: IdentifyStage, trouble: bool) {
    let none = ("", "");
    let (title, detail) = match stage {
        IdentifyStage::PutCard if trouble => (
            word(english, "没有读好", "The card could not be read"),
            word(
                english,
                "请拿起证件，再平放一次，等两秒钟。",
                "Please lift the card, lay it flat again and wait two seconds.",
            ),
        ),
        IdentifyStage::SecondFactor if trouble => (
            word(english, "没有通过比对", "The check did not succeed"),
            word(
                english,
                "这不影响您办事。请换一种方式，效力相同。",
                "This does not hold you up. Please choose another way.",
            ),
        ),
        _ => none,
    };
    window.global::<Pages>().set_identify(IdentifyData {
        stage,
        trouble: title.into(),
        trouble_detail: detail.into(),
        name: model(vec![
            NameSegment {
                text: "陈".into(),
                boxed: false,
            },
            NameSegment {
                text: "*".into(),
                boxed: false,
            },
        ]),
        number: "5****************X".into(),
        expired: trouble,
        ways: model(vec![
            FactorWay::Face,
            FactorWay::PhoneCode,
            FactorWay::Staff,
        ]),
        phone: "154****0005".into(),
        boxes: texts(&["2", "8", "5", "", "", ""]),
        wrong: trouble,
        choices: model(vec![
            ChoiceEntry {
                icon: ChoiceIcon::Phone,
                name: word(
                    english,
                    "发验证码到申请人的手机",
                    "Send a code to the applicant’s phone",
                )
                .into(),
                detail: word(
                    english,
                    "申请人把验证码告诉您，就是同意您代办",
                    "By telling you the code they agree",
                )
                .into(),
            },
            ChoiceEntry {
                icon: ChoiceIcon::Scan,
                name: word(
                    english,
                    "扫描申请人签名的授权委托书",
                    "Scan an authority the applicant signed",
                )
                .into(),
                detail: "".into(),
            },
        ]),
        ..IdentifyData::default()
    });
    let primary = match stage {
        IdentifyStage::IsItYou => Some("action.this-is-me"),
        IdentifyStage::Code | IdentifyStage::Staff => Some("action.confirm-code"),
        IdentifyStage::PutCard | IdentifyStage::SecondFactor | IdentifyStage::Choose => None,
    };
    foot(window, english, primary, stage == IdentifyStage::IsItYou);
    progress(window, 1);
    window.global::<Frame>().set_page(PageKind::Identify);
}

pub fn wait(window: &AppWindow, english: bool) {
    window.global::<Pages>().set_wait(WaitData {
        title: word(
            english,
            "正在查询已有的信息",
            "Asking what is known already",
        )
        .into(),
        detail: word(
            english,
            "这样您就不用重复填写和提交",
            "So that you need not fill it in again",
        )
        .into(),
    });
    foot(window, english, None, false);
    progress(window, 2);
    window.global::<Frame>().set_page(PageKind::Wait);
}

pub fn notice(window: &AppWindow, english: bool) {
    let tick = |kind, on| ConsentTick { kind, on };
    window.global::<Pages>().set_notice(NoticeData {
        item: word(english, "法律援助申请", "Application for legal aid").into(),
        body: word(english, "云汀市法律援助中心", "Yunting Legal Aid Centre").into(),
        kinds: word(
            english,
            "姓名、公民身份号码、手机号码、住址、案情",
            "Name, identity number, mobile number, address, facts",
        )
        .into(),
        sensitive: word(
            english,
            "公民身份号码、手机号码",
            "Identity number, mobile number",
        )
        .into(),
        minor: false,
        ticks: model(vec![
            tick(ConsentKind::Notice, true),
            tick(ConsentKind::Sensitive, false),
        ]),
    });
    foot(window, english, Some("action.agree"), false);
    progress(window, 2);
    window.global::<Frame>().set_page(PageKind::Notice);
}

/// The fault panel: one device with cards, one with pages.
pub fn groups() -> ModelRc<PanelGroup> {
    let ticks = |ticks: &[(&str, bool)]| {
        let tick = |(text, on): &(&str, bool)| PanelTick {
            text: (*text).into(),
            on: *on,
        };
        ModelRc::new(VecModel::from_iter(ticks.iter().map(tick)))
    };
    let reader = PanelGroup {
        name: "读卡器".into(),
        choices: texts(&["张示例", "李样本", "陈𬱖样"]),
        chosen: 0,
        take_away: "拿走证件".into(),
        buttons: ModelRc::default(),
        ticks: ticks(&[("同时放两张证", true), ("已拔掉", false)]),
    };
    let scanner = PanelGroup {
        name: "扫描仪".into(),
        choices: ModelRc::default(),
        chosen: -1,
        take_away: SharedString::default(),
        buttons: texts(&["彩色一页", "灰度一页"]),
        ticks: ticks(&[("卡纸", false), ("已拔掉", false)]),
    };
    ModelRc::new(VecModel::from(vec![reader, scanner]))
}
