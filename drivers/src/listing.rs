//! What is plugged in: every place a device may be, by its selector, with or without the right
//! to open it. Nothing is opened here but serial nodes, and nothing is asked.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use nusb::{DeviceInfo, MaybeFuture};
use rustix::fs::Access as Rights;

use crate::selector::Selector;

/// Entries of one folder looked at, at most.
const MAX_ENTRIES: usize = 1024;

/// Names of serial nodes worth showing.
const SERIAL: [&str; 3] = ["ttyUSB", "ttyACM", "ttyS"];

/// Whether a device can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It can.
    Available,
    /// Not by this user.
    PermissionDenied,
    /// The node is there and nothing usable behind it.
    Unavailable,
}

impl Access {
    /// The stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::PermissionDenied => "permission_denied",
            Self::Unavailable => "unavailable",
        }
    }

    fn of(error: ErrorKind) -> Self {
        match error {
            ErrorKind::PermissionDenied => Self::PermissionDenied,
            _ => Self::Unavailable,
        }
    }

    /// The right to use the node at `path`, without opening it.
    fn to(path: &Path, rights: Rights) -> Self {
        match rustix::fs::access(path, rights) {
            Ok(()) => Self::Available,
            Err(errno) => Self::of(std::io::Error::from(errno).kind()),
        }
    }
}

/// One place where a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// How a driver is told of it.
    pub selector: Selector,
    /// Whether it can be opened.
    pub access: Access,
    /// What it calls itself; `None` when the system does not say.
    pub name: Option<String>,
}

/// Lists serial lines, USB devices, HID devices, input devices and cameras, in this order.
#[must_use]
pub fn list() -> Vec<Listed> {
    let mut all = serial(Path::new("/dev"));
    all.extend(usb());
    all.extend(hid(Path::new("/sys/class/hidraw"), Path::new("/dev")));
    all.extend(input(
        Path::new("/sys/class/input"),
        Path::new("/dev/input"),
    ));
    all.extend(cameras(
        Path::new("/sys/class/video4linux"),
        Path::new("/dev"),
    ));
    all
}

/// The entries of a folder in order; none when it is not there.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = found.map(|entry| entry.path()).take(MAX_ENTRIES).collect();
    paths.sort();
    paths
}

fn file_name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

/// Serial nodes, the stable names udev gives first.
fn serial(dev: &Path) -> Vec<Listed> {
    let known = |path: &PathBuf| {
        SERIAL
            .iter()
            .any(|start| file_name(path).starts_with(start))
    };
    let nodes = entries(dev).into_iter().filter(known);
    let stable = entries(&dev.join("serial/by-id"));
    stable
        .into_iter()
        .chain(nodes)
        .map(|path| {
            let opened = fs::OpenOptions::new().read(true).write(true).open(&path);
            Listed {
                access: opened.map_or_else(|error| Access::of(error.kind()), |_| Access::Available),
                selector: Selector::Serial { path, baud: None },
                name: None,
            }
        })
        .collect()
}

/// USB devices without hubs; a kiosk's printers and readers are among them.
fn usb() -> Vec<Listed> {
    /// The USB class of hubs.
    const HUB: u8 = 9;
    let Ok(devices) = nusb::list_devices().wait() else {
        return Vec::new();
    };
    devices
        .filter(|device| device.class() != HUB)
        .take(MAX_ENTRIES)
        .map(|device| Listed {
            access: Access::to(&usb_node(&device), Rights::READ_OK | Rights::WRITE_OK),
            name: device.product_string().map(str::to_owned),
            selector: usb_selector(&device),
        })
        .collect()
}

fn usb_node(device: &DeviceInfo) -> PathBuf {
    let (bus, number) = (device.busnum(), device.device_address());
    PathBuf::from(format!("/dev/bus/usb/{bus:03}/{number:03}"))
}

fn usb_selector(device: &DeviceInfo) -> Selector {
    let ports: Vec<String> = device.port_chain().iter().map(u8::to_string).collect();
    let serial = device.serial_number().filter(|serial| {
        // What would not read back as the same selector is left out; the port names it too.
        !serial.is_empty() && serial.chars().all(|c| c.is_ascii_alphanumeric())
    });
    Selector::Usb {
        vid: device.vendor_id(),
        pid: device.product_id(),
        serial: serial.map(str::to_owned),
        port: Some(format!("{}-{}", device.busnum(), ports.join("."))),
    }
}

/// HID devices by the kernel's `HID_ID=0003:00001EAB:00001D06`.
fn hid(class: &Path, dev: &Path) -> Vec<Listed> {
    let each = |path: PathBuf| {
        let facts = fs::read_to_string(path.join("device/uevent")).ok()?;
        let fact = |key: &str| {
            let value = facts.lines().find_map(|line| line.strip_prefix(key));
            value.and_then(|value| value.strip_prefix('='))
        };
        let mut ids = fact("HID_ID")?.split(':').skip(1);
        let mut id = || u16::from_str_radix(ids.next()?.get(4..)?, 16).ok();
        let node = dev.join(file_name(&path));
        Some(Listed {
            selector: Selector::Hid {
                vid: id()?,
                pid: id()?,
                port: None,
            },
            access: Access::to(&node, Rights::READ_OK | Rights::WRITE_OK),
            name: fact("HID_NAME").map(str::to_owned),
        })
    };
    entries(class).into_iter().filter_map(each).collect()
}

