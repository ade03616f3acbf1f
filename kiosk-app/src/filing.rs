//! What the core files becomes the content of a sealed packet.

use city_api::application::{
    self, Action, Agent, Agreed, Application, Authority, AuthorityForm, Consent, Delivery,
    DocumentKind, Fee, FormSignature, How, Identity, MaterialRef, Notice, Party, Person, Rating,
    RatingLevel, ReadAloud, Recipient, Relation, Supplement,
};
use city_api::digest::Sha256;
use city_api::packet::{ItemRef, Kind, PlainPart, Role};
use city_api::requests::Private;
use city_api::requests::identity::{IdentityLevel, IdentityMethod};
use city_api::time::CityTime;
use city_catalogue::ItemCode;
use city_catalogue::record::{FieldType, Item, Text};
use kiosk_core::screen::{self, MaterialState};
use kiosk_core::{
    AUTHORITY_PAPER, Acting, Agreement, FiledMaterial, Filing, FilingKind, Level, Method,
    VisitRecord, Wish,
};
use zeroize::Zeroizing;

use crate::memory::VisitMemory;
use crate::view::declaration;
use crate::words::{Words, declaration_key};

/// Version of the notice's and the commitment's wording; rises when their words change.
const WORDING: &str = "1";

/// What a packet says before it is sealed.
pub struct Content {
    /// Its kind.
    pub kind: Kind,
    /// The item; `None` for a rating.
    pub item: Option<ItemRef>,
    /// Its parts.
    pub parts: Vec<PlainPart>,
}

