//! The one textual form that names a device: `serial:/dev/ttyUSB0@115200`, `tcp:HOST:PORT`,
//! `escl:URL`, `file:PATH` … Parsed once, at the edge.
//!
//! Only forms some driver of this crate takes are offered; which device takes which form is
//! its driver's business. `v4l:` is another word for `camera:`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a device is found.
///
/// ```
/// use kiosk_drivers::selector::Selector;
///
/// let reader: Selector = "serial:/dev/ttyUSB0@115200".parse()?;
/// assert_eq!(
///     reader,
///     Selector::Serial { path: "/dev/ttyUSB0".into(), baud: Some(115_200) }
/// );
/// assert_eq!(reader.to_string(), "serial:/dev/ttyUSB0@115200");
///
/// let error = "serial:".parse::<Selector>().unwrap_err();
/// assert_eq!(error.to_string(), "device \"serial:\": a path is missing, write serial:PATH[@BAUD]");
/// # Ok::<(), kiosk_drivers::selector::SelectorError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selector {
    /// `serial:PATH[@BAUD]`: a serial line. Without a speed the driver takes its own and
    /// may look at others.
    Serial {
        /// Device node, `by-id` link or pty.
        path: PathBuf,
        /// Bits per second, 50 to 4,000,000.
        baud: Option<u32>,
    },
    /// `tcp:HOST:PORT`; an IPv6 address stands in brackets.
    Tcp {
        /// Name or address.
        host: String,
        /// Port, not 0.
        port: u16,
    },
    /// `usb:VID:PID[:SERIAL][@PORT]`: a USB device by ids in hex.
    Usb {
        /// Vendor id.
        vid: u16,
        /// Product id.
        pid: u16,
        /// Serial number, where several of one kind are plugged in.
        serial: Option<String>,
        /// Bus and port path such as `1-2.3`.
        port: Option<String>,
    },
    /// `hid:VID:PID[@PORT]`: a HID device by ids in hex.
    Hid {
        /// Vendor id.
        vid: u16,
        /// Product id.
        pid: u16,
        /// Bus and port path such as `1-2.3`.
        port: Option<String>,
    },
    /// `escl:URL`: a network scanner, `http` or `https`.
    Escl(String),
    /// `sane:DEVICE`: a scanner as SANE names it, such as `fujitsu:fi-7160:12345`.
    Sane(String),
    /// `camera:PATH` or `v4l:PATH`: a head of a document camera by its video node, such as
    /// `/dev/video0` or a link under `/dev/v4l/by-path`, which stays when others are plugged in.
    Camera(PathBuf),
    /// `camera:file:PATH`: pictures that play as a camera's frames, a file or a folder of them.
    CameraFrames(PathBuf),
    /// `file:PATH`: a folder or file instead of a device.
    File(PathBuf),
    /// `ipp:URL`: a network printer, `ipp`, `ipps`, `http` or `https`.
    Ipp(String),
    /// `evdev:PATH`: an input device of the kernel.
    Evdev(PathBuf),
    /// `sim:`: the simulator of the kind, inside this program.
    Sim,
}

/// Why a text names no device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("device {text:?}: {reason}, write {form}")]
pub struct SelectorError {
    /// The text given.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
    /// The form expected.
    pub form: &'static str,
}

/// All forms, for a prefix nobody knows.
const FORMS: &str = "serial:PATH[@BAUD], tcp:HOST:PORT, usb:VID:PID[:SERIAL][@PORT], \
     hid:VID:PID[@PORT], escl:URL, sane:DEVICE, camera:[file:]PATH, file:PATH, ipp:URL, evdev:PATH or sim:";

/// What a selector may hold at most; a longer one is a mistake.
const MAX_LENGTH: usize = 4096;

type Parsed = Result<Selector, (&'static str, &'static str)>;

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map_err(|(reason, form)| SelectorError {
            text: text.chars().take(200).collect(),
            reason,
            form,
        })
    }
}

