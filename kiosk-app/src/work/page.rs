//! Scanned pages: made straight, judged, fitted, kept beside what the scanner gave, and turned.

use std::sync::Arc;

use kiosk_core::screen::{PageAdvice, PictureId, ScanTrouble};
use kiosk_core::{AskId, Event, ScanLook, ScanRoom, Scanned};
use kiosk_paper::Picture;
use kiosk_paper::document::with_purpose;
use kiosk_paper::scan::{
    Advice, CARD_PAGE_DPI, Facing, FittedPage, FlatPage, Format, PageInfo, PageLimit, Quarter,
    ScanError, SideMark, card_page, decode, fit_picture, lay_flat, preview, quarter_turned,
};
use zeroize::Zeroizing;

use super::{Filer, SHOWN_WIDTH, ScannedPage, Worker, lock, upright_page};
use crate::memory::{Laid, Made, Scans};

/// Bytes of a page of text, grey at 200 dpi.
const PLAIN_PAGE: u64 = 200_000;

/// What came of a scan so far.
#[derive(Clone, Copy)]
pub struct Came {
    ask: AskId,
    pages: u32,
    bytes: u64,
    last: PictureId,
}

/// Why a scan is no page.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    /// It cannot be made one.
    #[error(transparent)]
    Page(#[from] ScanError),
    /// The back of a card was wanted, and no card is seen.
    #[error("the back of a card: no outline of a card is found")]
    NoCard,
}

impl Unusable {
    fn trouble(&self) -> ScanTrouble {
        match self {
            Self::Page(error) => trouble(error),
            Self::NoCard => ScanTrouble::NoCard,
        }
    }
}

/// What to tell the person of a page that cannot be used.
pub(super) fn trouble(error: &ScanError) -> ScanTrouble {
    match error {
        ScanError::CannotFit { .. } => ScanTrouble::TooLarge,
        ScanError::NotJpeg { .. }
        | ScanError::NotPicture { .. }
        | ScanError::NotPng { .. }
        | ScanError::Truncated { .. }
        | ScanError::TooLarge { .. }
        | ScanError::Purpose { .. }
        | ScanError::Encode => ScanTrouble::Broken,
    }
}

/// One side, flat.
struct Side {
    flat: FlatPage,
    /// Its lines run up and down, and nobody has turned it yet.
    sideways: bool,
}

impl Side {
    fn of(laid: &Laid) -> Result<Self, ScanError> {
        let (read, facing) = upright_page(&laid.page)?;
        let by_hand = match laid.quarters {
            1 => Some(Quarter::Right),
            2 => Some(Quarter::Half),
            3 => Some(Quarter::Left),
            _ => None,
        };
        let read = match by_hand {
            Some(quarter) => read.quarter_turned(quarter),
            None => read,
        };
        Ok(Self {
            flat: lay_flat(read),
            sideways: facing == Facing::Sideways && by_hand.is_none(),
        })
    }
}

