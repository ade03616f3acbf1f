//! The pretended room's city: cases in memory, answers from the sample registers.

use std::collections::BTreeSet;

use city_catalogue::Text;
use city_catalogue::delivery::State;
use city_catalogue::form::Value;
use city_catalogue::hall::CheckIn;
use city_catalogue::record::{FieldType, Item, Prefill, Supply};
use jiff::civil::date;
use kiosk_core::screen::Due;
use kiosk_core::{
    Away, CheckInReply, DeliveryReply, EnquiryAsk, FactorReply, Filing, FilingKind, HelpReply,
    MatterReply, Method, Outcome, OutcomeReply, Prefilled, Reply, Request, ResultReply, Shelf,
    TicketShown, Wish, WithdrawAsk, WithdrawRefusal, WithdrawReply,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::bookings::Bookings;
use super::enquiries::Enquiries;
use crate::demo::script::Officer;

const REGISTERS: &str = include_str!("../../../../../backend/sample-city/registers.json");

/// The one code of this city.
pub(super) const CODE: &str = "123456";

/// One case.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) application: Uuid,
    receipt: String,
    item_code: String,
    person: String,
    pub(super) state: &'static str,
    pub(super) asked: Vec<Text>,
    words: Option<String>,
    pub(super) pages: usize,
    /// How its result should reach the person.
    wish: Option<Wish>,
}

/// The city.
pub(super) struct City {
    pub(super) up: bool,
    pub(super) cases: Vec<Case>,
    /// Filings on their way.
    post: Vec<(Filing, String)>,
    known: BTreeSet<Uuid>,
    receipts: u32,
    registers: Json,
    bookings: Bookings,
    enquiries: Enquiries,
}

impl City {
    pub(super) fn new() -> Self {
        Self {
            up: true,
            cases: Vec::new(),
            post: Vec::new(),
            known: BTreeSet::new(),
            receipts: 0,
            bookings: Bookings::default(),
            enquiries: Enquiries::default(),
            registers: serde_json::from_str(REGISTERS).expect("registers"),
        }
    }

    /// A fresh receipt number.
    pub(super) fn receipt(&mut self) -> String {
        self.receipts += 1;
        format!("K2Q2-2222-{:04}", self.receipts)
    }

    pub(super) fn post(&mut self, filing: &Filing, receipt: &str) {
        assert!(self.known.insert(filing.application), "filed once");
        self.post.push((filing.clone(), receipt.to_owned()));
    }

    /// Takes what is on its way, when the city is there: application and filing number.
    pub(super) fn deliver(&mut self) -> Vec<(Uuid, String)> {
        if !self.up {
            return Vec::new();
        }
        let post = std::mem::take(&mut self.post);
        post.iter()
            .map(|(filing, receipt)| self.take(filing, receipt))
            .collect()
    }

    fn take(&mut self, filing: &Filing, receipt: &str) -> (Uuid, String) {
        let pages = filing.materials.iter().map(|one| one.pages.len()).sum();
        if let FilingKind::Supplement { case } = &filing.kind {
            let case = self.case(case).expect("the case of the supplement");
            case.state = "corrected";
            case.asked.clear();
            case.pages += pages;
        } else {
            let (code, _) = filing.item.as_ref().expect("an item");
            let identity = filing.identity.as_ref().expect("a person");
            // What an agent files is a matter of whom they act for.
            let principal = filing.acting.as_ref().map(|acting| &acting.principal);
            let applicant = principal.unwrap_or(&identity.person);
            self.cases.push(Case {
                application: filing.application,
                receipt: receipt.to_owned(),
                item_code: code.to_string(),
                person: applicant.number.reveal().to_owned(),
                state: "submitted",
                asked: Vec::new(),
                words: None,
                wish: filing.delivery.clone(),
                pages,
            });
        }
        (filing.application, format!("SB-{}", self.cases.len()))
    }

    fn case(&mut self, filing: &str) -> Option<&mut Case> {
        let number: usize = filing.strip_prefix("SB-")?.parse().ok()?;
        self.cases.get_mut(number.checked_sub(1)?)
    }

