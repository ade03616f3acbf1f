//! The voice with pretended programs, and what the loop has it say.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use kiosk_core::Event;
use kiosk_core::screen::{Lang, PageNumber};

use super::engine::{Engine, feed};
use super::programs::ProgramVoice;
use super::prompts::Prompts;
use super::{SilentVoice, Speech, Voice as _};
use crate::samples;
use crate::shell::Message;
use crate::view::{Line, Said};

/// Longer than any of these programs takes.
const LONG: Duration = Duration::from_secs(30);

/// A program that is this shell script; it finds its folder in `$0`.
fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    let path = folder.join(name);
    // Written by a child: a file that this process has open could not be run by another test's.
    let mut shell = Command::new("sh");
    shell.args(["-c", "cat > \"$1\" && chmod +x \"$1\"", "sh"]);
    shell.arg(&path);
    let text = format!("#!/bin/sh\n{script}");
    let written = feed(&mut shell, text.as_bytes()).unwrap().wait().unwrap();
    assert!(written.success());
    path
}

/// One that notes what it is to speak.
fn speaker(folder: &Path) -> Engine {
    let script = "cat >> \"$(dirname \"$0\")/spoken\"";
    Engine::Espeak(program(folder, "espeak-ng", script))
}

fn said(texts: &[&str], cuts: bool, page: u32) -> Said {
    let line = |text: &&str| Line {
        key: Some((*text).to_owned()),
        text: (*text).to_owned(),
    };
    Said {
        lines: texts.iter().map(line).collect(),
        cuts,
        lang: Lang::En,
        volume: 6,
        page: Some(PageNumber(page)),
    }
}

fn heard(messages: &Receiver<Message>) -> PageNumber {
    match messages.recv_timeout(LONG).unwrap() {
        Message::Core(Event::Heard(page)) => page,
        Message::Voice(works) => panic!("the voice works: {works}"),
        _ => panic!("something else than a page that was heard"),
    }
}

#[test]
fn a_page_is_heard_once_its_last_line_was_spoken() {
    let folder = tempfile::tempdir().unwrap();
    let (inbox, messages) = channel();
    let mut voice = ProgramVoice::of(vec![speaker(folder.path())], None, inbox).unwrap();
    voice.say(said(&["first", "second"], true, 7));
    assert_eq!(heard(&messages), PageNumber(7));
    let spoken = fs::read_to_string(folder.path().join("spoken")).unwrap();
    assert_eq!(spoken, "first\nsecond\n");
}

#[test]
fn a_new_page_cuts_off_the_old_one_which_was_not_heard() {
    let folder = tempfile::tempdir().unwrap();
    let begun = folder.path().join("begun");
    assert!(fifo(&begun), "a pipe that tells of the beginning");
    // The first line is spoken for ever, the others end at once.
    let script = "read text; cd \"$(dirname \"$0\")\"; case \"$text\" in endless) echo > begun; \
                  exec tail -f /dev/null;; esac; echo \"$text\" >> spoken";
    let engine = Engine::Espeak(program(folder.path(), "espeak-ng", script));
    let (inbox, messages) = channel();
    let mut voice = ProgramVoice::of(vec![engine], None, inbox).unwrap();
    voice.say(said(&["endless", "never"], true, 1));
    assert_eq!(fs::read_to_string(&begun).unwrap(), "\n");
    voice.say(said(&["new"], true, 2));
    assert_eq!(heard(&messages), PageNumber(2));
    let spoken = fs::read_to_string(folder.path().join("spoken")).unwrap();
    assert_eq!(spoken, "new\n");
}

fn fifo(path: &Path) -> bool {
    let made = Command::new("mkfifo").arg(path).status();
    made.is_ok_and(|status| status.success())
}

#[test]
fn an_engine_that_fails_gives_way_and_the_last_one_takes_the_voice_away_once() {
    let folder = tempfile::tempdir().unwrap();
    let broken = |name| Engine::SpeechDispatcher(program(folder.path(), name, "exit 1"));
    let (inbox, messages) = channel();
    let engines = vec![broken("spd-say"), speaker(folder.path())];
    let mut voice = ProgramVoice::of(engines, None, inbox.clone()).unwrap();
    voice.say(said(&["heard all the same"], true, 1));
    assert_eq!(heard(&messages), PageNumber(1));
    drop(voice);

    let mut voice = ProgramVoice::of(vec![broken("spd-say")], None, inbox).unwrap();
    for page in 2..5 {
        voice.say(said(&["nobody hears this"], true, page));
    }
    let told = messages.recv_timeout(LONG).unwrap();
    assert!(matches!(told, Message::Voice(false)));
    drop(voice);
    assert!(messages.recv().is_err(), "and nothing counts as heard");
}

#[test]
fn a_recorded_prompt_is_played_in_place_of_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let recorded = folder.path().join("en");
    fs::create_dir(&recorded).unwrap();
    fs::write(recorded.join("idle.welcome.wav"), b"RIFF").unwrap();
    let prompts = Prompts {
        folder: folder.path().to_owned(),
        player: program(
            folder.path(),
            "aplay",
            "cat >> \"$(dirname \"$0\")/spoken\"",
        ),
    };
    assert_eq!(prompts.find("../en/idle.welcome", Lang::En), None);
    let mandarin = folder.path().join("zh-Hans");
    fs::create_dir(&mandarin).unwrap();
    fs::write(mandarin.join("idle.start.wav"), b"RIFF").unwrap();
    for lang in [Lang::ZhHans, Lang::ZhHant] {
        assert!(
            prompts.find("idle.start", lang).is_some(),
            "one voice reads both"
        );
    }
    let (absent, all) = prompts.absent(Lang::En);
    assert_eq!(absent, all - 1, "what has no recording is counted");
    let (inbox, messages) = channel();
    let engines = vec![speaker(folder.path())];
    let mut voice = ProgramVoice::of(engines, Some(prompts), inbox).unwrap();
    voice.say(said(&["idle.welcome", "idle.open"], true, 1));
    assert_eq!(heard(&messages), PageNumber(1));
    let spoken = fs::read_to_string(folder.path().join("spoken")).unwrap();
    assert_eq!(spoken, "RIFF\nidle.open\n");
}

#[test]
fn nothing_is_said_nor_kept_of_a_screen_that_is_not_read_aloud() {
    let mut speech = Speech::new(Box::<SilentVoice>::default());
    let mut screen = samples::screen(1, Lang::En, samples::facts(), None);
    assert_eq!(speech.follow(&screen), None);
    assert!(speech.before.is_none());
    screen.display.aloud = true;
    let said = speech.follow(&screen).unwrap();
    assert_eq!(said.page, Some(PageNumber(1)));
    assert_eq!(speech.spoken(), [PageNumber(1)]);
    screen.display.aloud = false;
    let hush = speech.follow(&screen).unwrap();
    assert!(hush.lines.is_empty() && hush.cuts);
    assert!(speech.before.is_none());
}
