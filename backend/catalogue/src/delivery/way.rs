//! The ways a result reaches the applicant.

use serde::{Deserialize, Serialize};

use crate::record::{Channel, Item};

closed_list! {
    /// How a result reaches the applicant (领取方式).
    Way {
        /// 自助打印: printed at any kiosk, with number, QR check and seal.
        Print = "print",
        /// 窗口领取: handed out at a window.
        Window = "window",
        /// 电子证照: read with its seal, equal to paper.
        Electronic = "electronic",
        /// 自助领取柜: put into a compartment of a station's locker.
        Locker = "locker",
        /// 邮寄: posted to an address.
        Post = "post",
    }
}

impl Way {
    /// The way of this name; `None` when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|way| way.as_str() == name)
    }

    /// Whether the item offers this way; a locker stands for the window beside it.
    #[must_use]
    pub fn is_offered(self, item: &Item) -> bool {
        match self {
            Self::Print => item.result.kiosk_print,
            Self::Electronic => item.result.electronic_seal,
            Self::Window | Self::Locker => item.channels.contains(&Channel::Window),
            Self::Post => item.express.supported,
        }
    }

    /// The way of a result for which none was chosen: printed at a kiosk, and what no kiosk prints is handed out at a
    /// window; read where the item has no window either.
    #[must_use]
    pub fn unchosen(item: &Item) -> Self {
        let mut ways = [Self::Print, Self::Window].into_iter();
        ways.find(|way| way.is_offered(item))
            .unwrap_or(Self::Electronic)
    }

    /// Whether nobody has to hand anything over: the applicant reads or prints it.
    #[must_use]
    pub const fn is_fetched(self) -> bool {
        match self {
            Self::Print | Self::Electronic => true,
            Self::Window | Self::Locker | Self::Post => false,
        }
    }
}
