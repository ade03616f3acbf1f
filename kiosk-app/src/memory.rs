//! Pictures, scans and documents of the present visit: in memory only, zeroed when dropped.

use std::collections::HashMap;

use kiosk_core::AskId;
use kiosk_core::screen::PictureId;
use kiosk_paper::{Picture, PrivateBytes};
use zeroize::Zeroizing;

/// Everything a visit holds that is larger than an answer.
#[derive(Default)]
pub struct VisitMemory {
    /// How many visits have ended.
    visit: u32,
    last: u32,
    pictures: HashMap<PictureId, Held>,
    form: Option<PrivateBytes>,
    /// The live view that is open, and what it saw last.
    live: Option<(AskId, Option<Picture>)>,
}

struct Held {
    /// As shown on the screen.
    picture: Picture,
    /// The scan as it came, without metadata; `None` for a page of the form.
    original: Option<Zeroizing<Vec<u8>>>,
}

impl VisitMemory {
    /// The number of this visit: what is made for another one is not kept.
    #[must_use]
    pub fn visit(&self) -> u32 {
        self.visit
    }

    /// Keeps a picture; `original` is the JPEG that is filed for it.
    pub fn keep(&mut self, picture: Picture, original: Option<Zeroizing<Vec<u8>>>) -> PictureId {
        self.last = self.last.wrapping_add(1);
        let id = PictureId(self.last);
        self.pictures.insert(id, Held { picture, original });
        id
    }

    /// The picture, as shown.
    #[must_use]
    pub fn picture(&self, id: PictureId) -> Option<&Picture> {
        self.pictures.get(&id).map(|held| &held.picture)
    }

    /// The JPEG that is filed.
    #[must_use]
    pub fn original(&self, id: PictureId) -> Option<&[u8]> {
        let held = self.pictures.get(&id)?;
        held.original.as_deref().map(Vec::as_slice)
    }

    /// Keeps the PDF of the form shown last.
    pub fn keep_form(&mut self, pdf: PrivateBytes) {
        self.form = Some(pdf);
    }

    /// The PDF of the form shown last.
    #[must_use]
    pub fn form(&self) -> Option<&[u8]> {
        self.form.as_deref()
    }

    /// A live view of the portrait camera is open: what it sees is kept from now on.
    pub fn watch(&mut self, view: AskId) {
        self.live = Some((view, None));
    }

    /// What a live view sees now; dropped when the view has been closed meanwhile.
    pub fn see(&mut self, view: AskId, picture: Picture) {
        if let Some((open, seen)) = &mut self.live
            && *open == view
        {
            *seen = Some(picture);
        }
    }

    /// What the live view saw last; `None` without one.
    #[must_use]
    pub fn live(&self) -> Option<&Picture> {
        self.live.as_ref()?.1.as_ref()
    }

    /// The live view is closed: what it saw is zeroed and dropped.
    pub fn unwatch(&mut self) {
        self.live = None;
    }

    /// Drops one picture.
    pub fn drop_picture(&mut self, id: PictureId) {
        self.pictures.remove(&id);
    }

    /// The visit is over: everything is zeroed and dropped.
    pub fn forget(&mut self) {
        self.visit = self.visit.wrapping_add(1);
        self.pictures.clear();
        self.form = None;
        self.live = None;
    }
}
