//! What an item is validated against, and the order of the rules.

use std::collections::{HashMap, HashSet};

use super::fault::{Fault, FaultCode, Faults};
use super::forms::Patterns;
use super::{codes, content, forms};
use crate::code::{ItemCode, credit_code_valid, organisation_code_valid};
use crate::record::{Department, Item, Share, Status};

/// Most fields of a form, columns of a table, materials, steps or bases.
const MAX_PARTS: usize = 300;
/// Most choices of one field.
const MAX_CHOICES: usize = 5_000;

/// Register, library and shared materials around an item.
pub(super) struct Surroundings<'a> {
    departments: &'a [Department],
    by_uscc: HashMap<&'a str, &'a Department>,
    /// Names of materials nobody may be asked for.
    pub(super) shared_materials: &'a [String],
    /// Codes that items in force hold.
    taken: HashSet<ItemCode>,
    /// Codes that no item may take, in force or not: a version that is not higher is dropped in.
    held: HashSet<ItemCode>,
    /// Data sets that items in force ask for: the body that provides each, and how often it is named.
    providers: HashMap<String, (String, usize)>,
}

impl<'a> Surroundings<'a> {
    /// The register and the shared materials, with an empty library.
    pub(super) fn new(departments: &'a [Department], shared_materials: &'a [String]) -> Self {
        let active = departments.iter().filter(|body| body.active);
        Self {
            departments,
            by_uscc: active.map(|body| (body.uscc.as_str(), body)).collect(),
            shared_materials,
            taken: HashSet::new(),
            held: HashSet::new(),
            providers: HashMap::new(),
        }
    }

    /// Puts an accepted item's code and data sets into the library.
    pub(super) fn take(&mut self, item: &Item) {
        if item.status != Status::InForce {
            return;
        }
        self.taken.insert(item.code());
        for share in shares(item) {
            let provider = || (share.provider.clone(), 0);
            let known = self.providers.entry(share.dataset.clone());
            known.or_insert_with(provider).1 += 1;
        }
    }

    /// Takes an item that is about to be replaced out of the library.
    pub(super) fn release(&mut self, item: &Item) {
        if !self.taken.remove(&item.code()) {
            return;
        }
        for share in shares(item) {
            if let Some((_, named)) = self.providers.get_mut(&share.dataset) {
                *named = named.saturating_sub(1);
            }
        }
        self.providers.retain(|_, (_, named)| *named > 0);
    }

    /// The body that provides this data set to the items in force; `None` where none asks for it.
    pub(super) fn provider_of(&self, dataset: &str) -> Option<&str> {
        self.providers
            .get(dataset)
            .map(|(provider, _)| provider.as_str())
    }

    /// Keeps `code` from every further item, whatever its status.
    pub(super) fn hold(&mut self, code: &ItemCode) {
        self.held.insert(code.clone());
    }

    /// Ends [`Surroundings::hold`].
    pub(super) fn let_go(&mut self, code: &ItemCode) {
        self.held.remove(code);
    }

    /// Whether another item in force has this one's code, or nobody may take it.
    pub(super) fn is_taken(&self, item: &Item) -> bool {
        let code = item.code();
        let taken = item.status == Status::InForce && self.taken.contains(&code);
        taken || self.held.contains(&code)
    }

    /// The active body with this credit code.
    pub(super) fn body_of(&self, credit_code: &str) -> Option<&'a Department> {
        self.by_uscc.get(credit_code).copied()
    }

    /// The registered body with this id.
    pub(super) fn body(&self, id: &str) -> Option<&'a Department> {
        self.departments.iter().find(|body| body.id == id)
    }
}

fn shares(item: &Item) -> impl Iterator<Item = &Share> {
    let shares = item.materials.iter().filter_map(|one| one.share.as_ref());
    shares.filter(|share| !share.dataset.is_empty())
}

/// Every fault of one item, in the order of the rules. Without a code nothing else is checked.
pub(super) fn item(
    item: &Item,
    place: &str,
    file: &str,
    around: &Surroundings<'_>,
    patterns: &mut Patterns,
) -> Vec<Fault> {
    let code = item.code();
    let name = if code.as_str().is_empty() {
        place
    } else {
        code.as_str()
    };
    let mut faults = Faults::new(file, Some(name.to_owned()));
    if check_size(item, &mut faults) && codes::check(item, around, &mut faults) {
        content::check(item, around, &mut faults);
        forms::check(item, patterns, &mut faults);
    }
    faults.into_vec()
}

fn check_size(item: &Item, faults: &mut Faults<'_>) -> bool {
    let parts = [
        ("form", item.form.len()),
        ("materials", item.materials.len()),
        ("steps", item.steps.len()),
        ("legalBasis", item.legal_basis.len()),
        ("fee.items", item.fee.items.len()),
        (
            "form",
            item.form
                .iter()
                .map(|f| f.columns().len())
                .max()
                .unwrap_or(0),
        ),
    ];
    let mut small = true;
    for (field, count) in parts {
        if count > MAX_PARTS {
            let reason = format!("{count} parts are more than {MAX_PARTS}");
            faults.add(FaultCode::Record, field, reason);
            small = false;
        }
    }
    let choices = item.form.iter().map(|field| field.choices().len()).max();
    if choices.is_some_and(|count| count > MAX_CHOICES) {
        let reason = format!("more than {MAX_CHOICES} choices in one field");
        faults.add(FaultCode::Record, "form", reason);
        small = false;
    }
    small
}

/// Every fault of the register of bodies: wrong check characters, ids and codes used twice, unknown parents.
pub(super) fn register(departments: &[Department], file: &str) -> Vec<Fault> {
    let mut faults = Faults::new(file, None);
    for (index, body) in departments.iter().enumerate() {
        let before = departments.get(..index).unwrap_or_default();
        if !credit_code_valid(&body.uscc) || !organisation_code_valid(&body.uscc) {
            let reason = format!("{} of {} has a wrong check character", body.uscc, body.id);
            faults.add(
                FaultCode::UsccCheck,
                format!("departments[{index}].uscc"),
                reason,
            );
        }
        if before
            .iter()
            .any(|other| other.id == body.id || other.uscc == body.uscc)
        {
            let reason = format!("{} or its code is registered twice", body.id);
            faults.add(
                FaultCode::Record,
                format!("departments[{index}].id"),
                reason,
            );
        }
        if let Some(parent) = &body.parent
            && !departments.iter().any(|other| other.id == *parent)
        {
            let reason = format!("{parent} is not registered");
            faults.add(
                FaultCode::DeptUnknown,
                format!("departments[{index}].parent"),
                reason,
            );
        }
    }
    faults.into_vec()
}
