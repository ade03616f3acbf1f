//! What can be wrong with a catalogue, and the refusal that lists it all.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares the fault codes with their names as the specification writes them.
macro_rules! fault_codes {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)+) => {
        /// Name of a fault, as in the validation algorithm (domain specification, section 2.5).
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        pub enum FaultCode {
            $($(#[$meta])* #[serde(rename = $name)] $variant,)+
        }

        impl FaultCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, for example `E_CODE_MISSING`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

fault_codes! {
    /// Basic or implementation code empty.
    CodeMissing = "E_CODE_MISSING",
    /// A code has the wrong form.
    CodeFormat = "E_CODE_FORMAT",
    /// A check character of a body's code is wrong.
    UsccCheck = "E_USCC_CHECK",
    /// The body is not registered, not active, or not the item's.
    DeptUnknown = "E_DEPT_UNKNOWN",
    /// The code's sector is not the body's.
    SectorMismatch = "E_SECTOR_MISMATCH",
    /// The code's level is not the body's.
    LevelMismatch = "E_LEVEL_MISMATCH",
    /// The code's type is unknown or not the item's.
    TypeUnknown = "E_TYPE_UNKNOWN",
    /// Another item in force has the code.
    CodeDuplicate = "E_CODE_DUPLICATE",
    /// No legal basis.
    NoLegalBasis = "E_NO_LEGAL_BASIS",
    /// A certificate is asked for without a law.
    CertNoBasis = "E_CERT_NO_BASIS",
    /// A material that is shared is demanded.
    SharedDemanded = "E_SHARED_DEMANDED",
    /// A material that could be anything.
    MaterialCatchall = "E_MATERIAL_CATCHALL",
    /// Shared, but by no data set.
    ShareUndefined = "E_SHARE_UNDEFINED",
    /// Supplied by a commitment that neither the item nor the material allows (告知承诺, R12).
    Commitment = "E_COMMITMENT",
    /// Limits in different units.
    LimitUnit = "E_LIMIT_UNIT",
    /// More is promised than the law allows.
    PromiseGtStatutory = "E_PROMISE_GT_STATUTORY",
    /// The steps take longer than promised.
    StepGtPromise = "E_STEP_GT_PROMISE",
    /// Instant and promised do not agree.
    CaseType = "E_CASETYPE",
    /// A step's body is not registered.
    StepDeptUnknown = "E_STEP_DEPT_UNKNOWN",
    /// A fee without a basis.
    FeeNoBasis = "E_FEE_NO_BASIS",
    /// A field twice.
    FormDup = "E_FORM_DUP",
    /// A choice without options.
    FormOptions = "E_FORM_OPTIONS",
    /// A rule names a field that is not there.
    FormRef = "E_FORM_REF",
    /// A regular expression that cannot be used.
    Pattern = "E_PATTERN",
    /// A part that every published item has is empty (R17).
    Incomplete = "E_INCOMPLETE",
    /// A condition points to a legal basis that is not there (R9).
    ConditionBasis = "E_CONDITION_BASIS",
    /// A second body as the source of one data set (一数一源, R19).
    ShareProvider = "E_SHARE_PROVIDER",
    /// Items whose results are materials of each other, with no way to begin (互为前置, R16).
    Mutual = "E_MUTUAL",
    /// A version that burdens people more than the one before, without a recorded reason (R1).
    BurdenReason = "E_BURDEN_REASON",
    /// A version without the reviews it needs (R15, R21).
    Review = "E_REVIEW",
    /// A record of the wrong shape, or beyond the bounds.
    Record = "E_RECORD",
}

impl fmt::Display for FaultCode {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.as_str())
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fault {
    /// File as the caller named it.
    pub file: String,
    /// Code of the item, or its place (`items[3]`) where it has none; `None` for the file itself.
    pub item: Option<String>,
    /// Path of the field inside the item (or the file), for example `materials[2].name.zh`.
    pub field: String,
    /// Name of the fault.
    pub code: FaultCode,
    /// What is wrong, in a sentence.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: ", self.file)?;
        if let Some(item) = &self.item {
            write!(to, "{item}: ")?;
        }
        write!(to, "{}: {}: {}", self.field, self.code, self.reason)
    }
}

/// A catalogue that is not taken, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub struct Refused {
    /// The faults, in the order of the file; never empty.
    pub faults: Vec<Fault>,
}

impl fmt::Display for Refused {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "catalogue refused, {} fault(s)", self.faults.len())?;
        for fault in &self.faults {
            write!(to, "\n{fault}")?;
        }
        Ok(())
    }
}

/// Collects the faults of one item (or of the file around the items).
pub(super) struct Faults<'a> {
    file: &'a str,
    item: Option<String>,
    found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    /// An empty list for `item` of `file`.
    pub(super) fn new(file: &'a str, item: Option<String>) -> Self {
        Self {
            file,
            item,
            found: Vec::new(),
        }
    }

    /// Adds a fault at `field`.
    pub(super) fn add(
        &mut self,
        code: FaultCode,
        field: impl Into<String>,
        reason: impl Into<String>,
    ) {
        self.found.push(Fault {
            file: self.file.to_owned(),
            item: self.item.clone(),
            field: field.into(),
            code,
            reason: reason.into(),
        });
    }

    /// The faults found.
    pub(super) fn into_vec(self) -> Vec<Fault> {
        self.found
    }
}
