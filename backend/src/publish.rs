//! The catalogue folder: read, checked, signed, served; watched for files that are dropped into it.
//!
//! `catalogue.json`, `holidays.json`, `regions.json`, `options.json`, `stations.json`, `commitments.json`,
//! `contracts.json` and `policy.json` are the base. Any further `*.json` adds or replaces items. A faulty file is refused with every fault, beside it as `FILE.refused.txt`; what
//! was published of it before stays.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use city_api::bundle::{Bundle, LOCKERS, SignedBundle};
use city_api::digest::Sha256;
use city_api::keys::{CityKeys, DeviceKey};
use city_api::requests::status::{CatalogueStatus, FileFault, RefusedFile};
use city_api::time::CityTime;
use city_catalogue::clock::{Calendar, OfficeHours};
use city_catalogue::contract::{Contract, Contracts};
use city_catalogue::form::{Context, DynamicOptions, as_published};
use city_catalogue::library::life::is_reviewed;
use city_catalogue::policy::{LibraryPolicy, Policy};
use city_catalogue::record::{Item, Status};
use city_catalogue::regions::Regions;
use city_catalogue::{Catalogue, Fault, Refused};

use crate::file::CaseItem;
use crate::flow::Ground;
use crate::increments::Increments;
use crate::intake::Commitments;
use crate::store::{ItemRow, Shelf, Store, StoreError, VersionRow};

const CATALOGUE: &str = "catalogue.json";
const HOLIDAYS: &str = "holidays.json";
const REGIONS: &str = "regions.json";
const OPTIONS: &str = "options.json";
const STATIONS: &str = "stations.json";
const COMMITMENTS: &str = "commitments.json";
const CONTRACTS: &str = "contracts.json";
const POLICY: &str = "policy.json";
/// Name of the versions that were written here, in faults.
const LIBRARY: &str = "library";
const BASE: [&str; 8] = [
    CATALOGUE,
    HOLIDAYS,
    REGIONS,
    OPTIONS,
    STATIONS,
    COMMITMENTS,
    CONTRACTS,
    POLICY,
];

/// Most bytes of one file in the folder.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// Most files in the folder that are looked at.
const MAX_FILES: usize = 1000;
/// Sector of the body that runs the city's platform and windows (`specs/domain.md` 2.1).
const BUREAU_SECTOR: &str = "99";

