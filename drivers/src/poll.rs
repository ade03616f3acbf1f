//! Waiting for a file descriptor with an end.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Whether there is something to read from `fd`, or its end, by `deadline`. A deadline that has
/// passed still looks once.
///
/// # Errors
/// What the system says.
pub(crate) fn readable(fd: &impl AsFd, deadline: Instant) -> io::Result<bool> {
    any_readable(&mut [PollFd::new(fd, PollFlags::IN)], deadline)
}

/// As [`readable`], for the first of several.
///
/// # Errors
/// What the system says.
pub(crate) fn any_readable(fds: &mut [PollFd<'_>], deadline: Instant) -> io::Result<bool> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match poll(fds, Some(&timespec(left))) {
            Ok(count) => return Ok(count > 0),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// Longer than any deadline here is as good as the longest the system knows.
fn timespec(left: Duration) -> Timespec {
    Timespec::try_from(left).unwrap_or(Timespec {
        tv_sec: i64::MAX,
        tv_nsec: 0,
    })
}
