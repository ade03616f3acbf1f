//! The technician's commands, the rule that asks for fingerprints, the pinned module, the
//! photo's decoder.

use std::sync::mpsc::{self, Receiver};

use super::super::sim::{SimReader, StatusOverride};
use super::super::{PhotoDecoder, ReaderCommand, ReaderFault, ReaderFaultKind, SamId, Settings};
use super::timing::OneSpeed;
use super::{Room, zhang_san};
use crate::runner::{Driver, Fault, FaultKind, HealthState};

fn answer<T>(replies: &Receiver<Result<T, ReaderFault>>) -> Result<T, ReaderFault> {
    replies.try_recv().unwrap()
}

#[test]
fn the_management_number_is_read_from_the_card_that_lies_there() {
    let mut room = Room::new();
    let ask = |room: &mut Room| {
        let (reply, replies) = mpsc::channel();
        room.commands
            .push_back(ReaderCommand::ReadManagementNumber(reply));
        room.run(0.6);
        answer(&replies)
    };
    assert_eq!(ask(&mut room).unwrap_err().detail, "no card was read");
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(1.0);
    let number = ask(&mut room).unwrap();
    assert_eq!(number.bytes()[..4], [0x49, 0x49, 0x4E, 0]);
    assert_eq!(format!("{number:?}"), "ManagementNumber([redacted])");
    room.line.device(|reader| {
        reader.faults.status = Some(StatusOverride {
            command: [0x30, 0x05],
            status: 0x41,
            times: 1,
        });
    });
    assert_eq!(ask(&mut room).unwrap_err().sw3, Some(0x41));
    assert_eq!(room.said(), ["sam", "card 张三"]);
}

#[test]
fn a_reset_makes_a_card_that_lies_there_a_new_one() {
    let mut room = Room::new();
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(1.0);
    let (reply, replies) = mpsc::channel();
    room.commands.push_back(ReaderCommand::ResetModule(reply));
    room.run(1.0);
    assert_eq!(answer(&replies), Ok(()));
    assert_eq!(room.said(), ["sam", "card 张三", "removed", "card 张三"]);
}

#[test]
fn the_radio_frame_is_set_and_a_module_that_refuses_says_so() {
    let mut room = Room::new();
    room.run(0.1);
    for (status, told) in [(0x90, None), (0x21, Some(0x21))] {
        room.line.device(|reader| {
            reader.faults.status = Some(StatusOverride {
                command: [0x61, 0xFF],
                status,
                times: 1,
            });
        });
        let (reply, replies) = mpsc::channel();
        let bytes = 0x50;
        room.commands
            .push_back(ReaderCommand::SetRadioFrame { bytes, reply });
        room.run(0.6);
        assert_eq!(answer(&replies).err().and_then(|fault| fault.sw3), told);
    }
}

fn set_speed(baud: u32, follows: bool, answers_fast: bool) -> (Result<(), ReaderFault>, u32) {
    let mut room = Room::new();
    let mut line = OneSpeed::new(room.line.open().unwrap(), 115_200);
    line.follows = follows;
    line.answers_fast = answers_fast;
    room.driver.identify(&mut line).unwrap();
    let (reply, replies) = mpsc::channel();
    let mut command = Some(ReaderCommand::SetSpeed { baud, reply });
    room.driver
        .step(&mut line, &mut || command.take(), &mut drop)
        .unwrap();
    (answer(&replies), line.host)
}

#[test]
fn a_new_speed_is_followed_and_one_the_module_does_not_take_is_left_again() {
    // Makers do not agree at which speed the answer comes.
    for answers_fast in [false, true] {
        for baud in [9_600, 19_200, 38_400, 57_600] {
            assert_eq!(set_speed(baud, true, answers_fast), (Ok(()), baud));
        }
    }
    let (refused, host) = set_speed(9_600, false, false);
    assert_eq!(
        (refused.unwrap_err().kind, host),
        (ReaderFaultKind::NoAnswer, 115_200)
    );
    let (refused, host) = set_speed(14_400, true, false);
    assert_eq!(
        (refused.unwrap_err().kind, host),
        (ReaderFaultKind::Refused, 115_200)
    );
}