/// Why there is nothing to publish.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The folder or a file cannot be read or written.
    #[error("{operation} {path}")]
    File {
        /// What was done.
        operation: &'static str,
        /// Where.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The base catalogue is faulty and there is no older one.
    #[error("the base catalogue is refused: {0}")]
    Refused(String),
    /// The bundle cannot be signed.
    #[error("signing the bundle")]
    Sign(#[from] city_api::bundle::SignError),
    /// The database failed.
    #[error("keeping the bundle")]
    Store(#[from] StoreError),
    /// A record cannot be written as JSON.
    #[error("writing the catalogue")]
    Json(#[from] serde_json::Error),
}

/// What is published.
#[derive(Debug)]
pub(crate) struct Published {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// Working days.
    pub calendar: Calendar,
    /// Divisions.
    pub regions: Regions,
    /// Choices of services.
    pub options: DynamicOptions,
    /// Texts of commitments.
    pub commitments: Commitments,
    /// Contracts of data sharing; a city without the file has none and calls nothing.
    pub contracts: Contracts,
    /// What the city sets by itself.
    pub policy: Policy,
    /// When acceptance counts for the day.
    pub hours: OfficeHours,
    /// The body that runs the platform.
    pub bureau: String,
    /// Version of the bundle.
    pub version: u64,
    /// The bundle.
    pub bundle: SignedBundle,
    /// What leads to the bundle from those before it.
    pub increments: Increments,
    /// What `/v1/catalogue/status` answers.
    pub status: CatalogueStatus,
}

impl Published {
    /// What a case of this item stands on now; `item` is None for a case without a known item.
    #[must_use]
    pub(crate) fn ground<'a>(&'a self, now: Timestamp, item: Option<&'a CaseItem>) -> Ground<'a> {
        Ground {
            now,
            calendar: &self.calendar,
            hours: &self.hours,
            item,
            bureau: &self.bureau,
            policy: &self.policy,
        }
    }

    /// What answers filed on the day `today` are checked against.
    #[must_use]
    pub(crate) fn context(&self, today: Date) -> Context<'_> {
        Context {
            today,
            calendar: &self.calendar,
            options: &self.options,
            regions: &self.regions,
            script: as_published,
        }
    }
}

/// The content of the folder by file name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Reads the folder.
///
/// # Errors
/// [`PublishError::File`] when it cannot be read.
pub(crate) fn read_folder(folder: &Path) -> Result<Files, PublishError> {
    let mut files = Files::new();
    let entries = std::fs::read_dir(folder).map_err(failed("listing", folder))?;
    for entry in entries.take(MAX_FILES) {
        let entry = entry.map_err(failed("listing", folder))?;
        let path = entry.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if !name.ends_with(".json") || name.starts_with('.') {
            continue;
        }
        let size = entry.metadata().map_err(failed("looking at", &path))?.len();
        // A file too large to be a catalogue is refused as one that is not JSON, without reading it.
        let bytes = if size > MAX_FILE {
            format!("more than {MAX_FILE} bytes").into_bytes()
        } else {
            std::fs::read(&path).map_err(failed("reading", &path))?
        };
        files.insert(name.to_owned(), bytes);
    }
    Ok(files)
}

/// The base catalogue of the folder; None when it has none.
///
/// # Errors
/// [`PublishError`] when it cannot be read or is refused.
pub(crate) fn read_catalogue(folder: &Path) -> Result<Option<Catalogue>, PublishError> {
    if !folder.join(CATALOGUE).exists() {
        return Ok(None);
    }
    let files = read_folder(folder)?;
    let bytes = files.get(CATALOGUE).map(Vec::as_slice).unwrap_or_default();
    let catalogue = Catalogue::parse(CATALOGUE, bytes);
    catalogue
        .map(Some)
        .map_err(|refused| PublishError::Refused(refused.to_string()))
}

/// What the city of this folder sets by itself; the defaults where it sets nothing.
///
/// # Errors
/// [`PublishError`] when it cannot be read or is refused.
pub(crate) fn read_policy(folder: &Path) -> Result<Policy, PublishError> {
    if !folder.join(POLICY).exists() {
        return Ok(Policy::default());
    }
    let files = read_folder(folder)?;
    let bytes = files.get(POLICY).map(Vec::as_slice).unwrap_or_default();
    Policy::parse(POLICY, bytes).map_err(|refused| PublishError::Refused(refused.to_string()))
}

/// Writes the base files that are missing.
///
/// # Errors
/// [`PublishError::File`] when the folder cannot be written.
pub(crate) fn write_missing(folder: &Path, files: &[(&str, &str)]) -> Result<(), PublishError> {
    std::fs::create_dir_all(folder).map_err(failed("making", folder))?;
    for (name, content) in files {
        let path = folder.join(name);
        if !path.exists() {
            std::fs::write(&path, content).map_err(failed("writing", &path))?;
        }
    }
    Ok(())
}

/// Checks the files and remembers the last good content of each.
#[derive(Debug)]
pub(crate) struct Press {
    folder: PathBuf,
    good: Files,
    refused: Vec<RefusedFile>,
    /// What was published of the versions of items and contracts written here.
    marks: [i64; 2],
}

/// The base, checked.
struct Base {
    catalogue: Catalogue,
    calendar: Calendar,
    regions: Regions,
    options: DynamicOptions,
    commitments: Commitments,
    contracts: Contracts,
    policy: Policy,
    documents: BTreeMap<String, serde_json::Value>,
}

impl Press {
    /// A press for this folder.
    #[must_use]
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            good: Files::new(),
            refused: Vec::new(),
            marks: [0; 2],
        }
    }

    /// Whether more of the versions that were written here are to be published.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub(crate) async fn is_behind(&self, store: &Store) -> Result<bool, StoreError> {
        let items = store.library_mark(Shelf::Items).await?;
        let contracts = store.library_mark(Shelf::Contracts).await?;
        Ok([items, contracts] != self.marks)
    }

    /// Checks the files, signs what is good and keeps it.
    ///
    /// # Errors
    /// [`PublishError`] when the base is faulty and no older base is known, or the store fails.
    pub(crate) async fn publish(
        &mut self,
        files: Files,
        keys: &CityKeys,
        signing: &dyn DeviceKey,
        store: &Store,
        now: Timestamp,
    ) -> Result<Published, PublishError> {
        self.refused.clear();
        self.good
            .retain(|name, _| files.contains_key(name) || BASE.contains(&name.as_str()));
        let mut base = self.base(&files)?;
        for (name, bytes) in files
            .iter()
            .filter(|(name, _)| !BASE.contains(&name.as_str()))
        {
            base.catalogue = self.with_file(&base, name, bytes);
        }
        let (written, items) = store.published_versions(Shelf::Items).await?;
        for row in written {
            base.catalogue = with_version(base.catalogue, &row);
        }
        let seed = base.contracts.clone();
        let (written, contracts) = store.published_versions(Shelf::Contracts).await?;
        for row in written {
            base.contracts = with_contract(base.contracts, &row, &base.catalogue);
        }
        self.marks = [items, contracts];
        self.write_refusals(&files);
        let drafts = base.catalogue.drafts().count();
        base.catalogue = base.catalogue.published();
        let mut documents = base.documents;
        documents.insert(
            "catalogue".to_owned(),
            serde_json::to_value(&base.catalogue)?,
        );
        let lockers = &base.policy.delivery.lockers;
        if !lockers.is_empty() {
            let stations: Vec<_> = lockers.keys().collect();
            documents.insert(LOCKERS.to_owned(), serde_json::to_value(stations)?);
        }
        let content = city_api::canonical::to_vec(&(&documents, keys))?;
        let content = *Sha256::of(&content).as_bytes();
        let (version, issued) = store.publish(content, now).await?;
        let rows = item_rows(&base.catalogue)?;
        store.keep_records(Shelf::Items, rows, now).await?;
        let rows = contract_rows(&base.contracts, &seed)?;
        store.keep_records(Shelf::Contracts, rows, now).await?;
        let bundle = Bundle {
            version,
            issued: CityTime::new(issued),
            city_keys: keys.clone(),
            documents,
        };
        let signed = bundle.sign(signing)?;
        store.keep_bundle(version, kept(bundle)?).await?;
        Ok(Published {
            bureau: bureau(&base.catalogue),
            hours: OfficeHours::default(),
            status: CatalogueStatus {
                version,
                issued,
                items: u32::try_from(base.catalogue.items().len()).unwrap_or(u32::MAX),
                drafts: u32::try_from(drafts).unwrap_or(u32::MAX),
                refused: self.refused.clone(),
            },
            bundle: signed,
            increments: Increments::default(),
            version,
            catalogue: base.catalogue,
            calendar: base.calendar,
            regions: base.regions,
            options: base.options,
            commitments: base.commitments,
            contracts: base.contracts,
            policy: base.policy,
        })
    }

    /// The base of these files, or the last good one.
    fn base(&mut self, files: &Files) -> Result<Base, PublishError> {
        let offered: Files = BASE
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), files.get(*name)?.clone())))
            .collect();
        match parse_base(&offered) {
            Ok(base) => {
                self.good.extend(offered);
                Ok(base)
            }
            Err(refused) => {
                self.refuse(&refused);
                let known: Files = self
                    .good
                    .iter()
                    .filter(|(name, _)| BASE.contains(&name.as_str()))
                    .map(|(name, bytes)| (name.clone(), bytes.clone()))
                    .collect();
                parse_base(&known).map_err(|_| PublishError::Refused(refused.to_string()))
            }
        }
    }

    /// The catalogue with a dropped file, or with the last good content of that file.
    fn with_file(&mut self, base: &Base, name: &str, bytes: &[u8]) -> Catalogue {
        let (catalogue, policy) = (&base.catalogue, &base.policy.library);
        let checked = catalogue.with_file(name, bytes).and_then(|next| {
            match unreviewed(&next, catalogue, policy, name) {
                faults if faults.is_empty() => Ok(next),
                faults => Err(Refused { faults }),
            }
        });
        match checked {
            Ok(next) => {
                self.good.insert(name.to_owned(), bytes.to_vec());
                next
            }
            Err(refused) => {
                self.refuse(&refused);
                self.good
                    .get(name)
                    .and_then(|good| catalogue.with_file(name, good).ok())
                    .unwrap_or_else(|| catalogue.clone())
            }
        }
    }

    fn refuse(&mut self, refused: &Refused) {
        for fault in &refused.faults {
            let fact = FileFault {
                item: fault.item.as_ref().map(ToString::to_string),
                field: (!fault.field.is_empty()).then(|| fault.field.clone()),
                code: fault.code.to_string(),
                reason: fault.reason.clone(),
            };
            match self
                .refused
                .iter_mut()
                .find(|known| known.file == fault.file)
            {
                Some(known) => known.faults.push(fact),
                None => self.refused.push(RefusedFile {
                    file: fault.file.clone(),
                    faults: vec![fact],
                }),
            }
        }
    }

    /// Puts the faults beside each refused file, and takes the note of a mended one away.
    fn write_refusals(&self, files: &Files) {
        for name in files.keys() {
            let note = self.folder.join(format!("{name}.refused.txt"));
            let refused = self.refused.iter().find(|refused| &refused.file == name);
            let done = match refused {
                Some(refused) => std::fs::write(&note, refusal_text(refused)),
                None if note.exists() => std::fs::remove_file(&note),
                None => Ok(()),
            };
            if let Err(error) = done {
                tracing::warn!(file = %note.display(), %error, "the note on a refused file cannot be kept");
            }
            if let Some(refused) = refused {
                tracing::warn!(file = %name, faults = refused.faults.len(), "catalogue file refused");
            }
        }
    }
}

