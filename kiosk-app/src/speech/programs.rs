//! The voice of a kiosk: recorded prompts and a speech program, on a thread of its own.

use std::collections::VecDeque;
use std::process::Child;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kiosk_core::Event;
use kiosk_core::screen::{Lang, PageNumber};

use super::Voice;
use super::engine::{Engine, end};
use super::prompts::Prompts;
use crate::config;
use crate::shell::Message;
use crate::view::{Line, Said};

/// Most lines that wait: more than any page has. What comes beyond is not said.
const MOST_LINES: usize = 300;

/// How often a child is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Why nothing speaks here.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// No program is installed.
    #[error("reading aloud: no speech program is installed (espeak-ng, or spd-say)")]
    NoEngine,
    /// The one asked for is not installed.
    #[error("reading aloud: {0} is not installed")]
    NotInstalled(&'static str),
    /// No thread.
    #[error("starting the thread of the voice")]
    Thread(#[source] std::io::Error),
}

/// What waits to be spoken.
enum Piece {
    Line(Line, Lang, u8),
    /// Everything of this page was spoken.
    End(PageNumber),
}

#[derive(Default)]
struct Queue {
    pieces: VecDeque<Piece>,
    /// What is being spoken is of no use any more.
    cut: bool,
    ended: bool,
}

type Shared = Arc<(Mutex<Queue>, Condvar)>;

fn lock(shared: &Shared) -> MutexGuard<'_, Queue> {
    shared.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Speaks by programs of the system.
pub struct ProgramVoice {
    shared: Shared,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl ProgramVoice {
    /// Starts the voice `config` names; what was heard to its end goes to `inbox`, and that the
    /// voice is lost once no program works any more.
    ///
    /// # Errors
    /// [`SpeechError`] when nothing here can speak.
    pub fn start(config: &config::Speech, inbox: Sender<Message>) -> Result<Self, SpeechError> {
        let search = std::env::var_os("PATH").unwrap_or_default();
        let mut engines = Engine::installed(&search);
        let wanted = match config.engine {
            config::SpeechEngine::Auto | config::SpeechEngine::Silent => None,
            config::SpeechEngine::SpeechDispatcher => Some("spd-say"),
            config::SpeechEngine::EspeakNg => Some("espeak-ng"),
        };
        if let Some(wanted) = wanted {
            engines.retain(|engine| engine.name() == wanted);
        }
        if engines.is_empty() {
            return Err(wanted.map_or(SpeechError::NoEngine, SpeechError::NotInstalled));
        }
        let prompts = config.prompts.as_ref().map(|folder| Prompts {
            folder: folder.clone(),
            player: config.player.clone(),
        });
        Self::of(engines, prompts, inbox)
    }

    pub(super) fn of(
        engines: Vec<Engine>,
        prompts: Option<Prompts>,
        inbox: Sender<Message>,
    ) -> Result<Self, SpeechError> {
        for lang in [Lang::ZhHans, Lang::En] {
            if let Some(prompts) = &prompts {
                let (absent, all) = prompts.absent(lang);
                tracing::info!(target: "speech", absent, all, ?lang, "recorded prompts");
            }
        }
        let shared = Shared::default();
        let mut speaker = Speaker {
            shared: Arc::clone(&shared),
            engines,
            prompts,
            inbox,
        };
        let thread = std::thread::Builder::new()
            .name("voice".to_owned())
            .spawn(move || speaker.run())
            .map_err(SpeechError::Thread)?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }
}

impl Voice for ProgramVoice {
    fn say(&mut self, said: Said) {
        let mut queue = lock(&self.shared);
        if said.cuts {
            queue.pieces.clear();
            queue.cut = true;
        }
        let room = MOST_LINES.saturating_sub(queue.pieces.len());
        let whole = said.lines.len() <= room;
        let lines = said.lines.into_iter().take(room);
        let lines = lines.map(|line| Piece::Line(line, said.lang, said.volume));
        queue.pieces.extend(lines);
        queue
            .pieces
            .extend(said.page.filter(|_| whole).map(Piece::End));
        drop(queue);
        self.shared.1.notify_all();
    }
}

impl Drop for ProgramVoice {
    fn drop(&mut self) {
        lock(&self.shared).ended = true;
        self.shared.1.notify_all();
        if let Some(thread) = self.thread.take() {
            // A voice that broke has said so where it broke.
            let _ = thread.join();
        }
    }
}

/// The thread's side.
struct Speaker {
    shared: Shared,
    /// The first one speaks; one that fails is not tried again.
    engines: Vec<Engine>,
    prompts: Option<Prompts>,
    inbox: Sender<Message>,
}

impl Speaker {
    fn run(&mut self) {
        while let Some(piece) = self.next() {
            match piece {
                Piece::Line(line, lang, volume) => self.speak(&line, lang, volume),
                Piece::End(page) => {
                    // A loop that has ended wants to know nothing any more.
                    let _ = self.inbox.send(Message::Core(Event::Heard(page)));
                }
            }
            if self.engines.is_empty() {
                return;
            }
        }
    }

    /// The next piece; `None` once the voice is dropped.
    fn next(&self) -> Option<Piece> {
        let mut queue = lock(&self.shared);
        loop {
            if queue.ended {
                return None;
            }
            queue.cut = false;
            if let Some(piece) = queue.pieces.pop_front() {
                return Some(piece);
            }
            queue = (self.shared.1.wait(queue)).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Speaks one line to its end, or until it is cut off. An engine that fails gives way to the
    /// next one; after the last one the voice is lost, and what waits is dropped unheard.
    fn speak(&mut self, line: &Line, lang: Lang, volume: u8) {
        if let Some(prompts) = &self.prompts
            && let Some(path) = line.key.as_deref().and_then(|key| prompts.find(key, lang))
        {
            match prompts.play(&path, volume).map(|child| self.wait(child)) {
                Ok(true) => return,
                Ok(false) => tracing::warn!(target: "speech", "a recorded prompt cannot be played"),
                Err(error) => {
                    tracing::warn!(target: "speech", "a recorded prompt cannot be played: {error}");
                }
            }
        }
        while let Some(engine) = self.engines.first() {
            match engine
                .speak(&line.text, lang, volume)
                .map(|child| self.wait(child))
            {
                Ok(true) => return,
                Ok(false) => tracing::warn!(target: "speech", "{} failed", engine.name()),
                Err(error) => {
                    tracing::warn!(target: "speech", "{} cannot be run: {error}", engine.name());
                }
            }
            self.engines.remove(0);
        }
        tracing::error!(target: "speech", "no speech program works: nothing is read aloud here");
        lock(&self.shared).pieces.clear();
        let _ = self.inbox.send(Message::Voice(false));
    }

    /// Waits for the child; whether it ended well, or was cut off as it should be.
    fn wait(&self, mut child: Child) -> bool {
        let mut queue = lock(&self.shared);
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return status.success(),
                Ok(None) if queue.cut || queue.ended => {
                    end(&mut child);
                    return true;
                }
                Ok(None) => {}
                Err(_) => return false,
            }
            let waited = self.shared.1.wait_timeout(queue, LOOK);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
