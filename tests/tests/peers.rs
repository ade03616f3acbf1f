//! Programs that are not ours open what we made: PDF, QR codes and the printer's bytes.
//!
//! What the kiosk believes about its own paper and the simulator about its own bytes would stay
//! believed for ever if only our code read them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use kiosk_drivers::receipt_printer::sim::{Build, PieceEnd, PrinterSim};
use kiosk_drivers::selector::Selector;
use kiosk_drivers::sim_host::SimHost;
use kiosk_paper::document::{DocumentDate, Row, Section, Verification};
use kiosk_paper::{Document, FontSet, PaperWidth, Slip, SlipLine};
use kiosk_tests::peer::peer;
use tempfile::TempDir;

const RECEIPT: &str = "ABC2-3456-789K";
const RARE_NAME: &str = "陈𬱖样";

fn fonts() -> Arc<FontSet> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/fonts");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap().into();
    let embedded = [read("KioskSans-Regular.otf"), read("KioskSans-Bold.otf")];
    Arc::new(FontSet::new(&embedded, &[]).unwrap())
}

/// An application form of two pages with a table-free body, a number and a code to verify.
fn form() -> Document {
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

/// Writes bytes where a program can read them; gone with the folder.
fn kept(bytes: &[u8], name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn told(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .join("\n")
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

/// A printer behind a port, as a network printer is: no flow control, no notice.
fn printer() -> SimHost<PrinterSim> {
    let build = Build {
        speed: None,
        power_notice: false,
        xon_xoff: false,
        ..Build::default()
    };
    SimHost::on_tcp(PrinterSim::new(build), None, "127.0.0.1:0".parse().unwrap()).unwrap()
}

/// Runs lines of Python with `printer` connected to the simulator; what they printed.
fn python(interpreter: &Path, host: &SimHost<PrinterSim>, lines: &str) -> String {
    let Selector::Tcp {
        host: address,
        port,
    } = host.selector()
    else {
        panic!("the simulator is not behind a port")
    };
    let script = format!(
        "from escpos.printer import Network\n\
         printer = Network('{address}', port={port}, timeout=20)\n\
         printer.open()\n\
         {lines}\n\
         printer.close()\n"
    );
    let output = Command::new(interpreter)
        .args(["-c", &script])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", told(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn python_escpos_sees_paper_cover_and_readiness() {
    let Some(interpreter) = peer("python-escpos") else {
        return;
    };
    let host = printer();
    let ask = || {
        python(
            &interpreter,
            &host,
            "print(printer.is_online(), printer.paper_status())",
        )
    };
    assert_eq!(ask(), "True 2", "ready, paper enough");
    host.device(|printer| printer.set_near_end(true));
    assert_eq!(ask(), "True 1", "paper near its end");
    host.device(|printer| printer.set_cover_open(true));
    assert!(ask().starts_with("False"), "cover open");
    host.device(|printer| {
        printer.set_cover_open(false);
        printer.set_near_end(false);
        printer.pull_paper();
    });
    assert_eq!(ask(), "False 0", "paper pulled out");
    host.device(PrinterSim::refill);
    assert_eq!(ask(), "True 2", "paper back");
}

#[test]
fn a_picture_printed_by_python_escpos_is_on_the_paper_dot_by_dot() {
    let Some(interpreter) = peer("python-escpos") else {
        return;
    };
    let host = printer();
    // A slope of dots: wrong bit order, polarity or row length would bend it.
    let done = python(
        &interpreter,
        &host,
        "from PIL import Image\n\
         picture = Image.new('1', (576, 64), 1)\n\
         [picture.putpixel((9 * y, y), 0) for y in range(64)]\n\
         printer.image(picture, impl='bitImageRaster')\n\
         printer.cut()\n\
         print(printer.is_online())",
    );
    assert_eq!(done.lines().last(), Some("True"), "{done}");
    let pieces = host.device(PrinterSim::take_pieces);
    let piece = pieces
        .iter()
        .find(|piece| !piece.is_blank())
        .expect("nothing was printed");
    assert_eq!((piece.end, piece.text.as_slice()), (PieceEnd::Cut, &[][..]));
    let bitmap = piece.bitmap().unwrap();
    let dots: Vec<usize> = bitmap.rows().filter_map(only_dot).collect();
    assert_eq!(dots, (0..64).map(|y| 9 * y).collect::<Vec<_>>());
}

/// Place of the only black dot of a row; `None`: the row is blank.
fn only_dot(row: &[u8]) -> Option<usize> {
    let black = |x: &usize| row[x / 8] & (0x80 >> (x % 8)) != 0;
    let mut dots = (0..row.len() * 8).filter(black);
    let first = dots.next();
    assert_eq!(dots.next(), None, "two dots in one row");
    first
}
