//! What a technician writes by hand, with slips of the hand in it: a visit or a configuration is
//! read or refused, and never ends the program.
#![cfg(feature = "demo")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use kiosk::config::Config;
use kiosk::demo::script::{Script, names};

/// Every key of a configuration.
const CONFIG: &str = r#"
state = "/var/lib/kiosk"

[city]
url = "https://city.example:8443"
ca = "/etc/kiosk/city-ca.pem"

[devices]
id-card = "serial:/dev/ttyUSB0@115200"
receipt-printer = "usb:04b8:0202@1-2"
scanner = "escl:http://127.0.0.1:60000/eSCL"
document-printer = "file:/var/spool/kiosk"
code-scanner = "serial:/dev/ttyACM0"
code-scanner-settings = { family = "newland", ending = "terminator" }
keypad = "evdev:/dev/input/by-id/usb-keypad-event-kbd"
cabinet = "serial:/dev/ttyUSB2"
temperature = { warn-below = 0, warn-above = 55, stop-below = -10, stop-above = 65 }
"#;

/// Numbers that look random, the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

/// `text` with one to three slips: characters lost, doubled, moved or put in from elsewhere.
fn slipped(text: &str, dice: &mut Dice) -> String {
    const SIGNS: &[char] = &[
        '"', '\'', '[', ']', '{', '}', '=', ',', '.', '-', '9', '\n', '#', 'é', '𬱖', '\0',
    ];
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(3) {
        let at = dice.below(letters.len());
        let end = letters.len().min(at + 1 + dice.below(12));
        let run = letters[at..end].to_vec();
        match dice.below(5) {
            0 => drop(letters.drain(at..end)),
            1 => drop(letters.splice(at..at, run)),
            2 => letters[at] = SIGNS[dice.below(SIGNS.len())],
            3 => letters.insert(at, SIGNS[dice.below(SIGNS.len())]),
            _ => {
                let elsewhere = dice.below(letters.len());
                drop(letters.splice(elsewhere..elsewhere, run));
            }
        }
    }
    letters.into_iter().collect()
}

#[test]
fn a_visit_with_slips_of_the_hand_is_read_or_refused() {
    let mut dice = Dice(1);
    let (mut read, mut refused) = (0, 0);
    for name in names() {
        let path = format!("{}/src/demo/visits/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(Script::parse(name, &text).is_ok());
        for _ in 0..100 {
            match Script::parse(name, &slipped(&text, &mut dice)) {
                Ok(_) => read += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} {refused}");
}

#[test]
fn a_configuration_with_slips_of_the_hand_is_read_or_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.toml");
    let read = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Config::read(&path)
    };
    read(CONFIG).unwrap();
    let mut dice = Dice(2);
    let mut refused = 0;
    for _ in 0..2000 {
        if let Err(error) = read(&slipped(CONFIG, &mut dice)) {
            assert!(error.to_string().contains("kiosk.toml"), "{error}");
            refused += 1;
        }
    }
    assert!((500..2000).contains(&refused), "{refused}");
}
