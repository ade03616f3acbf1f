//! From an application to a case: checks, routing, tasks.

use std::sync::Arc;

use jiff::civil::Date;

use city_api::application::{Application, NotAllowed};
use city_api::packet::Header;
use city_api::requests::Words;
use city_api::requests::identity::IdentityLevel;
use city_catalogue::ItemCode;
use city_catalogue::case::EventKind;
use city_catalogue::form::{Answers, FlagKind, check_all, flags};
use city_catalogue::record::{Identity, Item};
use city_catalogue::routing::{RegionFacts, Route, route};

use super::parties::{self, Acting};
use super::{Authentic, Plan, content, home, materials, numbers};
use crate::app::{App, KeptItem};
use crate::clock::civil;
use crate::commitment::{self, Committing};
use crate::door;
use crate::file::{Bundled, CaseFile, CaseItem, Defect, Record, place};
use crate::flow::{self, Filed};
use crate::publish::Published;
use crate::sharing::Wish;
use crate::store::{Drawn, EnquiryRow, Filing, Opening, SavedRow, StoreError};
use crate::web::enquiries;
use crate::web::error::Answer;

/// The plan for an application.
pub(super) async fn plan(app: &App, packet: &Authentic, header: &Header) -> Answer<Plan> {
    let published = app.published();
    let kept = match &header.item {
        Some(item) => app.kept_item(&item.code, Some(item.version)).await?,
        None => None,
    };
    let refused = refused(kept.as_ref(), header);
    let item = kept.map(|kept| kept.item);
    let refused = refused.or_else(|| packet.entrance.not_offered(item.as_deref()?));
    let (application, mut defect) = read(app, header).await?;
    let mut acting = Acting::default();
    if let (Some(application), Some(item), None) = (&application, &item, &defect) {
        // Who may not apply at all is told so before anything about the form.
        let actions = parties::filing(application);
        let parties = application.parties();
        acting = parties::check(app, packet, header, parties, actions, item).await?;
        let wrong = home::of_application(packet, item, application);
        defect = wrong
            .or_else(|| acting.defect.take())
            .or_else(|| check(header, application, item, &published));
        if defect.is_none() {
            defect = barred(app, packet, header, application, item).await?;
        }
    }
    let draft = draft(app, packet, application.as_ref()).await?;
    if let (None, Some(filed)) = (&defect, draft.as_ref().and_then(|draft| draft.filed)) {
        defect = Some(Defect::new(
            "draft_filed",
            format!("the draft it was made from was filed by packet {filed}"),
        ));
    }
    let noted = refused.as_ref().map(|refused| {
        let code = header.item.as_ref().map_or("-", |item| item.code.as_str());
        (
            EventKind::ItemRefused,
            format!("{code}: {}", refused.detail),
        )
    });
    let objections = match (&application, &item) {
        (Some(application), Some(item)) => {
            enquiries::objections(app, &packet.kiosk, packet.id, application, item)?
        }
        _ => Vec::new(),
    };
    let defect = refused.or(defect);
    let defect = defect.map(|defect| home::elsewhere(packet, item.as_deref(), defect));
    let mut plan = open(app, packet, item, application, defect);
    plan.notes.extend(noted);
    plan.notes.extend(acting.notes);
    plan.objections = objections;
    plan.authority = acting.authority;
    if let Some(draft) = draft.filter(|draft| draft.filed.is_none()) {
        plan.draft = Some(draft.id);
        plan.dropped = draft.pages;
    }
    Ok(plan)
}

/// The draft of this person that the application was made from; None when there is none any more.
async fn draft(
    app: &App,
    packet: &Authentic,
    application: Option<&Application>,
) -> Answer<Option<SavedRow>> {
    let Some((application, id)) = application.and_then(|one| one.draft.map(|id| (one, id))) else {
        return Ok(None);
    };
    let agent = application.agent.as_ref().map(|agent| &agent.person);
    let owner = agent.or(application.person.as_ref());
    let owner = owner.map(|person| app.keys.master.person(person.number.reveal()));
    let found = app.store.saved(id, packet.now).await?;
    Ok(found.filter(|found| Some(found.person) == owner && found.filed != Some(packet.id)))
}

