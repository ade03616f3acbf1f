//! What is different about a packet from home: no reader read a document there and no register was asked, so nothing in
//! it can have come from there. What an item needs of that is done at a kiosk or a window, and the refusal says so.

use city_api::application::{Application, How, MaterialRef, Person, Supplement};
use city_api::requests::Private;
use city_catalogue::form::{Answer, Answers, Source};
use city_catalogue::record::{CardField, Channel, Item, Prefill};

use super::{Authentic, Entrance};
use crate::file::Defect;

/// Key of what only a reader or a register can say.
const NOT_READ: &str = "not_read_at_home";
/// Keys of defects that a kiosk or a window helps with.
const ELSEWHERE: [&str; 4] = [NOT_READ, "not_online", "identity_missing", "agent_at_home"];

/// What an application from home claims to have read; None when nothing, or when it is not from home.
pub(super) fn of_application(
    packet: &Authentic,
    item: &Item,
    application: &Application,
) -> Option<Defect> {
    if packet.entrance != Entrance::Home {
        return None;
    }
    if application.agent.is_some() {
        return Some(agent());
    }
    let person = application.person.as_ref();
    answers(item, person, &application.answers).or_else(|| materials(&application.materials))
}

/// What a supplement from home claims to have read; None when nothing, or when it is not from home.
pub(super) fn of_supplement(
    packet: &Authentic,
    item: Option<&Item>,
    supplement: &Supplement,
) -> Option<Defect> {
    if packet.entrance != Entrance::Home {
        return None;
    }
    if supplement.agent.is_some() {
        return Some(agent());
    }
    let person = supplement.person.as_ref();
    let answers = item.and_then(|item| answers(item, person, &supplement.answers));
    answers.or_else(|| materials(&supplement.materials))
}

/// The defect, and where the person goes with it.
pub(super) fn elsewhere(packet: &Authentic, item: Option<&Item>, mut defect: Defect) -> Defect {
    if packet.entrance == Entrance::Home && ELSEWHERE.contains(&defect.key.as_str()) {
        defect.detail.push_str(": ");
        defect.detail.push_str(place(item));
    }
    defect
}

fn place(item: Option<&Item>) -> &'static str {
    let is_there = |channel| item.is_none_or(|item| item.channels.contains(&channel));
    match (is_there(Channel::Kiosk), is_there(Channel::Window)) {
        (true, true) => "it is done at a kiosk or at a window",
        (true, false) => "it is done at a kiosk",
        (false, true) => "it is done at a window",
        (false, false) => "it is not done at kiosks and windows either",
    }
}

/// Two people are identified for an authority, and at home there is one.
fn agent() -> Defect {
    Defect::new("agent_at_home", "an agent does not act from home")
}

/// The first answer that says it was read, beside name and number: these the grant vouches for.
fn answers(item: &Item, person: Option<&Person>, answers: &Answers) -> Option<Defect> {
    let read = |(_, answer): &(&str, &Answer)| answer.source != Source::Typed || answer.disputed;
    let known = |name: &str, answer: &Answer| {
        let Some(Prefill::IdCard(of)) = item.field(name).and_then(|field| field.prefill()) else {
            return false;
        };
        let value = answer.value.as_text();
        let is = |known: &Private| value == Some(known.reveal());
        !answer.disputed
            && match of {
                CardField::Name => person.is_some_and(|person| is(&person.name)),
                CardField::Number => person.is_some_and(|person| is(&person.number)),
                CardField::Address
                | CardField::BirthDate
                | CardField::Sex
                | CardField::Ethnicity => false,
            }
    };
    let mut read = answers.iter().filter(read);
    let (name, _) = read.find(|(name, answer)| !known(name, answer))?;
    let why = format!("{name}: nothing is read from a document or a register at home");
    Some(Defect::new(NOT_READ, why))
}

/// The first material that says it was read.
fn materials(materials: &[MaterialRef]) -> Option<Defect> {
    let read = materials.iter().find(|material| match &material.how {
        How::AlreadyHeld { .. } | How::NoRecord { .. } | How::FromCard {} => true,
        How::AskedLater { .. }
        | How::Generated {}
        | How::Scanned { .. }
        | How::Promised { .. }
        | How::Later { .. }
        | How::NotBrought {} => false,
    })?;
    let place = read.field.clone().unwrap_or_else(|| read.seq.to_string());
    let why = format!("material {place}: nothing is read from a document or a register at home");
    Some(Defect::new(NOT_READ, why))
}
