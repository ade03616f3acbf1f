//! Which page is which: its kind in the markup, its keyboard.

use kiosk_core::screen::{
    Ask, DeliveryPage, EnquiryPage, IdentifyPage, Keyboard, Page, PortraitPage, PrincipalPage,
    ScanPage,
};
use kiosk_core::service::ServicePage;
use kiosk_ui as ui;

use super::principal;

pub(super) fn kind(page: &Page) -> ui::PageKind {
    match page {
        Page::Idle(_) => ui::PageKind::Idle,
        Page::Start(_) => ui::PageKind::Start,
        Page::Find(_) => ui::PageKind::Find,
        Page::Guide(_) => ui::PageKind::Guide,
        Page::Identify(_) => ui::PageKind::Identify,
        Page::Principal(page) if principal::is_typed(page) => ui::PageKind::Question,
        Page::Principal(_) => ui::PageKind::Identify,
        Page::Wait(_) => ui::PageKind::Wait,
        Page::Notice(_) => ui::PageKind::Notice,
        Page::Facts(_) => ui::PageKind::Facts,
        Page::Question(_) => ui::PageKind::Question,
        Page::Materials(_) => ui::PageKind::Materials,
        Page::Material(_) => ui::PageKind::Material,
        Page::Scan(_) => ui::PageKind::Scan,
        Page::Portrait(_) => ui::PageKind::Portrait,
        // Asked like a question of the form.
        Page::Delivery(_) => ui::PageKind::Question,
        Page::Review(_) => ui::PageKind::Review,
        Page::Document(_) => ui::PageKind::Document,
        Page::Sign(_) => ui::PageKind::Sign,
        Page::Submit(_) => ui::PageKind::Submit,
        Page::Done(_) => ui::PageKind::Done,
        Page::Rate(_) => ui::PageKind::Rate,
        Page::Goodbye(_) => ui::PageKind::Goodbye,
        Page::Matters(_) => ui::PageKind::Matters,
        Page::Matter(_) => ui::PageKind::Matter,
        Page::CheckIn(_) => ui::PageKind::CheckIn,
        Page::Enquiry(EnquiryPage::Typed { .. }) => ui::PageKind::Question,
        // Asked and answered like a booking.
        Page::Appointment(_) | Page::Withdraw(_) | Page::Enquiry(_) => ui::PageKind::Appointment,
        Page::Service(_) => ui::PageKind::Service,
    }
}

/// How much of the page is of a fixed size, beside which words grow less.
pub(super) fn fixture(page: &Page) -> ui::Fixture {
    match page {
        Page::Question(_)
        | Page::Delivery(_)
        | Page::Enquiry(EnquiryPage::Typed { .. })
        | Page::Identify(IdentifyPage::Code { .. } | IdentifyPage::Staff { .. })
        | Page::Principal(
            PrincipalPage::Name { .. } | PrincipalPage::Number { .. } | PrincipalPage::Code { .. },
        )
        | Page::Wait(_)
        | Page::Submit(_)
        | Page::Goodbye(_) => ui::Fixture::Part,
        Page::Idle(_)
        | Page::Scan(ScanPage::Look { .. } | ScanPage::Pages { .. })
        | Page::Portrait(PortraitPage::Live { .. } | PortraitPage::Look { .. })
        | Page::Document(_)
        | Page::Sign(_) => ui::Fixture::Most,
        Page::Start(_)
        | Page::Find(_)
        | Page::Guide(_)
        | Page::Identify(
            IdentifyPage::PutCard { .. }
            | IdentifyPage::IsItYou(_)
            | IdentifyPage::SecondFactor { .. },
        )
        | Page::Principal(
            PrincipalPage::PutCard { .. }
            | PrincipalPage::IsItThem(_)
            | PrincipalPage::Choose { .. }
            | PrincipalPage::OwnCard { .. }
            | PrincipalPage::NotOfAge,
        )
        | Page::Notice(_)
        | Page::Facts(_)
        | Page::Materials(_)
        | Page::Material(_)
        | Page::Scan(ScanPage::Place { .. } | ScanPage::Scanning { .. })
        | Page::Portrait(PortraitPage::Taking { .. } | PortraitPage::Trouble { .. })
        | Page::Review(_)
        | Page::Done(_)
        | Page::Rate(_)
        | Page::Matters(_)
        | Page::Matter(_)
        | Page::CheckIn(_)
        | Page::Appointment(_)
        | Page::Withdraw(_)
        | Page::Enquiry(_) => ui::Fixture::None,
        Page::Service(page) => match page.as_ref() {
            ServicePage::Pin(_) | ServicePage::Roll(_) => ui::Fixture::Part,
            ServicePage::Overview(_)
            | ServicePage::Device(_)
            | ServicePage::Testing(_)
            | ServicePage::Report(_)
            | ServicePage::Events(_)
            | ServicePage::Machine(_) => ui::Fixture::None,
        },
    }
}

/// The keyboard with letters that belongs to the page; `None` for digits and for none at all.
pub(super) fn letters(page: &Page) -> Option<Keyboard> {
    match page {
        Page::Find(_)
        | Page::Delivery(DeliveryPage::Address { .. })
        | Page::Principal(PrincipalPage::Name { .. })
        | Page::Enquiry(EnquiryPage::Typed { .. }) => Some(Keyboard::Full),
        Page::Question(question) => match &question.ask {
            Ask::Text { keyboard, .. } => match keyboard {
                Keyboard::Full | Keyboard::Latin | Keyboard::Zone => Some(*keyboard),
                Keyboard::Digits | Keyboard::IdNumber | Keyboard::Money => None,
            },
            Ask::Choice { .. }
            | Ask::Choices { .. }
            | Ask::YesNo { .. }
            | Ask::Statement { .. }
            | Ask::Date { .. }
            | Ask::Region { .. }
            | Ask::Rows { .. } => None,
        },
        Page::Idle(_)
        | Page::Start(_)
        | Page::Guide(_)
        | Page::Identify(_)
        | Page::Principal(_)
        | Page::Wait(_)
        | Page::Notice(_)
        | Page::Facts(_)
        | Page::Materials(_)
        | Page::Material(_)
        | Page::Scan(_)
        | Page::Portrait(_)
        | Page::Delivery(DeliveryPage::Way { .. } | DeliveryPage::Station { .. })
        | Page::Review(_)
        | Page::Document(_)
        | Page::Sign(_)
        | Page::Submit(_)
        | Page::Done(_)
        | Page::Rate(_)
        | Page::Goodbye(_)
        | Page::Matters(_)
        | Page::Matter(_)
        | Page::CheckIn(_)
        | Page::Appointment(_)
        | Page::Withdraw(_)
        | Page::Enquiry(_)
        | Page::Service(_) => None,
    }
}
