//! Materials of an application, held against the item's record.

use city_api::application::{Application, How, MaterialRef};
use city_api::digest::Sha256;
use city_api::requests::Words;
use city_catalogue::complete::{Given, Lack, LackKind, Way, lacks};
use city_catalogue::record::Item;
use jiff::civil::Date;

use crate::file::Defect;
use crate::publish::Published;

/// Most defects named to the officer.
const MOST_NAMED: usize = 20;

/// What the materials are not as they should be.
pub(super) struct Materials {
    /// What opens an irregular case; None when nothing does.
    pub(super) defect: Option<Defect>,
    /// What the officer should look at.
    pub(super) flags: Vec<Words>,
}

/// Holds the materials of an application filed on `day` against its item.
pub(super) fn check(
    item: &Item,
    application: &Application,
    day: Date,
    published: &Published,
) -> Materials {
    let given: Vec<Given<'_>> = application.materials.iter().map(given).collect();
    let found = lacks(item, &application.answers, &given, day, &published.calendar);
    let (defects, rest): (Vec<Lack>, Vec<Lack>) =
        found.into_iter().partition(|lack| lack.kind.is_defect());
    let named: Vec<String> = defects.iter().take(MOST_NAMED).map(named).collect();
    let defect = (!named.is_empty()).then(|| Defect::new("materials_invalid", named.join(", ")));
    let flags = rest.iter().filter_map(|lack| flag(item, lack));
    let promises = application.materials.iter().filter_map(|given| {
        let material = item
            .materials
            .iter()
            .find(|listed| listed.seq == given.seq)?;
        let How::Promised {
            version,
            text_sha256,
        } = &given.how
        else {
            return None;
        };
        let known = published
            .commitments
            .knows(version, &material.name.zh, text_sha256);
        (!known).then(|| {
            about(
                item,
                given.seq,
                "承诺书文本与公布的文本不符",
                "the text promised is not one the city published",
            )
        })?
    });
    Materials {
        defect,
        flags: flags.chain(promises).collect(),
    }
}

fn given(material: &MaterialRef) -> Given<'_> {
    Given {
        seq: material.seq,
        field: material.field.as_deref(),
        way: match &material.how {
            How::AlreadyHeld { .. } => Way::Held,
            How::NoRecord { .. } => Way::NoRecord,
            How::AskedLater { .. } => Way::AskedLater,
            How::FromCard {} => Way::FromCard,
            How::Generated {} => Way::Generated,
            How::Scanned { pages } => Way::Scanned(pages.len()),
            How::Promised { .. } => Way::Promised,
            How::Later { due } => Way::Later(*due),
            How::NotBrought {} => Way::NotBrought,
        },
    }
}

/// A defect by the material's place in the item or the form's field.
fn named(lack: &Lack) -> String {
    let place = lack.field.clone().unwrap_or_else(|| lack.seq.to_string());
    format!("{place}: {}", lack.kind.key())
}

fn flag(item: &Item, lack: &Lack) -> Option<Words> {
    let (zh, en) = match lack.kind {
        LackKind::TooLate(last) => (
            format!("容缺补交期限应不晚于{last}"),
            format!("must follow by {last}"),
        ),
        LackKind::NoRecord => (
            "共享数据中无记录，请核实".to_owned(),
            "a register has no record of it".to_owned(),
        ),
        LackKind::AskedLater => (
            "共享数据待查询".to_owned(),
            "a register is still to be asked".to_owned(),
        ),
        LackKind::Missing | LackKind::NoPromise | LackKind::NoDelay | LackKind::Unknown => {
            return None;
        }
    };
    about(item, lack.seq, &zh, &en)
}

/// Words about a material of the item.
fn about(item: &Item, seq: u32, zh: &str, en: &str) -> Option<Words> {
    let material = item.materials.iter().find(|listed| listed.seq == seq)?;
    let name = &material.name;
    Some(Words::new(
        format!("{}：{zh}", name.zh),
        format!("{}: {en}", name.en),
    ))
}

/// The texts of commitments (告知承诺书) by version; `{name}` stands for the material's name.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Commitments(std::collections::BTreeMap<String, String>);

impl Commitments {
    /// Whether a text of this version about the material has this hash.
    #[must_use]
    pub(crate) fn knows(&self, version: &str, material: &str, hash: &Sha256) -> bool {
        let text = self.0.get(version);
        text.is_some_and(|text| Sha256::of(text.replace("{name}", material).as_bytes()) == *hash)
    }
}
