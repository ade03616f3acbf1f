//! The fictional city 云汀市: its data, and its departments' data service as a process of its own.

mod decisions;
pub mod departments;
mod registers;
pub mod simulate;

/// The files of the sample catalogue by name, as they are written to a fresh catalogue folder.
pub const FILES: &[(&str, &str)] = &[
    ("catalogue.json", include_str!("catalogue.json")),
    ("commitments.json", include_str!("commitments.json")),
    ("contracts.json", include_str!("contracts.json")),
    ("holidays.json", include_str!("holidays.json")),
    ("options.json", include_str!("options.json")),
    ("regions.json", include_str!("regions.json")),
    ("stations.json", include_str!("stations.json")),
];

/// Chip contents of the fictional persons (`README.md` of the sample city has the shape).
pub const CARDS: &str = include_str!("cards.json");

/// Registers of the fictional departments.
pub(crate) const REGISTERS: &str = include_str!("registers.json");

/// Rules by which the fictional departments decide.
pub(crate) const DECISIONS: &str = include_str!("decisions.json");
