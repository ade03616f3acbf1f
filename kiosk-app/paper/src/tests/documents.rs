//! A4 documents as they are shown, signed and filed.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{assert_golden, fonts, keep_picture};
use crate::document::{
    Column, Document, DocumentDate, DocumentError, JpegPage, MAX_PAGES, Row, Seal, Section,
    Signature, Table, Verification, pdf_from_jpegs,
};
use crate::{Layout, Strokes};

fn date() -> DocumentDate {
    DocumentDate {
        year: 2026,
        month: 3,
        day: 4,
        hour: 15,
        minute: 26,
        utc_offset_hours: 8,
    }
}

fn signature() -> Strokes {
    let wave = |from: f32, to: f32, height: f32| {
        (0..40)
            .map(|step| {
                let t = step as f32 / 39.0;
                (
                    from + (to - from) * t,
                    110.0 + height * (t * 9.0).sin() * (1.0 - t * 0.5),
                )
            })
            .collect::<Vec<_>>()
    };
    let strokes = vec![
        wave(60.0, 240.0, 60.0),
        wave(230.0, 420.0, 40.0),
        vec![(450.0, 150.0)],
    ];
    Strokes::new(600.0, 200.0, strokes).unwrap()
}

fn family(members: usize) -> Table {
    let column = |heading: &str, share| Column {
        heading: heading.into(),
        share,
    };
    let row = |number: usize| {
        let income = (!number.is_multiple_of(3)).then(|| format!("{}.00", 1200 + number * 35));
        vec![
            Some(number.to_string()),
            Some("陈𬱖样".into()),
            Some("配偶".into()),
            Some("云汀市海桐区示例街道榕荫社区 12 号楼 3 单元 502 室".into()),
            income,
        ]
    };
    Table {
        columns: vec![
            column("序号", 3),
            column("姓名", 5),
            column("关系", 4),
            column("住址", 12),
            column("月收入（元）", 5),
        ],
        rows: (1..=members).map(row).collect(),
    }
}

pub(super) fn form(members: usize) -> Document {
    Document {
        language: "zh-CN".into(),
        title: "最低生活保障申请表".into(),
        number: Some(Row::new("回执号", Some("ABC2-3456-789K"))),
        issuer: "云汀市民政局（示例）".into(),
        date: date(),
        sections: vec![
            Section {
                heading: "申请人".into(),
                rows: vec![
                    Row::new("姓名", Some("陈𬱖样 \u{3134A}")),
                    Row::new("公民身份号码", Some("590102199001011234")),
                    Row::new("联系电话", Some("15400000000")),
                    Row::new("户籍地址", Some("云汀市海桐区示例街道榕荫社区居民委员会第三居民小组 12 号楼 3 单元 502 室（与现住址一致）")),
                    Row::new("备注（办理本事项时需要说明的其他情况）", None::<String>),
                ],
                table: None,
            },
            Section { heading: "共同生活的家庭成员".into(), rows: vec![], table: Some(family(members)) },
        ],
        statements: vec![
            "本人承诺：所填内容和提交的材料真实、完整；知晓承办机关将依法核对家庭经济状况，并对不实申报承担相应责任。".into(),
            "I declare that everything stated here is true and complete.".into(),
        ],
        signature: Some(Signature {
            label: "申请人签名".into(),
            strokes: Some(signature()),
            note: "2026年3月4日".into(),
        }),
        verification: None,
        seal: None,
        watermark: None,
        footer: "云汀市政务服务自助终端 · 示例文书，不具法律效力".into(),
    }
}

fn result() -> Document {
    let mut document = Document::new("失业登记证明", "云汀市人力资源和社会保障局（示例）", date());
    document.number = Some(Row::new("编号", Some("YT-2026-000017")));
    document.sections = vec![Section {
        heading: String::new(),
        rows: vec![
            Row::new("姓名", Some("张示例")),
            Row::new("登记日期", Some("2026年3月4日")),
            Row::new("登记机构", Some("云汀市公共就业服务中心")),
        ],
        table: None,
    }];
    document.statements =
        vec!["兹证明上述人员已在本机构办理失业登记，可凭本证明申请公共就业服务。".into()];
    document.verification = Some(Verification {
        qr: "https://city.example/verify?c=ABCD2345EFGH".into(),
        label: "验证码".into(),
        code: "ABCD-2345-EFGH".into(),
        note: "扫码或在云汀市政务服务网输入编号和验证码，核对与本页是否一致。".into(),
    });
    document.seal = Some(Seal {
        issuer: "云汀市人力资源和社会保障局".into(),
        mark: "示例 SAMPLE".into(),
    });
    document.watermark = Some("示例 SAMPLE".into());
    document.footer = "云汀市政务服务自助终端 · 示例文书，不具法律效力".into();
    document
}

