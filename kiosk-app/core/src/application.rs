//! One application in the making, and what is filed of it.

use std::sync::Arc;

use city_catalogue::code::ItemCode;
use city_catalogue::form::{Answer, Answers, Context, Source, Value, check};
use city_catalogue::record::Identity as IdentityLevel;
use city_catalogue::record::{Field, FieldType, Item, Necessity, Prefill, Supply, Text};
use jiff::civil::DateTime;
use uuid::Uuid;

use crate::delivery::Wish;
use crate::event::{Composed, Scanned};
use crate::person::{Person, Secret};
use crate::principal::{self, AUTHORITY_PAPER, Acting, Agreement};
use crate::record::VisitRecord;
use crate::screen::{
    CommitmentBar, Consent, FeeShown, Lang, MaterialState, PictureId, Point, WishShown,
};
use crate::source::value_from_source;

/// Longest signature, in points over all strokes.
pub(crate) const MOST_POINTS: usize = 4_000;

/// How far the identity was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not at all.
    None,
    /// By the card.
    Card,
    /// By the card and a second factor.
    CardAndFactor,
}

/// How an identity was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The card was read here.
    Card,
    /// The identity provider said yes.
    Face,
    /// A code sent to the phone on record was typed.
    PhoneCode,
    /// A member of staff confirmed.
    Staff,
}

/// Who it is and how that is known.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The person.
    pub person: Person,
    /// What was proven, in order.
    pub methods: Vec<Method>,
    /// The city's grant; `None` while the city is away.
    pub grant: Option<Secret>,
    /// The second factor is still to be checked by the city.
    pub later: bool,
}

impl Identity {
    /// The level reached.
    #[must_use]
    pub fn level(&self) -> Level {
        if self.methods.iter().any(|method| *method != Method::Card) {
            Level::CardAndFactor
        } else {
            Level::Card
        }
    }

    /// Enough for `item` (a factor checked later is enough to file, not to open).
    pub(crate) fn enough(&self, needed: IdentityLevel) -> bool {
        match needed {
            IdentityLevel::None | IdentityLevel::IdCard => true,
            IdentityLevel::IdCardFace => self.level() == Level::CardAndFactor || self.later,
        }
    }
}

/// What is being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilingKind {
    /// An application for the item.
    Application,
    /// Papers an officer asked for.
    Supplement {
        /// The case or filing number.
        case: String,
    },
    /// A rating.
    Rating {
        /// The application rated.
        application: Uuid,
        /// 1 to 5.
        level: u8,
        /// Places of the reasons chosen, for 1 and 2.
        reasons: Vec<u8>,
    },
}

/// One material of an application.
#[derive(Clone, Debug)]
pub struct Material {
    /// Place in the item's list; 0 and the field's name for a form field that takes a file.
    pub seq: u32,
    /// The form field it answers; `None` for a material of the list.
    pub field: Option<String>,
    /// Its name.
    pub name: Text,
    /// How it is met.
    pub state: MaterialState,
    /// Pages scanned for it.
    pub pages: Vec<Scanned>,
}

impl Material {
    /// A promise can stand for it.
    pub(crate) fn may_be_promised(&self) -> bool {
        matches!(
            self.state,
            MaterialState::ToPromise | MaterialState::ToScanOrPromise | MaterialState::Promised
        )
    }

    /// Something is still to be done before filing.
    pub(crate) fn open(&self) -> bool {
        matches!(
            self.state,
            MaterialState::ToScan | MaterialState::ToScanOrPromise | MaterialState::ToPromise
        )
    }
}

/// Who files an application.
#[derive(Clone, Debug)]
pub(crate) enum By {
    /// Who applies.
    Applicant,
    /// Somebody for another, who is still to be asked about.
    AgentOfSomebody,
    /// Somebody for another.
    Agent {
        /// For whom, by what right.
        acting: Box<Acting>,
        /// The principal's grant, for what departments know of them; `None` when they gave none.
        grant: Option<Secret>,
    },
}

/// An application that is being made.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub(crate) id: Uuid,
    pub(crate) kind: FilingKind,
    pub(crate) item: Arc<Item>,
    pub(crate) answers: Answers,
    pub(crate) consents: Vec<Consent>,
    pub(crate) materials: Vec<Material>,
    pub(crate) form: Option<Composed>,
    pub(crate) strokes: Vec<Vec<Point>>,
    /// Who files it.
    pub(crate) by: By,
    /// How the result should reach the resident; `None` while it is open, and where nothing is
    /// to be chosen.
    pub(crate) delivery: Option<Wish>,
    /// Why the person cannot promise a material; `None` when they can, or the city was not asked.
    pub(crate) bar: Option<CommitmentBar>,
    /// The language in which it was read aloud and signed by keypad.
    pub(crate) aloud: Option<Lang>,
    /// Departments were asked (or could not be); asked once.
    pub(crate) asked_registers: bool,
}