fn parse(text: &str) -> Parsed {
    let (kind, rest) = text
        .split_once(':')
        .ok_or(("no kind before a colon", FORMS))?;
    if text.len() > MAX_LENGTH {
        return Err(("too long", FORMS));
    }
    if text.chars().any(char::is_control) {
        return Err(("a control character in it", FORMS));
    }
    match kind {
        "serial" => serial(rest),
        "tcp" => tcp(rest),
        "usb" => usb(rest),
        "hid" => hid(rest),
        "escl" => {
            url(rest, &["http", "https"], "escl:http[s]://HOST[:PORT]/PATH").map(Selector::Escl)
        }
        "ipp" => url(rest, &["ipp", "ipps", "http", "https"], "ipp:URL").map(Selector::Ipp),
        "sane" => present(rest, "a device is missing", "sane:DEVICE")
            .map(|device| Selector::Sane(device.to_owned())),
        "file" => path(rest, "file:PATH").map(Selector::File),
        "evdev" => path(rest, "evdev:PATH").map(Selector::Evdev),
        "sim" if rest.is_empty() => Ok(Selector::Sim),
        "sim" => Err(("nothing may follow the colon", "sim:")),
        "camera" => match rest.strip_prefix("file:") {
            Some(frames) => path(frames, "camera:file:PATH").map(Selector::CameraFrames),
            None => path(rest, "camera:PATH").map(Selector::Camera),
        },
        "v4l" => path(rest, "v4l:PATH").map(Selector::Camera),
        _ => Err(("unknown kind of device", FORMS)),
    }
}

fn present<'a>(
    rest: &'a str,
    reason: &'static str,
    form: &'static str,
) -> Result<&'a str, (&'static str, &'static str)> {
    if rest.is_empty() {
        Err((reason, form))
    } else {
        Ok(rest)
    }
}

fn path(rest: &str, form: &'static str) -> Result<PathBuf, (&'static str, &'static str)> {
    present(rest, "a path is missing", form).map(PathBuf::from)
}

/// A path may itself hold `@` (device-tree names do), so only digits after the last one are a speed.
fn serial(rest: &str) -> Parsed {
    let form = "serial:PATH[@BAUD]";
    let (text, speed) = match rest.rsplit_once('@') {
        Some((path, speed)) if speed.bytes().all(|byte| byte.is_ascii_digit()) => {
            (path, Some(speed))
        }
        _ => (rest, None),
    };
    let baud = speed
        .map(|speed| {
            speed
                .parse::<u32>()
                .ok()
                .filter(|baud| (50..=4_000_000).contains(baud))
        })
        .map(|baud| baud.ok_or(("the speed is not 50 to 4000000 bits per second", form)))
        .transpose()?;
    Ok(Selector::Serial {
        path: path(text, form)?,
        baud,
    })
}

fn tcp(rest: &str) -> Parsed {
    let form = "tcp:HOST:PORT";
    let (host, port) = rest.rsplit_once(':').ok_or(("no port", form))?;
    let host = present(host, "a host is missing", form)?;
    if host.contains(':') && !(host.starts_with('[') && host.ends_with(']')) {
        return Err(("an IPv6 address stands in brackets", "tcp:[ADDRESS]:PORT"));
    }
    let port = port
        .parse()
        .ok()
        .filter(|port| *port != 0)
        .ok_or(("the port is not 1 to 65535", form))?;
    Ok(Selector::Tcp {
        host: host.to_owned(),
        port,
    })
}

/// Splits `[@PORT]` off the end.
fn usb_port(rest: &str) -> (&str, Option<String>) {
    match rest.rsplit_once('@') {
        Some((ids, port)) if !port.is_empty() => (ids, Some(port.to_owned())),
        _ => (rest, None),
    }
}

fn usb_id(text: Option<&str>, form: &'static str) -> Result<u16, (&'static str, &'static str)> {
    text.filter(|digits| (1..=4).contains(&digits.len()))
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|digits| u16::from_str_radix(digits, 16).ok())
        .ok_or((
            "vendor and product are not up to four hex digits each",
            form,
        ))
}

fn usb(rest: &str) -> Parsed {
    let form = "usb:VID:PID[:SERIAL][@PORT]";
    let (ids, port) = usb_port(rest);
    let mut parts = ids.splitn(3, ':');
    let vid = usb_id(parts.next(), form)?;
    let pid = usb_id(parts.next(), form)?;
    let serial = match parts.next() {
        Some("") => return Err(("an empty serial number", form)),
        serial => serial.map(str::to_owned),
    };
    Ok(Selector::Usb {
        vid,
        pid,
        serial,
        port,
    })
}

fn hid(rest: &str) -> Parsed {
    let form = "hid:VID:PID[@PORT]";
    let (ids, port) = usb_port(rest);
    let (vid, pid) = ids.split_once(':').ok_or(("no product id", form))?;
    Ok(Selector::Hid {
        vid: usb_id(Some(vid), form)?,
        pid: usb_id(Some(pid), form)?,
        port,
    })
}

