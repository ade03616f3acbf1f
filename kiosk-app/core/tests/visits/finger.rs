//! A finger that mostly does what a person would do on the page, and sometimes anything.

use std::time::Duration;

use kiosk_core::screen::{
    AgentsShown, AppointmentPage, Ask, DeliveryPage, EnquiryPage, IdentifyPage, Lang,
    MaterialEntry, Overlay, Page, Point, PrincipalPage,
};
use kiosk_core::service::ServicePage;
use kiosk_core::{Code, Contrast, Devices, Event, Halt, Key, Link, Secret, Tap, TextSize, Touch};

use crate::samples::all_well;
use crate::world::World;

/// One move, chosen by 16 random bits.
pub struct Finger(pub u16);

impl Finger {
    pub fn moves(&self, world: &mut World) {
        match self.0 % 32 {
            0 => world.lift_card(),
            1 if world.card.is_none() && self.0 & 64 == 0 => world.put_card(),
            1 if world.card.is_none() => world.put_back(),
            1 => world.card_trouble(),
            2 => {
                world.pass(Duration::from_secs(u64::from(self.0 >> 5) % 50));
                world.event(Event::Tick);
            }
            3 => {
                world.tick();
            }
            4 if self.0 & 0x700 == 0 => world.event(Event::ServiceWanted),
            4 if self.0 & 0x40 == 0 => self.key(world),
            4 => self.anything(world),
            5 => {
                let link = if self.0 & 64 == 0 {
                    Link::Away
                } else {
                    Link::Up
                };
                world.event(Event::Link(link));
            }
            6 if self.0 & 0x700 == 0 => world.event(Event::Devices(Devices::default())),
            6 if self.0 & 0x700 == 0x100 => world.event(Event::Devices(Devices {
                halt: Some(Halt::OnBattery),
                ..all_well()
            })),
            6 => world.event(Event::Devices(all_well())),
            7 => {
                // A double tap: the second finger still means the page before.
                let screen = world.screen();
                let touch = self.sensible(world);
                for _ in 0..2 {
                    let touch = touch.clone();
                    world.tap(Tap {
                        page: screen.number,
                        touch,
                        random: [0; 16],
                    });
                }
            }
            8 if self.0 & 64 == 0 => world.event(Event::Presence(self.0 & 128 == 0)),
            8 => world.event(Event::Code(self.code())),
            9..=11 => world.settle(),
            _ => {
                let touch = self.sensible(world);
                world.touch(touch);
                if self.0 & 0x8000 == 0 {
                    world.settle();
                }
            }
        }
        match (world.screen().page, self.0 & 0x60) {
            (Page::Principal(PrincipalPage::PutCard { .. }), 0x20) => {
                world.lift_card();
                world.put_card();
            }
            (Page::Principal(PrincipalPage::OwnCard { .. }), 0x20 | 0x40) => world.put_own(),
            _ => {}
        }
        if world.card.is_none()
            && matches!(
                world.screen().page,
                Page::Identify(IdentifyPage::PutCard { .. })
            )
        {
            world.put_card();
        }
    }

    /// Any key, and now and then what belongs to the ear.
    fn key(&self, world: &mut World) {
        let keys = [
            Key::Down,
            Key::Select,
            Key::Up,
            Key::Repeat,
            Key::Select,
            Key::Digit(7),
            Key::Back,
            Key::Help,
            Key::Left,
            Key::VolumeUp,
        ];
        let number = world.screen().number;
        match usize::from(self.0 >> 8) % 14 {
            11 => world.event(Event::Headphones(self.0 & 128 == 0)),
            12 => world.event(Event::Heard(number)),
            13 => world.touch(Touch::Dark),
            at => {
                for _ in 0..(self.0 >> 7) % 4 {
                    world.key(keys[at % keys.len()]);
                }
            }
        }
    }

    /// Something held before the code scanner, hostile payloads among it.
    fn code(&self) -> Code {
        let text = |text: &str| Secret::new(text);
        match self.place() {
            0 => Code::Receipt(text("K2Q2-0001")),
            1 => Code::Receipt(text("K2Q2-9999")),
            2 => Code::Travel(text("E00000000")),
            3 if self.0 & 0x1000 == 0 => Code::Text(text("K2Q2A-22B22")),
            3 => Code::Text(text(
                "'; DROP TABLE outbox; --\u{0}\u{202e}https://x.example/$(reboot)",
            )),
            4 => Code::Doubtful,
            _ => Code::Unreadable,
        }
    }

    fn place(&self) -> usize {
        usize::from(self.0 >> 6) % 6
    }

