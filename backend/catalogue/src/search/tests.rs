//! What residents type, and the item that comes first.

use proptest::prelude::*;

use super::Index;
use crate::load::Catalogue;
use crate::sample::catalogue;

fn names(catalogue: &Catalogue, query: &str) -> Vec<String> {
    let hits = Index::new(catalogue).search(query, 5);
    let name = |code| catalogue.item(code).unwrap().name.zh.clone();
    hits.iter().map(|hit| name(&hit.code)).collect()
}

#[test]
fn every_way_of_typing_finds_the_item_first() {
    let catalogue = catalogue();
    for (query, first) in [
        ("失业登记", "失业登记"),
        ("失业", "失业登记"),
        ("sydj", "失业登记"),
        ("SYDJ", "失业登记"),
        ("syd", "失业登记"),
        ("shiyedengji", "失业登记"),
        ("shi ye deng ji", "失业登记"),
        ("shiyedj", "失业登记"),
        ("ｓｙｄｊ", "失业登记"),
        ("unemployment reg", "失业登记"),
        ("legal aid", "法律援助申请"),
        ("flyz", "法律援助申请"),
        ("营业执照", "营业执照自助打印"),
        ("低保", "最低生活保障确认"),
    ] {
        let found = names(&catalogue, query);
        assert_eq!(
            found.first().map(String::as_str),
            Some(first),
            "{query}: {found:?}"
        );
    }
}

#[test]
fn one_typo_is_forgiven() {
    let catalogue = catalogue();
    for (query, wanted) in [
        ("shiyedegnji", "失业登记"),
        ("shixedengji", "失业登记"),
        ("失业等记", "失业登记"),
        ("falvyanzhu", "法律援助申请"),
        ("unemploiment", "失业登记"),
    ] {
        let found = names(&catalogue, query);
        assert!(
            found.iter().any(|name| name == wanted),
            "{query}: {found:?}"
        );
    }
}

#[test]
fn nonsense_and_blanks_find_nothing() {
    let catalogue = catalogue();
    for query in ["", "   ", "，。", "qqqqqqqq", "火星移民"] {
        assert_eq!(names(&catalogue, query), Vec::<String>::new(), "{query}");
    }
    assert_eq!(Index::new(&catalogue).search("登记", 3).len(), 3);
}

proptest! {
    #[test]
    fn no_query_panics(query in ".{0,80}") {
        let found = INDEX.with(|index| index.search(&query, 10).len());
        prop_assert!(found <= 10);
    }
}

thread_local! {
    static INDEX: Index = Index::new(&catalogue());
}
