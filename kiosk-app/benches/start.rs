//! Start to first frame and proportional memory of `kiosk run` at idle, beside Chromium in
//! kiosk mode with an equal static page where Chromium is installed (bars: 0.2 and 0.15).
//!
//! Needs Xvfb; without it the benchmark says so and ends. The first frame is the first pixel of
//! the page's colour in the frame buffer, which Xvfb keeps in a file.
//!
//! `cargo bench -p kiosk --bench start`
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const WIDTH: u64 = 1080;
const HEIGHT: u64 = 1920;
const ROUNDS: usize = 7;
/// The colour of the page's upper half as the frame buffer has it: blue, green, red.
const SKY: [u8; 3] = [0x9E, 0x4F, 0x0B];
const LONGEST: Duration = Duration::from_secs(30);

fn main() {
    if !installed("Xvfb") {
        println!("start: Xvfb is not installed; nothing measured");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let kiosk = measure(folder.path(), |display| kiosk(folder.path(), display));
    report("kiosk run", &kiosk);
    let Some(chromium) = ["chromium", "chromium-browser"]
        .into_iter()
        .find(|name| installed(name))
    else {
        println!("start: Chromium is not installed; no ratio");
        return;
    };
    let page = folder.path().join("page.html");
    std::fs::write(&page, PAGE).expect("a page");
    let round = std::cell::Cell::new(0);
    let peer = measure(folder.path(), |display| {
        round.set(round.get() + 1);
        let profile = folder.path().join(format!("profile-{}", round.get()));
        browser(chromium, &page, &profile, display)
    });
    report("chromium --kiosk", &peer);
    println!(
        "ratio: first frame {:.3} (bar 0.2), memory {:.3} (bar 0.15)",
        median(&kiosk, |run| run.frame) / median(&peer, |run| run.frame),
        median(&kiosk, |run| run.memory) / median(&peer, |run| run.memory)
    );
}

/// One start.
struct Run {
    /// Seconds from exec to the first frame.
    frame: f64,
    /// Proportional memory of all processes three seconds later, MiB.
    memory: f64,
}

fn measure(folder: &Path, start: impl Fn(&str) -> Child) -> Vec<Run> {
    (0..=ROUNDS)
        .map(|round| {
            let screen = Screen::start(folder, round);
            let begun = Instant::now();
            let mut child = start(&screen.display);
            let frame = screen.first_frame(begun);
            std::thread::park_timeout(Duration::from_secs(3));
            let memory = proportional(child.id());
            let _ = Command::new("pkill")
                .args(["-P", &child.id().to_string()])
                .status();
            child.kill().expect("ended");
            child.wait().expect("ended");
            Run { frame, memory }
        })
        // The first start reads the disk; it is not counted.
        .skip(1)
        .collect()
}

fn kiosk(folder: &Path, display: &str) -> Child {
    let config = folder.join("kiosk.toml");
    let state = folder.join("state");
    let text = format!(
        "state = \"{}\"\n[city]\nurl = \"https://127.0.0.1:9\"\n",
        state.display()
    );
    std::fs::write(&config, text).expect("a configuration");
    quiet(
        Command::new(env!("CARGO_BIN_EXE_kiosk"))
            .args(["run", "--config"])
            .arg(&config),
        display,
    )
}

fn browser(program: &str, page: &Path, profile: &Path, display: &str) -> Child {
    let mut command = Command::new(program);
    command.args([
        "--kiosk",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1080,1920",
    ]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.arg(format!("file://{}", page.display()));
    quiet(&mut command, display)
}

fn quiet(command: &mut Command, display: &str) -> Child {
    command
        .env("DISPLAY", display)
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// A display whose picture lies in a file.
struct Screen {
    server: Child,
    display: String,
    frame: PathBuf,
}

impl Screen {
    fn start(folder: &Path, round: usize) -> Self {
        let number = 90 + round % 8;
        let display = format!(":{number}");
        let frame = folder.join("Xvfb_screen0");
        let _ = std::fs::remove_file(&frame);
        let server = Command::new("Xvfb")
            .arg(&display)
            .args(["-screen", "0", &format!("{WIDTH}x{HEIGHT}x24"), "-fbdir"])
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let socket = PathBuf::from(format!("/tmp/.X11-unix/X{number}"));
        let end = Instant::now() + LONGEST;
        while !(frame.exists() && socket.exists()) {
            assert!(Instant::now() < end, "Xvfb came up");
            std::thread::park_timeout(Duration::from_millis(20));
        }
        std::thread::park_timeout(Duration::from_millis(300));
        Self {
            server,
            display,
            frame,
        }
    }

    /// Seconds until a pixel of the page's colour is in its upper half.
    fn first_frame(&self, begun: Instant) -> f64 {
        let mut file = File::open(&self.frame).expect("the frame buffer");
        let size = file.metadata().expect("its size").len();
        let header = size - WIDTH * HEIGHT * 4;
        let mut row = vec![0; usize::try_from(WIDTH * 4).unwrap()];
        loop {
            file.seek(SeekFrom::Start(header + HEIGHT / 4 * WIDTH * 4))
                .expect("a row");
            file.read_exact(&mut row).expect("a row");
            if row.chunks_exact(4).any(|pixel| pixel[..3] == SKY) {
                return begun.elapsed().as_secs_f64();
            }
            assert!(begun.elapsed() < LONGEST, "a first frame came");
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Proportional memory of a process and all its descendants, MiB.
fn proportional(root: u32) -> f64 {
    let mut all = vec![root];
    let mut at = 0;
    while let Some(process) = all.get(at).copied() {
        let path = format!("/proc/{process}/task/{process}/children");
        let children = std::fs::read_to_string(path).unwrap_or_default();
        all.extend(
            children
                .split_whitespace()
                .filter_map(|id| id.parse::<u32>().ok()),
        );
        at += 1;
    }
    let kilobytes: f64 = all
        .iter()
        .filter_map(|id| std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok())
        .filter_map(|text| {
            let line = text
                .lines()
                .find(|line| line.starts_with("Pss:"))?
                .to_owned();
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        })
        .sum();
    kilobytes / 1024.0
}

fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn sorted(runs: &[Run], of: impl Fn(&Run) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    sorted(runs, of)[runs.len() / 2]
}

fn report(name: &str, runs: &[Run]) {
    let frames = sorted(runs, |run| run.frame);
    let memory = sorted(runs, |run| run.memory);
    println!(
        "{name}: first frame {:.3} s ({:.3} to {:.3}), memory {:.0} MiB ({:.0} to {:.0})",
        frames[ROUNDS / 2],
        frames[0],
        frames[ROUNDS - 1],
        memory[ROUNDS / 2],
        memory[0],
        memory[ROUNDS - 1]
    );
}

/// What the idle page shows, as a static page.
const PAGE: &str = "<!doctype html><meta charset=utf-8><style>body{margin:0;background:#fff;color:#101828;font:40px sans-serif}header{height:800px;background:#0B4F9E;color:#fff;padding:64px;font-size:72px}main{padding:64px}button{display:block;width:952px;height:140px;margin:24px 0;font-size:48px;background:#0B4F9E;color:#fff;border:0}</style><header>云汀市</header><main><h1>请触摸开始</h1><p>办事 打印 查询</p><button>开始</button><button>English</button><p>7×24</p></main>";