/// Why a filing cannot become a packet.
#[derive(Debug, thiserror::Error)]
pub enum FilingError {
    /// A page, the form or the form's hash is no longer in memory.
    #[error("gathering an application: {0} is not in memory")]
    Missing(&'static str),
    /// The content cannot be written.
    #[error("writing the content of a packet")]
    Json(#[from] serde_json::Error),
}

/// Gathers everything `filing` needs from `memory`.
///
/// # Errors
/// [`FilingError`]; nothing is filed then.
pub fn content(
    filing: &Filing,
    item: Option<&Item>,
    body: &Text,
    station: &str,
    words: Words,
    memory: &VisitMemory,
) -> Result<Content, FilingError> {
    let mut pages = Pages::default();
    let materials = Brought::of(filing, item, words, memory, &mut pages)?;
    let reference = filing.item.as_ref().map(|(code, version)| ItemRef {
        code: code.as_str().to_owned(),
        version: *version,
    });
    let (kind, content) = match &filing.kind {
        FilingKind::Application => {
            let form = filing.form.as_ref().ok_or(FilingError::Missing("form"))?;
            let pdf = memory.form().ok_or(FilingError::Missing("form"))?;
            let form_sha256 = Sha256::of(pdf);
            if form_sha256.as_bytes() != &form.sha256 {
                return Err(FilingError::Missing("the form that was shown"));
            }
            let application = Application {
                item: reference.clone().ok_or(FilingError::Missing("item"))?,
                person: applicant(filing),
                organisation: None,
                agent: agent(filing, &materials.paper),
                identity: identity(filing),
                answers: filing.answers.clone(),
                notice: notice(filing, item, body, words),
                materials: materials.refs,
                form_sha256,
                signature: signature(filing, item, form_sha256, words),
                fees: filing.fees.iter().map(fee).collect(),
                station: station.to_owned(),
                draft: None,
                delivery: filing.delivery.as_ref().map(delivery),
            };
            pages.add(Role::Form, pdf.to_vec());
            (Kind::Application, application::to_bytes(&application)?)
        }
        FilingKind::Supplement { case } => {
            let supplement = Supplement {
                case: case.clone(),
                person: filing.identity.as_ref().map(|i| person(&i.person)),
                agent: None,
                identity: identity(filing),
                materials: materials.refs,
                answers: filing.answers.clone(),
                station: station.to_owned(),
            };
            (Kind::Supplement, application::to_bytes(&supplement)?)
        }
        FilingKind::Rating {
            application,
            level,
            reasons,
        } => {
            let rating = Rating {
                level: RatingLevel::try_from(*level).unwrap_or(RatingLevel::FairlySatisfied),
                reasons: reasons.iter().map(|place| reason(*place)).collect(),
                words: None,
                case: Some(*application),
                station: station.to_owned(),
            };
            (Kind::Rating, application::to_bytes(&rating)?)
        }
    };
    let mut parts = vec![PlainPart {
        role: Role::Content,
        bytes: content,
    }];
    parts.append(&mut pages.parts);
    if !filing.record.events.is_empty() {
        parts.push(PlainPart {
            role: Role::Visit,
            bytes: Zeroizing::new(record_lines(&filing.record)?),
        });
    }
    Ok(Content {
        kind,
        item: reference,
        parts,
    })
}

/// What was brought: the item's materials, and apart from them the paper by which an agent acts.
struct Brought {
    refs: Vec<MaterialRef>,
    /// Pages of the paper; empty where there is none.
    paper: Vec<Role>,
}

impl Brought {
    fn of(
        filing: &Filing,
        item: Option<&Item>,
        words: Words,
        memory: &VisitMemory,
        pages: &mut Pages,
    ) -> Result<Self, FilingError> {
        let mut brought = Self {
            refs: Vec::new(),
            paper: Vec::new(),
        };
        for material in &filing.materials {
            let filed = pages.material(material, item, words, memory)?;
            match filed.how {
                How::Scanned { pages } if material.seq == AUTHORITY_PAPER => brought.paper = pages,
                _ if material.seq == AUTHORITY_PAPER => {
                    return Err(FilingError::Missing("the paper of the authority"));
                }
                _ => brought.refs.push(filed),
            }
        }
        Ok(brought)
    }
}

/// Who applies: whom an agent acts for, else who was identified.
fn applicant(filing: &Filing) -> Option<Person> {
    let principal = filing.acting.as_ref().map(|acting| &acting.principal);
    let own = filing.identity.as_ref().map(|identity| &identity.person);
    principal.or(own).map(person)
}

/// Who acts for the applicant, `paper` being the pages of what the applicant signed.
fn agent(filing: &Filing, paper: &[Role]) -> Option<Agent> {
    let (acting, identity) = (filing.acting.as_ref()?, filing.identity.as_ref()?);
    let (code, _) = filing.item.as_ref()?;
    Some(Agent {
        person: person(&identity.person),
        authority: authority(acting, &identity.person, code),
        agreed: match acting.agreement {
            Agreement::PhoneCode => Agreed::Given,
            Agreement::Paper | Agreement::Guardian => Agreed::Card,
        },
        pages: paper.to_vec(),
    })
}

/// What the applicant allows, in the words of the contract: the same ones wherever it is shown.
pub fn authority(acting: &Acting, agent: &kiosk_core::Person, item: &ItemCode) -> Authority {
    let party = |person: &kiosk_core::Person| Party {
        number: Private::new(person.number.reveal().to_owned()),
        name: Private::new(person.name.reveal().to_owned()),
    };
    let collects = acting.may_collect.then_some(Action::Collect);
    let actions = [Action::File, Action::Sign].into_iter().chain(collects);
    Authority {
        id: acting.authority,
        principal: party(&acting.principal),
        agent: party(agent),
        relation: match acting.relation {
            kiosk_core::Relation::Spouse => Relation::Spouse,
            kiosk_core::Relation::Child => Relation::Child,
            kiosk_core::Relation::Parent => Relation::Parent,
            kiosk_core::Relation::Relative => Relation::Relative,
            kiosk_core::Relation::Guardian => Relation::Guardian,
            kiosk_core::Relation::Lawyer => Relation::Lawyer,
            kiosk_core::Relation::Other => Relation::Other,
        },
        items: vec![item.as_str().to_owned()],
        actions: actions.collect(),
        valid_from: acting.from,
        valid_to: acting.to,
        form: match acting.agreement {
            Agreement::PhoneCode => AuthorityForm::Electronic,
            Agreement::Paper => AuthorityForm::Paper,
            Agreement::Guardian => AuthorityForm::Guardian,
        },
    }
}

/// The scanned pages in the packet, numbered from 1.
#[derive(Default)]
struct Pages {
    next: u16,
    parts: Vec<PlainPart>,
}

impl Pages {
    fn add(&mut self, role: Role, bytes: Vec<u8>) {
        self.parts.push(PlainPart {
            role,
            bytes: Zeroizing::new(bytes),
        });
    }

    fn material(
        &mut self,
        material: &FiledMaterial,
        item: Option<&Item>,
        words: Words,
        memory: &VisitMemory,
    ) -> Result<MaterialRef, FilingError> {
        let dataset = || {
            let listed = item?.materials.iter().find(|m| m.seq == material.seq)?;
            listed.share.as_ref().map(|share| share.dataset.clone())
        };
        let dataset = || dataset().unwrap_or_else(|| material.name.zh.clone());
        let how = match material.state {
            MaterialState::AlreadyHeld => How::AlreadyHeld { dataset: dataset() },
            MaterialState::NotFound => How::NoRecord { dataset: dataset() },
            MaterialState::AskedLater => How::AskedLater { dataset: dataset() },
            MaterialState::FromCard => How::FromCard {},
            MaterialState::Generated => How::Generated {},
            MaterialState::Scanned(_) => self.scanned(material, memory)?,
            MaterialState::Promised => {
                let name = words.text(&material.name);
                let text = words.fill("doc.promise", &[("name", &name)]);
                How::Promised {
                    version: WORDING.to_owned(),
                    text_sha256: Sha256::of(text.as_bytes()),
                }
            }
            MaterialState::Later(due) => How::Later { due },
            MaterialState::NotBrought
            | MaterialState::Optional
            | MaterialState::ToScan
            | MaterialState::ToScanOrPromise
            | MaterialState::ToPromise => How::NotBrought {},
        };
        Ok(MaterialRef {
            seq: material.seq,
            field: material.field.clone(),
            how,
        })
    }

    fn scanned(
        &mut self,
        material: &FiledMaterial,
        memory: &VisitMemory,
    ) -> Result<How, FilingError> {
        let mut roles = Vec::new();
        for page in &material.pages {
            let jpeg = memory
                .filed(page.picture)
                .ok_or(FilingError::Missing("a scanned page"))?;
            self.next = self.next.saturating_add(1);
            let role = Role::Page(self.next);
            self.add(role, jpeg.to_vec());
            roles.push(role);
        }
        Ok(How::Scanned { pages: roles })
    }
}

fn person(person: &kiosk_core::Person) -> Person {
    let some = |text: &kiosk_core::Secret| {
        (!text.is_empty()).then(|| Private::new(text.reveal().to_owned()))
    };
    Person {
        document: match person.document {
            kiosk_core::DocumentKind::Resident => DocumentKind::Resident,
            kiosk_core::DocumentKind::Hmt => DocumentKind::Hmt,
            kiosk_core::DocumentKind::Foreigner2017 => DocumentKind::Foreigner2017,
            kiosk_core::DocumentKind::Foreigner2023 => DocumentKind::Foreigner2023,
        },
        name: Private::new(person.name.reveal().to_owned()),
        english_name: some(&person.latin_name),
        number: Private::new(person.number.reveal().to_owned()),
        number_valid: person.number_valid,
        sex_code: (!person.sex_code.is_empty()).then(|| Private::new(person.sex_code.clone())),
        ethnicity_code: None,
        nationality: None,
        birth_date: person.born.map(|born| Private::new(born.to_string())),
        address: some(&person.address),
        issuer: None,
        valid_from: None,
        valid_to: person.valid_to.map(|last| Private::new(last.to_string())),
    }
}

fn identity(filing: &Filing) -> Identity {
    let Some(identity) = &filing.identity else {
        return Identity {
            level: IdentityLevel::None,
            methods: Vec::new(),
            grant: None,
            later: false,
        };
    };
    Identity {
        level: match identity.level() {
            Level::None => IdentityLevel::None,
            Level::Card => IdentityLevel::IdCard,
            Level::CardAndFactor => IdentityLevel::IdCardFace,
        },
        methods: identity.methods.iter().map(|way| method(*way)).collect(),
        grant: identity
            .grant
            .as_ref()
            .map(|grant| Private::new(grant.reveal().to_owned())),
        later: identity.later,
    }
}

/// The contract's name of a way to prove an identity.
#[must_use]
pub fn method(method: Method) -> IdentityMethod {
    match method {
        Method::Card => IdentityMethod::Card,
        Method::Face => IdentityMethod::Face,
        Method::PhoneCode => IdentityMethod::PhoneCode,
        Method::Staff => IdentityMethod::Staff,
    }
}

/// The legal text of the notice, in Chinese whatever language the visit was in: who asks, for what, and the kinds of
/// data that the notice page lists. The packet holds its hash.
fn notice_text(item: &Item, body: &Text, words: Words) -> String {
    let kinds: Vec<String> = item
        .form
        .iter()
        .filter(|field| field.field_type != FieldType::Signature)
        .map(|field| words.text(&field.label))
        .collect();
    let values = [
        ("item", words.text(&item.name)),
        ("body", words.text(body)),
        ("kinds", kinds.join("、")),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
    words.fill("notice.text", &values)
}

fn notice(filing: &Filing, item: Option<&Item>, body: &Text, words: Words) -> Notice {
    let text = item
        .map(|item| notice_text(item, body, words))
        .unwrap_or_default();
    Notice {
        version: WORDING.to_owned(),
        text_sha256: Sha256::of(text.as_bytes()),
        consents: filing
            .consents
            .iter()
            .map(|consent| Consent {
                key: match consent {
                    screen::Consent::Notice => "notice",
                    screen::Consent::Sensitive => "sensitive",
                    screen::Consent::Guardian => "guardian",
                }
                .to_owned(),
                given: true,
            })
            .collect(),
    }
}

fn signature(
    filing: &Filing,
    item: Option<&Item>,
    form_sha256: Sha256,
    words: Words,
) -> Option<FormSignature> {
    let by_agent = filing.acting.is_some();
    let statement = declaration_key(by_agent);
    if let (Some(lang), Some(item)) = (filing.aloud, item) {
        let words = Words(lang).published();
        let spoken = declaration(&item.name, &filing.fees, by_agent, words).join("\n");
        return Some(FormSignature {
            strokes: Vec::new(),
            aloud: Some(ReadAloud {
                language: words.code().to_owned(),
                text_sha256: Sha256::of(spoken.as_bytes()),
            }),
            time: city_time(filing.at),
            form_sha256,
            statement: words.get(statement),
        });
    }
    let thousandth = |place: u16| f32::from(place) / 1000.0;
    let strokes: Vec<Vec<application::Point>> = filing
        .strokes
        .iter()
        .map(|stroke| {
            stroke
                .iter()
                .map(|point| application::Point {
                    x: thousandth(point.x),
                    y: thousandth(point.y),
                    millis: 0,
                })
                .collect()
        })
        .collect();
    (!strokes.is_empty()).then(|| FormSignature {
        strokes,
        aloud: None,
        time: city_time(filing.at),
        form_sha256,
        statement: words.get(statement),
    })
}

/// The city's time of a civil date-time at UTC+8.
#[must_use]
pub fn city_time(at: jiff::civil::DateTime) -> CityTime {
    CityTime::new(crate::clock::moment(at))
}

/// How the result should reach the resident. An address is in a wish only where the button below it was pressed.
fn delivery(wish: &Wish) -> Delivery {
    match wish {
        Wish::Electronic => Delivery::Electronic {},
        Wish::Print => Delivery::Print {},
        Wish::Window { station } => Delivery::Window {
            station: station.clone(),
        },
        Wish::Locker { station } => Delivery::Locker {
            station: station.clone(),
        },
        Wish::Post { address } => Delivery::Post {
            address: Private::new(address.reveal().to_owned()),
            confirmed: true,
            recipient: Recipient::Applicant,
        },
    }
}

fn fee(fee: &screen::FeeShown) -> Fee {
    Fee {
        name: fee.name.clone(),
        standard: fee.standard.clone(),
        cents: fee.amount_fen,
        basis: fee.basis.clone(),
    }
}

/// Stable keys of the reasons on the rating page, in their order.
fn reason(place: u8) -> String {
    let keys = ["slow", "unclear", "asked-too-much", "device", "other"];
    keys.get(usize::from(place))
        .copied()
        .unwrap_or("other")
        .to_owned()
}

fn record_lines(record: &VisitRecord) -> Result<Vec<u8>, serde_json::Error> {
    let mut lines = Vec::new();
    for (milliseconds, shape) in &record.events {
        serde_json::to_writer(&mut lines, &(milliseconds, shape))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use kiosk_core::screen::Lang;

    use super::*;

    #[test]
    fn the_promise_signed_here_is_the_text_the_city_published() {
        let mut files = city_backend::sample_city::FILES.iter();
        let (_, texts) = files.find(|(file, _)| *file == "commitments.json").unwrap();
        let texts: serde_json::Value = serde_json::from_str(texts).unwrap();
        let words = Words(Lang::ZhHans);
        let signed = words.fill("doc.promise", &[("name", "房产证明")]);
        let published = texts[WORDING].as_str().unwrap();
        assert_eq!(signed, published.replace("{name}", "房产证明"));
    }

    #[test]
    fn what_is_signed_by_ear_is_what_the_page_said() {
        use crate::samples;
        use kiosk_core::screen::{Action, Page, SignAloud, SignPage};
        let (_, catalogue) = city_backend::sample_city::FILES[0];
        let catalogue =
            city_catalogue::Catalogue::parse("catalogue.json", catalogue.as_bytes()).unwrap();
        let item = catalogue.items().first().unwrap();
        let mut filing = Filing {
            application: uuid::Uuid::nil(),
            kind: FilingKind::Application,
            item: None,
            identity: None,
            acting: None,
            answers: city_catalogue::form::Answers::new(),
            consents: Vec::new(),
            materials: Vec::new(),
            form: None,
            strokes: Vec::new(),
            delivery: None,
            aloud: None,
            fees: Vec::new(),
            at: jiff::civil::date(2026, 3, 2).at(9, 15, 0, 0),
            record: VisitRecord::default(),
        };
        let form = Sha256::of(b"form");
        let signed = |filing: &Filing| signature(filing, Some(item), form, Words(Lang::ZhHans));
        assert_eq!(signed(&filing), None, "nobody signed");
        let page = Page::Sign(SignPage {
            item: item.name.clone(),
            strokes: Vec::new(),
            enough: false,
            applicant: None,
            fees: Vec::new(),
            aloud: Some(SignAloud::default()),
        });
        // Traditional Chinese hears and signs the text that was published.
        for (lang, heard) in [(Lang::En, Lang::En), (Lang::ZhHant, Lang::ZhHans)] {
            filing.aloud = Some(lang);
            let screen = samples::screen(1, lang, page.clone(), Some(Action::Submit));
            let spoken = crate::view::lines(&screen).into_iter().map(|it| it.text);
            let spoken: Vec<String> = spoken.collect();
            let declared = declaration(&item.name, &[], false, Words(heard));
            assert!(spoken.windows(declared.len()).any(|said| said == declared));
            let signed = signed(&filing).unwrap();
            assert!(signed.is_given() && declared.contains(&signed.statement));
            let aloud = signed.aloud.as_ref().unwrap();
            assert_eq!(aloud.language, Words(heard).code());
            assert_eq!(
                aloud.text_sha256,
                Sha256::of(declared.join("\n").as_bytes())
            );
        }
    }

    #[test]
    fn the_notice_names_what_is_asked_and_not_the_signature() {
        let (_, catalogue) = city_backend::sample_city::FILES[0];
        let catalogue =
            city_catalogue::Catalogue::parse("catalogue.json", catalogue.as_bytes()).unwrap();
        let signed = |item: &&std::sync::Arc<Item>| {
            let mut fields = item.form.iter();
            fields.any(|field| field.field_type == FieldType::Signature)
        };
        let item = catalogue.items().iter().find(signed).unwrap();
        let text = notice_text(item, &Text::default(), Words(Lang::ZhHans));
        for field in &item.form {
            let signature = field.field_type == FieldType::Signature;
            assert_eq!(!text.contains(&field.label.zh), signature, "{}", field.name);
        }
    }
}
