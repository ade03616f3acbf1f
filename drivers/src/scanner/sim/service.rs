//! What the simulated scanner answers.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::http::{self, Answer, Body};
use super::model::{Glass, OnGlass, Pile};
use super::paper::{cut_at_end, draw_glass};
use super::{
    AskedFor, Faults, Job, Location, MAX_JOBS, MAX_LOG, PageFault, Scanner, Shared, documents,
    draw_page,
};
use crate::runner::CancelToken;
use crate::scanner::Source;
use crate::sim_host::http::{Request, read_request};
use crate::sim_host::http_line::Connection;

/// Largest request body.
const MAX_BODY: usize = 256 * 1024;
/// How often a connection that waits looks whether anybody still does.
const STALL_LOOK: Duration = Duration::from_millis(50);

/// Serves one connection.
pub(super) fn serve(stream: TcpStream, shared: &Shared, off: &CancelToken) {
    let alone = shared.scanner().faults.one_connection;
    // What it holds is nothing, so that a thread that broke has broken nothing.
    let _interface = alone.then(|| {
        shared
            .interface
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    });
    let served = Connection::new(stream, &shared.line)
        .and_then(|mut connection| try_serve(&mut connection, shared, off));
    if let Err(error) = served {
        tracing::debug!(%error, "simulated scanner");
    }
}

fn try_serve(stream: &mut Connection, shared: &Shared, off: &CancelToken) -> io::Result<()> {
    let request = read_request(stream, MAX_BODY)?;
    if let Some(job) = page_asked(&request) {
        return serve_page(stream, shared, off, &job);
    }
    let answer = answer(shared, &request);
    let pause = shared.scanner().faults.slow_xml;
    if pause.is_zero() || request.method != "GET" {
        return http::write_answer(stream, &answer);
    }
    let mut bytes = Vec::new();
    http::write_answer(&mut bytes, &answer)?;
    for byte in bytes {
        hold(stream, off, Some(pause))?;
        stream.write_all(&[byte])?;
    }
    Ok(())
}

/// The job whose page a request asks for.
fn page_asked(request: &Request) -> Option<String> {
    let rest = request.path.strip_prefix("/eSCL/ScanJobs/")?;
    let job = rest.strip_suffix("/NextDocument")?;
    (request.method == "GET").then(|| job.to_owned())
}

fn answer(shared: &Shared, request: &Request) -> Answer {
    let mut scanner = shared.scanner();
    note(&mut scanner, &request.method, &request.path);
    let style = scanner.faults.xml;
    if scanner.faults.redirects {
        return Answer {
            location: Some(format!("http://{}{}", shared.address, request.path)),
            ..Answer::empty(302)
        };
    }
    let server = scanner.model.server.clone();
    let xml = |body: Vec<u8>| Answer {
        kind: "text/xml",
        body: Body::Whole(body),
        server,
        ..Answer::empty(200)
    };
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/eSCL/ScannerCapabilities") => match scanner.faults.capabilities_code {
            Some(code) => Answer::empty(code),
            None => xml(documents::capabilities(&scanner.model, style)),
        },
        ("GET", "/eSCL/ScannerStatus") => match scanner.faults.status_code {
            Some(code) => Answer::empty(code),
            None => {
                let status = documents::status(&scanner);
                if scanner.faults.forgets_fault {
                    scanner.faults.adf_state = None;
                }
                xml(status)
            }
        },
        ("POST", "/eSCL/ScanJobs") => create_job(&mut scanner, shared, request),
        ("DELETE", path) => delete_job(&mut scanner, path),
        ("GET", _) => Answer::empty(404),
        _ => Answer::empty(405),
    }
}

fn note(scanner: &mut Scanner, method: &str, path: &str) {
    if scanner.log.len() < MAX_LOG {
        scanner.log.push(format!("{method} {path}"));
    }
}

