//! The sample catalogue loads, the broken one does not, and each fault is named alone.

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Catalogue, FaultCode, Refused, check_cases};
use crate::code::ItemCode;
use crate::record::Lang;
use crate::sample::{BROKEN, CATALOGUE, TODAY, catalogue};

const FILE: &str = "dropped.json";

/// The item 个体工商户设立登记 with a free code, as JSON.
fn template() -> Value {
    let whole: Value = serde_json::from_slice(CATALOGUE).unwrap();
    let mut item = whole["items"][0].clone();
    set_codes(&mut item, "590131901000", "11590100YT00003104", "3");
    item
}

fn set_codes(item: &mut Value, basic: &str, body: &str, level: &str) {
    let implementation = format!("{body}{level}{basic}");
    item["codes"] = json!({
        "basic": basic, "implementation": implementation, "handling": format!("{implementation}01"),
    });
}

fn drop_in(item: &Value) -> Result<Catalogue, Refused> {
    catalogue().with_file(FILE, item.to_string().as_bytes())
}

/// The names of the faults of the template after `change`, with their fields.
fn faults(change: impl FnOnce(&mut Value)) -> Vec<(FaultCode, String)> {
    let mut item = template();
    change(&mut item);
    let refused = drop_in(&item).unwrap_err();
    refused
        .faults
        .into_iter()
        .map(|f| (f.code, f.field))
        .collect()
}

/// Asserts that `change` shows one fault and nothing else.
fn alone(code: FaultCode, field: &str, change: impl FnOnce(&mut Value)) {
    assert_eq!(faults(change), [(code, field.to_owned())]);
}

#[test]
fn the_sample_catalogue_loads_without_a_fault() {
    let catalogue = catalogue();
    assert_eq!(catalogue.items().len(), 62);
    assert_eq!(catalogue.departments().len(), 29);
    assert_eq!(
        catalogue
            .items()
            .iter()
            .filter(|item| item.is_instant())
            .count(),
        25
    );
    let unemployment = ItemCode::from("12590100YT00101489359201400300001");
    assert_eq!(catalogue.item(&unemployment).unwrap().name.zh, "失业登记");
    assert_eq!(catalogue.by_basic("592014003000", TODAY).count(), 1);
    assert_eq!(catalogue.bundle("B01").unwrap().items[0], unemployment);
    assert_eq!(catalogue.station("K901").unwrap().kiosks, 4);
    assert_eq!(catalogue.department("JYZX").unwrap().sector, "14");
}

#[test]
fn a_theme_has_its_english_name_and_one_that_nobody_translated_its_chinese_one() {
    let catalogue = catalogue();
    for item in catalogue.items() {
        assert_ne!(catalogue.theme(&item.theme).en, "", "{}", item.theme);
    }
    let mut old: Value = serde_json::from_slice(CATALOGUE).unwrap();
    old["meta"].as_object_mut().unwrap().remove("themeNames");
    let old = Catalogue::parse("old.json", old.to_string().as_bytes()).unwrap();
    assert_eq!(old.theme("税务").get(Lang::En), "税务");
    assert_eq!(catalogue.theme("税务").get(Lang::En), "Taxes");
}

#[test]
fn a_catalogue_written_out_is_the_file_that_was_read() {
    let catalogue = catalogue();
    let written = serde_json::to_value(&catalogue).unwrap();
    assert_eq!(written, serde_json::from_slice::<Value>(CATALOGUE).unwrap());
    let bytes = serde_json::to_vec(&catalogue).unwrap();
    assert_eq!(Catalogue::parse("again.json", &bytes).unwrap(), catalogue);
}

