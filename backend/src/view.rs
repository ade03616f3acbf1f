//! A case as its resident and its kiosk see it.

use city_api::numbers::ReceiptNumber;
use city_api::requests::Words;
use city_api::requests::outcome::{Dates, Decision, Outcome, Waiting};
use city_api::requests::persons::{CaseView, MaterialAsked, SupplementAsked};
use city_api::requests::procedure::{ExtensionView, SpecialView, TerminationView};
use city_catalogue::case::State;
use city_catalogue::record::Item;
use uuid::Uuid;

use crate::app::App;
use crate::file::{CaseFile, Record};
use crate::handover;
use crate::store::StoreError;

/// What became of the packet that opened or changed this case.
pub(crate) fn outcome(app: &App, packet: Uuid, file: &CaseFile) -> Outcome {
    let record = &file.record;
    Outcome {
        packet,
        filing_number: file.filing_number.clone(),
        case_number: file.case_number.clone(),
        state: record.shown_state(),
        held_by: record.holder().map(|body| app.body(body)),
        waiting: waiting(app, record),
        decision: decision(app, record),
        result: record.result.clone(),
        dates: dates(file),
    }
}

/// The case among "my matters".
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn case_view(
    app: &App,
    file: &CaseFile,
    item: Option<&Item>,
) -> Result<CaseView, StoreError> {
    let record = &file.record;
    let delivery = match record.delivering {
        true => app.store.delivery(file.id).await?,
        false => None,
    };
    let delivery = delivery.map(|row| handover::view(app, &row)).transpose()?;
    let bundle = record.bundle.as_ref();
    Ok(CaseView {
        packet: file.id,
        bundle: bundle.map(|bundle| bundle.number.clone()),
        receipt: receipt(file),
        filing_number: file.filing_number.clone(),
        case_number: file.case_number.clone(),
        item: file.item.clone(),
        item_version: record.item_version,
        name: record.name.clone(),
        state: record.shown_state(),
        held_by: record.holder().map(|body| app.body(body)),
        waiting: waiting(app, record),
        dates: dates(file),
        supplement: supplement(record, item),
        decision: decision(app, record),
        results: record.result.iter().cloned().collect(),
        special: record.special().map(|(special, began)| SpecialView {
            kind: special.kind,
            reason: special.asked.reason.clone(),
            days: special.days,
            began,
            ended: special.ended.as_ref().map(|end| end.at),
            result: special.ended.as_ref().map(|end| end.result.clone()),
        }),
        extension: record
            .extension()
            .map(|(extension, extended)| ExtensionView {
                reason: extension.asked.reason.clone(),
                days: extension.days,
                extended,
            }),
        termination: record.termination.as_ref().map(|end| TerminationView {
            ending: end.ending,
            reason: end.reason.clone(),
            ended: end.at,
        }),
        delivery,
    })
}

fn waiting(app: &App, record: &Record) -> Option<Waiting> {
    record.waits_for().map(|wait| Waiting {
        body: app.body(&wait.body),
        since: wait.since,
        next_try: wait.next_try,
    })
}

fn decision(app: &App, record: &Record) -> Option<Decision> {
    record.decision.as_ref().map(|decision| Decision {
        granted: decision.granted,
        reason: decision.reason.clone(),
        decided: decision.at,
        body: app.body(&decision.body),
    })
}

/// The dates of a case.
pub(crate) fn dates(file: &CaseFile) -> Dates {
    let record = &file.record;
    Dates {
        received: file.received,
        accept_by: record.accept_by,
        accepted: record.accepted.as_ref().map(|accepted| accepted.at),
        promised: record.promised,
        statutory: record.statutory,
        stopped: matches!(record.state, State::Correction | State::Special),
    }
}

fn supplement(record: &Record, item: Option<&Item>) -> Option<SupplementAsked> {
    let asked = record
        .supplements
        .last()
        .filter(|_| record.state == State::Correction)?;
    let name = |seq: u32| {
        item.and_then(|item| item.materials.iter().find(|material| material.seq == seq))
            .map_or_else(Words::default, |material| {
                Words::new(material.name.zh.clone(), material.name.en.clone())
            })
    };
    Some(SupplementAsked {
        materials: asked
            .materials
            .iter()
            .map(|&seq| MaterialAsked {
                seq,
                name: name(seq),
            })
            .collect(),
        words: asked.words.clone(),
        asked: asked.asked,
        bring_by: asked.bring_by.date,
    })
}

/// A receipt number in groups, as on the slip; as it is when it is none.
pub(crate) fn receipt(file: &CaseFile) -> String {
    let compact = file.receipt.as_str();
    compact
        .parse::<ReceiptNumber>()
        .map_or_else(|_| compact.to_owned(), |receipt| receipt.to_string())
}
