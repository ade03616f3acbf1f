//! What the slips say: the receipt of a visit, a guide, a number of the queue and a booking, as lines for the paper.
//!
//! Which lines and in which order is data ([`Templates`]); here the fields are filled in.

use std::sync::Arc;

use city_api::digest::Sha256;
use city_catalogue::record::Item;
use kiosk_core::SlipData;
use kiosk_core::screen::Lang;
use kiosk_drivers::receipt_printer::{Bitmap, BitmapError, Job, JobId};
use kiosk_paper::{PaperWidth, Slip, SlipError, SlipLine};
use rand::Rng;

use crate::fonts::Fonts;
use crate::words::Words;

mod booking;
mod guide;
mod receipt;
mod reprints;
mod templates;
mod ticket;

pub use reprints::Reprints;
pub use templates::{BadTemplate, Templates};

use booking::Booking;
use receipt::Receipt;
use ticket::Ticket;

/// Where this kiosk stands, as the slips say it.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The city's name.
    pub city: city_catalogue::Text,
    /// The station's name.
    pub station: city_catalogue::Text,
    /// Phone for questions.
    pub phone: String,
    /// What its slips look like.
    pub stationery: Stationery,
}

/// What the slips of this kiosk look like.
#[derive(Clone, Debug)]
pub struct Stationery {
    /// The paper in the receipt printer.
    pub paper: PaperWidth,
    /// The lines of the slips.
    pub templates: Templates,
}

impl Default for Stationery {
    /// 80 mm paper and the templates of the program.
    fn default() -> Self {
        Self {
            paper: PaperWidth::Mm80,
            templates: Templates::default(),
        }
    }
}

impl Stationery {
    /// For a printer whose head takes `head_bytes` bytes a row.
    #[must_use]
    pub fn for_head(head_bytes: u8, templates: Templates) -> Self {
        let paper = paper_for_head(head_bytes);
        Self { paper, templates }
    }
}

/// The paper of a printer whose head takes `head_bytes` bytes a row.
#[must_use]
pub fn paper_for_head(head_bytes: u8) -> PaperWidth {
    if u16::from(head_bytes) * 8 >= PaperWidth::Mm80.dots() {
        PaperWidth::Mm80
    } else {
        PaperWidth::Mm58
    }
}

/// The slip for `data`; `item` finds an item of the catalogue for a guide.
#[must_use]
pub fn slip(
    data: &SlipData,
    standing: &Standing,
    item: impl Fn(&city_catalogue::ItemCode) -> Option<Arc<Item>>,
) -> Slip {
    let templates = &standing.stationery.templates;
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
            let receipt = Receipt {
                at: *at,
                name: name.as_deref(),
                number: number.as_deref(),
                matters,
                copy: *copy,
                come_back: *come_back,
            };
            templates.receipt(*lang, &receipt.values(Words(*lang), standing))
        }
        SlipData::Ticket {
            lang,
            at,
            ticket,
            kept_here,
            copy,
        } => {
            let ticket = Ticket {
                at: *at,
                ticket,
                kept_here: *kept_here,
                copy: *copy,
            };
            templates.ticket(*lang, &ticket.values(Words(*lang), standing))
        }
        SlipData::Booking {
            lang,
            at,
            name,
            booking,
            copy,
        } => {
            let booking = Booking {
                at: *at,
                name: name.as_deref(),
                booking,
                copy: *copy,
            };
            templates.booking(*lang, &booking.values(Words(*lang), standing))
        }
        SlipData::Guide { lang, item: code } => {
            let item = item(code);
            let values = guide::values(Words(*lang), standing, code, item.as_deref());
            templates.guide(*lang, &values)
        }
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
pub fn job(slip: &Slip, fonts: &Fonts, paper: PaperWidth) -> Result<Job, SlipJobError> {
    let drawn = slip.draw(&fonts.for_text(&slip.text()), paper)?;
    let bitmap = Bitmap::new(drawn.bitmap.width_dots(), drawn.bitmap.bytes().to_vec())?;
    Ok(Job {
        id: JobId(format!("{:016x}", rand::rng().random::<u64>())),
        content_hash: *Sha256::of(bitmap.as_bytes()).as_bytes(),
        bitmap,
        copies: 1,
        reprint: None,
    })
}

/// A slip without any person, which shows what a technician wants to see of a printer: rare
/// characters, the sign of the currency, fine lines and a code. For a head that takes `head_bytes`
/// bytes a row.
///
/// # Errors
/// [`SlipJobError`], which a test excludes.
pub fn test_job(fonts: &Fonts, head_bytes: u8) -> Result<Job, SlipJobError> {
    const NUMBER: &str = "ABC2-3456-789K";
    let words = Words(Lang::ZhHans);
    let slip = Slip::new(vec![
        SlipLine::Heading(words.get("slip.sample")),
        SlipLine::Caption(words.get("slip.sample-about")),
        SlipLine::Rule,
        SlipLine::Paragraph("云汀 𬱖 䶮 · Aa 0123456789 ¥".to_owned()),
        SlipLine::Number {
            label: words.get("slip.receipt-number"),
            number: Some(NUMBER.to_owned()),
        },
        SlipLine::Qr(NUMBER.to_owned()),
        SlipLine::Rule,
    ]);
    job(&slip, fonts, paper_for_head(head_bytes))
}

/// The picture of [`test_job`]; `None` where the head is narrower than any paper has it, or where
/// the fonts cannot be read: the suite of printers then prints its own ruler.
#[must_use]
pub fn test_slip(head_bytes: u8) -> Option<Bitmap> {
    let fonts = Fonts::new().ok()?;
    let slip = test_job(&fonts, head_bytes).ok()?.bitmap;
    (slip.stride() <= usize::from(head_bytes)).then_some(slip)
}

/// The code of a language in the translation files.
const fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhHans => "zh-Hans",
        Lang::En => "en",
        Lang::ZhHant => "zh-Hant",
    }
}

#[cfg(test)]
mod tests;