#[test]
fn the_broken_items_show_exactly_their_expected_faults() {
    let reports = check_cases("catalogue-broken.json", BROKEN, &catalogue()).unwrap();
    assert_eq!(reports.len(), 6);
    for report in &reports {
        let shown: Vec<_> = report.faults.iter().map(|fault| fault.code).collect();
        assert_eq!(shown, report.expected_errors, "{}", report.case_id);
        assert!(report.as_expected());
    }
    let uscc = &reports[2].faults[0].to_string();
    assert!(
        uscc.starts_with("catalogue-broken.json: 11590100YT0000046R3"),
        "{uscc}"
    );
    assert!(
        uscc.contains("codes.implementation: E_USCC_CHECK: "),
        "{uscc}"
    );
}

#[test]
fn a_new_item_is_added_and_the_old_catalogue_stays() {
    let old = catalogue();
    let item = template();
    for wrapped in [
        item.clone(),
        json!({"item": item}),
        json!({"items": [item]}),
    ] {
        let new = old.with_file(FILE, wrapped.to_string().as_bytes()).unwrap();
        assert_eq!((old.items().len(), new.items().len()), (62, 63));
    }
}

#[test]
fn only_a_higher_version_replaces_an_item() {
    let old = catalogue();
    let mut item = serde_json::to_value(old.items()[0].as_ref()).unwrap();
    item["name"]["en"] = "New name".into();
    for status in ["in_force", "draft"] {
        item["status"] = status.into();
        let refused = drop_in(&item).unwrap_err();
        assert_eq!(refused.faults[0].code, FaultCode::CodeDuplicate);
    }
    item["status"] = "in_force".into();
    item["version"] = 2.into();
    let new = drop_in(&item).unwrap();
    assert_eq!(new.items().len(), 62);
    assert_eq!(new.items()[0].name.en, "New name");
    assert_ne!(old.items()[0].name.en, "New name");
}

#[test]
fn a_draft_is_found_by_no_code_and_a_cancelled_item_only_for_its_cases() {
    let code = catalogue().items()[0].code();
    let basic = catalogue().items()[0].codes.basic.clone().unwrap();
    for (status, found) in [
        ("in_force", true),
        ("changed", true),
        ("cancelled", true),
        ("draft", false),
        ("reviewed", false),
    ] {
        let mut file: Value = serde_json::from_slice(CATALOGUE).unwrap();
        file["items"][0]["status"] = status.into();
        let json = serde_json::to_vec(&file).unwrap();
        let catalogue = Catalogue::parse(FILE, &json).unwrap();
        assert_eq!(catalogue.item(&code).is_some(), found, "{status}");
        let open = status == "in_force";
        assert_eq!(catalogue.in_force(&code, TODAY).is_some(), open, "{status}");
        assert_eq!(catalogue.by_basic(&basic, TODAY).count(), usize::from(open));
        assert!(catalogue.in_force(&code, date(2025, 12, 31)).is_none());
    }
}

#[test]
fn the_same_new_code_twice_in_one_file_is_a_duplicate() {
    let file = json!({"items": [template(), template()]});
    let refused = drop_in(&file).unwrap_err();
    assert_eq!(refused.faults.len(), 1);
    assert_eq!(refused.faults[0].code, FaultCode::CodeDuplicate);
}

#[test]
fn faults_of_all_items_come_at_once() {
    let mut first = template();
    first["legalBasis"] = json!([]);
    first["fee"] = json!({"charged": true, "items": []});
    let mut second = template();
    second["codes"]["basic"] = "".into();
    let refused = drop_in(&json!({"items": [first, second, {"codes": 3}]})).unwrap_err();
    let codes: Vec<_> = refused.faults.iter().map(|fault| fault.code).collect();
    let expected = [
        FaultCode::NoLegalBasis,
        FaultCode::FeeNoBasis,
        FaultCode::CodeMissing,
        FaultCode::Record,
    ];
    assert_eq!(codes, expected);
    assert_eq!(refused.faults[3].item.as_deref(), Some("items[2]"));
}

