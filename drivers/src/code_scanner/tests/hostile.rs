//! Payloads made to do harm.

use super::super::{Code, decode};

fn code(text: &str) -> Code {
    decode(text.as_bytes()).unwrap().unwrap()
}

#[test]
fn escape_sequences_reach_a_screen_as_marks() {
    for hostile in [
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "\u{9b}31m",
        "\u{1b}P+q\u{1b}\\",
        "\u{0}\u{8}\u{7f}rm -rf /",
        "cba\u{202E}fdp.exe",
        "a\u{200B}b\u{2066}c",
    ] {
        let code = code(hostile);
        assert!(!code.is_plain(), "{hostile:?}");
        // What is passed on is exactly what was scanned.
        assert_eq!(code.text(), hostile);
        let shown = code.shown(100);
        let marks = |c: &char| *c == char::REPLACEMENT_CHARACTER;
        assert!(shown.chars().any(|c| marks(&c)));
        assert!(!shown.contains(['\u{1b}', '\u{9b}', '\u{202E}', '\u{0}', '\u{200B}']));
    }
}

#[test]
fn addresses_commands_and_queries_are_text() {
    for hostile in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "'; DROP TABLE visits; --",
        "$(reboot) `reboot` ; reboot & | reboot",
        "%s%s%n {} {0}",
        "../../../../etc/shadow",
    ] {
        let code = code(hostile);
        assert!(code.is_plain());
        assert_eq!(code.text(), hostile);
        assert_eq!(code.shown(100), hostile);
    }
}

#[test]
fn a_long_payload_is_cut_on_a_screen() {
    let code = code(&"長".repeat(1000));
    assert_eq!(code.shown(10), format!("{}…", "長".repeat(10)));
    assert_eq!(code.shown(1000).chars().count(), 1000);
}

#[test]
fn nothing_scanned_is_printed_unless_asked_for() {
    let code = code("health-token-71");
    assert_eq!(format!("{code:?}"), "Code([redacted])");
    assert_eq!(
        code.to_json(false).to_string(),
        r#"{"event":"code","text":"*"}"#
    );
    let open = super::CodeEvent::Code(code).to_json(true).unwrap();
    assert_eq!(open["text"], "health-token-71");
    // A line of JSON stays one line whatever was scanned.
    let code = decode(b"a\x1b\x00b").unwrap().unwrap();
    assert_eq!(
        code.to_json(true).to_string(),
        r#"{"event":"code","text":"a\u001b\u0000b"}"#
    );
}