/// One item of a bundle, planned like an application for it alone.
pub(super) struct Part {
    /// Opens its case.
    pub(super) opening: Opening,
    /// Key of its defect; None for a regular case.
    pub(super) irregular: Option<String>,
    /// Objections to data that came with it.
    pub(super) objections: Vec<EnquiryRow>,
}

/// The plan for the item of a bundle that `application` is for; `form` is the bundle's one form, opened.
pub(super) async fn part(
    app: &App,
    packet: &Authentic,
    header: &Header,
    application: Application,
    form: Option<&[u8]>,
    bundle: Bundled,
) -> Answer<Part> {
    let published = app.published();
    let asked = &application.item;
    let kept = app.kept_item(&asked.code, Some(asked.version)).await?;
    let header = Header {
        item: Some(asked.clone()),
        ..header.clone()
    };
    let refused = refused(kept.as_ref(), &header);
    let noted = refused.as_ref();
    let noted = noted.map(|refused| format!("{}: {}", asked.code, refused.detail));
    let item = kept.map(|kept| kept.item);
    let mut founded = false;
    let mut defect = application
        .check(&header, form)
        .err()
        .map(|error| Defect::new(error.key(), error.to_string()));
    if let (Some(item), None) = (&item, &defect) {
        let (parties, actions) = (application.parties(), parties::filing(&application));
        let mut acting = parties::check(app, packet, &header, parties, actions, item).await?;
        let not_for_citizens = NotAllowed::NotForCitizens.key();
        // What another item of the matter founds has no code yet: the officer of this one looks at it.
        founded = acting
            .defect
            .take_if(|defect| defect.key == not_for_citizens)
            .is_some();
        defect = acting
            .defect
            .take()
            .or_else(|| check(&header, &application, item, &published));
        if defect.is_none() {
            defect = barred(app, packet, &header, &application, item).await?;
        }
    }
    let id = uuid::Uuid::now_v7();
    let objections = match &item {
        Some(item) => enquiries::objections(app, &packet.kiosk, id, &application, item)?,
        None => Vec::new(),
    };
    let mut new = New::of(app, packet, item, Some(application), refused.or(defect));
    let irregular = new.defect.as_ref().map(|defect| defect.key.clone());
    new.id = id;
    new.filed.flags.extend(bundle.flag.clone());
    new.filed.flags.extend(founded.then(|| {
        Words::new(
            "申请人为同一件事中新办的经营主体，尚无统一社会信用代码",
            "The applicant is the business that the same matter founds: it has no credit code yet",
        )
    }));
    new.filed.bundle = Some(bundle);
    new.noted = noted;
    Ok(Part {
        opening: new.opening(),
        irregular,
        objections,
    })
}

/// The defect of a packet for an item that nobody could file then (`specs/domain.md` R28).
fn refused(kept: Option<&KeptItem>, header: &Header) -> Option<Defect> {
    match kept.map(|kept| door::check(kept, header.time.timestamp())) {
        Some(Ok(())) => None,
        Some(Err(reason)) => Some(Defect::new(Defect::NOT_IN_FORCE, reason)),
        None => Some(Defect::new(
            Defect::UNKNOWN,
            "this version of the item was never in force",
        )),
    }
}

/// Reads the application; a defect is named, what can be read is kept.
async fn read(app: &App, header: &Header) -> Answer<(Option<Application>, Option<Defect>)> {
    let (application, form): (Application, _) = match content::read(app, header).await? {
        Ok(read) => read,
        Err(defect) => return Ok((None, Some(defect))),
    };
    let form = form.as_ref().map(|bytes| bytes.as_slice());
    let found = application.check(header, form).err();
    let found = found.map(|error| Defect::new(error.key(), error.to_string()));
    Ok((Some(application), found))
}

