//! What the cursor is on, in words: the label of the element and how it stands.

use kiosk_core::screen::{
    Ask, DeliveryPage, FactorWay, Keyboard, Lang, MaterialWay, OptionShown, Overlay, Page,
    PortraitPage, PrincipalPage, Screen, SlipState, StartChoice,
};
use kiosk_core::{HelpShown, Stop, Touch};

use super::super::{frame, principal};
use super::filing::consent_key;
use super::{Telling, numbers, typed};

/// The faces of the rating, the best first, and the reasons beside them.
const FACES: [&str; 5] = [
    "rate.very-good",
    "rate.good",
    "rate.fair",
    "rate.bad",
    "rate.very-bad",
];
const REASONS: [&str; 5] = [
    "rate.reason-slow",
    "rate.reason-unclear",
    "rate.reason-device",
    "rate.reason-papers",
    "rate.reason-other",
];

impl Telling<'_> {
    /// The words of a stop of this screen.
    pub(super) fn stop(&self, screen: &Screen, stop: &Stop) -> String {
        match stop {
            Stop::Field => self.field(&screen.page),
            Stop::Touch(touch) => self.touch(screen, touch),
        }
    }

    fn get(&self, key: &str) -> String {
        self.words().get(key)
    }

    /// Parts of a label, those that say something.
    pub(super) fn joined(&self, parts: &[&str]) -> String {
        let parts: Vec<&str> = parts.iter().copied().filter(|it| !it.is_empty()).collect();
        parts.join(match self.words().0 {
            Lang::ZhHans | Lang::ZhHant => "，",
            Lang::En => ", ",
        })
    }

    fn marked(&self, name: &str, on: bool) -> String {
        let state = self.get(if on { "spoken.on" } else { "spoken.off" });
        self.joined(&[name, &state])
    }

    /// The field with what stands in it; what was typed into a long field is read whole here.
    fn field(&self, page: &Page) -> String {
        let text = typed(page);
        if text.is_empty() {
            return self.get("spoken.field-empty");
        }
        let number = text.chars().all(|c| c.is_ascii_digit() || c == 'X');
        let text = if number {
            numbers::code(&text, self.words())
        } else {
            text
        };
        self.words().fill("spoken.field", &[("text", &text)])
    }

    fn touch(&self, screen: &Screen, touch: &Touch) -> String {
        match touch {
            Touch::Start => self.get("idle.start"),
            Touch::Next => self.primary(screen),
            Touch::Back => self.get("foot.back"),
            Touch::Help => self.get("foot.help"),
            Touch::End => self.get("foot.end"),
            Touch::EndNow => self.get(match &screen.overlay {
                Some(Overlay::TimeOut { .. }) => "timeout.end",
                Some(Overlay::Cover { .. }) => "cover.end",
                Some(Overlay::ConfirmEnd { .. } | Overlay::Display | Overlay::Help { .. })
                | None => "confirm-end.end",
            }),
            Touch::Close => self.get(match &screen.overlay {
                Some(Overlay::ConfirmEnd { .. }) => "confirm-end.stay",
                Some(Overlay::Help { .. }) => "help.close",
                Some(Overlay::Display | Overlay::TimeOut { .. } | Overlay::Cover { .. }) | None => {
                    "display.close"
                }
            }),
            Touch::MoreTime => self.get("timeout.more"),
            Touch::Language(lang) => {
                let name = self.get(match lang {
                    Lang::ZhHans => "display.chinese",
                    Lang::En => "display.english",
                    Lang::ZhHant => "display.traditional",
                });
                match screen.overlay {
                    Some(_) => self.marked(&name, *lang == screen.lang),
                    None => name,
                }
            }
            Touch::Display => self.get("head.display"),
            Touch::TextSize(size) => {
                let percent = size.percent().to_string();
                let name = self.words().fill("display.percent {0}", &[("0", &percent)]);
                self.marked(&name, screen.display.shown_text() == *size)
            }
            Touch::Contrast(contrast) => {
                let name = self.get(frame::contrast_key(*contrast));
                self.marked(&name, screen.display.contrast == *contrast)
            }
            Touch::Reach => self.marked(&self.get("display.reach"), screen.display.reach),
            Touch::Elder => self.marked(&self.get("display.elder"), screen.display.elder),
            Touch::Aloud => self.marked(&self.get("display.aloud"), screen.display.aloud),
            Touch::Dark if screen.display.dark => self.get("display.bright"),
            Touch::Dark => self.get("display.dark"),
            Touch::Pick(at) => self.pick(screen, *at),
            Touch::Toggle(at) => self.toggle(&screen.page, *at),
            Touch::Dispute(at) => self.fact(&screen.page, *at, false),
            Touch::Reveal(at) => self.fact(&screen.page, *at, true),
            Touch::Change(at) => self.change(&screen.page, *at),
            Touch::Erase => self.get("question.level-up"),
            Touch::ClearText => self.get("find.clear"),
            Touch::TypeZone => self.get(if typing_zone(&screen.page) {
                "question.number"
            } else {
                "question.zone"
            }),
            Touch::Turn(by) if *by < 0 => self.get("turn.previous"),
            Touch::Turn(_) => self.get("turn.next"),
            Touch::SignAloud => self.sign_label(&screen.page),
            Touch::ClearStrokes => self.get("sign.again"),
            Touch::Retake => self.get(match &screen.page {
                Page::Portrait(PortraitPage::Trouble { .. }) => "portrait.camera-again",
                Page::Portrait(_) => "portrait.retake",
                _ => "scan.retake",
            }),
            Touch::AddPage => self.get("scan.add-page"),
            Touch::TurnPage => self.get("scan.turn-page"),
            Touch::MoveEarlier => self.get("scan.move-earlier"),
            Touch::RemovePage => self.get("scan.remove-page"),
            Touch::AddRow => self.get("question.add-row"),
            Touch::RemoveRow(at) => {
                let row = (at + 1).to_string();
                self.joined(&[&self.get("question.remove-row"), &row])
            }
            Touch::NotMe => self.get(match screen.page {
                Page::Principal(_) => "principal.not-them",
                _ => "identify.not-me",
            }),
            Touch::ForAnother => self.get("guide.for-another"),
            Touch::Skip => self.get(match screen.page {
                Page::Rate(_) => "rate.skip",
                Page::Principal(_) => "principal.without",
                _ => "question.skip",
            }),
            Touch::Another => self.get("done.another"),
            Touch::PrintSlip => self.get(match &screen.page {
                Page::Done(page) if matches!(page.slip, SlipState::Waiting { .. }) => {
                    "done.print-now"
                }
                Page::CheckIn(page) if page.print.is_none() => "ticket-print.print",
                Page::CheckIn(_) | Page::Appointment(_) => "ticket-print.again",
                _ => "done.print-again",
            }),
            Touch::CallHelp if screen.help == HelpShown::NotCalled => self.get("help.call-staff"),
            Touch::CallHelp => self.get("help.call-again"),
            Touch::WithdrawHelp => self.get("help.withdraw"),
            Touch::NoPaper => self.get("done.no-paper"),
            Touch::PrintGuide => self.get("guide.print"),
            Touch::Appointments => self.appointments_label(&screen.page),
            Touch::Ask => self.joined(&[&self.get("matter.ask"), &self.get("matter.ask-detail")]),
            Touch::Object => self.joined(&[
                &self.get("matter.object"),
                &self.get("matter.object-detail"),
            ]),
            Touch::Withdraw => self.joined(&[
                &self.get("matter.withdraw"),
                &self.get("matter.withdraw-detail"),
            ]),
            // Nothing the cursor stops at.
            Touch::Type(_) | Touch::Stroke(_) | Touch::Service => String::new(),
        }
    }

    fn primary(&self, screen: &Screen) -> String {
        let Some(primary) = screen.foot.primary else {
            return String::new();
        };
        let name = self.get(frame::action_key(primary.action));
        if primary.enabled {
            name
        } else {
            self.words().fill("spoken.not-yet", &[("name", &name)])
        }
    }

    fn pick(&self, screen: &Screen, at: usize) -> String {
        let words = self.words();
        match &screen.page {
            Page::Start(page) => page.choices.get(at).map_or_else(String::new, |entry| {
                let key = start_key(entry.choice);
                let reason = self.say.reason(entry.closed);
                let detail = self.get(&format!("{key}-detail"));
                let detail = if reason.is_empty() {
                    detail
                } else {
                    reason.to_string()
                };
                self.joined(&[&self.get(key), &detail])
            }),
            Page::Find(page) => match (page.groups.get(at), page.items.get(at)) {
                (Some(group), _) => words.text(&group.name),
                (None, Some(item)) => {
                    let instant = if item.instant {
                        self.get("find.instant")
                    } else {
                        String::new()
                    };
                    let reason = self.say.reason(item.closed);
                    let body = words.text(&item.body);
                    self.joined(&[&words.text(&item.name), &body, &instant, &reason])
                }
                (None, None) => String::new(),
            },
            Page::Identify(kiosk_core::screen::IdentifyPage::SecondFactor { ways, .. }) => {
                ways.get(at).map_or_else(String::new, |way| {
                    let key = way_key(*way);
                    self.joined(&[&self.get(key), &self.get(&format!("{key}-detail"))])
                })
            }
            Page::Question(page) => match &page.ask {
                Ask::Choice { options, .. } => self.option(options, at),
                Ask::Region { options, .. } => options
                    .get(at)
                    .map_or_else(String::new, |option| words.text(&option.name)),
                Ask::YesNo { answer } => {
                    let name = self.get(if at == 0 {
                        "question.yes"
                    } else {
                        "question.no"
                    });
                    self.marked(&name, *answer == Some(at == 0))
                }
                Ask::Rows { rows, .. } => rows
                    .get(at)
                    .map_or_else(String::new, |row| row.join(&self.get("word.separator"))),
                Ask::Text { .. }
                | Ask::Choices { .. }
                | Ask::Statement { .. }
                | Ask::Date { .. } => String::new(),
            },
            Page::Materials(page) => page.materials.get(at).map_or_else(String::new, |material| {
                let state = self.say.material(material.state).1;
                self.joined(&[&words.text(&material.name), &state])
            }),
            Page::Material(page) => page
                .ways
                .get(at)
                .map_or_else(String::new, |way| self.way(*way, page.portrait)),
            Page::Rate(page) => FACES.get(at).map_or_else(String::new, |face| {
                let on = page
                    .level
                    .is_some_and(|level| usize::from(5 - level.min(5)) == at);
                self.marked(&self.get(face), on)
            }),
            Page::Matters(page) => page.matters.get(at).map_or_else(String::new, |matter| {
                let state = self.say.state(&matter.state);
                let asked = if matter.asked {
                    self.get("matters.asked")
                } else {
                    String::new()
                };
                self.joined(&[&words.text(&matter.item), &state, &asked])
            }),
            Page::Matter(_) => self.get("matter.print-result"),
            Page::Principal(PrincipalPage::Choose { ask, .. }) => {
                let (_, choices) = principal::choices(ask);
                choices
                    .get(at)
                    .map_or_else(String::new, |(_, key, detail)| {
                        let detail = if *detail {
                            self.get(&format!("{key}-detail"))
                        } else {
                            String::new()
                        };
                        self.joined(&[&self.get(key), &detail])
                    })
            }
            Page::Delivery(page) => self.delivery_choice(page, at),
            Page::Appointment(page) => self.appointment_choice(page, at),
            Page::Enquiry(page) => self.enquiry_choice(page, at),
            Page::Idle(_)
            | Page::Guide(_)
            | Page::Identify(_)
            | Page::Principal(_)
            | Page::Wait(_)
            | Page::Notice(_)
            | Page::Facts(_)
            | Page::Scan(_)
            | Page::Portrait(_)
            | Page::Review(_)
            | Page::Document(_)
            | Page::Sign(_)
            | Page::Submit(_)
            | Page::Done(_)
            | Page::Goodbye(_)
            | Page::CheckIn(_)
            | Page::Withdraw(_)
            | Page::Service(_) => String::new(),
        }
    }

    fn delivery_choice(&self, page: &DeliveryPage, at: usize) -> String {
        match page {
            DeliveryPage::Way { ways } => ways.get(at).map_or_else(String::new, |way| {
                self.marked(&self.get(crate::words::way_key(way.way)), way.on)
            }),
            DeliveryPage::Station { stations, .. } => {
                stations.get(at).map_or_else(String::new, |choice| {
                    let name = self.words().text(&choice.station.name);
                    self.marked(&self.joined(&[&name, &choice.station.address]), choice.on)
                })
            }
            DeliveryPage::Address { .. } => String::new(),
        }
    }

    fn option(&self, options: &[OptionShown], at: usize) -> String {
        options.get(at).map_or_else(String::new, |option| {
            self.marked(&self.words().text(&option.name), option.on)
        })
    }

    fn way(&self, way: MaterialWay, portrait: bool) -> String {
        let (name, detail) = match way {
            MaterialWay::Photograph => ("material.way-photograph", "way.photograph"),
            MaterialWay::Scan if portrait => ("material.way-scan-photo", "way.scan-photo"),
            MaterialWay::Scan => ("material.way-scan", "way.scan"),
            MaterialWay::Promise => ("material.way-promise", "way.promise"),
            MaterialWay::Later { workdays } => {
                let days = workdays.to_string();
                let detail = self.words().fill("way.later", &[("days", &days)]);
                return self.joined(&[&self.get("material.way-later"), &detail]);
            }
            MaterialWay::LeaveOut => ("material.way-leave-out", "way.leave-out"),
        };
        self.joined(&[&self.get(name), &self.get(detail)])
    }

    fn toggle(&self, page: &Page, at: usize) -> String {
        match page {
            Page::Notice(page) => page.ticks.get(at).map_or_else(String::new, |tick| {
                self.marked(&self.get(consent_key(tick.consent)), tick.on)
            }),
            Page::Question(page) => match &page.ask {
                Ask::Choices { options, .. } => self.option(options, at),
                Ask::Statement { on } => self.marked(&self.words().text(&page.label), *on),
                Ask::Text { .. }
                | Ask::Choice { .. }
                | Ask::YesNo { .. }
                | Ask::Date { .. }
                | Ask::Region { .. }
                | Ask::Rows { .. } => String::new(),
            },
            Page::Rate(page) => {
                let on = page.reasons.and_then(|on| on.get(at).copied());
                let name = REASONS
                    .get(at)
                    .map_or_else(String::new, |key| self.get(key));
                self.marked(&name, on.unwrap_or(false))
            }
            _ => String::new(),
        }
    }

    /// What can be done about a known fact or an answer.
    fn fact(&self, page: &Page, at: usize, reveal: bool) -> String {
        let (label, deed) = match page {
            Page::Facts(page) => {
                let Some(fact) = page.facts.get(at) else {
                    return String::new();
                };
                let deed = match (reveal, fact.editable, fact.disputed) {
                    (true, _, _) => "facts.show",
                    (false, true, _) => "facts.change",
                    (false, false, true) => "facts.right",
                    (false, false, false) => "facts.wrong",
                };
                (&fact.label, deed)
            }
            Page::Review(page) => match page.rows.get(at) {
                Some(row) => (&row.label, "facts.show"),
                None => return String::new(),
            },
            _ => return String::new(),
        };
        self.joined(&[&self.words().text(label), &self.get(deed)])
    }

    fn change(&self, page: &Page, at: usize) -> String {
        let row = match page {
            Page::Review(page) => page.rows.get(at),
            _ => None,
        };
        row.map_or_else(String::new, |row| {
            self.joined(&[&self.words().text(&row.label), &self.get("facts.change")])
        })
    }

    fn sign_label(&self, page: &Page) -> String {
        let aloud = match page {
            Page::Sign(page) => page.aloud.unwrap_or_default(),
            _ => return String::new(),
        };
        self.get(match (aloud.given, aloud.heard) {
            (true, _) => "sign.aloud-given",
            (false, true) => "sign.aloud",
            (false, false) => "sign.aloud-lead",
        })
    }
}

fn typing_zone(page: &Page) -> bool {
    matches!(page, Page::Question(page) if matches!(
        page.ask,
        Ask::Text { keyboard: Keyboard::Zone, .. }
    ))
}

fn start_key(choice: StartChoice) -> &'static str {
    match choice {
        StartChoice::Apply => "start.apply",
        StartChoice::MyMatters => "start.my-matters",
        StartChoice::Print => "start.print",
        StartChoice::Guides => "start.guides",
        StartChoice::CheckIn => "start.check-in",
        StartChoice::HumanHelp => "start.human-help",
    }
}

fn way_key(way: FactorWay) -> &'static str {
    match way {
        FactorWay::Face => "identify.face",
        FactorWay::PhoneCode => "identify.phone-code",
        FactorWay::Staff => "identify.staff",
        FactorWay::CheckedLater => "identify.checked-later",
    }
}
