//! The questions of a visit, asked beside the loop; each answer comes back with its number.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use city_api::requests::authorities::AuthorityRequest;
use city_api::requests::feedback::{AskKind, AskRequest};
use city_api::requests::hall::{BookRequest, CheckInRequest, MoveRequest, TicketRequest};
use city_api::requests::help::{HelpRequest, HelpState};
use city_api::requests::identity::{IdentityCheckRequest, IdentityMethod, PrefillRequest};
use city_api::requests::outcome::CaseState;
use city_api::requests::{Private, ProblemCode, identity::IdentityCheckAnswer};
use city_catalogue::hall::Letter;
use kiosk_core::{
    AppointmentAsk, AppointmentReply, AskId, AuthorityReply, Away, CheckInBy, EnquiryAsk,
    EnquiryReply, Event, HelpAsk, HelpReply, Reply, Request, Secret, Shelf, WithdrawAsk,
    WithdrawReply,
};
use tokio::runtime::Handle;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Hall, replies};
use crate::city::{CityClient, CityError};
use crate::clock::moment;
use crate::filing;
use crate::shell::{Errands, Message};

/// Runs errands on the runtime.
#[derive(Clone)]
pub struct Errander {
    runtime: Handle,
    client: Arc<CityClient>,
    hall: Arc<Hall>,
    inbox: Sender<Message>,
}

/// The errands of a kiosk: with a city, or without one (not enrolled), when every answer is "away".
pub struct ErrandsOf(pub Option<Errander>, pub Sender<Message>);

impl Errander {
    pub(super) fn new(
        runtime: Handle,
        client: Arc<CityClient>,
        hall: Arc<Hall>,
        inbox: Sender<Message>,
    ) -> Self {
        Self {
            runtime,
            client,
            hall,
            inbox,
        }
    }
}

impl Errands for ErrandsOf {
    fn ask(&mut self, ask: AskId, request: Request, shelf: Option<Arc<Shelf>>) {
        let Some(errander) = self.0.clone() else {
            let answer = Err(Away);
            drop(self.1.send(Message::Core(Event::City { ask, answer })));
            return;
        };
        let client = Arc::clone(&errander.client);
        errander.runtime.clone().spawn(async move {
            let answer = reply(&client, &errander.hall, request, shelf.as_deref())
                .await
                .map_err(|error| {
                    tracing::info!("{}", crate::work::chain(&error));
                    Away
                });
            // A loop that has ended wants to hear nothing.
            drop(
                errander
                    .inbox
                    .send(Message::Core(Event::City { ask, answer })),
            );
        });
    }

    fn fetch_result(&mut self, ask: AskId, result: String, grant: Option<Secret>) {
        let Some(errander) = self.0.clone() else {
            drop(self.1.send(Message::ResultFetched { ask, pdf: None }));
            return;
        };
        errander.runtime.clone().spawn(async move {
            let pdf = fetch(&errander.client, &result, grant).await;
            drop(errander.inbox.send(Message::ResultFetched { ask, pdf }));
        });
    }

    fn result_printed(&mut self, result: String, grant: Option<Secret>) {
        let Some(errander) = self.0.clone() else {
            return;
        };
        errander.runtime.clone().spawn(async move {
            let Ok(id) = result.parse::<Uuid>() else {
                return;
            };
            let grant = grant.as_ref().map(private);
            // The paper is out either way: a city that did not hear it counts the result as waiting.
            if let Err(error) = errander.client.result_printed(id, grant.as_ref()).await {
                tracing::warn!("{}", crate::work::chain(&error));
            }
        });
    }
}

fn private(secret: &Secret) -> Private {
    Private::new(secret.reveal().to_owned())
}

async fn fetch(
    client: &CityClient,
    result: &str,
    grant: Option<Secret>,
) -> Option<Zeroizing<Vec<u8>>> {
    let id: Uuid = result.parse().ok()?;
    let grant = grant.as_ref().map(private);
    match client.result(id, grant.as_ref()).await {
        Ok(pdf) => Some(pdf),
        Err(error) => {
            tracing::warn!("{}", crate::work::chain(&error));
            None
        }
    }
}

