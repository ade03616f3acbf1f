//! A question inside a matter, or an objection to a fact known of the person: what is said is chosen
//! or typed, shown once more, and said to be with the city only when the city said so.

use uuid::Uuid;

use crate::availability::Link;
use crate::effect::{Effect, Request};
use crate::enquiry::{
    CaseFact, Enquiry, EnquiryAsk, EnquiryDraft, EnquiryPage, EnquiryRefusal, EnquiryReply,
    EnquiryShown, EnquiryTrouble, FactChoice, Usual, Wording,
};
use crate::entry::Entry;
use crate::event::{Away, MatterReply, Reply};
use crate::kiosk::{Kiosk, foot, on_page, turn, turned_page};
use crate::person::Secret;
use crate::screen::{Action, Foot, Page, Waiting};
use crate::steps::wait::WaitFor;
use crate::steps::{Matter, Step, Wait};
use crate::touch::Touch;

const A_PAGE: usize = 6;
/// Longest question by keyboard, in characters; the city takes 1000.
const MOST_WORDS: u32 = 300;

/// The way through it.
#[derive(Clone, Debug)]
pub(crate) struct Enquire {
    matter: Matter,
    /// Id of the question. It may be sent again: it is one all the same.
    id: Uuid,
    subject: Subject,
    wording: Option<Wording>,
    typed: Entry,
    stage: Stage,
    /// List page of the stage.
    at: usize,
    /// It was sent and no answer came: the city may have it.
    unsure: bool,
}

#[derive(Clone, Debug)]
enum Subject {
    Question,
    /// What is known, and which of it is wrong; `None` before it was chosen.
    Fact(Vec<CaseFact>, Option<usize>),
}

#[derive(Clone, Debug)]
enum Stage {
    Fact,
    Usual,
    Typed,
    Confirm,
    Trouble(EnquiryTrouble),
    Done(Box<Enquiry>),
}

/// What the city is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Facts,
    Ask,
}

/// A question to the city with all that its answer leads on from.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    here: Enquire,
    what: What,
}

impl Enquire {
    fn new(matter: Matter, id: Uuid, subject: Subject, stage: Stage) -> Self {
        Self {
            matter,
            id,
            subject,
            wording: None,
            typed: Entry::default(),
            stage,
            at: 0,
            unsure: false,
        }
    }

    /// The page of a stage from its beginning.
    fn at(self, stage: Stage) -> Self {
        Self {
            stage,
            at: 0,
            ..self
        }
    }

    /// The sentences on offer.
    fn usual(&self) -> &'static [Usual] {
        match self.subject {
            Subject::Question => &Usual::QUESTIONS,
            Subject::Fact(..) => &Usual::OBJECTIONS,
        }
    }

    fn facts(&self) -> &[CaseFact] {
        match &self.subject {
            Subject::Question => &[],
            Subject::Fact(facts, _) => facts,
        }
    }

    /// The fact that is disputed; `None` for a question.
    fn fact(&self) -> Option<&CaseFact> {
        match &self.subject {
            Subject::Question => None,
            Subject::Fact(facts, place) => facts.get((*place)?),
        }
    }

    /// The question in the city's words; `None` when something is not chosen.
    fn question(&self, what: What, grant: Secret) -> Option<EnquiryAsk> {
        let number = self.matter.reply()?.number().to_owned();
        let field = self.fact().map(|fact| fact.field.clone());
        Some(match (what, &self.subject) {
            (What::Facts, _) => EnquiryAsk::Facts { grant, number },
            (What::Ask, Subject::Fact(..)) if field.is_none() => return None,
            (What::Ask, _) => EnquiryAsk::Ask {
                id: self.id,
                grant,
                number,
                field,
                wording: self.wording.clone()?,
            },
        })
    }
}

impl Kiosk {
    // --- the city ----------------------------------------------------------------------

    /// From the page of the matter: a question.
    pub(crate) fn open_question_in(&mut self, matter: Matter) {
        let (id, stage) = (self.new_id(), Stage::Usual);
        self.enquiry(Enquire::new(matter, id, Subject::Question, stage));
    }

