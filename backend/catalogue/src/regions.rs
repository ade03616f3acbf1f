//! The division tree: provinces, the city, its districts and sub-districts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::code::is_region;
use crate::load::{Refused, Unknown, record_fault, whole_file};
use crate::record::Lang;

/// Most bytes of a region file.
const MAX_BYTES: usize = 16 << 20;
/// Most levels from province to community.
const MAX_DEPTH: usize = 6;

/// One division.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Division code, 6, 9 or 12 digits.
    pub code: String,
    /// Code of the division it belongs to; `None` for provinces.
    pub parent: Option<String>,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

impl Region {
    /// Its name in `lang`.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// The divisions a city knows, as a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regions {
    by_code: BTreeMap<String, Region>,
}

#[derive(Deserialize)]
struct RegionFile {
    regions: Vec<Region>,
}

impl Regions {
    /// Reads `{"regions": [{code, parent, zh, en}]}`. `file` is only used to name faults.
    ///
    /// # Errors
    /// [`Refused`] (`E_RECORD`) for a wrong shape, a code that occurs twice or is none, an unknown
    /// parent and a circle.
    pub fn parse(file: &str, json: &[u8]) -> Result<Self, Refused> {
        Self::read(file, json, Unknown::Refused)
    }

    /// Reads one that a city published: fields that a newer city added are ignored.
    ///
    /// # Errors
    /// [`Refused`], as `parse`.
    pub fn parse_published(file: &str, json: &[u8]) -> Result<Self, Refused> {
        Self::read(file, json, Unknown::Ignored)
    }

    fn read(file: &str, json: &[u8], unknown: Unknown) -> Result<Self, Refused> {
        let fault = |field: &str, reason| record_fault(file, None, field, reason);
        let read: RegionFile = whole_file(file, json, MAX_BYTES, unknown)?;
        let mut faults = Vec::new();
        let mut regions = Self::default();
        for (index, region) in read.regions.into_iter().enumerate() {
            if !is_region(&region.code) {
                let reason = "a division code has 6, 9 or 12 digits";
                faults.push(fault(&format!("regions[{index}].code"), reason.into()));
            }
            if let Some(other) = regions.by_code.insert(region.code.clone(), region) {
                let reason = format!("{} occurs twice", other.code);
                faults.push(fault(&format!("regions[{index}].code"), reason));
            }
        }
        for region in regions.by_code.values().filter(|r| r.parent.is_some()) {
            if regions
                .ancestors(&region.code)
                .last()
                .is_none_or(|top| top.parent.is_some())
            {
                let reason = format!("{} does not lead to a province", region.code);
                faults.push(fault("regions", reason));
            }
        }
        if faults.is_empty() {
            Ok(regions)
        } else {
            Err(Refused { faults })
        }
    }

    /// The division with this code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Region> {
        self.by_code.get(code)
    }

    /// The divisions directly under `parent`, in the order of their codes; `None` gives the provinces.
    pub fn children<'a>(&'a self, parent: Option<&'a str>) -> impl Iterator<Item = &'a Region> {
        self.by_code
            .values()
            .filter(move |region| region.parent.as_deref() == parent)
    }

    /// The division and those above it, itself first. Stops at an unknown parent.
    fn ancestors<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Region> {
        let first = self.get(code);
        std::iter::successors(first, |region| self.get(region.parent.as_deref()?)).take(MAX_DEPTH)
    }

    /// Whether `code` is known and lies in `root` (or is it).
    #[must_use]
    pub fn is_within(&self, code: &str, root: &str) -> bool {
        self.ancestors(code).any(|region| region.code == root)
    }

    /// The district (6-digit code below a city) a division lies in; `None` for cities and provinces.
    #[must_use]
    pub fn district<'a>(&'a self, code: &'a str) -> Option<&'a Region> {
        self.ancestors(code)
            .find(|region| region.code.len() == 6 && !region.code.ends_with("00"))
    }

    /// Names from province to division, for example `示例省云汀市汀东区`. Empty for an unknown code.
    #[must_use]
    pub fn path_name(&self, code: &str, lang: Lang) -> String {
        let mut path: Vec<&str> = self.ancestors(code).map(|r| r.name(lang)).collect();
        match lang {
            Lang::Zh => {
                path.reverse();
                path.concat()
            }
            Lang::En => path.join(", "),
        }
    }

    /// Splits an address as printed on a card into its deepest known division and the rest.
    ///
    /// The province may be left out, as cards do for cities. `None` where no division is named.
    #[must_use]
    pub fn locate<'a>(&self, address: &'a str) -> Option<(&Region, &'a str)> {
        let mut rest = address.trim();
        let mut found: Option<&Region> = None;
        for _ in 0..MAX_DEPTH {
            let at = found.map(|region| region.code.as_str());
            let below = self.by_code.values().filter(|region| match at {
                Some(code) => region.parent.as_deref() == Some(code),
                None => region.code.len() == 6 && region.code.ends_with("00"),
            });
            let next = below
                .filter(|region| rest.starts_with(&region.zh))
                .max_by_key(|region| region.zh.len());
            let Some(region) = next else { break };
            rest = rest.get(region.zh.len()..).unwrap_or_default();
            found = Some(region);
        }
        found.map(|region| (region, rest))
    }
}