fn url(
    rest: &str,
    schemes: &[&str],
    form: &'static str,
) -> Result<String, (&'static str, &'static str)> {
    let (scheme, address) = rest
        .split_once("://")
        .ok_or(("the address has no scheme", form))?;
    if !schemes.contains(&scheme) {
        return Err(("the address has another scheme", form));
    }
    if address.is_empty() || address.starts_with('/') || address.contains(char::is_whitespace) {
        return Err(("the address names no host", form));
    }
    Ok(rest.to_owned())
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = |mark: &str, part: &Option<String>| {
            part.as_ref()
                .map(|part| format!("{mark}{part}"))
                .unwrap_or_default()
        };
        match self {
            Self::Serial { path, baud } => {
                let speed = baud.map(|baud| baud.to_string());
                write!(f, "serial:{}{}", path.display(), tail("@", &speed))
            }
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Self::Usb {
                vid,
                pid,
                serial,
                port,
            } => {
                write!(
                    f,
                    "usb:{vid:04x}:{pid:04x}{}{}",
                    tail(":", serial),
                    tail("@", port)
                )
            }
            Self::Hid { vid, pid, port } => write!(f, "hid:{vid:04x}:{pid:04x}{}", tail("@", port)),
            Self::Escl(url) => write!(f, "escl:{url}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Ipp(url) => write!(f, "ipp:{url}"),
            Self::Evdev(path) => write!(f, "evdev:{}", path.display()),
            // The other word, so that it reads back as a node.
            Self::Camera(path) if path.to_string_lossy().starts_with("file:") => {
                write!(f, "v4l:{}", path.display())
            }
            Self::Camera(path) => write!(f, "camera:{}", path.display()),
            Self::CameraFrames(path) => write!(f, "camera:file:{}", path.display()),
            Self::Sane(device) => write!(f, "sane:{device}"),
            Self::Sim => write!(f, "sim:"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_reads_back_as_written() {
        for text in [
            "serial:/dev/ttyUSB0",
            "serial:/dev/serial/by-path/soc@0-port1@9600",
            "tcp:reader.example:4001",
            "tcp:[::1]:4001",
            "usb:0400:c35a",
            "usb:0400:c35a:A17@1-2.3",
            "hid:10c4:0007@1-2",
            "escl:http://192.0.2.7:8080/eSCL/",
            "file:/tmp/results",
            "ipp:ipp://192.0.2.8/ipp/print",
            "sane:fujitsu:fi-7160:12345",
            "camera:/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0",
            "camera:file:frames/desk.jpg",
            "evdev:/dev/input/event3",
            "sim:",
        ] {
            let selector: Selector = text.parse().unwrap();
            assert_eq!(selector.to_string(), text);
        }
    }

    #[test]
    fn a_camera_is_named_by_either_word() {
        let camera = Selector::Camera("/dev/video2".into());
        assert_eq!("v4l:/dev/video2".parse(), Ok(camera.clone()));
        assert_eq!("camera:/dev/video2".parse(), Ok(camera));
    }

    #[test]
    fn a_path_with_an_at_sign_keeps_it() {
        let selector: Selector = "serial:/dev/soc@fe20".parse().unwrap();
        assert_eq!(
            selector,
            Selector::Serial {
                path: "/dev/soc@fe20".into(),
                baud: None
            }
        );
    }

    #[test]
    fn a_mistyped_device_says_what_is_wrong_and_how_it_is_written() {
        for (text, reason) in [
            ("", "no kind before a colon"),
            ("/dev/ttyUSB0", "no kind before a colon"),
            ("com:1", "unknown kind of device"),
            ("serial:", "a path is missing"),
            ("v4l:", "a path is missing"),
            ("camera:", "a path is missing"),
            ("camera:file:", "a path is missing"),
            (
                "serial:/dev/ttyS0@9",
                "the speed is not 50 to 4000000 bits per second",
            ),
            ("tcp:host", "no port"),
            ("tcp::80", "a host is missing"),
            ("tcp:host:0", "the port is not 1 to 65535"),
            ("tcp:::1:80", "an IPv6 address stands in brackets"),
            (
                "usb:0400",
                "vendor and product are not up to four hex digits each",
            ),
            ("usb:0400:c35a:", "an empty serial number"),
            (
                "usb:+400:c35a",
                "vendor and product are not up to four hex digits each",
            ),
            ("hid:10c4", "no product id"),
            ("escl:192.0.2.7", "the address has no scheme"),
            ("escl:ftp://192.0.2.7", "the address has another scheme"),
            ("escl:http:///eSCL", "the address names no host"),
            ("sim:reader", "nothing may follow the colon"),
            ("file:/a\nb", "a control character in it"),
        ] {
            assert_eq!(
                text.parse::<Selector>().unwrap_err().reason,
                reason,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_reads_back_the_same(text in ".{0,60}|(usb|hid|tcp|serial|v4l|camera|camera:file):[0-9a-file:@./]{0,20}") {
            if let Ok(selector) = text.parse::<Selector>() {
                prop_assert_eq!(selector.to_string().parse::<Selector>().unwrap(), selector);
            }
        }
    }
}
