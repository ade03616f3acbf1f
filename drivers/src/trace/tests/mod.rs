//! Recordings: made, kept free of persons, and played back.

mod damage;
mod fixtures;
mod scenes;

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::{Recording, Trace, TraceError, record, replay};
use crate::conformance::{DeviceKind, Target};
use crate::transport::memory::MemoryLine;
use crate::transport::simulated::SimulatedDevice;

/// A file in memory.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Records the device at `line`; returns the file and what the driver said.
fn recorded<D: SimulatedDevice + 'static>(
    kind: DeviceKind,
    target: &Target,
    recording: Recording,
    line: &MemoryLine<D>,
) -> (String, Vec<Value>) {
    let paper = Paper::default();
    let mut said = Vec::new();
    record(
        kind,
        target,
        recording,
        &mut || Ok(Box::new(line.open()?)),
        Box::new(paper.clone()),
        &mut |value| said.push(value),
    )
    .unwrap();
    (paper.text(), said)
}

/// What the driver says when the recording is played back.
fn played(text: &str, reveal: bool) -> Result<Vec<Value>, TraceError> {
    let mut said = Vec::new();
    let target = Target::new("sim:".parse().unwrap());
    let trace = Trace::parse(text)?;
    replay(&trace, &target, reveal, &mut |value| said.push(value))?;
    Ok(said)
}
