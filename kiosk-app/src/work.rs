//! Slow work beside the loop: the form, the slip, the sealing; one thread, in order.

use std::error::Error;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use city_api::digest::Sha256;
use kiosk_core::screen::PictureId;
use kiosk_core::{AskId, Composed, Event, Filing, Form, Scanned, Shelf, SlipData};
use kiosk_drivers::receipt_printer::{Bitmap, Job, JobId};
use kiosk_drivers::scanner::Page;
use kiosk_paper::PaperWidth;
use kiosk_paper::document::DocumentError;
use rand::Rng;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::documents::form_document;
use crate::fonts::Fonts;
use crate::memory::VisitMemory;
use crate::shell::Message;
use crate::slips::{self, Standing};

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
    /// Make the form.
    Compose(AskId, Box<Form>),
    /// Lay a slip out; it comes back as [`Message::PrintJob`].
    Slip(AskId, Box<SlipData>, Option<Arc<Shelf>>),
    /// Check a scanned page and make its picture.
    Page(AskId, Box<Page>),
    /// Seal and commit.
    File(AskId, Box<Filing>, Option<Arc<Shelf>>),
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
}

impl<F: Filer> Worker<F> {
    /// Works until nobody asks any more.
    pub fn run(mut self, work: &Receiver<Work>, done: &Sender<Message>) {
        while let Ok(piece) = work.recv() {
            let message = match piece {
                Work::Compose(ask, form) => Message::Core(self.compose(ask, &form)),
                Work::Slip(ask, slip, shelf) => self.slip(ask, &slip, shelf.as_deref()),
                Work::Page(ask, page) => Message::Core(self.page(ask, &page)),
                Work::File(ask, filing, shelf) => {
                    Message::Core(self.store(ask, &filing, shelf.as_deref()))
                }
            };
            if done.send(message).is_err() {
                return;
            }
        }
    }

    fn compose(&self, ask: AskId, form: &Form) -> Event {
        let made = self.form(form);
        if let Err(error) = &made {
            tracing::error!("making a form failed: {}", chain(error));
        }
        Event::Composed {
            ask,
            form: made.ok(),
        }
    }

    fn form(&self, form: &Form) -> Result<Composed, DocumentError> {
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
        let pages: Vec<PictureId> = (0..layout.page_count())
            .filter_map(|page| layout.picture(page, SHOWN_WIDTH))
            .map(|picture| memory.keep(picture, None))
            .collect();
        memory.keep_form(pdf);
        Ok(Composed { sha256, pages })
    }

    fn slip(&self, ask: AskId, data: &SlipData, shelf: Option<&Shelf>) -> Message {
        let slip = slips::slip(data, &self.standing, |code| {
            shelf.and_then(|shelf| shelf.catalogue.item(code).cloned())
        });
        let text = match data {
            SlipData::Receipt { name, .. } => name.clone().unwrap_or_default(),
            SlipData::Guide { .. } => String::new(),
        };
        let drawn = slip.draw(&self.fonts.for_text(&text), PaperWidth::Mm80);
        let bitmap = match &drawn {
            Ok(drawn) => Bitmap::new(drawn.bitmap.width_dots(), drawn.bitmap.bytes().to_vec()),
            Err(error) => {
                tracing::error!("drawing a slip failed: {error}");
                return not_printed(ask);
            }
        };
        match bitmap {
            Ok(bitmap) => Message::PrintJob {
                ask,
                job: Job {
                    id: JobId(format!("{:016x}", rand::rng().random::<u64>())),
                    content_hash: *Sha256::of(bitmap.as_bytes()).as_bytes(),
                    bitmap,
                    copies: 1,
                },
            },
            Err(error) => {
                tracing::error!("drawing a slip failed: {error}");
                not_printed(ask)
            }
        }
    }

    fn page(&self, ask: AskId, page: &Page) -> Event {
        let picture = kiosk_paper::scan::preview(&page.jpeg, SHOWN_WIDTH);
        let result = match picture {
            Ok(picture) => {
                let bytes = u64::try_from(page.jpeg.len()).unwrap_or(u64::MAX);
                let original = Some(Zeroizing::new(page.jpeg.clone()));
                Ok(Scanned {
                    picture: lock(&self.memory).keep(picture, original),
                    bytes,
                    width: page.width_px,
                    height: page.height_px,
                })
            }
            Err(error) => {
                tracing::warn!("a scanned page cannot be shown: {error}");
                Err(kiosk_core::screen::ScanTrouble::Broken)
            }
        };
        Event::Scanned { ask, page: result }
    }

    fn store(&mut self, ask: AskId, filing: &Filing, shelf: Option<&Shelf>) -> Event {
        let stored = self.filer.file(filing, shelf, &lock(&self.memory));
        match stored {
            Ok(receipt) => Event::Stored { ask, receipt },
            Err(error) => {
                tracing::error!("storing a packet failed: {}", chain(error.as_ref()));
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
