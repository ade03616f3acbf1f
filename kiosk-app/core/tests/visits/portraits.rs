//! Portraits: taken here, taken again, kept, or brought on paper where the camera fails.

use kiosk_core::screen::{
    Ask, CameraAway, MaterialState, MaterialWay, Page, PageAdvice, PictureId, PortraitAdvice,
    PortraitPage, PortraitSeen, ScanPage, ScanTrouble,
};
use kiosk_core::{
    AskId, DeviceState, Devices, Effect, Event, PortraitEvent, PortraitOrder, PortraitWanted,
    Scanned, Touch,
};

use crate::papers::page;
use crate::room::Room;
use crate::samples::all_well;

/// Up to the checklist of an item.
fn checklist(room: &mut Room, item: &str) {
    room.find(item);
    room.prove();
    for _ in 0..60 {
        if matches!(room.page(), Page::Materials(_)) {
            return;
        }
        match room.page() {
            // Long enough ago for every item.
            Page::Question(page) if matches!(page.ask, Ask::Date { .. }) => {
                room.touch(Touch::Type("20200101".into()));
                room.touch(Touch::Next);
            }
            _ => room.step_forward(),
        }
    }
    panic!("no checklist: {:?}", room.page());
}

/// The places of the portraits in the checklist, and their states.
fn portraits(room: &Room) -> Vec<(usize, MaterialState)> {
    let Page::Materials(page) = room.page() else {
        panic!("{:?}", room.page())
    };
    let named = page.materials.iter().enumerate();
    named
        .filter(|(_, material)| material.name.zh.contains("证件照"))
        .map(|(place, material)| (place, material.state))
        .collect()
}

/// Opens the only portrait of a social-security card; gives what can be done.
fn opened(room: &mut Room) -> Vec<MaterialWay> {
    checklist(room, "社会保障卡申领");
    let place = portraits(room)[0].0;
    room.touch(Touch::Pick(place));
    let Page::Material(page) = room.page() else {
        panic!("{:?}", room.page())
    };
    assert!(page.portrait);
    page.ways
}

/// Goes before the camera; gives the number of the live view.
fn live(room: &mut Room) -> AskId {
    assert_eq!(opened(room)[0], MaterialWay::Photograph);
    room.touch(Touch::Pick(0));
    open_view(room)
}

fn open_view(room: &Room) -> AskId {
    assert_eq!(
        orders(room).last(),
        Some(&PortraitOrder::Open(PortraitWanted {
            width_px: 358,
            height_px: 441,
            most_bytes: 2_000_000,
        }))
    );
    room.asked()
}

fn orders(room: &Room) -> Vec<PortraitOrder> {
    let orders = room.effects.iter().filter_map(|effect| match effect {
        Effect::Portrait { order, .. } => Some(*order),
        _ => None,
    });
    orders.collect()
}

fn says(room: &mut Room, ask: AskId, event: PortraitEvent) {
    room.event(Event::Portrait { ask, event });
}

fn taken(room: &mut Room, ask: AskId, n: u32) {
    says(room, ask, PortraitEvent::Seen(None));
    room.touch(Touch::Next);
    assert!(matches!(orders(room)[..], [PortraitOrder::Take(_)]));
    let portrait = page(n);
    let advice = None;
    says(room, ask, PortraitEvent::Taken { portrait, advice });
}

fn shown(room: &Room) -> PortraitPage {
    match room.page() {
        Page::Portrait(page) => page,
        other => panic!("{other:?}"),
    }
}

fn dropped(room: &Room) -> Vec<u32> {
    let drops = room.effects.iter().filter_map(|effect| match effect {
        Effect::DropPicture(picture) => Some(picture.0),
        _ => None,
    });
    drops.collect()
}

fn primary(room: &Room) -> bool {
    let foot = room.kiosk.screen().foot;
    foot.primary.is_some_and(|primary| primary.enabled)
}

#[test]
fn a_portrait_is_taken_looked_at_taken_again_and_kept() {
    let mut room = Room::new();
    let ask = live(&mut room);
    assert!(!primary(&room), "nothing is seen yet");
    says(
        &mut room,
        ask,
        PortraitEvent::Seen(Some(PortraitAdvice::Nobody)),
    );
    assert!(!primary(&room), "there is nobody to take");
    says(
        &mut room,
        ask,
        PortraitEvent::Seen(Some(PortraitAdvice::TooFar)),
    );
    assert!(primary(&room), "advice is no order");
    taken(&mut room, ask, 5);
    assert!(matches!(
        shown(&room),
        PortraitPage::Look {
            picture: PictureId(5),
            advice: None,
            ..
        }
    ));
    room.touch(Touch::Retake);
    assert_eq!(dropped(&room), [5], "the one not wanted is gone at once");
    let again = open_view(&room);
    assert_ne!(ask, again);
    taken(&mut room, again, 6);
    room.touch(Touch::Next);
    assert_eq!(portraits(&room)[0].1, MaterialState::Scanned(1));
    assert_eq!(dropped(&room), [] as [u32; 0]);
}

