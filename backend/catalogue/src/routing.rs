//! Which body is competent for an application, with a written reason.
//!
//! Source: domain specification, section 5.1.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::ItemCode;
use crate::form::{Answers, Value};
use crate::load::Catalogue;
use crate::record::{
    CardField, Department, FieldType, Item, ItemType, Level, Prefill, Scope, Station, Text,
};
use crate::regions::Regions;

/// Sector of natural resources: the place of the property decides.
const SECTOR_PROPERTY: &str = "15";
/// Sector of public security: the place of residence decides.
const SECTOR_RESIDENCE: &str = "09";
/// Levels of bodies above each other, at most.
const MOST_LEVELS: usize = 6;
/// Prefill source of the registered residence.
const HUKOU: &str = "rkk.hukou";

/// Division codes of the applicant. `None` is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionFacts {
    /// 户籍地
    pub hukou: Option<String>,
    /// 居住地
    pub residence: Option<String>,
    /// 经营地
    pub business: Option<String>,
    /// 不动产所在地
    pub property: Option<String>,
}

/// The fact that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FactKind {
    /// 户籍地, the default for assistance.
    Hukou,
    /// 居住地, for residence matters.
    Residence,
    /// 经营地, for licences.
    Business,
    /// 不动产所在地, for property.
    Property,
}

/// Where an application goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "route")]
pub enum Route {
    /// It can be filed here; this body handles it.
    Here {
        /// Id of the competent body.
        body: String,
        /// Code of the record it is handled by: that body's own, or the one filed where it has none.
        item: ItemCode,
        /// Why this body.
        reason: Text,
    },
    /// It cannot be filed at this station.
    GoTo {
        /// Id of the competent body.
        body: String,
        /// Ids of the stations where it can be filed; empty where the city has none.
        stations: Vec<String>,
        /// Why not here.
        reason: Text,
    },
}

impl RegionFacts {
    /// The facts that the answers of `item`'s form tell.
    #[must_use]
    pub fn from_answers(item: &Item, answers: &Answers) -> Self {
        let mut facts = Self::default();
        for field in &item.form {
            let Some(code) = answers.value(&field.name).and_then(region_of) else {
                continue;
            };
            let slot = match (field.field_type, field.prefill()) {
                (_, Some(Prefill::Share(source))) if source == HUKOU => &mut facts.hukou,
                (FieldType::Address, Some(Prefill::IdCard(CardField::Address))) => {
                    &mut facts.residence
                }
                (FieldType::Address, _) if field.name == "premises" => &mut facts.business,
                (FieldType::Address, _) => &mut facts.residence,
                _ => continue,
            };
            slot.get_or_insert_with(|| code.to_owned());
        }
        facts
    }

    /// The fact of `kind`, or the next best: residence for the registered residence and the other way round.
    fn get(&self, kind: FactKind) -> Option<(FactKind, &str)> {
        let order = match kind {
            FactKind::Hukou => [FactKind::Hukou, FactKind::Residence],
            FactKind::Residence => [FactKind::Residence, FactKind::Hukou],
            FactKind::Business => [FactKind::Business, FactKind::Residence],
            FactKind::Property => [FactKind::Property, FactKind::Residence],
        };
        order.into_iter().find_map(|kind| {
            let fact = match kind {
                FactKind::Hukou => &self.hukou,
                FactKind::Residence => &self.residence,
                FactKind::Business => &self.business,
                FactKind::Property => &self.property,
            };
            fact.as_deref().map(|code| (kind, code))
        })
    }
}

