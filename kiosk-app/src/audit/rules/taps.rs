//! From the start page to the guide of every item it is never far.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use city_backend::sample_city;
use city_catalogue::clock::Calendar;
use city_catalogue::regions::Regions;
use city_catalogue::search::Index;
use city_catalogue::{Catalogue, Refused};
use jiff::civil::date;
use kiosk_core::screen::{Page, StartChoice};
use kiosk_core::{
    DeviceState, Devices, Event, Kiosk, Link, Now, ReaderModule, Screen, Settings, Shelf, Tap,
    Touch,
};

use super::super::found::{Found, Rule};

/// From the start page to a guide.
pub(in super::super) const BUDGET: usize = 4;
/// Nothing is looked for farther than this.
const FARTHEST: usize = 12;

/// The catalogue of the sample city.
pub(in super::super) fn sample_shelf() -> Result<Arc<Shelf>, Refused> {
    let file = |name: &str| {
        let found = sample_city::FILES.iter().find(|(known, _)| *known == name);
        found.map_or(&[][..], |(_, text)| text.as_bytes())
    };
    let catalogue = Catalogue::parse("catalogue.json", file("catalogue.json"))?;
    Ok(Arc::new(Shelf {
        index: Index::new(&catalogue),
        calendar: Calendar::parse("holidays.json", file("holidays.json"))?,
        regions: Regions::parse("regions.json", file("regions.json"))?,
        catalogue,
        lockers: Vec::new(),
        here: String::new(),
        version: 1,
        confirmed: NOW.civil,
    }))
}

const NOW: Now = Now {
    up: Duration::ZERO,
    civil: date(2026, 11, 23).at(10, 0, 0, 0),
};

/// What was found on the way: each item's name with its touches, and the screens.
pub(in super::super) struct Ways {
    /// Touches from the start page to each guide, by the item's Chinese name.
    pub(in super::super) taps: BTreeMap<String, usize>,
    /// Lists and guides, each as it is met first.
    pub(in super::super) screens: Vec<Screen>,
}

/// A kiosk at its start page, where everything works.
fn started(shelf: &Arc<Shelf>) -> Kiosk {
    let ready = DeviceState::Ready;
    let devices = Devices {
        reader: ready,
        reader_module: ReaderModule::Enrolled,
        scanner: ready,
        receipt_printer: ready,
        document_printer: ready,
        camera: ready,
        code_scanner: ready,
        can_store: true,
        enrolled: true,
        ..Devices::default()
    };
    let mut kiosk = Kiosk::new(Settings::default(), NOW);
    for event in [
        Event::Devices(devices),
        Event::Link(Link::Up),
        Event::Shelf(Arc::clone(shelf)),
    ] {
        kiosk.handle(NOW, event);
    }
    touch(&mut kiosk, &Touch::Start);
    kiosk
}

fn touch(kiosk: &mut Kiosk, touch: &Touch) {
    let tap = Tap {
        page: kiosk.screen().number,
        touch: touch.clone(),
        random: [0; 16],
    };
    kiosk.handle(NOW, Event::Tap(tap));
}

/// Walks to every guide by lists alone, the shortest way first.
pub(in super::super) fn walk(shelf: &Arc<Shelf>) -> Ways {
    let mut ways = Ways {
        taps: BTreeMap::new(),
        screens: Vec::new(),
    };
    let mut open = VecDeque::from([Vec::new()]);
    while let Some(path) = open.pop_front() {
        let mut kiosk = started(shelf);
        for step in &path {
            touch(&mut kiosk, step);
        }
        let screen = kiosk.screen();
        let next = onward(&screen.page);
        if let Page::Guide(guide) = &screen.page {
            if ways.taps.contains_key(&guide.name.zh) {
                continue;
            }
            ways.taps.insert(guide.name.zh.clone(), path.len());
        }
        ways.screens.push(screen);
        if path.len() < FARTHEST {
            open.extend(next.into_iter().map(|touch| {
                let mut path = path.clone();
                path.push(touch);
                path
            }));
        }
    }
    ways
}

/// What leads on from a page towards a guide.
fn onward(page: &Page) -> Vec<Touch> {
    match page {
        Page::Start(start) => {
            let apply = |entry: &kiosk_core::screen::StartEntry| entry.choice == StartChoice::Apply;
            let place = start.choices.iter().position(apply);
            place.map(Touch::Pick).into_iter().collect()
        }
        Page::Find(find) => {
            let entries = find.groups.len().max(find.items.len());
            let turn = (find.turn.at < find.turn.of).then_some(Touch::Turn(1));
            (0..entries).map(Touch::Pick).chain(turn).collect()
        }
        _ => Vec::new(),
    }
}

/// Every item has a guide, within the budget.
pub(in super::super) fn check(shelf: &Shelf, ways: &Ways) -> Vec<Found> {
    let mut found = Vec::new();
    for item in shelf.catalogue.items() {
        let taps = ways.taps.get(&item.name.zh);
        if taps.is_none_or(|taps| *taps > BUDGET) {
            found.push(Found::new(
                Rule::Taps,
                format_args!("item \"{}\"", item.name.zh),
                taps.map_or("no way".to_owned(), |taps| format!("{taps} touches")),
                format_args!("{BUDGET} touches"),
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_is_far_or_nowhere_is_found() {
        let shelf = sample_shelf().unwrap();
        let mut ways = walk(&shelf);
        let names: Vec<String> = ways.taps.keys().cloned().collect();
        assert_eq!(names.len(), shelf.catalogue.items().len());
        let before = check(&shelf, &ways).len();
        ways.taps.insert(names[0].clone(), BUDGET + 1);
        ways.taps.remove(&names[1]);
        assert_eq!(check(&shelf, &ways).len(), before + 2);
    }
}