#[test]
fn each_code_fault_is_named_alone() {
    alone(FaultCode::CodeMissing, "codes.basic", |item| {
        item.as_object_mut().unwrap().remove("codes");
    });
    alone(FaultCode::CodeMissing, "codes.implementation", |item| {
        item["codes"]["implementation"] = "".into();
    });
    alone(FaultCode::CodeFormat, "codes.handling", |item| {
        item["codes"]["handling"] = "11590100YT0000310435901319010001".into();
    });
    alone(FaultCode::CodeFormat, "codes.basic", |item| {
        item["codes"]["basic"] = "59013190100".into()
    });
    alone(FaultCode::CodeFormat, "codes.implementation", |item| {
        item["codes"]["basic"] = "590131902000".into();
    });
    alone(FaultCode::UsccCheck, "codes.implementation", |item| {
        set_codes(item, "590131901000", "11590100YT00003105", "3");
    });
    alone(FaultCode::DeptUnknown, "codes.implementation", |item| {
        set_codes(item, "590131901000", "11590100YT0000775G", "3");
    });
    alone(FaultCode::DeptUnknown, "department", |item| {
        item["department"] = "RSJ".into()
    });
    alone(FaultCode::SectorMismatch, "codes.basic", |item| {
        set_codes(item, "590114901000", "11590100YT00003104", "3");
    });
    alone(FaultCode::LevelMismatch, "codes.implementation", |item| {
        set_codes(item, "590131901000", "11590100YT00003104", "4");
    });
    alone(FaultCode::LevelMismatch, "level", |item| {
        item["level"] = "4".into()
    });
    alone(FaultCode::TypeUnknown, "codes.basic", |item| {
        set_codes(item, "592131901000", "11590100YT00003104", "3");
    });
    alone(FaultCode::TypeUnknown, "type", |item| {
        item["type"] = "21".into()
    });
    alone(FaultCode::CodeDuplicate, "codes.handling", |item| {
        set_codes(item, "590131001000", "11590100YT00003104", "3");
    });
}

#[test]
fn each_material_fault_is_named_alone() {
    alone(FaultCode::NoLegalBasis, "legalBasis", |item| {
        item.as_object_mut().unwrap().remove("legalBasis");
    });
    alone(FaultCode::CertNoBasis, "materials[2].basis", |item| {
        item["materials"][2]["kind"] = "证明".into();
        item["materials"][2]["basis"][0]["rank"] = "norm".into();
    });
    alone(FaultCode::SharedDemanded, "materials[2].supply", |item| {
        item["materials"][2]["name"]["zh"] = "婚姻登记信息".into();
    });
    alone(
        FaultCode::MaterialCatchall,
        "materials[2].name.zh",
        |item| {
            item["materials"][2]["name"]["zh"] = "身份证等材料".into();
        },
    );
    alone(FaultCode::Commitment, "materials[2].supply", |item| {
        item["commitment"]["supported"] = false.into();
        item["materials"][2]["supply"] = "commitment".into();
        item["materials"][2]["commitmentAllowed"] = false.into();
    });
    alone(FaultCode::ShareUndefined, "materials[2].share", |item| {
        item["materials"][2]["supply"] = "shared".into();
    });
    alone(FaultCode::FeeNoBasis, "fee.items[0].basis", |item| {
        item["fee"] = json!({"charged": true, "items": [
            {"name": "费", "standard": "1", "amountFen": 1, "basis": null, "reducible": null}]});
    });
}

#[test]
fn each_limit_and_step_fault_is_named_alone() {
    alone(FaultCode::LimitUnit, "promisedLimit.unit", |item| {
        item["promisedLimit"]["unit"] = "day".into();
    });
    alone(FaultCode::LimitUnit, "steps[1].limit.unit", |item| {
        item["steps"][1]["limit"]["unit"] = "hour".into();
    });
    alone(
        FaultCode::PromiseGtStatutory,
        "promisedLimit.value",
        |item| {
            item["promisedLimit"]["value"] = 4.into();
        },
    );
    alone(FaultCode::StepGtPromise, "steps", |item| {
        item["steps"][1]["limit"]["value"] = 2.into()
    });
    alone(FaultCode::CaseType, "caseType", |item| {
        item["caseType"] = "1".into()
    });
    alone(FaultCode::StepDeptUnknown, "steps[3].department", |item| {
        item["steps"][3]["department"] = "XXX".into();
    });
    alone(FaultCode::DeptUnknown, "coDepartments[0]", |item| {
        item["coDepartments"] = json!(["XXX"]);
    });
}

