//! Scripts as files, on a line in memory, and on the devices that are HTTP servers.

mod form;
mod http;
mod line;