/// Input devices: keypads and scanners that type.
fn input(class: &Path, dev: &Path) -> Vec<Listed> {
    let event = |path: &PathBuf| file_name(path).starts_with("event");
    entries(class)
        .into_iter()
        .filter(event)
        .map(|path| {
            let node = dev.join(file_name(&path));
            let name = fs::read_to_string(path.join("device/name")).ok();
            Listed {
                access: Access::to(&node, Rights::READ_OK),
                selector: Selector::Evdev(node),
                name: name.map(|name| name.trim().to_owned()),
            }
        })
        .collect()
}

/// Cameras, a node for each head; the further nodes of a head tell only about its pictures.
fn cameras(class: &Path, dev: &Path) -> Vec<Listed> {
    let said = |path: &Path, what: &str| {
        let text = fs::read(path.join(what)).ok()?;
        Some(String::from_utf8_lossy(&text).trim().to_owned())
    };
    let pictures = |path: &PathBuf| {
        let first = said(path, "index").is_none_or(|index| index == "0");
        file_name(path).starts_with("video") && first
    };
    entries(class)
        .into_iter()
        .filter(pictures)
        .map(|path| {
            let node = dev.join(file_name(&path));
            Listed {
                access: Access::to(&node, Rights::READ_OK | Rights::WRITE_OK),
                selector: Selector::Camera(node),
                name: said(&path, "name"),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_opened_is_shown_all_the_same() {
        let root = tempfile::tempdir().unwrap();
        let dev = root.path();
        fs::create_dir_all(dev.join("serial/by-id")).unwrap();
        for node in ["ttyUSB0", "tty1", "serial/by-id/usb-reader"] {
            fs::write(dev.join(node), "").unwrap();
        }
        fs::create_dir(dev.join("ttyACM0")).unwrap();
        let found = serial(dev);
        let shown: Vec<_> = found
            .iter()
            .map(|it| (it.selector.to_string(), it.access.name()))
            .collect();
        let at = |name: &str| format!("serial:{}", dev.join(name).display());
        assert_eq!(
            shown,
            [
                (at("serial/by-id/usb-reader"), "available"),
                (at("ttyACM0"), "unavailable"),
                (at("ttyUSB0"), "available"),
            ]
        );
        assert_eq!(
            Access::of(ErrorKind::PermissionDenied).name(),
            "permission_denied"
        );
    }

    #[test]
    fn a_hid_reader_and_a_keypad_are_listed_by_ids_and_node() {
        let root = tempfile::tempdir().unwrap();
        let class = root.path().join("hidraw/hidraw3/device");
        fs::create_dir_all(&class).unwrap();
        let facts = "DRIVER=hid-generic\nHID_ID=0003:00000400:0000C35A\nHID_NAME=Reader\n";
        fs::write(class.join("uevent"), facts).unwrap();
        fs::create_dir_all(root.path().join("hidraw/broken")).unwrap();
        let found = hid(&root.path().join("hidraw"), root.path());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].selector.to_string(), "hid:0400:c35a");
        assert_eq!(
            (found[0].name.as_deref(), found[0].access),
            (Some("Reader"), Access::Unavailable)
        );

        let device = root.path().join("input/event7/device");
        fs::create_dir_all(&device).unwrap();
        fs::write(device.join("name"), "Keypad\n").unwrap();
        fs::write(root.path().join("event7"), "").unwrap();
        fs::create_dir_all(root.path().join("input/mouse0")).unwrap();
        let found = input(&root.path().join("input"), root.path());
        assert_eq!(found.len(), 1);
        assert!(found[0].selector.to_string().ends_with("/event7"));
        assert_eq!(
            (found[0].name.as_deref(), found[0].access),
            (Some("Keypad"), Access::Available)
        );
    }
    #[test]
    fn both_heads_of_a_camera_are_listed_without_their_second_nodes() {
        let root = tempfile::tempdir().unwrap();
        let class = root.path().join("video4linux");
        for (node, index) in [
            ("video0", "0"),
            ("video1", "1"),
            ("video2", "0"),
            ("vbi0", "0"),
        ] {
            let node = class.join(node);
            fs::create_dir_all(&node).unwrap();
            fs::write(node.join("index"), format!("{index}\n")).unwrap();
            fs::write(node.join("name"), b"Desk \xE9\xAB\n").unwrap();
        }
        fs::write(root.path().join("video2"), "").unwrap();
        let found = cameras(&class, root.path());
        let at = |node: &str| Selector::Camera(root.path().join(node));
        assert_eq!(found.len(), 2);
        assert_eq!(
            (&found[0].selector, found[0].access),
            (&at("video0"), Access::Unavailable)
        );
        assert_eq!(
            (&found[1].selector, found[1].access),
            (&at("video2"), Access::Available)
        );
        // A name cut off in the middle of a character is shown as far as it goes.
        assert!(
            found[0]
                .name
                .as_deref()
                .is_some_and(|name| name.starts_with("Desk"))
        );
    }
}
