//! Contracts by which the data of one body is called by another (R4, R19, R68, R69).
//!
//! A contract is data of the city (`contracts.json`, or written and reviewed by two people at the city): purpose, item, legal ground, consent, data set, fields, bodies,
//! days. Departments, institutions, enterprises and intermediaries provide and call alike. What no contract in force
//! allows is not called.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::ItemCode;
use crate::load::{Catalogue, Fault, FaultCode, Refused, Unknown, record_fault, whole_file};
use crate::record::Text;

/// Most bytes of a file of contracts.
const MAX_BYTES: usize = 16 << 20;
/// Most characters of a name in a contract.
const MOST_CHARACTERS: usize = 200;

/// Data set of the question whether a face is that of the document.
pub const FACE: &str = "identity:face";
/// Data set of the code to the phone on record.
pub const PHONE: &str = "identity:phone";
/// Field by which persons are looked up.
pub const ID_NUMBER: &str = "idNumber";
/// Field with the person's name.
pub const NAME: &str = "name";

/// Data set of what a department's service answers to a step.
#[must_use]
pub fn service(name: &str) -> String {
    format!("service:{name}")
}

/// One contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Id, 1 to 64 visible ASCII characters; it stands in the log of calls for ever.
    pub id: String,
    /// Version; a higher one replaces it.
    #[serde(default = "first_version")]
    pub version: u32,
    /// What the data is for.
    pub purpose: Text,
    /// Handling code of the item the data is called for; `None` only for the identity question, which is asked before
    /// there is one.
    pub item: Option<ItemCode>,
    /// Legal ground.
    pub ground: Ground,
    /// Key of the consent that has to stand in the application before the first call; `None` where the law needs none.
    pub consent: Option<String>,
    /// Data set: a register by its name, [`service`], [`FACE`] or [`PHONE`].
    pub dataset: String,
    /// What is passed, in either direction; the key a person is looked up by always is.
    pub fields: Vec<String>,
    /// Id of the body that provides.
    pub provider: String,
    /// Id of the body that calls.
    pub caller: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// What a contract stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// Title in Chinese.
    pub title: String,
    /// Article; `None` where the whole text is the ground.
    pub article: Option<String>,
}

fn first_version() -> u32 {
    1
}

impl Contract {
    /// Whether it is in force on `day`.
    #[must_use]
    pub fn in_force(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }

    /// Whether it lets this field pass.
    #[must_use]
    pub fn passes(&self, field: &str) -> bool {
        self.fields.iter().any(|known| known == field)
    }

    fn is_of(&self, id: &str) -> bool {
        self.id == id
    }

    /// The call it is about.
    fn call(&self) -> Call<'_> {
        Call {
            item: self.item.as_ref().map(ItemCode::as_str),
            dataset: &self.dataset,
            caller: &self.caller,
        }
    }

    /// Whether both are in force on some day.
    fn overlaps(&self, other: &Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

/// What somebody wants to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call<'a> {
    /// Handling code of the item it is for.
    pub item: Option<&'a str>,
    /// Data set.
    pub dataset: &'a str,
    /// Id of the body that calls.
    pub caller: &'a str,
}

/// Why a call has no contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoContract {
    /// There is none for this item, data set and body.
    #[error("there is no contract for it")]
    None,
    /// There is one that is not in force on this day.
    #[error("its contract is not in force")]
    NotInForce,
}

/// The contracts of a city.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contracts {
    all: Vec<Contract>,
}

#[derive(Deserialize)]
struct ContractFile {
    contracts: Vec<Contract>,
}

impl Contracts {
    /// Reads `{"contracts": […]}` against the register of bodies and the sources of the catalogue. `file` is only used
    /// to name faults.
    ///
    /// # Errors
    /// [`Refused`] with every fault: `E_DEPT_UNKNOWN` for a body that is not registered or does not act,
    /// `E_SHARE_PROVIDER` for a second source of one data set, `E_NO_LEGAL_BASIS` without a ground, `E_RECORD` else.
    pub fn parse(file: &str, json: &[u8], catalogue: &Catalogue) -> Result<Self, Refused> {
        let read: ContractFile = whole_file(file, json, MAX_BYTES, Unknown::Refused)?;
        let place = |at| Some(format!("contracts[{at}]."));
        checked(file, read.contracts, catalogue, place)
    }