fn create_job(scanner: &mut Scanner, shared: &Shared, request: &Request) -> Answer {
    let wants = scanner.faults.wants_host.as_ref();
    if let Some(host) = wants.filter(|host| **host != request.host) {
        return Answer {
            location: Some(format!("http://{host}{}", request.path)),
            ..Answer::empty(302)
        };
    }
    if scanner.faults.busy_jobs > 0 {
        scanner.faults.busy_jobs -= 1;
        return Answer::empty(503);
    }
    if let Some(code) = scanner.faults.job_code {
        return Answer::empty(code);
    }
    if scanner.jobs.iter().any(Job::is_open) {
        return Answer::empty(503);
    }
    let body = request.body.as_deref().unwrap_or_default();
    let asked = match documents::parse_settings(body, &scanner.model) {
        Ok(asked)
            if asked.source != Source::Platen
                && scanner.pile.is_through()
                && !scanner.faults.takes_empty_jobs =>
        {
            return Answer::empty(409);
        }
        Ok(asked) => asked,
        Err(code) => return Answer::empty(code),
    };
    scanner.created += 1;
    let location = scanner.faults.location;
    let name = match location {
        Location::Urn => format!("urn:uuid:4509a320-00a0-008f-00b6-{:012x}", scanner.created),
        _ => scanner.created.to_string(),
    };
    let path = format!("/eSCL/ScanJobs/{name}");
    scanner.jobs.push(Job {
        name,
        asked,
        served: 0,
        state: "Processing",
        last_page: None,
    });
    if scanner.jobs.len() > MAX_JOBS {
        scanner.jobs.remove(0);
    }
    let location = match location {
        Location::Absolute | Location::Urn => Some(format!("http://{}{path}", shared.address)),
        Location::Relative => Some(path),
        Location::WrongHost => Some(format!("http://scanner-behind-usb.invalid:9{path}")),
        Location::CutIpv6 => Some(format!("http://[fe80::1ff:fe23{path}")),
        Location::Missing => None,
    };
    let body = match scanner.faults.cut_job_answer {
        true => Body::Short {
            promised: 100,
            sent: Vec::new(),
        },
        false => Body::Whole(Vec::new()),
    };
    Answer {
        location,
        body,
        ..Answer::empty(201)
    }
}

fn delete_job(scanner: &mut Scanner, path: &str) -> Answer {
    let Some(job) = scanner
        .jobs
        .iter_mut()
        .find(|job| path.strip_prefix("/eSCL/ScanJobs/") == Some(job.name.as_str()))
    else {
        return Answer::empty(404);
    };
    if job.is_open() {
        job.state = "Canceled";
        scanner.pile.eject();
    }
    Answer::empty(scanner.faults.delete_code.unwrap_or(200))
}

/// What a request for a page gets.
enum Turn {
    Code(u16),
    /// This code instead of a page, after the time a page takes.
    Stopped {
        code: u16,
        delay: Duration,
    },
    Page {
        fault: PageFault,
        delay: Duration,
        source: PageSource,
    },
}

enum PageSource {
    /// A JPEG as it is.
    Loaded(Vec<u8>),
    /// A JPEG as it is, but no longer than what was asked for.
    Fed(AskedFor, Vec<u8>),
    /// A page with lines, in the size asked for.
    Drawn(AskedFor),
    /// The glass with this on it, or nothing, in the size asked for.
    Glass(AskedFor, Option<Vec<u8>>),
}

fn serve_page(
    stream: &mut Connection,
    shared: &Shared,
    off: &CancelToken,
    job: &str,
) -> io::Result<()> {
    let (fault, delay, source) = match take_turn(shared, job) {
        Turn::Code(code) => return http::write_answer(stream, &Answer::empty(code)),
        // A jam happens while the sheet moves.
        Turn::Stopped { code, delay } => {
            hold(stream, off, Some(delay))?;
            return http::write_answer(stream, &Answer::empty(code));
        }
        Turn::Page {
            fault,
            delay,
            source,
        } => (fault, delay, source),
    };
    hold(stream, off, Some(delay))?;
    let page = match source {
        PageSource::Loaded(page) => page,
        PageSource::Fed(asked, page) => cut_at_end(&asked, page)?,
        PageSource::Drawn(asked) => {
            let (width, height) = asked.pixels();
            draw_page(width, height, asked.dpi, asked.grey)?
        }
        PageSource::Glass(asked, paper) => draw_glass(&asked, paper.as_deref())?,
    };
    send_page(stream, off, fault, page)
}

/// Decides under the lock; drawing and sending happen without it.
fn take_turn(shared: &Shared, name: &str) -> Turn {
    let mut guard = shared.scanner();
    let scanner = &mut *guard;
    note(
        scanner,
        "GET",
        &format!("/eSCL/ScanJobs/{name}/NextDocument"),
    );
    let Some(job) = scanner.jobs.iter_mut().find(|job| job.name == name) else {
        return Turn::Code(404);
    };
    if scanner.faults.not_ready > 0 {
        scanner.faults.not_ready -= 1;
        return Turn::Code(503);
    }
    if let Some(code) = scanner.faults.codes_before_page.pop_front() {
        return Turn::Code(code);
    }
    let well = job.served < scanner.faults.good_pages;
    let fault = match scanner.faults.page {
        _ if well => PageFault::None,
        PageFault::Code(code) => {
            // Whatever stops the feeder ends its job.
            let stopped = matches!(&scanner.faults.adf_state, Some(word) if !is_calm(word));
            if code == 409 && stopped {
                job.state = "Aborted";
            }
            let delay = scanner.faults.page_delay;
            return Turn::Stopped { code, delay };
        }
        fault => fault,
    };
    let hurried = |last: Instant| last.elapsed() < scanner.faults.hurried;
    scanner.confused = job.last_page.is_some_and(hurried) && !scanner.pile.is_through();
    if !job.is_open() || scanner.confused {
        return Turn::Code(404);
    }
    let Some(source) = next_side(&mut scanner.glass, &mut scanner.pile, job.asked) else {
        job.state = "Completed";
        return Turn::Code(404);
    };
    job.served += 1;
    job.last_page = Some(Instant::now() + scanner.faults.page_delay);
    let both = job.asked.source == Source::Duplex;
    let one = scanner.faults.one_sheet_jobs && job.served.is_multiple_of(if both { 2 } else { 1 });
    if job.asked.source == Source::Platen || scanner.pile.is_through() || one {
        job.state = "Completed";
    }
    Turn::Page {
        fault,
        delay: scanner.faults.page_delay,
        source: source.changed(&scanner.faults),
    }
}

