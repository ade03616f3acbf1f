//! The guide for people (办事指南) and the handbook for officers (业务手册), from one record.

use serde::{Deserialize, Serialize};

use super::burden::Burden;
use crate::code::ItemCode;
use crate::record::{
    Complaint, Consult, Fee, Item, LegalBasis, Limit, Material, Step, StepRole, Supply, Text,
};

/// Everything a person has to know, in one piece (R54).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Guide {
    /// Code.
    pub code: ItemCode,
    /// Version.
    pub version: u32,
    /// Name.
    pub name: Text,
    /// Body that implements it.
    pub department: String,
    /// Legal bases.
    pub legal_basis: Vec<LegalBasis>,
    /// Conditions, each with its basis.
    pub conditions: Vec<Condition>,
    /// Materials, with who brings them.
    pub materials: Vec<GuideMaterial>,
    /// Flow.
    pub flow: Vec<GuideStep>,
    /// Limit set by law.
    pub statutory_limit: Limit,
    /// Limit promised.
    pub promised_limit: Limit,
    /// What it costs.
    pub fee: Fee,
    /// What comes out.
    pub result: String,
    /// What it costs people in papers, visits, steps and days.
    pub burden: Burden,
    /// Whom to ask.
    pub consult: Consult,
    /// Where to complain.
    pub complaint: Complaint,
    /// When it is handled.
    pub service_hours: String,
    /// Frequent questions.
    pub faq: Vec<String>,
    /// Frequent mistakes.
    pub common_errors: Vec<String>,
}

/// A condition of acceptance and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The condition, in Chinese.
    pub text: String,
    /// Title and article of its basis.
    pub basis: String,
}

/// A material as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuideMaterial {
    /// Position.
    pub seq: u32,
    /// Name.
    pub name: Text,
    /// How it reaches the city; `shared` is 免提交.
    pub supply: Supply,
    /// Whether the applicant need not bring it.
    pub exempt: bool,
    /// Whether a commitment can stand in for it.
    pub commitment: bool,
    /// Originals.
    pub originals: u16,
    /// Copies.
    pub copies: u16,
    /// Standard of acceptance.
    pub accept_standard: String,
    /// Path of a sample.
    pub sample_doc: Option<String>,
    /// Path of a blank form.
    pub blank_form: Option<String>,
    /// Frequent mistakes.
    pub common_errors: Vec<String>,
}

/// A step as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuideStep {
    /// Position.
    pub seq: u32,
    /// Name.
    pub name: Text,
    /// Body.
    pub department: String,
    /// Limit.
    pub limit: Limit,
    /// Steps of one group run at the same time.
    pub parallel_group: Option<String>,
}

/// The handbook of an item (R53).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handbook {
    /// Code.
    pub code: ItemCode,
    /// Version.
    pub version: u32,
    /// Every step.
    pub steps: Vec<HandbookStep>,
}

/// What an officer does in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandbookStep {
    /// Position.
    pub seq: u32,
    /// Name.
    pub name: Text,
    /// Who acts.
    pub role: StepRole,
    /// Body.
    pub department: String,
    /// Limit.
    pub limit: Limit,
    /// Special procedure that may stop the clock here.
    pub special: Option<String>,
    /// Whether a person examines something in it.
    pub examines: bool,
    /// What is examined, point by point: to be answered with yes or no.
    pub review_points: Vec<ReviewPoint>,
}

/// One point to tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPoint {
    /// Key inside the item, for example `condition.1` or `material.3`.
    pub key: String,
    /// What is examined, in Chinese.
    pub text: String,
}

/// The guide to `item`.
#[must_use]
pub fn guide(item: &Item) -> Guide {
    Guide {
        code: item.code(),
        version: item.version,
        name: item.name.clone(),
        department: item.department.clone(),
        legal_basis: item.legal_basis.clone(),
        conditions: conditions(item).collect(),
        materials: item
            .materials
            .iter()
            .map(|material| guide_material(item, material))
            .collect(),
        flow: item.steps.iter().map(guide_step).collect(),
        statutory_limit: item.statutory_limit.clone(),
        promised_limit: item.promised_limit.clone(),
        fee: item.fee.clone(),
        result: item.result.name.clone(),
        burden: Burden::of(item),
        consult: item.consult.clone(),
        complaint: item.complaint.clone(),
        service_hours: item.service_hours.clone(),
        faq: item.faq.clone(),
        common_errors: item.common_errors.clone(),
    }
}

/// The handbook of `item`: windows examine conditions and materials for acceptance, officers and approvers the same in
/// substance.
#[must_use]
pub fn handbook(item: &Item) -> Handbook {
    let points: Vec<ReviewPoint> = review_points(item).collect();
    let steps = item.steps.iter().map(|step| {
        let examines = match step.role {
            StepRole::Window => step.counted,
            StepRole::Officer | StepRole::Approver => true,
            StepRole::Applicant | StepRole::System => false,
        };
        HandbookStep {
            seq: step.seq,
            name: step.name.clone(),
            role: step.role,
            department: step.department.clone(),
            limit: step.limit.clone(),
            special: step.special.clone(),
            examines,
            review_points: if examines { points.clone() } else { Vec::new() },
        }
    });
    Handbook {
        code: item.code(),
        version: item.version,
        steps: steps.collect(),
    }
}

/// What is examined: every condition, and every material with its standard.
pub fn review_points(item: &Item) -> impl Iterator<Item = ReviewPoint> {
    let conditions = item.accept_conditions.iter().enumerate();
    let conditions = conditions.map(|(at, text)| ReviewPoint {
        key: format!("condition.{}", at + 1),
        text: text.clone(),
    });
    let materials = item.materials.iter().map(|material| {
        let (name, standard) = (&material.name.zh, material.accept_standard.trim());
        let text = match standard {
            "" => name.clone(),
            standard => format!("{name}：{standard}"),
        };
        ReviewPoint {
            key: format!("material.{}", material.seq),
            text,
        }
    });
    conditions.chain(materials)
}

/// The conditions with their bases: the one the record names, else the item's first.
fn conditions(item: &Item) -> impl Iterator<Item = Condition> + '_ {
    item.accept_conditions
        .iter()
        .enumerate()
        .map(|(at, text)| Condition {
            text: text.clone(),
            basis: item.basis_of_condition(at).map_or_else(String::new, cited),
        })
}

fn cited(basis: &LegalBasis) -> String {
    format!(
        "《{}》{}",
        basis.title,
        basis.article.as_deref().unwrap_or_default()
    )
}

fn guide_material(item: &Item, material: &Material) -> GuideMaterial {
    GuideMaterial {
        seq: material.seq,
        name: material.name.clone(),
        supply: material.supply,
        exempt: matches!(material.supply, Supply::Shared | Supply::Generated),
        commitment: item.allows_commitment(material),
        originals: material.originals,
        copies: material.copies,
        accept_standard: material.accept_standard.clone(),
        sample_doc: material.sample_doc.clone(),
        blank_form: material.blank_form.clone(),
        common_errors: material.common_errors.clone(),
    }
}

fn guide_step(step: &Step) -> GuideStep {
    GuideStep {
        seq: step.seq,
        name: step.name.clone(),
        department: step.department.clone(),
        limit: step.limit.clone(),
        parallel_group: step.parallel_group.clone(),
    }
}
