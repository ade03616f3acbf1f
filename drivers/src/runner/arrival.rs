//! Hot plug: a pause ends when the node of the device appears, instead of after seconds.
//!
//! By inotify on the folders where device nodes appear, so that no udev library is needed.

use std::ffi::OsString;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

use crate::selector::Selector;

/// Where the system makes the nodes of devices.
const NODES: &str = "/dev";

/// Where in there USB devices get theirs.
const USB_NODES: &str = "bus/usb";

/// How the nodes of raw HID devices begin.
const HID_NODE: &str = "hidraw";

/// Buses watched at most.
const MAX_BUSES: usize = 32;

/// Where the node of a device appears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// At this path.
    Node(PathBuf),
    /// Somewhere among the nodes of USB devices.
    Usb,
    /// As a raw HID device.
    Hid,
}

impl Place {
    /// `None` for a device without a node, as behind a network.
    pub(super) fn of(selector: &Selector) -> Option<Self> {
        match selector {
            Selector::Serial { path, .. } | Selector::Evdev(path) | Selector::Camera(path) => {
                Some(Self::Node(path.clone()))
            }
            Selector::Usb { .. } => Some(Self::Usb),
            Selector::Hid { .. } => Some(Self::Hid),
            Selector::Tcp { .. }
            | Selector::Escl(_)
            | Selector::Sane(_)
            | Selector::CameraFrames(_)
            | Selector::File(_)
            | Selector::Ipp(_)
            | Selector::Sim => None,
        }
    }
}

/// Watches for a device's node from its making on.
#[derive(Debug)]
pub(super) struct Arrival {
    events: OwnedFd,
    wanted: Wanted,
}

/// What has to appear.
#[derive(Debug)]
enum Wanted {
    Named(OsString),
    Beginning(&'static str),
    Anything,
}

impl Wanted {
    fn is(&self, name: &[u8]) -> bool {
        match self {
            Self::Named(wanted) => name == wanted.as_bytes(),
            Self::Beginning(wanted) => name.starts_with(wanted.as_bytes()),
            Self::Anything => true,
        }
    }
}

impl Arrival {
    /// Watches `place`; `nodes` is where the system makes its nodes, usually [`NODES`].
    ///
    /// `None` when the system gives no watch: then pauses simply last.
    fn watch(place: &Place, nodes: &Path) -> Option<Self> {
        let (folders, wanted) = match place {
            Place::Node(path) => {
                let (folder, name) = nearest(path)?;
                (vec![folder], Wanted::Named(name))
            }
            Place::Usb => (buses(nodes), Wanted::Anything),
            Place::Hid => (vec![nodes.to_owned()], Wanted::Beginning(HID_NODE)),
        };
        let events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?;
        // A node is made first and may be opened by us only a moment later.
        let flags = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ATTRIB;
        let mut watched = 0;
        for folder in folders {
            watched += usize::from(inotify::add_watch(&events, folder, flags).is_ok());
        }
        (watched > 0).then_some(Self { events, wanted })
    }

    /// Whether the node appeared since the last look. Never waits.
    pub(super) fn seen(&self) -> bool {
        let mut room = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.events, &mut room);
        let mut seen = false;
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(|name| name.to_bytes());
            seen |= name.is_some_and(|name| self.wanted.is(name));
        }
        seen
    }
}

/// Watches `place` where this system makes its nodes; `None` when it gives no watch.
pub(super) fn watch(place: &Place) -> Option<Arrival> {
    Arrival::watch(place, Path::new(NODES))
}

/// The nearest folder above `path` that exists, and the name to appear in it: the whole of
/// `/dev/serial/by-id` goes away with its last device.
fn nearest(path: &Path) -> Option<(PathBuf, OsString)> {
    let mut path = path;
    loop {
        let folder = path.parent()?;
        if folder.is_dir() {
            return Some((folder.to_owned(), path.file_name()?.to_owned()));
        }
        path = folder;
    }
}

/// The folder of USB nodes and those in it, one for each bus.
fn buses(nodes: &Path) -> Vec<PathBuf> {
    let root = nodes.join(USB_NODES);
    let buses = std::fs::read_dir(&root).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = buses.map(|bus| bus.path()).take(MAX_BUSES).collect();
    folders.push(root);
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(path: PathBuf) -> Arrival {
        Arrival::watch(&Place::Node(path), Path::new(NODES)).unwrap()
    }

    #[test]
    fn a_usb_printer_plugged_in_is_seen_on_its_bus_and_on_a_bus_that_is_new() {
        let nodes = tempfile::tempdir().unwrap();
        let usb = nodes.path().join("bus/usb");
        std::fs::create_dir_all(usb.join("001")).unwrap();
        let arrival = Arrival::watch(&Place::Usb, nodes.path()).unwrap();
        std::fs::write(nodes.path().join("ttyUSB0"), "").unwrap();
        assert!(!arrival.seen());
        std::fs::write(usb.join("001/014"), "").unwrap();
        assert!(arrival.seen());
        std::fs::create_dir(usb.join("002")).unwrap();
        assert!(arrival.seen());
        assert!(!arrival.seen());
        // The next attempt watches the new bus as well.
        let arrival = Arrival::watch(&Place::Usb, nodes.path()).unwrap();
        std::fs::write(usb.join("002/001"), "").unwrap();
        assert!(arrival.seen());
    }

    #[test]
    fn a_hid_reader_plugged_in_is_seen_and_a_serial_adapter_is_not() {
        let nodes = tempfile::tempdir().unwrap();
        let arrival = Arrival::watch(&Place::Hid, nodes.path()).unwrap();
        std::fs::write(nodes.path().join("ttyUSB0"), "").unwrap();
        assert!(!arrival.seen());
        std::fs::write(nodes.path().join("hidraw3"), "").unwrap();
        assert!(arrival.seen());
    }

    #[test]
    fn where_the_system_makes_no_nodes_there_is_no_watch() {
        let nodes = tempfile::tempdir().unwrap();
        let nowhere = nodes.path().join("gone");
        assert!(Arrival::watch(&Place::Usb, &nowhere).is_none());
        assert!(Arrival::watch(&Place::Hid, &nowhere).is_none());
    }

    #[test]
    fn a_reader_plugged_in_is_seen_and_another_device_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let arrival = node(folder.path().join("ttyUSB0"));
        assert!(!arrival.seen());
        std::fs::write(folder.path().join("ttyUSB1"), "").unwrap();
        assert!(!arrival.seen());
        std::os::unix::fs::symlink("/dev/null", folder.path().join("new")).unwrap();
        std::fs::rename(folder.path().join("new"), folder.path().join("ttyUSB0")).unwrap();
        assert!(arrival.seen());
        assert!(!arrival.seen());
    }

    #[test]
    fn a_folder_that_goes_with_its_last_device_is_watched_from_above() {
        let folder = tempfile::tempdir().unwrap();
        let arrival = node(folder.path().join("serial/by-id/reader"));
        std::fs::create_dir_all(folder.path().join("serial/by-id")).unwrap();
        assert!(arrival.seen());
    }

    #[test]
    fn a_device_behind_a_network_has_no_place() {
        let place = |text: &str| Place::of(&text.parse().unwrap());
        assert_eq!(place("tcp:reader.example:4001"), None);
        assert_eq!(place("usb:0400:c35a"), Some(Place::Usb));
        assert_eq!(place("hid:10c4:0007"), Some(Place::Hid));
        assert_eq!(
            place("serial:/dev/ttyUSB0"),
            Some(Place::Node("/dev/ttyUSB0".into()))
        );
    }
}