#[test]
fn each_form_fault_is_named_alone() {
    alone(FaultCode::FormDup, "form[4].name", |item| {
        item["form"][4]["name"] = "mobile".into()
    });
    alone(FaultCode::FormOptions, "form[4].options", |item| {
        item["form"][4]["options"] = json!([])
    });
    alone(FaultCode::FormRef, "form[3].visibleIf", |item| {
        item["form"][3]["visibleIf"] = json!({"field": "capital", "equals": "1"});
    });
    alone(FaultCode::FormRef, "form[7].visibleIf", |item| {
        item["form"][7]["visibleIf"] = json!({"field": "premisesType", "equals": "9"});
    });
    alone(FaultCode::FormRef, "form[3].gteField", |item| {
        item["form"][3]["gteField"] = "nothing".into();
    });
    alone(FaultCode::FormRef, "form[3].prefill", |item| {
        item["form"][3]["prefill"] = "idcard.salary".into();
    });
    alone(FaultCode::Pattern, "form[3].pattern", |item| {
        item["form"][3]["pattern"] = "(".into()
    });
    alone(FaultCode::Pattern, "form[3].pattern", |item| {
        item["form"][3]["pattern"] = "(\\p{L}{900}){900}".into();
    });
    alone(FaultCode::Record, "form[3].min", |item| {
        item["form"][3]["min"] = 1.into()
    });
    alone(FaultCode::Record, "form[3].pixels", |item| {
        item["form"][3]["pixels"] = "large".into()
    });
    alone(FaultCode::Record, "form[3].columns", |item| {
        item["form"][3]["type"] = "table".into()
    });
}

#[test]
fn a_record_of_the_wrong_shape_is_named_with_its_path() {
    alone(FaultCode::Record, "form[3].colour", |item| {
        item["form"][3]["colour"] = "red".into()
    });
    alone(FaultCode::Record, "materials[1].kind", |item| {
        item["materials"][1]["kind"] = "纸".into();
    });
    alone(FaultCode::Record, "effectiveFrom", |item| {
        item["effectiveFrom"] = "2026-02-30".into()
    });
    let refused = drop_in(&json!([1])).unwrap_err();
    assert_eq!(refused.faults[0].reason, "must be a JSON object");
    let cut = catalogue().with_file(FILE, b"{\"item\": {").unwrap_err();
    assert!(cut.faults[0].reason.contains("line 1 column"), "{cut}");
}

/// The sample catalogue as a newer city would publish it: with a new field at every level.
fn of_a_newer_city() -> Value {
    let mut whole: Value = serde_json::from_slice(CATALOGUE).unwrap();
    whole["news"] = 1.into();
    for pointer in [
        "/meta",
        "/city",
        "/city/stations/0",
        "/departments/0",
        "/bundles/0",
        "/items/0",
        "/items/0/codes",
        "/items/0/name",
        "/items/0/materials/0",
        "/items/0/materials/0/tolerance",
        "/items/0/steps/0/limit",
        "/items/0/form/0",
    ] {
        whole.pointer_mut(pointer).unwrap()["news"] = json!({"a": [1]});
    }
    whole
}

#[test]
fn a_newer_city_adds_fields_and_an_older_kiosk_reads_on() {
    let whole = of_a_newer_city().to_string();
    let read = Catalogue::parse_published("bundle", whole.as_bytes()).unwrap();
    assert_eq!(read, catalogue());
}

