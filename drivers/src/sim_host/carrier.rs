//! The two carriers a simulator is reached over: a pty and a TCP listener.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, ptsname, unlockpt};
use rustix::termios::{InputModes, OptionalActions, ioctl_tiocnxcl, tcgetattr, tcsetattr};

/// Device bytes kept while nobody reads; what a host that is away would have missed.
const MAX_OUTGOING: usize = 1 << 20;

/// The longest a pty is left without a look at what a killed program left on it.
const LOOK: Duration = Duration::from_millis(500);

/// What carries a simulator's bytes.
pub(super) enum Carrier {
    Pty(Pty),
    Tcp {
        listener: Option<TcpListener>,
        address: Option<std::net::SocketAddr>,
        client: Option<TcpStream>,
    },
}

/// A pty whose program's end is raw and may be opened and closed any number of times.
pub(super) struct Pty {
    ends: Option<Ends>,
    name: PathBuf,
    link: Option<PathBuf>,
}

/// Our end, and one hold on the program's end so that our reads do not fail while nobody
/// else has it open.
struct Ends {
    ours: OwnedFd,
    theirs: OwnedFd,
}

impl Pty {
    pub(super) fn open(link: Option<PathBuf>) -> io::Result<Self> {
        let mut pty = Self {
            ends: None,
            name: PathBuf::new(),
            link,
        };
        pty.plug()?;
        Ok(pty)
    }

    pub(super) fn name(&self) -> &Path {
        &self.name
    }

    fn plug(&mut self) -> io::Result<()> {
        if self.ends.is_some() {
            return Ok(());
        }
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let theirs = ioctl_tiocgptpeer(&ours, flags)?;
        let mut termios = tcgetattr(&theirs)?;
        termios.make_raw();
        tcsetattr(&theirs, OptionalActions::Now, &termios)?;
        rustix::fs::fcntl_setfl(&ours, OFlags::NONBLOCK)?;
        let name = ptsname(&ours, Vec::new())?;
        self.name = PathBuf::from(std::ffi::OsStr::from_bytes(name.as_bytes()));
        if let Some(link) = &self.link {
            point(link, &self.name)?;
        }
        self.ends = Some(Ends { ours, theirs });
        Ok(())
    }

    fn unplug(&mut self) {
        self.ends = None;
        if let Some(link) = self.link.as_ref().filter(|link| link.is_symlink()) {
            let _ = fs::remove_file(link);
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        self.unplug();
    }
}

/// Makes `link` point at `target` in one step; anything but a link is left alone.
fn point(link: &Path, target: &Path) -> io::Result<()> {
    if link.symlink_metadata().is_ok_and(|meta| !meta.is_symlink()) {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!("{} exists and is no symbolic link", link.display()),
        ));
    }
    let mut new = link.as_os_str().to_owned();
    new.push(format!(".new{}", std::process::id()));
    let new = PathBuf::from(new);
    std::os::unix::fs::symlink(target, &new)?;
    fs::rename(&new, link)
}

impl Carrier {
    pub(super) fn tcp(listener: TcpListener) -> Self {
        Self::Tcp {
            address: listener.local_addr().ok(),
            listener: Some(listener),
            client: None,
        }
    }

    pub(super) fn unplug(&mut self) {
        match self {
            Self::Pty(pty) => pty.unplug(),
            Self::Tcp {
                listener, client, ..
            } => {
                *listener = None;
                *client = None;
            }
        }
    }

    pub(super) fn plug(&mut self) -> io::Result<()> {
        match self {
            Self::Pty(pty) => pty.plug(),
            Self::Tcp {
                listener, address, ..
            } => {
                if let (None, Some(address)) = (&listener, address) {
                    let again = TcpListener::bind(*address)?;
                    again.set_nonblocking(true)?;
                    *listener = Some(again);
                }
                Ok(())
            }
        }
    }

    /// Whether the program's end stops at XOFF; a socket never does.
    pub(super) fn honours_xoff(&self) -> bool {
        match self {
            Self::Pty(pty) => pty.ends.as_ref().is_some_and(|ends| {
                tcgetattr(&ends.ours)
                    .is_ok_and(|termios| termios.input_modes.contains(InputModes::IXON))
            }),
            Self::Tcp { .. } => false,
        }
    }

    /// Lifts the exclusive mark. The kernel would on the last close, but our own hold keeps
    /// the line open, and a program that was killed could then not come back.
    pub(super) fn let_in(&self) {
        if let Self::Pty(Pty {
            ends: Some(ends), ..
        }) = self
        {
            let _ = ioctl_tiocnxcl(&ends.theirs);
        }
    }

    /// Bytes the host sent; 0 when there are none now.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> usize {
        match self {
            Self::Pty(pty) => pty
                .ends
                .as_ref()
                .and_then(|ends| rustix::io::read(&ends.ours, buffer).ok())
                .unwrap_or(0),
            Self::Tcp {
                listener, client, ..
            } => {
                if let Some(Ok((newcomer, _))) = listener.as_ref().map(TcpListener::accept)
                    && newcomer.set_nonblocking(true).is_ok()
                    && newcomer.set_nodelay(true).is_ok()
                {
                    *client = Some(newcomer);
                }
                let Some(stream) = client else { return 0 };
                match stream.read(buffer) {
                    Ok(count) if count > 0 => count,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                    Ok(_) | Err(_) => {
                        *client = None;
                        0
                    }
                }
            }
        }
    }

    /// Hands over what the carrier takes now; bytes for nobody are dropped.
    pub(super) fn write(&mut self, bytes: &[u8]) -> usize {
        if bytes.is_empty() {
            return 0;
        }
        let taken = match self {
            Self::Pty(Pty {
                ends: Some(ends), ..
            }) => match rustix::io::write(&ends.ours, bytes) {
                Ok(count) => count,
                Err(Errno::AGAIN | Errno::INTR) => 0,
                Err(_) => bytes.len(),
            },
            Self::Tcp {
                client: Some(stream),
                ..
            } => match stream.write(bytes) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                Err(_) => bytes.len(),
            },
            Self::Pty(_) | Self::Tcp { .. } => bytes.len(),
        };
        if bytes.len() > MAX_OUTGOING {
            bytes.len()
        } else {
            taken
        }
    }

    /// Sleeps until the hand, the host or the time calls.
    pub(super) fn wait(
        &self,
        woken: &UnixStream,
        timeout: Option<Duration>,
        readable: bool,
        writable: bool,
    ) {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, readable);
        flags.set(PollFlags::OUT, writable);
        let mut fds = vec![PollFd::new(woken, PollFlags::IN)];
        match self {
            Self::Pty(pty) => {
                fds.extend(pty.ends.iter().map(|ends| PollFd::new(&ends.ours, flags)));
            }
            Self::Tcp {
                listener, client, ..
            } => {
                fds.extend(
                    listener
                        .iter()
                        .map(|l| PollFd::from_borrowed_fd(l.as_fd(), PollFlags::IN)),
                );
                fds.extend(
                    client
                        .iter()
                        .map(|c| PollFd::from_borrowed_fd(c.as_fd(), flags)),
                );
            }
        }
        let timeout = match self {
            Self::Pty(_) => Some(timeout.unwrap_or(LOOK).min(LOOK)),
            Self::Tcp { .. } => timeout,
        };
        let timeout = timeout.and_then(|left| Timespec::try_from(left).ok());
        if poll(&mut fds, timeout.as_ref()).is_ok_and(|ready| ready > 0) {
            let mut sink = [0; 64];
            let mut pipe = woken;
            while matches!(pipe.read(&mut sink), Ok(count) if count > 0) {}
        }
    }
}
