//! The slips as they are printed, compared with `golden`; what is missing, torn, or printed twice.
//!
//! Set `UPDATE_GOLDEN=1` to write the pictures anew, then look at each before committing.

use std::path::Path;
use std::sync::LazyLock;

use city_catalogue::hall::BookingState;
use city_catalogue::{Catalogue, ItemCode, Text};
use jiff::civil::{Date, date};
use kiosk_core::screen::{Due, FeeShown, OutcomeShown, StationShown};
use kiosk_core::{AskId, BookingShown, FiledMatter, Secret, TicketShown};
use kiosk_drivers::receipt_printer::{Cause, Outcome, Reprint, ReprintReason};
use kiosk_paper::{FontBytes, FontSet, SlipLine};

use super::*;

const BUSINESS: &[u8] = include_bytes!("../../../backend/sample-city/catalogue.json");

fn text(zh: &str, en: &str) -> Text {
    Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

fn standing() -> Standing {
    Standing {
        city: text("云汀市政务服务", "Yunting City Services"),
        station: text("海桐街道便民服务中心", "Haitong Street Service Centre"),
        phone: "000-5550-0031".to_owned(),
        ..Standing::default()
    }
}

/// A matter that is stored here only.
fn stored() -> FiledMatter {
    FiledMatter {
        item: text("失业登记", "Unemployment registration"),
        applicant: None,
        receipt: "ABC2-3456-789K".to_owned(),
        filing: None,
        case: None,
        outcome: OutcomeShown::Unknown,
        result: None,
        fees: Vec::new(),
        later: vec![(
            text(
                "终止或解除劳动关系证明",
                "Proof that the employment has ended",
            ),
            day(20),
        )],
    }
}

fn received() -> FiledMatter {
    FiledMatter {
        filing: Some("SB-590102-20261123-0017".to_owned()),
        case: Some("590102-2026-00172".to_owned()),
        outcome: OutcomeShown::Filed {
            due: Some(Due {
                date: day(7),
                provisional: true,
            }),
        },
        later: Vec::new(),
        ..stored()
    }
}

fn decided() -> Vec<FiledMatter> {
    let granted = FiledMatter {
        item: text("营业执照自助打印", "Printing of the business licence"),
        outcome: OutcomeShown::Granted,
        result: Some(("92590131MA0000001X".to_owned(), "7K2M-4Q9D".to_owned())),
        fees: vec![FeeShown {
            name: "工本费".to_owned(),
            standard: "每本 10 元".to_owned(),
            basis: "云汀市示例收费目录第3项".to_owned(),
            amount_fen: Some(1000),
        }],
        ..received()
    };
    let refused = FiledMatter {
        receipt: "ABC2-3456-78AT".to_owned(),
        outcome: OutcomeShown::Refused {
            reason: text("登记信息与户籍不符", "the record and the register differ"),
        },
        ..received()
    };
    vec![granted, refused]
}

fn day(day: i8) -> Date {
    date(2026, 12, day)
}

fn receipt(lang: Lang, name: &str, matters: Vec<FiledMatter>, copy: u32) -> SlipData {
    SlipData::Receipt {
        lang,
        at: date(2026, 11, 23).at(14, 36, 0, 0),
        name: Some(name.to_owned()),
        number: Some("5*************0015".to_owned()),
        matters,
        copy,
        come_back: day(1),
    }
}

fn item(code: &ItemCode) -> Option<Arc<Item>> {
    static CATALOGUE: LazyLock<Catalogue> =
        LazyLock::new(|| Catalogue::parse("catalogue.json", BUSINESS).unwrap());
    CATALOGUE.item(code).cloned()
}

fn guide(lang: Lang, code: &str) -> SlipData {
    SlipData::Guide {
        lang,
        item: ItemCode::new(code.to_owned()),
    }
}

/// A number of the queue, whose wait is told by a city that answers.
fn ticket(lang: Lang, kept_here: bool) -> SlipData {
    let counted = !kept_here;
    SlipData::Ticket {
        lang,
        at: date(2026, 11, 23).at(14, 36, 0, 0),
        ticket: TicketShown {
            number: "A017".to_owned(),
            counter: None,
            ahead: counted.then_some(3),
            minutes: counted.then_some(12),
        },
        kept_here,
        copy: 0,
    }
}

/// A booking with everything that can stand on it.
fn booking(lang: Lang) -> SlipData {
    SlipData::Booking {
        lang,
        at: date(2026, 11, 23).at(14, 36, 0, 0),
        name: Some("张**".to_owned()),
        booking: Box::new(BookingShown {
            matter: text(
                "国有建设用地使用权及房屋所有权转移登记",
                "Transfer of land use right and house ownership",
            ),
            station: StationShown {
                name: text("汀东便民服务站", "Tingdong Neighbourhood Station"),
                address: "云汀市汀东区演示路22号".to_owned(),
            },
            begins: day(3).at(9, 0, 0, 0),
            ends: day(3).at(9, 30, 0, 0),
            state: BookingState::Booked,
            number: "B014".to_owned(),
            code: Secret::new("K2Q2A-22B22"),
            bring: vec![
                text("居民身份证", "Identity card"),
                text("不动产权证书", "Certificate of ownership"),
            ],
        }),
        copy: 0,
    }
}

/// A receipt of which everything is missing that can be.
fn torn(lang: Lang) -> SlipData {
    let mut matter = received();
    matter.item = Text::default();
    matter.receipt = String::new();
    matter.result = Some((String::new(), "7K2M-4Q9D".to_owned()));
    let mut slip = receipt(lang, "张**", vec![matter], 0);
    if let SlipData::Receipt { number, .. } = &mut slip {
        *number = None;
    }
    slip
}

/// The embedded fonts and nothing of this machine.
fn fonts() -> FontSet {
    let embedded = [kiosk_ui::fonts::REGULAR, kiosk_ui::fonts::BOLD];
    FontSet::new(&embedded.map(|font| FontBytes::new(Arc::new(font))), &[]).unwrap()
}

fn assert_golden(name: &str, png: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/slips/golden");
    let path = folder.join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, png).unwrap();
    }
    let expected = std::fs::read(&path).unwrap();
    let decode = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_luma8();
    let (actual, expected) = (decode(png), decode(&expected));
    assert_eq!(actual.dimensions(), expected.dimensions(), "{name}: size");
    let both = actual.pixels().zip(expected.pixels());
    let wrong = both.filter(|(a, b)| a != b).count();
    assert_eq!(wrong, 0, "{name}: dots that differ");
}

