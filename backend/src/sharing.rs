//! Calls of one body's data for another: allowed by a contract, cut to its fields, logged (R4, R68, R69).
//!
//! [`Departments`](crate::departments::Departments) takes a [`Permit`] for every call about a person, and only
//! [`Wish::permit`] makes one. What is logged says who called what for whom by which contract; never a value.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use city_api::application::Application;
use city_api::requests::Words;
use city_api::requests::sharing::CallOutcome;
use city_catalogue::contract::{Call, Contract};

use crate::clock::civil;
use crate::departments::Away;
use crate::file::CaseFile;
use crate::publish::Published;
use crate::store::{CallRow, KioskRow};

/// A call that somebody wants to make.
#[derive(Debug, Clone)]
pub(crate) struct Wish<'a> {
    /// When.
    pub at: Timestamp,
    /// Data set.
    pub dataset: &'a str,
    /// Handling code of the item it is for; None for the identity question.
    pub item: Option<&'a str>,
    /// The body that calls.
    pub caller: &'a str,
    /// Who calls for it: an officer, a kiosk, or the city by itself.
    pub actor: &'a str,
    /// Where from: station and kiosk.
    pub place: (Option<&'a str>, Option<&'a str>),
    /// The case; None before there is one.
    pub case: Option<Uuid>,
    /// Blind index of the person.
    pub person: Option<[u8; 32]>,
    /// The application in which consent stands; None before there is one.
    pub application: Option<&'a Application>,
}

impl<'a> Wish<'a> {
    /// A call from a kiosk, where no application is filed yet.
    pub(crate) fn at_kiosk(
        at: Timestamp,
        kiosk: &'a KioskRow,
        person: [u8; 32],
        caller: &'a str,
    ) -> Self {
        Self {
            at,
            dataset: "",
            item: None,
            caller,
            actor: &kiosk.id,
            place: (Some(&kiosk.station), Some(&kiosk.id)),
            case: None,
            person: Some(person),
            application: None,
        }
    }

    /// A call for a case by `actor` of the body `caller`.
    pub(crate) fn for_case(
        at: Timestamp,
        file: &'a CaseFile,
        caller: &'a str,
        actor: &'a str,
    ) -> Self {
        Self {
            at,
            dataset: "",
            item: None,
            caller,
            actor,
            place: (Some(&file.record.station), None),
            case: Some(file.id),
            person: file.person,
            application: file.record.application.as_ref(),
        }
    }

    /// The same for this data set and item.
    pub(crate) fn of(mut self, dataset: &'a str, item: Option<&'a str>) -> Self {
        self.dataset = dataset;
        self.item = item;
        self
    }

    /// The permit of the contract in force that allows it.
    ///
    /// # Errors
    /// [`Refused`] when no contract allows it, or the consent it asks for does not stand in the application.
    pub(crate) fn permit(&self, published: &Published) -> Result<Permit, Refused> {
        let call = Call {
            item: self.item,
            dataset: self.dataset,
            caller: self.caller,
        };
        let day = civil(self.at).date();
        let contract = match published.contracts.find(&call, day) {
            Ok(contract) => contract.clone(),
            Err(_) => return Err(Refused { contract: None }),
        };
        if self.consents(&contract) {
            Ok(Permit { contract })
        } else {
            Err(Refused {
                contract: Some(Box::new(contract)),
            })
        }
    }

    fn consents(&self, contract: &Contract) -> bool {
        let Some(key) = &contract.consent else {
            return true;
        };
        let consents = self.application.map(|filed| &filed.notice.consents);
        let mut consents = consents.into_iter().flatten();
        consents.any(|consent| consent.given && consent.key == *key)
    }

    /// The row of a call that was made.
    pub(crate) fn made(&self, permit: &Permit, outcome: CallOutcome) -> CallRow {
        self.row(Some(&permit.contract), outcome)
    }

    /// The row of a call that was refused.
    pub(crate) fn refused(&self, refused: &Refused) -> CallRow {
        self.row(refused.contract.as_deref(), refused.outcome())
    }

