//! The hall by table and by chance.

mod bookings;
mod calls;
mod waits;
