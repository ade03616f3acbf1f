//! What a screen offers to a finger: a touch is made only where a person could make it.

use kiosk_core::screen::{
    Action, FactorWay, IdentifyPage, Lang, Overlay, Page, PortraitPage, PrincipalPage, ScanPage,
    SlipState, StartChoice, Turn,
};
use kiosk_core::{Contrast, Screen, Stop, TextSize, Touch, stops};

use super::super::script::{Choice, Colours, Find, Show, Tap, Way};

/// One touch of a step that needs several.
pub(super) enum Step {
    /// On the way.
    Touch(Touch),
    /// The one that was wanted.
    Last(Touch),
    /// What is looked for is not there.
    Missing,
}

/// One move while the identity is proven.
pub(super) enum Identify {
    /// Touch this.
    Touch(Touch),
    /// Touch this; it asks the city.
    Ask(Touch),
    /// Type the code.
    Code,
    /// The card or the city takes its time.
    Wait,
    /// Another page stands there.
    Done,
}

/// The touch of a name, where the screen offers it.
pub(super) fn tap(screen: &Screen, tap: Tap) -> Option<Touch> {
    match &screen.overlay {
        Some(overlay) => above(overlay, tap),
        None => on_page(screen, tap).or_else(|| in_foot(screen, tap)),
    }
}

fn above(overlay: &Overlay, tap: Tap) -> Option<Touch> {
    match (overlay, tap) {
        (Overlay::TimeOut { .. }, Tap::MoreTime) => Some(Touch::MoreTime),
        (
            Overlay::TimeOut { .. } | Overlay::Cover { .. } | Overlay::ConfirmEnd { .. },
            Tap::EndNow,
        ) => Some(Touch::EndNow),
        (Overlay::ConfirmEnd { .. } | Overlay::Display | Overlay::Help { .. }, tap) => match tap {
            Tap::CallHelp if matches!(overlay, Overlay::Help { .. }) => Some(Touch::CallHelp),
            Tap::Close => Some(Touch::Close),
            Tap::English => Some(Touch::Language(Lang::En)),
            Tap::Chinese => Some(Touch::Language(Lang::ZhHans)),
            Tap::Traditional => Some(Touch::Language(Lang::ZhHant)),
            _ => None,
        },
        (_, _) => None,
    }
}

fn on_page(screen: &Screen, tap: Tap) -> Option<Touch> {
    match (&screen.page, tap) {
        (Page::Idle(page), Tap::Start) => page.halted.is_none().then_some(Touch::Start),
        (_, Tap::Service) => Some(Touch::Service),
        (Page::Done(_), Tap::Another) => Some(Touch::Another),
        (Page::Done(page), Tap::PrintSlip)
            if !matches!(
                page.slip,
                SlipState::Printing | SlipState::Ready | SlipState::NoPrinter
            ) =>
        {
            Some(Touch::PrintSlip)
        }
        (Page::Done(page), Tap::NoPaper) if matches!(page.slip, SlipState::Waiting { .. }) => {
            Some(Touch::NoPaper)
        }
        (Page::Portrait(PortraitPage::Look { .. } | PortraitPage::Trouble { .. }), Tap::Retake)
        | (Page::Scan(ScanPage::Look { .. } | ScanPage::Pages { .. }), Tap::Retake) => {
            Some(Touch::Retake)
        }
        (Page::Rate(_), Tap::Skip) => Some(Touch::Skip),
        (Page::Question(page), Tap::Skip) if page.optional => Some(Touch::Skip),
        (Page::Guide(_), Tap::PrintGuide) => Some(Touch::PrintGuide),
        (Page::Guide(_), Tap::ForAnother) => stops(screen)
            .contains(&Stop::Touch(Touch::ForAnother))
            .then_some(Touch::ForAnother),
        (Page::Principal(PrincipalPage::PutCard { without: true, .. }), Tap::Skip) => {
            Some(Touch::Skip)
        }
        (Page::Matters(_), Tap::Appointments) => Some(Touch::Appointments),
        (Page::CheckIn(page), Tap::Appointments) if page.offers_appointments() => {
            Some(Touch::Appointments)
        }
        (Page::Matter(_), Tap::Ask) => Some(Touch::Ask),
        (Page::Matter(page), Tap::Object) if page.may_object => Some(Touch::Object),
        (Page::Matter(page), Tap::Withdraw) if page.may_withdraw => Some(Touch::Withdraw),
        (Page::Matter(page), Tap::PrintResult) => page
            .result
            .as_ref()
            .filter(|result| result.printing.prints_on_touch())
            .map(|_| Touch::Pick(0)),
        (Page::Identify(IdentifyPage::IsItYou(_)), Tap::NotMe) => Some(Touch::NotMe),
        (_, Tap::English) => Some(Touch::Language(Lang::En)),
        (_, Tap::Chinese) => Some(Touch::Language(Lang::ZhHans)),
        (_, Tap::Traditional) => Some(Touch::Language(Lang::ZhHant)),
        (_, _) => None,
    }
}

