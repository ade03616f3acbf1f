//! What a technician may write: the files that describe a device, fault scripts, the templates of
//! slips, and how a device and a USB port are named.
#![no_main]

use kiosk_drivers::cabinet::RegisterMap;
use kiosk_drivers::keypad::KeyMap;
use kiosk_drivers::receipt_printer::Profile;
use kiosk_drivers::scanner::escl::protocol::QuirkTable;
use kiosk_drivers::selector::Selector;
use kiosk_drivers::sim_script::{
    BoardDeed, CodeDeed, DocumentDeed, KeyDeed, PrinterDeed, ReaderDeed, ScannerDeed, Script,
};
use kiosk_drivers::usb_port::UsbPort;
use kiosk_paper::slip::template::{List, Template, Values, Vocabulary};
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(16);

/// What a guide can say, as the kiosk has it.
const GUIDE: Vocabulary<'static> = Vocabulary {
    fields: &["city", "station", "phone", "item", "code", "address"],
    lists: &[
        List { name: "condition", inside: None, fields: &["text"] },
        List { name: "material", inside: None, fields: &["name"] },
        List { name: "basis", inside: Some("material"), fields: &["title", "article"] },
    ],
    languages: &["en"],
    derived: &[],
    words: &|_, key| key.starts_with("slip.").then(|| key.to_owned()),
    marks_copies: false,
};

/// A slip whose every field and list has something to say.
fn template(text: &str) {
    let Ok(template) = Template::parse(text, &GUIDE) else { return };
    let said = |names: &[&'static str]| {
        names.iter().fold(Values::new(), |values, name| values.with(name, "0590".to_owned()))
    };
    let basis = || [said(&["title", "article"]), said(&["title"])];
    let values = said(GUIDE.fields)
        .with_list("condition", [said(&["text"])])
        .with_list("material", [said(&["name"]).with_list("basis", basis())]);
    drop(template.fill("en", &GUIDE, &values));
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(Profile::parse(text));
        drop(RegisterMap::parse(text));
        drop(KeyMap::parse(text));
        drop(QuirkTable::parse(text));
        drop(Script::<PrinterDeed>::parse("fuzz", text));
        drop(Script::<ReaderDeed>::parse("fuzz", text));
        drop(Script::<CodeDeed>::parse("fuzz", text));
        drop(Script::<KeyDeed>::parse("fuzz", text));
        drop(Script::<BoardDeed>::parse("fuzz", text));
        drop(Script::<ScannerDeed>::parse("fuzz", text));
        drop(Script::<DocumentDeed>::parse("fuzz", text));
        template(text);
        if let Ok(selector) = text.parse::<Selector>() {
            let again = selector.to_string().parse::<Selector>();
            assert_eq!(again.ok(), Some(selector), "another device by its own name");
        }
        drop(text.parse::<UsbPort>());
    }
});
