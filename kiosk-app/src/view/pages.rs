//! One page onto the markup, and off it again.

use kiosk_core::screen::{Page, PictureId, PortraitPage, ScanPage};
use kiosk_ui as ui;
use slint::Image;

use super::phrases::Phrases;
use super::{
    after, appointment, browse, check_in, delivery, enquiry, form, identity, papers, portrait,
    principal, service, withdraw,
};

/// The picture a page shows; `None` for pages without one.
pub(super) fn picture_of(page: &Page) -> Option<PictureId> {
    match page {
        Page::Document(document) => Some(document.picture),
        Page::Portrait(PortraitPage::Look { picture, .. }) => Some(*picture),
        Page::Scan(ScanPage::Look { picture, .. } | ScanPage::Pages { picture, .. }) => {
            Some(*picture)
        }
        _ => None,
    }
}

/// Puts `page` into its property.
pub(super) fn set(pages: &ui::Pages<'_>, page: &Page, picture: Image, say: &Phrases<'_>) {
    match page {
        Page::Idle(page) => pages.set_idle(browse::idle(page, say)),
        Page::Start(page) => pages.set_start(browse::start(page, say)),
        Page::Find(page) => pages.set_find(browse::find(page, say)),
        Page::Guide(page) => pages.set_guide(browse::guide(page, say)),
        Page::Identify(page) => pages.set_identify(identity::identify(page, say)),
        Page::Principal(page) if principal::is_typed(page) => {
            pages.set_question(principal::question(page, say));
        }
        Page::Principal(page) => pages.set_identify(principal::identify(page, say)),
        Page::Wait(page) => pages.set_wait(identity::wait(*page, say)),
        Page::Notice(page) => pages.set_notice(form::notice(page, say)),
        Page::Facts(page) => pages.set_facts(form::facts(page, say)),
        Page::Question(page) => pages.set_question(form::question(page, say)),
        Page::Materials(page) => pages.set_materials(papers::materials(page, say)),
        Page::Material(page) => pages.set_material(papers::material(page, say)),
        Page::Portrait(page) => pages.set_portrait(portrait::portrait(page, picture, say)),
        Page::Scan(page) => pages.set_scan(papers::scan(page, picture, say)),
        Page::Delivery(page) => pages.set_question(delivery::asked(page, say)),
        Page::Review(page) => pages.set_review(papers::review(page, say)),
        Page::Document(page) => pages.set_document(papers::document(page, picture)),
        Page::Sign(page) => pages.set_sign(papers::sign(page, say)),
        Page::Submit(page) => pages.set_submit(after::submit(*page)),
        Page::Done(page) => pages.set_done(after::done(page, say)),
        Page::Rate(page) => pages.set_rate(after::rate(*page)),
        Page::Goodbye(page) => pages.set_goodbye(after::goodbye(*page)),
        Page::Matters(page) => pages.set_matters(after::matters(page, say)),
        Page::Matter(page) => pages.set_matter(after::matter(page, say)),
        Page::CheckIn(page) => pages.set_check_in(check_in::check_in(page, say)),
        Page::Appointment(page) => pages.set_appointment(appointment::appointment(page, say)),
        Page::Withdraw(page) => pages.set_appointment(withdraw::withdraw(page, say)),
        Page::Enquiry(page) => match enquiry::asked(page, say) {
            Some(question) => pages.set_question(question),
            None => pages.set_appointment(enquiry::enquiry(page, say)),
        },
        Page::Service(page) => pages.set_service(service::service(page, say)),
    }
}

/// Forgets what stood on a page of this kind: nothing of a person waits in a page not shown.
pub(super) fn forget(pages: &ui::Pages<'_>, kind: ui::PageKind) {
    match kind {
        ui::PageKind::Idle => pages.set_idle(ui::IdleData::default()),
        ui::PageKind::Start => pages.set_start(ui::StartData::default()),
        ui::PageKind::Find => pages.set_find(ui::FindData::default()),
        ui::PageKind::Guide => pages.set_guide(ui::GuideData::default()),
        ui::PageKind::Identify => pages.set_identify(ui::IdentifyData::default()),
        ui::PageKind::Wait => pages.set_wait(ui::WaitData::default()),
        ui::PageKind::Notice => pages.set_notice(ui::NoticeData::default()),
        ui::PageKind::Facts => pages.set_facts(ui::FactsData::default()),
        ui::PageKind::Question => pages.set_question(ui::QuestionData::default()),
        ui::PageKind::Materials => pages.set_materials(ui::MaterialsData::default()),
        ui::PageKind::Material => pages.set_material(ui::MaterialData::default()),
        ui::PageKind::Portrait => pages.set_portrait(ui::PortraitData::default()),
        ui::PageKind::Scan => pages.set_scan(ui::ScanData::default()),
        ui::PageKind::Review => pages.set_review(ui::ReviewData::default()),
        ui::PageKind::Document => pages.set_document(ui::DocumentData::default()),
        ui::PageKind::Sign => pages.set_sign(ui::SignData::default()),
        ui::PageKind::Submit => pages.set_submit(ui::SubmitData::default()),
        ui::PageKind::Done => pages.set_done(ui::DoneData::default()),
        ui::PageKind::Rate => pages.set_rate(ui::RateData::default()),
        ui::PageKind::Goodbye => pages.set_goodbye(ui::GoodbyeData::default()),
        ui::PageKind::Matters => pages.set_matters(ui::MattersData::default()),
        ui::PageKind::CheckIn => pages.set_check_in(ui::CheckInData::default()),
        ui::PageKind::Appointment => pages.set_appointment(ui::AppointmentData::default()),
        ui::PageKind::Matter => pages.set_matter(ui::MatterData::default()),
        ui::PageKind::Service => pages.set_service(ui::ServiceData::default()),
    }
}
