//! The size of a portrait, as its standard of acceptance names it.
#![allow(clippy::unwrap_used)]

use city_catalogue::Catalogue;
use city_catalogue::record::MaterialKind;

const CATALOGUE: &[u8] = include_bytes!("../../sample-city/catalogue.json");

#[test]
fn a_portrait_has_the_size_its_standard_names_and_a_paper_has_none() {
    let catalogue = Catalogue::parse("catalogue.json", CATALOGUE).unwrap();
    let all = catalogue.items().iter().flat_map(|item| &item.materials);
    let (mut portraits, mut papers) = (0, 0);
    for material in all {
        if material.kind == MaterialKind::Picture {
            assert_eq!(material.portrait_px(), Some((358, 441)));
            portraits += 1;
            for (standard, size) in [
                ("413x626像素，白底", (413, 626)),
                ("白底，480*640", (480, 640)),
                ("二寸，白底", (358, 441)),
                ("1×1像素", (358, 441)),
                ("99999999999×441", (358, 441)),
                ("", (358, 441)),
            ] {
                let mut other = material.clone();
                other.accept_standard = standard.to_owned();
                assert_eq!(other.portrait_px(), Some(size), "{standard}");
            }
        } else {
            assert_eq!(material.portrait_px(), None);
            papers += 1;
        }
    }
    assert!(portraits >= 6 && papers > 100, "{portraits} {papers}");
}