#[test]
fn slips_look_as_committed_in_each_language_and_width() {
    let fonts = fonts();
    for (lang, language) in [
        (Lang::ZhHans, "zh"),
        (Lang::En, "en"),
        (Lang::ZhHant, "hant"),
    ] {
        let slips = [
            ("received", receipt(lang, "张**", vec![received()], 0), true),
            ("stored", receipt(lang, "李**", vec![stored()], 0), true),
            ("copy", receipt(lang, "陈𬱖样", decided(), 2), true),
            (
                "guide",
                guide(lang, "11590100YT00003104359013100100001"),
                true,
            ),
            ("booking", booking(lang), true),
            ("ticket", ticket(lang, false), true),
            ("ticket-kept", ticket(lang, true), true),
            ("missing", torn(lang), false),
        ];
        for (name, data, known) in slips {
            let standing = if known {
                standing()
            } else {
                Standing::default()
            };
            let slip = slip(&data, &standing, item);
            for (paper, width) in [(PaperWidth::Mm80, 80), (PaperWidth::Mm58, 58)] {
                let drawn = slip.draw(&fonts, paper).unwrap();
                assert_eq!((drawn.missing.as_slice(), drawn.cut), (&[][..], false));
                assert_golden(
                    &format!("{name}-{language}-{width}.png"),
                    &drawn.bitmap.to_png(),
                );
            }
        }
    }
}

