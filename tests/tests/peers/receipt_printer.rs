//! python-escpos and receiptio talk to our printer simulator, and encode pictures beside us.

use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use kiosk::fonts::Fonts;
use kiosk::slips;
use kiosk_core::screen::Lang;
use kiosk_drivers::receipt_printer::sim::{Build, PieceEnd, PrinterSim};
use kiosk_drivers::receipt_printer::{
    Bitmap, Job, MemoryJournal, Outcome, PrinterCommand, PrinterEvent, Profile,
};
use kiosk_drivers::runner::Report;
use kiosk_drivers::selector::Selector;
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;
use kiosk_paper::PaperWidth;
use kiosk_tests::peer::peer;
use kiosk_tests::private::{Needs, goes_on_here};

use crate::paper::receipt;
use crate::{kept, told};

/// The most bytes of ours for each of python-escpos' for the same slip.
const MOST_BYTES: f64 = 0.8;
const A_MINUTE: Duration = Duration::from_secs(60);

/// A printer without flow control, notice and mechanics' time.
fn printer() -> PrinterSim {
    PrinterSim::new(Build {
        speed: None,
        power_notice: false,
        xon_xoff: false,
        ..Build::default()
    })
}

fn on_tcp() -> SimHost<PrinterSim> {
    SimHost::on_tcp(printer(), None, "127.0.0.1:0".parse().unwrap()).unwrap()
}

/// Runs lines of Python with `printer` connected to the simulator; what they printed.
fn python<D: SimulatedDevice + 'static>(
    interpreter: &Path,
    host: &SimHost<D>,
    lines: &str,
) -> String {
    let connect = match host.selector() {
        Selector::Tcp { host, port } => format!("Network('{host}', port={port}, timeout=20)"),
        // It waits out this time for 16 bytes, although each answer is one.
        Selector::Serial { path, .. } => {
            format!("Serial('{}', baudrate=115200, timeout=2)", path.display())
        }
        other => panic!("the simulator is behind {other}"),
    };
    let script = format!(
        "from escpos.printer import Network, Serial\n\
         printer = {connect}\n\
         printer.open()\n\
         {lines}\n\
         printer.close()\n"
    );
    run_python(interpreter, &script)
}

