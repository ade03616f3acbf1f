//! Pages too large for their material, a full disk, a visit that ended, a fault in the worker.

mod pages;
mod portrait;

use kiosk_core::FilingKind;
use kiosk_core::screen::Lang;
use kiosk_drivers::scanner::sim::draw_page;

use kiosk_core::screen::PageAdvice;
use kiosk_core::{ScanRoom, Scanned};

use super::page::share;
use super::*;

/// What storing does.
enum Stores {
    Full { room: bool },
    Panics,
}

impl Filer for Stores {
    fn file(
        &mut self,
        _: &Filing,
        _: Option<&Shelf>,
        _: &VisitMemory,
    ) -> Result<String, Box<dyn Error + Send + Sync>> {
        match self {
            Self::Full { .. } => Err(Box::new(StoreError::DiskFull {
                operation: "filing a packet",
            })),
            Self::Panics => panic!("a fault of ours"),
        }
    }

    fn keep(&mut self, _: &HallEntry) -> Result<HallKept, Box<dyn Error + Send + Sync>> {
        match self {
            Self::Full { .. } => Err(Box::new(StoreError::DiskFull {
                operation: "keeping a check-in",
            })),
            Self::Panics => panic!("a fault of ours"),
        }
    }

    fn has_room(&mut self) -> bool {
        matches!(self, Self::Full { room: true })
    }
}

fn worker(filer: Stores) -> Worker<Stores> {
    Worker {
        fonts: Fonts::new().unwrap(),
        standing: Standing::default(),
        memory: SharedMemory::default(),
        filer,
        clock: Clock::new(),
        full: false,
        look_again: Duration::from_secs(3_600),
        empty_glass: None,
        scan: None,
    }
}

fn page() -> Page {
    let (width_px, height_px) = (1240, 1754);
    Page {
        jpeg: draw_page(width_px, height_px, 300, false).unwrap(),
        width_px,
        height_px,
        dpi: Some(300),
        components: 3,
    }
}

fn rating() -> Work {
    let filing = Filing {
        application: uuid::Uuid::nil(),
        kind: FilingKind::Rating {
            application: uuid::Uuid::nil(),
            level: 5,
            reasons: Vec::new(),
        },
        item: None,
        identity: None,
        acting: None,
        answers: city_catalogue::form::Answers::new(),
        consents: Vec::new(),
        materials: Vec::new(),
        form: None,
        strokes: Vec::new(),
        aloud: None,
        fees: Vec::new(),
        delivery: None,
        at: jiff::civil::date(2026, 3, 2).at(9, 15, 0, 0),
        record: kiosk_core::VisitRecord::default(),
    };
    Work::File(AskId(7), Box::new(filing), None)
}

/// Enough for any page.
const ROOM: ScanRoom = ScanRoom {
    pages: 1,
    page_bytes: 10_000_000,
    bytes: u64::MAX,
    both_sides: false,
    after: None,
};

const PLAIN: ScanLook = ScanLook {
    colour: true,
    watermark: None,
    front: None,
};

fn scanned(worker: &mut Worker<Stores>, page: &Page, most: usize) -> Result<Scanned, ScanTrouble> {
    let room = ScanRoom {
        pages: 1,
        page_bytes: most as u64,
        bytes: u64::MAX,
        ..ROOM
    };
    came(worker, AskId(1), page, room)
}

fn came(
    worker: &mut Worker<Stores>,
    ask: AskId,
    page: &Page,
    room: ScanRoom,
) -> Result<Scanned, ScanTrouble> {
    filed(worker, ask, page, room, PLAIN)
}

