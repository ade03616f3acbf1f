//! What kind of printer is simulated: the families, and how they differ.

use crate::receipt_printer::profile::StatusStyle;

/// What kind of printer this one is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Build {
    /// Bytes of one head row: 72 on 80 mm paper, 48 on 58 mm.
    pub head_bytes: u8,
    /// How fast paper moves, in millimetres a second; `None` = at once.
    pub speed: Option<f64>,
    /// Sends `3B 31 00` after switching on (memory switch 1-1).
    pub power_notice: bool,
    /// Sends XON and XOFF, as on a serial line.
    pub xon_xoff: bool,
    /// Finds real-time commands also inside other data, as Epson's do.
    pub real_time_everywhere: bool,
    /// How it answers for its sensors.
    pub status: StatusStyle,
    /// Knows `GS a`.
    pub status_back: bool,
    /// Knows `GS ( H`; otherwise the number prints.
    pub process_ids: bool,
    /// Knows `DLE DC4 8`.
    pub clear: bool,
    /// Knows the hardware reset.
    pub reset: bool,
    /// Has a knife; otherwise a tear bar in the same place.
    pub knife: bool,
    /// Has a presenter behind the knife.
    pub presenter: bool,
    /// `ESC @` prints the line that is buffered.
    pub initialise_prints: bool,
    /// The model it says it is.
    pub claims: &'static str,
}

impl Default for Build {
    /// An 80 mm kiosk printer at 250 mm/s with all of Epson's commands.
    fn default() -> Self {
        Self {
            head_bytes: 72,
            speed: Some(250.0),
            power_notice: true,
            xon_xoff: true,
            real_time_everywhere: true,
            status: StatusStyle::RealTime,
            status_back: true,
            process_ids: true,
            clear: true,
            reset: false,
            knife: true,
            presenter: false,
            initialise_prints: false,
            claims: "KR-80",
        }
    }
}

impl Build {
    /// A Custom printer with presenter: whole status, a reset, no process numbers.
    #[must_use]
    pub fn custom() -> Self {
        Self {
            power_notice: false,
            status: StatusStyle::FullStatus,
            status_back: false,
            process_ids: false,
            clear: false,
            reset: true,
            presenter: true,
            claims: "VKP80",
            ..Self::default()
        }
    }

    /// A Cashino KP-628E: 58 mm, 90 mm/s, tear bar with its flag.
    #[must_use]
    pub fn cashino() -> Self {
        Self {
            head_bytes: 48,
            speed: Some(90.0),
            status: StatusStyle::TornFlag,
            knife: false,
            initialise_prints: true,
            claims: "KP-628E",
            ..Self::generic()
        }
    }

    /// A clone that knows `DLE EOT`, `GS r` and `GS V`, and says it is an Epson.
    #[must_use]
    pub fn generic() -> Self {
        Self {
            speed: Some(150.0),
            power_notice: false,
            xon_xoff: false,
            real_time_everywhere: false,
            status_back: false,
            process_ids: false,
            clear: false,
            claims: "TM-T88V",
            ..Self::default()
        }
    }
}
