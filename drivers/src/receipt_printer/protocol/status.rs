//! Status bits: the four `DLE EOT` answers and automatic status back, as one picture of the printer.
//!
//! Source: the printer fact sheet, sections 1.5 and 1.7.

use super::commands::StatusQuery;

/// What is known of the printer's mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status {
    /// The printer takes no print data.
    pub offline: bool,
    /// The cover is open; the paper sensors mean nothing meanwhile.
    pub cover_open: bool,
    /// The roll has run out.
    pub paper_end: bool,
    /// The roll is getting thin.
    pub near_end: bool,
    /// The knife did not come home.
    pub cutter_error: bool,
    /// An error only a technician ends.
    pub unrecoverable: bool,
    /// An error that ends by itself: the head is hot, or the cover was opened in mid line.
    pub auto_recoverable: bool,
    /// Another error that `DLE ENQ` ends.
    pub recoverable: bool,
    /// Waits for `DLE ENQ` or for paper.
    pub waiting_recovery: bool,
    /// Somebody holds the feed button.
    pub feed_button: bool,
    /// Paper is jammed on its way.
    pub jam: bool,
    /// A slip is at the output: in the presenter, or not torn away yet.
    pub slip_waiting: bool,
}

impl Status {
    /// Takes the four bytes of automatic status back.
    ///
    /// Byte 4 and the drawer pin are ignored: byte 4 is `00` or `0F` by model.
    pub fn from_status_back(bytes: [u8; 4]) -> Self {
        let [first, second, third, _] = bytes;
        Self {
            offline: first & 0x08 != 0,
            cover_open: first & 0x20 != 0,
            paper_end: third & 0x0C != 0,
            near_end: third & 0x03 != 0,
            cutter_error: second & 0x08 != 0,
            unrecoverable: second & 0x20 != 0,
            auto_recoverable: second & 0x40 != 0,
            recoverable: second & 0x04 != 0,
            waiting_recovery: second & 0x01 != 0,
            feed_button: first & 0x40 != 0 || second & 0x02 != 0,
            jam: false,
            slip_waiting: false,
        }
    }

    /// Takes paper, user, recoverable and fatal byte of Custom's whole status.
    ///
    /// The virtual paper end counts as near end: it is a length somebody set.
    /// Source: the printer fact sheet, section 1.11.
    pub fn from_full_status(bytes: [u8; 4]) -> Self {
        let [paper, user, recoverable, fatal] = bytes;
        Self {
            cover_open: user & 0x03 != 0,
            paper_end: paper & 0x01 != 0,
            near_end: paper & 0x44 != 0,
            cutter_error: fatal & 0x03 != 0,
            unrecoverable: fatal & 0x8C != 0,
            auto_recoverable: recoverable & 0x09 != 0,
            jam: recoverable & 0x40 != 0,
            slip_waiting: paper & 0x20 != 0,
            feed_button: user & 0x60 != 0,
            ..Self::default()
        }
    }

    /// Takes the flag in bit 7 of the first real-time answer: set until the slip is torn away.
    pub fn take_torn_flag(&mut self, byte: u8) {
        self.slip_waiting = byte & 0x80 != 0;
    }

    /// Takes the answer to one `DLE EOT`; each answer settles only the bits it carries.
    ///
    /// Returns false, and changes nothing, for a byte without the fixed bits `0xx1xx10`.
    pub fn take_answer(&mut self, query: StatusQuery, byte: u8) -> bool {
        if byte & 0x93 != 0x12 {
            return false;
        }
        match query {
            StatusQuery::Printer => {
                self.offline = byte & 0x08 != 0;
                self.waiting_recovery = byte & 0x20 != 0;
                self.feed_button = byte & 0x40 != 0;
            }
            StatusQuery::OfflineCause => {
                self.cover_open = byte & 0x04 != 0;
                self.paper_end = byte & 0x20 != 0;
            }
            StatusQuery::Error => {
                self.recoverable = byte & 0x04 != 0;
                self.cutter_error = byte & 0x08 != 0;
                self.unrecoverable = byte & 0x20 != 0;
                self.auto_recoverable = byte & 0x40 != 0;
            }
            StatusQuery::Paper => {
                self.near_end = byte & 0x0C != 0;
                self.paper_end |= byte & 0x60 != 0;
            }
        }
        true
    }