impl FactKind {
    /// The fact that decides for `item`.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        let sector = item
            .codes
            .basic
            .as_deref()
            .and_then(|basic| basic.get(4..6));
        match (item.item_type, sector) {
            (_, Some(SECTOR_PROPERTY)) => Self::Property,
            (ItemType::Licence, _) => Self::Business,
            (_, Some(SECTOR_RESIDENCE)) => Self::Residence,
            _ => Self::Hukou,
        }
    }

    fn name(self) -> Text {
        let (zh, en) = match self {
            Self::Hukou => ("户籍地", "registered residence"),
            Self::Residence => ("居住地", "place of residence"),
            Self::Business => ("经营地", "place of business"),
            Self::Property => ("不动产所在地", "place of the property"),
        };
        Text {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// Finds the competent body and says whether `station` may accept the application filed on `day`; None is from home,
/// which lies in no district.
///
/// An item of the city goes to its body. An item that districts implement goes to the body of the
/// district the deciding fact lies in, by the same basic code; without such a body, or without the
/// fact, to the body of the city above them, and the reason says so.
#[must_use]
pub fn route(
    catalogue: &Catalogue,
    item: &Item,
    facts: &RegionFacts,
    station: Option<&Station>,
    regions: &Regions,
    day: Date,
) -> Route {
    let Competent {
        body,
        record,
        reason,
    } = competent(catalogue, item, facts, regions, day);
    let area = catalogue.department(&record.department);
    let local = matches!(item.scope, Scope::OwnArea | Scope::County | Scope::Township);
    let covers = |district: &str| {
        area.is_none_or(|area| regions.is_within(district, area.division.as_str()))
    };
    if local && station.is_some_and(|station| !covers(&station.district)) {
        let all = catalogue.city().stations.iter();
        let stations = all.filter(|station| covers(&station.district));
        return Route::GoTo {
            stations: stations.map(|station| station.id.clone()).collect(),
            reason: elsewhere(area, item),
            body,
        };
    }
    Route::Here {
        item: record.code(),
        reason,
        body,
    }
}

/// The body that handles an application, by which record, and why it.
struct Competent<'c> {
    body: String,
    record: &'c Item,
    reason: Text,
}

fn competent<'c>(
    catalogue: &'c Catalogue,
    item: &'c Item,
    facts: &RegionFacts,
    regions: &Regions,
    day: Date,
) -> Competent<'c> {
    if item.level < Level::County {
        let name = body_name(catalogue, &item.department);
        let reason = text(
            format!("本事项由{}统一实施。", name.zh),
            format!(
                "This item is implemented by the {} for the whole area.",
                name.en
            ),
        );
        return Competent {
            body: item.department.clone(),
            record: item,
            reason,
        };
    }
    let kind = FactKind::of(item);
    let Some((used, code)) = facts.get(kind) else {
        let fact = kind.name();
        return of_the_city(catalogue, item, day, |name| {
            text(
                format!("{}未知，由{}受理并核实。", fact.zh, name.zh),
                format!(
                    "The {} is not known; the {} takes it and verifies it.",
                    fact.en, name.en
                ),
            )
        });
    };
    let district = regions
        .district(code)
        .map_or(code, |region| region.code.as_str());
    let fact = used.name();
    let place_zh = regions.path_name(district, crate::record::Lang::Zh);
    let place_en = regions.path_name(district, crate::record::Lang::En);
    if let Some(record) = implemented(catalogue, item, day, |body| body.division == district) {
        let name = body_name(catalogue, &record.department);
        let reason = text(
            format!("按{}（{place_zh}）由{}办理。", fact.zh, name.zh),
            format!("By {} ({place_en}) handled by the {}.", fact.en, name.en),
        );
        return Competent {
            body: record.department.clone(),
            record,
            reason,
        };
    }
    of_the_city(catalogue, item, day, |name| {
        text(
            format!(
                "{}（{place_zh}）没有登记实施机构，由{}办理。",
                fact.zh, name.zh
            ),
            format!(
                "No body is registered for the {} ({place_en}); handled by the {}.",
                fact.en, name.en
            ),
        )
    })
}

/// The record by which an active body that `fits` implements the same item on `day`.
fn implemented<'c>(
    catalogue: &'c Catalogue,
    item: &'c Item,
    day: Date,
    fits: impl Fn(&Department) -> bool,
) -> Option<&'c Item> {
    let same = item.codes.basic.as_deref().unwrap_or_default();
    let mut records = catalogue.by_basic(same, day);
    let record = records.find(|record| {
        let body = catalogue.department(&record.department);
        body.is_some_and(|body| body.active && fits(body))
    });
    record.map(AsRef::as_ref)
}

