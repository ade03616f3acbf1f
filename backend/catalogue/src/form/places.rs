//! Rules of divisions and addresses.

use super::{Context, Problem, text};
use crate::record::Field;

/// Checks a division: known, and below the root where the field has one.
pub(super) fn check_region(field: &Field, code: &str, ctx: &Context<'_>) -> Result<(), Problem> {
    if ctx.regions.get(code).is_none() {
        return Err(Problem::UnknownRegion);
    }
    match &field.region_root {
        Some(root) if code == root || !ctx.regions.is_within(code, root) => {
            Err(Problem::RegionOutside { root: root.clone() })
        }
        _ => Ok(()),
    }
}

/// Checks a typed address: its division, and that the rest is there and not too long.
pub(super) fn check_address(
    field: &Field,
    region: &str,
    detail: &str,
    ctx: &Context<'_>,
) -> Result<(), Problem> {
    check_region(field, region, ctx)?;
    if detail.trim().is_empty() {
        return Err(Problem::NoAddressDetail);
    }
    let length = u32::try_from(detail.chars().count()).unwrap_or(u32::MAX);
    text::check_length(field, length)?;
    text::characters(field, detail)
}
