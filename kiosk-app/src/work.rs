//! Slow work beside the loop: the form, the slip, the sealing; one thread, in order.

mod page;
mod portrait;

use std::error::Error;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use city_api::digest::Sha256;
use kiosk_core::screen::{PictureId, ScanTrouble};
use kiosk_core::{
    AskId, Composed, Event, Filing, Form, HallEntry, HallKept, PortraitWanted, ScanLook, ScanRoom,
    Shelf, SlipData,
};
use kiosk_drivers::scanner::Page;
use kiosk_paper::document::DocumentError;
use kiosk_paper::scan::{Facing, GlassLook, Origin, PageFile, ScanError};
use zeroize::Zeroizing;

pub use page::Came;

use crate::clock::Clock;
use crate::documents::form_document;
use crate::fonts::Fonts;
use crate::memory::VisitMemory;
use crate::shell::Message;
use crate::slips::{self, Standing};
use crate::store::StoreError;

/// Width of a document's or scan's picture on the screen, in pixels.
const SHOWN_WIDTH: u32 = 952;

/// The visit's memory, shared by loop, worker and view.
pub type SharedMemory = Arc<Mutex<VisitMemory>>;

/// Locks the visit's memory; a thread that panicked left nothing half-done in it.
pub fn lock(memory: &SharedMemory) -> MutexGuard<'_, VisitMemory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One piece of work.
pub enum Work {
    /// Make the form for the visit of this number.
    Compose(AskId, Box<Form>, u32),
    /// Lay a slip out; it comes back as [`Message::PrintJob`].
    Slip(AskId, Box<SlipData>, Option<Arc<Shelf>>),
    /// Make a scanned page straight, fit it into its room and make its picture.
    Page(Box<ScannedPage>),
    /// Turn a page by a quarter, within so many bytes.
    Turn(AskId, PictureId, u64, ScanLook),
    /// See in a preview of the glass whether something lies there.
    Glass(AskId, Box<Page>),
    /// All pages of a scan were handed over; with what went wrong.
    ScanEnded(AskId, Option<ScanTrouble>),
    /// Cut a portrait from the scan of a photo.
    Photo {
        /// The scan it belongs to.
        ask: AskId,
        /// The scan.
        page: Box<Page>,
        /// It went through the feeder.
        fed: bool,
        /// What the portrait must be.
        wanted: PortraitWanted,
    },
    /// Look at a frame of the portrait camera; it comes back as [`Message::Seen`].
    Look(AskId, Box<Page>, PortraitWanted),
    /// Cut the portrait from the frame that was taken.
    Portrait(AskId, Box<Page>, PortraitWanted),
    /// Seal and commit.
    File(AskId, Box<Filing>, Option<Arc<Shelf>>),
    /// Commit what happened in a hall without the city.
    Keep(AskId, HallEntry),
}

/// A page as the scanner gave it.
pub struct ScannedPage {
    /// The scan it belongs to.
    pub ask: AskId,
    /// The page.
    pub page: Page,
    /// It went through the feeder.
    pub fed: bool,
    /// What the scan may bring.
    pub room: ScanRoom,
    /// How it is filed.
    pub look: ScanLook,
}

/// Seals and commits a filing; gives the receipt number as shown.
pub trait Filer: Send {
    /// Returns only after the commit.
    ///
    /// # Errors
    /// When nothing was stored; the reason goes to the log and holds no personal data.
    fn file(
        &mut self,
        filing: &Filing,
        shelf: Option<&Shelf>,
        memory: &VisitMemory,
    ) -> Result<String, Box<dyn Error + Send + Sync>>;

    /// Commits a check-in or a number given without the city.
    ///
    /// # Errors
    /// As [`Filer::file`]; [`StoreError::NoNumber`] when none is left to give.
    fn keep(&mut self, entry: &HallEntry) -> Result<HallKept, Box<dyn Error + Send + Sync>>;

    /// Whether the disk takes a filing; asked after one failed with [`StoreError::DiskFull`].
    fn has_room(&mut self) -> bool;
}

/// What the worker needs.
pub struct Worker<F> {
    /// Fonts of this machine.
    pub fonts: Fonts,
    /// Where the kiosk stands.
    pub standing: Standing,
    /// Pictures and scans.
    pub memory: SharedMemory,
    /// Seals and stores.
    pub filer: F,
    /// Time on documents.
    pub clock: Clock,
    /// The disk took nothing more the last time, or already at start.
    pub full: bool,
    /// How often a full disk is looked at again.
    pub look_again: Duration,
    /// A look at the glass with nothing on it; `None` takes a glass of one brightness for empty.
    pub empty_glass: Option<GlassLook>,
    /// The scan of the last page, and the bytes of its pages so far.
    pub scan: Option<Came>,
}

/// Tells the loop when the work thread ends, also by a panic.
struct TellsEnd(Sender<Message>);

impl Drop for TellsEnd {
    fn drop(&mut self) {
        // A loop that ended first wants to hear nothing.
        let _ = self.0.send(Message::WorkEnded);
    }
}