/// The body of the city above the districts' bodies, by its own record where it has one; the item's own body where the
/// register names no active one above it.
fn of_the_city<'c>(
    catalogue: &'c Catalogue,
    item: &'c Item,
    day: Date,
    reason: impl FnOnce(&Text) -> Text,
) -> Competent<'c> {
    let chain = std::iter::successors(catalogue.department(&item.department), |body| {
        catalogue.department(body.parent.as_deref()?)
    });
    // A register in which two bodies are above each other must not hang the city.
    let body = chain
        .take(MOST_LEVELS)
        .find(|body| body.active && body.level < Level::County)
        .map_or(item.department.as_str(), |body| body.id.as_str());
    let record = implemented(catalogue, item, day, |known| known.id == body).unwrap_or(item);
    Competent {
        reason: reason(&body_name(catalogue, body)),
        body: body.to_owned(),
        record,
    }
}

fn elsewhere(body: Option<&Department>, item: &Item) -> Text {
    let name = body.map(|body| body.name.clone()).unwrap_or_default();
    text(
        format!(
            "本事项为{}，请到{}辖区内的站点办理。",
            item.scope_name, name.zh
        ),
        format!(
            "This item can only be filed at a station in the area of the {}.",
            name.en
        ),
    )
}

fn body_name(catalogue: &Catalogue, id: &str) -> Text {
    catalogue
        .department(id)
        .map(|body| body.name.clone())
        .unwrap_or_default()
}

fn text(zh: String, en: String) -> Text {
    Text { zh, en }
}