pub(super) async fn reply(
    client: &CityClient,
    hall: &Hall,
    request: Request,
    shelf: Option<&Shelf>,
) -> Result<Reply, CityError> {
    match request {
        Request::Factor {
            item,
            method,
            name,
            number,
            code,
            ..
        } => {
            let check = IdentityCheckRequest {
                item: item.map(|item| item.as_str().to_owned()),
                document_number: private(&number),
                name: private(&name),
                method: filing::method(method),
                answer: code.as_ref().map(private),
            };
            let answer = client.identity_check(&check).await?;
            Ok(Reply::Factor(replies::factor(answer, check.method)))
        }
        Request::Authority {
            grant,
            item,
            agent,
            acting,
        } => {
            let request = AuthorityRequest {
                grant: private(&grant),
                authority: filing::authority(&acting, &agent, &item),
            };
            authority(client, &request).await.map(Reply::Authority)
        }
        Request::Prefill { item, grant } => {
            let request = PrefillRequest {
                grant: private(&grant),
                item: item.as_str().to_owned(),
            };
            let answer = client.prefill(&request).await?;
            let record = shelf.and_then(|shelf| shelf.catalogue.item(&item).cloned());
            Ok(Reply::Prefilled(replies::prefilled(
                &answer,
                record.as_deref(),
                shelf,
            )))
        }
        Request::Options { source, given } => {
            let given: Vec<(&str, &str)> = given
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .collect();
            let answer = client.options(&source, &given).await?;
            Ok(Reply::Options(replies::options(answer)))
        }
        Request::Waiting { name, number, .. } => waiting(client, &name, &number).await,
        Request::Matters { grant } => {
            let answer = client.cases(&private(&grant)).await?;
            Ok(Reply::Matters(
                answer.cases.into_iter().map(replies::matter).collect(),
            ))
        }
        Request::Enquiry(asked) => enquiry(client, asked).await.map(Reply::Enquiry),
        Request::Withdraw(asked) => withdraw(client, &asked).await.map(Reply::Withdraw),
        Request::Outcome { application } => {
            let outcome = client.outcome(application).await?;
            Ok(Reply::Outcome(replies::outcome(outcome)))
        }
        Request::CheckIn { by } => {
            let answer = client.check_in(&check_in(&by)).await?;
            if answer.ticket.is_some() {
                // The list is older than that.
                hall.look_again();
            }
            Ok(Reply::CheckIn(Box::new(replies::checked_in(answer))))
        }
        Request::Listed { by } => hall.find(&by).map(Reply::Listed).ok_or(CityError::NoList),
        Request::WalkIn { id } => walk_in(client, id).await,
        Request::Appointment(asked) => appointment(client, asked).await.map(Reply::Appointment),
        Request::Help(asked) => help(client, asked).await.map(Reply::Help),
    }
}

/// What the city refuses is an answer; that it is busy is none.
async fn authority(
    client: &CityClient,
    request: &AuthorityRequest,
) -> Result<AuthorityReply, CityError> {
    match client.give_authority(request).await {
        Ok(_) => Ok(AuthorityReply::Given),
        Err(error) => match error.code() {
            // A grant that has ended is of no more use: the principal agrees anew.
            Some(
                ProblemCode::Forbidden
                | ProblemCode::LevelTooLow
                | ProblemCode::Unauthorised
                | ProblemCode::OtherContent
                | ProblemCode::BadField,
            ) => {
                tracing::warn!("{}", crate::work::chain(&error));
                Ok(AuthorityReply::Refused)
            }
            Some(_) | None => Err(error),
        },
    }
}

async fn help(client: &CityClient, asked: HelpAsk) -> Result<HelpReply, CityError> {
    let view = match asked {
        HelpAsk::Raise { id, step, item } => {
            let request = HelpRequest {
                id,
                step: step.to_owned(),
                item: item.map(|item| item.as_str().to_owned()),
            };
            client.call_help(&request).await?
        }
        HelpAsk::Look { id } => client.help_call(id).await?,
        HelpAsk::Withdraw { id } => client.withdraw_help(id).await?,
    };
    Ok(match view.state {
        HelpState::Waiting => HelpReply::Waiting,
        HelpState::Coming => HelpReply::Coming,
        HelpState::Closed => HelpReply::Closed,
    })
}

/// What the city refuses is an answer; what never reached it is one too, where something was to be
/// done: then it certainly was not.
async fn appointment(
    client: &CityClient,
    asked: AppointmentAsk,
) -> Result<AppointmentReply, CityError> {
    let (deed, books) = (
        asked.deed().is_some(),
        matches!(
            asked,
            AppointmentAsk::Slots { .. } | AppointmentAsk::Book { .. }
        ),
    );
    match asked_for(client, asked).await {
        Ok(reply) => Ok(reply),
        Err(error) if deed && error.never_left() => Ok(AppointmentReply::NotSent),
        Err(error) => {
            let refusal = error.code().and_then(|code| replies::refusal(code, books));
            refusal.map(AppointmentReply::Refused).ok_or(error)
        }
    }
}

/// As with appointments: what the city refuses, and what never reached it, are answers.
async fn withdraw(client: &CityClient, asked: &WithdrawAsk) -> Result<WithdrawReply, CityError> {
    let operation = "taking a case back";
    match client.withdraw(&asked.number, &private(&asked.grant)).await {
        Ok(answer) if answer.state == CaseState::Withdrawn => Ok(WithdrawReply::Done),
        Ok(_) => Err(CityError::Answer {
            operation,
            reason: "the case is not withdrawn",
            status: 200,
        }),
        Err(error) if error.never_left() => Ok(WithdrawReply::NotSent),
        Err(error) => {
            let refusal = error.code().and_then(replies::withdraw_refusal);
            refusal.map(WithdrawReply::Refused).ok_or(error)
        }
    }
}

