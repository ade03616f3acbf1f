//! What the manifests may say: members, arrows between our crates, licences, and what the pure
//! crates must not name.

use toml::{Table, Value};

use super::assert_none;
use super::files::{File, read};

/// One of our crates.
struct Crate {
    name: &'static str,
    folder: &'static str,
    licence: &'static str,
    /// Crates of ours that it may name.
    arrows: &'static [&'static str],
    /// What it must never name, beside `Closed` for the core.
    never: &'static [&'static str],
}

const OPEN: &str = "MIT OR Apache-2.0";
const SCREEN: &str = "GPL-3.0-only";
/// Clocks, files, threads, network, databases and windows: not for a pure crate.
const WORLD: &[&str] = &[
    "axum",
    "chrono",
    "fontique",
    "getrandom",
    "object_store",
    "rand",
    "rayon",
    "reqwest",
    "rusqlite",
    "rustix",
    "rustls",
    "slint",
    "time",
    "tokio",
    "tracing-subscriber",
];
/// A driver has its line and its thread, and nothing else of the world.
const NOT_A_DRIVERS: &[&str] = &["axum", "rusqlite", "slint"];
/// The one place of the drivers that knows of futures: those of HTTP exchanges, which have to be
/// dropped in the middle.
const EXCHANGES: &str = "drivers/src/scanner/escl/http.rs";
/// A page draws what it is given.
const NOT_A_PAGES: &[&str] = &[
    "axum",
    "reqwest",
    "rusqlite",
    "rustix",
    "serde_json",
    "tokio",
];
/// The city has no window.
const NOT_A_CITYS: &[&str] = &["fontique", "rustix", "slint"];

/// The core names these and no others, so that it cannot know a clock, files, threads, a
/// database or a window. Another one is added here with its reason.
const CORE: &[&str] = &[
    "city-catalogue",
    "jiff",
    "serde",
    "thiserror",
    "uuid",
    "zeroize",
];

const CRATES: &[Crate] = &[
    Crate {
        name: "kiosk",
        folder: "kiosk-app",
        licence: SCREEN,
        arrows: &[
            "kiosk-core",
            "kiosk-paper",
            "kiosk-drivers",
            "kiosk-ui",
            "city-api",
            "city-catalogue",
            "city-backend",
        ],
        never: &[],
    },
    Crate {
        name: "kiosk-core",
        folder: "kiosk-app/core",
        licence: OPEN,
        arrows: &["city-catalogue"],
        never: WORLD,
    },
    Crate {
        name: "kiosk-paper",
        folder: "kiosk-app/paper",
        licence: OPEN,
        arrows: &[],
        never: WORLD,
    },
    Crate {
        name: "kiosk-drivers",
        folder: "drivers",
        licence: OPEN,
        arrows: &[],
        never: NOT_A_DRIVERS,
    },
    Crate {
        name: "kiosk-ui",
        folder: "ui",
        licence: SCREEN,
        arrows: &[],
        never: NOT_A_PAGES,
    },
    Crate {
        name: "city-catalogue",
        folder: "backend/catalogue",
        licence: OPEN,
        arrows: &[],
        never: WORLD,
    },
    Crate {
        name: "city-api",
        folder: "backend/api",
        licence: OPEN,
        arrows: &["city-catalogue"],
        never: &["axum", "reqwest", "rusqlite", "slint", "tokio"],
    },
    Crate {
        name: "city-backend",
        folder: "backend",
        licence: OPEN,
        arrows: &["city-api", "city-catalogue", "kiosk-paper"],
        never: NOT_A_CITYS,
    },
    Crate {
        name: "kiosk-tests",
        folder: "tests",
        licence: OPEN,
        arrows: &[
            "kiosk",
            "kiosk-core",
            "kiosk-paper",
            "kiosk-drivers",
            "kiosk-ui",
            "city-api",
            "city-catalogue",
            "city-backend",
        ],
        never: &[],
    },
];

