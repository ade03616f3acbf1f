//! Every scripted visit, played through the real loop, real drivers and the real city.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs)]

use std::net::SocketAddr;

use city_backend::DepartmentsSource;
use city_backend::sample_city::departments::RunningDepartments;
use kiosk::demo::headless::{Playing, run};
use kiosk::demo::script::{Script, names};

/// One test for all visits: they share a city, as a day's visitors do, and the city must hold
/// exactly the cases they filed at its end.
#[test]
fn every_visit_goes_as_told_and_the_city_holds_exactly_what_was_filed() {
    let departments =
        RunningDepartments::start(SocketAddr::from(([127, 0, 0, 1], 0))).expect("departments");
    let out = tempfile::tempdir().expect("a folder");
    let visits = names()
        .map(|name| Script::built_in(name).expect("a built-in visit"))
        .collect();
    let playing = Playing {
        visits,
        out: out.path().to_owned(),
        paced: false,
        // Smaller pictures: what they look like is another test's business.
        size: (540, 960),
        departments: DepartmentsSource::Url(departments.url().to_owned()),
    };
    let summary = run(playing, |visit| {
        let reason = visit.failed.as_ref().map(ToString::to_string);
        println!(
            "{} {:.1} s {reason:?}",
            visit.name,
            visit.took.as_secs_f64()
        );
    })
    .expect("the visits are played");
    for visit in &summary.visits {
        assert!(visit.failed.is_none(), "{}: {:?}", visit.name, visit.failed);
        let pictures = std::fs::read_dir(out.path().join(&visit.name)).expect("pictures");
        assert!(pictures.count() > 3, "{} left its pictures", visit.name);
    }
    assert_eq!(
        summary.missing,
        Vec::<String>::new(),
        "filed, and not in the city"
    );
    assert_eq!(
        summary.surplus,
        Vec::<String>::new(),
        "in the city, and never filed"
    );
    assert!(summary.good());
}