    /// The item of the case that is asked about.
    fn item_of<'a>(&self, asked: &EnquiryAsk, shelf: &'a Shelf) -> Option<&'a Item> {
        let number = match asked {
            EnquiryAsk::Own { .. } => return None,
            EnquiryAsk::Facts { number, .. } | EnquiryAsk::Ask { number, .. } => number,
        };
        let place: usize = number.strip_prefix("SB-")?.parse().ok()?;
        let case = self.cases.get(place.checked_sub(1)?)?;
        let code = city_catalogue::ItemCode::new(case.item_code.clone());
        shelf.catalogue.item(&code).map(|item| &**item)
    }

    /// As the city does: what is withdrawn stays so, and what is decided is not withdrawn.
    fn withdraw(&mut self, asked: &WithdrawAsk) -> WithdrawReply {
        let Some(case) = self.case(&asked.number) else {
            return WithdrawReply::Refused(WithdrawRefusal::Gone);
        };
        let decided = case.state.starts_with("decided");
        if decided {
            return WithdrawReply::Refused(WithdrawRefusal::Decided);
        }
        case.state = "withdrawn";
        case.asked.clear();
        WithdrawReply::Done
    }

    pub(super) fn officer(&mut self, action: &Officer) -> Result<(), String> {
        let case = self.cases.last_mut().ok_or("no case has arrived")?;
        match action {
            Officer::Accept => case.state = "accepted",
            Officer::Answer(words) => self.enquiries.answered(words),
            Officer::Supplement(asked) => {
                case.state = "correction";
                case.words = Some(asked.words.clone());
                case.asked = asked
                    .materials
                    .iter()
                    .map(|zh| Text {
                        zh: zh.clone(),
                        en: String::new(),
                    })
                    .collect();
            }
            Officer::Decide(decision) if decision.granted => case.state = "decided_granted",
            Officer::Decide(_) => case.state = "decided_refused",
        }
        Ok(())
    }

    pub(super) fn confirms(&self, number: &str, code: &str) -> bool {
        number == "R-1" && code == "ABCD-2345"
    }

    pub(super) fn answer(&mut self, request: &Request, shelf: &Shelf) -> Result<Reply, Away> {
        if !self.up {
            return Err(Away);
        }
        Ok(match request {
            Request::Factor {
                code,
                method,
                number,
                ..
            } => Reply::Factor(factor(
                *method,
                code.as_ref().map(|c| c.reveal()),
                number.reveal(),
            )),
            Request::Authority { .. } => Reply::Authority(kiosk_core::AuthorityReply::Given),
            Request::Prefill { item, grant } => {
                Reply::Prefilled(self.prefilled(item, grant.reveal(), shelf))
            }
            Request::Options { .. } => Reply::Options(Vec::new()),
            Request::Waiting { number, .. } => {
                let waiting = self
                    .cases
                    .iter()
                    .filter(|case| case.person == number.reveal() && !case.asked.is_empty());
                Reply::Waiting(u32::try_from(waiting.count()).expect("few"))
            }
            Request::Matters { grant } => Reply::Matters(self.matters(grant.reveal(), shelf)),
            // Nobody has booked anything for today in this city.
            Request::CheckIn { .. } => Reply::CheckIn(Box::new(CheckInReply {
                outcome: CheckIn::NoBooking,
                ticket: None,
                station: None,
                begins: None,
                opens: None,
            })),
            Request::Enquiry(asked) => {
                let item = self.item_of(asked, shelf);
                Reply::Enquiry(self.enquiries.answer(asked, item))
            }
            Request::Withdraw(asked) => Reply::Withdraw(self.withdraw(asked)),
            Request::Appointment(asked) => Reply::Appointment(self.bookings.answer(asked, shelf)),
            Request::Listed { .. } => Reply::Listed(None),
            Request::Help(_) => Reply::Help(HelpReply::Waiting),
            Request::WalkIn { .. } => Reply::Ticket(Some(TicketShown {
                number: "A001".to_owned(),
                counter: None,
                ahead: Some(0),
                minutes: None,
            })),
            Request::Outcome { application } => Reply::Outcome(self.outcome(*application, shelf)),
        })
    }

    /// What the registers know of the person.
    fn known(&self, dataset: &str, number: &str) -> Option<&Json> {
        let records = self.registers["datasets"][dataset].as_array()?;
        records.iter().find(|record| record["idNumber"] == number)
    }

    fn prefilled(&self, item: &city_catalogue::ItemCode, number: &str, shelf: &Shelf) -> Prefilled {
        let item = shelf
            .catalogue
            .item(item)
            .expect("an item of the catalogue");
        let fields = item.form.iter().filter_map(|field| {
            let Some(Prefill::Share(name)) = field.prefill() else {
                return None;
            };
            let source = &self.registers["prefill"][format!("share.{name}")];
            let record = self.known(source["dataset"].as_str()?, number)?;
            let text = record[source["field"].as_str()?].as_str()?.to_owned();
            let value = match field.field_type {
                FieldType::Region => Value::Region(text),
                FieldType::Select => Value::Choice(text),
                _ => Value::Text(text),
            };
            Some((field.name.clone(), value))
        });
        let held = item.materials.iter().filter_map(|material| {
            let share = material.share.as_ref()?;
            (material.supply == Supply::Shared).then(|| {
                (
                    material.seq,
                    Some(self.known(&share.dataset, number).is_some()),
                )
            })
        });
        Prefilled {
            fields: fields.collect(),
            held: held.collect(),
            bar: None,
        }
    }

    fn outcome(&self, application: Uuid, shelf: &Shelf) -> OutcomeReply {
        let case = self
            .cases
            .iter()
            .find(|case| case.application == application);
        let code = case.map(|case| city_catalogue::ItemCode::new(case.item_code.clone()));
        let item = code.and_then(|code| shelf.catalogue.item(&code));
        let (Some(case), Some(item)) = (case, item.filter(|item| item.is_instant())) else {
            return OutcomeReply {
                outcome: Outcome::Filed,
                due: due(),
                result: None,
            };
        };
        let employed = self
            .known("劳动用工备案库", &case.person)
            .is_some_and(|record| record["status"] == "在职");
        if item.name.zh == "失业登记" && employed {
            let reason = Text {
                zh: "劳动用工备案显示您仍在职，不符合失业登记条件。".into(),
                en: String::new(),
            };
            return OutcomeReply {
                outcome: Outcome::Refused { reason },
                due: None,
                result: None,
            };
        }
        OutcomeReply {
            outcome: Outcome::Granted,
            due: None,
            result: Some(ResultReply {
                id: "r".into(),
                name: "结果".into(),
                number: "R-1".into(),
                verification: "ABCD-2345".into(),
                prints: item.result.kiosk_print,
            }),
        }
    }

    fn matters(&self, number: &str, shelf: &Shelf) -> Vec<MatterReply> {
        let own = self.cases.iter().enumerate();
        own.filter(|(_, case)| case.person == number)
            .map(|(place, case)| {
                let code = city_catalogue::ItemCode::new(case.item_code.clone());
                let item = shelf
                    .catalogue
                    .item(&code)
                    .expect("an item of the catalogue");
                let accepted = (case.state == "accepted").then(due).flatten();
                MatterReply {
                    receipt: case.receipt.clone(),
                    application: case.application,
                    item: item.name.clone(),
                    item_code: case.item_code.clone(),
                    filing: format!("SB-{}", place + 1),
                    case: None,
                    state: case.state.to_owned(),
                    holder: Text::default(),
                    filed: date(2026, 11, 23).at(10, 0, 0, 0),
                    due: accepted,
                    promised: accepted,
                    statutory: accepted,
                    history: Vec::new(),
                    asked: case
                        .asked
                        .iter()
                        .map(|name| (seq_of(item, name), name.clone()))
                        .collect(),
                    words: case.words.clone().map(kiosk_core::Secret::new),
                    result: None,
                    delivery: case
                        .wish
                        .as_ref()
                        .filter(|_| item.is_instant())
                        .map(delivery),
                }
            })
            .collect()
    }
}

