//! Each rule with an answer that passes and one that does not, and whole forms of the sample.

mod forms;
mod rules;
mod words;
