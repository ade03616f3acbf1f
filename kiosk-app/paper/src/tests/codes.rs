//! Codes on pages that were brought.

use super::documents::form;
use super::{fonts, keep_picture};
use crate::Picture;
use crate::qr::QrGrid;
use crate::scan::{CodeKind, Quarter, codes, quarter_turned, turned};

const ADDRESS: &str = "https://city.example/verify/YT-2026-0304";
/// `YT-CASE` by ISO/IEC 15417, in set B.
const CODE_128: &str = "1101001000011101101000110111000101001101110010001000110101000110001101\
    110100010001101000110001000101100011101011";

fn page() -> Picture {
    let layout = form(6).lay_out(&fonts()).unwrap();
    layout.picture(0, 1654).unwrap()
}

/// Black squares and white ones around them, from `left` and `top`.
fn draw(page: &mut Picture, at: (i32, i32), size: (i32, i32), dark: impl Fn(i32, i32) -> bool) {
    for y in -20..size.1 + 20 {
        for x in -40..size.0 + 40 {
            let inside = (0..size.0).contains(&x) && (0..size.1).contains(&y);
            let value = if inside && dark(x, y) { 0 } else { 255 };
            page.blend(at.0 + x, at.1 + y, [value; 3], 255);
        }
    }
}

fn with_qr(page: &mut Picture, text: &str, at: (i32, i32)) {
    let grid = QrGrid::new(text).unwrap();
    let side = grid.side() as i32 * 5;
    draw(page, at, (side, side), |x, y| {
        grid.is_dark((x / 5) as u32, (y / 5) as u32)
    });
}

#[test]
fn the_codes_of_a_page_are_read_whichever_way_it_lies() {
    let mut page = page();
    with_qr(&mut page, ADDRESS, (1300, 1900));
    let bars: Vec<char> = CODE_128.chars().collect();
    draw(
        &mut page,
        (200, 2100),
        (bars.len() as i32 * 4, 90),
        |x, _| bars[(x / 4) as usize] == '1',
    );
    let head = quarter_turned(&page, Quarter::Half);
    for (how, page) in [
        ("upright", &page),
        ("on its head", &head),
        ("crooked", &turned(&page, 4.0)),
    ] {
        let mut found: Vec<(CodeKind, String)> = codes(page)
            .iter()
            .map(|code| (code.kind, code.text.clone()))
            .collect();
        found.sort_by_key(|(kind, _)| kind.name());
        let bars = (CodeKind::Code128, "YT-CASE".to_owned());
        let qr = (CodeKind::Qr, ADDRESS.to_owned());
        assert_eq!(found, [bars, qr], "{how}");
    }
    keep_picture("codes.png", &page.to_png());
}

#[test]
fn a_page_without_codes_has_none() {
    assert!(codes(&page()).is_empty());
    assert!(codes(&Picture::new(0, 0, true, Vec::new()).unwrap()).is_empty());
    assert!(codes(&Picture::new(1, 900, false, vec![0; 900]).unwrap()).is_empty());
}

#[test]
fn what_a_code_says_is_one_line_of_bounded_length() {
    let mut page = page();
    let long = format!("a\r\n\u{1b}[31m{}", "x".repeat(1_200));
    with_qr(&mut page, &long, (400, 700));
    let found = codes(&page);
    assert_eq!(found.len(), 1);
    assert!(found[0].cut && found[0].text.chars().count() == 1_000);
    assert!(!found[0].text.chars().any(char::is_control));
    assert!(!format!("{:?}", found[0]).contains("31m"));
}