#[test]
fn a_field_that_no_record_knows_is_named_where_it_stands() {
    let refused = Catalogue::parse("c.json", of_a_newer_city().to_string().as_bytes());
    let faults = refused.unwrap_err().faults;
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    let parts = [
        "meta.news",
        "city.news",
        "departments[0].news",
        "bundles[0].news",
    ];
    assert_eq!(fields, [parts.as_slice(), &["news"]].concat());
    let mut item = template();
    item["materials"][2]["tolerance"]["news"] = json!(null);
    let refused = drop_in(&item).unwrap_err();
    assert_eq!(refused.faults.len(), 1);
    assert_eq!(refused.faults[0].code, FaultCode::Record);
    assert_eq!(refused.faults[0].field, "materials[2].tolerance.news");
}

#[test]
fn a_broken_register_of_bodies_is_refused() {
    let mut whole: Value = serde_json::from_slice(CATALOGUE).unwrap();
    whole["departments"][0]["uscc"] = "11590100YT0000046R".into();
    whole["bundles"][0]["items"][0] = "x".into();
    let refused = Catalogue::parse("c.json", whole.to_string().as_bytes()).unwrap_err();
    let fields: Vec<_> = refused
        .faults
        .iter()
        .map(|f| (f.code, f.field.as_str()))
        .collect();
    assert!(
        fields.contains(&(FaultCode::UsccCheck, "departments[0].uscc")),
        "{refused}"
    );
    assert!(
        fields.contains(&(FaultCode::Record, "bundles[0].items[0]")),
        "{refused}"
    );
    whole.as_object_mut().unwrap().remove("departments");
    whole["news"] = 1.into();
    let refused = Catalogue::parse("c.json", whole.to_string().as_bytes()).unwrap_err();
    let fields: Vec<_> = refused.faults.iter().map(|f| f.field.as_str()).collect();
    assert_eq!(fields, ["departments", "news"]);
}

#[test]
fn a_scan_block_and_a_service_are_read() {
    let mut item = template();
    item["materials"][2]["scan"] = json!({"maxPages": 3, "maxMB": 1, "sides": "both",
        "colour": "grey", "watermark": "仅用于登记"});
    for (words, fits) in [("", false), (" ", false), ("仅用于登记", true)] {
        item["materials"][2]["scan"]["watermark"] = words.into();
        assert_eq!(drop_in(&item).is_ok(), fits, "{words:?}");
    }
    item["materials"][2]["scan"]["watermark"] = "用".repeat(41).into();
    let refused = drop_in(&item).unwrap_err();
    assert_eq!(refused.faults[0].field, "materials[2].scan.watermark");
    item["materials"][2]["scan"]["watermark"] = "仅用于登记".into();
    item["steps"][1]["service"] = "licences".into();
    let new = drop_in(&item).unwrap();
    let item = new.items().last().unwrap();
    let limits = item.materials[2].scan_limits();
    assert_eq!((limits.max_pages, limits.max_total_bytes), (3, 1_000_000));
    let default = item.materials[1].scan_limits();
    assert_eq!((default.max_pages, default.max_page_bytes), (20, 2_000_000));
    assert_eq!(default.max_total_bytes, 10_000_000);
    assert_eq!(
        (item.steps[1].service(), item.steps[0].service()),
        ("licences", "ZSJ")
    );
    assert!(item.in_force(date(2026, 1, 1)) && !item.in_force(date(2025, 12, 31)));
}

