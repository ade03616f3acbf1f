//! Tests that mostly wait, begun all together: the harness runs no more of them at a time than
//! there are cores.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Tests on threads of their own, by their names.
pub(crate) struct AtOnce(Mutex<BTreeMap<&'static str, JoinHandle<()>>>);

impl AtOnce {
    /// Begins `tests`. Where some were picked by name none begins before it is waited for.
    pub(crate) fn begin(tests: &[(&'static str, fn())]) -> Self {
        let picked = std::env::args()
            .skip(1)
            .any(|argument| !argument.starts_with('-'));
        let tests = tests.iter().filter(|_| !picked);
        Self(Mutex::new(
            tests
                .map(|(name, test)| (*name, thread::spawn(*test)))
                .collect(),
        ))
    }

    /// Waits for the end of the test `name`, which is `test`.
    pub(crate) fn end(&self, name: &str, test: fn()) {
        let begun = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(name);
        match begun.map(JoinHandle::join) {
            None => test(),
            Some(Ok(())) => {}
            Some(Err(panic)) => resume_unwind(panic),
        }
    }
}

/// Makes a test of every function; all begin with the first.
macro_rules! at_once {
    ($($module:ident::$name:ident,)*) => {
        static AT_ONCE: std::sync::LazyLock<crate::at_once::AtOnce> =
            std::sync::LazyLock::new(|| {
                crate::at_once::AtOnce::begin(&[$((stringify!($name), $module::$name as fn())),*])
            });

        $(
            #[test]
            fn $name() {
                AT_ONCE.end(stringify!($name), $module::$name);
            }
        )*
    };
}
pub(crate) use at_once;
