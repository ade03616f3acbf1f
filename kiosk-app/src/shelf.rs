//! The catalogue in force, from the signed bundle of the city.

use city_api::bundle::{Bundle, LOCKERS};
use city_catalogue::clock::Calendar;
use city_catalogue::regions::Regions;
use city_catalogue::search::Index;
use city_catalogue::{Catalogue, Refused};
use jiff::civil::DateTime;
use kiosk_core::Shelf;

/// Why a bundle cannot be used; the kiosk keeps the last good one.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// A document is missing from the bundle.
    #[error("reading the catalogue bundle: `{0}` is missing")]
    Missing(&'static str),
    /// A document cannot be written back as JSON, or is of another shape.
    #[error("reading the catalogue bundle")]
    Json(#[from] serde_json::Error),
    /// A document is refused, with every fault.
    #[error("reading the catalogue bundle: {document} is refused")]
    Refused {
        /// Which document.
        document: &'static str,
        /// File, item, field, code and reason of each fault.
        #[source]
        source: Refused,
    },
}

/// Builds the shelf of `bundle`, which the city confirmed at `confirmed`, for a kiosk at the station `here` (empty
/// where it is not enrolled).
///
/// # Errors
/// [`ShelfError`]; nothing of the bundle is used then.
pub fn shelf(bundle: &Bundle, confirmed: DateTime, here: String) -> Result<Shelf, ShelfError> {
    let document = |name: &'static str| -> Result<Vec<u8>, ShelfError> {
        let value = bundle
            .documents
            .get(name)
            .ok_or(ShelfError::Missing(name))?;
        Ok(serde_json::to_vec(value)?)
    };
    let refused = |document| move |source| ShelfError::Refused { document, source };
    let catalogue = Catalogue::parse_published("catalogue.json", &document("catalogue")?)
        .map_err(refused("catalogue"))?;
    let calendar = Calendar::parse_published("holidays.json", &document("holidays")?)
        .map_err(refused("holidays"))?;
    let regions = Regions::parse_published("regions.json", &document("regions")?)
        .map_err(refused("regions"))?;
    // A city without lockers publishes no list of them.
    let lockers = bundle.documents.get(LOCKERS).cloned();
    let lockers = lockers.map(serde_json::from_value).transpose()?;
    Ok(Shelf {
        index: Index::new(&catalogue),
        catalogue,
        calendar,
        regions,
        lockers: lockers.unwrap_or_default(),
        here,
        version: bundle.version,
        confirmed,
    })
}
