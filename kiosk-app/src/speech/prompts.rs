//! Recorded prompts: one WAV file a word key, `FOLDER/zh-Hans/idle.welcome.wav`.
//!
//! Keys have no spaces in file names: `find.found {0}` is never recorded alone, since a value
//! stands in it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use kiosk_core::screen::Lang;

use super::engine::feed;
use crate::words::Words;

/// Largest recording that is played.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// Where the recordings are, and what plays them.
#[derive(Clone, Debug)]
pub(super) struct Prompts {
    pub(super) folder: PathBuf,
    /// A program that plays the WAV it reads, such as `aplay`.
    pub(super) player: PathBuf,
}

impl Prompts {
    /// The recording of `key`, where there is one.
    pub(super) fn find(&self, key: &str, lang: Lang) -> Option<PathBuf> {
        let plain = key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let path = self
            .folder
            .join(Words(voice(lang)).code())
            .join(format!("{key}.wav"));
        (plain && path.is_file()).then_some(path)
    }

    /// Keys without a recording in `lang`, of those that could have one.
    pub(super) fn absent(&self, lang: Lang) -> (usize, usize) {
        let keys = kiosk_ui::words::keys(Words(lang).code());
        let could: Vec<_> = keys.into_iter().filter(|key| !key.contains(' ')).collect();
        let there = could.iter().filter(|key| self.find(key, lang).is_some());
        (could.len() - there.count(), could.len())
    }

    /// Begins to play the recording at `path`.
    pub(super) fn play(&self, path: &Path, volume: u8) -> io::Result<Child> {
        if std::fs::metadata(path)?.len() > MOST_BYTES {
            return Err(io::Error::other("the recording is larger than 8 MiB"));
        }
        let wav = loud(std::fs::read(path)?, volume);
        feed(Command::new(&self.player).args(["-q", "-"]), &wav)
    }
}

/// The language a text is recorded in: both scripts of Chinese are read alike.
fn voice(lang: Lang) -> Lang {
    match lang {
        Lang::ZhHans | Lang::ZhHant => Lang::ZhHans,
        Lang::En => Lang::En,
    }
}

/// The recording as loud as `volume` (1 to 10) asks; only samples of 16 bits are changed.
fn loud(mut wav: Vec<u8>, volume: u8) -> Vec<u8> {
    let bits = wav.get(34..36).map(|two| two == 16u16.to_le_bytes());
    let data = wav.windows(4).position(|four| four == b"data");
    let samples = data.and_then(|at| wav.get_mut(at + 8..));
    if let (Some(true), Some(samples)) = (bits, samples) {
        for sample in samples.chunks_exact_mut(2) {
            let Ok(bytes) = <[u8; 2]>::try_from(&*sample) else {
                continue;
            };
            let value = i16::from_le_bytes(bytes);
            let scaled = i32::from(value) * i32::from(volume.min(10)) / 10;
            let scaled = i16::try_from(scaled).unwrap_or(value);
            sample.copy_from_slice(&scaled.to_le_bytes());
        }
    }
    wav
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_grows_softer_with_the_key_and_its_head_stays() {
        let mut wav = vec![0; 44];
        wav[34] = 16;
        wav[36..40].copy_from_slice(b"data");
        wav.extend(1000i16.to_le_bytes());
        wav.extend((-1000i16).to_le_bytes());
        let softer = loud(wav.clone(), 5);
        assert_eq!(softer[..44], wav[..44]);
        assert_eq!(softer[44..46], 500i16.to_le_bytes());
        assert_eq!(softer[46..], (-500i16).to_le_bytes());
        assert_eq!(loud(wav.clone(), 10), wav);
    }
}
