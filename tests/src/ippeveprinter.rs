//! ippeveprinter, the IPP printer of the CUPS project, as a peer of the document printer.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long any step of the peer may take.
const LONGEST: Duration = Duration::from_secs(60);

/// A running peer; it ends when dropped.
pub struct IppEvePrinter {
    program: Child,
    folder: TempDir,
    log: Receiver<String>,
    /// Both ends of the gate: neither a job nor we wait for the other to open it.
    gate: File,
    port: u16,
}

impl IppEvePrinter {
    /// Starts `program` (ippeveprinter). Each job runs `job`, lines of a shell script that may
    /// read a line from the file `$GATE` to wait for [`IppEvePrinter::open_gate`], and that say
    /// `STATE: +media-empty-error` on their standard error to report a fault.
    ///
    /// # Errors
    /// A sentence when it does not come up.
    pub fn start(program: &Path, job: &str) -> Result<Self, String> {
        let told = |what: &str| {
            let what = what.to_owned();
            move |error: std::io::Error| format!("{what}: {error}")
        };
        let folder = tempfile::tempdir().map_err(told("a folder"))?;
        let script = folder.path().join("job");
        let gate = folder.path().join("gate");
        write_script(&script, &gate, job).map_err(told("the job's script"))?;
        let gate = make_gate(&gate)?;
        std::fs::create_dir(folder.path().join("spool")).map_err(told("the spool"))?;
        // The peer takes no port 0: one that is free now.
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(told("a free port"))?
            .port();
        let mut child = Command::new(program)
            .args(["-r", "off", "-n", "localhost", "-k", "-vv", "-s", "10,5"])
            .args(["-M", "Peer", "-m", "A4", "-f", "application/pdf", "-p"])
            .arg(port.to_string())
            .arg("-d")
            .arg(folder.path().join("spool"))
            .arg("-c")
            .arg(&script)
            .arg("Peer A4")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(told("ippeveprinter"))?;
        let (sender, log) = mpsc::channel();
        if let Some(lines) = child.stderr.take() {
            std::thread::spawn(move || {
                let lines = BufReader::new(lines).split(b'\n').map_while(Result::ok);
                for line in lines {
                    if sender
                        .send(String::from_utf8_lossy(&line).into_owned())
                        .is_err()
                    {
                        return;
                    }
                }
            });
        }
        let peer = Self {
            program: child,
            folder,
            log,
            gate,
            port,
        };
        // It tells its address when it listens.
        peer.await_line("printer-uri")?;
        Ok(peer)
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ipp://localhost:{}/ipp/print", self.port)
    }

    /// Waits until a line of its log contains `words`.
    ///
    /// # Errors
    /// What it said instead.
    pub fn await_line(&self, words: &str) -> Result<(), String> {
        let end = Instant::now() + LONGEST;
        let mut said = Vec::new();
        loop {
            match self
                .log
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(line) if line.contains(words) => return Ok(()),
                Ok(line) => said.push(line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return Err(format!(
                        "ippeveprinter never said {words}:\n{}",
                        said.join("\n")
                    ));
                }
            }
        }
    }

    /// Lets the job go on that waits at its gate.
    ///
    /// # Errors
    /// When the gate cannot be written.
    pub fn open_gate(&self) -> Result<(), String> {
        (&self.gate)
            .write_all(b"\n")
            .map_err(|error| format!("the gate: {error}"))
    }

    /// The documents it kept, in the order of their names.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn documents(&self) -> Result<Vec<Vec<u8>>, String> {
        let read = || {
            let mut files: Vec<PathBuf> = std::fs::read_dir(self.folder.path().join("spool"))?
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<_, _>>()?;
            files.retain(|path| path.extension().is_some_and(|ending| ending == "pdf"));
            files.sort();
            files.iter().map(std::fs::read).collect::<Result<_, _>>()
        };
        read().map_err(|error: std::io::Error| format!("the spool: {error}"))
    }
}

impl Drop for IppEvePrinter {
    fn drop(&mut self) {
        // A job that waits at its gate ends with the gate.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn make_gate(gate: &Path) -> Result<File, String> {
    let told = |error: std::io::Error| format!("mkfifo: {error}");
    let made = Command::new("mkfifo").arg(gate).status().map_err(told)?;
    if !made.success() {
        return Err(format!("mkfifo: {made}"));
    }
    let mut both = OpenOptions::new();
    both.read(true).write(true).open(gate).map_err(told)
}

fn write_script(script: &Path, gate: &Path, job: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o755)
        .open(script)?;
    writeln!(file, "#!/bin/sh\nGATE='{}'\n{job}", gate.display())
}
