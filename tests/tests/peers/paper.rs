//! qpdf, pdftotext and zbar read our forms and slips.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use city_catalogue::Text;
use jiff::civil::date;
use kiosk::slips::{Standing, slip};
use kiosk_core::screen::{Due, Lang, OutcomeShown};
use kiosk_core::{FiledMatter, SlipData};
use kiosk_paper::document::{DocumentDate, Row, Section, Verification};
use kiosk_paper::{Document, FontSet, PaperWidth, Slip, SlipLine};
use kiosk_tests::peer::peer;

use crate::{kept, told};

const RECEIPT: &str = "ABC2-3456-789K";
const RARE_NAME: &str = "陈𬱖样";

pub(crate) fn fonts() -> Arc<FontSet> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/fonts");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap().into();
    let embedded = [read("KioskSans-Regular.otf"), read("KioskSans-Bold.otf")];
    Arc::new(FontSet::new(&embedded, &[]).unwrap())
}

/// An application form of two pages with a table-free body, a number and a code to verify.
pub(crate) fn form() -> Document {
    let date = DocumentDate {
        year: 2026,
        month: 3,
        day: 9,
        hour: 10,
        minute: 5,
        utc_offset_hours: 8,
    };
    let mut form = Document::new("失业登记申请表", "云汀市人力资源和社会保障局", date);
    form.number = Some(Row::new("回执号", Some(RECEIPT)));
    form.sections = (1..=40)
        .map(|part| Section {
            heading: format!("第{part}部分"),
            rows: vec![
                Row::new("姓名", Some(RARE_NAME)),
                Row::new("曾用名", None::<String>),
            ],
            table: None,
        })
        .collect();
    form.statements = vec!["本人承诺以上内容真实。".to_owned()];
    form.verification = Some(Verification {
        qr: format!("https://city.example/verify?code={RECEIPT}"),
        label: "验证码".to_owned(),
        code: RECEIPT.to_owned(),
        note: "可在核验页面输入验证码。".to_owned(),
    });
    form
}

#[test]
fn qpdf_finds_nothing_wrong_with_a_form() {
    let Some(qpdf) = peer("qpdf") else { return };
    let pdf = form().lay_out(&fonts()).unwrap().pdf().unwrap();
    let (_folder, path) = kept(&pdf, "form.pdf");
    let output = Command::new(&qpdf)
        .arg("--check")
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", told(&output));
    assert!(
        told(&output).contains("No syntax or stream encoding errors"),
        "{}",
        told(&output)
    );

    let (_folder, broken) = kept(&pdf[..pdf.len() / 2], "broken.pdf");
    let output = Command::new(&qpdf)
        .arg("--check")
        .arg(&broken)
        .output()
        .unwrap();
    assert!(!output.status.success(), "qpdf takes half a file");
}

#[test]
fn pdftotext_reads_the_rare_name_and_the_number_out_of_a_form() {
    let Some(pdftotext) = peer("pdftotext") else {
        return;
    };
    let layout = form().lay_out(&fonts()).unwrap();
    assert!(layout.missing().is_empty());
    assert!(layout.page_count() >= 2);
    let (_folder, path) = kept(&layout.pdf().unwrap(), "form.pdf");
    let output = Command::new(&pdftotext)
        .args(["-enc", "UTF-8"])
        .arg(&path)
        .arg("-")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.matches(RARE_NAME).count(), 40, "{text}");
    for words in ["失业登记申请表", RECEIPT, "验证码", "第40部分"] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
    // Pages end with a form feed.
    assert_eq!(text.matches('\u{c}').count(), layout.page_count());
}

/// What zbarimg reads in a picture, one code a line.
fn codes(zbarimg: &Path, png: &[u8]) -> String {
    let (_folder, path) = kept(png, "picture.png");
    let output = Command::new(zbarimg)
        .args(["--quiet", "--raw"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", told(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn zbarimg_reads_the_code_of_a_slip_on_both_papers() {
    let Some(zbarimg) = peer("zbarimg") else {
        return;
    };
    let address = format!("https://city.example/verify?code={RECEIPT}&from=kiosk-ABC");
    for (paper, text) in [
        (PaperWidth::Mm80, RECEIPT),
        (PaperWidth::Mm58, RECEIPT),
        (PaperWidth::Mm80, &address),
        (PaperWidth::Mm58, &address),
    ] {
        let slip = Slip::new(vec![
            SlipLine::Heading("回执".to_owned()),
            SlipLine::Row {
                label: "申请人".to_owned(),
                value: Some("陈*样".to_owned()),
            },
            SlipLine::Qr(text.to_owned()),
            SlipLine::Number {
                label: "回执号".to_owned(),
                number: Some(RECEIPT.to_owned()),
            },
            SlipLine::Copy(1),
        ]);
        let picture = slip.draw(&fonts(), paper).unwrap();
        assert_eq!(
            codes(&zbarimg, &picture.bitmap.to_png()).trim_end(),
            text,
            "{paper:?}"
        );
    }
}

fn text(zh: &str, en: &str) -> Text {
    Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

/// The receipt of one matter, as the kiosk prints it.
pub(crate) fn receipt(lang: Lang) -> Slip {
    let standing = Standing {
        city: text("云汀市政务服务", "Yunting City Services"),
        station: text("海桐街道便民服务中心", "Haitong Street Service Centre"),
        phone: "000-5550-0031".to_owned(),
        ..Standing::default()
    };
    let matter = FiledMatter {
        item: text("失业登记", "Unemployment registration"),
        receipt: RECEIPT.to_owned(),
        filing: Some("SB-590102-20261123-0017".to_owned()),
        case: Some("590102-2026-00172".to_owned()),
        outcome: OutcomeShown::Filed {
            due: Some(Due {
                date: date(2026, 12, 7),
                provisional: false,
            }),
        },
        result: None,
        fees: Vec::new(),
        later: Vec::new(),
        applicant: None,
    };
    let data = SlipData::Receipt {
        lang,
        at: date(2026, 11, 23).at(14, 36, 0, 0),
        name: Some("陈**".to_owned()),
        number: Some("5*************005X".to_owned()),
        matters: vec![matter],
        copy: 0,
        come_back: date(2026, 12, 1),
    };
    slip(&data, &standing, |_| None)
}

#[test]
fn zbarimg_reads_the_code_of_a_receipt_in_each_language_and_width() {
    let Some(zbarimg) = peer("zbarimg") else {
        return;
    };
    for lang in [Lang::ZhHans, Lang::En] {
        for paper in [PaperWidth::Mm80, PaperWidth::Mm58] {
            let picture = receipt(lang).draw(&fonts(), paper).unwrap();
            let read = codes(&zbarimg, &picture.bitmap.to_png());
            assert_eq!(read.trim_end(), RECEIPT, "{lang:?} {paper:?}");
        }
    }
}

#[test]
fn zbarimg_reads_the_code_of_a_form_as_shown_on_the_screen() {
    let Some(zbarimg) = peer("zbarimg") else {
        return;
    };
    let mut form = form();
    form.sections.truncate(1);
    let layout = form.lay_out(&fonts()).unwrap();
    let page = layout.picture(layout.page_count() - 1, 1240).unwrap();
    let expected = format!("https://city.example/verify?code={RECEIPT}");
    assert_eq!(codes(&zbarimg, &page.to_png()).trim_end(), expected);
}
