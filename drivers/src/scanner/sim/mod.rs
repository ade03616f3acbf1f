//! An eSCL scanner with glass and feeder, as an HTTP server on loopback that can be told to misbehave.
//!
//! Source: the scanner fact sheet, sections 2.6 and 2.7.

mod bust;
mod documents;
mod http;
mod laid;
mod model;
mod paper;
mod service;

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use bust::{Bust, draw_frame, draw_photo};
pub use laid::{CardSide, draw_card, draw_desk};
pub use model::{Feeder, Model, Sheet};
pub use paper::{draw_page, picture};

use model::{Glass, Pile};

use crate::runner::CancelToken;
use crate::scanner::Source;
use crate::selector::Selector;
use crate::sim_host::http_line::{HttpDevice, HttpLine};

/// Connections served at once; more are closed unheard.
const MAX_CONNECTIONS: usize = 16;
/// Jobs remembered.
const MAX_JOBS: usize = 16;
/// Requests remembered for tests.
const MAX_LOG: usize = 256;

/// What goes wrong; all off by default.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// So many new jobs are answered 503.
    pub busy_jobs: u32,
    /// New jobs are answered with this code.
    pub job_code: Option<u16>,
    /// Where a new job is said to lie.
    pub location: Location,
    /// So many requests for a page are answered 503.
    pub not_ready: u32,
    /// What is wrong with pages.
    pub page: PageFault,
    /// So many pages of a job are well before that, and the feeder too.
    pub good_pages: u32,
    /// These codes come first, one a request, before the next page: 404 and then the page.
    pub codes_before_page: VecDeque<u16>,
    /// A page asked for sooner than this after the last one is answered 404 and "empty".
    pub hurried: Duration,
    /// Pages come in grey when colour was asked, and in colour when grey was.
    pub other_colour: bool,
    /// Pages are half as wide and high as asked.
    pub half_size: bool,
    /// A job is over after one sheet, whatever lies in the feeder.
    pub one_sheet_jobs: bool,
    /// A new job whose `Host` is another is sent away to this one.
    pub wants_host: Option<String>,
    /// Every page takes this much longer, and a code instead of one as well.
    pub page_delay: Duration,
    /// What the feeder says of itself instead of the truth, such as `ScannerAdfJam`; said
    /// without a feeder too.
    pub adf_state: Option<String>,
    /// State and reason reported for every job instead of the true ones.
    pub job_state: Option<(String, String)>,
    /// `ScannerStatus` is answered with this code.
    pub status_code: Option<u16>,
    /// `ScannerCapabilities` is answered with this code.
    pub capabilities_code: Option<u16>,
    /// DELETE is answered with this code.
    pub delete_code: Option<u16>,
    /// How its XML is written.
    pub xml: XmlStyle,
    /// Capabilities and status come a byte at a time, with this pause before each.
    pub slow_xml: Duration,
    /// Every short request is sent away to where it came from.
    pub redirects: bool,
    /// The connection is lost behind the head of the answer to a new job.
    pub cut_job_answer: bool,
    /// What is wrong with the feeder is said once; afterwards it says the truth.
    pub forgets_fault: bool,
    /// A job at an empty feeder is taken, and its first page is not found.
    pub takes_empty_jobs: bool,
    /// As behind `ipp-usb` with one interface: a connection waits for the end of the one before.
    pub one_connection: bool,
}

/// How XML is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum XmlStyle {
    /// With the prefixes that all use.
    #[default]
    Usual,
    /// With other prefixes, a byte order mark, comments and unknown elements.
    OtherPrefixes,
    /// With the scanner's namespace as the default one, and the same oddities.
    DefaultNamespace,
    /// Longer than any such document.
    TooLong,
}

/// How a new job's address is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Location {
    /// With scheme, host and port.
    #[default]
    Absolute,
    /// Only the path.
    Relative,
    /// With a host that does not exist.
    WrongHost,
    /// With an IPv6 address cut off in the middle.
    CutIpv6,
    /// With `urn:uuid:` in the path.
    Urn,
    /// Not at all.
    Missing,
}

/// What is wrong with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageFault {
    /// Nothing.
    #[default]
    None,
    /// This code instead of a page.
    Code(u16),
    /// 200 and not a byte.
    Empty,
    /// 200 and something that is no picture.
    Rubbish,
    /// Only the first part of the picture, in a complete answer.
    CutPicture,
    /// Only the first part of the promised length.
    CutLength,
    /// Chunks without the last one.
    CutChunks,
    /// Half of the page, and then nothing for ever.
    Stalled,
    /// Half of the page, and then the whole scanner is gone.
    Gone,
}

/// What a job asks for; sides in 1/300 inch.
#[derive(Debug, Clone, Copy)]
struct AskedFor {
    source: Source,
    width: u32,
    height: u32,
    dpi: u32,
    grey: bool,
    /// Only a look at the glass.
    preview: bool,
}

impl AskedFor {
    /// Width and height in pixels.
    fn pixels(&self) -> (u32, u32) {
        let pixels = |units: u32| units * self.dpi / 300;
        (pixels(self.width), pixels(self.height))
    }
}

/// One job.
#[derive(Debug)]
struct Job {
    name: String,
    asked: AskedFor,
    served: u32,
    state: &'static str,
    last_page: Option<Instant>,
}

impl Job {
    fn is_open(&self) -> bool {
        self.state == "Processing"
    }
}

/// Everything that changes.
#[derive(Debug, Default)]
struct Scanner {
    model: Model,
    glass: Glass,
    pile: Pile,
    /// A hurried request was refused: the feeder says that it is empty.
    confused: bool,
    faults: Faults,
    jobs: Vec<Job>,
    created: u64,
    log: Vec<String>,
}