/// The faults of versions that a file brings into force without the reviews they need, where the city asks for them.
fn unreviewed(next: &Catalogue, old: &Catalogue, policy: &LibraryPolicy, file: &str) -> Vec<Fault> {
    if !policy.files_need_review {
        return Vec::new();
    }
    let known = |item: &Item| old.items().iter().any(|known| known.as_ref() == item);
    let brought = next.items().iter().map(AsRef::as_ref);
    let brought = brought.filter(|item: &&Item| item.status == Status::InForce && !known(item));
    let faults = brought.filter(|item| !is_reviewed(item, policy));
    faults
        .map(|item| Fault {
            file: file.to_owned(),
            item: Some(item.code().as_str().to_owned()),
            field: "revision.reviewers".to_owned(),
            code: city_catalogue::FaultCode::Review,
            reason: "it names no review by another person, or not the two of approval character"
                .to_owned(),
        })
        .collect()
}

/// The catalogue with a version that was written here; without it where the folder has a higher one by now.
fn with_version(catalogue: Catalogue, row: &VersionRow) -> Catalogue {
    match catalogue.with_file(LIBRARY, row.record.as_bytes()) {
        Ok(next) => next,
        Err(refused) => {
            tracing::warn!(code = %row.code, version = row.version, faults = refused.faults.len(),
                "a version that was written here does not fit the folder");
            catalogue
        }
    }
}