/// The defect of a commitment by somebody whose commitments do not count.
async fn barred(
    app: &App,
    packet: &Authentic,
    header: &Header,
    application: &Application,
    item: &Item,
) -> Result<Option<Defect>, StoreError> {
    let who = application.person.as_ref().map(|person| {
        let index = app.keys.master.person(person.number.reveal());
        let wish = Wish::at_kiosk(app.now(), &packet.kiosk, index, &item.department);
        Committing {
            person: index,
            number: &person.number,
            item: Some(item),
            wish: Wish {
                application: Some(application),
                ..wish
            },
        }
    });
    commitment::defect(app, who, &application.materials, header.time).await
}

/// Identity, answers and materials, by the rules of the day it was filed.
fn check(
    header: &Header,
    application: &Application,
    item: &Item,
    published: &Published,
) -> Option<Defect> {
    // An agent reads the own card with a live check, whatever the item asks (`specs/domain.md` 5.3).
    let needed = match &application.agent {
        Some(_) => IdentityLevel::IdCardFace,
        None => level(item),
    };
    if application.identity.level < needed
        || (needed > IdentityLevel::None && application.person.is_none())
    {
        let reached = application.identity.level.name();
        let detail = format!("{} is needed, {reached} was reached", needed.name());
        let key = if application.identity.later {
            "identity_later"
        } else {
            "identity_missing"
        };
        return Some(Defect::new(key, detail));
    }
    let day = header.time.date();
    form_defect(item, &application.answers, day, published)
        .or_else(|| materials::check(item, application, day, published).defect)
        .or_else(|| delivery_defect(item, application, published))
}

/// The defect of a way of the result that the item or the station does not offer, or that says too little.
fn delivery_defect(
    item: &Item,
    application: &Application,
    published: &Published,
) -> Option<Defect> {
    let windows = |station: &str| {
        let station = published.catalogue.station(station);
        station.is_some_and(|station| station.windows > 0)
    };
    let lockers = &published.policy.delivery.lockers;
    let has_agent = application.agent.is_some();
    let chosen = application.delivery.as_ref()?;
    let checked = chosen.check(item, has_agent, windows, |station| {
        lockers.contains_key(station)
    });
    let wrong = checked.err()?;
    Some(Defect::new(wrong.key(), wrong.to_string()))
}

/// The defect of answers that break the rules of the item's form on the day they were filed.
pub(super) fn form_defect(
    item: &Item,
    answers: &Answers,
    today: Date,
    published: &Published,
) -> Option<Defect> {
    let problems = check_all(item, answers, &published.context(today));
    if problems.is_empty() {
        return None;
    }
    let named: Vec<String> = problems
        .iter()
        .take(20)
        .map(|problem| format!("{}: {}", problem.field, problem.problem.key()))
        .collect();
    Some(Defect::new("form_invalid", named.join(", ")))
}

/// Identity level of an item.
pub(crate) fn level(item: &Item) -> IdentityLevel {
    match item.kiosk.identity {
        Identity::None => IdentityLevel::None,
        Identity::IdCard => IdentityLevel::IdCard,
        Identity::IdCardFace => IdentityLevel::IdCardFace,
    }
}

/// An irregular case of which nothing could be read.
pub(super) fn irregular(app: &App, packet: &Authentic, defect: Defect) -> Plan {
    open(app, packet, None, None, Some(defect))
}

/// Everything the transaction needs to make the case once the numbers are drawn.
struct New {
    published: Arc<Published>,
    keys: Arc<crate::keys::Keys>,
    item: Option<CaseItem>,
    filed: Filed,
    defect: Option<Defect>,
    id: uuid::Uuid,
    receipt: String,
    person: Option<[u8; 32]>,
    now: jiff::Timestamp,
    implementation: Option<String>,
    /// Why the item was refused, where that is noted with this case alone.
    noted: Option<String>,
}

