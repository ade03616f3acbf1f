//! Defects of an authentic application: they open an irregular case, they never refuse it.

use super::{Agent, Application, How, MaterialRef};
use crate::digest::Sha256;
use crate::packet::{Header, Role};

/// What does not fit together in an authentic packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// Header and content name different items.
    #[error("checking an application: header and content name different items")]
    Item,
    /// An answer, paper or fee of a bundle is for an item that is not in the packet, or an item or answer is there twice.
    #[error("checking a bundle: its items, answers and papers do not fit together")]
    Bundle,
    /// The part with the form is missing, or is not the form that was hashed.
    #[error("checking an application: the form is not the one that was shown")]
    Form,
    /// The signature was given under another form, or none was given.
    #[error("checking an application: another form was signed, or none")]
    Signature,
    /// A page named by a material is not in the packet.
    #[error("checking an application: page {0} is missing")]
    Page(u16),
}

impl Defect {
    /// Stable key for [`Acknowledgement::irregular`](crate::acknowledgement::Acknowledgement::irregular).
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Item => "item_differs",
            Self::Bundle => "bundle_differs",
            Self::Form => "form_differs",
            Self::Signature => "signature_differs",
            Self::Page(_) => "page_missing",
        }
    }
}

impl Application {
    /// Whether header, content and form (the opened part) belong together.
    ///
    /// # Errors
    /// The first [`Defect`] found.
    pub fn check(&self, header: &Header, form: Option<&[u8]>) -> Result<(), Defect> {
        if header.item.as_ref() != Some(&self.item) {
            return Err(Defect::Item);
        }
        if form.map(Sha256::of) != Some(self.form_sha256) {
            return Err(Defect::Form);
        }
        match &self.signature {
            Some(signature)
                if signature.form_sha256 != self.form_sha256 || !signature.is_given() =>
            {
                return Err(Defect::Signature);
            }
            Some(_) | None => {}
        }
        check_pages(&self.materials, header)?;
        check_authority(self.agent.as_ref(), header)
    }
}

/// Whether every page of a paper authority is in the packet.
fn check_authority(agent: Option<&Agent>, header: &Header) -> Result<(), Defect> {
    let pages = agent.map(|agent| agent.pages.as_slice());
    are_in(pages.unwrap_or_default(), header)
}

/// Whether every page that `materials` name is in the packet.
///
/// # Errors
/// [`Defect::Page`] with the first that is not.
pub(super) fn check_pages(materials: &[MaterialRef], header: &Header) -> Result<(), Defect> {
    let pages = materials.iter().flat_map(|material| match &material.how {
        How::Scanned { pages } => pages.as_slice(),
        How::AlreadyHeld { .. }
        | How::NoRecord { .. }
        | How::AskedLater { .. }
        | How::FromCard {}
        | How::Generated {}
        | How::Promised { .. }
        | How::Later { .. }
        | How::NotBrought {} => &[],
    });
    are_in(pages, header)
}

fn are_in<'a>(pages: impl IntoIterator<Item = &'a Role>, header: &Header) -> Result<(), Defect> {
    for role in pages {
        match role {
            Role::Page(number) if header.part(*role).is_none() => {
                return Err(Defect::Page(*number));
            }
            Role::Page(_) => {}
            Role::Content | Role::Form | Role::Visit => return Err(Defect::Page(0)),
        }
    }
    Ok(())
}

impl super::Supplement {
    /// Whether every page its materials name is in the packet.
    ///
    /// # Errors
    /// [`Defect::Page`].
    pub fn check(&self, header: &Header) -> Result<(), Defect> {
        check_pages(&self.materials, header)?;
        check_authority(self.agent.as_ref(), header)
    }
}