/// Whether a feeder that says so works.
fn is_calm(word: &str) -> bool {
    matches!(
        word,
        "ScannerAdfEmpty" | "ScannerAdfLoaded" | "ScannerAdfProcessing"
    )
}

/// What the job's source has next; `None` when its paper has run out.
fn next_side(glass: &mut Glass, pile: &mut Pile, asked: AskedFor) -> Option<PageSource> {
    let side = match asked.source {
        Source::Platen => return Some(on_glass(glass, asked)),
        Source::Feeder => pile.next_side(false)?,
        Source::Duplex => pile.next_side(true)?,
    };
    Some(side.map_or(PageSource::Drawn(asked), |side| {
        PageSource::Fed(asked, side)
    }))
}

/// What lies on the glass; a look at it changes nothing.
fn on_glass(glass: &mut Glass, asked: AskedFor) -> PageSource {
    let lies = if asked.preview {
        glass.seen()
    } else {
        glass.scanned()
    };
    match lies {
        OnGlass::Drawn => PageSource::Drawn(asked),
        OnGlass::Nothing => PageSource::Glass(asked, None),
        OnGlass::Paper(page) if asked.preview => PageSource::Glass(asked, Some(page)),
        OnGlass::Paper(page) => PageSource::Loaded(page),
    }
}

impl PageSource {
    /// Another colour or size than asked, where that goes wrong.
    fn changed(self, faults: &Faults) -> Self {
        match self {
            Self::Drawn(asked) => Self::Drawn(AskedFor {
                grey: asked.grey != faults.other_colour,
                width: asked.width / if faults.half_size { 2 } else { 1 },
                height: asked.height / if faults.half_size { 2 } else { 1 },
                ..asked
            }),
            as_is @ (Self::Loaded(_) | Self::Fed(..) | Self::Glass(..)) => as_is,
        }
    }
}

fn send_page(
    stream: &mut Connection,
    off: &CancelToken,
    fault: PageFault,
    page: Vec<u8>,
) -> io::Result<()> {
    let half = page.get(..page.len() / 2).unwrap_or_default().to_vec();
    let body = match fault {
        PageFault::None | PageFault::Code(_) => Body::Chunked(page),
        PageFault::Empty => Body::Whole(Vec::new()),
        PageFault::Rubbish => Body::Whole(b"<html>scanner error</html>".to_vec()),
        PageFault::CutPicture => Body::Whole(half),
        PageFault::CutChunks => Body::ChunkedShort(half),
        PageFault::CutLength | PageFault::Stalled | PageFault::Gone => Body::Short {
            promised: page.len(),
            sent: half,
        },
    };
    http::write_answer(
        stream,
        &Answer {
            kind: "image/jpeg",
            body,
            ..Answer::empty(200)
        },
    )?;
    match fault {
        PageFault::Stalled => hold(stream, off, None),
        PageFault::Gone => {
            off.cancel();
            // Wakes the listener, which then closes its port.
            drop(TcpStream::connect(stream.stream().local_addr()?));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Holds the connection for so long; `None` for ever.
///
/// # Errors
/// When the client leaves meanwhile, or the scanner is switched off.
fn hold(stream: &mut Connection, off: &CancelToken, time: Option<Duration>) -> io::Result<()> {
    stream.flush()?;
    let end = time.map(|time| Instant::now() + time);
    let mut stream = stream.stream();
    let mut byte = [0u8; 1];
    loop {
        let left = end.map_or(STALL_LOOK, |end| {
            end.saturating_duration_since(Instant::now())
        });
        if left.is_zero() {
            return Ok(());
        }
        if off.is_cancelled() {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        stream.set_read_timeout(Some(left.min(STALL_LOOK)))?;
        match stream.read(&mut byte) {
            Ok(0) => return Err(ErrorKind::ConnectionAborted.into()),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
}
