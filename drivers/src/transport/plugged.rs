//! Which of the devices plugged in is meant by a selector.

use std::io;

use nusb::DeviceInfo;

/// What is known of a device without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plugged {
    /// Vendor and product id.
    pub(crate) ids: (u16, u16),
    /// Serial number, where it has one.
    pub(crate) serial: Option<String>,
    /// Bus and port path such as `1-2.3`, where it hangs on USB.
    pub(crate) port: Option<String>,
}

impl Plugged {
    /// What is known of a device on USB.
    pub(crate) fn on_usb(device: &DeviceInfo) -> Self {
        let ports: Vec<String> = device.port_chain().iter().map(u8::to_string).collect();
        Self {
            ids: (device.vendor_id(), device.product_id()),
            serial: device.serial_number().map(str::to_owned),
            port: Some(format!("{}-{}", device.busnum(), ports.join("."))),
        }
    }
}

/// What a selector asks for; `None` = any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) ids: (u16, u16),
    pub(crate) serial: Option<&'a str>,
    pub(crate) port: Option<&'a str>,
}

impl Wanted<'_> {
    fn means(&self, device: &Plugged) -> bool {
        let fits = |wanted: Option<&str>, found: &Option<String>| {
            wanted.is_none_or(|wanted| found.as_deref() == Some(wanted))
        };
        device.ids == self.ids && fits(self.serial, &device.serial) && fits(self.port, &device.port)
    }

    /// The place in `plugged` of the one device meant. Most devices of a kind have no serial
    /// number, so two of them are told apart by where they are plugged in. Several interfaces of one device at
    /// one port are one device; the first is taken.
    ///
    /// # Errors
    /// `NotFound` when there is none; `InvalidInput` when several are meant, because taking
    /// any would be another device after the next start.
    pub(crate) fn choose(&self, plugged: &[Plugged]) -> io::Result<usize> {
        let mut meant = plugged
            .iter()
            .enumerate()
            .filter(|(_, device)| self.means(device));
        let (place, first) = meant.next().ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, "no such device is plugged in")
        })?;
        match meant.find(|(_, device)| device.port != first.port) {
            None => Ok(place),
            Some((_, second)) => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "several such devices are plugged in, name one by @PORT, such as @{} or @{}",
                    first.port.as_deref().unwrap_or("?"),
                    second.port.as_deref().unwrap_or("?"),
                ),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(serial: Option<&str>, port: &str) -> Plugged {
        Plugged {
            ids: (0x0400, 0xC35A),
            serial: serial.map(str::to_owned),
            port: Some(port.to_owned()),
        }
    }

    fn wanted<'a>(serial: Option<&'a str>, port: Option<&'a str>) -> Wanted<'a> {
        Wanted {
            ids: (0x0400, 0xC35A),
            serial,
            port,
        }
    }

    #[test]
    fn of_two_equal_readers_one_has_to_be_named() {
        let plugged = [device(None, "1-1"), device(Some("A17"), "1-2.3")];
        let both = wanted(None, None).choose(&plugged).unwrap_err();
        assert_eq!(both.kind(), io::ErrorKind::InvalidInput);
        assert!(
            both.to_string().ends_with("such as @1-1 or @1-2.3"),
            "{both}"
        );
        assert_eq!(wanted(Some("A17"), None).choose(&plugged).unwrap(), 1);
        assert_eq!(wanted(None, Some("1-1")).choose(&plugged).unwrap(), 0);
        let gone = wanted(None, Some("1-4")).choose(&plugged).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_serial_number_picks_one_and_a_wrong_one_none() {
        let both = [device(Some("A1"), "1-1"), device(Some("B2"), "1-2")];
        assert_eq!(wanted(Some("B2"), None).choose(&both).unwrap(), 1);
        let gone = wanted(Some("C3"), None).choose(&both).unwrap_err();
        assert_eq!(gone.to_string(), "no such device is plugged in");
    }

    #[test]
    fn two_interfaces_of_one_device_are_one_device() {
        let plugged = [device(None, "1-1"), device(None, "1-1")];
        assert_eq!(wanted(None, None).choose(&plugged).unwrap(), 0);
    }
}
