//! What the slips say: the receipt of a visit and a guide, as lines for the paper.

use std::sync::Arc;

use city_api::digest::Sha256;
use city_catalogue::record::Item;
use jiff::civil::{Date, DateTime};
use kiosk_core::screen::{Lang, OutcomeShown};
use kiosk_core::{FiledMatter, SlipData};
use kiosk_drivers::receipt_printer::{Bitmap, BitmapError, Job, JobId};
use kiosk_paper::{PaperWidth, Slip, SlipError, SlipLine};
use rand::Rng;

use crate::fonts::Fonts;
use crate::words::Words;

/// Where this kiosk stands, as the slips say it.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The city's name.
    pub city: city_catalogue::Text,
    /// The station's name.
    pub station: city_catalogue::Text,
    /// Phone for questions.
    pub phone: String,
}

/// The slip for `data`; `item` finds an item of the catalogue for a guide.
#[must_use]
pub fn slip(
    data: &SlipData,
    standing: &Standing,
    item: impl Fn(&city_catalogue::ItemCode) -> Option<Arc<Item>>,
) -> Slip {
    match data {
        SlipData::Receipt {
            lang,
            at,
            name,
            number,
            matters,
            copy,
            come_back,
        } => {
            let head = Head {
                name: name.as_deref(),
                number: number.as_deref(),
                at: *at,
                copy: *copy,
            };
            receipt(Words(*lang), standing, &head, matters, *come_back)
        }
        SlipData::Guide { lang, item: code } => guide(*lang, standing, item(code).as_deref()),
    }
}

