//! Just enough HTTP/1.1 for a printer: one request a connection, everything bounded.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Largest request head.
const MAX_HEAD: usize = 16 * 1024;
/// Largest document with its request.
const MAX_BODY: usize = 72 << 20;
/// Most headers of one request.
const MAX_HEADERS: usize = 64;
/// How long a client may take for its next bytes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads the body of one POST.
pub(super) fn read_request(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut bytes = Vec::new();
    let (head, length) = loop {
        if let Some(parsed) = parse_head(&bytes)? {
            break parsed;
        }
        if bytes.len() > MAX_HEAD {
            return Err(bad("the head is too long"));
        }
        read_some(stream, &mut bytes)?;
    };
    if length > MAX_BODY {
        return Err(bad("the body is too long"));
    }
    while bytes.len() < head + length {
        read_some(stream, &mut bytes)?;
    }
    Ok(bytes.get(head..head + length).unwrap_or_default().to_vec())
}

fn read_some(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = [0u8; 16 * 1024];
    let count = stream.read(&mut buffer)?;
    if count == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
    Ok(())
}

/// Length of the head and of the body; `None` while the head is not complete.
fn parse_head(bytes: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let status = request
        .parse(bytes)
        .map_err(|error| bad(&error.to_string()))?;
    let httparse::Status::Complete(head) = status else {
        return Ok(None);
    };
    let length = request
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse().ok());
    let length = length.ok_or_else(|| bad("no length of the body"))?;
    Ok(Some((head, length)))
}

fn bad(reason: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason.to_owned())
}

/// Writes an IPP answer; the connection is closed afterwards.
pub(super) fn write_answer(stream: &mut TcpStream, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()
}
