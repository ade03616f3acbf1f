//! A program run as a child in a process group of its own: waited for with an end, and gone
//! with all it started once it is dropped.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus};
use std::time::Instant;

use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use crate::poll::readable;

/// The running program. Dropped, it is killed with all it started.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    /// Readable once the program has ended. The end of its output does not tell: what it
    /// started may hold the output and outlive it.
    end: OwnedFd,
    ended: bool,
}

impl Running {
    /// Starts `command` in a process group of its own.
    ///
    /// # Errors
    /// When it cannot be started; nothing runs then.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.process_group(0).spawn()?;
        match pidfd_open(Pid::from_child(&child), PidfdFlags::empty()) {
            Ok(end) => Ok(Self {
                child,
                end,
                ended: false,
            }),
            Err(errno) => {
                // Nobody could wait for it with an end; it may have ended by itself just now.
                let _ = child.kill();
                child.wait()?;
                Err(errno.into())
            }
        }
    }

    /// Its number, and that of its group.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Its standard input; `None` when that is no pipe or was taken.
    pub(crate) fn input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Its standard output; `None` when that is no pipe or was taken.
    pub(crate) fn output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Asks the program and all it started to stop, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        // Gone already is as good.
        let _ = kill_process_group(self.pid(), Signal::INT);
    }

    /// How the program ended, what it left behind being killed; `None` when it has not by
    /// `deadline`.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn ended(&mut self, deadline: Instant) -> io::Result<Option<ExitStatus>> {
        if !readable(&self.end, deadline)? {
            return Ok(None);
        }
        // While its number is still its own: it has not been waited for.
        let _ = kill_process_group(self.pid(), Signal::KILL);
        let status = self.child.wait()?;
        self.ended = true;
        Ok(Some(status))
    }
}

/// Becomes readable once the program has ended.
impl AsFd for Running {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.end.as_fd()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            // Before it is waited for, so that its number is still its own.
            let _ = kill_process_group(self.pid(), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}
