//! One service item (事项) with everything its guide, form and case need.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Audience, BodyNature, CaseType, Channel, Domain, Field, Identity, ItemType, KioskMode,
    LegalRank, Level, LimitUnit, Material, ResultKind, Revision, Scope, Status, StepRole, Text,
};
use crate::code::ItemCode;

/// A service item in one version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The three codes.
    #[serde(default)]
    pub codes: Codes,
    /// Name of the item.
    pub name: Text,
    /// Kind of administrative act.
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// Chinese name of the kind.
    pub type_name: String,
    /// Domain on the kiosk's first menu.
    #[serde(rename = "field")]
    pub domain: Domain,
    /// Theme inside the domain; an open list.
    pub theme: String,
    /// Who may apply.
    pub audience: Vec<Audience>,
    /// Id of the implementing body.
    pub department: String,
    /// Ids of bodies that take part.
    pub co_departments: Vec<String>,
    /// Level of the implementing body.
    pub level: Level,
    /// Legal standing of the implementing body.
    pub body_nature: BodyNature,
    /// Legal bases; at least one.
    #[serde(default)]
    pub legal_basis: Vec<LegalBasis>,
    /// Conditions for acceptance, in Chinese.
    pub accept_conditions: Vec<String>,
    /// Materials in the order of the guide.
    pub materials: Vec<Material>,
    /// Steps in order.
    pub steps: Vec<Step>,
    /// Limit set by law.
    pub statutory_limit: Limit,
    /// Limit promised; value 0 is on the spot.
    pub promised_limit: Limit,
    /// Kind of case.
    pub case_type: CaseType,
    /// Chinese name of the kind of case.
    pub case_type_name: String,
    /// Names of procedures that stop the clock.
    pub special_procedures: Vec<String>,
    /// What it costs.
    pub fee: Fee,
    /// Ways of applying.
    pub channels: Vec<Channel>,
    /// How far from home it can be applied for.
    pub scope: Scope,
    /// Chinese name of the scope.
    pub scope_name: String,
    /// What a kiosk can do.
    pub kiosk: Kiosk,
    /// Booking.
    pub appointment: Appointment,
    /// Posting of results.
    pub express: Express,
    /// Whether an agent may act.
    pub proxy: Proxy,
    /// How many times the applicant must come.
    pub on_site_visits: u8,
    /// Whether a signed commitment can replace materials (告知承诺).
    pub commitment: Commitment,
    /// What comes out.
    pub result: ServiceResult,
    /// Whom to ask.
    pub consult: Consult,
    /// Where to complain.
    pub complaint: Complaint,
    /// When it is handled, in Chinese.
    pub service_hours: String,
    /// The questions.
    pub form: Vec<Field>,
    /// Frequent questions, in Chinese.
    pub faq: Vec<String>,
    /// Frequent mistakes, in Chinese.
    pub common_errors: Vec<String>,
    /// Life of this version.
    pub status: Status,
    /// Version, rising; a case stays on the version it began with.
    pub version: u32,
    /// First day in force.
    pub effective_from: Date,
    /// Planned last day; `None` is open-ended.
    pub plan_cancel_date: Option<Date>,
    /// For each condition the place of its legal basis, from 0; empty where all rest on the first (R9).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub condition_basis: Vec<usize>,
    /// How this version came about; `None` for what a city took over with its catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}

impl Item {
    /// The code the item is known by: the handling code, or the implementation code where it has none.
    ///
    /// Empty only in a record that the loader would refuse (`E_CODE_MISSING`).
    #[must_use]
    pub fn code(&self) -> ItemCode {
        let codes = &self.codes;
        let code = codes.handling.as_deref().filter(|code| !code.is_empty());
        ItemCode::new(code.or(codes.implementation.as_deref()).unwrap_or_default())
    }

    /// The question called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.form.iter().find(|field| field.name == name)
    }

    /// Whether the body handles the item, takes part in it, or has a step of it.
    #[must_use]
    pub fn involves(&self, body: &str) -> bool {
        self.department == body
            || self.co_departments.iter().any(|co| co == body)
            || self.steps.iter().any(|step| step.department == body)
    }

    /// Whether the item can be applied for on `today`.
    #[must_use]
    pub fn in_force(&self, today: Date) -> bool {
        self.status == Status::InForce
            && self.effective_from <= today
            && self.plan_cancel_date.is_none_or(|last| today <= last)
    }

    /// The legal basis of the condition at this place, from 0; `None` where the record names none that is there.
    #[must_use]
    pub fn basis_of_condition(&self, at: usize) -> Option<&LegalBasis> {
        let named = self.condition_basis.get(at).copied();
        let place = named.or(self.condition_basis.is_empty().then_some(0))?;
        self.legal_basis.get(place)
    }

    /// Whether it is decided while the applicant waits (即办件).
    #[must_use]
    pub fn is_instant(&self) -> bool {
        self.case_type == CaseType::Instant
    }
}

