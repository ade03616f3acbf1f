//! Just enough HTTP/1.1 for a scanner: one request a connection, everything bounded.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Largest request head.
const MAX_HEAD: usize = 16 * 1024;
/// Largest request body.
const MAX_BODY: usize = 256 * 1024;
/// Most headers of one request.
const MAX_HEADERS: usize = 64;
/// How long a client may take for its request.
const PATIENCE: Duration = Duration::from_secs(20);

/// One request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body: Vec<u8>,
}

/// Reads one request; an error closes the connection.
pub(super) fn read_request(stream: &mut TcpStream) -> io::Result<Request> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut bytes = Vec::new();
    let (method, path, head, length) = loop {
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
    let body = bytes.get(head..head + length).unwrap_or_default().to_vec();
    Ok(Request { method, path, body })
}

fn read_some(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = [0u8; 4096];
    let count = stream.read(&mut buffer)?;
    if count == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
    Ok(())
}

type Head = (String, String, usize, usize);

/// Method, path, length of the head, length of the body; `None` while the head is not complete.
fn parse_head(bytes: &[u8]) -> io::Result<Option<Head>> {
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
        .and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse().ok())
        .unwrap_or(0);
    let method = request.method.unwrap_or_default().to_owned();
    Ok(Some((
        method,
        request.path.unwrap_or_default().to_owned(),
        head,
        length,
    )))
}

fn bad(reason: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason.to_owned())
}

/// How a body is sent, whole or not.
#[derive(Debug)]
pub(super) enum Body {
    /// With its length.
    Whole(Vec<u8>),
    /// In chunks.
    Chunked(Vec<u8>),
    /// With the length of all of it, and then only this.
    Short { promised: usize, sent: Vec<u8> },
    /// In chunks, without the last one.
    ChunkedShort(Vec<u8>),
}

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) code: u16,
    pub(super) kind: &'static str,
    pub(super) location: Option<String>,
    pub(super) body: Body,
}

impl Answer {
    pub(super) fn empty(code: u16) -> Self {
        Self {
            code,
            kind: "text/plain",
            location: None,
            body: Body::Whole(Vec::new()),
        }
    }
}

/// Writes the answer; the connection is closed afterwards.
pub(super) fn write_answer(stream: &mut TcpStream, answer: &Answer) -> io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {} {}\r\nServer: simulated-scanner\r\nConnection: close\r\nContent-Type: {}\r\n",
        answer.code,
        reason(answer.code),
        answer.kind
    );
    if let Some(location) = &answer.location {
        head.push_str(&format!("Location: {location}\r\n"));
    }
    match &answer.body {
        Body::Whole(bytes) => head.push_str(&format!("Content-Length: {}\r\n\r\n", bytes.len())),
        Body::Short { promised, .. } => {
            head.push_str(&format!("Content-Length: {promised}\r\n\r\n"))
        }
        Body::Chunked(_) | Body::ChunkedShort(_) => {
            head.push_str("Transfer-Encoding: chunked\r\n\r\n")
        }
    }
    stream.write_all(head.as_bytes())?;
    match &answer.body {
        Body::Whole(bytes) | Body::Short { sent: bytes, .. } => stream.write_all(bytes)?,
        Body::Chunked(bytes) => {
            write_chunks(stream, bytes)?;
            stream.write_all(b"0\r\n\r\n")?;
        }
        Body::ChunkedShort(bytes) => write_chunks(stream, bytes)?,
    }
    stream.flush()
}

fn write_chunks(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    for chunk in bytes.chunks(16 * 1024) {
        write!(stream, "{:x}\r\n", chunk.len())?;
        stream.write_all(chunk)?;
        stream.write_all(b"\r\n")?;
    }
    Ok(())
}

fn reason(code: u16) -> &'static str {
    match code {
        200 => "OK",
        201 => "Created",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        503 => "Service Unavailable",
        _ => "Error",
    }
}
