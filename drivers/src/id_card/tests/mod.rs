//! The reader in the room: driver and simulator joined by a line in memory.

mod climb;
mod damage;
pub(super) mod golden;
mod hostile;
mod mutations;
mod orders;
mod ratio;
mod room;
mod scripted;
mod thread;
mod timing;
mod unplugged;

use super::sim::{CardContent, SimReader};
use super::{Card, CardReader, Document, ReaderEvent, ReaderFaultKind, Settings};
use crate::runner::room::Room as RoomOf;

/// The card of the golden frames.
pub(super) fn zhang_san() -> CardContent {
    let mut card = CardContent::blank(Document::Resident);
    card.name = "张三".to_owned();
    card.sex_code = "1".to_owned();
    card.ethnicity_code = "01".to_owned();
    card.birth_date = "1949-12-31".to_owned();
    card.address = "北京市东城区测试路1号".to_owned();
    card.number = "11010519491231002X".to_owned();
    card.issuer = "北京市公安局东城分局".to_owned();
    card.valid_from = "2020-01-01".to_owned();
    card.valid_to = "long-term".to_owned();
    card
}

/// A driver, a reader and what the driver said.
type Room = RoomOf<CardReader, SimReader>;

impl Room {
    fn new() -> Self {
        Self::with(Settings::default())
    }

    fn with(settings: Settings) -> Self {
        Self::joined(CardReader::new(settings), SimReader::default(), 115_200)
    }

    /// What was said since the last call, in short.
    fn said(&mut self) -> Vec<String> {
        self.events.drain(..).map(|event| short(&event)).collect()
    }

    fn cards(&self) -> Vec<&Card> {
        let mut cards = Vec::new();
        for event in &self.events {
            match event {
                ReaderEvent::Card(card) => cards.push(&**card),
                ReaderEvent::SamId(_) | ReaderEvent::Removed | ReaderEvent::Fault(_) => {}
            }
        }
        cards
    }
}

fn short(event: &ReaderEvent) -> String {
    match event {
        ReaderEvent::SamId(_) => "sam".to_owned(),
        ReaderEvent::Card(card) => format!("card {}", card.name),
        ReaderEvent::Removed => "removed".to_owned(),
        ReaderEvent::Fault(fault) => match fault.sw3 {
            Some(status) => format!("{} {status:02X}", fault.kind.name()),
            None => fault.kind.name().to_owned(),
        },
    }
}

fn kinds(events: &[ReaderEvent]) -> Vec<ReaderFaultKind> {
    let kind = |event: &ReaderEvent| match event {
        ReaderEvent::Fault(fault) => Some(fault.kind),
        ReaderEvent::SamId(_) | ReaderEvent::Card(_) | ReaderEvent::Removed => None,
    };
    events.iter().filter_map(kind).collect()
}
