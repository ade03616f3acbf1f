//! 任何服务站均可办: the same application filed at each station is accepted alike, due alike and handled by the same body.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::BTreeMap;

use city_api::application::{Application, How, MaterialRef, Organisation};
use city_api::digest::Sha256;
use city_api::packet::{ItemRef, Role};
use city_api::requests::outcome::DueDate;
use city_catalogue::Catalogue;
use city_catalogue::form::{Answer, Answers, Month, Scanned, Source, Value, visible};
use city_catalogue::record::{Audience, Field, FieldType, Item, Supply};

use common::filing::{ZHANG, application, commitment};
use common::{Room, TestKiosk};

/// A company of the sample city.
const COMPANY: &str = "91590100YT0900028U";

/// Draws what an application says: the same seed says the same.
struct Draw(u64);

impl Draw {
    /// A number below `most`.
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    /// A value of the field as a register or a card gives it: of its kind, and nothing that was typed.
    fn value(&mut self, field: &Field, region: &str) -> Value {
        match field.field_type {
            FieldType::Text | FieldType::TextArea => Value::Text("示例".into()),
            FieldType::IdNumber => Value::Text(ZHANG.number.into()),
            FieldType::Uscc => Value::Text("91590102MA00000000".into()),
            FieldType::Mobile => Value::Text(ZHANG.mobile.into()),
            FieldType::BankCard => Value::Text("6299990000000017".into()),
            FieldType::Number | FieldType::Money => Value::Number((1 + self.below(9)).to_string()),
            FieldType::Date => Value::Date(jiff::civil::date(2020, 3, 1 + self.below(28) as i8)),
            FieldType::Month => Value::Month(Month {
                year: 2026,
                month: 1 + self.below(12) as i8,
            }),
            FieldType::Select => Value::Choice(self.choice(field)),
            FieldType::MultiSelect => Value::Choices(vec![self.choice(field)]),
            FieldType::Address => Value::Address {
                region: region.to_owned(),
                detail: "示例大道12号".into(),
            },
            FieldType::Region => Value::Region(region.to_owned()),
            FieldType::Boolean => {
                Value::Flag(self.below(2) == 0 || field.must_be_true == Some(true))
            }
            FieldType::File => Value::Files(Scanned {
                pages: 1,
                ..Scanned::default()
            }),
            FieldType::Signature => Value::Signed,
            FieldType::Table => Value::Rows(vec![BTreeMap::new()]),
        }
    }

    fn choice(&mut self, field: &Field) -> String {
        let choices = field.choices();
        let drawn = choices.get(self.below(choices.len()));
        drawn.map_or_else(|| "1".to_owned(), |choice| choice.value.clone())
    }
}

/// An application for the item as a kiosk would file it, from somebody of this division, and its pages.
fn filled(item: &Item, region: &str, draw: &mut Draw) -> (Application, u16) {
    let mut answers = Answers::new();
    // A question may depend on an answer before it.
    while let Some(field) = visible(&item.form, &answers)
        .into_iter()
        .find(|field| field.required && answers.get(&field.name).is_none())
    {
        let value = draw.value(field, region);
        answers.set(
            field.name.clone(),
            Answer::from_source(value, Source::Register),
        );
    }
    let mut pages = 0;
    let mut page = || {
        pages += 1;
        How::Scanned {
            pages: vec![Role::Page(pages)],
        }
    };
    let mut materials = Vec::new();
    for material in &item.materials {
        let how = match material.supply {
            Supply::Submit => page(),
            Supply::IdRead => How::FromCard {},
            Supply::Shared => How::AlreadyHeld {
                dataset: "库".into(),
            },
            Supply::Commitment => How::Promised {
                version: "1".into(),
                text_sha256: Sha256::of(commitment(&material.name.zh).as_bytes()),
            },
            Supply::Generated => How::Generated {},
        };
        materials.push(MaterialRef {
            seq: material.seq,
            field: None,
            how,
        });
    }
    for field in visible(&item.form, &answers) {
        if matches!(answers.value(&field.name), Some(Value::Files(_))) {
            materials.push(MaterialRef {
                seq: 0,
                field: Some(field.name.clone()),
                how: page(),
            });
        }
    }
    let mut application = application(item.code().as_str(), ZHANG, answers, Vec::new());
    application.item = ItemRef {
        code: item.code().as_str().to_owned(),
        version: item.version,
    };
    application.materials = materials;
    if !item.audience.contains(&Audience::Person) {
        application.organisation = Some(Organisation {
            name: "云汀示例科技有限公司（虚构）".into(),
            credit_code: COMPANY.into(),
            legal_person: ZHANG.name.into(),
        });
    }
    (application, pages)
}

