//! Input devices of the kernel (`/dev/input/event*`), held for us alone.
//!
//! A node is named by its path (best one under `by-id`) or found by the ids of its USB device.
//! What is read is whole `struct input_event`s, see [`crate::input_event`]; a buffer has to
//! hold at least one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use evdev::raw_stream::RawDevice;
use evdev::{AttributeSetRef, SwitchCode};
use rustix::fs::{Mode, OFlags};

use super::descriptor::Descriptor;
use super::inbox::Inbox;
use super::{LineSettings, Transport, TransportError};
use crate::input_event::{EV_SW, InputEvent};
use crate::selector::Selector;

/// Where the kernel tells of its input devices.
const CLASS: &str = "/sys/class/input";

/// Input devices looked at, at most.
const MAX_NODES: usize = 256;

/// `KEY_ENTER`; a device of several nodes types on the one that has it.
const ENTER: usize = 28;

/// An open input device whose keys reach nobody else.
#[derive(Debug)]
pub struct EvdevTransport {
    line: Descriptor,
    /// Switches that were on when it was opened: the kernel tells only of changes.
    on: Inbox,
}

/// Opens the input device at `path` and grabs it, so that what is scanned or pressed is not
/// typed into a window as well.
///
/// # Errors
/// [`TransportError`] when the path is missing, is no input device, may not be opened, or is
/// grabbed by another program.
pub fn open(path: &Path) -> Result<EvdevTransport, TransportError> {
    let device = format!("evdev:{}", path.display());
    let flags = OFlags::RDONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| TransportError {
        operation: "open",
        device: device.clone(),
        source: errno.into(),
    })?;
    let line = Descriptor::new(fd, device);
    let on = grab(&line).map_err(|error| line.error("configure", error))?;
    Ok(EvdevTransport { line, on })
}

/// Opens the input device `selector` names: `evdev:PATH`, or `hid:VID:PID[@PORT]` for the node
/// of that USB device. Any other carrier is opened as a byte stream, for devices that send the
/// kernel's events over one (simulators do).
///
/// # Errors
/// [`TransportError`] as of [`open`], and when no node or more than one has these ids.
pub fn open_selector(
    selector: &Selector,
    settings: LineSettings,
) -> Result<Box<dyn Transport>, TransportError> {
    let Selector::Hid { vid, pid, port } = selector else {
        return super::open(selector, settings);
    };
    let node = find(Path::new(CLASS), *vid, *pid, port.as_deref());
    let node = node.map_err(|source| TransportError {
        operation: "open",
        device: selector.to_string(),
        source,
    })?;
    Ok(Box::new(open(&node)?))
}

/// The node of the USB device with these ids, below `class`.
fn find(class: &Path, vid: u16, pid: u16, port: Option<&str>) -> io::Result<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(class)?.flatten().take(MAX_NODES) {
        let device = entry.path().join("device");
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("event")
            && id(&device, "vendor") == Some(vid)
            && id(&device, "product") == Some(pid)
            && port.is_none_or(|port| at_port(&device, port))
        {
            found.push((name, types(&device)));
        }
    }
    if found.iter().any(|(_, types)| *types) {
        found.retain(|(_, types)| *types);
    }
    match found.as_slice() {
        [] => Err(io::ErrorKind::NotFound.into()),
        [(name, _)] => Ok(Path::new("/dev/input").join(name)),
        [_, _, ..] => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "several input devices have these ids; add @PORT or use evdev:PATH",
        )),
    }
}

fn id(device: &Path, which: &str) -> Option<u16> {
    let text = fs::read_to_string(device.join("id").join(which)).ok()?;
    u16::from_str_radix(text.trim(), 16).ok()
}

fn at_port(device: &Path, port: &str) -> bool {
    device
        .canonicalize()
        .is_ok_and(|path| path.iter().any(|part| part == port))
}

/// Whether the device has an Enter key: a bitmap of words in hex, the lowest word last.
fn types(device: &Path) -> bool {
    let text = fs::read_to_string(device.join("capabilities/key")).unwrap_or_default();
    let lowest = text.split_whitespace().next_back().unwrap_or_default();
    u64::from_str_radix(lowest, 16).is_ok_and(|keys| keys >> ENTER & 1 == 1)
}

/// Takes the device for us alone, and asks which of its switches are on. The grab belongs to the
/// open file, not to this second handle to it, and ends with it.
fn grab(line: &Descriptor) -> io::Result<Inbox> {
    let second = rustix::io::fcntl_dupfd_cloexec(&line.fd, 0)?;
    let mut device = RawDevice::from_fd(second)?;
    device.grab()?;
    match device.supported_switches() {
        Some(_) => Ok(events(&device.get_switch_state()?)),
        None => Ok(Inbox::default()),
    }
}

/// One event for every switch that is on, as if it had just been put on.
fn events(on: &AttributeSetRef<SwitchCode>) -> Inbox {
    let mut inbox = Inbox::default();
    for switch in on.iter() {
        let event = InputEvent {
            at: Duration::ZERO,
            kind: EV_SW,
            code: switch.0,
            value: 1,
        };
        inbox.fill(&event.encode());
    }
    inbox
}

impl Transport for EvdevTransport {
    fn now(&self) -> Duration {
        super::clock()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        if !self.on.is_empty() {
            return Ok(self.on.take(buffer));
        }
        self.line.read(buffer, deadline)
    }

