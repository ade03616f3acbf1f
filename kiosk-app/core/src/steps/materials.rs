//! The checklist of materials and the ways one can be brought.

use city_catalogue::record::{LimitUnit, Material as Listed, Necessity, Supply};
use jiff::civil::Date;

use crate::application::{FilingKind, Material};
use crate::kiosk::{Kiosk, foot, on_page, turn, turned_page};
use crate::screen::{
    Action, CommitmentBar, Foot, MaterialEntry, MaterialPage, MaterialState, MaterialWay,
    MaterialsPage, Page,
};
use crate::steps::Step;
use crate::steps::flow::Stage;
use crate::touch::Touch;

const A_PAGE: usize = 7;

/// The checklist.
#[derive(Clone, Debug, Default)]
pub(crate) struct Materials {
    at: usize,
}

/// One material.
#[derive(Clone, Debug)]
pub(crate) struct MaterialStep {
    /// Place in the application's list.
    place: usize,
    /// The promise's text is open.
    promise: bool,
}

impl Kiosk {
    pub(crate) fn materials_tap(&mut self, touch: &Touch) {
        let Some(application) = &self.visit.application else {
            return;
        };
        let (all, ready) = (application.materials.len(), application.materials_ready());
        let supplement = application.kind != FilingKind::Application;
        let Step::Materials(step) = &mut self.step else {
            return;
        };
        match touch {
            Touch::Turn(by) => {
                step.at = turned_page(step.at, *by, all, A_PAGE);
                self.turned();
            }
            Touch::Pick(place) => {
                let place = step.at * A_PAGE + place;
                self.open_material(place);
            }
            Touch::Next if ready && supplement => self.submit(),
            Touch::Next if ready => self.enter(Stage::Delivery),
            Touch::Back if supplement => {
                self.drop_application();
                self.ask_matters();
            }
            Touch::Back => self.back_before(Stage::Materials),
            _ => {}
        }
    }

    fn open_material(&mut self, place: usize) {
        let material = self
            .visit
            .application
            .as_ref()
            .and_then(|a| a.materials.get(place));
        if material.is_some_and(|material| !self.ways_of(material).is_empty()) {
            self.show_material(place);
        }
    }

    /// The ways to bring the material at `place`.
    pub(crate) fn show_material(&mut self, place: usize) {
        self.go(Step::Material(MaterialStep {
            place,
            promise: false,
        }));
    }

    /// The record of a listed material; `None` for a form field or a supplement.
    fn listed(&self, material: &Material) -> Option<&Listed> {
        let application = self.visit.application.as_ref()?;
        (application.kind == FilingKind::Application)
            .then(|| self.record_of(material))
            .flatten()
    }

    /// The record of a material in the item's list; `None` for a form field.
    pub(crate) fn record_of(&self, material: &Material) -> Option<&Listed> {
        let mut listed = self.visit.application.as_ref()?.item.materials.iter();
        listed.find(|listed| material.field.is_none() && listed.seq == material.seq)
    }

    /// Why this material is not promised by this person, though others may; `None` else.
    fn barred(&self, listed: &Listed) -> Option<CommitmentBar> {
        let application = self.visit.application.as_ref()?;
        let others_may =
            listed.supply == Supply::Commitment || application.item.allows_commitment(listed);
        application.bar.clone().filter(|_| others_may)
    }

    /// What can be done about a material, in the order offered.
    fn ways_of(&self, material: &Material) -> Vec<MaterialWay> {
        match material.state {
            MaterialState::AlreadyHeld
            | MaterialState::NotFound
            | MaterialState::AskedLater
            | MaterialState::FromCard
            | MaterialState::Generated => return Vec::new(),
            MaterialState::ToPromise => return vec![MaterialWay::Promise],
            MaterialState::ToScan
            | MaterialState::ToScanOrPromise
            | MaterialState::Scanned(_)
            | MaterialState::Promised
            | MaterialState::Later(_)
            | MaterialState::NotBrought
            | MaterialState::Optional => {}
        }
        let mut ways = Vec::new();
        if self.portrait_px(material).is_some() && self.camera_away().is_none() {
            ways.push(MaterialWay::Photograph);
        }
        let Some(listed) = self.listed(material) else {
            ways.push(MaterialWay::Scan);
            return ways;
        };
        let submit = listed.supply == Supply::Submit;
        let barred = self.barred(listed).is_some();
        if submit || barred {
            ways.push(MaterialWay::Scan);
        }
        let application = self.visit.application.as_ref();
        if !barred && application.is_some_and(|a| a.item.allows_commitment(listed)) {
            ways.push(MaterialWay::Promise);
        }
        if let (true, Some(workdays)) = (listed.tolerance.allowed, listed.tolerance.within_workdays)
        {
            ways.push(MaterialWay::Later {
                workdays: u32::from(workdays),
            });
        }
        if submit && listed.necessity == Necessity::Optional {
            ways.push(MaterialWay::LeaveOut);
        }
        ways
    }