/// What must not depend on the station.
#[derive(Debug, PartialEq, Eq)]
struct Filed {
    irregular: Option<String>,
    accepted: bool,
    accept_by: Option<DueDate>,
    promised: Option<DueDate>,
    statutory: Option<DueDate>,
    /// Competent body, and body and role of every step.
    bodies: Vec<String>,
}

fn file(room: &Room, kiosk: &TestKiosk, application: &Application, pages: u16) -> Filed {
    let mut application = application.clone();
    application.station.clone_from(&kiosk.station);
    let packet = kiosk.seal_application(&application, pages);
    let received = kiosk.send(&packet);
    let dates = kiosk.outcome(&packet).dates;
    let id = packet.fields.id;
    let mut bodies = room.column(&format!("SELECT body FROM case_file WHERE id = '{id}'"));
    bodies.extend(room.column(&format!(
        "SELECT step || ' ' || body || ' ' || coalesce(role, '') FROM task WHERE case_id = '{id}' ORDER BY number"
    )));
    Filed {
        irregular: received.irregular,
        accepted: dates.accepted.is_some(),
        accept_by: dates.accept_by,
        promised: dates.promised,
        statutory: dates.statutory,
        bodies,
    }
}

#[test]
fn the_same_application_at_every_station_has_the_same_acceptance_deadline_and_body() {
    let room = Room::open();
    // Ten in the morning of the day after: no filing of this run falls into another day or after hours.
    let now = city_backend::clock::civil(room.city().clock().now());
    let ten = now.date().tomorrow().unwrap().at(10, 0, 0, 0);
    let seconds = now.duration_until(ten).as_secs();
    room.city().clock().advance(seconds);

    let mut files = city_backend::sample_city::FILES.iter();
    let (name, text) = files.find(|(name, _)| *name == "catalogue.json").unwrap();
    let catalogue = Catalogue::parse(name, text.as_bytes()).unwrap();
    let stations = &catalogue.city().stations;
    let kiosks: Vec<TestKiosk> = stations
        .iter()
        .map(|station| room.kiosk_at(&station.id))
        .collect();
    assert_eq!(kiosks.len(), 6);
    let regions = ["590102002", "590103001", "590104001", "590121100"];
    let mut draw = Draw(50);
    let (mut regular, mut accepted, mut unlike) = (0, 0, Vec::new());
    for item in catalogue.items() {
        let region = regions[draw.below(regions.len())];
        let (application, pages) = filled(item, region, &mut draw);
        let filed: Vec<Filed> = kiosks
            .iter()
            .map(|kiosk| file(&room, kiosk, &application, pages))
            .collect();
        regular += usize::from(filed[0].irregular.is_none());
        accepted += usize::from(filed[0].accepted);
        for (kiosk, other) in kiosks.iter().zip(&filed) {
            if *other != filed[0] {
                unlike.push(format!(
                    "{} of {region} at {}: {other:?}, at {}: {:?}",
                    item.name.zh, kiosk.station, kiosks[0].station, filed[0]
                ));
            }
        }
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
    let items = catalogue.items().len();
    assert!(
        items >= 60 && regular == items,
        "{regular} of {items} are regular filings"
    );
    assert!(
        accepted > 0 && accepted < items,
        "{accepted} are accepted at once"
    );
}
