//! The bytes of ESC/POS: commands out, the return channel in, rasters and status bits. Pure.

pub mod commands;
pub mod raster;
pub mod returns;
pub mod status;