#[test]
fn a_carrier_without_speed_refuses_a_new_one() {
    let mut room = Room::new();
    let (reply, replies) = mpsc::channel();
    let baud = 9_600;
    room.commands
        .push_back(ReaderCommand::SetSpeed { baud, reply });
    room.run(0.5);
    assert_eq!(answer(&replies).unwrap_err().kind, ReaderFaultKind::Refused);
}

#[test]
fn a_command_to_a_reader_that_is_away_is_answered() {
    let mut room = Room::new();
    let (reply, replies) = mpsc::channel();
    let fault = Fault::new(FaultKind::Absent, "open");
    let command = ReaderCommand::ResetModule(reply);
    room.driver.refuse(command, &fault, &mut drop);
    assert_eq!(
        answer(&replies).unwrap_err().kind,
        ReaderFaultKind::Unplugged
    );
}

#[test]
fn fingerprints_are_read_only_when_a_rule_asks_and_never_shown() {
    let asked = |want: bool, known: bool, on_card: bool| {
        let mut room = Room::new();
        let mut card = zhang_san();
        card.fingerprint = on_card;
        room.commands
            .push_back(ReaderCommand::WantFingerprint(want));
        room.run(0.5);
        room.line.device(|reader| {
            reader.faults.no_fingerprint = !known;
            reader.put(card);
        });
        room.run(1.0);
        assert_eq!(room.cards().len(), 1);
        let card = room.cards()[0];
        assert!(!format!("{card:?} {}", card.to_json(true)).contains("finger"));
        card.fingerprint.as_ref().map(|finger| finger.bytes().len())
    };
    assert_eq!(asked(false, true, true), None);
    assert_eq!(asked(true, true, true), Some(1024));
    assert_eq!(asked(true, true, false), None);
    // A module that does not know the command still reads the card.
    assert_eq!(asked(true, false, true), None);
}

#[test]
fn another_module_than_the_pinned_one_reads_nobody_and_raises_suspicion() {
    let pinned = Some(SimReader::default().sam_id());
    let mut room = Room::with(Settings {
        pinned,
        ..Settings::default()
    });
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(1.0);
    assert_eq!(room.said(), ["sam", "card 张三"]);

    let pinned = Some(SamId([7; 16]));
    let mut room = Room::with(Settings {
        pinned,
        ..Settings::default()
    });
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(5.0);
    assert_eq!(room.said(), ["sam", "out_of_service"]);
    let fault = room.faults.first().unwrap();
    assert_eq!(fault.condition().state, HealthState::PotentialFraud);
    assert_eq!(fault.key, "other_module");
}

#[test]
fn every_fault_has_words_for_resident_and_technician() {
    for kind in [
        ReaderFaultKind::ReadFailed,
        ReaderFaultKind::SelectFailed,
        ReaderFaultKind::NotAccepted,
        ReaderFaultKind::UnsupportedCard,
        ReaderFaultKind::Refused,
        ReaderFaultKind::OutOfService,
        ReaderFaultKind::NoAnswer,
        ReaderFaultKind::Unplugged,
    ] {
        let words = ReaderFault::new(kind, "").words();
        assert!(!words.resident.zh.is_empty() && !words.technician.en.is_empty());
    }
    let other = ReaderFault::new(ReaderFaultKind::OutOfService, "other_module");
    assert!(other.words().technician.en.contains("enrolled"));
    let status = ReaderFault {
        sw3: Some(0x66),
        ..other
    };
    assert!(status.words().technician.en.contains("authorised"));
}

#[test]
fn a_card_has_a_picture_only_where_a_decoder_gives_one() {
    let picture = |script: Option<&str>, photo: bool| {
        let decoder = script.map(|script| {
            let mut decoder = PhotoDecoder::new("/bin/sh");
            decoder.arguments = vec!["-c".into(), script.into()];
            decoder
        });
        let mut room = Room::with(Settings {
            decoder,
            ..Settings::default()
        });
        let mut card = zhang_san();
        card.photo = photo;
        room.line.device(|reader| reader.put(card));
        room.run(1.0);
        let card = room.cards()[0];
        assert_eq!(card.photo, photo);
        card.picture.is_some()
    };
    let good = "cat >/dev/null; head -c 38556 /dev/zero";
    assert!(picture(Some(good), true));
    assert!(!picture(Some(good), false));
    assert!(!picture(Some("exit 1"), true));
    assert!(!picture(None, true));
}
