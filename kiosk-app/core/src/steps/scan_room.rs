//! What a scan of a material may bring, and how its pages are filed.

use city_catalogue::record::{Colour, ScanLimits, Sides};

use super::scan::{Scan, Side};
use crate::effect::{ScanLook, ScanRoom};
use crate::event::Scanned;
use crate::kiosk::Kiosk;
use crate::screen::PictureId;

/// Pages of all materials together: a packet has 64 parts, of which content, form and the
/// visit's record are three.
const MOST_PAGES: usize = 61;

impl Kiosk {
    /// The limits of a material of the item's list; `None` for a form field that takes a file.
    fn limits(&self, place: usize) -> Option<ScanLimits> {
        let application = self.visit.application.as_ref()?;
        let record = self.record_of(application.materials.get(place)?)?;
        Some(record.scan_limits())
    }

    fn most_pages(&self, place: usize) -> usize {
        if self.is_portrait(place) {
            return 1;
        }
        self.limits(place)
            .map_or(self.settings.most_pages, |limits| {
                usize::from(limits.max_pages)
            })
    }

    /// Whether front and back are wanted of what is scanned.
    pub(super) fn both_sides(&self, place: usize) -> bool {
        let limits = self.limits(place);
        limits.is_some_and(|limits| limits.sides == Sides::Both)
    }

    /// Most bytes of a portrait, which replaces any other.
    pub(crate) fn most_bytes_of(&self, place: usize) -> u64 {
        self.most_bytes(place, Some(0))
    }

    /// Most bytes of one page, which replaces the one at `replaced`.
    pub(super) fn most_bytes(&self, place: usize, replaced: Option<usize>) -> u64 {
        let (page, left) = self.bytes_left(place, replaced);
        page.min(left)
    }

    /// Pages of one scan: one that is scanned anew or is the back of a card, otherwise all that
    /// fit.
    pub(super) fn job_pages(&self, scan: &Scan) -> usize {
        match (scan.retake, scan.side) {
            (Some(_), _) | (None, Side::BackOfCard(_)) => self.room(scan).min(1),
            (None, Side::Front | Side::BackOfSheet) => self.room(scan),
        }
    }

    /// The page before the ones of the next scan.
    fn page_before(&self, scan: &Scan) -> Option<PictureId> {
        if let Side::BackOfCard(front) = scan.side {
            return Some(front.picture);
        }
        let kept = self.kept(scan.material);
        let at = scan.retake.unwrap_or(kept.len()).checked_sub(1)?;
        kept.get(at).map(|page| page.picture)
    }

    /// What one scan may bring.
    pub(super) fn scan_room(&self, scan: &Scan) -> ScanRoom {
        let (page_bytes, bytes) = self.bytes_left(scan.material, scan.retake);
        ScanRoom {
            pages: u32::try_from(self.job_pages(scan)).unwrap_or(u32::MAX),
            page_bytes,
            bytes,
            both_sides: self.both_sides(scan.material) && matches!(scan.side, Side::Front),
            after: self.page_before(scan),
        }
    }

    /// Bytes that one page may have, and those that the pages kept leave of all; the one that is
    /// scanned anew leaves its own.
    fn bytes_left(&self, place: usize, retake: Option<usize>) -> (u64, u64) {
        let application = self.visit.application.as_ref();
        let material = application.and_then(|application| application.materials.get(place));
        let kept: u64 = self
            .kept(place)
            .iter()
            .enumerate()
            .filter(|(at, _)| retake != Some(*at))
            .map(|(_, page)| page.bytes)
            .sum();
        let (page, all) = self.limits(place).map_or_else(
            || {
                let field = material.and_then(|material| material.field.as_deref());
                let field = application.zip(field);
                let field = field.and_then(|(application, name)| application.item.field(name));
                let all = field.and_then(|field| field.max_size_mb).unwrap_or(10);
                let all = u64::from(all) * 1_000_000;
                (all.min(2_000_000), all)
            },
            |limits| (limits.max_page_bytes, limits.max_total_bytes),
        );
        (page, all.saturating_sub(kept))
    }

    /// A form field that takes a file says nothing of colour and purpose.
    pub(super) fn scan_look(&self, scan: &Scan) -> ScanLook {
        let limits = self.limits(scan.material);
        let day = self.now.civil.date();
        ScanLook {
            colour: limits
                .as_ref()
                .is_none_or(|limits| limits.colour == Colour::Colour),
            watermark: limits
                .and_then(|limits| limits.watermark)
                .map(|words| format!("{words} {day}")),
            front: match scan.side {
                Side::BackOfCard(front) => Some(front.picture),
                Side::Front | Side::BackOfSheet => None,
            },
        }
    }

    /// Pages kept for the material at `place`.
    pub(super) fn kept(&self, place: usize) -> &[Scanned] {
        let application = self.visit.application.as_ref();
        let material = application.and_then(|a| a.materials.get(place));
        material.map_or(&[], |material| &material.pages)
    }

    /// Pages that may still be kept here, one to be replaced not counted: within the bound of
    /// the material and of a packet.
    pub(super) fn room(&self, scan: &Scan) -> usize {
        let materials = self.visit.application.as_ref().map(|a| &a.materials);
        let all: usize = materials
            .into_iter()
            .flatten()
            .map(|material| material.pages.len())
            .sum();
        let replaced = usize::from(scan.retake.is_some());
        let own = self.kept(scan.material).len();
        let here = self.most_pages(scan.material).saturating_sub(own);
        replaced + here.min(MOST_PAGES.saturating_sub(all))
    }
}
