//! Every page as it is spoken. A page that is new has no words here until somebody finds them:
//! nothing is matched by a wildcard.

use city_catalogue::Text;
use city_catalogue::delivery::Way;
use kiosk_core::HelpShown;
use kiosk_core::screen::{
    Ask, DeliveryPage, FeeShown, Overlay, Page, ResultPrinting, ResultShown, Screen, SubmitPage,
    Turn,
};

use super::super::{frame, identity, withdraw};
use super::Telling;

impl Telling<'_> {
    /// What stands on the screen, from top to bottom; what lies above the page alone.
    pub(super) fn screen(&mut self, screen: &Screen) {
        if let Some(overlay) = &screen.overlay {
            return self.overlay(overlay, screen.help);
        }
        if let Some(progress) = screen.progress {
            let values = [progress.step, progress.steps, progress.minutes];
            let [step, steps, minutes] = values.map(|n| n.to_string());
            self.filled(
                "spoken.progress",
                &[("step", &step), ("steps", &steps), ("minutes", &minutes)],
            );
        }
        self.page(&screen.page);
        if let Some(trouble) = screen.codes.and_then(|codes| codes.trouble) {
            self.key(frame::code_trouble_key(trouble));
        }
    }

    /// What was chosen before and how much can be walked to; said of a page as a whole only, since
    /// it changes with what is typed and taken.
    pub(super) fn choices(&mut self, screen: &Screen) {
        if let (Page::Question(page), None) = (&screen.page, &screen.overlay)
            && let Ask::Choice { options, .. } | Ask::Choices { options, .. } = &page.ask
        {
            self.chosen(options);
        }
        let choices = kiosk_core::stops(screen).len();
        if choices > 0 {
            self.filled("spoken.choices", &[("n", &choices.to_string())]);
        }
    }

    /// Where the call for a person's help stands; how a visit goes where nobody was called.
    fn help(&mut self, help: HelpShown) {
        match help {
            HelpShown::NotCalled => self.key("help.how"),
            HelpShown::Calling => {
                self.key("help.calling");
                self.key("help.waiting-detail");
            }
            HelpShown::Waiting => self.detailed("help.waiting"),
            HelpShown::Unanswered => self.detailed("help.unanswered"),
            HelpShown::Coming => self.detailed("help.coming"),
            HelpShown::Over => self.detailed("help.over"),
            HelpShown::Away => self.detailed("help.away"),
        }
    }

    fn delivery(&mut self, page: &DeliveryPage) {
        match page {
            DeliveryPage::Way { .. } => self.key("delivery.ask"),
            DeliveryPage::Station { way, turn, .. } => {
                self.key(match way {
                    Way::Locker => "delivery.ask-locker",
                    Way::Print | Way::Window | Way::Electronic | Way::Post => "delivery.ask-window",
                });
                self.turn(*turn);
            }
            DeliveryPage::Address { text, from_card } => {
                self.key("delivery.ask-address");
                self.key(if *from_card {
                    "delivery.address-from-card"
                } else {
                    "delivery.address-hint"
                });
                self.line(text);
            }
        }
    }

    fn overlay(&mut self, overlay: &Overlay, help: HelpShown) {
        match overlay {
            Overlay::TimeOut { .. } => {
                self.key("timeout.title");
                self.key("timeout.detail");
            }
            Overlay::Cover {
                another_card: true, ..
            } => self.detailed("cover.another-card"),
            Overlay::Cover { .. } => {
                self.key("cover.title");
                self.key("cover.detail");
            }
            Overlay::ConfirmEnd { answers } => {
                self.key("confirm-end.title");
                self.key(if *answers {
                    "confirm-end.answers"
                } else {
                    "confirm-end.nothing"
                });
            }
            Overlay::Display => self.key("display.title"),
            Overlay::Help { phone } => {
                self.key("help.title");
                self.help(help);
                self.code("help.call", phone);
                self.detailed("help.safe");
            }
        }
    }

    fn page(&mut self, page: &Page) {
        match page {
            Page::Idle(page) => self.idle(page),
            Page::Start(page) => {
                self.key("start.title");
                if let Some(waiting) = page.waiting.filter(|n| *n > 0) {
                    self.filled("start.waiting {0}", &[("0", &waiting.to_string())]);
                }
            }
            Page::Find(page) => self.find(page),
            Page::Guide(page) => self.guide(page),
            Page::Identify(page) => self.identify(page),
            Page::Principal(page) => self.principal(page),
            Page::Wait(page) => self.detailed(identity::wait_key(*page)),
            Page::Notice(page) => self.notice(page),
            Page::Facts(page) => self.facts(page),
            Page::Question(page) => self.question(page),
            Page::Materials(page) => self.materials(page),
            Page::Material(page) => self.material_page(page),
            Page::Scan(page) => self.scan(page),
            Page::Portrait(page) => self.portrait(page),
            Page::Review(page) => self.review(page),
            Page::Document(page) => {
                self.key("document.title");
                let (at, of) = (page.turn.at.to_string(), page.turn.of.to_string());
                self.filled("spoken.document", &[("at", &at), ("of", &of)]);
            }
            Page::Sign(page) => self.sign(page),
            Page::Submit(SubmitPage::Storing) => self.detailed("submit.storing"),
            Page::Submit(SubmitPage::NotStored) => {
                self.key("submit.failed");
                self.key("submit.failed-safe");
                self.key("submit.failed-now");
            }
            Page::Done(page) => self.done(page),
            Page::Rate(page) => self.rate(*page),
            Page::Goodbye(page) => self.goodbye(*page),
            Page::Matters(page) => self.matters(page),
            Page::Matter(page) => self.matter(page),
            Page::Delivery(page) => self.delivery(page),
            Page::CheckIn(page) => self.check_in(page),
            Page::Appointment(page) => self.appointment(page),
            Page::Enquiry(page) => self.enquiry(page),
            Page::Withdraw(page) => {
                let said = withdraw::said(page, &self.say);
                self.said(&said);
            }
            // The technician sees; and reads what is nobody's to hear.
            Page::Service(_) => self.key("service.title"),
        }
    }

    pub(super) fn text(&mut self, text: &Text) {
        let text = self.words().text(text);
        self.line(&text);
    }

    pub(super) fn pair_of(&mut self, key: &str, value: &str) {
        let label = self.words().get(key);
        self.pair(&label, value);
    }

    /// Which page of a list, where there is more than one.
    pub(super) fn turn(&mut self, turn: Turn) {
        if turn.of > 1 {
            let (at, of) = (turn.at.to_string(), turn.of.to_string());
            self.filled("spoken.turn", &[("at", &at), ("of", &of)]);
        }
    }

    pub(super) fn fees(&mut self, fees: &[FeeShown]) {
        for fee in fees {
            let (name, amount) = (self.words().chinese(&fee.name), self.words().fee(fee));
            self.filled("sign.fee {0} {1}", &[("0", &name), ("1", &amount)]);
        }
    }

    pub(super) fn result(&mut self, result: Option<&ResultShown>) {
        let Some(result) = result else {
            return;
        };
        let name = self.words().chinese(&result.name);
        let state = match result.printing {
            ResultPrinting::Offered => None,
            ResultPrinting::Fetching => Some("result.fetching"),
            ResultPrinting::Printing if result.trouble.is_some() => Some("result.waits"),
            ResultPrinting::Printing => Some("result.printing"),
            ResultPrinting::Printed => Some("result.printed"),
            ResultPrinting::HandedOver => Some("result.handed-over"),
            ResultPrinting::NotPrinted => Some("result.not-printed"),
            ResultPrinting::Partial => Some("result.partial"),
            ResultPrinting::Unknown => Some("result.unknown"),
            ResultPrinting::Electronic => Some("result.electronic"),
            ResultPrinting::AsChosen => Some("result.as-chosen"),
            ResultPrinting::ForApplicant => Some("result.for-applicant"),
        };
        match state {
            Some(key) => self.pair(&name, &self.words().get(key)),
            None => self.line(&name),
        }
        let trouble = self.say.print_trouble(result.trouble);
        self.line(&trouble);
        match result.printing {
            ResultPrinting::HandedOver => self.key("result.handed-over-detail"),
            ResultPrinting::NotPrinted => self.key("result.not-printed-detail"),
            ResultPrinting::Partial => self.key("result.partial-detail"),
            ResultPrinting::Unknown => self.key("result.unknown-detail"),
            ResultPrinting::Printing if result.trouble.is_some() => {
                self.key("result.waits-detail");
            }
            ResultPrinting::Offered
            | ResultPrinting::Fetching
            | ResultPrinting::Printing
            | ResultPrinting::Printed
            | ResultPrinting::Electronic
            | ResultPrinting::AsChosen
            | ResultPrinting::ForApplicant => {}
        }
        self.code("result.number", &result.number);
        self.code("result.verification", &result.verification);
    }
}