fn filed(
    worker: &mut Worker<Stores>,
    ask: AskId,
    page: &Page,
    room: ScanRoom,
    look: ScanLook,
) -> Result<Scanned, ScanTrouble> {
    let page = page.clone();
    let event = worker.page(ScannedPage {
        ask,
        page,
        fed: true,
        room,
        look,
    });
    match event {
        Event::Scanned { page, .. } => Ok(page),
        Event::ScanEnded { trouble, .. } => Err(trouble.unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_pages_of_one_scan_share_their_room_and_the_next_scan_has_its_own() {
    let (mut worker, page) = (worker(Stores::Panics), page());
    let each = page.jpeg.len() as u64;
    let room = ScanRoom {
        pages: 3,
        page_bytes: each * 2,
        bytes: each * 2 + each / 100,
        ..ROOM
    };
    let three: Vec<u64> = (0..3)
        .map(|_| came(&mut worker, AskId(1), &page, room).unwrap().bytes)
        .collect();
    assert!(three.iter().sum::<u64>() <= room.bytes, "{three:?}");
    // Told that no page follows, the first two take all but a hundredth of a page's bytes.
    let room = ScanRoom { pages: 1, ..room };
    assert!(came(&mut worker, AskId(2), &page, room).is_ok());
    assert!(came(&mut worker, AskId(2), &page, room).is_ok());
    let third = came(&mut worker, AskId(2), &page, room);
    assert_eq!(third, Err(ScanTrouble::TooLarge));
    assert!(came(&mut worker, AskId(3), &page, room).is_ok());
}

#[test]
fn twenty_pages_of_a_material_all_fit_into_what_it_may_have() {
    let room = ScanRoom {
        pages: 20,
        page_bytes: 2_000_000,
        bytes: 10_000_000,
        ..ROOM
    };
    let mut bytes = 0;
    for page in 0..20 {
        let most = share(room, page, bytes);
        assert!((200_000..=2_000_000).contains(&most), "page {page}: {most}");
        bytes += most;
    }
    assert!(bytes <= room.bytes);
    let narrow = ScanRoom {
        bytes: 1_000_000,
        ..room
    };
    assert_eq!(share(narrow, 0, 0), 50_000);
    assert_eq!(share(narrow, 19, 990_000), 10_000);
    assert_eq!(share(narrow, 25, 2_000_000), 0);
}

#[test]
fn the_purpose_stands_on_the_page_that_is_seen_and_filed() {
    let (mut worker, sheet) = (worker(Stores::Panics), empty_sheet());
    let room = ScanRoom {
        pages: 1,
        page_bytes: 2_000_000,
        bytes: 2_000_000,
        ..ROOM
    };
    let mut ink = |watermark: Option<&str>| {
        let look = ScanLook {
            colour: true,
            watermark: watermark.map(str::to_owned),
            front: None,
        };
        let kept = filed(&mut worker, AskId(1), &sheet, room, look).unwrap();
        let memory = lock(&worker.memory);
        let page = memory.filed(kept.picture).unwrap();
        let page = kiosk_paper::scan::decode(page).unwrap();
        let dark = |pixels: &[u8]| pixels.iter().filter(|value| **value < 215).count();
        let seen = memory.picture(kept.picture).unwrap();
        (dark(page.pixels()), dark(seen.pixels()))
    };
    assert_eq!(ink(None), (0, 0));
    let (filed, seen) = ink(Some("仅用于失业登记 2026-03-02"));
    assert!(filed > 5_000 && seen > 2_000, "{filed} {seen}");
}

#[test]
fn a_page_for_a_material_without_colour_is_grey() {
    let mut worker = worker(Stores::Panics);
    let look = ScanLook {
        colour: false,
        ..PLAIN
    };
    let room = ScanRoom {
        pages: 1,
        page_bytes: 2_000_000,
        bytes: 2_000_000,
        ..ROOM
    };
    let kept = filed(&mut worker, AskId(1), &page(), room, look).unwrap();
    let memory = lock(&worker.memory);
    let filed = memory.filed(kept.picture).unwrap();
    assert!(kiosk_paper::scan::PageInfo::read(filed).unwrap().grey);
}

/// A JPEG from its picture data on, without the head.
fn data(jpeg: &[u8]) -> &[u8] {
    let start = jpeg.windows(2).position(|pair| pair == [0xFF, 0xDA]);
    &jpeg[start.unwrap()..]
}

#[test]
fn a_page_that_fits_keeps_the_scanners_own_data() {
    let (mut worker, page) = (worker(Stores::Panics), page());
    let kept = scanned(&mut worker, &page, page.jpeg.len()).unwrap();
    assert_eq!((kept.width, kept.height), (1240, 1754));
    let memory = lock(&worker.memory);
    let filed = memory.filed(kept.picture).unwrap();
    assert!(data(filed) == data(&page.jpeg));
}

/// A sheet with nothing on it: its first line would stand below its end.
fn empty_sheet() -> Page {
    let jpeg = draw_page(1240, 1754, 12_000, false).unwrap();
    Page { jpeg, ..page() }
}

#[test]
fn a_sheet_laid_face_up_is_said_to_be_blank() {
    let mut worker = worker(Stores::Panics);
    let kept = scanned(&mut worker, &empty_sheet(), 1_000_000).unwrap();
    assert_eq!(kept.advice, Some(PageAdvice::Blank));
    let good = scanned(&mut worker, &page(), 10_000_000).unwrap();
    assert_eq!(good.advice, None);
}

#[test]
fn a_page_larger_than_its_material_allows_is_made_to_fit() {
    let (mut worker, page) = (worker(Stores::Panics), page());
    let most = page.jpeg.len() * 3 / 4;
    let kept = scanned(&mut worker, &page, most).unwrap();
    let memory = lock(&worker.memory);
    let filed = memory.filed(kept.picture).unwrap();
    assert!(filed.len() <= most, "{} of {most}", filed.len());
    assert_eq!(kept.bytes, filed.len() as u64);
}

#[test]
fn a_page_that_cannot_be_made_to_fit_is_told() {
    let (mut worker, page) = (worker(Stores::Panics), page());
    assert_eq!(scanned(&mut worker, &page, 900), Err(ScanTrouble::TooLarge));
    assert!(lock(&worker.memory).picture(PictureId(1)).is_none());
}

#[test]
fn a_full_disk_closes_the_items_before_the_person_hears_of_it() {
    let (done, messages) = mpsc::channel();
    let work = worker(Stores::Full { room: false }).start(done).unwrap();
    work.send(rating()).unwrap();
    assert!(matches!(messages.recv(), Ok(Message::CanStore(false))));
    let answer = messages.recv();
    assert!(matches!(
        answer,
        Ok(Message::Core(Event::NotStored { ask: AskId(7) }))
    ));
}

#[test]
fn a_disk_with_room_again_opens_the_items() {
    let (done, messages) = mpsc::channel();
    let mut worker = worker(Stores::Full { room: true });
    worker.full = true;
    worker.look_again = Duration::ZERO;
    let work = worker.start(done).unwrap();
    assert!(matches!(messages.recv(), Ok(Message::CanStore(true))));
    drop(work);
    assert!(matches!(messages.recv(), Ok(Message::WorkEnded)));
}

#[test]
fn a_panic_in_the_worker_is_told_to_the_loop() {
    let (done, messages) = mpsc::channel();
    let work = worker(Stores::Panics).start(done).unwrap();
    work.send(rating()).unwrap();
    assert!(matches!(messages.recv(), Ok(Message::WorkEnded)));
}

#[test]
fn a_form_made_after_the_person_left_is_not_kept() {
    let worker = worker(Stores::Panics);
    let (_, catalogue) = city_backend::sample_city::FILES[0];
    let catalogue =
        city_catalogue::Catalogue::parse("catalogue.json", catalogue.as_bytes()).unwrap();
    let form = Form {
        item: Arc::clone(&catalogue.items()[0]),
        lang: Lang::ZhHans,
        person: None,
        agent: None,
        rows: Vec::new(),
        materials: Vec::new(),
        promises: Vec::new(),
        fees: Vec::new(),
        delivery: None,
    };
    let visit = lock(&worker.memory).visit();
    assert!(worker.form(&form, visit).unwrap().is_some());
    lock(&worker.memory).forget();
    assert_eq!(worker.form(&form, visit).unwrap(), None);
    assert!(lock(&worker.memory).form().is_none());
}
