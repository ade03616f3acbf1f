//! Scripts as files, on a line in memory, on the camera, and on the devices that are HTTP servers.

mod camera;
mod form;
mod http;
mod line;