    /// What a person would do on this page.
    fn sensible(&self, world: &World) -> Touch {
        let screen = world.screen();
        if let Some(overlay) = &screen.overlay {
            return match overlay {
                Overlay::TimeOut { .. } => Touch::MoreTime,
                Overlay::Cover { .. } | Overlay::ConfirmEnd { .. } if self.0 & 256 == 0 => {
                    Touch::EndNow
                }
                Overlay::Display if self.0 & 256 == 0 => Touch::Elder,
                Overlay::Help { .. } if self.0 & 0x300 == 0 => Touch::CallHelp,
                Overlay::Help { .. } if self.0 & 0x300 == 0x100 => Touch::WithdrawHelp,
                Overlay::Cover { .. }
                | Overlay::ConfirmEnd { .. }
                | Overlay::Display
                | Overlay::Help { .. } => Touch::Close,
            };
        }
        let forward = self.0 & 0x30 != 0;
        match &screen.page {
            Page::Idle(_) => Touch::Start,
            Page::Start(_) => Touch::Pick(self.place()),
            Page::Find(page) if page.query.is_empty() && self.0 & 64 != 0 => {
                Touch::Pick(self.place())
            }
            Page::Find(page) if page.query.is_empty() => {
                let words = [
                    "失业",
                    "法律援助",
                    "社会保障卡申领",
                    "门诊慢特病",
                    "个体工商户",
                    "sbcb",
                ];
                Touch::Type(words[self.place()].into())
            }
            Page::Find(_) => {
                [Touch::Pick(0), Touch::Pick(1), Touch::ClearText][self.place() % 3].clone()
            }
            Page::Service(page) => self.in_service(page),
            Page::Identify(IdentifyPage::SecondFactor { .. }) => Touch::Pick(self.place() % 3),
            Page::Identify(IdentifyPage::Code { typed, .. }) if typed.reveal().len() < 6 => {
                Touch::Type("123456".into())
            }
            Page::Identify(IdentifyPage::Staff { typed, .. }) if *typed < 6 => {
                Touch::Type("123456".into())
            }
            Page::Guide(page)
                if self.0 & 0x300 == 0x100 && matches!(page.agents, AgentsShown::Taken { .. }) =>
            {
                Touch::ForAnother
            }
            Page::Principal(page) => self.for_another(page),
            Page::Notice(page) => page
                .ticks
                .iter()
                .position(|tick| !tick.on)
                .map_or(Touch::Next, Touch::Toggle),
            Page::Question(page) => self.answers(&page.ask),
            Page::Materials(page) => match page.materials.iter().position(needs_paper) {
                Some(place) if self.0 & 0x10 == 0 => Touch::Pick(place),
                Some(_) | None => Touch::Next,
            },
            Page::Material(page) if !page.promise => {
                Touch::Pick(self.place() % page.ways.len().max(1))
            }
            Page::Sign(page) if !page.enough => Touch::Stroke(vec![
                Point { x: 100, y: 400 },
                Point { x: 300, y: 500 },
                Point { x: 500, y: 420 },
                Point { x: 800, y: 600 },
            ]),
            Page::Portrait(_) if !forward => Touch::Retake,
            Page::Done(_) if self.0 & 256 == 0 => Touch::Another,
            Page::Rate(page) if page.level.is_none() => Touch::Pick(self.place() % 5),
            Page::Rate(page) if page.reasons.is_some() && !forward => {
                Touch::Toggle(self.place() % 5)
            }
            Page::Delivery(DeliveryPage::Address { text, .. }) if text.is_empty() => {
                Touch::Type("示例大道1号".into())
            }
            Page::Delivery(_) if !forward => Touch::Pick(self.place()),
            Page::Facts(_) if !forward => Touch::Dispute(self.place() % 3),
            Page::Review(_) if !forward => Touch::Change(self.place()),
            Page::Matters(_) | Page::CheckIn(_) if self.0 & 0x100 == 0 => Touch::Appointments,
            Page::Appointment(page) if !matches!(page, AppointmentPage::Confirm(_)) && forward => {
                Touch::Pick(self.place())
            }
            Page::Matters(page) if !page.matters.is_empty() && forward => Touch::Pick(0),
            Page::Matters(_) => Touch::Back,
            Page::Matter(page) if page.may_withdraw && self.0 & 0x200 == 0 => Touch::Withdraw,
            Page::Matter(_) if self.0 & 0x400 == 0 => Touch::Ask,
            Page::Matter(page) if page.may_object && self.0 & 0x800 == 0 => Touch::Object,
            Page::Enquiry(EnquiryPage::Fact { .. }) if forward => Touch::Pick(self.place() % 2),
            Page::Enquiry(EnquiryPage::Usual { usual, .. }) if forward => {
                Touch::Pick(self.place() % (usual.len() + 1))
            }
            Page::Enquiry(EnquiryPage::Typed { text, .. }) if text.is_empty() => {
                Touch::Type("示例问题".into())
            }
            Page::Matter(page) if page.result.is_some() && forward => Touch::Pick(0),
            _ if self.0 & 0x1e0 == 0 => Touch::Back,
            _ => Touch::Next,
        }
    }