    /// From the page of the matter: what is known is asked for, so that it can be disputed.
    pub(crate) fn open_objection(&mut self, matter: Matter) {
        let (id, subject) = (self.new_id(), Subject::Fact(Vec::new(), None));
        let here = Enquire::new(matter, id, subject, Stage::Fact);
        self.ask_enquiry(here, What::Facts);
    }

    fn enquiry(&mut self, here: Enquire) {
        self.go(Step::Enquire(Box::new(here)));
    }

    /// Asks the city, unless it is known to be away: nobody waits for nothing.
    fn ask_enquiry(&mut self, here: Enquire, what: What) {
        if self.link == Link::Away {
            self.enquiry_trouble(here, unsent(what));
        } else {
            self.ask_enquiry_at_once(here, what);
        }
    }

    /// Asks whatever is known of the city: somebody wants it tried again.
    fn ask_enquiry_at_once(&mut self, here: Enquire, what: What) {
        let ask = self.grant().and_then(|grant| here.question(what, grant));
        let Some(ask) = ask else {
            return self.enquiry_trouble(here, unsent(what));
        };
        let waiting = match what {
            What::Facts => Waiting::Facts,
            What::Ask => Waiting::Enquiry,
        };
        let ask = self.ask_city(Request::Enquiry(ask));
        self.go(Step::Wait(Wait {
            ask,
            what: waiting,
            then: WaitFor::Enquiry(Box::new(Asking { here, what })),
        }));
    }

    /// The city answered, or could not be asked.
    pub(crate) fn enquiry_answered(&mut self, asking: Asking, answer: Result<Reply, Away>) {
        let Asking { mut here, what } = asking;
        let reply = match answer {
            Ok(Reply::Enquiry(reply)) => Some(reply),
            Ok(_) | Err(Away) => None,
        };
        match (what, reply) {
            (What::Facts, Some(EnquiryReply::Facts(facts))) => {
                here.subject = Subject::Fact(facts, None);
                self.enquiry(here.at(Stage::Fact));
            }
            (What::Ask, Some(EnquiryReply::Asked(enquiry))) => {
                self.enquiry(here.at(Stage::Done(enquiry)));
            }
            (_, Some(EnquiryReply::Refused(refusal))) => {
                self.enquiry_trouble(here, EnquiryTrouble::Refused(refusal));
            }
            (_, Some(EnquiryReply::NotSent)) => self.enquiry_trouble(here, unsent(what)),
            (What::Ask, _) => {
                here.unsure = true;
                self.enquiry_trouble(here, EnquiryTrouble::NoAnswer);
            }
            (What::Facts, _) => self.enquiry_trouble(here, EnquiryTrouble::CannotRead),
        }
    }

    /// What was once sent without an answer may be with the city, whatever became of the next try.
    fn enquiry_trouble(&mut self, here: Enquire, trouble: EnquiryTrouble) {
        let trouble = match trouble {
            EnquiryTrouble::NotSent if here.unsure => EnquiryTrouble::NoAnswer,
            trouble => trouble,
        };
        self.enquiry(here.at(Stage::Trouble(trouble)));
    }

    /// What was asked before is asked for beside the list of matters, which does not wait for it.
    pub(crate) fn ask_enquiries(&mut self) {
        let Some(grant) = self.grant() else { return };
        let ask = self.ask();
        self.visit.enquiries_ask = Some(ask);
        let request = Request::Enquiry(EnquiryAsk::Own { grant });
        self.effect(Effect::Ask { ask, request });
    }

    /// The city told what was asked before, or not: then nothing is said of it.
    pub(crate) fn enquiries_told(&mut self, answer: Result<Reply, Away>) {
        if let Ok(Reply::Enquiry(EnquiryReply::Own(enquiries))) = answer {
            self.visit.enquiries = enquiries;
        }
    }

    // --- touches -----------------------------------------------------------------------

