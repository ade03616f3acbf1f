//! What becomes of a city's disk: backed up and restored, killed in the wrong moment, swept.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use city_api::requests::officer::{OfficerRole, TasksAnswer};
use city_api::requests::upload::ContentRange;
use city_api::requests::{ProblemCode, paths};
use city_backend::{BlobPlace, City, CityConfig, Database};

use common::filing::ZHANG;
use common::{Room, TestKiosk, database, files, problem, read};

const TWO_HOURS: Duration = Duration::from_secs(2 * 60 * 60);
const PROGRAM: &str = env!("CARGO_BIN_EXE_city-backend");

/// A city on files; PostgreSQL has tools of its own for this.
fn room() -> Room {
    Room::open_with_config(|config| {
        let file = config.keys.with_file_name("city.sqlite");
        config.database = Database::Sqlite(file);
    })
}

fn places(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    let places = [
        ("--database", format!("sqlite:{}", path("city.sqlite"))),
        ("--blobs", path("blobs")),
        ("--keys", path("keys")),
    ];
    places
        .into_iter()
        .flat_map(|(name, value)| [name.to_owned(), value])
        .collect()
}

fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(args).args(places(folder)).output().unwrap()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(text).unwrap()
}

#[test]
fn a_city_lost_its_disk_and_comes_back_with_every_case_page_and_event() {
    let mut room = room();
    let kiosk = room.kiosk();
    let (first, aid) = (kiosk.unemployment(ZHANG), kiosk.legal_aid(ZHANG));
    let acknowledged = kiosk.send(&first);
    let outcome = kiosk.outcome_when(&first, |outcome| outcome.result.is_some());
    kiosk.send(&aid);
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let tasks: TasksAnswer = read(window.get(paths::TASKS));
    let page = format!("/v1/tasks/{}/materials/4/pages/1", tasks.tasks[0].number);
    assert_eq!(window.get(&page).text().unwrap(), "a page");

    // While it serves.
    let copy = room.folder.path().join("copy");
    let to = copy.display().to_string();
    let backup = run(room.folder.path(), &["backup", "--to", &to]);
    assert!(backup.status.success(), "{}", said(&backup));
    let all = "SELECT id, at, kind, actor, detail FROM event ORDER BY id";
    let (events, cases) = (room.rows(all), room.city().cases().unwrap());
    room.stop();

    // The keys were kept apart, and so was the backup.
    let place = tempfile::tempdir().unwrap();
    let keys = place.path().join("keys");
    std::fs::create_dir(&keys).unwrap();
    for key in files(&room.folder.path().join("keys")) {
        std::fs::copy(&key, keys.join(key.file_name().unwrap())).unwrap();
    }
    let restore = run(place.path(), &["restore", "--from", &to]);
    assert!(restore.status.success(), "{}", said(&restore));
    let config = CityConfig {
        departments: room.config.departments.clone(),
        ..CityConfig::in_folder(place.path())
    };
    assert_eq!(database::rows(&config.database, all), events);
    let city = City::start(config).unwrap();
    assert_eq!(city.cases().unwrap(), cases);

    // Kiosks, officers and residents go on as before.
    let kiosk = kiosk.at(&city);
    assert_eq!(
        kiosk.acknowledged(&first, kiosk.post_packet(&first)),
        acknowledged
    );
    let pdf = kiosk.get(&paths::result(outcome.result.unwrap().id));
    assert!(pdf.bytes().unwrap().starts_with(b"%PDF"));
    assert_eq!(window.at(&city).get(&page).text().unwrap(), "a page");
}

#[test]
fn a_restore_over_a_running_city_or_a_place_that_is_not_empty_changes_nothing() {
    let room = room();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send(&packet);
    // Nothing is written any more while the folder is looked at.
    kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    let copy = room.folder.path().join("copy").display().to_string();
    let backup = run(room.folder.path(), &["backup", "--to", &copy]);
    assert!(backup.status.success(), "{}", said(&backup));
    let refused = |folder: &Path, why: &str| {
        let before = files(folder);
        let restore = run(folder, &["restore", "--from", &copy]);
        assert_eq!(restore.status.code(), Some(4));
        assert!(said(&restore).contains(why), "{}", said(&restore));
        assert_eq!(files(folder), before);
    };
    refused(
        room.folder.path(),
        "city.sqlite is there already: nothing was changed",
    );
    assert_eq!(room.city().cases().unwrap().len(), 1);
    for (left, why) in [
        // The log of a database that is gone would be read as the restored one's.
        (
            "city.sqlite-wal",
            "city.sqlite-wal is there already: nothing was changed",
        ),
        ("blobs/parts/aa/aa", "is not empty: nothing was changed"),
    ] {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(left);
        std::fs::create_dir_all(left.parent().unwrap()).unwrap();
        std::fs::write(&left, "left over").unwrap();
        refused(place.path(), why);
    }
    let place = tempfile::tempdir().unwrap();
    let nothing = run(place.path(), &["restore", "--from", "/nonexistent"]);
    assert_eq!(nothing.status.code(), Some(4));
    assert!(files(place.path()).is_empty());
}

