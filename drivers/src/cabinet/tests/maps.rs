//! Register maps as technicians write them.

use super::super::bus::Table;
use super::super::sim::SimBoard;
use super::super::{CabinetEvent, MapError, RegisterMap, Signal};
use super::{Room, sample};

const SMALL: &str = r#"
unit = 7
[identity]
table = "holding"
address = 16
count = 1
[[input]]
signal = "door"
table = "coil"
address = 65530
"#;

#[test]
fn the_shipped_map_reads_each_table_once() {
    let map = sample();
    let tables: Vec<(Table, u16, u16)> = map
        .blocks
        .iter()
        .map(|block| (block.table, block.address, block.count))
        .collect();
    assert_eq!(tables, [(Table::Discrete, 0, 6), (Table::Input, 0, 2)]);
    assert_eq!(map.baud(), 9600);
}

#[test]
fn a_board_with_one_switch_will_do() {
    let map = RegisterMap::parse(SMALL).unwrap();
    let mut room = Room::with(map.clone(), SimBoard::new(&map));
    // An answer sent twice must not be taken for the next one.
    room.line.device(|board| board.faults.twice = u32::MAX);
    room.run(2.0);
    assert_eq!(room.said(), [CabinetEvent::Door(false)]);
    room.line.device(|board| board.set(Signal::Door, true));
    room.run(2.0);
    assert_eq!(room.said(), [CabinetEvent::Door(true)]);
    assert!(room.faults.is_empty());
}

#[test]
fn a_map_that_cannot_work_says_why() {
    let error = |from: &str, to: &str| {
        assert!(SMALL.contains(from), "{from}");
        RegisterMap::parse(&SMALL.replace(from, to)).unwrap_err()
    };
    assert!(matches!(
        error("unit = 7", "unit = 0"),
        MapError::Range("unit")
    ));
    assert!(matches!(
        error("count = 1", "count = 0"),
        MapError::Range("identity")
    ));
    assert!(matches!(
        error("unit = 7", "unit = 7\nspeed = 9"),
        MapError::Toml(_)
    ));
    assert!(matches!(
        error("table = \"coil\"", "table = \"input\""),
        MapError::WrongTable("door")
    ));
    assert!(matches!(
        error("table = \"holding\"", "table = \"coil\""),
        MapError::Ambiguous
    ));
    assert!(matches!(
        error("address = 65530", "address = 65535"),
        MapError::TooFar
    ));
    let lit = format!("{SMALL}[[light]]\nslot = \"card\"\ncoil = 1\n");
    assert!(RegisterMap::parse(&lit).is_ok());
    let lit = lit.replace("\"coil\"", "\"discrete\"");
    let lit = lit.replace("\"holding\"", "\"coil\"");
    let like_lights = RegisterMap::parse(&lit);
    assert!(matches!(like_lights, Err(MapError::Ambiguous)));
    let twice = format!("{SMALL}[[input]]\nsignal = \"door\"\ntable = \"coil\"\naddress = 1\n");
    assert!(matches!(
        RegisterMap::parse(&twice),
        Err(MapError::Twice("door"))
    ));
    let far = format!("{SMALL}[[input]]\nsignal = \"cover\"\ntable = \"coil\"\naddress = 1\n");
    assert!(matches!(RegisterMap::parse(&far), Err(MapError::TooFar)));
    let empty = SMALL.split("[[input]]").next().unwrap();
    assert!(matches!(RegisterMap::parse(empty), Err(MapError::Empty)));
    assert!(matches!(
        RegisterMap::parse(&"#".repeat(70_000)),
        Err(MapError::TooLong)
    ));
    let line = error("signal = \"door\"", "signal = \"window\"");
    let cause = std::error::Error::source(&line).unwrap().to_string();
    assert!(cause.contains("line 8"), "{cause}");
}

#[test]
fn a_map_is_read_from_its_file_and_a_missing_or_endless_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("board.toml");
    let missing = RegisterMap::read(&path).unwrap_err().to_string();
    assert!(missing.ends_with("board.toml"), "{missing}");
    std::fs::write(&path, SMALL).unwrap();
    assert_eq!(RegisterMap::read(&path).unwrap().unit, 7);
    let endless = RegisterMap::read(std::path::Path::new("/dev/zero"));
    assert!(matches!(endless, Err(MapError::TooLong)));
}
