//! Scanning one material: lay it down, scan, look, keep; and the pages kept so far.

use city_catalogue::form::{self, Answer, Source, Value};

use crate::effect::Effect;
use crate::event::{AskId, Scanned};
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Foot, MaterialState, Page, PictureId, ScanPage, ScanTrouble};
use crate::steps::{Materials, Step};
use crate::touch::Touch;

#[derive(Clone, Debug)]
enum At {
    Place(Option<ScanTrouble>),
    Scanning(Job),
    Look(Scanned),
    /// The kept page at this place.
    Pages(usize),
}

/// The scan under way.
#[derive(Clone, Debug)]
struct Job {
    ask: AskId,
    /// The pages that have come.
    pages: Vec<Scanned>,
    /// So many percent of the next one are here; 0 when that is not known.
    percent: u8,
}

/// The scan step.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    /// Place in the application's list of materials.
    pub(super) material: usize,
    at: At,
    /// The next page kept replaces the one at this place; `None` when it is added.
    pub(super) retake: Option<usize>,
    pub(super) side: Side,
    /// The page shown is being turned.
    turning: Option<AskId>,
    /// Sheets may be left in the feeder: no more of them were wanted.
    left: bool,
}

/// The side of a paper that is laid down now.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side {
    /// The front, or the only one.
    Front,
    /// The back of the card whose front this is: both go on one page.
    BackOfCard(Scanned),
    /// The back of the sheet kept last.
    BackOfSheet,
}

impl Scan {
    pub(crate) fn scanning(&self) -> bool {
        matches!(self.at, At::Scanning(..))
    }

    /// Another page may follow the one looked at, when `room` pages still fit.
    fn may_add(&self, room: usize) -> bool {
        self.retake.is_none() && room > 1
    }

    pub(crate) fn coming(&mut self, ask: AskId, percent: u8) {
        if let At::Scanning(job) = &mut self.at
            && job.ask == ask
        {
            job.percent = percent.min(100);
        }
    }

    pub(crate) fn waits_for(&self, ask: AskId) -> bool {
        matches!(&self.at, At::Scanning(job) if job.ask == ask)
    }
}

impl Kiosk {
    /// Opens the scan of the material at `place`, or the pages kept of it.
    pub(crate) fn open_scan(&mut self, place: usize) {
        let at = if self.kept(place).is_empty() {
            let left = std::mem::take(&mut self.left_behind);
            At::Place(left.then_some(ScanTrouble::LeftBehind))
        } else {
            At::Pages(0)
        };
        self.go(Step::Scan(Scan {
            material: place,
            at,
            retake: None,
            side: Side::Front,
            turning: None,
            left: false,
        }));
    }

