//! The program killed in the middle of a slip: when it is started again, nobody can begin before
//! nothing of that slip is left in the printer or hangs at its head.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kiosk::app::App;
use kiosk::clock::Clock;
use kiosk::config::{self, Config};
use kiosk::devices::start_printer;
use kiosk::shell::Audience;
use kiosk::store::PrintJournal;
use kiosk_core::screen::{Page, Reason};
use kiosk_core::{Screen, Settings};
use kiosk_drivers::receipt_printer::sim::{Build, Piece, PrinterSim};
use kiosk_drivers::receipt_printer::{
    Bitmap, Job, JobId, Journal as _, PrinterCommand, PrinterEvent, Profile,
};
use kiosk_drivers::runner::Report;
use kiosk_drivers::selector::Selector;
use kiosk_drivers::sim_host::SimHost;

/// Tells the child process its state folder.
const FOLDER: &str = "KIOSK_TRIAL_FOLDER";
/// Tells it its printer.
const PRINTER: &str = "KIOSK_TRIAL_PRINTER";
/// The serial line's bits a second.
const BAUD: u32 = 115_200;
/// Rows of the slip: 100 mm.
const ROWS: usize = 800;
/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The child: prints one slip. Without its variables it has nothing to do.
#[test]
fn child_prints_until_it_is_killed() {
    let (Ok(folder), Ok(printer)) = (std::env::var(FOLDER), std::env::var(PRINTER)) else {
        return;
    };
    let selector: Selector = printer.parse().expect("a selector");
    let store = kiosk::app::state(Path::new(&folder))
        .expect("a state")
        .store;
    let (events, inbox) = mpsc::channel();
    let journal = PrintJournal::new(store);
    let profile = Profile::default();
    let printer = start_printer(&selector, profile, None, journal, events, |report| report)
        .expect("a printer");
    let slip = Job {
        id: JobId("first".to_owned()),
        content_hash: [7; 32],
        bitmap: Bitmap::new(576, vec![0xA5; 72 * ROWS]).expect("a picture"),
        copies: 1,
        reprint: None,
    };
    printer.send(PrinterCommand::Print(slip));
    for report in inbox {
        if let Report::Event(PrinterEvent::Outcome { outcome, .. }) = report {
            panic!("it was not killed: {outcome:?}");
        }
    }
}

fn child(folder: &Path, printer: &Selector) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "child_prints_until_it_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .env(PRINTER, printer.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child")
}

type Printer = Arc<SimHost<PrinterSim>>;

/// What the screen let people do, and what hung at the printer's head then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Nobody could begin.
    Held,
    /// Somebody could.
    Open {
        /// Nothing of the slip before hung at the head.
        cut_free: bool,
    },
    /// The printer was said to be online.
    Online {
        /// As above.
        cut_free: bool,
    },
}

/// Looks at the printer whenever something is shown or noted.
struct Watcher {
    printer: Printer,
    seen: Sender<Seen>,
    last: Mutex<Option<Seen>>,
}

impl Watcher {
    fn cut_free(&self) -> bool {
        self.printer.device(|printer| printer.hanging().is_blank())
    }

    fn tell(&self, seen: Seen) {
        let mut last = self.last.lock().expect("a lock");
        if last.replace(seen) != Some(seen) {
            // The test may have seen enough.
            let _ = self.seen.send(seen);
        }
    }
}

impl Audience for Watcher {
    fn show(&mut self, screen: Screen) {
        if let Page::Idle(page) = screen.page {
            self.tell(match page.halted {
                Some(Reason::Starting) => Seen::Held,
                Some(other) => panic!("closed for {other:?}"),
                None => Seen::Open {
                    cut_free: self.cut_free(),
                },
            });
        }
    }

    fn note(&mut self, _: Duration, what: &str) {
        if what == "receipt-printer:online" {
            self.tell(Seen::Online {
                cut_free: self.cut_free(),
            });
        }
    }
}

fn config(state: &Path, printer: &Selector) -> Config {
    Config {
        state: state.to_owned(),
        city: config::City {
            url: "https://127.0.0.1:9".to_owned(),
            ca: None,
        },
        devices: config::Devices {
            receipt_printer: Some(config::SelectorText(printer.clone())),
            ..config::Devices::default()
        },
        window: config::Window::default(),
        speech: config::Speech::default(),
        help_phone: "12345".to_owned(),
        slips: kiosk::slips::Templates::default(),
    }
}

/// Rows of the slip on a piece of paper.
fn inked(piece: &Piece) -> usize {
    let picture = piece.bitmap();
    let rows = picture.iter().flat_map(|it| it.as_bytes().chunks_exact(72));
    rows.filter(|row| row.contains(&0xA5)).count()
}

/// Kills the program when so many rows of its slip hang at the head, and starts it again.
fn killed_after(rows: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let printer = PrinterSim::new(Build::default());
    let link = folder.path().join("printer");
    let host = SimHost::on_pty(printer, Some(BAUD), Some(&link)).expect("a printer");
    let printer: Printer = Arc::new(host);
    let state = folder.path().join("state");
    let mut child = child(&state, printer.selector());
    let end = Instant::now() + PATIENCE;
    while printer.device(|printer| inked(&printer.hanging())) < rows {
        assert!(Instant::now() < end, "the slip never came so far");
        std::thread::park_timeout(Duration::from_millis(2));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("it is dead");
    let through = printer.device(|printer| printer.pieces().len());
    assert_eq!(through, 0, "the slip was cut before the kill at {rows}");

    let (tell, seen) = mpsc::channel();
    let watcher = Watcher {
        printer: Arc::clone(&printer),
        seen: tell,
        last: Mutex::new(None),
    };
    let config = config(&state, printer.selector());
    let app = App::start(&config, Settings::default(), Clock::new(), watcher).expect("started");
    let told = [(); 3].map(|()| seen.recv_timeout(PATIENCE).expect("told in time"));
    let cut_free = true;
    assert_eq!(
        told,
        [
            Seen::Held,
            Seen::Online { cut_free },
            Seen::Open { cut_free }
        ],
        "killed at {rows}"
    );
    let mut journal = PrintJournal::new(app.store().clone());
    assert_eq!(journal.open_job().expect("a journal"), None);
    app.end().expect("the end");
    let pieces = printer.device(|printer| printer.pieces());
    assert_eq!(pieces.len(), 1, "what was out is one piece, cut off");
    assert!(inked(&pieces[0]) < ROWS, "the rest of it was cleared");
    assert!(pieces[0].text.is_empty(), "no command printed as text");
}

#[test]
fn killed_in_mid_slip_it_is_cleared_and_cut_free_before_anybody_can_begin() {
    for rows in [8, 150, 400] {
        killed_after(rows);
    }
}