fn shown(document: &Document) -> Layout {
    document.lay_out(&fonts()).unwrap()
}

#[test]
fn form_and_result_look_as_committed() {
    let form = shown(&form(30));
    assert_eq!(form.page_count(), 3);
    let last = form.page_count() - 1;
    let result = shown(&result());
    assert_eq!(result.page_count(), 1);
    for (name, layout, page) in [
        ("form-1", &form, 0),
        ("form-2", &form, 1),
        ("form-3", &form, last),
        ("result", &result, 0),
    ] {
        keep_picture(
            &format!("{name}.png"),
            &layout.picture(page, 1080).unwrap().to_png(),
        );
    }
    keep_picture("form.pdf", &form.pdf().unwrap());
    keep_picture("result.pdf", &result.pdf().unwrap());
    assert_golden("form-1.png", &form.picture(0, 480).unwrap().to_png());
    assert_golden("result.png", &result.picture(0, 480).unwrap().to_png());
    assert_eq!(form.picture(3, 480), None);
}

#[test]
fn same_document_gives_the_same_bytes_and_another_one_others() {
    let hash = |document: &Document| Sha256::digest(&*shown(document).pdf().unwrap());
    assert_eq!(hash(&form(3)), hash(&form(3)));
    assert_eq!(hash(&result()), hash(&result()));
    assert_ne!(hash(&form(3)), hash(&form(4)));
    let mut later = form(3);
    later.date.minute += 1;
    assert_ne!(hash(&form(3)), hash(&later));
}

#[test]
fn pdf_has_its_pages_and_nobody_in_its_metadata() {
    let pdf = shown(&form(30)).pdf().unwrap();
    assert!(pdf.starts_with(b"%PDF-1."));
    let count = |what: &[u8]| pdf.windows(what.len()).filter(|part| *part == what).count();
    assert!(count(b"/Count 3") >= 1);
    assert_eq!(count(b"pdfaid:part>2<"), 1);
    for secret in ["陈𬱖样", "590102199001011234", "15400000000"] {
        assert_eq!(count(secret.as_bytes()), 0);
    }
}

#[test]
fn character_without_a_glyph_is_reported_from_the_document_too() {
    assert_eq!(shown(&form(0)).missing(), ['\u{3134A}']);
    assert!(shown(&result()).missing().is_empty());
}

#[test]
fn empty_document_is_one_page() {
    let empty = Document::new("", "", date());
    let layout = shown(&empty);
    assert_eq!(layout.page_count(), 1);
    assert!(layout.pdf().unwrap().starts_with(b"%PDF-1."));
}

#[test]
fn answer_of_ten_thousand_characters_runs_over_pages_and_is_never_cut() {
    for text in [
        "字".repeat(10_000),
        "x".repeat(10_000),
        "word ".repeat(2_000),
    ] {
        let mut document = form(0);
        document.sections[0].rows[4].value = Some(text);
        let layout = shown(&document);
        assert!(
            (2..=20).contains(&layout.page_count()),
            "{} pages",
            layout.page_count()
        );
    }
}

#[test]
fn nobody_signs_a_page_that_does_not_say_what_is_signed() {
    for members in 0..=30 {
        let layout = shown(&form(members));
        // One pixel a point: the signature stands in the right half, a declaration begins at the left.
        let picture = layout.picture(layout.page_count() - 1, 595).unwrap();
        let row = picture.width() as usize * 3;
        let said = picture
            .pixels()
            .chunks(row)
            .skip(78)
            .take(690)
            .any(|row| row[56 * 3..120 * 3].iter().any(|value| *value < 128));
        assert!(said, "{members} members");
    }
}