fn table(file: &File) -> Table {
    file.text
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", file.path))
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    let list = value
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    list.iter().filter_map(Value::as_str).collect()
}

/// Every dependency of a manifest as (section, real name, its entry), those of single targets
/// too.
fn dependencies(manifest: &Table) -> Vec<(&'static str, String, &Value)> {
    let targets = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flatten();
    let places = targets
        .filter_map(|(_, value)| value.as_table())
        .chain([manifest]);
    let mut found = Vec::new();
    for place in places {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let entries = place
                .get(section)
                .and_then(Value::as_table)
                .into_iter()
                .flatten();
            found.extend(entries.map(|(key, value)| {
                let name = value.get("package").and_then(Value::as_str).unwrap_or(key);
                (section, name.to_owned(), value)
            }));
        }
    }
    found
}

fn check_crate(rule: &Crate, manifest: &Table) -> Vec<String> {
    let package = manifest.get("package");
    let of = |key: &str| {
        package
            .and_then(|table| table.get(key))
            .and_then(Value::as_str)
    };
    let mut complaints = Vec::new();
    let mut complain =
        |text: String| complaints.push(format!("{}/Cargo.toml: {text}", rule.folder));
    if of("name") != Some(rule.name) {
        complain(format!("name is {:?}, not {}", of("name"), rule.name));
    }
    if of("licence").or(of("license")) != Some(rule.licence) {
        complain(format!(
            "licence is {:?}, not {}",
            of("license"),
            rule.licence
        ));
    }
    if manifest.get("lints").is_none() {
        complain("has no lints".to_owned());
    }
    for (section, name, _) in dependencies(manifest) {
        let ours = CRATES.iter().any(|other| other.name == name);
        if ours && !rule.arrows.contains(&name.as_str()) {
            complain(format!(
                "{section}: the arrow {} -> {name} is not allowed",
                rule.name
            ));
        }
        if section == "dev-dependencies" {
            continue;
        }
        if rule.never.contains(&name.as_str()) {
            complain(format!("{section}: {name} has no place here"));
        }
        if rule.name == "kiosk-core" && !CORE.contains(&name.as_str()) {
            complain(format!("{section}: {name} is not on the core's list"));
        }
    }
    complaints
}

/// The appliance is the kiosk without `demo`: no city inside.
fn check_demo(manifest: &Table) -> Vec<String> {
    let found = dependencies(manifest);
    let mut city = found.iter().filter(|(_, name, _)| name == "city-backend");
    let optional = city.all(|(section, _, entry)| {
        *section == "dependencies" && entry.get("optional") == Some(&Value::Boolean(true))
    });
    let features = manifest.get("features");
    let feature = |name: &str| strings(features.and_then(|table| table.get(name)));
    let mut complaints = Vec::new();
    if !optional {
        complaints.push("kiosk-app/Cargo.toml: city-backend is not optional".to_owned());
    }
    if !feature("demo").contains(&"dep:city-backend") {
        complaints.push("kiosk-app/Cargo.toml: demo does not bring the city".to_owned());
    }
    if feature("default") != ["demo"] {
        complaints.push("kiosk-app/Cargo.toml: default is not [\"demo\"]".to_owned());
    }
    complaints
}

fn check_root(manifest: &Table) -> Vec<String> {
    let workspace = manifest.get("workspace");
    let list = |key: &str| strings(workspace.and_then(|table| table.get(key)));
    let mut complaints = Vec::new();
    if list("default-members") != ["kiosk-app"] {
        complaints.push("Cargo.toml: default-members is not [\"kiosk-app\"]".to_owned());
    }
    let drivers = workspace
        .and_then(|table| table.get("dependencies"))
        .and_then(|table| table.get("kiosk-drivers"))
        .and_then(|entry| entry.get("default-features"));
    if drivers != Some(&Value::Boolean(false)) {
        let why = "or simulators are in a kiosk built without `demo`";
        complaints.push(format!(
            "Cargo.toml: kiosk-drivers needs default-features = false, {why}"
        ));
    }
    let known: Vec<_> = CRATES.iter().map(|rule| rule.folder).collect();
    let members = list("members");
    for folder in members.iter().filter(|folder| !known.contains(folder)) {
        complaints.push(format!(
            "Cargo.toml: member {folder} has no rule in tests/tests/tidy"
        ));
    }
    for folder in known.iter().filter(|folder| !members.contains(folder)) {
        complaints.push(format!("Cargo.toml: {folder} is no member"));
    }
    complaints
}