/// The contracts with what was written here of one, or without it when it was cancelled; as they are where the folder has
/// a higher version by now.
fn with_contract(contracts: Contracts, row: &VersionRow, catalogue: &Catalogue) -> Contracts {
    if row.life.status == Status::Cancelled {
        return contracts.without(&row.code, row.version);
    }
    let found = serde_json::from_str(&row.record).map_err(|error| error.to_string());
    let next = found.and_then(|contract| {
        let next = contracts.with(LIBRARY, contract, catalogue);
        next.map_err(|refused| refused.to_string())
    });
    next.unwrap_or_else(|reason| {
        tracing::warn!(id = %row.code, version = row.version, %reason,
            "a contract that was written here does not fit the folder");
        contracts
    })
}

/// Place of the fictional persons in a bundle, and the name of their hash where the persons are left out.
const PERSONS: (&str, &str) = ("demoPersons", "sha256");

/// A bundle as it is kept to make increments from: with the hash of its fictional persons in their place, since nobody's
/// name or number is readable in the database.
fn kept(mut bundle: Bundle) -> Result<Vec<u8>, serde_json::Error> {
    if let Some(persons) = persons(&mut bundle) {
        let hash = Sha256::of(&city_api::canonical::to_vec(persons)?);
        *persons = serde_json::json!({ PERSONS.1: hash.to_string() });
    }
    city_api::canonical::to_vec(&bundle)
}

/// A kept bundle with the persons of a newer one where they are the same; with none where they are not.
///
/// # Errors
/// When it is no bundle.
pub(crate) fn unkept(bytes: &[u8], newer: &mut Bundle) -> Result<Bundle, serde_json::Error> {
    let mut bundle: Bundle = serde_json::from_slice(bytes)?;
    if let (Some(held), Some(now)) = (persons(&mut bundle), persons(newer)) {
        let hash = Sha256::of(&city_api::canonical::to_vec(now)?).to_string();
        let same = held.get(PERSONS.1).and_then(|held| held.as_str()) == Some(&hash);
        *held = if same {
            now.clone()
        } else {
            serde_json::Value::Null
        };
    }
    Ok(bundle)
}

fn persons(bundle: &mut Bundle) -> Option<&mut serde_json::Value> {
    bundle.documents.get_mut("catalogue")?.get_mut(PERSONS.0)
}

fn refusal_text(refused: &RefusedFile) -> String {
    let lines = refused.faults.iter().map(|fault| {
        let item = fault.item.as_deref().unwrap_or("-");
        let field = fault.field.as_deref().unwrap_or("-");
        format!(
            "{}\t{item}\t{field}\t{}\t{}\n",
            refused.file, fault.code, fault.reason
        )
    });
    std::iter::once("file\titem\tfield\tcode\treason\n".to_owned())
        .chain(lines)
        .collect()
}

