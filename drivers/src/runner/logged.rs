//! For tests: the warnings that a device's thread logs.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Warnings since the first test that looks at them, each with the name of its thread.
pub(crate) struct Logged;

/// A device's thread takes no subscriber of one test, so there is one for all.
static LINES: OnceLock<Mutex<Vec<(String, String)>>> = OnceLock::new();

fn lines() -> std::sync::MutexGuard<'static, Vec<(String, String)>> {
    let lines = LINES.get_or_init(Mutex::default);
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Logged {
    /// Listens from now on.
    pub(crate) fn here() -> Self {
        // Another test may listen already.
        let _ = tracing::subscriber::set_global_default(Self);
        Self
    }

    /// What the thread called `name` logged.
    pub(crate) fn of(&self, name: &str) -> Vec<String> {
        let lines = lines();
        let its = lines.iter().filter(|(thread, _)| thread == name);
        its.map(|(_, line)| line.clone()).collect()
    }
}

/// The message and its fields, as a log shows them.
#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

impl Subscriber for Logged {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let thread = std::thread::current().name().unwrap_or("").to_owned();
        lines().push((thread, line.0));
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}