/// Everything comes from the one public registry, and nothing says how one machine reaches it.
fn check_sources(file: &File) -> Vec<String> {
    const REGISTRY: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    const DETOURS: &[&str] = &[
        "replace-with",
        "[source.",
        "[registries",
        "index-url",
        " registry = \"",
        "find-links",
    ];
    let lock = file.is("lock");
    if !(lock || file.is("toml") || file.path.starts_with(".ci/")) {
        return Vec::new();
    }
    let foreign = |line: &str| lock && line.starts_with("source = ") && line != REGISTRY;
    let detour = |line: &str| {
        DETOURS
            .iter()
            .any(|detour| format!(" {line}").contains(detour))
    };
    file.lines()
        .filter(|(_, line)| foreign(line) || detour(line))
        .map(|(number, line)| {
            format!(
                "{}:{number}: not from crates.io: {}",
                file.path,
                line.trim()
            )
        })
        .collect()
}

fn rule(name: &str) -> &'static Crate {
    CRATES.iter().find(|rule| rule.name == name).unwrap()
}

#[test]
fn crates_name_only_what_the_design_allows() {
    let check =
        |rule: &Crate| check_crate(rule, &table(&read(&format!("{}/Cargo.toml", rule.folder))));
    assert_none(&CRATES.iter().flat_map(check).collect::<Vec<_>>());
}

/// A driver blocks; what it blocks on may be a future in one place only.
fn check_futures(file: &File) -> Vec<String> {
    let elsewhere = file.path.starts_with("drivers/") && file.path != EXCHANGES;
    let named = elsewhere && file.is("rs") && file.text.contains("tokio::");
    let complaint = named.then(|| format!("{}: tokio is only for {EXCHANGES}", file.path));
    complaint.into_iter().collect()
}

#[test]
fn drivers_block_and_know_futures_in_one_place_only() {
    assert_none(&super::over_all(check_futures));
    let file = |path: &str| File::new(path, "use tokio::runtime::Runtime;");
    assert_eq!(
        check_futures(&file("drivers/src/keypad/driver.rs")).len(),
        1
    );
    assert_none(&check_futures(&file(EXCHANGES)));
}

#[test]
fn the_city_is_in_the_kiosk_only_for_the_demo() {
    assert_none(&check_demo(&table(&read("kiosk-app/Cargo.toml"))));
}

#[test]
fn the_workspace_holds_all_crates_runs_the_kiosk_and_keeps_simulators_apart() {
    assert_none(&check_root(&table(&read("Cargo.toml"))));
}

#[test]
fn everything_comes_from_the_public_registry() {
    assert_none(&super::over_all(check_sources));
}

/// A manifest of `name` with this text after its head.
fn planted(name: &str, rest: &str) -> Vec<String> {
    let rule = rule(name);
    let head = format!(
        "[package]\nname = \"{name}\"\nlicense = \"{}\"\n[lints]\nworkspace = true\n",
        rule.licence
    );
    check_crate(rule, &(head + rest).parse().unwrap())
}

#[test]
fn a_forbidden_arrow_is_found_wherever_it_hides() {
    assert_none(&planted(
        "kiosk-core",
        "[dependencies]\ncity-catalogue.workspace = true",
    ));
    for rest in [
        "[dependencies]\nkiosk-core.workspace = true",
        "[dev-dependencies]\nkiosk-core = { path = \"../kiosk-app/core\" }",
        "[dependencies]\nheart = { package = \"kiosk-core\", path = \"x\" }",
        "[target.'cfg(unix)'.build-dependencies]\nkiosk-core.workspace = true",
    ] {
        let complaints = planted("kiosk-drivers", rest);
        assert_eq!(complaints.len(), 1, "{rest}: {complaints:?}");
        assert!(
            complaints[0].contains("kiosk-drivers -> kiosk-core"),
            "{complaints:?}"
        );
    }
}