fn parse_base(files: &Files) -> Result<Base, Refused> {
    let bytes = |name: &str| files.get(name).map(Vec::as_slice);
    let mut faults = Vec::new();
    let mut take = |refused: Refused| faults.extend(refused.faults);
    let catalogue = Catalogue::parse(CATALOGUE, bytes(CATALOGUE).unwrap_or_default())
        .map_err(&mut take)
        .ok();
    let calendar = Calendar::parse(HOLIDAYS, bytes(HOLIDAYS).unwrap_or_default())
        .map_err(&mut take)
        .ok();
    let regions = Regions::parse(REGIONS, bytes(REGIONS).unwrap_or_default())
        .map_err(&mut take)
        .ok();
    let options = json::<DynamicOptions>(OPTIONS, bytes(OPTIONS).unwrap_or(b"{}"))
        .map_err(&mut take)
        .ok();
    let commitments = json::<Commitments>(COMMITMENTS, bytes(COMMITMENTS).unwrap_or(b"{}"))
        .map_err(&mut take)
        .ok();
    let contracts = catalogue.as_ref().and_then(|catalogue| {
        let none = br#"{"contracts":[]}"#;
        Contracts::parse(CONTRACTS, bytes(CONTRACTS).unwrap_or(none), catalogue)
            .map_err(&mut take)
            .ok()
    });
    let policy = Policy::parse(POLICY, bytes(POLICY).unwrap_or(b"{}"))
        .map_err(&mut take)
        .ok();
    let mut documents = BTreeMap::new();
    for name in [HOLIDAYS, REGIONS, OPTIONS, STATIONS, COMMITMENTS] {
        let Some(content) = bytes(name) else { continue };
        if let Ok(value) = json::<serde_json::Value>(name, content).map_err(&mut take) {
            documents.insert(name.trim_end_matches(".json").to_owned(), value);
        }
    }
    let base = (|| {
        Some(Base {
            catalogue: catalogue?,
            calendar: calendar?,
            regions: regions?,
            options: options?,
            commitments: commitments?,
            contracts: contracts?,
            policy: policy?,
            documents,
        })
    })();
    base.filter(|_| faults.is_empty()).ok_or(Refused { faults })
}

fn json<T: serde::de::DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(bytes).map_err(|error| Refused {
        faults: vec![Fault {
            file: file.to_owned(),
            item: None,
            field: String::new(),
            code: city_catalogue::FaultCode::Record,
            reason: error.to_string(),
        }],
    })
}

/// The items in force: nobody can file what is a draft or cancelled (`specs/domain.md` R28).
fn item_rows(catalogue: &Catalogue) -> Result<Vec<ItemRow>, serde_json::Error> {
    catalogue
        .items()
        .iter()
        .filter(|item| item.status == Status::InForce)
        .map(|item| {
            Ok(ItemRow {
                code: item.code().as_str().to_owned(),
                version: item.version,
                record: serde_json::to_string(item.as_ref())?,
                ended: None,
                origin: item.revision.as_ref().map_or_else(from_folder, |revision| {
                    (revision.editor.clone(), revision.why.clone())
                }),
            })
        })
        .collect()
}

/// The contracts that are published; `seed` are those of the folder.
fn contract_rows(
    contracts: &Contracts,
    seed: &Contracts,
) -> Result<Vec<ItemRow>, serde_json::Error> {
    let row = |contract: &Contract| {
        let origin = if seed.get(&contract.id) == Some(contract) {
            from_folder()
        } else {
            (String::new(), "written and reviewed here".to_owned())
        };
        Ok(ItemRow {
            code: contract.id.clone(),
            version: contract.version,
            record: serde_json::to_string(contract)?,
            ended: None,
            origin,
        })
    };
    contracts.all().iter().map(row).collect()
}

/// Who brought what lies in the folder, and why.
fn from_folder() -> (String, String) {
    let why = "taken over with the catalogue";
    ("folder".to_owned(), why.to_owned())
}

/// The body of the city that runs platform and windows; empty where none has its sector.
fn bureau(catalogue: &Catalogue) -> String {
    catalogue
        .departments()
        .iter()
        .find(|body| body.sector == BUREAU_SECTOR)
        .map(|body| body.id.clone())
        .unwrap_or_default()
}

fn failed(operation: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> PublishError {
    let path = path.display().to_string();
    move |source| PublishError::File {
        operation,
        path,
        source,
    }
}