#[test]
fn pages_beyond_the_bounds_are_refused_before_they_are_read() {
    let refused = Catalogue::parse("big.json", &vec![b' '; (32 << 20) + 1]).unwrap_err();
    assert!(refused.faults[0].reason.contains("more than"));
    let many = json!({"items": vec![Value::Null; 5_001]});
    assert!(
        drop_in(&many).unwrap_err().faults[0]
            .reason
            .contains("5001")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn mutated_json_never_panics(place in 0_usize..24_000, byte: u8, cut in 0_usize..24_000) {
        let mut json = serde_json::to_vec(&template()).unwrap();
        let length = json.len();
        json[place % length] = byte;
        let base = catalogue();
        let _ = base.with_file(FILE, &json);
        json.truncate(cut % length);
        prop_assert!(base.with_file(FILE, &json).is_err());
    }

    #[test]
    fn a_part_of_another_kind_never_panics(place: prop::sample::Index, kind in 0_usize..7) {
        let mut item = template();
        let mut paths = Vec::new();
        collect(&item, String::new(), &mut paths);
        let odd = [json!(null), json!(-1), json!(1e300), json!("\u{FFFF}"), json!([]), json!({}), json!(true)];
        *item.pointer_mut(&paths[place.index(paths.len())]).unwrap() = odd[kind].clone();
        if let Err(refused) = drop_in(&item) {
            prop_assert!(!refused.faults.is_empty());
        }
    }
}

/// The JSON pointers of all parts of `value`.
fn collect(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Array(list) => {
            for (at, part) in list.iter().enumerate() {
                collect(part, format!("{path}/{at}"), paths);
            }
        }
        Value::Object(object) => {
            for (name, part) in object {
                collect(part, format!("{path}/{name}"), paths);
            }
        }
        _ => {}
    }
    paths.push(path);
}

#[test]
fn a_draft_stands_beside_the_version_in_force_until_it_comes_into_force() {
    let old = catalogue();
    let code = old.items()[0].code();
    let version = |number: u32, status: &str| {
        let mut item = serde_json::to_value(old.items()[0].as_ref()).unwrap();
        item["version"] = number.into();
        item["status"] = status.into();
        item
    };
    for status in ["draft", "reviewed"] {
        let beside = drop_in(&version(2, status)).unwrap();
        assert_eq!(beside.item(&code).unwrap().version, 1, "{status}");
        assert_eq!((beside.items().len(), beside.drafts().count()), (63, 1));
        assert_eq!(beside.published(), old);
        // The same draft again, and one that is older than what is in force.
        let again = version(2, status).to_string();
        let refused = beside.with_file(FILE, again.as_bytes()).unwrap_err();
        assert_eq!(refused.faults[0].code, FaultCode::CodeDuplicate);
        let older = version(1, status).to_string();
        let refused = old.with_file(FILE, older.as_bytes()).unwrap_err();
        assert_eq!(refused.faults[0].code, FaultCode::CodeDuplicate);
        // A longer draft stays a draft of the next version.
        let both = json!({"items": [version(3, status), version(2, "in_force")]});
        let next = beside.with_file(FILE, both.to_string().as_bytes()).unwrap();
        assert_eq!(next.item(&code).unwrap().version, 2);
        let drafts: Vec<u32> = next.drafts().map(|item| item.version).collect();
        assert_eq!(drafts, [3]);
    }
}

#[test]
fn a_version_that_asks_for_more_without_a_reason_is_refused() {
    let old = catalogue();
    let aid = old
        .items()
        .iter()
        .find(|item| item.name.zh == "法律援助申请");
    let mut item = serde_json::to_value(aid.unwrap().as_ref()).unwrap();
    item["version"] = 2.into();
    item["onSiteVisits"] = 1.into();
    let refused = drop_in(&item).unwrap_err();
    let shown: Vec<_> = refused
        .faults
        .iter()
        .map(|fault| (fault.code, fault.field.as_str()))
        .collect();
    assert_eq!(shown, [(FaultCode::BurdenReason, "revision.why")]);
    item["revision"] = json!({"editor": "e1", "at": "2026-02-01", "why": "法律要求当面签署"});
    drop_in(&item).unwrap();
    // A draft may ask for anything: it is held against the version in force when it comes into force.
    item.as_object_mut().unwrap().remove("revision");
    item["status"] = "draft".into();
    drop_in(&item).unwrap();
}

