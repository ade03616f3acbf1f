//! The sweep of the object store: what no row names goes, what a row names and is not there is reported.
//!
//! A part is written before its packet's row, so a kiosk that breaks off, and a city that falls in between, leave parts
//! without a row. One that is younger than the age asked for is never touched: its packet may be on the way. An older one
//! is put aside first, where it is still read, and goes with a later sweep: a packet that came in the moment of the
//! first has its part back by then.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use city_api::packet::Header;

use crate::blobs::{BlobError, Blobs};
use crate::store::{Store, StoreError};

/// Rows read at once.
const PAGE: u32 = 1000;
/// How far the clocks of city and object store may be apart.
const SKEW: SignedDuration = SignedDuration::from_hours(24);
/// Digits of a hash.
const HASH: usize = 64;

/// What a sweep found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Parts and documents old enough to be looked at.
    pub looked_at: u64,
    /// Parts without a row that were put aside; a later sweep removes them.
    pub put_aside: u64,
    /// Parts that were put aside by an earlier sweep and have a row now.
    pub put_back: u64,
    /// Parts and documents removed.
    pub removed: u64,
    /// Uploads that nobody went on with, removed.
    pub uploads: u64,
    /// Parts and documents that a row names and that are not there.
    pub missing: Vec<MissingPart>,
}

/// A row without its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPart {
    /// The row: `packet ID page-1`, `result ID`.
    pub row: String,
    /// SHA-256 of the part, or name of the document.
    pub name: String,
}

/// A sweep failed; what it did so far stands, and the next goes on.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The database.
    #[error("sweeping: the database")]
    Store(#[from] StoreError),
    /// The object store.
    #[error("sweeping: the object store")]
    Blobs(#[from] BlobError),
}

/// Which objects a sweep looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sweep {
    /// Now.
    pub now: Timestamp,
    /// Younger objects are left alone.
    pub older_than: SignedDuration,
    /// Looks at everything, not only at what came since the last sweep.
    pub all: bool,
}

/// Sweeps.
///
/// # Errors
/// [`SweepError`] when database or object store fail.
pub(crate) async fn sweep(store: &Store, blobs: &Blobs, asked: Sweep) -> Result<Swept, SweepError> {
    let until = asked
        .now
        .saturating_sub(asked.older_than)
        .unwrap_or(Timestamp::MIN);
    let since = match store.swept().await?.filter(|_| !asked.all) {
        Some(swept) => swept.saturating_sub(SKEW).unwrap_or(Timestamp::MIN),
        None => Timestamp::MIN,
    };
    let mut work = Work {
        store,
        blobs,
        since,
        until,
        swept: Swept::default(),
    };
    work.parts().await?;
    work.documents().await?;
    work.uploads().await?;
    store.set_swept(until).await?;
    Ok(work.swept)
}

struct Work<'a> {
    store: &'a Store,
    blobs: &'a Blobs,
    since: Timestamp,
    until: Timestamp,
    swept: Swept,
}

impl Work<'_> {
    async fn parts(&mut self) -> Result<(), SweepError> {
        let mut unnamed = BTreeSet::new();
        for group in self.blobs.part_groups().await? {
            for part in self.blobs.listed(&group).await? {
                if self.since < part.written && part.written <= self.until {
                    unnamed.insert(part.name);
                }
            }
        }
        self.swept.looked_at += unnamed.len() as u64;
        // A part is there before its row, so the rows of the same time name all of them, as a rule.
        self.strike(self.since, &mut unnamed, true).await?;
        let aside = self.blobs.aside().await?;
        let mut lost: BTreeSet<String> = aside.iter().map(|part| part.name.clone()).collect();
        let mut rest: BTreeSet<String> = unnamed.union(&lost).cloned().collect();
        if !rest.is_empty() {
            // Nothing goes before all rows were asked.
            self.strike(Timestamp::MIN, &mut rest, false).await?;
        }
        unnamed.retain(|name| rest.contains(name));
        lost.retain(|name| rest.contains(name));
        for part in aside {
            if !lost.contains(&part.name) {
                self.blobs.put_back(&part.name).await?;
                self.swept.put_back += 1;
            } else if part.written <= self.until {
                self.blobs.drop_aside(&part.name).await?;
                self.swept.removed += 1;
            }
        }
        for name in unnamed {
            self.blobs.put_aside(&name).await?;
            self.swept.put_aside += 1;
        }
        Ok(())
    }

    /// Takes out what a packet names that came since `from`; with `look`, reports what is named and not there.
    async fn strike(
        &mut self,
        from: Timestamp,
        names: &mut BTreeSet<String>,
        look: bool,
    ) -> Result<(), SweepError> {
        let mut place = (from, Uuid::nil());
        loop {
            let page = self.store.packet_headers(place, PAGE).await?;
            let Some((received, id, _)) = page.last() else {
                return Ok(());
            };
            place = (*received, *id);
            for (received, id, header) in page {
                // Whatever could be a hash counts as named: a header of a newer kiosk is not understood here.
                for name in hashes(&header) {
                    names.remove(&name);
                }
                if look && received <= self.until {
                    self.look(id, &header).await?;
                }
            }
        }
    }

    async fn look(&mut self, packet: Uuid, header: &[u8]) -> Result<(), SweepError> {
        let Ok(header) = Header::parse(header) else {
            return Ok(());
        };
        for part in &header.parts {
            let name = part.sha256.to_string();
            if !self.blobs.holds(&name).await? {
                self.swept.missing.push(MissingPart {
                    row: format!("packet {packet} {}", part.role),
                    name,
                });
            }
        }
        Ok(())
    }

    async fn documents(&mut self) -> Result<(), SweepError> {
        let mut unnamed = BTreeSet::new();
        for group in self.blobs.document_groups().await? {
            for document in self.blobs.listed(&group).await? {
                if self.since < document.written && document.written <= self.until {
                    unnamed.insert(document.name);
                }
            }
        }
        self.swept.looked_at += unnamed.len() as u64;
        let mut place = Uuid::nil();
        loop {
            let page = self.store.result_blobs(place, PAGE).await?;
            let Some((last, _)) = page.last() else {
                break;
            };
            place = *last;
            for (result, name) in page {
                // What is listed is there; of what is not, only what was made since is looked for.
                let listed = unnamed.remove(&name);
                if !listed && self.is_new(result) && !self.blobs.holds_document(&name).await? {
                    let row = format!("result {result}");
                    self.swept.missing.push(MissingPart { row, name });
                }
            }
        }
        for name in unnamed {
            self.blobs.drop_document(&name).await?;
            self.swept.removed += 1;
        }
        Ok(())
    }

    /// Whether a result was made since the last sweep.
    fn is_new(&self, result: Uuid) -> bool {
        let made = result.get_timestamp().map(|made| made.to_unix().0);
        let made = made.and_then(|seconds| i64::try_from(seconds).ok());
        made.is_none_or(|seconds| seconds >= self.since.as_second())
    }

    async fn uploads(&mut self) -> Result<(), SweepError> {
        for (name, newest) in self.blobs.uploads().await? {
            if newest <= self.until {
                self.blobs.drop_chunks(&name).await?;
                self.swept.uploads += 1;
            }
        }
        Ok(())
    }
}

/// Every run of as many hexadecimal digits as a hash has.
fn hashes(header: &[u8]) -> Vec<String> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    header
        .split(|byte| !is_digit(byte))
        .filter(|run| run.len() == HASH)
        .map(|run| String::from_utf8_lossy(run).into_owned())
        .collect()
}