fn run_python(interpreter: &Path, script: &str) -> String {
    let output = Command::new(interpreter)
        .args(["-c", script])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", told(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// What python-escpos makes of every state of the printer.
fn sees_every_state(interpreter: &Path, host: &SimHost<PrinterSim>) {
    let ask = || {
        python(
            interpreter,
            host,
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
fn python_escpos_sees_paper_cover_and_readiness_over_tcp() {
    let Some(interpreter) = peer("python-escpos") else {
        return;
    };
    sees_every_state(&interpreter, &on_tcp());
}

#[test]
fn python_escpos_sees_paper_cover_and_readiness_over_a_serial_line() {
    let Some(interpreter) = peer("python-escpos").and_then(|_| peer("pyserial")) else {
        return;
    };
    sees_every_state(
        &interpreter,
        &SimHost::on_pty(printer(), None, None).unwrap(),
    );
}

/// Prints a slope of dots: wrong bit order, polarity or row length would bend it.
fn prints_a_slope(interpreter: &Path, host: &SimHost<PrinterSim>) {
    let done = python(
        interpreter,
        host,
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

#[test]
fn a_picture_printed_by_python_escpos_is_on_the_paper_dot_by_dot() {
    let Some(interpreter) = peer("python-escpos").and_then(|_| peer("pyserial")) else {
        return;
    };
    prints_a_slope(&interpreter, &on_tcp());
    prints_a_slope(
        &interpreter,
        &SimHost::on_pty(printer(), None, None).unwrap(),
    );
}

/// Place of the only black dot of a row; `None`: the row is blank.
fn only_dot(row: &[u8]) -> Option<usize> {
    let black = |x: &usize| row[x / 8] & (0x80 >> (x % 8)) != 0;
    let mut dots = (0..row.len() * 8).filter(black);
    let first = dots.next();
    assert_eq!(dots.next(), None, "two dots in one row");
    first
}

/// A printer that counts the bytes it is sent.
struct Counting {
    printer: PrinterSim,
    bytes: usize,
}

impl SimulatedDevice for Counting {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.printer.receive(now, bytes);
    }

    fn next_due(&self) -> Option<Duration> {
        self.printer.next_due()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        self.printer.poll(now)
    }
}

fn our_job(lang: Lang, paper: PaperWidth) -> Job {
    slips::job(&receipt(lang), &Fonts::new().unwrap(), paper).unwrap()
}

/// Bytes our driver sends for `job`, from the command to the proof that it is printed.
fn our_bytes(job: Job, head_bytes: u8) -> usize {
    let build = Build {
        head_bytes,
        speed: None,
        power_notice: false,
        xon_xoff: false,
        ..Build::default()
    };
    let device = Counting {
        printer: PrinterSim::new(build),
        bytes: 0,
    };
    let host = SimHost::on_tcp(device, None, "127.0.0.1:0".parse().unwrap()).unwrap();
    let (events, reports) = mpsc::channel();
    let profile = Profile {
        head_bytes,
        ..Profile::default()
    };
    let journal = MemoryJournal::default();
    let driver =
        kiosk::devices::start_printer(host.selector(), profile, None, journal, events, |report| {
            report
        })
        .unwrap();
    while !matches!(
        reports.recv_timeout(A_MINUTE).unwrap(),
        Report::Identified(_)
    ) {}
    host.device(|device| device.bytes = 0);
    driver.send(PrinterCommand::Print(job));
    loop {
        if let Report::Event(PrinterEvent::Outcome { outcome, .. }) =
            reports.recv_timeout(A_MINUTE).unwrap()
        {
            assert_eq!(outcome, Outcome::Printed);
            return host.device(|device| device.bytes);
        }
    }
}

/// The bytes python-escpos prints the picture and cuts with.
fn their_bytes(interpreter: &Path, png: &[u8]) -> Vec<u8> {
    let (folder, picture) = kept(png, "slip.png");
    let bytes = folder.path().join("slip.bin");
    let script = format!(
        "from escpos.printer import Dummy\n\
         printer = Dummy()\n\
         printer.image('{}', impl='bitImageRaster')\n\
         printer.cut()\n\
         open('{}', 'wb').write(printer.output)\n",
        picture.display(),
        bytes.display()
    );
    run_python(interpreter, &script);
    std::fs::read(bytes).unwrap()
}

/// The rows of a picture from the first that is not blank to the last.
fn inked(bitmap: &Bitmap) -> Vec<&[u8]> {
    let rows: Vec<&[u8]> = bitmap.rows().collect();
    let ink = |row: &&[u8]| row.iter().any(|byte| *byte != 0);
    let first = rows.iter().position(ink).unwrap();
    let last = rows.iter().rposition(ink).unwrap();
    rows[first..=last].to_vec()
}

#[test]
fn our_receipt_takes_at_most_four_fifths_of_the_bytes_of_python_escpos() {
    let Some(interpreter) = peer("python-escpos") else {
        return;
    };
    for lang in [Lang::ZhHans, Lang::En] {
        for (paper, head) in [(PaperWidth::Mm80, 72), (PaperWidth::Mm58, 48)] {
            let job = our_job(lang, paper);
            let fonts = Fonts::new().unwrap();
            let slip = receipt(lang);
            let drawn = slip.draw(&fonts.for_text(&slip.text()), paper).unwrap();
            let theirs = their_bytes(&interpreter, &drawn.bitmap.to_png());

            let mut sim = PrinterSim::new(Build {
                head_bytes: head,
                speed: None,
                ..Build::default()
            });
            // In pieces that its buffer takes; each is printed before the next comes.
            for piece in theirs.chunks(512) {
                sim.receive(Duration::ZERO, piece);
            }
            let pieces = sim.take_pieces();
            let printed = pieces.iter().find(|piece| !piece.is_blank()).unwrap();
            assert!(printed.text.is_empty(), "every byte is understood");
            let printed = printed.bitmap().unwrap();
            assert!(inked(&printed) == inked(&job.bitmap), "dot by dot");

            let ours = our_bytes(job, head);
            let ratio = ours as f64 / theirs.len() as f64;
            println!(
                "{lang:?} {paper:?}: {ours} bytes, python-escpos {}: {ratio:.3}",
                theirs.len()
            );
            assert!(ratio <= MOST_BYTES, "{lang:?} {paper:?}: {ratio:.3}");
        }
    }
}

/// What the command line of receiptio says after printing on the simulator in this state, and
/// the text on the paper that was cut off.
fn receiptio(program: &Path, put: impl FnOnce(&mut PrinterSim)) -> (String, String) {
    // It knows no other port; this loopback is the test's own.
    let host = SimHost::on_tcp(printer(), None, "127.0.0.1:9100".parse().unwrap()).unwrap();
    host.device(put);
    let lines = (1..=20).map(|line| format!("Line {line} | {line}.00\n"));
    let document = format!("Receipt\n---\n{}", lines.collect::<String>());
    let (_folder, source) = kept(document.as_bytes(), "slip.receipt");
    let output = Command::new(program)
        .args(["-d", "127.0.0.1", "-c", "42", "-l", "en"])
        .arg(source)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let pieces = host.device(PrinterSim::take_pieces);
    let cut = pieces.iter().filter(|piece| piece.end == PieceEnd::Cut);
    let text: Vec<u8> = cut.flat_map(|piece| piece.text.clone()).collect();
    (said, String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn receiptio_prints_and_tells_paper_and_cover_apart() {
    let Some(program) = peer("receiptio") else {
        return;
    };
    let name = "receipt_printer::receiptio_prints_and_tells_paper_and_cover_apart";
    if !goes_on_here(name, Needs::Network) {
        return;
    }
    for near_end in [false, true] {
        let (said, paper) = receiptio(&program, |printer| printer.set_near_end(near_end));
        assert_eq!(said, "success", "near end {near_end}");
        assert!(paper.contains("Line 20"), "{paper}");
    }
    let nothing = |said: &str| (said.to_owned(), String::new());
    assert_eq!(
        receiptio(&program, PrinterSim::pull_paper),
        nothing("paperempty")
    );
    let (said, paper) = receiptio(&program, |printer| printer.set_cover_open(true));
    assert_eq!((said, paper), nothing("coveropen"));
    // Twenty lines are longer than 30 mm.
    let (said, paper) = receiptio(&program, |printer| printer.end_roll_after(30.0));
    assert_eq!(said, "paperempty", "the roll ends in the middle");
    assert!(!paper.contains("Line 20"), "{paper}");
}
