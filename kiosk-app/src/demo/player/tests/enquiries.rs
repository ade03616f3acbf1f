//! The pretended city's questions: what was asked in which case, and by whom.

use std::collections::BTreeSet;

use city_catalogue::Text;
use city_catalogue::record::{Item, Prefill};
use jiff::civil::date;
use kiosk_core::screen::FactSource;
use kiosk_core::{CaseFact, Enquiry, EnquiryAsk, EnquiryRefusal, EnquiryReply, Secret};
use uuid::Uuid;

/// Everything asked, each with the grant of who did it.
#[derive(Default)]
pub(super) struct Enquiries {
    all: Vec<(String, Enquiry)>,
    ids: BTreeSet<Uuid>,
}

impl Enquiries {
    /// `item` is that of the case asked about; `None` where there is none.
    pub(super) fn answer(&mut self, asked: &EnquiryAsk, item: Option<&Item>) -> EnquiryReply {
        match (asked, item) {
            (EnquiryAsk::Own { grant }, _) => {
                let own = self.all.iter().filter(|(whose, _)| whose == grant.reveal());
                EnquiryReply::Own(own.map(|(_, enquiry)| enquiry.clone()).collect())
            }
            (_, None) => EnquiryReply::Refused(EnquiryRefusal::Gone),
            (EnquiryAsk::Facts { .. }, Some(item)) => EnquiryReply::Facts(known(item)),
            (
                EnquiryAsk::Ask {
                    id,
                    grant,
                    number,
                    field,
                    wording,
                },
                Some(_),
            ) => {
                let enquiry = Enquiry {
                    number: number.clone(),
                    field: field.clone(),
                    wording: wording.clone(),
                    body: Text::default(),
                    asked: date(2026, 11, 23),
                    due: date(2026, 11, 30),
                    answer: None,
                };
                if self.ids.insert(*id) {
                    self.all.push((grant.reveal().to_owned(), enquiry.clone()));
                }
                EnquiryReply::Asked(Box::new(enquiry))
            }
        }
    }

    /// Whatever is open is answered in these words.
    pub(super) fn answered(&mut self, words: &str) {
        for (_, enquiry) in &mut self.all {
            enquiry
                .answer
                .get_or_insert((Secret::new(words), date(2026, 11, 23)));
        }
    }
}

/// What the form takes from the card or a register; the values are nobody's.
fn known(item: &Item) -> Vec<CaseFact> {
    let fields = item.form.iter();
    fields
        .filter_map(|field| {
            Some(CaseFact {
                field: field.name.clone(),
                label: field.label.clone(),
                value: (Secret::new("示*"), Secret::new("示*")),
                from: match field.prefill()? {
                    Prefill::Share(_) => FactSource::Register,
                    _ => FactSource::Card,
                },
            })
        })
        .collect()
}
