//! Planning a packet of kind `bundle`: several items as one matter (一件事), a case for each.
//!
//! Each item is checked by itself. A defect of one, or an item that went out of force, opens an irregular case for that
//! item and leaves the others as they are; the acknowledgement lists them all.

use city_api::application::JointApplication;
use city_api::packet::Header;
use city_api::requests::Words;

use super::{Authentic, Plan, application, content};
use crate::app::App;
use crate::file::{Bundled, Defect};
use crate::publish::Published;
use crate::store::Filing;
use crate::web::error::Answer;

/// The plan for a bundle.
pub(super) async fn plan(app: &App, packet: &Authentic, header: &Header) -> Answer<Plan> {
    let irregular = |defect| Ok(application::irregular(app, packet, defect));
    let (joint, form): (JointApplication, _) = match content::read(app, header).await? {
        Ok(read) => read,
        Err(defect) => return irregular(defect),
    };
    if let Err(error) = joint.check(header) {
        return irregular(Defect::new(error.key(), error.to_string()));
    }
    let form = form.as_ref().map(|bytes| bytes.as_slice());
    let published = app.published();
    let mut plan = Plan::of(Filing::Keep);
    let mut openings = Vec::new();
    for application in joint.split() {
        let code = application.item.code.clone();
        let bundle = bundled(&published, &joint.bundle, &code);
        let part = application::part(app, packet, header, application, form, bundle).await?;
        openings.push(part.opening);
        plan.cases.push((code, part.irregular));
        plan.objections.extend(part.objections);
    }
    plan.filing = Filing::Bundle(openings);
    Ok(plan)
}

/// The bundle as a case of its item `code` keeps it; its number is drawn in the transaction. A bundle that changed since
/// the kiosk read it is no defect of an item: the officer is told.
fn bundled(published: &Published, id: &str, code: &str) -> Bundled {
    let known = published.catalogue.bundle(id);
    let lists = known.is_some_and(|bundle| bundle.items.iter().any(|item| item.as_str() == code));
    Bundled {
        number: String::new(),
        id: id.to_owned(),
        name: known.map_or_else(
            || Words::new(id, id),
            |bundle| Words::new(bundle.name.zh.clone(), bundle.name.en.clone()),
        ),
        flag: (!lists).then(|| {
            Words::new(
                format!("“{id}”一件事现不含本事项"),
                format!("bundle {id} does not hold this item now"),
            )
        }),
    }
}
