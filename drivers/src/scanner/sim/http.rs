//! How the simulated scanner answers over HTTP/1.1, whole or not.

use std::io::{self, Write};

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
    pub(super) server: String,
    pub(super) body: Body,
}

impl Answer {
    pub(super) fn empty(code: u16) -> Self {
        Self {
            code,
            kind: "text/plain",
            location: None,
            server: "simulated-scanner".to_owned(),
            body: Body::Whole(Vec::new()),
        }
    }
}

/// Writes the answer; the connection is closed afterwards.
pub(super) fn write_answer(stream: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {} {}\r\nServer: {}\r\nConnection: close\r\nContent-Type: {}\r\n",
        answer.code,
        reason(answer.code),
        answer.server,
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

fn write_chunks(stream: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
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
        302 => "Found",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        503 => "Service Unavailable",
        _ => "Error",
    }
}