    /// Reads one contract as it stands in the file. `file` is only used to name faults.
    ///
    /// # Errors
    /// [`Refused`] (`E_RECORD`) for a wrong shape or a field nobody knows.
    pub fn read(file: &str, json: &[u8]) -> Result<Contract, Refused> {
        whole_file(file, json, MAX_BYTES, Unknown::Refused)
    }

    /// These and `contract` instead of its lower version, as the last. `file` is only used to name faults.
    ///
    /// # Errors
    /// [`Refused`] with every fault of it, as [`Contracts::parse`], and `E_RECORD` for a version that is not higher.
    pub fn with(
        &self,
        file: &str,
        contract: Contract,
        catalogue: &Catalogue,
    ) -> Result<Self, Refused> {
        if self
            .all
            .iter()
            .any(|known| known.is_of(&contract.id) && known.version >= contract.version)
        {
            let reason = "this contract has this version, or a higher one".to_owned();
            return Err(Refused {
                faults: vec![record_fault(file, None, "version", reason)],
            });
        }
        let mut all = self.without(&contract.id, u32::MAX).all;
        // Of the others it is known what they are.
        let last = all.len();
        all.push(contract);
        checked(file, all, catalogue, |at| (at == last).then(String::new))
    }

    /// These without the contract of this id, where it is of a lower version than `version`.
    #[must_use]
    pub fn without(&self, id: &str, version: u32) -> Self {
        let all = self.all.iter();
        let left = all.filter(|known| !known.is_of(id) || known.version >= version);
        Self {
            all: left.cloned().collect(),
        }
    }

    /// The contract of this id; None when there is none.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Contract> {
        self.all.iter().find(|contract| contract.is_of(id))
    }

    /// All of them: those of the file in its order, then those written at the city.
    #[must_use]
    pub fn all(&self) -> &[Contract] {
        &self.all
    }

    /// The contract in force on `day` that allows this call.
    ///
    /// # Errors
    /// [`NoContract`] when none does.
    pub fn find(&self, call: &Call<'_>, day: Date) -> Result<&Contract, NoContract> {
        let mut missing = NoContract::None;
        for contract in self.all.iter().filter(|contract| contract.call() == *call) {
            if contract.in_force(day) {
                return Ok(contract);
            }
            missing = NoContract::NotInForce;
        }
        Err(missing)
    }
}

/// The contracts, when none has a fault; `place` is where the faults of each are, None for one that is not looked at.
fn checked(
    file: &str,
    contracts: Vec<Contract>,
    catalogue: &Catalogue,
    place: impl Fn(usize) -> Option<String>,
) -> Result<Contracts, Refused> {
    let mut found = Findings {
        file,
        place: String::new(),
        faults: Vec::new(),
    };
    let mut sources = sources(catalogue);
    let mut ids = BTreeSet::new();
    let mut calls: BTreeMap<Call<'_>, Vec<&Contract>> = BTreeMap::new();
    for (at, contract) in contracts.iter().enumerate() {
        let source = sources
            .entry(contract.dataset.clone())
            .or_insert_with(|| contract.provider.clone());
        let same = calls.entry(contract.call()).or_default();
        let overlaps = same
            .iter()
            .any(|other: &&Contract| contract.overlaps(other));
        same.push(contract);
        let twice = !ids.insert(&contract.id) || overlaps;
        let Some(place) = place(at) else { continue };
        found.place = place;
        found.shape(contract);
        found.bodies(contract, catalogue);
        if *source != contract.provider {
            let reason = format!("{} comes from {source} already", contract.dataset);
            found.add("provider", FaultCode::ShareProvider, reason);
        }
        if twice {
            let reason = "its id, or its call on one of its days, has a contract before".to_owned();
            found.add("id", FaultCode::Record, reason);
        }
    }
    if found.faults.is_empty() {
        Ok(Contracts { all: contracts })
    } else {
        Err(Refused {
            faults: found.faults,
        })
    }
}

/// The one body that provides each data set, by the items of the catalogue.
fn sources(catalogue: &Catalogue) -> BTreeMap<String, String> {
    let items = catalogue.items().iter().flat_map(|item| &item.materials);
    items
        .filter_map(|material| material.share.as_ref())
        .map(|share| (share.dataset.clone(), share.provider.clone()))
        .collect()
}

struct Findings<'a> {
    file: &'a str,
    /// Where the contract stands that is looked at.
    place: String,
    faults: Vec<Fault>,
}

