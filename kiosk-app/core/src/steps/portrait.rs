//! A portrait: taken here by the camera, or brought on paper and scanned.

use city_catalogue::record::Supply;

use crate::application::Material;
use crate::availability::DeviceState;
use crate::effect::Effect;
use crate::event::{AskId, Scanned};
use crate::kiosk::{Kiosk, foot};
use crate::portrait::{
    CameraAway, PortraitAdvice, PortraitEvent, PortraitOrder, PortraitPage, PortraitSeen,
    PortraitWanted,
};
use crate::screen::{Action, Foot, Page, PictureId, ScanTrouble};
use crate::steps::{Materials, Step};
use crate::touch::Touch;

#[derive(Clone, Copy, Debug)]
enum At {
    Live(AskId, PortraitSeen),
    Taking(AskId),
    Look(Scanned, Option<PortraitAdvice>),
    Trouble(ScanTrouble),
}

/// The portrait step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portrait {
    /// Place in the application's list of materials.
    material: usize,
    at: At,
}

impl Portrait {
    /// The camera works for the person.
    pub(crate) fn taking(&self) -> bool {
        matches!(self.at, At::Taking(_))
    }

    fn waits_for(&self, ask: AskId) -> bool {
        matches!(self.at, At::Live(asked, _) | At::Taking(asked) if asked == ask)
    }
}

impl Kiosk {
    /// What the portrait of the material at `place` must be; `None` for one that is a paper.
    pub(crate) fn portrait_wanted(&self, place: usize) -> Option<PortraitWanted> {
        let application = self.visit.application.as_ref()?;
        let (width_px, height_px) = self.portrait_px(application.materials.get(place)?)?;
        Some(PortraitWanted {
            width_px,
            height_px,
            most_bytes: self.most_bytes_of(place),
        })
    }

    /// The material at `place` is a portrait.
    pub(crate) fn is_portrait(&self, place: usize) -> bool {
        let application = self.visit.application.as_ref();
        let material = application.and_then(|application| application.materials.get(place));
        material.is_some_and(|material| self.portrait_px(material).is_some())
    }

    /// Width and height in pixels of the portrait a material or a form field asks for.
    pub(crate) fn portrait_px(&self, material: &Material) -> Option<(u32, u32)> {
        let item = &self.visit.application.as_ref()?.item;
        if let Some(field) = &material.field {
            return item.field(field)?.pixels();
        }
        let listed = self.record_of(material)?;
        (listed.supply == Supply::Submit)
            .then(|| listed.portrait_px())
            .flatten()
    }

    /// Why a portrait cannot be taken here now; `None` when it can.
    pub(crate) fn camera_away(&self) -> Option<CameraAway> {
        match self.devices.camera {
            DeviceState::Ready => None,
            DeviceState::Starting | DeviceState::NotReady => Some(CameraAway::Broken),
            DeviceState::Absent => Some(CameraAway::Absent),
        }
    }

    /// Opens the camera for the material at `place`.
    pub(crate) fn open_portrait(&mut self, place: usize) {
        let Some(wanted) = self.portrait_wanted(place) else {
            return;
        };
        let ask = self.ask();
        let order = PortraitOrder::Open(wanted);
        self.effect(Effect::Portrait { ask, order });
        self.go(Step::Portrait(Portrait {
            material: place,
            at: At::Live(ask, PortraitSeen::Starting),
        }));
    }

    pub(crate) fn portrait_tap(&mut self, touch: &Touch) {
        let Step::Portrait(Portrait { material, at }) = self.step else {
            return;
        };
        match (at, touch) {
            (At::Live(ask, seen), Touch::Next) if may_take(seen) => self.take_portrait(ask),
            (At::Look(portrait, _), Touch::Next) => {
                self.keep_portrait(material, portrait);
                self.go(Step::Materials(Materials::default()));
            }
            (At::Look(..), Touch::Retake | Touch::Back) | (At::Trouble(_), Touch::Retake) => {
                self.leave_portrait();
                self.open_portrait(material);
            }
            (At::Trouble(_), Touch::Next) => self.open_scan(material),
            (At::Live(..) | At::Taking(_) | At::Trouble(_), Touch::Back) => {
                self.leave_portrait();
                self.show_material(material);
            }
            _ => {}
        }
    }

    fn take_portrait(&mut self, ask: AskId) {
        let Step::Portrait(portrait) = self.step else {
            return;
        };
        let Some(wanted) = self.portrait_wanted(portrait.material) else {
            return;
        };
        let order = PortraitOrder::Take(wanted);
        self.effect(Effect::Portrait { ask, order });
        self.portrait_at(At::Taking(ask));
    }

