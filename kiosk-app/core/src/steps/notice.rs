//! Notice and consent before the first question: none is ticked from the start.

use city_catalogue::code;
use city_catalogue::record::{FieldType, Text};
use jiff::civil::Date;

use crate::application::Application;
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Consent, Foot, NoticePage, Page, Tick};
use crate::steps::Step;
use crate::steps::flow::Stage;
use crate::touch::Touch;

/// Under this age the guardian consents apart (PIPL Art. 31).
const CHILD: i16 = 14;

/// The notice step.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    kinds: Vec<Text>,
    sensitive: Vec<Text>,
    minor: bool,
    ticks: Vec<Tick>,
}

impl Notice {
    /// The notice of an application; consents given before stay given.
    pub(crate) fn of(application: &Application, today: Date) -> Self {
        let asked = || {
            application
                .item
                .form
                .iter()
                .filter(|field| field.field_type != FieldType::Signature)
        };
        let sensitive: Vec<Text> = asked()
            .filter(|field| field.is_sensitive())
            .map(|field| field.label.clone())
            .collect();
        let born = application
            .answers
            .get("applicantId")
            .and_then(|answer| match &answer.value {
                city_catalogue::form::Value::Text(number) => code::birth_date(number),
                _ => None,
            });
        let minor_field = asked().any(|field| field.name == "childId");
        let minor = minor_field || born.is_some_and(|born| code::age(born, today) < CHILD);
        let mut consents = vec![Consent::Notice];
        if !sensitive.is_empty() {
            consents.push(Consent::Sensitive);
        }
        if minor {
            consents.push(Consent::Guardian);
        }
        let ticks = consents
            .into_iter()
            .map(|consent| Tick {
                consent,
                on: application.consents.contains(&consent),
            })
            .collect();
        Self {
            kinds: asked().map(|field| field.label.clone()).collect(),
            sensitive,
            minor,
            ticks,
        }
    }
}

impl Kiosk {
    pub(crate) fn notice_tap(&mut self, touch: &Touch) {
        let Step::Notice(notice) = &mut self.step else {
            return;
        };
        match touch {
            Touch::Toggle(place) => {
                if let Some(tick) = notice.ticks.get_mut(*place) {
                    tick.on = !tick.on;
                }
            }
            Touch::Next if notice.ticks.iter().all(|tick| tick.on) => {
                let given = notice.ticks.iter().map(|tick| tick.consent).collect();
                if let Some(application) = &mut self.visit.application {
                    application.consents = given;
                }
                self.enter(Stage::Facts);
            }
            Touch::Back => {
                self.drop_application();
                self.go(Step::Start);
            }
            _ => {}
        }
    }

    pub(crate) fn notice_page(&self, notice: &Notice) -> (Page, Foot) {
        let (item, body) = self.visit.application.as_ref().map_or_else(
            || (Text::default(), Text::default()),
            |application| {
                let item = &application.item;
                (item.name.clone(), self.body(&item.department))
            },
        );
        let page = NoticePage {
            item,
            body,
            kinds: notice.kinds.clone(),
            sensitive: notice.sensitive.clone(),
            minor: notice.minor,
            ticks: notice.ticks.clone(),
        };
        let all = notice.ticks.iter().all(|tick| tick.on);
        (Page::Notice(page), foot(true, Some((Action::Agree, all))))
    }
}
