//! The visit of one person at a kiosk as a pure state machine