    pub(crate) fn enquire_tap(&mut self, touch: &Touch) {
        let Step::Enquire(here) = &mut self.step else {
            return;
        };
        let most = usize::try_from(MOST_WORDS).unwrap_or(usize::MAX);
        if matches!(here.stage, Stage::Typed) && here.typed.keyed(touch, most) {
            return;
        }
        let here = here.as_ref().clone();
        match &here.stage {
            Stage::Fact => self.fact_tap(here, touch),
            Stage::Usual => self.usual_tap(here, touch),
            Stage::Typed => self.typed_tap(here, touch),
            Stage::Confirm => match touch {
                Touch::Next => self.ask_enquiry(here, What::Ask),
                Touch::Back if matches!(here.wording, Some(Wording::Own(_))) => {
                    self.enquiry(here.at(Stage::Typed));
                }
                Touch::Back => self.enquiry(here.at(Stage::Usual)),
                _ => {}
            },
            Stage::Trouble(trouble) => {
                let trouble = *trouble;
                self.enquiry_trouble_tap(here, trouble, touch);
            }
            Stage::Done(_) => match touch {
                Touch::Next => self.goodbye(),
                Touch::Back => self.ask_matters(),
                _ => {}
            },
        }
    }

    fn fact_tap(&mut self, mut here: Enquire, touch: &Touch) {
        match touch {
            Touch::Turn(by) => {
                here.at = turned_page(here.at, *by, here.facts().len(), A_PAGE);
                self.enquiry(here);
            }
            Touch::Pick(place) => {
                let place = here.at * A_PAGE + place;
                let fact = here.facts().get(place);
                if fact.is_none_or(|fact| self.is_disputed(&here, fact)) {
                    return;
                }
                if let Subject::Fact(_, chosen) = &mut here.subject {
                    *chosen = Some(place);
                }
                self.enquiry(here.at(Stage::Usual));
            }
            Touch::Back => self.go(Step::Matter(here.matter)),
            _ => {}
        }
    }

    fn usual_tap(&mut self, mut here: Enquire, touch: &Touch) {
        match touch {
            Touch::Pick(place) => match here.usual().get(*place) {
                Some(usual) => {
                    here.wording = Some(Wording::Usual(*usual));
                    self.enquiry(here.at(Stage::Confirm));
                }
                None if *place == here.usual().len() => self.enquiry(here.at(Stage::Typed)),
                None => {}
            },
            Touch::Back if here.fact().is_some() => self.enquiry(here.at(Stage::Fact)),
            Touch::Back => self.go(Step::Matter(here.matter)),
            _ => {}
        }
    }

    fn typed_tap(&mut self, mut here: Enquire, touch: &Touch) {
        match touch {
            Touch::Next => {
                let words = here.typed.text().trim();
                if !words.is_empty() {
                    here.wording = Some(Wording::Own(Secret::new(words)));
                    self.enquiry(here.at(Stage::Confirm));
                }
            }
            Touch::Back => self.enquiry(here.at(Stage::Usual)),
            _ => {}
        }
    }

    /// Where it may be with the city, Back leads to what the city says, not to what was meant.
    fn enquiry_trouble_tap(&mut self, here: Enquire, trouble: EnquiryTrouble, touch: &Touch) {
        match (touch, trouble) {
            (Touch::Next, EnquiryTrouble::CannotRead) => {
                self.ask_enquiry_at_once(here, What::Facts);
            }
            (Touch::Next, EnquiryTrouble::NotSent | EnquiryTrouble::NoAnswer) => {
                self.ask_enquiry_at_once(here, What::Ask);
            }
            (Touch::Next, EnquiryTrouble::Refused(EnquiryRefusal::NotProven)) => self.prove_anew(),
            (Touch::Next, EnquiryTrouble::Refused(_)) => self.ask_matters(),
            (Touch::Back, EnquiryTrouble::CannotRead) => self.go(Step::Matter(here.matter)),
            (Touch::Back, EnquiryTrouble::NotSent) => self.enquiry(here.at(Stage::Confirm)),
            (Touch::Back, _) => self.ask_matters(),
            (_, _) => {}
        }
    }

    // --- pages -------------------------------------------------------------------------

    /// An objection to this fact is with the city already, and open.
    fn is_disputed(&self, here: &Enquire, fact: &CaseFact) -> bool {
        let of_case = here.matter.reply().map(|reply| self.enquiries_of(reply));
        let mut open = of_case.into_iter().flatten();
        open.any(|it| it.answer.is_none() && it.field.as_deref() == Some(fact.field.as_str()))
    }