impl Application {
    /// A new application for `item`.
    pub(crate) fn new(id: Uuid, item: Arc<Item>) -> Self {
        let materials = materials_of(&item);
        Self {
            id,
            kind: FilingKind::Application,
            item,
            answers: Answers::default(),
            consents: Vec::new(),
            materials,
            form: None,
            strokes: Vec::new(),
            by: By::Applicant,
            delivery: None,
            bar: None,
            aloud: None,
            asked_registers: false,
        }
    }

    /// Papers an officer asked for in `case`.
    pub(crate) fn supplement(
        id: Uuid,
        item: Arc<Item>,
        case: String,
        asked: &[(u32, Text)],
    ) -> Self {
        let materials = asked
            .iter()
            .map(|(seq, name)| Material {
                seq: *seq,
                field: None,
                name: name.clone(),
                state: MaterialState::ToScan,
                pages: Vec::new(),
            })
            .collect();
        Self {
            kind: FilingKind::Supplement { case },
            materials,
            asked_registers: true,
            ..Self::new(id, item)
        }
    }

    /// Fills in what the card tells; what does not fit its field is left to be asked.
    pub(crate) fn take_card(&mut self, person: &Person, ctx: &Context<'_>) {
        let item = Arc::clone(&self.item);
        for field in &item.form {
            let Some(Prefill::IdCard(source)) = field.prefill() else {
                continue;
            };
            let value = person.told(source).and_then(|told| {
                told.iter()
                    .find_map(|text| value_from_source(field, text.reveal(), Some(ctx.regions)))
            });
            if let Some(value) = value {
                self.take(field, Answer::from_source(value, Source::Card), ctx);
            }
        }
    }

    /// Fills in what departments know; what does not fit its field is left to be asked.
    pub(crate) fn take_registers(&mut self, known: Vec<(String, Value)>, ctx: &Context<'_>) {
        let item = Arc::clone(&self.item);
        for (name, value) in known {
            if let Some(field) = item.form.iter().find(|field| field.name == name) {
                self.take(field, Answer::from_source(value, Source::Register), ctx);
            }
        }
    }

    /// Keeps an answer that nobody typed, unless the field has one or it is of another type.
    fn take(&mut self, field: &Field, answer: Answer, ctx: &Context<'_>) {
        let free = self.answers.get(&field.name).is_none();
        if free && check(field, &answer, &self.answers, ctx).is_ok() {
            self.answers.set(field.name.clone(), answer);
        }
    }

    /// The form was changed: what was made of it is void. The pictures of it are to be dropped.
    #[must_use]
    pub(crate) fn changed(&mut self) -> Vec<PictureId> {
        self.strokes.clear();
        self.aloud = None;
        self.form.take().map(|form| form.pages).unwrap_or_default()
    }

    /// No promise of the person counts: what could be promised is to be brought.
    pub(crate) fn bar_promises(&mut self, bar: CommitmentBar) {
        self.bar = Some(bar);
        for material in &mut self.materials {
            material.state = match material.state {
                MaterialState::ToPromise
                | MaterialState::ToScanOrPromise
                | MaterialState::Promised => MaterialState::ToScan,
                other => other,
            };
        }
    }

    /// Whom it is filed for and by what right; `None` when who stands here applies, and before it
    /// is settled.
    pub(crate) fn acting(&self) -> Option<&Acting> {
        match &self.by {
            By::Agent { acting, .. } => Some(acting),
            By::Applicant | By::AgentOfSomebody => None,
        }
    }

    /// An agent files it, and it is not settled for whom.
    pub(crate) fn is_for_somebody(&self) -> bool {
        matches!(self.by, By::AgentOfSomebody)
    }

    /// The identity level it asks of who stands here: an agent proves theirs by more than the card,
    /// whatever the item asks.
    pub(crate) fn needs(&self) -> IdentityLevel {
        match self.by {
            By::Applicant => self.item.identity(),
            By::AgentOfSomebody | By::Agent { .. } => IdentityLevel::IdCardFace,
        }
    }

    /// Somebody files it for another: settled with whom, it is the other's card that fills it in.
    pub(crate) fn act(&mut self, acting: Acting, grant: Option<Secret>) {
        if acting.agreement == Agreement::Paper {
            self.materials.insert(0, authority_paper());
        }
        self.by = By::Agent {
            acting: Box::new(acting),
            grant,
        };
    }

