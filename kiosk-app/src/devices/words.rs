//! What a device's trouble means, in the technician's words.
//!
//! Health carries a key ([`kiosk_drivers::runner::Health::detail`]); the words stand in the
//! translation files under `technician.`, one entry a key, for every driver alike.

use kiosk_core::screen::Lang;

use crate::words::Words;

/// The words for the detail key of a device's health; `None` for an empty key, and the key
/// itself where no words are known, so that nothing is hidden.
#[must_use]
pub fn technician(lang: Lang, detail: &str) -> Option<String> {
    if detail.is_empty() {
        return None;
    }
    if let Some(code) = detail.strip_prefix("modbus_exception_") {
        let words = Words(lang).fill("technician.modbus-exception", &[("code", code)]);
        return Some(words);
    }
    let key = key(detail);
    let words = Words(lang).get(&key);
    Some(if words == key {
        detail.to_owned()
    } else {
        words
    })
}

fn key(detail: &str) -> String {
    format!("technician.{}", detail.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use kiosk_drivers::cabinet::{Cabinet, RegisterMap};
    use kiosk_drivers::code_scanner::CodeScanner;
    use kiosk_drivers::id_card::CardReader;
    use kiosk_drivers::keypad::{KeyMap, Keypad};
    use kiosk_drivers::receipt_printer::{Cause, MemoryJournal, PrinterDriver, Settings};
    use kiosk_drivers::runner::{Driver as _, FaultKind};
    use kiosk_drivers::scanner::ScanFault;
    use kiosk_drivers::selector::Selector;

    use super::*;

    fn has_words(detail: &str) {
        for lang in [Lang::ZhHans, Lang::En] {
            let words = technician(lang, detail).unwrap();
            assert_ne!(words, detail, "no words in {lang:?}");
        }
    }

    #[test]
    fn every_fault_of_a_line_has_words() {
        use FaultKind as Kind;
        let kinds = [
            Kind::Absent,
            Kind::Refused,
            Kind::LineLost,
            Kind::NoAnswer,
            Kind::Garbled,
            Kind::WrongDevice,
            Kind::OutOfService,
            Kind::Suspicious,
            Kind::NeedsHand,
        ];
        kinds.iter().for_each(|kind| has_words(kind.key()));
        ["permission_denied", "taken", "power_cycle", "reading"]
            .iter()
            .for_each(|key| has_words(key));
    }

    #[test]
    fn every_cause_of_a_print_that_failed_has_words() {
        use Cause as C;
        let causes = [
            C::PaperOut,
            C::CoverOpen,
            C::Jam,
            C::Cutter,
            C::HeadHot,
            C::Mechanism,
            C::Offline,
            C::TooWide,
            C::Journal,
            C::Disconnected,
            C::PowerLost,
            C::Timeout,
            C::WrongConfirmation,
            C::Garbled,
            C::NoConfirmation,
            C::SlipWaiting,
            C::ProgramStopped,
            C::FolderMissing,
            C::StorageFull,
            C::NotPermitted,
            C::NotADocument,
            C::TonerEmpty,
            C::OutputFull,
            C::TrayMissing,
            C::Cancelled,
            C::Aborted,
            C::FormatNotTaken,
            C::MediaNotTaken,
            C::NotFollowable,
            C::PrintsAgain,
        ];
        causes.iter().for_each(|cause| has_words(cause.as_str()));
        ["not_cleared", "other_profile", "clearing"]
            .iter()
            .for_each(|key| has_words(key));
    }

    #[test]
    fn every_fault_of_a_scan_has_words() {
        use ScanFault as F;
        let faults = [
            F::NoPaper,
            F::Jam,
            F::CoverOpen,
            F::Busy,
            F::DoubleFeed,
            F::Offline,
            F::Unsupported,
            F::Truncated,
            F::EmptyImage,
            F::Covered,
            F::Cancelled,
            F::Timeout,
            F::Device("x".to_owned()),
        ];
        faults.iter().for_each(|fault| has_words(fault.kind()));
        [
            "processing",
            "warming_up",
            "stopped",
            "down",
            "scanning",
            "printing",
        ]
        .iter()
        .for_each(|key| has_words(key));
    }

    #[test]
    fn what_drivers_count_and_use_up_has_words() {
        let printer = Settings::for_selector(&Selector::Sim, 0);
        let counted = [
            CardReader::default().counters(),
            PrinterDriver::new(printer, MemoryJournal::default()).counters(),
            CodeScanner::wedge().counters(),
            Keypad::new(KeyMap::default()).counters(),
            Cabinet::new(RegisterMap::sample().unwrap()).counters(),
        ];
        let counters = counted.concat().into_iter();
        let mut keys: Vec<String> = counters
            .map(|(name, _)| format!("service.counter.{name}"))
            .collect();
        assert!(keys.len() > 15, "{keys:?}");
        let supplies = ["paper", "toner", "battery"];
        keys.extend(supplies.map(|name| format!("service.supply.{name}")));
        for lang in [Lang::ZhHans, Lang::En] {
            for key in &keys {
                assert_ne!(Words(lang).get(key), *key, "no words in {lang:?}");
            }
        }
    }

    #[test]
    fn the_reader_keypad_and_cabinet_have_words_and_an_unknown_key_is_shown() {
        ["other_module", "self_test_failed", "not_authorised"]
            .iter()
            .for_each(|key| has_words(key));
        [
            "key_stuck",
            "battery_low",
            "on_battery",
            "temperature_sensor",
        ]
        .iter()
        .for_each(|key| has_words(key));
        [
            "door_open",
            "cabinet_open",
            "warm",
            "cold",
            "too_hot",
            "too_cold",
        ]
        .iter()
        .for_each(|key| has_words(key));
        has_words("modbus_exception_02");
        let unknown = technician(Lang::En, "something_new");
        assert_eq!(unknown.as_deref(), Some("something_new"));
        assert_eq!(technician(Lang::En, ""), None);
    }
}