    /// What an agent would do.
    fn for_another(&self, page: &PrincipalPage) -> Touch {
        if self.0 & 0x1e00 == 0 {
            return Touch::Back;
        }
        match page {
            PrincipalPage::PutCard { .. } => Touch::Skip,
            PrincipalPage::Choose { .. } => Touch::Pick(self.place()),
            PrincipalPage::Name { text } if text.is_empty() => Touch::Type("周委托".into()),
            PrincipalPage::Number { text, .. } if text.is_empty() => {
                Touch::Type("590102198103030077".into())
            }
            PrincipalPage::Code { typed, .. } if typed.reveal().len() < 6 => {
                Touch::Type("123456".into())
            }
            PrincipalPage::IsItThem(_)
            | PrincipalPage::Name { .. }
            | PrincipalPage::Number { .. }
            | PrincipalPage::Code { .. }
            | PrincipalPage::OwnCard { .. }
            | PrincipalPage::NotOfAge => Touch::Next,
        }
    }

    /// What a technician would do.
    fn in_service(&self, page: &ServicePage) -> Touch {
        match page {
            ServicePage::Pin(page) if page.typed < 6 => Touch::Type("135790".into()),
            ServicePage::Pin(_) => Touch::Next,
            ServicePage::Roll(page) if page.digits.is_empty() => Touch::Type("80".into()),
            ServicePage::Roll(_) | ServicePage::Testing(_) => Touch::Next,
            ServicePage::Overview(_) if self.0 & 0xC00 == 0 => Touch::End,
            ServicePage::Overview(_) | ServicePage::Device(_) => Touch::Pick(self.place()),
            ServicePage::Report(_) | ServicePage::Events(_) | ServicePage::Machine(_) => {
                Touch::Back
            }
        }
    }

    /// A plausible answer to a question, or on.
    fn answers(&self, ask: &Ask) -> Touch {
        let onward = self.0 & 32 == 0;
        match ask {
            Ask::Text { text, .. } if text.is_empty() || !onward => {
                Touch::Type("15400000001".into())
            }
            Ask::Date { digits, .. } if digits.is_empty() => Touch::Type("20261120".into()),
            Ask::Choice { options, .. } | Ask::Choices { options, .. }
                if options.iter().all(|option| !option.on) =>
            {
                Touch::Pick(self.place() % options.len().max(1))
            }
            Ask::YesNo { answer: None } => Touch::Pick(self.place() % 2),
            Ask::Statement { on: false } => Touch::Toggle(0),
            Ask::Region { options, .. } if !options.is_empty() => {
                Touch::Pick(self.place() % options.len())
            }
            Ask::Rows { rows, .. } if rows.is_empty() && !onward => Touch::AddRow,
            _ => Touch::Next,
        }
    }

    fn anything(&self, world: &mut World) {
        let place = self.place();
        let all = [
            Touch::Start,
            Touch::Next,
            Touch::Back,
            Touch::Help,
            Touch::End,
            Touch::EndNow,
            Touch::Close,
            Touch::MoreTime,
            Touch::Language(Lang::En),
            Touch::Display,
            Touch::Elder,
            Touch::Aloud,
            Touch::Dark,
            Touch::SignAloud,
            Touch::Reach,
            Touch::TextSize(TextSize::Largest),
            Touch::Contrast(Contrast::Soft),
            Touch::Pick(place),
            Touch::Toggle(place),
            Touch::Dispute(place),
            Touch::Reveal(place),
            Touch::Change(place),
            Touch::Type("示例a1\u{0}".into()),
            Touch::Erase,
            Touch::ClearText,
            Touch::TypeZone,
            Touch::Turn(1),
            Touch::Turn(-1),
            Touch::Stroke(vec![Point { x: 2_000, y: 1 }]),
            Touch::ClearStrokes,
            Touch::Retake,
            Touch::AddPage,
            Touch::TurnPage,
            Touch::MoveEarlier,
            Touch::RemovePage,
            Touch::AddRow,
            Touch::RemoveRow(place),
            Touch::NotMe,
            Touch::Skip,
            Touch::Another,
            Touch::PrintSlip,
            Touch::NoPaper,
            Touch::PrintGuide,
            Touch::Appointments,
            Touch::Withdraw,
            Touch::Ask,
            Touch::Object,
            Touch::Service,
        ];
        let touch = all[usize::from(self.0 >> 5) % all.len()].clone();
        world.touch(touch);
    }
}

fn needs_paper(material: &MaterialEntry) -> bool {
    use kiosk_core::screen::MaterialState;
    matches!(
        material.state,
        MaterialState::ToScan | MaterialState::ToScanOrPromise | MaterialState::ToPromise
    )
}
