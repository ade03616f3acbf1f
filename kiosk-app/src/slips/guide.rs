//! The fields of a guide.

use city_catalogue::ItemCode;
use city_catalogue::record::Item;
use kiosk_paper::slip::template::{List, Values};

use super::Standing;
use crate::words::Words;

/// Fields of the slip; those of an item that is not in the catalogue are unknown.
pub(super) const FIELDS: &[&str] = &["city", "station", "phone", "item", "code", "address"];

/// Lists of the slip.
pub(super) const LISTS: &[List<'_>] = &[
    List {
        name: "condition",
        inside: None,
        fields: &["text"],
    },
    List {
        name: "material",
        inside: None,
        fields: &["name"],
    },
    List {
        name: "basis",
        inside: None,
        fields: &["title", "article"],
    },
];

/// `phone` is the item's own, or the kiosk's where the item has none.
pub(super) fn values(
    words: Words,
    standing: &Standing,
    code: &ItemCode,
    item: Option<&Item>,
) -> Values {
    let values = Values::new()
        .with("city", words.text(&standing.city))
        .with("station", words.text(&standing.station))
        .with("code", code.as_str().to_owned());
    let Some(item) = item else {
        return values.with("phone", standing.phone.clone());
    };
    let conditions = item.accept_conditions.iter();
    let basis = item.legal_basis.iter().map(|basis| {
        Values::new()
            .with("title", words.chinese(&basis.title))
            .with(
                "article",
                basis.article.as_deref().map(|it| words.chinese(it)),
            )
    });
    values
        .with("item", words.text(&item.name))
        .with("phone", item.consult.phone.clone())
        .with("address", item.consult.address.clone())
        .with_list(
            "condition",
            conditions.map(|text| Values::new().with("text", words.chinese(text))),
        )
        .with_list(
            "material",
            item.materials
                .iter()
                .map(|material| Values::new().with("name", words.text(&material.name))),
        )
        .with_list("basis", basis)
}
