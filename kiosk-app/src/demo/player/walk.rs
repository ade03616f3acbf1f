//! Page by page through an application, as a person goes: reads, ticks, answers, brings, signs.

use kiosk_core::screen::{
    DeliveryPage, MaterialEntry, MaterialPage, MaterialState, MaterialWay, MaterialsPage, Page,
    Point, PortraitPage, PortraitSeen, ScanPage, StationChoice, SubmitPage, Turn,
};
use kiosk_core::{Screen, Touch};

use super::super::script::{Bring, Deliver, Go, PageKind, Tap};
use super::answers::Asked;
use super::{Fault, MOST_TOUCHES, PATIENCE, Player, expected, offer, seen};

/// What to do on the page.
enum Move {
    /// Here the walk ends.
    Stop,
    /// Touch this.
    Touch(Touch),
    /// The kiosk works; wait for the next screen.
    Wait,
}

impl Player<'_> {
    /// Walks until the page of `go` stands there.
    pub(super) fn walk(&mut self, go: &Go) -> Result<(), Fault> {
        self.drain();
        let mut asked = Asked::new(&go.answers);
        for _ in 0..MOST_TOUCHES {
            let Some(screen) = self.screen.clone() else {
                break;
            };
            match next_move(&screen, go, &mut asked)? {
                Move::Stop => return Ok(()),
                Move::Touch(touch) => self.touch(touch, false, 1)?,
                Move::Wait => {
                    self.until("the kiosk to go on", PATIENCE, |_, now| {
                        (*now != screen).then_some(())
                    })?;
                }
            }
        }
        Err(expected(format!(
            "page {} within {MOST_TOUCHES} touches",
            go.to.name()
        )))
    }
}

fn next_move(screen: &Screen, go: &Go, asked: &mut Asked<'_>) -> Result<Move, Fault> {
    let kind = seen::kind(&screen.page);
    if screen.overlay.is_some() {
        return Err(expected("nothing above the page"));
    }
    if kind == go.to && arrived(screen, go) {
        return Ok(Move::Stop);
    }
    match &screen.page {
        Page::Guide(_) | Page::Document(_) => primary(screen),
        Page::Wait(_) | Page::Submit(SubmitPage::Storing) => Ok(Move::Wait),
        Page::Scan(ScanPage::Scanning { .. }) => Ok(Move::Wait),
        Page::Portrait(page) => portrait(screen, page),
        Page::Notice(page) => match page.ticks.iter().position(|tick| !tick.on) {
            Some(place) => Ok(Move::Touch(Touch::Toggle(place))),
            None => primary(screen),
        },
        Page::Facts(page) => read_on(screen, page.turn),
        Page::Delivery(page) => delivery(screen, page, go.delivery.as_ref()),
        Page::Review(page) => read_on(screen, page.turn),
        Page::Question(page) => Ok(Move::Touch(asked.answer(page)?)),
        Page::Materials(page) => materials(screen, page, go),
        Page::Material(page) => material(screen, page, go),
        Page::Scan(ScanPage::Place {
            trouble: Some(trouble),
            ..
        }) => Err(expected(format!("the page to be scanned, not {trouble:?}"))),
        Page::Scan(ScanPage::Place { .. } | ScanPage::Look { .. } | ScanPage::Pages { .. }) => {
            primary(screen)
        }
        Page::Sign(page) if !page.enough => Ok(Move::Touch(Touch::Stroke(signature()))),
        Page::Sign(_) => primary(screen),
        Page::Submit(SubmitPage::NotStored) => Err(expected("the application to be stored")),
        Page::Idle(_)
        | Page::Start(_)
        | Page::Find(_)
        | Page::Identify(_)
        | Page::Principal(_)
        | Page::Done(_)
        | Page::Rate(_)
        | Page::Goodbye(_)
        | Page::Matters(_)
        | Page::Matter(_)
        | Page::CheckIn(_)
        | Page::Appointment(_)
        | Page::Withdraw(_)
        | Page::Enquiry(_)
        | Page::Service(_) => Err(expected(format!("the way to page {}", go.to.name()))),
    }
}

/// The page wanted stands there, and what is to be done on it has been done.
fn arrived(screen: &Screen, go: &Go) -> bool {
    match (&screen.page, &go.asking) {
        (Page::Question(page), Some(label)) if go.to == PageKind::Question => {
            page.label.zh == *label
        }
        (Page::Sign(page), _) => page.enough,
        (Page::Materials(page), _) => {
            let ready = offer::tap(screen, Tap::Next).is_some() || page.turn.at == page.turn.of;
            ready && !page.materials.iter().any(|entry| wants(entry, go))
        }
        (_, _) => true,
    }
}

fn primary(screen: &Screen) -> Result<Move, Fault> {
    offer::tap(screen, Tap::Next)
        .map(Move::Touch)
        .ok_or_else(|| Fault::NotOffered("the primary action".to_owned()))
}

