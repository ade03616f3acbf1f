//! Pictures, scans and documents of the present visit: in memory only, zeroed when dropped.

use std::collections::BTreeMap;
use std::sync::Arc;

use kiosk_core::AskId;
use kiosk_core::screen::PictureId;
use kiosk_drivers::scanner::Page;
use kiosk_paper::scan::SideMark;
use kiosk_paper::{Picture, PrivateBytes};
use zeroize::Zeroizing;

/// Most bytes of what scanners gave that are held; a page has at most 64 megabytes. Beyond them
/// the oldest are dropped: such a page is still filed as it was seen, and can be turned.
const MOST_LAID: usize = 192 << 20;

/// Everything a visit holds that is larger than an answer.
#[derive(Default)]
pub struct VisitMemory {
    /// How many visits have ended.
    visit: u32,
    last: u32,
    pictures: BTreeMap<PictureId, Held>,
    form: Option<PrivateBytes>,
    /// The live view that is open, and what it saw last.
    live: Option<(AskId, Option<Picture>)>,
}

struct Held {
    /// As shown on the screen.
    picture: Picture,
    /// The JPEG that is filed; `None` for a page of the form.
    filed: Option<Zeroizing<Vec<u8>>>,
    /// What it was made of; `None` for what was not scanned as a page.
    made: Option<Made>,
}

/// What a page was made of.
#[derive(Clone)]
pub struct Made {
    /// As the scanner gave it; `None` once that was dropped.
    pub scans: Option<Scans>,
    /// To know its side again; of a card the one scanned last.
    pub mark: SideMark,
    /// It shows the side that the page before it shows.
    pub same_side: bool,
}

/// What the scanner gave for one page.
#[derive(Clone)]
pub struct Scans {
    /// The scan; of a card on one page that of its back.
    pub page: Laid,
    /// The front of that card.
    pub front: Option<Laid>,
}

/// One scan, untouched, and how it is laid.
#[derive(Clone)]
pub struct Laid {
    /// As the scanner gave it.
    pub page: Arc<Page>,
    /// Quarters with the clock by which the person turned it, 0 to 3.
    pub quarters: u8,
}

impl Made {
    fn bytes(&self) -> usize {
        let scans = self.scans.iter();
        let laid = scans.flat_map(|scans| std::iter::once(&scans.page).chain(&scans.front));
        laid.map(|laid| laid.page.jpeg.len()).sum()
    }
}

impl VisitMemory {
    /// The number of this visit: what is made for another one is not kept.
    #[must_use]
    pub fn visit(&self) -> u32 {
        self.visit
    }

    /// Keeps a picture; `filed` is the JPEG that is filed for it.
    pub fn keep(&mut self, picture: Picture, filed: Option<Zeroizing<Vec<u8>>>) -> PictureId {
        self.hold(Held {
            picture,
            filed,
            made: None,
        })
    }

    /// Keeps a scanned page: what is filed, and untouched what it was made of.
    pub fn keep_page(
        &mut self,
        picture: Picture,
        filed: Zeroizing<Vec<u8>>,
        made: Made,
    ) -> PictureId {
        let id = self.hold(Held {
            picture,
            filed: Some(filed),
            made: Some(made),
        });
        let scans = |held: &Held| held.made.as_ref().map_or(0, Made::bytes);
        let mut bytes: usize = self.pictures.values().map(scans).sum();
        for held in self.pictures.values_mut() {
            if bytes <= MOST_LAID {
                break;
            }
            bytes -= scans(held);
            if let Some(made) = &mut held.made {
                made.scans = None;
            }
        }
        id
    }

    fn hold(&mut self, held: Held) -> PictureId {
        self.last = self.last.wrapping_add(1);
        let id = PictureId(self.last);
        self.pictures.insert(id, held);
        id
    }

    /// The picture, as shown.
    #[must_use]
    pub fn picture(&self, id: PictureId) -> Option<&Picture> {
        self.pictures.get(&id).map(|held| &held.picture)
    }

    /// The JPEG that is filed.
    #[must_use]
    pub fn filed(&self, id: PictureId) -> Option<&[u8]> {
        let held = self.pictures.get(&id)?;
        held.filed.as_deref().map(Vec::as_slice)
    }

    /// What a page was made of.
    #[must_use]
    pub fn made(&self, id: PictureId) -> Option<&Made> {
        self.pictures.get(&id)?.made.as_ref()
    }

    /// Keeps the PDF of the form shown last.
    pub fn keep_form(&mut self, pdf: PrivateBytes) {
        self.form = Some(pdf);
    }

    /// The PDF of the form shown last.
    #[must_use]
    pub fn form(&self) -> Option<&[u8]> {
        self.form.as_deref()
    }

    /// A live view of the portrait camera is open: what it sees is kept from now on.
    pub fn watch(&mut self, view: AskId) {
        self.live = Some((view, None));
    }

    /// What a live view sees now; dropped when the view has been closed meanwhile.
    pub fn see(&mut self, view: AskId, picture: Picture) {
        if let Some((open, seen)) = &mut self.live
            && *open == view
        {
            *seen = Some(picture);
        }
    }

    /// What the live view saw last; `None` without one.
    #[must_use]
    pub fn live(&self) -> Option<&Picture> {
        self.live.as_ref()?.1.as_ref()
    }

    /// The live view is closed: what it saw is zeroed and dropped.
    pub fn unwatch(&mut self) {
        self.live = None;
    }

    /// Drops one picture.
    pub fn drop_picture(&mut self, id: PictureId) {
        self.pictures.remove(&id);
    }

    /// The visit is over: everything is zeroed and dropped.
    pub fn forget(&mut self) {
        self.visit = self.visit.wrapping_add(1);
        self.pictures.clear();
        self.form = None;
        self.live = None;
    }
}
