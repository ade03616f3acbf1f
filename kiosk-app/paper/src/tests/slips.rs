//! Slips as they come out of the printer.

use proptest::prelude::*;

use super::{assert_golden, fonts, keep_picture};
use crate::qr::QrGrid;
use crate::slip::{MAX_ROWS, PaperWidth, Slip, SlipError, SlipLine};

fn row(label: &str, value: Option<&str>) -> SlipLine {
    SlipLine::Row {
        label: label.into(),
        value: value.map(Into::into),
    }
}

fn chinese() -> Slip {
    Slip::new(vec![
        SlipLine::Heading("云汀市政务服务回执".into()),
        SlipLine::Caption("云汀市政务服务自助终端 · 示例".into()),
        SlipLine::Rule,
        SlipLine::Number {
            label: "回执号".into(),
            number: Some("ABC2-3456-789K".into()),
        },
        SlipLine::Qr("ABC23456789K".into()),
        SlipLine::Caption("凭回执号或身份证在任一终端查询".into()),
        SlipLine::Rule,
        SlipLine::Item {
            title: "失业登记".into(),
            rows: vec![
                ("申请人".into(), Some("陈**（590102********1234）".into())),
                ("姓名".into(), Some("陈𬱖样 \u{3134A}".into())),
                ("申报号".into(), Some("SB-590102-20260304-0017".into())),
                ("办件编号".into(), None),
                (
                    "承诺办结".into(),
                    Some("2026年3月18日（10个工作日，自受理之日起计算）".into()),
                ),
            ],
        },
        SlipLine::Notice("已存入本机，联网后自动提交".into()),
        SlipLine::Paragraph(
            "如到2026年3月6日仍未收到申报号，请持本回执到任一政务服务窗口办理。".into(),
        ),
        SlipLine::Divider,
        row("终端", Some("ABC · 海桐街道便民服务中心")),
        row("打印时间", Some("2026-03-04 15:26")),
        SlipLine::Note("费用：不收费。咨询电话 12345".into()),
        SlipLine::Copy(1),
    ])
}

fn english() -> Slip {
    Slip::new(vec![
        SlipLine::Heading("Yunting City Receipt".into()),
        SlipLine::Caption("Self-service kiosk · sample".into()),
        SlipLine::Rule,
        SlipLine::Number {
            label: "Receipt number".into(),
            number: Some("ABC2-3456-789K".into()),
        },
        SlipLine::Qr("ABC23456789K".into()),
        SlipLine::Caption("Keep this slip. Ask at any kiosk with your card.".into()),
        SlipLine::Rule,
        SlipLine::Item {
            title: "Registration of unemployment".into(),
            rows: vec![
                ("Applicant".into(), Some("陈** (590102********1234)".into())),
                ("Filing no.".into(), None),
                (
                    "Expected completion date".into(),
                    Some("18 March 2026".into()),
                ),
            ],
        },
        SlipLine::Notice("Stored here. It is sent as soon as the line is back.".into()),
        SlipLine::Paragraph(
            "If you have no city number by 6 March 2026, come back with this slip.".into(),
        ),
        row("Kiosk", Some("ABC · Haitong Street Service Centre")),
        SlipLine::Copy(2),
    ])
}

#[test]
fn slips_look_as_committed() {
    for (name, slip, paper) in [
        ("slip-zh-80", chinese(), PaperWidth::Mm80),
        ("slip-zh-58", chinese(), PaperWidth::Mm58),
        ("slip-en-80", english(), PaperWidth::Mm80),
        ("slip-en-58", english(), PaperWidth::Mm58),
    ] {
        let drawn = slip.draw(&fonts(), paper).unwrap();
        assert_eq!(drawn.bitmap.width_dots(), paper.dots());
        let png = drawn.bitmap.to_png();
        let name = format!("{name}.png");
        keep_picture(&name, &png);
        assert_golden(&name, &png);
    }
}

#[test]
fn rare_name_without_a_glyph_prints_as_its_code_point_and_is_reported() {
    let drawn = chinese().draw(&fonts(), PaperWidth::Mm80).unwrap();
    assert_eq!(drawn.missing, ['\u{3134A}']);
    assert!(
        fonts().has_glyph('\u{2CC56}'),
        "the rare name of the sample persons has a glyph"
    );
    let slip = Slip::new(vec![SlipLine::Paragraph("\u{3134A}".into())]);
    let drawn = slip.draw(&fonts(), PaperWidth::Mm80).unwrap();
    // The box of 30 dots stands at the margin: its frame is two dots thick.
    let ink = (0..drawn.bitmap.rows())
        .filter(|y| drawn.bitmap.is_black(12, *y))
        .count();
    assert_eq!(ink, 30);
}

#[test]
fn code_on_the_slip_is_the_code_module_by_module() {
    for paper in [PaperWidth::Mm80, PaperWidth::Mm58] {
        let drawn = Slip::new(vec![SlipLine::Qr("ABC23456789K".into())])
            .draw(&fonts(), paper)
            .unwrap();
        let grid = QrGrid::new("ABC23456789K").unwrap();
        let side = drawn.bitmap.rows();
        let module = side / (grid.side() + 8);
        assert!(module >= 4);
        let left = (u32::from(paper.dots()) - side) / 2;
        for y in 0..side {
            for x in 0..side {
                let inside = |v: u32| (v / module).checked_sub(4);
                let expected = match (inside(x), inside(y)) {
                    (Some(x), Some(y)) => grid.is_dark(x, y),
                    _ => false,
                };
                assert_eq!(drawn.bitmap.is_black(left + x, y), expected, "dot {x}, {y}");
            }
        }
    }
}

