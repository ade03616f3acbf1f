//! The city: takes packets from kiosks, files cases, publishes the catalogue
