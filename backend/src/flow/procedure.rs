//! 特别程序 and 延期: asked for by an officer of the deciding body, answered by another person who approves there.

use std::collections::BTreeSet;

use city_api::requests::officer::OfficerRole;
use city_api::requests::procedure::{ApprovalRequest, Sought, SpecialRequest};
use city_api::requests::{Private, ProblemCode};
use city_catalogue::case::{Actor, By, EventKind, Move, State};

use super::officer::{not_now, tell};
use super::{Ground, Officer, go, limits};
use crate::file::{Approved, AskedFor, Bench, ExtensionRecord, Record, SpecialEnd, SpecialRecord};
use crate::store::Refusal;

/// Asks for a special procedure.
///
/// # Errors
/// [`Refusal`] for another body, a case nobody works on, and while an approver has not answered what was asked before.
pub(crate) fn ask_special(
    record: &mut Record,
    officer: &Officer,
    asked: SpecialRequest,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    may_ask(record, officer, "put into a special procedure")?;
    let detail = format!("{}, {} days", asked.kind.name(), asked.days);
    record.specials.push(SpecialRecord {
        kind: asked.kind,
        days: asked.days,
        asked: by(officer, asked.reason, ground),
        answer: None,
        ended: None,
    });
    tell(record, officer, EventKind::SpecialAsked, detail, ground);
    Ok(())
}

/// The special procedure has its result: the clock runs on.
///
/// # Errors
/// [`Refusal`] for another body and for a case in no special procedure.
pub(crate) fn end_special(
    record: &mut Record,
    officer: &Officer,
    result: Private,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    of_deciding_body(record, officer)?;
    go(
        record,
        Move::Resume,
        By::person(Actor::Officer, &officer.person),
    )?;
    limits::resume(record, ground);
    let mut detail = String::new();
    if let Some(special) = record.specials.last_mut() {
        special.kind.name().clone_into(&mut detail);
        special.ended = Some(SpecialEnd {
            person: officer.person.clone(),
            result,
            at: ground.now,
        });
    }
    tell(record, officer, EventKind::SpecialEnded, detail, ground);
    Ok(())
}

/// Asks for the extension.
///
/// # Errors
/// [`Refusal`] as for a special procedure, for a second one, and when the limit of the law is over.
pub(crate) fn ask_extension(
    record: &mut Record,
    officer: &Officer,
    reason: Private,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    may_extend(record, ground)?;
    may_ask(record, officer, "extended")?;
    let days = extension_days(record, ground);
    record.extensions.push(ExtensionRecord {
        days,
        asked: by(officer, reason, ground),
        answer: None,
    });
    let detail = format!("{days} days");
    tell(record, officer, EventKind::ExtensionAsked, detail, ground);
    Ok(())
}

/// Grants what was asked for, or refuses it: a special procedure, and the clock stands; an extension, and the limits move.
///
/// # Errors
/// [`Refusal`] for who asked, for whoever does not approve there, when this was not asked for, and for an extension when
/// the limit of the law is over by now.
pub(crate) fn answer_sought(
    record: &mut Record,
    officer: &Officer,
    sought: Sought,
    asked: ApprovalRequest,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    approves(record, officer)?;
    if record.sought() != Some(sought) {
        return Err(nothing_asked(sought));
    }
    let asked_for = match sought {
        Sought::Special => record.specials.last().map(|special| &special.asked),
        Sought::Extension => record.extensions.last().map(|one| &one.asked),
    };
    if let Some(asked_for) = asked_for {
        another(asked_for, officer)?;
    }
    let (granted, answer) = (asked.granted, Some(approved(officer, asked, ground)));
    let (kind, detail) = match sought {
        Sought::Special => {
            if granted {
                let by = By::person(Actor::Approver, &officer.person);
                go(record, Move::Stop, by)?;
                limits::stop(record, ground);
            }
            let special = record.specials.last_mut().map(|special| {
                special.answer = answer;
                special.kind.name().to_owned()
            });
            let kind = if granted {
                EventKind::SpecialBegan
            } else {
                EventKind::SpecialRefused
            };
            (kind, special.unwrap_or_default())
        }
        Sought::Extension => {
            let days = record.extensions.last().map_or(0, |one| one.days);
            if granted {
                extend(record, officer, days, ground)?;
            }
            if let Some(extension) = record.extensions.last_mut() {
                extension.answer = answer;
            }
            let kind = if granted {
                EventKind::Extended
            } else {
                EventKind::ExtensionRefused
            };
            (kind, format!("{days} days"))
        }
    };
    tell(record, officer, kind, detail, ground);
    Ok(())
}