/// The codes of an item. `None` and empty mean missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    /// 12 digits.
    pub basic: Option<String>,
    /// 31 characters.
    pub implementation: Option<String>,
    /// 33 characters; `None` where the body does not split the item.
    pub handling: Option<String>,
}

/// One legal basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LegalBasis {
    /// Title in Chinese.
    pub title: String,
    /// Article; `None` where the whole text is the basis.
    pub article: Option<String>,
    /// Rank.
    pub rank: LegalRank,
    /// Chinese name of the rank.
    pub rank_name: String,
    /// Number of the document, where known.
    pub doc_no: Option<String>,
    /// Whether the article was compared with the text of the law; absent is no.
    #[serde(default)]
    pub checked_against_text: bool,
}

/// A time limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// How many units.
    pub value: u32,
    /// The unit.
    pub unit: LimitUnit,
    /// Explanation in Chinese; step limits have none.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub note: Nullable<String>,
}

/// A value that is absent, null or there; the difference is kept for a faithful round trip.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Nullable<T> {
    /// The key does not occur.
    #[default]
    Absent,
    /// The key is there with null.
    Null,
    /// A value.
    Value(T),
}

impl<T> Nullable<T> {
    /// The value, where there is one.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(to)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(from)?.map_or(Self::Null, Self::Value))
    }
}

/// One step of the flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Name of the step.
    pub name: Text,
    /// Who acts.
    pub role: StepRole,
    /// Id of the acting body.
    pub department: String,
    /// Limit of the step.
    pub limit: Limit,
    /// Neighbouring steps of one group run at the same time.
    pub parallel_group: Option<String>,
    /// Whether its days count against the promise.
    pub counted: bool,
    /// Special procedure of the step, in Chinese.
    pub special: Option<String>,
    /// Position, from 1.
    pub seq: u32,
    /// Department service a `system` step asks; `None` is the service named like the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

impl Step {
    /// Name of the department service this step asks.
    #[must_use]
    pub fn service(&self) -> &str {
        self.service.as_deref().unwrap_or(&self.department)
    }
}

/// What an item costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// Whether anything is charged.
    pub charged: bool,
    /// What is charged.
    pub items: Vec<FeeItem>,
}

/// One amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeeItem {
    /// Name in Chinese.
    pub name: String,
    /// Standard in Chinese.
    pub standard: String,
    /// Amount in fen.
    pub amount_fen: u64,
    /// Document that allows it.
    pub basis: Option<String>,
    /// Who pays less, in Chinese; `None` is nobody.
    pub reducible: Option<String>,
}

/// What a kiosk can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kiosk {
    /// Whether it is offered at kiosks at all.
    pub supported: bool,
    /// How far the kiosk goes.
    pub mode: KioskMode,
    /// How sure it must be who stands there.
    pub identity: Identity,
}

/// Booking of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Appointment {
    /// Whether it can be booked.
    pub supported: bool,
    /// Days ahead; 0 where not supported.
    pub days_ahead: u16,
    /// Length of a slot in minutes.
    pub slot_minutes: u16,
    /// Bookings per slot.
    pub quota_per_slot: u16,
}

/// Posting of results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Express {
    /// Whether results are posted.
    pub supported: bool,
    /// Who pays; `None` where not supported.
    pub payer: Option<String>,
}

/// Whether an agent may act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proxy {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Rule in Chinese; `None` is the general one.
    pub note: Option<String>,
}

/// Notice and commitment (告知承诺).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// Whether it is offered.
    pub supported: bool,
}

/// What comes out of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceResult {
    /// Kind of result.
    pub kind: ResultKind,
    /// Name in Chinese.
    pub name: String,
    /// How long it is valid, in Chinese; `None` is unlimited or not said.
    pub validity: Option<String>,
    /// Whether a kiosk prints it.
    pub kiosk_print: bool,
    /// Whether it carries an electronic seal.
    pub electronic_seal: bool,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consult {
    /// Telephone.
    pub phone: String,
    /// Address.
    pub address: String,
}

/// Where to complain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// Telephone.
    pub phone: String,
    /// Address on the web.
    pub online: String,
}
