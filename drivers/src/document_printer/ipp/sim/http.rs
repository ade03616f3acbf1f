//! How the simulated printer answers over HTTP/1.1.

use std::io::{self, Write};

/// Writes an IPP answer; the connection is closed afterwards.
pub(super) fn write_answer(stream: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()
}
