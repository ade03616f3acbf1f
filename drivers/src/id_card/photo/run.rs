//! The decoder's process: limited before it gets its first byte, and gone when we return.

use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Resource, Rlimit, Signal, kill_process_group, pidfd_open, prlimit,
};
use zeroize::{Zeroize, Zeroizing};

use super::{PhotoDecoder, PhotoError};

/// The most bytes a picture may have; the largest form is a BMP of 38,862.
const MOST: usize = 128 << 10;

/// Open files a decoder may have.
const FILES: u64 = 64;

/// The running decoder; dropped, it and all it started are killed.
struct Running {
    child: Child,
    pid: Option<Pid>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Before it is waited for, so that its number is still its own.
        if let Some(group) = self.pid {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn system(operation: &'static str) -> impl FnOnce(io::Error) -> PhotoError {
    move |source| PhotoError::System { operation, source }
}

/// What the decoder writes when it is given `compressed`.
pub(super) fn run(decoder: &PhotoDecoder, compressed: &[u8]) -> Result<Vec<u8>, PhotoError> {
    let end = Instant::now() + decoder.time;
    let child = Command::new(&decoder.program)
        .args(&decoder.arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(system("start the program"))?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let mut running = Running { child, pid };
    limit(decoder, pid).map_err(system("limit the program"))?;
    let (Some(mut input), Some(output)) = (running.child.stdin.take(), running.child.stdout.take())
    else {
        return Err(system("reach the program")(
            io::ErrorKind::BrokenPipe.into(),
        ));
    };
    // An empty pipe takes it at once. A decoder that does not want it is judged by its answer.
    let _ = input.write_all(compressed);
    drop(input);
    let timed_out = || PhotoError::TimedOut(decoder.time);
    let written = read_all(&output.into(), end)?.ok_or_else(timed_out)?;
    let status = ended(&mut running, end)?.ok_or_else(timed_out)?;
    if !status.success() {
        return Err(PhotoError::Failed(status));
    }
    Ok(written.to_vec())
}

/// Time, memory, files; no file may be written and no core left, for both would hold a face.
fn limit(decoder: &PhotoDecoder, pid: Option<Pid>) -> io::Result<()> {
    let pid = pid.ok_or(io::ErrorKind::NotFound)?;
    let seconds = decoder.time.as_secs().saturating_add(1);
    for (resource, most) in [
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::As, decoder.memory),
        (Resource::Cpu, seconds),
        (Resource::Nofile, FILES),
    ] {
        let most = Some(most);
        let limit = Rlimit {
            current: most,
            maximum: most,
        };
        prlimit(Some(pid), resource, limit)?;
    }
    Ok(())
}

/// All the program writes until it closes its output; `None` when the time is over.
fn read_all(output: &OwnedFd, end: Instant) -> Result<Option<Zeroizing<Vec<u8>>>, PhotoError> {
    // Made as large as it may get: no growth, so no unwiped copy.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST));
    let mut piece = Zeroizing::new([0; 4096]);
    while ready(output, end).map_err(system("wait for the program"))? {
        match rustix::io::read(output, piece.as_mut_slice()) {
            Ok(0) => return Ok(Some(bytes)),
            Ok(count) if bytes.len() + count > MOST => return Err(PhotoError::TooLong),
            Ok(count) => bytes.extend(piece.iter().take(count)),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(errno) => return Err(system("read from the program")(errno.into())),
        }
        piece.zeroize();
    }
    Ok(None)
}

/// The program's end; `None` when the time is over.
fn ended(
    running: &mut Running,
    end: Instant,
) -> Result<Option<std::process::ExitStatus>, PhotoError> {
    let waiting = "wait for the program's end";
    let pid = running
        .pid
        .ok_or_else(|| system(waiting)(io::ErrorKind::NotFound.into()))?;
    let handle =
        pidfd_open(pid, PidfdFlags::empty()).map_err(|errno| system(waiting)(errno.into()))?;
    if !ready(&handle, end).map_err(system(waiting))? {
        return Ok(None);
    }
    // What it started goes with it, while its number is still its own.
    let _ = kill_process_group(pid, Signal::KILL);
    running.pid = None;
    running.child.wait().map(Some).map_err(system(waiting))
}

/// Whether there is something at `fd` before `end`.
fn ready(fd: &impl AsFd, end: Instant) -> io::Result<bool> {
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left == Duration::ZERO {
            return Ok(false);
        }
        let timeout = Timespec::try_from(left).ok();
        match poll(&mut [PollFd::new(fd, PollFlags::IN)], timeout.as_ref()) {
            Ok(count) => return Ok(count > 0),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}