    pub(crate) fn material_tap(&mut self, touch: &Touch) {
        let Step::Material(step) = &self.step else {
            return;
        };
        let (place, promise) = (step.place, step.promise);
        match touch {
            Touch::Back if promise => self.show_material(place),
            Touch::Back => self.go(Step::Materials(Materials { at: place / A_PAGE })),
            Touch::Next if promise => self.settle(place, MaterialState::Promised),
            Touch::Pick(way) if !promise => {
                let ways = self
                    .visit
                    .application
                    .as_ref()
                    .and_then(|application| application.materials.get(place))
                    .map(|material| self.ways_of(material))
                    .unwrap_or_default();
                if let Some(way) = ways.get(*way) {
                    self.take_material_way(place, *way);
                }
            }
            _ => {}
        }
    }

    fn take_material_way(&mut self, place: usize, way: MaterialWay) {
        match way {
            MaterialWay::Photograph => self.open_portrait(place),
            MaterialWay::Scan => self.open_scan(place),
            MaterialWay::Promise => self.go(Step::Material(MaterialStep {
                place,
                promise: true,
            })),
            MaterialWay::Later { workdays } => {
                let due = self.workdays_from_today(workdays);
                self.settle(place, MaterialState::Later(due));
            }
            MaterialWay::LeaveOut => self.settle(place, MaterialState::NotBrought),
        }
    }

    fn workdays_from_today(&self, workdays: u32) -> Date {
        let today = self.now.civil.date();
        self.shelf.as_deref().map_or(today, |shelf| {
            let due = shelf
                .calendar
                .deadline_of(today, workdays, LimitUnit::Workday);
            due.map_or(today, |due| due.date)
        })
    }

    /// A material is settled another way than by scanning: its pages are dropped.
    fn settle(&mut self, place: usize, state: MaterialState) {
        self.application_changed();
        let Some(application) = &mut self.visit.application else {
            return;
        };
        let Some(material) = application.materials.get_mut(place) else {
            return;
        };
        material.state = state;
        let dropped: Vec<_> = material.pages.drain(..).map(|page| page.picture).collect();
        if let Some(field) = material.field.clone() {
            application.answers.remove(&field);
        }
        self.drop_unheld(dropped);
        self.go(Step::Materials(Materials { at: place / A_PAGE }));
    }

    pub(crate) fn materials_page(&self, step: &Materials) -> (Page, Foot) {
        let Some(application) = &self.visit.application else {
            return (
                Page::Materials(MaterialsPage {
                    materials: Vec::new(),
                    turn: turn(0, 0, A_PAGE),
                }),
                foot(true, None),
            );
        };
        let materials = on_page(&application.materials, step.at, A_PAGE)
            .iter()
            .map(|material| MaterialEntry {
                name: material.name.clone(),
                state: material.state,
                opens: !self.ways_of(material).is_empty(),
            })
            .collect();
        let page = MaterialsPage {
            materials,
            turn: turn(step.at, application.materials.len(), A_PAGE),
        };
        let action = if application.kind == FilingKind::Application {
            Action::Continue
        } else {
            Action::Submit
        };
        let primary = Some((action, application.materials_ready()));
        (Page::Materials(page), foot(true, primary))
    }

    pub(crate) fn material_page(&self, step: &MaterialStep) -> (Page, Foot) {
        let material = self
            .visit
            .application
            .as_ref()
            .and_then(|application| application.materials.get(step.place));
        let Some(material) = material else {
            return self.materials_page(&Materials::default());
        };
        let listed = self.listed(material);
        let portrait = self.portrait_px(material).is_some();
        let page = MaterialPage {
            name: material.name.clone(),
            standard: listed.map(|listed| listed.accept_standard.clone()),
            common_errors: listed.map(|l| l.common_errors.clone()).unwrap_or_default(),
            state: material.state,
            ways: if step.promise {
                Vec::new()
            } else {
                self.ways_of(material)
            },
            promise: step.promise,
            camera: portrait.then(|| self.camera_away()).flatten(),
            portrait,
            bar: listed.and_then(|listed| self.barred(listed)),
        };
        let primary = step.promise.then_some((Action::Agree, true));
        (Page::Material(page), foot(true, primary))
    }
}
