//! What residents file: the fictional persons and their answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city_api::application::{
    Action, Agent, Agreed, Application, Authority, AuthorityForm, Consent, DocumentKind,
    FormSignature, How, Identity, MaterialRef, Notice, Party, Person, Point, Rating, RatingLevel,
    Relation, Supplement, to_bytes,
};
use city_api::digest::Sha256;
use city_api::keys::{DeviceKey as _, Domain};
use city_api::numbers::ReceiptNumber;
use city_api::packet::{Draft, ItemRef, Kind, PlainPart, Role, Sealed};
use city_api::requests::identity::{IdentityLevel, IdentityMethod};
use city_catalogue::form::{Answer, Answers, Source, Value};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{ALLOWANCE, LEGAL_AID, SAM, TestKiosk, UNEMPLOYMENT};

#[derive(Clone, Copy)]
pub struct Someone {
    pub name: &'static str,
    pub number: &'static str,
    pub mobile: &'static str,
}

pub const ZHANG: Someone = Someone {
    name: "张示例",
    number: "590102199002150015",
    mobile: "15400000001",
};
pub const LI: Someone = Someone {
    name: "李样本",
    number: "590102198507310024",
    mobile: "15400000002",
};
pub const CHEN: Someone = Someone {
    name: "陈𬱖样",
    number: "59010219771111005X",
    mobile: "15400000005",
};

/// Agent in a proxy case.
pub const WU: Someone = Someone {
    name: "吴代办",
    number: "590102197909090082",
    mobile: "15400000008",
};

impl Someone {
    pub fn person(self) -> Person {
        Person {
            document: DocumentKind::Resident,
            name: self.name.into(),
            english_name: None,
            number: self.number.into(),
            number_valid: true,
            sex_code: None,
            ethnicity_code: None,
            nationality: None,
            birth_date: None,
            address: None,
            issuer: None,
            valid_from: None,
            valid_to: None,
        }
    }

    pub fn common(self) -> Answers {
        let mut answers = Answers::new();
        let card = |text: &str| Answer::from_source(Value::Text(text.to_owned()), Source::Card);
        answers.set("applicantName", card(self.name));
        answers.set("applicantId", card(self.number));
        answers.set("mobile", Answer::typed(Value::Text(self.mobile.to_owned())));
        answers
    }

    /// Answers to 失业登记.
    pub fn unemployed(self) -> Answers {
        let mut answers = self.common();
        answers.set("reason", choice("1"));
        answers.set(
            "lastDay",
            Answer::typed(Value::Date(jiff::civil::date(2026, 2, 27))),
        );
        answers.set("education", choice("4"));
        answers.set("training", Answer::typed(Value::Flag(false)));
        answers
    }

    /// Answers to 法律援助申请.
    pub fn unpaid(self) -> Answers {
        let mut answers = self.common();
        answers.set("address", self.home());
        answers.set("caseType", choice("1"));
        let facts = "用人单位自二〇二五年十一月起拖欠工资，多次协商未果，现申请法律援助。";
        answers.set("facts", Answer::typed(Value::Text(facts.into())));
        answers.set("income", Answer::typed(Value::Number("1800".into())));
        answers
    }

    fn home(self) -> Answer {
        Answer::typed(Value::Address {
            region: "590102002".into(),
            detail: "示例大道12号".into(),
        })
    }

    /// Answers to 最低生活保障确认.
    pub fn in_need(self) -> Answers {
        let mut answers = self.common();
        let home = Value::Region("590102002".into());
        answers.set("hukouRegion", Answer::from_source(home, Source::Register));
        answers.set("address", self.home());
        answers.set("members", Answer::typed(Value::Rows(Vec::new())));
        answers.set("reason", Answer::typed(Value::Choices(vec!["3".into()])));
        let account = Value::Text("6299990000000017".into());
        answers.set("bankCard", Answer::from_source(account, Source::Register));
        answers.set("authorise", Answer::typed(Value::Flag(true)));
        answers
    }
}

fn choice(value: &str) -> Answer {
    Answer::typed(Value::Choice(value.into()))
}

pub fn item(code: &str) -> ItemRef {
    ItemRef {
        code: code.to_owned(),
        version: 1,
    }
}

