//! What each status means, in words for the resident and for the technician.
//!
//! The resident's words say what to do now and name neither a code nor a suspicion: a card
//! that does not verify may be worn, and saying why is not the kiosk's business. The
//! technician's words say what to look at; the code itself stands beside them.

use super::status::Status;

/// One sentence or two, in both languages of the kiosk's staff and most of its residents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// What to tell whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Key for translations into further languages, such as `card_put_again`. Several causes
    /// share one where the resident can do the same about them.
    pub resident_key: &'static str,
    /// For the person in front of the kiosk.
    pub resident: Text,
    /// For the technician.
    pub technician: Text,
}

/// What a resident can be told.
const READ: (&str, Text) = (
    "card_read",
    Text {
        zh: "证件已读取。",
        en: "Your card has been read.",
    },
);
const HOLD: (&str, Text) = (
    "card_hold",
    Text {
        zh: "正在读取，请不要移开证件。",
        en: "Reading. Please leave your card in place.",
    },
);
const GO_ON: (&str, Text) = (
    "card_go_on",
    Text {
        zh: "证件上没有这项内容，可以继续办理。",
        en: "Your card does not hold this. You can go on.",
    },
);
const PUT: (&str, Text) = (
    "card_put",
    Text {
        zh: "请把证件平放在读卡区。",
        en: "Please lay your card flat on the reader.",
    },
);
const PUT_AGAIN: (&str, Text) = (
    "card_put_again",
    Text {
        zh: "没有读到证件内容。请拿起证件，重新平放。仍读不出时，请到窗口办理。",
        en: "Your card could not be read. Please lift it and lay it down again. If that does not help, a service window can.",
    },
);
const ONE_CARD: (&str, Text) = (
    "card_one",
    Text {
        zh: "请只放一张证件，平放不要移动。",
        en: "Please lay down one card only, flat, and keep it still.",
    },
);
const OTHER_CARD: (&str, Text) = (
    "card_unsupported",
    Text {
        zh: "读不了这种卡。请使用居民身份证、港澳台居民居住证或外国人永久居留身份证。",
        en: "This kind of card cannot be read. Please use a resident identity card, a residence permit for Hong Kong, Macao or Taiwan residents, or a foreign permanent resident's card.",
    },
);
const ELSEWHERE: (&str, Text) = (
    "reader_out_of_service",
    Text {
        zh: "读卡器暂停使用。请换一台自助机，或到窗口办理。",
        en: "The card reader is out of service. Please use another kiosk or a service window.",
    },
);