impl<F: Filer + 'static> Worker<F> {
    /// A page that cannot be used ends its scan: one after it would be in the wrong place.
    pub(super) fn page(&mut self, scanned: ScannedPage) -> Event {
        let ScannedPage {
            ask,
            page,
            fed,
            room,
            look,
        } = scanned;
        let (pages, before, after) = match self.scan {
            Some(Came {
                ask: scan,
                pages,
                bytes,
                last,
            }) if scan == ask => (pages, bytes, Some(last)),
            Some(_) | None => (0, 0, room.after),
        };
        let laid = Laid {
            page: Arc::new(page),
            quarters: 0,
        };
        let most = share(room, pages, before);
        match self.first_made(laid, after, most, &look) {
            Ok(page) => {
                self.scan = Some(Came {
                    ask,
                    pages: pages + 1,
                    bytes: before + page.bytes,
                    last: page.picture,
                });
                Event::Scanned { ask, page, fed }
            }
            Err(error) => {
                tracing::warn!("a scanned page cannot be used: {error}");
                let trouble = Some(error.trouble());
                Event::ScanEnded { ask, trouble }
            }
        }
    }

    /// The page of a scan that has just come; with the front of its card, where there is one.
    fn first_made(
        &self,
        laid: Laid,
        after: Option<PictureId>,
        most: u64,
        look: &ScanLook,
    ) -> Result<Scanned, Unusable> {
        let of = |picture| lock(&self.memory).made(picture).cloned();
        let front = match look.front {
            Some(front) => {
                let scans = of(front).and_then(|made| made.scans);
                Some(scans.ok_or(Unusable::NoCard)?.page)
            }
            None => None,
        };
        let scans = Scans { page: laid, front };
        let before = after.and_then(of).map(|made| made.mark);
        let same_side = |mark: &SideMark| before.is_some_and(|before| before.is_same(mark));
        self.made(scans, same_side, most, look)
    }

    /// The page turned by a quarter with the clock; of a card the back, by two.
    pub(super) fn turned(
        &self,
        ask: AskId,
        picture: PictureId,
        most: u64,
        look: &ScanLook,
    ) -> Event {
        let made = lock(&self.memory).made(picture).cloned();
        let turned = match made {
            Some(Made {
                scans: Some(mut scans),
                same_side,
                ..
            }) => {
                // On the page a card lies whichever way it is turned: only its ends change.
                let by = if scans.front.is_some() { 2 } else { 1 };
                scans.page.quarters = (scans.page.quarters + by) % 4;
                self.made(scans, |_| same_side, most, look)
            }
            Some(_) | None => self
                .filed_turned(picture, most, look)
                .map_err(Unusable::from),
        };
        if let Err(error) = &turned {
            tracing::warn!("a page cannot be turned: {error}");
        }
        let page = turned.ok();
        Event::PageTurned { ask, page }
    }

    /// What is filed of a page turned by a quarter, once what it was made of was dropped.
    fn filed_turned(
        &self,
        picture: PictureId,
        most: u64,
        look: &ScanLook,
    ) -> Result<Scanned, ScanError> {
        // Copied: the screen needs the memory while this one is decoded.
        let filed = lock(&self.memory).filed(picture).map(<[u8]>::to_vec);
        let filed = Zeroizing::new(filed.unwrap_or_default());
        let dpi = PageInfo::read(&filed)?.dpi.unwrap_or(CARD_PAGE_DPI);
        let page = quarter_turned(&decode(&filed)?, Quarter::Right);
        let made = Made {
            scans: None,
            mark: SideMark::of(&page),
            same_side: false,
        };
        let fitted = fit_picture(&page, dpi, limit(most, look))?;
        self.keep_page(fitted, made, false, None)
    }

    /// Keeps a page upright, flat, straight, marked with its purpose and no larger than its
    /// material allows; one that is all that already stays as it came. A page without a
    /// resolution may be a camera's.
    fn made(
        &self,
        scans: Scans,
        same_side: impl FnOnce(&SideMark) -> bool,
        most: u64,
        look: &ScanLook,
    ) -> Result<Scanned, Unusable> {
        let page = Side::of(&scans.page)?;
        let front = scans.front.as_ref().map(Side::of).transpose()?;
        let card = page.flat.format == Some(Format::Card);
        if front.is_some() && !card {
            return Err(Unusable::NoCard);
        }
        let mark = page.flat.side_mark();
        let made = Made {
            scans: Some(scans),
            same_side: same_side(&mark),
            mark,
        };
        let said = page.flat.advice.first().copied();
        let said = said.or(made.same_side.then_some(Advice::SameSide));
        // Cards are laid down on their page however they came.
        let sideways = (page.sideways && front.is_none()).then_some(PageAdvice::Sideways);
        let advice = said.map(page_advice).or(sideways);
        let limit = limit(most, look);
        let fitted = match front {
            Some(front) => {
                let both = card_page(front.flat.picture(), page.flat.picture());
                drop((front, page));
                let both = self.purposed(both, CARD_PAGE_DPI, look)?;
                fit_picture(&both, CARD_PAGE_DPI, limit)?
            }
            None => {
                let mut flat = page.flat;
                if look.watermark.is_some() {
                    let dpi = flat.dpi;
                    flat = flat.try_map(|picture| self.purposed(picture, dpi, look))?;
                }
                flat.fit(limit)?
            }
        };
        Ok(self.keep_page(fitted, made, card, advice)?)
    }

    /// The picture with what it may be used for written over it, where that is wanted.
    fn purposed(&self, page: Picture, dpi: u16, look: &ScanLook) -> Result<Picture, ScanError> {
        let Some(words) = &look.watermark else {
            return Ok(page);
        };
        let fonts = self.fonts.for_text(words);
        with_purpose(page, dpi, words, &fonts)
    }

    /// Keeps what will be filed in the visit's memory, with its picture for the screen and what
    /// it was made of.
    fn keep_page(
        &self,
        fitted: FittedPage,
        made: Made,
        card: bool,
        advice: Option<PageAdvice>,
    ) -> Result<Scanned, ScanError> {
        let (width, height) = (fitted.width_px, fitted.height_px);
        let jpeg = Zeroizing::new(fitted.jpeg.into_vec());
        let picture = preview(&jpeg, SHOWN_WIDTH)?;
        let bytes = u64::try_from(jpeg.len()).unwrap_or(u64::MAX);
        Ok(Scanned {
            picture: lock(&self.memory).keep_page(picture, jpeg, made),
            bytes,
            width,
            height,
            card,
            advice,
        })
    }
}

fn limit(most: u64, look: &ScanLook) -> PageLimit {
    PageLimit {
        max_bytes: usize::try_from(most).unwrap_or(usize::MAX),
        colour: look.colour,
    }
}

/// Most bytes of the next page of a scan, of which some pages came with some bytes: so many that
/// each of the others still has room for a plain one, and no fewer than its own part.
pub(super) fn share(room: ScanRoom, pages: u32, bytes: u64) -> u64 {
    let left = room.bytes.saturating_sub(bytes);
    let others = u64::from(room.pages.saturating_sub(pages + 1));
    let spare = left.saturating_sub(others.saturating_mul(PLAIN_PAGE));
    room.page_bytes.min(spare.max(left / (others + 1)))
}

/// What to tell the person of a page, in the core's words.
fn page_advice(advice: Advice) -> PageAdvice {
    match advice {
        Advice::Blank => PageAdvice::Blank,
        Advice::NearlyBlank => PageAdvice::NearlyBlank,
        Advice::CutOff => PageAdvice::CutOff,
        Advice::TooSmall => PageAdvice::TooSmall,
        Advice::Glare => PageAdvice::Glare,
        Advice::Blur => PageAdvice::Blur,
        Advice::SameSide => PageAdvice::SameSide,
        Advice::DoubleFeed => PageAdvice::DoubleFeed,
        Advice::Dark => PageAdvice::Dark,
        Advice::Bright => PageAdvice::Bright,
        Advice::Coarse => PageAdvice::Coarse,
    }
}