#[test]
fn a_clock_a_database_or_a_window_in_the_core_is_found() {
    for name in ["tokio", "rusqlite", "slint", "chrono"] {
        let complaints = planted("kiosk-core", &format!("[dependencies]\n{name} = \"1\""));
        assert_eq!(complaints.len(), 2, "{complaints:?}");
    }
    assert_eq!(
        planted("kiosk-core", "[dependencies]\nanything = \"1\"").len(),
        1
    );
    assert_eq!(
        planted("kiosk-paper", "[dependencies]\nrustix = \"1\"").len(),
        1
    );
    assert_none(&planted(
        "kiosk-core",
        "[dev-dependencies]\nproptest = \"1\"",
    ));
}

#[test]
fn a_wrong_licence_name_or_missing_lints_are_found() {
    let wrong = "[package]\nname = \"kiosk-drivers\"\nlicense = \"GPL-3.0-only\"";
    assert_eq!(
        check_crate(rule("kiosk-drivers"), &wrong.parse().unwrap()).len(),
        2
    );
    let wrong =
        "[package]\nname = \"drivers\"\nlicense.workspace = true\n[lints]\nworkspace = true";
    assert_eq!(
        check_crate(rule("kiosk-drivers"), &wrong.parse().unwrap()).len(),
        2
    );
}

#[test]
fn a_city_inside_the_appliance_is_found() {
    let good = "[dependencies]\ncity-backend = { workspace = true, optional = true }\n\
                [features]\ndefault = [\"demo\"]\ndemo = [\"dep:city-backend\"]";
    assert_none(&check_demo(&good.parse().unwrap()));
    assert_eq!(
        check_demo(&good.replace("true }", "false }").parse().unwrap()).len(),
        1
    );
    assert_eq!(
        check_demo(&good.replace("dep:", "").parse().unwrap()).len(),
        1
    );
    assert_eq!(
        check_demo(
            &good
                .replace("[dependencies]", "[dev-dependencies]")
                .parse()
                .unwrap()
        )
        .len(),
        1
    );
}

#[test]
fn another_default_member_a_crate_without_rules_or_simulators_for_all_are_found() {
    let folders: Vec<_> = CRATES
        .iter()
        .map(|rule| format!("\"{}\"", rule.folder))
        .collect();
    let good = format!(
        "[workspace]\nmembers = [{}]\ndefault-members = [\"kiosk-app\"]\n\
         [workspace.dependencies]\nkiosk-drivers = {{ path = \"x\", default-features = false }}",
        folders.join(", ")
    );
    assert_none(&check_root(&good.parse().unwrap()));
    let more = good.replace("[\"kiosk-app\"]", "[\"kiosk-app\", \"backend\"]");
    assert_eq!(check_root(&more.parse().unwrap()).len(), 1);
    assert_eq!(
        check_root(&good.replace("\"drivers\"", "\"helpers\"").parse().unwrap()).len(),
        2
    );
}

#[test]
fn a_package_from_elsewhere_is_found() {
    for (path, line) in [
        ("Cargo.lock", "source = \"git+https://example.org/fork#1\""),
        (".cargo/config.toml", "[source.mirror]"),
        (
            "Cargo.toml",
            concat!("thing = { version = \"1\", regis", "try = \"ours\" }"),
        ),
        (
            ".ci/run",
            concat!("pip install --index", "-url https://mirror.example.org x"),
        ),
    ] {
        assert_eq!(check_sources(&File::new(path, line)).len(), 1, "{line}");
    }
    let good = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    assert_none(&check_sources(&File::new("Cargo.lock", good)));
}