    /// The same material, elsewhere in its portrait.
    fn portrait_at(&mut self, at: At) {
        if let Step::Portrait(portrait) = &mut self.step {
            portrait.at = at;
            self.turned();
        }
    }

    /// The camera says something; wanted only by the live view that asked.
    pub(crate) fn portrait(&mut self, ask: AskId, event: PortraitEvent) {
        if !matches!(&self.step, Step::Portrait(portrait) if portrait.waits_for(ask)) {
            if let PortraitEvent::Taken { portrait, .. } = event {
                self.effect(Effect::DropPicture(portrait.picture));
            }
            return;
        }
        match event {
            PortraitEvent::Seen(advice) => self.portrait_seen(advice),
            PortraitEvent::Taken { portrait, advice } => {
                self.portrait_at(At::Look(portrait, advice));
                self.touched();
            }
            PortraitEvent::Trouble(trouble) => {
                self.portrait_at(At::Trouble(trouble));
                self.touched();
            }
        }
    }

    /// Another word on the same page: a touch made meanwhile still counts.
    fn portrait_seen(&mut self, advice: Option<PortraitAdvice>) {
        if let Step::Portrait(Portrait {
            at: At::Live(_, seen),
            ..
        }) = &mut self.step
        {
            *seen = advice.map_or(PortraitSeen::Good, PortraitSeen::Advice);
        }
    }

    /// The portrait is kept for this material, and for every other of the application that asks
    /// for the same one and has none, or has the one replaced: nobody poses twice.
    pub(crate) fn keep_portrait(&mut self, place: usize, portrait: Scanned) {
        let Some(application) = &self.visit.application else {
            return;
        };
        let materials = &application.materials;
        let picture = |material: &Material| -> Option<PictureId> {
            material.pages.first().map(|page| page.picture)
        };
        let this = materials.get(place);
        let (wanted, before) = (
            this.and_then(|this| self.portrait_px(this)),
            this.and_then(picture),
        );
        let same = |material: &Material| {
            let replaced = before.is_some() && picture(material) == before;
            let open = material.pages.is_empty() && material.open();
            (open || replaced) && self.portrait_px(material) == wanted
        };
        let places: Vec<usize> = (0..materials.len())
            .filter(|other| *other == place || materials.get(*other).is_some_and(same))
            .collect();
        for place in places {
            self.change_pages(place, |pages| {
                pages.clear();
                pages.push(portrait);
            });
        }
    }

    /// The step is left for good: the camera is closed, a picture only looked at is dropped.
    pub(crate) fn leave_portrait(&mut self) {
        let Step::Portrait(portrait) = self.step else {
            return;
        };
        match portrait.at {
            At::Live(ask, _) | At::Taking(ask) => {
                let order = PortraitOrder::Close;
                self.effect(Effect::Portrait { ask, order });
            }
            At::Look(taken, _) => self.effect(Effect::DropPicture(taken.picture)),
            At::Trouble(_) => {}
        }
    }

    pub(crate) fn portrait_page(&self, portrait: &Portrait) -> (Page, Foot) {
        let application = self.visit.application.as_ref();
        let material = application.and_then(|a| a.materials.get(portrait.material));
        let name = material.map(|m| m.name.clone()).unwrap_or_default();
        let (page, action) = match portrait.at {
            At::Live(_, seen) => (
                PortraitPage::Live { name, seen },
                Some((Action::TakePhoto, may_take(seen))),
            ),
            At::Taking(_) => (PortraitPage::Taking { name }, None),
            At::Look(taken, advice) => (
                PortraitPage::Look {
                    name,
                    picture: taken.picture,
                    advice,
                },
                Some((Action::KeepPhoto, true)),
            ),
            At::Trouble(trouble) => (
                PortraitPage::Trouble { name, trouble },
                Some((Action::PaperPhoto, true)),
            ),
        };
        (Page::Portrait(page), foot(true, action))
    }
}

/// Advice does not keep anybody from taking the picture: the outline of a high headdress, or of
/// a person in a room that is not plain, is never found. Where nobody is seen there is none.
fn may_take(seen: PortraitSeen) -> bool {
    match seen {
        PortraitSeen::Starting | PortraitSeen::Advice(PortraitAdvice::Nobody) => false,
        PortraitSeen::Advice(_) | PortraitSeen::Good => true,
    }
}
