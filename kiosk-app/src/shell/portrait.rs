//! The portrait camera's live view: one frame at a time goes to the work thread, the newest ones
//! meanwhile are dropped, so that a slow machine shows fewer and never old ones.

use kiosk_core::screen::{PortraitAdvice, ScanTrouble};
use kiosk_core::{AskId, Event, PortraitEvent, PortraitOrder, PortraitWanted};
use kiosk_drivers::scanner::camera::LiveEvent;

use super::{Audience, Errands, Shell};
use crate::devices::scan_trouble;
use crate::work::{Work, lock};

/// The live view that is open.
pub(super) struct LiveView {
    ask: AskId,
    wanted: PortraitWanted,
    /// A frame is being looked at.
    busy: bool,
    /// The picture is being taken: frames on the way are no longer looked at.
    taking: bool,
    /// What was said last of what is seen; `None` before the first word.
    told: Option<Option<PortraitAdvice>>,
}

impl LiveView {
    fn is(&self, job: u64) -> bool {
        u64::from(self.ask.0) == job
    }
}

impl<E: Errands, A: Audience> Shell<E, A> {
    pub(super) fn portray(&mut self, ask: AskId, order: PortraitOrder) {
        match order {
            PortraitOrder::Open(wanted) => {
                lock(&self.memory).watch(ask);
                self.view = Some(LiveView {
                    ask,
                    wanted,
                    busy: false,
                    taking: false,
                    told: None,
                });
                if !self.devices.open_camera(u64::from(ask.0)) {
                    self.camera_fails(ask, ScanTrouble::Offline);
                }
            }
            PortraitOrder::Take(wanted) => {
                if let Some(view) = self.view.as_mut().filter(|view| view.ask == ask) {
                    (view.wanted, view.taking) = (wanted, true);
                    self.devices.take_picture(u64::from(ask.0));
                }
            }
            PortraitOrder::Close => {
                self.devices.close_camera(u64::from(ask.0));
                self.close_view();
            }
        }
    }

    fn close_view(&mut self) {
        self.view = None;
        lock(&self.memory).unwatch();
    }

    fn camera_fails(&mut self, ask: AskId, trouble: ScanTrouble) {
        self.close_view();
        let event = PortraitEvent::Trouble(trouble);
        self.tell(Event::Portrait { ask, event });
    }

    pub(super) fn camera(&mut self, event: LiveEvent) {
        match event {
            LiveEvent::Frame { job, frame } => {
                let view = self.view.as_mut().filter(|view| view.is(job));
                if let Some(view) = view.filter(|view| !view.busy && !view.taking) {
                    view.busy = true;
                    let look = Work::Look(view.ask, Box::new(frame), view.wanted);
                    self.work(look);
                }
            }
            LiveEvent::Taken { job, frame } => {
                self.note("camera:taken");
                if let Some(view) = self.view.take_if(|view| view.is(job)) {
                    lock(&self.memory).unwatch();
                    self.work(Work::Portrait(view.ask, Box::new(frame), view.wanted));
                }
            }
            LiveEvent::Fault { job, fault } => {
                self.note(&format!("camera:{}", fault.kind()));
                if let Some(view) = self.view.take_if(|view| view.is(job)) {
                    self.camera_fails(view.ask, scan_trouble(&fault));
                }
            }
        }
    }

    /// A frame was looked at: the core hears of it when something else is to say than before.
    pub(super) fn seen(&mut self, ask: AskId, advice: Option<Option<PortraitAdvice>>) {
        let Some(view) = self.view.as_mut().filter(|view| view.ask == ask) else {
            return;
        };
        view.busy = false;
        let Some(advice) = advice.filter(|_| !view.taking) else {
            return;
        };
        if view.told != Some(advice) {
            view.told = Some(advice);
            let event = PortraitEvent::Seen(advice);
            self.tell(Event::Portrait { ask, event });
        } else {
            // Another word draws the whole page, with the picture.
            self.audience.live();
        }
    }
}
