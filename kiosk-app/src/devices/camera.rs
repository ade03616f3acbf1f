//! The portrait camera: open while somebody is before it, and no longer.

use std::path::Path;
use std::time::Duration;

use kiosk_drivers::scanner::camera::{self, LiveEvent, LiveThread};
use kiosk_drivers::selector::Selector;

use super::{DeviceError, DeviceSet, Way, looked_after, start};

/// How often an idle camera is asked whether it is there.
const POLL: Duration = Duration::from_secs(3);

pub(super) fn start_camera<E: Send + 'static>(
    selector: &Selector,
    port_power: Option<&Path>,
    (events, map): Way<E, LiveEvent>,
) -> Result<LiveThread, DeviceError> {
    let camera = camera::camera(selector).ok_or_else(|| DeviceError::Carrier {
        kind: "camera",
        selector: selector.to_string(),
    })?;
    let upkeep = looked_after(POLL, port_power, selector);
    LiveThread::start("camera", camera, upkeep, events, map)
        .map_err(|source| start("camera", source))
}

impl DeviceSet {
    /// Opens a live view; false when there is no camera.
    #[must_use]
    pub fn open_camera(&self, view: u64) -> bool {
        self.camera.as_ref().is_some_and(|camera| camera.open(view))
    }

    /// Takes the picture of a live view.
    pub fn take_picture(&self, view: u64) {
        self.camera.iter().for_each(|camera| camera.take(view));
    }

    /// Closes a live view.
    pub fn close_camera(&self, view: u64) {
        self.camera.iter().for_each(|camera| camera.close(view));
    }
}