#[test]
fn code_too_long_for_the_paper_is_refused_and_named() {
    let long = Slip::new(vec![SlipLine::Rule, SlipLine::Qr("a".repeat(1500))]);
    assert!(matches!(
        long.draw(&fonts(), PaperWidth::Mm58),
        Err(SlipError::QrTooWide {
            line: 1,
            width: 384,
            ..
        })
    ));
    let endless = Slip::new(vec![SlipLine::Qr("a".repeat(5000))]);
    assert!(matches!(
        endless.draw(&fonts(), PaperWidth::Mm80),
        Err(SlipError::Qr { line: 0, .. })
    ));
}

#[test]
fn strokes_of_body_text_are_two_dots_or_more() {
    for (paper, margin) in [(PaperWidth::Mm80, 12_u32), (PaperWidth::Mm58, 6)] {
        for line in [
            SlipLine::Paragraph("一".into()),
            SlipLine::Note("一".into()),
        ] {
            let bitmap = Slip::new(vec![line]).draw(&fonts(), paper).unwrap().bitmap;
            let middle = margin + 12;
            let rows = (0..bitmap.rows())
                .filter(|y| bitmap.is_black(middle, *y))
                .count();
            assert!(rows >= 2, "horizontal stroke of {rows} dots");
        }
        for line in [SlipLine::Paragraph("丨".into()), SlipLine::Note("l".into())] {
            let bitmap = Slip::new(vec![line]).draw(&fonts(), paper).unwrap().bitmap;
            let middle = bitmap.rows() / 2;
            let dots = (0..384).filter(|x| bitmap.is_black(*x, middle)).count();
            assert!(dots >= 2, "vertical stroke of {dots} dots");
        }
    }
}

#[test]
fn a_rare_character_anywhere_on_a_slip_is_in_its_text() {
    let text = chinese().text();
    for word in [
        "回执",
        "ABC2-3456-789K",
        "失业",
        "\u{3134A}",
        "海桐",
        "联网",
    ] {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn empty_slip_is_no_paper() {
    let drawn = Slip::default().draw(&fonts(), PaperWidth::Mm80).unwrap();
    assert_eq!((drawn.bitmap.rows(), drawn.cut), (0, false));
    let spaces = Slip::new(vec![SlipLine::Space(u16::MAX); 3]);
    assert_eq!(
        spaces
            .draw(&fonts(), PaperWidth::Mm80)
            .unwrap()
            .bitmap
            .rows(),
        720
    );
}

#[test]
fn missing_field_prints_a_marked_gap() {
    let with = |value: Option<&str>| {
        Slip::new(vec![row("办件编号", value)])
            .draw(&fonts(), PaperWidth::Mm80)
            .unwrap()
            .bitmap
    };
    let (gap, empty) = (with(None), with(Some("")));
    let ink = |bitmap: &crate::Bitmap| bitmap.bytes().iter().map(|b| b.count_ones()).sum::<u32>();
    assert!(
        ink(&gap) > ink(&empty) + 200,
        "the frame of the gap is seen"
    );
    assert!(gap.rows() >= 40);
}

#[test]
fn field_of_ten_thousand_characters_is_cut_and_said_so() {
    for text in [
        "字".repeat(10_000),
        "x".repeat(10_000),
        "word ".repeat(2_000),
        "\n".repeat(10_000),
    ] {
        let drawn = Slip::new(vec![row("说明", Some(&text)), SlipLine::Copy(1)])
            .draw(&fonts(), PaperWidth::Mm58)
            .unwrap();
        assert!(drawn.cut);
        assert!(drawn.bitmap.rows() <= MAX_ROWS);
    }
}

#[test]
fn long_word_breaks_inside_the_paper() {
    let text = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
    let drawn = Slip::new(vec![SlipLine::Paragraph(text.into())])
        .draw(&fonts(), PaperWidth::Mm58)
        .unwrap();
    assert!(drawn.bitmap.rows() > 100, "wrapped over several lines");
    for y in 0..drawn.bitmap.rows() {
        assert!(
            (380..384).all(|x| !drawn.bitmap.is_black(x, y)),
            "ink beyond the margin in row {y}"
        );
    }
}

fn any_line() -> impl Strategy<Value = SlipLine> {
    let text = || proptest::string::string_regex(".{0,60}").unwrap();
    let value = move || proptest::option::of(text());
    prop_oneof![
        text().prop_map(SlipLine::Heading),
        text().prop_map(SlipLine::Paragraph),
        text().prop_map(SlipLine::Notice),
        (text(), value()).prop_map(|(label, value)| SlipLine::Row { label, value }),
        (text(), value()).prop_map(|(label, number)| SlipLine::Number { label, number }),
        (text(), proptest::collection::vec((text(), value()), 0..4))
            .prop_map(|(title, rows)| SlipLine::Item { title, rows }),
        any::<u32>().prop_map(SlipLine::Copy),
        any::<u16>().prop_map(SlipLine::Space),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_any_script_gives_a_bounded_slip(lines in proptest::collection::vec(any_line(), 0..8)) {
        let slip = Slip::new(lines);
        for paper in [PaperWidth::Mm80, PaperWidth::Mm58] {
            let drawn = slip.draw(&fonts(), paper).unwrap();
            prop_assert!(drawn.bitmap.rows() <= MAX_ROWS);
            prop_assert_eq!(drawn.bitmap.bytes().len(), drawn.bitmap.row_bytes() * drawn.bitmap.rows() as usize);
        }
    }
}