    /// Everything about the materials is settled.
    pub(crate) fn materials_ready(&self) -> bool {
        !self.materials.iter().any(Material::open)
    }
}

/// The paper by which an agent acts; it is scanned like any other.
fn authority_paper() -> Material {
    Material {
        seq: AUTHORITY_PAPER,
        field: None,
        name: principal::paper_name(),
        state: MaterialState::ToScan,
        pages: Vec::new(),
    }
}

/// The materials of an item and its form fields that take a file, in order.
pub(crate) fn materials_of(item: &Item) -> Vec<Material> {
    let listed = item.materials.iter().map(|material| Material {
        seq: material.seq,
        field: None,
        name: material.name.clone(),
        state: first_state(item, material),
        pages: Vec::new(),
    });
    let files = item
        .form
        .iter()
        .filter(|field| field.field_type == FieldType::File)
        .map(|field| Material {
            seq: 0,
            field: Some(field.name.clone()),
            name: field.label.clone(),
            state: if field.required {
                MaterialState::ToScan
            } else {
                MaterialState::Optional
            },
            pages: Vec::new(),
        });
    listed.chain(files).collect()
}

fn first_state(item: &Item, material: &city_catalogue::record::Material) -> MaterialState {
    match material.supply {
        Supply::IdRead => MaterialState::FromCard,
        Supply::Shared => MaterialState::AskedLater,
        Supply::Generated if material.necessity == Necessity::Optional => MaterialState::NotBrought,
        Supply::Generated => MaterialState::Generated,
        Supply::Commitment => MaterialState::ToPromise,
        Supply::Submit if material.necessity == Necessity::Optional => MaterialState::Optional,
        Supply::Submit if item.allows_commitment(material) => MaterialState::ToScanOrPromise,
        Supply::Submit => MaterialState::ToScan,
    }
}

/// What stands in the form document; the shell makes PDF and pictures of it.
#[derive(Clone, Debug)]
pub struct Form {
    /// The item.
    pub item: Arc<Item>,
    /// Language of the labels; the document always carries Chinese.
    pub lang: Lang,
    /// The applicant; `None` for items without identity.
    pub person: Option<Person>,
    /// Who files it for the applicant, and by what right; `None` when the applicant does.
    pub agent: Option<(Person, Acting)>,
    /// Question, answer as shown in full, and whether it was disputed.
    pub rows: Vec<(Text, Secret, bool)>,
    /// Materials and how they are met.
    pub materials: Vec<(Text, MaterialState)>,
    /// Promises made: names of the materials promised.
    pub promises: Vec<Text>,
    /// Fees due.
    pub fees: Vec<FeeShown>,
    /// How the result reaches the person; `None` for what has none.
    pub delivery: Option<WishShown>,
}

/// A material as filed.
#[derive(Clone, Debug)]
pub struct FiledMaterial {
    /// Place in the item's list; 0 for a form field.
    pub seq: u32,
    /// The form field; `None` for a listed material.
    pub field: Option<String>,
    /// Its name.
    pub name: Text,
    /// How it was met.
    pub state: MaterialState,
    /// Its pages.
    pub pages: Vec<Scanned>,
}

/// Everything that is sealed; personal.
#[derive(Clone, Debug)]
pub struct Filing {
    /// Drawn once when the application began; unique in the city for ever.
    pub application: Uuid,
    /// What it is.
    pub kind: FilingKind,
    /// Item and version; `None` for a rating.
    pub item: Option<(ItemCode, u32)>,
    /// Who stood here, and how that is known; `None` for items without identity.
    pub identity: Option<Identity>,
    /// Whom they acted for; `None` when they applied themselves.
    pub acting: Option<Acting>,
    /// The answers.
    pub answers: Answers,
    /// Consents given.
    pub consents: Vec<Consent>,
    /// The materials.
    pub materials: Vec<FiledMaterial>,
    /// The form shown; its hash is what was signed. `None` for supplements and ratings.
    pub form: Option<Composed>,
    /// The signature.
    pub strokes: Vec<Vec<Point>>,
    /// Signed by keypad after it was read aloud in this language; `None` for a written signature
    /// and for none.
    pub aloud: Option<Lang>,
    /// Fees due.
    pub fees: Vec<FeeShown>,
    /// How the result should reach the person; `None` leaves it to the item.
    pub delivery: Option<Wish>,
    /// Submitted at, in the city's time.
    pub at: DateTime,
    /// The record of the visit so far.
    pub record: VisitRecord,
}
