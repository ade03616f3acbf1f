//! A socket of a USB hub, and switching its power off and on where the hub can.
//!
//! The kernel shows each socket as a folder with a file `disable` (Linux 6.0 and later);
//! writing 1 cuts it off, and the power with it where the hub switches sockets one by one.
//! Only the superuser may write there, so the program `kiosk-port-power` does, and nothing
//! else; the kiosk asks it through [`power_switch`].
//!
//! Source: the kernel's `Documentation/ABI/testing/sysfs-bus-usb`.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

use crate::child::Running;
use crate::runner::PowerSwitch;
use crate::selector::Selector;

/// Longer names than any bus has: seven hubs deep, three digits each.
const MAX_NAME: usize = 40;

/// How long a socket stays without power: capacitors of a printer hold it for a second.
pub const PAUSE: Duration = Duration::from_secs(3);

/// How long the program that switches may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A bus and port path as the kernel names it, such as `1-2.3`: socket 3 of the hub in
/// socket 2 of bus 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UsbPort(String);

/// A text that is no bus and port path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no USB port; a port is written as 1-2 or 1-2.3")]
pub struct BadPort(String);

impl FromStr for UsbPort {
    type Err = BadPort;

    fn from_str(text: &str) -> Result<Self, BadPort> {
        let number = |part: &str| {
            (1..=3).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && !part.starts_with('0')
        };
        let good = text.len() <= MAX_NAME
            && text
                .split_once('-')
                .is_some_and(|(bus, ports)| number(bus) && ports.split('.').all(number));
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadPort(text.chars().take(MAX_NAME).collect()))
        }
    }
}

impl fmt::Display for UsbPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl UsbPort {
    /// The socket a device hangs on: as its selector says, or as the system (`sys`, usually
    /// `/sys`) knows for its node. `None` when it hangs on none, or is not known there now.
    #[must_use]
    pub fn of(selector: &Selector, sys: &Path) -> Option<Self> {
        let (class, node) = match Way::of(selector)? {
            Way::Port(port) => return port?.parse().ok(),
            Way::Node(class, node) => (class, node),
        };
        let node = fs::canonicalize(node).ok()?;
        let place = sys.join("class").join(class).join(node.file_name()?);
        Self::in_path(&fs::canonicalize(place).ok()?)
    }

    /// The last component of `path` that is a bus and port path.
    #[must_use]
    pub fn in_path(path: &Path) -> Option<Self> {
        path.iter()
            .rev()
            .find_map(|component| component.to_str()?.parse().ok())
    }

    /// The folder of this socket in `sys`.
    fn folder(&self, sys: &Path) -> PathBuf {
        let (hub, interface, socket) = match self.0.rsplit_once('.') {
            Some((hub, socket)) => (hub.to_owned(), format!("{hub}:1.0"), socket),
            None => {
                let (bus, socket) = self.0.split_once('-').unwrap_or((&self.0, ""));
                (format!("usb{bus}"), format!("{bus}-0:1.0"), socket)
            }
        };
        sys.join("bus/usb/devices")
            .join(interface)
            .join(format!("{hub}-port{socket}"))
    }

    /// Cuts the socket off in `sys`, calls `pause`, and puts it on again, whatever happens in
    /// between. Its twin for the other speed (USB 2 and 3 share a socket) goes with it,
    /// because otherwise the power stays.
    ///
    /// # Errors
    /// `NotFound` when there is no such socket, `Unsupported` when the kernel cannot switch
    /// it, `PermissionDenied` when this process may not.
    pub fn switch(&self, sys: &Path, pause: impl FnOnce()) -> io::Result<()> {
        let folder = self.folder(sys);
        if !folder.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("there is no USB port {self}"),
            ));
        }
        let sockets: Vec<PathBuf> = [folder.clone(), folder.join("peer")]
            .into_iter()
            .map(|folder| folder.join("disable"))
            .filter(|file| file.is_file())
            .collect();
        if sockets.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!("the power of USB port {self} cannot be switched here"),
            ));
        }
        let set = |value: &str| -> io::Result<()> {
            // All of them are tried: one left off would stay off.
            let done = sockets.iter().map(|file| fs::write(file, value));
            done.fold(Ok(()), io::Result::and)
        };
        let off = set("1");
        if off.is_ok() {
            pause();
        }
        let on = set("0");
        off.and(on)
    }
}