impl<F: Filer + 'static> Worker<F> {
    /// Starts the work thread; it works until nobody asks any more.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(self, done: Sender<Message>) -> io::Result<Sender<Work>> {
        let (work, pieces) = mpsc::channel();
        let end = TellsEnd(done.clone());
        std::thread::Builder::new()
            .name("work".to_owned())
            .spawn(move || {
                let _end = end;
                self.run(&pieces, &done);
            })?;
        Ok(work)
    }

    fn run(mut self, work: &Receiver<Work>, done: &Sender<Message>) {
        loop {
            let next = if self.full {
                work.recv_timeout(self.look_again)
            } else {
                work.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            let message = match next {
                Ok(piece) => self.work(piece, done),
                Err(RecvTimeoutError::Timeout) => {
                    self.full = !self.filer.has_room();
                    Message::CanStore(!self.full)
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if done.send(message).is_err() {
                return;
            }
        }
    }

    fn work(&mut self, piece: Work, done: &Sender<Message>) -> Message {
        match piece {
            Work::Compose(ask, form, visit) => Message::Core(self.compose(ask, &form, visit)),
            Work::Slip(ask, slip, shelf) => self.slip(ask, &slip, shelf.as_deref()),
            Work::Page(page) => Message::Core(self.page(*page)),
            Work::Turn(ask, picture, most, look) => {
                Message::Core(self.turned(ask, picture, most, &look))
            }
            Work::Glass(ask, page) => Message::Core(self.glass(ask, &page)),
            Work::ScanEnded(ask, trouble) => Message::Core(Event::ScanEnded { ask, trouble }),
            Work::Photo {
                ask,
                page,
                fed,
                wanted,
            } => Message::Core(self.photo((ask, fed), &page, wanted)),
            Work::Look(ask, frame, wanted) => self.look(ask, &frame, wanted),
            Work::Portrait(ask, frame, wanted) => Message::Core(self.portrait(ask, &frame, wanted)),
            Work::File(ask, filing, shelf) => {
                let event = self.store(ask, &filing, shelf.as_deref());
                self.stored(event, done)
            }
            Work::Keep(ask, entry) => {
                let kept = self.filer.keep(&entry);
                let kept = kept.map_err(|error| self.not_stored(error.as_ref())).ok();
                self.stored(Event::Kept { ask, kept }, done)
            }
        }
    }

    /// What was tried to be stored ended so; a disk that is full is said first.
    fn stored(&self, event: Event, done: &Sender<Message>) -> Message {
        if self.full {
            // As in `run`: a loop that has ended is noticed with the answer.
            let _ = done.send(Message::CanStore(false));
        }
        Message::Core(event)
    }

    fn not_stored(&mut self, error: &(dyn Error + Send + Sync + 'static)) {
        tracing::error!("storing a packet failed: {}", chain(error));
        let store = error.downcast_ref::<StoreError>();
        self.full |= matches!(store, Some(StoreError::DiskFull { .. }));
    }

    fn compose(&self, ask: AskId, form: &Form, visit: u32) -> Event {
        let made = self.form(form, visit);
        if let Err(error) = &made {
            tracing::error!("making a form failed: {}", chain(error));
        }
        Event::Composed {
            ask,
            form: made.ok().flatten(),
        }
    }

    /// `None` when the visit ended meanwhile: nothing of it is kept.
    fn form(&self, form: &Form, visit: u32) -> Result<Option<Composed>, DocumentError> {
        let document = form_document(form, &self.standing, self.clock.now().civil);
        let mut text: String = form
            .rows
            .iter()
            .map(|(_, value, _)| value.reveal())
            .collect();
        if let Some(person) = &form.person {
            text.push_str(person.name.reveal());
            text.push_str(person.address.reveal());
        }
        let fonts = self.fonts.for_text(&Zeroizing::new(text));
        let layout = document.lay_out(&fonts)?;
        let pdf = layout.pdf()?;
        let sha256 = *Sha256::of(&pdf).as_bytes();
        let mut memory = lock(&self.memory);
        if memory.visit() != visit {
            return Ok(None);
        }
        let pages: Vec<PictureId> = (0..layout.page_count())
            .filter_map(|page| layout.picture(page, SHOWN_WIDTH))
            .map(|picture| memory.keep(picture, None))
            .collect();
        memory.keep_form(pdf);
        Ok(Some(Composed { sha256, pages }))
    }

    fn slip(&self, ask: AskId, data: &SlipData, shelf: Option<&Shelf>) -> Message {
        let slip = slips::slip(data, &self.standing, |code| {
            shelf.and_then(|shelf| shelf.catalogue.item(code).cloned())
        });
        match slips::job(&slip, &self.fonts, self.standing.stationery.paper) {
            Ok(job) => Message::PrintJob { ask, job },
            Err(error) => {
                tracing::error!("{}", chain(&error));
                not_printed(ask)
            }
        }
    }

    fn glass(&self, ask: AskId, page: &Page) -> Event {
        let look = GlassLook::read(&page.jpeg);
        let covered = match look {
            Ok(look) => Some(!look.is_empty(self.empty_glass.as_ref())),
            Err(error) => {
                tracing::warn!("the look at the glass cannot be used: {error}");
                None
            }
        };
        Event::Glass { ask, covered }
    }

    fn store(&mut self, ask: AskId, filing: &Filing, shelf: Option<&Shelf>) -> Event {
        let stored = self.filer.file(filing, shelf, &lock(&self.memory));
        match stored {
            Ok(receipt) => Event::Stored { ask, receipt },
            Err(error) => {
                self.not_stored(error.as_ref());
                Event::NotStored { ask }
            }
        }
    }
}

fn not_printed(ask: AskId) -> Message {
    Message::Core(Event::Printed {
        ask,
        outcome: kiosk_core::PrintedAs::NotPrinted,
    })
}

/// A page as the scanner gave it, turned upright where its text tells so for sure. A scanner that
/// names no resolution and a camera are known by their picture.
///
/// # Errors
/// As [`PageFile::read`].
pub fn upright_page(page: &Page) -> Result<(PageFile, Facing), ScanError> {
    let read = PageFile::read(&page.jpeg)?;
    let read = match page.dpi.and_then(|dpi| u16::try_from(dpi).ok()) {
        Some(dpi) => read.from_origin(Origin::Scan { dpi }),
        None => read,
    };
    Ok(read.upright())
}

/// An error with its causes, in one line.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