pub fn face() -> Identity {
    Identity {
        level: IdentityLevel::IdCardFace,
        methods: vec![IdentityMethod::Card, IdentityMethod::Face],
        grant: None,
        later: false,
    }
}

/// What `principal` lets `agent` do with these items, for thirty days from `today`.
pub fn authority(
    principal: Someone,
    agent: Someone,
    items: &[&str],
    today: jiff::civil::Date,
) -> Authority {
    let party = |who: Someone| Party {
        number: who.number.into(),
        name: who.name.into(),
    };
    Authority {
        id: Uuid::now_v7(),
        principal: party(principal),
        agent: party(agent),
        relation: Relation::Other,
        items: items.iter().map(|&item| item.to_owned()).collect(),
        actions: Action::ALL.to_vec(),
        valid_from: today,
        valid_to: today + jiff::Span::new().days(30),
        form: AuthorityForm::Electronic,
    }
}

/// The agent of an authority, before the reader.
pub fn agent(who: Someone, authority: &Authority, agreed: Agreed) -> Agent {
    Agent {
        person: who.person(),
        authority: authority.clone(),
        agreed,
        pages: Vec::new(),
    }
}

/// A form document: its bytes matter only by their hash.
pub const FORM: &[u8] = b"%PDF-1.7 the form that was shown";

/// A page that opens.
pub const PAGE: &[u8] = include_bytes!("page.png");

/// Content as it is handed to the city itself: without what the city writes.
pub fn handed(content: &impl serde::Serialize) -> serde_json::Value {
    let mut content = serde_json::to_value(content).unwrap();
    let fields = content.as_object_mut().unwrap();
    for ours in ["identity", "station", "formSha256"] {
        fields.remove(ours);
    }
    content
}

/// The materials that a kiosk settles itself, and those `brought`, by their place in the item's list.
fn materials(code: &str, brought: Vec<MaterialRef>) -> Vec<MaterialRef> {
    let held = || How::AlreadyHeld {
        dataset: "库".into(),
    };
    let promised = |name: &str| How::Promised {
        version: "1".into(),
        text_sha256: Sha256::of(commitment(name).as_bytes()),
    };
    let mut ways = vec![How::FromCard {}];
    match code {
        UNEMPLOYMENT => ways.extend([held(), held()]),
        ALLOWANCE => {
            ways.extend([How::Generated {}, promised("家庭经济状况核对授权书")]);
            ways.extend((4..=8).map(|_| held()));
        }
        LEGAL_AID => ways.extend([How::Generated {}, promised("经济困难状况说明")]),
        _ => {}
    }
    let settled = (1..).zip(ways).map(|(seq, how)| MaterialRef {
        seq,
        field: None,
        how,
    });
    settled.chain(brought).collect()
}

/// The commitment as the sample city publishes it.
pub fn commitment(name: &str) -> String {
    let mut files = city_backend::sample_city::FILES.iter();
    let (_, texts) = files.find(|(file, _)| *file == "commitments.json").unwrap();
    let texts: serde_json::Value = serde_json::from_str(texts).unwrap();
    texts["1"].as_str().unwrap().replace("{name}", name)
}

/// An application as a kiosk files it; `brought` are the materials beyond those it settles itself.
pub fn application(
    code: &str,
    who: Someone,
    answers: Answers,
    brought: Vec<MaterialRef>,
) -> Application {
    Application {
        item: item(code),
        person: Some(who.person()),
        organisation: None,
        agent: None,
        identity: face(),
        answers,
        notice: Notice {
            version: "1".into(),
            text_sha256: Sha256::of("告知书".as_bytes()),
            consents: vec![Consent {
                key: "sensitive".into(),
                given: true,
            }],
        },
        materials: materials(code, brought),
        form_sha256: Sha256::of(FORM),
        signature: Some(FormSignature {
            strokes: vec![vec![Point {
                x: 0.1,
                y: 0.2,
                millis: 0,
            }]],
            aloud: None,
            time: "2026-03-02T09:15:00+08:00".parse().unwrap(),
            form_sha256: Sha256::of(FORM),
            statement: "以上内容属实".into(),
        }),
        fees: Vec::new(),
        station: "S001".into(),
        draft: None,
        delivery: None,
    }
}