fn open(
    app: &App,
    packet: &Authentic,
    item: Option<Arc<Item>>,
    application: Option<Application>,
    defect: Option<Defect>,
) -> Plan {
    let new = New::of(app, packet, item, application, defect);
    let irregular = new.defect.clone();
    Plan {
        irregular,
        ..Plan::of(Filing::Open(new.opening()))
    }
}

impl New {
    fn of(
        app: &App,
        packet: &Authentic,
        item: Option<Arc<Item>>,
        application: Option<Application>,
        defect: Option<Defect>,
    ) -> Self {
        let published = app.published();
        let mut routed = routed(&published, packet, item.as_ref(), application.as_ref());
        let defect = defect.or(routed.elsewhere.take());
        let flags = application_flags(&published, packet, item.as_deref(), application.as_ref());
        let person = application
            .as_ref()
            .and_then(|application| application.person.as_ref())
            .map(|person| app.keys.master.person(person.number.reveal()));
        let implementation = |item: &CaseItem| item.handled.codes.implementation.clone();
        let implementation = routed.item.as_ref().and_then(implementation);
        Self {
            keys: Arc::clone(&app.keys),
            filed: Filed {
                kiosk: packet.kiosk.id.clone(),
                station: packet.kiosk.station.clone(),
                number: String::new(),
                body: routed.body,
                routing: routed.reason,
                flags,
                application,
                channel: packet.entrance.channel(),
                received_by: packet.entrance.clerk().cloned(),
                packet: packet.id,
                bundle: None,
            },
            item: routed.item,
            defect,
            id: packet.id,
            receipt: packet.receipt.clone().unwrap_or_default(),
            person,
            now: packet.now,
            implementation,
            noted: None,
            published,
        }
    }

    fn opening(self) -> Opening {
        Opening {
            counter: self.implementation.clone(),
            make: Box::new(move |drawn| self.make(&drawn)),
        }
    }

    fn make(self, drawn: &Drawn) -> Result<crate::store::CaseRow, StoreError> {
        let day = civil(self.now).date();
        let (filing_number, case_number) = numbers(day, drawn, self.implementation.as_deref())?;
        let (_, key) = self
            .keys
            .master
            .new_data_key(&place(self.id))
            .map_err(|error| StoreError::Content {
                operation: "making a case's key",
                reason: error.to_string(),
            })?;
        let ground = self.published.ground(self.now, self.item.as_ref());
        let mut filed = self.filed;
        if let Some(bundle) = &mut filed.bundle {
            bundle.number = drawn.bundle.clone().unwrap_or_default();
        }
        filed.number = case_number.clone().unwrap_or_else(|| filing_number.clone());
        let mut record: Record = match (self.defect, &self.item) {
            (None, Some(item)) => flow::open(filed, item, &ground),
            (Some(defect), item) => flow::irregular(filed, item.as_ref(), defect, &ground),
            (None, None) => {
                let unknown = Defect::new(Defect::UNKNOWN, "");
                flow::irregular(filed, None, unknown, &ground)
            }
        };
        if let Some(noted) = self.noted {
            record.tell(self.now, EventKind::ItemRefused, None, None, noted);
        }
        let filed_item = self.item.as_ref().map(|item| item.filed.as_ref());
        CaseFile {
            id: self.id,
            filing_number,
            case_number,
            receipt: self.receipt,
            person: self.person,
            level: filed_item.map_or(IdentityLevel::IdCardFace, level),
            item: filed_item.map(|item| item.code().as_str().to_owned()),
            received: self.now,
            key,
            record,
        }
        .into_row(&self.keys.master)
    }
}

/// The day it was filed, by the kiosk; today when that cannot be read.
fn filing_day(packet: &Authentic) -> Date {
    let filed = packet.header.as_ref().map(|header| header.time.date());
    filed.unwrap_or_else(|_| civil(packet.now).date())
}

