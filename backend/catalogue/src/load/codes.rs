//! Rules 1 to 7: the codes of an item.

use super::fault::{FaultCode, Faults};
use super::validate::Surroundings;
use crate::code::{
    credit_code_valid, is_basic, is_credit_text, is_handling, is_implementation,
    organisation_code_valid,
};
use crate::record::{Department, Item, ItemType};

/// Checks the codes; false when there are none and nothing else of the item can be checked.
pub(super) fn check(item: &Item, around: &Surroundings<'_>, faults: &mut Faults<'_>) -> bool {
    let (Some(basic), Some(implementation)) = (
        present(item.codes.basic.as_deref()),
        present(item.codes.implementation.as_deref()),
    ) else {
        let field = if present(item.codes.basic.as_deref()).is_none() {
            "codes.basic"
        } else {
            "codes.implementation"
        };
        let reason = "an item without a code is neither stored nor handled";
        faults.add(FaultCode::CodeMissing, field, reason);
        return false;
    };
    check_form(item, basic, implementation, faults);
    check_body(item, basic, implementation, around, faults);
    check_type(item, basic, faults);
    if around.is_taken(item) {
        let reason = format!("{} belongs to another item in force", item.code());
        let field = if present(item.codes.handling.as_deref()).is_some() {
            "codes.handling"
        } else {
            "codes.implementation"
        };
        faults.add(FaultCode::CodeDuplicate, field, reason);
    }
    true
}

fn present(code: Option<&str>) -> Option<&str> {
    code.filter(|code| !code.is_empty())
}

fn check_form(item: &Item, basic: &str, implementation: &str, faults: &mut Faults<'_>) {
    let mut wrong = |field: &str, reason: &str| {
        faults.add(FaultCode::CodeFormat, field, reason);
    };
    if !is_basic(basic) {
        wrong("codes.basic", "a basic code has 12 digits");
    }
    if !is_implementation(implementation) {
        let reason = "an implementation code has 18 characters of the body, a level 1 to 6 and the basic code";
        wrong("codes.implementation", reason);
    } else if implementation.get(19..) != Some(basic) && is_basic(basic) {
        let reason = format!("ends with another basic code than {basic}");
        wrong("codes.implementation", &reason);
    }
    if let Some(handling) = present(item.codes.handling.as_deref())
        && !is_handling(handling, implementation)
    {
        let reason = "a handling code is the implementation code and 2 digits";
        wrong("codes.handling", reason);
    }
}

/// Rules 3, 4 and 5: the body inside the implementation code.
fn check_body(
    item: &Item,
    basic: &str,
    implementation: &str,
    around: &Surroundings<'_>,
    faults: &mut Faults<'_>,
) {
    let Some(body_code) = implementation.get(..18).filter(|code| is_credit_text(code)) else {
        return;
    };
    if !credit_code_valid(body_code) || !organisation_code_valid(body_code) {
        let reason = format!("{body_code} has a wrong check character");
        faults.add(FaultCode::UsccCheck, "codes.implementation", reason);
        return;
    }
    let Some(body) = around.body_of(body_code) else {
        let reason = format!("no active body has the code {body_code}");
        faults.add(FaultCode::DeptUnknown, "codes.implementation", reason);
        return;
    };
    if body.id != item.department {
        let reason = format!(
            "the code is of {}, the item of {}",
            body.id, item.department
        );
        faults.add(FaultCode::DeptUnknown, "department", reason);
        return;
    }
    check_sector_and_level(item, basic, implementation, body, faults);
}

fn check_sector_and_level(
    item: &Item,
    basic: &str,
    implementation: &str,
    body: &Department,
    faults: &mut Faults<'_>,
) {
    if is_basic(basic) && basic.get(4..6) != Some(&body.sector) {
        let reason = format!("the sector of {} is {}", body.id, body.sector);
        faults.add(FaultCode::SectorMismatch, "codes.basic", reason);
    }
    let level = body.level.as_str();
    let reason = format!("the level of {} is {level}", body.id);
    if implementation.get(18..19) != Some(level) {
        faults.add(FaultCode::LevelMismatch, "codes.implementation", reason);
    } else if item.level != body.level {
        faults.add(FaultCode::LevelMismatch, "level", reason);
    }
}

fn check_type(item: &Item, basic: &str, faults: &mut Faults<'_>) {
    let Some(code) = basic.get(2..4).filter(|_| is_basic(basic)) else {
        return;
    };
    if item.item_type == ItemType::Unknown {
        let reason = "the type is not one that can be applied for";
        faults.add(FaultCode::TypeUnknown, "type", reason);
    } else if code != item.item_type.as_str() {
        let reason = format!("the code says {code}, the item {}", item.item_type.as_str());
        faults.add(FaultCode::TypeUnknown, "codes.basic", reason);
    }
}