    pub(crate) fn scan_tap(&mut self, touch: &Touch) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        let (room, turning) = (self.room(scan), scan.turning.is_some());
        match (&scan.at, touch) {
            (At::Place(_), Touch::Next) if room == 0 => {
                self.scan_at(At::Place(Some(ScanTrouble::Enough)));
            }
            (At::Place(_), Touch::Next) => self.start_scan(),
            (At::Place(_), Touch::Back) => self.leave_place(),
            (At::Scanning(..), Touch::Back) | (At::Look(_), Touch::Retake | Touch::Back) => {
                self.drop_scanned();
                self.scan_at(At::Place(None));
            }
            (At::Look(_), Touch::Next | Touch::AddPage | Touch::TurnPage) if turning => {}
            (At::Look(page), Touch::Next) => {
                let page = *page;
                self.page_is_good(page);
            }
            (At::Look(page), Touch::AddPage)
                if scan.may_add(room) && self.back_of(scan, *page).is_none() =>
            {
                let page = *page;
                self.keep(page);
                self.scan_at(At::Place(None));
            }
            (At::Look(page), Touch::TurnPage) => {
                let picture = page.picture;
                self.turn_page(picture);
            }
            (At::Pages(place), touch) => {
                let place = *place;
                self.pages_tap(place, room, touch);
            }
            _ => {}
        }
    }

    /// A touch on the page kept at `place`.
    fn pages_tap(&mut self, place: usize, room: usize, touch: &Touch) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        let material = scan.material;
        let last = self.kept(material).len().saturating_sub(1);
        match touch {
            Touch::Next | Touch::Back => self.go(Step::Materials(Materials::default())),
            Touch::AddPage if room > 0 => self.scan_at(At::Place(None)),
            Touch::Turn(by) => {
                let by = isize::from(*by);
                let turned = place.saturating_add_signed(by).min(last);
                self.scan_at(At::Pages(turned));
            }
            Touch::TurnPage if scan.turning.is_none() => {
                let shown = self.kept(material).get(place).map(|page| page.picture);
                if let Some(picture) = shown {
                    self.turn_page(picture);
                }
            }
            Touch::Retake => {
                if let Step::Scan(scan) = &mut self.step {
                    scan.retake = Some(place);
                }
                self.scan_at(At::Place(None));
            }
            Touch::MoveEarlier if place > 0 => {
                self.change_pages(material, |pages| pages.swap(place - 1, place));
                self.scan_at(At::Pages(place - 1));
            }
            // The only page is scanned anew or stays: what is left out is chosen in the checklist.
            Touch::RemovePage if last > 0 => {
                self.change_pages(material, |pages| {
                    pages.remove(place);
                });
                self.scan_at(At::Pages(place.min(last - 1)));
            }
            _ => {}
        }
    }

    /// The page looked at is as it should be: its other side is next, where that is wanted too.
    fn page_is_good(&mut self, page: Scanned) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        match self.back_of(scan, page) {
            Some(back) => {
                if matches!(back, Side::BackOfSheet) {
                    self.keep(page);
                }
                self.scan_at(At::Place(None));
                if let Step::Scan(scan) = &mut self.step {
                    scan.side = back;
                }
            }
            None => {
                self.keep(page);
                self.go(Step::Materials(Materials::default()));
            }
        }
    }

    /// The side to scan after the one looked at; `None` when the paper is done with it.
    fn back_of(&self, scan: &Scan, page: Scanned) -> Option<Side> {
        let front = matches!(scan.side, Side::Front) && self.both_sides(scan.material);
        if front && page.card {
            Some(Side::BackOfCard(page))
        } else {
            (front && scan.may_add(self.room(scan))).then_some(Side::BackOfSheet)
        }
    }

    /// Asks for the page shown turned by a quarter.
    fn turn_page(&mut self, picture: PictureId) {
        let ask = self.ask();
        let Step::Scan(scan) = &self.step else {
            return;
        };
        if self.is_portrait(scan.material) {
            return;
        }
        let replaced = match scan.at {
            At::Pages(place) => Some(place),
            At::Place(_) | At::Scanning(_) | At::Look(_) => scan.retake,
        };
        let most = self.most_bytes(scan.material, replaced);
        let look = self.scan_look(scan);
        self.effect(Effect::TurnPage {
            ask,
            picture,
            most,
            look,
        });
        if let Step::Scan(scan) = &mut self.step {
            scan.turning = Some(ask);
        }
    }

    /// A page was turned; wanted only where it is shown.
    pub(crate) fn page_turned(&mut self, ask: AskId, turned: Option<Scanned>) {
        let waits = matches!(&self.step, Step::Scan(scan) if scan.turning == Some(ask));
        let (Step::Scan(scan), true) = (&mut self.step, waits) else {
            if let Some(page) = turned {
                self.effect(Effect::DropPicture(page.picture));
            }
            return;
        };
        scan.turning = None;
        let Some(page) = turned else {
            return;
        };
        let material = scan.material;
        match &mut scan.at {
            At::Look(shown) => {
                let before = std::mem::replace(shown, page).picture;
                self.effect(Effect::DropPicture(before));
            }
            At::Pages(place) => {
                let place = *place;
                self.change_pages(material, |pages| {
                    if let Some(shown) = pages.get_mut(place) {
                        *shown = page;
                    }
                });
            }
            // Whatever leads there asks for no turned page any more.
            At::Place(_) | At::Scanning(_) => self.effect(Effect::DropPicture(page.picture)),
        }
        self.turned();
    }

    /// Nothing is scanned now: back to the front of the card, the pages there are, or the
    /// checklist.
    fn leave_place(&mut self) {
        self.drop_front();
        let Step::Scan(scan) = &mut self.step else {
            return;
        };
        if matches!(
            std::mem::replace(&mut scan.side, Side::Front),
            Side::BackOfCard(_)
        ) {
            return self.scan_at(At::Place(None));
        }
        let (material, place) = (scan.material, scan.retake.take());
        match self.kept(material).len().checked_sub(1) {
            Some(last) => self.scan_at(At::Pages(place.unwrap_or(last).min(last))),
            None => self.go(Step::Materials(Materials::default())),
        }
    }

    /// The same material, elsewhere in its scan.
    fn scan_at(&mut self, at: At) {
        if let Step::Scan(scan) = &mut self.step {
            scan.at = at;
            scan.turning = None;
            scan.left = false;
            self.turned();
        }
    }

    fn start_scan(&mut self) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        let (room, look) = (self.scan_room(scan), self.scan_look(scan));
        let photo = self.portrait_wanted(scan.material);
        let ask = self.ask();
        self.visit.scanned = true;
        self.effect(match photo {
            Some(wanted) => Effect::ScanPhoto { ask, wanted },
            None => Effect::Scan { ask, room, look },
        });
        self.scan_at(At::Scanning(Job {
            ask,
            pages: Vec::new(),
            percent: 0,
        }));
    }

    /// A page of the scan under way came; one too many is dropped.
    pub(crate) fn page_came(&mut self, page: Scanned, fed: bool) {
        self.visit.fed |= fed;
        let Step::Scan(scan) = &self.step else {
            return;
        };
        let room = self.job_pages(scan);
        if let Step::Scan(Scan {
            at: At::Scanning(job),
            ..
        }) = &mut self.step
            && job.pages.len() < room
        {
            job.pages.push(page);
            job.percent = 0;
        } else {
            self.effect(Effect::DropPicture(page.picture));
        }
    }

    /// One page is looked at before it is kept; several are kept, and looked through. After a
    /// fault the ones that came are kept too: the person goes on with the sheet it happened to.
    pub(crate) fn scan_ended(&mut self, trouble: Option<ScanTrouble>) {
        let Step::Scan(scan) = &mut self.step else {
            return;
        };
        let material = scan.material;
        // All that were wanted came well; what is left of the sheets has only to be said.
        let left = trouble == Some(ScanTrouble::SheetsLeft);
        let trouble = trouble.filter(|_| !left);
        let At::Scanning(Job { pages, .. }) = std::mem::replace(&mut scan.at, At::Place(None))
        else {
            return;
        };
        let before = self.kept(material).len();
        let at = match (pages.as_slice(), trouble) {
            ([], trouble) => At::Place(Some(trouble.unwrap_or(ScanTrouble::NoPaper))),
            ([page], None) => At::Look(*page),
            (pages, trouble) => {
                let poor = pages.iter().position(|page| page.advice.is_some());
                for page in pages {
                    self.keep(*page);
                }
                match trouble {
                    Some(trouble) => At::Place(Some(trouble)),
                    None => At::Pages(before + poor.unwrap_or(0)),
                }
            }
        };
        if trouble.is_some() {
            // What comes after a page that is missing would be in the wrong place.
            self.effect(Effect::CancelScan);
        }
        self.scan_at(at);
        if let Step::Scan(scan) = &mut self.step {
            scan.left = left;
        }
        self.touched();
    }

    /// The step is left for good.
    pub(crate) fn leave_scan(&mut self) {
        self.drop_scanned();
        self.drop_front();
    }

    /// The front of a card of which there is no page yet is dropped.
    fn drop_front(&mut self) {
        if let Step::Scan(scan) = &self.step
            && let Side::BackOfCard(front) = scan.side
        {
            self.effect(Effect::DropPicture(front.picture));
        }
    }

    /// The scanner stops, a page only looked at is dropped.
    fn drop_scanned(&mut self) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        match &scan.at {
            At::Place(_) | At::Pages(_) => {}
            At::Scanning(job) => {
                let pages = job.pages.clone();
                self.effect(Effect::CancelScan);
                for page in pages {
                    self.effect(Effect::DropPicture(page.picture));
                }
            }
            At::Look(page) => {
                let picture = page.picture;
                self.effect(Effect::DropPicture(picture));
            }
        }
    }

    fn keep(&mut self, page: Scanned) {
        // What is kept of a card holds its front too.
        self.drop_front();
        let Step::Scan(scan) = &mut self.step else {
            return;
        };
        scan.side = Side::Front;
        let (material, retake) = (scan.material, scan.retake.take());
        if self.is_portrait(material) {
            return self.keep_portrait(material, page);
        }
        self.change_pages(material, |pages| {
            match retake.and_then(|place| pages.get_mut(place)) {
                Some(replaced) => *replaced = page,
                None => pages.push(page),
            }
        });
    }

    /// Changes the pages kept of a material, and the answer made of them. Pages that are no longer
    /// among them are dropped.
    pub(crate) fn change_pages(&mut self, place: usize, change: impl FnOnce(&mut Vec<Scanned>)) {
        self.application_changed();
        let Some(application) = &mut self.visit.application else {
            return;
        };
        let Some(material) = application.materials.get_mut(place) else {
            return;
        };
        let before: Vec<_> = material.pages.iter().map(|page| page.picture).collect();
        change(&mut material.pages);
        let pages = u16::try_from(material.pages.len()).unwrap_or(u16::MAX);
        material.state = MaterialState::Scanned(pages);
        if let Some(field) = material.field.clone() {
            let value = Value::Files(form::Scanned {
                pages,
                media_type: Some("image/jpeg".to_owned()),
                bytes: Some(material.pages.iter().map(|page| page.bytes).sum()),
                pixels: material.pages.first().map(|page| (page.width, page.height)),
            });
            let answer = Answer::from_source(value, Source::Typed);
            application.answers.set(field.clone(), answer);
        }
        self.drop_unheld(before);
    }

    /// Drops those of the pictures that no material holds any more: a portrait may stand for two.
    pub(crate) fn drop_unheld(&mut self, pictures: Vec<PictureId>) {
        let application = self.visit.application.as_ref();
        let materials = application.into_iter().flat_map(|a| &a.materials);
        let pages = materials.flat_map(|material| &material.pages);
        let held: Vec<_> = pages.map(|page| page.picture).collect();
        for picture in pictures {
            if !held.contains(&picture) {
                self.effect(Effect::DropPicture(picture));
            }
        }
    }

    pub(crate) fn scan_page(&self, scan: &Scan) -> (Page, Foot) {
        let material = self
            .visit
            .application
            .as_ref()
            .and_then(|application| application.materials.get(scan.material));
        let name = material.map(|m| m.name.clone()).unwrap_or_default();
        let (kept, desk) = (self.kept(scan.material), self.devices.desk);
        let count = |pages: usize| u16::try_from(pages).unwrap_or(u16::MAX);
        let lay_down = |name, trouble| {
            let pages = count(kept.len());
            let page = ScanPage::Place {
                name,
                pages,
                feeder: self.devices.feeder,
                desk,
                back: !matches!(scan.side, Side::Front),
                photo: self.is_portrait(scan.material),
                trouble,
            };
            (Page::Scan(page), foot(true, Some((Action::Scan, true))))
        };
        match &scan.at {
            At::Place(trouble) => lay_down(name, *trouble),
            At::Scanning(job) => {
                let page = ScanPage::Scanning {
                    name,
                    pages: count(job.pages.len()),
                    percent: job.percent,
                    desk,
                };
                (Page::Scan(page), foot(true, None))
            }
            At::Look(page) => {
                let back = self.back_of(scan, *page);
                let shown = ScanPage::Look {
                    name,
                    picture: page.picture,
                    page: count(scan.retake.unwrap_or(kept.len()) + 1),
                    may_add: back.is_none() && scan.may_add(self.room(scan)),
                    may_turn: !self.is_portrait(scan.material),
                    desk,
                    left: scan.left,
                    advice: page.advice,
                };
                let good = match back {
                    Some(_) => Action::OtherSide,
                    None => Action::KeepPage,
                };
                let ready = scan.turning.is_none();
                (Page::Scan(shown), foot(true, Some((good, ready))))
            }
            At::Pages(place) => {
                let Some(shown) = kept.get(*place) else {
                    return lay_down(name, None);
                };
                let page = ScanPage::Pages {
                    name,
                    picture: shown.picture,
                    page: count(place + 1),
                    pages: count(kept.len()),
                    may_add: self.room(scan) > 0,
                    may_turn: !self.is_portrait(scan.material),
                    desk,
                    left: scan.left,
                    advice: shown.advice,
                };
                (
                    Page::Scan(page),
                    foot(true, Some((Action::PagesDone, true))),
                )
            }
        }
    }
}
