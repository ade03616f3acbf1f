//! States of the screen of a hall, for pictures.

use jiff::Timestamp;
use jiff::civil::date;

use super::{Call, Heard, Place, Shown};

/// A station of the sample city.
pub(super) fn place() -> Place {
    Place {
        zh: "汀东便民服务站".to_owned(),
        en: "Tingdong Neighbourhood Station".to_owned(),
    }
}

/// Every state that looks different, with its name.
pub(super) fn states() -> Vec<(&'static str, Shown)> {
    let call = |number: &str, counter| Call {
        number: number.to_owned(),
        counter,
        at: Timestamp::UNIX_EPOCH,
    };
    let calls = vec![
        call("A1017", 12),
        call("B014", 3),
        call("V002", 1),
        call("A016", 2),
    ];
    let quiet = Shown {
        calls: calls.clone(),
        announced: None,
        waiting: Some(14),
        heard: Heard::Now,
    };
    let empty = Shown {
        calls: Vec::new(),
        ..quiet.clone()
    };
    vec![
        ("quiet", quiet.clone()),
        (
            "called",
            Shown {
                announced: calls.first().cloned(),
                ..quiet.clone()
            },
        ),
        (
            "empty",
            Shown {
                waiting: Some(0),
                ..empty.clone()
            },
        ),
        (
            "old",
            Shown {
                waiting: None,
                heard: Heard::Since(date(2026, 11, 23).at(10, 38, 0, 0)),
                ..quiet
            },
        ),
        (
            "silent",
            Shown {
                waiting: None,
                heard: Heard::Never,
                ..empty
            },
        ),
    ]
}
