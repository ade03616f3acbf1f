//! The fields of a receipt.

use jiff::civil::{Date, DateTime};
use kiosk_core::FiledMatter;
use kiosk_core::screen::{FeeShown, OutcomeShown};
use kiosk_paper::slip::template::{List, Values};

use super::Standing;
use crate::words::Words;

/// Fields of the slip; `waits` is known while a matter has no filing number, `follows` when its holder
/// applied for one.
pub(super) const FIELDS: &[&str] = &[
    "city", "station", "phone", "time", "name", "number", "date", "waits", "follows",
];

/// Lists of the slip. Of a matter, `granted`, `refused` and `deciding` say what was decided.
pub(super) const LISTS: &[List<'_>] = &[
    List {
        name: "matter",
        inside: None,
        fields: &[
            "item",
            "applicant",
            "receipt",
            "filing",
            "case",
            "due",
            "granted",
            "refused",
            "reason",
            "deciding",
            "result",
            "verification",
        ],
    },
    List {
        name: "fee",
        inside: Some("matter"),
        fields: &["fee", "amount", "basis"],
    },
    List {
        name: "later",
        inside: Some("matter"),
        fields: &["name", "date"],
    },
];

/// What happened.
pub(super) struct Receipt<'a> {
    pub(super) at: DateTime,
    pub(super) name: Option<&'a str>,
    pub(super) number: Option<&'a str>,
    pub(super) matters: &'a [FiledMatter],
    pub(super) copy: u32,
    pub(super) come_back: Date,
}

/// A field that only says that something is so.
fn flag(set: bool) -> Option<String> {
    set.then(|| "1".to_owned())
}

impl Receipt<'_> {
    pub(super) fn values(&self, words: Words, standing: &Standing) -> Values {
        // What was filed for another is nothing that the holder of the slip can look up.
        let follows = self.matters.iter().any(|filed| filed.applicant.is_none());
        let waits = self.matters.iter().any(|matter| matter.filing.is_none());
        let matters = self.matters.iter().map(|filed| matter(words, filed));
        let mut values = Values::new()
            .with("city", words.text(&standing.city))
            .with("station", words.text(&standing.station))
            .with("phone", standing.phone.clone())
            .with("time", words.moment(self.at))
            .with("name", self.name.map(str::to_owned))
            .with("number", self.number.map(str::to_owned))
            .with("date", words.day(self.come_back))
            .with("waits", flag(waits))
            .with("follows", flag(follows))
            .with_list("matter", matters);
        values.copy = self.copy;
        values
    }
}

fn matter(words: Words, matter: &FiledMatter) -> Values {
    let (result, verification) = matter.result.clone().unzip();
    let values = Values::new()
        .with("item", words.text(&matter.item))
        .with("applicant", matter.applicant.clone())
        .with("receipt", matter.receipt.clone())
        .with("filing", matter.filing.clone())
        .with("case", matter.case.clone())
        .with("result", result)
        .with("verification", verification)
        .with_list("fee", matter.fees.iter().map(|due| fee(words, due)))
        .with_list(
            "later",
            matter.later.iter().map(|(name, due)| {
                Values::new()
                    .with("name", words.text(name))
                    .with("date", words.day(*due))
            }),
        );
    decided(words, &matter.outcome, values)
}

fn decided(words: Words, outcome: &OutcomeShown, values: Values) -> Values {
    match outcome {
        OutcomeShown::Unknown | OutcomeShown::Deciding => values,
        OutcomeShown::Filed { due } => values.with("due", due.map(|due| words.due(due))),
        OutcomeShown::Granted => values.with("granted", flag(true)),
        OutcomeShown::Refused { reason } => values
            .with("refused", flag(true))
            .with("reason", words.reason(reason)),
        OutcomeShown::WaitsForDepartment => values.with("deciding", flag(true)),
    }
}

fn fee(words: Words, fee: &FeeShown) -> Values {
    Values::new()
        .with("fee", words.chinese(&fee.name))
        .with("amount", words.fee(fee))
        .with("basis", words.chinese(&fee.basis))
}