impl Findings<'_> {
    fn add(&mut self, field: &str, code: FaultCode, reason: String) {
        let field = format!("{}{field}", self.place);
        let mut fault = record_fault(self.file, None, &field, reason);
        fault.code = code;
        self.faults.push(fault);
    }

    fn shape(&mut self, contract: &Contract) {
        let visible = contract.id.bytes().all(|byte| byte.is_ascii_graphic());
        let sound = visible && (1..=64).contains(&contract.id.len());
        let is_name =
            |text: &str| !text.trim().is_empty() && text.chars().count() <= MOST_CHARACTERS;
        let identity = [FACE, PHONE].contains(&contract.dataset.as_str());
        let both = contract.passes(ID_NUMBER) && contract.passes(NAME);
        let mut fields: Vec<&String> = contract.fields.iter().collect();
        fields.sort();
        fields.dedup();
        let named = fields.len() == contract.fields.len() && !fields.is_empty();
        let wrong = [
            ("id", !sound, "1 to 64 visible ASCII characters"),
            ("version", contract.version == 0, "counts from 1"),
            (
                "purpose.zh",
                !is_name(&contract.purpose.zh),
                "says what the data is for",
            ),
            ("dataset", !is_name(&contract.dataset), "names a data set"),
            (
                "fields",
                !named || contract.fields.iter().any(|field| !is_name(field)),
                "names each field that passes once",
            ),
            (
                "item",
                contract.item.is_none() != identity,
                "every call is for an item, the identity question alone is for none",
            ),
            (
                "fields",
                identity && !both,
                "who somebody is takes number and name",
            ),
            (
                "consent",
                contract.consent.as_deref().is_some_and(|key| !is_name(key)),
                "names the consent, or is null",
            ),
            (
                "to",
                contract.to < contract.from,
                "lies before the first day",
            ),
        ];
        for (field, _, reason) in wrong.into_iter().filter(|(_, wrong, _)| *wrong) {
            self.add(field, FaultCode::Record, reason.to_owned());
        }
        if !is_name(&contract.ground.title) {
            let reason = "every contract needs a legal ground".to_owned();
            self.add("ground.title", FaultCode::NoLegalBasis, reason);
        }
    }

    fn bodies(&mut self, contract: &Contract, catalogue: &Catalogue) {
        for (field, id) in [
            ("provider", &contract.provider),
            ("caller", &contract.caller),
        ] {
            if !catalogue.department(id).is_some_and(|body| body.active) {
                let reason = format!("{id} is not registered");
                self.add(field, FaultCode::DeptUnknown, reason);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::{Call, Contracts, NoContract};
    use crate::FaultCode;
    use crate::sample::catalogue;

    const LEGAL_AID: &str = "11590100YT0000126C359051200100001";

    fn contract(change: impl Fn(&mut Value)) -> Value {
        let mut contract = json!({
            "id": "C-1",
            "purpose": {"zh": "核验户籍", "en": "Checks the household"},
            "item": LEGAL_AID,
            "ground": {"title": "法律援助法", "article": null},
            "consent": null,
            "dataset": "人口库-户籍",
            "fields": ["region"],
            "provider": "GAJ",
            "caller": "SFJ",
            "from": "2026-01-01",
            "to": "2026-12-31",
        });
        change(&mut contract);
        contract
    }

    fn parse(contracts: &[Value]) -> Result<Contracts, Vec<(String, FaultCode)>> {
        let json = json!({ "contracts": contracts }).to_string();
        Contracts::parse("contracts.json", json.as_bytes(), &catalogue()).map_err(|refused| {
            let faults = refused.faults.into_iter();
            faults.map(|fault| (fault.field, fault.code)).collect()
        })
    }

    #[test]
    fn a_call_has_a_contract_for_its_item_data_set_body_and_day_or_none() {
        let contracts = parse(&[contract(|_| {})]).unwrap();
        let call = Call {
            item: Some(LEGAL_AID),
            dataset: "人口库-户籍",
            caller: "SFJ",
        };
        let found = contracts.find(&call, date(2026, 12, 31)).unwrap();
        assert!(found.passes("region") && !found.passes("household"));
        for day in [date(2025, 12, 31), date(2027, 1, 1)] {
            assert_eq!(contracts.find(&call, day), Err(NoContract::NotInForce));
        }
        for other in [
            Call { item: None, ..call },
            Call {
                item: Some("x"),
                ..call
            },
            Call {
                dataset: "税务完税库",
                ..call
            },
            Call {
                caller: "GAJ",
                ..call
            },
        ] {
            assert_eq!(
                contracts.find(&other, date(2026, 6, 1)),
                Err(NoContract::None)
            );
        }
    }

    #[test]
    fn an_enterprise_provides_and_an_intermediary_calls_by_the_same_contract() {
        let catalogue = catalogue();
        let of = |kind: crate::record::BodyKind| {
            let mut bodies = catalogue.departments().iter();
            bodies.find(|body| body.kind == kind).unwrap().id.clone()
        };
        let enterprise = of(crate::record::BodyKind::Enterprise);
        let intermediary = of(crate::record::BodyKind::Intermediary);
        let contract = contract(|contract| {
            contract["dataset"] = json!("供水用户库");
            contract["provider"] = json!(enterprise);
            contract["caller"] = json!(intermediary);
        });
        assert_eq!(parse(&[contract]).unwrap().all().len(), 1);
    }

    #[test]
    fn a_second_source_an_unknown_body_and_a_contract_without_ground_are_each_named() {
        let second = contract(|contract| {
            contract["id"] = json!("C-2");
            contract["caller"] = json!("MZJ");
            contract["provider"] = json!("MZJ");
        });
        let found = parse(&[contract(|_| {}), second]).unwrap_err();
        let at = |field: &str, code| vec![(format!("contracts[{field}"), code)];
        assert_eq!(found, at("1].provider", FaultCode::ShareProvider));
        for (field, value, code) in [
            ("caller", json!("QQQ"), FaultCode::DeptUnknown),
            (
                "ground",
                json!({"title": " ", "article": null}),
                FaultCode::NoLegalBasis,
            ),
            ("fields", json!([]), FaultCode::Record),
            ("fields", json!(["region", "region"]), FaultCode::Record),
            ("item", json!(null), FaultCode::Record),
            ("to", json!("2025-12-31"), FaultCode::Record),
            ("purpose", json!({"zh": "", "en": ""}), FaultCode::Record),
        ] {
            let found = parse(&[contract(|contract| contract[field] = value.clone())]).unwrap_err();
            assert!(
                found[0].0.starts_with(&format!("contracts[0].{field}")),
                "{found:?}"
            );
            assert_eq!((found.len(), found[0].1), (1, code));
        }
        let twice = contract(|contract| {
            contract["id"] = json!("C-2");
            contract["from"] = json!("2026-06-01");
        });
        let found = parse(&[contract(|_| {}), twice]).unwrap_err();
        assert_eq!(found, at("1].id", FaultCode::Record));
    }

    #[test]
    fn a_higher_version_takes_the_place_of_a_contract_and_one_that_is_taken_out_is_gone() {
        let catalogue = catalogue();
        let one = parse(&[contract(|_| {})]).unwrap();
        let next = |change: fn(&mut Value)| serde_json::from_value(contract(change)).unwrap();
        let faults = |refused: crate::Refused| -> Vec<(String, FaultCode)> {
            let faults = refused.faults.into_iter();
            faults.map(|fault| (fault.field, fault.code)).collect()
        };
        let same = one.with("draft", next(|_| {}), &catalogue).unwrap_err();
        assert_eq!(faults(same), [("version".to_owned(), FaultCode::Record)]);
        let second = next(|contract| {
            contract["version"] = json!(2);
            contract["fields"] = json!(["household"]);
        });
        let two = one.with("draft", second, &catalogue).unwrap();
        assert!(two.all().len() == 1 && two.get("C-1").unwrap().passes("household"));
        let other_source = next(|contract| {
            contract["id"] = json!("C-2");
            contract["caller"] = json!("MZJ");
            contract["provider"] = json!("MZJ");
        });
        let refused = two.with("draft", other_source, &catalogue).unwrap_err();
        let expected = ("provider".to_owned(), FaultCode::ShareProvider);
        assert_eq!(faults(refused), [expected]);
        assert_eq!(two.without("C-1", 2), two, "the folder has a higher one");
        assert!(two.without("C-1", 3).all().is_empty());
    }

    #[test]
    fn a_field_nobody_knows_is_refused_by_its_place() {
        let found = parse(&[contract(|contract| contract["field"] = json!("x"))]).unwrap_err();
        assert_eq!(
            found,
            vec![("contracts[0].field".to_owned(), FaultCode::Record)]
        );
    }
}
