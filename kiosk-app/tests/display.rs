//! `kiosk demo` in its window on a real display: found by the words on it, pressed by the pointer
//! of the display, as a person's finger would.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// So long what is waited for may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where the panel stands, to the right of the kiosk's window.
const PANEL_X: f64 = 1090.0;
const PROGRAMS: [&str; 2] = ["/usr/bin/Xvfb", "/usr/bin/xdotool"];

/// A display of its own, ended with the test.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// `None` where the programs are not here and need not be.
    fn open() -> Option<Self> {
        let here = PROGRAMS.iter().all(|program| Path::new(program).is_file());
        let required = std::env::var("KIOSK_PEERS").is_ok_and(|value| value == "required");
        assert!(
            here || !required,
            "a display is missing: apt-get install xvfb xdotool"
        );
        if !here {
            return None;
        }
        // The server finds a free number and tells it.
        let mut server = Command::new(PROGRAMS[0])
            .args(["-displayfd", "1", "-screen", "0", "1900x1920x24"])
            .args(["-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let name = format!(":{}", number.trim());
        Some(Self { server, name })
    }

    /// What `xdotool` does and says.
    fn act(&self, arguments: &[&str]) -> String {
        let done = Command::new(PROGRAMS[1])
            .env("DISPLAY", &self.name)
            .env("LC_ALL", "C.UTF-8")
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "{arguments:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The demonstration, its two windows side by side.
struct Demo<'a> {
    display: &'a Display,
    program: Child,
    told: Receiver<Value>,
    places: Value,
}

impl<'a> Demo<'a> {
    fn open(display: &'a Display) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_kiosk"))
            .args(["demo", "--places", "--size", "1080x1920"])
            .env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let (teller, told) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if teller.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut demo = Self {
            display,
            program,
            told,
            places: Value::Null,
        };
        demo.until("both windows", |places| {
            places["size"][1] == 1920 && !places["panel"].as_array().unwrap().is_empty()
        });
        // Without a window manager both windows stand in the corner.
        let windows = display.act(&["search", "--onlyvisible", "--name", ".*"]);
        let panel = windows
            .lines()
            .find(|window| display.act(&["getwindowname", window]).trim() == "模拟设备")
            .unwrap();
        display.act(&["windowmove", panel, &PANEL_X.to_string(), "0"]);
        demo
    }

    /// Waits until the windows are as wished.
    fn until(&mut self, wish: &str, is: impl Fn(&Value) -> bool) {
        let late = Instant::now() + PATIENCE;
        while !is(&self.places) {
            let left = late.saturating_duration_since(Instant::now());
            self.places = match self.told.recv_timeout(left) {
                Ok(places) => places,
                Err(RecvTimeoutError::Timeout) => panic!("no {wish}: {}", self.places),
                Err(RecvTimeoutError::Disconnected) => panic!("ended, no {wish}: {}", self.said()),
            };
        }
    }

    fn page(&mut self, kind: &str) {
        self.until(kind, |places| places["page"] == kind);
    }

    /// Presses what begins with these words, once it is there and can be pressed.
    fn press(&mut self, words: &str) {
        let (x, y) = self.place("kiosk", words);
        self.click(x, y);
    }

    fn press_panel(&mut self, words: &str) {
        let (x, y) = self.place("panel", words);
        self.click(PANEL_X + x, y);
    }

    fn place(&mut self, window: &str, words: &str) -> (f64, f64) {
        self.until(words, |places| found(places, window, words).is_some());
        found(&self.places, window, words).unwrap()
    }

    fn click(&self, x: f64, y: f64) {
        let (x, y) = (x.to_string(), y.to_string());
        let display = self.display;
        display.act(&["mousemove", &x, &y, "click", "1"]);
    }

    /// A stroke with the pointer held down.
    fn draw(&self, points: &[(u32, u32)]) {
        for (at, (x, y)) in points.iter().enumerate() {
            let (x, y) = (x.to_string(), y.to_string());
            self.display.act(&["mousemove", &x, &y]);
            if at == 0 {
                self.display.act(&["mousedown", "1"]);
            }
        }
        self.display.act(&["mouseup", "1"]);
    }

    fn said(&mut self) -> String {
        let mut said = String::new();
        let _ = self.program.wait();
        if let Some(mut errors) = self.program.stderr.take() {
            let _ = errors.read_to_string(&mut said);
        }
        said
    }
}

/// The middle of what begins with these words and can be pressed.
fn found(places: &Value, window: &str, words: &str) -> Option<(f64, f64)> {
    places[window].as_array()?.iter().find_map(|place| {
        let is = place["enabled"] == true && place["label"].as_str()?.starts_with(words);
        is.then(|| Some((place["x"].as_f64()?, place["y"].as_f64()?)))?
    })
}

impl Drop for Demo<'_> {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[test]
fn a_resident_registers_as_unemployed_with_the_pointer_of_a_display() {
    let Some(display) = Display::open() else {
        return;
    };
    let mut demo = Demo::open(&display);
    for words in ["开始", "申请办事", "劳动就业", "失业登记", "开始办理"] {
        demo.press(words);
    }
    demo.page("Identify");
    demo.press_panel("张示例");
    for words in [
        "是我本人",
        "刷脸核验",
        "我已阅读",
        "往下看",
        "我同意使用",
        "同意并继续",
    ] {
        demo.press(words);
    }
    demo.press("全部正确");
    for digit in "15400000001".chars() {
        demo.press(&digit.to_string());
    }
    demo.press("下一步");
    demo.press("合同期满终止");
    demo.press("下一步");
    for digit in "20260227".chars() {
        demo.press(&digit.to_string());
    }
    for words in ["下一步", "大专", "下一步", "是", "下一步"] {
        demo.press(words);
    }
    demo.page("Materials");
    demo.press("下一步");
    // How the result should come: as it is proposed.
    demo.place("kiosk", "窗口领取");
    demo.press("下一步");
    for words in ["全部正确", "看下一页", "已读完"] {
        demo.press(words);
    }
    demo.place("kiosk", "签名区");
    demo.draw(&[(300, 800), (500, 900), (700, 800), (800, 950)]);
    demo.draw(&[(300, 1000), (500, 1050), (700, 1000)]);
    demo.press("提交申请");
    demo.page("Done");
    for words in ["办完了", "非常满意", "提交评价"] {
        demo.press(words);
    }
    demo.press_panel("拿走证件");
    demo.page("Idle");
}