#[test]
fn a_word_about_what_is_seen_does_not_void_the_touch_on_its_way() {
    let mut room = Room::new();
    let ask = live(&mut room);
    says(&mut room, ask, PortraitEvent::Seen(None));
    let number = room.kiosk.screen().number;
    says(
        &mut room,
        ask,
        PortraitEvent::Seen(Some(PortraitAdvice::Blurred)),
    );
    assert_eq!(number, room.kiosk.screen().number);
    assert!(matches!(
        shown(&room),
        PortraitPage::Live {
            seen: PortraitSeen::Advice(PortraitAdvice::Blurred),
            ..
        }
    ));
}

#[test]
fn back_or_the_end_of_the_visit_closes_the_camera() {
    let mut room = Room::new();
    live(&mut room);
    room.touch(Touch::Back);
    assert_eq!(orders(&room), [PortraitOrder::Close]);
    assert!(matches!(room.page(), Page::Material(_)));
    room.touch(Touch::Pick(0));
    room.end();
    assert_eq!(orders(&room), [PortraitOrder::Close]);
}

#[test]
fn a_person_who_walks_away_is_not_watched() {
    let mut room = Room::new();
    live(&mut room);
    let mut closed = false;
    for _ in 0..120 {
        room.wait(1);
        closed |= orders(&room).contains(&PortraitOrder::Close);
        if room.kiosk.is_idle() {
            break;
        }
    }
    assert!(room.kiosk.is_idle() && closed);
}

#[test]
fn a_picture_that_comes_after_the_visit_is_dropped() {
    let mut room = Room::new();
    let ask = live(&mut room);
    says(&mut room, ask, PortraitEvent::Seen(None));
    room.touch(Touch::Next);
    room.touch(Touch::Back);
    assert_eq!(orders(&room), [PortraitOrder::Close]);
    let portrait = page(9);
    says(
        &mut room,
        ask,
        PortraitEvent::Taken {
            portrait,
            advice: None,
        },
    );
    assert_eq!(dropped(&room), [9]);
    assert!(matches!(room.page(), Page::Material(_)));
}

#[test]
fn a_camera_unplugged_before_the_person_leaves_the_way_on_paper() {
    let mut room = Room::new();
    let ask = live(&mut room);
    says(&mut room, ask, PortraitEvent::Seen(None));
    says(&mut room, ask, PortraitEvent::Trouble(ScanTrouble::Offline));
    assert!(matches!(
        shown(&room),
        PortraitPage::Trouble {
            trouble: ScanTrouble::Offline,
            ..
        }
    ));
    room.touch(Touch::Next);
    assert!(
        matches!(room.page(), Page::Scan(ScanPage::Place { photo: true, .. })),
        "the picture side is laid down, not a written one"
    );
    room.touch(Touch::Next);
    let photo = room.effects.iter().find_map(|effect| match effect {
        Effect::ScanPhoto { wanted, .. } => Some((wanted.width_px, wanted.height_px)),
        _ => None,
    });
    assert_eq!(photo, Some((358, 441)), "a photo on paper is cut to size");
    let ask = room.asked();
    let looked = Scanned {
        advice: Some(PageAdvice::NoPhoto),
        ..page(3)
    };
    room.event(Event::Scanned {
        ask,
        page: looked,
        fed: false,
    });
    room.event(Event::ScanEnded { ask, trouble: None });
    assert!(matches!(
        room.page(),
        Page::Scan(ScanPage::Look { may_add: false, .. })
    ));
    room.touch(Touch::Next);
    assert_eq!(portraits(&room)[0].1, MaterialState::Scanned(1));
}

#[test]
fn without_a_camera_it_is_said_and_only_paper_is_offered() {
    for (camera, away) in [
        (DeviceState::Absent, CameraAway::Absent),
        (DeviceState::NotReady, CameraAway::Broken),
    ] {
        let mut room = Room::new();
        room.event(Event::Devices(Devices {
            camera,
            ..all_well()
        }));
        assert_eq!(opened(&mut room), [MaterialWay::Scan]);
        let Page::Material(page) = room.page() else {
            panic!("{:?}", room.page())
        };
        assert_eq!(page.camera, Some(away));
        let before = room.kiosk.screen().number;
        room.event(Event::Devices(all_well()));
        assert_ne!(
            before,
            room.kiosk.screen().number,
            "a touch on the ways of before would mean another way"
        );
        let Page::Material(page) = room.page() else {
            panic!("{:?}", room.page())
        };
        assert_eq!((page.ways.len(), page.camera), (2, None));
    }
}

#[test]
fn an_item_that_asks_for_the_portrait_twice_gets_it_from_one() {
    let mut room = Room::new();
    checklist(&mut room, "居住证申领");
    let both = portraits(&room);
    assert_eq!(both.len(), 2, "a material and a field of the form");
    room.touch(Touch::Pick(both[0].0));
    room.touch(Touch::Pick(0));
    let ask = open_view(&room);
    taken(&mut room, ask, 5);
    room.touch(Touch::Next);
    let scanned = |room: &Room| {
        let all = portraits(room);
        all.iter()
            .all(|(_, state)| *state == MaterialState::Scanned(1))
    };
    assert!(scanned(&room));
    // Another one for either replaces both, and only then the first is dropped.
    room.touch(Touch::Pick(both[1].0));
    room.touch(Touch::Pick(0));
    let ask = room.asked();
    taken(&mut room, ask, 6);
    room.touch(Touch::Next);
    assert!(scanned(&room));
    assert!(dropped(&room).iter().all(|picture| *picture == 5) && !dropped(&room).is_empty());
}