#[test]
fn a_second_source_of_one_data_set_is_refused() {
    let old = catalogue();
    let dataset = "人口库-户籍";
    let place = |item: &crate::record::Item| {
        let of = |material: &crate::record::Material| {
            material
                .share
                .as_ref()
                .is_some_and(|share| share.dataset == dataset)
        };
        item.materials.iter().position(of)
    };
    let asks = old
        .items()
        .iter()
        .find(|item| place(item).is_some())
        .unwrap();
    let at = place(asks).unwrap();
    let mut item = serde_json::to_value(asks.as_ref()).unwrap();
    item["version"] = 2.into();
    item["materials"][at]["share"]["provider"] = "RSJ".into();
    let refused = drop_in(&item).unwrap_err();
    assert_eq!(refused.faults.len(), 1);
    assert_eq!(refused.faults[0].code, FaultCode::ShareProvider);
    assert_eq!(
        refused.faults[0].field,
        format!("materials[{at}].share.provider")
    );
    // The only item that asks may name another source: then there is still one.
    item["materials"][at]["share"]["dataset"] = "新设的库".into();
    let new = drop_in(&item).unwrap();
    item["version"] = 3.into();
    item["materials"][at]["share"]["provider"] = "GAJ".into();
    new.with_file(FILE, item.to_string().as_bytes()).unwrap();
    // Twice in one item.
    alone(
        FaultCode::ShareProvider,
        "materials[1].share.provider",
        |item| {
            let share = |provider: &str| json!({"dataset": "双源库", "provider": provider, "key": "idNumber"});
            item["materials"][0]["share"] = share("RSJ");
            item["materials"][1]["share"] = share("GAJ");
        },
    );
}

#[test]
fn results_that_are_materials_of_each_other_are_refused() {
    let mut first = template();
    let mut second = template();
    set_codes(&mut second, "590131902000", "11590100YT00003104", "3");
    for (item, makes, wants) in [(&mut first, "甲证", "乙证"), (&mut second, "乙证", "甲证")]
    {
        item["result"]["name"] = makes.into();
        item["materials"][1]["name"]["zh"] = wants.into();
        item["materials"][1]["supply"] = "submit".into();
        item["materials"][1]["necessity"] = "1".into();
        item["materials"][1]["commitmentAllowed"] = false.into();
    }
    drop_in(&first).unwrap();
    let refused = drop_in(&json!({"items": [first, second]})).unwrap_err();
    let codes: Vec<_> = refused.faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, [FaultCode::Mutual, FaultCode::Mutual]);
    let mut whole: Value = serde_json::from_slice(CATALOGUE).unwrap();
    whole["items"]
        .as_array_mut()
        .unwrap()
        .extend([first, second]);
    let refused = Catalogue::parse(FILE, whole.to_string().as_bytes()).unwrap_err();
    assert_eq!(refused.faults.len(), 2);
}

#[test]
fn a_missing_element_and_a_condition_without_its_basis_are_named_alone() {
    for field in ["acceptConditions", "steps", "channels", "audience"] {
        alone(FaultCode::Incomplete, field, |item| item[field] = json!([]));
    }
    for (field, part) in [
        ("consult", "phone"),
        ("complaint", "phone"),
        ("result", "name"),
    ] {
        let name = format!("{field}.{part}");
        alone(FaultCode::Incomplete, &name, |item| {
            item[field][part] = " ".into()
        });
    }
    alone(FaultCode::Incomplete, "serviceHours", |item| {
        item["serviceHours"] = "".into()
    });
    alone(FaultCode::ConditionBasis, "conditionBasis[1]", |item| {
        item["conditionBasis"] = json!([0]);
    });
    alone(FaultCode::ConditionBasis, "conditionBasis[0]", |item| {
        item["conditionBasis"] = json!([9, 0]);
    });
    let mut item = template();
    item["conditionBasis"] = json!([1, 0]);
    drop_in(&item).unwrap();
}
