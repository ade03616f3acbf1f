//! Who applies and who acts for whom, held against the item, the day and what the city knows.

use city_api::application::{Action, Application, Delivery, Organisation, Parties};
use city_api::packet::Header;
use city_api::requests::Words;
use city_catalogue::case::EventKind;
use city_catalogue::code::organisation_code_valid;
use city_catalogue::record::Item;

use super::Authentic;
use crate::app::App;
use crate::file::Defect;
use crate::proxy;
use crate::store::AuthorityRow;
use crate::web::error::Answer;

/// What is known of an agent.
#[derive(Debug, Default)]
pub(super) struct Acting {
    /// What opens an irregular case; None when nothing does.
    pub(super) defect: Option<Defect>,
    /// The authority, to be kept with the filing; None without an agent or with a defect.
    pub(super) authority: Option<AuthorityRow>,
    /// Who acted for whom.
    pub(super) notes: Vec<(EventKind, String)>,
}

/// What an applicant's agent does by filing: signing is an act of its own, and so is having the result posted to them.
pub(super) fn filing(application: &Application) -> &'static [Action] {
    let delivery = application.delivery.as_ref();
    match (
        &application.signature,
        delivery.is_some_and(Delivery::is_for_agent),
    ) {
        (Some(_), true) => &[Action::File, Action::Sign, Action::Collect],
        (Some(_), false) => &[Action::File, Action::Sign],
        (None, true) => &[Action::File, Action::Collect],
        (None, false) => &[Action::File],
    }
}

/// Holds the parties of a packet against the item they act on.
pub(super) async fn check(
    app: &App,
    packet: &Authentic,
    header: &Header,
    parties: Parties<'_>,
    actions: &[Action],
    item: &Item,
) -> Answer<Acting> {
    let most = app.published().policy.people.authority_days;
    let day = header.time.date();
    let refused = |defect| Acting {
        defect: Some(defect),
        ..Acting::default()
    };
    if let Err(not_allowed) = parties.check(item, actions, day, most) {
        return Ok(refused(Defect::of(not_allowed)));
    }
    let (Some(agent), Some(person)) = (parties.agent, parties.person) else {
        return Ok(Acting::default());
    };
    let principal = app.keys.master.person(person.number.reveal());
    let (shown, at_window) = (header.time.timestamp(), packet.entrance.clerk().is_some());
    if let Some(defect) = proxy::check(app, agent, principal, shown, at_window).await? {
        return Ok(refused(defect));
    }
    let row = proxy::row(app, &agent.authority, principal, false)?;
    let told = proxy::told(row.id, &row.agent, &row.principal, actions);
    let told = format!("principal by {}: {told}", agent.agreed.name());
    Ok(Acting {
        defect: None,
        authority: Some(row),
        notes: vec![(EventKind::ActedFor, told)],
    })
}

/// What an officer should look at about an organisation or an agent.
pub(super) fn flags(application: &Application) -> Vec<Words> {
    let mut found = Vec::new();
    if let Some(organisation) = &application.organisation {
        found.push(Words::new(
            "单位申请：法定代表人以营业执照为准，请核对",
            "An organisation applies: compare its legal person with the licence",
        ));
        found.extend(old_code(organisation));
    }
    if let Some(agent) = &application.agent {
        let authority = &agent.authority;
        found.push(Words::new(
            format!(
                "委托代办：委托书有效期{}至{}，请核对双方身份和委托书",
                authority.valid_from, authority.valid_to
            ),
            format!(
                "Filed by an agent ({}, {} authority, {} to {}): compare both identities and the authority",
                authority.relation.name(),
                authority.form.name(),
                authority.valid_from,
                authority.valid_to
            ),
        ));
    }
    found
}

/// Old organisations may have a wrong position 17 (`specs/domain.md` 2.3): a remark, never a refusal.
fn old_code(organisation: &Organisation) -> Option<Words> {
    let wrong = !organisation_code_valid(organisation.credit_code.reveal());
    wrong.then(|| {
        Words::new(
            "统一社会信用代码第17位（组织机构代码校验位）不符，请核对",
            "Position 17 of the credit code does not fit the organisation code; old ones may differ",
        )
    })
}
