//! Writes the first inputs of every target: what our simulators say, the test vectors of packets
//! and the sample city. It is built as a target too, because the instrumentation of the libraries
//! wants the fuzzer: `SEEDS=FOLDER seeds -runs=0`
#![no_main]
#![allow(clippy::unwrap_used, reason = "a tool of the checks: it stops where it cannot write")]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use kiosk_drivers::cabinet::RegisterMap;
use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::document_printer::ipp::sim::{self as ipp, IppSim};
use kiosk_drivers::id_card::protocol::commands::{
    FindCard, ReadCard, ReadNewestAddress, ReadSamId, Request, SamStatus, SelectCard,
};
use kiosk_drivers::id_card::sim::{CardContent, SimReader};
use kiosk_drivers::id_card::{Document, SamId};
use kiosk_drivers::input_event::sim::SimKeys;
use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::scanner::sim::{ScannerSim, draw_page};
use kiosk_drivers::transport::simulated::SimulatedDevice;
use libfuzzer_sys::fuzz_target;

const DOCUMENTS: [Document; 4] = [
    Document::Resident,
    Document::Hmt,
    Document::Foreigner2017,
    Document::Foreigner2023,
];

fuzz_target!(
    init: {
        let folder = std::env::var_os("SEEDS").unwrap();
        write_all(Path::new(&folder));
    },
    |_bytes: &[u8]| {}
);