fn region_of(value: &Value) -> Option<&str> {
    match value {
        Value::Region(code) | Value::Address { region: code, .. } if !code.is_empty() => Some(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::form::{Answer, Source};
    use crate::sample::{City, TODAY, catalogue};

    fn named(catalogue: &Catalogue, zh: &str) -> Arc<Item> {
        let item = catalogue.items().iter().find(|item| item.name.zh == zh);
        Arc::clone(item.unwrap())
    }

    fn at(zh: &str, station: &str, facts: &RegionFacts) -> Route {
        let catalogue = catalogue();
        let item = named(&catalogue, zh);
        let station = catalogue.station(station).unwrap();
        let regions = &City::load().regions;
        route(&catalogue, &item, facts, Some(station), regions, TODAY)
    }

    fn hukou(code: &str) -> RegionFacts {
        RegionFacts {
            hukou: Some(code.to_owned()),
            ..RegionFacts::default()
        }
    }

    #[test]
    fn a_city_item_goes_to_the_city_body_from_any_station() {
        for station in ["S001", "S005", "K901"] {
            let Route::Here { body, reason, .. } = at("失业登记", station, &hukou("590103"))
            else {
                panic!("must be filed at {station}");
            };
            assert_eq!(body, "JYZX");
            assert!(!reason.zh.is_empty() && !reason.en.is_empty());
        }
    }

    #[test]
    fn a_district_item_goes_to_the_district_of_the_fact() {
        let Route::Here { body, item, reason } =
            at("最低生活保障确认", "S003", &hukou("590102001"))
        else {
            panic!("the whole city may accept it");
        };
        assert_eq!(body, "HD-MZJ");
        assert_eq!(item.basic(), Some("590511001000"));
        assert!(
            reason.zh.contains("户籍地（示例省云汀市汀东区）"),
            "{}",
            reason.zh
        );
    }

    #[test]
    fn a_district_without_a_body_goes_to_the_city_body_and_not_to_another_district() {
        let elsewhere = at("最低生活保障确认", "S001", &hukou("590121"));
        let unknown = at("最低生活保障确认", "S001", &RegionFacts::default());
        for (route, words) in [(elsewhere, "没有登记实施机构"), (unknown, "户籍地未知")]
        {
            let Route::Here { body, reason, .. } = route else {
                panic!("must be accepted")
            };
            assert_eq!(body, "MZJ", "{}", reason.zh);
            assert!(reason.zh.contains(words), "{}", reason.zh);
            assert!(reason.zh.contains("云汀市民政局"), "{}", reason.zh);
            assert!(reason.en.contains("Civil Affairs Bureau"), "{}", reason.en);
        }
    }

    /// 最低生活保障确认 as the city's own bureau would implement it, beside the district's.
    fn with_own_record(status: &str) -> Catalogue {
        let catalogue = catalogue();
        let district = named(&catalogue, "最低生活保障确认");
        let mut own = serde_json::to_value(district.as_ref()).unwrap();
        let implementation = "11590100YT0000118H3590511001000";
        own["codes"]["implementation"] = implementation.into();
        own["codes"]["handling"] = format!("{implementation}01").into();
        own["department"] = "MZJ".into();
        own["level"] = "3".into();
        own["status"] = status.into();
        let json = own.to_string();
        catalogue.with_file("own.json", json.as_bytes()).unwrap()
    }

    #[test]
    fn the_city_body_handles_it_by_its_own_record_in_force() {
        for (status, department) in [("in_force", "MZJ"), ("draft", "HD-MZJ")] {
            let catalogue = with_own_record(status);
            let item = named(&catalogue, "最低生活保障确认");
            let station = catalogue.station("S001").unwrap();
            let regions = &City::load().regions;
            let facts = hukou("590121");
            let routed = route(&catalogue, &item, &facts, Some(station), regions, TODAY);
            let Route::Here { body, item, .. } = routed else {
                panic!("must be accepted")
            };
            assert_eq!(body, "MZJ");
            let record = catalogue.item(&item).unwrap();
            assert_eq!(record.department, department, "{status}");
        }
    }

    #[test]
    fn from_home_no_county_is_another() {
        let catalogue = catalogue();
        let item = named(&catalogue, "义务教育新生入学报名");
        let regions = &City::load().regions;
        for home in ["590121", "590102001"] {
            let routed = route(&catalogue, &item, &hukou(home), None, regions, TODAY);
            let Route::Here { body, .. } = routed else {
                panic!("home lies in no county");
            };
            assert!(["JYJ", "HD-JYJ"].contains(&body.as_str()), "{body}");
        }
    }

    #[test]
    fn a_county_item_of_another_county_is_not_filed_here() {
        let item = "义务教育新生入学报名";
        let Route::GoTo { body, stations, .. } = at(item, "S004", &hukou("590121")) else {
            panic!("another district must not accept it");
        };
        assert_eq!((body.as_str(), stations.len()), ("JYJ", 3));
    }

    #[test]
    fn a_county_item_sends_the_resident_to_a_station_of_the_county() {
        let item = "义务教育新生入学报名";
        let Route::GoTo { body, stations, .. } = at(item, "S004", &hukou("590102")) else {
            panic!("another district must not accept it");
        };
        assert_eq!(body, "HD-JYJ");
        assert_eq!(stations, ["S001", "S002", "K901"]);
        assert!(matches!(
            at(item, "S002", &hukou("590102")),
            Route::Here { .. }
        ));
    }

    #[test]
    fn facts_come_from_the_answers() {
        let catalogue = catalogue();
        let item = named(&catalogue, "最低生活保障确认");
        let mut answers = Answers::new();
        let home = Value::Region("590102".into());
        answers.set("hukouRegion", Answer::from_source(home, Source::Register));
        let address = Value::Address {
            region: "590103".into(),
            detail: "1号".into(),
        };
        answers.set("address", Answer::typed(address));
        let facts = RegionFacts::from_answers(&item, &answers);
        assert_eq!(facts.hukou.as_deref(), Some("590102"));
        assert_eq!(facts.residence.as_deref(), Some("590103"));
        assert_eq!(FactKind::of(&item), FactKind::Hukou);
        assert_eq!(
            FactKind::of(&named(&catalogue, "居住证申领")),
            FactKind::Residence
        );
    }
}