    /// What stands in the way of printing, the cause that must be removed first; `None` when ready.
    pub fn problem(&self) -> Option<Problem> {
        if self.cover_open {
            Some(Problem::CoverOpen)
        } else if self.paper_end {
            Some(Problem::PaperOut)
        } else if self.jam {
            Some(Problem::Jam)
        } else if self.cutter_error {
            Some(Problem::Cutter)
        } else if self.unrecoverable || self.recoverable {
            Some(Problem::Mechanism)
        } else if self.auto_recoverable {
            Some(Problem::HeadHot)
        } else if self.offline || self.waiting_recovery {
            Some(Problem::Offline)
        } else {
            None
        }
    }
}

/// Why a printer does not print, in the words the technician's page translates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// The roll has run out.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// Paper is jammed on its way out.
    Jam,
    /// The knife is jammed.
    Cutter,
    /// The head is too hot; it goes on by itself when it has cooled.
    HeadHot,
    /// An error inside the printer that only a technician ends.
    Mechanism,
    /// The printer is offline or does not answer.
    Offline,
}

impl Problem {
    /// The stable name: `paper_out`, `cover_open`, `jam`, `cutter`, `head_hot`, `mechanism`, `offline`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::Jam => "jam",
            Self::Cutter => "cutter",
            Self::HeadHot => "head_hot",
            Self::Mechanism => "mechanism",
            Self::Offline => "offline",
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: StatusQuery, byte: u8) -> Status {
        let mut status = Status::default();
        assert!(status.take_answer(query, byte));
        status
    }

    #[test]
    fn every_bit_of_the_four_answers() {
        let base = Status::default();
        let cases = [
            (StatusQuery::Printer, 0x04, base),
            (
                StatusQuery::Printer,
                0x08,
                Status {
                    offline: true,
                    ..base
                },
            ),
            (
                StatusQuery::Printer,
                0x20,
                Status {
                    waiting_recovery: true,
                    ..base
                },
            ),
            (
                StatusQuery::Printer,
                0x40,
                Status {
                    feed_button: true,
                    ..base
                },
            ),
            (
                StatusQuery::OfflineCause,
                0x04,
                Status {
                    cover_open: true,
                    ..base
                },
            ),
            (StatusQuery::OfflineCause, 0x08, base),
            (
                StatusQuery::OfflineCause,
                0x20,
                Status {
                    paper_end: true,
                    ..base
                },
            ),
            (StatusQuery::OfflineCause, 0x40, base),
            (
                StatusQuery::Error,
                0x04,
                Status {
                    recoverable: true,
                    ..base
                },
            ),
            (
                StatusQuery::Error,
                0x08,
                Status {
                    cutter_error: true,
                    ..base
                },
            ),
            (
                StatusQuery::Error,
                0x20,
                Status {
                    unrecoverable: true,
                    ..base
                },
            ),
            (
                StatusQuery::Error,
                0x40,
                Status {
                    auto_recoverable: true,
                    ..base
                },
            ),
            (
                StatusQuery::Paper,
                0x04,
                Status {
                    near_end: true,
                    ..base
                },
            ),
            (
                StatusQuery::Paper,
                0x08,
                Status {
                    near_end: true,
                    ..base
                },
            ),
            (
                StatusQuery::Paper,
                0x20,
                Status {
                    paper_end: true,
                    ..base
                },
            ),
            (
                StatusQuery::Paper,
                0x40,
                Status {
                    paper_end: true,
                    ..base
                },
            ),
        ];
        for (query, bit, expected) in cases {
            assert_eq!(
                asked(query, 0x12 | bit),
                expected,
                "{query:?} bit {bit:02x}"
            );
        }
    }

    #[test]
    fn every_bit_of_automatic_status_back() {
        let base = Status::default();
        let cases = [
            (0, 0x04, base),
            (
                0,
                0x08,
                Status {
                    offline: true,
                    ..base
                },
            ),
            (
                0,
                0x20,
                Status {
                    cover_open: true,
                    ..base
                },
            ),
            (
                0,
                0x40,
                Status {
                    feed_button: true,
                    ..base
                },
            ),
            (
                1,
                0x01,
                Status {
                    waiting_recovery: true,
                    ..base
                },
            ),
            (
                1,
                0x02,
                Status {
                    feed_button: true,
                    ..base
                },
            ),
            (
                1,
                0x04,
                Status {
                    recoverable: true,
                    ..base
                },
            ),
            (
                1,
                0x08,
                Status {
                    cutter_error: true,
                    ..base
                },
            ),
            (
                1,
                0x20,
                Status {
                    unrecoverable: true,
                    ..base
                },
            ),
            (
                1,
                0x40,
                Status {
                    auto_recoverable: true,
                    ..base
                },
            ),
            (
                2,
                0x01,
                Status {
                    near_end: true,
                    ..base
                },
            ),
            (
                2,
                0x02,
                Status {
                    near_end: true,
                    ..base
                },
            ),
            (
                2,
                0x04,
                Status {
                    paper_end: true,
                    ..base
                },
            ),
            (
                2,
                0x08,
                Status {
                    paper_end: true,
                    ..base
                },
            ),
            (3, 0x0F, base),
        ];
        for (byte, bit, expected) in cases {
            let mut bytes = [0x10, 0x00, 0x00, 0x00];
            bytes[byte] |= bit;
            assert_eq!(
                Status::from_status_back(bytes),
                expected,
                "byte {byte} bit {bit:02x}"
            );
        }
    }

    #[test]
    fn every_bit_of_the_whole_status_of_a_presenter() {
        let base = Status::default();
        let waiting = Status {
            slip_waiting: true,
            ..base
        };
        let named = |bytes: [u8; 4]| Status::from_full_status(bytes).problem();
        assert_eq!(Status::from_full_status([0; 4]), base);
        assert_eq!(Status::from_full_status([0x20, 0, 0, 0]), waiting);
        assert!(Status::from_full_status([0x04, 0, 0, 0]).near_end);
        assert!(Status::from_full_status([0x40, 0, 0, 0]).near_end);
        assert!(Status::from_full_status([0, 0x20, 0, 0]).feed_button);
        for (bytes, problem) in [
            ([0x20, 0, 0, 0], None),
            ([0x80, 0, 0, 0], None),
            ([0x01, 0, 0, 0], Some(Problem::PaperOut)),
            ([0, 0x01, 0, 0], Some(Problem::CoverOpen)),
            ([0, 0x02, 0, 0], Some(Problem::CoverOpen)),
            ([0, 0x0C, 0, 0], None),
            ([0, 0, 0x01, 0], Some(Problem::HeadHot)),
            ([0, 0, 0x08, 0], Some(Problem::HeadHot)),
            ([0, 0, 0x40, 0], Some(Problem::Jam)),
            ([0, 0, 0, 0x01], Some(Problem::Cutter)),
            ([0, 0, 0, 0x02], Some(Problem::Cutter)),
            ([0, 0, 0, 0x04], Some(Problem::Mechanism)),
            ([0, 0, 0, 0x08], Some(Problem::Mechanism)),
            ([0, 0, 0, 0x80], Some(Problem::Mechanism)),
        ] {
            assert_eq!(named(bytes), problem, "{bytes:02x?}");
        }
    }

    #[test]
    fn the_states_of_the_fact_sheet_name_the_right_cause() {
        let cases = [
            ([0x10, 0x00, 0x00, 0x0F], None),
            ([0x14, 0x00, 0x00, 0x0F], None),
            ([0x10, 0x00, 0x03, 0x0F], None),
            ([0x38, 0x00, 0x00, 0x0F], Some(Problem::CoverOpen)),
            ([0x38, 0x40, 0x0C, 0x0F], Some(Problem::CoverOpen)),
            ([0x18, 0x00, 0x0F, 0x0F], Some(Problem::PaperOut)),
            ([0x18, 0x00, 0x0C, 0x00], Some(Problem::PaperOut)),
            ([0x18, 0x08, 0x00, 0x0F], Some(Problem::Cutter)),
            ([0x18, 0x40, 0x00, 0x0F], Some(Problem::HeadHot)),
            ([0x18, 0x20, 0x00, 0x0F], Some(Problem::Mechanism)),
            ([0x18, 0x00, 0x00, 0x0F], Some(Problem::Offline)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(
                Status::from_status_back(bytes).problem(),
                expected,
                "{bytes:02x?}"
            );
        }
    }

    #[test]
    fn an_answer_without_the_fixed_bits_changes_nothing() {
        let mut status = Status {
            paper_end: true,
            ..Status::default()
        };
        assert!(!status.take_answer(StatusQuery::Paper, 0x00));
        assert!(!status.take_answer(StatusQuery::Printer, 0x92));
        assert!(status.paper_end);
    }
}
