//! The decoder's process: limited before it gets its first byte, and gone when we return.

use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::time::Instant;

use rustix::io::Errno;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use zeroize::{Zeroize, Zeroizing};

use super::{PhotoDecoder, PhotoError};
use crate::child::Running;
use crate::poll::readable;

/// The most bytes a picture may have; the largest form is a BMP of 38,862.
const MOST: usize = 128 << 10;

/// Open files a decoder may have.
const FILES: u64 = 64;

fn system(operation: &'static str) -> impl FnOnce(io::Error) -> PhotoError {
    move |source| PhotoError::System { operation, source }
}

/// What the decoder writes when it is given `compressed`.
pub(super) fn run(decoder: &PhotoDecoder, compressed: &[u8]) -> Result<Vec<u8>, PhotoError> {
    let end = Instant::now() + decoder.time;
    let mut command = Command::new(&decoder.program);
    command
        .args(&decoder.arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut running = Running::start(&mut command).map_err(system("start the program"))?;
    limit(decoder, running.pid()).map_err(system("limit the program"))?;
    let (Some(mut input), Some(output)) = (running.input(), running.output()) else {
        return Err(system("reach the program")(
            io::ErrorKind::BrokenPipe.into(),
        ));
    };
    // An empty pipe takes it at once. A decoder that does not want it is judged by its answer.
    let _ = input.write_all(compressed);
    drop(input);
    let timed_out = || PhotoError::TimedOut(decoder.time);
    let written = read_all(&output.into(), end)?.ok_or_else(timed_out)?;
    let status = running
        .ended(end)
        .map_err(system("wait for the program's end"))?
        .ok_or_else(timed_out)?;
    if !status.success() {
        return Err(PhotoError::Failed(status));
    }
    Ok(written.to_vec())
}

/// Time, memory, files; no file may be written and no core left, for both would hold a face.
fn limit(decoder: &PhotoDecoder, pid: Pid) -> io::Result<()> {
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
    while readable(output, end).map_err(system("wait for the program"))? {
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
