//! Sending one packet: parts first and resumably, then the header, until the signed acknowledgement is here.

use city_api::acknowledgement::SignedAcknowledgement;
use city_api::digest::Sha256;
use city_api::keys::Signature;
use city_api::packet::PartRef;
use city_api::requests::packets::{AcknowledgementBody, PacketBody};
use city_api::requests::upload::{COMPLETE_HEADER, ContentRange, OFFSET_HEADER};
use city_api::requests::{ProblemCode, paths};
use reqwest::Method;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::http::{Answer, Call, LONG};
use super::{CityClient, CityError};
use crate::store::{Pending, Store};

/// Bytes of one `PUT`: what a broken connection costs at most.
const CHUNK: usize = 1024 * 1024;
/// Exchanges one part may take beyond its chunks before it is left for the next attempt.
const DETOURS: u32 = 4;
const PART: &str = "sending a part";
const PACKET: &str = "sending a packet";

impl CityClient {
    /// Sends a packet of the outbox; the parts are read from `store` piece by piece.
    ///
    /// # Errors
    /// [`CityError`]; [`CityError::is_final`] tells whether another attempt can help.
    pub async fn send(
        &self,
        store: &Store,
        packet: &Pending,
    ) -> Result<SignedAcknowledgement, CityError> {
        for part in &packet.fields.parts {
            self.send_part(store, packet.fields.id, part).await?;
        }
        match self.send_header(packet).await {
            Err(CityError::Refused { problem, .. }) if problem.code == ProblemCode::PartMissing => {
                // The city lost a part between our look and the header, as after a restore.
                for part in missing(packet, &problem.missing_parts) {
                    self.send_part(store, packet.fields.id, part).await?;
                }
                self.send_header(packet).await
            }
            other => other,
        }
    }

    async fn send_header(&self, packet: &Pending) -> Result<SignedAcknowledgement, CityError> {
        let body = PacketBody::new(&packet.header, packet.signature.as_bytes());
        let mut call = Call::post(PACKET, paths::PACKETS, &body)?;
        call.within = LONG;
        let answer = self.http.call(&call).await?;
        let status = answer.status;
        let unusable = |reason| CityError::Answer {
            operation: PACKET,
            reason,
            status,
        };
        let body: AcknowledgementBody = answer.json()?;
        let (bytes, signature) = body
            .bytes()
            .map_err(|_| unusable("the acknowledgement is not base64"))?;
        let signature = Signature::from_slice(&signature)
            .map_err(|_| unusable("the acknowledgement's signature is not one"))?;
        Ok(SignedAcknowledgement { bytes, signature })
    }

    /// Sends what the city does not hold of a part.
    async fn send_part(&self, store: &Store, id: Uuid, part: &PartRef) -> Result<(), CityError> {
        let Some(mut offset) = self.offset(part).await? else {
            return Ok(());
        };
        let mut detours = 0;
        loop {
            let answer = self.put(store, id, part, offset).await?;
            let held = offset_of(&answer);
            match (answer.status, answer.problem().map(|problem| problem.code)) {
                (201, _) => return Ok(()),
                (202, _) => {
                    let held = held.ok_or_else(|| answer.unusable("no offset"))?;
                    if held <= offset {
                        detours += 1;
                    }
                    offset = held;
                }
                (_, Some(ProblemCode::WrongOffset)) => {
                    offset = held.ok_or_else(|| answer.unusable("no offset"))?;
                    detours += 1;
                }
                (_, Some(ProblemCode::HashMismatch)) if offset > 0 || detours == 0 => {
                    offset = 0;
                    detours += 1;
                }
                _ => return answer.success().map(|_| ()),
            }
            if detours > DETOURS || offset >= part.bytes {
                return Err(CityError::Answer {
                    operation: PART,
                    reason: "the upload does not advance",
                    status: 202,
                });
            }
        }
    }

    /// Bytes of a part the city holds; None when it holds all.
    async fn offset(&self, part: &PartRef) -> Result<Option<u64>, CityError> {
        let mut call = Call::get(PART, path(part.sha256));
        call.method = Method::HEAD;
        let answer = self.http.call(&call).await?;
        match answer.status {
            404 => Ok(Some(0)),
            200 if answer.header(COMPLETE_HEADER) == Some("true") => Ok(None),
            // A part that seems longer than it is begins anew.
            200 => Ok(Some(
                offset_of(&answer)
                    .filter(|held| *held < part.bytes)
                    .unwrap_or(0),
            )),
            // No body tells why: the PUT will.
            400..=499 => Ok(Some(0)),
            _ => Err(answer.unusable("the state of a part is not told")),
        }
    }

    async fn put(
        &self,
        store: &Store,
        id: Uuid,
        part: &PartRef,
        offset: u64,
    ) -> Result<Answer, CityError> {
        let (store, sha256) = (store.clone(), part.sha256);
        let read = move || store.part(id, sha256, offset, CHUNK);
        let bytes = super::outbox::blocking(read).await?;
        let mut call = Call::get(PART, path(sha256));
        call.method = Method::PUT;
        call.within = LONG;
        let length = bytes.len() as u64;
        if let Some(range) = ContentRange::of(offset, length, part.bytes)
            && length < part.bytes
        {
            call.headers.push(("content-range", range.to_string()));
        }
        call.body = Zeroizing::new(bytes);
        self.http.call(&call).await
    }
}

fn path(sha256: Sha256) -> String {
    paths::part(&sha256.to_string())
}

fn offset_of(answer: &Answer) -> Option<u64> {
    answer.header(OFFSET_HEADER)?.parse().ok()
}

fn missing<'a>(
    packet: &'a Pending,
    named: &'a [String],
) -> impl Iterator<Item = &'a PartRef> + use<'a> {
    packet
        .fields
        .parts
        .iter()
        .filter(|part| named.contains(&part.sha256.to_string()))
}
