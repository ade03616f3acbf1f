//! The lights at the slots of the cabinet: what the page asks the hand to do is lit.

use crate::screen::{
    AppointmentPage, GoodbyePage, IdentifyPage, Overlay, Page, PrincipalPage, ResultPrinting,
    ScanPage, SlipState,
};

/// Which slots are lit; none on a kiosk without a cabinet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lights {
    /// The id-card reader.
    pub card: bool,
    /// Where slips come out.
    pub receipt: bool,
    /// The scanner.
    pub scanner: bool,
    /// Where documents come out.
    pub document: bool,
    /// The window of the code scanner.
    pub code: bool,
}

impl Lights {
    /// The lights of a page; `codes` when it asks for one.
    pub(crate) fn of(page: &Page, overlay: Option<&Overlay>, codes: bool) -> Self {
        if let Some(Overlay::Cover { .. }) = overlay {
            return Self {
                card: true,
                ..Self::default()
            };
        }
        let lights = match page {
            Page::Idle(page) => Self {
                card: page.card_left || page.near && page.halted.is_none(),
                ..Self::default()
            },
            Page::Identify(IdentifyPage::PutCard { .. })
            | Page::Principal(PrincipalPage::PutCard { .. } | PrincipalPage::OwnCard { .. }) => {
                Self {
                    card: true,
                    ..Self::default()
                }
            }
            Page::Scan(ScanPage::Place { .. } | ScanPage::Scanning { .. }) => Self {
                scanner: true,
                ..Self::default()
            },
            Page::Guide(page) => Self {
                receipt: page.print.is_some_and(comes),
                ..Self::default()
            },
            Page::Done(page) => Self {
                receipt: comes(page.slip),
                document: page.result.as_ref().is_some_and(|r| prints(r.printing)),
                ..Self::default()
            },
            Page::Matter(page) => Self {
                document: page.result.as_ref().is_some_and(|r| prints(r.printing)),
                ..Self::default()
            },
            Page::Appointment(AppointmentPage::Done(done)) => Self {
                receipt: done.print.is_some_and(comes),
                ..Self::default()
            },
            Page::Goodbye(page) => goodbye(*page),
            _ => Self::default(),
        };
        Self {
            code: codes,
            ..lights
        }
    }

    /// Those of these slots that have a light at all: of the others no page may say it is lit.
    pub(crate) fn among(self, there: Self) -> Self {
        Self {
            card: self.card && there.card,
            receipt: self.receipt && there.receipt,
            scanner: self.scanner && there.scanner,
            document: self.document && there.document,
            code: self.code && there.code,
        }
    }
}

/// What may still lie there is lit.
fn goodbye(page: GoodbyePage) -> Lights {
    Lights {
        card: page.card,
        receipt: page.paper || page.coming,
        scanner: page.original,
        ..Lights::default()
    }
}

/// The slip comes out or lies there.
fn comes(slip: SlipState) -> bool {
    match slip {
        SlipState::Printing
        | SlipState::Ready
        | SlipState::Printed
        | SlipState::Partial
        | SlipState::Unknown => true,
        SlipState::Waiting { .. }
        | SlipState::Taken
        | SlipState::DrawnBack
        | SlipState::NotPrinted
        | SlipState::NoPrinter
        | SlipState::Declined
        | SlipState::WithNext => false,
    }
}

/// The result comes out or lies there.
fn prints(printing: ResultPrinting) -> bool {
    match printing {
        ResultPrinting::Printing
        | ResultPrinting::Printed
        | ResultPrinting::HandedOver
        | ResultPrinting::Partial
        | ResultPrinting::Unknown => true,
        ResultPrinting::Offered
        | ResultPrinting::Fetching
        | ResultPrinting::NotPrinted
        | ResultPrinting::Electronic
        | ResultPrinting::AsChosen
        | ResultPrinting::ForApplicant => false,
    }
}
