//! Traditional Chinese: what is the city's or ours is converted, what is a person's is not.

use super::*;

fn hant(page: Page) -> Screen {
    let mut screen = question(1, page);
    screen.lang = Lang::ZhHant;
    screen
}

fn says(canvas: &Canvas, text: &str) -> bool {
    words_on(canvas).iter().any(|words| words.contains(text))
}

#[test]
fn a_name_in_simplified_characters_stays_as_it_is_on_the_card() {
    let (canvas, _) = canvas();
    let Page::Facts(mut page) = samples::facts() else {
        panic!("facts")
    };
    page.facts[0].value = "张示例".to_owned();
    canvas.show(&hant(Page::Facts(page)), &VisitMemory::default());
    assert!(says(&canvas, "张示例") && !says(&canvas, "張示例"));
    assert!(says(&canvas, "手機號碼") && !says(&canvas, "手机号码"));
    let frame = canvas.window().global::<ui::Frame>();
    assert_eq!(frame.get_city(), "雲汀市政務服務");
}

#[test]
fn what_is_signed_is_said_to_be_in_the_script_it_was_published_in() {
    let (canvas, _) = canvas();
    let mut memory = VisitMemory::default();
    memory.keep(grey_page(), None);
    let original = Words(Lang::ZhHant).get("document.original");
    for lang in Lang::ALL {
        let mut screen = hant(samples::document(1));
        screen.lang = lang;
        canvas.show(&screen, &memory);
        assert_eq!(says(&canvas, &original), lang == Lang::ZhHant, "{lang:?}");
    }
}

#[test]
fn the_head_changes_the_script_and_the_sheet_has_every_language() {
    let (canvas, taps) = canvas();
    let mut screen = question(1, samples::facts());
    let touch = |canvas: &Canvas, screen: &mut Screen, label: &str| {
        screen.number.0 += 1;
        canvas.show(screen, &VisitMemory::default());
        let (x, y) = button(canvas, label);
        canvas.click(x, y);
        taps.borrow_mut().pop().map(|(touch, _)| touch)
    };
    let language = |lang| Some(Touch::Language(lang));
    let heard = touch(&canvas, &mut screen, "繁體");
    assert_eq!(heard, language(Lang::ZhHant));
    screen.lang = Lang::ZhHant;
    let heard = touch(&canvas, &mut screen, "简体");
    assert_eq!(heard, language(Lang::ZhHans));
    let heard = touch(&canvas, &mut screen, "English");
    assert_eq!(heard, language(Lang::En));
    screen.overlay = Some(Overlay::Display);
    for lang in Lang::ALL {
        screen.lang = lang;
        let heard = touch(&canvas, &mut screen, "繁體中文");
        assert_eq!(heard, language(Lang::ZhHant), "{lang:?}");
    }
}
