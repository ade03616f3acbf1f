//! What a resident wants is on the first page, and no run of keys does harm.

mod keys;
mod wanted;