/// All list pages are looked at before going on.
fn read_on(screen: &Screen, turn: Turn) -> Result<Move, Fault> {
    match offer::onward(turn) {
        Some(touch) => Ok(Move::Touch(touch)),
        None => primary(screen),
    }
}

/// Waits until the picture can be taken, takes it and keeps it.
fn portrait(screen: &Screen, page: &PortraitPage) -> Result<Move, Fault> {
    match page {
        PortraitPage::Live {
            seen: PortraitSeen::Good,
            ..
        }
        | PortraitPage::Look { .. } => primary(screen),
        PortraitPage::Live { .. } | PortraitPage::Taking { .. } => Ok(Move::Wait),
        PortraitPage::Trouble { trouble, .. } => {
            Err(expected(format!("a portrait, not {trouble:?}")))
        }
    }
}

/// The script brings this material in a way that has not been done yet.
fn wants(entry: &MaterialEntry, go: &Go) -> bool {
    let done = match go.materials.get(&entry.name.zh) {
        None => return false,
        Some(Bring::Scan | Bring::Photograph) => matches!(entry.state, MaterialState::Scanned(_)),
        Some(Bring::Promise) => entry.state == MaterialState::Promised,
        Some(Bring::Later) => matches!(entry.state, MaterialState::Later(_)),
        Some(Bring::LeaveOut) => entry.state == MaterialState::NotBrought,
    };
    entry.opens && !done
}

fn materials(screen: &Screen, page: &MaterialsPage, go: &Go) -> Result<Move, Fault> {
    if let Some(place) = page.materials.iter().position(|entry| wants(entry, go)) {
        return Ok(Move::Touch(Touch::Pick(place)));
    }
    let open = page.materials.iter().find(|entry| {
        matches!(
            entry.state,
            MaterialState::ToScan | MaterialState::ToScanOrPromise | MaterialState::ToPromise
        )
    });
    match open {
        Some(entry) => Err(expected(format!(
            "the script to say how {} is brought",
            entry.name.zh
        ))),
        None => read_on(screen, page.turn),
    }
}

fn material(screen: &Screen, page: &MaterialPage, go: &Go) -> Result<Move, Fault> {
    if page.promise {
        return primary(screen);
    }
    let bring = go.materials.get(&page.name.zh);
    let place = page.ways.iter().position(|way| match way {
        MaterialWay::Photograph => bring == Some(&Bring::Photograph),
        MaterialWay::Scan => bring == Some(&Bring::Scan),
        MaterialWay::Promise => bring == Some(&Bring::Promise),
        MaterialWay::Later { .. } => bring == Some(&Bring::Later),
        MaterialWay::LeaveOut => bring == Some(&Bring::LeaveOut),
    });
    match place {
        Some(place) => Ok(Move::Touch(Touch::Pick(place))),
        None => Err(Fault::NotOffered(format!(
            "to bring {} by {bring:?}",
            page.name.zh
        ))),
    }
}

/// The way wanted, then its station or address; what is proposed where the script wants nothing.
fn delivery(screen: &Screen, page: &DeliveryPage, wanted: Option<&Deliver>) -> Result<Move, Fault> {
    let Some(wanted) = wanted else {
        return primary(screen);
    };
    let missing = |what: &str| Fault::NotOffered(format!("{what} for the result"));
    // One is chosen by a touch, the one that is on by going on.
    let choose = |place: Option<usize>, on: bool, what: &str| match place {
        Some(_) if on => primary(screen),
        Some(place) => Ok(Move::Touch(Touch::Pick(place))),
        None => Err(missing(what)),
    };
    match (page, &wanted.station, &wanted.address) {
        (DeliveryPage::Way { ways }, _, _) => {
            let place = ways.iter().position(|shown| shown.way == wanted.way);
            let on = ways.iter().any(|shown| shown.on && shown.way == wanted.way);
            choose(place, on, wanted.way.as_str())
        }
        (DeliveryPage::Station { stations, .. }, Some(name), _) => {
            let named = |choice: &StationChoice| choice.station.name.zh == *name;
            let place = stations.iter().position(named);
            let on = stations.iter().any(|choice| choice.on && named(choice));
            choose(place, on, name)
        }
        (DeliveryPage::Address { text, .. }, _, Some(address)) if text != address => {
            let touch = if text.is_empty() {
                Touch::Type(address.clone())
            } else {
                Touch::ClearText
            };
            Ok(Move::Touch(touch))
        }
        (DeliveryPage::Station { .. } | DeliveryPage::Address { .. }, _, _) => primary(screen),
    }
}

/// A wave across the pad.
fn signature() -> Vec<Point> {
    (0..40u16)
        .map(|n| Point {
            x: 150 + n * 18,
            y: if n % 8 < 4 {
                380 + n % 4 * 60
            } else {
                620 - n % 4 * 60
            },
        })
        .collect()
}
