//! What a script does to the bytes of a line, and when.

use std::time::Duration;

use super::super::{Deed, DeviceDeed, Script, Scriptable};
use crate::sim_host::SimHost;
use crate::transport::memory::{MemoryLine, MemoryTransport};
use crate::transport::simulated::SimulatedDevice;
use crate::transport::{LineSettings, Transport, open};

/// Says back what it hears, and counts what a script does to it.
#[derive(Default)]
struct Echo {
    heard: Vec<u8>,
    say: Vec<u8>,
}

/// Nothing can be done to it.
struct Nothing;

impl DeviceDeed for Nothing {
    const KIND: &'static str = "echo";

    fn of(_deed: Deed) -> Option<Self> {
        None
    }
}

impl Scriptable for Echo {
    type Deed = Nothing;

    fn perform(&mut self, _deed: Nothing) {}
}

impl SimulatedDevice for Echo {
    fn receive(&mut self, _now: Duration, bytes: &[u8]) {
        self.heard.extend(bytes);
        self.say.extend(bytes);
    }

    fn next_due(&self) -> Option<Duration> {
        (!self.say.is_empty()).then_some(Duration::ZERO)
    }

    fn poll(&mut self, _now: Duration) -> Vec<u8> {
        std::mem::take(&mut self.say)
    }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn script(text: &str) -> Script<Nothing> {
    Script::parse("line.toml", text).unwrap()
}

fn echo(pace: Option<u32>, text: &str) -> (MemoryLine<Echo>, MemoryTransport<Echo>) {
    let line = MemoryLine::new(Echo::default(), pace);
    line.play(script(text).plan());
    let end = line.open().unwrap();
    (line, end)
}

/// All that comes within a second of nothing more.
fn hear(end: &mut dyn Transport) -> Vec<u8> {
    let mut heard = Vec::new();
    let mut buffer = [0; 64];
    loop {
        let until = end.now() + ms(1000);
        match end.read(&mut buffer, until) {
            Ok(0) | Err(_) => return heard,
            Ok(count) => heard.extend(&buffer[..count]),
        }
    }
}

const TEN: &[u8] = b"0123456789";

#[test]
fn bytes_are_lost_turned_and_added_at_their_place() {
    for (text, wanted) in [
        ("after-bytes-to-host = 3\ndrop = 2", b"01256789".as_slice()),
        ("after-bytes-to-host = 9\ndrop = 2", b"012345678"),
        ("flip = [1, 0, 0x80]", b"11\xB23456789"),
        (
            "after-bytes-to-host = 4\ngarbage = [120, 121]",
            b"0123xy456789",
        ),
        ("after-bytes-to-host = 4\nlose = true", b"0123"),
        (
            "after-bytes-to-device = 8\nway = \"to-device\"\ndrop = 1",
            b"012345679",
        ),
        (
            "after-bytes-to-device = 0\nway = \"to-device\"\ngarbage = [33]",
            b"!0123456789",
        ),
    ] {
        for pace in [None, Some(9600)] {
            let (line, mut end) = echo(pace, &format!("[[fault]]\n{text}"));
            end.write(TEN, ms(1000)).unwrap();
            let heard = hear(&mut end);
            assert_eq!(heard, wanted, "{text} at {pace:?}");
            assert!(line.played());
        }
    }
}

#[test]
fn each_entry_waits_for_the_one_before() {
    let text = "[[fault]]\nafter-bytes-to-host = 2\ndrop = 1\n\
                [[fault]]\nafter-bytes-to-host = 3\nflip = [1]\n\
                [[fault]]\nafter-ms = 50\nway = \"to-device\"\ngarbage = [46]";
    let (line, mut end) = echo(Some(115_200), text);
    end.write(TEN, ms(1000)).unwrap();
    assert_eq!(hear(&mut end), b"013446789.");
    assert!(line.played());
}

#[test]
fn a_delay_a_split_and_a_busy_device_take_the_time_they_say() {
    let (_, mut end) = echo(None, "[[fault]]\ndelay-ms = 700");
    end.write(TEN, ms(1000)).unwrap();
    assert_eq!(end.read(&mut [0; 64], ms(690)).unwrap(), 0);
    assert_eq!(end.read(&mut [0; 64], ms(710)).unwrap(), 10);

    let (_, mut end) = echo(None, "[[fault]]\nsplit = { bytes = 4, pause-ms = 100 }");
    end.write(TEN, ms(1000)).unwrap();
    let mut pieces = Vec::new();
    while let Ok(count @ 1..) = end.read(&mut [0; 64], ms(5000)) {
        pieces.push((end.now(), count));
    }
    assert_eq!(pieces, [(ms(0), 4), (ms(100), 4), (ms(200), 2)]);

    let (line, mut end) = echo(None, "[[fault]]\nstuck-busy-ms = 3000");
    end.write(TEN, ms(100)).unwrap();
    line.pass(ms(1500));
    assert!(line.device(|echo| echo.heard.is_empty()));
    assert_eq!(hear(&mut end), b"");
    assert_eq!(hear(&mut end), TEN);
}

#[test]
fn the_plug_is_pulled_at_a_byte_and_put_back_after_a_time() {
    let text = "[[fault]]\nafter-bytes-to-device = 6\nunplug = true\n\
                [[fault]]\nafter-ms = 400\nreplug = true";
    let (line, mut end) = echo(Some(9600), text);
    let written = end.write(TEN, ms(1000));
    assert!(written.is_ok() && end.read(&mut [0; 64], ms(1000)).is_err());
    assert_eq!(line.device(|echo| echo.heard.clone()), b"012345");
    assert!(line.open().is_err());
    line.pass(ms(500));
    let mut end = line.open().unwrap();
    end.write(b"again", ms(5000)).unwrap();
    assert_eq!(hear(&mut end), b"again");
}

#[test]
fn the_same_script_gives_the_same_bytes_on_a_line_in_memory_and_at_a_pty() {
    let text = "[[fault]]\nafter-bytes-to-host = 70\ndrop = 5\n\
                [[fault]]\nafter-bytes-to-host = 100\nflip = [255, 1]\n\
                [[fault]]\nafter-bytes-to-host = 9\ngarbage = [1, 2, 3]\n\
                [[fault]]\nafter-bytes-to-device = 40\nway = \"to-device\"\ndrop = 40";
    let bytes: Vec<u8> = (0..=255).collect();
    let (_, mut end) = echo(Some(115_200), text);
    end.write(&bytes, ms(1000)).unwrap();
    let wanted = hear(&mut end);
    assert!(wanted.len() < 256 && wanted != bytes);
    for _ in 0..3 {
        let host = SimHost::on_pty(Echo::default(), Some(115_200), None).unwrap();
        host.play(script(text).plan());
        let mut end = open(host.selector(), LineSettings::default()).unwrap();
        let until = end.now() + ms(1000);
        end.write(&bytes, until).unwrap();
        assert_eq!(hear(&mut *end), wanted);
        assert!(host.played());
    }
}

#[test]
fn a_plug_pulled_by_a_script_at_a_pty_is_a_lost_line_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("echo");
    let host = SimHost::on_pty(Echo::default(), None, Some(&link)).unwrap();
    let text = "[[fault]]\nafter-bytes-to-device = 3\nunplug = true\n\
                [[fault]]\nafter-ms = 20\nreplug = true";
    host.play(script(text).plan());
    let mut end = open(host.selector(), LineSettings::default()).unwrap();
    let until = end.now() + ms(5000);
    end.write(b"abcdef", until).unwrap();
    let lost = (0..50).any(|_| {
        let until = end.now() + ms(100);
        end.read(&mut [0; 8], until).is_err()
    });
    assert!(lost);
    drop(end);
    let waiting = std::time::Instant::now();
    let mut end = loop {
        match open(host.selector(), LineSettings::default()) {
            Ok(end) => break end,
            Err(error) => assert!(waiting.elapsed() < ms(10_000), "{error}"),
        }
    };
    let until = end.now() + ms(1000);
    end.write(b"again", until).unwrap();
    assert_eq!(hear(&mut *end), b"again");
}