fn in_foot(screen: &Screen, tap: Tap) -> Option<Touch> {
    let foot = &screen.foot;
    let primary = |wanted: Option<Action>| {
        foot.primary
            .filter(|primary| {
                primary.enabled && wanted.is_none_or(|action| action == primary.action)
            })
            .map(|_| Touch::Next)
    };
    match tap {
        Tap::Next => primary(None),
        Tap::Begin => primary(Some(Action::Begin)),
        Tap::Submit => primary(Some(Action::Submit)),
        Tap::Finish => primary(Some(Action::Finish)),
        Tap::BringPapers => primary(Some(Action::BringPapers)),
        Tap::Back => foot.back.then_some(Touch::Back),
        Tap::Help => foot.help.then_some(Touch::Help),
        Tap::End => foot.end.then_some(Touch::End),
        Tap::Start
        | Tap::CallHelp
        | Tap::EndNow
        | Tap::Close
        | Tap::MoreTime
        | Tap::Another
        | Tap::Skip
        | Tap::ForAnother
        | Tap::Retake
        | Tap::PrintSlip
        | Tap::NoPaper
        | Tap::PrintGuide
        | Tap::PrintResult
        | Tap::Appointments
        | Tap::Withdraw
        | Tap::Ask
        | Tap::Object
        | Tap::NotMe
        | Tap::Service
        | Tap::English
        | Tap::Chinese
        | Tap::Traditional => None,
    }
}

/// The sheet for language and display, where nothing lies above the page.
pub(super) fn display(screen: &Screen) -> Option<Touch> {
    screen.overlay.is_none().then_some(Touch::Display)
}

/// What is touched on the sheet.
pub(super) fn shown(show: Show) -> Vec<Touch> {
    let size = |percent| {
        TextSize::ALL
            .into_iter()
            .find(|size| size.percent() == percent)
    };
    let text = show.text.and_then(size).map(Touch::TextSize);
    let contrast = show.contrast.map(|colours| {
        Touch::Contrast(match colours {
            Colours::Standard => Contrast::Standard,
            Colours::Soft => Contrast::Soft,
            Colours::BlackOnWhite => Contrast::BlackOnWhite,
            Colours::YellowOnBlack => Contrast::YellowOnBlack,
        })
    });
    let reach = show.reach.then_some(Touch::Reach);
    let elder = show.elder.then_some(Touch::Elder);
    text.into_iter()
        .chain(contrast)
        .chain(reach)
        .chain(elder)
        .collect()
}

/// An entry of the start page that is open.
pub(super) fn choice(screen: &Screen, choice: Choice) -> Option<Touch> {
    let (Page::Start(page), None) = (&screen.page, &screen.overlay) else {
        return None;
    };
    let wanted = match choice {
        Choice::Apply => StartChoice::Apply,
        Choice::MyMatters => StartChoice::MyMatters,
        Choice::Print => StartChoice::Print,
        Choice::Guides => StartChoice::Guides,
        Choice::CheckIn => StartChoice::CheckIn,
        Choice::HumanHelp => StartChoice::HumanHelp,
    };
    page.choices
        .iter()
        .position(|entry| entry.choice == wanted && entry.closed.is_none())
        .map(Touch::Pick)
}