#[derive(Debug)]
struct Shared {
    scanner: Mutex<Scanner>,
    address: SocketAddr,
    connections: AtomicUsize,
    /// Held by the connection that is served, where only one is.
    interface: Mutex<()>,
    line: Arc<HttpLine>,
}

impl Shared {
    fn scanner(&self) -> MutexGuard<'_, Scanner> {
        self.scanner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running simulator. Dropping it stops it.
#[derive(Debug)]
pub struct ScannerSim {
    shared: Arc<Shared>,
    server: Option<Server>,
}

#[derive(Debug)]
struct Server {
    off: CancelToken,
    thread: JoinHandle<()>,
}

impl ScannerSim {
    /// Starts on loopback at a free port.
    ///
    /// # Errors
    /// When no port is to be had.
    pub fn start() -> io::Result<Self> {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Starts at `address`; its port may be 0.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn start_on(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let shared = Arc::new(Shared {
            scanner: Mutex::default(),
            address: listener.local_addr()?,
            connections: AtomicUsize::new(0),
            interface: Mutex::default(),
            line: Arc::default(),
        });
        let server = Server::start(listener, &shared)?;
        Ok(Self {
            shared,
            server: Some(server),
        })
    }

    /// The base address, such as `http://127.0.0.1:41234/eSCL/`.
    pub fn url(&self) -> String {
        format!("http://{}/eSCL/", self.shared.address)
    }

    /// How a driver reaches the scanner.
    pub fn selector(&self) -> Selector {
        Selector::Escl(self.url())
    }

    /// Puts a page, a JPEG, under the ones that wait for the glass. A scan takes the next of
    /// them for the one that lies there, where it stays. Before the first, a generated page of
    /// the size asked for lies there.
    pub fn load_page(&self, jpeg: Vec<u8>) {
        self.shared.scanner().glass.wait(jpeg);
    }

    /// Takes everything off the glass: what is scanned then is the white of the lid.
    pub fn clear_glass(&self) {
        self.shared.scanner().glass.clear();
    }

    /// Changes what kind of scanner it is.
    pub fn model<R>(&self, change: impl FnOnce(&mut Model) -> R) -> R {
        change(&mut self.shared.scanner().model)
    }

    /// Lays sheets into the feeder, under those that lie there.
    pub fn load_feeder(&self, sheets: impl IntoIterator<Item = Sheet>) {
        let mut scanner = self.shared.scanner();
        sheets.into_iter().for_each(|sheet| scanner.pile.lay(sheet));
    }

    /// Sheets still in the feeder.
    pub fn sheets(&self) -> usize {
        self.shared.scanner().pile.sheets()
    }

    /// Changes what goes wrong.
    pub fn faults<R>(&self, change: impl FnOnce(&mut Faults) -> R) -> R {
        change(&mut self.shared.scanner().faults)
    }

    /// The requests so far, such as `POST /eSCL/ScanJobs`.
    pub fn requests(&self) -> Vec<String> {
        self.shared.scanner().log.clone()
    }

    /// Connections that are open, or wait to be heard.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Jobs that were neither finished nor deleted.
    pub fn open_jobs(&self) -> usize {
        self.shared
            .scanner()
            .jobs
            .iter()
            .filter(|job| job.is_open())
            .count()
    }

    /// Forgets its jobs, as a scanner does after a while with one that nobody fetches.
    pub fn forget_jobs(&self) {
        let mut scanner = self.shared.scanner();
        scanner.jobs.clear();
        scanner.pile.eject();
    }

    /// Pulls the plug: open connections break, new ones are refused.
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.off.cancel();
            self.shared.line.cut();
            // Wakes the listener; when it is gone already there is nothing to wake.
            let _ = TcpStream::connect(self.shared.address);
            let _ = server.thread.join();
        }
    }

    /// Puts the plug back, at the same address. Jobs are forgotten.
    ///
    /// # Errors
    /// When the address cannot be listened on any more.
    pub fn resume(&mut self) -> io::Result<()> {
        self.stop();
        self.shared.scanner().jobs.clear();
        let listener = TcpListener::bind(self.shared.address)?;
        self.server = Some(Server::start(listener, &self.shared)?);
        Ok(())
    }
}

impl HttpDevice for ScannerSim {
    fn line(&self) -> Arc<HttpLine> {
        Arc::clone(&self.shared.line)
    }

    fn unplug(&mut self) {
        self.stop();
    }

    fn replug(&mut self) -> io::Result<()> {
        self.resume()
    }
}

impl Drop for ScannerSim {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Server {
    fn start(listener: TcpListener, shared: &Arc<Shared>) -> io::Result<Self> {
        let off = CancelToken::default();
        let (shared, stopped) = (Arc::clone(shared), off.clone());
        let thread = std::thread::Builder::new()
            .name("simulated-scanner".to_owned())
            .spawn(move || listen(&listener, &shared, &stopped))?;
        Ok(Self { off, thread })
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>, off: &CancelToken) {
    for connection in listener.incoming() {
        if off.is_cancelled() {
            return;
        }
        let Ok(stream) = connection else {
            continue;
        };
        if shared.connections.fetch_add(1, Ordering::SeqCst) >= MAX_CONNECTIONS {
            shared.connections.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let (shared_there, off_there) = (Arc::clone(shared), off.clone());
        let spawned = std::thread::Builder::new()
            .name("simulated-scan".to_owned())
            .spawn(move || {
                service::serve(stream, &shared_there, &off_there);
                shared_there.connections.fetch_sub(1, Ordering::SeqCst);
            });
        if spawned.is_err() {
            shared.connections.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
