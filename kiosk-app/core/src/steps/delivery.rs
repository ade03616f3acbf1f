//! How the result should reach the resident: one question, and where the way needs it a place.

use city_catalogue::delivery::Way;
use city_catalogue::record::{Item, Station};

use crate::application::FilingKind;
use crate::delivery::{DeliveryPage, StationChoice, WayShown, Wish, WishShown};
use crate::entry::Entry;
use crate::kiosk::{Kiosk, foot, on_page, turn, turned_page};
use crate::person::Secret;
use crate::screen::{Action, Foot, Page};
use crate::steps::Step;
use crate::steps::flow::Stage;
use crate::touch::Touch;

const A_PAGE: usize = 6;
/// Most characters of an address, as the city takes it.
const MOST_ADDRESS: usize = 200;
/// Who pays the postage, as the catalogue says it, when the resident does not.
const PAID: &str = "government";

/// What is asked now.
#[derive(Clone, Debug)]
enum Asking {
    /// The way.
    Way(Way),
    /// The station of a window or a locker.
    Station {
        way: Way,
        /// Its id; `None` while none is chosen.
        picked: Option<String>,
        at: usize,
    },
    /// The address.
    Address(Entry),
}

/// The delivery step.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    asking: Asking,
    /// Back and Continue lead to the review.
    change: bool,
}

impl Kiosk {
    /// The ways this application's result can go, in the order offered; empty for what has no
    /// result of its own.
    fn ways_offered(&self) -> Vec<Way> {
        let Some(application) = &self.visit.application else {
            return Vec::new();
        };
        if application.kind != FilingKind::Application {
            return Vec::new();
        }
        let item = &application.item;
        let ways = Way::ALL.iter().copied();
        ways.filter(|way| way.is_offered(item) && self.has_place(*way))
            .collect()
    }

    /// Whether there is a station where the way ends.
    fn has_place(&self, way: Way) -> bool {
        match way {
            Way::Window | Way::Locker => !self.stations_of(way).is_empty(),
            Way::Print | Way::Electronic | Way::Post => true,
        }
    }

    /// The stations where a result can be fetched this way, the kiosk's own first.
    fn stations_of(&self, way: Way) -> Vec<&Station> {
        let Some(shelf) = self.shelf.as_deref() else {
            return Vec::new();
        };
        let stations = shelf.catalogue.city().stations.iter();
        let mut stations: Vec<_> = stations
            .filter(|station| station.windows > 0)
            .filter(|station| way != Way::Locker || shelf.lockers.contains(&station.id))
            .collect();
        stations.sort_by_key(|station| station.id != shelf.here);
        stations
    }

    /// Something is to be chosen: the way, or where the only one leads to.
    fn asks_delivery(&self) -> bool {
        let ways = self.ways_offered();
        ways.len() > 1 || ways == [Way::Post]
    }

    /// It is asked and not answered yet.
    pub(crate) fn delivery_open(&self) -> bool {
        let application = self.visit.application.as_ref();
        application.is_some_and(|application| application.delivery.is_none())
            && self.asks_delivery()
    }

    /// The question, once; false when nothing is to be asked.
    pub(crate) fn enter_delivery(&mut self) -> bool {
        let open = self.delivery_open();
        if open {
            self.open_delivery(false);
        }
        open
    }

    /// The question again, answered or not; false when nothing is to be asked.
    pub(crate) fn delivery_again(&mut self) -> bool {
        let asks = self.asks_delivery();
        if asks {
            self.open_delivery(false);
        }
        asks
    }

    /// Opens the question at what was wished, else at what the item does by itself.
    pub(crate) fn open_delivery(&mut self, change: bool) {
        let ways = self.ways_offered();
        let Some(application) = &self.visit.application else {
            return;
        };
        if ways == [Way::Post] {
            return self.ask_address(change);
        }
        let way = match &application.delivery {
            Some(wish) => wish.way(),
            None => Way::unchosen(&application.item),
        };
        self.go(Step::Delivery(Delivery {
            asking: Asking::Way(way),
            change,
        }));
    }

    fn ask_address(&mut self, change: bool) {
        let wish = self.visit.application.as_ref();
        let known = match wish.and_then(|application| application.delivery.as_ref()) {
            Some(Wish::Post { address }) => Some(address),
            Some(_) | None => self.applicant().map(|person| &person.address),
        };
        let typed = Entry::new(known.map_or("", Secret::reveal));
        self.go(Step::Delivery(Delivery {
            asking: Asking::Address(typed),
            change,
        }));
    }

    fn ask_station(&mut self, way: Way, change: bool) {
        let stations = self.stations_of(way);
        let wish = self.visit.application.as_ref();
        let wish = wish.and_then(|application| application.delivery.as_ref());
        let here = self.shelf.as_deref().map(|shelf| shelf.here.as_str());
        let known = wish.and_then(Wish::station).or(here);
        let place = stations
            .iter()
            .position(|station| Some(station.id.as_str()) == known);
        let picked = place
            .and_then(|place| stations.get(place))
            .map(|station| station.id.clone());
        self.go(Step::Delivery(Delivery {
            asking: Asking::Station {
                way,
                picked,
                at: place.unwrap_or(0) / A_PAGE,
            },
            change,
        }));
    }

    pub(crate) fn delivery_tap(&mut self, touch: &Touch) {
        let Step::Delivery(step) = &self.step else {
            return;
        };
        match step.asking {
            Asking::Way(_) => self.way_tap(touch),
            Asking::Station { way, .. } => self.station_tap(way, touch),
            Asking::Address(_) => self.address_tap(touch),
        }
    }