/// How the socket of a device is found.
enum Way<'a> {
    /// As its selector says, where it does.
    Port(Option<&'a str>),
    /// By its node, of this class of the system.
    Node(&'static str, &'a Path),
}

impl<'a> Way<'a> {
    /// `None` for a device that hangs on no socket, as behind a network.
    fn of(selector: &'a Selector) -> Option<Self> {
        match selector {
            Selector::Usb { port, .. } | Selector::Hid { port, .. } => {
                Some(Self::Port(port.as_deref()))
            }
            Selector::Serial { path, .. } => Some(Self::Node("tty", path)),
            Selector::Evdev(path) => Some(Self::Node("input", path)),
            Selector::Camera(path) => Some(Self::Node("video4linux", path)),
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

/// The last rung of the recovery ladder: `program` (usually `kiosk-port-power`, allowed to
/// write there) is called with the port of the device at `selector`. `None` for a device that
/// hangs on no USB port, as behind a network.
///
/// The port is looked up while the device is there and remembered, because a dead device
/// may have lost its node.
#[must_use]
pub fn power_switch(program: PathBuf, selector: Selector) -> Option<PowerSwitch> {
    Way::of(&selector)?;
    Some(switch_in("/sys".into(), program, selector))
}

/// [`power_switch`] where `sys` is the system's folder of devices.
fn switch_in(sys: PathBuf, program: PathBuf, selector: Selector) -> PowerSwitch {
    let mut known = UsbPort::of(&selector, &sys);
    Box::new(move || {
        known = UsbPort::of(&selector, &sys).or_else(|| known.take());
        match &known {
            Some(port) => call(&program, port),
            None => Err(io::Error::new(
                io::ErrorKind::NotFound,
                "it is not known on which USB port the device hangs",
            )),
        }
    })
}

/// Runs `program PORT` to its end, at most ten seconds.
fn call(program: &Path, port: &UsbPort) -> io::Result<()> {
    let mut command = Command::new(program);
    command
        .arg(port.to_string())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match Running::start(&mut command)?.ended(Instant::now() + PATIENCE)? {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(io::Error::other(format!(
            "the program that switches USB ports ended with {status}"
        ))),
        None => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the program that switches USB ports took longer than 10 s",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use tempfile::TempDir;

    use super::*;

    /// A part of `/sys` with one hub socket, and its twin where `twin`.
    fn sys(port_folder: &str, twin: bool) -> (TempDir, PathBuf) {
        let sys = tempfile::tempdir().unwrap();
        let socket = sys.path().join("bus/usb/devices").join(port_folder);
        fs::create_dir_all(&socket).unwrap();
        fs::write(socket.join("disable"), "0").unwrap();
        if twin {
            let other = sys.path().join("twin");
            fs::create_dir(&other).unwrap();
            fs::write(other.join("disable"), "0").unwrap();
            symlink(&other, socket.join("peer")).unwrap();
        }
        (sys, socket)
    }

    fn read(socket: &Path, file: &str) -> String {
        fs::read_to_string(socket.join(file)).unwrap()
    }

    fn port(text: &str) -> UsbPort {
        text.parse().unwrap()
    }

    #[test]
    fn a_hung_device_at_a_hub_loses_its_power_and_gets_it_back() {
        let (sys, socket) = sys("1-2:1.0/1-2-port3", true);
        let mut seen = None;
        port("1-2.3")
            .switch(sys.path(), || {
                seen = Some((read(&socket, "disable"), read(&socket, "peer/disable")));
            })
            .unwrap();
        assert_eq!(seen, Some(("1".to_owned(), "1".to_owned())));
        assert_eq!(read(&socket, "disable"), "0");
        assert_eq!(read(&socket, "peer/disable"), "0");
    }

    #[test]
    fn a_socket_of_the_machine_itself_is_one_of_its_root_hub() {
        let (sys, socket) = sys("3-0:1.0/usb3-port4", false);
        port("3-4").switch(sys.path(), || ()).unwrap();
        assert_eq!(read(&socket, "disable"), "0");
    }

    #[test]
    fn a_socket_that_cannot_be_switched_or_is_not_there_says_so() {
        let (sys, socket) = sys("1-2:1.0/1-2-port3", false);
        let error = port("1-2.4").switch(sys.path(), || ()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        fs::remove_file(socket.join("disable")).unwrap();
        let error = port("1-2.3").switch(sys.path(), || ()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        assert!(error.to_string().contains("1-2.3"), "{error}");
    }

    #[test]
    fn what_is_no_port_never_becomes_a_path() {
        let long = format!("1-{}", vec!["2"; 30].join("."));
        for text in [
            "", "1", "1-", "-2", "1-2.", "1-2..3", "1-2/3", "../1-2", "1-0", "1-1000", "01-2",
            "1-2\n", "1-2:1.0", &long,
        ] {
            let error = text.parse::<UsbPort>().unwrap_err();
            assert!(error.to_string().contains("is no USB port"), "{error}");
        }
        assert_eq!(port("12-1.2.13").to_string(), "12-1.2.13");
    }

    /// A part of `/sys` in which `name` of `class` hangs on port 1-2.3, and its node.
    fn hanging(class: &str, name: &str) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let place = format!("devices/pci0000:00/usb1/1-2/1-2.3/1-2.3:1.0/{class}/{name}");
        let device = folder.path().join(place);
        fs::create_dir_all(&device).unwrap();
        let classes = folder.path().join("class").join(class);
        fs::create_dir_all(&classes).unwrap();
        symlink(&device, classes.join(name)).unwrap();
        let node = folder.path().join(name);
        fs::write(&node, "").unwrap();
        (folder, node)
    }

    #[test]
    fn a_camera_hangs_on_a_port_as_well() {
        let (folder, node) = hanging("video4linux", "video2");
        let camera = Selector::Camera(node);
        assert_eq!(UsbPort::of(&camera, folder.path()), Some(port("1-2.3")));
    }

    #[test]
    fn a_device_that_lost_its_node_is_switched_on_the_port_it_had() {
        let (folder, node) = hanging("tty", "ttyUSB7");
        let called = folder.path().join("called");
        let program = folder.path().join("port-power");
        let script = format!("#!/bin/sh\nprintf %s \"$*\" > {}\n", called.display());
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let selector = format!("serial:{}", node.display()).parse().unwrap();
        let mut switch = switch_in(folder.path().to_owned(), program, selector);
        fs::remove_file(&node).unwrap();
        fs::remove_dir_all(folder.path().join("class")).unwrap();
        switch().unwrap();
        assert_eq!(fs::read_to_string(called).unwrap(), "1-2.3");
    }

    #[test]
    fn a_device_behind_a_network_has_no_port_to_switch() {
        for selector in ["tcp:192.0.2.7:9100", "escl:http://192.0.2.7/eSCL", "sim:"] {
            let switch = power_switch("/bin/true".into(), selector.parse().unwrap());
            assert!(switch.is_none(), "{selector}");
        }
    }

    #[test]
    fn the_port_of_a_serial_adapter_is_read_from_the_system() {
        let (folder, node) = hanging("tty", "ttyUSB7");
        let link = folder.path().join("reader");
        symlink(&node, &link).unwrap();
        let at = |selector: &str| UsbPort::of(&selector.parse().unwrap(), folder.path());
        assert_eq!(
            at(&format!("serial:{}", link.display())),
            Some(port("1-2.3"))
        );
        assert_eq!(at("usb:0400:c35a@3-1"), Some(port("3-1")));
        assert_eq!(at("usb:0400:c35a"), None);
        assert_eq!(at("serial:/dev/there-is-none"), None);
        assert_eq!(at("tcp:192.0.2.7:9100"), None);
    }
}