#[test]
fn document_beyond_its_limits_is_refused_with_the_reason() {
    let mut endless = form(0);
    endless.statements = vec!["字\n".repeat(5_000)];
    assert_eq!(
        endless.lay_out(&fonts()).err(),
        Some(DocumentError::TooManyPages)
    );
    let mut long = form(0);
    long.statements = vec!["字".repeat(200_001)];
    assert!(matches!(
        long.lay_out(&fonts()),
        Err(DocumentError::TooLong { .. })
    ));
    let mut table = form(1);
    if let Some(table) = &mut table.sections[1].table {
        table.rows[0].push(None);
    }
    let wrong = DocumentError::Table {
        section: 1,
        columns: 5,
        cells: 6,
    };
    assert_eq!(table.lay_out(&fonts()).err(), Some(wrong));
}

#[test]
fn debug_of_a_document_tells_nothing() {
    let document = form(1);
    let said = format!(
        "{document:?} {:?} {:?}",
        shown(&document),
        shown(&document).pdf().unwrap()
    );
    assert!(!said.contains("陈") && !said.contains("590102") && said.contains("[redacted"));
}

#[test]
fn scanned_pages_go_into_the_pdf_as_they_are() {
    let page = super::scans::jpeg(120, 80, 100, true);
    let of = |jpeg| JpegPage { jpeg, dpi: 100 };
    let pdf = pdf_from_jpegs(&[of(&page), of(&page)], "材料", date()).unwrap();
    let found = pdf
        .windows(page.len())
        .filter(|part| *part == &page[..])
        .count();
    assert!(
        found >= 1,
        "the bytes of the JPEG stand in the file unchanged"
    );
    assert!(pdf.windows(8).any(|part| part == b"/Count 2"));
    let told = b"<pdfaid:conformance>B</pdfaid:conformance>";
    assert!(pdf.windows(told.len()).any(|part| part == told));
    assert_eq!(
        pdf,
        pdf_from_jpegs(&[of(&page), of(&page)], "材料", date()).unwrap()
    );
    let broken = pdf_from_jpegs(&[of(&page), of(b"no picture")], "材料", date());
    assert!(matches!(broken, Err(DocumentError::Page { page: 1, .. })));
    let many = vec![of(&page); MAX_PAGES + 1];
    assert_eq!(
        pdf_from_jpegs(&many, "材料", date()),
        Err(DocumentError::TooManyPages)
    );
}

#[test]
fn signature_is_smooth_bounded_and_wiped_of_nonsense() {
    let png = signature().to_png(600);
    keep_picture("signature.png", &png);
    let picture = image::load_from_memory(&png).unwrap().to_luma8();
    assert_eq!(picture.dimensions(), (600, 200));
    assert!(picture.pixels().filter(|p| p.0[0] < 64).count() > 500);
    let odd = vec![vec![(f32::NAN, 1.0)], vec![], vec![(9e9, -9e9)]];
    let kept = Strokes::new(100.0, 50.0, odd).unwrap();
    assert!(!kept.is_empty());
    assert!(Strokes::new(100.0, 50.0, vec![vec![(1.0, 1.0); 40_001]]).is_err());
    assert!(Strokes::new(f32::NAN, 50.0, vec![]).is_err());
    assert!(Strokes::new(100.0, 50.0, vec![vec![]]).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_answer_in_any_script_is_laid_out_and_filed(
        label in ".{0,40}",
        value in proptest::option::of(".{0,300}"),
        cells in proptest::collection::vec(proptest::option::of(".{0,30}"), 0..5),
    ) {
        let mut document = form(1);
        document.title = label.clone();
        document.sections[0].rows.push(Row { label, value });
        if let Some(table) = &mut document.sections[1].table {
            table.rows.push(cells);
        }
        let layout = document.lay_out(&fonts()).unwrap();
        prop_assert!((1..=4).contains(&layout.page_count()));
        prop_assert!(layout.pdf().unwrap().starts_with(b"%PDF-1."));
        prop_assert_eq!(layout.picture(0, 100).unwrap().width(), 100);
    }
}
