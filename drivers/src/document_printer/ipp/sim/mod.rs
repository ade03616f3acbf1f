//! An IPP printer as a program: real HTTP, real IPP bytes, on a loopback port.
//!
//! Every document that reached paper is kept, so that a test can see that there is one of it
//! and not two. Source: RFC 8011; the printer fact sheet, section 6.

mod answers;
mod http;

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use answers::Reply;
use ipp::model::Operation;

use crate::selector::Selector;
use crate::sim_host::http::{Request, read_request};
use crate::sim_host::http_line::{Connection, HttpDevice, HttpLine};

/// Jobs remembered.
const MAX_JOBS: usize = 100;
/// Documents that came out kept in memory.
const MAX_SHEETS: usize = 100;
/// Largest document with its request.
const MAX_BODY: usize = 72 << 20;

/// What an operation does wrong, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mishap {
    /// It is done, and the connection breaks before the answer.
    AnswerLost,
    /// The connection breaks before anything is done.
    NotDone,
    /// It is refused with `server-error-internal-error`.
    Refused,
    /// The answer is no IPP.
    Nonsense,
    /// Nothing is done and nothing said until the other side hangs up; others wait meanwhile.
    Stalled,
}

/// How the printer is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// Maker and model.
    pub model: String,
    /// Formats it takes.
    pub formats: Vec<String>,
    /// Paper it knows.
    pub media: Vec<String>,
    /// Paper in its trays; `None` when it does not say.
    pub ready: Option<Vec<String>>,
    /// Sides of every document, counted as they come out; 0 = it does not count.
    pub pages: u32,
    /// Looks at a job until it is done, when nothing hinders it; at least 1.
    pub looks: u32,
    /// `cups-version` and `device-uri`: it is a queue of a print server.
    pub queue: Option<String>,
    /// `printer-error-policy` of the queue.
    pub error_policy: Option<String>,
}

impl Default for Build {
    fn default() -> Self {
        Self {
            model: "Simulated A4".to_owned(),
            formats: vec!["application/pdf".to_owned(), "image/pwg-raster".to_owned()],
            media: vec![
                "iso_a4_210x297mm".to_owned(),
                "na_letter_8.5x11in".to_owned(),
            ],
            ready: None,
            pages: 0,
            looks: 3,
            queue: None,
            error_policy: None,
        }
    }
}

/// A job's state as RFC 8011 numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JobState {
    Pending = 3,
    Processing = 5,
    Stopped = 6,
    Cancelled = 7,
    Aborted = 8,
    Completed = 9,
}

#[derive(Debug)]
struct SimJob {
    state: JobState,
    document: Option<Vec<u8>>,
    looks: u32,
    printed_pages: u32,
    began: bool,
    template: Vec<(String, String)>,
}

impl SimJob {
    /// Whether it is at its end, where nothing changes it any more.
    fn over(&self) -> bool {
        matches!(
            self.state,
            JobState::Cancelled | JobState::Aborted | JobState::Completed
        )
    }
}

/// The printer's inside.
#[derive(Debug)]
struct Inside {
    build: Build,
    reasons: Vec<String>,
    jobs: BTreeMap<i32, SimJob>,
    next_job: i32,
    mishaps: Vec<(Operation, Mishap)>,
    abort_next: bool,
    sheets: Vec<Vec<u8>>,
    /// Documents that ever came out.
    printed: u64,
    /// Where they are kept as files as well.
    folder: Option<PathBuf>,
    /// Servers started so far; one that is not the last ends.
    server: u64,
    /// Requests that were let hang.
    stalls: u64,
}

/// A running simulated printer. Dropping it stops the thread.
#[derive(Debug)]
pub struct IppSim {
    inside: Arc<Mutex<Inside>>,
    address: SocketAddr,
    line: Arc<HttpLine>,
    thread: Option<JoinHandle<()>>,
}

impl IppSim {
    /// Starts a printer on a free port of the loopback.
    ///
    /// # Errors
    /// When there is no port or no thread.
    pub fn start(build: Build) -> io::Result<Self> {
        Self::start_on(build, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Starts a printer on `address`.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn start_on(build: Build, address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let inside = Arc::new(Mutex::new(Inside {
            build,
            reasons: Vec::new(),
            jobs: BTreeMap::new(),
            next_job: 1,
            mishaps: Vec::new(),
            abort_next: false,
            sheets: Vec::new(),
            printed: 0,
            folder: None,
            server: 0,
            stalls: 0,
        }));
        let mut printer = Self {
            inside,
            address,
            line: Arc::default(),
            thread: None,
        };
        printer.serve(listener)?;
        Ok(printer)
    }

    fn serve(&mut self, listener: TcpListener) -> io::Result<()> {
        let shared = Arc::clone(&self.inside);
        let line = Arc::clone(&self.line);
        let number = self.inside().server;
        let thread = std::thread::Builder::new()
            .name("simulated printer".to_owned())
            .spawn(move || serve(&listener, &shared, &line, number))?;
        self.thread = Some(thread);
        Ok(())
    }

    /// Pulls the plug: an open connection breaks, new ones are refused. Its jobs are kept.
    pub fn stop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.inside().server += 1;
            self.line.cut();
            // Wakes the thread; it looks at its number first.
            let _ = TcpStream::connect(self.address);
            let _ = thread.join();
        }
    }

    /// Puts the plug back, at the same address.
    ///
    /// # Errors
    /// When the address cannot be listened on any more.
    pub fn resume(&mut self) -> io::Result<()> {
        self.stop();
        self.serve(TcpListener::bind(self.address)?)
    }

