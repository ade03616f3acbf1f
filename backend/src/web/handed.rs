//! What is handed in at windows and from home: content as a kiosk would have sealed it, and what became of it.

use axum::Json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use city_api::acknowledgement::Acknowledgement;
use city_api::requests::BadField;
use city_api::requests::packets::AcknowledgementBody;
use city_api::requests::window::TakenInAnswer;

use super::error::{Answer, internal};
use crate::app::App;
use crate::intake::{self, HandedIn};

/// The content in `field` of a request, with what the city writes into it itself.
pub(super) fn content<T: DeserializeOwned>(
    field: &str,
    asked: &Value,
    ours: Vec<(&str, Value)>,
) -> Answer<T> {
    let mut fields = asked.as_object().cloned().unwrap_or_default();
    for (name, value) in ours {
        if fields.insert(name.to_owned(), value).is_some() {
            let field = format!("{field}.{name}");
            return Err(BadField::new(field, "is written by the city").into());
        }
    }
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| {
        let field = format!("{field}.{}", error.path());
        BadField::new(field, "is not what a packet has there").into()
    })
}

/// Something that the city writes.
pub(super) fn ours(name: &str, value: impl Serialize) -> Answer<(&str, Value)> {
    let value = serde_json::to_value(value).map_err(|error| internal(&error))?;
    Ok((name, value))
}

/// Takes it in.
pub(super) async fn take_in(app: &App, filed: HandedIn) -> Answer<Json<TakenInAnswer>> {
    let (receipt, acknowledged) = intake::take_in(app, filed).await?;
    let read: Acknowledgement =
        serde_json::from_slice(&acknowledged.bytes).map_err(|error| internal(&error))?;
    Ok(Json(TakenInAnswer {
        receipt: receipt.to_string(),
        filing_number: read.filing_number.to_string(),
        case_number: read.case_number.map(|number| number.to_string()),
        acknowledgement: AcknowledgementBody::new(&acknowledged.bytes, &acknowledged.signature),
    }))
}
