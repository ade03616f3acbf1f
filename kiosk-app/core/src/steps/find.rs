//! Finding a service item: themes, life events, search.

use std::sync::Arc;

use city_catalogue::record::{Domain, Item, KioskMode, Text};

use crate::entry::Entry;
use crate::kiosk::{Kiosk, foot, on_page, turn, turned_page};
use crate::screen::{FindPage, Foot, GroupEntry, GroupKind, ItemEntry, Page};
use crate::steps::{Guide, Step};
use crate::touch::Touch;

// From the start page to any guide in four touches: one turn of either list and no more, which
// `kiosk audit` counts for the catalogue.
const GROUPS_A_PAGE: usize = 10;
const ITEMS_A_PAGE: usize = 8;
const LONGEST_QUERY: usize = 40;
const MOST_HITS: usize = 60;

/// What the resident came for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Apply,
    Print,
    Guides,
}

/// The open list.
#[derive(Clone, Debug, PartialEq)]
struct Open {
    name: Text,
    items: Vec<Arc<Item>>,
}

/// The find step.
#[derive(Clone, Debug)]
pub(crate) struct Find {
    purpose: Purpose,
    query: Entry,
    open: Option<Open>,
    at: usize,
}

impl Find {
    pub(crate) fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            query: Entry::default(),
            open: None,
            at: 0,
        }
    }

    fn searching(&self) -> bool {
        !self.query.text().trim().is_empty()
    }
}

impl Kiosk {
    pub(crate) fn find_tap(&mut self, touch: &Touch) {
        let (items, groups) = (self.found(), self.groups());
        let overview = self.overview();
        let Step::Find(find) = &mut self.step else {
            return;
        };
        let (all, each) = if overview {
            (groups.len(), GROUPS_A_PAGE)
        } else {
            (items.len(), ITEMS_A_PAGE)
        };
        match touch {
            touch if find.query.keyed(touch, LONGEST_QUERY) => {}
            Touch::Turn(by) => {
                find.at = turned_page(find.at, *by, all, each);
                return self.turned();
            }
            Touch::Back if find.searching() => find.query.clear(),
            Touch::Back if find.open.is_some() => {
                find.open = None;
                find.at = 0;
                return self.turned();
            }
            Touch::Back => return self.go(Step::Start),
            Touch::Pick(place) if overview => {
                let Some((_, name, items)) = groups.get(find.at * GROUPS_A_PAGE + place).cloned()
                else {
                    return;
                };
                find.open = Some(Open { name, items });
                find.at = 0;
                return self.turned();
            }
            Touch::Pick(place) => {
                let Some(item) = items.get(find.at * ITEMS_A_PAGE + place).cloned() else {
                    return;
                };
                let from = find.clone();
                return self.go(Step::Guide(Guide::new(item, from)));
            }
            _ => return,
        }
        find.at = 0;
    }

    /// Themes and life events are shown: nothing is typed and no list is open.
    fn overview(&self) -> bool {
        matches!(&self.step, Step::Find(find)
            if !find.searching() && find.open.is_none() && find.purpose != Purpose::Print)
    }

    /// The items listed now.
    fn found(&self) -> Vec<Arc<Item>> {
        let (Step::Find(find), Some(shelf)) = (&self.step, self.shelf.as_deref()) else {
            return Vec::new();
        };
        let wanted = |item: &Arc<Item>| {
            find.purpose != Purpose::Print || item.kiosk.mode == KioskMode::Print
        };
        if find.searching() {
            let hits = shelf.index.search(find.query.text(), MOST_HITS);
            let items = hits
                .into_iter()
                .filter_map(|hit| shelf.catalogue.item(&hit.code).cloned());
            return items.filter(wanted).collect();
        }
        match &find.open {
            Some(open) => open.items.clone(),
            None => shelf
                .catalogue
                .items()
                .iter()
                .filter(|i| wanted(i))
                .cloned()
                .collect(),
        }
    }

    /// Life events first, then themes in the catalogue's order.
    fn groups(&self) -> Vec<(GroupKind, Text, Vec<Arc<Item>>)> {
        let Some(shelf) = self.shelf.as_deref() else {
            return Vec::new();
        };
        let mut groups: Vec<(GroupKind, Text, Vec<Arc<Item>>)> = Vec::new();
        for bundle in shelf.catalogue.bundles() {
            let items = bundle
                .items
                .iter()
                .filter_map(|code| shelf.catalogue.item(code).cloned())
                .collect();
            groups.push((GroupKind::LifeEvent, bundle.name.clone(), items));
        }
        for item in shelf.catalogue.items() {
            let kind = match item.domain {
                Domain::Enterprise => GroupKind::BusinessTheme,
                Domain::DailyLife => GroupKind::LifeTheme,
            };
            let known = groups
                .iter_mut()
                .find(|(of, name, _)| *of == kind && name.zh == item.theme);
            match known {
                Some((_, _, items)) => items.push(Arc::clone(item)),
                None => {
                    let name = shelf.catalogue.theme(&item.theme);
                    groups.push((kind, name, vec![Arc::clone(item)]));
                }
            }
        }
        groups.sort_by_key(|(kind, _, _)| match kind {
            GroupKind::LifeEvent => 0,
            GroupKind::LifeTheme => 1,
            GroupKind::BusinessTheme => 2,
        });
        groups
    }

    pub(crate) fn find_page(&self, find: &Find) -> (Page, Foot) {
        let overview = self.overview();
        let groups = if overview { self.groups() } else { Vec::new() };
        let items = if overview { Vec::new() } else { self.found() };
        let turn = if overview {
            turn(find.at, groups.len(), GROUPS_A_PAGE)
        } else {
            turn(find.at, items.len(), ITEMS_A_PAGE)
        };
        let page = FindPage {
            query: find.query.text().to_owned(),
            groups: on_page(&groups, find.at, GROUPS_A_PAGE)
                .iter()
                .map(|(kind, name, items)| GroupEntry {
                    kind: *kind,
                    name: name.clone(),
                    items: u16::try_from(items.len()).unwrap_or(u16::MAX),
                })
                .collect(),
            open: find
                .open
                .as_ref()
                .filter(|_| !find.searching())
                .map(|open| open.name.clone()),
            items: on_page(&items, find.at, ITEMS_A_PAGE)
                .iter()
                .map(|item| self.item_entry(item, find.purpose))
                .collect(),
            total: u16::try_from(items.len()).unwrap_or(u16::MAX),
            turn,
        };
        (Page::Find(page), foot(true, None))
    }

    fn item_entry(&self, item: &Item, purpose: Purpose) -> ItemEntry {
        ItemEntry {
            name: item.name.clone(),
            body: self.body(&item.department),
            instant: item.is_instant(),
            closed: self.closed(item).filter(|_| purpose != Purpose::Guides),
        }
    }
}
