//! Card-to-event time over wire time.
fn main() {}
