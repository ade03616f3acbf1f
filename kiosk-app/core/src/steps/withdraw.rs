//! A matter is taken back: what it means is said before, it is confirmed once, and it is said to be
//! done only when the city said so.

use city_catalogue::case::State;

use crate::availability::Link;
use crate::effect::Request;
use crate::event::{Away, MatterReply, Reply};
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Foot, Page, Waiting};
use crate::steps::identify::Then;
use crate::steps::wait::WaitFor;
use crate::steps::{Matter, Step, Wait};
use crate::touch::Touch;
use crate::withdrawal::{
    CaseShown, WithdrawAsk, WithdrawPage, WithdrawRefusal, WithdrawReply, WithdrawTrouble,
};

/// The way through it.
#[derive(Clone, Debug)]
pub(crate) struct Withdraw {
    matter: Matter,
    stage: Stage,
    /// A question was sent and no answer came: it may have been done.
    unsure: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Confirm,
    Trouble(WithdrawTrouble),
    Done,
}

impl MatterReply {
    /// The city takes it back until it is decided; the city has the last word.
    pub(crate) fn may_withdraw(&self) -> bool {
        self.state.parse().is_ok_and(State::can_withdraw)
    }

    /// As the page says which case it is.
    pub(crate) fn shown(&self) -> CaseShown {
        CaseShown {
            item: self.item.clone(),
            filing: self.filing.clone(),
            case: self.case.clone(),
            state: self.state.clone(),
            filed: self.filed,
        }
    }

    /// The number the city finds it by.
    pub(crate) fn number(&self) -> &str {
        self.case.as_deref().unwrap_or(&self.filing)
    }
}

impl Kiosk {
    /// From the page of the matter.
    pub(crate) fn open_withdrawal(&mut self, matter: Matter) {
        if matter.reply().is_some_and(MatterReply::may_withdraw) {
            self.withdrawal(Withdraw {
                matter,
                stage: Stage::Confirm,
                unsure: false,
            });
        }
    }

    fn withdrawal(&mut self, here: Withdraw) {
        self.go(Step::Withdraw(Box::new(here)));
    }

    pub(crate) fn withdraw_tap(&mut self, touch: &Touch) {
        let Step::Withdraw(here) = &self.step else {
            return;
        };
        let here = here.as_ref().clone();
        match (here.stage, touch) {
            // Nobody waits for a city that is known to be away.
            (Stage::Confirm, Touch::Next) if self.link == Link::Away => {
                self.withdraw_trouble(here, WithdrawTrouble::NotSent);
            }
            (Stage::Confirm, Touch::Next) => self.ask_to_withdraw(here),
            (Stage::Confirm, Touch::Back) => self.go(Step::Matter(here.matter)),
            (Stage::Trouble(trouble), Touch::Next) => match trouble_action(trouble) {
                Action::TryAgain => self.ask_to_withdraw(here),
                _ if trouble == WithdrawTrouble::Refused(WithdrawRefusal::NotProven) => {
                    self.prove_anew();
                }
                _ => self.ask_matters(),
            },
            // Nothing was sent: the matter stands as it was told.
            (Stage::Trouble(WithdrawTrouble::NotSent), Touch::Back) => {
                self.go(Step::Matter(here.matter));
            }
            // Back leads to what the city says stands, not to what was meant.
            (Stage::Trouble(_) | Stage::Done, Touch::Back) => self.ask_matters(),
            (Stage::Done, Touch::Next) => self.goodbye(),
            (_, _) => {}
        }
    }

    /// The proof of who stands here is over: it is asked for again before the matters are told.
    pub(crate) fn prove_anew(&mut self) {
        self.visit.withdraw_identity();
        self.identify(Then::Matters);
    }

    fn ask_to_withdraw(&mut self, here: Withdraw) {
        let ask = self.grant().zip(here.matter.reply());
        let Some((grant, reply)) = ask else {
            return self.withdraw_trouble(here, WithdrawTrouble::NotSent);
        };
        let number = reply.number().to_owned();
        let ask = self.ask_city(Request::Withdraw(WithdrawAsk { grant, number }));
        self.go(Step::Wait(Wait {
            ask,
            what: Waiting::Withdrawal,
            then: WaitFor::Withdrawal(Box::new(here)),
        }));
    }

    /// The city answered, or could not be asked.
    pub(crate) fn withdraw_answered(&mut self, mut here: Withdraw, answer: Result<Reply, Away>) {
        match answer {
            Ok(Reply::Withdraw(WithdrawReply::Done)) => {
                here.stage = Stage::Done;
                self.withdrawal(here);
            }
            Ok(Reply::Withdraw(WithdrawReply::Refused(refusal))) => {
                self.withdraw_trouble(here, WithdrawTrouble::Refused(refusal));
            }
            Ok(Reply::Withdraw(WithdrawReply::NotSent)) => {
                self.withdraw_trouble(here, WithdrawTrouble::NotSent);
            }
            Ok(_) | Err(Away) => {
                here.unsure = true;
                self.withdraw_trouble(here, WithdrawTrouble::NoAnswer);
            }
        }
    }

    /// What was once sent without an answer may have been done, whatever became of the next try.
    fn withdraw_trouble(&mut self, mut here: Withdraw, trouble: WithdrawTrouble) {
        here.stage = Stage::Trouble(match trouble {
            WithdrawTrouble::NotSent if here.unsure => WithdrawTrouble::NoAnswer,
            trouble => trouble,
        });
        self.withdrawal(here);
    }

    pub(crate) fn withdraw_page(&self, here: &Withdraw) -> (Page, Foot) {
        let Some(reply) = here.matter.reply() else {
            return self.matter_page(&here.matter);
        };
        let mut shown = reply.shown();
        let (page, action) = match here.stage {
            Stage::Confirm => (WithdrawPage::Confirm(Box::new(shown)), Action::Withdraw),
            Stage::Trouble(trouble) => (WithdrawPage::Trouble(trouble), trouble_action(trouble)),
            Stage::Done => {
                shown.state = State::Withdrawn.as_str().to_owned();
                (WithdrawPage::Done(Box::new(shown)), Action::Finish)
            }
        };
        (Page::Withdraw(page), foot(true, Some((action, true))))
    }
}

/// What is done about it.
fn trouble_action(trouble: WithdrawTrouble) -> Action {
    match trouble {
        WithdrawTrouble::NotSent | WithdrawTrouble::NoAnswer => Action::TryAgain,
        WithdrawTrouble::Refused(_) => Action::MyMatters,
    }
}
