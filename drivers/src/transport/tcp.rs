//! Serial devices behind a network adapter, and simulators: the same bytes over TCP.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::descriptor::Descriptor;
use super::{Transport, TransportError, clock};

/// How long one address of the host may take to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Addresses of one name tried at most.
const MAX_ADDRESSES: usize = 4;

/// An open TCP stream to a device.
#[derive(Debug)]
pub struct TcpTransport {
    line: Descriptor,
}

/// Connects to `host` at `port`; waits up to 3 s for each of the name's first four addresses.
///
/// # Errors
/// [`TransportError`] when the name is unknown or nobody accepts the connection.
pub fn open(host: &str, port: u16) -> Result<TcpTransport, TransportError> {
    let device = format!("tcp:{host}:{port}");
    match connect(host, port) {
        Ok(stream) => Ok(TcpTransport {
            line: Descriptor::new(stream.into(), device),
        }),
        Err(source) => Err(TransportError {
            operation: "open",
            device,
            source,
        }),
    }
}

fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (host, port).to_socket_addrs()?.take(MAX_ADDRESSES) {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_nonblocking(true)?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

impl Transport for TcpTransport {
    fn now(&self) -> Duration {
        clock()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        self.line.read(buffer, deadline)
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        self.line.write(bytes, deadline)
    }
}
