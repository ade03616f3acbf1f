//! The fallback chain of fonts.

use super::{BOLD, REGULAR, fonts};
use crate::{FontBytes, FontError, FontSet};

#[test]
fn committed_fonts_hold_the_rare_name_and_all_sample_characters() {
    let fonts = fonts();
    assert!(
        fonts
            .missing("陈𬱖样 买买提·示例 喆堃镕 ①→✓¥￥ 0123456789 àéü")
            .is_empty()
    );
    assert_eq!(fonts.missing("示\u{3134A}例\u{3134A}\n"), ['\u{3134A}']);
    assert!(!fonts.has_glyph('\u{3134A}'));
}

#[test]
fn font_that_is_none_is_named_and_none_at_all_is_refused() {
    assert!(matches!(FontSet::new(&[], &[]), Err(FontError::NoneGiven)));
    let broken = FontBytes::from(vec![1_u8, 2, 3]);
    let set = FontSet::new(&[REGULAR.into(), broken.clone()], &[]);
    assert!(matches!(set, Err(FontError::Unreadable { position: 1 })));
    // A damaged font of the system is left out: paper must still come.
    assert!(
        FontSet::new(&[REGULAR.into()], &[broken])
            .unwrap()
            .has_glyph('示')
    );
}

#[test]
fn system_font_is_asked_for_what_the_embedded_one_lacks() {
    let alone = FontSet::new(&[BOLD.into()], &[]).unwrap();
    let chain = FontSet::new(&[BOLD.into()], &[REGULAR.into()]).unwrap();
    assert_eq!(alone.missing("陈𬱖"), ['\u{2CC56}']);
    assert!(chain.missing("陈𬱖").is_empty());
}

#[test]
fn invisible_characters_that_turn_text_around_are_not_printed() {
    use crate::fonts::shape::clean;
    assert_eq!(clean("a\u{202E}b\u{2066}c\u{200B}\r\nd\te"), "abc\nd e");
}
