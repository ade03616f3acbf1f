//! Rules 8 to 16: legal bases, materials, limits, steps and fees.

use super::fault::{FaultCode, Faults};
use super::validate::Surroundings;
use crate::record::{CaseType, Item, Material, MaterialKind, Step, Supply};

/// Wording that could mean any paper.
const CATCH_ALL: [&str; 4] = ["其他材料", "相关材料", "有关材料", "等材料"];

/// Most characters of a watermark: the day stands behind it, and both cross the page some times.
const MOST_WATERMARK: usize = 40;

/// Checks everything of an item but its codes and its form.
pub(super) fn check(item: &Item, around: &Surroundings<'_>, faults: &mut Faults<'_>) {
    if item.legal_basis.is_empty() {
        let reason = "every item needs a legal basis";
        faults.add(FaultCode::NoLegalBasis, "legalBasis", reason);
    }
    for (index, material) in item.materials.iter().enumerate() {
        check_material(material, &format!("materials[{index}]"), around, faults);
    }
    check_commitments(item, faults);
    check_limits(item, faults);
    check_bodies(item, around, faults);
    check_fee(item, faults);
    check_elements(item, faults);
    check_conditions(item, faults);
    check_providers(item, around, faults);
}

fn check_material(
    material: &Material,
    path: &str,
    around: &Surroundings<'_>,
    faults: &mut Faults<'_>,
) {
    let name = &material.name.zh;
    let lawful = material
        .basis
        .iter()
        .any(|basis| basis.rank.carries_certificate());
    if material.kind == MaterialKind::Certificate && !lawful {
        let reason =
            format!("{name} is asked for without a law, regulation or State Council decision");
        faults.add(FaultCode::CertNoBasis, format!("{path}.basis"), reason);
    }
    let shared_elsewhere = around.shared_materials.iter().any(|shared| shared == name);
    if material.supply == Supply::Submit && shared_elsewhere {
        let reason = format!("{name} is shared and must not be asked for");
        faults.add(FaultCode::SharedDemanded, format!("{path}.supply"), reason);
    }
    if let Some(words) = CATCH_ALL.iter().find(|words| name.contains(**words)) {
        let reason = format!("{words} can mean any paper");
        faults.add(
            FaultCode::MaterialCatchall,
            format!("{path}.name.zh"),
            reason,
        );
    }
    let watermark = material.scan.as_ref();
    if let Some(words) = watermark.and_then(|scan| scan.watermark.as_ref())
        && !(1..=MOST_WATERMARK).contains(&words.trim().chars().count())
    {
        let reason = format!("a watermark has 1 to {MOST_WATERMARK} characters");
        let field = format!("{path}.scan.watermark");
        faults.add(FaultCode::Record, field, reason);
    }
    let defined = material
        .share
        .as_ref()
        .is_some_and(|share| !share.dataset.is_empty());
    if material.supply == Supply::Shared && !defined {
        let reason = format!("no data set supplies {name}");
        faults.add(FaultCode::ShareUndefined, format!("{path}.share"), reason);
    }
}

/// What only a commitment supplies needs an item that offers commitments, or a material that is one by itself, as a
/// driver's own declaration of fitness is.
fn check_commitments(item: &Item, faults: &mut Faults<'_>) {
    for (index, material) in item.materials.iter().enumerate() {
        let allowed = item.commitment.supported || material.commitment_allowed;
        if material.supply == Supply::Commitment && !allowed {
            let name = &material.name.zh;
            let reason = format!("{name} is supplied by a commitment, and the item offers none");
            let field = format!("materials[{index}].supply");
            faults.add(FaultCode::Commitment, field, reason);
        }
    }
}

fn check_limits(item: &Item, faults: &mut Faults<'_>) {
    let (statutory, promised) = (&item.statutory_limit, &item.promised_limit);
    if promised.unit != statutory.unit {
        let reason = format!(
            "promised in {}, by law in {}",
            promised.unit.as_str(),
            statutory.unit.as_str()
        );
        faults.add(FaultCode::LimitUnit, "promisedLimit.unit", reason);
    } else if let Some(index) = item
        .steps
        .iter()
        .position(|step| step.limit.unit != promised.unit)
    {
        let reason = format!("the item is counted in {}", promised.unit.as_str());
        faults.add(
            FaultCode::LimitUnit,
            format!("steps[{index}].limit.unit"),
            reason,
        );
    }
    if promised.value > statutory.value {
        let reason = format!(
            "{} is more than the law's {}",
            promised.value, statutory.value
        );
        faults.add(FaultCode::PromiseGtStatutory, "promisedLimit.value", reason);
    }
    let longest = critical_path(&item.steps);
    if longest > u64::from(promised.value) {
        let reason = format!("the steps take {longest}, promised are {}", promised.value);
        faults.add(FaultCode::StepGtPromise, "steps", reason);
    }
    if (promised.value == 0) != (item.case_type == CaseType::Instant) {
        let reason = "only what is promised at once is an instant case";
        faults.add(FaultCode::CaseType, "caseType", reason);
    }
}