/// Where an application goes, by which record it is handled there, and why.
struct Routed {
    body: String,
    reason: Words,
    item: Option<CaseItem>,
    /// The person is still there and can be told to go elsewhere.
    elsewhere: Option<Defect>,
}

fn routed(
    published: &Published,
    packet: &Authentic,
    item: Option<&Arc<Item>>,
    application: Option<&Application>,
) -> Routed {
    let as_filed = item.map(|item| CaseItem::of(Arc::clone(item)));
    let (Some(item), Some(application)) = (item, application) else {
        return Routed {
            body: published.bureau.clone(),
            reason: Words::new(
                "申报内容无法识别，由受理机构核查。",
                "The filing cannot be read; the bureau looks at it.",
            ),
            item: as_filed,
            elsewhere: None,
        };
    };
    let Some(station) = packet.entrance.station(&packet.kiosk, published) else {
        return Routed {
            body: item.department.clone(),
            reason: Words::new(
                "收件站点不在目录中。",
                "The station is not in the catalogue.",
            ),
            item: as_filed,
            elsewhere: None,
        };
    };
    let facts = RegionFacts::from_answers(item, &application.answers);
    match route(
        &published.catalogue,
        item,
        &facts,
        station,
        &published.regions,
        filing_day(packet),
    ) {
        Route::Here {
            body,
            item: code,
            reason,
        } => Routed {
            body,
            reason: Words::new(reason.zh, reason.en),
            item: handled_by(published, item, &code).or(as_filed),
            elsewhere: None,
        },
        // The resident of a kiosk has gone: the city takes it and passes it on, and the reason says so.
        Route::GoTo { body, reason, .. } => Routed {
            body,
            elsewhere: packet
                .entrance
                .is_there()
                .then(|| Defect::new("go_elsewhere", reason.en.clone())),
            reason: Words::new(reason.zh, reason.en),
            item: as_filed,
        },
    }
}

/// The item filed, handled by another body's own record of this code; None when it is the record filed.
fn handled_by(published: &Published, filed: &Arc<Item>, code: &ItemCode) -> Option<CaseItem> {
    let own = published.catalogue.item(code);
    own.filter(|own| own.code() != filed.code())
        .map(|own| CaseItem {
            filed: Arc::clone(filed),
            handled: Arc::clone(own),
        })
}

/// Things an officer should look at.
fn application_flags(
    published: &Published,
    packet: &Authentic,
    item: Option<&Item>,
    application: Option<&Application>,
) -> Vec<Words> {
    let (Some(item), Some(application), Ok(header)) = (item, application, &packet.header) else {
        return Vec::new();
    };
    let day = header.time.date();
    let context = published.context(day);
    let mut found: Vec<Words> = flags(item, &application.answers, &context)
        .into_iter()
        .map(|flag| {
            let label = item
                .field(&flag.field)
                .map(|field| field.label.clone())
                .unwrap_or_default();
            match flag.kind {
                FlagKind::Exempt { problem } => Words::new(
                    format!(
                        "{}：来自证件或共享数据，未通过校验（{}）",
                        label.zh,
                        problem.key()
                    ),
                    format!(
                        "{}: from a chip or register, fails the check ({})",
                        label.en,
                        problem.key()
                    ),
                ),
                FlagKind::Disputed => Words::new(
                    format!("{}：申请人对该数据有异议", label.zh),
                    format!("{}: the applicant disputes this value", label.en),
                ),
                FlagKind::AwaitsRegister => Words::new(
                    format!("{}：待从共享数据补全", label.zh),
                    format!("{}: to be filled in from a register", label.en),
                ),
            }
        })
        .collect();
    found.extend(materials::check(item, application, day, published).flags);
    found.extend(parties::flags(application));
    found.extend(packet.entrance.flag());
    if application
        .person
        .as_ref()
        .is_some_and(|person| !person.number_valid)
    {
        found.push(Words::new(
            "证件号码校验位不符，按证件原样接收",
            "The check digit of the document number is wrong; accepted as on the document",
        ));
    }
    found
}
