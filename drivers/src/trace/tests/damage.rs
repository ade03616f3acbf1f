//! Files that are no recordings, and drivers that do something else than then.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::id_card::Document;
use crate::trace::MAX_BYTES;

const HEAD: &str = "kiosk-trace 1\nkind code-scanner\ncarrier serial\npersonal replaced\n";

fn error(text: &str) -> String {
    played(text, false).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_line() {
    for (text, wanted) in [
        ("", "line 1: no kiosk-trace of version 1"),
        ("kiosk-trace 2\n", "line 1: no kiosk-trace of version 1"),
        (
            "kiosk-trace 1\nkind camera\n",
            "line 2: no known kind of device",
        ),
        ("kiosk-trace 1\nkind keypad\n", "line 1: no carrier"),
        (
            "kiosk-trace 1\nkind keypad\ncarrier serial\npersonal no\n",
            "line 4: personal is",
        ),
    ] {
        assert!(error(text).contains(wanted), "{text:?}: {}", error(text));
    }
    for (line, wanted) in [
        ("0.5 open", "line 6: the time is not SECONDS.MICROSECONDS"),
        ("0.000000 < 4G", "line 6: not a hex digit"),
        ("0.000000 < 414", "line 6: bytes are pairs"),
        ("0.000000 speed fast true", "line 6: a speed is"),
        ("0.000000 replaced 4 sha256 12", "line 6: write replaced"),
        (
            "0.000000 end\n0.000000 open",
            "line 7: something comes after the end",
        ),
        (
            "1.000000 open\n0.900000 end",
            "line 7: the time runs backwards",
        ),
        ("0.000000 open", "line 6: it breaks off without its end"),
        ("999999999.000000 end", "line 6: the time is longer than"),
    ] {
        let text = format!("{HEAD}\n{line}\n");
        assert!(error(&text).contains(wanted), "{line}: {}", error(&text));
    }
    let wrong = HEAD.to_owned() + "set family other\n\n0.000000 open\n0.000000 end\n";
    assert!(
        error(&wrong).contains("setting family"),
        "{}",
        error(&wrong)
    );
    assert!(error(&" ".repeat(MAX_BYTES + 1)).contains("more than 16 MiB"));
}

#[test]
fn a_driver_that_asks_for_what_the_recording_does_not_have_is_told_where() {
    let (text, _) = scenes::card_read(scenes::card(Document::Resident), false);
    // The reader answered another question then.
    let other = text.replacen(
        "> AA AA AA 96 69 00 03 12 FF EE",
        "> AA AA AA 96 69 00 03 12 FF EF",
        1,
    );
    assert_ne!(text, other);
    let line = 1 + text
        .lines()
        .position(|line| line.ends_with("12 FF EE"))
        .unwrap();
    let said = error(&other);
    assert!(
        said.contains(&format!("line {line} of the recording")),
        "{said}"
    );
    assert!(said.contains("the driver sends"), "{said}");
    // A question is missing: the driver asks it all the same.
    let missing: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("12 FF EE"))
        .collect();
    let said = error(&(missing.join("\n") + "\n"));
    assert!(said.contains("of the recording, at"), "{said}");
}

#[test]
fn a_driver_that_no_longer_asks_is_noticed() {
    let (text, _) = scenes::keypad();
    let asked = text
        .replacen("open\n", "open\n0.000100 > 41\n", 1)
        .replace("2.0", "99.0");
    let said = error(&asked);
    assert!(said.contains("no longer does what it did then"), "{said}");
}

#[test]
fn kinds_without_a_byte_stream_and_wrong_orders_are_refused() {
    let mut target = Target::new("escl:http://192.0.2.8/eSCL".parse().unwrap());
    let refused = |kind, target: &Target, orders: &[&str]| {
        let orders = orders
            .iter()
            .map(|text| (Duration::ZERO, (*text).to_owned()));
        let recording = Recording {
            orders: orders.collect(),
            ..Recording::default()
        };
        let open: &mut crate::trace::Opener<'_> = &mut || panic!("nothing is opened");
        let out = Box::new(Paper::default());
        record(kind, target, recording, open, out, &mut |_| {})
            .unwrap_err()
            .to_string()
    };
    let said = refused(DeviceKind::Scanner, &target, &[]);
    assert!(said.contains("no byte trace for this kind"), "{said}");
    let said = refused(DeviceKind::ReceiptPrinter, &target, &["print 9000"]);
    assert!(said.contains("is no order for this kind"), "{said}");
    target.selector = "evdev:/dev/input/event4".parse().unwrap();
    let said = refused(DeviceKind::CodeScanner, &target, &[]);
    assert!(said.contains("only with its values revealed"), "{said}");
}

#[test]
fn a_full_disk_is_an_error_and_not_a_recording() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _bytes: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let line = MemoryLine::new(crate::input_event::sim::SimKeys::default(), None);
    let recording = Recording {
        time: Duration::from_secs(1),
        ..Recording::default()
    };
    let target = Target::new("serial:/dev/ttyUSB0".parse().unwrap());
    let result = record(
        DeviceKind::Keypad,
        &target,
        recording,
        &mut || Ok(Box::new(line.open()?)),
        Box::new(Full),
        &mut |_| {},
    );
    assert_eq!(result.unwrap_err().to_string(), "writing the recording");
}

proptest! {
    #[test]
    fn any_text_is_a_recording_or_an_error(lines in prop::collection::vec(".{0,40}", 0..10)) {
        let text = format!("{HEAD}\n{}", lines.join("\n"));
        prop_assert!(Trace::parse(&text).is_err());
    }

    #[test]
    fn any_device_bytes_play_to_an_end(
        chunks in prop::collection::vec((0u64..3_000_000, prop::collection::vec(any::<u8>(), 1..60)), 0..12),
        kind in 0usize..5,
    ) {
        let kind = ["id-card", "code-scanner", "receipt-printer", "cabinet", "keypad"][kind];
        let mut chunks = chunks;
        chunks.sort();
        let mut text = format!("kiosk-trace 1\nkind {kind}\ncarrier tcp\npersonal replaced\n\n0.000000 open\n");
        for (micros, bytes) in chunks {
            let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            text += &format!("{}.{:06} < {}\n", micros / 1_000_000, micros % 1_000_000, hex.join(" "));
        }
        text += "3.000000 end\n";
        // Drivers that ask find no question in it; what matters is that it ends.
        let _ = played(&text, false);
    }
}
