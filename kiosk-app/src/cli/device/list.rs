//! `kiosk device list`.

use kiosk_drivers::listing;
use serde_json::json;

/// Prints every place where a device may be.
pub(super) fn list(as_json: bool) {
    let found = listing::list();
    for place in &found {
        let selector = place.selector.to_string();
        let state = place.access.name();
        if as_json {
            println!(
                "{}",
                json!({"selector": selector, "state": state, "name": place.name})
            );
        } else {
            let name = place.name.as_deref().unwrap_or_default();
            println!("{}", format!("{selector}  {state}  {name}").trim_end());
        }
    }
    if found.is_empty() && !as_json {
        println!("no serial, USB, HID or input devices and no cameras found");
    }
}