#[test]
fn the_mark_of_a_copy_stands_on_it_once_and_on_no_first_print() {
    for copy in [0, 1, 7] {
        let slip = slip(
            &receipt(Lang::ZhHans, "张**", decided(), copy),
            &standing(),
            item,
        );
        let marks: Vec<u32> = slip
            .lines
            .iter()
            .filter_map(|line| match line {
                SlipLine::Copy(count) => Some(*count),
                _ => None,
            })
            .collect();
        assert_eq!(
            marks,
            (copy > 0).then_some(copy).into_iter().collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_guide_of_an_item_that_is_gone_says_which() {
    let slip = slip(&guide(Lang::En, "590131009999"), &standing(), item);
    let rows: Vec<(&str, Option<&str>)> = slip
        .lines
        .iter()
        .filter_map(|line| match line {
            SlipLine::Row { label, value } => Some((label.as_str(), value.as_deref())),
            _ => None,
        })
        .collect();
    let expected = [
        ("Service", None),
        ("Code", Some("590131009999")),
        ("Phone", Some("000-5550-0031")),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_slip_for_a_narrow_head_is_narrow() {
    let templates = Templates::default;
    for (head, paper) in [(72, PaperWidth::Mm80), (48, PaperWidth::Mm58)] {
        let stationery = Stationery::for_head(head, templates());
        assert_eq!(stationery.paper, paper);
        let data = receipt(Lang::En, "张**", vec![stored()], 0);
        let job = job(
            &slip(&data, &standing(), item),
            &Fonts::new().unwrap(),
            paper,
        )
        .unwrap();
        assert_eq!(job.bitmap.stride(), usize::from(head));
    }
}

#[test]
fn a_city_changes_order_and_words_without_a_program() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = Templates::in_folder(folder.path()).unwrap();
    let data = receipt(Lang::En, "张**", vec![stored()], 0);
    let with = |templates| Standing {
        stationery: Stationery::for_head(72, templates),
        ..standing()
    };
    assert!(slip(&data, &with(shipped), item) == slip(&data, &standing(), item));

    let own = "lines = [{ note = { zh-Hans = \"欢迎来到{city}\", en = \"Welcome to {city}\" } }, \
               { mark = \"copy\" }]";
    std::fs::write(folder.path().join("receipt.toml"), own).unwrap();
    let templates = Templates::in_folder(folder.path()).unwrap();
    let welcome = SlipLine::Note("Welcome to Yunting City Services".to_owned());
    assert!(slip(&data, &with(templates.clone()), item).lines == [welcome]);
    let data = receipt(Lang::ZhHant, "张**", vec![stored()], 0);
    let welcome = SlipLine::Note("歡迎來到雲汀市政務服務".to_owned());
    assert!(slip(&data, &with(templates), item).lines == [welcome]);
}

#[test]
fn a_template_with_a_mistake_is_refused_with_file_place_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let told = |text: &[u8]| {
        std::fs::write(folder.path().join("guide.toml"), text).unwrap();
        Templates::in_folder(folder.path()).unwrap_err().to_string()
    };
    let unknown = told(b"lines = [{ rule = \"thin\" }, { note = \"{receipt}\" }]");
    for part in ["guide.toml", "lines, line 2", "{receipt}"] {
        assert!(unknown.contains(part), "{unknown}");
    }
    assert!(told(&[b' '; 20_000]).contains("16385 bytes"));
    assert!(told(b"\xFF").contains("guide.toml"));
}

#[test]
fn the_languages_of_the_program_are_those_of_its_words() {
    let ours = [Lang::ZhHans, Lang::En, Lang::ZhHant].map(code);
    assert_eq!(kiosk_ui::words::languages(), ours);
}

fn print(reprints: &mut Reprints, ask: u32, copy: u32, id: &str) -> Option<Reprint> {
    let ask = AskId(ask);
    reprints.asked(ask, &receipt(Lang::En, "张**", vec![stored()], copy));
    let mut job = Job {
        id: JobId(id.to_owned()),
        content_hash: [0; 32],
        bitmap: Bitmap::new(8, vec![0xFF]).unwrap(),
        copies: 1,
        reprint: None,
    };
    reprints.begin(ask, &mut job);
    job.reprint
}

#[test]
fn a_copy_names_the_first_print_its_number_and_the_reason() {
    let mut reprints = Reprints::default();
    let id = |id: &str| JobId(id.to_owned());
    assert_eq!(print(&mut reprints, 1, 0, "jammed"), None);
    reprints.ended(&id("jammed"), Outcome::NotPrinted(Cause::PaperOut));
    assert_eq!(print(&mut reprints, 2, 0, "first"), None);
    reprints.ended(&id("first"), Outcome::Partial(Cause::PaperOut));
    let copy = |count, reason| {
        Some(Reprint {
            of: id("first"),
            count,
            reason,
        })
    };
    assert_eq!(
        print(&mut reprints, 3, 1, "second"),
        copy(1, ReprintReason::CameOutInPart)
    );
    assert_eq!(
        print(&mut reprints, 4, 2, "third"),
        copy(2, ReprintReason::NotKnownPrinted),
        "the second one has not ended"
    );
    reprints.ended(&id("third"), Outcome::Printed);
    assert_eq!(
        print(&mut reprints, 5, 3, "fourth"),
        copy(3, ReprintReason::AskedAgain)
    );
    assert_eq!(
        copy(3, ReprintReason::AskedAgain).unwrap().mark(),
        "副本 COPY 3"
    );
}

#[test]
fn a_guide_is_no_copy_of_a_receipt() {
    let mut reprints = Reprints::default();
    reprints.asked(AskId(1), &guide(Lang::En, "1"));
    let mut job = job(
        &Slip::new(vec![SlipLine::Rule]),
        &Fonts::new().unwrap(),
        PaperWidth::Mm80,
    )
    .unwrap();
    reprints.begin(AskId(1), &mut job);
    reprints.ended(&job.id, Outcome::Printed);
    assert_eq!(
        (job.reprint, print(&mut reprints, 2, 0, "receipt")),
        (None, None)
    );
}