/// Why a slip cannot become a print job.
#[derive(Debug, thiserror::Error)]
pub enum SlipJobError {
    /// It cannot be drawn.
    #[error("drawing a slip")]
    Draw(#[from] SlipError),
    /// Its picture is none a printer takes.
    #[error("drawing a slip")]
    Bitmap(#[from] BitmapError),
}

/// Draws `slip` as a job for the receipt printer, under a number of its own.
///
/// # Errors
/// [`SlipJobError`]; nothing is printed then.
pub fn job(slip: &Slip, fonts: &Fonts) -> Result<Job, SlipJobError> {
    let drawn = slip.draw(&fonts.for_text(&slip.text()), PaperWidth::Mm80)?;
    let bitmap = Bitmap::new(drawn.bitmap.width_dots(), drawn.bitmap.bytes().to_vec())?;
    Ok(Job {
        id: JobId(format!("{:016x}", rand::rng().random::<u64>())),
        content_hash: *Sha256::of(bitmap.as_bytes()).as_bytes(),
        bitmap,
        copies: 1,
        reprint: None,
    })
}

struct Head<'a> {
    name: Option<&'a str>,
    number: Option<&'a str>,
    at: DateTime,
    copy: u32,
}

fn row(words: Words, key: &str, value: Option<String>) -> SlipLine {
    SlipLine::Row {
        label: words.get(key),
        value,
    }
}

fn receipt(
    words: Words,
    standing: &Standing,
    head: &Head<'_>,
    matters: &[FiledMatter],
    come_back: Date,
) -> Slip {
    let mut lines = vec![
        SlipLine::Heading(words.text(&standing.city)),
        SlipLine::Caption(words.get("slip.title")),
    ];
    if head.copy > 0 {
        lines.push(SlipLine::Copy(head.copy));
    }
    lines.push(SlipLine::Rule);
    if let Some(name) = head.name {
        lines.push(row(words, "slip.name", Some(name.to_owned())));
        lines.push(row(words, "slip.id", head.number.map(str::to_owned)));
    }
    lines.push(row(words, "slip.time", Some(words.moment(head.at))));
    lines.push(row(
        words,
        "slip.station",
        Some(words.text(&standing.station)),
    ));
    for matter in matters {
        lines.push(SlipLine::Divider);
        lines.extend(matter_lines(words, matter));
    }
    lines.push(SlipLine::Rule);
    if matters.iter().any(|matter| matter.filing.is_none()) {
        let day = words.day(come_back);
        lines.push(SlipLine::Notice(
            words.fill("slip.come-back", &[("date", &day)]),
        ));
    }
    lines.push(SlipLine::Note(words.get("slip.follow")));
    let phone = words.fill("slip.phone", &[("phone", &standing.phone)]);
    lines.push(SlipLine::Note(phone));
    Slip::new(lines)
}

fn matter_lines(words: Words, matter: &FiledMatter) -> Vec<SlipLine> {
    let state = match &matter.filing {
        Some(_) => "slip.received",
        None => "slip.stored",
    };
    let mut lines = vec![
        SlipLine::Paragraph(words.text(&matter.item)),
        SlipLine::Notice(words.get(state)),
        SlipLine::Number {
            label: words.get("slip.receipt-number"),
            number: Some(matter.receipt.clone()),
        },
        SlipLine::Qr(matter.receipt.clone()),
    ];
    if let Some(filing) = &matter.filing {
        lines.push(row(words, "slip.filing", Some(filing.clone())));
    }
    if let Some(case) = &matter.case {
        lines.push(row(words, "slip.case", Some(case.clone())));
    }
    lines.extend(outcome_line(words, &matter.outcome));
    if let Some((number, verification)) = &matter.result {
        lines.push(row(words, "slip.result", Some(number.clone())));
        lines.push(row(words, "slip.verification", Some(verification.clone())));
    }
    for fee in &matter.fees {
        let amount = words.fee(fee);
        lines.push(row(
            words,
            "slip.fee",
            Some(format!("{} {amount}", fee.name)),
        ));
        lines.push(SlipLine::Note(fee.basis.clone()));
    }
    for (name, due) in &matter.later {
        let (name, due) = (words.text(name), words.day(*due));
        let values = [("name", name.as_str()), ("date", due.as_str())];
        lines.push(SlipLine::Notice(words.fill("slip.later", &values)));
    }
    lines
}

fn outcome_line(words: Words, outcome: &OutcomeShown) -> Option<SlipLine> {
    Some(match outcome {
        OutcomeShown::Unknown | OutcomeShown::Deciding => return None,
        OutcomeShown::Filed { due } => row(words, "slip.due", Some(words.due((*due)?))),
        OutcomeShown::Granted => row(words, "slip.decision", Some(words.get("slip.granted"))),
        OutcomeShown::Refused { reason } => {
            let reason = words.text(reason);
            let text = words.fill("slip.refused", &[("reason", &reason)]);
            row(words, "slip.decision", Some(text))
        }
        OutcomeShown::WaitsForDepartment => {
            row(words, "slip.decision", Some(words.get("slip.waits")))
        }
    })
}

fn guide(lang: Lang, standing: &Standing, item: Option<&Item>) -> Slip {
    let words = Words(lang);
    let mut lines = vec![
        SlipLine::Heading(words.text(&standing.city)),
        SlipLine::Caption(words.get("slip.guide")),
        SlipLine::Rule,
    ];
    let Some(item) = item else {
        lines.push(row(words, "slip.item", None));
        return Slip::new(lines);
    };
    lines.push(SlipLine::Paragraph(words.text(&item.name)));
    lines.push(row(
        words,
        "slip.code",
        Some(item.code().as_str().to_owned()),
    ));
    lines.push(SlipLine::Divider);
    lines.push(SlipLine::Paragraph(words.get("slip.conditions")));
    lines.extend(item.accept_conditions.iter().cloned().map(SlipLine::Note));
    lines.push(SlipLine::Paragraph(words.get("slip.materials")));
    for material in &item.materials {
        lines.push(SlipLine::Note(words.text(&material.name)));
    }
    lines.push(SlipLine::Divider);
    for basis in &item.legal_basis {
        let article = basis.article.as_deref().unwrap_or_default();
        lines.push(SlipLine::Note(format!("{} {article}", basis.title)));
    }
    lines.push(row(
        words,
        "slip.phone-label",
        Some(item.consult.phone.clone()),
    ));
    lines.push(row(
        words,
        "slip.address",
        Some(item.consult.address.clone()),
    ));
    Slip::new(lines)
}
