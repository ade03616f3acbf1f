//! Who applies when it is not the one at the screen alone: organisations, agents, and what an agent may do.
//!
//! The checks are pure: the kiosk asks them before it files, the city when the packet is there.
//!
//! Source: domain specification, sections 2.3 and 5.3.

use city_catalogue::code::{credit_code_valid, is_credit_text};
use city_catalogue::record::{Audience, Item};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Person, Private};
use crate::packet::Role;

/// Most items, and most actions, an authority names.
pub const MOST_ITEMS: usize = 50;

/// An organisation that applies. The packet's person is then its legal person, who acts for it unless an agent does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organisation {
    /// Name as on its licence.
    pub name: Private,
    /// 统一社会信用代码.
    pub credit_code: Private,
    /// Name of its legal person as on its licence.
    pub legal_person: Private,
}

/// Who acts for the applicant, and by what right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Agent {
    /// The agent as on the document that was read.
    pub person: Person,
    /// What the principal allowed.
    pub authority: Authority,
    /// How the principal was seen to agree.
    pub agreed: Agreed,
    /// Parts of the packet with the pages of a paper authority, in order.
    #[serde(default)]
    pub pages: Vec<Role>,
}

/// How the principal of an authority was seen to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreed {
    /// The principal's document was read on this visit.
    Card,
    /// The principal gave the authority to the city, identified there.
    Given,
    /// An officer of a window saw the principal's document.
    Papers,
}

crate::names! {
    pub Agreed
    Card = "card",
    Given = "given",
    Papers = "papers",
}

/// 委托书: what a principal lets an agent do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Authority {
    /// A UUID that stays the same wherever this authority is shown.
    pub id: Uuid,
    /// Who lets.
    pub principal: Party,
    /// Who may.
    pub agent: Party,
    /// What the agent is to the principal.
    pub relation: Relation,
    /// Handling codes of the items.
    pub items: Vec<String>,
    /// What may be done.
    pub actions: Vec<Action>,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub valid_from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub valid_to: Date,
    /// Its form.
    pub form: AuthorityForm,
}

/// A person by document number, or an organisation by credit code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Party {
    /// The number.
    pub number: Private,
    /// The name.
    pub name: Private,
}

/// What an agent is to the principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// 配偶.
    Spouse,
    /// 父母.
    Parent,
    /// 子女.
    Child,
    /// 其他近亲属.
    Relative,
    /// 监护人.
    Guardian,
    /// 单位员工.
    Employee,
    /// 律师或法律工作者.
    Lawyer,
    /// Anybody else the principal trusts.
    Other,
}

crate::names! {
    pub Relation
    Spouse = "spouse",
    Parent = "parent",
    Child = "child",
    Relative = "relative",
    Guardian = "guardian",
    Employee = "employee",
    Lawyer = "lawyer",
    Other = "other",
}

/// What an agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Files.
    File,
    /// Signs the form.
    Sign,
    /// Brings what was asked for.
    Correct,
    /// Collects the result.
    Collect,
}

crate::names! {
    pub Action
    File = "file",
    Sign = "sign",
    Correct = "correct",
    Collect = "collect",
}

/// The form of an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorityForm {
    /// On paper, signed.
    Paper,
    /// Given to the city under the principal's own identity.
    Electronic,
    /// Notarised.
    Notarised,
    /// 监护: by law, without a paper of the ward.
    Guardian,
}

crate::names! {
    pub AuthorityForm
    Paper = "paper",
    Electronic = "electronic",
    Notarised = "notarised",
    Guardian = "guardian",
}

/// Why an applicant or an agent is not taken; each has its own words and its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// The item is not for citizens.
    #[error("the item is for organisations; a citizen applied")]
    NotForCitizens,
    /// The item is not for organisations.
    #[error("the item is for citizens; an organisation applied")]
    NotForOrganisations,
    /// The credit code is wrong.
    #[error("the unified social credit code of the organisation is wrong")]
    CreditCode,
    /// Somebody else than the legal person applied, without an authority.
    #[error("who applied for the organisation is not its legal person and shows no authority")]
    LegalPerson,
    /// An agent cannot act for nobody.
    #[error("an agent acts for an applicant who is not named")]
    NoPrincipal,
    /// The item does not take agents.
    #[error("the item must be applied for in person: it takes no agent")]
    Item,
    /// One person on both sides.
    #[error("agent and principal are the same person")]
    SamePerson,
    /// The authority is another principal's.
    #[error("the authority is not the applicant's")]
    OtherPrincipal,
    /// The authority names another agent.
    #[error("the authority names another agent")]
    OtherAgent,
    /// The item is not in the authority.
    #[error("the authority does not name this item")]
    ItemNotCovered,
    /// The action is not in the authority.
    #[error("the authority does not let the agent {}", .0.name())]
    ActionNotCovered(Action),
    /// It begins later.
    #[error("the authority is not valid yet")]
    NotYet,
    /// It is over.
    #[error("the authority has expired")]
    Expired,
    /// It lasts longer than the city allows.
    #[error("the authority lasts longer than the {0} days that are allowed")]
    TooLong(u32),
    /// A paper authority without its paper.
    #[error("the paper of the authority is not among the pages")]
    NoPaper,
    /// Nobody saw the principal agree in the way this form needs.
    #[error("the principal did not give this authority to the city")]
    NotGiven,
}

