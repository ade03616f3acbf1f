//! The demonstration: kiosks with simulated devices and an embedded city, in a window or as
//! scripted visits without one.

pub mod camera;
pub mod city;
pub mod desk;
pub mod devices;
pub mod headless;
pub mod place;
pub mod player;
pub mod room;
pub mod script;
pub mod window;