/// As with appointments: what the city refuses, and what never reached it, are answers.
async fn enquiry(client: &CityClient, asked: EnquiryAsk) -> Result<EnquiryReply, CityError> {
    let sends = matches!(asked, EnquiryAsk::Ask { .. });
    match enquired(client, asked).await {
        Ok(reply) => Ok(reply),
        Err(error) if sends && error.never_left() => Ok(EnquiryReply::NotSent),
        Err(error) => {
            let refusal = error.code().and_then(replies::enquiry_refusal);
            refusal.map(EnquiryReply::Refused).ok_or(error)
        }
    }
}

async fn enquired(client: &CityClient, asked: EnquiryAsk) -> Result<EnquiryReply, CityError> {
    Ok(match asked {
        EnquiryAsk::Own { grant } => {
            let answer = client.enquiries(&private(&grant)).await?;
            let all = answer.enquiries.into_iter().map(replies::enquiry);
            EnquiryReply::Own(all.collect())
        }
        EnquiryAsk::Facts { grant, number } => {
            let answer = client.facts(&number, &private(&grant)).await?;
            let facts = answer.facts.into_iter().map(replies::fact);
            EnquiryReply::Facts(facts.collect())
        }
        EnquiryAsk::Ask {
            id,
            grant,
            number,
            field,
            wording,
        } => {
            let request = AskRequest {
                id,
                grant: private(&grant),
                kind: match field {
                    Some(_) => AskKind::Objection,
                    None => AskKind::Question,
                },
                field,
                words: replies::words(&wording),
            };
            let view = client.enquire(&number, &request).await?;
            EnquiryReply::Asked(Box::new(replies::enquiry(view)))
        }
    })
}

async fn asked_for(
    client: &CityClient,
    asked: AppointmentAsk,
) -> Result<AppointmentReply, CityError> {
    let view = match asked {
        AppointmentAsk::Own { grant } => {
            let answer = client.appointments(&private(&grant)).await?;
            return Ok(replies::bookings(answer));
        }
        AppointmentAsk::Slots { item, station } => {
            let answer = client.slots(item.as_str(), &station).await?;
            return Ok(replies::slots(&answer));
        }
        AppointmentAsk::Book {
            id,
            grant,
            item,
            station,
            begins,
        } => {
            let request = BookRequest {
                id,
                grant: private(&grant),
                item: item.as_str().to_owned(),
                station,
                begins: moment(begins),
            };
            client.book(&request).await?
        }
        AppointmentAsk::Move {
            id,
            grant,
            station,
            begins,
        } => {
            let request = MoveRequest {
                grant: private(&grant),
                station,
                begins: moment(begins),
            };
            client.move_appointment(id, &request).await?
        }
        AppointmentAsk::Cancel { id, grant } => {
            client.cancel_appointment(id, &private(&grant)).await?
        }
    };
    Ok(AppointmentReply::Done(Box::new(replies::booking(view))))
}

fn check_in(by: &CheckInBy) -> CheckInRequest {
    match by {
        CheckInBy::Grant(grant) => CheckInRequest {
            grant: Some(private(grant)),
            ..CheckInRequest::default()
        },
        CheckInBy::Code(code) => CheckInRequest {
            code: Some(private(code)),
            ..CheckInRequest::default()
        },
    }
}

async fn walk_in(client: &CityClient, id: Uuid) -> Result<Reply, CityError> {
    let request = TicketRequest {
        id,
        letter: Letter::WalkIn,
        item: None,
        grant: None,
    };
    match client.ticket(&request).await {
        Ok(ticket) => Ok(Reply::Ticket(Some(replies::ticket(&ticket)))),
        // The station has no counters, and so no queue.
        Err(error) if error.code() == Some(ProblemCode::NotFound) => Ok(Reply::Ticket(None)),
        Err(error) => Err(error),
    }
}

/// The card alone opens the counts, nothing else.
async fn waiting(client: &CityClient, name: &Secret, number: &Secret) -> Result<Reply, CityError> {
    let check = IdentityCheckRequest {
        item: None,
        document_number: private(number),
        name: private(name),
        method: IdentityMethod::Card,
        answer: None,
    };
    let count = match client.identity_check(&check).await? {
        IdentityCheckAnswer::Yes { grant, .. } => {
            let summary = client.summary(&grant).await?;
            summary.waiting_for_you.saturating_add(summary.results)
        }
        IdentityCheckAnswer::No {}
        | IdentityCheckAnswer::Away {}
        | IdentityCheckAnswer::CodeSent { .. }
        | IdentityCheckAnswer::WrongCode { .. } => 0,
    };
    Ok(Reply::Waiting(count))
}
