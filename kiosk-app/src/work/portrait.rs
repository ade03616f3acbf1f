//! Portraits: what the camera sees, what to say of it, and the picture that is filed.

use kiosk_core::screen::{PageAdvice, PortraitAdvice};
use kiosk_core::{AskId, Event, PortraitEvent, PortraitWanted, Scanned};
use kiosk_drivers::scanner::Page;
use kiosk_paper::scan::portrait::{
    Portrait, PortraitAdvice as Advice, PortraitRules, from_paper, look, mirror, take,
};
use kiosk_paper::scan::{PageFile, ScanError, decode, preview};
use zeroize::Zeroizing;

use super::page::trouble;
use super::{Filer, SHOWN_WIDTH, Worker, lock};
use crate::shell::Message;

/// Width of the live picture on the screen, in pixels.
const LIVE_WIDTH: u32 = 480;

fn rules(wanted: PortraitWanted) -> PortraitRules {
    PortraitRules::of(wanted.width_px, wanted.height_px)
}

fn most_bytes(wanted: PortraitWanted) -> usize {
    usize::try_from(wanted.most_bytes).unwrap_or(usize::MAX)
}

impl<F: Filer + 'static> Worker<F> {
    /// Leaves what the person sees of themselves in the visit's memory, and says what to mend.
    /// A frame that cannot be read is as if it had not come: the next one is under way.
    pub(super) fn look(&self, ask: AskId, frame: &Page, wanted: PortraitWanted) -> Message {
        let rules = rules(wanted);
        let advice = decode(&frame.jpeg).map(|picture| {
            let seen = mirror(&picture, &rules, LIVE_WIDTH);
            lock(&self.memory).see(ask, seen);
            look(&picture, &rules).map(portrait_advice)
        });
        Message::Seen {
            ask,
            advice: advice.ok(),
        }
    }

    pub(super) fn portrait(&self, ask: AskId, frame: &Page, wanted: PortraitWanted) -> Event {
        let taken = decode(&frame.jpeg)
            .and_then(|picture| take(&picture, &rules(wanted), most_bytes(wanted)))
            .and_then(|portrait| {
                let advice = portrait.advice;
                Ok((self.kept(portrait, wanted, None)?, advice))
            });
        let event = match taken {
            Ok((portrait, advice)) => PortraitEvent::Taken {
                portrait,
                advice: advice.map(portrait_advice),
            },
            Err(error) => {
                tracing::warn!("a portrait cannot be used: {error}");
                PortraitEvent::Trouble(trouble(&error))
            }
        };
        Event::Portrait { ask, event }
    }

    pub(super) fn photo(
        &self,
        (ask, fed): (AskId, bool),
        page: &Page,
        wanted: PortraitWanted,
    ) -> Event {
        let cut = PageFile::read(&page.jpeg)
            .and_then(|read| from_paper(read.picture(), &rules(wanted), most_bytes(wanted)))
            .and_then(|portrait| {
                let advice = portrait.advice.map(photo_advice);
                self.kept(portrait, wanted, advice)
            });
        match cut {
            Ok(page) => Event::Scanned { ask, page, fed },
            Err(error) => {
                tracing::warn!("a scanned photo cannot be used: {error}");
                let trouble = Some(trouble(&error));
                Event::ScanEnded { ask, trouble }
            }
        }
    }

    fn kept(
        &self,
        portrait: Portrait,
        wanted: PortraitWanted,
        advice: Option<PageAdvice>,
    ) -> Result<Scanned, ScanError> {
        let jpeg = Zeroizing::new(portrait.jpeg.into_vec());
        let picture = preview(&jpeg, SHOWN_WIDTH)?;
        let bytes = u64::try_from(jpeg.len()).unwrap_or(u64::MAX);
        Ok(Scanned {
            picture: lock(&self.memory).keep(picture, Some(jpeg)),
            bytes,
            width: wanted.width_px,
            height: wanted.height_px,
            card: false,
            advice,
        })
    }
}

/// What to tell the person before the camera, in the core's words.
fn portrait_advice(advice: Advice) -> PortraitAdvice {
    match advice {
        Advice::Nobody => PortraitAdvice::Nobody,
        Advice::TooFar => PortraitAdvice::TooFar,
        Advice::TooNear => PortraitAdvice::TooNear,
        Advice::OffCentre => PortraitAdvice::OffCentre,
        Advice::NotPlain => PortraitAdvice::NotPlain,
        Advice::NotLight => PortraitAdvice::NotLight,
        Advice::TooDark => PortraitAdvice::TooDark,
        Advice::TooBright => PortraitAdvice::TooBright,
        Advice::Uneven => PortraitAdvice::Uneven,
        Advice::Blurred => PortraitAdvice::Blurred,
    }
}

/// The same of a photo on paper.
fn photo_advice(advice: Advice) -> PageAdvice {
    match advice {
        Advice::Nobody | Advice::TooNear | Advice::OffCentre => PageAdvice::NoPhoto,
        Advice::TooFar => PageAdvice::Coarse,
        Advice::NotPlain | Advice::NotLight | Advice::Uneven => PageAdvice::NotWhite,
        Advice::TooDark => PageAdvice::Dark,
        Advice::TooBright => PageAdvice::Glare,
        Advice::Blurred => PageAdvice::Blur,
    }
}