const fn words(
    (resident_key, resident): (&'static str, Text),
    zh: &'static str,
    en: &'static str,
) -> Words {
    Words {
        resident_key,
        resident,
        technician: Text { zh, en },
    }
}

/// For a reader that does not answer, or not in its language.
pub const NO_ANSWER: Words = words(
    ELSEWHERE,
    "读卡器没有应答，或应答不成帧：检查供电、线缆、波特率和设备类型。",
    "The reader does not answer, or not in frames: check power, cable, speed and what is plugged in.",
);

/// For a line that is gone.
pub const UNPLUGGED: Words = words(
    ELSEWHERE,
    "读卡器的线路断开：检查插头和集线器。",
    "The line to the reader is gone: check the plug and the hub.",
);

/// For another security module than the one pinned at enrolment.
pub const OTHER_MODULE: Words = words(
    ELSEWHERE,
    "安全模块不是登记时的那一块：确认更换过模块后重新登记，否则按可疑情况上报。",
    "This is not the security module the kiosk was enrolled with: enrol again if it was swapped on purpose, report it otherwise.",
);

/// For a reading that broke off without a status.
pub const BROKEN_OFF: Words = words(
    PUT_AGAIN,
    "读卡中断，多为证件提前移开。",
    "The reading broke off, mostly because the card was lifted early.",
);

impl Status {
    /// What to tell resident and technician of this status.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Success => words(READ, "命令已执行。", "The command was carried out."),
            Self::Found => words(HOLD, "已寻到卡。", "A card was found."),
            Self::NotOnCard => words(
                GO_ON,
                "卡内没有这一项，例如没有最新住址。",
                "The card does not hold this item, such as a newer address.",
            ),
            Self::WrongChecksum => words(
                PUT_AGAIN,
                "模块收到的校验和不对：检查线缆、接头和接地。",
                "The module saw a wrong checksum: check cable, plugs and earth.",
            ),
            Self::WrongLength => words(
                PUT_AGAIN,
                "模块收到的长度不对：检查线缆，或有别的程序占用此口。",
                "The module saw a wrong length: check the cable, or another program on this port.",
            ),
            Self::BadCommand => words(
                ELSEWHERE,
                "模块不认识该命令、参数或次序：固件过旧，或接错设备。",
                "The module knows no such command, parameter or order: old firmware or another device.",
            ),
            Self::NotAllowed => words(
                ELSEWHERE,
                "模块不允许该操作。",
                "The module does not allow the operation.",
            ),
            Self::UnknownError => words(
                PUT_AGAIN,
                "模块报告不明错误，已复位模块。",
                "The module reported an error it does not know; it was reset.",
            ),
            Self::CardRefusedModule => words(
                PUT_AGAIN,
                "卡认证模块失败。多张卡都这样时更换模块。",
                "The card did not accept the module. If many cards do so, swap the module.",
            ),
            Self::ModuleRefusedCard => words(
                PUT_AGAIN,
                "模块认证卡失败：卡可能损坏。不向群众说明原因，也不作推断。",
                "The module did not accept the card: it may be damaged. Give the resident no reason and suspect nobody.",
            ),
            Self::VerificationFailed => words(
                PUT_AGAIN,
                "卡内信息验证失败：卡可能损坏。不向群众说明原因，也不作推断。",
                "The card's content did not verify: it may be damaged. Give the resident no reason and suspect nobody.",
            ),
            Self::UnsupportedCard => words(
                OTHER_CARD,
                "卡类型无法识别，多为银行卡、交通卡或门禁卡。",
                "A card of another kind, mostly a bank, transport or door card.",
            ),
            Self::ReadFailed => words(
                PUT_AGAIN,
                "读卡失败：卡提前移开、放偏，或天线旁有金属。",
                "Reading failed: the card was lifted early or lay askew, or metal lies near the antenna.",
            ),
            Self::RandomFailed => words(
                PUT_AGAIN,
                "取随机数失败，已重试并复位模块。反复出现时更换模块。",
                "Drawing a random number failed; it was tried again and the module reset. Swap the module if it recurs.",
            ),
            Self::SelfTestFailed => words(
                ELSEWHERE,
                "模块自检失败，不接受命令：断电重启，仍失败则更换模块。",
                "The module's self-test failed, it takes no commands: switch power off and on, else swap the module.",
            ),
            Self::NotAuthorised => words(
                ELSEWHERE,
                "模块未授权：联系供应商办理授权。",
                "The module is not authorised: ask the supplier.",
            ),
            Self::NoCard => words(
                PUT,
                "没有寻到卡：未放卡，或读过后没有移开。",
                "No card was found: none lies there, or it was read and not lifted since.",
            ),
            Self::SelectFailed => words(
                ONE_CARD,
                "选卡失败：可能叠放两张卡，或卡在移动。",
                "Selecting failed: perhaps two cards, or a card in motion.",
            ),
            Self::Other(_) => words(
                PUT_AGAIN,
                "模块给出标准以外的状态码（厂商扩展），含义见厂商资料。",
                "A status outside the standard, a maker's extension: see the maker's papers.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_words_for_both_and_the_resident_sees_no_code_and_no_suspicion() {
        for byte in 0..=u8::MAX {
            let words = Status::from(byte).words();
            for text in [
                words.resident.zh,
                words.resident.en,
                words.technician.zh,
                words.technician.en,
            ] {
                assert!(text.ends_with(['.', '。']), "{byte:02X}: {text}");
            }
            let said = format!("{} {}", words.resident.zh, words.resident.en);
            assert!(!said.chars().any(|c| c.is_ascii_digit()), "{said}");
            for hurtful in ["forge", "fake", "伪", "假", "模块", "module"] {
                assert!(!said.contains(hurtful), "{byte:02X}: {said}");
            }
        }
    }

    #[test]
    fn a_key_always_goes_with_the_same_words() {
        let mut seen = std::collections::BTreeMap::new();
        for byte in 0..=u8::MAX {
            let words = Status::from(byte).words();
            let first = *seen.entry(words.resident_key).or_insert(words.resident);
            assert_eq!(first, words.resident);
        }
        assert_eq!(seen.len(), 8);
    }
}