    fn row(&self, contract: Option<&Contract>, outcome: CallOutcome) -> CallRow {
        CallRow {
            at: self.at,
            contract: contract.map(|contract| contract.id.clone()),
            purpose: contract.map(purpose),
            item: self.item.map(str::to_owned),
            dataset: self.dataset.to_owned(),
            provider: contract.map(|contract| contract.provider.clone()),
            caller: self.caller.to_owned(),
            actor: self.actor.to_owned(),
            station: self.place.0.map(str::to_owned),
            device: self.place.1.map(str::to_owned),
            case: self.case,
            person: self.person,
            fields: contract
                .map(|contract| contract.fields.clone())
                .unwrap_or_default(),
            outcome,
        }
    }
}

/// What a contract is for.
pub(crate) fn purpose(contract: &Contract) -> Words {
    Words::new(contract.purpose.zh.clone(), contract.purpose.en.clone())
}

/// Leave for one call, by a contract in force.
#[derive(Debug, Clone)]
pub(crate) struct Permit {
    contract: Contract,
}

impl Permit {
    /// The contract.
    pub(crate) fn contract(&self) -> &Contract {
        &self.contract
    }

    /// What of a record may pass.
    pub(crate) fn cut<T>(&self, record: BTreeMap<String, T>) -> BTreeMap<String, T> {
        let fields = record.into_iter();
        fields
            .filter(|(field, _)| self.contract.passes(field))
            .collect()
    }
}

/// A call that is not made.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    /// The contract whose consent is missing; None where no contract allows the call.
    contract: Option<Box<Contract>>,
}

impl Refused {
    /// Why, as it is logged.
    pub(crate) fn outcome(&self) -> CallOutcome {
        if self.contract.is_some() {
            CallOutcome::NoConsent
        } else {
            CallOutcome::NoContract
        }
    }
}

/// What became of a call, by its answer; `known` says whether an answer knows the person.
pub(crate) fn outcome<T>(answer: &Result<T, Away>, known: impl FnOnce(&T) -> bool) -> CallOutcome {
    match answer {
        Ok(answer) if known(answer) => CallOutcome::Answered,
        Ok(_) => CallOutcome::NoRecord,
        Err(_) => CallOutcome::Away,
    }
}

#[cfg(all(test, feature = "sample-city"))]
mod tests {
    use city_catalogue::Catalogue;
    use city_catalogue::contract::{Call, Contracts, FACE, PHONE, service};
    use city_catalogue::record::{Prefill, StepRole, Supply};
    use jiff::civil::date;

    use crate::sample_city::{FILES, REGISTERS};

    #[test]
    fn every_call_of_the_sample_city_has_its_contract() {
        let text = |name: &str| FILES.iter().find(|(file, _)| *file == name).unwrap().1;
        let catalogue = text("catalogue.json").as_bytes();
        let catalogue = Catalogue::parse("catalogue.json", catalogue).unwrap();
        let contracts = text("contracts.json").as_bytes();
        let contracts = Contracts::parse("contracts.json", contracts, &catalogue).unwrap();
        let registers: serde_json::Value = serde_json::from_str(REGISTERS).unwrap();
        let has = |item: Option<&str>, dataset: &str, caller: &str, field: &str| {
            let call = Call {
                item,
                dataset,
                caller,
            };
            let found = contracts.find(&call, date(2026, 3, 2));
            let found = found.unwrap_or_else(|error| panic!("{call:?}: {error}"));
            assert!(field.is_empty() || found.passes(field), "{call:?} {field}");
        };
        let mut calls = 0;
        for item in catalogue.items() {
            let (code, body) = (item.code(), item.department.as_str());
            let has = |dataset: &str, field: &str| has(Some(code.as_str()), dataset, body, field);
            for field in &item.form {
                if let Some(Prefill::Share(source)) = field.prefill() {
                    let known = &registers["prefill"][format!("share.{source}")];
                    has(
                        known["dataset"].as_str().unwrap(),
                        known["field"].as_str().unwrap(),
                    );
                    calls += 1;
                }
            }
            let shared = item
                .materials
                .iter()
                .filter(|one| one.supply == Supply::Shared);
            for share in shared.filter_map(|material| material.share.as_ref()) {
                has(&share.dataset, "");
                calls += 1;
            }
            let steps = item
                .steps
                .iter()
                .filter(|step| step.role == StepRole::System);
            for step in steps.filter(|step| step.service() != "ZSJ") {
                has(&service(step.service()), "idNumber");
                calls += 1;
            }
        }
        assert!(calls > 100, "{calls}");
        for question in [FACE, PHONE] {
            has(None, question, "ZSJ", "name");
        }
    }
}
