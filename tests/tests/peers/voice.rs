//! `espeak-ng` speaks what a page says: sound comes out, in both languages.

use std::fs;

use kiosk::speech::engine::write_wav;
use kiosk_core::screen::Lang;
use kiosk_tests::peer::peer;

/// Quieter than this is silence: a thousandth of what 16 bits hold.
const AUDIBLE: u16 = 32;

#[test]
fn a_sentence_of_a_page_becomes_sound_that_can_be_heard() {
    let Some(program) = peer("espeak-ng") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let sentences = [
        (Lang::ZhHans, "回执号：A B C 二，三四五六，七八九 K"),
        (Lang::ZhHans, "幺五四，零零零零，零零零幺"),
        (Lang::En, "Receipt number: A B C 2, 3 4 5 6, 7 8 9 K"),
    ];
    for (lang, sentence) in sentences {
        let path = folder.path().join("spoken.wav");
        write_wav(&program, sentence, lang, &path).unwrap();
        let wav = fs::read(&path).unwrap();
        assert_eq!(wav[..4], *b"RIFF");
        let samples = wav[44..].chunks_exact(2);
        let samples = samples.map(|two| i16::from_le_bytes([two[0], two[1]]));
        let heard = samples.filter(|it| it.unsigned_abs() > AUDIBLE).count();
        // More than half a second of it, at 22,050 samples a second.
        assert!(heard > 11_025, "{sentence}: {heard} samples can be heard");
    }
}
