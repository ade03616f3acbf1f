//! One material (材料) of an item and what a scan of it may be.

use serde::{Deserialize, Serialize};

use super::{
    Colour, Format, LegalBasis, MaterialKind, MaterialType, Necessity, Sides, SourceChannel,
    Supply, Text, TrustLevel,
};

/// A material of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Material {
    /// Name of the material.
    pub name: Text,
    /// Kind.
    pub kind: MaterialKind,
    /// How it reaches the city.
    pub supply: Supply,
    /// Paper or electronic.
    pub format: Format,
    /// Original or copy.
    pub material_type: MaterialType,
    /// Originals wanted.
    pub originals: u16,
    /// Copies wanted.
    pub copies: u16,
    /// Where it comes from.
    pub source_channel: SourceChannel,
    /// Id of the issuing body; `None` where the applicant makes it.
    pub source_dept: Option<String>,
    /// Whether it is needed.
    pub necessity: Necessity,
    /// Data set that supplies it; `None` where nobody shares it.
    pub share: Option<Share>,
    /// Whether it may follow later (容缺).
    pub tolerance: Tolerance,
    /// Whether a signed commitment can stand in for it.
    pub commitment_allowed: bool,
    /// Trust level of what is handed in.
    pub trust_level: TrustLevel,
    /// Legal bases for asking for it.
    pub basis: Vec<LegalBasis>,
    /// Standard of acceptance, in Chinese.
    pub accept_standard: String,
    /// Path of a sample, where there is one.
    pub sample_doc: Option<String>,
    /// Path of a blank form, where there is one.
    pub blank_form: Option<String>,
    /// Frequent mistakes, in Chinese.
    pub common_errors: Vec<String>,
    /// Position, from 1.
    pub seq: u32,
    /// Limits of its scan; `None` is the city's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Scan>,
}

impl Material {
    /// Width and height in pixels of a portrait: those its standard of acceptance names
    /// (`358×441像素`), else 358 by 441, the size of identity documents. `None` for a material
    /// that is no picture.
    #[must_use]
    pub fn portrait_px(&self) -> Option<(u32, u32)> {
        let named = || {
            let (before, after) = self.accept_standard.split_once(['×', 'x', '*'])?;
            let width = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
            let height = after.split(|c: char| !c.is_ascii_digit()).next()?;
            let side = |text: &str| {
                let side: u32 = text.parse().ok()?;
                (100..=4_000).contains(&side).then_some(side)
            };
            Some((side(width)?, side(height)?))
        };
        (self.kind == MaterialKind::Picture).then(|| named().unwrap_or((358, 441)))
    }

    /// The scan limits that apply, with the defaults of the design filled in:
    /// 20 pages, 2 MB a page, 10 MB in all, one side, colour, no watermark.
    #[must_use]
    pub fn scan_limits(&self) -> ScanLimits {
        let scan = self.scan.clone().unwrap_or_default();
        let total = u64::from(scan.max_mb.unwrap_or(10)) * 1_000_000;
        ScanLimits {
            max_pages: scan.max_pages.unwrap_or(20),
            max_page_bytes: total.min(2_000_000),
            max_total_bytes: total,
            sides: scan.sides.unwrap_or(Sides::One),
            colour: scan.colour.unwrap_or(Colour::Colour),
            watermark: scan.watermark,
        }
    }
}

/// The data set that supplies a material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Name of the data set.
    pub dataset: String,
    /// Id of the body that holds it.
    pub provider: String,
    /// Form field or fact it is looked up by, for example `idNumber`.
    pub key: String,
}

/// Whether a material may follow later (容缺受理).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tolerance {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Within how many working days; `None` where not allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_workdays: Option<u16>,
}

/// Scan limits as written in the file; what is absent has the city's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Scan {
    /// Most pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_pages: Option<u16>,
    /// Most megabytes in all.
    #[serde(rename = "maxMB", skip_serializing_if = "Option::is_none")]
    pub max_mb: Option<u16>,
    /// Sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sides: Option<Sides>,
    /// Colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// What the pages may be used for, laid over each with the day (用途水印), such as
    /// `仅用于失业登记`: 1 to 40 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<String>,
}

/// Scan limits that apply to one material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanLimits {
    /// Most pages.
    pub max_pages: u16,
    /// Most bytes of one page.
    pub max_page_bytes: u64,
    /// Most bytes of all pages.
    pub max_total_bytes: u64,
    /// Sides.
    pub sides: Sides,
    /// Colour.
    pub colour: Colour,
    /// Text laid over each page; `None` is none.
    pub watermark: Option<String>,
}
