//! A process the city starts: the departments' data service of the sample city.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// The process did not start.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// The program cannot be started.
    #[error("starting {program}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It ended or said something else than `listening on URL`.
    #[error("{program} did not say where it listens")]
    Silent {
        /// The program.
        program: String,
    },
}

/// A process that serves; it ends with this value.
#[derive(Debug)]
pub(crate) struct Child {
    process: std::process::Child,
    url: String,
}

impl Child {
    /// Starts the program and waits until it says `listening on URL` on its standard output.
    ///
    /// Its standard input stays open as long as this process lives: it ends with us, even when we are killed.
    ///
    /// # Errors
    /// [`ChildError`] when it does not start or does not say where it listens.
    pub(crate) fn start(program: &Path, args: &[String]) -> Result<Self, ChildError> {
        let name = program.display().to_string();
        let mut process = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| ChildError::Start {
                program: name.clone(),
                source,
            })?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            // A line that cannot be read is a program that is silent.
            let _ = BufReader::new(output).read_line(&mut line);
        }
        let Some(url) = line.trim().strip_prefix("listening on ").map(str::to_owned) else {
            let _ = process.kill();
            let _ = process.wait();
            return Err(ChildError::Silent { program: name });
        };
        Ok(Self { process, url })
    }

    /// Where it listens.
    #[must_use]
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
