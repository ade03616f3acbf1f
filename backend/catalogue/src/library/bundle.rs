//! Several items as one matter (一件事): one form, one set of materials.

use serde::{Deserialize, Serialize};

use crate::code::ItemCode;
use crate::load::Catalogue;
use crate::record::{Bundle, Field, Item, Material, Text};

/// A bundle as it is filed: every question and every paper once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Joint {
    /// Id of the bundle.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Its items in force, in order.
    pub items: Vec<JointItem>,
    /// Its items that are not in force.
    pub missing: Vec<ItemCode>,
    /// One form: each question once.
    pub form: Vec<JointField>,
    /// One set of materials: each paper once.
    pub materials: Vec<JointMaterial>,
}

/// An item of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JointItem {
    /// Code.
    pub code: ItemCode,
    /// Version.
    pub version: u32,
    /// Name.
    pub name: Text,
}

/// A question, and the items whose form asks it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JointField {
    /// The question, by the first item that asks it; required where one item requires it.
    pub field: Field,
    /// Codes of the items that take the answer.
    pub items: Vec<ItemCode>,
}

/// A material, and the items that need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JointMaterial {
    /// The material, by the first item that needs it.
    pub material: Material,
    /// The items that take it: code and position there.
    pub items: Vec<(ItemCode, u32)>,
}

/// The bundle as one matter on `today`.
#[must_use]
pub fn joint(bundle: &Bundle, catalogue: &Catalogue, today: jiff::civil::Date) -> Joint {
    let in_force = |code: &&ItemCode| catalogue.in_force(code, today).is_some();
    let (found, missing): (Vec<_>, Vec<_>) = bundle.items.iter().partition(in_force);
    let items: Vec<&Item> = found
        .into_iter()
        .filter_map(|code| catalogue.item(code))
        .map(AsRef::as_ref)
        .collect();
    Joint {
        id: bundle.id.clone(),
        name: bundle.name.clone(),
        items: items
            .iter()
            .map(|item| JointItem {
                code: item.code(),
                version: item.version,
                name: item.name.clone(),
            })
            .collect(),
        missing: missing.into_iter().cloned().collect(),
        form: form(&items),
        materials: materials(&items),
    }
}

/// Questions of the same name, type and label are one.
fn form(items: &[&Item]) -> Vec<JointField> {
    let mut joined: Vec<JointField> = Vec::new();
    for item in items {
        for field in &item.form {
            let same = joined.iter_mut().find(|known| {
                known.field.name == field.name
                    && known.field.field_type == field.field_type
                    && known.field.label == field.label
            });
            match same {
                Some(known) => {
                    known.field.required |= field.required;
                    known.items.push(item.code());
                }
                None => joined.push(JointField {
                    field: field.clone(),
                    items: vec![item.code()],
                }),
            }
        }
    }
    joined
}

/// Materials of the same name that come the same way are one.
fn materials(items: &[&Item]) -> Vec<JointMaterial> {
    let mut joined: Vec<JointMaterial> = Vec::new();
    for item in items {
        for material in &item.materials {
            let at = (item.code(), material.seq);
            let same = joined.iter_mut().find(|known| {
                known.material.name.zh == material.name.zh
                    && known.material.supply == material.supply
            });
            match same {
                Some(known) => known.items.push(at),
                None => joined.push(JointMaterial {
                    material: material.clone(),
                    items: vec![at],
                }),
            }
        }
    }
    joined
}