/// What a window sends: the application without what the city writes.
pub fn at_window(filed: &Application, pages: u16) -> serde_json::Value {
    let pages: Vec<String> = (0..pages).map(|_| STANDARD.encode(PAGE)).collect();
    serde_json::json!({
        "id": Uuid::now_v7(),
        "station": "S002",
        "application": handed(filed),
        "form": STANDARD.encode(FORM),
        "pages": pages,
    })
}

pub fn part(role: Role, bytes: &[u8]) -> PlainPart {
    PlainPart {
        role,
        bytes: Zeroizing::new(bytes.to_vec()),
    }
}

impl TestKiosk {
    /// Seals parts at the next place of this kiosk's chain.
    pub fn seal(&self, kind: Kind, item: Option<ItemRef>, parts: Vec<PlainPart>) -> Sealed {
        self.seal_as(Uuid::now_v7(), kind, item, parts)
    }

    pub fn seal_as(
        &self,
        id: Uuid,
        kind: Kind,
        item: Option<ItemRef>,
        parts: Vec<PlainPart>,
    ) -> Sealed {
        let draft = Draft {
            kind,
            kiosk: self.id,
            sam_id: Some(SAM.to_owned()),
            id,
            receipt: ReceiptNumber::new(self.id, rand::random()),
            item,
            time: self.now(),
            parts,
        };
        let mut chain = self.chain.lock().unwrap();
        let sealed = draft
            .seal(&self.city_keys)
            .unwrap()
            .sign(*chain, &self.key)
            .unwrap();
        chain.sequence += 1;
        chain.previous = Some(sealed.header_sha256());
        sealed
    }

    pub fn seal_application(&self, application: &Application, pages: u16) -> Sealed {
        let mut parts = vec![
            part(Role::Content, &to_bytes(application).unwrap()),
            part(Role::Form, FORM),
        ];
        parts.extend((1..=pages).map(|page| part(Role::Page(page), b"a page")));
        self.seal(Kind::Application, Some(application.item.clone()), parts)
    }

    pub fn unemployment(&self, who: Someone) -> Sealed {
        self.seal_application(
            &application(UNEMPLOYMENT, who, who.unemployed(), Vec::new()),
            0,
        )
    }

    pub fn allowance(&self, who: Someone) -> Sealed {
        self.seal_application(&application(ALLOWANCE, who, who.in_need(), Vec::new()), 0)
    }

    /// 法律援助, with one scanned page as its evidence.
    pub fn legal_aid(&self, who: Someone) -> Sealed {
        let materials = vec![scanned(4)];
        self.seal_application(&application(LEGAL_AID, who, who.unpaid(), materials), 1)
    }

    pub fn supplement(&self, case: &str, who: Someone, seq: u32) -> Sealed {
        self.seal_supplement(&self.brings(case, who, seq))
    }

    pub fn brings(&self, case: &str, who: Someone, seq: u32) -> Supplement {
        Supplement {
            case: case.to_owned(),
            person: Some(who.person()),
            agent: None,
            identity: face(),
            materials: vec![scanned(seq)],
            answers: Answers::new(),
            station: self.station.clone(),
        }
    }

    pub fn rating(&self, level: RatingLevel, reasons: &[&str], case: Option<Uuid>) -> Sealed {
        let content = Rating {
            level,
            reasons: reasons.iter().map(|&reason| reason.to_owned()).collect(),
            words: None,
            case,
            station: self.station.clone(),
        };
        let parts = vec![part(Role::Content, &to_bytes(&content).unwrap())];
        self.seal(Kind::Rating, None, parts)
    }

    /// The packet as a newer kiosk would write it: signed, and not to be understood.
    pub fn of_a_newer_kiosk(&self, mut packet: Sealed) -> Sealed {
        let text = String::from_utf8(packet.header).unwrap();
        packet.header = text
            .replace("{\"version\":1", "{\"version\":9")
            .into_bytes();
        packet.signature = self.key.sign(Domain::Packet, &packet.header).unwrap();
        packet
    }

    pub fn seal_supplement(&self, content: &Supplement) -> Sealed {
        let parts = vec![
            part(Role::Content, &to_bytes(content).unwrap()),
            part(Role::Page(1), b"the missing page"),
        ];
        self.seal(Kind::Supplement, None, parts)
    }
}

pub fn scanned(seq: u32) -> MaterialRef {
    MaterialRef {
        seq,
        field: None,
        how: How::Scanned {
            pages: vec![Role::Page(1)],
        },
    }
}
