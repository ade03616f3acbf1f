//! `kiosk page`: the page processing alone, on picture files.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use kiosk::clock::Clock;
use kiosk::documents::document_date;
use kiosk::fonts::Fonts;
use kiosk_paper::document::{MAX_PAGES, with_purpose};
use kiosk_paper::scan::{
    CARD_PAGE_DPI, FittedPage, FlatPage, MAX_BYTES, PageFile, PageLimit, ScanError, SideMark,
    card_page, codes, fit_picture, lay_flat,
};
use kiosk_paper::{JpegPage, PrivateBytes, pdf_from_jpegs};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::pages::{Ready, Said};
use super::{CHECK_FAILED, Exit, Failure, USAGE};

/// What a material allows that says nothing else.
const LIMIT: PageLimit = PageLimit {
    max_bytes: 2_000_000,
    colour: true,
};
/// The file of all pages.
const PDF: &str = "pages.pdf";

/// `kiosk page`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  kiosk page desk.jpg scan.png --out pages --json\n  kiosk page front.jpg back.jpg --out card --card --watermark 仅用于办理失业登记"
)]
pub(crate) struct Page {
    /// Pictures of pages, JPEG or PNG, in the order of the pages.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder the pages and pages.pdf go to; created when missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The two files are the sides of a card: both go on one page, as large as they are.
    #[arg(long)]
    card: bool,
    /// What the pages may be used for, written over each.
    #[arg(long, value_name = "TEXT")]
    watermark: Option<String>,
    /// Tells what the QR and bar codes on the pages say, as text that nothing follows.
    #[arg(long)]
    codes: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Why a file is no page, in a word.
fn kind(error: &ScanError) -> &'static str {
    match error {
        ScanError::NotJpeg { .. } | ScanError::NotPng { .. } => "damaged",
        ScanError::NotPicture { .. } => "not_picture",
        ScanError::Truncated { .. } => "truncated",
        ScanError::TooLarge { .. } => "too_large",
        ScanError::CannotFit { .. } => "cannot_fit",
        ScanError::Purpose { .. } => "purpose",
        ScanError::Encode => "encode",
    }
}

impl Page {
    pub(crate) fn run(self) -> Result<(), Failure> {
        if self.card && self.files.len() != 2 {
            return Err(anyhow::anyhow!(
                "--card takes two files, the sides of the card"
            ))
            .exit(USAGE);
        }
        if self.files.len() > MAX_PAGES {
            return Err(anyhow::anyhow!("a PDF has at most {MAX_PAGES} pages")).exit(USAGE);
        }
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("creating {}", self.out.display()))
            .exit(USAGE)?;
        let pages = if self.card {
            self.card()?
        } else {
            self.each()?
        };
        self.write_pdf(&pages)?;
        self.say(
            &json!({"event": "end", "file": PDF, "pages": pages.len()}),
            PDF,
        );
        Ok(())
    }

    /// Every file as a page of its own; only one is in memory unpacked at a time.
    fn each(&self) -> Result<Vec<FittedPage>, Failure> {
        let mut pages: Vec<FittedPage> = Vec::new();
        let mut before: Option<SideMark> = None;
        for file in &self.files {
            let (mut flat, mut said) = self.flat(file)?;
            let mark = flat.side_mark();
            said.compare(&mark, before.as_ref());
            before = Some(mark);
            if self.watermark.is_some() {
                let dpi = flat.dpi;
                flat = flat.try_map(|picture| self.purposed(file, picture, dpi))?;
            }
            let page = self.usable(file, flat.fit(LIMIT))?;
            let ready = Ready { page, said };
            self.keep(pages.len() + 1, &ready)?;
            pages.push(ready.page);
        }
        Ok(pages)
    }

    /// Both sides of a card on one page.
    fn card(&self) -> Result<Vec<FittedPage>, Failure> {
        let [front_file, back_file] = self.files.as_slice() else {
            return Ok(Vec::new());
        };
        let ((front, mut said), (back, other)) = (self.flat(front_file)?, self.flat(back_file)?);
        let new = other
            .advice
            .iter()
            .filter(|one| !front.advice.contains(one));
        said.advice.extend(new);
        said.compare(&back.side_mark(), Some(&front.side_mark()));
        if let (Some(codes), Some(more)) = (&mut said.codes, other.codes) {
            codes.extend(more);
        }
        let page = card_page(front.picture(), back.picture());
        let page = self.purposed(front_file, page, CARD_PAGE_DPI)?;
        let page = self.usable(front_file, fit_picture(&page, CARD_PAGE_DPI, LIMIT))?;
        let ready = Ready { page, said };
        self.keep(1, &ready)?;
        Ok(vec![ready.page])
    }

    fn flat(&self, file: &Path) -> Result<(FlatPage, Said), Failure> {
        let bytes = read(file)?;
        let (page, facing) = self.usable(file, PageFile::read(&bytes))?.upright();
        let codes = self.codes.then(|| codes(page.picture()));
        let flat = lay_flat(page);
        let said = Said::of(&flat, facing, codes);
        Ok((flat, said))
    }

    /// The page with its purpose over it, where one is wanted.
    fn purposed(
        &self,
        file: &Path,
        page: kiosk_paper::Picture,
        dpi: u16,
    ) -> Result<kiosk_paper::Picture, Failure> {
        let Some(words) = &self.watermark else {
            return Ok(page);
        };
        let fonts = Fonts::new().context("reading the fonts").exit(USAGE)?;
        self.usable(file, with_purpose(page, dpi, words, &fonts.for_text(words)))
    }

    /// A fault of a file is said as an event too.
    fn usable<T>(&self, file: &Path, made: Result<T, ScanError>) -> Result<T, Failure> {
        if let Err(error) = &made
            && self.json
        {
            let name = file.display().to_string();
            println!(
                "{}",
                json!({"event": "fault", "kind": kind(error), "file": name})
            );
        }
        made.with_context(|| format!("making a page of {}", file.display()))
            .exit(CHECK_FAILED)
    }

    fn keep(&self, number: usize, ready: &Ready) -> Result<(), Failure> {
        let name = format!("page-{number:03}.jpg");
        self.write(&name, &ready.page.jpeg)?;
        self.say(&ready.json(&name), &ready.words(&name));
        Ok(())
    }

    fn write_pdf(&self, pages: &[FittedPage]) -> Result<(), Failure> {
        let pages: Vec<JpegPage<'_>> = pages
            .iter()
            .map(|page| JpegPage {
                jpeg: &page.jpeg,
                dpi: page.dpi,
            })
            .collect();
        let date = document_date(Clock::new().now().civil);
        let pdf: PrivateBytes = pdf_from_jpegs(&pages, "扫描件", date).exit(CHECK_FAILED)?;
        self.write(PDF, &pdf)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.out.join(name);
        std::fs::write(&path, bytes)
            .with_context(|| format!("writing {}", path.display()))
            .exit(USAGE)
    }

    fn say(&self, event: &Value, words: &str) {
        if self.json {
            println!("{event}");
        } else {
            println!("{words}");
        }
    }
}

/// The bytes of a file; what is too large for a page is not read to its end.
fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(file)
        .and_then(|open| open.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .with_context(|| format!("reading {}", file.display()))
        .exit(USAGE)?;
    Ok(bytes)
}