/// The program serving a room's city; killed when dropped.
struct Serving(Child, String);

impl Serving {
    fn start(room: &Room) -> Self {
        let mut child = Command::new(PROGRAM)
            .arg("serve")
            .args(places(room.folder.path()))
            .args([
                "--listen",
                "127.0.0.1:0",
                "--departments",
                room.departments.url(),
            ])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut lines = errors.by_ref().map(Result::unwrap);
        let line = lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        std::thread::spawn(move || errors.for_each(drop));
        Self(child, line.unwrap())
    }

    fn kiosk(&self, kiosk: TestKiosk) -> TestKiosk {
        kiosk.at_url(self.1.clone())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lets files be older than they are.
fn age(folder: &Path) {
    for path in files(folder) {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        file.set_modified(written - TWO_HOURS).unwrap();
    }
}

#[test]
fn the_city_was_killed_between_part_and_row_and_the_kiosk_files_again() {
    let mut room = room();
    let kiosk = room.kiosk();
    let packet = kiosk.legal_aid(ZHANG);
    room.stop();
    let serving = Serving::start(&room);
    let kiosk = serving.kiosk(kiosk);
    kiosk.send_parts(&packet);
    let half = &kiosk.allowance(ZHANG).parts[0];
    let range = ContentRange::of(0, 10, half.ciphertext.len() as u64);
    let path = paths::part(&half.sha256.to_string());
    kiosk.put(
        &path,
        half.ciphertext[..10].to_vec(),
        range.map(|range| range.to_string()),
    );
    // SIGKILL: the parts are on the disk, no row names them.
    drop(serving);
    let (parts, orphans) = (
        room.folder.path().join("blobs/parts"),
        room.folder.path().join("blobs/orphans"),
    );
    assert_eq!(files(&parts).len(), packet.parts.len());
    assert_eq!(room.column("SELECT count(*) FROM packet"), ["0"]);

    let sweep = || run(room.folder.path(), &["sweep", "--older-than-hours", "1"]);
    assert!(
        said(&sweep()).starts_with("0 looked at"),
        "younger than an hour"
    );
    age(&room.folder.path().join("blobs"));
    let swept = said(&sweep());
    let done = "3 looked at, 3 put aside, 0 put back, 0 removed, 1 uploads given up";
    assert!(swept.starts_with(done), "{swept}");
    assert_eq!((files(&parts).len(), files(&orphans).len()), (0, 3));

    let serving = Serving::start(&room);
    let kiosk = serving.kiosk(kiosk);
    let missing = problem(kiosk.post_packet(&packet));
    assert_eq!(
        (missing.code, missing.missing_parts.len()),
        (ProblemCode::PartMissing, 3)
    );
    assert_eq!(kiosk.send(&packet).irregular, None);
    drop(serving);
    // What was put aside has a row by now: nothing of it goes.
    age(&orphans);
    let again = sweep();
    assert!(
        said(&again).contains("0 put aside, 3 put back, 0 removed"),
        "{}",
        said(&again)
    );
    assert_eq!((files(&parts).len(), files(&orphans).len()), (3, 0));
    assert_eq!(again.status.code(), Some(0));
}

#[test]
fn a_packet_came_in_the_moment_its_page_was_put_aside_and_the_page_is_read_all_the_same() {
    let room = room();
    let kiosk = room.kiosk();
    let packet = kiosk.legal_aid(ZHANG);
    kiosk.send(&packet);
    let BlobPlace::Folder(blobs) = &room.config.blobs else {
        panic!("a folder")
    };
    let name = packet.parts.last().unwrap().sha256.to_string();
    let part = blobs.join("parts").join(&name[..2]).join(&name);
    let aside = blobs.join("orphans").join(&name);
    std::fs::create_dir_all(aside.parent().unwrap()).unwrap();
    std::fs::rename(&part, &aside).unwrap();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let tasks: TasksAnswer = read(window.get(paths::TASKS));
    let page = format!("/v1/tasks/{}/materials/4/pages/1", tasks.tasks[0].number);
    assert_eq!(window.get(&page).text().unwrap(), "a page");
    let sweep = || {
        run(
            room.folder.path(),
            &["sweep", "--older-than-hours", "1", "--all"],
        )
    };
    assert!(said(&sweep()).contains("1 put back"));
    assert!(part.exists() && !aside.exists());

    // A page that is gone altogether is told, with the packet it belongs to.
    std::fs::remove_file(&part).unwrap();
    room.execute("UPDATE packet SET received = received - 7200000");
    let told = sweep();
    assert_eq!(told.status.code(), Some(1));
    let line = format!("missing: packet {} page-1 {name}", packet.fields.id);
    assert!(said(&told).contains(&line), "{}", said(&told));
}