/// The choice at this place, from 1, where the page lets it be picked.
pub(super) fn picked(screen: &Screen, place: usize) -> Option<Touch> {
    let touch = Touch::Pick(place.checked_sub(1)?);
    let offered = stops(screen).contains(&Stop::Touch(touch.clone()));
    offered.then_some(touch)
}

/// The next list page; `None` on the last.
pub(super) fn onward(turn: Turn) -> Option<Touch> {
    (turn.at < turn.of).then_some(Touch::Turn(1))
}

fn pick_or_turn(place: Option<usize>, turn: Turn) -> Step {
    match (place, onward(turn)) {
        (Some(place), _) => Step::Last(Touch::Pick(place)),
        (None, Some(touch)) => Step::Touch(touch),
        (None, None) => Step::Missing,
    }
}

/// Types the words, then opens the item.
pub(super) fn find(screen: &Screen, find: &Find) -> Step {
    let Page::Find(page) = &screen.page else {
        return Step::Missing;
    };
    if page.query == find.words {
        let place = page.items.iter().position(|item| item.name.zh == find.open);
        pick_or_turn(place, page.turn)
    } else if page.query.is_empty() {
        Step::Touch(Touch::Type(find.words.clone()))
    } else {
        Step::Touch(Touch::ClearText)
    }
}

/// Opens the first case of the item.
pub(super) fn matter(screen: &Screen, item: &str) -> Step {
    let Page::Matters(page) = &screen.page else {
        return Step::Missing;
    };
    let place = page.matters.iter().position(|entry| entry.item.zh == item);
    pick_or_turn(place, page.turn)
}

/// The next move to prove the identity; `tries` counts questions to the city so far.
///
/// # Errors
/// In words, what was expected, when the page says that the way failed.
pub(super) fn identify(screen: &Screen, way: Way, tries: u32) -> Result<Identify, String> {
    let page = match &screen.page {
        Page::Identify(page) => page,
        Page::Wait(_) => return Ok(Identify::Wait),
        _ => return Ok(Identify::Done),
    };
    if screen.overlay.is_some() {
        return Err("nothing above the identity page".to_owned());
    }
    let confirm = || match tap(screen, Tap::Next) {
        Some(touch) => Ok(Identify::Ask(touch)),
        None => Err("a code of the length this kiosk takes".to_owned()),
    };
    match page {
        IdentifyPage::PutCard { .. } => Ok(Identify::Wait),
        IdentifyPage::IsItYou(_) => Ok(Identify::Touch(Touch::Next)),
        IdentifyPage::SecondFactor {
            trouble: Some(trouble),
            ..
        } if tries > 0 => Err(format!("a yes to the second factor, not {trouble:?}")),
        IdentifyPage::SecondFactor { ways, .. } => {
            let wanted = match way {
                Way::Face => FactorWay::Face,
                Way::PhoneCode => FactorWay::PhoneCode,
                Way::StaffCode => FactorWay::Staff,
                Way::Later => FactorWay::CheckedLater,
            };
            ways.iter()
                .position(|offered| *offered == wanted)
                .map(|place| Identify::Ask(Touch::Pick(place)))
                .ok_or_else(|| format!("the way {wanted:?} among those offered"))
        }
        IdentifyPage::Code { wrong: true, .. } | IdentifyPage::Staff { wrong: true, .. } => {
            Err("the code to be right".to_owned())
        }
        IdentifyPage::Code { typed, .. } if typed.is_empty() => Ok(Identify::Code),
        IdentifyPage::Staff { typed: 0, .. } => Ok(Identify::Code),
        IdentifyPage::Code { .. } | IdentifyPage::Staff { .. } => confirm(),
    }
}
