//! Decoders that work, and decoders that do not.

use std::time::Instant;

use proptest::prelude::*;

use super::*;

/// A decoder that is a line of shell.
fn shell(script: &str) -> PhotoDecoder {
    let mut decoder = PhotoDecoder::new("/bin/sh");
    decoder.arguments = vec!["-c".into(), script.into()];
    decoder.time = Duration::from_secs(20);
    decoder
}

fn decode(script: &str) -> Result<Photo, PhotoError> {
    shell(script).decode(&[7; COMPRESSED])
}

#[test]
fn a_decoder_gets_the_bytes_of_the_card_and_its_picture_is_taken() {
    let photo = decode("[ \"$(wc -c)\" = 1024 ] && head -c 38556 /dev/zero").unwrap();
    assert_eq!(
        (photo.format(), photo.bytes().len()),
        (PhotoFormat::Rgb, RGB)
    );
    assert_eq!(format!("{photo:?}"), "Photo(Rgb, [redacted])");
}

#[test]
fn a_decoder_that_never_ends_is_killed_with_all_it_started() {
    let mut decoder = shell("cat >/dev/null; (while :; do :; done) & while :; do :; done");
    decoder.time = Duration::from_millis(200);
    let begun = Instant::now();
    let error = decoder.decode(&[0; COMPRESSED]).unwrap_err();
    assert!(matches!(error, PhotoError::TimedOut(_)), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_decoder_that_closes_its_output_and_stays_is_killed() {
    let mut decoder = shell("cat >/dev/null; exec >&-; while :; do :; done");
    decoder.time = Duration::from_millis(200);
    let error = decoder.decode(&[0; COMPRESSED]).unwrap_err();
    assert!(matches!(error, PhotoError::TimedOut(_)), "{error}");
}

#[test]
fn a_decoder_that_crashes_fails_or_floods_gives_no_photo() {
    let all = "cat >/dev/null; head -c 38556 /dev/zero;";
    for end in ["exit 3", "kill -SEGV $$", "kill -KILL $$"] {
        let error = decode(&format!("{all} {end}")).unwrap_err();
        assert!(matches!(error, PhotoError::Failed(_)), "{end}: {error}");
    }
    let flood = decode("cat >/dev/null; cat /dev/zero").unwrap_err();
    assert!(matches!(flood, PhotoError::TooLong), "{flood}");
    let absent = PhotoDecoder::new("/there/is/none").decode(&[0; COMPRESSED]);
    assert!(matches!(absent, Err(PhotoError::System { .. })));
}

#[test]
fn a_decoder_has_little_memory_writes_no_file_and_leaves_no_core() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("face");
    let limits = "cat >/dev/null; [ \"$(ulimit -c)\" = 0 ] && [ \"$(ulimit -v)\" = 65536 ] &&";
    let write = format!(
        "{limits} head -c 38556 /dev/zero; echo face >{}",
        file.display()
    );
    let mut decoder = shell(&write);
    decoder.memory = 64 << 20;
    assert!(decoder.decode(&[0; COMPRESSED]).is_err());
    assert!(std::fs::read(&file).unwrap_or_default().is_empty());
    let mut decoder = shell(&format!("{limits} head -c 38556 /dev/zero"));
    decoder.memory = 64 << 20;
    assert!(decoder.decode(&[0; COMPRESSED]).is_ok());
}

#[test]
fn a_photo_of_another_length_is_not_given_to_the_decoder() {
    let error = shell("exit 0").decode(&[0; 1000]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "decode photo: 1000 bytes instead of 1024"
    );
}

fn bmp(width: u32) -> Vec<u8> {
    let mut bytes = vec![0; BMP];
    bytes[..2].copy_from_slice(b"BM");
    bytes[2..6].copy_from_slice(&0x97CE_u32.to_le_bytes());
    bytes[10] = 0x36;
    bytes[18..22].copy_from_slice(&width.to_le_bytes());
    bytes[22] = 126;
    bytes[28] = 24;
    bytes
}

fn png(height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec();
    bytes.extend(102_u32.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes
}

#[test]
fn pictures_are_known_by_their_heads_and_held_to_their_size() {
    assert_eq!(format(&bmp(102)), Ok(PhotoFormat::Bmp));
    assert_eq!(format(&png(126)), Ok(PhotoFormat::Png));
    assert_eq!(format(&[0; RGB]), Ok(PhotoFormat::Rgb));
    for wrong in [
        bmp(103),
        bmp(102)[..1000].to_vec(),
        png(1260),
        vec![],
        vec![0; 10],
    ] {
        assert!(format(&wrong).is_err());
    }
}

#[cfg(feature = "simulator")]
#[test]
fn a_jpeg_of_the_right_size_is_a_photo() {
    let jpeg = |height: u16| {
        let mut bytes = Vec::new();
        let pixels = vec![128; usize::from(WIDTH) * usize::from(height) * 3];
        jpeg_encoder::Encoder::new(&mut bytes, 80)
            .encode(&pixels, WIDTH, height, jpeg_encoder::ColorType::Rgb)
            .unwrap();
        bytes
    };
    assert_eq!(format(&jpeg(HEIGHT)), Ok(PhotoFormat::Jpeg));
    assert!(format(&jpeg(120)).is_err());
    assert!(format(&jpeg(HEIGHT)[..20]).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_a_photo_or_none(mut bytes in prop::collection::vec(any::<u8>(), 0..600), head in 0_usize..4) {
        let heads: [&[u8]; 4] = [b"", b"BM", b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR", &[0xFF, 0xD8, 0xFF]];
        bytes.splice(..0, heads[head].iter().copied());
        let _ = format(&bytes);
    }
}