    /// An input device takes no bytes.
    fn write(&mut self, _bytes: &[u8], _deadline: Duration) -> Result<usize, TransportError> {
        Err(self.line.error("write", io::ErrorKind::Unsupported))
    }
}

#[cfg(test)]
mod tests {
    use evdev::uinput::VirtualDevice;
    use evdev::{AttributeSet, EventType, KeyCode};

    use super::*;
    use crate::keypad::{KeyMap, Keypad, KeypadEvent};
    use crate::runner::Driver;

    /// What a keypad's driver says of an input device, up to the end of its bytes.
    fn said(line: &mut EvdevTransport) -> Vec<KeypadEvent> {
        let mut keypad = Keypad::new(KeyMap::default());
        keypad.identify(line).unwrap();
        let mut said = Vec::new();
        while keypad
            .step(line, &mut || None, &mut |event| said.push(event))
            .is_ok()
        {}
        said
    }

    #[test]
    fn a_plug_that_was_in_the_socket_before_is_told() {
        for (on, told) in [
            (
                vec![SwitchCode::SW_HEADPHONE_INSERT],
                vec![KeypadEvent::Headphones(true)],
            ),
            (vec![SwitchCode::SW_LID], vec![]),
            (vec![], vec![]),
        ] {
            let on: AttributeSet<SwitchCode> = on.into_iter().collect();
            let nothing_more = tempfile::tempfile().unwrap();
            let mut line = EvdevTransport {
                line: Descriptor::new(nothing_more.into(), "evdev:test".to_owned()),
                on: events(&on),
            };
            assert_eq!(said(&mut line), told);
        }
    }

    /// Needs a kernel that lets a program make input devices; elsewhere it says so and passes.
    #[test]
    fn a_grabbed_device_types_here_and_nowhere_else() {
        if !Path::new("/dev/uinput").exists() {
            eprintln!("left out: there is no /dev/uinput here");
            return;
        }
        let keys: AttributeSet<KeyCode> = [KeyCode::KEY_ENTER].into_iter().collect();
        let builder = VirtualDevice::builder().unwrap().name("kiosk test keypad");
        let mut device = builder.with_keys(&keys).unwrap().build().unwrap();
        let node = device.enumerate_dev_nodes_blocking().unwrap().next();
        let node = node.unwrap().unwrap();
        let mut ours = open(&node).unwrap();
        let second = open(&node).unwrap_err();
        assert_eq!(second.operation, "configure");
        assert_eq!(second.source.kind(), io::ErrorKind::ResourceBusy);
        let down = evdev::InputEvent::new(EventType::KEY.0, KeyCode::KEY_ENTER.0, 1);
        device.emit(&[down]).unwrap();
        let mut buffer = [0; 32 * crate::input_event::SIZE];
        let deadline = ours.now() + Duration::from_secs(10);
        let count = ours.read(&mut buffer, deadline).unwrap();
        let mut codes = Vec::new();
        let mut heard = crate::input_event::InputEvents::default();
        heard.push(&buffer[..count], &mut |event| {
            codes.push((event.kind, event.code))
        });
        assert!(codes.contains(&(1, KeyCode::KEY_ENTER.0)), "{codes:?}");
    }

    /// A USB device of two nodes at `port`, as the kernel shows it.
    fn plug(root: &Path, port: &str, first: u32, vendor: &str) {
        for (number, keys) in [(first, "10000000000000 0"), (first + 1, "fffffffffffffffe")] {
            let device = root
                .join("devices")
                .join(port)
                .join(format!("input{number}"));
            fs::create_dir_all(device.join("id")).unwrap();
            fs::create_dir_all(device.join("capabilities")).unwrap();
            fs::write(device.join("id/vendor"), format!("{vendor}\n")).unwrap();
            fs::write(device.join("id/product"), "1d06\n").unwrap();
            fs::write(device.join("capabilities/key"), format!("{keys}\n")).unwrap();
            let node = root.join("class").join(format!("event{number}"));
            fs::create_dir_all(&node).unwrap();
            std::os::unix::fs::symlink(&device, node.join("device")).unwrap();
        }
    }

    #[test]
    fn a_scanner_of_two_nodes_is_found_by_its_ids_on_the_one_that_types() {
        let root = tempfile::tempdir().unwrap();
        let class = root.path().join("class");
        plug(root.path(), "1-2", 3, "1eab");
        plug(root.path(), "1-3", 7, "046d");
        fs::create_dir_all(class.join("mouse0")).unwrap();
        let node = find(&class, 0x1EAB, 0x1D06, None).unwrap();
        assert_eq!(node, Path::new("/dev/input/event4"));
        assert_eq!(find(&class, 0x1EAB, 0x1D06, Some("1-2")).unwrap(), node);
        let none = find(&class, 0x1EAB, 0x1D06, Some("1-3")).unwrap_err();
        assert_eq!(none.kind(), io::ErrorKind::NotFound);

        plug(root.path(), "1-4", 9, "1eab");
        let error = find(&class, 0x1EAB, 0x1D06, None).unwrap_err();
        assert!(error.to_string().contains("@PORT"), "{error}");
        let second = find(&class, 0x1EAB, 0x1D06, Some("1-4")).unwrap();
        assert_eq!(second, Path::new("/dev/input/event10"));
    }
}
