//! The signature under the document that was shown.

use city_catalogue::form::{Answer, Source, Value};
use city_catalogue::record::FieldType;

use crate::application::MOST_POINTS;
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Foot, Page, Point, SignAloud, SignPage};
use crate::steps::guide::fees_of;
use crate::steps::{Document, Step};
use crate::touch::Touch;

/// A signature has at least this width or height, in thousandths of the pad.
const SMALLEST: u16 = 60;

impl Kiosk {
    pub(crate) fn sign_tap(&mut self, touch: Touch) {
        let heard = self.visit.display.aloud && self.visit.hearing.has_heard(self.page());
        let Some(application) = &mut self.visit.application else {
            return;
        };
        match touch {
            Touch::Stroke(points) => {
                let known: usize = application.strokes.iter().map(Vec::len).sum();
                let room = MOST_POINTS.saturating_sub(known);
                let points: Vec<Point> = points
                    .into_iter()
                    .filter(|point| point.x <= 1000 && point.y <= 1000)
                    .take(room)
                    .collect();
                if !points.is_empty() {
                    // Who writes signs by hand.
                    application.aloud = None;
                    application.strokes.push(points);
                }
            }
            Touch::SignAloud if heard => {
                application.strokes.clear();
                application.aloud = Some(self.visit.lang);
            }
            Touch::ClearStrokes => application.strokes.clear(),
            Touch::Next if application.aloud.is_some() || enough(&application.strokes) => {
                let fields: Vec<String> = application
                    .item
                    .form
                    .iter()
                    .filter(|field| field.field_type == FieldType::Signature)
                    .map(|field| field.name.clone())
                    .collect();
                for field in fields {
                    let answer = Answer::from_source(Value::Signed, Source::Typed);
                    application.answers.set(field.clone(), answer);
                }
                self.submit();
            }
            Touch::Back => self.go(Step::Document(Document::default())),
            _ => {}
        }
    }

    /// Masked name of whom the application is filed for; `None` when the person here applies.
    pub(crate) fn applicant_shown(&self) -> Option<String> {
        let acting = self.acting()?;
        Some(acting.principal.masked(self.now.civil.date()).name)
    }

    pub(crate) fn sign_page(&self) -> (Page, Foot) {
        let Some(application) = &self.visit.application else {
            return self.start_page();
        };
        let given = application.aloud.is_some();
        let enough = given || enough(&application.strokes);
        let page = SignPage {
            item: application.item.name.clone(),
            strokes: application.strokes.clone(),
            enough,
            fees: fees_of(&application.item),
            applicant: self.applicant_shown(),
            aloud: self.visit.display.aloud.then(|| SignAloud {
                heard: self.visit.hearing.has_heard(self.page()),
                given,
            }),
        };
        (Page::Sign(page), foot(true, Some((Action::Submit, enough))))
    }
}

/// More than a dot or an accidental touch.
fn enough(strokes: &[Vec<Point>]) -> bool {
    let points = || strokes.iter().flatten();
    let span = |of: fn(&Point) -> u16| {
        let low = points().map(of).min().unwrap_or(0);
        let high = points().map(of).max().unwrap_or(0);
        high - low
    };
    points().count() >= 4 && (span(|p| p.x) >= SMALLEST || span(|p| p.y) >= SMALLEST)
}
