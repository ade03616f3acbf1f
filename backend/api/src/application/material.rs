//! How each material of an item reached the city.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
use crate::packet::Role;

/// One material of the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MaterialRef {
    /// `seq` of the material in the item's version; 0 for a file field of the form.
    pub seq: u32,
    /// Name of the form field that takes the file; None for a material of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How it is supplied.
    pub how: How,
}

/// The ways a material is supplied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "way",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum How {
    /// A register of the city has it (免提交).
    AlreadyHeld {
        /// The data set.
        dataset: String,
    },
    /// A register should have it and has no record: an officer looks.
    NoRecord {
        /// The data set.
        dataset: String,
    },
    /// A register has it but could not be asked: the city asks after filing.
    AskedLater {
        /// The data set.
        dataset: String,
    },
    /// Read from the identity document.
    FromCard {},
    /// Made from the answers: it is the signed form.
    Generated {},
    /// Scanned here.
    Scanned {
        /// Parts of the packet with its pages, in order.
        pages: Vec<Role>,
    },
    /// A signed commitment stands in for it (告知承诺).
    Promised {
        /// Version of the commitment's text.
        version: String,
        /// SHA-256 of the text as shown.
        text_sha256: Sha256,
    },
    /// It will be brought later (容缺).
    Later {
        /// Until this day.
        due: Date,
    },
    /// Not brought; it is not required, or the city asks for it.
    NotBrought {},
}
