//! What the families of modules are told, and what they answer before the code.

use serde::Deserialize;

/// The command language of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Honeywell and those that speak like it.
    Honeywell,
    /// Newland and those that speak like it.
    Newland,
    /// GM65 and GM861 modules.
    Gm65,
}

impl Family {
    /// Starts a scan.
    #[must_use]
    pub fn trigger(self) -> &'static [u8] {
        match self {
            Self::Honeywell => &[0x16, 0x54, 0x0D],
            Self::Newland => &[0x01, 0x54, 0x04],
            // The last two bytes tell the module not to check a CRC.
            Self::Gm65 => &[0x7E, 0x00, 0x08, 0x01, 0x00, 0x02, 0x01, 0xAB, 0xCD],
        }
    }

    /// Ends a scan.
    #[must_use]
    pub fn stop(self) -> &'static [u8] {
        match self {
            Self::Honeywell => &[0x16, 0x55, 0x0D],
            Self::Newland => &[0x01, 0x50, 0x04],
            Self::Gm65 => &[0x7E, 0x00, 0x08, 0x01, 0x00, 0x02, 0x00, 0xAB, 0xCD],
        }
    }

    /// What may come in answer to a command, before any code; one of them at most.
    pub(crate) fn replies(self) -> &'static [&'static [u8]] {
        match self {
            Self::Honeywell => &[],
            Self::Newland => &[&[0x06], &[0x15]],
            Self::Gm65 => &[Self::GM65_DONE],
        }
    }

    /// The answer of a GM65 to every command it carried out.
    pub(super) const GM65_DONE: &[u8] = &[0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31];

    /// The answer by which a module shows that it is one; `None` for those that never answer.
    pub(super) fn proof(self) -> Option<&'static [u8]> {
        match self {
            Self::Honeywell | Self::Newland => None,
            Self::Gm65 => Some(Self::GM65_DONE),
        }
    }

    /// Speed of its serial line as delivered; any will do on USB.
    #[must_use]
    pub fn baud(self) -> u32 {
        match self {
            Self::Honeywell => 115_200,
            Self::Newland | Self::Gm65 => 9600,
        }
    }

    /// The stable name, as in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Honeywell => "honeywell",
            Self::Newland => "newland",
            Self::Gm65 => "gm65",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scanner fact sheet, section 6.
    #[test]
    fn commands_are_the_bytes_of_the_makers_sheets() {
        let gm65 = |on| vec![0x7E, 0x00, 0x08, 0x01, 0x00, 0x02, on, 0xAB, 0xCD];
        for (family, trigger, stop) in [
            (
                Family::Honeywell,
                vec![0x16, 0x54, 0x0D],
                vec![0x16, 0x55, 0x0D],
            ),
            (
                Family::Newland,
                vec![0x01, 0x54, 0x04],
                vec![0x01, 0x50, 0x04],
            ),
            (Family::Gm65, gm65(1), gm65(0)),
        ] {
            assert_eq!(family.trigger(), trigger, "{}", family.name());
            assert_eq!(family.stop(), stop, "{}", family.name());
        }
        let done = [0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31];
        assert_eq!(Family::Gm65.proof(), Some(&done[..]));
    }
}
