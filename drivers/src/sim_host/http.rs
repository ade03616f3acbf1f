//! Just enough HTTP/1.1 for a simulated device: one request a connection, everything bounded.

use std::io::{self, ErrorKind, Read};

/// Largest request head.
const MAX_HEAD: usize = 16 * 1024;
/// Most headers of one request.
const MAX_HEADERS: usize = 64;

/// One request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// `Host`; empty when not given.
    pub(crate) host: String,
    /// `None` = no length of it was given.
    pub(crate) body: Option<Vec<u8>>,
}

/// Reads one request with a body of `max_body` bytes at most; an error closes the connection.
pub(crate) fn read_request(stream: &mut impl Read, max_body: usize) -> io::Result<Request> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(parsed) = parse_head(&bytes)? {
            break parsed;
        }
        if bytes.len() > MAX_HEAD {
            return Err(bad("the head is too long"));
        }
        read_some(stream, &mut bytes)?;
    };
    let mut body = None;
    if let Some(length) = head.body {
        if length > max_body {
            return Err(bad("the body is too long"));
        }
        let end = head.bytes + length;
        while bytes.len() < end {
            read_some(stream, &mut bytes)?;
        }
        body = bytes.get(head.bytes..end).map(<[u8]>::to_vec);
    }
    Ok(Request {
        method: head.method,
        path: head.path,
        host: head.host,
        body,
    })
}

fn read_some(stream: &mut impl Read, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = [0u8; 16 * 1024];
    let count = stream.read(&mut buffer)?;
    if count == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
    Ok(())
}

/// A head that came whole.
struct Head {
    method: String,
    path: String,
    host: String,
    /// Its own length.
    bytes: usize,
    /// The length of the body.
    body: Option<usize>,
}

/// `None` while the head is not complete.
fn parse_head(bytes: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let status = request
        .parse(bytes)
        .map_err(|error| bad(&error.to_string()))?;
    let httparse::Status::Complete(head) = status else {
        return Ok(None);
    };
    let header = |name: &str| {
        let mut headers = request.headers.iter();
        let found = headers.find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok().map(str::trim)
    };
    let body = header("content-length").and_then(|length| length.parse().ok());
    let host = header("host").unwrap_or_default().to_owned();
    Ok(Some(Head {
        method: request.method.unwrap_or_default().to_owned(),
        path: request.path.unwrap_or_default().to_owned(),
        host,
        bytes: head,
        body,
    }))
}

fn bad(reason: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason.to_owned())
}
