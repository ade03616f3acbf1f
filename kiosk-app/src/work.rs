//! Slow work beside the loop: the form, the slip, the sealing; one thread, in order.

mod portrait;

use std::error::Error;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use city_api::digest::Sha256;
use kiosk_core::screen::{PageAdvice, PictureId, ScanTrouble};
use kiosk_core::{
    AskId, Composed, Event, Filing, Form, PortraitWanted, ScanLook, ScanRoom, Scanned, Shelf,
    SlipData,
};
use kiosk_drivers::scanner::Page;
use kiosk_paper::PrivateBytes;
use kiosk_paper::document::{DocumentError, with_purpose};
use kiosk_paper::scan::{
    Advice, Facing, GlassLook, Origin, PageFile, PageLimit, ScanError, lay_flat, preview,
};
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::documents::form_document;
use crate::fonts::Fonts;
use crate::memory::VisitMemory;
use crate::shell::Message;
use crate::slips::{self, Standing};
use crate::store::StoreError;

/// Width of a document's or scan's picture on the screen, in pixels.
const SHOWN_WIDTH: u32 = 952;

/// Bytes of a page of text, grey at 200 dpi.
const PLAIN_PAGE: u64 = 200_000;

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

    /// Whether the disk takes a filing; asked after one failed with [`StoreError::DiskFull`].
    fn has_room(&mut self) -> bool;
}

/// What came of a scan so far.
#[derive(Clone, Copy)]
pub struct Came {
    ask: AskId,
    pages: u32,
    bytes: u64,
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
            Work::Page(page) => Message::Core(self.page(&page)),
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
                if self.full {
                    // As in `run`: a loop that has ended is noticed with the answer.
                    let _ = done.send(Message::CanStore(false));
                }
                Message::Core(event)
            }
        }
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

    /// A page that cannot be used ends its scan: one after it would be in the wrong place.
    fn page(&mut self, scanned: &ScannedPage) -> Event {
        let ScannedPage {
            ask,
            page,
            fed,
            room,
            look,
        } = scanned;
        let (pages, before) = match self.scan {
            Some(Came {
                ask: scan,
                pages,
                bytes,
            }) if scan == *ask => (pages, bytes),
            Some(_) | None => (0, 0),
        };
        match self.fitted(page, share(*room, pages, before), look) {
            Ok(page) => {
                self.scan = Some(Came {
                    ask: *ask,
                    pages: pages + 1,
                    bytes: before + page.bytes,
                });
                Event::Scanned {
                    ask: *ask,
                    page,
                    fed: *fed,
                }
            }
            Err(error) => {
                tracing::warn!("a scanned page cannot be used: {error}");
                let trouble = match error {
                    ScanError::CannotFit { .. } => ScanTrouble::TooLarge,
                    ScanError::NotJpeg { .. }
                    | ScanError::NotPicture { .. }
                    | ScanError::NotPng { .. }
                    | ScanError::Truncated { .. }
                    | ScanError::TooLarge { .. }
                    | ScanError::Purpose { .. }
                    | ScanError::Encode => ScanTrouble::Broken,
                };
                Event::ScanEnded {
                    ask: *ask,
                    trouble: Some(trouble),
                }
            }
        }
    }

    /// Keeps a page upright, flat, straight, marked with its purpose and no larger than its
    /// material allows; one that is all that already stays as it came. A page without a
    /// resolution may be a camera's.
    fn fitted(&self, page: &Page, most: u64, look: &ScanLook) -> Result<Scanned, ScanError> {
        let limit = PageLimit {
            max_bytes: usize::try_from(most).unwrap_or(usize::MAX),
            colour: look.colour,
        };
        let (upright, _) = upright_page(page)?;
        let mut flat = lay_flat(upright);
        if let Some(words) = &look.watermark {
            let fonts = self.fonts.for_text(words);
            let over = with_purpose(flat.picture(), flat.dpi, words, &fonts)?;
            flat = flat.with_picture(over);
        }
        let advice = flat.advice.first().copied().map(page_advice);
        let fitted = flat.fit(limit)?;
        let size = (fitted.width_px, fitted.height_px);
        self.keep(fitted.jpeg, size, advice)
    }

    /// Keeps what will be filed in the visit's memory, with its picture for the screen.
    fn keep(
        &self,
        jpeg: PrivateBytes,
        (width, height): (u32, u32),
        advice: Option<PageAdvice>,
    ) -> Result<Scanned, ScanError> {
        let jpeg = Zeroizing::new(jpeg.into_vec());
        let picture = preview(&jpeg, SHOWN_WIDTH)?;
        let bytes = u64::try_from(jpeg.len()).unwrap_or(u64::MAX);
        Ok(Scanned {
            picture: lock(&self.memory).keep(picture, Some(jpeg)),
            bytes,
            width,
            height,
            advice,
        })
    }

    fn store(&mut self, ask: AskId, filing: &Filing, shelf: Option<&Shelf>) -> Event {
        let stored = self.filer.file(filing, shelf, &lock(&self.memory));
        match stored {
            Ok(receipt) => Event::Stored { ask, receipt },
            Err(error) => {
                tracing::error!("storing a packet failed: {}", chain(error.as_ref()));
                let store = error.downcast_ref::<StoreError>();
                self.full |= matches!(store, Some(StoreError::DiskFull { .. }));
                Event::NotStored { ask }
            }
        }
    }
}

/// Most bytes of the next page of a scan, of which some pages came with some bytes: so many that
/// each of the others still has room for a plain one, and no fewer than its own part.
fn share(room: ScanRoom, pages: u32, bytes: u64) -> u64 {
    let left = room.bytes.saturating_sub(bytes);
    let others = u64::from(room.pages.saturating_sub(pages + 1));
    let spare = left.saturating_sub(others.saturating_mul(PLAIN_PAGE));
    room.page_bytes.min(spare.max(left / (others + 1)))
}

/// What to tell the person of a page, in the core's words.
fn page_advice(advice: Advice) -> PageAdvice {
    match advice {
        Advice::Blank => PageAdvice::Blank,
        Advice::NearlyBlank => PageAdvice::NearlyBlank,
        Advice::CutOff => PageAdvice::CutOff,
        Advice::TooSmall => PageAdvice::TooSmall,
        Advice::Glare => PageAdvice::Glare,
        Advice::Blur => PageAdvice::Blur,
        Advice::SameSide => PageAdvice::SameSide,
        Advice::DoubleFeed => PageAdvice::DoubleFeed,
        Advice::Dark => PageAdvice::Dark,
        Advice::Coarse => PageAdvice::Coarse,
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
