//! Steps that take several touches: finding, opening a case, proving the identity, rating.

use std::time::{Duration, Instant};

use kiosk_core::screen::{IdentifyPage, Page, PrincipalPage};
use kiosk_core::{Screen, Touch};

use super::super::script::{Expect, Find, PageKind, Tap, TheirCode, Verify, Way};
use super::{Fault, MOST_TOUCHES, PAPER_PATIENCE, PATIENCE, Player, expected, offer, seen};
use crate::view::typed;

/// The city's queue is looked at again after this time.
const ASK_AGAIN: Duration = Duration::from_millis(100);

impl Player<'_> {
    pub(super) fn find(&mut self, find: &Find) -> Result<(), Fault> {
        self.drain();
        self.page(PageKind::Find)?;
        for _ in 0..MOST_TOUCHES {
            let Some(screen) = &self.screen else { break };
            match offer::find(screen, find) {
                offer::Step::Touch(touch) => self.touch(touch, false, 1)?,
                offer::Step::Last(touch) => {
                    self.touch(touch, true, 1)?;
                    return self.page(PageKind::Guide);
                }
                offer::Step::Missing => break,
            }
        }
        Err(expected(format!("the item {} in the list", find.open)))
    }

    pub(super) fn open_matter(&mut self, item: &str) -> Result<(), Fault> {
        self.drain();
        self.page(PageKind::Matters)?;
        for _ in 0..MOST_TOUCHES {
            let Some(screen) = &self.screen else { break };
            match offer::matter(screen, item) {
                offer::Step::Touch(touch) => self.touch(touch, true, 1)?,
                offer::Step::Last(touch) => {
                    self.touch(touch, true, 1)?;
                    return self.page(PageKind::Matter);
                }
                offer::Step::Missing => break,
            }
        }
        Err(expected(format!("the matter {item} in the list")))
    }

    fn page(&mut self, kind: PageKind) -> Result<(), Fault> {
        let what = format!("page {}", kind.name());
        self.until(&what, PATIENCE, |_, screen| {
            (seen::kind(&screen.page) == kind).then_some(())
        })
    }

    /// From the card on the reader to the first page after the identity is proven.
    pub(super) fn identify(&mut self, way: Way) -> Result<(), Fault> {
        self.drain();
        self.page(PageKind::Identify)?;
        let mut tries = 0;
        for _ in 0..MOST_TOUCHES {
            let Some(screen) = self.screen.clone() else {
                break;
            };
            let step = offer::identify(&screen, way, tries).map_err(expected)?;
            match step {
                offer::Identify::Touch(touch) => self.touch(touch, false, 1)?,
                offer::Identify::Ask(touch) => {
                    tries += 1;
                    self.touch(touch, true, 1)?;
                }
                offer::Identify::Code => self.type_code(&screen)?,
                offer::Identify::Wait => {
                    self.until("the identity page to go on", PATIENCE, |_, now| {
                        (*now != screen).then_some(())
                    })?;
                }
                offer::Identify::Done => return Ok(()),
            }
        }
        Err(expected("the identity to be proven"))
    }

    fn type_code(&mut self, screen: &Screen) -> Result<(), Fault> {
        let code = match &screen.page {
            Page::Identify(IdentifyPage::Staff { .. }) => self.room.staff_code()?,
            _ => self.room.phone_code(None)?,
        };
        self.touch(Touch::Type(code), false, 1)
    }

    /// Types a text into the field of the page, in place of what stands there.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Fault> {
        let stands = |screen: &Screen| kiosk_core::field(screen).map(|_| typed(&screen.page));
        let before = self.until("a field", PATIENCE, |_, screen| stands(screen))?;
        if !before.is_empty() {
            self.touch(Touch::ClearText, false, 1)?;
        }
        self.tap_when("a field", |screen| {
            stands(screen).map(|_| Touch::Type(text.to_owned()))
        })
    }

    /// Types a code that the applicant told, or nearly that, and confirms it.
    pub(super) fn their_code(&mut self, code: &TheirCode) -> Result<(), Fault> {
        let asks = |screen: &Screen| {
            matches!(screen.page, Page::Principal(PrincipalPage::Code { .. })).then_some(())
        };
        self.until(
            "the code of the second person to be asked",
            PATIENCE,
            |_, screen| asks(screen),
        )?;
        let typed = match code {
            TheirCode::Of(card) => self.room.phone_code(Some(card))?,
            TheirCode::Wrong(card) => seen::altered(&self.room.phone_code(Some(card))?),
        };
        self.touch(Touch::Type(typed), false, 1)?;
        self.tap_once_offered(Tap::Next, 1)
    }

    pub(super) fn rate(&mut self, level: u8) -> Result<(), Fault> {
        self.drain();
        self.page(PageKind::Rate)?;
        self.touch(Touch::Pick(usize::from(5 - level.clamp(1, 5))), false, 1)?;
        if level <= 2 {
            self.touch(Touch::Toggle(0), false, 1)?;
        }
        self.tap_once_offered(Tap::Next, 1)
    }

    pub(super) fn verify(&mut self, verify: Verify) -> Result<(), Fault> {
        self.drain();
        let (number, code) = self.until("a result on the screen", PATIENCE, |_, screen| {
            seen::result(screen).map(|result| (result.number.clone(), result.verification.clone()))
        })?;
        let (code, wanted) = match verify {
            Verify::Genuine => (code, true),
            Verify::Altered => (seen::altered(&code), false),
        };
        let confirmed = self.room.verify(&number, &code)?;
        match (confirmed, wanted) {
            (true, false) => Err(expected("the verify page to deny an altered code")),
            (false, true) => Err(expected("the verify page to confirm the result")),
            (true, true) | (false, false) => Ok(()),
        }
    }

    /// What people hold in their hands is in the queue, each number once: at once or soon.
    pub(super) fn queued(&mut self, numbers: usize) -> Result<(), Fault> {
        self.drain();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let queue = self.room.queue()?;
            let times = |number: &String| queue.iter().filter(|it| *it == number).count();
            let each_once = self.numbers.iter().all(|number| times(number) == 1);
            if each_once && self.numbers.len() == numbers {
                return Ok(());
            }
            if Instant::now() > deadline {
                let given = self.numbers.len();
                return Err(expected(format!(
                    "{numbers} numbers, each once in the queue; {given} were given"
                )));
            }
            // The next screen, or none: time for the city to hear of it.
            self.next(Instant::now() + ASK_AGAIN);
        }
    }

    pub(super) fn expect(&mut self, expect: &Expect) -> Result<(), Fault> {
        let patience = if expect.prints() {
            PAPER_PATIENCE
        } else {
            PATIENCE
        };
        let mut missing = String::new();
        let met = self.until("", patience, |player, screen| {
            let unmet = seen::unmet(expect, screen, &player.played.filed);
            match unmet.or_else(|| player.unheard(&expect.said)) {
                Some(unmet) => {
                    missing = unmet;
                    None
                }
                None => Some(()),
            }
        });
        met.map_err(|_| expected(missing))?;
        if !expect.said.is_empty() {
            self.heard.clear();
        }
        Ok(())
    }
}
