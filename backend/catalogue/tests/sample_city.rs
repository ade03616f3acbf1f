//! The files of the sample city agree with its catalogue and with each other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use city_catalogue::code::{check_citizen_number, luhn_valid};
use city_catalogue::form::{Answers, DynamicOptions};
use city_catalogue::record::{Field, Prefill};
use city_catalogue::regions::Regions;
use city_catalogue::{Catalogue, Lang};
use jiff::civil::{Date, date};
use serde_json::Value;

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../sample-city/", $name))
    };
}

const TODAY: Date = date(2026, 3, 2);

fn catalogue() -> Catalogue {
    Catalogue::parse("catalogue.json", sample!("catalogue.json")).unwrap()
}

fn regions() -> Regions {
    Regions::parse("regions.json", sample!("regions.json")).unwrap()
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn all_fields(catalogue: &Catalogue) -> Vec<Field> {
    catalogue
        .items()
        .iter()
        .flat_map(|item| item.form.clone())
        .collect()
}

#[test]
fn the_tree_holds_all_provinces_and_every_district_of_the_city() {
    let regions = regions();
    assert_eq!(
        regions.children(None).count(),
        35,
        "34 and the fictional one"
    );
    for district in &catalogue().city().districts {
        let region = regions.get(&district.code).unwrap();
        assert!(district.zh.starts_with(&region.zh));
        let parts = regions.children(Some(&district.code)).count();
        assert!((2..=4).contains(&parts), "{}", district.zh);
        assert!(regions.is_within(&district.code, "590100"));
    }
    assert_eq!(
        regions.path_name("590104001", Lang::Zh),
        "示例省云汀市湖心区测试街道"
    );
    assert_eq!(regions.district("590104001").unwrap().code, "590104");
    assert!(regions.district("590100").is_none());
}

#[test]
fn a_region_file_with_a_circle_or_an_orphan_is_refused() {
    for wrong in [
        r#"{"regions": [{"code": "590102", "parent": "590100", "zh": "甲", "en": "A"}]}"#,
        r#"{"regions": [{"code": "1", "parent": null, "zh": "甲", "en": "A"}]}"#,
        r#"{"regions": [{"code": "590100", "parent": "590200", "zh": "甲", "en": "A"},
            {"code": "590200", "parent": "590100", "zh": "乙", "en": "B"}]}"#,
        r#"{"regions": [{"code": "590000", "parent": null, "zh": "甲", "en": "A"},
            {"code": "590000", "parent": null, "zh": "乙", "en": "B"}]}"#,
        r#"{"regions": [{"code": "590000", "zh": 1}]}"#,
        "[]",
    ] {
        assert!(
            Regions::parse("r.json", wrong.as_bytes()).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn every_card_address_of_the_city_is_found_in_the_tree() {
    let regions = regions();
    let cards = json(sample!("cards.json"));
    for card in cards["cards"].as_array().unwrap() {
        let Some(address) = card["address"].as_str() else {
            continue;
        };
        let found = regions.locate(address);
        if address.starts_with("示例省") {
            let (region, rest) = found.unwrap();
            assert!(
                region.code.starts_with("5901") && !rest.is_empty(),
                "{address}"
            );
        } else {
            assert_eq!(found.unwrap().0.code, "440000", "{address}");
        }
    }
    let (region, rest) = regions.locate("云汀市汀东区示例大道1号").unwrap();
    assert_eq!((region.code.as_str(), rest), ("590102", "示例大道1号"));
    assert!(regions.locate("未知之地").is_none());
}

#[test]
fn every_demo_person_has_a_card_that_fits_its_chip() {
    let catalogue = catalogue();
    let cards = json(sample!("cards.json"));
    let cards = cards["cards"].as_array().unwrap();
    for person in catalogue.demo_persons() {
        let card = cards
            .iter()
            .find(|c| c["number"] == person.id_number.as_str())
            .unwrap();
        assert_eq!(card["name"], person.name.as_str());
        assert_eq!(card["birthDate"], person.birth_date.to_string());
        assert_eq!(card["issuer"], "云汀市公安局汀东分局");
        check_citizen_number(&person.id_number, TODAY).unwrap();
    }
    let documents: BTreeSet<_> = cards
        .iter()
        .map(|c| c["document"].as_str().unwrap())
        .collect();
    assert_eq!(
        documents,
        BTreeSet::from(["foreigner2017", "foreigner2023", "hmt", "resident"])
    );
    let units = |text: &Value| text.as_str().map_or(0, |text| text.encode_utf16().count());
    for card in cards {
        assert!(units(&card["name"]) <= 15 && units(&card["address"]) <= 35);
        assert!(units(&card["issuer"]) <= 15 && units(&card["newAddress"]) <= 35);
    }
}

#[test]
fn every_data_set_and_prefill_source_has_records() {
    let catalogue = catalogue();
    let registers = json(sample!("registers.json"));
    let datasets = registers["datasets"].as_object().unwrap();
    for material in catalogue.items().iter().flat_map(|item| &item.materials) {
        let Some(share) = &material.share else {
            continue;
        };
        let records = datasets[&share.dataset].as_array().unwrap();
        assert!(!records.is_empty(), "{}", share.dataset);
    }
    for field in all_fields(&catalogue) {
        let Some(Prefill::Share(source)) = field.prefill() else {
            continue;
        };
        let prefill = &registers["prefill"][format!("share.{source}")];
        let name = prefill["field"].as_str().unwrap();
        for record in datasets[prefill["dataset"].as_str().unwrap()]
            .as_array()
            .unwrap()
        {
            assert!(record[name].is_string(), "{source}");
        }
    }
    let phones = registers["phones"].as_array().unwrap();
    let reserved = |p: &Value| p["mobile"].as_str().is_some_and(|m| m.starts_with("154"));
    assert!(phones.len() == 11 && phones.iter().all(reserved));
}

#[test]
fn prefilled_values_are_ones_a_form_would_take() {
    let registers = json(sample!("registers.json"));
    let regions = regions();
    let datasets = &registers["datasets"];
    for record in datasets["社会保障卡库"].as_array().unwrap() {
        assert!(luhn_valid(record["account"].as_str().unwrap()));
    }
    for record in datasets["人口库-户籍"].as_array().unwrap() {
        assert!(regions.is_within(record["region"].as_str().unwrap(), "590100"));
    }
    for record in datasets["婚姻登记库"].as_array().unwrap() {
        assert!(["1", "2", "3", "4"].contains(&record["maritalCode"].as_str().unwrap()));
    }
}

#[test]
fn every_dynamic_source_offers_something() {
    let options: DynamicOptions = serde_json::from_slice(sample!("options.json")).unwrap();
    let sources: BTreeSet<_> = all_fields(&catalogue())
        .into_iter()
        .filter_map(|f| f.dynamic_options)
        .collect();
    assert_eq!(sources.len(), 4);
    for source in sources {
        assert!(
            options.choices(&source, &Answers::new()).is_some(),
            "{source}"
        );
    }
}

#[test]
fn every_station_has_a_place() {
    let stations = json(sample!("stations.json"));
    let stations = stations["stations"].as_array().unwrap();
    let ids: Vec<_> = stations.iter().map(|s| s["id"].as_str().unwrap()).collect();
    let known = catalogue();
    let expected: Vec<_> = known
        .city()
        .stations
        .iter()
        .map(|s| s.id.as_str())
        .collect();
    assert_eq!(ids, expected);
    assert!(
        stations
            .iter()
            .all(|s| s["latitude"].is_f64() && s["longitude"].is_f64())
    );
}
