//! One `[[fault]]` of a script as it stands in the file.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::{self, Deserializer, Unexpected};

use super::deed::{
    BoardDeed, CameraDeed, CodeDeed, Deed, DocumentDeed, KeyDeed, OperationName, PrinterDeed,
    ReaderDeed, ScannerDeed,
};
use crate::cabinet::Signal;
use crate::document_printer::ipp::sim::Mishap;
use crate::id_card::sim::{CardContent, StatusOverride};
use crate::keypad::Key;
use crate::scanner::camera::sim::FrameFault;
use crate::scanner::sim::{Faults, Feeder, Location, Model, PageFault, Sheet, XmlStyle, picture};
use crate::transport::plan::{LineFault, Spoil, Trigger, Way};

/// The longest time of an entry: a day.
const MAX_MS: u64 = 86_400_000;
/// Most bytes an entry adds or turns.
const MAX_BYTES: usize = 4096;
/// Largest picture of a page.
const MAX_PICTURE: u64 = 64 << 20;

/// What an entry does.
pub(super) enum Step {
    Line(LineFault),
    Device(Deed),
}

/// `true` and nothing else: what is not done is left out.
pub(super) struct Yes;

impl<'de> Deserialize<'de> for Yes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if bool::deserialize(deserializer)? {
            Ok(Self)
        } else {
            Err(de::Error::invalid_value(Unexpected::Bool(false), &"true"))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Pieces {
    bytes: usize,
    pause_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Switch {
    signal: Signal,
    on: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct MishapAt {
    operation: OperationName,
    what: Mishap,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ModelAs {
    name: Option<String>,
    server: Option<String>,
    platen: Option<bool>,
    feeder: Option<Feeder>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct JobStateAs {
    state: String,
    reason: String,
}

/// All keys of all devices: a key for the wrong one is then told from one that is unknown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Entry {
    after_ms: Option<u64>,
    after_bytes_to_host: Option<u64>,
    after_bytes_to_device: Option<u64>,
    way: Option<Way>,
    // The line.
    delay_ms: Option<u64>,
    drop: Option<u32>,
    flip: Option<Vec<u8>>,
    garbage: Option<Vec<u8>>,
    split: Option<Pieces>,
    lose: Option<Yes>,
    stuck_busy_ms: Option<u64>,
    unplug: Option<Yes>,
    replug: Option<Yes>,
    // The id-card reader.
    card: Option<Box<CardContent>>,
    swap_card: Option<Box<CardContent>>,
    remove_card: Option<Yes>,
    pull_card: Option<Yes>,
    answer_status: Option<StatusOverride>,
    // The receipt printer.
    paper_out_rows: Option<u64>,
    paper_out_mm: Option<f64>,
    refill: Option<Yes>,
    cover_open: Option<bool>,
    cutter_jammed: Option<bool>,
    near_end: Option<bool>,
    head_hot: Option<bool>,
    paper_jammed: Option<bool>,
    dead: Option<bool>,
    take_slip: Option<Yes>,
    power_cycle: Option<Yes>,
    // The code scanner.
    code: Option<String>,
    code_bytes: Option<Vec<u8>>,
    take_code_away: Option<Yes>,
    deaf: Option<bool>,
    // The keypad.
    key: Option<Key>,
    headphones: Option<bool>,
    // The cabinet.
    switch: Option<Switch>,
    temperature_tenths: Option<i16>,
    charge_percent: Option<u16>,
    board_power_cycle: Option<Yes>,
    silent: Option<bool>,
    exception: Option<u8>,
    // The scanner.
    page_fault: Option<PageFault>,
    page_delay_ms: Option<u64>,
    feeder_state: Option<String>,
    busy_jobs: Option<u32>,
    sheets: Option<u16>,
    sheet_files: Option<Vec<PathBuf>>,
    glass_file: Option<PathBuf>,
    glass_empty: Option<Yes>,
    good_pages: Option<u32>,
    code_before_page: Option<u16>,
    not_ready: Option<u32>,
    model: Option<ModelAs>,
    location: Option<Location>,
    job_code: Option<u16>,
    status_code: Option<u16>,
    capabilities_code: Option<u16>,
    delete_code: Option<u16>,
    job_state: Option<JobStateAs>,
    other_colour: Option<bool>,
    half_size: Option<bool>,
    xml: Option<XmlStyle>,
    slow_xml_ms: Option<u64>,
    redirects: Option<bool>,
    cut_job_answer: Option<bool>,
    one_sheet_jobs: Option<bool>,
    hurried_ms: Option<u64>,
    wants_host: Option<String>,
    forgets_fault: Option<bool>,
    takes_empty_jobs: Option<bool>,
    one_connection: Option<bool>,
    // The camera.
    frame_file: Option<PathBuf>,
    frame_fault: Option<FrameFault>,
    // The document printer.
    reason: Option<String>,
    reason_gone: Option<String>,
    abort_job: Option<Yes>,
    mishap: Option<MishapAt>,
}

impl Entry {
    /// What the entry waits for and what it does then; files it names lie in `folder`.
    pub(super) fn read(mut self, folder: &Path) -> Result<(Trigger, Vec<Step>), String> {
        let trigger = self.trigger()?;
        let way = self.way.take();
        let pulled = self.pull_card.is_some();
        let spoil = self.spoil()?;
        if way.is_some() && spoil.is_none() {
            return Err("`way` is for delay-ms, drop, flip, garbage, split and lose".to_owned());
        }
        let way = way.unwrap_or_default();
        let mut steps: Vec<Step> = Vec::new();
        steps.extend(spoil.map(|spoil| Step::Line(LineFault::Spoil(way, spoil))));
        steps.extend(self.plug()?.into_iter().map(Step::Line));
        let deeds = [self.reader(), self.printer()?, self.code()?, self.board()?];
        steps.extend(deeds.into_iter().flatten().map(Step::Device));
        steps.extend(self.scanner(folder)?.into_iter().map(Step::Device));
        steps.extend(self.camera(folder)?.into_iter().map(Step::Device));
        steps.extend(self.document().into_iter().map(Step::Device));
        if steps.len() != 1 {
            return Err(format!("one thing happens at a time, here {}", steps.len()));
        }
        if pulled {
            // What the module still had to say of the card is not said any more.
            steps.insert(0, Step::Line(LineFault::Spoil(Way::ToHost, Spoil::Lose)));
        }
        Ok((trigger, steps))
    }

    fn trigger(&self) -> Result<Trigger, String> {
        let bytes = |way| move |count| Trigger::Bytes(way, count);
        let time = self.after_ms.map(|ms| milliseconds("after-ms", ms));
        let found = [
            time.transpose()?.map(Trigger::Time),
            self.after_bytes_to_host.map(bytes(Way::ToHost)),
            self.after_bytes_to_device.map(bytes(Way::ToDevice)),
        ];
        let mut found = found.into_iter().flatten();
        match (found.next(), found.next()) {
            (None, _) => Ok(Trigger::Time(Duration::ZERO)),
            (Some(trigger), None) => Ok(trigger),
            (Some(_), Some(_)) => Err("an entry waits for one thing only".to_owned()),
        }
    }

    fn spoil(&mut self) -> Result<Option<Spoil>, String> {
        let delay = self.delay_ms.map(|ms| milliseconds("delay-ms", ms));
        let split = self.split.take().map(|pieces| {
            milliseconds("pause-ms", pieces.pause_ms).map(|pause| Spoil::Split(pieces.bytes, pause))
        });
        let few = |name: &str, bytes: Option<Vec<u8>>| match bytes {
            Some(bytes) if bytes.is_empty() || bytes.len() > MAX_BYTES => {
                Err(format!("`{name}` has 1 to {MAX_BYTES} bytes"))
            }
            bytes => Ok(bytes),
        };
        only_one([
            delay.transpose()?.map(Spoil::Delay),
            self.drop.map(Spoil::Drop),
            few("flip", self.flip.take())?.map(Spoil::Flip),
            few("garbage", self.garbage.take())?.map(Spoil::Garbage),
            split.transpose()?,
            self.lose.take().map(|Yes| Spoil::Lose),
        ])
    }

    fn plug(&mut self) -> Result<Option<LineFault>, String> {
        let stuck = self
            .stuck_busy_ms
            .map(|ms| milliseconds("stuck-busy-ms", ms));
        only_one([
            stuck.transpose()?.map(LineFault::Stuck),
            self.unplug.take().map(|Yes| LineFault::Unplug),
            self.replug.take().map(|Yes| LineFault::Replug),
        ])
    }

    fn reader(&mut self) -> Vec<Deed> {
        let gone = self.remove_card.take().or(self.pull_card.take());
        let deeds = [
            self.card.take().map(ReaderDeed::Put),
            self.swap_card.take().map(ReaderDeed::Swap),
            gone.map(|Yes| ReaderDeed::Remove),
            self.answer_status.take().map(ReaderDeed::Status),
        ];
        deeds.into_iter().flatten().map(Deed::Reader).collect()
    }

    fn printer(&mut self) -> Result<Vec<Deed>, String> {
        let rows = match self.paper_out_mm {
            Some(mm) if !(0.0..=1e6).contains(&mm) => {
                return Err("`paper-out-mm` is 0 to 1000000 millimetres".to_owned());
            }
            Some(mm) => Some((mm * 8.0) as u64),
            None => None,
        };
        let deeds = [
            self.paper_out_rows.map(PrinterDeed::PaperOut),
            rows.map(PrinterDeed::PaperOut),
            self.refill.take().map(|Yes| PrinterDeed::Refill),
            self.cover_open.map(PrinterDeed::Cover),
            self.cutter_jammed.map(PrinterDeed::Cutter),
            self.near_end.map(PrinterDeed::NearEnd),
            self.head_hot.map(PrinterDeed::HeadHot),
            self.paper_jammed.map(PrinterDeed::PaperJam),
            self.dead.map(PrinterDeed::Dead),
            self.take_slip.take().map(|Yes| PrinterDeed::TakeSlip),
            self.power_cycle.take().map(|Yes| PrinterDeed::PowerCycle),
        ];
        Ok(deeds.into_iter().flatten().map(Deed::Printer).collect())
    }

    fn code(&mut self) -> Result<Vec<Deed>, String> {
        let text = self.code.take().map(String::into_bytes);
        let bytes = text.or(self.code_bytes.take());
        if bytes.as_ref().is_some_and(|bytes| bytes.len() > MAX_BYTES) {
            return Err(format!("a code has {MAX_BYTES} bytes at most"));
        }
        let codes = [
            bytes.map(CodeDeed::Show),
            self.take_code_away.take().map(|Yes| CodeDeed::TakeAway),
            self.deaf.map(CodeDeed::Deaf),
        ];
        let keys = [
            self.key.map(KeyDeed::Tap),
            self.headphones.map(KeyDeed::Headphones),
        ];
        let codes = codes.into_iter().flatten().map(Deed::Code);
        Ok(codes
            .chain(keys.into_iter().flatten().map(Deed::Key))
            .collect())
    }

    fn board(&mut self) -> Result<Vec<Deed>, String> {
        if self.charge_percent.is_some_and(|charge| charge > 100) {
            return Err("`charge-percent` is 0 to 100".to_owned());
        }
        let switch = self.switch.take();
        let deeds = [
            switch.map(|switch| BoardDeed::Switch(switch.signal, switch.on)),
            self.temperature_tenths.map(BoardDeed::Temperature),
            self.charge_percent.map(BoardDeed::Charge),
            self.board_power_cycle
                .take()
                .map(|Yes| BoardDeed::PowerCycle),
            self.silent.map(BoardDeed::Silent),
            self.exception.map(BoardDeed::Exception),
        ];
        Ok(deeds.into_iter().flatten().map(Deed::Board).collect())
    }

    fn scanner(&mut self, folder: &Path) -> Result<Vec<Deed>, String> {
        /// What `told` does to the faults.
        fn set<T: Send + 'static>(told: Option<T>, put: fn(&mut Faults, T)) -> Option<ScannerDeed> {
            told.map(|told| {
                ScannerDeed::Fault(Box::new(move |faults: &mut Faults| put(faults, told)))
            })
        }
        let time = |name: &str, told: Option<u64>| {
            let time = told.map(|ms| milliseconds(name, ms));
            time.transpose()
        };
        // 0 and an empty text end what an earlier entry began.
        let code = |code: u16| Some(code).filter(|code| *code != 0);
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        let job_state = self.job_state.take();
        let job_state = job_state.map(|said| text(said.state).map(|state| (state, said.reason)));
        let deeds = [
            set(self.page_fault, |faults, told| faults.page = told),
            set(
                time("page-delay-ms", self.page_delay_ms)?,
                |faults, told| faults.page_delay = told,
            ),
            set(self.feeder_state.take().map(text), |faults, told| {
                faults.adf_state = told;
            }),
            set(self.busy_jobs, |faults, told| faults.busy_jobs = told),
            set(self.good_pages, |faults, told| faults.good_pages = told),
            set(self.code_before_page, |faults, told| {
                faults.codes_before_page.push_back(told);
            }),
            set(self.not_ready, |faults, told| faults.not_ready = told),
            set(self.location, |faults, told| faults.location = told),
            set(self.job_code.map(code), |faults, told| {
                faults.job_code = told;
            }),
            set(self.status_code.map(code), |faults, told| {
                faults.status_code = told;
            }),
            set(self.capabilities_code.map(code), |faults, told| {
                faults.capabilities_code = told;
            }),
            set(self.delete_code.map(code), |faults, told| {
                faults.delete_code = told;
            }),
            set(job_state, |faults, told| faults.job_state = told),
            set(self.other_colour, |faults, told| faults.other_colour = told),
            set(self.half_size, |faults, told| faults.half_size = told),
            set(self.xml, |faults, told| faults.xml = told),
            set(time("slow-xml-ms", self.slow_xml_ms)?, |faults, told| {
                faults.slow_xml = told;
            }),
            set(self.redirects, |faults, told| faults.redirects = told),
            set(self.cut_job_answer, |faults, told| {
                faults.cut_job_answer = told;
            }),
            set(self.one_sheet_jobs, |faults, told| {
                faults.one_sheet_jobs = told;
            }),
            set(time("hurried-ms", self.hurried_ms)?, |faults, told| {
                faults.hurried = told;
            }),
            set(self.wants_host.take().map(text), |faults, told| {
                faults.wants_host = told;
            }),
            set(self.forgets_fault, |faults, told| {
                faults.forgets_fault = told;
            }),
            set(self.takes_empty_jobs, |faults, told| {
                faults.takes_empty_jobs = told;
            }),
            set(self.one_connection, |faults, told| {
                faults.one_connection = told;
            }),
            self.model.take().map(ModelAs::deed),
        ];
        let paper = self.paper(folder)?;
        let deeds = deeds.into_iter().flatten().chain(paper);
        Ok(deeds.map(Deed::Scanner).collect())
    }

    /// What is laid into the feeder or onto the glass.
    fn paper(&mut self, folder: &Path) -> Result<impl Iterator<Item = ScannerDeed>, String> {
        let drawn = self
            .sheets
            .map(|sheets| vec![Sheet::default(); sheets.into()]);
        let sheet = |file: PathBuf| {
            page(&folder.join(file)).map(|front| Sheet {
                front: Some(front),
                back: None,
            })
        };
        let files = self.sheet_files.take();
        let files = files.map(|files| files.into_iter().map(sheet).collect::<Result<_, _>>());
        let glass = self.glass_file.take().map(|file| page(&folder.join(file)));
        let deeds = [
            drawn.map(ScannerDeed::Sheets),
            files.transpose()?.map(ScannerDeed::Sheets),
            glass
                .transpose()?
                .map(|page| ScannerDeed::Glass(Some(page))),
            self.glass_empty.take().map(|Yes| ScannerDeed::Glass(None)),
        ];
        Ok(deeds.into_iter().flatten())
    }

    fn camera(&mut self, folder: &Path) -> Result<Vec<Deed>, String> {
        let file = self.frame_file.take().map(|file| page(&folder.join(file)));
        let deeds = [
            file.transpose()?.map(CameraDeed::Sees),
            self.frame_fault.map(CameraDeed::Fault),
        ];
        Ok(deeds.into_iter().flatten().map(Deed::Camera).collect())
    }

    fn document(&mut self) -> Vec<Deed> {
        let mishap = self.mishap.take();
        let deeds = [
            self.reason
                .take()
                .map(|name| DocumentDeed::Reason(name, true)),
            self.reason_gone
                .take()
                .map(|name| DocumentDeed::Reason(name, false)),
            self.abort_job.take().map(|Yes| DocumentDeed::AbortJob),
            mishap.map(|at| DocumentDeed::Mishap(at.operation.into(), at.what)),
        ];
        deeds.into_iter().flatten().map(Deed::Document).collect()
    }
}

impl ModelAs {
    fn deed(self) -> ScannerDeed {
        ScannerDeed::Model(Box::new(move |model: &mut Model| {
            model.name = self.name.unwrap_or(std::mem::take(&mut model.name));
            model.server = self.server.unwrap_or(std::mem::take(&mut model.server));
            model.platen = self.platen.unwrap_or(model.platen);
            model.feeder = self.feeder.unwrap_or(model.feeder);
        }))
    }
}

/// The page in a picture file, as a JPEG.
fn page(path: &Path) -> Result<Vec<u8>, String> {
    let name = path.display();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_PICTURE + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("{name}: {error}"))?;
    if bytes.len() as u64 > MAX_PICTURE {
        return Err(format!("{name} is larger than 64 MiB"));
    }
    picture(bytes).map_err(|fault| format!("{name}: {fault}"))
}

fn only_one<T, const N: usize>(found: [Option<T>; N]) -> Result<Option<T>, String> {
    let mut found = found.into_iter().flatten();
    let first = found.next();
    match found.count() {
        0 => Ok(first),
        more => Err(format!("one thing happens at a time, here {}", more + 1)),
    }
}

fn milliseconds(name: &str, ms: u64) -> Result<Duration, String> {
    if ms > MAX_MS {
        return Err(format!("`{name}` is 0 to {MAX_MS} milliseconds, a day"));
    }
    Ok(Duration::from_millis(ms))
}
