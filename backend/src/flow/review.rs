//! Review points: what an officer answers, point by point, to decide (R53).

use std::collections::BTreeMap;

use city_api::requests::ProblemCode;
use city_catalogue::library::guide::{ReviewPoint, handbook};
use city_catalogue::record::Material;

use super::Ground;
use crate::file::{Record, TaskDetail};
use crate::store::Refusal;

/// The review points of a task, by the handbook of the record that the case is handled by.
///
/// The competent body and the bureau examine everything; another body only the materials that come from its own
/// registers, for it sees no others (R64).
#[must_use]
pub(crate) fn points(record: &Record, task: &TaskDetail, ground: &Ground<'_>) -> Vec<ReviewPoint> {
    let Some(item) = ground.item.map(|item| item.handled.as_ref()) else {
        return Vec::new();
    };
    if task.delivery {
        return Vec::new();
    }
    let step = handbook(item)
        .steps
        .into_iter()
        .find(|step| step.seq == task.step);
    let Some(step) = step else {
        return Vec::new();
    };
    let all = task.body == record.body || task.body == ground.bureau;
    let given = |point: &ReviewPoint| {
        let mut own = item
            .materials
            .iter()
            .filter(|material| comes_from(material, &task.body));
        own.any(|material| point.key == format!("material.{}", material.seq))
    };
    let points = step.review_points.into_iter();
    points.filter(|point| all || given(point)).collect()
}

/// Whether the material comes from the registers of this body.
#[must_use]
pub(crate) fn comes_from(material: &Material, body: &str) -> bool {
    let share = material.share.as_ref();
    share.is_some_and(|share| share.provider == body)
        || material.source_dept.as_deref() == Some(body)
}

/// Every point is answered, none that is not in the handbook (R9), and a step that passes has none that is not met.
///
/// # Errors
/// [`Refusal`] that names the point.
pub(super) fn check(
    points: &[ReviewPoint],
    answered: &BTreeMap<String, bool>,
    passes: bool,
) -> Result<(), Refusal> {
    let bad = |key: &str, reason: &str| {
        Err(Refusal::new(ProblemCode::BadField, reason).field(format!("points.{key}")))
    };
    if let Some(key) = answered
        .keys()
        .find(|key| points.iter().all(|point| point.key != **key))
    {
        return bad(
            key,
            "is not a review point of this step in the case's version",
        );
    }
    for point in points {
        match answered.get(&point.key) {
            None => return bad(&point.key, "this review point is not answered"),
            Some(false) if passes => {
                return bad(
                    &point.key,
                    "a step does not pass with a point that is not met",
                );
            }
            Some(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{ReviewPoint, check};

    #[test]
    fn a_point_left_out_one_not_met_and_one_made_up_are_each_refused_by_name() {
        let point = |key: &str| ReviewPoint {
            key: key.to_owned(),
            text: "符合条件".to_owned(),
        };
        let points = [point("condition.1"), point("material.2")];
        let answers = |given: &[(&str, bool)]| -> BTreeMap<String, bool> {
            given
                .iter()
                .map(|(key, met)| ((*key).to_owned(), *met))
                .collect()
        };
        let field = |given: &[(&str, bool)], passes| {
            let checked = check(&points, &answers(given), passes);
            checked.err().and_then(|refusal| refusal.field)
        };
        let all = [("condition.1", true), ("material.2", true)];
        assert_eq!(field(&all, true), None);
        assert_eq!(field(&all[..1], true).as_deref(), Some("points.material.2"));
        assert_eq!(field(&[], false).as_deref(), Some("points.condition.1"));
        let unmet = [("condition.1", true), ("material.2", false)];
        assert_eq!(field(&unmet, true).as_deref(), Some("points.material.2"));
        assert_eq!(field(&unmet, false), None);
        let made_up = [
            ("condition.1", true),
            ("material.2", true),
            ("material.9", true),
        ];
        assert_eq!(field(&made_up, true).as_deref(), Some("points.material.9"));
    }
}
