//! What a script may say, and how it is told where it is wrong.

use proptest::prelude::*;

use super::super::{
    BoardDeed, CameraDeed, CodeDeed, DeviceDeed, DocumentDeed, KeyDeed, PrinterDeed, ReaderDeed,
    ScannerDeed, Script,
};

/// The page that describes the form.
const PAGE: &str = include_str!("../../../../docs/fault-scripts.md");

fn error<T: DeviceDeed>(text: &str) -> String {
    Script::<T>::parse("faults.toml", text)
        .unwrap_err()
        .to_string()
}

#[test]
fn every_example_of_the_page_is_read_by_its_kind() {
    let read = |kind: &str, text: &str| match kind {
        "id-card" => Script::<ReaderDeed>::parse("page", text).map(drop),
        "receipt-printer" => Script::<PrinterDeed>::parse("page", text).map(drop),
        "code-scanner" => Script::<CodeDeed>::parse("page", text).map(drop),
        "keypad" => Script::<KeyDeed>::parse("page", text).map(drop),
        "cabinet" => Script::<BoardDeed>::parse("page", text).map(drop),
        "scanner" => Script::<ScannerDeed>::parse("page", text).map(drop),
        "camera" => Script::<CameraDeed>::parse("page", text).map(drop),
        "document-printer" => Script::<DocumentDeed>::parse("page", text).map(drop),
        other => panic!("an example for {other}"),
    };
    let mut kinds = std::collections::BTreeSet::new();
    for block in PAGE.split("```toml\n").skip(1) {
        let text = block.split("```").next().unwrap();
        let kind = text.lines().next().unwrap().trim_start_matches("# ");
        let kind = kind.split(':').next().unwrap();
        read(kind, text).unwrap();
        kinds.insert(kind.to_owned());
    }
    assert_eq!(kinds.len(), 8, "{kinds:?}");
}

#[test]
fn every_key_stands_on_the_page() {
    let keys = error::<ReaderDeed>("[[fault]]\nno-such-key = 1");
    let keys: Vec<&str> = keys.split('`').skip(1).step_by(2).collect();
    assert!(keys.len() > 70, "{keys:?}");
    for key in keys.iter().skip(1) {
        assert!(
            PAGE.contains(&format!("`{key}")),
            "{key} is not on the page"
        );
    }
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let said = error::<PrinterDeed>(
        "[[fault]]\nafter-ms = 5\nrefill = true\n\n[[fault]]\nafter-seconds = 1",
    );
    assert!(
        said.starts_with(
            "reading the fault script faults.toml, line 6: unknown field `after-seconds`"
        ),
        "{said}"
    );
    let said = error::<PrinterDeed>("[[step]]\nafter-ms = 5");
    assert!(said.contains("line 1: unknown field `step`"), "{said}");
}

#[test]
fn what_is_for_another_device_is_told() {
    let said = error::<ReaderDeed>("\n[[fault]]\npaper-out-rows = 7");
    assert_eq!(
        said,
        "reading the fault script faults.toml, line 2: this is for the kind receipt-printer, and the device is id-card"
    );
    let said = error::<BoardDeed>("[[fault]]\ncode = \"ABC\"");
    assert!(said.contains("for the kind code-scanner"), "{said}");
}

#[test]
fn wrong_units_and_values_name_the_key() {
    for (text, wanted) in [
        (
            "after-ms = 1.5\nrefill = true",
            "line 2 in after-ms: invalid type: floating point",
        ),
        (
            "after-ms = -1\nrefill = true",
            "line 2 in after-ms: invalid value",
        ),
        (
            "after-ms = \"2 s\"\nrefill = true",
            "line 2 in after-ms: invalid type: string",
        ),
        (
            "after-ms = 90000000\nrefill = true",
            "`after-ms` is 0 to 86400000 milliseconds",
        ),
        (
            "flip = [256]",
            "line 2 in flip: invalid value: integer `256`",
        ),
        ("flip = []", "`flip` has 1 to 4096 bytes"),
        (
            "unplug = false",
            "line 2 in unplug: invalid value: boolean `false`, expected true",
        ),
        (
            "paper-out-mm = -3.0",
            "`paper-out-mm` is 0 to 1000000 millimetres",
        ),
        (
            "paper-out-mm = nan",
            "`paper-out-mm` is 0 to 1000000 millimetres",
        ),
        ("split = { bytes = 3 }", "missing field `pause-ms`"),
        (
            "way = \"up\"\ndrop = 1",
            "line 2 in way: unknown variant `up`",
        ),
        ("way = \"to-host\"\nrefill = true", "`way` is for"),
    ] {
        let said = error::<PrinterDeed>(&format!("[[fault]]\n{text}"));
        assert!(said.contains(wanted), "{text}: {said}");
    }
}

#[test]
fn an_entry_does_one_thing_and_waits_for_one() {
    for (text, wanted) in [
        ("after-ms = 5", "one thing happens at a time, here 0"),
        ("refill = true\nnear-end = true", "here 2"),
        ("drop = 1\nflip = [1]", "here 2"),
        ("unplug = true\nreplug = true", "here 2"),
        ("unplug = true\ndrop = 3", "here 2"),
        (
            "after-ms = 5\nafter-bytes-to-host = 5\nrefill = true",
            "an entry waits for one thing only",
        ),
    ] {
        let said = error::<PrinterDeed>(&format!("[[fault]]\n{text}"));
        assert!(said.contains(wanted), "{text}: {said}");
    }
}

#[test]
fn a_script_longer_than_any_is_refused_before_it_is_read() {
    let said = error::<PrinterDeed>(&"#".repeat(300_000));
    assert!(said.ends_with("more than 256 KiB"), "{said}");
    let said = error::<PrinterDeed>(&"[[fault]]\ndrop = 1\n".repeat(1001));
    assert!(said.ends_with("more than 1000 entries"), "{said}");
}

#[test]
fn a_script_never_shows_the_person_on_its_card() {
    let text = "[[fault]]\ncard = { document = \"resident\", name = \"张三\" }";
    let script = Script::<ReaderDeed>::parse("x", text).unwrap();
    assert_eq!(format!("{script:?}"), "Script(1 entries)");
}

#[test]
fn a_script_that_is_not_there_names_the_file() {
    let path = std::path::Path::new("there-is-none.toml");
    let error = Script::<ReaderDeed>::read(path).unwrap_err();
    assert_eq!(
        error.to_string(),
        "reading the fault script there-is-none.toml"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(\\[\\[fault\\]\\]|[a-z-]{1,20} = [0-9\"{}a-z\\[\\]]{1,9}|[ -~]{0,20}|\n){0,12}") {
        drop(Script::<PrinterDeed>::parse("x", &text));
    }
}
