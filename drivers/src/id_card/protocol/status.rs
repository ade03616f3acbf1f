//! SW3, the result byte of every answer.

/// What the module says of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// 90: done.
    Success,
    /// 9F: a card was found (find only).
    Found,
    /// 91: the card does not hold what was asked for.
    NotOnCard,
    /// 10: the module saw a wrong checksum.
    WrongChecksum,
    /// 11: the module saw a wrong length.
    WrongLength,
    /// 21: unknown command, parameter or sequence.
    BadCommand,
    /// 23: the operation is not allowed.
    NotAllowed,
    /// 24: an error the module itself does not know.
    UnknownError,
    /// 31: the card did not accept the module.
    CardRefusedModule,
    /// 32: the module did not accept the card; damaged or forged, which is not ours to say.
    ModuleRefusedCard,
    /// 33: the card's content did not verify.
    VerificationFailed,
    /// 40: a card of another kind.
    UnsupportedCard,
    /// 41: reading the card failed.
    ReadFailed,
    /// 47: drawing a random number failed.
    RandomFailed,
    /// 60: the module's self-test failed; it takes no commands.
    SelfTestFailed,
    /// 66: the module is not authorised.
    NotAuthorised,
    /// 80: no card, or one that was read and not lifted since.
    NoCard,
    /// 81: selecting the card failed.
    SelectFailed,
    /// Anything else; vendors do extend the list.
    Other(u8),
}

impl From<u8> for Status {
    fn from(byte: u8) -> Self {
        match byte {
            0x90 => Self::Success,
            0x9F => Self::Found,
            0x91 => Self::NotOnCard,
            0x10 => Self::WrongChecksum,
            0x11 => Self::WrongLength,
            0x21 => Self::BadCommand,
            0x23 => Self::NotAllowed,
            0x24 => Self::UnknownError,
            0x31 => Self::CardRefusedModule,
            0x32 => Self::ModuleRefusedCard,
            0x33 => Self::VerificationFailed,
            0x40 => Self::UnsupportedCard,
            0x41 => Self::ReadFailed,
            0x47 => Self::RandomFailed,
            0x60 => Self::SelfTestFailed,
            0x66 => Self::NotAuthorised,
            0x80 => Self::NoCard,
            0x81 => Self::SelectFailed,
            other => Self::Other(other),
        }
    }
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        match status {
            Status::Success => 0x90,
            Status::Found => 0x9F,
            Status::NotOnCard => 0x91,
            Status::WrongChecksum => 0x10,
            Status::WrongLength => 0x11,
            Status::BadCommand => 0x21,
            Status::NotAllowed => 0x23,
            Status::UnknownError => 0x24,
            Status::CardRefusedModule => 0x31,
            Status::ModuleRefusedCard => 0x32,
            Status::VerificationFailed => 0x33,
            Status::UnsupportedCard => 0x40,
            Status::ReadFailed => 0x41,
            Status::RandomFailed => 0x47,
            Status::SelfTestFailed => 0x60,
            Status::NotAuthorised => 0x66,
            Status::NoCard => 0x80,
            Status::SelectFailed => 0x81,
            Status::Other(byte) => byte,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_there_and_back() {
        for byte in 0..=u8::MAX {
            assert_eq!(u8::from(Status::from(byte)), byte);
        }
    }
}
