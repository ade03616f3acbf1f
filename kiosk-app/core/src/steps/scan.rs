//! Scanning one material: lay it down, scan, look, keep.

use city_catalogue::form::{self, Answer, Source, Value};

use crate::effect::Effect;
use crate::event::{AskId, Scanned};
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Foot, MaterialState, Page, ScanPage, ScanTrouble};
use crate::steps::{Materials, Step};
use crate::touch::Touch;

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
}

impl Scan {
    pub(crate) fn place(material: usize, trouble: Option<ScanTrouble>) -> Self {
        Self {
            material,
            at: At::Place(trouble),
        }
    }

    pub(crate) fn scanning(&self) -> bool {
        matches!(self.at, At::Scanning(_))
    }

    pub(crate) fn waits_for(&self, ask: AskId) -> bool {
        matches!(self.at, At::Scanning(asked) if asked == ask)
    }
}

impl Kiosk {
    pub(crate) fn scan_tap(&mut self, touch: &Touch) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        let material = scan.material;
        match (&scan.at, touch) {
            (At::Place(_), Touch::Next) => self.start_scan(material),
            (At::Place(_), Touch::Back) => self.go(Step::Materials(Materials::default())),
            (At::Scanning(_), Touch::Back) => {
                self.effect(Effect::CancelScan);
                self.go(Step::Scan(Scan::place(material, None)));
            }
            (At::Look(page), Touch::Next) => {
                let page = *page;
                self.keep(material, page);
                self.go(Step::Materials(Materials::default()));
            }
            (At::Look(page), Touch::AddPage) if self.may_add(material) => {
                let page = *page;
                self.keep(material, page);
                self.go(Step::Scan(Scan::place(material, None)));
            }
            (At::Look(page), Touch::Retake | Touch::Back) => {
                let picture = page.picture;
                self.effect(Effect::DropPicture(picture));
                self.go(Step::Scan(Scan::place(material, None)));
            }
            _ => {}
        }
    }

    fn start_scan(&mut self, material: usize) {
        let ask = self.ask();
        self.visit.scanned = true;
        self.effect(Effect::Scan { ask });
        self.go(Step::Scan(Scan {
            material,
            at: At::Scanning(ask),
        }));
    }

    pub(crate) fn scan_ended(&mut self, page: Result<Scanned, ScanTrouble>) {
        let Step::Scan(scan) = &self.step else {
            return;
        };
        let material = scan.material;
        let next = match page {
            Ok(page) => Scan {
                material,
                at: At::Look(page),
            },
            Err(trouble) => Scan::place(material, Some(trouble)),
        };
        self.go(Step::Scan(next));
        self.touched();
    }

    fn most_pages(&self, place: usize) -> usize {
        let application = self.visit.application.as_ref();
        let material = application.and_then(|a| a.materials.get(place));
        let listed = application
            .zip(material)
            .and_then(|(application, material)| {
                application
                    .item
                    .materials
                    .iter()
                    .find(|listed| material.field.is_none() && listed.seq == material.seq)
            });
        listed.map_or(self.settings.most_pages, |listed| {
            usize::from(listed.scan_limits().max_pages)
        })
    }

    fn may_add(&self, place: usize) -> bool {
        let kept = self
            .visit
            .application
            .as_ref()
            .and_then(|application| application.materials.get(place))
            .map_or(0, |material| material.pages.len());
        kept + 1 < self.most_pages(place)
    }

    fn keep(&mut self, place: usize, page: Scanned) {
        let Some(application) = &mut self.visit.application else {
            return;
        };
        application.changed();
        let Some(material) = application.materials.get_mut(place) else {
            return;
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
    }

    pub(crate) fn scan_page(&self, scan: &Scan) -> (Page, Foot) {
        let material = self
            .visit
            .application
            .as_ref()
            .and_then(|application| application.materials.get(scan.material));
        let name = material.map(|m| m.name.clone()).unwrap_or_default();
        let kept = material.map_or(0, |material| material.pages.len());
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
                    may_add: self.may_add(scan.material),
                };
                (Page::Scan(page), foot(true, Some((Action::KeepPage, true))))
            }
        }
    }
}
