//! qpdf and pdfimages open the PDF of scanned pages.

use std::process::Command;

use kiosk_paper::document::DocumentDate;
use kiosk_paper::scan::{FittedPage, Origin, PageFile, PageLimit, lay_flat, turned};
use kiosk_paper::{JpegPage, pdf_from_jpegs};
use kiosk_tests::peer::peer;

use crate::paper::{fonts, form};
use crate::{kept, told};

const DATE: DocumentDate = DocumentDate {
    year: 2026,
    month: 3,
    day: 4,
    hour: 15,
    minute: 26,
    utc_offset_hours: 8,
};

/// A page in colour laid down crooked, and one without colour, each as it is filed.
fn pages() -> [FittedPage; 2] {
    let layout = form().lay_out(&fonts()).unwrap();
    [true, false].map(|colour| {
        let page = turned(&layout.picture(0, 1654).unwrap(), 2.5);
        let limit = PageLimit {
            max_bytes: 2_000_000,
            colour,
        };
        let file = PageFile::of(page, Origin::Scan { dpi: 200 });
        lay_flat(file).fit(limit).unwrap()
    })
}

#[test]
fn qpdf_and_pdfimages_find_the_very_jpegs_in_the_pdf() {
    let (Some(qpdf), Some(pdfimages)) = (peer("qpdf"), peer("pdfimages")) else {
        return;
    };
    let pages = pages();
    let embedded: Vec<JpegPage<'_>> = pages
        .iter()
        .map(|page| JpegPage {
            jpeg: &page.jpeg,
            dpi: page.dpi,
        })
        .collect();
    let pdf = pdf_from_jpegs(&embedded, "扫描件", DATE).unwrap();
    let (folder, path) = kept(&pdf, "pages.pdf");
    let checked = Command::new(qpdf).arg("--check").arg(&path).output();
    let checked = checked.unwrap();
    assert!(checked.status.success(), "{}", told(&checked));
    let taken = Command::new(pdfimages)
        .arg("-all")
        .arg(&path)
        .arg(folder.path().join("taken"))
        .output()
        .unwrap();
    assert!(taken.status.success(), "{}", told(&taken));
    for (number, page) in pages.iter().enumerate() {
        let file = folder.path().join(format!("taken-{number:03}.jpg"));
        assert!(
            std::fs::read(&file).unwrap() == *page.jpeg,
            "page {number}: byte for byte"
        );
    }
}
