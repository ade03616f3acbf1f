//! The kiosk: touch screen, devices, sealed outbox and the city's client
