//! Pages laid down upside down or on their side: turned when their text tells so, else left.

use super::documents::form;
use super::{fonts, long};
use crate::Picture;
use crate::scan::{Facing, Origin, PageFile, Quarter, facing, quarter_turned, turned};

const CHINESE: &str = "申请人应当如实提交有关材料和反映真实情况，并对其申请材料实质内容的真实性负责。\
    登记失业的人员，应当持居民身份证、毕业证书或者解除劳动合同证明，到常住地公共就业服务机构办理。\
    租期三年，自二〇二六年三月一日起，租金按季支付。未经甲方书面同意，乙方不得转租、转借。";
const ENGLISH: &str = "Those who register as unemployed bring their identity card, their diploma or \
    the proof that the contract of work has ended, and go to the service point of the place where \
    they live. The office may not ask for papers that have no bearing on the matter. ";
const QUARTERS: [Option<Quarter>; 4] = [
    None,
    Some(Quarter::Right),
    Some(Quarter::Half),
    Some(Quarter::Left),
];

/// A page of 150 dpi with some paragraphs of `text`, each beginning elsewhere in it.
fn page(text: &str, paragraphs: usize) -> Picture {
    let words: Vec<char> = text.chars().collect();
    let from = |number: usize| {
        let start = number * 37 % words.len();
        let words = words[start..].iter().chain(&words).take(170);
        words.collect::<String>()
    };
    let mut document = form(0);
    document.title = "说明".into();
    document.sections = Vec::new();
    document.statements = (1..=paragraphs).map(from).collect();
    let layout = document.lay_out(&fonts()).unwrap();
    layout.picture(0, 1240).unwrap()
}

fn laid(page: &Picture, how: Option<Quarter>) -> Picture {
    how.map_or_else(|| page.clone(), |quarter| quarter_turned(page, quarter))
}

/// What puts a page right again that was laid down like this.
fn back(how: Option<Quarter>) -> Facing {
    match how {
        None => Facing::Upright,
        Some(Quarter::Right) => Facing::Turn(Quarter::Left),
        Some(Quarter::Half) => Facing::Turn(Quarter::Half),
        Some(Quarter::Left) => Facing::Turn(Quarter::Right),
    }
}

#[test]
fn a_page_of_text_is_known_from_all_four_sides() {
    for (language, text) in [("zh", CHINESE), ("en", ENGLISH)] {
        let page = page(text, 9);
        for (at, how) in QUARTERS.into_iter().enumerate() {
            let laid = laid(&page, how);
            // Each way straight and crooked, in one language or the other.
            let straight = (at % 2 == 0) == (language == "zh");
            if straight || long() {
                assert_eq!(facing(&laid), back(how), "{language} {how:?}");
            }
            if !straight || long() {
                let crooked = turned(&laid, -2.5);
                assert_eq!(facing(&crooked), back(how), "{language} {how:?}, crooked");
            }
        }
    }
}

#[test]
fn a_page_of_a_fax_is_known_too() {
    for text in [CHINESE, ENGLISH] {
        let mut noise = 7_u32;
        let mut grain = || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 26) as u8
        };
        let page = page(text, 9);
        let pixels = page
            .to_rgb()
            .iter()
            .map(|value| value / 2 + 60 + grain())
            .collect();
        let grainy = Picture::new(page.width(), page.height(), true, pixels).unwrap();
        for how in QUARTERS {
            assert_eq!(facing(&laid(&grainy, how)), back(how), "{how:?}");
        }
    }
}

#[test]
fn a_page_that_lies_right_is_never_turned() {
    // Whole documents, down to those that tell nothing: a table, single words, two lines.
    let mut pages = vec![
        page(CHINESE, 1),
        page(ENGLISH, 1),
        page("—", 1),
        page("𬱖", 40),
    ];
    for members in [0, 1, 6, 14] {
        let layout = form(members).lay_out(&fonts()).unwrap();
        pages.extend((0..layout.page_count()).filter_map(|at| layout.picture(at, 1240)));
    }
    for (number, page) in pages.iter().enumerate() {
        // Straight, and crooked to one side.
        let angles = [3.0, 0.0, -4.0];
        let some = if long() {
            0..3
        } else {
            number % 2..number % 2 + 2
        };
        for degrees in angles[some].iter().copied() {
            let found = facing(&turned(page, degrees));
            let left = matches!(found, Facing::Unknown | Facing::Upright);
            assert!(left, "page {number} at {degrees}: {found:?}");
        }
    }
}

#[test]
fn a_page_without_text_is_left() {
    let empty = Picture::new(1240, 1754, false, vec![250; 1240 * 1754]).unwrap();
    assert_eq!(facing(&empty), Facing::Unknown);
    assert_eq!(
        facing(&Picture::new(0, 0, true, Vec::new()).unwrap()),
        Facing::Unknown
    );
    assert_eq!(
        facing(&Picture::new(1, 3000, false, vec![0; 3000]).unwrap()),
        Facing::Unknown
    );
}

#[test]
fn a_file_of_a_page_on_its_head_is_read_upright() {
    let page = page(CHINESE, 9);
    let head = quarter_turned(&page, Quarter::Half);
    let (read, told) = PageFile::of(head, Origin::Scan { dpi: 150 }).upright();
    assert_eq!(told, Facing::Turn(Quarter::Half));
    assert!(read.picture() == &page);
}