fn write_all(folder: &Path) {
    card(folder);
    reader(folder);
    printer(folder);
    printer_driver(folder);
    scanner(folder);
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../backend/api/vectors");
    for name in ["application.header.json", "application.content.plain"] {
        let bytes = fs::read(Path::new(vectors).join(name)).unwrap();
        seed(folder, "packet", name, &bytes);
    }
    catalogue(folder);
    seed(folder, "pdf_pages", "test-page", &kiosk_drivers::fuzzing::test_page());
    // The specimens of ICAO 9303: a person called Utopia's Eriksson.
    seed(
        folder,
        "mrz",
        "td3",
        b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    );
    seed(
        folder,
        "mrz",
        "td1",
        b"I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    );
    for name in ["epson", "custom", "cashino", "generic"] {
        let path = format!("{}/../drivers/profiles/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        seed(folder, "device_data", name, &fs::read(path).unwrap());
    }
    let quirks = concat!(env!("CARGO_MANIFEST_DIR"), "/../drivers/src/scanner/escl/quirks.toml");
    seed(folder, "device_data", "quirks", &fs::read(quirks).unwrap());
    seed(folder, "device_data", "cabinet", RegisterMap::SAMPLE.as_bytes());
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../drivers/fixtures");
    for entry in fs::read_dir(fixtures).unwrap().flatten() {
        if entry.path().extension().is_some_and(|kind| kind == "trace") {
            let name = entry.file_name().into_string().unwrap();
            seed(folder, "trace", &name, &fs::read(entry.path()).unwrap());
        }
    }
    let page = include_str!("../../docs/fault-scripts.md");
    for (number, example) in page.split("```toml\n").skip(1).enumerate() {
        let text = example.split("```").next().unwrap_or_default();
        seed(folder, "device_data", &format!("script-{number}"), text.as_bytes());
    }
    board(folder);
    codes(folder);
    document_printer(folder);
    other_programs(folder);
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../kiosk-app/slips/guide.toml");
    seed(folder, "device_data", "guide", &fs::read(guide).unwrap());
    for selector in [
        "serial:/dev/ttyUSB0@115200",
        "tcp:[::1]:9100",
        "usb:04b8:0202:X1@1-2",
        "hid:0400:c35a@1-3.4",
        "camera:file:/srv/desk",
        "2-1.4",
    ] {
        seed(folder, "device_data", &selector.replace(['/', ':'], "_"), selector.as_bytes());
    }
    city(folder);
    // An answer of each HID envelope: a SAM frame in a piece.
    let frame = b"\xAA\xAA\xAA\x96\x69\x00\x04\x00\x00\x80\x84";
    seed(folder, "hid_report", "counted", &[&[11][..], frame].concat());
    let through = [&[0xAA, 1, 0, 13, 0, 0xB1, 0, 0][..], frame, &[0, 0]].concat();
    seed(folder, "hid_report", "through", &through);
}

fn seed(folder: &Path, target: &str, name: &str, bytes: &[u8]) {
    let folder = folder.join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

/// What a device says to `request`, within a simulated second.
fn says(device: &mut impl SimulatedDevice, now: &mut Duration, request: &[u8]) -> Vec<u8> {
    device.receive(*now, request);
    let mut said = Vec::new();
    for _ in 0..100 {
        *now += Duration::from_millis(10);
        said.extend(device.poll(*now));
    }
    said
}

fn card(folder: &Path) {
    let requests = [
        SamStatus.encode(),
        ReadSamId.encode(),
        FindCard.encode(),
        SelectCard.encode(),
        ReadCard.encode(),
        ReadNewestAddress.encode(),
    ];
    for document in DOCUMENTS {
        let content = CardContent::blank(document);
        seed(folder, "card_text", document.name(), &content.text_block());
        let mut reader = SimReader::new(SamId([0; 16]));
        let mut now = Duration::ZERO;
        reader.put(content);
        for (number, request) in requests.iter().enumerate() {
            let answer = says(&mut reader, &mut now, request);
            let name = format!("{}-{number}", document.name());
            seed(folder, "card_line", &name, &answer);
        }
    }
}

/// An answer as the target of the reader's driver takes it: bytes as they are, or a frame's body.
fn answer(framed: bool, bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u16).to_be_bytes();
    [&length[..], &[u8::from(framed)], bytes].concat()
}

/// A module that is asked who it is, finds a card and reads it.
fn reader(folder: &Path) {
    for document in DOCUMENTS {
        let mut reader = SimReader::new(SamId([0; 16]));
        reader.put(CardContent::blank(document));
        let mut now = Duration::ZERO;
        let requests = [
            SamStatus.encode(),
            ReadSamId.encode(),
            FindCard.encode(),
            SelectCard.encode(),
            ReadCard.encode(),
            ReadNewestAddress.encode(),
        ];
        let answers = requests.map(|request| says(&mut reader, &mut now, &request));
        let raw = answers.iter().flat_map(|bytes| answer(false, bytes)).collect::<Vec<_>>();
        seed(folder, "reader_driver", &format!("{}-raw", document.name()), &raw);
        // Without the seven bytes before the body and the checksum behind it.
        let body = |bytes: &Vec<u8>| answer(true, &bytes[7..bytes.len() - 1]);
        let framed = answers.iter().flat_map(body).collect::<Vec<_>>();
        seed(folder, "reader_driver", &format!("{}-framed", document.name()), &framed);
    }
}

/// A printer of each family that is asked how it is.
fn printer_driver(folder: &Path) {
    let mut sim = PrinterSim::new(Build::default());
    let mut now = Duration::ZERO;
    let requests: [&[u8]; 6] = [
        b"\x10\x04\x01",
        b"\x10\x04\x02",
        b"\x10\x04\x03",
        b"\x10\x04\x04",
        b"\x1dI\x43",
        b"\x1d(H\x06\x000\x300001",
    ];
    let answers: Vec<u8> = requests
        .iter()
        .flat_map(|request| piece(&says(&mut sim, &mut now, request)))
        .collect();
    for family in 0..4 {
        let bytes = [&[family, 0][..], &answers, &answers, &answers].concat();
        seed(folder, "printer_driver", &family.to_string(), &bytes);
    }
}

/// A decoder's picture, options as `scanimage -A` prints them, and a request of our own driver.
fn other_programs(folder: &Path) {
    let photo = draw_page(102, 126, 96, false).unwrap();
    seed(folder, "other_programs", "photo", &photo);
    let options = b"    --source ADF Front|ADF Duplex|Flatbed [Flatbed]\n    --mode Gray|Color [Color]\n\
        --resolution 50..600dpi (in steps of 1) [300]\n    -x 0..215.9mm [215.9]\n    -y 0..355.6mm [297]\n";
    seed(folder, "other_programs", "options", options);
    let request = b"POST /eSCL/ScanJobs HTTP/1.1\r\nHost: 192.0.2.9\r\nContent-Length: 4\r\n\r\n<a/>";
    seed(folder, "other_programs", "request", request);
}

/// What the city answers.
fn city(folder: &Path) {
    let acknowledgement = serde_json::json!({
        "version": 1, "id": "01890a5d-ac96-774b-bcce-b302099a8057", "headerSha256": "0".repeat(64),
        "filingNumber": "SB-590102-20260304-0017", "caseNumber": null,
        "time": "2026-03-04T15:26:00+08:00", "irregular": null,
    });
    seed(folder, "packet", "acknowledgement", acknowledgement.to_string().as_bytes());
    let bundle = serde_json::json!({
        "version": 7, "issued": "2026-03-04T15:26:00+08:00", "documents": {"regions": []},
    });
    seed(folder, "packet", "bundle", bundle.to_string().as_bytes());
}

fn printer(folder: &Path) {
    let mut sim = PrinterSim::new(Build::default());
    let mut now = Duration::ZERO;
    let slip = b"\x1b@\x1dv0\x00\x02\x00\x02\x00\xaa\x55\xaa\x55\x1dV\x00\x1d(H\x06\x000\x300001";
    seed(folder, "printer_line", "slip", slip);
    let answer = says(&mut sim, &mut now, slip);
    seed(folder, "printer_line", "confirmation", &answer);
    for kind in 1..=4 {
        let query = [0x10, 0x04, kind];
        let answer = says(&mut sim, &mut now, &query);
        seed(folder, "printer_line", &format!("query-{kind}"), &query);
        seed(folder, "printer_line", &format!("answer-{kind}"), &answer);
    }
}

/// A piece as [`said`] targets read it: its length, then it.
fn piece(bytes: &[u8]) -> Vec<u8> {
    [&[bytes.len() as u8][..], bytes].concat()
}

fn board(folder: &Path) {
    let map = RegisterMap::sample().unwrap();
    let mut board = SimBoard::new(&map);
    let mut now = Duration::ZERO;
    // Reads of each table, and a coil switched, as the sample map asks.
    let requests: [&[u8]; 4] = [
        &[1, 3, 0, 0, 0, 1, 0x84, 0x0A],
        &[1, 2, 0, 0, 0, 6, 0xF8, 0x08],
        &[1, 4, 0, 0, 0, 2, 0x71, 0xCB],
        &[1, 5, 0, 0, 0xFF, 0, 0x8C, 0x3A],
    ];
    let answers: Vec<u8> = requests
        .iter()
        .flat_map(|request| piece(&says(&mut board, &mut now, request)))
        .collect();
    seed(folder, "board_line", "answers", &[&[0][..], &answers].concat());
}

fn codes(folder: &Path) {
    let code = piece(b"ABC2-3456-789K\r\n");
    for family in 0..8 {
        seed(folder, "code_line", &family.to_string(), &[&[family][..], &code].concat());
    }
    let mut keys = SimKeys::default();
    keys.type_text("Abc1", Duration::from_millis(5));
    keys.tap(28, Duration::from_millis(5));
    let mut now = Duration::ZERO;
    let typed = says(&mut keys, &mut now, &[]);
    seed(folder, "key_line", "raw", &typed);
    let pieces: Vec<u8> = typed.chunks(240).flat_map(piece).collect();
    seed(folder, "key_line", "pieces", &pieces);
}

/// What the simulated A4 printer says of itself.
fn document_printer(folder: &Path) {
    let printer = IppSim::start(ipp::Build::default()).unwrap();
    let url = printer.url();
    let host = url.trim_start_matches("ipp://").split('/').next().unwrap();
    let mut request = vec![2, 0, 0, 0x0B, 0, 0, 0, 1, 1];
    for (tag, name, value) in [
        (0x47, "attributes-charset", "utf-8"),
        (0x48, "attributes-natural-language", "en"),
        (0x45, "printer-uri", url.as_str()),
    ] {
        request.push(tag);
        for text in [name, value] {
            request.extend((text.len() as u16).to_be_bytes());
            request.extend(text.as_bytes());
        }
    }
    request.push(3);
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!(
        "POST /ipp/print HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n",
        request.len()
    );
    stream.write_all(&[head.as_bytes(), &request].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    seed(folder, "ipp_answer", "printer", &answer[end..]);
}

fn scanner(folder: &Path) {
    let scanner = ScannerSim::start().unwrap();
    let url = scanner.url();
    let (host, base) = url.trim_start_matches("http://").split_once('/').unwrap();
    for document in ["ScannerCapabilities", "ScannerStatus"] {
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "GET /{base}/{document} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        seed(folder, "escl_xml", document, body.as_bytes());
    }
    let page = draw_page(64, 48, 75, false).unwrap();
    // The width and height of rows of YUYV stand before the frame.
    seed(folder, "camera_frame", "mjpeg", &[&[64, 48], page.as_slice()].concat());
    let rows = [16, 128].repeat(64 * 8);
    seed(folder, "camera_frame", "yuyv", &[&[8, 64], rows.as_slice()].concat());
    seed(folder, "scanned_page", "jpeg", &page);
    for (name, bytes) in [("jpeg", page.clone()), ("png", png())] {
        seed(folder, "page_file", name, &bytes);
    }
    let row = [0xF4; 24];
    let pnm = [b"P6\n8 4\n255\n".as_slice(), &row.repeat(4)].concat();
    seed(folder, "scanned_page", "pnm", &pnm);
    seed(folder, "escl_xml", "location", b"http://192.0.2.9/eSCL/ScanJobs/1");
}

/// A picture of squares.
fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 64, 64);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    let dot = |at: usize| if (at / 8 + at / 512) % 2 == 0 { 0xF0 } else { 0x20 };
    writer.write_image_data(&(0..64 * 64).map(dot).collect::<Vec<u8>>()).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The sample city with one item: small enough to be tried often.
fn catalogue(folder: &Path) {
    let city = concat!(env!("CARGO_MANIFEST_DIR"), "/../backend/sample-city");
    let read = |name: &str| fs::read(Path::new(city).join(name)).unwrap();
    let mut whole: serde_json::Value = serde_json::from_slice(&read("catalogue.json")).unwrap();
    for list in ["items", "demoPersons", "demoOrganisations", "bundles"] {
        whole[list].as_array_mut().unwrap().truncate(usize::from(list == "items"));
    }
    seed(folder, "catalogue", "one-item", whole.to_string().as_bytes());
    seed(folder, "catalogue", "regions", &read("regions.json"));
    seed(folder, "catalogue", "holidays", &read("holidays.json"));
}