    /// `ipp://127.0.0.1:PORT/ipp/print`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ipp://{}/ipp/print", self.address)
    }

    /// The same as a selector.
    #[must_use]
    pub fn selector(&self) -> Selector {
        Selector::Ipp(self.url())
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        lock(&self.inside)
    }

    /// Puts another printer in its place, at the same address.
    pub fn rebuild(&self, build: Build) {
        self.inside().build = build;
    }

    /// Puts a reason such as `media-empty-error` on the printer, or takes it away.
    pub fn set_reason(&self, reason: &str, on: bool) {
        let mut inside = self.inside();
        inside.reasons.retain(|there| there != reason);
        if on {
            inside.reasons.push(reason.to_owned());
        }
    }

    /// Lets the next `operation` go wrong; several are worked off in order.
    pub fn plan(&self, operation: Operation, mishap: Mishap) {
        self.inside().mishaps.push((operation, mishap));
    }

    /// The next job is broken off by the printer in the middle of its pages.
    pub fn abort_next(&self) {
        self.inside().abort_next = true;
    }

    /// The documents that came out on paper, in order.
    #[must_use]
    pub fn printed(&self) -> Vec<Vec<u8>> {
        self.inside().sheets.clone()
    }

    /// Keeps the documents that come out from now on as files in `folder`, which exists.
    pub fn keep_in(&self, folder: &Path) {
        self.inside().folder = Some(folder.to_owned());
    }

    /// Jobs ever created.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.inside().jobs.len()
    }

    /// Requests let hang by [`Mishap::Stalled`] so far.
    #[must_use]
    pub fn stalls(&self) -> u64 {
        self.inside().stalls
    }

    /// What the newest job was told about its paper, as name and value.
    #[must_use]
    pub fn last_template(&self) -> Vec<(String, String)> {
        let inside = self.inside();
        let last = inside.jobs.values().next_back();
        last.map(|job| job.template.clone()).unwrap_or_default()
    }
}

impl HttpDevice for IppSim {
    fn line(&self) -> Arc<HttpLine> {
        Arc::clone(&self.line)
    }

    fn unplug(&mut self) {
        self.stop();
    }

    fn replug(&mut self) -> io::Result<()> {
        self.resume()
    }
}

impl Drop for IppSim {
    fn drop(&mut self) {
        self.stop();
    }
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(listener: &TcpListener, inside: &Mutex<Inside>, line: &Arc<HttpLine>, number: u64) {
    for stream in listener.incoming() {
        if lock(inside).server != number {
            return;
        }
        let Ok(mut stream) = stream.and_then(|stream| Connection::new(stream, line)) else {
            continue;
        };
        let Ok(Request {
            body: Some(body), ..
        }) = read_request(&mut stream, MAX_BODY)
        else {
            continue;
        };
        let reply = lock(inside).handle(body);
        // A client that has gone away needs no answer.
        let _ = match reply {
            Reply::Answer(answer) => http::write_answer(&mut stream, &answer),
            Reply::Nothing => Ok(()),
            Reply::Stall => io::copy(&mut stream, &mut io::sink()).map(drop),
        };
    }
}

impl Inside {
    /// Takes the mishap planned for `operation`, if it is the next one of its kind.
    fn mishap(&mut self, operation: Operation) -> Option<Mishap> {
        let at = self
            .mishaps
            .iter()
            .position(|(kind, _)| *kind == operation)?;
        Some(self.mishaps.remove(at).1)
    }

    fn hindered(&self) -> bool {
        let harmless = |reason: &str| reason.contains("-low") || reason == "none";
        self.reasons.iter().any(|reason| !harmless(reason))
    }

    fn create(&mut self, template: Vec<(String, String)>) -> i32 {
        let id = self.next_job;
        self.next_job += 1;
        self.jobs.insert(
            id,
            SimJob {
                state: JobState::Pending,
                document: None,
                looks: 0,
                printed_pages: 0,
                began: false,
                template,
            },
        );
        while self.jobs.len() > MAX_JOBS {
            self.jobs.pop_first();
        }
        id
    }

    /// One look at a job moves it on.
    fn advance(&mut self, id: i32) {
        let hindered = self.hindered();
        let pages = self.build.pages;
        let looks = self.build.looks.max(1);
        let Some(job) = self.jobs.get_mut(&id) else {
            return;
        };
        if job.over() || job.document.is_none() {
            return;
        }
        job.began = true;
        if hindered {
            job.state = JobState::Stopped;
            return;
        }
        job.state = JobState::Processing;
        job.looks += 1;
        job.printed_pages = (pages * job.looks / looks).min(pages);
        if self.abort_next && job.looks + 1 == looks {
            self.abort_next = false;
            job.state = JobState::Aborted;
        } else if job.looks >= looks {
            job.state = JobState::Completed;
            let document = job.document.take();
            self.come_out(document.unwrap_or_default());
        }
    }

    fn come_out(&mut self, document: Vec<u8>) {
        self.printed += 1;
        if let Some(folder) = &self.folder {
            let path = folder.join(format!("document-{:04}.pdf", self.printed));
            if let Err(error) = std::fs::write(&path, &document) {
                tracing::warn!(%error, path = %path.display(), "keeping a printed document");
            }
        }
        self.sheets.push(document);
        if self.sheets.len() > MAX_SHEETS {
            self.sheets.remove(0);
        }
    }

    fn cancel(&mut self, id: i32) -> bool {
        match self.jobs.get_mut(&id) {
            Some(job) if !job.over() => {
                job.state = JobState::Cancelled;
                true
            }
            Some(_) | None => false,
        }
    }
}