/// Where the result of an instant item is: nobody has handed it out yet.
fn delivery(wish: &Wish) -> DeliveryReply {
    DeliveryReply {
        way: wish.way(),
        state: State::first(wish.way()),
        due: Due {
            date: date(2026, 12, 4),
            provisional: false,
        },
        station: wish.station().map(str::to_owned),
        compartment: None,
        tracking: None,
        kept_until: None,
        delivered: None,
    }
}

/// Place of a material in the item's list.
fn seq_of(item: &Item, name: &Text) -> u32 {
    let material = item
        .materials
        .iter()
        .find(|material| material.name.zh == name.zh);
    material.expect("a material of the item").seq
}

fn due() -> Option<Due> {
    Some(Due {
        date: date(2026, 11, 30),
        provisional: false,
    })
}

fn factor(method: Method, code: Option<&str>, number: &str) -> FactorReply {
    let yes = FactorReply::Yes {
        grant: kiosk_core::Secret::new(number),
    };
    match (method, code) {
        (Method::PhoneCode, None) => FactorReply::CodeSent {
            phone: "154****0001".into(),
        },
        (Method::PhoneCode | Method::Staff, code) if code != Some(CODE) => {
            FactorReply::WrongCode { left: 2 }
        }
        (Method::Card | Method::Face | Method::PhoneCode | Method::Staff, _) => yes,
    }
}