    fn way_tap(&mut self, touch: &Touch) {
        let ways = self.ways_offered();
        let Step::Delivery(Delivery {
            asking: Asking::Way(picked),
            change,
        }) = &mut self.step
        else {
            return;
        };
        let change = *change;
        match touch {
            Touch::Pick(place) => {
                if let Some(way) = ways.get(*place) {
                    *picked = *way;
                }
            }
            Touch::Next if !ways.contains(picked) => {}
            Touch::Next => match *picked {
                Way::Print => self.wish(Wish::Print),
                Way::Electronic => self.wish(Wish::Electronic),
                Way::Post => self.ask_address(change),
                way @ (Way::Window | Way::Locker) => self.ask_station(way, change),
            },
            Touch::Back => self.leave_delivery(change),
            _ => {}
        }
    }

    fn station_tap(&mut self, way: Way, touch: &Touch) {
        let all: Vec<String> = self
            .stations_of(way)
            .iter()
            .map(|station| station.id.clone())
            .collect();
        let Step::Delivery(Delivery {
            asking: Asking::Station { picked, at, .. },
            change,
        }) = &mut self.step
        else {
            return;
        };
        let change = *change;
        match touch {
            Touch::Turn(by) => {
                *at = turned_page(*at, *by, all.len(), A_PAGE);
                self.turned();
            }
            Touch::Pick(place) => {
                if let Some(station) = all.get(*at * A_PAGE + place) {
                    *picked = Some(station.clone());
                }
            }
            Touch::Next => {
                let station = picked.clone();
                let station = station.filter(|station| all.contains(station));
                match (station, way) {
                    (Some(station), Way::Locker) => self.wish(Wish::Locker { station }),
                    (Some(station), _) => self.wish(Wish::Window { station }),
                    (None, _) => {}
                }
            }
            Touch::Back => self.open_delivery(change),
            _ => {}
        }
    }

    /// Continue is the confirmation: the address is on the screen, and the button says so.
    fn address_tap(&mut self, touch: &Touch) {
        let only = self.ways_offered() == [Way::Post];
        let Step::Delivery(Delivery {
            asking: Asking::Address(typed),
            change,
        }) = &mut self.step
        else {
            return;
        };
        let change = *change;
        match touch {
            touch if typed.keyed(touch, MOST_ADDRESS) => {}
            Touch::Next => {
                let address = Secret::new(typed.text().trim());
                if !address.is_empty() {
                    self.wish(Wish::Post { address });
                }
            }
            Touch::Back if only => self.leave_delivery(change),
            Touch::Back => self.open_delivery(change),
            _ => {}
        }
    }

    /// Keeps the wish; what was made of another one is void.
    fn wish(&mut self, wish: Wish) {
        let kept = self.visit.application.as_ref();
        if kept.is_some_and(|application| application.delivery.as_ref() != Some(&wish)) {
            self.application_changed();
        }
        if let Some(application) = &mut self.visit.application {
            application.delivery = Some(wish);
        }
        self.enter(Stage::Review);
    }

    fn leave_delivery(&mut self, change: bool) {
        if change {
            self.enter(Stage::Review);
        } else {
            self.back_before(Stage::Delivery);
        }
    }

    /// What was wished, or the only way; `None` where no result goes out, or while it is open.
    pub(crate) fn wish_shown(&self) -> Option<WishShown> {
        let application = self.visit.application.as_ref()?;
        let ways = self.ways_offered();
        let only = ways.len() < 2;
        let bare = |way| WishShown {
            way,
            station: None,
            address: None,
            only,
        };
        let Some(wish) = &application.delivery else {
            let way = ways.first().copied().filter(|_| !self.asks_delivery());
            return way.map(bare);
        };
        Some(WishShown {
            station: wish.station().map(|id| self.station_shown(id).name),
            address: match wish {
                Wish::Post { address } => Some(address.clone()),
                Wish::Electronic | Wish::Print | Wish::Window { .. } | Wish::Locker { .. } => None,
            },
            ..bare(wish.way())
        })
    }

    pub(crate) fn delivery_page(&self, step: &Delivery) -> (Page, Foot) {
        let (page, action, enabled) = match &step.asking {
            Asking::Way(picked) => {
                let item = self.visit.application.as_ref().map(|a| &a.item);
                let ways = self.ways_offered().into_iter().map(|way| WayShown {
                    way,
                    on: way == *picked,
                    charged: way == Way::Post && item.is_some_and(|item| charged(item)),
                });
                let ways: Vec<_> = ways.collect();
                let chosen = ways.iter().any(|way| way.on);
                (DeliveryPage::Way { ways }, Action::Continue, chosen)
            }
            Asking::Station { way, picked, at } => {
                let all = self.stations_of(*way);
                let stations = on_page(&all, *at, A_PAGE).iter().map(|one| StationChoice {
                    station: self.station_shown(&one.id),
                    on: picked.as_deref() == Some(one.id.as_str()),
                });
                let page = DeliveryPage::Station {
                    way: *way,
                    stations: stations.collect(),
                    turn: turn(*at, all.len(), A_PAGE),
                };
                (page, Action::Continue, picked.is_some())
            }
            Asking::Address(typed) => {
                let text = typed.text().to_owned();
                let card = self.applicant().map(|person| &person.address);
                let filled = !text.trim().is_empty();
                let page = DeliveryPage::Address {
                    from_card: filled && card.is_some_and(|card| card.reveal() == text),
                    text,
                };
                (page, Action::PostThere, filled)
            }
        };
        (Page::Delivery(page), foot(true, Some((action, enabled))))
    }
}

/// Whether the resident pays the postage.
fn charged(item: &Item) -> bool {
    item.express.payer.as_deref() != Some(PAID)
}
