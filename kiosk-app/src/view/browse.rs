//! Pages before somebody says who they are: idle, start, find, guide.

use kiosk_core::screen::{
    AgentsShown, FindPage, GroupKind, GuidePage, IdlePage, Offline, Reason, StartChoice, StartPage,
};
use kiosk_ui as ui;
use slint::SharedString;

use super::phrases::{Phrases, int, model, turn};

pub(super) fn idle(page: &IdlePage, say: &Phrases<'_>) -> ui::IdleData {
    ui::IdleData {
        items_open: i32::from(page.items_open),
        trouble: say.reason(page.trouble),
        card_left: page.card_left,
        near: page.near,
        halted: page.halted.is_some(),
        starting: page.halted == Some(Reason::Starting),
    }
}

pub(super) fn start(page: &StartPage, say: &Phrases<'_>) -> ui::StartData {
    ui::StartData {
        choices: model(page.choices.iter().map(|entry| ui::StartEntry {
            kind: match entry.choice {
                StartChoice::Apply => ui::StartKind::Apply,
                StartChoice::MyMatters => ui::StartKind::MyMatters,
                StartChoice::Print => ui::StartKind::Print,
                StartChoice::Guides => ui::StartKind::Guides,
                StartChoice::CheckIn => ui::StartKind::CheckIn,
                StartChoice::HumanHelp => ui::StartKind::HumanHelp,
            },
            closed: say.reason(entry.closed),
        })),
        waiting: page.waiting.map_or(-1, int),
    }
}

pub(super) fn find(page: &FindPage, say: &Phrases<'_>) -> ui::FindData {
    let (at, of) = turn(page.turn);
    ui::FindData {
        query: page.query.as_str().into(),
        groups: model(page.groups.iter().map(|group| ui::GroupEntry {
            kind: match group.kind {
                GroupKind::BusinessTheme => ui::GroupKind::BusinessTheme,
                GroupKind::LifeTheme => ui::GroupKind::LifeTheme,
                GroupKind::LifeEvent => ui::GroupKind::LifeEvent,
            },
            name: say.text(&group.name),
            items: i32::from(group.items),
        })),
        open: page
            .open
            .as_ref()
            .map_or_else(SharedString::new, |open| say.text(open)),
        items: model(page.items.iter().map(|item| ui::ItemEntry {
            name: say.text(&item.name),
            body: say.text(&item.body),
            instant: item.instant,
            closed: say.reason(item.closed),
        })),
        total: i32::from(page.total),
        at,
        of,
    }
}

pub(super) fn guide(page: &GuidePage, say: &Phrases<'_>) -> ui::GuideData {
    let (at, of) = turn(page.turn);
    ui::GuideData {
        name: say.text(&page.name),
        body: say.text(&page.body),
        instant: page.instant,
        materials: model(page.materials.iter().map(|material| {
            let (kind, state) = say.material(material.state);
            ui::MaterialRow {
                name: say.text(&material.name),
                kind,
                state,
                opens: false,
            }
        })),
        conditions: model(page.conditions.iter().map(|text| say.chinese(text))),
        steps: model(page.steps.iter().map(|step| ui::GuideStep {
            name: say.text(&step.name),
            body: say.text(&step.body),
            limit: say.limit(step.limit),
        })),
        promised: say.limit(page.promised),
        statutory: say.limit(page.statutory),
        fees: say.fees(&page.fees),
        phone: page.phone.as_str().into(),
        address: page.address.as_str().into(),
        offline: match page.offline {
            Offline::Connected => ui::OfflineKind::Connected,
            Offline::FilesOffline => ui::OfflineKind::FilesOffline,
            Offline::CheckedLater => ui::OfflineKind::CheckedLater,
            Offline::GuideOnly => ui::OfflineKind::GuideOnly,
        },
        prints_here: page.prints_here,
        closed: say.reason(page.closed),
        agents: match page.agents {
            AgentsShown::NotSaid => ui::AgentsKind::NotSaid,
            AgentsShown::Taken { .. } => ui::AgentsKind::Taken,
            AgentsShown::NotTaken { .. } => ui::AgentsKind::NotTaken,
        },
        agents_note: match &page.agents {
            AgentsShown::Taken { note: Some(note) }
            | AgentsShown::NotTaken { note: Some(note) } => say.chinese(note),
            AgentsShown::NotSaid => SharedString::new(),
            AgentsShown::Taken { note: None } => say.get("guide.for-another-detail"),
            AgentsShown::NotTaken { note: None } => say.get("guide.in-person-detail"),
        },
        print: (page.print).map_or(ui::SlipKind::Waiting, |state| super::after::slip(state).0),
        version: int(page.version),
        at,
        of,
    }
}