/// Length of the counted steps; neighbours of one parallel group count once, by the longest.
pub(super) fn critical_path(steps: &[Step]) -> u64 {
    let (mut total, mut longest, mut group) = (0_u64, 0_u64, None);
    for step in steps {
        let length = if step.counted {
            u64::from(step.limit.value)
        } else {
            0
        };
        let same = step.parallel_group.is_some() && step.parallel_group == group;
        longest = if same {
            longest.max(length)
        } else {
            total += longest;
            length
        };
        group.clone_from(&step.parallel_group);
    }
    total + longest
}

fn check_bodies(item: &Item, around: &Surroundings<'_>, faults: &mut Faults<'_>) {
    for (index, step) in item.steps.iter().enumerate() {
        if around.body(&step.department).is_none() {
            let reason = format!("{} is not registered", step.department);
            let field = format!("steps[{index}].department");
            faults.add(FaultCode::StepDeptUnknown, field, reason);
        }
    }
    for (index, id) in item.co_departments.iter().enumerate() {
        if around.body(id).is_none() {
            let reason = format!("{id} is not registered");
            faults.add(
                FaultCode::DeptUnknown,
                format!("coDepartments[{index}]"),
                reason,
            );
        }
    }
}

fn check_fee(item: &Item, faults: &mut Faults<'_>) {
    let reason = "a fee needs a document that allows it";
    if item.fee.charged && item.fee.items.is_empty() {
        faults.add(FaultCode::FeeNoBasis, "fee.items", reason);
    }
    for (index, fee) in item.fee.items.iter().enumerate() {
        if fee.basis.as_deref().is_none_or(str::is_empty) {
            faults.add(
                FaultCode::FeeNoBasis,
                format!("fee.items[{index}].basis"),
                reason,
            );
        }
    }
}

/// The list of elements (清单要素): what an item cannot be published without and its type cannot enforce.
fn check_elements(item: &Item, faults: &mut Faults<'_>) {
    let blank = |text: &str| text.trim().is_empty();
    let elements = [
        ("name.zh", blank(&item.name.zh)),
        ("theme", blank(&item.theme)),
        ("audience", item.audience.is_empty()),
        ("acceptConditions", item.accept_conditions.is_empty()),
        ("steps", item.steps.is_empty()),
        ("channels", item.channels.is_empty()),
        ("result.name", blank(&item.result.name)),
        ("consult.phone", blank(&item.consult.phone)),
        ("complaint.phone", blank(&item.complaint.phone)),
        ("serviceHours", blank(&item.service_hours)),
    ];
    for (field, _) in elements.into_iter().filter(|(_, missing)| *missing) {
        let reason = "every published item has it";
        faults.add(FaultCode::Incomplete, field, reason);
    }
}

/// A condition points to a legal basis; where the record names no places, all rest on the first.
fn check_conditions(item: &Item, faults: &mut Faults<'_>) {
    if item.condition_basis.is_empty() || item.legal_basis.is_empty() {
        return;
    }
    for at in 0..item.accept_conditions.len().max(item.condition_basis.len()) {
        let condition = item.accept_conditions.get(at);
        if condition.is_none() || item.basis_of_condition(at).is_none() {
            let reason = "names no condition or no legal basis of the item";
            let field = format!("conditionBasis[{at}]");
            faults.add(FaultCode::ConditionBasis, field, reason);
        }
    }
}

/// One data set has one source, in this item and in all that are in force.
fn check_providers(item: &Item, around: &Surroundings<'_>, faults: &mut Faults<'_>) {
    let shared = |material: &Material| material.share.clone();
    for (index, material) in item.materials.iter().enumerate() {
        let Some(share) = shared(material).filter(|share| !share.dataset.is_empty()) else {
            continue;
        };
        let before = item.materials.iter().take(index).filter_map(shared);
        let mut own = before.filter(|known| known.dataset == share.dataset);
        let own = own.next().map(|known| known.provider);
        let known = own.or_else(|| around.provider_of(&share.dataset).map(str::to_owned));
        if let Some(provider) = known.filter(|provider| *provider != share.provider) {
            let reason = format!("{} comes from {provider} already", share.dataset);
            let field = format!("materials[{index}].share.provider");
            faults.add(FaultCode::ShareProvider, field, reason);
        }
    }
}
