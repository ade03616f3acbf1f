//! The tactile keypad leads a visit: most keys are a touch the screen offers, the others walk
//! from element to element.

use kiosk_core::screen::{Foot, Overlay, Page, PageNumber};
use kiosk_core::{Event, Press, Screen, Tap, Touch};
use kiosk_drivers::keypad::Key;
use rand::Rng;

use super::{Audience, Errands, Shell};

/// A walk over the elements of the screen that can be touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// To the element before.
    Before,
    /// To the element after.
    After,
    /// Touch the element walked to.
    Take,
}

impl<E: Errands, A: Audience> Shell<E, A> {
    /// A key went down. "Select" touches what was walked to on this page, else the page's own
    /// first action.
    pub(super) fn key(&mut self, key: Key) {
        let Some(screen) = &self.shown else {
            return;
        };
        let page = screen.number;
        // Who hears the page is led by the core; the markup's own walk is for who sees its ring.
        let service = matches!(screen.page, Page::Service(_));
        let begins = key == Key::Repeat && !service;
        if screen.display.aloud || begins {
            let random = rand::rng().random();
            let key = core_key(key);
            return self.tell(Event::Key(Press { page, key, random }));
        }
        let walk = match key {
            Key::Up => Some(Walk::Before),
            Key::Down => Some(Walk::After),
            Key::Select if self.walked == Some(page) => Some(Walk::Take),
            _ => None,
        };
        if let Some(walk) = walk {
            self.walked = Some(page);
            self.audience.walk(walk);
        } else if let Some(touch) = touch(key, screen) {
            self.touched(touch, page);
        }
    }

    fn touched(&mut self, touch: Touch, page: PageNumber) {
        let random = rand::rng().random();
        self.tell(Event::Tap(Tap {
            page,
            touch,
            random,
        }));
    }
}

/// The key as the core knows it.
#[must_use]
pub fn core_key(key: Key) -> kiosk_core::Key {
    match key {
        Key::Up => kiosk_core::Key::Up,
        Key::Down => kiosk_core::Key::Down,
        Key::Left => kiosk_core::Key::Left,
        Key::Right => kiosk_core::Key::Right,
        Key::Select => kiosk_core::Key::Select,
        Key::Back => kiosk_core::Key::Back,
        Key::Repeat => kiosk_core::Key::Repeat,
        Key::VolumeUp => kiosk_core::Key::VolumeUp,
        Key::VolumeDown => kiosk_core::Key::VolumeDown,
        Key::Help => kiosk_core::Key::Help,
        Key::Digit(digit) => kiosk_core::Key::Digit(digit),
    }
}

/// The touch a key stands for on this screen; `None` where the screen does not offer it.
#[must_use]
pub fn touch(key: Key, screen: &Screen) -> Option<Touch> {
    match &screen.overlay {
        Some(Overlay::TimeOut { .. }) => (key == Key::Select).then_some(Touch::MoreTime),
        Some(Overlay::ConfirmEnd { .. } | Overlay::Display | Overlay::Help { .. }) => {
            matches!(key, Key::Select | Key::Back | Key::Help).then_some(Touch::Close)
        }
        Some(Overlay::Cover { .. }) => None,
        None => on_page(key, screen),
    }
}

fn on_page(key: Key, screen: &Screen) -> Option<Touch> {
    let Foot {
        back,
        help,
        primary,
        ..
    } = screen.foot;
    match key {
        Key::Select => match &screen.page {
            Page::Idle(page) => page.halted.is_none().then_some(Touch::Start),
            _ => primary.filter(|p| p.enabled).map(|_| Touch::Next),
        },
        Key::Back => back.then_some(Touch::Back),
        Key::Help => help.then_some(Touch::Help),
        Key::Left => Some(Touch::Turn(-1)),
        Key::Right => Some(Touch::Turn(1)),
        Key::Digit(digit) => Some(Touch::Type(digit.to_string())),
        // Walking is no touch; repeating and loudness belong to speech.
        Key::Up | Key::Down | Key::Repeat | Key::VolumeUp | Key::VolumeDown => None,
    }
}

#[cfg(test)]
mod tests {
    use kiosk_core::screen::{Action, Lang};

    use super::*;
    use crate::samples;

    fn facts(action: Option<Action>) -> Screen {
        samples::screen(1, Lang::En, samples::facts(), action)
    }

    #[test]
    fn keys_do_what_the_foot_offers_and_nothing_else() {
        let open = facts(Some(Action::Continue));
        assert_eq!(touch(Key::Select, &open), Some(Touch::Next));
        assert_eq!(touch(Key::Back, &open), Some(Touch::Back));
        assert_eq!(touch(Key::Help, &open), Some(Touch::Help));
        assert_eq!(touch(Key::Right, &open), Some(Touch::Turn(1)));
        assert_eq!(touch(Key::Digit(7), &open), Some(Touch::Type("7".into())));
        assert_eq!(touch(Key::VolumeUp, &open), None);
        let without = facts(None);
        assert_eq!(touch(Key::Select, &without), None);
        let mut without = without;
        without.foot.back = false;
        assert_eq!(touch(Key::Back, &without), None);
    }

    #[test]
    fn a_key_never_ends_a_visit_by_itself() {
        let mut screen = facts(Some(Action::Continue));
        screen.overlay = Some(Overlay::ConfirmEnd { answers: true });
        assert_eq!(touch(Key::Select, &screen), Some(Touch::Close));
        screen.overlay = Some(Overlay::TimeOut { seconds: 9 });
        assert_eq!(touch(Key::Select, &screen), Some(Touch::MoreTime));
        assert_eq!(touch(Key::Back, &screen), None);
        screen.overlay = Some(Overlay::Cover {
            seconds: 9,
            another_card: false,
        });
        assert_eq!(touch(Key::Select, &screen), None);
    }
}