impl NotAllowed {
    /// Stable key for [`Acknowledgement::irregular`](crate::acknowledgement::Acknowledgement::irregular).
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::NotForCitizens => "item_not_for_citizens",
            Self::NotForOrganisations => "item_not_for_organisations",
            Self::CreditCode => "credit_code_wrong",
            Self::LegalPerson => "legal_person_differs",
            Self::NoPrincipal => "agent_without_principal",
            Self::Item => "agent_not_taken",
            Self::SamePerson => "agent_is_principal",
            Self::OtherPrincipal => "authority_of_another",
            Self::OtherAgent => "authority_for_another",
            Self::ItemNotCovered => "authority_item",
            Self::ActionNotCovered(_) => "authority_action",
            Self::NotYet => "authority_not_yet",
            Self::Expired => "authority_expired",
            Self::TooLong(_) => "authority_too_long",
            Self::NoPaper => "authority_paper_missing",
            Self::NotGiven => "authority_not_given",
        }
    }
}

/// Whether two numbers name one person or organisation, however they were typed.
#[must_use]
pub fn same_number(one: &Private, other: &Private) -> bool {
    let canonical = |text: &Private| {
        let characters = text.reveal().chars().filter(|c| !c.is_whitespace());
        let text: String = characters.map(|c| c.to_ascii_uppercase()).collect();
        zeroize::Zeroizing::new(text)
    };
    *canonical(one) == *canonical(other)
}

impl Organisation {
    /// Whether its credit code is one (position 18; a wrong position 17 is only a remark for applicants).
    #[must_use]
    pub fn has_credit_code(&self) -> bool {
        let code = self.credit_code.reveal();
        is_credit_text(code) && credit_code_valid(code)
    }
}

impl Authority {
    /// Whether it can be given at all: somebody else, some items and actions, days in order and not too many.
    ///
    /// # Errors
    /// The first [`NotAllowed`] found.
    pub fn check(&self, most_days: u32) -> Result<(), NotAllowed> {
        if same_number(&self.principal.number, &self.agent.number) {
            return Err(NotAllowed::SamePerson);
        }
        let days = (self.valid_to - self.valid_from).get_days();
        // An authority that ends before it begins was never valid.
        let days = u32::try_from(days).map_err(|_| NotAllowed::Expired)?;
        if days > most_days {
            return Err(NotAllowed::TooLong(most_days));
        }
        Ok(())
    }

    /// Whether the agent may do this with this item on this day.
    ///
    /// # Errors
    /// The first [`NotAllowed`] found.
    pub fn covers(&self, item: &str, action: Action, day: Date) -> Result<(), NotAllowed> {
        if !self.items.iter().any(|named| named == item) {
            return Err(NotAllowed::ItemNotCovered);
        }
        if !self.actions.contains(&action) {
            return Err(NotAllowed::ActionNotCovered(action));
        }
        self.lasts(day)
    }

    /// Whether it is valid on this day.
    ///
    /// # Errors
    /// [`NotAllowed::NotYet`] or [`NotAllowed::Expired`].
    pub fn lasts(&self, day: Date) -> Result<(), NotAllowed> {
        if day < self.valid_from {
            return Err(NotAllowed::NotYet);
        }
        if day > self.valid_to {
            return Err(NotAllowed::Expired);
        }
        Ok(())
    }
}

/// Who applies and who acts: what [`Application`](super::Application) and [`Supplement`](super::Supplement) say of it.
#[derive(Debug, Clone, Copy)]
pub struct Parties<'a> {
    /// The applicant, or the legal person of the organisation that applies.
    pub person: Option<&'a Person>,
    /// The organisation that applies.
    pub organisation: Option<&'a Organisation>,
    /// Who acts for them.
    pub agent: Option<&'a Agent>,
}

impl Parties<'_> {
    /// Whether these parties may do this with the item on this day.
    ///
    /// # Errors
    /// The first [`NotAllowed`] found.
    pub fn check(
        &self,
        item: &Item,
        actions: &[Action],
        day: Date,
        most_days: u32,
    ) -> Result<(), NotAllowed> {
        self.check_applicant(item)?;
        let Some(agent) = self.agent else {
            return Ok(());
        };
        if !item.proxy.allowed {
            return Err(NotAllowed::Item);
        }
        let principal = match self.organisation {
            Some(organisation) => &organisation.credit_code,
            None => &self.person.ok_or(NotAllowed::NoPrincipal)?.number,
        };
        if same_number(principal, &agent.person.number) {
            return Err(NotAllowed::SamePerson);
        }
        let authority = &agent.authority;
        if !same_number(principal, &authority.principal.number) {
            return Err(NotAllowed::OtherPrincipal);
        }
        if !same_number(&agent.person.number, &authority.agent.number) {
            return Err(NotAllowed::OtherAgent);
        }
        authority.check(most_days)?;
        let code = item.code();
        for action in actions {
            authority.covers(code.as_str(), *action, day)?;
        }
        match (authority.form, agent.agreed) {
            (AuthorityForm::Electronic, Agreed::Card | Agreed::Papers) => Err(NotAllowed::NotGiven),
            (AuthorityForm::Paper | AuthorityForm::Notarised, Agreed::Card)
                if agent.pages.is_empty() =>
            {
                Err(NotAllowed::NoPaper)
            }
            _ => Ok(()),
        }
    }

    fn check_applicant(&self, item: &Item) -> Result<(), NotAllowed> {
        let citizens = item.audience.contains(&Audience::Person);
        let organisations = item.audience.iter().any(|who| *who != Audience::Person);
        let Some(organisation) = self.organisation else {
            // An item that identifies nobody is for everybody.
            return if citizens || self.person.is_none() {
                Ok(())
            } else {
                Err(NotAllowed::NotForCitizens)
            };
        };
        if !organisations {
            return Err(NotAllowed::NotForOrganisations);
        }
        if !organisation.has_credit_code() {
            return Err(NotAllowed::CreditCode);
        }
        let person = self.person.ok_or(NotAllowed::LegalPerson)?;
        if person.name != organisation.legal_person {
            return Err(NotAllowed::LegalPerson);
        }
        Ok(())
    }
}
