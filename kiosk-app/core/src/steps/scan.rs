//! Scanning one material: lay it down, scan, look, keep.

use city_catalogue::form::{self, Answer, Source, Value};
use city_catalogue::record::ScanLimits;

use crate::effect::Effect;
use crate::event::{AskId, Scanned};
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Foot, MaterialState, Page, ScanPage, ScanTrouble};
use crate::steps::{Materials, Step};
use crate::touch::Touch;

/// Pages of all materials together: a packet has 64 parts, of which content, form and the
/// visit's record are three.
const MOST_PAGES: usize = 61;

#[derive(Clone, Debug)]
enum At {
    Place(Option<ScanTrouble>),
    Scanning(AskId),
    Look(Scanned),
}

/// The scan step.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    /// Place in the application's list of materials.
    material: usize,
    at: At,
    /// The material was full: the first page kept now replaces those kept before.
    anew: bool,
}

impl Scan {
    pub(crate) fn scanning(&self) -> bool {
        matches!(self.at, At::Scanning(_))
    }

    pub(crate) fn waits_for(&self, ask: AskId) -> bool {
        matches!(self.at, At::Scanning(asked) if asked == ask)
    }
}

impl Kiosk {
    /// Opens the scan of the material at `place`; one that is full is scanned anew.
    pub(crate) fn open_scan(&mut self, place: usize) {
        let at = At::Place(None);
        let mut scan = Scan {
            material: place,
            at,
            anew: false,
        };
        scan.anew = self.room(&scan) == 0 && self.kept(place) > 0;
        self.go(Step::Scan(scan));
    }

    pub(crate) fn scan_tap(&mut self, touch: &Touch) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        let room = self.room(scan);
        match (&scan.at, touch) {
            (At::Place(_), Touch::Next) if room == 0 => {
                self.scan_at(At::Place(Some(ScanTrouble::Enough)));
            }
            (At::Place(_), Touch::Next) => self.start_scan(),
            (At::Place(_), Touch::Back) => self.go(Step::Materials(Materials::default())),
            (At::Scanning(_), Touch::Back) => {
                self.effect(Effect::CancelScan);
                self.scan_at(At::Place(None));
            }
            (At::Look(page), Touch::Next) => {
                let page = *page;
                self.keep(page);
                self.go(Step::Materials(Materials::default()));
            }
            (At::Look(page), Touch::AddPage) if room > 1 => {
                let page = *page;
                self.keep(page);
                self.scan_at(At::Place(None));
            }
            (At::Look(page), Touch::Retake | Touch::Back) => {
                let picture = page.picture;
                self.effect(Effect::DropPicture(picture));
                self.scan_at(At::Place(None));
            }
            _ => {}
        }
    }

    /// The same material, elsewhere in its scan.
    fn scan_at(&mut self, at: At) {
        if let Step::Scan(scan) = &mut self.step {
            scan.at = at;
            self.turned();
        }
    }

    fn start_scan(&mut self) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        let most_bytes = self.most_bytes(scan);
        let ask = self.ask();
        self.visit.scanned = true;
        self.effect(Effect::Scan { ask, most_bytes });
        self.scan_at(At::Scanning(ask));
    }

    pub(crate) fn scan_ended(&mut self, page: Result<Scanned, ScanTrouble>) {
        self.scan_at(match page {
            Ok(page) => At::Look(page),
            Err(trouble) => At::Place(Some(trouble)),
        });
        self.touched();
    }

    /// The step is left for good: the scanner stops, a page only looked at is dropped.
    pub(crate) fn leave_scan(&mut self) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        match &scan.at {
            At::Place(_) => {}
            At::Scanning(_) => self.effect(Effect::CancelScan),
            At::Look(page) => {
                let picture = page.picture;
                self.effect(Effect::DropPicture(picture));
            }
        }
    }

    /// The limits of a material of the item's list; `None` for a form field that takes a file.
    fn limits(&self, place: usize) -> Option<ScanLimits> {
        let application = self.visit.application.as_ref()?;
        let material = application.materials.get(place)?;
        let mut listed = application.item.materials.iter();
        listed
            .find(|listed| material.field.is_none() && listed.seq == material.seq)
            .map(city_catalogue::record::Material::scan_limits)
    }

    fn most_pages(&self, place: usize) -> usize {
        self.limits(place)
            .map_or(self.settings.most_pages, |limits| {
                usize::from(limits.max_pages)
            })
    }

    /// Most bytes of the next page: what one page may have, and what the kept ones leave of all.
    fn most_bytes(&self, scan: &Scan) -> u64 {
        let application = self.visit.application.as_ref();
        let material = application.and_then(|application| application.materials.get(scan.material));
        let kept: u64 = material.filter(|_| !scan.anew).map_or(0, |material| {
            material.pages.iter().map(|page| page.bytes).sum()
        });
        let (page, all) = self.limits(scan.material).map_or_else(
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
        page.min(all.saturating_sub(kept))
    }

    /// Pages kept for the material at `place`.
    fn kept(&self, place: usize) -> usize {
        let application = self.visit.application.as_ref();
        let material = application.and_then(|a| a.materials.get(place));
        material.map_or(0, |material| material.pages.len())
    }

    /// Pages that may still be kept here: within the bound of the material and of a packet.
    fn room(&self, scan: &Scan) -> usize {
        let materials = self.visit.application.as_ref().map(|a| &a.materials);
        let all: usize = materials
            .into_iter()
            .flatten()
            .map(|material| material.pages.len())
            .sum();
        let own = self.kept(scan.material);
        let (own, all) = if scan.anew {
            (0, all - own)
        } else {
            (own, all)
        };
        let here = self.most_pages(scan.material).saturating_sub(own);
        here.min(MOST_PAGES.saturating_sub(all))
    }

    fn keep(&mut self, page: Scanned) {
        let Step::Scan(scan) = &mut self.step else {
            return;
        };
        let (place, anew) = (scan.material, std::mem::take(&mut scan.anew));
        self.application_changed();
        let Some(application) = &mut self.visit.application else {
            return;
        };
        let Some(material) = application.materials.get_mut(place) else {
            return;
        };
        let replaced = if anew {
            std::mem::take(&mut material.pages)
        } else {
            Vec::new()
        };
        material.pages.push(page);
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
        for page in replaced {
            self.effect(Effect::DropPicture(page.picture));
        }
    }

    pub(crate) fn scan_page(&self, scan: &Scan) -> (Page, Foot) {
        let material = self
            .visit
            .application
            .as_ref()
            .and_then(|application| application.materials.get(scan.material));
        let name = material.map(|m| m.name.clone()).unwrap_or_default();
        let kept = if scan.anew {
            0
        } else {
            self.kept(scan.material)
        };
        let kept = u16::try_from(kept).unwrap_or(u16::MAX);
        match &scan.at {
            At::Place(trouble) => {
                let page = ScanPage::Place {
                    name,
                    pages: kept,
                    trouble: *trouble,
                };
                (Page::Scan(page), foot(true, Some((Action::Scan, true))))
            }
            At::Scanning(_) => (Page::Scan(ScanPage::Scanning { name }), foot(true, None)),
            At::Look(page) => {
                let page = ScanPage::Look {
                    name,
                    picture: page.picture,
                    page: kept.saturating_add(1),
                    may_add: self.room(scan) > 1,
                };
                (Page::Scan(page), foot(true, Some((Action::KeepPage, true))))
            }
        }
    }
}