    /// What was asked in a case, as far as the city told.
    fn enquiries_of<'a>(&'a self, reply: &'a MatterReply) -> impl Iterator<Item = &'a Enquiry> {
        let numbers = [Some(reply.filing.as_str()), reply.case.as_deref()];
        let all = self.visit.enquiries.iter();
        all.filter(move |it| numbers.contains(&Some(it.number.as_str())))
    }

    /// The same on the page of the case, the newest first.
    pub(crate) fn enquiries_shown(&self, reply: &MatterReply) -> Vec<EnquiryShown> {
        let shown = self.enquiries_of(reply);
        let mut shown: Vec<_> = shown.map(|it| self.enquiry_shown(reply, it)).collect();
        shown.sort_by_key(|it| std::cmp::Reverse(it.asked));
        shown
    }

    fn enquiry_shown(&self, reply: &MatterReply, enquiry: &Enquiry) -> EnquiryShown {
        let field = enquiry.field.as_deref();
        let item = self.item_of(reply);
        let field = field.and_then(|name| item.as_deref()?.field(name));
        EnquiryShown {
            objection: enquiry.field.is_some(),
            fact: field.map(|field| field.label.clone()),
            wording: enquiry.wording.clone(),
            body: enquiry.body.clone(),
            asked: enquiry.asked,
            due: enquiry.due,
            answer: enquiry.answer.clone(),
        }
    }

    fn choice(&self, here: &Enquire, fact: &CaseFact) -> FactChoice {
        FactChoice {
            label: fact.label.clone(),
            value: fact.value.clone(),
            from: fact.from,
            disputed: self.is_disputed(here, fact),
        }
    }

    pub(crate) fn enquire_page(&self, here: &Enquire) -> (Page, Foot) {
        let Some(reply) = here.matter.reply() else {
            return self.matter_page(&here.matter);
        };
        let fact = here.fact().map(|fact| self.choice(here, fact));
        let (page, primary) = match (&here.stage, &here.wording) {
            (Stage::Fact, _) => {
                let shown = on_page(here.facts(), here.at, A_PAGE).iter();
                let page = EnquiryPage::Fact {
                    facts: shown.map(|fact| self.choice(here, fact)).collect(),
                    turn: turn(here.at, here.facts().len(), A_PAGE),
                };
                (page, None)
            }
            (Stage::Usual, _) | (Stage::Confirm, None) => {
                let usual = here.usual().to_vec();
                (EnquiryPage::Usual { fact, usual }, None)
            }
            (Stage::Typed, _) => {
                let text = here.typed.text().to_owned();
                let filled = !text.trim().is_empty();
                let page = EnquiryPage::Typed {
                    fact,
                    text,
                    max: MOST_WORDS,
                };
                (page, Some((Action::Continue, filled)))
            }
            (Stage::Confirm, Some(wording)) => {
                let action = match here.subject {
                    Subject::Question => Action::SendQuestion,
                    Subject::Fact(..) => Action::SendObjection,
                };
                let draft = EnquiryDraft {
                    case: reply.shown(),
                    fact,
                    wording: wording.clone(),
                };
                (EnquiryPage::Confirm(Box::new(draft)), Some((action, true)))
            }
            (Stage::Trouble(trouble), _) => {
                let action = trouble_action(*trouble);
                (EnquiryPage::Trouble(*trouble), Some((action, true)))
            }
            (Stage::Done(enquiry), _) => {
                let shown = self.enquiry_shown(reply, enquiry);
                let finish = Some((Action::Finish, true));
                (EnquiryPage::Done(Box::new(shown)), finish)
            }
        };
        (Page::Enquiry(page), foot(true, primary))
    }
}

/// What it means that a question was not sent.
fn unsent(what: What) -> EnquiryTrouble {
    match what {
        What::Facts => EnquiryTrouble::CannotRead,
        What::Ask => EnquiryTrouble::NotSent,
    }
}

/// What is done about it.
fn trouble_action(trouble: EnquiryTrouble) -> Action {
    match trouble {
        EnquiryTrouble::CannotRead | EnquiryTrouble::NotSent | EnquiryTrouble::NoAnswer => {
            Action::TryAgain
        }
        EnquiryTrouble::Refused(_) => Action::MyMatters,
    }
}
