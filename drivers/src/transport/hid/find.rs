//! Finding the node of a HID device in the kernel's list.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::super::plugged::{Plugged, Wanted};
use crate::usb_port::UsbPort;

/// HID devices looked at, at most.
const MOST: usize = 256;

/// Bytes read of a device's description, at most.
const MOST_BYTES: u64 = 4096;

/// The name of the node (`hidraw3`) of the device `ids` at `port`, by the list in `class`.
///
/// # Errors
/// `NotFound` when there is none, `InvalidInput` when several are meant.
pub(super) fn node(class: &Path, ids: (u16, u16), port: Option<&str>) -> io::Result<OsString> {
    let mut names: Vec<OsString> = fs::read_dir(class)?
        .take(MOST)
        .filter_map(|entry| entry.ok().map(|entry| entry.file_name()))
        .collect();
    // By number, so that the first interface of a device stands first.
    names.sort_by_key(|name| (name.len(), name.clone()));
    let mut plugged = Vec::new();
    let mut nodes = Vec::new();
    for name in names {
        if let Some(device) = describe(&class.join(&name)) {
            plugged.push(device);
            nodes.push(name);
        }
    }
    let serial = None;
    let place = Wanted { ids, serial, port }.choose(&plugged)?;
    nodes
        .into_iter()
        .nth(place)
        .ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn describe(entry: &Path) -> Option<Plugged> {
    let mut text = String::new();
    let file = fs::File::open(entry.join("device/uevent")).ok()?;
    file.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    Some(Plugged {
        ids: ids(&text)?,
        serial: None,
        port: UsbPort::in_path(&fs::canonicalize(entry).ok()?).map(|port| port.to_string()),
    })
}

/// Vendor and product of a line `HID_ID=0003:000010C4:00000007`.
fn ids(uevent: &str) -> Option<(u16, u16)> {
    let line = uevent
        .lines()
        .find_map(|line| line.strip_prefix("HID_ID="))?;
    let mut parts = line.split(':').skip(1);
    let mut id = || {
        let part = u32::from_str_radix(parts.next()?, 16).ok()?;
        u16::try_from(part).ok()
    };
    Some((id()?, id()?))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A list as the kernel's: links into a tree of buses and ports.
    fn list(devices: &[(&str, &str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let class = root.path().join("class");
        fs::create_dir(&class).unwrap();
        for (name, port, ids) in devices {
            let device = root
                .path()
                .join(format!("usb1/{port}/{port}:1.0/0003.{name}"));
            let node = device.join("hidraw").join(name);
            fs::create_dir_all(&node).unwrap();
            let uevent = format!("DRIVER=hid-generic\nHID_ID=0003:{ids}\nHID_NAME=x\n");
            fs::write(device.join("uevent"), uevent).unwrap();
            symlink(&device, node.join("device")).unwrap();
            symlink(&node, class.join(name)).unwrap();
        }
        root
    }

    const READER: (u16, u16) = (0x10C4, 0x0007);

    #[test]
    fn a_reader_is_found_among_keyboards_and_by_its_port() {
        let root = list(&[
            ("hidraw0", "1-1", "0000046D:0000C31C"),
            ("hidraw10", "1-2.3", "000010C4:00000007"),
            ("hidraw2", "1-4", "000010C4:00000007"),
        ]);
        let class = root.path().join("class");
        assert_eq!(node(&class, READER, Some("1-2.3")).unwrap(), "hidraw10");
        assert_eq!(node(&class, READER, Some("1-4")).unwrap(), "hidraw2");
        let both = node(&class, READER, None).unwrap_err();
        assert_eq!(both.kind(), io::ErrorKind::InvalidInput);
        let absent = node(&class, (1, 2), None).unwrap_err();
        assert_eq!(absent.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_list_that_is_missing_or_broken_is_no_reader() {
        let root = list(&[("hidraw0", "1-1", "junk")]);
        let class = root.path().join("class");
        fs::write(class.join("stray"), "x").unwrap();
        for class in [class, root.path().join("none")] {
            let error = node(&class, READER, None).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
        }
    }
}