fn extend(
    record: &mut Record,
    officer: &Officer,
    days: u32,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    may_extend(record, ground)?;
    // Who approves in a body stands for its head here: the law asks for the approval of the head (Art. 42).
    let by = By::person(Actor::Head, &officer.person);
    go(record, Move::Extend, by)?;
    record.extended = true;
    limits::extend(record, days, ground);
    Ok(())
}

/// Refuses what would finish a part of a case whose clock stands: its result comes first.
pub(super) fn not_while_stopped(record: &Record) -> Result<(), Refusal> {
    if record.state == State::Special {
        return Err(Refusal::new(
            ProblemCode::WrongState,
            "the clock stands for a special procedure: record its result first",
        ));
    }
    Ok(())
}

/// Officers and approvers of the deciding body; a window is none.
pub(super) fn of_deciding_body(record: &Record, officer: &Officer) -> Result<(), Refusal> {
    let own = officer.body == record.deciding_body();
    if own && officer.role != OfficerRole::Window {
        return Ok(());
    }
    Err(Refusal::new(
        ProblemCode::Forbidden,
        "only officers of the deciding body may do this (越位)",
    ))
}

fn approves(record: &Record, officer: &Officer) -> Result<(), Refusal> {
    of_deciding_body(record, officer)?;
    if officer.role == OfficerRole::Approver {
        return Ok(());
    }
    Err(Refusal::new(
        ProblemCode::Forbidden,
        "only an approver answers this",
    ))
}

fn may_ask(record: &Record, officer: &Officer, what: &str) -> Result<(), Refusal> {
    of_deciding_body(record, officer)?;
    if !record.state.is_processing() {
        return Err(not_now(record, what));
    }
    if record.sought().is_some() {
        return Err(Refusal::new(
            ProblemCode::WrongState,
            "an approver has not answered yet what was asked for before",
        ));
    }
    Ok(())
}

fn may_extend(record: &Record, ground: &Ground<'_>) -> Result<(), Refusal> {
    if record.extended {
        return Err(Refusal::new(
            ProblemCode::WrongState,
            "its limit was extended before: that happens once",
        ));
    }
    let over = record
        .statutory
        .is_some_and(|due| due.date < ground.today());
    if over {
        return Err(Refusal::new(
            ProblemCode::WrongState,
            "the limit of the law is over: nothing can be extended any more",
        ));
    }
    Ok(())
}

fn extension_days(record: &Record, ground: &Ground<'_>) -> u32 {
    let handling = record.tasks.iter().filter(|task| !task.delivery);
    let handling = handling.filter(|task| {
        !matches!(
            task.bench,
            Bench::City | Bench::Applicant | Bench::Officer(OfficerRole::Window)
        )
    });
    let bodies: BTreeSet<&str> = handling.map(|task| task.body.as_str()).collect();
    let policy = &ground.policy.procedure;
    match bodies.len() {
        0 | 1 => policy.extension_days,
        _ => policy.joint_extension_days,
    }
}

fn another(asked: &AskedFor, officer: &Officer) -> Result<(), Refusal> {
    if asked.person == officer.person {
        return Err(Refusal::new(
            ProblemCode::SamePerson,
            "who asked for it cannot approve it",
        ));
    }
    Ok(())
}

fn nothing_asked(sought: Sought) -> Refusal {
    let what = match sought {
        Sought::Special => "special procedure",
        Sought::Extension => "extension",
    };
    Refusal::new(
        ProblemCode::WrongState,
        format!("no {what} is asked for now"),
    )
}

fn by(officer: &Officer, reason: Private, ground: &Ground<'_>) -> AskedFor {
    AskedFor {
        person: officer.person.clone(),
        reason,
        at: ground.now,
    }
}

fn approved(officer: &Officer, asked: ApprovalRequest, ground: &Ground<'_>) -> Approved {
    Approved {
        granted: asked.granted,
        person: officer.person.clone(),
        opinion: asked.opinion,
        at: ground.now,
    }
}
