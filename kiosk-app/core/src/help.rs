//! A call for a person's help: raised at the city, looked after until somebody comes or the visit ends.

use std::time::Duration;

use city_catalogue::code::ItemCode;
use uuid::Uuid;

use crate::availability::Link;
use crate::effect::{Effect, Request};
use crate::event::{AskId, Away, Reply};
use crate::kiosk::{Above, Kiosk};
use crate::timers::Timer;

/// So often the city is asked whether somebody heard the call.
const LOOK: Duration = Duration::from_secs(3);
/// So many questions in a row without an answer, and what to do instead is said: the city went
/// away since the kiosk heard from it last.
const LOST: u8 = 2;

/// What the city is asked about a call. Nothing in it is about the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HelpAsk {
    /// Raise it; the same id is one call.
    Raise {
        /// The call.
        id: Uuid,
        /// Name of the page the person is on.
        step: &'static str,
        /// The item they are at; `None` when none was chosen.
        item: Option<ItemCode>,
    },
    /// Whether somebody heard it.
    Look {
        /// The call.
        id: Uuid,
    },
    /// It is over.
    Withdraw {
        /// The call.
        id: Uuid,
    },
}

/// Where a call stands, as the city says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelpReply {
    /// Nobody heard it yet.
    Waiting,
    /// Somebody comes.
    Coming,
    /// It was closed.
    Closed,
}

/// Where a call stands, as the person sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HelpShown {
    /// Nobody was called.
    #[default]
    NotCalled,
    /// The city has not taken the call yet.
    Calling,
    /// The city has it; nobody heard it yet.
    Waiting,
    /// Nobody heard it for a while: what to do instead is said. It goes on.
    Unanswered,
    /// Somebody comes.
    Coming,
    /// Somebody was here, and closed it.
    Over,
    /// The city cannot be reached: nobody was called.
    Away,
}

impl HelpShown {
    /// Somebody may still come: it can be withdrawn, and not be raised once more.
    pub(crate) fn is_open(self) -> bool {
        match self {
            Self::Calling | Self::Waiting | Self::Unanswered | Self::Coming => true,
            Self::NotCalled | Self::Over | Self::Away => false,
        }
    }
}

/// The call of a visit.
#[derive(Debug, Default)]
pub(crate) struct Help {
    /// `None` when nobody was called.
    call: Option<Call>,
}

#[derive(Debug)]
struct Call {
    id: Uuid,
    step: &'static str,
    item: Option<ItemCode>,
    since: Duration,
    /// The question whose answer counts; `None` where none was asked.
    ask: Option<AskId>,
    shown: HelpShown,
    /// Questions in a row that the city did not answer.
    lost: u8,
}

impl Kiosk {
    /// Where the call stands at this moment.
    pub(crate) fn help_shown(&self) -> HelpShown {
        let Some(call) = &self.visit.help.call else {
            return HelpShown::NotCalled;
        };
        let late = call.since + self.settings.help_within;
        match call.shown {
            HelpShown::Calling | HelpShown::Waiting if self.now.up >= late || call.lost >= LOST => {
                HelpShown::Unanswered
            }
            shown => shown,
        }
    }

    /// Somebody waits for help that may still come: the visit does not run out meanwhile.
    pub(crate) fn awaits_help(&self) -> bool {
        match self.help_shown() {
            HelpShown::Calling | HelpShown::Waiting => true,
            HelpShown::Coming => {
                let call = self.visit.help.call.as_ref();
                let most = self.settings.help_comes_within;
                call.is_some_and(|call| self.now.up < call.since + most)
            }
            HelpShown::NotCalled | HelpShown::Unanswered | HelpShown::Over | HelpShown::Away => {
                false
            }
        }
    }

    /// "Call somebody", and the same again where that did not reach anybody.
    pub(crate) fn call_help(&mut self) {
        if self.help_shown().is_open() {
            return;
        }
        let application = self.visit.application.as_ref();
        self.visit.help.call = Some(Call {
            id: self.new_id(),
            step: self.step_page().0.name(),
            item: application.map(|application| application.item.code()),
            since: self.now.up,
            ask: None,
            shown: match self.link {
                Link::Away => HelpShown::Away,
                Link::Up => HelpShown::Calling,
            },
            lost: 0,
        });
        self.look_for_help();
        self.turned();
    }

    /// "No longer needed".
    pub(crate) fn withdraw_help(&mut self) {
        if self.help_shown().is_open() {
            self.end_help();
            self.turned();
        }
    }

    /// The visit is over, or help is no longer needed: the city is told, whatever it answers.
    pub(crate) fn end_help(&mut self) {
        let is_open = self.help_shown().is_open();
        self.timers.stop(Timer::HelpLook);
        if let Some(call) = self.visit.help.call.take().filter(|_| is_open) {
            let request = Request::Help(HelpAsk::Withdraw { id: call.id });
            let ask = self.ask();
            self.effect(Effect::Ask { ask, request });
        }
    }

    /// Raises the call, or asks where it stands; again after a while, also when no answer came.
    pub(crate) fn look_for_help(&mut self) {
        if !self.help_shown().is_open() {
            return;
        }
        let ask = self.ask();
        let Some(call) = &mut self.visit.help.call else {
            return;
        };
        call.ask = Some(ask);
        let id = call.id;
        let asked = match call.shown {
            HelpShown::Calling => HelpAsk::Raise {
                id,
                step: call.step,
                item: call.item.clone(),
            },
            HelpShown::NotCalled
            | HelpShown::Waiting
            | HelpShown::Unanswered
            | HelpShown::Coming
            | HelpShown::Over
            | HelpShown::Away => HelpAsk::Look { id },
        };
        let request = Request::Help(asked);
        self.effect(Effect::Ask { ask, request });
        let again = self.now.up + LOOK;
        self.timers.start(Timer::HelpLook, again);
    }

    /// Whether it was the call's question that was answered.
    pub(crate) fn asked_for_help(&self, ask: AskId) -> bool {
        let call = self.visit.help.call.as_ref();
        call.is_some_and(|call| call.ask == Some(ask))
    }

    /// The city answered, or could not be asked: then the next look asks again.
    pub(crate) fn help_answered(&mut self, answer: Result<Reply, Away>) {
        let before = self.help_shown();
        let Some(call) = &mut self.visit.help.call else {
            return;
        };
        call.lost = match answer {
            Ok(_) => 0,
            Err(Away) => call.lost.saturating_add(1),
        };
        call.shown = match answer {
            Ok(Reply::Help(HelpReply::Waiting)) => HelpShown::Waiting,
            Ok(Reply::Help(HelpReply::Coming)) => HelpShown::Coming,
            Ok(Reply::Help(HelpReply::Closed)) => HelpShown::Over,
            Ok(_) | Err(Away) => call.shown,
        };
        if call.shown == HelpShown::Over {
            self.timers.stop(Timer::HelpLook);
        }
        // Its button means something else now.
        if self.help_shown() != before && self.above == Some(Above::Help) {
            self.turned();
        }
    }
}
