//! Receipt printers: ESC/POS over a byte stream.
